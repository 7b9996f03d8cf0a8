#!/bin/bash
# SPDX-License-Identifier: MIT
# rfm.sh DUMP [OUT]: from a dump of transactions to segments, a purchase
# forecast and a report, on one screen, to read and copy.  rfm.mk does the same
# and makes anew only what has changed.
set -e -o pipefail
dump=$(realpath "${1:?usage: rfm.sh DUMP [OUT]}") out=${2:-out} horizon=90
features=recency_days,frequency,monetary names=$(realpath "$(dirname "$0")/names.rules")
mkdir -p "$out"
work=$(mktemp -d "$out/.part.XXXXXX") # what is made stays here until all is made
trap 'rm -rf "$work"' EXIT
cd "$work"

seg-clean --ledger ledger.tsv.gz --rejects rejects.tsv.gz "$dump" > clean.tsv.gz

# who is there: one row for each customer; the shape of the features; the segments
[[ $(zcat clean.tsv.gz | sed -n 1p) = *invoice* ]] && unit=invoices || unit=lines
seg-rfm --frequency $unit --min-monetary 0 clean.tsv.gz | tee rfm.tsv.gz |
	seg-scale -c $features --log1p frequency,monetary -w scale.tsv.gz |
	seg-kmeans --scaled-by scale.tsv.gz -k 2..10 --sweep sweep.tsv.gz > model.tsv.gz ||
	[ $? = 3 ] # no knee: the best silhouette was taken
seg-assign -m model.tsv.gz --names "$names" -w named.tsv.gz rfm.tsv.gz > segments.tsv.gz

# who buys within the next 90 days: features up to the cut, outcome after it
last=$(zcat rfm.tsv.gz | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "last_date") c = i; next }
	$c > d { d = $c } END { print d }')
seg-rfm --frequency $unit --min-monetary 0 --as-of "$(date -u -d "$last - $((horizon - 1)) days" +%F)" \
	--horizon $horizon clean.tsv.gz |
	seg-logit -y bought -c $features --holdout 0.3 --metrics metrics.tsv.gz --lift lift.tsv.gz \
		--calibration calibration.tsv.gz > purchase.tsv.gz || [ $? = 3 ] # separated: said on standard error

seg-logit -m purchase.tsv.gz segments.tsv.gz | tee scored.tsv.gz |
	seg-report -c $features,probability --value monetary -m named.tsv.gz --fitted $features,probability \
		--from-sweep sweep.tsv.gz --from-logit purchase.tsv.gz --from-lift lift.tsv.gz \
		--from-calibration calibration.tsv.gz --format html -o report.html
seg-report -c $features --value monetary -m named.tsv.gz --section overview scored.tsv.gz
mv -- * ..
echo "report: $out/report.html"
