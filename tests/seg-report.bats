# SPDX-License-Identifier: MIT
# seg-report: every claim of its page, every message it can print.
load common

# Three segments of twelve customers, two countries, exact money.
setup_file() {
	export S=$BATS_FILE_TMPDIR
	{
		printf 'customer_id\tsegment\trecency_days\tfrequency\tmonetary\tcountry\tage\n'
		printf '%s\n' 'a1 1 3 10 100.10 UK 30' 'a2 1 5 12 200.20 UK 41' 'a3 1 4 11 300.30 FR 35' \
			'b1 2 30 4 40.01 UK 33' 'b2 2 35 5 50.02 FR 29' 'b3 2 40 6 60.03 UK 50' 'b4 2 45 3 30.04 FR 44' \
			'c1 10 200 1 1.5 UK 31' 'c2 10 250 1 2.5 UK 39' 'c3 10 300 2 3.5 UK 47' 'c4 10 350 1 4.5 FR' \
			'c5 10 300 1 5.5 UK 36' | tr ' ' '\t' | sed 's/\(c4.*\)FR$/\1FR\t/'
	} > "$S/rows"
}

# section NAME [OPTION...]: that section of the twelve rows as plain TSV
section() {
	"$B/seg-report" -p --format tsv --section "$@" "$S/rows"
}

@test "overview: sizes and shares; segments in the order of their numbers" {
	run section overview --value monetary
	assert_success
	assert_output "$(tsv 'segment|rows|share_rows|value|share_value|value_per_row|rows_valued' \
		'1|3|0.25|600.6|0.752442996742671|200.20000000000002|3' \
		'2|4|0.3333333333333333|180.1|0.22563267351540967|45.025|4' \
		'10|5|0.4166666666666667|17.5|0.021924329741919317|3.5|5')"
	[ "$(section overview --value monetary | awk -F'\t' 'NR > 1 { r += $2; s += $3; v += $5 }
		END { printf "%d %.12f %.12f", r, s, v }')" = "12 1.000000000000 1.000000000000" ]
}

@test "overview without a value has three columns" {
	run section overview
	assert_line --index 0 "$(tsv 'segment|rows|share_rows')"
}

@test "text: the same figures, aligned, for people" {
	run "$B/seg-report" --value monetary --section overview "$S/rows"
	assert_success
	assert_line --index 0 "Customer segments"
	assert_line "12 customers in 3 segments"
	assert_line "  Customers                  12"
	assert_line --regexp '^  Revenue, total +798\.20$'
	assert_line --regexp '^  Segment 1 +3 +25\.0% [^0-9]+ 600\.60 +75\.2% '
	assert_line --regexp '^  All +12 +100\.0% +798\.20 +100\.0% +66\.52$'
}

@test "rows are rows when the keys repeat or there is no customer_id" {
	{ cat "$S/rows"; tail -1 "$S/rows"; } > "$T/twice"
	run "$B/seg-report" --section overview "$T/twice"
	assert_line "13 rows in 3 segments"
	cut -f2- "$S/rows" > "$T/nokey"
	run "$B/seg-report" --section overview "$T/nokey"
	assert_line "12 rows in 3 segments"
}

@test "profiles: figures of R's mean, sd, quantile; the population has no segment" {
	run section profiles -c age
	assert_line --index 0 \
		"$(tsv 'segment|column|n|missing|share_missing|mean|sd|min|q25|median|q75|max')"
	assert_line "$(tsv '2|age|4|0|0|39|9.695359714832659|29|32|38.5|45.5|50')"
	assert_line --regexp "^10	age	4	1	0\.2	38\.25	6\.[0-9]+	31	34\.75	37\.5	41	47$"
	assert_line --regexp "^	age	11	1	0\.0833"
}

@test "profiles agree with pandas on real data" {
	need_data lookalike-5000.csv
	need_python pandas
	tr ',' '\t' < "$D/lookalike-5000.csv" > "$T/look"
	"$B/seg-report" -p --format tsv --section profiles --by True_Segment \
		-c Age,Tenure,Annual_Income..Online_Activity "$T/look" > "$T/out"
	/usr/bin/python3 - "$T/look" "$T/out" <<-'E'
	import sys, pandas
	x = pandas.read_csv(sys.argv[1], sep='\t')
	out = pandas.read_csv(sys.argv[2], sep='\t')
	assert len(out) == 5 * 6
	for _, o in out.iterrows():
	    v = x[o.column] if pandas.isna(o.segment) else x[x.True_Segment == o.segment][o.column]
	    want = [v.count(), v.mean(), v.std(), *v.quantile([0, .25, .5, .75, 1])]
	    got = [o.n, o['mean'], o.sd, o['min'], o.q25, o['median'], o.q75, o['max']]
	    for a, b in zip(got, want):
	        assert abs(a - b) <= 1e-12 * abs(b), (o.segment, o.column, a, b)
	E
}

@test "index: 100 times the mean over everybody's mean" {
	run section index -c frequency
	# means 11, 4.5, 1.2; all 57 / 12 = 4.75
	assert_line --regexp "^1	frequency	11	4\.75	231\.57894736842"
	assert_line --regexp "^10	frequency	1\.2	4\.75	25\.26315789473"
}

@test "index: none around a mean of zero" {
	tsv 'segment|z_scaled' '1|-1' '1|1' '2|0.001' '2|-0.001' > "$T/in"
	run "$B/seg-report" -p --format tsv --section index "$T/in"
	assert_success
	assert_line "$(tsv '1|z_scaled|0|0|')"
	run "$B/seg-report" --section index "$T/in"
	assert_line --regexp '^  Segment 1 +–'
	assert_output --partial "No index where the population's mean is not above a hundredth"
}

@test "shares: mix, split, part and index; the check sums" {
	run section shares --share country --value monetary
	assert_line --index 0 "$(tsv 'column|level|segment|rows|value|mix|split|part|index')"
	# UK: 300.3 of segment 1's 600.6; all UK 413.34 of 798.2
	assert_line --regexp "^country	UK	1	2	300\.3	0\.5	0\.7265205"
	section shares --share country --value monetary | awk -F'\t' 'NR > 1 { mix[$3] += $6; split_[$2] += $7
		part += $8 } END { for (s in mix) if (mix[s] - 1 > 1e-12 || 1 - mix[s] > 1e-12) exit 1
		for (l in split_) if (split_[l] - 1 > 1e-12 || 1 - split_[l] > 1e-12) exit 1
		exit !(part - 1 < 1e-12 && 1 - part < 1e-12) }'
	run "$B/seg-report" --share country --value monetary --section shares "$S/rows"
	assert_line "Mix: each segment's revenue by country"
	assert_line "Split: each country's revenue by segment"
	[ "$(grep -c '^  Sum .*100.0%' <<<"$output")" = 2 ]
}

@test "shares: captions name the column of --by" {
	run "$B/seg-report" --by country --share segment --section shares "$S/rows"
	assert_line "Rows by segment and country"
	assert_line "Mix: each country's rows by segment"
	assert_line "Split: each segment's rows by country"
}

@test "shares: two columns, rows count without a value, many levels are summed for people" {
	awk 'BEGIN { OFS = "\t"; print "segment", "product"; for (i = 0; i < 600; i++) print i % 3, "p" i % 40 }' > "$T/in"
	run "$B/seg-report" --section shares --share product "$T/in"
	assert_success
	assert_output --partial "No value column was given: shares are of rows."
	assert_line --regexp '^  28 others +140 +140 +140 +420$'
	run bash -c '"$0" -p --format tsv --section shares --share product "$1" | wc -l' "$B/seg-report" "$T/in"
	assert_output $((1 + 40 * 3))
	run section shares --share country,age
	assert_line --regexp "^age		10	1	1	"
}

@test "anova: the certified figures of lookalike-5000" {
	need_data lookalike-5000.csv
	tr ',' '\t' < "$D/lookalike-5000.csv" > "$T/look"
	"$B/seg-report" -p --format tsv --section anova --by True_Segment \
		-c Annual_Income..Online_Activity,Age,Tenure "$T/look" > "$T/out"
	col f < "$T/out" > "$T/f"
	col p < "$T/out" > "$T/p"
	local want=(26156.739 369870.543 118939.566 64011.312 1.40984 1.95305) i
	for i in 0 1 2 3; do near "$(sed -n $((i + 1))p "$T/f")" "${want[i]}" 2e-8; done
	for i in 4 5; do near "$(sed -n $((i + 1))p "$T/f")" "${want[i]}" 3e-6; done
	near "$(sed -n 5p "$T/p")" 0.23786 2e-5
	near "$(sed -n 6p "$T/p")" 0.11882 5e-5
	[ "$(col df_between < "$T/out" | sort -u) $(col df_within < "$T/out" | sort -u)" = "3 4996" ]
}

@test "anova: Welch and Kruskal-Wallis agree with scipy on real data" {
	need_data lookalike-5000.csv
	need_python pandas scipy
	tr ',' '\t' < "$D/lookalike-5000.csv" > "$T/look"
	"$B/seg-report" -p --format tsv --section anova --by True_Segment -c Age,Tenure,Annual_Income "$T/look" > "$T/out"
	/usr/bin/python3 - "$T/look" "$T/out" <<-'E'
	import sys, pandas
	from scipy import stats
	x = pandas.read_csv(sys.argv[1], sep='\t')
	for _, o in pandas.read_csv(sys.argv[2], sep='\t').iterrows():
	    g = [v[o.column] for _, v in x.groupby('True_Segment')]
	    f, p = stats.f_oneway(*g)
	    h, q = stats.kruskal(*g)
	    for a, b in ((o.f, f), (o.kruskal_h, h)) + (((o.p, p), (o.kruskal_p, q)) if p > 1e-290 else ()):
	        assert abs(a - b) <= 1e-10 * abs(b), (o.column, a, b)
	E
}

@test "categories: R's figures for Agresti's table; circular where fitted; a warning for few rows" {
	awk 'BEGIN { OFS = "\t"; split("762 327 468 484 239 477", n, " "); print "segment", "party"
		for (i = 1; i <= 6; i++) for (j = 0; j < n[i]; j++) print (i > 3), "p" i % 3 }' > "$T/in"
	run "$B/seg-report" -p --format tsv --section categories --share party "$T/in"
	assert_line --index 0 "$(tsv 'column|chi_squared|df|p|cramers_v|p_holm|least_expected|cells|cells_below_5')"
	assert_line --index 1 --regexp "^party	30\.070[0-9]+	2	2\.953[0-9]+e-7	0\.1044[0-9]+	2\.953[0-9]+e-7	246\.[0-9]+	6	0$"
	run "$B/seg-report" --section categories --share party --fitted party "$T/in"
	assert_line --regexp '^  party +30\.070 +2 +circular +circular +0\.104 +6 +0$'
	assert_output --partial "Rows of one customer are not independent"
	run "$B/seg-report" --section categories --share country "$S/rows"
	assert_output --partial "Where cells expect fewer than 5 rows"
	refute_output --partial "Rows of one customer"
}

@test "categories: as many levels as rows; the same bytes in any order of the rows" {
	awk 'BEGIN { OFS = "\t"; print "segment", "x", "g"; for (i = 0; i < 70000; i++) print i * 7919 % 5 + 1, 1.5, "u" i }' > "$T/in"
	run "$B/seg-report" -p --format tsv -c x --share g --section categories "$T/in"
	assert_success
	assert_line --index 1 --regexp "^g	280000(\.0000[0-9]+)?	279996	"
	awk 'BEGIN { srand(1); OFS = "\t"; print "segment", "g"; for (i = 0; i < 5000; i++) print int(rand() * 7), "u" int(rand() * 800) }' > "$T/in"
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -k2; } > "$T/sorted"
	run "$B/seg-report" -p --format tsv --share g --section categories "$T/in"
	assert_output "$("$B/seg-report" -p --format tsv --share g --section categories "$T/sorted")"
}

@test "anova: columns in the order promised; circular where fitted, raw or scaled" {
	run section anova -c recency_days,age --fitted recency_days
	assert_line --index 0 "$(tsv 'column|f|df_between|df_within|p|eta_squared|welch_f|welch_df_between|welch_df_within|welch_p|p_holm|welch_p_holm|kruskal_h|kruskal_p|kruskal_p_holm')"
	assert_line --regexp "^recency_days	[0-9.]+	2	9	circular	[0-9.]+	[0-9.]+	2	[0-9.]+	circular	circular	circular	[0-9.]+	circular	circular$"
	refute_line --regexp "^age.*circular"
	sed '1s/recency_days/recency_days_scaled/' "$S/rows" > "$T/scaled"
	run "$B/seg-report" --section anova --fitted recency_days "$T/scaled"
	assert_output --partial circular
	assert_output --partial "the segments were made from this column"
	run "$B/seg-report" --section anova "$S/rows"
	assert_output --partial "name such columns"
}

@test "anova: a figure that does not exist is missing" {
	tsv 'segment|x' '1|5' '1|5' '2|7' '2|7' > "$T/in"
	run "$B/seg-report" -p --format tsv --section anova -c x "$T/in"
	assert_line --regexp "^x		1	2		1							3	0\.0832[0-9]+	0\.0832[0-9]+$"
	run "$B/seg-report" --section anova -c x "$T/in"
	assert_output --partial "A dash: the figure does not exist"
}

@test "default columns: *_scaled if any, else recency, frequency, monetary, else -c is asked for" {
	run section anova
	assert_line --index 1 --regexp ^recency_days
	assert_line --index 3 --regexp ^monetary
	refute_line --regexp ^age
	sed '1s/age/age_scaled/' "$S/rows" > "$T/both"
	run "$B/seg-report" -p --format tsv --section anova "$T/both"
	assert_equal "${#lines[@]}" 2
	assert_line --index 1 --regexp ^age_scaled
	cut -f1,2,6 "$S/rows" > "$T/none"
	refused 1 "seg-report: $T/none: no *_scaled columns and no recency_days; name the columns with -c" \
		"$B/seg-report" "$T/none"
	"$B/seg-report" --section overview "$T/none" > /dev/null
}

@test "rows without a segment are left out and counted" {
	{ cat "$S/rows"; printf 'd1\t\t1\t1\t1000\tUK\t20\n'; } > "$T/in"
	run "$B/seg-report" --section overview --value monetary "$T/in"
	assert_line "12 customers in 3 segments; row without a segment left out of every figure: 1"
	run "$B/seg-report" -p --format tsv --section overview --value monetary "$T/in"
	assert_output "$(section overview --value monetary)"
}

@test "a missing value counts as a row, not as money" {
	{ cat "$S/rows"; printf 'd1\t10\t1\t1\t\tUK\t20\n'; } > "$T/in"
	run "$B/seg-report" --section overview --value monetary "$T/in"
	assert_line --regexp '^  All +13 +100\.0% +798\.20 '
	assert_output --partial "Without revenue: 1; counted as customers, not towards revenue."
	assert_line --regexp '^  Revenue per customer +66\.52  of 12 with revenue$'
	assert_line --regexp '^  Segment 10 +5$'
	run "$B/seg-report" -p --format tsv --section overview --value monetary "$T/in"
	assert_line --regexp "^10	6	0\.46153846153846156	17\.5	0\.021924329741919317	3\.5	5$"
}

@test "a total that is not above 0 has no shares" {
	local last
	for last in -600 -900; do
		tsv 'segment|g|v' '1|a|300' '1|b|300' "2|a|$last" > "$T/in"
		run "$B/seg-report" --section overview,shares --share g --value v "$T/in"
		assert_success
		assert_equal "$(grep -c '^All v together is not above 0: it has no shares\.$' <<<"$output")" 2
		refute_output --partial "Most valuable"
		run "$B/seg-report" -p --format tsv --section overview --value v "$T/in"
		assert_line "$(tsv '1|2|0.6666666666666666|600||300|2')"
		run "$B/seg-report" -p --format tsv --section shares --share g --value v "$T/in"
		assert_line "$(tsv 'g|b|1|1|300|0.5|1||')"
	done
}

@test "names: columns of these filters for people, all others as they are" {
	tsv 'segment|a|A|monetary|Revenue|recency_days' '1|1|2|3|4|5' '2|1|2|3|4|5' > "$T/in"
	run "$B/seg-report" --section profiles -c a..recency_days "$T/in"
	assert_line --regexp '^  Segment +a +A +monetary +Revenue +Recency \(days\)$'
	run "$B/seg-report" --section overview --value A "$T/in"
	assert_line --regexp '^  A per row +2$'
}

@test "small numbers do not print as 0" {
	tsv 'segment|x|v' '1|1e-9|0.01' '2|3e-9|5000' '2|3e-9|5000' > "$T/in"
	run "$B/seg-report" --section overview,profiles -c x --value v "$T/in"
	assert_line --regexp '^  Segment 1 +1e-09$'
	assert_line --regexp '^  Segment 1 .* 0\.01 +<0\.1%'
}

@test "--value: more than 12 decimals are rounded half to even and counted; fewer stay exact" {
	tsv 'segment|p' '1|0.1234567890125' '1|0.1234567890135' '2|2.5e-13' '2|0.3' '2|1.0000000000000000' > "$T/in"
	run --separate-stderr "$B/seg-report" -p --format tsv --section overview --value p "$T/in"
	assert_success
	assert_equal "$stderr" "seg-report: warning: column p: values with more than 12 decimals, rounded to 12: 3; the first: $T/in:2"
	assert_equal "$(col value <<<"$output" | tr '\n' ' ')" "0.246913578026 1.3 "
	run --separate-stderr "$B/seg-report" -q -p --format tsv --section overview --value p "$T/in"
	assert_equal "$stderr" ""
}

@test "no figure depends on the order of the rows, the threads or the file's form" {
	{ head -1 "$S/rows"; tail -n +2 "$S/rows" | tac; } | gzip > "$T/back.gz"
	local f o=(--value monetary --share country -c recency_days..monetary,age --title t)
	for f in text md html; do
		"$B/seg-report" "${o[@]}" --format $f "$S/rows" > "$T/1"
		"$B/seg-report" "${o[@]}" --format $f --threads 7 "$T/back.gz" > "$T/2"
		cmp "$T/1" "$T/2"
	done
}

@test "choosing-k: the sweep, the rule, the best silhouette" {
	tsv 'k|inertia|silhouette|silhouette_kind|picked_by' '1|100||none|' '2|50|0.6|exact|' '3|20|0.5|exact|elbow' \
		'4|18|0.4|exact|' > "$T/sweep"
	run "$B/seg-report" --section choosing-k --from-sweep "$T/sweep" "$S/rows"
	assert_success
	assert_output --partial 'Chosen: 3 segments, by the rule "elbow". The silhouette is highest at 2.'
	assert_line --regexp '^  3 +20 +0\.500 +exact +elbow$'
	run "$B/seg-report" -p --format tsv --section choosing-k --from-sweep "$T/sweep" "$S/rows"
	assert_output "$(cat "$T/sweep")"
	run "$B/seg-report" --format html --section choosing-k --from-sweep "$T/sweep" "$S/rows"
	assert_equal "$(grep -c '<circle' <<<"$output")" 7
}

@test "silhouette: by hand; a row nearer to another segment; a missing value is left out" {
	# distances 1, 2 and 9 on a scaled column: s of 0 is (9.5 - 1) / 9.5
	tsv 'segment|x_scaled' '1|0' '1|1' '2|9' '2|10' '2|1.5' '1|' > "$T/in"
	run "$B/seg-report" -p --format tsv --section silhouette "$T/in"
	assert_success
	assert_line --index 0 "$(tsv 'segment|judged|silhouette|below_0')"
	# 0: a 1, b (9 + 10 + 1.5) / 3; 1: a 1, b (8 + 9 + .5) / 3
	near "$(awk -F'\t' '$1 == 1 { print $3 }' <<< "$output")" "$(awk 'BEGIN { b = 20.5 / 3; c = 17.5 / 3
		printf "%.17g", ((b - 1) / b + (c - 1) / c) / 2 }')" 1e-14
	assert_line --regexp '^1	2	.*	0$'
	assert_line --regexp '^2	3	.*	1$'
	run "$B/seg-report" --section silhouette "$T/in"
	assert_line "Left out for a missing value: 1."
	tsv 'segment|x' '1|0' '1|1' > "$T/one"
	run "$B/seg-report" --section silhouette,scatter -c x "$T/one"
	assert_line "One segment alone has no other to lie apart from: its silhouette is 0."
}

@test "silhouette: the model's own distances give seg-kmeans' figure; scikit-learn's too" {
	awk 'BEGIN { OFS = "\t"; print "customer_id", "a", "b", "c"; for (i = 0; i < 600; i++)
		print i, i % 3 * 4 + i * 7 % 11 / 4, exp(i % 3 + i * 13 % 17 / 9), i * 5 % 23 }' > "$T/in"
	"$B/seg-scale" -q -c a,b --log1p b -w "$T/scale" "$T/in" > "$T/scaled"
	"$B/seg-kmeans" -q -k 3 --silhouette exact --scaled-by "$T/scale" "$T/scaled" > "$T/model"
	"$B/seg-assign" -q -p -m "$T/model" "$T/in" > "$T/rows"
	run "$B/seg-report" -p --format tsv --section silhouette -m "$T/model" -c c,b,a "$T/rows"
	near "$(awk -F'\t' '$1 == "" { print $3 }' <<< "$output")" \
		"$(zcat -f "$T/model" | awk -F'\t' '$3 == "silhouette" { print $4 }')" 1e-12
	run "$B/seg-report" --section silhouette -m "$T/model" -c a,c "$T/rows"
	assert_output --partial "distances over the z-scores of a"
	need_python sklearn pandas
	"$B/seg-report" -p --format tsv --section silhouette -c a,b,c "$T/rows" > "$T/out"
	/usr/bin/python3 - "$T/rows" "$T/out" <<-'E'
	import sys, pandas
	from sklearn.metrics import silhouette_samples
	x = pandas.read_csv(sys.argv[1], sep='\t')
	z = x[['a', 'b', 'c']]
	s = silhouette_samples((z - z.mean()) / z.std(ddof=0), x.segment)
	for _, o in pandas.read_csv(sys.argv[2], sep='\t').iterrows():
	    v = s if pandas.isna(o.segment) else s[x.segment == o.segment]
	    assert abs(v.mean() - o.silhouette) < 1e-12 and (v < 0).sum() == o.below_0, o
	E
}

@test "scatter: components keep distances; a sample that no order of rows changes; axes to choose" {
	awk 'BEGIN { OFS = "\t"; srand(5); print "customer_id", "segment", "a", "b"; for (i = 0; i < 9000; i++)
		print i, i % 7 ? 1 : i % 700 ? 2 : 3, rand() + i % 7, rand() * 2 - i % 7 }' > "$T/in"
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -k3; } > "$T/sorted"
	"$B/seg-report" --format html --section overview,silhouette,scatter -c a,b "$T/in" > "$T/1"
	"$B/seg-report" --format html --section overview,silhouette,scatter -c a,b --threads 7 "$T/sorted" > "$T/2"
	cmp "$T/1" "$T/2"
	grep -q 'data-axes="\[&quot;Component 1&quot;,&quot;Component 2&quot;,&quot;a&quot;,&quot;b&quot;\]"' "$T/1"
	grep -q '1,010 of 9,000 customers' "$T/1"
	"$B/seg-report" -p --format tsv --section scatter -c a,b "$T/in" > "$T/out"
	assert_equal "$(head -1 "$T/out")" "$(tsv 'segment|pc1|pc2|a|b')"
	[ "$(col segment < "$T/out" | grep -cx 3)" = 10 ]
	# every point is a row of the data, and the components turn it: z-scores of a and b keep their length
	awk -F'\t' 'NR == FNR { if (FNR > 1) { seen[$3, $4]; n++; a += $3; b += $4; aa += $3 ^ 2; bb += $4 ^ 2 } next }
		FNR > 1 { if (!(($4, $5) in seen)) exit 1; za = ($4 - a / n) / sqrt(aa / n - (a / n) ^ 2)
			zb = ($5 - b / n) / sqrt(bb / n - (b / n) ^ 2); m++
			da[m] = za; db[m] = zb; p[m] = $2; q[m] = $3 }
		END { for (i = 2; i <= m; i++) { d = (da[i] - da[1]) ^ 2 + (db[i] - db[1]) ^ 2 - (p[i] - p[1]) ^ 2 - (q[i] - q[1]) ^ 2
			if (d > 1e-6 || d < -1e-6) exit 1 } exit m < 1000 }' "$T/in" "$T/out"
	mkdir "$T/svg"
	"$B/seg-report" --section silhouette,scatter -c a,b --svg "$T/svg" "$T/in" > /dev/null
	assert_equal "$(ls "$T/svg" | tr '\n' ' ')" "chart-scatter.svg chart-silhouettes.svg "
	! grep -q data-v "$T/svg/chart-scatter.svg"
}

@test "lift: the table and the gains curve" {
	tsv 'bin|share|n|positives|lift|gains' '1|0.5|10|8|1.6|0.8' '2|1|10|2|1|1' > "$T/lift"
	run "$B/seg-report" --section lift --from-lift "$T/lift" "$S/rows"
	assert_line --regexp '^ +1 +50\.0% +10 +8 +1\.60 +80\.0%$'
	run "$B/seg-report" -p --format tsv --section lift --from-lift "$T/lift" "$S/rows"
	assert_output "$(cat "$T/lift")"
}

@test "lift by seg-logit: deciles for people, a curve for each set, the worth of the first tenth" {
	awk 'BEGIN { OFS = "\t"; print "set", "share", "rows", "events", "gains", "lift", "threshold"
		for (s = 0; s < 2; s++) for (i = 1; i <= 100; i++) { g = i <= 10 ? i * (5 - s) / 100 : 1
			print s ? "holdout" : "train", i / 100, i, g * 20, g, g * 100 / i, 1 - i / 100 } }' > "$T/lift"
	run "$B/seg-report" --section lift --from-lift "$T/lift" "$S/rows"
	assert_output --partial "The first tenth of the list holds 40.0% of the buyers, 4.0 times as"
	assert_output --partial "(holdout"
	assert_equal "$(grep -c '^  train ' <<<"$output") $(grep -c '^  holdout ' <<<"$output")" "12 12"
	run "$B/seg-report" -p --format tsv --section lift --from-lift "$T/lift" "$S/rows"
	assert_output "$(cat "$T/lift")"
	run "$B/seg-report" --format html --section lift --from-lift "$T/lift" "$S/rows"
	assert_equal "$(grep -c '<polyline' <<<"$output")" 4
}

@test "ROC: by hand, from the lift table" {
	# ten rows, four buyers: after 5 rows 3 of them, so 2 of the 6 others
	tsv 'share|rows|events|gains' '0.5|5|3|0.75' '1|10|4|1' > "$T/lift"
	mkdir "$T/svg"
	"$B/seg-report" --section lift --from-lift "$T/lift" --svg "$T/svg" "$S/rows" > /dev/null
	grep -q '<title>33.3%: 75.0%</title>' "$T/svg/chart-roc.svg"
}

@test "logit, calibration, migration: what the filters write, in every format" {
	awk 'BEGIN { OFS = "\t"; print "customer_id", "segment", "recency_days", "frequency", "monetary", "bought"
		for (i = 0; i < 300; i++) print i, i % 3 + 1, i % 97 + 1, i % 3 * 10 + i % 7, i * 7 % 101 + 1, (i * i % 11 > i % 3 * 2) }' > "$T/in"
	"$B/seg-logit" -q -y bought -c recency_days,frequency --calibration "$T/bins" "$T/in" > "$T/logit"
	cut -f1,3- "$T/in" > "$T/raw"
	"$B/seg-kmeans" -q -k 3 -c frequency,monetary "$T/in" > "$T/model"
	"$B/seg-assign" -q -m "$T/model" "$T/raw" > "$T/before"
	awk -F'\t' -v OFS='\t' 'NR > 1 { $4 = ($4 + 50) % 101 } 1' "$T/raw" |
		"$B/seg-assign" -q -m "$T/model" --migration "$T/before" --migration-out "$T/moves" > /dev/null
	local o=(--from-logit "$T/logit" --from-calibration "$T/bins" --from-migration "$T/moves" "$T/in")
	"$B/seg-report" -p --format tsv --section logit "${o[@]}" > "$T/terms"
	assert_equal "$(head -1 "$T/terms")" \
		"$(tsv 'term|estimate|std_error|ci_low|ci_high|z|p|odds_ratio|odds_ratio_low|odds_ratio_high')"
	assert_equal "$(awk -F'\t' '$1 == "frequency" { print $2, $9 }' "$T/terms")" \
		"$(zcat -f "$T/logit" | awk -F'\t' '$2 == "frequency" { v[$3] = $4 } END { print v["estimate"], v["odds_ratio_low"] }')"
	run "$B/seg-report" -p --format tsv --section calibration "${o[@]}"
	assert_output "$(zcat -f "$T/bins")"
	run "$B/seg-report" -p --format tsv --section migration "${o[@]}"
	assert_output "$(zcat -f "$T/moves")"
	# each row of the matrix adds up to those who were there
	"$B/seg-report" --section migration "${o[@]}" > "$T/text"
	assert_equal "$(awk '/^  [123] / { n += $NF } END { print n }' "$T/text")" 300
	run "$B/seg-report" --section logit,calibration "${o[@]}"
	assert_output --partial "A logistic regression of bought on 300 rows"
	assert_line --regexp '^  frequency +-0\.'
	"$B/seg-report" --format html --section logit,calibration,migration "${o[@]}" > "$T/html"
	grep -q 'aria-label="Odds ratios' "$T/html"
	grep -q 'aria-label="Predicted and observed' "$T/html"
	refused 1 "seg-report: $T/model: not a model of seg-logit" "$B/seg-report" --from-logit "$T/model" "$T/in"
	refused 1 "seg-report: $T/in: no column \"old\": not a migration table of seg-assign" \
		"$B/seg-report" --from-migration "$T/in" "$T/in"
	refused 1 "seg-report: $T/in: no column \"mean_probability\": not a calibration table of seg-logit" \
		"$B/seg-report" --from-calibration "$T/in" "$T/in"
}

@test "the tables of seg-kmeans and seg-logit are read as they come" {
	awk 'BEGIN { OFS = "\t"; print "customer_id", "segment", "recency_days", "frequency", "monetary", "bought"
		for (i = 0; i < 300; i++) print i, i % 3 + 1, i % 97 + 1, i % 3 * 10 + i % 7, i * 7 % 101 + 1, (i * i % 11 > i % 3 * 2) }' > "$T/in"
	"$B/seg-scale" -q "$T/in" > "$T/scaled"
	"$B/seg-kmeans" -q -k 2..5 --sweep "$T/sweep" "$T/scaled" > "$T/model" || [ $? = 3 ]
	"$B/seg-logit" -q -y bought -c recency_days,frequency --holdout 0.3 --lift "$T/lift" "$T/in" > "$T/logit"
	run "$B/seg-report" --section choosing-k,lift --from-sweep "$T/sweep" --from-lift "$T/lift" "$T/in"
	assert_success
	assert_output --partial "Chosen: "
	assert_output --partial "The first tenth of the list holds "
}

@test "provenance: the chain of the input; its own line in a TSV" {
	"$B/seg-scale" -q -c recency_days,frequency --keep segment "$S/rows" > "$T/scaled.gz"
	run "$B/seg-report" --section provenance "$T/scaled.gz"
	assert_output --partial "  seg-scale 1.0 -c recency_days,frequency"
	"$B/seg-report" -o "$T/p.gz" --format tsv --section provenance "$T/scaled.gz"
	run zcat "$T/p.gz"
	assert_line --index 0 "$(tsv 'step|command')"
	assert_line --index 1 --regexp '^1	seg-scale 1.0 '
	run bash -c 'head -c 300 "$1" | strings' - "$T/p.gz"
	assert_output --partial "seg-report 1.0 --section provenance --format tsv"
	run "$B/seg-report" --section provenance "$S/rows"
	assert_output --partial "The input carried no provenance"
}

@test "a model gives the segments' centres and the fitted columns" {
	"$B/seg-scale" -q -c recency_days,frequency,monetary -w "$T/scale.gz" "$S/rows" > "$T/scaled.gz"
	"$B/seg-kmeans" -q -k 3 --scaled-by "$T/scale.gz" "$T/scaled.gz" > "$T/model.gz"
	"$B/seg-assign" -q -m "$T/model.gz" <(cut -f1,3- "$S/rows") > "$T/segments.gz"
	run "$B/seg-report" -m "$T/model.gz" -c recency_days,age "$T/segments.gz"
	assert_success
	assert_output --partial "Centres in the k-means model, original units"
	assert_line --regexp '^  Recency \(days\) .* circular '
	refute_line --regexp '^  age .* circular'
	run bash -c '"$0" --section overview -m "$1" "$2" | tr "\n" " "' "$B/seg-report" "$T/model.gz" "$T/segments.gz"
	assert_output --partial "The model numbered the segments by the monetary of their centres, the highest first"
	"$B/seg-kmeans" -q -k 2 -c frequency "$S/rows" > "$T/age.gz"
	run "$B/seg-report" --section overview -m "$T/age.gz" "$T/segments.gz"
	assert_line "The model numbered the segments by their size, the largest first."
	run bash -c '"$0" --section profiles -m "$1" -c age "$2" | tr "\n" " "' "$B/seg-report" "$T/model.gz" "$T/segments.gz"
	assert_output --partial "on a log scale, or with values cut or filled before the fit, it is not the mean of its rows."
	run "$B/seg-report" -m "$T/scale.gz" "$T/segments.gz"
	assert_failure 1
}

@test "circular: the raw columns of components and one-hot features too" {
	local o
	for o in "--pca 2" ""; do
		"$B/seg-scale" -q -c recency_days,frequency --onehot country $o -w "$T/scale.gz" "$S/rows" > "$T/scaled.gz"
		"$B/seg-kmeans" -q -k 2 -c "$([ -n "$o" ] && echo pc1..pc2 || echo recency_days_scaled,country=FR)" \
			--scaled-by "$T/scale.gz" "$T/scaled.gz" > "$T/model.gz"
		run "$B/seg-report" -p --format tsv -m "$T/model.gz" -c recency_days,age --section anova "$S/rows"
		assert_line --regexp "^recency_days	.*	circular	"
		refute_line --regexp "^age	.*circular"
		run "$B/seg-report" -p --format tsv -m "$T/model.gz" --share country --section categories "$S/rows"
		assert_line --regexp "^country	.*	circular	"
	done
}

@test "self-check: figures are counted; one made wrong fails the report and names the cell" {
	run section self-check -c age --value monetary
	assert_line --index 0 "$(tsv 'figures|differ')"
	assert_line --index 1 --regexp '^[0-9]+	0$'
	refused 1 "seg-report: self-check: column age, Segment 1: median computed twice differs" \
		env SEG_TEST_FAULT=median "$B/seg-report" -c age "$S/rows"
	refused 1 "seg-report: self-check: revenue: the segments' sum is not the total" \
		env SEG_TEST_FAULT=value "$B/seg-report" -c age --value monetary -o "$T/out" "$S/rows"
	refused 1 "seg-report: self-check: shares by country, UK: the parts are not the whole" \
		env SEG_TEST_FAULT=share "$B/seg-report" -c age --value monetary --share country -o "$T/out" "$S/rows"
	refused 1 "seg-report: self-check: categories of country: chi-square computed twice differs" \
		env SEG_TEST_FAULT=category "$B/seg-report" -c age --share country -o "$T/out" "$S/rows"
	tsv 'segment|text|arm|y|r_score|f_score' '1|red mug|a|1|5|5' '2|blue|b|0|1|1' > "$T/in"
	refused 1 "seg-report: self-check: words: the segments' counts are not the total" \
		env SEG_TEST_FAULT=word "$B/seg-report" --words text --section words "$T/in"
	refused 1 "seg-report: self-check: ab: the arms' events are not the total" \
		env SEG_TEST_FAULT=event "$B/seg-report" --ab arm,y --section ab "$T/in"
	refused 1 "seg-report: self-check: silhouette computed twice differs" \
		env SEG_TEST_FAULT=silhouette "$B/seg-report" -c r_score --section silhouette "$T/in"
	refused 1 "seg-report: self-check: rf-grid: the cells are not the whole" \
		env SEG_TEST_FAULT=cell "$B/seg-report" --section rf-grid "$T/in"
	[ ! -e "$T/out" ]
}

@test "words: log-odds with an informative Dirichlet prior, by hand" {
	tsv 'segment|text' '1|RED Mug, set of 3' '1|red lamp' '1|' '2|blue mug' '2|Blue\tlamp 12' '2|x blue b2' > "$T/in"
	run "$B/seg-report" -p --format tsv --section words --words text "$T/in"
	assert_success
	assert_line --index 0 "$(tsv 'segment|word|n|n_elsewhere|log_odds|z')"
	# 1: red 2 mug set of lamp: 6 words; 2: blue 3 mug lamp b2: 6
	awk -F'\t' 'NR > 1 && $1 == 1 { n += $3; m += $4 } END { exit !(n == 6 && m == 6) }' <<< "$output"
	# red: alpha 500 * 2/12; a = 2 + alpha, b = alpha; of 506
	run awk -F'\t' '$1 == 1 && $2 == "red" { al = 500 * 2 / 12; a = 2 + al; b = al
		o = log(a / (506 - a)) - log(b / (506 - b)); z = o / sqrt(1 / a + 1 / b)
		exit !($3 == 2 && $4 == 0 && (o - $5) ^ 2 < 1e-24 && (z - $6) ^ 2 < 1e-24) }' <<< "$output"
	assert_success
	# what is no word: a single letter, a number
	run "$B/seg-report" -p --format tsv --section words --words text "$T/in"
	refute_line --regexp '^[12]	(x|3|12)	'
	run "$B/seg-report" --section words --words text "$T/in"
	assert_line "No word tells one segment from the others."
}

@test "words: planted words are found, in any order of the rows" {
	awk 'BEGIN { OFS = "\t"; print "segment", "text"; for (i = 0; i < 4000; i++)
		print i % 4 + 1, "common " (i % 7 ? "thing" : "planted" i % 4 + 1) }' > "$T/in"
	run "$B/seg-report" --section words --words text "$T/in"
	assert_success
	[ "$(grep -c 'Segment . *planted' <<< "$output")" = 4 ]
	assert_line --regexp '^  Segment 3 +planted3 +[0-9]+ '
	refute_output --partial common
	"$B/seg-report" -p --format tsv --section words --words text "$T/in" > "$T/a"
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -k2 -r; } > "$T/other"
	"$B/seg-report" -p --format tsv --section words --words text "$T/other" > "$T/b"
	cmp "$T/a" "$T/b"
}

@test "pairs: R's figures of PlantGrowth; circular where fitted; many segments on request only" {
	tsv 'segment|w|v' ctrl\|{4.17,5.58,5.18,6.11,4.50,4.61,5.17,4.53,5.33,5.14}\|1 \
		trt1\|{4.81,4.17,4.41,3.59,5.87,3.83,6.03,4.89,4.32,4.69}\|2 \
		trt2\|{6.31,5.12,5.54,5.50,5.37,5.29,4.92,6.15,5.80,5.26}\|3 > "$T/in"
	"$B/seg-report" -p --format tsv --section pairs -c w "$T/in" > "$T/out"
	assert_equal "$(head -1 "$T/out")" \
		"$(tsv 'column|segment|other|difference|tukey_q|tukey_df|tukey_p|games_howell_q|games_howell_df|games_howell_p')"
	near "$(awk -F'\t' '$2 == "ctrl" && $3 == "trt1" { print $7 }' "$T/out")" 0.390871144202125 1e-10
	near "$(awk -F'\t' '$2 == "trt1" && $3 == "trt2" { print $10 }' "$T/out")" 0.0237034547392031 1e-10
	near "$(awk -F'\t' '$2 == "trt1" && $3 == "trt2" { print $4 }' "$T/out")" -0.865 1e-12
	run "$B/seg-report" -p --format tsv --section pairs -c w --fitted w "$T/in"
	assert_equal "$(grep -c 'circular.*circular' <<< "$output")" 3
	run "$B/seg-report" --section pairs -c w --fitted w "$T/in"
	assert_output --partial "The segments were made from every column here"
	awk 'BEGIN { OFS = "\t"; print "segment", "x"; for (i = 0; i < 200; i++) print i % 17, i * i % 23 }' > "$T/many"
	run "$B/seg-report" -c x "$T/many"
	refute_output --partial "Which segments differ"
	run "$B/seg-report" -c x --section pairs "$T/many"
	assert_line "The first 120 pairs; --format tsv has all of them."
	[ "$("$B/seg-report" -p --format tsv -c x --section pairs "$T/many" | wc -l)" = 137 ]
}

@test "rf-grid: rows and names by score; missing scores are counted" {
	tsv 'segment|r_score|f_score|rfm_segment|v' '1|5|5|Champions|10' '2|5|5|Champions|1' '1|1|1|Hibernating|2.5' '1||||3' \
		'2|5|1|New Customers|4' > "$T/in"
	run "$B/seg-report" -p --format tsv --section rf-grid --value v "$T/in"
	assert_output "$(tsv 'r_score|f_score|rfm_segment|rows|share_rows|value' '1|1|Hibernating|1|0.25|2.5' \
		'5|1|New Customers|1|0.25|4' '5|5|Champions|2|0.5|11')"
	run "$B/seg-report" --section rf-grid "$T/in"
	assert_line --regexp '5, latest +New Customers: 1'
	assert_line "Without scores: 1."
	refused 1 "seg-report: $S/rows: no column \"r_score\"" "$B/seg-report" --section rf-grid "$S/rows"
	tsv 'segment|r_score|f_score' '1|5|0' > "$T/in"
	refused 1 "seg-report: $T/in:2: column f_score: 0 is not in 1..9" "$B/seg-report" --section rf-grid "$T/in"
}

@test "ab: R's figures; Holm over the segments; the size that 10% against 12% needs" {
	awk 'BEGIN { OFS = "\t"; print "segment", "arm", "bought"
		for (i = 0; i < 100; i++) print 1, "a", i < 10; for (i = 0; i < 100; i++) print 1, "b", i < 12
		for (i = 0; i < 100; i++) print 2, "a", i < 15; for (i = 0; i < 120; i++) print 2, "b", i < 30
		print 2, "a", ""; print 2, "", 1 }' > "$T/in"
	"$B/seg-report" -p --format tsv --section ab --ab arm,bought "$T/in" > "$T/out"
	assert_equal "$(head -1 "$T/out")" "$(tsv 'segment|arm|n|events|rate|rate_low|rate_high|difference|ci_low|ci_high|z|p|p_holm|detectable|sample_size')"
	assert_equal "$(wc -l < "$T/out")" 7
	# prop.test(c(30, 15), c(120, 100), correct = FALSE); Wilson's interval of 15 in 100
	near "$(awk -F'\t' '$1 == 2 && $2 == "b" { print $12 }' "$T/out")" 0.0671078820481868 1e-10
	near "$(awk -F'\t' '$1 == 2 && $2 == "b" { print $13 }' "$T/out")" 0.1342157640963736 1e-10
	near "$(awk -F'\t' '$1 == 2 && $2 == "a" { print $6 }' "$T/out")" 0.0930598528365663 1e-10
	near "$(awk -F'\t' '$1 == 2 && $2 == "a" { print $7 }' "$T/out")" 0.232835595908324 1e-10
	assert_equal "$(awk -F'\t' '$1 == 1 && $2 == "b" { print $15 }' "$T/out")" 3841
	assert_equal "$(awk -F'\t' '$1 == "" { print $3 }' "$T/out" | tr '\n' ' ')" "200 220 "
	run "$B/seg-report" --section ab --ab arm,bought "$T/in"
	assert_line "Rows without an arm or an outcome, left out: 2."
	assert_line --regexp '^  Segment 1 +b +2\.0% .* 3,841$'
	tsv 'segment|arm|bought' '1|a|0.5' > "$T/in"
	refused 1 "seg-report: $T/in:2: column bought: neither 0 nor 1: \"0.5\"" \
		"$B/seg-report" --section ab --ab arm,bought "$T/in"
	awk 'BEGIN { OFS = "\t"; print "segment", "arm", "bought"; for (i = 0; i < 30; i++) print 1, i, 0 }' > "$T/in"
	refused 1 "seg-report: $T/in:22: column arm: more than 20 different values: no arms of a test" \
		"$B/seg-report" --section ab --ab arm,bought "$T/in"
}

@test "playbook: rows by name, by condition, for everybody; projections; what fits nobody" {
	tsv 'segment|action|targeting|positioning|effect|lift|start|days' '10|Win back.|Reactivation|Come again|returns|10|0|30' \
		'monetary >= 2*mean and frequency > 3|Thank <b>them</b>: now.||||5|10|20' '*|Test first.|||||0|90' 'Nobody|Sing.||||||' \
		> "$T/plan"
	run "$B/seg-report" -p --format tsv --section playbook --playbook "$T/plan" --value monetary \
		-c monetary,frequency "$S/rows"
	assert_success
	assert_output "$(tsv 'segment|action|targeting|positioning|effect|lift|start|days|value|projected' \
		'1|Thank <b>them</b>: now.||||5|10|20|600.6|30.03' \
		'10|Win back.|Reactivation|Come again|returns|10|0|30|17.5|1.75' '|Test first.|||||0|90|798.2|')"
	run "$B/seg-report" --section playbook --playbook "$T/plan" --value monetary -c monetary,frequency "$S/rows"
	assert_line "Rows of the playbook that fit no segment here: 1 of 4."
	assert_line --regexp 'Win back\. Expected: returns\. Days 1 to 30\.'
	assert_line --regexp '^  Segment 10 +Reactivation +Come again$'
	assert_line --regexp '^  Segment 1 +Thank .* 600\.60 +5\.0% +30\.03$'
	run "$B/seg-report" --section playbook --playbook "$T/plan" -c monetary,frequency --format md "$S/rows"
	assert_line '```mermaid'
	assert_line '    section Segment 1'
	assert_line '    Thank  b them /b   now. :979214400, 980942400'
	"$B/seg-report" --section playbook --playbook "$T/plan" -c monetary,frequency --format html "$S/rows" > "$T/html"
	grep -q 'Thank &lt;b&gt;them' "$T/html"
	grep -q '<title>Win back.: days 1 to 30</title>' "$T/html"
	! grep -q '<b>' "$T/html"
}

@test "playbook: what is no playbook" {
	tsv 'segment|act' '1|x' > "$T/plan"
	refused 1 "seg-report: $T/plan: no column \"action\"" \
		"$B/seg-report" --section playbook --playbook "$T/plan" "$S/rows"
	tsv 'segment|action|lift|start|days' '1|x|much||' > "$T/plan"
	refused 1 "seg-report: $T/plan:2: column lift: not a number: \"much\"" \
		"$B/seg-report" --section playbook --playbook "$T/plan" "$S/rows"
	tsv 'segment|action|lift|start|days' '1|x||3|0' > "$T/plan"
	refused 1 "seg-report: $T/plan:2: column days: not a number of days: \"0\"" \
		"$B/seg-report" --section playbook --playbook "$T/plan" "$S/rows"
	tsv 'segment|action|lift|start|days' '1||||' > "$T/plan"
	refused 1 "seg-report: $T/plan:2: column action: missing: \"\"" \
		"$B/seg-report" --section playbook --playbook "$T/plan" "$S/rows"
}

@test "html: one file, no request, no element from the data" {
	tsv 'customer_id|segment|recency_days|frequency|monetary|country' \
		'1|<script>alert(1)</script>|1|2|3|</td><img src=x onerror=alert(2)>' \
		'2|"&'"'"'<b>|4|5|6|https://example.com/' '3|javascript:x|4|5|7|\t\n' > "$T/in"
	run "$B/seg-report" --format html --value monetary --share country --title '</title><script>' "$T/in"
	assert_success
	assert_equal "$(grep -o '<script' <<<"$output" | wc -l)" 1
	refute_output --partial '<img'
	refute_output --partial '<b>'
	assert_output --partial '&lt;script&gt;alert(1)&lt;/script&gt;'
	assert_output --partial "default-src 'none'"
	refute_output --regexp '(src|href)="[^#]'
	refute_output --partial '@import'
}

@test "html: with scripts, tables sort and segments can be taken out; no error, no request" {
	need_command chromium
	"$B/seg-report" --value monetary --share country -c age,frequency --format html "$S/rows" > "$T/page.html"
	# a click on the heading of the rows, and on the first box
	sed 's|</body>|<script>document.querySelectorAll("th button")[1].click();document.querySelector(".filter input").click();\
document.title="rows "+[...document.querySelector("table").tBodies[0].rows].map(r=>r.cells[1].textContent+(r.hidden?"-":"+"))\
+" hidden "+document.querySelectorAll("th[hidden]").length+" cards "+document.querySelectorAll(".card[hidden]").length;</script></body>|' \
		"$T/page.html" > "$T/clicked.html"
	run timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$T/profile" \
		--host-resolver-rules='MAP * ~NOTFOUND' --dump-dom "file://$T/clicked.html"
	assert_success
	# five, four, three rows; segment 1 is the one of three, and a column in each of four tables of shares
	assert_output --regexp '<title>rows 5\+,4\+,3- hidden [1-9] cards 1</title>'
}

@test "html: tidy finds nothing" {
	need_command tidy
	tsv 'k|inertia|silhouette|picked_by' '1|100||' '2|50|0.6|elbow' > "$T/sweep"
	tsv 'bin|share|gains' '1|0.5|0.8' '2|1|1' > "$T/lift"
	"$B/seg-report" --format html --value monetary --share country --from-sweep "$T/sweep" --from-lift "$T/lift" \
		"$S/rows" > "$T/r.html"
	run tidy -q -e "$T/r.html"
	assert_output ""
	assert_success
}

@test "html: tables have captions and scopes, charts a text" {
	run "$B/seg-report" --format html --value monetary "$S/rows"
	assert_equal "$(grep -c '<table>' <<<"$output")" "$(grep -c '<caption' <<<"$output")"
	assert_output --partial '<th scope="col"'
	assert_output --partial '<th scope="row"'
	assert_equal "$(grep -c '<svg ' <<<"$output")" "$(grep -c 'role="img" aria-label="[^"]*"><title>.*</title><desc>' <<<"$output")"
	assert_output --partial 'prefers-color-scheme:dark'
}

@test "xlsx: a workbook of the same figures; text is text; the same bytes whenever" {
	need_command unzip
	tsv 'customer_id|segment|v' '1|=1+2|0.1' '2|<b>|0.2' '3|<b>|1234.5' > "$T/in"
	"$B/seg-report" --section overview --value v --title 'T & <i>' --format xlsx -o "$T/1.xlsx" "$T/in"
	sleep 1.1
	(cd "$T" && TZ=Asia/Tokyo "$B/seg-report" --section overview --value v --title 'T & <i>' --format xlsx - < "$T/in" > 2.xlsx)
	cmp "$T/1.xlsx" "$T/2.xlsx"
	unzip -qo "$T/1.xlsx" -d "$T/x"
	grep -q '2000-01-01T00:00:00Z' "$T/x/docProps/core.xml"
	grep -q 'sheet name="overview"' "$T/x/xl/workbook.xml"
	grep -q '<t>=1+2</t>' "$T/x/xl/sharedStrings.xml"
	grep -q '<t>&lt;b&gt;</t>' "$T/x/xl/sharedStrings.xml"
	grep -q 'T &amp; &lt;i&gt;' "$T/x/xl/sharedStrings.xml"
	! grep -q '<f>' "$T/x/xl/worksheets/sheet1.xml"
	# the number behind 1,234.70, and a share to sixteen figures
	grep -q '<v>1234.7' "$T/x/xl/worksheets/sheet1.xml"
	grep -q '<v>0.66666666666666' "$T/x/xl/worksheets/sheet1.xml"
	# a sheet for each section
	"$B/seg-report" --value monetary --share country -c age --format xlsx "$S/rows" > "$T/all.xlsx"
	unzip -p "$T/all.xlsx" xl/workbook.xml | grep -o 'sheet name="[a-z-]*"' > "$T/sheets"
	assert_equal "$(wc -l < "$T/sheets")" "$("$B/seg-report" --value monetary --share country -c age --format md "$S/rows" |
		grep -c '^## ')"
	refused 1 "seg-report: $T/none/x.xlsx: No such file or directory" \
		"$B/seg-report" --section overview --format xlsx -o "$T/none/x.xlsx" "$S/rows"
}

@test "md: tables and escapes" {
	run "$B/seg-report" --format md --value monetary --section overview --title 'A | *b*' "$S/rows"
	assert_line --index 0 '# A \| \*b\*'
	assert_line '| Segment | Customers | Share of customers | Revenue | Share of revenue | Per customer |'
	assert_line '| :--- | ---: | ---: | ---: | ---: | ---: |'
	assert_line --regexp '^\| Segment 1 \| 3 \| 25\.0% \| 600\.60 \|'
}

@test "md: no empty bullets; an empty title is the default" {
	run "$B/seg-report" --format md --section overview --title '' "$S/rows"
	assert_line --index 0 '# Customer segments'
	refute_line --regexp '^- \*\*[^*]*\*\*:$'
}

@test "--from-sweep, --from-lift: another stream is refused by the column that it lacks" {
	refused 1 "seg-report: $S/rows: no column \"k\": not the sweep of seg-kmeans" \
		"$B/seg-report" --from-sweep "$S/rows" "$S/rows"
	tsv 'k|inertia' '2|5' > "$T/sweep"
	refused 1 "seg-report: $T/sweep: no column \"share\": not a lift table of seg-logit" \
		"$B/seg-report" --from-lift "$T/sweep" "$S/rows"
	tsv 'bin|share|lift' '1|0.5|1.6' > "$T/lift"
	refused 1 "seg-report: $T/lift: no column \"gains\": not a lift table of seg-logit" \
		"$B/seg-report" --from-lift "$T/lift" "$S/rows"
}

@test "-o and --svg: files appear when they are complete" {
	mkdir "$T/charts"
	"$B/seg-report" --section overview,profiles -c age --svg "$T/charts" --format html -o "$T/r.html" "$S/rows"
	grep -q '</html>' "$T/r.html"
	assert_equal "$(ls "$T/charts" | tr '\n' ' ')" "chart-range-1.svg chart-shares.svg "
	grep -q 'xmlns="http://www.w3.org/2000/svg"' "$T/charts/chart-shares.svg"
	"$B/seg-report" --section overview "$S/rows" > "$T/1"
	"$B/seg-report" --section overview "$S/rows" -o "$T/2"
	cmp "$T/1" "$T/2"
	refused 1 "seg-report: $T/none/chart-shares.svg: No such file or directory" \
		"$B/seg-report" --section overview --svg "$T/none" "$S/rows"
}

@test "-o: the format is what the name ends in; --format goes first" {
	local as
	for as in html:html HTM:html md:md xlsx:xlsx txt:text report:text; do
		"$B/seg-report" --section overview,provenance -o "$T/r.${as%:*}" "$S/rows"
		"$B/seg-report" --section overview,provenance --format ${as#*:} "$S/rows" | cmp - "$T/r.${as%:*}"
	done
	"$B/seg-report" --section overview --format text -o "$T/x.html" "$S/rows"
	"$B/seg-report" --section overview "$S/rows" | cmp - "$T/x.html"
	for as in tsv tsv.gz; do
		"$B/seg-report" --section overview -o "$T/r.$as" "$S/rows"
		"$B/seg-report" --section overview --format tsv -o "$T/want" "$S/rows"
		cmp "$T/r.$as" "$T/want"
	done
	refused 2 "seg-report: option -o: tsv is one table: name one section with --section" \
		"$B/seg-report" -o "$T/none.tsv" "$S/rows"
	[ ! -e "$T/none.tsv" ]
	# a name that is nothing but the ending says nothing
	(cd "$T" && "$B/seg-report" --section overview -o .html "$S/rows")
	"$B/seg-report" --section overview "$S/rows" | cmp - "$T/.html"
}

@test "--note: below the title, in every format for people; as text" {
	run "$B/seg-report" --section overview --note 'Made up, all of it.' --note '<i>' "$S/rows"
	assert_line --index 3 "Made up, all of it."
	assert_line --index 4 "<i>"
	run "$B/seg-report" --section overview --format md --note 'Made up.' "$S/rows"
	assert_line --index 2 "> Made up."
	run "$B/seg-report" --section overview --format html --note '<i>' "$S/rows"
	assert_line '<p class="note">&lt;i&gt;</p>'
}

@test "--width: long names, values and titles are cut or wrapped, figures never" {
	local long=$(printf 'name_%.0s' {1..40}) w
	tsv "segment|$long|g" "1|1234567890.25|$long" "2|2234567890.25|$long x" '3|5|b' > "$T/in"
	for w in 40 60 100; do
		"$B/seg-report" --width $w -c "$long" --value "$long" --share g --title "$long" "$T/in" > "$T/text"
		[ "$(LC_ALL=C.UTF-8 wc -L < "$T/text")" -le $w ]
		grep -q '1,234,567,890' "$T/text"
	done
}

@test "--width: no line is wider" {
	local w
	for w in 60 80 100; do
		"$B/seg-report" --width $w --value monetary --share country "$S/rows" > "$T/text"
		[ "$(LC_ALL=C.UTF-8 wc -L < "$T/text")" -le $w ]
	done
}

@test "wrong command lines: status 2, nothing read" {
	refused 2 'seg-report: option --section: no section "size"; there are overview, profiles, index, rf-grid, shares, words, anova, pairs, categories, choosing-k, silhouette, scatter, logit, lift, calibration, migration, lookalike, ab, playbook, provenance, self-check' \
		"$B/seg-report" --section size "$S/rows"
	refused 2 "seg-report: option --section: shares needs --share" "$B/seg-report" --section shares "$S/rows"
	refused 2 "seg-report: option --section: categories needs --share" "$B/seg-report" --section categories "$S/rows"
	refused 2 "seg-report: option --section: choosing-k needs --from-sweep" \
		"$B/seg-report" --section choosing-k "$S/rows"
	refused 2 "seg-report: option --section: words needs --words" "$B/seg-report" --section words "$S/rows"
	refused 2 "seg-report: option --section: ab needs --ab" "$B/seg-report" --section ab "$S/rows"
	refused 2 "seg-report: option --ab: two columns, the arm and the outcome, not 1" \
		"$B/seg-report" --ab country "$S/rows"
	refused 2 "seg-report: option --section: playbook needs --playbook" \
		"$B/seg-report" --section playbook "$S/rows"
	refused 2 "seg-report: option --section: logit needs --from-logit" "$B/seg-report" --section logit "$S/rows"
	refused 2 "seg-report: option --section: calibration needs --from-calibration" \
		"$B/seg-report" --section calibration "$S/rows"
	refused 2 "seg-report: option --section: migration needs --from-migration" \
		"$B/seg-report" --section migration "$S/rows"
	refused 2 "seg-report: option --section: lift needs --from-lift" "$B/seg-report" --section lift "$S/rows"
	refused 2 "seg-report: option --format: tsv is one table: name one section with --section" \
		"$B/seg-report" --format tsv "$S/rows"
	refused 2 'seg-report: option --format: "xls" is none of text|md|html|tsv|xlsx' "$B/seg-report" --format xls "$S/rows"
	refused 2 "seg-report: option --width: 10 is not in 40..1000" "$B/seg-report" --width 10 "$S/rows"
}

@test "bad data: status 1, the place, no output file" {
	tsv 'segment|x' '1|1e300' '1|-1e300' '2|5' > "$T/giants"
	refused 1 "seg-report: column x: values up to 1e+300 are too large: their squares are no numbers" \
		"$B/seg-report" -c x -o "$T/out" "$T/giants"
	[ ! -e "$T/out" ]
	refused 1 "seg-report: $S/rows: no column \"segmnt\"; did you mean segment?" \
		"$B/seg-report" --by segmnt -o "$T/out" "$S/rows"
	refused 1 "seg-report: $S/rows:2: column country: not a number: \"UK\"" \
		"$B/seg-report" -c country -o "$T/out" "$S/rows"
	refused 1 "seg-report: $S/rows:2: column country: not a number: \"UK\"" \
		"$B/seg-report" -c age --value country -o "$T/out" "$S/rows"
	tsv 'segment|x' '|1' > "$T/empty"
	refused 1 "seg-report: $T/empty: no row has a value in column segment" "$B/seg-report" -c x -o "$T/out" "$T/empty"
	awk 'BEGIN { print "segment"; for (i = 0; i < 300; i++) print i }' > "$T/many"
	refused 1 "seg-report: $T/many:202: column segment: more than 200 different values: no segments" \
		"$B/seg-report" --section overview -o "$T/out" "$T/many"
	tsv 'segment|x' '1|1e26' '1|1e26' > "$T/huge"
	refused 1 "seg-report: $T/huge:3: column x: the sum is too large" \
		"$B/seg-report" --section overview --value x -o "$T/out" "$T/huge"
	refused 1 "seg-report: $T/none: No such file or directory" \
		"$B/seg-report" --from-lift "$T/none" -o "$T/out" "$S/rows"
	gzip -c "$S/rows" | head -c 100 > "$T/cut.gz"
	run "$B/seg-report" -o "$T/out" "$T/cut.gz"
	assert_failure 1
	[ ! -e "$T/out" ]
}

@test "--mem: an error once the rows need more" {
	awk 'BEGIN { OFS = "\t"; print "segment", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"
		for (i = 0; i < 600000; i++) print i % 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }' > "$T/in"
	refused 1 "seg-report: the rows need more than --mem 96M allows: 15 columns, 0 values to share by, 569075 rows so far" \
		"$B/seg-report" --mem 96M -c a..o "$T/in"
}

# within MEGABYTES COMMAND...: the peak of resident memory, whatever the status.
within() {
	local most=$1
	shift
	/usr/bin/time -q -f %M -o "$T/rss" "$@" > "$T/within.out" 2> "$T/within.err" || true
	[ "$(cat "$T/rss")" -le $((most * 1024)) ] || fail "$(cat "$T/rss") kB"
}

@test "--mem: values to share by are counted, and what they take stays below" {
	[ -x /usr/bin/time ] || skip "no /usr/bin/time"
	[[ $SEG_BUILD = */san ]] && skip "the sanitizers need more memory than the limits set here"
	awk 'BEGIN { OFS = "\t"; print "customer_id", "segment", "x", "g"
		for (i = 0; i < 400000; i++) print i, i * 7919 % 5 + 1, 1.5, "u" i }' > "$T/in"
	within 96 "$B/seg-report" --mem 96M --share g --section shares --format tsv "$T/in"
	run cat "$T/within.err"
	assert_output --regexp '^seg-report: the rows need more than --mem 96M allows: 0 columns, [0-9]{5,6} values to share by, [0-9]{5,6} rows so far$'
	head -60001 "$T/in" > "$T/fits"
	within 96 "$B/seg-report" --mem 96M -c x --share g --section shares --format tsv -p "$T/fits"
	assert_equal "$(wc -l < "$T/within.out")" 300001
	within 96 "$B/seg-report" --mem 96M -c x,customer_id --share g --threads 7 "$T/fits"
	grep -q "^  59988 others" "$T/within.out"
}

@test "lookalike: bins of score and distance on both sides of the cut, matches by column" {
	tsv 'customer_id|lookalike_distance|lookalike_score|match_recency_days|match_frequency' \
		'a|0|90|100|80' 'b|1|60|90|60' 'c|2|30|50|40' 'd|12|0|10|0' > "$T/aud"
	run section lookalike --from-lookalike "$T/aud" --top 3
	assert_equal "$(awk -F'\t' '$1 == "distance" && $4 + $5 { print $2, $3, $4, $5 }' <<<"$output" | xargs)" \
		"0 1 1 0 1 2 1 0 2 3 1 0 11 12 0 1"
	assert_equal "$(awk -F'\t' '$1 == "score" { n += $4; m += $5 } END { print NR, n, m }' <<<"$output")" "25 3 1"
	run "$B/seg-report" --section lookalike --from-lookalike "$T/aud" --top 3 "$S/rows"
	assert_output --partial "from a distance of 0.0000 to one of
2.0000; the score of the last is 30.00."
	assert_line "The cut is behind row 3 of 4: the first beyond it lies at 12.0000."
	assert_line --regexp '^  Recency \(days\) +80 .* 50 +10$'
	# without a cut all rows are the audience
	run section lookalike --from-lookalike "$T/aud"
	assert_equal "$(awk -F'\t' '{ m += $5 } END { print m }' <<<"$output")" 0
	"$B/seg-report" --format html --section lookalike --from-lookalike "$T/aud" --top 3 "$S/rows" > "$T/html"
	grep -q 'aria-label="Rows by score' "$T/html"
	# the audience has the stronger colour: the bar of a, alone in 82.5 to 90
	assert_equal "$(grep -o 'class="s[01]"/><text[^>]*>[^<]*' "$T/html" | sed 's/.*\(s[01]\).*>/\1 /' | head -2 | xargs)" \
		"s0 Beyond the cut s1 In the audience"
	head -1 "$T/aud" > "$T/none"
	run "$B/seg-report" --section lookalike --from-lookalike "$T/none" "$S/rows"
	assert_line "No row is in the audience."
	refused 2 "seg-report: option --top needs --from-lookalike" "$B/seg-report" --top 3 "$S/rows"
	refused 2 "seg-report: option --section: lookalike needs --from-lookalike" "$B/seg-report" --section lookalike "$S/rows"
	refused 1 "seg-report: $S/rows: no column \"lookalike_distance\": not an audience of seg-assign" \
		"$B/seg-report" --from-lookalike "$S/rows" "$S/rows"
}

@test "self-check: figures that come from files, each by its other cells" {
	wrong() {
		refused 1 "seg-report: self-check: $T/f, row $3" "$B/seg-report" --from-$1 "$T/f" --section $2 "$S/rows"
	}
	local rest='but the rest of the file makes it'
	tsv 'share|gains|lift|rows|events' '0.5|0.75|1.4|5|3' '1|1|1|10|4' > "$T/f"
	wrong lift lift "1: lift is 1.4, $rest 1.5"
	tsv 'share|gains|lift|rows|events' '0.5|0.75|1.5|5|2' '1|1|1|10|4' > "$T/f"
	wrong lift lift "1: gains is 0.75, $rest 0.5"
	tsv 'share|gains' '0.5|0.75' '1|0.7' > "$T/f"
	wrong lift lift '2: gains is 0.7, which is not in 0.75 to 1'
	tsv 'mean_probability|observed|lowest_probability|highest_probability' '0.5|0.4|0.6|0.7' > "$T/f"
	wrong calibration calibration '1: mean_probability is 0.5, which is not in 0.6 to 0.7'
	tsv 'old|new|rows|share' '1|1|3|0.75' '1|2|1|0.5' > "$T/f"
	wrong migration migration "2: share is 0.5, $rest 0.25"
	tsv 'k|inertia' '2|9' '2|8' > "$T/f"
	wrong sweep choosing-k '2: k is 2, which is not in 3 to inf'
	tsv 'lookalike_distance|lookalike_score' '2|1' '1|2' > "$T/f"
	wrong lookalike lookalike '2: lookalike_distance is 1, which is not in 2 to inf'
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'term|a|estimate|2' 'term|a|std_error|0.5' 'term|a|z|3' > "$T/f"
	wrong logit logit "4: z is 3, $rest 4"
	# right ones are counted
	tsv 'share|gains|lift|rows|events' '0.5|0.75|1.5|5|3' '1|1|1|10|4' > "$T/f"
	assert_equal "$(($(section self-check --from-lift "$T/f" | col figures) - $(section self-check | col figures)))" 10
}

@test "logit of several outcomes: no number of events; intercepts are not drawn" {
	tsv 'kind|name|key|value' 'model|seg-logit|version|1' 'model|seg-logit|family|multinomial' 'model|seg-logit|outcome|brand' \
		'model|seg-logit|n|30' 'term|brand=x:(intercept)|estimate|1' 'term|brand=x:a|estimate|2' > "$T/m"
	run "$B/seg-report" --width 300 --section logit --from-logit "$T/m" "$S/rows"
	assert_line --partial "A logistic regression of brand on 30 rows. The odds ratio is the factor that one unit more of the column puts on the odds of an outcome against the reference."
	mkdir "$T/svg"
	"$B/seg-report" --section logit --from-logit "$T/m" --svg "$T/svg" "$S/rows" > /dev/null
	! grep -q '(intercept)' "$T/svg/chart-odds.svg"
}
