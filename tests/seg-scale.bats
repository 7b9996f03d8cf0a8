# SPDX-License-Identifier: MIT
load common

scale() { "$B/seg-scale" "$@"; }

# Five customers, three features, two categories.
five() {
	tsv 'customer_id|recency_days|frequency|monetary|sex|size' 'A|1|2|30.5|m|S' 'B|10|1|-0.5|f|L' \
		'C|5|9|100|m|M' 'D|7|1|3|x|S' 'E|4|1|8|m|M' > "$T/five"
}

# all_near FILE FILE: same shape and text, numbers within 1e-12 of max(1, |x|).
all_near() {
	awk -F'\t' 'NR == FNR { for (i = 1; i <= NF; i++) w[FNR, i] = $i; rows = FNR; cols = NF; next }
		NF != cols { print "fields", FNR; bad = 1 }
		FNR == 1 { next }
		{ for (i = 1; i <= NF; i++) { a = $i; b = w[FNR, i]; d = a - b; if (d < 0) d = -d
			m = b < 0 ? -b : b; if (m < 1) m = 1
			if (a == "" || d > 1e-12 * m) { print FNR, i, a, b; bad = 1 } } }
		END { exit bad || FNR != rows }' "$1" "$2"
}

@test "zscore is the default: key, then NAME_scaled; mean 0, population deviation 1" {
	five
	scale -p "$T/five" > "$T/out"
	assert_equal "$(head -1 "$T/out")" "$(tsv 'customer_id|recency_days_scaled|frequency_scaled|monetary_scaled')"
	for c in recency_days_scaled frequency_scaled monetary_scaled; do
		col $c < "$T/out" | awk '{ s += $1; q += $1 * $1 } END { s /= NR; q /= NR
			exit !(s < 1e-15 && s > -1e-15 && q < 1 + 1e-14 && q > 1 - 1e-14) }'
	done
}

@test "minmax, maxabs, robust, none: by hand" {
	tsv 'id|x' 'a|-4' 'b|0' 'c|2' 'd|4' 'e|12' > "$T/in"
	assert_equal "$(scale -p --key id -c x --method minmax "$T/in" | col x_scaled | xargs)" "0 0.25 0.375 0.5 1"
	assert_equal "$(scale -p -c x --method maxabs "$T/in" | col x_scaled | xargs)" \
		"-0.3333333333333333 0 0.16666666666666666 0.3333333333333333 1"
	# median 2, quartiles 0 and 4
	assert_equal "$(scale -p -c x --method robust "$T/in" | col x_scaled | xargs)" "-1.5 -0.5 0 0.5 2.5"
	assert_equal "$(scale -p -c x --method none "$T/in" | col x_scaled | xargs)" "-4 0 2 4 12"
}

@test "log1p, then the method" {
	tsv 'id|x' 'a|0' 'b|1.718281828459045' 'c|6.38905609893065' > "$T/in"
	assert_equal "$(scale -p -c x --log1p x --method none "$T/in" | col x_scaled | xargs)" "0 1 2"
	assert_equal "$(scale -p -c x --log1p x --method minmax "$T/in" | col x_scaled | xargs)" "0 0.5 1"
}

@test "yeo-johnson: lambda in the parameters, for values of any sign, fit and apply equal" {
	awk 'BEGIN { print "id\tx\ty"; for (i = 1; i <= 200; i++) { z = sin(i * i); printf "%d\t%.6f\t%.6f\n", i, exp(2 * z), z * z * z } }' > "$T/in"
	scale -p -c x,y --yeo-johnson x,y -w "$T/p" "$T/in" > "$T/fit"
	assert_equal "$(zcat -f "$T/p" | grep -c 'shape	yeo-johnson')" 2
	scale -p -m "$T/p" "$T/in" | cmp - "$T/fit"
	scale -p --inverse -m "$T/p" "$T/fit" > "$T/back"
	all_near <(cut -f 2- "$T/in") "$T/back"
	rejected 1 "seg-scale: $T/in: column x is both in --log1p and in --yeo-johnson" \
		scale -c x,y --log1p x --yeo-johnson x "$T/in"
	run --separate-stderr scale -p -c x --yeo-johnson x <(tsv x 5 5 5)
	assert_equal "$output" "$(tsv x_scaled 0 0 0)"
	assert_equal "$stderr" "seg-scale: warning: column x is constant; its scale is 1"
	# two values: any lambda gives the same z-scores, the likelihood's is -1 / (share of the 1 * log 2)
	{ echo x; yes 0 | head -500; echo 1; } > "$T/one"
	scale -q -p -c x --yeo-johnson x -w "$T/p" "$T/one" > "$T/got"
	near "$(awk -F'\t' '$3 == "lambda" { print $4 }' "$T/p")" -722.7901 1e-6
	all_near <(scale -p -c x "$T/one") "$T/got"
}

@test "pca: by hand, number or share of components, sign rule, apply and inverse" {
	# y = 2x: one direction, (1, 1) / sqrt 2 of the z-scores
	tsv 'id|x|y' 'a|1|2' 'b|2|4' 'c|3|6' > "$T/in"
	run --separate-stderr scale -p -c x,y --pca 0.99 -w "$T/p" "$T/in"
	assert_success
	assert_equal "$stderr" "seg-scale: components: 1, with 100% of the variance"
	assert_equal "$(head -1 <<<"$output")" pc1
	near "$(col pc1 <<<"$output" | tail -1)" 1.7320508075688772 1e-14
	zcat -f "$T/p" > "$T/rows"
	near "$(awk '$1 == "component" && $3 == "variance" { print $4 }' "$T/rows")" 3 1e-14
	near "$(awk '$1 == "pca" && $2 == "y_scaled" && $3 == "pc1" { print $4 }' "$T/rows")" 0.7071067811865476 1e-14
	five
	local o
	for o in '--pca 3' '--pca 0.5' '--pca 1' '--pca 2 --onehot sex' '--pca 99 --log1p monetary'; do
		scale -q -p $o -w "$T/p" "$T/five" > "$T/fit"
		scale -p -m "$T/p" "$T/five" | cmp - "$T/fit"
	done
	assert_equal "$(head -1 "$T/fit")" "$(tsv 'customer_id|pc1|pc2|pc3')"
	scale -p --inverse -m "$T/p" "$T/fit" > "$T/back"
	assert_equal "$(head -1 "$T/back")" "$(tsv 'customer_id|recency_days|frequency|monetary')"
	all_near <(cut -f 2-4 "$T/five") <(cut -f 2- "$T/back")
	zcat -f "$T/p" | grep -v 'monetary_scaled	mean' > "$T/q"
	rejected 1 "seg-scale: $T/q: no row pca monetary_scaled mean in its place" scale -m "$T/q" "$T/five"
	zcat -f "$T/p" | grep -v 'monetary_scaled	pc2' > "$T/q"
	rejected 1 "seg-scale: $T/q: no number in row pca monetary_scaled pc2" scale -m "$T/q" "$T/five"
	rejected 1 "seg-scale: $T/two: components need 2 rows at least" \
		bash -c 'head -2 "$2" > "$3"; "$1" -q --pca 1 "$3"' - "$B/seg-scale" "$T/five" "$T/two"
	tsv 'x|y' '1|2' '1|2' > "$T/in"
	rejected 1 "seg-scale: $T/in: components need a column that is not constant" scale -q -c x,y --pca 1 "$T/in"
	refused 2 "seg-scale: option --pca: neither a whole number nor a share below 1: 1.5" scale --pca 1.5 "$T/five"
}

@test "NIST StRD NumAcc: certified mean and deviation as far as doubles carry them" {
	numacc() { # BASE: the value BASE.2, then 500 times BASE.1 BASE.3
		{ echo x; echo "$1.2"; yes "$1.1
$1.3" | head -1000; } > "$T/in"
		scale -q -c x -w "$T/p" "$T/in" > /dev/null
		zcat -f "$T/p" | awk -F'\t' '$3 == "center" { c = $4 } $3 == "scale" { s = $4 }
			END { printf "%.15g %.17g\n", c, s * sqrt(1001 / 1000) }'
	}
	read -r mean sd < <(numacc 1)
	near "$mean" 1.2 1e-15; near "$sd" 0.1 1e-14
	read -r mean sd < <(numacc 1000000)
	near "$mean" 1000000.2 1e-15; near "$sd" 0.1 1e-9
	read -r mean sd < <(numacc 10000000)
	near "$mean" 10000000.2 1e-15; near "$sd" 0.1 1e-8
}

# certified NAME MEAN DEVIATION TOLERANCE: of the column x in $T/in.
certified() {
	scale -q -c x -w "$T/p" "$T/in" > /dev/null
	read -r mean sd < <(zcat -f "$T/p" | awk -F'\t' -v n="$(($(wc -l < "$T/in") - 1))" '$3 == "center" { c = $4 } $3 == "scale" { s = $4 }
		END { printf "%.17g %.17g\n", c, s * sqrt(n / (n - 1)) }')
	echo "$1: $mean $sd"
	near "$mean" "$2" 2e-15
	near "$sd" "$3" "$4"
}

@test "NIST StRD univariate: Lew, Lottery, Mavro, Michelso, NumAcc1" {
	data() { # NAME: the values that the unit test of the moments holds
		{ echo x; awk -v name="$1" '$0 ~ "double " name "\\[\\]" { on = 1; sub(/.*{/, "") } on { print } on && /};/ { exit }' \
			"$BATS_TEST_DIRNAME/unit/moments.c" | grep -oE -- '-?[0-9]+(\.[0-9]+)?'; } > "$T/in"
	}
	data lew; certified Lew -177.435 277.332168044316 2e-15
	data lottery; certified Lottery 518.958715596330 291.699727470969 2e-15
	# the digits that the parsed doubles of these two carry
	data mavro; certified Mavro 2.001856 0.000429123454003053 1e-12
	data michelso; certified Michelso 299.8524 0.0790105478190518 2e-14
	tsv x 10000001 10000003 10000002 > "$T/in"; certified NumAcc1 10000002 1 2e-15
}

@test "winsor cuts at type-7 quantiles before scaling" {
	{ echo x; seq 0 100; } > "$T/in"
	scale -p -c x --winsor 0.05 --method none "$T/in" | col x_scaled > "$T/out"
	assert_equal "$(head -7 "$T/out" | xargs)" "5 5 5 5 5 5 6"
	assert_equal "$(tail -1 "$T/out")" 95
	# between two values: h = 3 / 8
	tsv x 0 10 20 30 > "$T/in"
	assert_equal "$(scale -p -c x --winsor 0.125 --method none "$T/in" | col x_scaled | xargs)" "3.75 10 20 26.25"
}

@test "impute: mean, median, mode (the smallest of equals), a number; categories by their mode" {
	tsv 'x|y|s' '1|3|b' '|3|a' '4|1|b' '1|1|' '10||a' > "$T/in"
	fill() { scale -p -c x,y --method none --impute "$1" "$T/in" | tail -n +2 | xargs; }
	assert_equal "$(fill mean)" "1 3 4 3 4 1 1 1 10 2"
	assert_equal "$(fill median)" "1 3 2.5 3 4 1 1 1 10 2"
	assert_equal "$(fill mode)" "1 3 1 3 4 1 1 1 10 1"
	assert_equal "$(fill -7.5)" "1 3 -7.5 3 4 1 1 1 10 -7.5"
	# a and b come twice each: the first in byte order fills
	assert_equal "$(scale -p --onehot s --impute mean "$T/in" | col s=a | xargs)" "0 1 0 1 1"
}

@test "missing values are an error that counts them by column, fitting and applying" {
	tsv 'x|y|s' '1|3|b' '|3|a' '4||b' '1|1|' '||a' > "$T/in"
	rejected 1 "seg-scale: $T/in: missing values: x 2, y 2, s 1; fit with --impute to fill them" \
		scale -c x,y --onehot s "$T/in"
	tsv 'x|y|s' '1|3|b' '2|4|a' > "$T/whole"
	scale -q -c x,y --onehot s -w "$T/p" "$T/whole" > /dev/null
	rejected 1 "seg-scale: $T/in: missing values: x 2, y 2, s 1; fit with --impute to fill them" \
		scale -m "$T/p" "$T/in"
	# parameters that fill do
	scale -q -c x,y --onehot s --impute mean -w "$T/p" "$T/whole" > /dev/null
	assert_equal "$(scale -p -m "$T/p" "$T/in" | tail -1)" "$(tsv '0|0|1|0')"
}

@test "applying gives the bytes of fitting, whatever the options" {
	five
	local o
	while read -r o; do
		scale -q -p $o -w "$T/p" "$T/five" > "$T/fit"
		scale -q -p --keep sex,frequency -m "$T/p" "$T/five" > "$T/apply"
		scale -q -p --keep sex,frequency $o "$T/five" > "$T/fit"
		cmp "$T/fit" "$T/apply" || fail "$o"
	done <<-'END'
		--method zscore
		--method minmax --winsor 0.1
		--method maxabs --impute median
		--method robust --log1p monetary,frequency
		--method none --log1p monetary
		--onehot sex --ordinal size=S<M<L
		--onehot sex,size --drop-first -c frequency
	END
}

@test "applying finds columns by name in any order, reads one record at a time, keeps what is asked for" {
	five
	scale -q -p -w "$T/p" "$T/five" > "$T/fit"
	awk -F'\t' -v OFS='\t' '{ print $4, $6, $3, $1, $2 }' "$T/five" > "$T/turned"
	scale -p -m "$T/p" "$T/turned" | cmp - "$T/fit"
	head -2 "$T/five" | scale -p -m "$T/p" | cmp - <(head -2 "$T/fit")
	head -1 "$T/five" | scale -p -m "$T/p" | cmp - <(head -1 "$T/fit")
	assert_equal "$(scale -p --key sex --keep size,customer_id -m "$T/p" "$T/five" | head -2 | tail -1 | cut -f1-3)" \
		"$(tsv 'm|S|A')"
}

@test "the parameter file: readable, named, versioned, round-trip numbers" {
	five
	scale -q --method robust --log1p monetary --impute 0 -w "$T/p" "$T/five" > /dev/null
	zcat "$T/p" > "$T/rows"
	assert_equal "$(sed -n 2p "$T/rows")" "$(tsv 'model|seg-scale|version|1')"
	assert_equal "$(sed -n 3,6p "$T/rows")" \
		"$(tsv 'fit||rows|5' 'fit||method|robust' 'fit||winsor|' 'fit||impute|constant')"
	assert_equal "$(grep '	frequency	' "$T/rows")" "$(tsv 'scale|frequency|shape|linear' 'scale|frequency|low|' \
		'scale|frequency|high|' 'scale|frequency|fill|0' 'scale|frequency|center|1' 'scale|frequency|scale|1')"
	assert_equal "$(grep '	monetary	shape' "$T/rows")" "$(tsv 'scale|monetary|shape|log1p')"
	# -p holds for it too, and it is a stream like any other
	scale -q -p --method robust --log1p monetary --impute 0 -w "$T/plain" "$T/five" > /dev/null
	cmp "$T/plain" "$T/rows"
}

@test "a damaged parameter file is refused" {
	five
	scale -q -p -w "$T/p" "$T/five" > /dev/null
	grep -v 'monetary	scale' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column monetary: no row with the key scale" scale -m "$T/q" "$T/five"
	sed 's/\(monetary	scale	\).*/\10/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column monetary: the scale is not positive" scale -m "$T/q" "$T/five"
	sed 's/\(monetary	center	\).*/\1much/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column monetary: key center: cannot use the value much" scale -m "$T/q" "$T/five"
	grep -v '^scale' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: no parameters of a transformation" scale -m "$T/q" "$T/five"
	sed 's/monetary	low	/&3/; s/monetary	high	/&2/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column monetary: low is above high" scale -m "$T/q" "$T/five"
	rejected 1 "seg-scale: $T/five: not a parameter file: its columns are not kind, name, key, value" \
		scale -m "$T/five" "$T/five"
	# rows and keys that are not known are passed over
	{ cat "$T/p"; tsv 'scale|monetary|colour|red' 'later|x|y|z'; } > "$T/q"
	scale -p -m "$T/q" "$T/five" | cmp - <(scale -p -m "$T/p" "$T/five")
	scale -q -p --onehot sex -w "$T/p" "$T/five" > /dev/null
	sed 's/sex	2	m/sex	2	a/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column sex: key 2: cannot use the value a" scale -m "$T/q" "$T/five"
}

@test "a column that is missing, renamed or of another kind is an error by name" {
	five
	scale -q -w "$T/p" "$T/five" > /dev/null
	cut -f 1-3 "$T/five" > "$T/less"
	rejected 1 "seg-scale: $T/less: no column \"monetary\"" scale -m "$T/p" "$T/less"
	sed 's/monetary/monetery/' "$T/five" > "$T/renamed"
	rejected 1 "seg-scale: $T/renamed: no column \"monetary\"; did you mean monetery?" scale -m "$T/p" "$T/renamed"
	sed 's/30.5/much/' "$T/five" > "$T/other"
	rejected 1 "seg-scale: $T/other:2: column monetary: not a number: \"much\"" scale -m "$T/p" "$T/other"
	rejected 1 "seg-scale: $T/other:2: column monetary: not a number: \"much\"" scale "$T/other"
	rejected 1 "seg-scale: $T/five: no column \"monetry\"; did you mean monetary?" scale -c monetry "$T/five"
}

@test "log1p at -1 and below names the row, fitting and applying" {
	five
	sed 's/^B	10	1	-0.5/B	10	1	-1/' "$T/five" > "$T/low"
	rejected 1 "seg-scale: $T/low:3: column monetary: log1p has no value at -1" scale --log1p monetary "$T/low"
	scale -q --log1p monetary -w "$T/p" "$T/five" > /dev/null
	rejected 1 "seg-scale: $T/low:3: column monetary: log1p has no value at -1" scale -m "$T/p" "$T/low"
	rejected 1 "seg-scale: $T/five: column monetary is not among the columns to scale; name it in -c too" \
		scale -c frequency --log1p monetary "$T/five"
}

@test "a constant column: scale 1 and a warning that names it" {
	tsv 'id|x|y|z' 'a|3|1|0' 'b|3|1|0' 'c|3|1|0' 'd|3|9|0' > "$T/in"
	run --separate-stderr scale -p -c x,y "$T/in"
	assert_success
	assert_equal "$stderr" "seg-scale: warning: column x is constant; its scale is 1"
	assert_equal "$(col x_scaled <<<"$output" | xargs)" "0 0 0 0"
	run --separate-stderr scale -p -c y --method robust "$T/in"
	# quartiles 1 and 3
	assert_equal "$(col y_scaled <<<"$output" | xargs)" "0 0 0 4"
	sed -i 's/^d.*/d	3	1	0/; $a e	3	9	0' "$T/in"
	run --separate-stderr scale -p -c y --method robust "$T/in"
	assert_equal "$stderr" "seg-scale: warning: column y has equal quartiles; its scale is 1"
	assert_equal "$(col y_scaled <<<"$output" | xargs)" "0 0 0 0 8"
	run --separate-stderr scale -p -c z,x --method maxabs "$T/in"
	assert_equal "$stderr" "seg-scale: warning: column z is constant; its scale is 1"
	assert_equal "$(col x_scaled <<<"$output" | xargs)" "1 1 1 1 1"
	run --separate-stderr scale -q -p -c x "$T/in"
	assert_equal "$stderr" ""
}

@test "nothing to fit: no rows, no values, no finite spread" {
	five
	rejected 1 "seg-scale: $T/head: no rows to fit" bash -c 'head -1 "$1" > "$2"; "$3" "$2"' - "$T/five" "$T/head" "$B/seg-scale"
	tsv 'x|s' '|a' '|b' > "$T/in"
	rejected 1 "seg-scale: $T/in: column x has no values" scale -c x --impute mean "$T/in"
	tsv 'x|s' '1|' '2|' > "$T/in"
	rejected 1 "seg-scale: $T/in: column s has no values" scale --onehot s --impute mean "$T/in"
	tsv x -1e308 1e308 > "$T/in"
	rejected 1 "seg-scale: $T/in: column x has a spread beyond what doubles hold" scale -c x --method minmax "$T/in"
}

@test "one-hot: levels in byte order, all zeros for what the fit did not see" {
	five
	scale -q -p --onehot sex -c frequency -w "$T/p" "$T/five" > "$T/out"
	assert_equal "$(head -1 "$T/out")" "$(tsv 'customer_id|frequency_scaled|sex=f|sex=m|sex=x')"
	assert_equal "$(cut -f 3- "$T/out" | tail -n +2 | tr '\t' ' ' | xargs)" "0 1 0 1 0 0 0 1 0 0 0 1 0 1 0"
	assert_equal "$(scale -p --onehot sex --drop-first "$T/five" | head -1)" \
		"$(tsv 'customer_id|recency_days_scaled|frequency_scaled|monetary_scaled|sex=m|sex=x')"
	sed 's/	x	/	q	/; s/	f	/	w	/' "$T/five" > "$T/new"
	run --separate-stderr scale -p -m "$T/p" "$T/new"
	assert_success
	assert_equal "$stderr" \
		"seg-scale: warning: levels that the fit did not see, all zeros now: 2; the first: $T/new:3: column sex: \"w\""
	assert_equal "$(sed -n 5p <<<"$output" | cut -f 3-)" "$(tsv '0|0|0')"
	rejected 1 "seg-scale: $T/new:3: column sex: \"w\" is no level of the fit" scale --strict -m "$T/p" "$T/new"
	# a key is no category
	{ echo k; seq 5000; } > "$T/keys"
	rejected 1 "seg-scale: $T/keys: column k has more levels than the 4096 that one-hot takes" scale --onehot k "$T/keys"
}

@test "ordinal: positions in the stated order, scaled" {
	five
	assert_equal "$(scale -p --ordinal 'size=S<M<L' --method none -c frequency "$T/five" | col size_scaled | xargs)" "0 2 1 0 1"
	rejected 1 "seg-scale: $T/five:3: column size: \"L\" is none of its ordered levels" scale --ordinal 'size=S<M' "$T/five"
	scale -q --ordinal 'size=S<M<L' -w "$T/p" "$T/five" > /dev/null
	sed 's/	L$/	XL/' "$T/five" > "$T/new"
	rejected 1 "seg-scale: $T/new:3: column size: \"XL\" is none of its ordered levels" scale -m "$T/p" "$T/new"
	refused 2 'seg-scale: option --ordinal: not COL=a<b<c with each level once: size=S<S' \
		scale --ordinal 'size=S<S' "$T/five"
}

@test "inverse: back to the raw values" {
	five
	local m
	for m in zscore minmax maxabs robust none; do
		scale -q -p --method $m --log1p monetary -w "$T/p" "$T/five" > "$T/s"
		scale -p --inverse -m "$T/p" "$T/s" > "$T/back"
		assert_equal "$(head -1 "$T/back")" "$(tsv 'customer_id|recency_days|frequency|monetary')"
		all_near <(cut -f 2-4 "$T/five") <(cut -f 2- "$T/back")
	done
	scale -q -p --onehot sex -w "$T/p" "$T/five" > "$T/s"
	rejected 1 "seg-scale: $T/p: --inverse knows no way back to the category column sex" scale --inverse -m "$T/p" "$T/s"
}

@test "options that do not go together: status 2" {
	local o
	for o in --method=none --log1p=x --winsor=0.1 --impute=0 --onehot=x --drop-first '--ordinal=x=a<b' --yeo-johnson=x \
		--pca=1 --write=f; do
		refused 2 "seg-scale: option ${o%%=*} belongs to the fit and -m applies one" scale -m p $o
	done
	refused 2 "seg-scale: option -c belongs to the fit and -m applies one" scale -m p -c x
	refused 2 "seg-scale: option --inverse needs -m" scale --inverse
	refused 2 "seg-scale: option --winsor: 0.5 is not in 0..0.49" scale --winsor 0.5
	refused 2 "seg-scale: option --impute: neither mean, median, mode nor a number: average" scale --impute average
	refused 2 'seg-scale: option --method: "z" is none of zscore|minmax|maxabs|robust|none' scale --method z
}

@test "default columns: *_scaled, else recency_days,frequency,monetary, else an error; a name comes once" {
	five
	cut -f 1,2,5 "$T/five" > "$T/in"
	rejected 1 "seg-scale: $T/in: no *_scaled columns and no frequency; name the columns with -c" scale "$T/in"
	assert_equal "$(scale -p --onehot sex "$T/in" | head -1)" "$(tsv 'customer_id|sex=f|sex=m|sex=x')"
	assert_equal "$(scale -q -p "$T/five" | scale -q -p --method none -c '*_scaled' | head -1 | cut -f 2)" \
		recency_days_scaled_scaled
	rejected 1 "seg-scale: column customer_id would come twice in the output" scale --keep customer_id "$T/five"
}

@test "the result does not depend on the order of rows, the split into files, threads" {
	awk 'BEGIN { print "id\tx\ty"; for (i = 0; i < 3000; i++) { r = (r * 1103515245 + 12345) % 2147483648
		printf "%d\t%.17g\t%.17g\n", i, 1e8 + r / 3e7, (r % 1000) / 7 } }' > "$T/in"
	local m
	for m in zscore robust; do
		scale -p --key id -c x,y --method $m --winsor 0.01 "$T/in" | sort > "$T/want"
		{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -k2,2; } | scale -p --key id -c x,y --method $m --winsor 0.01 |
			sort | cmp - "$T/want"
		{ head -1 "$T/in"; sed -n 1001,4000p "$T/in"; } > "$T/b"
		scale -p --key id -c x,y --method $m --winsor 0.01 --threads 7 <(sed -n 1,1000p "$T/in") "$T/b" | sort | cmp - "$T/want"
	done
}

@test "--mem: a frame that cannot fit is refused; 2 columns of 20,000 rows fit in the least" {
	{ echo 'x	y'; seq 20000 | sed 's/.*/&	&/'; } > "$T/in"
	scale -p --mem 96M -c x,y "$T/in" | cmp - <(scale -p -c x,y "$T/in")
	run --separate-stderr bash -c '{ echo "a	b	c	d"; yes "1	1	1	1" | head -2200000; } | "$0" --mem 96M -c a..d' "$B/seg-scale"
	assert_failure 1
	assert_regex "$stderr" '^seg-scale: the frame needs more than --mem 96M allows: 4 columns, [0-9]+ rows so far$'
}

@test "scikit-learn agrees to 1e-12, method by method (tests/bench/scale.py)" {
	need_python sklearn pandas
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/bench/scale.py" agree "$B" "$D" "$T"
	assert_success
	assert_output --regexp 'made-up +--yeo-johnson '
}

@test "NIST StRD univariate: 1e-14 of the exact mean and deviation of the parsed doubles" {
	need_python fractions decimal
	/usr/bin/python3 - "$BATS_TEST_DIRNAME/unit/moments.c" "$B/seg-scale" "$T" <<-'END'
		import re, subprocess, sys
		from decimal import Decimal, getcontext
		from fractions import Fraction
		getcontext().prec = 60
		source, scale, work = open(sys.argv[1]).read(), *sys.argv[2:]
		sets = {n: re.findall(r'-?\d+(?:\.\d+)?', re.search(r'double %s\[\] = {(.*?)}' % n, source, re.S).group(1))
		        for n in ('lew', 'lottery', 'mavro', 'michelso')}
		sets['numacc1'] = ['10000001', '10000003', '10000002']
		for i, base in enumerate(('1', '1000000', '10000000')):
		    sets['numacc%d' % (i + 2)] = [base + '.2'] + 500 * [base + '.1', base + '.3']
		assert [len(sets[n]) for n in sets] == [200, 218, 50, 100, 3, 1001, 1001, 1001]
		def near(got, want):
		    return abs(Decimal(float(got)) - want) <= Decimal('1e-14') * abs(want)
		for name, text in sets.items():
		    open(work + '/x', 'w').write('x\n' + '\n'.join(text) + '\n')
		    subprocess.run([scale, '-q', '-p', '-c', 'x', '-w', work + '/p', work + '/x'], check=True, stdout=subprocess.DEVNULL)
		    got = {r[2]: r[3] for r in (l.rstrip('\n').split('\t') for l in open(work + '/p')) if r[0] == 'scale'}
		    x = [Fraction(float(t)) for t in text]
		    mean = sum(x) / len(x)
		    var = sum((v - mean) ** 2 for v in x) / len(x)
		    exact = [Decimal(f.numerator) / Decimal(f.denominator) for f in (mean, var)]
		    assert near(got['center'], exact[0]), (name, got, exact)
		    assert near(got['scale'], exact[1].sqrt()), (name, got, exact)
	END
}

@test "narrow columns far from 0: yeo-johnson keeps the digits of years, of seconds since 1970" {
	awk 'BEGIN { print "year\tsecond\tminus"; srand(2); for (i = 0; i < 2000; i++) { u = rand(); v = rand()
		printf "%d\t%d\t%d\n", 2014 - 40 * u * u, 1700000000 + 3e6 * v * v * v, -2014 + 40 * u * u } }' > "$T/in"
	local m
	for m in zscore minmax robust; do
		scale -q -p -c '*' --method $m --yeo-johnson '*' -w "$T/p" "$T/in" > "$T/fit"
		assert_equal "$(grep -c 'shape	yeo-johnson-about' "$T/p")" 3
		scale -p -m "$T/p" "$T/in" | cmp - "$T/fit"
		scale -p --inverse -m "$T/p" "$T/fit" > "$T/back"
		all_near "$T/in" "$T/back"
		# as many values as before, in the same order; and the mirror image
		for c in 1 2; do
			assert_equal "$(tail -n +2 "$T/fit" | cut -f $c | sort -u | wc -l)" \
				"$(tail -n +2 "$T/in" | cut -f $c | sort -u | wc -l)"
			paste <(tail -n +2 "$T/in" | cut -f $c) <(tail -n +2 "$T/fit" | cut -f $c) | sort -g -k1,1 |
				awk '{ if (NR > 1 && $2 < b) exit 1; b = $2 }'
		done
	done
	scale -q -p -c year,minus --yeo-johnson year,minus "$T/in" | awk -F'\t' 'NR > 1 { d = $1 + $2
		if (d > 1e-12 || d < -1e-12) { print; exit 1 } }'
	# without centring and scaling nothing makes up for powers that overflow
	awk 'NR == 1 { print "left"; next } { print 3400000000 - $2 }' "$T/in" > "$T/left"
	scale -q -c left --yeo-johnson left "$T/left" > /dev/null
	rejected 1 "seg-scale: $T/left: column left has a spread beyond what doubles hold" \
		scale -c left --method none --yeo-johnson left "$T/left"
	# both signs, one far away
	tsv x -1 2000 2001 2003 2004 2004 2005 > "$T/in"
	scale -q -p -c x --yeo-johnson x -w "$T/p" "$T/in" > "$T/fit"
	assert_equal "$(grep -c 'shape	yeo-johnson$' "$T/p")" 1
}

# Rows for parts: missing values, both signs, years, categories; in five shards.
shards() {
	awk 'BEGIN { srand(3); print "id\tx\ty\tz\ts\to"; for (i = 0; i < 1500; i++) printf "%d\t%s\t%.17g\t%s\t%s\t%s\n", i,
		(i % 17 ? exp(3 * rand()) * 1e3 : ""), rand() - 0.3, 1990 + int(30 * sqrt(rand())),
		substr("abcdefg", int(rand() * 7) + 1, 1), substr("SML", int(rand() * 3) + 1, 1) }' > "$T/all"
	local k
	for k in 1 2 3 4 5; do
		{ head -1 "$T/all"; awk -v k=$k 'NR > 1 && NR * 7919 % 5 == k - 1' "$T/all"; } > "$T/s$k"
	done
}

@test "parts: any tree of merges gives the bytes of one fit, for every method" {
	shards
	local o k
	while read -r o; do
		scale -q -p $o -w "$T/one" "$T/all" > /dev/null
		for k in 1 2 3 4 5; do scale -q $o --partial "$T/s$k" > "$T/p$k"; done
		scale -q --merge "$T/p4" "$T/p2" > "$T/m1"
		scale -q -z 1 --merge "$T/p1" "$T/m1" "$T/p5" > "$T/m2"
		scale -q -p --final --expect-rows 1500 --expect-shards 5 "$T/m2" "$T/p3" | cmp - "$T/one" || fail "$o"
		scale -q -p --final "$T"/p[1-5] | cmp - "$T/one" || fail "$o"
		# a part is the same however its rows were brought together
		scale -q -p --merge "$T"/p[1-5] > "$T/a"; scale -q -p --merge "$T/p3" "$T/m2" | cmp - "$T/a" || fail "$o"
	done <<-'END'
		-c x,y,z --impute mean
		-c y,z --method minmax
		-c x,y,z --impute 5 --log1p x
		-c x,y,z --impute mean --log1p x,z --method maxabs
		-c y,x,z --impute median --method robust
		-c x,y,z --impute mode --winsor 0.05 --log1p x
		-c x,y,z --impute mean --yeo-johnson x,y,z
		-c x,y --impute mean --onehot s --ordinal o=S<M<L
		-c y --ordinal o=S<M<L --log1p o --method none --onehot s --drop-first
		--onehot s,o --method none
	END
	# and those parameters apply as the fit's do
	scale -q -p -c x,y --impute mean -w "$T/one" "$T/all" > "$T/want"
	for k in 1 2; do scale -q -c x,y --impute mean --partial "$T/s$k"; done > /dev/null
	scale -q -c x,y --impute mean --partial "$T/all" | scale -q --final > "$T/got"
	scale -q -p -m "$T/got" "$T/all" | cmp - "$T/want"
}

@test "parts: random splits and trees, with empty shards, more operands than are read side by side" {
	shards
	local round n i
	for o in '-c x,y,z --impute mean --log1p x' '-c x,z --impute median --method robust --onehot s'; do
		scale -q -p $o -w "$T/one" "$T/all" > /dev/null
		for round in 1 2 3; do
			n=$((round * 20 - 15)) # 5, 25, 45
			rm -f "$T"/r*
			awk -v n=$n -v seed=$round -v t="$T/r" 'BEGIN { srand(seed) } NR == 1 { for (i = 0; i < n; i++) print > (t i); next }
				{ print > (t int(rand() * rand() * n)) }' "$T/all"
			for ((i = 0; i < n; i++)); do scale -q $o --partial "$T/r$i" > "$T/rp$i"; done
			scale -q -p --final --expect-rows 1500 --expect-shards $n "$T"/rp* | cmp - "$T/one" || fail "$o $n"
			scale -q --merge "$T"/rp*[13579] > "$T/odd"
			scale -q -p --final "$T"/rp*[02468] "$T/odd" | cmp - "$T/one" || fail "$o $n merged"
		done
	done
}

@test "parts: bare ones go through sort -m; more values than are held at once go through a file" {
	shards
	local o='-c x,y --impute median --onehot s' k
	scale -q -p $o -w "$T/one" "$T/all" > /dev/null
	for k in 1 2 3 4 5; do scale -q -p $o --partial --bare "$T/s$k" > "$T/b$k"; done
	sort -m "$T"/b? | scale -q -p --final --bare --expect-shards 5 | cmp - "$T/one"
	sort -m "$T"/b? | scale -q -p --merge --bare | scale -q -p --final --bare | cmp - "$T/one"
	{ echo x; seq 1 2 3900000; seq 2 2 3900000; } > "$T/many"
	scale -q -p --mem 96M -c x --method robust --partial "$T/many" > "$T/part"
	assert_equal "$(scale -p --mem 256M --final "$T/part" | grep -E 'center|	scale	' | cut -f 3- | xargs)" \
		"center 1950000.5 scale 1949999.5"
	refused 1 "seg-scale: $T/part: the distinct values need more than --mem allows; 3632062 so far of column x" \
		scale --mem 96M --final "$T/part"
	head -2200001 "$T/many" > "$T/less"
	scale -q -p -c x --method robust --partial "$T/less" > "$T/part"
	refused 1 "seg-scale: $T/part: the values of column x need more than --mem allows: 2200000 rows" \
		scale --mem 96M --final "$T/part"
}

@test "parts: what is not in them, and what contradicts, is an error" {
	shards
	scale -q -c x,y --impute mean --partial "$T/s1" > "$T/p1"
	scale -q -c x,y --impute mean --partial "$T/s2" > "$T/p2"
	scale -q -c x,y --impute mean --method minmax --partial "$T/s2" > "$T/other"
	refused 1 "seg-scale: the parts hold 600 rows, --expect-rows says 300" scale --final --expect-rows 300 "$T/p1" "$T/p2"
	refused 1 "seg-scale: the parts hold 2 shards, --expect-shards says 1" scale --final --expect-shards 1 "$T/p1" "$T/p2"
	rejected 1 "seg-scale: the parts hold 2 shards, --expect-shards says 3" scale --merge --expect-shards 3 "$T/p1" "$T/p2"
	refused 1 "seg-scale: $T/other:4: column control: a part made with other options than those before" \
		scale --final "$T/p1" "$T/other"
	refused 1 "seg-scale: $T/all: not a part: seg-scale --partial makes them" scale --final "$T/all"
	zcat "$T/p1" | head -3 > "$T/cut"
	refused 1 "seg-scale: $T/cut: no control record at the end: not a whole part" scale --final "$T/cut"
	zcat "$T/p1" | sed 's/^x\\t	number	[0-9]*/x\\t	number	many/' > "$T/bad"
	refused 1 "seg-scale: $T/bad:2: column rows: not what --partial writes" scale --final "$T/bad"
	zcat "$T/p1" | sed '2s/number/figure/' > "$T/bad"
	refused 1 "seg-scale: $T/bad:2: column kind: none of number, category, value and level" scale --final "$T/bad"
	zcat "$T/p1" | sed '$s/seg-scale 1/seg-scale 9/' > "$T/bad"
	refused 1 "seg-scale: $T/bad:4: column control: not a control record of this version of seg-scale" scale --final "$T/bad"
	zcat "$T/p1" | sed 3d > "$T/bad"
	refused 1 "seg-scale: $T/bad: the parts hold 300 rows, but not in column y" scale --final "$T/bad"
	scale -q -p -c y --method robust --partial "$T/s1" > "$T/p3"
	sed 9d "$T/p3" > "$T/bad"
	refused 1 "seg-scale: $T/bad: the parts hold 300 rows, but not in the values of column y" scale --final "$T/bad"
	sed '9s/	value	/	level	/' "$T/p3" > "$T/bad"
	refused 1 "seg-scale: $T/bad: a record of column y out of place" scale --final "$T/bad"
	scale -q -c y --partial --bare -p "$T/s1" | head -1 > "$T/bad"
	refused 1 "seg-scale: no control record in the parts" scale --final --bare "$T/bad"
	head -1 "$T/all" | scale -q -c y --partial > "$T/none"
	refused 1 "seg-scale: $T/none: no rows to fit" scale --final "$T/none"
	scale -q -c x,y --partial "$T/s1" > "$T/holes"
	refused 1 "seg-scale: $T/holes: missing values: x 17; fit with --impute to fill them" scale --final "$T/holes"
	tsv x 1e200 2e200 | scale -q -c x --partial > "$T/far"
	refused 1 "seg-scale: $T/far: column x has values above 1e150, or none above 1e-140, whose squares parts do not hold" \
		scale --final "$T/far"
	tsv x 3 3 | scale -q -c x --partial > "$T/constant"
	run --separate-stderr scale -p --final "$T/constant"
	assert_success
	assert_equal "$stderr" "seg-scale: warning: column x is constant; its scale is 1"
	# while rows are read
	tsv x 1 -1 > "$T/in"
	rejected 1 "seg-scale: $T/in:3: column x: log1p has no value at -1" scale -c x --log1p x --partial "$T/in"
	rejected 1 "seg-scale: $T/all:3: column o: \"M\" is none of its ordered levels" \
		bash -c 'grep -nv "S$" "$1" > /dev/null; { head -1 "$1"; grep "S$" "$1" | head -1; grep "M$" "$1"; } > "$2"; mv "$2" "$1"
			"$0" -q --ordinal "o=S<L" --partial "$1"' "$B/seg-scale" "$T/all" "$T/tmp"
	{ echo k; seq 5000; } > "$T/keys"
	rejected 1 "seg-scale: $T/keys:4098: column k: more levels than the 4096 that one-hot takes" \
		scale --onehot k --partial "$T/keys"
}

@test "parts: options that do not go with them, status 2" {
	local o
	refused 2 "seg-scale: only one of --partial, --merge and --final can be given" scale --partial --merge
	for o in --key=x --keep=x --write=f --model=f --inverse --strict; do
		refused 2 "seg-scale: option ${o%%=*} belongs to the fit or -m" scale --partial $o
	done
	for o in --method=none --log1p=x --yeo-johnson=x --winsor=0.1 --impute=0 --onehot=x --drop-first '--ordinal=x=a<b'; do
		refused 2 "seg-scale: option ${o%%=*} belongs to --partial" scale --final $o
	done
	refused 2 "seg-scale: option -c belongs to --partial" scale --merge -c x
	refused 2 "seg-scale: option --pca: components are not made from parts; fit them to rows that the parameters of --final have scaled" \
		scale --partial --pca 2
	refused 2 "seg-scale: option --bare needs --partial, --merge or --final" scale --bare
	refused 2 "seg-scale: option --expect-shards needs --merge or --final" scale --expect-shards 2
	refused 2 "seg-scale: option --strict needs -m" scale --strict
	refused 2 "seg-scale: option --drop-first needs --onehot" scale --drop-first
}

@test "values at the ends of what doubles hold: scaled, or refused by name, never empty" {
	# z-scores of huge and tiny values: the same as of their mantissas
	tsv 'a|b|c' '1|1e300|1e-310' '2|2e300|2e-310' '4|4e300|4e-310' '9|9e300|9e-310' > "$T/in"
	scale -p -c a,b,c "$T/in" > "$T/out"
	awk -F'\t' 'NR > 1 { for (i = 2; i <= 3; i++) { d = $i - $1; if (d > 1e-12 || d < -1e-12) { print; exit 1 } } }' "$T/out"
	tsv x -1e308 1e308 > "$T/in"
	assert_equal "$(scale -p -c x "$T/in" | xargs)" "x_scaled -1 1"
	assert_equal "$(scale -p -c x --method maxabs "$T/in" | xargs)" "x_scaled -1 1"
	tsv x -0 0 5e-324 -5e-324 > "$T/in"
	assert_equal "$(scale -p -c x --method maxabs "$T/in" | xargs)" "x_scaled 0 0 1 -1"
	assert_equal "$(scale -p -c x --method none "$T/in" | xargs)" "x_scaled 0 0 5e-324 -5e-324"
	# quartiles 1e-300 apart, an end 1e300 away
	tsv x 0 0 1e-300 1e-300 1e300 > "$T/in"
	rejected 1 "seg-scale: $T/in: column x has a spread beyond what doubles hold" scale -c x --method robust "$T/in"
	tsv x 0 1e-300 > "$T/in"
	scale -q -c x --method minmax -w "$T/p" "$T/in" > /dev/null
	tsv x 1 1e300 > "$T/new"
	rejected 1 "seg-scale: $T/new:3: column x: 1e+300 is beyond what doubles hold once it is scaled" scale -m "$T/p" "$T/new"
	tsv x_scaled 1 1e300 > "$T/new"
	assert_equal "$(scale -p --inverse -m "$T/p" "$T/new" | xargs)" "x 1e-300 1"
	tsv x 1 3 > "$T/in"
	scale -q -c x --log1p x -w "$T/p" "$T/in" > /dev/null
	tsv x_scaled 1 '' 1e6 > "$T/new"
	rejected 1 "seg-scale: $T/new:4: column x_scaled: \"1e6\" is scaled from no number" scale --inverse -m "$T/p" "$T/new"
	assert_equal "$(head -3 "$T/new" | scale -p --inverse -m "$T/p" | tail -n +2)" "$(printf '3\n\n')"
	tsv 'x|y' '1|2' '3|5' '4|4' > "$T/in"
	scale -q -c x,y --log1p x,y --pca 2 -w "$T/p" "$T/in" > /dev/null
	tsv 'pc1|pc2' '1|' '1|1e9' > "$T/new"
	rejected 1 "seg-scale: $T/new:3: these components come from no numbers" scale --inverse -m "$T/p" "$T/new"
	tsv 'pc1|pc2' '1|x' > "$T/new"
	rejected 1 "seg-scale: $T/new:2: column pc2: not a number: \"x\"" scale --inverse -m "$T/p" "$T/new"
}

@test "one row, all missing, hostile names, wide rows" {
	tsv 'x|y' '7|' > "$T/in"
	run --separate-stderr scale -p -c x,y --impute 3 "$T/in"
	assert_failure 1
	assert_equal "${stderr_lines[1]}" "seg-scale: $T/in: column y has no values"
	run --separate-stderr scale -p -c x "$T/in"
	assert_equal "$output" "$(tsv x_scaled 0)"
	# a name with every escape, blanks, and what other programs take for syntax
	printf 'a\\tb \\\\c\\nd=e\t--f,g\tpc1\n1\t2\t3\n4\t5\t7\n' > "$T/in"
	scale -q -p -c '*' -w "$T/p" "$T/in" > "$T/fit"
	assert_equal "$(head -1 "$T/fit")" "$(printf 'a\\tb \\\\c\\nd=e_scaled\t--f,g_scaled\tpc1_scaled')"
	scale -p -m "$T/p" "$T/in" | cmp - "$T/fit"
	scale -p --inverse -m "$T/p" "$T/fit" | cmp - "$T/in"
	scale -q -p -c '*' --method robust -w "$T/p" "$T/in" > /dev/null
	scale -q -c '*' --method robust --partial "$T/in" | scale -q -p --final | cmp - "$T/p"
	# levels likewise
	printf 's\na\\tb\na=b\n\\\\\nb\n' > "$T/in"
	scale -q -p --onehot s -w "$T/p" "$T/in" > "$T/fit"
	assert_equal "$(head -1 "$T/fit")" "$(printf 's=\\\\\ts=a=b\ts=a\\tb\ts=b')"
	scale -p -m "$T/p" "$T/in" | cmp - "$T/fit"
	scale -q --onehot s --partial "$T/in" | scale -q -p --final | cmp - "$T/p"
	# 3000 columns, and blocks of many rows
	awk 'BEGIN { for (r = 0; r < 4; r++) { for (i = 0; i < 3000; i++) printf "%s%s", i ? "\t" : "", r ? r * i % 7 : "c" i; print "" } }' > "$T/in"
	scale -q -p -c '*' --method minmax -w "$T/p" "$T/in" > "$T/fit"
	scale -q -p -m "$T/p" "$T/in" | cmp - "$T/fit"
	# the first fault in the order of rows is named, on however many threads
	{ echo x; seq 20000; echo a; seq 20000; echo b; } > "$T/in"
	tsv x 1 2 | scale -q -c x -w "$T/p" > /dev/null
	for n in 1 2 5; do
		rejected 1 "seg-scale: $T/in:20002: column x: not a number: \"a\"" scale --threads $n -m "$T/p" "$T/in"
	done
	{ echo x; seq 20001; } > "$T/in"
	for n in 2 5; do scale -p --threads $n -m "$T/p" "$T/in" | cmp - <(scale -p --threads 1 -m "$T/p" "$T/in"); done
}

@test "parameters of an older version stay readable; a shape with an origin is refused without it" {
	tsv 'x' 1999 2001 2004 2012 > "$T/in"
	# as version 1 was written before there were origins
	tsv 'kind|name|key|value' 'model|seg-scale|version|1' 'scale|x|shape|yeo-johnson' 'scale|x|lambda|0.5' \
		'scale|x|low|' 'scale|x|high|' 'scale|x|fill|' 'scale|x|center|80' 'scale|x|scale|2' > "$T/old"
	# 2 (sqrt(2000) - 1), less 80, halved
	near "$(scale -p -m "$T/old" "$T/in" | sed -n 2p)" 3.7213595499957939 1e-13
	scale -q -p -c x --yeo-johnson x -w "$T/p" "$T/in" > /dev/null
	grep -v 'origin' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column x: no origin with the shape yeo-johnson-about" scale -m "$T/q" "$T/in"
	sed 's/yeo-johnson-about/yeo-johnson/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column x: an origin with the shape yeo-johnson" scale -m "$T/q" "$T/in"
	grep -v 'lambda' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: column x: no row with the key lambda" scale -m "$T/q" "$T/in"
	sed 's/version	1/version	2/' "$T/p" > "$T/q"
	rejected 1 "seg-scale: $T/q: version 2 is not known here; the newest is 1" scale -m "$T/q" "$T/in"
}

@test "--mem holds for components, which are refused beforehand, and for what each method works in" {
	{ seq -s '	' 1 3000 | sed 's/[0-9][0-9]*/c&/g'; seq -s '	' 1 3000; seq -s '	' 2 3001; } > "$T/wide"
	rejected 1 "seg-scale: the components of 3000 columns need 291M, more than --mem 96M allows" scale --mem 96M -c '*' --pca 2 "$T/wide"
	[[ $SEG_BUILD = */san ]] && return
	# and what is counted for a row, beside 12M for the program, is what it takes
	awk 'BEGIN { print "x\ty\ts"; srand(1); for (i = 0; i < 600000; i++) print int(1e6 * rand()) "\t" rand() "\t" i % 7 }' > "$T/in"
	local bytes o kb
	while read -r bytes o; do
		/usr/bin/time -q -f %M -o "$T/kb" "$B/seg-scale" -q --mem 96M $o "$T/in" > "$T/out"
		kb=$(cat "$T/kb")
		[ "$kb" -le $(((12 << 10) + 600 * bytes * 1000 / 1024)) ] || fail "$o: $kb KB"
	done <<-'END'
		24 -c x,y
		24 -c x,y --method robust --winsor 0.01
		32 -c x,y --impute mode
		24 -c x,y --impute median
		24 -c x,y --yeo-johnson x
		34 -c x --onehot s --pca 3
	END
	# a part: 32M for the values of all columns, however many
	/usr/bin/time -q -f %M -o "$T/kb" "$B/seg-scale" -q --mem 96M -c x,y --method robust --partial "$T/in" > "$T/part"
	[ "$(cat "$T/kb")" -le $((60 << 10)) ]
}
