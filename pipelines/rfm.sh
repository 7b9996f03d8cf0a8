#!/bin/bash
# SPDX-License-Identifier: MIT
# rfm.sh DUMP [OUT]: from a dump of transactions to segments, a purchase
# forecast and a report, on one screen, to read and copy.  rfm.mk does the same
# and makes anew only what has changed.
set -e -o pipefail
dump=${1:?usage: rfm.sh DUMP [OUT]} out=${2:-out} horizon=90
features=recency_days,frequency,monetary
mkdir -p "$out" && rm -f "$out"/*.tsv.gz "$out"/report.*
trap 'echo "failed: $out is not complete" >&2' ERR

seg-clean --ledger "$out/ledger.tsv.gz" --rejects "$out/rejects.tsv.gz" "$dump" > "$out/clean.tsv.gz"

# who is there: one row for each customer; the shape of the features; the segments
seg-rfm --min-monetary 0 "$out/clean.tsv.gz" | tee "$out/rfm.tsv.gz" |
	seg-scale -c $features --log1p frequency,monetary -w "$out/scale.tsv.gz" |
	seg-kmeans --scaled-by "$out/scale.tsv.gz" -k 2..10 --sweep "$out/sweep.tsv.gz" \
		> "$out/model.tsv.gz" || [ $? = 3 ] # 3: no knee, the best silhouette was taken
seg-assign -m "$out/model.tsv.gz" "$out/rfm.tsv.gz" > "$out/segments.tsv.gz"

# who buys within the next 90 days: features up to the cut, outcome after it
last=$(zcat "$out/rfm.tsv.gz" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "last_date") c = i
	next } $c > d { d = $c } END { print d }')
seg-rfm --min-monetary 0 --as-of "$(date -u -d "$last - $((horizon - 1)) days" +%F)" --horizon $horizon \
	"$out/clean.tsv.gz" | seg-logit -y bought -c $features --holdout 0.3 \
		--metrics "$out/metrics.tsv.gz" --lift "$out/lift.tsv.gz" > "$out/purchase.tsv.gz"

seg-logit -m "$out/purchase.tsv.gz" "$out/segments.tsv.gz" | tee "$out/scored.tsv.gz" |
	seg-report -c $features,probability --value monetary -m "$out/model.tsv.gz" --fitted $features,probability \
		--from-sweep "$out/sweep.tsv.gz" --from-lift "$out/lift.tsv.gz" --format html -o "$out/report.html"
seg-report -c $features --value monetary --section overview "$out/scored.tsv.gz"
echo "report: $out/report.html"
