# SPDX-License-Identifier: MIT
# 1,000,000 labelled rows x 10 columns to the whole HTML report; pandas makes the
# means, deviations and quartiles of the same columns by segment, and no report.
. "$(dirname "$0")/lib.sh"
awk 'BEGIN { OFS = "\t"; srand(3); printf "customer_id\tsegment"; for (j = 1; j <= 10; j++) printf "\tc%d", j
	print "\tmonetary\tcountry"; for (i = 0; i < 1000000; i++) { s = int(rand() * 6) + 1; printf "%d\t%d", i, s
	for (j = 1; j <= 10; j++) printf "\t%.6g", (rand() + rand() + rand() - 1.5) * 2 + (s + j) % 5
	printf "\t%.2f\tC%d\n", exp(rand() * 6), rand() * 20 } }' | gzip -1 > "$W/rows.gz"
turns 5 "1,000,000 rows x 10 columns to HTML" \
	"$B/seg-report -q -c c1..c10 --value monetary --share country --format html -o $W/r.html $W/rows.gz" \
	"/usr/bin/python3 -c 'import pandas as p; x = p.read_csv(\"$W/rows.gz\", sep=\"\\t\"); x.groupby(\"segment\")[[f\"c{i}\" for i in range(1, 11)]].describe()'"
/usr/bin/time -f 'its memory %M kB' "$B/seg-report" -q -c c1..c10 --value monetary --share country --format html \
	-o "$W/r.html" "$W/rows.gz"
echo "the page: $(wc -c < "$W/r.html") bytes"
