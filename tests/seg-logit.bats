# SPDX-License-Identifier: MIT
load common

logit() { "$B/seg-logit" -q -p "$@"; }

# param FILE KIND NAME KEY: a value of a model.
param() {
	zcat -f "$1" | NAME=$3 awk -F'\t' -v k="$2" -v y="$4" '$1 == k && $2 == ENVIRON["NAME"] && $3 == y { print $4 }'
}

# metric FILE SET METRIC [COLUMN]: a value of a metrics table.
metric() {
	zcat -f "$1" | awk -F'\t' -v s="$2" -v m="$3" -v c="${4:-3}" '$1 == s && $2 == m { print $c }'
}

# The example of Firth's method and of most tests here: 12 rows, nothing separates.
small() {
	tsv 'y|a|g' '0|1|x' '0|2|y' '1|2|x' '0|3|z' '1|3|y' '1|4|z' '0|4|x' '1|5|y' '1|6|z' '0|5|x' '1|7|x' '0|2|z'
}

# Rows with a known truth: y, a, b, category c, weight w, key r.
made() {
	awk -v n="${1:-2000}" 'BEGIN { OFS = "\t"; srand(7); print "r", "y", "a", "b", "c", "w"
		for (i = 1; i <= n; i++) { a = rand() * 10; b = 2e4 + 1e3 * (rand() + rand() - 1)
			c = substr("xyz", 1 + int(rand() * 3), 1)
			e = -2 + .4 * a + (b - 2e4) / 1e3 + (c == "y") - .5 * (c == "z")
			print i, (rand() < 1 / (1 + exp(-e))) + 0, a, b, c, 1 + int(rand() * 4) } }'
}

@test "an intercept and a group: estimates by hand" {
	# 30 of 40 against 10 of 40: log odds 3 and 1/3, variances 1/30 + 1/10
	awk 'BEGIN { print "y\tg"; for (i = 0; i < 80; i++) print (i < 30 || i >= 70) "\t" (i < 40) }' > "$T/x"
	logit -y y -c g "$T/x" > "$T/m"
	near "$(param "$T/m" term '(intercept)' estimate)" -1.0986122886681098 1e-12
	near "$(param "$T/m" term g estimate)" 2.1972245773362196 1e-12
	near "$(param "$T/m" term g odds_ratio)" 9 1e-12
	near "$(param "$T/m" term '(intercept)' std_error)" 0.3651483716701107 1e-10
	near "$(param "$T/m" term g std_error)" 0.5163977794943222 1e-10
	near "$(param "$T/m" term g z)" 4.254906 1e-6
	near "$(param "$T/m" term g ci_low)" 1.1851035 1e-6
	near "$(param "$T/m" term g ci_high)" 3.2093456 1e-6
	near "$(param "$T/m" term g odds_ratio_low)" 3.271025 1e-6
	near "$(param "$T/m" term g odds_ratio_high)" 24.763 1e-4
	near "$(param "$T/m" model seg-logit null_deviance)" 110.90354888959125 1e-12
	near "$(param "$T/m" model seg-logit deviance)" 89.97362313900933 1e-12
	near "$(param "$T/m" model seg-logit aic)" 93.97362313900933 1e-12
	near "$(param "$T/m" model seg-logit lr)" 20.929925750581917 1e-11
	near "$(param "$T/m" model seg-logit lr_p)" 4.763938479565e-6 1e-11
	assert_equal "$(param "$T/m" model seg-logit n) $(param "$T/m" model seg-logit n_events)" "80 40"
	assert_equal "$(param "$T/m" model seg-logit df) $(param "$T/m" model seg-logit null_df)" "78 79"
	assert_equal "$(param "$T/m" model seg-logit stopped)" deviance
	assert_equal "$(param "$T/m" model seg-logit converged)" 1
}

@test "the model: kind name key value, the version first, (intercept) the first term" {
	small | logit -y y -c a > "$T/m"
	assert_equal "$(sed -n 1,2p "$T/m")" "$(tsv 'kind|name|key|value' 'model|seg-logit|version|1')"
	assert_equal "$(awk -F'\t' '$1 == "term" { print $2; exit }' "$T/m")" "(intercept)"
	assert_equal "$(awk -F'\t' '$2 == "a" && $1 == "term" { printf "%s ", $3 }' "$T/m")" \
		"estimate std_error z p odds_ratio ci_low ci_high odds_ratio_low odds_ratio_high column "
}

@test "purchase-365: incidence on the mean of five prices, as R's glm" {
	need_data purchase-365.csv.gz
	"$B/seg-clean" -q --table --derive 'price=mean(price_1..price_5)' "$D/purchase-365.csv.gz" |
		logit -y incidence -c price > "$T/m"
	near "$(param "$T/m" term '(intercept)' estimate)" 3.74402547129 1e-11
	near "$(param "$T/m" term price estimate)" -2.42619055023 1e-11
	near "$(param "$T/m" model seg-logit deviance)" 65756.7686665429 1e-14
	assert_equal "$(param "$T/m" model seg-logit n) $(param "$T/m" model seg-logit n_events)" "58693 14638"
}

@test "retail-transactions: response on recency, frequency, sum, as R's glm" {
	need_data retail-transactions.csv.gz retail-response.csv.gz
	[ -x "$B/seg-rfm" ] || skip "seg-rfm is not built"
	"$B/seg-clean" -q --table --columns 'customer_id=customer_id:id,response=response' \
		"$D/retail-response.csv.gz" > "$T/response"
	"$B/seg-clean" -q "$D/retail-transactions.csv.gz" | "$B/seg-rfm" -q --frequency lines --as-of 2015-03-17 |
		"$B/seg-assign" -q --join "$T/response" > "$T/x"
	logit -y response -c recency_days,frequency,monetary --drop-missing "$T/x" > "$T/m"
	near "$(param "$T/m" term '(intercept)' estimate)" -5.25227702359 1e-11
	near "$(param "$T/m" term recency_days estimate)" 0.00402529848796 1e-11
	near "$(param "$T/m" term frequency estimate)" 0.0326293601365 1e-11
	near "$(param "$T/m" term monetary estimate)" 0.00152476186732 1e-11
	near "$(param "$T/m" model seg-logit deviance)" 3931.26049505403 1e-14
	assert_equal "$(param "$T/m" model seg-logit n) $(param "$T/m" model seg-logit n_events)" "6884 647"
	refused 1 "seg-logit: $T/x: missing values: response 5; --drop-missing leaves 5 rows out" \
		"$B/seg-logit" -y response -c recency_days,frequency,monetary "$T/x"
}

@test "R's glm: factors, weights, an aliased and a constant column" {
	need_command Rscript
	made | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "e", "k"; next } { printf "%s\t%.17g\t7\n", $0, 2 * $3 - 3 * $4 }' > "$T/x"
	logit -y y -c a,b,c,e,k --onehot c --weights w "$T/x" > "$T/m"
	cat > "$T/r" <<-'R'
		x <- read.delim(commandArgs(TRUE)[1], colClasses = c(c = "factor"))
		first <- glm(y ~ a + b + c + e + k, binomial, x, weights = w)
		stopifnot(is.na(coef(first)[c("e", "k")]))
		f <- glm(y ~ a + b + c, binomial, x, weights = w)
		# its errors are those of the step before the last: start at the end
		for (i in 1:3) f <- glm(y ~ a + b + c, binomial, x, weights = w, start = coef(f))
		s <- summary(f)$coefficients
		cat(sprintf("%.17g", c(t(s[, 1:3]))), sprintf("%.17g", c(f$deviance, f$null.deviance, f$aic)),
			f$df.residual, f$df.null, sprintf("%.17g", s[, 4]), sep = "\n")
	R
	local i=0 want t k
	mapfile -t want < <(Rscript "$T/r" "$T/x")
	[ ${#want[@]} = 25 ]
	for t in '(intercept)' a b c=y c=z; do
		for k in estimate std_error z; do
			near "$(param "$T/m" term $t $k)" "${want[i++]}" 1e-9
		done
	done
	for k in deviance null_deviance aic; do near "$(param "$T/m" model seg-logit $k)" "${want[i++]}" 1e-12; done
	assert_equal "$(param "$T/m" model seg-logit df)" "${want[i++]}"
	assert_equal "$(param "$T/m" model seg-logit null_df)" "${want[i++]}"
	for t in '(intercept)' a b c=y c=z; do near "$(param "$T/m" term $t p)" "${want[i++]}" 1e-7; done
	assert_equal "$(param "$T/m" term e estimate)$(param "$T/m" term k estimate)" ""
	assert_equal "$(param "$T/m" term e aliased)$(param "$T/m" term k aliased)" 11
	run --separate-stderr "$B/seg-logit" -p -y y -c a,b,c,e,k --onehot c --weights w "$T/x"
	assert_success
	assert_equal "$(head -2 <<<"$stderr")" "seg-logit: warning: term e is a linear combination of the terms before it: dropped
seg-logit: warning: term k is constant: dropped"
}

@test "R's glm on tables of R, real and generated ones: estimates, errors, deviance, aliases; the gradient is 0" {
	need_command Rscript
	cat > "$T/tables.R" <<-'R'
		put <- function(x, name) write.table(format(x, digits = 17, trim = TRUE), name, sep = "\t", quote = FALSE, row.names = FALSE)
		put(infert, "infert")
		put(transform(as.data.frame(Titanic), y = as.integer(Survived == "Yes")), "titanic")
		e <- esoph; for (k in 1:3) e[[k]] <- as.character(e[[k]])
		put(rbind(transform(e, y = 1, n = ncases), transform(e, y = 0, n = ncontrols)), "esoph")
	R
	cat > "$T/compare.R" <<-'R'
		near <- function(a, b, tol, what) if (!isTRUE(all(abs(a - b) <= tol * abs(b)))) { print(cbind(a, b)); stop(what) }
		a <- commandArgs(TRUE); x <- read.delim(a[1], check.names = FALSE)
		for (k in names(x)) if (is.character(x[[k]])) x[[k]] <- factor(x[[k]], sort(unique(x[[k]]), method = "radix"))
		x$w <- if (a[4] == "") 1 else x[[a[4]]]
		x <- x[x$w > 0, ]
		f <- glm(as.formula(a[3]), binomial, x, weights = w)
		for (i in 1:3) f <- glm(as.formula(a[3]), binomial, x, weights = w, start = ifelse(is.na(coef(f)), 0, coef(f)))
		m <- read.delim(a[2], quote = "", colClasses = "character")
		of <- function(kind, key) { r <- m[m$kind == kind & m$key == key, ]
			v <- as.numeric(r$value); names(v) <- r$name; v }
		b <- of("term", "estimate"); se <- of("term", "std_error")
		names(b) <- sub("^\\(intercept\\)$", "(Intercept)", gsub("=", "", names(b)))
		names(b) <- sub("^(\\w+)\\^(\\d)$", "I(\\1^\\2)", names(b))
		stopifnot(identical(names(b), names(coef(f))), identical(is.na(b), is.na(coef(f))))
		keep <- !is.na(b)
		near(b[keep], coef(f)[keep], 1e-8, "estimates")
		near(se[keep], sqrt(diag(vcov(f)))[keep], 1e-8, "errors")
		near(of("model", "deviance"), deviance(f), 1e-12, "deviance")
		near(of("model", "null_deviance"), f$null.deviance, 1e-12, "null deviance")
		near(of("model", "aic"), f$aic, 1e-12, "aic")
		X <- model.matrix(f)[, keep]; r <- x$w * (f$y - plogis(drop(X %*% b[keep])))
		g <- abs(colSums(X * r)) / colSums(abs(X * r))
		if (max(g) > 1e-10) { print(g); stop("gradient") }
		cat(a[1], nrow(x), sum(keep), sum(!keep), max(g), "\n")
	R
	cd "$T" && Rscript tables.R
	against_r() { # TABLE FORMULA WEIGHTS OPTIONS...
		local table=$1 formula=$2 w=$3
		shift 3
		logit "$@" ${w:+--weights "$w"} "$table" > "$table.m"
		run Rscript compare.R "$table" "$table.m" "$formula" "$w"
		assert_success
	}
	against_r infert 'case ~ age + parity + education + induced + spontaneous + pooled.stratum' "" \
		-y case -c age,parity,education,induced,spontaneous,pooled.stratum --onehot education
	against_r titanic 'y ~ Class + Sex + Age + Class:Sex' Freq -y y -c Class,Sex,Age,Class:Sex --onehot Class,Sex,Age
	against_r esoph 'y ~ agegp + alcgp + tobgp' n -y y -c agegp,alcgp,tobgp --onehot agegp,alcgp,tobgp
	made | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "e", "k", "h", "big", "small"; next }
		{ printf "%s\t%.17g\t7\t%s\t%.17g\t%.17g\n", $0, 2 * $3 - 3 * $4, substr("uv", 1 + (NR * 7919) % 2, 1),
			1e12 * rand(), 1e-12 * rand() }' > made
	against_r made 'y ~ a + b + c + e + k + h + big + small + I(a^2) + I(a^3) + a:c + c:h + a:b' w \
		-y y -c a,b,c,e,k,h,big,small,a:c,c:h,a:b --onehot c,h --poly a=3
	# a without a term of its own: a product for each level
	against_r made 'y ~ b + a:c + c' "" -y y -c b,c,a:c --onehot c
	grep -q '^term	a:c=x	estimate	' made.m
	awk 'BEGIN { OFS = "\t"; srand(4); print "y", "p", "q", "s", "z"; for (i = 0; i < 3000; i++) { p = rand() * 100; q = p + 1e-4 * rand()
		z = sprintf("l%02d", int(rand() * 26)); printf "%d\t%.17g\t%.17g\t%.17g\t%s\n", rand() < 1 / (1 + exp(3 - p / 20)), p, q, 1e6 + p, z } }' > near
	against_r near 'y ~ p + q + s + z' "" -y y -c p,q,s,z --onehot z
	[ -e "$D/purchase-365.csv.gz" ] || return 0
	"$B/seg-clean" -q -p --table --columns 'y=Incidence,p1=Price_1,p2=Price_2,p3=Price_3,m1=Promotion_1,m4=Promotion_4,last=Last_Inc_Brand' \
		"$D/purchase-365.csv.gz" | awk -F'\t' -v OFS='\t' 'NR > 1 { $7 = "b" $7 } 1' > purchase
	against_r purchase 'y ~ p1 + p2 + p3 + m1 + m4 + last + I(p1^2) + p1:p2 + p1:last' "" \
		-y y -c p1,p2,p3,m1,m4,last,p1:p2,p1:last --onehot last --poly p1=2
}

@test "aliased columns: the last of a dependent set goes, whatever the scale" {
	made 500 | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "s", "d"; next } { printf "%s\t%.17g\t%.17g\n", $0, 1e12 * $3, 1e-12 * $3 }' > "$T/x"
	logit -y y -c s,a,b "$T/x" > "$T/m"
	assert_equal "$(param "$T/m" term s aliased)-$(param "$T/m" term a aliased)" "-1"
	logit -y y -c a,b,s "$T/x" > "$T/n"
	assert_equal "$(param "$T/n" term a aliased)-$(param "$T/n" term s aliased)" "-1"
	near "$(param "$T/m" model seg-logit deviance)" "$(param "$T/n" model seg-logit deviance)" 1e-14
	near "$(awk "BEGIN { printf \"%.17g\", 1e12 * $(param "$T/m" term s estimate) }")" "$(param "$T/n" term a estimate)" 1e-10
	logit -y y -c d,b "$T/x" > "$T/m"
	near "$(awk "BEGIN { printf \"%.17g\", 1e-12 * $(param "$T/m" term d estimate) }")" "$(param "$T/n" term a estimate)" 1e-10
}

@test "fewer rows than terms: the surplus is dropped and named" {
	tsv 'y|a|b|c|d' '0|1|2|7|1' '1|2|1|3|5' '0|4|4|1|2' '1|3|9|2|2' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a,b,c,d "$T/x"
	assert_equal "$status" 3
	[[ $stderr = *"term d is a linear combination of the terms before it: dropped"* ]]
	[[ $stderr = *"separates the outcomes"* ]]
}

@test "the bytes do not depend on the order of the rows or on threads" {
	made 9000 > "$T/x"
	{ head -1 "$T/x"; tail -n +2 "$T/x" | sort -t$'\t' -k3,3; } > "$T/sorted"
	logit -y y -c a,b --onehot c --metrics "$T/wm" --lift "$T/wl" --calibration "$T/wc" "$T/x" > "$T/want"
	for how in "--threads 1" "--threads 2" "--threads 3" "--threads 7"; do
		for f in x sorted; do
			logit -y y -c a,b --onehot c $how --metrics "$T/gm" --lift "$T/gl" --calibration "$T/gc" "$T/$f" > "$T/got"
			cmp "$T/want" "$T/got" && cmp "$T/wm" "$T/gm" && cmp "$T/wl" "$T/gl" && cmp "$T/wc" "$T/gc" ||
				fail "$f $how"
		done
	done
}

@test "weights count rows: the same estimates as rows repeated; weight 0 leaves out" {
	made 600 > "$T/x"
	logit -y y -c a,b --weights w "$T/x" > "$T/w"
	awk -F'\t' -v OFS='\t' 'NR == 1 { print; next } { for (i = 0; i < $6; i++) print }' "$T/x" | logit -y y -c a,b > "$T/r"
	for t in '(intercept)' a b; do
		near "$(param "$T/w" term $t estimate)" "$(param "$T/r" term $t estimate)" 1e-11
		near "$(param "$T/w" term $t std_error)" "$(param "$T/r" term $t std_error)" 1e-11
	done
	near "$(param "$T/w" model seg-logit deviance)" "$(param "$T/r" model seg-logit deviance)" 1e-13
	awk -F'\t' -v OFS='\t' 'NR > 1 && NR % 3 == 0 { $6 = 0 } 1' "$T/x" > "$T/zero"
	awk -F'\t' 'NR == 1 || NR % 3' "$T/x" > "$T/without"
	logit -y y -c a,b --weights w "$T/zero" > "$T/z"
	logit -y y -c a,b --weights w "$T/without" | cmp - "$T/z"
	run --separate-stderr "$B/seg-logit" -p -y y -c a --weights w "$T/zero"
	[[ $stderr = "seg-logit: 200 rows of weight 0 left out"* ]] || fail "$stderr"
}

@test "separation: the column and its direction are named, status 3, the model complete" {
	local off="separates the outcomes: its estimate runs off to" help="--firth or --l2 give a finite one"
	tsv 'y|a|b' '0|1|5' '0|2|1' '0|3|2' '1|4|4' '1|5|1' '1|6|3' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a,b "$T/x"
	assert_equal "$status" 3
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: term a $off +infinity; $help"
	printf '%s\n' "$output" > "$T/m"
	assert_equal "$(param "$T/m" term a separated)" 1
	assert_equal "$(param "$T/m" term a std_error)" ""
	assert_equal "$(param "$T/m" model seg-logit separated)$(param "$T/m" model seg-logit converged)" 10
	# quasi-separation: one value in common
	tsv 'y|a' '0|6' '0|5' '0|4' '1|4' '1|3' '1|1' '1|2' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a "$T/x"
	assert_equal "$status" 3
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: term a $off -infinity; $help"
	# a level, and the reference level, that never buys; R calls both converged
	made 3000 | awk -F'\t' -v OFS='\t' 'NR > 1 && $5 == "z" && NR % 9 == 0 { $5 = "q"; $2 = 0 } 1' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a --onehot c "$T/x"
	assert_equal "$status" 3
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: reference level c=q $off -infinity; $help"
	awk -F'\t' -v OFS='\t' '$5 == "q" { $5 = "zz" } 1' "$T/x" > "$T/x2"
	run --separate-stderr "$B/seg-logit" -p -y y -c a --onehot c "$T/x2"
	assert_equal "$status" 3
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: term c=zz $off -infinity; $help"
	# a combination: neither column alone, but a + b
	awk 'BEGIN { print "y\ta\tb"; srand(3); for (i = 0; i < 60; i++) { a = rand(); b = rand(); print (a + b > 1) "\t" a "\t" b } }' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a,b "$T/x"
	assert_equal "$status" 3
	assert_equal "$(head -2 <<<"$stderr")" "seg-logit: warning: term a $off +infinity; $help
seg-logit: warning: term b $off +infinity; $help"
	# the ways on
	run "$B/seg-logit" -q -p -y y -c a,b --firth "$T/x"
	assert_success
	run "$B/seg-logit" -q -p -y y -c a,b --l2 0.01 "$T/x"
	assert_success
}

@test "separation by some rows in a million: all causes are named" {
	local off="separates the outcomes: its estimate runs off to" help="--firth or --l2 give a finite one"
	# p - q is above 0 in 50 rows that all buy; neither column separates alone; the 50 of level z never buy
	awk 'BEGIN { srand(9); print "y\tp\tq\ta\tl"; for (i = 0; i < 1000000; i++) { p = int(rand() * 64) / 64
		r = i % 20000 == 7; z = i % 20000 == 9; y = rand() < .2 + .5 * p; if (r) y = 1; if (z) y = 0
		print y + 0 "\t" p "\t" p - r * rand() "\t" i % 11 "\t" (z ? "z" : "k") } }' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c p,q,a --onehot l "$T/x"
	rm "$T/x"
	assert_equal "$status" 3
	assert_equal "$(head -n -1 <<<"$stderr")" "seg-logit: warning: term p $off +infinity; $help
seg-logit: warning: term q $off -infinity; $help
seg-logit: warning: term l=z $off -infinity; $help"
}

@test "separation or not: as scipy's linear program says" {
	need_python numpy scipy
	cat > "$T/py" <<-'PY'
		import numpy as np, subprocess, sys
		from scipy.optimize import linprog
		rng, seen = np.random.default_rng(1), [0, 0]
		for t in range(60):
		    n, d = int(rng.integers(8, 40)), int(rng.integers(1, 5))
		    X = rng.integers(-3, 4, size=(n, d)).astype(float)
		    y = (rng.random(n) < 1 / (1 + np.exp(-X @ rng.normal(size=d) * 1.5))).astype(int)
		    A = np.column_stack([np.ones(n), X])
		    if y.min() == y.max() or np.linalg.matrix_rank(A) <= d: continue
		    S = (2 * y - 1)[:, None] * A
		    want = linprog(-S.sum(0), A_ub=-S, b_ub=np.zeros(n), bounds=[(-1, 1)] * (d + 1)).fun < -1e-7
		    text = "\t".join(["y"] + ["x%d" % j for j in range(d)]) + "\n"
		    text += "".join("%d\t%s\n" % (y[i], "\t".join("%g" % v for v in X[i])) for i in range(n))
		    got = subprocess.run([sys.argv[1], "-q", "-y", "y", "-c", "x*"], input=text.encode(), capture_output=True)
		    assert got.returncode == (3 if want else 0), (t, want, got)
		    seen[want] += 1
		assert min(seen) > 10, seen
	PY
	/usr/bin/python3 "$T/py" "$B/seg-logit"
}

@test "strong but not separated is no alarm" {
	awk 'BEGIN { print "y\ta"; srand(5); for (i = 0; i < 4000; i++) { a = rand() * 60 - 30
		print (rand() < 1 / (1 + exp(-a))) + 0 "\t" a } }' > "$T/x"
	run "$B/seg-logit" -q -p -y y -c a "$T/x"
	assert_success
}

@test "--l2: gradient of the penalised loss is 0; standard errors are missing" {
	need_python sklearn
	made 800 > "$T/x"
	cat > "$T/py" <<-'PY'
		import sys, numpy as np
		x = np.genfromtxt(sys.argv[1], delimiter="\t", names=True, usecols=(1, 2, 3), dtype=float)
		y, X = x["y"], np.column_stack([x["a"], (x["b"])])
		lam, std = float(sys.argv[2]), sys.argv[3] == "1"
		m = dict(l.rstrip("\n").split("\t")[1::2] for l in open(sys.argv[4]) if "\testimate\t" in l and l.startswith("term"))
		b0, b = float(m["(intercept)"]), np.array([float(m["a"]), float(m["b"])])
		p = 1 / (1 + np.exp(-(b0 + X @ b)))
		s = X.std(axis=0)**2 if std else 1.0
		g = X.T @ (p - y) / len(y) + lam * s * b
		assert abs((p - y).mean()) < 1e-13, (p - y).mean()
		assert (abs(g) < 1e-10 * abs(X).max(axis=0)).all(), g
		if not std:
		    from sklearn.linear_model import LogisticRegression
		    Z = X - X.mean(axis=0)
		    f = LogisticRegression(C=1 / (len(y) * lam), tol=1e-12, max_iter=10000, solver="newton-cg").fit(Z, y)
		    assert np.allclose(f.coef_[0], b, rtol=1e-6), (f.coef_, b)
	PY
	logit -y y -c a,b --l2 0.01 "$T/x" > "$T/m"
	/usr/bin/python3 "$T/py" "$T/x" 0.01 0 "$T/m"
	logit -y y -c a,b --l2 0.01 --penalise-standardised "$T/x" > "$T/m"
	/usr/bin/python3 "$T/py" "$T/x" 0.01 1 "$T/m"
	assert_equal "$(param "$T/m" term a std_error)$(param "$T/m" term a p)$(param "$T/m" model seg-logit lr_p)" ""
}

@test "--l1, --l1 with --l2: the conditions of the minimum hold to 1e-10; no peer's objective is lower" {
	need_python numpy sklearn
	# 14 columns, of which two are nearly the same, one is a sum, and most say nothing
	awk 'BEGIN { OFS = "\t"; srand(8); printf "y"; for (j = 0; j < 14; j++) printf "\tx%02d", j; print ""
		for (i = 0; i < 700; i++) { for (j = 0; j < 12; j++) x[j] = rand() + rand() - 1
			x[12] = x[0] + .001 * rand(); x[13] = x[1] + x[2]
			line = (rand() < 1 / (1 + exp(-3 * x[0] - 2 * x[1] + x[3] + 1))) + 0
			for (j = 0; j < 14; j++) line = line OFS sprintf("%.6f", x[j]); print line } }' > "$T/x"
	cat > "$T/py" <<-'PY'
		import os, shutil, subprocess, sys, warnings
		import numpy as np
		from sklearn.linear_model import LogisticRegression
		warnings.filterwarnings("ignore")
		x = np.genfromtxt(sys.argv[2], delimiter="\t", names=True)
		y, X = x["y"], np.column_stack([x[k] for k in x.dtype.names[1:]])
		n, s, peers = len(y), 2 * x["y"] - 1, 0
		def objective(b0, b, l1, l2):
		    return np.logaddexp(0, -s * (b0 + X @ b)).mean() + l1 * abs(b).sum() + l2 / 2 * (b @ b)
		for l1, l2 in (.05, 0), (.01, 0), (.002, 0), (1e-4, 0), (.01, .01), (.002, .1), (1e-5, 1e-3):
		    out = subprocess.run([sys.argv[1], "-q", "-p", "-y", "y", "-c", "x*", "--l1", repr(l1), "--l2", repr(l2), sys.argv[2]],
		        capture_output=True, check=True, text=True).stdout
		    m = dict(l.split("\t")[1::2] for l in out.splitlines() if l.startswith("term") and "\testimate\t" in l)
		    b0, b = float(m["(intercept)"]), np.array([float(m[k]) for k in x.dtype.names[1:]])
		    g = X.T @ (1 / (1 + np.exp(-(b0 + X @ b))) - y) / n + l2 * b
		    worst = np.where(b != 0, abs(g + l1 * np.sign(b)), np.maximum(abs(g) - l1, 0)).max()
		    assert worst < 1e-10 and abs((1 / (1 + np.exp(-(b0 + X @ b))) - y).mean()) < 1e-10, (l1, l2, worst)
		    ours, C = objective(b0, b, l1, l2), 1 / (n * (l1 + l2))
		    models = [LogisticRegression(penalty="elasticnet", solver="saga", l1_ratio=l1 / (l1 + l2), C=C, tol=1e-7, max_iter=300)]
		    if l2 == 0:
		        models.append(LogisticRegression(penalty="l1", solver="liblinear", C=C, tol=1e-6, max_iter=100, intercept_scaling=100))
		    for f in models:
		        f.fit(X, y)
		        theirs = objective(f.intercept_[0], f.coef_[0], l1, l2)
		        assert ours <= theirs + 1e-9, (l1, l2, ours, theirs)
		        peers += theirs < ours + 1e-4
		assert peers > 6, peers
	PY
	/usr/bin/python3 "$T/py" "$B/seg-logit" "$T/x"
}

@test "--l1 against liblinear's own program" {
	need_command liblinear-train
	made 700 | awk -F'\t' -v OFS='\t' 'NR == 1 { print "y", "a", "b"; next } { print $2, $3 / 10, ($4 - 2e4) / 1e3 }' > "$T/x"
	awk -F'\t' 'NR > 1 { print ($1 ? "+1" : "-1") " 1:" $2 " 2:" $3 }' "$T/x" > "$T/svm"
	logit -y y -c a,b --l1 0.01 "$T/x" > "$T/m"
	# a bias of 1000, so that its penalty is next to nothing; C = 1/(n l1)
	liblinear-train -q -s 6 -B 1000 -e 1e-9 -c "$(awk 'BEGIN { printf "%.17g", 1 / (700 * .01) }')" "$T/svm" "$T/lib"
	mapfile -t w < <(awk '/^w/ { on = 1; next } on' "$T/lib")
	[ "$(awk '/^label/ { print $2 }' "$T/lib")" = 1 ] || for i in 0 1 2; do w[i]=$(awk "BEGIN { printf \"%.17g\", -(${w[i]}) }"); done
	objective() { awk -F'\t' -v i="$1" -v a="$2" -v b="$3" 'NR > 1 { e = i + a * $2 + b * $3; s += log(1 + exp($1 ? -e : e)) }
		function abs(v) { return v < 0 ? -v : v } END { printf "%.15g", s / 700 + .01 * (abs(a) + abs(b)) }' "$T/x"; }
	awk -v ours="$(objective "$(param "$T/m" term '(intercept)' estimate)" "$(param "$T/m" term a estimate)" "$(param "$T/m" term b estimate)")" \
		-v theirs="$(objective "$(awk "BEGIN { printf \"%.17g\", 1000 * ${w[2]} }")" "${w[0]}" "${w[1]}")" \
		'BEGIN { print ours, theirs; exit !(ours <= theirs + 1e-9 && theirs < ours + 1e-3) }'
}

@test "--path and --cv: from no term to the given penalty; the smallest loss, or one standard error" {
	awk 'BEGIN { OFS = "\t"; srand(8); print "y", "a", "b", "c", "d"
		for (i = 0; i < 900; i++) { a = rand(); b = rand(); print (rand() < a) + 0, a, b, rand(), 3 + rand() + a } }' > "$T/x"
	logit -y y -c a,b,c,d --l1 1e-4 --path 12 --cv 5 --seed 3 --penalties "$T/path" "$T/x" > "$T/min"
	logit -y y -c a,b,c,d --l1 1e-4 --path 12 --cv 5 --seed 3 --rule 1se "$T/x" > "$T/1se"
	zcat -f "$T/path" > "$T/p"
	assert_equal "$(head -1 "$T/p")" "$(tsv 'l1|l2|terms|deviance|log_loss|std_error|chosen')"
	assert_equal "$(wc -l < "$T/p") $(sed -n 2p "$T/p" | cut -f3) $(tail -1 "$T/p" | cut -f1)" "13 0 0.0001"
	near "$(sed -n 2p "$T/p" | cut -f4)" "$(param "$T/min" model seg-logit null_deviance)" 1e-12
	# equal ratios, a deviance that falls, the rules as they say
	awk -F'\t' 'NR > 2 { r = $1 / last; if (NR > 3 && (r / ratio - 1) ^ 2 > 1e-20) exit 1; ratio = r; if ($4 > dev) exit 1 }
		{ last = $1; dev = $4 }' "$T/p"
	awk -F'\t' 'NR > 1 { l[NR] = $5; e[NR] = $6; if ($7 ~ /min/) min = NR; if ($7 ~ /1se/) one = NR } END {
		for (i in l) if (l[i] < l[min]) exit 1
		for (i in l) if (i + 0 < one && l[i] <= l[min] + e[min]) exit 1
		exit !(l[one] <= l[min] + e[min]) }' "$T/p"
	assert_equal "$(param "$T/min" model seg-logit l1)" "$(awk -F'\t' '$7 ~ /min/ { print $1 }' "$T/p")"
	assert_equal "$(param "$T/min" model seg-logit l1_1se) $(param "$T/min" model seg-logit l1_min)" \
		"$(param "$T/1se" model seg-logit l1) $(param "$T/min" model seg-logit l1)"
	# a point of the path is the fit with its penalty, by itself
	logit -y y -c a,b,c,d --l1 "$(param "$T/1se" model seg-logit l1)" "$T/x" > "$T/m"
	for t in '(intercept)' a d; do near "$(param "$T/m" term $t estimate)" "$(param "$T/1se" term $t estimate)" 1e-9; done
	near "$(awk -F'\t' '$7 ~ /1se/ { print $4 }' "$T/p")" "$(param "$T/m" model seg-logit deviance)" 1e-10
	assert_equal "$(param "$T/m" term a std_error)$(param "$T/m" model seg-logit lr_p)" ""
	assert_equal "$(param "$T/m" model seg-logit algorithm) $(param "$T/m" model seg-logit converged)" "proximal newton 1"
}

@test "--firth: a 2 x 2 table is fitted with half a row added to each cell" {
	# for a saturated model Firth's estimate is the log odds of counts + 1/2
	awk 'BEGIN { print "y\tg"; for (i = 0; i < 12; i++) print "1\t1"
		for (i = 0; i < 8; i++) print (i < 3) + 0 "\t0" }' > "$T/x"
	logit -y y -c g --firth "$T/x" > "$T/m"
	near "$(param "$T/m" term '(intercept)' estimate)" "$(awk 'BEGIN { printf "%.17g", log(3.5 / 5.5) }')" 1e-8
	near "$(param "$T/m" term g estimate)" "$(awk 'BEGIN { printf "%.17g", log(12.5 / .5) - log(3.5 / 5.5) }')" 1e-8
	assert_equal "$(param "$T/m" model seg-logit firth)" 1
}

@test "--firth: the intervals are the profile's" {
	# saturated: Firth's log-likelihood is that of the counts + 1/2
	awk 'BEGIN { print "y\tg"; for (i = 0; i < 12; i++) print "1\t1"
		for (i = 0; i < 8; i++) print (i < 3) + 0 "\t0" }' > "$T/x"
	logit -y y -c g --firth "$T/x" > "$T/m"
	for k in ci_low ci_high; do
		# the intercept alone decides group 0: 3 of 8
		near "$(awk -v b="$(param "$T/m" term '(intercept)' $k)" 'function l(b) { return 3.5 * b - 9 * log(1 + exp(b)) }
			BEGIN { printf "%.15g", 2 * (l(log(3.5 / 5.5)) - l(b)) }')" 3.841458820694124 1e-7
		# the slope: the best intercept for it by bisection of the score
		near "$(awk -v s="$(param "$T/m" term g $k)" 'function p(b) { return 1 / (1 + exp(-b)) }
			function l(a, s) { return 3.5 * a - 9 * log(1 + exp(a)) + 12.5 * (a + s) - 13 * log(1 + exp(a + s)) }
			BEGIN { low = -50; high = 50; for (i = 0; i < 200; i++) { a = (low + high) / 2
				if (16 - 9 * p(a) - 13 * p(a + s) > 0) low = a; else high = a }
				b = log(3.5 / 5.5); printf "%.15g", 2 * (l(b, log(12.5 / .5) - b) - l(a, s)) }')" 3.841458820694124 1e-7
	done
}

@test "--firth where a level always buys: as the penalised likelihood maximised by a general optimiser" {
	need_python numpy scipy
	cat > "$T/py" <<-'PY'
		import sys, subprocess, numpy as np, scipy.optimize as so
		rng, n = np.random.default_rng(4), 40
		X = np.column_stack([np.ones(n), rng.random(n) < .3, np.round(rng.normal(size=n) * 3 + 50, 3)]).astype(float)
		y = (rng.random(n) < 1 / (1 + np.exp(-(X[:, 2] - 50) / 3))).astype(int)
		y[X[:, 1] == 1] = 1
		open(sys.argv[2], "w").write("y\ta\tb\n" + "".join("%d\t%g\t%.17g\n" % (y[i], X[i, 1], X[i, 2]) for i in range(n)))
		Z = X - [0, *X[:, 1:].mean(0)]
		def loss(b):
		    eta = Z @ b; p = 1 / (1 + np.exp(-eta))
		    return np.logaddexp(0, np.where(y == 1, -eta, eta)).sum() - np.linalg.slogdet(Z.T @ (Z * (p * (1 - p))[:, None]))[1] / 2
		best = so.minimize(loss, np.zeros(3), method="BFGS", options=dict(gtol=1e-9))
		def profile(j, v):
		    free = [k for k in range(3) if k != j]
		    def at(c):
		        b = np.zeros(3); b[free] = c; b[j] = v; return loss(b)
		    return 2 * (so.minimize(at, best.x[free], method="BFGS", options=dict(gtol=1e-9)).fun - best.fun) - 3.841458820694124
		run = subprocess.run([sys.argv[1], "-q", "-p", "-y", "y", "-c", "a,b", "--firth", sys.argv[2]], capture_output=True, text=True, check=True)
		v = {tuple(l.split("\t")[1:3]): l.split("\t")[3] for l in run.stdout.splitlines()}
		for j, t in (1, "a"), (2, "b"):
		    assert abs(float(v[t, "estimate"]) - best.x[j]) < 1e-5 * abs(best.x[j]), (t, v[t, "estimate"], best.x[j])
		    for side, key in (-1, "ci_low"), (1, "ci_high"):
		        end = so.brentq(lambda z: profile(j, z), best.x[j] + side * 1e-3, best.x[j] + side * 12 * (j == 1 or .2))
		        assert abs(float(v[t, key]) - end) < 1e-6 * abs(end), (t, key, v[t, key], end)
	PY
	/usr/bin/python3 "$T/py" "$B/seg-logit" "$T/x"
}

@test "--balanced: each class has half of the weight; standard errors are missing" {
	made 600 > "$T/x"
	logit -y y -c a,b --balanced "$T/x" > "$T/m"
	awk -F'\t' -v OFS='\t' 'NR == FNR { n[$2]++; next } FNR == 1 { print $0, "v"; next }
		{ printf "%s\t%.17g\n", $0, (n[0] + n[1]) / (2 * n[$2]) }' "$T/x" "$T/x" | logit -y y -c a,b --weights v > "$T/w"
	for t in '(intercept)' a b; do
		near "$(param "$T/m" term $t estimate)" "$(param "$T/w" term $t estimate)" 1e-10
		assert_equal "$(param "$T/m" term $t std_error)" ""
	done
}

@test "--onehot: levels in byte order, the first is the reference; escapes survive" {
	tsv 'y|a|g' '0|1|b\\x' '1|2|b\\x' '0|3|B' '1|4|B' '1|5|a\tb' '0|6|a\tb' '1|2|B' > "$T/x"
	logit -y y -c a --onehot g "$T/x" > "$T/m"
	assert_equal "$(param "$T/m" column g type) $(param "$T/m" column g reference)" "category B"
	assert_equal "$(param "$T/m" term 'g=a\tb' level)|$(param "$T/m" term 'g=b\\x' column)" 'a\tb|g'
	logit -y y -c g,a --onehot g "$T/x" > "$T/n"
	assert_equal "$(awk -F'\t' '$1 == "term" && $3 == "estimate" { printf "%s,", $2 }' "$T/n")" \
		'(intercept),g=a\tb,g=b\\x,a,'
	logit -m "$T/m" "$T/x" | col probability > "$T/p"
	logit -m "$T/n" "$T/x" | col probability > "$T/q"
	paste "$T/p" "$T/q" | while read -r p q; do near "$p" "$q" 1e-10; done
}

@test "a category with one level gives no term, and says so" {
	tsv 'y|a|g' '0|1|x' '1|2|x' '0|3|x' '1|1|x' '0|2|x' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a --onehot g "$T/x"
	assert_success
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: category g has one level only: it gives no term"
}

@test "default terms: the scaled columns, else the three of RFM; categories come behind" {
	tsv 'y|a_scaled|b|c_scaled' '0|1|2|3' '1|2|1|4' '0|3|2|1' '1|2|5|1' '0|2|2|2' > "$T/x"
	assert_equal "$(logit -y y "$T/x" | awk -F'\t' '$3 == "estimate" { printf "%s ", $2 }')" "(intercept) a_scaled c_scaled "
	tsv 'monetary|frequency|y|recency_days|g' '1|2|0|3|u' '2|1|1|4|u' '3|2|0|1|v' '2|5|1|1|v' '2|2|0|2|v' '2|2|1|3|u' > "$T/x"
	assert_equal "$(logit -y y "$T/x" | awk -F'\t' '$3 == "estimate" { printf "%s ", $2 }')" \
		"(intercept) recency_days frequency monetary "
	assert_equal "$(logit -y y --onehot g "$T/x" | awk -F'\t' '$3 == "estimate" { printf "%s ", $2 }')" \
		"(intercept) recency_days frequency monetary g=v "
	refused 1 "seg-logit: $T/z: no *_scaled columns and no recency_days; name the columns with -c" \
		bash -c 'printf "y\tb\n0\t1\n" > "$2"; "$1" -y y "$2"' - "$B/seg-logit" "$T/z"
}

@test "scoring: probability by name in any order, elasticity b * price * (1 - P)" {
	tsv 'y|price|q' '0|2|1' '1|1|2' '0|3|2' '1|2|3' '1|1|1' '0|2|2' '1|3|3' '0|1|1' '1|3|1' > "$T/x"
	logit -y y -c price,q "$T/x" > "$T/m"
	b0=$(param "$T/m" term '(intercept)' estimate) b1=$(param "$T/m" term price estimate) b2=$(param "$T/m" term q estimate)
	tsv 'id|q|price' 'k1|2|1.5' 'k2|0|4' > "$T/new"
	logit -m "$T/m" --elasticity price "$T/new" > "$T/out"
	assert_equal "$(head -1 "$T/out")" "$(tsv 'id|q|price|probability|elasticity_price')"
	assert_equal "$(cut -f1-3 "$T/out")" "$(cat "$T/new")"
	want=$(awk "BEGIN { printf \"%.17g\", 1 / (1 + exp(-($b0 + $b1 * 1.5 + $b2 * 2))) }")
	near "$(col probability < "$T/out" | head -1)" "$want" 1e-13
	near "$(col elasticity_price < "$T/out" | head -1)" "$(awk "BEGIN { printf \"%.17g\", $b1 * 1.5 * (1 - $want) }")" 1e-12
}

@test "scoring: messages" {
	tsv 'y|price|g' '0|2|a' '1|1|b' '0|3|b' '1|2|a' '1|1|a' '0|2|b' '1|3|a' '0|1|b' > "$T/x"
	logit -y y -c price --onehot g "$T/x" > "$T/m"
	tsv 'g|prices' 'a|1' > "$T/new"
	refused 1 "seg-logit: $T/new: no column \"price\"; did you mean prices?" "$B/seg-logit" -m "$T/m" "$T/new"
	tsv 'g|price|probability' 'a|1|1' > "$T/new"
	refused 1 "seg-logit: $T/new: column probability is there already" "$B/seg-logit" -m "$T/m" "$T/new"
	tsv 'g|price' 'c|1' 'a|2' 'd|1' 'a|' > "$T/new"
	run --separate-stderr "$B/seg-logit" -p -m "$T/m" "$T/new"
	assert_success
	assert_equal "$stderr" "seg-logit: warning: $T/new:2: column g: level \"c\" is not in the model: taken as the reference
seg-logit: warning: 1 rows with missing values have no probability
seg-logit: warning: 2 rows hold levels that are not in the model"
	assert_equal "$(col probability <<<"$output" | sed -n 4p)" ""
	tsv 'g|price' 'a|1' > "$T/as_reference"
	assert_equal "$(col probability <<<"$output" | head -1)" "$(logit -m "$T/m" "$T/as_reference" | col probability)"
	run --separate-stderr bash -c '"$@" > /dev/null' - "$B/seg-logit" --strict -m "$T/m" "$T/new"
	assert_failure 1
	assert_equal "$stderr" "seg-logit: $T/new:2: column g: level \"c\" is not in the model"
	tsv 'g|price' 'a|' > "$T/new"
	run --separate-stderr bash -c '"$@" > /dev/null' - "$B/seg-logit" --strict -m "$T/m" "$T/new"
	assert_failure 1
	assert_equal "$stderr" "seg-logit: $T/new:2: column price: missing value"
	tsv 'g|price' 'a|dear' > "$T/new"
	run --separate-stderr bash -c '"$@" > /dev/null' - "$B/seg-logit" -m "$T/m" "$T/new"
	assert_failure 1
	assert_equal "$stderr" "seg-logit: $T/new:2: column price: not a number: \"dear\""
	refused 1 "seg-logit: $T/m: no numeric term g for --elasticity" "$B/seg-logit" --elasticity g -m "$T/m" "$T/x"
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'term|(intercept)|std_error|1' > "$T/bad"
	refused 1 "seg-logit: $T/bad: term (intercept): no estimate" "$B/seg-logit" -m "$T/bad" "$T/x"
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'term|(intercept)|estimate|x1' > "$T/bad"
	refused 1 "seg-logit: $T/bad: term (intercept): not a number: x1" "$B/seg-logit" -m "$T/bad" "$T/x"
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'term|a|estimate|1' > "$T/bad"
	refused 1 "seg-logit: $T/bad: term a: its column is not in the model" "$B/seg-logit" -m "$T/bad" "$T/x"
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' > "$T/bad"
	refused 1 "seg-logit: $T/bad: no estimate of the term (intercept)" "$B/seg-logit" -m "$T/bad" "$T/x"
}

@test "a dropped term is not asked for when scoring" {
	made 300 | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "k"; next } { print $0, 5 }' > "$T/x"
	logit -y y -c a,k,b "$T/x" > "$T/m"
	logit -y y -c a,b "$T/x" > "$T/n"
	cut -f3,4 "$T/x" > "$T/new"
	logit -m "$T/m" "$T/new" > "$T/p"
	logit -m "$T/n" "$T/new" | cmp - "$T/p"
}

@test "fit: messages of the data" {
	tsv 'y|a' '0|1' '2|2' > "$T/x"
	refused 1 "seg-logit: $T/x:3: column y: not 0 or 1: \"2\"" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a' '0|1' 'yes|2' > "$T/x"
	refused 1 "seg-logit: $T/x:3: column y: not a number: \"yes\"" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a' '0|1' '0|2' > "$T/x"
	refused 1 "seg-logit: $T/x: the outcome y is 0 in all 2 rows" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a' '1|1' '1|2' '1|4' > "$T/x"
	refused 1 "seg-logit: $T/x: the outcome y is 1 in all 3 rows" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a' '0|-1e307' '1|1e307' '0|1' > "$T/x"
	refused 1 "seg-logit: $T/x: a term's values span more than 1e301" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a' > "$T/x"
	refused 1 "seg-logit: $T/x: no rows to fit" "$B/seg-logit" -y y -c a "$T/x"
	tsv 'y|a|b' '1||1' '0|2|' '1|3|' '|3|1' > "$T/x"
	refused 1 "seg-logit: $T/x: missing values: a 1, b 2, y 1; --drop-missing leaves 4 rows out" \
		"$B/seg-logit" -y y -c a,b "$T/x"
	refused 1 "seg-logit: $T/x: column y cannot be a term: it is the outcome" "$B/seg-logit" -y y -c 'a,*' "$T/x"
	refused 1 "seg-logit: $T/x: column b cannot be a term: it is the weight" "$B/seg-logit" -y y -c a,b --weights b "$T/x"
	tsv 'y|a|w' '1|1|-1' > "$T/x"
	refused 1 "seg-logit: $T/x:2: column w: a weight below 0" "$B/seg-logit" -y y -c a --weights w "$T/x"
	tsv 'y|a|w' '1|1|2e290' > "$T/x"
	refused 1 "seg-logit: $T/x:2: column w: a weight above 1e290" "$B/seg-logit" -y y -c a --weights w "$T/x"
	tsv 'y|a' '0|1' '1|2' '0|2' '1|1' '0|3' > "$T/x"
	refused 1 "seg-logit: $T/x: no column \"outcome\"" "$B/seg-logit" -y outcome -c a "$T/x"
	tsv 'y|a' '0|1' '1|2' '0|2' '0|3' > "$T/x"
	run --separate-stderr "$B/seg-logit" -q -y y -c a --cv 3 "$T/x"
	assert_failure 1
	assert_equal "$stderr" "seg-logit: $T/x: too few rows of one outcome for 3 folds"
}

@test "wrong command lines: status 2, nothing read" {
	refused 2 "seg-logit: -y is needed to fit, or -m to score" "$B/seg-logit" no/such
	refused 2 "seg-logit: option -y fits a model, but -m scores with one" "$B/seg-logit" -y a -m b
	refused 2 "seg-logit: option -c fits a model, but -m scores with one" "$B/seg-logit" -c a -m b
	refused 2 "seg-logit: option --cv fits a model, but -m scores with one" "$B/seg-logit" --cv 5 -m b
	refused 2 "seg-logit: option --firth fits a model, but -m scores with one" "$B/seg-logit" --firth -m b
	refused 2 "seg-logit: option --strict needs -m" "$B/seg-logit" -y a --strict
	refused 2 "seg-logit: option --evaluate needs -m" "$B/seg-logit" -y a --evaluate b
	refused 2 "seg-logit: option --elasticity needs -m" "$B/seg-logit" -y a --elasticity b
	refused 2 "seg-logit: --metrics, --lift and --calibration of scored rows need --evaluate" \
		"$B/seg-logit" -m b --lift c
	refused 2 "seg-logit: --l2 and --firth exclude each other" "$B/seg-logit" -y a --l2 1 --firth
	refused 2 "seg-logit: --l1 and --firth exclude each other" "$B/seg-logit" -y a --l1 1 --firth
	refused 2 "seg-logit: --penalise-standardised needs --l1 or --l2" "$B/seg-logit" -y a --penalise-standardised
	refused 2 "seg-logit: --path needs --l1 and --cv" "$B/seg-logit" -y a --l1 1 --path 9
	refused 2 "seg-logit: --path needs --l1 and --cv" "$B/seg-logit" -y a --cv 5 --path 9
	refused 2 "seg-logit: --path needs --cv 3 or more: a fold is judged by a penalty that the others choose" \
		"$B/seg-logit" -y a --l1 1 --cv 2 --path 9
	refused 2 "seg-logit: --rule needs --path" "$B/seg-logit" -y a --l1 1 --rule 1se
	refused 2 "seg-logit: --penalties needs --path" "$B/seg-logit" -y a --l1 1 --penalties x
	refused 2 "seg-logit: option --cv: 1 is not in 2..1000" "$B/seg-logit" -y a --cv 1
	refused 2 "seg-logit: option --l2: -1 is not in 0..1000000000000" "$B/seg-logit" -y a --l2 -1
}

@test "AUC, average precision, log-loss, Brier as scikit-learn; ties; --evaluate" {
	need_python sklearn
	made 900 | awk -F'\t' -v OFS='\t' 'NR > 1 { $3 = int($3) } 1' > "$T/x"
	logit -y y -c a "$T/x" > "$T/m"
	logit -m "$T/m" --evaluate y --metrics "$T/metrics" "$T/x" > "$T/p"
	/usr/bin/python3 - "$T/p" > "$T/want" <<-'PY'
		import sys, numpy as np
		from sklearn import metrics as s
		x = np.genfromtxt(sys.argv[1], delimiter="\t", names=True, usecols=(1, 6))
		y, p = x["y"], x["probability"]
		for f in (s.roc_auc_score, s.average_precision_score, s.log_loss, s.brier_score_loss): print(repr(float(f(y, p))))
		# DeLong by its definition: placements of every pair
		a, b = p[y == 1], p[y == 0]
		psi = (a[:, None] > b) + 0.5 * (a[:, None] == b)
		print(repr(float(np.sqrt(psi.mean(1).var(ddof=1) / len(a) + psi.mean(0).var(ddof=1) / len(b)))))
	PY
	mapfile -t want < "$T/want"
	near "$(metric "$T/metrics" scored auc)" "${want[0]}" 1e-12
	near "$(metric "$T/metrics" scored average_precision)" "${want[1]}" 1e-12
	near "$(metric "$T/metrics" scored log_loss)" "${want[2]}" 1e-12
	near "$(metric "$T/metrics" scored brier)" "${want[3]}" 1e-12
	near "$(metric "$T/metrics" scored auc 4)" "${want[4]}" 1e-12
	# judged on the rows of its own fit, a model is calibrated
	near "$(metric "$T/metrics" scored calibration_slope)" 1 1e-9
	logit -y y -c a --metrics "$T/train" "$T/x" > /dev/null
	assert_equal "$(metric "$T/train" train auc)" "$(metric "$T/metrics" scored auc)"
}

@test "lift and gains: ties share alike; calibration bins hold equal counts" {
	# three groups of 40, 30 and 30 rows with 4, 9, 21 events
	awk 'BEGIN { print "y\tg"; for (i = 0; i < 40; i++) print (i < 4) + 0 "\ta"
		for (i = 0; i < 30; i++) print (i < 9) + 0 "\tb"; for (i = 0; i < 30; i++) print (i < 21) + 0 "\tc" }' > "$T/x"
	logit -y y --onehot g --lift "$T/lift" --calibration "$T/cal" "$T/x" > /dev/null
	at() { zcat -f "$T/lift" | awk -F'\t' -v q="$1" -v c="$2" '$2 == q { print $c }'; }
	assert_equal "$(zcat -f "$T/lift" | head -1)" "$(tsv 'set|share|rows|events|gains|lift|threshold')"
	near "$(at 0.1 4)" 7 1e-12
	near "$(at 0.1 5)" "$(awk 'BEGIN { printf "%.17g", 7 / 34 }')" 1e-12
	near "$(at 0.1 6)" "$(awk 'BEGIN { printf "%.17g", 70 / 34 }')" 1e-12
	near "$(at 0.45 4)" 25.5 1e-12
	near "$(at 1 5)" 1 1e-15
	near "$(at 0.3 7)" 0.7 1e-9
	assert_equal "$(zcat -f "$T/lift" | wc -l)" 101
	assert_equal "$(zcat -f "$T/cal" | head -1)" "$(tsv 'set|bin|rows|mean_probability|observed|observed_low|observed_high|lowest_probability|highest_probability')"
	assert_equal "$(zcat -f "$T/cal" | awk -F'\t' 'NR > 1 { print $3 }' | xargs)" "0 0 40 0 0 30 0 0 30 0"
	near "$(zcat -f "$T/cal" | awk -F'\t' '$2 == 9 { print $5 }')" 0.7 1e-15
	# Wilson's interval of 21 of 30
	near "$(zcat -f "$T/cal" | awk -F'\t' '$2 == 9 { print $6 }')" 0.52124213 1e-7
	near "$(zcat -f "$T/cal" | awk -F'\t' '$2 == 9 { print $7 }')" 0.83335252 1e-7
	made 1000 | logit -y y -c a,b --calibration "$T/cal" > /dev/null
	assert_equal "$(zcat -f "$T/cal" | awk -F'\t' 'NR > 1 { print $3 }' | sort -u | xargs)" 100
}

@test "--profit: the threshold that pays most, by trying all" {
	made 400 > "$T/x"
	logit -y y -c a,b "$T/x" > "$T/m"
	for value in 10,-1,0,0 5,-4,-2,1 -1,-1,3,2; do
		logit -m "$T/m" --evaluate y --metrics "$T/metrics" --profit="$value" "$T/x" > "$T/p"
		zcat -f "$T/metrics" > "$T/metrics.tsv"
		awk -F'\t' -v v="$value" 'BEGIN { split(v, w, ",") }
			FNR == NR { if (FNR > 1) { p[FNR] = $NF; y[FNR] = $2 } next }
			$1 == "scored" { got[$2] = $3 }
			function at(t, i) { tp = fp = fn = tn = 0
				for (i in p) if (p[i] >= t) { if (y[i]) tp++; else fp++ } else if (y[i]) fn++; else tn++
				return (w[1] * tp + w[2] * fp + w[3] * fn + w[4] * tn) / 400 }
			END { best = at(2); for (j in p) { z = at(p[j]); if (z > best) best = z }
				mine = at(got["threshold"] == "" ? 2 : got["threshold"] + 0)
				if (mine < best - 1e-12 || (got["profit"] - best) ^ 2 > 1e-24) exit 1
				exit !(tp == got["true_positives"] && fp == got["false_positives"] &&
					fn == got["false_negatives"] && tn == got["true_negatives"]) }' "$T/p" "$T/metrics.tsv" || fail "$value"
	done
	refused 2 "seg-logit: --profit needs --metrics" "$B/seg-logit" -y y --profit 1,2,3,4
	refused 2 "seg-logit: option --profit: four values are needed, not 3" "$B/seg-logit" -y y --metrics m --profit 1,2,3
	refused 2 'seg-logit: option --profit: not a number: "x"' "$B/seg-logit" -y y --metrics m --profit 1,2,3,x
}

@test "--elasticity of several prices: own and cross" {
	# a model by hand: own price -2, the rival's 0.5
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'column|own|type|number' 'column|rival|type|number' \
		'term|(intercept)|estimate|1' 'term|own|estimate|-2' 'term|own|column|own' \
		'term|rival|estimate|0.5' 'term|rival|column|rival' > "$T/m"
	tsv 'own|rival' '1.5|2' '1|' > "$T/x"
	logit -m "$T/m" --elasticity own,rival "$T/x" > "$T/p"
	assert_equal "$(head -1 "$T/p")" "$(tsv 'own|rival|probability|elasticity_own|elasticity_rival')"
	# eta = 1 - 3 + 1
	awk -F'\t' 'NR == 2 { q = 1 - 1 / (1 + exp(1)); a = $4 + 3 * q; b = $5 - q; exit !(a * a + b * b < 1e-28) }' "$T/p"
	assert_equal "$(sed -n 3p "$T/p")" "$(tsv '1||||')"
	refused 2 "seg-logit: option --elasticity: own is named twice" "$B/seg-logit" -m "$T/m" --elasticity own,own "$T/x"
}

@test "--ci: the interval of the logit, as by hand" {
	awk 'BEGIN { print "y\tg\th"; for (i = 0; i < 80; i++) print (i < 30 || i >= 70) "\t" (i < 40) "\t" (i < 40 ? "u" : "a") }' > "$T/x"
	logit -y y -c g --covariance "$T/x" > "$T/m"
	logit -y y --onehot h --covariance "$T/x" > "$T/n"
	for m in m n; do
		logit -m "$T/$m" --ci "$T/x" > "$T/p"
		assert_equal "$(head -1 "$T/p" | cut -f4-)" "$(tsv 'probability|probability_low|probability_high')"
		# log odds 3 and 1/3, both with variance 1/30 + 1/10
		awk -F'\t' 'function p(e) { return 1 / (1 + exp(-e)) } function off(a, b) { return (a - b) ^ 2 > 1e-18 }
			NR > 1 { e = $2 ? log(3) : -log(3); h = 1.959963984540054 * sqrt(1 / 30 + 1 / 10)
				if (off($4, p(e)) || off($5, p(e - h)) || off($6, p(e + h))) exit 1 }' "$T/p" || fail "$m"
	done
	made 500 | tee "$T/x" | logit -y y -c a,b --onehot c --covariance > "$T/m"
	# where all numbers are 0 and the category is the reference the error is the intercept's
	tsv 'a|b|c' '0|0|x' '|0|x' '0|0|new' | logit -m "$T/m" --ci > "$T/p" 
	assert_equal "$(sed -n 3p "$T/p")" "$(tsv '|0|x|||')"
	assert_equal "$(sed -n 4p "$T/p" | cut -f4-)" "$(sed -n 2p "$T/p" | cut -f4-)"
	near "$(sed -n 2p "$T/p" | cut -f6 | awk '{ printf "%.15g", log($1 / (1 - $1)) }')" "$(param "$T/m" term '(intercept)' ci_high)" 1e-9
	logit -y y -c a "$T/x" > "$T/m"
	refused 1 "seg-logit: $T/m: no covariance for --ci: fit with --covariance" "$B/seg-logit" -m "$T/m" --ci "$T/x"
	printf 'covariance\ta\tq\t1\n' >> "$T/m"
	refused 1 "seg-logit: $T/m: covariance of a, q: no such term or no number" "$B/seg-logit" -m "$T/m" --ci "$T/x"
	refused 2 "seg-logit: option --ci needs -m" "$B/seg-logit" -y y --ci
}

@test "--holdout and --cv: stratified, from the seed; judged rows took no part in the fit" {
	made 1000 > "$T/x"
	logit -y y -c a,b --holdout 0.3 --seed 4 --metrics "$T/m1" "$T/x" > "$T/model"
	events=$(tail -n +2 "$T/x" | cut -f2 | grep -c 1)
	assert_equal "$(metric "$T/m1" holdout n_events)" "$(awk "BEGIN { printf \"%.0f\", 0.3 * $events }")"
	assert_equal "$(($(metric "$T/m1" holdout n) + $(metric "$T/m1" train n)))" 1000
	assert_equal "$(param "$T/model" model seg-logit n)" "$(metric "$T/m1" train n)"
	assert_equal "$(param "$T/model" model seg-logit seed) $(param "$T/model" model seg-logit holdout)" "4 0.3"
	logit -y y -c a,b --holdout 0.3 --seed 4 --metrics "$T/m2" "$T/x" | cmp - "$T/model"
	cmp "$T/m1" "$T/m2"
	logit -y y -c a,b --holdout 0.3 --seed 5 "$T/x" > "$T/other"
	! cmp -s "$T/model" "$T/other" || fail "the seed has no effect"
	# the outcome of held-out rows cannot reach the model: an outcome that is noise is not predicted
	awk -F'\t' -v OFS='\t' 'NR > 1 { $2 = (NR * 7919) % 13 < 5 } 1' "$T/x" > "$T/noise"
	logit -y y -c a,b --cv 5 --metrics "$T/cv" "$T/noise" > "$T/model"
	for f in 1 2 3 4 5; do assert_equal "$(metric "$T/cv" fold$f n)" 200; done
	assert_equal "$(metric "$T/cv" cv n)" 1000
	awk "BEGIN { exit !($(metric "$T/cv" cv auc) < 0.55) }" || fail "cross-validation sees the outcome"
	logit -y y -c a,b "$T/noise" | grep -v $'\tseed\t' | cmp - <(grep -v $'\tseed\t' "$T/model")
}

@test "--mem: rows that do not fit go to a file in TMPDIR: the same bytes, below the ceiling" {
	local fit=("$B/seg-logit" -q -p -y y -c a,b,c,d,e --onehot g "$T/x") full
	awk 'BEGIN { print "y\ta\tb\tc\td\te\tg"; for (i = 0; i < 1800000; i++)
		print (i % 7 < i % 3) "\t" i % 11 "\t" i % 13 "\t" i % 17 "\t" i % 19 "\t" i % 23 "\t" (i % 5 ? "u" : "v") }' > "$T/x"
	"${fit[@]}" > "$T/want"
	"${fit[@]}" --mem 96M > "$T/got"
	cmp "$T/want" "$T/got"
	run --separate-stderr env TMPDIR=/nonexistent "${fit[@]}" --mem 96M
	assert_failure 1
	assert_equal "$stderr" "seg-logit: /nonexistent: cannot make a temporary file: No such file or directory"
	run --separate-stderr env TMPDIR="$T" bash -c 'trap "" XFSZ; ulimit -f 1000; "$@"' - "${fit[@]}" --mem 96M
	assert_failure 1
	assert_equal "$stderr" "seg-logit: $T: cannot write a temporary file: File too large"
	run --separate-stderr "${fit[@]}" --metrics "$T/metrics" --mem 96M
	assert_failure 1
	assert_equal "$(sed 's/[0-9][0-9]* rows so/N rows so/' <<<"$stderr")" \
		"seg-logit: the rows need more than --mem 96M allows: 89 bytes each stay in memory, N rows so far"
	need_python resource
	run /usr/bin/python3 -c 'import sys, resource, subprocess
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "${fit[@]}" --mem 96M
	assert_success
	[ "$output" -le 98304 ] || fail "$output KiB"
	rm "$T/x"
}

@test "elasticity and scores of the real price model" {
	need_data purchase-365.csv.gz
	"$B/seg-clean" -q --table --derive 'price=mean(price_1..price_5)' "$D/purchase-365.csv.gz" > "$T/x"
	"$B/seg-logit" -q -y incidence -c price "$T/x" > "$T/m"
	logit -m "$T/m" --elasticity price --evaluate incidence --metrics "$T/metrics" "$T/x" > "$T/p"
	# the mean probability on the rows of the fit is the share of events
	near "$(col probability < "$T/p" | awk '{ s += $1 } END { printf "%.17g", s / NR }')" \
		"$(awk 'BEGIN { printf "%.17g", 14638 / 58693 }')" 1e-10
	near "$(metric "$T/metrics" scored log_loss)" "$(awk 'BEGIN { printf "%.17g", 65756.7686665429 / 2 / 58693 }')" 1e-12
}

@test "two terms of one name are refused; a separated reference level leaves no standard error" {
	tsv 'a=1|a|y' '1|0|0' '2|1|1' '3|0|0' '1|1|1' '2|0|1' '5|1|0' > "$T/in"
	refused 1 "seg-logit: two terms would both be named a=1; rename a column" \
		"$B/seg-logit" -y y -c a=1 --onehot a "$T/in"
	awk 'BEGIN { print "y\tg"; for (i = 0; i < 300; i++) { g = substr("abc", i % 3 + 1, 1)
		print (g == "a" ? 0 : i % 5 < 2) "\t" g } }' > "$T/in"
	run "$B/seg-logit" -q -p -y y -c g --onehot g "$T/in"
	assert_failure 3
	assert_equal "$(grep -c $'\tstd_error\t$' <<<"$output")" 3
	refute_line --regexp 'std_error.[0-9]'
}

@test "interactions and --poly: terms, scores, elasticities" {
	made 800 > "$T/x"
	logit -y y -c a,c:a,b,a:b --onehot c --poly a=3 "$T/x" > "$T/m"
	assert_equal "$(awk -F'\t' '$3 == "estimate" { printf "%s ", $2 }' "$T/m")" \
		"(intercept) a b c=y c=z a^2 a^3 c=y:a c=z:a a:b "
	assert_equal "$(param "$T/m" term a^3 column) $(param "$T/m" term a^3 power)" "a 3"
	assert_equal "$(param "$T/m" term c=z:a column) $(param "$T/m" term c=z:a level) $(param "$T/m" term c=z:a times_column)" "c z a"
	# scoring the fitted rows gives the deviance of the fit
	logit -m "$T/m" --evaluate y --metrics "$T/metrics" --elasticity a,b "$T/x" > "$T/p"
	near "$(metric "$T/metrics" scored log_loss)" "$(awk "BEGIN { printf \"%.17g\", $(param "$T/m" model seg-logit deviance) / 1600 }")" 1e-12
	# the elasticity is the derivative of log P by log a: a central difference
	for c in a b; do
		awk -F'\t' -v OFS='\t' -v c=$c -v h=1.0001 'NR > 1 { if (c == "a") $3 *= h; else $4 *= h } 1' CONVFMT=%.17g OFMT=%.17g "$T/x" |
			logit -m "$T/m" | col probability > "$T/up"
		awk -F'\t' -v OFS='\t' -v c=$c -v h=0.9999 'NR > 1 { if (c == "a") $3 *= h; else $4 *= h } 1' CONVFMT=%.17g OFMT=%.17g "$T/x" |
			logit -m "$T/m" | col probability > "$T/down"
		col elasticity_$c < "$T/p" | paste - "$T/up" "$T/down" | awk '{ d = (log($2) - log($3)) / (log(1.0001) - log(.9999)) - $1
			if (d * d > 1e-8 * (1 + $1 * $1)) { print NR, $0, d; exit 1 } }' || fail "$c"
	done
	# --ci knows products: at the mean of a two-column table by hand is --ci's own test; here, both ways to name a product agree
	logit -y y -c a,b,a:b --covariance "$T/x" > "$T/m"
	awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "ab"; next } { printf "%s\t%.17g\n", $0, $3 * $4 }' "$T/x" > "$T/x2"
	logit -y y -c a,b,ab --covariance "$T/x2" > "$T/m2"
	paste <(logit -m "$T/m" --ci "$T/x" | col probability_low) <(logit -m "$T/m2" --ci "$T/x2" | col probability_low) |
		awk '{ if (($1 - $2) ^ 2 > 1e-16) { print; exit 1 } }'
	# a colon in a name, and a column that is named like an interaction
	tsv 'y|a:b|c|a|b' '0|1|2|1|1' '1|3|1|2|1' '0|2|3|1|2' '1|2|2|3|1' '0|3|2|1|4' '1|1|2|2|2' > "$T/x"
	assert_equal "$(logit -y y -c a:b:c,a:b "$T/x" | awk -F'\t' '$3 ~ /column/ { printf "%s=%s ", $2, $4 }')" \
		"a:b=a:b a:b:c=a:b a:b:c=c "
	refused 1 "seg-logit: interaction a:a: two different columns are needed; --poly gives powers" \
		"$B/seg-logit" -y y -c a,a:a "$T/x"
	refused 1 "seg-logit: $T/x: no column \"q\"; did you mean y?" "$B/seg-logit" -y y -c a:q "$T/x"
	refused 1 "seg-logit: $T/x: column y cannot be a term: it is the outcome" "$B/seg-logit" -y y -c a:y "$T/x"
	refused 1 "seg-logit: $T/x: column c is a category: --poly takes numbers" "$B/seg-logit" -y y -c a --onehot c --poly c=2 "$T/x"
	for bad in a a=1 a=10 =2 a=x; do
		refused 2 "seg-logit: option --poly: COLUMN=POWER is needed, POWER from 2 to 9, not \"$bad\"" \
			"$B/seg-logit" -y y -c a --poly "$bad" "$T/x"
	done
	tsv 'y|a|b' '0|1e200|1e200' '1|2|2' '0|1|2' > "$T/x"
	refused 1 "seg-logit: $T/x: a term's values span more than 1e301" "$B/seg-logit" -y y -c a:b "$T/x"
	refused 1 "seg-logit: $T/x: a term's values span more than 1e301" "$B/seg-logit" -y y -c a --poly a=9 "$T/x"
}

@test "separation leaves no standard error where nothing tells it" {
	# complete: no row is left
	tsv 'y|a|b' '0|1|5' '0|2|1' '0|3|2' '1|4|4' '1|5|1' '1|6|3' > "$T/x"
	run "$B/seg-logit" -q -p -y y -c a,b "$T/x"
	assert_failure 3
	refute_line --regexp $'std_error\t[0-9]'
	# quasi, parted at 4: the intercept runs off; b is told by the two rows there
	tsv 'y|a|b' '0|1|5' '0|2|1' '0|4|2' '0|4|3' '1|4|4' '1|4|1' '1|5|1' '1|6|3' > "$T/x"
	run "$B/seg-logit" -q -p -y y -c a,b "$T/x"
	assert_failure 3
	assert_line $'term\t(intercept)\tstd_error\t'
	assert_line --regexp $'term\tb\tstd_error\t[0-9]'
	# a level that never buys: the intercept is that of the others
	made 400 | awk -F'\t' -v OFS='\t' '$5 == "z" { $2 = 0 } 1' > "$T/x"
	run "$B/seg-logit" -q -p -y y -c a --onehot c "$T/x"
	assert_failure 3
	assert_line $'term\tc=z\tstd_error\t'
	assert_line --regexp $'term\t\(intercept\)\tstd_error\t[0-9]'
	# a combination
	awk 'BEGIN { print "y\ta\tb"; srand(3); for (i = 0; i < 60; i++) { a = rand(); b = rand(); print (a + b > 1) "\t" a "\t" b } }' > "$T/x"
	run "$B/seg-logit" -q -p -y y -c a,b "$T/x"
	assert_line $'term\t(intercept)\tstd_error\t'
}

@test "--cv: a fold whose fit is separated is said, status 3" {
	# the only row at 5 that does not buy is decisive: without it 5 and more always buy
	awk 'BEGIN { print "y\ta"; for (i = 0; i < 60; i++) print (i % 6 >= 3) "\t" i % 6; print "0\t5" }' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y y -c a --cv 4 "$T/x"
	assert_equal "$status" 3
	fold=$(grep -o 'fold[0-9]*: the fit' <<<"$stderr" | grep -o '[0-9]*')
	assert_line --partial $'converged\t1'
	[[ $stderr = *"seg-logit: warning: fold$fold: the fit without it does not converge or is separated (1 of 4 folds): its metrics say little"* ]] || fail "$stderr"
}

# Rows with three outcomes x, w, z of which x is the reference of the truth.
choices() {
	awk -v n="${1:-1500}" 'BEGIN { OFS = "\t"; srand(7); print "brand", "a", "b", "c", "w"; split("x w z", L, " ")
		for (i = 1; i <= n; i++) { a = rand() * 10; b = 10 + rand(); c = substr("uv", 1 + int(rand() * 2), 1)
			e1 = exp(-2 + .4 * a); e2 = exp(11 - b + (c == "u")); t = rand() * (1 + e1 + e2)
			print L[t < 1 ? 1 : t < 1 + e1 ? 2 : 3], a, b, c, 1 + int(rand() * 4) } }'
}

@test "--multinomial: the score is 0, errors are those of the information; probabilities, elasticities" {
	need_python numpy
	choices > "$T/x"
	logit -y brand --multinomial --reference x -c a,b,c,a:b --onehot c --poly a=2 --weights w "$T/x" > "$T/m"
	logit -m "$T/m" --elasticity a --evaluate brand --metrics "$T/metrics" "$T/x" > "$T/p"
	assert_equal "$(head -1 "$T/p" | cut -f6-)" "$(tsv 'probability_w|probability_z|probability_x|elasticity_a_w|elasticity_a_z|elasticity_a_x')"
	zcat -f "$T/metrics" > "$T/metrics.tsv"
	cat > "$T/py" <<-'PY'
		import sys, csv, numpy as np
		rows = list(csv.DictReader(open(sys.argv[1]), delimiter="\t"))
		m = [l.rstrip("\n").split("\t") for l in open(sys.argv[2])]
		p = list(csv.DictReader(open(sys.argv[3]), delimiter="\t"))
		v = {(k, n, q): x for k, n, q, x in m}
		a, b = (np.array([float(r[k]) for r in rows], dtype=np.longdouble) for k in "ab")
		c = np.array([r["c"] == "v" for r in rows]) * np.longdouble(1)
		X = np.column_stack([np.ones(len(a)), a, b, c, a * a, a * b])
		names, L = ["(intercept)", "a", "b", "c=v", "a^2", "a:b"], ["w", "z"]
		w = np.array([float(r["w"]) for r in rows]); y = [r["brand"] for r in rows]
		B = np.array([[float(v["term", f"brand={o}:{t}", "estimate"]) for t in names] for o in L], dtype=np.longdouble)
		eta = np.column_stack([X @ B[0], X @ B[1], np.zeros(len(a))])
		P = np.exp(eta - eta.max(1)[:, None]); P /= P.sum(1)[:, None]
		Y = np.array([[o == q for q in ("w", "z", "x")] for o in y]) * np.longdouble(1)
		for k in 0, 1:
		    g = X * (w * (Y[:, k] - P[:, k]))[:, None]
		    assert (abs(g.sum(0)) <= 1e-10 * abs(g).sum(0)).all(), g.sum(0) / abs(g).sum(0)
		# standardised, so that the information can be inverted in doubles
		mu, sd = X.mean(0), X.std(0); mu[0], sd[0] = 0, 1
		Z = ((X - mu) / sd)
		H = np.block([[Z.T @ (Z * (w * P[:, k] * ((k == l) - P[:, l]))[:, None]) for l in (0, 1)] for k in (0, 1)]).astype(float)
		M = np.diag(1 / sd.astype(float)); M[0, 1:] = -(mu / sd).astype(float)[1:]
		V = np.linalg.inv(H)
		for k in 0, 1:
		    se = np.sqrt(np.diag(M @ V[6 * k:6 * k + 6, 6 * k:6 * k + 6] @ M.T))
		    ours = [float(v["term", f"brand={L[k]}:{t}", "std_error"]) for t in names]
		    assert np.allclose(ours, se, rtol=1e-7), (ours, se)
		dev = float(-2 * (w * np.log((P * Y).sum(1))).sum())
		assert abs(float(v["model", "seg-logit", "deviance"]) - dev) < 1e-11 * dev
		n_k = (Y * w[:, None]).sum(0)
		null = float(-2 * (n_k * np.log(n_k / n_k.sum())).sum())
		assert abs(float(v["model", "seg-logit", "null_deviance"]) - null) < 1e-12 * null
		assert v["model", "seg-logit", "lr_df"] == "10"
		got = np.array([[float(r["probability_" + o]) for o in "wzx"] for r in p])
		assert abs(got - P).max() < 1e-9
		s = [(B[k][1] + 2 * B[k][4] * a + B[k][5] * b) * a for k in (0, 1)] + [0 * a]
		mean = sum(P[:, k] * s[k] for k in range(3))
		for k, o in enumerate("wzx"):
		    assert abs(np.array([float(r["elasticity_a_" + o]) for r in p]) - (s[k] - mean)).max() < 1e-7
		t = {(r["set"], r["metric"]): float(r["value"]) for r in csv.DictReader(open(sys.argv[4]), delimiter="\t") if r["value"]}
		assert abs(t["scored", "log_loss"] + np.log((P * Y).sum(1)).mean()) < 1e-10
		assert abs(t["scored", "accuracy"] - (P.argmax(1) == Y.argmax(1)).mean()) < 1e-12
		assert abs(t["scored=z", "brier"] - ((P[:, 1] - Y[:, 1]) ** 2).mean()) < 1e-10
	PY
	/usr/bin/python3 "$T/py" "$T/x" "$T/m" "$T/p" "$T/metrics.tsv"
}

@test "--multinomial of two outcomes is the binary fit; the bytes of any order, threads and --mem" {
	made 3000 > "$T/x"
	logit -y y -c a,b --onehot c --weights w "$T/x" > "$T/m"
	logit -y y --multinomial -c a,b --onehot c --weights w "$T/x" > "$T/n"
	for t in '(intercept)' a b c=y c=z; do
		for k in estimate std_error p; do
			near "$(param "$T/n" term "y=1:$t" $k)" "$(param "$T/m" term "$t" $k)" 1e-9
		done
	done
	for k in deviance null_deviance aic lr df null_df lr_df; do
		near "$(param "$T/n" model seg-logit $k)" "$(param "$T/m" model seg-logit $k)" 1e-12
	done
	near "$(param "$T/n" model seg-logit lr_p)" "$(param "$T/m" model seg-logit lr_p)" 1e-8
	choices 9000 > "$T/x"
	{ head -1 "$T/x"; tail -n +2 "$T/x" | sort -t$'\t' -k3,3; } > "$T/sorted"
	logit -y brand --multinomial -c a,b --onehot c "$T/x" > "$T/want"
	assert_equal "$(param "$T/want" outcome w place) $(param "$T/want" outcome z place)" "0 2"
	for how in "--threads 1" "--threads 3" "--mem 96M"; do
		for f in x sorted; do logit -y brand --multinomial -c a,b --onehot c $how "$T/$f" | cmp - "$T/want"; done
	done
	logit -m "$T/want" --threads 1 "$T/x" > "$T/p"
	logit -m "$T/want" --threads 3 "$T/x" | cmp - "$T/p"
	# a ridge: no peer's objective is lower
	need_python numpy sklearn
	logit -y brand --multinomial -c a,b --l2 0.01 "$T/x" > "$T/m"
	assert_equal "$(param "$T/m" term brand=x:a std_error)" ""
	/usr/bin/python3 - "$T/x" "$T/m" <<-'PY'
		import sys, csv, numpy as np
		from sklearn.linear_model import LogisticRegression
		rows = list(csv.DictReader(open(sys.argv[1]), delimiter="\t"))
		e = {l.split("\t")[1]: float(l.split("\t")[3]) for l in open(sys.argv[2]) if l.startswith("term") and "\testimate\t" in l}
		X = np.array([[float(r["a"]), float(r["b"])] for r in rows]); y = np.array([r["brand"] for r in rows])
		B = np.array([[0, 0, 0]] + [[e[f"brand={o}:{t}"] for t in ("(intercept)", "a", "b")] for o in "xz"])
		def loss(B):
		    eta = B[:, 0] + (X - shift) @ B[:, 1:].T
		    return (np.log(np.exp(eta - eta.max(1)[:, None]).sum(1)) + eta.max(1) - eta[np.arange(len(y)), np.searchsorted(["w", "x", "z"], y)]).mean()
		shift = 0
		ours = loss(B) + 0.005 * (B[:, 1:] ** 2).sum()
		# ours penalises the contrasts to the reference, so the peer is given the reference's coefficients as well, fixed at 0
		import scipy.optimize as so
		shift = X.mean(0)
		def f(v):
		    C = np.vstack([[0, 0, 0], v.reshape(2, 3)]); return loss(C) + 0.005 * (C[:, 1:] ** 2).sum()
		theirs = so.minimize(f, np.zeros(6), method="BFGS", options=dict(gtol=1e-9)).fun
		assert ours <= theirs + 1e-9 and theirs < ours + 1e-6, (ours, theirs)
	PY
}

@test "--multinomial: separation, messages" {
	local off="separates the outcomes: its estimate runs off to"
	choices 600 | awk -F'\t' -v OFS='\t' 'NR > 1 && $1 == "z" { $4 = "v" } 1' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y brand --multinomial -c a,b --onehot c "$T/x"
	assert_failure 3
	assert_equal "$(head -1 <<<"$stderr")" "seg-logit: warning: term brand=z:c=v $off +infinity; --l2 gives a finite one"
	assert_line $'term\tbrand=z:c=v\tstd_error\t'
	assert_line $'model\tseg-logit\tseparated\t1'
	run "$B/seg-logit" -q -p -y brand --multinomial -c a,b --onehot c --l2 .01 "$T/x"
	assert_success
	# the reference outcome apart from all others
	choices 600 | awk -F'\t' -v OFS='\t' 'NR > 1 { $2 = $1 == "w" ? 20 + $2 : $2 } 1' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y brand --multinomial -c a,b "$T/x"
	assert_failure 3
	assert_equal "$(head -2 <<<"$stderr")" "seg-logit: warning: term brand=x:a $off -infinity; --l2 gives a finite one
seg-logit: warning: term brand=z:a $off -infinity; --l2 gives a finite one"
	choices 300 | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "k", "s", "l"; next } { printf "%s\t5\t%.17g\tone\n", $0, 2 * $2 }' > "$T/x"
	run --separate-stderr "$B/seg-logit" -p -y brand --multinomial -c a,k,s --onehot l "$T/x"
	assert_success
	assert_equal "$(head -3 <<<"$stderr")" "seg-logit: warning: category l has one level only: it gives no term
seg-logit: warning: term k is constant: dropped
seg-logit: warning: term s is a linear combination of the terms before it: dropped"
	refused 1 "seg-logit: $T/x: option --reference: column brand is never \"q\"" \
		"$B/seg-logit" -y brand --multinomial --reference q -c a "$T/x"
	refused 1 "seg-logit: $T/x: the outcome l is \"one\" in all 300 rows" "$B/seg-logit" -y l --multinomial -c a "$T/x"
	awk 'BEGIN { print "y\ta"; for (i = 0; i < 300; i++) print i "\t" i % 7 }' > "$T/many"
	refused 1 "seg-logit: $T/many:252: column y: more than 250 outcomes" "$B/seg-logit" -y y --multinomial -c a "$T/many"
	tsv 'y|a' > "$T/none"
	refused 1 "seg-logit: $T/none: no rows to fit" "$B/seg-logit" -y y --multinomial -c a "$T/none"
	tsv 'y|a' 'u|1' '|2' 'v|' > "$T/gaps"
	refused 1 "seg-logit: $T/gaps: missing values: a 1, y 1; --drop-missing leaves 2 rows out" \
		"$B/seg-logit" -y y --multinomial -c a "$T/gaps"
	logit -y brand --multinomial -c a "$T/x" > "$T/m"
	sed 's/^w/q/' "$T/x" > "$T/other"
	run --separate-stderr "$B/seg-logit" -q -p -m "$T/m" --evaluate brand --metrics "$T/metrics" "$T/other"
	assert_failure 1
	[[ $stderr = "seg-logit: $T/other:"*": column brand: outcome \"q\" is not in the model" ]] || fail "$stderr"
	refused 1 "seg-logit: $T/m: no --ci of a multinomial model" "$B/seg-logit" -m "$T/m" --ci "$T/x"
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'outcome|u|place|0' 'outcome|v|place|1' 'term|y=t:(intercept)|estimate|1' \
		'term|y=t:(intercept)|outcome|t' > "$T/bad"
	refused 1 "seg-logit: $T/bad: term y=t:(intercept): its outcome is not in the model" "$B/seg-logit" -m "$T/bad" "$T/x"
	refused 2 "seg-logit: --reference needs --multinomial" "$B/seg-logit" -y y --reference a
	for o in l1=1 firth balanced covariance path=5; do
		refused 2 "seg-logit: option --${o%=*} belongs to a fit of 0 and 1, not to --multinomial" \
			"$B/seg-logit" -y y --multinomial --$o
	done
}

@test "--multinomial --holdout --cv: of two outcomes what a binary fit says; judged rows took no part" {
	made 900 > "$T/x"
	local how=(-c a,b --weights w --holdout .3 --cv 4 --seed 3)
	logit -y y "${how[@]}" --metrics "$T/m2" --lift "$T/l2" --calibration "$T/c2" "$T/x" > "$T/two"
	logit -y y --multinomial "${how[@]}" --metrics "$T/m" --lift "$T/l" --calibration "$T/c" "$T/x" > "$T/model"
	for k in n seed holdout; do
		assert_equal "$(param "$T/model" model seg-logit $k)" "$(param "$T/two" model seg-logit $k)"
	done
	for s in train holdout fold1 fold4 cv; do
		for k in n n_events auc average_precision log_loss brier calibration_slope; do
			near "$(metric "$T/m" $s=1 $k)" "$(metric "$T/m2" $s $k)" 1e-9
		done
		near "$(metric "$T/m" $s log_loss)" "$(metric "$T/m2" $s log_loss)" 1e-9
		near "$(metric "$T/m" $s=0 auc)" "$(metric "$T/m" $s=1 auc)" 1e-14
	done
	paste <(grep '^holdout=1' "$T/l") <(grep '^holdout	' "$T/l2") |
		awk -F'\t' '{ d = $4 - $11; if (d * d > 1e-18) exit 1 } END { exit NR != 100 }'
	assert_equal "$(grep -c '^cv=0' "$T/c")" 10
	# of three: the deviance of the rows fitted, and what scoring says
	choices 900 > "$T/x"
	logit -y brand --multinomial -c a,b --metrics "$T/m" "$T/x" > "$T/model"
	near "$(metric "$T/m" train log_loss)" "$(awk "BEGIN { printf \"%.17g\", $(param "$T/model" model seg-logit deviance) / 1800 }")" 1e-12
	logit -m "$T/model" --evaluate brand --metrics "$T/s" "$T/x" > "$T/scored"
	paste <(cut -f 2,3 "$T/m") <(cut -f 2,3 "$T/s") |
		awk -F'\t' 'NR > 1 { d = $2 - $4; if ($1 != $3 || d * d > 1e-18) exit 1 } END { exit NR != 28 }'
	# sizes by outcome; any threads; an outcome that is noise is not predicted
	logit -y brand --multinomial -c a,b --holdout .3 --cv 6 --metrics "$T/m" --threads 1 "$T/x" > "$T/model"
	for o in w x z; do
		assert_equal "$(metric "$T/m" holdout=$o n_events)" "$(awk -F'\t' -v o=$o '$1 == o { n++ } END { printf "%.0f", .3 * n }' "$T/x")"
	done
	logit -y brand --multinomial -c a,b --holdout .3 --cv 6 --metrics "$T/m7" --threads 7 "$T/x" | cmp - "$T/model"
	cmp "$T/m" "$T/m7"
	awk -F'\t' -v OFS='\t' 'NR > 1 { $1 = substr("wxz", 1 + (NR * 7919) % 13 % 3, 1) } 1' "$T/x" > "$T/noise"
	logit -y brand --multinomial -c a,b --cv 5 --metrics "$T/m" "$T/noise" > "$T/model"
	for o in w x z; do
		awk "BEGIN { exit !($(metric "$T/m" cv=$o auc) < 0.55) }" || fail "cross-validation sees the outcome"
	done
	# an outcome of one row
	awk -F'\t' -v OFS='\t' 'NR == 9 { $1 = "rare" } 1' "$T/x" > "$T/r"
	refused 1 "seg-logit: $T/r: too few rows of outcome \"rare\": a fit without a fold has none" \
		"$B/seg-logit" -q -y brand --multinomial -c a --cv 4 "$T/r"
	refused 1 "seg-logit: $T/r: too few rows of outcome \"rare\": a fit without what is held out has none" \
		"$B/seg-logit" -q -y brand --multinomial -c a --holdout .6 "$T/r"
	# a fold that separates
	tsv 'y|a' 'u|1' 'u|2' 'u|3' 'u|4' 'v|5' 'v|6' 'v|7' 'v|2.5' 't|1.5' 't|6.5' 't|3.5' 't|4.5' > "$T/few"
	run --separate-stderr "$B/seg-logit" -p -y y --multinomial -c a --cv 4 "$T/few"
	assert_failure 3
	assert_equal "$(grep warning: <<<"$stderr")" "seg-logit: warning: fold2: the fit without it does not converge or is separated (1 of 4 folds): its metrics say little"
}

# over_shards OPTIONS -- SHARDS...: rounds of --partial and --merge into $T/model; sets rounds.
over_shards() {
	local options=() at=() parts s
	while [ "$1" != -- ]; do options+=("$1"); shift; done
	shift
	for ((rounds = 1; rounds < 30; rounds++)); do
		parts=()
		for s; do
			logit "${options[@]}" --partial "${at[@]}" "$s" > "$s.part" || return 1
			parts=("$s.part" "${parts[@]}")
		done
		"$B/seg-logit" -p --merge "${parts[@]}" > "$T/model" 2> "$T/err" && return
		grep -q 'another round is needed' "$T/err" || return 3
		at=(--at "$T/model")
	done
}

@test "--partial and --merge: the fit of all rows, whatever the shards; a shard without a level" {
	local options=(-y y -c a,b,c,a:b,a:c --onehot c --poly a=2 --weights w)
	made 3000 > "$T/x"
	logit "${options[@]}" "$T/x" > "$T/want"
	for how in 'NR % 3 == 0' '$5 == "z"' 'NR < 20'; do
		awk -F'\t' "NR == 1 || ($how)" "$T/x" > "$T/s1"
		awk -F'\t' "NR == 1 || !($how)" "$T/x" > "$T/s2"
		over_shards "${options[@]}" -- "$T/s1" "$T/s2"
		[ -e "$T/first" ] || cp "$T/model" "$T/first"
		cmp "$T/model" "$T/first" || fail "$how"
	done
	over_shards "${options[@]}" --threads 3 -- "$T/x"
	cmp "$T/model" "$T/first"
	for t in '(intercept)' a b c=y c=z a^2 a:b a:c=y a:c=z; do
		for k in estimate std_error z ci_low; do
			near "$(param "$T/model" term $t $k)" "$(param "$T/want" term $t $k)" 1e-9
		done
	done
	for k in deviance null_deviance aic lr df null_df n n_events sum_weights iterations converged; do
		near "$(param "$T/model" model seg-logit $k)" "$(param "$T/want" model seg-logit $k)" 1e-13
	done
	assert_equal "$rounds" "$(($(param "$T/want" model seg-logit iterations) + 1))"
	cmp <(logit -m "$T/model" "$T/x" | head -1) <(logit -m "$T/want" "$T/x" | head -1)
	# the model between rounds scores as well, and --covariance is --merge's
	logit "${options[@]}" --partial "$T/x" > "$T/part"
	run --separate-stderr "$B/seg-logit" -p --covariance --merge "$T/part"
	assert_failure 3
	assert_equal "$stderr" "seg-logit: round 0: 3000 rows, deviance $(awk -F'\t' 'NR > 1 { w += $6 } END { printf "%.10g", 2 * w * log(2) }' "$T/x"); another round is needed"
	printf '%s\n' "$output" > "$T/m"
	logit -m "$T/m" --ci "$T/x" > /dev/null
}

@test "--partial and --merge: aliased and separating terms; a steep start" {
	made 900 | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "k", "s"; next } { printf "%s\t7\t%.17g\n", $0, 2 * $3 }' > "$T/x"
	over_shards -y y -c k,a,s -- "$T/x"
	assert_equal "$(head -2 "$T/err")" "seg-logit: warning: term k is a linear combination of the terms before it: dropped
seg-logit: warning: term s is a linear combination of the terms before it: dropped"
	near "$(param "$T/model" term a estimate)" "$(logit -y y -c a "$T/x" | param - term a estimate)" 1e-9
	tsv 'y|a' '0|1' '0|2' '0|3' '1|4' '1|5' '1|6' > "$T/x"
	over_shards -y y -c a -- "$T/x" || assert_equal $? 3
	assert_equal "$(head -2 "$T/err")" "seg-logit: warning: not converged: the deviance has settled, but the estimates still move
seg-logit: warning: a probability is within 1e-8 of 0 or 1: whether a column separates the outcomes, parts do not tell"
	# a column with one far row: Newton's first step goes too far
	awk 'BEGIN { print "y\ta"; for (i = 0; i < 300; i++) print (i % 7 < 2) "\t" i % 5; print "0\t4000"; print "1\t-90" }' > "$T/x"
	logit -y y -c a "$T/x" > "$T/want"
	over_shards -y y -c a -- "$T/x"
	near "$(param "$T/model" term a estimate)" "$(param "$T/want" term a estimate)" 1e-8
}

@test "--partial and --merge: messages" {
	made 200 > "$T/x"
	logit -y y -c a --onehot c --partial "$T/x" > "$T/p"
	"$B/seg-logit" -q -p --merge "$T/p" > "$T/m" || assert_equal $? 3
	logit -y y -c b --onehot c --partial "$T/x" > "$T/other"
	refused 1 "seg-logit: $T/other: not of the same fit and round as $T/p" "$B/seg-logit" --merge "$T/p" "$T/other"
	logit -y y -c a --onehot c --partial --at "$T/m" "$T/x" > "$T/next"
	refused 1 "seg-logit: $T/next: not of the same fit and round as $T/p" "$B/seg-logit" --merge "$T/p" "$T/next"
	refused 1 "seg-logit: the parts hold 400 rows, but 200 in the round before" "$B/seg-logit" --merge "$T/next" "$T/next"
	refused 1 "seg-logit: $T/m: column b is not in the model, or of another type" \
		"$B/seg-logit" -y y -c b --onehot c --partial --at "$T/m" "$T/x"
	sed 's/x\t\([0-9]\)$/new\t\1/' "$T/x" > "$T/new"
	refused 1 "seg-logit: $T/m: term c=new was not there in the first round" \
		"$B/seg-logit" -y y -c a --onehot c --partial --at "$T/m" "$T/new"
	logit -y y -c a "$T/x" > "$T/whole"
	refused 1 "seg-logit: $T/whole: not a model that --merge has left for another round" \
		"$B/seg-logit" -y y -c a --partial --at "$T/whole" "$T/x"
	awk -F'\t' -v OFS='\t' '$1 == "gradient" && $2 == "a" { $4 = "12" } 1' "$T/p" > "$T/bad"
	refused 1 "seg-logit: $T/bad: gradient a : not a sum: \"12\"" "$B/seg-logit" --merge "$T/bad"
	awk -F'\t' -v OFS='\t' '$1 == "state" && $2 == "a" && $3 == "center" { $4 = "q" } 1' "$T/m" > "$T/bad"
	refused 1 "seg-logit: $T/bad: state a, center: not a number: \"q\"" \
		"$B/seg-logit" -y y -c a --onehot c --partial --at "$T/bad" "$T/x"
	tsv 'y|a' '0|1' '0|2' > "$T/zeros"
	logit -y y -c a --partial "$T/zeros" > "$T/p"
	refused 1 "seg-logit: $T/p: the outcome y is 0 in all 2 rows" "$B/seg-logit" --merge "$T/p"
	tsv 'y|a' > "$T/none"
	logit -y y -c a --partial "$T/none" > "$T/p"
	refused 1 "seg-logit: $T/p: no rows to fit" "$B/seg-logit" --merge "$T/p"
	refused 2 "seg-logit: --at needs --partial" "$B/seg-logit" -y y --at m
	refused 2 "seg-logit: --partial and --merge exclude each other" "$B/seg-logit" -y y --partial --merge
	refused 2 "seg-logit: option --covariance belongs to --merge, not to --partial" "$B/seg-logit" -y y --partial --covariance
	for o in l1=1 l2=1 firth balanced cv=5 holdout=.3 metrics=x multinomial; do
		refused 2 "seg-logit: option --${o%=*} belongs to a fit of all rows, not to --partial and --merge" \
			"$B/seg-logit" -y y --partial --$o
	done
	refused 2 "seg-logit: option --weights belongs to a fit or scoring, not to --merge" "$B/seg-logit" --merge --weights w
}

# broken MESSAGE SED-SCRIPT OPTION...: the model so edited is refused.
broken() {
	sed "$2" "$T/m" > "$T/b"
	refused 1 "seg-logit: $T/b: $1" "$B/seg-logit" -m "$T/b" "${@:3}" "$T/x"
}

@test "a model that was cut off or edited is refused" {
	made 300 > "$T/x"
	logit -y y -c a,b,a:c --onehot c --poly b=2 --covariance "$T/x" > "$T/m"
	logit -m "$T/m" --ci "$T/x" > "$T/scored"
	broken 'term a: no estimate' 's/^\(term	a	estimate	\).*/\1/'
	local other='its column, level and power are of another term'
	broken "term b^2: $other" '/^term	b^2	power/d'
	broken "term b^2: $other" 's/^\(term	b^2	power	\)2/\13/'
	broken "term a:c=y: $other" '/^term	a:c=y	times_/d'
	broken "term c=y: $other" 's/^\(term	c=y	level	\)y/\1z/'
	broken '7 terms with an estimate, but lr_df is 7' '/^term	a:c=z/d'
	broken '35 rows of covariance for the 8 terms with a std_error' '$d' --ci
	head -n "$(grep -n '^term	a:c=y	estimate' "$T/m" | cut -d: -f1)" "$T/m" > "$T/cut"
	refused 1 "seg-logit: $T/cut: term a:c=y: its column is not in the model" "$B/seg-logit" -m "$T/cut" "$T/x"
	# of a dropped term the estimate is missing
	awk -F'\t' -v OFS='\t' '{ print $0, NR == 1 ? "s" : 2 * $3 }' "$T/x" > "$T/two"
	logit -q -y y -c a,s "$T/two" > "$T/m"
	logit -m "$T/m" "$T/two" > "$T/scored"
	logit -y c --multinomial -c a,b "$T/x" > "$T/m"
	broken '5 terms with an estimate, but lr_df is 4' '/^term	c=z:b/d'
	broken "term c=z:b: $other" 's/^\(term	c=z:b	column	\)b/\1a/'
}

@test "--merge: parts that were cut off or edited are refused" {
	made 100 > "$T/x"
	logit -y y -c a --onehot c --partial "$T/x" > "$T/p"
	bad() {
		sed "$2" "$T/p" > "$T/b"
		refused 1 "seg-logit: $T/b: $1" "$B/seg-logit" --merge "$T/b"
	}
	local n
	n=$(param "$T/p" sum '' sums)
	assert_equal "$n" "$(grep -cE '^(gradient|information|sum)	' "$T/p" | awk '{ print $1 - 1 }')"
	bad "$((n - 1)) rows of sums, but it was written with $n" '/^information	a	a/d'
	bad "$((n - 1)) rows of sums, but it was written with $n" '/^sum		weights/d'
	bad 'no row sum  sums' '$d'
	bad 'a sum of the term q, which its columns do not make' 's/^gradient	a	/gradient	q	/'
	bad 'gradient a : not a sum: "nan"' 's/^\(gradient	a		\).*/\1nan/'
	bad '-1 rows with 5 events' 's/^\(sum		rows	\).*/\1-1/; s/^\(sum		events	\).*/\15/'
}

@test "the weight is not the outcome; no column is suggested for an empty name" {
	made 50 > "$T/x"
	refused 1 "seg-logit: $T/x: column y cannot be the weight: it is the outcome" \
		"$B/seg-logit" -y y -c a --weights y "$T/x"
	refused 1 "seg-logit: $T/x: no column \"\"" "$B/seg-logit" -y y -c a: "$T/x"
}
