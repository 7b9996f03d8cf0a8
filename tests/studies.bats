# SPDX-License-Identifier: MIT
# Published and recomputed figures of real data, through the filters as users run them.
load common

RFM=online-retail.csv.gz

# at_most GOT BEST: an inertia no worse than the best known.
at_most() {
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0 && a <= b * (1 + 1e-9)) }' || fail "inertia $1, best known $2"
}

# quantile P < numbers: type 7.
quantile() {
	sort -g | awk -v p="$1" '{ x[NR - 1] = $1 } END { h = (NR - 1) * p; i = int(h)
		printf "%.10g\n", x[i] + (h - i) * (x[i + 1 < NR ? i + 1 : i] - x[i]) }'
}

# sweep_is FILE INERTIA...: the inertias of a sweep, in order, at most these.
sweep_is() {
	local k=0 got
	col inertia < <(zcat "$1") > "$T/inertia"
	shift
	for best; do
		k=$((k + 1))
		got=$(sed -n ${k}p "$T/inertia")
		at_most "$got" "$best"
	done
}

@test "counts and sums of Online Retail, returns dropped" {
	need_data $RFM
	"$B/seg-clean" -q -p --returns drop "$D/$RFM" > "$T/c"
	assert_equal "$(col customer_id < "$T/c" | wc -l)" 397884
	assert_equal "$(col customer_id < "$T/c" | sort -u | wc -l)" 4338
	assert_equal "$(col invoice < "$T/c" | sort -u | wc -l)" 18532
	# exact: in thousandths, as integers
	assert_equal "$(col amount < "$T/c" | awk -F. '{ f = substr($2 "000", 1, 3); s += $1 * 1000 + f }
		END { printf "%.0f\n", s }')" 8911407904
}

@test "counts of Online Retail by default; the ledger balances with 541,909 lines in" {
	need_data $RFM
	"$B/seg-clean" -q -p --ledger "$T/ledger.gz" "$D/$RFM" > "$T/c"
	assert_equal "$(col customer_id < "$T/c" | wc -l)" 406789
	assert_equal "$(col customer_id < "$T/c" | sort -u | wc -l)" 4371
	# rows in = rows out + rows rejected, also for quantity and amount, to the last digit
	zcat -f "$T/ledger.gz" > "$T/ledger"
	assert_equal "$(awk -F'\t' '$1 == "rows in" || $1 == "in" { print $2 }' "$T/ledger")" 541909
	SEG_TEST_DROP_ROW=1000 run --separate-stderr bash -c '"$1" -q "$2" | wc -c; exit ${PIPESTATUS[0]}' - \
		"$B/seg-clean" "$D/$RFM"
	assert_failure 1
}

@test "study RFM segments: customers, rows, medians and quartiles" {
	need_data $RFM
	"$B/seg-clean" -q --returns drop --min-price 0 "$D/$RFM" | "$B/seg-rfm" -q -p --as-of max --monetary gross > "$T/rfm"
	assert_equal "$(col customer_id < "$T/rfm" | wc -l)" 4339
	assert_equal "$(paste <(col customer_id < "$T/rfm") <(col recency_days < "$T/rfm") <(col frequency < "$T/rfm") \
		<(col monetary < "$T/rfm") | head -5 | tr '\t' ' ')" "12346 325 1 77183.6
12347 2 7 4310
12348 75 4 1797.24
12349 18 1 1757.55
12350 310 1 334.4"
	assert_equal "$(col recency_days < "$T/rfm" | quantile 0.5)" 50
	assert_equal "$(col frequency < "$T/rfm" | quantile 0.5)" 2
	assert_equal "$(col monetary < "$T/rfm" | quantile 0.5)" 674.45
	local c q1 q3
	for c in recency_days:124.5 frequency:4 monetary:1354.395; do
		q1=$(col ${c%:*} < "$T/rfm" | quantile 0.25)
		q3=$(col ${c%:*} < "$T/rfm" | quantile 0.75)
		near "$(awk "BEGIN { printf \"%.10g\", $q3 - $q1 }")" ${c#*:} 1e-9
	done
}

@test "study RFM segments: inertia at k = 1..5, sizes at k = 5" {
	need_data $RFM
	"$B/seg-clean" -q --returns drop --min-price 0 "$D/$RFM" |
		"$B/seg-rfm" -q --as-of max --monetary gross | tee "$T/rfm.gz" |
		"$B/seg-scale" -q --method robust -c recency_days,frequency,monetary -w "$T/scale.gz" > "$T/scaled.gz"
	"$B/seg-kmeans" -q -k 1..5 --tol 0 --restarts 20 --swaps 200 --silhouette none --sweep "$T/sweep.gz" \
		"$T/scaled.gz" > "$T/m.gz" || [ $? = 3 ]
	sweep_is "$T/sweep.gz" 209947.901186 81371.827681 44229.555013 32346.549262 22769.371438
	"$B/seg-kmeans" -q -k 5 --tol 0 --restarts 20 --swaps 200 --scaled-by "$T/scale.gz" "$T/scaled.gz" > "$T/m.gz"
	assert_equal "$("$B/seg-assign" -q -p -m "$T/m.gz" "$T/rfm.gz" | col segment | sort | uniq -c |
		awk '{ print $1 }' | sort -rn | tr '\n' ' ')" "4020 287 25 5 2 "
}

@test "study Revenue, frequency, order value: inertia at k = 1..5, the small segment, medians" {
	need_data $RFM
	"$B/seg-clean" -q --min-price none "$D/$RFM" | "$B/seg-rfm" -q --count all --frequency lines | tee "$T/rfm.gz" |
		"$B/seg-scale" -q -c monetary,n_lines,line_value -w "$T/scale.gz" > "$T/scaled.gz"
	assert_equal "$(zcat "$T/rfm.gz" | tail -n +2 | wc -l)" 4372
	"$B/seg-kmeans" -q -k 1..5 --tol 0 --restarts 20 --swaps 200 --silhouette none --sweep "$T/sweep.gz" \
		"$T/scaled.gz" > "$T/m.gz" || [ $? = 3 ]
	sweep_is "$T/sweep.gz" 13116 8988.440238937515 7157.044927 5754.521305 4605.817244
	near "$(sed -n 1p "$T/inertia")" 13116 1e-9
	"$B/seg-kmeans" -q -k 2 --tol 0 --scaled-by "$T/scale.gz" "$T/scaled.gz" > "$T/m.gz"
	"$B/seg-assign" -q -p -m "$T/m.gz" "$T/rfm.gz" > "$T/seg"
	# the small one is worth more a head, so it is segment 1
	assert_equal "$(paste <(col customer_id < "$T/seg") <(col segment < "$T/seg") | awk '$2 == 1 { print $1 }' |
		tr '\n' ' ')" \
		"12415 12748 13089 14096 14156 14646 14911 15311 17450 17511 17841 18102 "
	local s
	for s in 1:100754.76:1971 2:645.805:41.5; do
		near "$(paste <(col monetary < "$T/seg") <(col segment < "$T/seg") | awk -v s=${s%%:*} '$2 == s { print $1 }' |
			quantile 0.5)" "$(cut -d: -f2 <<<$s)" 1e-6
		near "$(paste <(col n_lines < "$T/seg") <(col segment < "$T/seg") | awk -v s=${s%%:*} '$2 == s { print $1 }' |
			quantile 0.5)" "${s##*:}" 1e-9
	done
}

@test "both editions of Online Retail give the same clean stream, without any option" {
	need_data $RFM online-retail.latin1-crlf.csv.gz
	"$B/seg-clean" -q -p "$D/$RFM" > "$T/a"
	"$B/seg-clean" -q -p "$D/online-retail.latin1-crlf.csv.gz" > "$T/b"
	cmp "$T/a" "$T/b"
}

# estimate FILE TERM
estimate() {
	zcat "$1" | awk -F'\t' -v t="$2" '$2 == t && $3 == "estimate" { print $4 }'
}

deviance() {
	zcat "$1" | awk -F'\t' '$3 == "deviance" { print $4 }'
}

@test "logit of the response to a campaign on recency, frequency and revenue" {
	need_data retail-transactions.csv.gz retail-response.csv.gz
	"$B/seg-clean" -q --table "$D/retail-response.csv.gz" > "$T/response.gz"
	"$B/seg-clean" -q "$D/retail-transactions.csv.gz" |
		"$B/seg-rfm" -q --as-of 2015-03-17 --frequency lines > "$T/rfm.gz"
	run --separate-stderr bash -c '"$1" --join "$2" --key customer_id "$3" > "$4"' - "$B/seg-assign" \
		"$T/response.gz" "$T/rfm.gz" "$T/joined.gz"
	assert_success
	assert_equal "$stderr" "seg-assign: warning: rows without a match in $T/response.gz: 5 of 6889: \
\"CS7297\" \"CS7413\" \"CS7638\" \"CS8376\" \"CS8753\""
	"$B/seg-logit" -q -y response -c recency_days,frequency,monetary --drop-missing "$T/joined.gz" > "$T/m.gz"
	near "$(estimate "$T/m.gz" '(intercept)')" -5.25227702359 1e-8
	near "$(estimate "$T/m.gz" recency_days)" 0.00402529848796 1e-8
	near "$(estimate "$T/m.gz" frequency)" 0.0326293601365 1e-8
	near "$(estimate "$T/m.gz" monetary)" 0.00152476186732 1e-8
	near "$(deviance "$T/m.gz")" 3931.26049505403 1e-9
}

@test "logit of purchase incidence on the mean price of five brands" {
	need_data purchase-365.csv.gz
	"$B/seg-clean" -q --table --derive 'price=mean(price_1,price_2,price_3,price_4,price_5)' \
		"$D/purchase-365.csv.gz" | "$B/seg-logit" -q -y incidence -c price > "$T/m.gz"
	near "$(estimate "$T/m.gz" '(intercept)')" 3.74402547129 1e-8
	near "$(estimate "$T/m.gz" price)" -2.42619055023 1e-8
	near "$(deviance "$T/m.gz")" 65756.7686665429 1e-9
}

@test "lookalike-5000: inertia, silhouette, segments equal to the truth, ANOVA" {
	need_data lookalike-5000.csv
	local c=annual_income,spending_score,credit_score,online_activity
	"$B/seg-clean" -q --table "$D/lookalike-5000.csv" | tee "$T/c.gz" |
		"$B/seg-scale" -q -c $c -w "$T/scale.gz" > "$T/scaled.gz"
	"$B/seg-kmeans" -q -k 2..5 --tol 0 --silhouette exact --sweep "$T/sweep.gz" "$T/scaled.gz" > "$T/m.gz" || [ $? = 3 ]
	sweep_is "$T/sweep.gz" 10057.779644 4444.759225 517.5178649042603 436.353450
	local k=0 s
	for s in 0.560093 0.678213 0.859480002981237 0.749937; do
		k=$((k + 1))
		near "$(zcat "$T/sweep.gz" | col silhouette | sed -n ${k}p)" $s 1e-6
	done
	near "$(zcat "$T/sweep.gz" | col silhouette | sed -n 3p)" 0.859480002981237 1e-12
	"$B/seg-kmeans" -q -k 4 --tol 0 --scaled-by "$T/scale.gz" "$T/scaled.gz" > "$T/m.gz"
	"$B/seg-assign" -q -p -m "$T/m.gz" --key customer_id "$T/c.gz" > "$T/seg"
	assert_equal "$(paste <(col true_segment < "$T/seg") <(col segment < "$T/seg") | sort | uniq -c |
		awk '{ print $1 }' | tr '\n' ' ')" "1250 1250 1250 1250 "
	"$B/seg-report" -q -p --by segment -c $c,age,tenure --section anova --format tsv "$T/seg" > "$T/anova"
	for s in annual_income:26156.739 spending_score:369870.543 credit_score:118939.566 online_activity:64011.312; do
		near "$(awk -F'\t' -v c=${s%:*} '$1 == c { print $2 }' "$T/anova")" ${s#*:} 1e-7
	done
	near "$(paste <(col column < "$T/anova") <(col f < "$T/anova") | awk '$1 == "age" { print $2 }')" 1.40984 1e-5
	near "$(paste <(col column < "$T/anova") <(col p < "$T/anova") | awk '$1 == "age" { print $2 }')" 0.23786 1e-4
	near "$(paste <(col column < "$T/anova") <(col f < "$T/anova") | awk '$1 == "tenure" { print $2 }')" 1.95305 1e-5
	near "$(paste <(col column < "$T/anova") <(col p < "$T/anova") | awk '$1 == "tenure" { print $2 }')" 0.11882 1e-4
}

# study NAME: its pipeline on the real data, to $T/NAME
study() {
	make -s -f "$BATS_TEST_DIRNAME/../pipelines/study-$1.mk" SEG="$B" GEN="$G" DATA="$D" OUT="$T/$1" \
		2> "$T/log" || {
		cat "$T/log" >&2
		return 1
	}
	grep -q '</html>' "$T/$1/report.html"
	! grep -q 'The data are made up' "$T/$1/report.html"
	# the playbook has something for each segment
	local n
	n=$(sed -n '/id="playbook"/,$p' "$T/$1/report.html" | grep -c '<article class="card')
	[ "$n" -gt 1 ]
}

# section NAME STREAM [OPTION...]: one section of a report on it
section() {
	"$B/seg-report" -q -p --format tsv --section "$@"
}

@test "study-rfm.mk: sizes, the best known inertia, the report" {
	need_data $RFM
	study rfm
	assert_equal "$(section overview "$T/rfm/segments.tsv.gz" | col rows | sort -rn | tr '\n' ' ')" \
		"4020 287 25 5 2 "
	at_most "$(zcat "$T/rfm/model.tsv.gz" | awk -F'\t' '$3 == "inertia" { print $4 }')" 22769.371438
	section profiles "$T/rfm/segments.tsv.gz" -c recency_days,frequency,monetary > "$T/profiles"
	assert_equal "$(awk -F'\t' '$1 == "" { print $10 }' "$T/profiles" | tr '\n' ' ')" "50 2 674.45 "
	# the published centres, from a model that stopped one step before its fixed point
	near "$(awk -F'\t' '$1 == 1 && $2 == "monetary" { print $6 }' "$T/profiles")" 269931.66 1e-6
	near "$(awk -F'\t' '$1 == 5 && $2 == "recency_days" { print $6 }' "$T/profiles")" 97.763 1e-3
	grep -q 'rfm_segment\|Rfm segment\|RFM segment' "$T/rfm/report.html"
	grep -q '<bdi>United Kingdom</bdi>' "$T/rfm/report.html"
	grep -q '<bdi>Champions: 384</bdi>' "$T/rfm/report.html"
	# 397,924 lines, their revenue to the last digit, in the report on words
	assert_equal "$(section overview "$T/rfm/lines.tsv.gz" --value amount | awk -F'\t' 'NR > 1 { split($4 ".", v, ".")
		n += $2; s += v[1] * 1000 + substr(v[2] "000", 1, 3) } END { printf "%d %.0f", n, s }')" "397924 8911407904"
	grep -q '<bdi>regency</bdi>' "$T/rfm/words.html"
	grep -q '<bdi>Channel Islands</bdi>' "$T/rfm/countries.html"
}

@test "study-revenue.mk: twelve frequent buyers, medians, the knee at 4 shown beside the two segments" {
	need_data $RFM
	study revenue
	assert_equal "$(section overview "$T/revenue/segments.tsv.gz" | col rows | tr '\n' ' ')" "12 4360 "
	section profiles "$T/revenue/segments.tsv.gz" -c monetary,n_lines > "$T/profiles"
	near "$(awk -F'\t' '$1 == 2 && $2 == "monetary" { print $10 }' "$T/profiles")" 645.805 1e-9
	near "$(awk -F'\t' '$1 == 1 && $2 == "monetary" { print $10 }' "$T/profiles")" 100754.8 1e-6
	assert_equal "$(awk -F'\t' '$2 == "n_lines" && $1 { print $10 }' "$T/profiles" | tr '\n' ' ')" "1971 41.5 "
	sweep_is "$T/revenue/sweep.tsv.gz" 13116 8988.440238937515 7157.044927 5754.521305 4605.817244
	grep -q 'Chosen: 4 segments, by the rule' "$T/revenue/report.html"
	grep -q '2 segments, as the study chose by eye' "$T/revenue/report.html"
}

@test "study-lookalikes.mk: the truth's four segments; the audience around the right one" {
	need_data lookalike-5000.csv
	study lookalikes
	assert_equal "$(zcat "$T/lookalikes/segments.tsv.gz" | awk -F'\t' 'NR > 1 { print $9, $10 }' | sort |
		uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "1250 1250 1250 1250 "
	near "$(zcat "$T/lookalikes/model.tsv.gz" | awk -F'\t' '$3 == "inertia" { print $4 }')" 517.5178649042603 1e-11
	# 100 outsiders: 50 of each of two other segments, all farther than every member
	zcat "$T/lookalikes/audience.tsv.gz" > "$T/audience"
	assert_equal "$(col true_segment < "$T/audience" | sort | uniq -c | awk '{ print $1 }' | tr '\n' ' ')" "50 50 "
	! col true_segment < "$T/audience" | grep -q Digital
	assert_equal "$(col lookalike_score < "$T/audience" | sort -u)" 0
	near "$(col lookalike_distance < "$T/audience" | head -1)" 1.94 3e-3
	grep -q 'circular for a segment' "$T/lookalikes/audience.html"
	grep -q 'The cut is behind row 100 of 3,750' "$T/lookalikes/audience.html"
	# F, in rational arithmetic 118939.56545, as the report shows it
	local f
	for f in 26,156.739 369,870.543 118,939.565 64,011.312 1.410 1.953; do
		grep -qE ">${f//./\\.}[0-9]*<" "$T/lookalikes/report.html" || fail "no F of $f"
	done
	# each segment has what the playbook says of one of the study's four
	assert_equal "$(section playbook --playbook "$BATS_TEST_DIRNAME/../pipelines/playbook.tsv" \
		-c annual_income,spending_score,credit_score,online_activity "$T/lookalikes/segments.tsv.gz" |
		col targeting | grep . | sort | uniq -c | awk '{ print $1 }' | xargs)" "1 1 1 1"
	# what the study leaves for later, on made-up orders: more bought where the offer was planted to work
	grep -q 'Orders, offers and answers are made up' "$T/lookalikes/campaign.html"
	section ab --ab arm,bought "$T/lookalikes/campaign.tsv.gz" > "$T/ab"
	assert_equal "$(col n < "$T/ab" | head -2 | awk '{ n += $1 } END { print n }')" 5000
	awk -F'\t' 'NR == 3 && $8 > 0 && $12 < 0.05 { ok = 1 } END { exit !ok }' "$T/ab"
	# value times the assumed rise, to the last digit
	section playbook --playbook "$BATS_TEST_DIRNAME/../pipelines/playbook.tsv" --value monetary \
		-c annual_income,spending_score,credit_score,online_activity "$T/lookalikes/campaign.tsv.gz" |
		awk -F'\t' 'NR > 1 && $6 != "" { n++; d = $10 - $9 * $6 / 100; if (d > 1e-6 || d < -1e-6) exit 1 } END { exit n != 4 }'
	# a segment that is none
	run make -s -f "$BATS_TEST_DIRNAME/../pipelines/study-lookalikes.mk" SEG="$B" DATA="$D" OUT="$T/x" TARGET=No
	assert_failure
	assert_output --partial "no row is labelled No"
	[ ! -e "$T/x/audience.tsv.gz" ]
}

@test "study-demographics.mk: the price logit; the joint part says that it is made up" {
	need_data segmentation-365.csv purchase-365.csv.gz
	study demographics
	near "$(estimate "$T/demographics/price.tsv.gz" '(intercept)')" 3.74402547129 1e-8
	near "$(estimate "$T/demographics/price.tsv.gz" price)" -2.42619055023 1e-8
	near "$(deviance "$T/demographics/price.tsv.gz")" 65756.7686665429 1e-9
	assert_equal "$(section overview "$T/demographics/people-segments.tsv.gz" | col rows |
		awk '{ n += $1 } END { print n, NR }')" "2000 4"
	# scores of the trips of the fit: on average the share of trips that ended in a purchase, 14,638 of 58,693
	near "$(zcat "$T/demographics/scores.tsv.gz" | col probability | awk '{ s += $1 } END { printf "%.15g\n", s }')" 14638 1e-9
	# b * price * (1 - P)
	zcat "$T/demographics/elasticity.tsv.gz" | awk -F'\t' -v b="$(estimate "$T/demographics/price.tsv.gz" price)" \
		'NR > 1 { d = $4 - b * $2 * (1 - $3); if (d > 1e-9 || d < -1e-9) exit 1 } END { exit NR != 301 }'
	grep -q 'do not join' "$T/demographics/report.html"
	grep -q 'People and trips are made up' "$T/demographics/joint.html"
	! grep -q 'made up' "$T/demographics/price.html"
}

@test "study-spending.mk: 2,240 customers, 24 without income; three dialects, one report" {
	need_data marketing-campaign.tab.csv marketing-campaign.semicolon-bom-crlf.csv marketing-campaign.dollar.csv
	study spending
	assert_equal "$(section overview "$T/spending/segments.tsv.gz" | col rows |
		awk '{ n += $1 } END { print n, NR }')" "2240 3"
	assert_equal "$(section profiles "$T/spending/segments.tsv.gz" -c income | awk -F'\t' '$1 == "" { print $4 }')" 24
	# the money in the report by category is the money in the file
	assert_equal "$(section overview "$T/spending/lines.tsv.gz" --value amount | col value |
		awk '{ s += $1 } END { print s }')" \
		"$(awk -F'\t' 'NR > 1 { for (i = 10; i <= 15; i++) s += $i } END { print s }' \
			"$D/marketing-campaign.tab.csv")"
	# initial centres are rows; the history starts there and falls; final centres no worse than from ten starts
	assert_equal "$(tail -n +2 "$T/spending/initial.tsv" | while read -r row; do
		zcat "$T/spending/scaled.tsv.gz" | cut -f2- | grep -cxFe "$row"; done | grep -vc '^0$')" 3
	zcat "$T/spending/history.tsv.gz" | awk -F'\t' 'NR > 2 && $2 == 1 && $4 > before { exit 1 } { before = $4 }'
	at_most "$(zcat "$T/spending/model.tsv.gz" | awk -F'\t' '$1 == "model" && $3 == "inertia" { print $4 }')" \
		"$("$B/seg-kmeans" -q --key id --tol 0 -k 3 "$T/spending/scaled.tsv.gz" | zcat | awk -F'\t' '$1 == "model" && $3 == "inertia" { print $4 }')"
	# distances between the final centres: none to the own, the same both ways
	awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /^distance_/) c[++k] = i; next }
		{ for (i = 1; i <= k; i++) d[NR - 1, i] = $c[i] }
		END { if (k != 3) exit 1; for (i = 1; i <= k; i++) { if (d[i, i] > 1e-9) exit 1
			for (j = 1; j <= k; j++) if (d[i, j] - d[j, i] > 1e-9 || (i != j && d[i, j] < 1)) exit 1 } }' \
		"$T/spending/distances.tsv"
	local f
	for f in semicolon-bom-crlf dollar; do
		make -s -f "$BATS_TEST_DIRNAME/../pipelines/study-spending.mk" SEG="$B" DATA="$D" OUT="$T/$f" \
			NEEDS="marketing-campaign.$f.csv" 2> /dev/null
		# the third holds its rows in another order
		assert_equal "$(section overview "$T/$f/segments.tsv.gz")" "$(section overview "$T/spending/segments.tsv.gz")"
	done
	cmp <(zcat "$T/spending/model.tsv.gz") <(zcat "$T/semicolon-bom-crlf/model.tsv.gz")
}
