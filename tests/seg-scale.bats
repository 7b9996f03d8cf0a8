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

@test "scikit-learn agrees to 1e-12 on three real tables" {
	need_data lookalike-5000.csv segmentation-365.csv retail-transactions.csv.gz
	need_python sklearn pandas
	/usr/bin/python3 - "$D" "$T" <<-'END'
		import sys, numpy as np, pandas as pd
		from sklearn.decomposition import PCA
		from sklearn.preprocessing import StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, PowerTransformer
		d, t = sys.argv[1:]
		look = pd.read_csv(d + '/lookalike-5000.csv')[['Annual_Income', 'Spending_Score', 'Credit_Score', 'Online_Activity']]
		seg = pd.read_csv(d + '/segmentation-365.csv')[['Age', 'Income', 'Education']]
		shop = pd.read_csv(d + '/retail-transactions.csv.gz').groupby('customer_id').tran_amount.agg(['sum', 'count', 'mean'])
		for name, x in ('look', look), ('seg', seg), ('shop', shop):
		    x = x.astype(float)
		    out = lambda y, how: pd.DataFrame(y, columns=x.columns).to_csv(f'{t}/{name}.{how}', sep='\t', index=False, float_format='%.17g')
		    x.to_csv(f'{t}/{name}', sep='\t', index=False)
		    v = x.values
		    q = np.quantile(v, [.05, .95], axis=0)
		    for s, how in (StandardScaler(), 'zscore'), (MinMaxScaler(), 'minmax'), (MaxAbsScaler(), 'maxabs'), (RobustScaler(), 'robust'):
		        out(s.fit_transform(v), how)
		        out(s.fit_transform(np.clip(v, q[0], q[1])), how + '.winsor')
		        out(s.fit_transform(np.log1p(v)), how + '.log1p')
		    z = StandardScaler().fit_transform(v)
		    p = PCA(svd_solver='full').fit(z)
		    sign = np.sign(p.components_[range(len(p.components_)), np.abs(p.components_).argmax(axis=1)])
		    pd.DataFrame(p.transform(z) * sign).to_csv(f'{t}/{name}.pca', sep='\t', index=False, float_format='%.17g')
		    np.savetxt(f'{t}/{name}.share', p.explained_variance_ratio_)
		    np.savetxt(f'{t}/{name}.lambda', PowerTransformer().fit(v).lambdas_)
	END
	local name m
	for name in look seg shop; do
		for m in zscore minmax maxabs robust; do
			scale -q -p -c '*' --method $m "$T/$name" > "$T/got"
			all_near "$T/$name.$m" "$T/got" || fail "$name $m"
			scale -q -p -c '*' --method $m --winsor 0.05 "$T/$name" > "$T/got"
			all_near "$T/$name.$m.winsor" "$T/got" || fail "$name $m --winsor"
			scale -q -p -c '*' --method $m --log1p '*' "$T/$name" > "$T/got"
			all_near "$T/$name.$m.log1p" "$T/got" || fail "$name $m --log1p"
		done
		scale -q -p -c '*' --pca 99 -w "$T/p" "$T/$name" > "$T/got"
		all_near "$T/$name.pca" "$T/got" || fail "$name --pca"
		awk -F'\t' '$3 == "share" { print $4 }' "$T/p" | paste - "$T/$name.share" |
			awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > 1e-12) { print; exit 1 } }'
		# a loose line search: 2e-5 off where the likelihood is flat (Credit_Score)
		scale -q -c '*' --yeo-johnson '*' -w "$T/p" "$T/$name" > /dev/null
		zcat -f "$T/p" | awk -F'\t' '$3 == "lambda" { print $4 }' | paste - "$T/$name.lambda" |
			awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > ($1 < -2 ? 1e-4 : 1e-6)) { print; exit 1 } }'
	done
}
