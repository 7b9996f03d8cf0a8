#!/bin/bash
# SPDX-License-Identifier: MIT
# Dump to RFM against pandas as the studies use it: read_csv, filter, groupby;
# at last of SEG_BENCH_LINES lines (10,000,000) in one turn.
# The studies read the edition of Online Retail that people download: latin-1,
# CRLF, dates such as 12/1/2010 8:26.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3
$py -c 'import pandas' 2>/dev/null || { echo "dump-to-rfm: no pandas: make setup-bench"; exit 0; }
here=$(dirname "$0")
columns=customer_id,invoice,date,product,quantity,price,amount
rfm=customer_id,invoice,date,amount
lines=${SEG_BENCH_LINES:-10000000}

# one NAME DUMP ENCODING N
one() {
	turns "$4" "dump to RFM, $1" "$B/seg-clean -q --returns drop $2 | $B/seg-rfm -q > $W/rfm.gz" \
		"$py $here/studies.py $2 $W/pandas.tsv $3"
	turns "$4" "  told the columns" "$B/seg-clean -q --returns drop --columns $columns $2 | $B/seg-rfm -q > $W/rfm.gz" \
		"$py $here/studies.py $2 $W/pandas.tsv $3"
	turns "$4" "  told those of RFM alone" "$B/seg-clean -q --returns drop --columns $rfm $2 | $B/seg-rfm -q > $W/rfm.gz" \
		"$py $here/studies.py $2 $W/pandas.tsv $3"
	# The same customers, frequency, and revenue to a cent.  pandas guesses the type of InvoiceNo anew for
	# each piece that it reads, and counts an invoice twice, as 536365 and as "536365", on the border of two.
	paste <(zcat "$W/rfm.gz" | tail -n +2 | sort) <(tail -n +2 "$W/pandas.tsv" | sed 's/^\([0-9]*\)\.0/\1/' | sort) |
		awk -F'\t' '{ n++; m = $4 - $27; if ($1 != $24 || $3 != $26 || m > 0.01 || m < -0.01) bad++ }
			END { if (bad) print "  pandas differs for " bad " of " n " customers" }'
}

if [ -e "$D/online-retail.csv.gz" ]; then
	zcat "$D/online-retail.latin1-crlf.csv.gz" > "$W/data.csv"
	one "Online Retail as downloaded" "$W/data.csv" ISO-8859-1 7
	one "the same, ISO dates, .csv.gz" "$D/online-retail.csv.gz" utf-8 7
fi
"$G/retail" --lines "$lines" --broken 0 > "$W/dump.csv"
one "made up, $lines lines" "$W/dump.csv" utf-8 1
