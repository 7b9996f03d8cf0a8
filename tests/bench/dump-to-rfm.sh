#!/bin/bash
# SPDX-License-Identifier: MIT
# Dump to RFM against pandas as the studies use it: read_csv, filter, groupby.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3
$py -c 'import pandas' 2>/dev/null || { echo "dump-to-rfm: no pandas: make setup-bench"; exit 0; }
here=$(dirname "$0")

ours() { echo "$B/seg-clean -q --returns drop $1 | $B/seg-rfm -q > $W/rfm.gz"; }

one() {
	turns "$3" "dump to RFM, $1" "$(ours "$2")" "$py $here/studies.py $2 $W/pandas.tsv"
	# the same customers, recency and frequency; revenue to a cent
	paste <(zcat "$W/rfm.gz" | tail -n +2 | sort) <(tail -n +2 "$W/pandas.tsv" | sed 's/^\([0-9]*\)\.0/\1/' | sort) |
		awk -F'\t' -v n=0 '{ n++; r = $2 - $25; m = $4 - $27; if ($1 != $24 || $3 != $26 || m > 0.01 || m < -0.01) bad++ }
			END { if (bad) print "  DIFFERENT: " bad " of " n " customers" }'
}

[ ! -e "$D/online-retail.csv.gz" ] || one "Online Retail, 541,909 lines, gz" "$D/online-retail.csv.gz" 7
"$G/retail" --lines 2000000 --broken 0 > "$W/dump.csv"
one "made up, 2,000,000 lines, plain" "$W/dump.csv" 3
