# SPDX-License-Identifier: MIT
# seg-rfm: figures by hand and by other programs, messages, man page.
load common

R=$B/seg-rfm

# A few lines whose figures can be told by hand.
lines() {
	tsv 'customer_id|invoice|date|product|quantity|price|amount|country' \
		'b|1|2021-01-01T10:00:00|p|2|3|6|FR' \
		'b|1|2021-01-01T10:00:00|q|1|0.5|0.5|FR' \
		'b|2|2021-01-05T23:59:59|p|4|1.25|5|DE' \
		'b|R1|2021-01-06|p|-1|3|-3|DE' \
		'a|3|2021-01-10|p|10|0.1|1|DE' \
		'c|R2|2021-01-02|q|-2|1|-2|FR' \
		'a|4|2021-01-10|q|0|1|0|DE' \
		'|5|2021-01-03|q|1|1|1|DE'
}

setup() {
	lines > "$T/in"
}

@test "the figures of a few lines, in columns of the stated order" {
	run --separate-stderr "$R" -p "$T/in"
	assert_success
	assert_output "$(tsv \
		'customer_id|recency_days|frequency|monetary|aov|line_value|n_invoices|n_days|n_lines|quantity|n_products|gross|returned|return_rate|first_date|last_date|tenure_days|gap_days|r_score|f_score|m_score|rfm_score|rfm_segment' \
		'a|1|1|1|1|1|1|1|1|10|1|1|0|0|2021-01-10|2021-01-10|1||5|1|1|511|New Customers' \
		'b|6|2|8.5|4.25|2.8333333333333335|2|2|3|7|2|11.5|3|0.2608695652173913|2021-01-01|2021-01-05|10|4|1|5|5|155|Can'"'"'t Lose')"
	assert_equal "$stderr" "seg-rfm: 8 rows: 6 used, 1 without a key, 1 of quantity 0
seg-rfm: 2 customers as of 2021-01-11, 1 who only returned
seg-rfm: 0 customers would change segment under the opposite tie rule"
}

@test "--quiet says nothing" {
	run --separate-stderr "$R" -q -p "$T/in"
	assert_equal "$stderr" ""
}

@test "--count all counts returns and keeps those who only returned, without recency and scores" {
	run "$R" -q -p --count all --carry country "$T/in"
	assert_line "$(tsv 'c||1|-2|-2|-2|1|0|1|-2|1|0|2|||||||||||FR')"
	assert_line --partial "$(tsv 'b|6|3|8.5|2.8333333333333335|2.125|3|2|4|6|2|11.5|3|')"
}

@test "--frequency, --monetary, --as-of max" {
	run "$R" -q -p --frequency lines --monetary gross --as-of max "$T/in"
	assert_line --partial "$(tsv 'b|5|3|11.5|5.75|')"
	run "$R" -q -p --frequency days "$T/in"
	assert_line --partial "$(tsv 'b|6|2|8.5|')"
}

@test "lines after --as-of are left out and counted, lines on it stay" {
	run --separate-stderr "$R" -p --as-of 2021-01-05 --scores none "$T/in"
	assert_output "$(tsv \
		'customer_id|recency_days|frequency|monetary|aov|line_value|n_invoices|n_days|n_lines|quantity|n_products|gross|returned|return_rate|first_date|last_date|tenure_days|gap_days' \
		'b|0|2|11.5|5.75|3.8333333333333335|2|2|3|7|2|11.5|0|0|2021-01-01|2021-01-05|4|4')"
	assert_equal "$stderr" "seg-rfm: 8 rows: 4 used, 1 without a key, 1 of quantity 0, 2 after the as-of date
seg-rfm: 1 customers as of 2021-01-05, 1 who only returned"
}

@test "--window holds FROM and not TO, and max is its last day" {
	run --separate-stderr "$R" -p --as-of max --scores none --window 2021-01-01..2021-01-05 "$T/in"
	assert_line --partial "$(tsv 'b|2|1|6.5|')"
	assert_equal "$stderr" "seg-rfm: 8 rows: 3 used, 1 without a key, 1 of quantity 0, 3 outside the window
seg-rfm: 1 customers as of 2021-01-03, 1 who only returned"
}

@test "--horizon: figures before the date, bought on and after it" {
	{ lines; tsv 'b|9|2021-01-07|p|1|1|1|FR' 'b|9|2021-01-09|p|1|9|9|FR'; } > "$T/more"
	run --separate-stderr "$R" -p --as-of 2021-01-05 --horizon 4 --scores none "$T/more"
	assert_line "$(tsv 'b|4|1|6.5|6.5|3.25|1|1|2|3|2|6.5|0|0|2021-01-01|2021-01-01|4||1')"
	assert_equal "$stderr" "seg-rfm: 10 rows: 3 used, 3 for bought alone, 1 without a key, 1 of quantity 0, 2 after the horizon
seg-rfm: 1 customers as of 2021-01-05, 1 who only returned"
	# a return is no purchase, and a customer without a line before is not in the result
	run --separate-stderr "$R" -p --as-of 2021-01-06 --horizon 5 --scores none "$T/in"
	assert_line --regexp "$(tsv '^b|.*|0$')"
	assert_equal "$stderr" "seg-rfm: 8 rows: 4 used, 2 for bought alone, 1 without a key, 1 of quantity 0
seg-rfm: 1 customers as of 2021-01-06, 1 who only returned, 1 with no line before that"
}

@test "a horizon beyond the data is an error unless allowed" {
	rejected 1 "seg-rfm: the data end on 2021-01-10, before the 7 days from --as-of are over; --allow-censored goes on" \
		"$R" -q --as-of 2021-01-05 --horizon 7 "$T/in"
	run "$R" -q -p --as-of 2021-01-05 --horizon 6 "$T/in"
	assert_success
	run "$R" -q -p --as-of 2021-01-05 --horizon 7 --allow-censored "$T/in"
	assert_success
}

@test "--min-monetary keeps its own value and drops what is below, before the scores" {
	run --separate-stderr "$R" -p --min-monetary 1.000001 "$T/in"
	assert_equal "$(tail -n +2 <<< "$output" | cut -f1)" b
	assert_line --partial --index 1 "Loyal" || assert_line --regexp --index 1 "$(tsv '|5|1|1|511|New Customers$')"
	assert_equal "${stderr_lines[1]}" \
		"seg-rfm: 1 customers as of 2021-01-11, 1 who only returned, 1 below --min-monetary"
	run "$R" -q -p --min-monetary 1 "$T/in"
	assert_equal "$(tail -n +2 <<< "$output" | cut -f1 | tr '\n' ' ')" "a b "
}

@test "--carry: the most frequent value of sales, ties by byte order, missing ones do not count" {
	tsv 'customer_id|date|amount|x|y' 'a|2021-01-01|1|Z|' 'a|2021-01-01|1|B|q' \
		'a|2021-01-02|1|a much longer value|' 'a|2021-01-02|1|B|' 'a|2021-01-02|1|Z|' \
		'a|2021-01-02|-1|Z|' 'b|2021-01-02|1||' > "$T/in"
	run "$R" -q -p --frequency days --carry x,y --scores none "$T/in"
	assert_equal "$(cut -f1,19,20 <<< "$output")" "$(tsv 'customer_id|x|y' 'a|B|q' 'b||')"
}

@test "--pivot: revenue by value, the most valuable first, and together monetary" {
	tsv 'customer_id|date|amount|x' 'a|2021-01-01|1|cheap' 'a|2021-01-01|5|a\\tTAB' 'a|2021-01-02|-2|a\\tTAB' \
		'b|2021-01-02|0.25|tie' 'b|2021-01-02|0.75|even' 'b|2021-01-02|0.5|tie' 'c|2021-01-02|-9|gone' > "$T/in"
	run "$R" -q -p --frequency days --scores none --pivot x "$T/in"
	assert_equal "$(cut -f1,4,19- <<< "$output")" "$(tsv 'customer_id|monetary|rev_a\\tTAB|rev_cheap|rev_even|rev_tie' \
		'a|4|3|1|0|0' 'b|1.5|0|0|0.75|0.75')"
	run "$R" -q -p --frequency days --scores none --monetary gross --pivot x --pivot-top 1 "$T/in"
	assert_equal "$(cut -f1,4,19- <<< "$output")" "$(tsv 'customer_id|monetary|rev_a\\tTAB|rev_other' 'a|6|5|1' 'b|1.5|0|1.5')"
	run "$R" -q -p --frequency days --scores none --pivot x --pivot-top 9 "$T/in"
	assert_equal "$(cut -f23 <<< "$output")" "$(tsv rev_other 0 0)"
	# a line without a value is in no column but the rest
	tsv 'b|2021-01-02|0.125|' >> "$T/in"
	run "$R" -q -p --frequency days --scores none --carry x --pivot x --as-of 2021-01-02 --horizon 1 --allow-censored "$T/in"
	assert_equal "$(cut -f1,19- <<< "$output")" "$(tsv 'customer_id|x|rev_a\\tTAB|rev_cheap|bought' 'a|a\\tTAB|5|1|0')"
	run "$R" -q -p --frequency days --scores none --carry x --pivot x "$T/in"
	assert_equal "$(cut -f1,19- <<< "$output")" "$(tsv 'customer_id|x|rev_a\\tTAB|rev_cheap|rev_even|rev_tie|rev_other' \
		'a|a\\tTAB|3|1|0|0|0' 'b|tie|0|0|0.75|0.75|0.125')"
	"$R" -q -p --partial --pivot x "$T/in" > "$T/p"
	"$R" -q -p --final --frequency days --scores none --pivot-top 2 "$T/p" |
		cmp - <("$R" -q -p --frequency days --scores none --pivot x --pivot-top 2 "$T/in")
	"$R" -q -p --partial "$T/in" > "$T/p2"
	refused 1 "seg-rfm: --pivot-top: the parts were made without --pivot" \
		"$R" --final --frequency days --pivot-top 2 "$T/p2"
	rejected 1 "seg-rfm: $T/p2:5: column control: a part made with other options than those before" \
		"$R" --final --frequency days "$T/p" "$T/p2"
	refused 1 "seg-rfm: $T/in: no column \"y\"; did you mean x?" "$R" --frequency days --pivot y "$T/in"
	{ tsv 'customer_id|date|amount|x'; for i in {1..10001}; do tsv "a|2021-01-01|1|$i"; done; } > "$T/many"
	rejected 1 "seg-rfm: more than 10000 columns of --pivot; --pivot-top takes fewer" \
		"$R" -q --frequency days --pivot x "$T/many"
	tsv 'customer_id|date|amount|x' 'a|2021-01-01|1|other' > "$T/other"
	rejected 1 "seg-rfm: two columns of the result would be named rev_other" \
		"$R" -q --frequency days --pivot x --pivot-top 3 "$T/other"
}

@test "--match-returns: invoices returned whole do not count in frequency, money stays" {
	{ lines; tsv 'b|R3|2021-01-07|p|-3|1.25|-3.75|DE' 'b|R4|2021-01-08|q|-5|0.2|-1|DE'; } > "$T/more"
	run --separate-stderr "$R" -p --scores none --match-returns "$T/more"
	assert_line --partial "$(tsv 'b|6|1|3.75|3.75|1.25|1|2|3|7|2|11.5|7.75|')"
	assert_equal "${stderr_lines[2]}" \
		"seg-rfm: returned quantity matched to earlier sales 5, not matched 6; invoices returned whole: 1"
	# the latest sale first; none that is later, by the time of day too; half a line is not the whole
	tsv 'customer_id|invoice|date|product|quantity|amount' \
		'a|1|2021-01-01T09:00:00|p|1|1' 'a|2|2021-01-01T10:00:00|p|1|1' \
		'a|3|2021-01-01T12:00:00|p|1|1' 'a|R|2021-01-01T11:00:00|p|-1|-1' \
		'b|1|2021-01-01|p|2|2' 'b|R|2021-01-02|p|-1|-1' \
		'c|1|2021-01-01|p|2|2' 'c|2|2021-01-01|p|2|2' 'c|R|2021-01-01|p|-2|-2' 'c|2|2021-01-01||1|1' \
		'd|1|2021-01-01|p|2|2' 'd|R|2021-01-02||-2|-2' \
		'e|1|2021-01-01|p|2|2' 'e|R1|2021-01-02|p|-1|-1' 'e|R2|2021-01-03|p|-1.5|-1.5' > "$T/in"
	run --separate-stderr "$R" -p --scores none --match-returns "$T/in"
	assert_equal "$(cut -f1,3,7 <<< "$output")" \
		"$(tsv 'customer_id|frequency|n_invoices' 'a|2|2' 'b|1|1' 'c|2|2' 'd|1|1' 'e|0|0')"
	assert_equal "${stderr_lines[2]}" \
		"seg-rfm: returned quantity matched to earlier sales 6, not matched 2.5; invoices returned whole: 2"
	local c
	for c in invoice product quantity; do
		sed "1s/$c/other/" "$T/in" > "$T/without"
		refused 1 "seg-rfm: $T/without: no column $c for --match-returns" \
			"$R" --match-returns --frequency days "$T/without"
	done
}

@test "--cohorts: by the month of the first sale" {
	tsv 'customer_id|date|amount' 'a|2020-12-31|5' 'a|2021-01-01|1.5' 'a|2021-01-09|1.5' 'b|2020-12-01|1' \
		'b|2021-02-01|-3' 'c|2021-01-05|2' 'c|2020-11-05|-1' 'd|2021-01-05|-9' > "$T/in"
	"$R" -q -p --frequency days --cohorts "$T/cohorts" "$T/in" > "$T/out"
	assert_equal "$(cat "$T/cohorts")" "$(tsv 'cohort|months_since|customers|revenue' \
		'2020-12|0|2|6' '2020-12|1|1|3' '2020-12|2|0|-3' '2021-01|-2|0|-1' '2021-01|0|1|2')"
	"$R" -q -p --frequency days --monetary gross --min-monetary 2 --cohorts "$T/cohorts" "$T/in" > "$T/out"
	assert_equal "$(cat "$T/cohorts")" "$(tsv 'cohort|months_since|customers|revenue' \
		'2020-12|0|1|5' '2020-12|1|1|3' '2021-01|-2|0|0' '2021-01|0|1|2')"
	"$R" -q -p --partial "$T/in" > "$T/p"
	"$R" -q -p --final --frequency days --cohorts "$T/c2" --monetary gross --min-monetary 2 "$T/p" > "$T/out"
	cmp "$T/cohorts" "$T/c2"
	sed 's/202012/202013/' "$T/p" > "$T/bad"
	refused 1 "seg-rfm: $T/bad:2: column months: not a state of seg-rfm, or a sum that passes 128 bits" \
		"$R" --final --frequency days "$T/bad"
	rm "$T/c2"
	rejected 1 "seg-rfm: $T/bad:2: column months: not a state of seg-rfm, or a sum that passes 128 bits" \
		"$R" --final --frequency days --cohorts "$T/c2" "$T/bad"
	[ ! -e "$T/c2" ]
}

@test "without quantity the sign of amount decides, without amount quantity * price" {
	tsv 'customer_id|date|amount' 'a|2021-01-01|1.5' 'a|2021-01-02|-0.5' 'a|2021-01-02|0' > "$T/in"
	run --separate-stderr "$R" -p --frequency lines --scores none "$T/in"
	assert_line --index 1 "$(tsv 'a|2|1|1||1||1|1|||1.5|0.5|0.3333333333333333|2021-01-01|2021-01-01|2|')"
	assert_equal "${stderr_lines[0]}" "seg-rfm: 3 rows: 2 used, 1 of amount 0"
	tsv 'customer_id|date|quantity|price' 'a|2021-01-01|3|0.333333' 'a|2021-01-02|-1|0.000001' > "$T/in"
	run "$R" -q -p --frequency lines --scores none "$T/in"
	assert_line --partial --index 1 "$(tsv 'a|2|1|0.999998|')"
}

@test "--by several columns, --key another one" {
	run "$R" -q -p --by country,customer_id "$T/in"
	assert_equal "$(cut -f1-4 <<< "$output")" "$(tsv 'country|customer_id|recency_days|frequency' \
		'DE|a|1|1' 'DE|b|6|1' 'FR|b|10|1')"
	run "$R" -q -p --key country "$T/in"
	assert_equal "$(cut -f1-3 <<< "$output")" "$(tsv 'country|recency_days|frequency' 'DE|1|3' 'FR|10|1')"
}

@test "scores: NTILE would split equal customers, these rules do not" {
	{ echo $'customer_id\tdate\tamount'; for i in $(seq 10 29); do
		printf 'c%d\t2021-01-%02d\t%d\n' $i $((i < 25 ? 10 : i)) $((i < 22 ? 7 : i)); done; } > "$T/in"
	run "$R" -q -p --frequency lines "$T/in"
	# sorted amounts: twelve 7s, then 22..29; cuts at 1/5..4/5 are 7 7 7 25.2
	assert_equal "$(col m_score <<< "$output" | sort | uniq -c | tr -s ' \n' ' ')" " 12 1 4 4 4 5 "
	# recency 20 fifteen times, then 5 4 3 2 1: cuts 4.8, 20 20 20
	assert_equal "$(col r_score <<< "$output" | sort | uniq -c | tr -s ' \n' ' ')" " 16 4 4 5 "
	assert_equal "$(col f_score <<< "$output" | sort -u)" 1
}

@test "the tie line counts who would change segment" {
	tsv 'customer_id|date|amount' 'a|2021-01-01|1' 'b|2021-01-01|1' > "$T/in"
	run --separate-stderr "$R" -p --frequency lines "$T/in"
	# all equal: R5 F1 as New Customers, R1 F5 under the other rule
	assert_equal "${stderr_lines[2]}" "seg-rfm: 2 customers would change segment under the opposite tie rule"
	run --separate-stderr "$R" -p --frequency lines --map none "$T/in"
	assert_equal "${stderr_lines[2]}" "seg-rfm: 2 customers would change scores under the opposite tie rule"
}

@test "--scores other than 5 gives no names without a map; none gives no scores" {
	run "$R" -q -p --scores 3 "$T/in"
	assert_equal "$(head -1 <<< "$output" | cut -f19-)" "$(tsv 'r_score|f_score|m_score|rfm_score')"
	run "$R" -q -p --map none "$T/in"
	assert_equal "$(head -1 <<< "$output" | cut -f19-)" "$(tsv 'r_score|f_score|m_score|rfm_score')"
	tsv 'name|r_lo|r_hi|f_lo|f_hi' 'good|2|2|1|2' 'bad|1|1|1|2' > "$T/map"
	run "$R" -q -p --scores 2 --map "$T/map" "$T/in"
	assert_equal "$(col rfm_segment <<< "$output" | tr '\n' ' ')" "good bad "
}

@test "a map with a gap or an overlap is refused with the cell" {
	tsv 'name|r_lo|r_hi|f_lo|f_hi|m_lo|m_hi' 'x|1|2|1|2|1|1' 'y|1|2|1|1|2|2' > "$T/map"
	refused 1 "seg-rfm: $T/map: no segment covers R1 F2 M2" "$R" --scores 2 --map "$T/map" "$T/in"
	tsv 'x|1|1|1|2|2|2' 'y|1|2|2|2|2|2' >> "$T/map"
	refused 1 "seg-rfm: $T/map: R1 F1 M2 is in both y and x" "$R" --scores 2 --map "$T/map" "$T/in"
	tsv 'name|r_lo|r_hi|f_lo|f_hi' 'x|1|3|1|2' > "$T/map"
	refused 1 "seg-rfm: $T/map: segment x: R1-3 is not within 1..2" "$R" --scores 2 --map "$T/map" "$T/in"
	tsv 'name|r_lo|r_hi|f_lo|f_hi' '|1|2|1|2' > "$T/map"
	refused 1 "seg-rfm: $T/map:2: column name: missing value" "$R" --scores 2 --map "$T/map" "$T/in"
}

@test "cuts written and read again give the same scores, and score other customers" {
	"$R" -q -p --write-cuts "$T/cuts" "$T/in" > "$T/a"
	"$R" -q -p --cuts "$T/cuts" "$T/in" > "$T/b"
	cmp "$T/a" "$T/b"
	assert_equal "$(zcat -f "$T/cuts" | sed -n 3p)" "$(tsv 'cut|recency_days|1|2')"
	grep -v '^b' "$T/in" > "$T/fewer"
	run "$R" -q -p --cuts "$T/cuts" "$T/fewer"
	assert_equal "$(col rfm_score <<< "$output")" 511
	refused 1 "seg-rfm: $T/cuts: cuts for 5 scores, but --scores is 4" \
		"$R" --scores 4 --map none --cuts "$T/cuts" "$T/in"
	zcat -f "$T/cuts" | sed '$d' > "$T/short"
	refused 1 "seg-rfm: $T/short: 4 cuts of recency_days, 4 of frequency, 3 of monetary" \
		"$R" --cuts "$T/short" "$T/in"
	head -1 "$T/in" > "$T/none"
	rejected 1 "seg-rfm: no customer to take cut points from" "$R" -q --write-cuts "$T/no" "$T/none"
	[ ! -e "$T/no" ]
	head -n 3 "$T/short" | sed 's/\t[^\t]*$/\tx/; 1s/x$/value/; 2s/x$/1/' > "$T/word"
	refused 1 "seg-rfm: $T/word: cut 1 of recency_days: not a number: \"x\"" "$R" --cuts "$T/word" "$T/in"
}

@test "no rows: the header alone" {
	head -1 "$T/in" > "$T/none"
	run --separate-stderr "$R" -p "$T/none"
	assert_success
	assert_equal "$(wc -l <<< "$output")" 1
	assert_equal "${stderr_lines[1]}" "seg-rfm: 0 customers as of no date"
}

@test "the as-of date is in the provenance" {
	"$R" -q --frequency days "$T/in" > "$T/out.gz"
	grep -aq 'seg-rfm 1.0 --frequency days --as-of 2021-01-11' "$T/out.gz"
}

@test "wrong command lines" {
	refused 2 'seg-rfm: option --as-of: not a date such as 2011-12-10: "yesterday"' "$R" --as-of yesterday "$T/in"
	refused 2 'seg-rfm: option --as-of: not a date such as 2011-12-10: "2021-02-30"' "$R" --as-of 2021-02-30 "$T/in"
	refused 2 'seg-rfm: option --window: not FROM..TO: "2021-01-01"' "$R" --window 2021-01-01 "$T/in"
	refused 2 'seg-rfm: option --window: 2021-01-02..2021-01-02 holds no day: TO is excluded' \
		"$R" --window 2021-01-02..2021-01-02 "$T/in"
	refused 2 'seg-rfm: option --horizon needs a date in --as-of' "$R" --horizon 9 "$T/in"
	refused 2 'seg-rfm: option --allow-censored needs --horizon' "$R" --allow-censored "$T/in"
	refused 2 'seg-rfm: option --scores: neither none nor 2..9: 10' "$R" --scores 10 "$T/in"
	refused 2 'seg-rfm: --scores none leaves nothing to --cuts, --write-cuts and --map' \
		"$R" --scores none --cuts x "$T/in"
	refused 2 'seg-rfm: option --min-monetary: not a number of at most 12 decimal places: 1e' \
		"$R" --min-monetary 1e "$T/in"
	refused 2 'seg-rfm: only one of --key and --by can be given' "$R" --key a --by b "$T/in"
	refused 2 'seg-rfm: only one of --partial, --merge and --final can be given' "$R" --partial --final "$T/in"
	refused 2 'seg-rfm: option --count belongs to --partial' "$R" --final --count all "$T/in"
	refused 2 'seg-rfm: option --scores belongs to --final' "$R" --partial --scores 3 "$T/in"
	refused 2 'seg-rfm: option --bare needs --partial, --merge or --final' "$R" --bare "$T/in"
	refused 2 'seg-rfm: option --sorted belongs to --partial' "$R" --merge --sorted "$T/in"
	refused 2 'seg-rfm: option --carry belongs to --partial' "$R" --merge --carry x "$T/in"
	refused 2 'seg-rfm: option --count belongs to --partial' "$R" --final --bare --count all "$T/in"
	refused 2 'seg-rfm: option --pivot belongs to --partial' "$R" --final --pivot x "$T/in"
	refused 2 'seg-rfm: option --match-returns belongs to --partial' "$R" --merge --match-returns "$T/in"
	refused 2 'seg-rfm: option --pivot-top belongs to --final' "$R" --partial --pivot-top 3 "$T/in"
	refused 2 'seg-rfm: option --cohorts belongs to --final' "$R" --partial --cohorts x "$T/in"
	refused 2 'seg-rfm: option --pivot-top needs --pivot' "$R" --pivot-top 3 "$T/in"
	refused 2 'seg-rfm: option --pivot-top: 10001 is not in 1..10000' "$R" --pivot x --pivot-top 10001 "$T/in"
	refused 2 'seg-rfm: option --as-of belongs to --partial or --final' "$R" --merge --as-of max "$T/in"
	refused 2 'seg-rfm: option --expect-shards needs --merge or --final' "$R" --expect-shards 3 "$T/in"
	refused 2 'seg-rfm: option --mem: 95M is too little, the least is 96M' "$R" --mem 95M "$T/in"
}

@test "columns that are missing, or would be named alike" {
	tsv 'customer_id|date|price' > "$T/x"
	refused 1 "seg-rfm: $T/x: no column amount, nor both of quantity and price" "$R" "$T/x"
	tsv 'id|date|amount' > "$T/x"
	refused 1 "seg-rfm: $T/x: no column customer_id; name the key with --key" "$R" "$T/x"
	refused 1 "seg-rfm: two columns of the result would be named quantity" "$R" -q --as-of 2021-01-01 --carry quantity "$T/in"
	tsv 'customer_id|date|amount' > "$T/x"
	refused 1 "seg-rfm: $T/x: no column invoice for --frequency invoices; there are lines|days" "$R" "$T/x"
	run "$R" -q -p --frequency lines "$T/x"
	assert_success
	"$R" -q -p --partial "$T/x" > "$T/p"
	refused 1 "seg-rfm: $T/p:2: column control: made without a column invoice; for --frequency there are lines|days" \
		"$R" --final "$T/p"
	run "$R" -q -p --final --frequency days "$T/p"
	assert_success
	tsv "customer_id|date|amount$(printf '|c%d' {1..17})" > "$T/x"
	refused 1 "seg-rfm: option --carry: at most 16 columns" "$R" --frequency lines --carry 'c*' "$T/x"
}

@test "values that are no values" {
	bad() { # LINE MESSAGE
		{ lines; tsv "$1"; } > "$T/bad"
		refused 1 "seg-rfm: $T/bad:10: $2" "$R" "$T/bad"
	}
	bad 'a|3|soon|p|10|0.1|1|DE' 'column date: not a date: "soon"'
	bad 'a|3||p|10|0.1|1|DE' 'column date: missing value'
	bad 'a|3|2021-01-01|p|ten|0.1|1|DE' 'column quantity: not a number: "ten"'
	bad 'a|3|2021-01-01|p||0.1|1|DE' 'column quantity: missing value'
	bad 'a|3|2021-01-01|p|1e15|0.1|1|DE' 'column quantity: number too large: "1e15"'
	bad 'a|3|2021-01-01|p|1|0.1|1,5|DE' 'column amount: not a number: "1,5"'
	bad 'a|3|2021-01-01|p|1|0.1|1.x|DE' 'column amount: not a number: "1.x"'
	bad 'a|3|2021-01-01|p|1|0.1||DE' 'column amount: missing value'
	bad $'\xf4\x8f\xbf\xbf|3|2021-01-01|p|1|0.1|1|DE' \
		'column customer_id: U+10FFFF marks the end of a part and cannot be a key'
	for i in 1 2 3; do tsv 'z|3|2021-01-01|p|1|0.1|99999999999999999999999999|DE'; done |
		{ lines; cat; } > "$T/bad"
	rejected 1 "seg-rfm: a customer's sum passes 128 bits" "$R" -q "$T/bad"
	rejected 1 "seg-rfm: a customer's sum passes 128 bits" "$R" -q --partial "$T/bad"
}

@test "the order of lines and files, the split and the merges do not matter" {
	awk 'BEGIN { OFS = "\t"; srand(4); print "customer_id", "invoice", "date", "product", "quantity", "amount", "country"
		for (i = 0; i < 3000; i++) { c = int(rand() * 90); q = int(rand() * 9) - 1
			printf "%s\t%d\t2021-%02d-%02dT10:00:00\tp%d\t%d\t%.2f\tC%d\n", c % 7 ? c : "a\\tlong \\\\ id " c,
				c * 5 + rand() * 4, 1 + rand() * 12, 1 + rand() * 28, rand() * 40, q, q * rand() * 10, rand() * 3 } }' > "$T/in"
	local by how
	for by in customer_id country,customer_id; do
		how=(--by $by --carry product --pivot country --match-returns)
		"$R" -q -p "${how[@]}" --cohorts "$T/c1" "$T/in" > "$T/one"
		[ "$(wc -l < "$T/one")" -gt 80 ]
		{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -t$'\t' -k4,4 -k2,2r; } > "$T/mixed"
		"$R" -q -p "${how[@]}" --mem 96M --threads 1 "$T/mixed" | cmp - "$T/one"
		tail -n +2 "$T/mixed" | split -n r/5 - "$T/s."
		for s in "$T"/s.a?; do { head -1 "$T/in"; cat "$s"; } > "$s.tsv"
			"$R" -q "${how[@]}" --partial "$s.tsv" > "$s.part"; done
		"$R" -q -p "${how[@]}" "$T"/s.a?.tsv | cmp - "$T/one"
		"$R" -q -p --final --cohorts "$T/c2" --expect-rows 3000 --expect-shards 5 "$T"/s.a?.part | cmp - "$T/one"
		cmp "$T/c1" "$T/c2"
		"$R" -q --merge "$T"/s.a[be].part > "$T/m1"
		"$R" -q -p --merge "$T/m1" "$T/s.ac.part" > "$T/m2"
		"$R" -q -p --final "$T/s.ad.part" "$T/m2" "$T/s.aa.part" | cmp - "$T/one"
		tail -n +2 "$T/m2" | sort -c -t$'\t' -k1,1
		# the plain parts merged by sort
		zcat "$T/s.aa.part" | head -1 > "$T/sorted"
		sort -m -t$'\t' -k1,1 <(zcat "$T/s.aa.part" | tail -n +2) <(zcat "$T/s.ad.part" | tail -n +2) >> "$T/sorted"
		"$R" -q -p --final "$T/sorted" "$T/m2" | cmp - "$T/one"
		# without header lines: sorted together, in any pieces
		for s in "$T"/s.a?.part; do zcat "$s" | tail -n +2 > "$s.bare"; done
		"$R" -q -p --by $by --carry product --bare --merge "$T"/s.a[ab].part.bare |
			cat - "$T"/s.a[cde].part.bare | sort > "$T/pieces"
		"$R" -q -p --by $by --carry product --bare --final "$T/pieces" | cmp - "$T/one"
		split -n l/3 "$T/pieces" "$T/piece."
		"$R" -q -p --by $by --carry product --bare --merge "$T"/piece.a? | cmp - <("$R" -q -p --merge "$T"/s.a?.part | tail -n +2)
		for s in "$T"/piece.a?; do "$R" -q -p --by $by --carry product --bare --merge < "$s"; done |
			"$R" -q -p --by $by --carry product --bare --final | cmp - "$T/one"
		# more parts than are read side by side
		split -n l/30 "$T/pieces" "$T/piece.b"
		"$R" -q -p --by $by --carry product --bare --merge "$T"/piece.b* |
			cmp - <("$R" -q -p --merge "$T"/s.a?.part | tail -n +2)
		# a customer at a time
		if [ $by = customer_id ]; then
			sort -s -t$'\t' -k1,1 <(tail -n +2 "$T/in") > "$T/by-key"
			"$R" -q -p "${how[@]}" --sorted --cohorts "$T/c2" <(head -1 "$T/in"; cat "$T/by-key") | cmp - "$T/one"
			cmp "$T/c1" "$T/c2"
			"$R" -q -p "${how[@]}" --sorted --partial <(head -1 "$T/in"; cat "$T/by-key") |
				cmp - <("$R" -q -p "${how[@]}" --partial "$T/in")
		fi
		rm "$T"/s.a* "$T"/piece.*
	done
}

@test "20,000 lines in twenty random splits, merge trees, orders, threads and ceilings" {
	# a thousand of them: make splits
	run "$BATS_TEST_DIRNAME/splits" 20
	assert_output "20 ways, 2 results"
	assert_success
}

@test "parts hold the sales of the first day, whatever line comes first" {
	local order
	for order in cat tac shuf; do
		{ tsv 'customer_id|date|amount'
			tsv 'a|2021-01-05|3' 'a|2021-01-03|2' 'a|2021-01-03|1.5' 'a|2021-01-02|-4' 'b|2021-01-02|-1' | $order
		} | "$R" -q -p --partial > "$T/p"
		assert_equal "$(col first < "$T/p")" '2021-01-03\t3.5'
	done
	sed '2s/2021-01-03.t3.5/2021-01-03/' "$T/p" > "$T/bad"
	refused 1 "seg-rfm: $T/bad:2: column first: not a state of seg-rfm, or a sum that passes 128 bits" \
		"$R" --final --frequency days "$T/bad"
	sed 2d "$T/p" > "$T/bad"
	rejected 1 "seg-rfm: 5 rows, but 1 lines in customers: a part was edited, or a fault of seg-rfm" \
		"$R" -q --final --frequency days "$T/bad"
}

@test "--sorted is checked as it reads" {
	rejected 1 "seg-rfm: $T/in:6: column customer_id: below the line before in byte order; --sorted wants sorted customers" \
		"$R" -q --sorted "$T/in"
	rejected 1 "seg-rfm: --sorted with --partial takes one column of --by" \
		"$R" -q --sorted --partial --by country,customer_id "$T/in"
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort; } > "$T/by-key"
	"$R" -q -p --sorted "$T/by-key" | cmp - <("$R" -q -p "$T/in")
	"$R" -q -p --sorted --scores none --as-of 2021-01-05 "$T/by-key" | cmp - <("$R" -q -p --scores none --as-of 2021-01-05 "$T/in")
}

@test "--merge: parts that are not sorted, or unlike" {
	"$R" -q -p --partial "$T/in" > "$T/p"
	{ sed -n 1p "$T/p"; sed -n 3p "$T/p"; sed -n 2p "$T/p"; sed '1,3d' "$T/p"; } > "$T/unsorted"
	rejected 1 "seg-rfm: $T/unsorted:3: column customer_id: not sorted, as the records of a part are" \
		"$R" -q --merge "$T/p" "$T/unsorted"
	"$R" -q -p --partial --carry country "$T/in" > "$T/carried"
	rejected 1 "seg-rfm: $T/carried: other columns than in $T/p" "$R" -q --merge "$T/p" "$T/carried"
	sed '$d' "$T/p" > "$T/short"
	rejected 1 "seg-rfm: $T/short: no control record at the end: not a whole part" "$R" -q --merge "$T/p" "$T/short"
	{ cat "$T/p"; sed -n 2p "$T/p"; } > "$T/long"
	rejected 1 "seg-rfm: $T/long:6: a record behind the control record" "$R" -q --merge "$T/long"
	"$R" -q --merge "$T/p" "$T/p" "$T/p" | "$R" -q --final --expect-rows 24 --expect-shards 3 > "$T/out"
	sed '1d;$d' "$T/p" > "$T/bare"
	rejected 1 "seg-rfm: no control record in the parts" "$R" -q --final --bare "$T/bare"
	rejected 1 "seg-rfm: the parts hold 0 rows, --expect-rows says 8" "$R" -q --merge --bare --expect-rows 8 "$T/bare"
	refused 1 "seg-rfm: $T/bare:1: 15 fields, 16 expected" "$R" --final --bare --carry country "$T/bare"
}

@test "parts that are short, double, unlike or no parts" {
	"$R" -q -p --partial "$T/in" > "$T/p"
	rejected 1 "seg-rfm: the parts hold 16 rows, --expect-rows says 8" "$R" -q --final --expect-rows 8 "$T/p" "$T/p"
	rejected 1 "seg-rfm: the parts hold 2 shards, --expect-shards says 1" "$R" -q --final --expect-shards 1 "$T/p" "$T/p"
	sed '$d' "$T/p" > "$T/short"
	refused 1 "seg-rfm: $T/short: no control record at the end: not a whole part" "$R" --final "$T/p" "$T/short"
	{ cat "$T/p"; sed -n 2p "$T/p"; } > "$T/long"
	refused 1 "seg-rfm: $T/long:6: a record behind the control record" "$R" --final "$T/long"
	"$R" -q -p --partial --count all "$T/in" > "$T/all"
	refused 1 "seg-rfm: $T/all:5: column control: a part made with other options than those before" \
		"$R" --final "$T/p" "$T/all"
	sed 's/rfm 1/rfm 2/' "$T/p" > "$T/new"
	refused 1 "seg-rfm: $T/new:5: column control: not a control record of this version of seg-rfm" "$R" --final "$T/new"
	sed '2s/\t[0-9]*/\tmany/' "$T/p" > "$T/word"
	refused 1 "seg-rfm: $T/word:2: column n_sales: not a state of seg-rfm, or a sum that passes 128 bits" \
		"$R" --final "$T/word"
	refused 1 "seg-rfm: $T/in: not a part: seg-rfm --partial makes them" "$R" --final "$T/in"
	rejected 1 "seg-rfm: the parts hold lines up to 2021-01-10; --as-of 2021-01-09 leaves lines out and must be given to --partial" \
		"$R" --final --as-of 2021-01-09 "$T/p"
	"$R" -q -p --final --as-of 2021-01-12 "$T/p" | cmp - <("$R" -q -p --as-of 2021-01-12 "$T/in")
	"$R" -q -p --partial --as-of 2021-01-05 "$T/in" > "$T/p5"
	"$R" -q -p --final "$T/p5" | cmp - <("$R" -q -p --as-of 2021-01-05 "$T/in")
	refused 1 "seg-rfm: the parts were made with another --as-of" "$R" --final --as-of 2021-01-06 "$T/p5"
}

@test "--expect-rows" {
	rejected 1 "seg-rfm: $T/in: 8 rows, --expect-rows says 9" "$R" -q --expect-rows 9 "$T/in"
	run "$R" -q -p --expect-rows 8 "$T/in"
	assert_success
}

@test "options in --help are those of the page" {
	run "$R" --help
	assert_success
	local o
	for o in $(grep -oE -- '^ +(-. )? *--[a-z-]+' <<< "$output" | grep -oE -- '--[a-z-]+'); do
		grep -qE "(Fl -|, -)${o#--}( |$)" "$BATS_TEST_DIRNAME/../man/seg-rfm.1" || fail "$o is not in the page"
	done
	if command -v mandoc >/dev/null; then mandoc -T lint -W warning "$BATS_TEST_DIRNAME/../man/seg-rfm.1"; fi
}

# quantile 1/4, 1/2, 3/4 of a column, type 7
quartiles() {
	col "$1" | sort -g | awk '{ x[NR - 1] = $1 } END { for (i = 1; i < 4; i++) {
		h = (NR - 1) * i / 4; k = int(h); printf "%.10g ", x[k] + (h - k) * (x[k + 1] - x[k]) } }'
}

@test "Online Retail: study RFM segments" {
	need_data online-retail.csv.gz
	"$B/seg-clean" -q --returns drop --min-price 0 "$D/online-retail.csv.gz" | "$R" -q -p --as-of max > "$T/rfm"
	assert_equal "$(sed -n 2,6p "$T/rfm" | cut -f1-4 | tr '\t\n' ', ')" \
		"12346,325,1,77183.6 12347,2,7,4310 12348,75,4,1797.24 12349,18,1,1757.55 12350,310,1,334.4 "
	assert_equal "$(($(wc -l < "$T/rfm") - 1))" 4339
	assert_equal "$(quartiles recency_days < "$T/rfm" | awk '{ print $2, $3 - $1 }')" "50 124.5"
	assert_equal "$(quartiles frequency < "$T/rfm" | awk '{ print $2, $3 - $1 }')" "2 4"
	assert_equal "$(quartiles monetary < "$T/rfm" | awk '{ printf "%.8g %.8g", $2, $3 - $1 }')" "674.45 1354.395"
}

@test "Online Retail: the defaults, and sums to the last digit" {
	need_data online-retail.csv.gz
	"$B/seg-clean" -q "$D/online-retail.csv.gz" > "$T/tx.gz"
	run --separate-stderr "$R" "$T/tx.gz" -p
	assert_equal "$stderr" "seg-rfm: 406789 rows: 406789 used
seg-rfm: 4338 customers as of 2011-12-10, 33 who only returned
seg-rfm: 1170 customers would change segment under the opposite tie rule"
	assert_equal "$(grep ^12346 <<< "$output" | cut -f4,12,13)" $'0\t77183.6\t77183.6'
	# awk sums thousandths, which doubles hold exactly
	assert_equal "$(awk -F'\t' 'NR > 1 { s += int($12 * 1000 + 0.5) } END { printf "%.3f", s / 1000 }' <<< "$output")" 8911407.904
	"$R" -q -p --count all "$T/tx.gz" > "$T/all"
	assert_equal "$(($(wc -l < "$T/all") - 1))" 4371
	local out in
	out=$(awk -F'\t' 'function r(x) { return int(x * 1000 + (x < 0 ? -0.5 : 0.5)) }
		NR > 1 { m += r($4); g += r($12); b += r($13) } END { printf "%.0f %.0f", m, g - b }' "$T/all")
	in=$(zcat "$T/tx.gz" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "amount") a = i; next }
		{ s += int($a * 1000 + ($a < 0 ? -0.5 : 0.5)) } END { printf "%.0f %.0f", s, s }')
	assert_equal "$out" "$in"
	# 8 customers who bought are net below -1
	run --separate-stderr "$R" "$T/tx.gz" -p --min-monetary -1
	assert_equal "${stderr_lines[1]}" "seg-rfm: 4330 customers as of 2011-12-10, 33 who only returned, 8 below --min-monetary"
}

@test "Online Retail: --returns drop has 4,338 customers" {
	need_data online-retail.csv.gz
	"$B/seg-clean" -q --returns drop "$D/online-retail.csv.gz" | "$R" -q -p > "$T/rfm"
	assert_equal "$(($(wc -l < "$T/rfm") - 1))" 4338
	assert_equal "$(col n_invoices < "$T/rfm" | awk '{ s += $1 } END { print s }')" 18532
}

@test "Online Retail: study Revenue, frequency, order value" {
	need_data online-retail.csv.gz
	"$B/seg-clean" -q --min-price none "$D/online-retail.csv.gz" | "$R" -q -p --count all --frequency lines > "$T/rfm"
	assert_equal "$(($(wc -l < "$T/rfm") - 1))" 4372
	local small='12415|12748|13089|14096|14156|14646|14911|15311|17450|17511|17841|18102'
	assert_equal "$(grep -vE "^($small)"$'\t' "$T/rfm" | quartiles monetary | cut -d' ' -f2)" 645.805
	assert_equal "$(grep -vE "^($small)"$'\t' "$T/rfm" | quartiles frequency | cut -d' ' -f2)" 41.5
	assert_equal "$(grep -E "^(customer_id|$small)"$'\t' "$T/rfm" | quartiles monetary | awk '{ printf "%.1f", $2 }')" 100754.8
	assert_equal "$(grep -E "^(customer_id|$small)"$'\t' "$T/rfm" | quartiles n_lines | cut -d' ' -f2)" 1971
}

@test "a return that earns and a sale of negative worth are taken as they are, and said" {
	tsv 'customer_id|date|quantity|amount' 'a|2010-01-01|5|50' 'a|2010-01-02|-2|20' 'a|2010-01-03|1|-3' > "$T/x"
	run --separate-stderr "$B/seg-rfm" -p --frequency days "$T/x"
	assert_success
	assert_equal "${stderr_lines[0]}" \
		"seg-rfm: warning: lines whose amount has not the sign of their quantity: 2 (first at $T/x:3)"
	assert_equal "$(col monetary <<<"$output")" 67
	tsv 'customer_id|date|quantity|amount' 'a|2010-01-01|5|50' 'a|2010-01-02|-2|-20' 'a|2010-01-03|1|0' > "$T/x"
	run --separate-stderr "$B/seg-rfm" -p --frequency days "$T/x"
	[[ $stderr != *warning* ]] || fail "$stderr"
}
