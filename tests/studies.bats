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
