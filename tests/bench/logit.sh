#!/bin/bash
# SPDX-License-Identifier: MIT
# A model from a gzipped table of 1,000,000 rows and 20 columns against
# read_csv and scikit-learn, and R's read.delim and glm; scoring 10,000,000 rows.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3

awk 'BEGIN { OFS = "\t"; srand(5); printf "id\ty"; for (j = 1; j <= 20; j++) printf "\tx%d", j; print ""
	for (i = 1; i <= 1000000; i++) { line = ""; e = -1
		for (j = 1; j <= 20; j++) { v = rand() + rand() - 1; line = line "\t" sprintf("%.4f", v * j); e += v * (j % 5 - 2) / 2 }
		print i, (rand() < 1 / (1 + exp(-e))) + 0 line } }' | gzip -1 > "$W/x.gz"
cat > "$W/fit.py" <<'PY'
import sys, pandas
from sklearn.linear_model import LogisticRegression
x = pandas.read_csv(sys.argv[1], sep="\t")
f = LogisticRegression(penalty=None, solver="lbfgs", tol=1e-8, max_iter=1000).fit(x.iloc[:, 2:], x["y"])
print(f.intercept_[0], *f.coef_[0])
PY
cat > "$W/fit.R" <<'R'
x <- read.delim(gzfile(commandArgs(TRUE)[1]))
print(coef(glm(y ~ . - id, binomial, x)), digits = 15)
R

ours="$B/seg-logit -q -y y -c x1..x20 $W/x.gz > $W/model.gz"
if $py -c 'import pandas, sklearn' 2>/dev/null; then
	turns "${ROUNDS:-3}" "gz to a model, against pandas, scikit-learn" "$ours" "$py $W/fit.py $W/x.gz > $W/theirs"
	zcat "$W/model.gz" | awk -F'\t' '$1 == "term" && $3 == "estimate" { print $4 }' | paste - <(tr ' ' '\n' < "$W/theirs") |
		awk '{ d = $1 - $2; if (d * d > 1e-6) print "  DIFFERENT: " $0 }'
else
	echo "logit: no pandas or scikit-learn: make setup-bench"
	seconds "$ours"
fi
if command -v Rscript > /dev/null; then
	turns 1 "gz to a model, against R's read.delim, glm" "$ours" "Rscript $W/fit.R $W/x.gz"
fi

# 10,000,000 rows as text: id and three columns of the model
"$B/seg-logit" -q -y y -c x1,x2,x3 "$W/x.gz" > "$W/model.gz"
zcat "$W/x.gz" | cut -f1,3-5 > "$W/head"
{ cat "$W/head"; for i in {1..9}; do tail -n +2 "$W/head"; done; } > "$W/rows"
for i in 1 2 3; do seconds "$B/seg-logit -q -m $W/model.gz $W/rows"; done | median > "$W/score"
for i in 1 2 3; do seconds "wc -l $W/rows"; done | median > "$W/wc"
command -v igzip > /dev/null && printf '%-44s %8.3f s\n' "igzip -dc of the table, alone" "$(seconds "igzip -dc $W/x.gz")"
paste "$W/score" "$W/wc" | awk -v n="$(stat -c %s "$W/rows")" '{ printf "%-44s %8.3f s, %.0f MB/s of text; wc -l: %.3f s\n",
	"scoring 10,000,000 rows", $1, n / 1e6 / $1, $2 }'
