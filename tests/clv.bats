# SPDX-License-Identifier: MIT
# seg-rfm --clv: BG/NBD and Gamma-Gamma on generated data, by hand, by
# mpmath, and on what others published.
load common

R=$B/seg-rfm

# param FILE KIND NAME KEY
param() {
	zcat -f "$1" | awk -F'\t' -v k="$2" -v n="$3" -v y="$4" '$1 == k && $2 == n && $3 == y { print $4 }'
}

# made OPTIONS...: a stream of generated purchases, and a set way to read it.
made() { "$G/clv" "$@"; }
how=(--frequency days --as-of 2024-01-01)

@test "the columns come last; a customer without a sale has none of them" {
	{ made -c 200; tsv 'gone|2023-05-05|-3'; } > "$T/in"
	run --separate-stderr "$R" -p "${how[@]}" --count all --horizon 30 --allow-censored --clv "$T/in"
	assert_success
	assert_equal "$(head -1 <<< "$output" | cut -f23-)" \
		"$(tsv 'rfm_segment|bought|p_alive|expected_purchases|expected_value|clv')"
	assert_line --regexp "^gone.*$(tsv '|0||||')\$"
	# p_alive is a probability, 1 for who came once; clv is the product
	awk -F'\t' 'NR > 1 && $1 != "gone" { n++; one += $8 == 1
		if (!($25 > 0 && $25 <= 1) || ($8 == 1) != ($25 == 1)) exit 1
		d = $26 * $27 - $28; if (d > 1e-12 * $28 || -d > 1e-12 * $28) exit 1 }
		END { if (n != 200 || one < 5) exit 1 }' <<< "$output"
}

@test "--clv-days, --monetary gross, and what the value of a customer is taken from" {
	made -c 200 > "$T/in"
	# u: 10 at first, then 20 and 60 on the third day in all; a tenth comes back
	tsv 'u|2021-01-01|10' 'u|2021-02-01|20' 'u|2021-03-01|40' 'u|2021-03-01T12:00:00|20' 'u|2021-03-02|-9' >> "$T/in"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/w" "$T/in" > "$T/net"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/wg" --monetary gross "$T/in" > "$T/gross"
	local p q g
	for w in w:net:72 wg:gross:80; do
		IFS=: read -r w rows sum <<< "$w"
		p=$(param "$T/$w" gamma_gamma p estimate) q=$(param "$T/$w" gamma_gamma q estimate)
		g=$(param "$T/$w" gamma_gamma gamma estimate)
		near "$(grep ^u "$T/$rows" | cut -f26)" \
			"$(awk "BEGIN { printf \"%.17g\", $p * ($g + $sum) / ($p * 2 + $q - 1) }")" 1e-14
	done
	# a longer time, more purchases; the same value and probability
	"$R" -q -p "${how[@]}" --clv --clv-days 730 --write-clv "$T/w2" "$T/in" > "$T/two"
	assert_equal "$(param "$T/w2" model seg-rfm clv_days) $(param "$T/w" model seg-rfm clv_days)" "730 365"
	diff <(cut -f1-24,26 "$T/net") <(cut -f1-24,26 "$T/two")
	paste "$T/net" "$T/two" | awk -F'\t' 'NR > 1 && !($52 > $25 && $52 < 2 * $25) { exit 1 }'
	diff <(grep -v clv_days "$T/w") <(grep -v clv_days "$T/w2")
}

@test "the fits are told, with their gradients" {
	made -c 200 > "$T/in"
	run --separate-stderr "$R" -p "${how[@]}" --scores none --clv --write-clv "$T/w" "$T/in"
	assert_success
	local r alpha a b
	r=$(param "$T/w" bgnbd r estimate) alpha=$(param "$T/w" bgnbd alpha estimate)
	a=$(param "$T/w" bgnbd a estimate) b=$(param "$T/w" bgnbd b estimate)
	assert_equal "${stderr_lines[2]%, gradient*}" "$(printf 'seg-rfm: BG/NBD: r %.6g alpha %.6g a %.6g b %.6g, log-likelihood %.6f of 200 customers in %d cells' \
		"$r" "$alpha" "$a" "$b" "$(param "$T/w" fit bgnbd log_likelihood)" "$(param "$T/w" fit bgnbd cells)")"
	[[ ${stderr_lines[3]} == 'seg-rfm: Gamma-Gamma: p '*' customers, gradient '*e-*' steps' ]] || fail "$stderr"
	[[ ${stderr_lines[4]} == 'seg-rfm: correlation of repeat purchases and their mean value: '* ]] || fail "$stderr"
	for m in bgnbd gamma_gamma; do
		assert_equal "$(param "$T/w" fit $m converged)" 1
		awk -v g="$(param "$T/w" fit $m gradient)" 'BEGIN { exit !(g >= 0 && g <= 1e-10) }'
	done
	"$R" -q "${how[@]}" --clv --clv-days 90 "$T/in" > "$T/out.gz"
	grep -aq 'seg-rfm 1.0 --frequency days --clv --clv-days 90 --as-of 2024-01-01' "$T/out.gz"
}

@test "wrong command lines" {
	refused 2 'seg-rfm: option --clv-days needs --clv' "$R" --clv-days 3 x
	refused 2 'seg-rfm: option --write-clv needs --clv' "$R" --write-clv w x
	refused 2 'seg-rfm: option --clv-days: 0 is not in 1..36600' "$R" --clv --clv-days 0 x
	refused 2 'seg-rfm: option --clv belongs to --final' "$R" --partial --clv x
	refused 2 'seg-rfm: option --clv belongs to --final' "$R" --merge --clv x
	refused 2 'seg-rfm: option --write-clv belongs to --final' "$R" --partial --write-clv w x
}

@test "too few who came again, or nothing that they left: refused with the numbers" {
	made -c 200 > "$T/in"
	for i in {1..19}; do tsv "c$i|2021-01-01|5" "c$i|2021-01-0$((2 + i % 7))|5"; done > "$T/19"
	{ head -1 "$T/in"; cat "$T/19"; tsv 'z|2021-01-01|5' 'z|2021-01-01T10:00:00|5'; } > "$T/few"
	rejected 1 "seg-rfm: --clv needs 20 customers who bought on a second day, and there are 19" \
		"$R" -q --frequency days --clv --write-clv "$T/w" "$T/few"
	[ ! -e "$T/w" ]
	{ head -1 "$T/in"; cat "$T/19"; tsv 'z|2021-01-01|5' 'z|2021-01-02|5' 'z|2021-01-03|-10'; } > "$T/few"
	rejected 1 "seg-rfm: --clv needs 20 customers whose purchases after the first day are worth more than 0, and there are 19" \
		"$R" -q --frequency days --clv "$T/few"
	rejected 1 "seg-rfm: --clv needs 20 customers who bought on a second day, and there are 0" \
		"$R" -q --frequency days --clv <(head -1 "$T/in")
	# the one more counts in BG/NBD, is worth nothing, and is told
	made -c 100 | cat - <(tsv 'z|2021-01-01|5' 'z|2021-01-02|5' 'z|2021-01-03|-10') > "$T/one"
	run --separate-stderr "$R" -p "${how[@]}" --clv --write-clv "$T/w" "$T/one"
	assert_success
	[[ $stderr == *"seg-rfm: 1 customers whose later purchases are worth nothing, net, are not in Gamma-Gamma's fit"* ]]
	assert_equal "$(param "$T/w" fit gamma_gamma without_value)" 1
	assert_equal "$(param "$T/w" fit bgnbd customers)" 101
}

@test "values without a mean, q <= 1: refused with the parameters" {
	made -c 300 --gg-q 0.5 > "$T/in"
	local status=0
	"$R" -q "${how[@]}" --clv --write-clv "$T/w" "$T/in" > "$T/out" 2> "$T/err" || status=$?
	assert_equal "$status" 1
	assert_regex "$(cat "$T/err")" "^seg-rfm: --clv: customers' values differ so much that Gamma-Gamma has no mean: q = 0\.[0-9]+, not above 1 \(p [0-9.]+, gamma [0-9.]+\)\$"
	! gzip -t "$T/out" 2> /dev/null || fail "an end mark was written"
	[ ! -e "$T/w" ]
}

@test "no maximum: warnings, status 3, complete output" {
	{ tsv 'customer_id|date|amount'
		for i in {1..30}; do tsv "c$i|2021-01-01|10" "c$i|2021-01-0$((2 + i % 7))|10" "c$i|2021-01-1$((i % 9))|10"; done
	} > "$T/in"
	run --separate-stderr "$R" --frequency days --clv --write-clv "$T/w" "$T/in"
	assert_equal "$status" 3
	[[ $stderr == *"seg-rfm: warning: BG/NBD has no maximum: r goes to infinity without end, stopped at "* ]] || fail "$stderr"
	[[ $stderr == *"seg-rfm: warning: Gamma-Gamma has no maximum: p goes to infinity without end, stopped at "* ]] || fail "$stderr"
	local status=0
	"$R" -q --frequency days --clv --write-clv "$T/w" "$T/in" > "$T/out.gz" || status=$?
	assert_equal "$status" 3
	gzip -t "$T/out.gz"
	assert_equal "$(zcat "$T/out.gz" | wc -l)" 31
	assert_equal "$(param "$T/w" fit bgnbd converged)$(param "$T/w" fit gamma_gamma converged)" 00
	assert_equal "$(param "$T/w" bgnbd r std_error)$(param "$T/w" gamma_gamma p ci_low)" ""
	# where everybody spends 10 a day, 10 is what a day is worth
	zcat "$T/out.gz" | col expected_value | awk '!($1 > 9.999 && $1 < 10.001) { exit 1 }'
}

@test "value that goes with frequency is doubted" {
	made -c 300 | awk -F'\t' -v OFS='\t' 'NR > 1 { n[$1]++; $3 *= n[$1] } 1' > "$T/in"
	run --separate-stderr "$R" -p "${how[@]}" --clv --write-clv "$T/w" "$T/in"
	assert_success
	assert_equal "${stderr_lines[-1]}" "$(printf 'seg-rfm: warning: repeat purchases and their mean value have the correlation %.3f; Gamma-Gamma takes them as independent' \
		"$(param "$T/w" fit gamma_gamma correlation)")"
	# Pearson's, by awk
	awk -F'\t' 'NR > 1 { d = substr($2, 1, 10); if (!($1 in f)) f[$1] = d
			if (d != f[$1]) { s[$1] += $3; if (d != l[$1]) x[$1]++ } l[$1] = d }
		END { for (c in x) { n++; y = s[c] / x[c]; sx += x[c]; sy += y; xx += x[c]^2; yy += y^2; xy += x[c] * y }
			printf "%.15g", (xy - sx * sy / n) / sqrt((xx - sx^2 / n) * (yy - sy^2 / n)) }' "$T/in" > "$T/r"
	near "$(cat "$T/r")" "$(param "$T/w" fit gamma_gamma correlation)" 1e-9
}

@test "the same bytes for any order, split, merge, threads and --mem" {
	made -c 500 | awk -F'\t' -v OFS='\t' 'NR > 1 && NR % 17 == 0 { $3 = -$3 / 3 } 1' > "$T/in"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/w" "$T/in" > "$T/one"
	same() { cmp "$T/one" - && cmp "$T/w" "$T/w2" && rm "$T/w2"; }
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort -t$'\t' -k3,3; } > "$T/mixed"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/w2" --threads 1 --mem 96M "$T/mixed" | same
	{ head -1 "$T/in"; tail -n +2 "$T/in" | sort; } > "$T/sorted"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/w2" --sorted "$T/sorted" | same
	tail -n +2 "$T/mixed" | split -n r/5 - "$T/s."
	for s in "$T"/s.a?; do { head -1 "$T/in"; cat "$s"; } | "$R" -q --partial > "$s.part"; done
	"$R" -q -p --final "${how[@]}" --clv --write-clv "$T/w2" "$T"/s.a?.part | same
	"$R" -q --merge "$T"/s.a[be].part > "$T/m"
	"$R" -q -p --final "${how[@]}" --clv --write-clv "$T/w2" "$T/m" "$T"/s.a[acd].part | same
	SEG_CPU=plain "$R" -q -p "${how[@]}" --clv --write-clv "$T/w2" "$T/in" | same
}

@test "more histories than --mem allows are refused" {
	awk 'BEGIN { print "customer_id\tdate\tamount"; for (i = 0; i < 250000; i++) { d = 86400 * (i % 2000 + 1)
		print "c" i "\t" strftime("%F", d, 1) "\t5"
		print "c" i "\t" strftime("%F", d + 86400 * (1 + int(i / 2000)), 1) "\t5" } }' > "$T/in"
	rejected 1 "seg-rfm: --clv needs more than --mem allows: 16 bytes a customer, and 80 for each distinct history" \
		"$R" -q --frequency days --clv --mem 96M "$T/in"
}

@test "parts without the sales of the first day are refused" {
	made -c 50 > "$T/in"
	"$R" -q -p --partial "$T/in" | awk -F'\t' -v OFS='\t' 'NR == 9 { $14 = "" } 1' > "$T/p"
	rejected 1 "seg-rfm: a part without the sales of a customer's first day" \
		"$R" -q --final "${how[@]}" --clv "$T/p"
	"$R" -q --final "${how[@]}" "$T/p" > "$T/out"
}

@test "twenty seeds: 95% intervals hold the truth in 90 to 99 of 100" {
	# two hundred seeds: 95.7 of 100 of 1400 intervals
	local s
	for s in {1..20}; do
		made --seed "$s" | "$R" -q "${how[@]}" --clv --write-clv "$T/w" > "$T/out.gz"
		zcat "$T/w"
	done > "$T/all"
	awk -F'\t' 'BEGIN { t["r"] = 0.8; t["alpha"] = 120; t["a"] = 0.9; t["b"] = 2.5; t["p"] = 6; t["q"] = 4; t["gamma"] = 15 }
		$3 == "ci_low" { low = $4 } $3 == "ci_high" { n++; held += low <= t[$2] && t[$2] <= $4 }
		END { printf "# %d of %d\n", held, n; exit !(n == 140 && held >= 0.9 * n && held <= 0.99 * n) }' "$T/all"
}

@test "as many purchases, and as much money, as foretold" {
	# four years to learn from, two to foretell
	made -c 20000 --days 2191 > "$T/in"
	"$R" -q -p --frequency days --as-of 2023-12-31 --clv --clv-days 730 "$T/in" > "$T/rows"
	awk -F'\t' 'FNR == NR { if ($2 >= "2024-01-01") { c = $1; money[c] += $3; d = c substr($2, 1, 10); if (!(d in seen)) days[c]++; seen[d] } next }
		FNR > 1 { g = $8 > 4 ? 4 : $8 - 1; n[g]++; want[g] += $25; got[g] += days[$1]; wm += $27; gm += money[$1]; k++ }
		END { for (g = 0; g <= 4; g++) { e = got[g] / want[g] - 1; printf "# x %d: %d customers, %.0f foretold, %d came\n", g, n[g], want[g], got[g]
				if (e > 0.06 || e < -0.06) bad = 1 }
			e = gm / wm - 1; printf "# %.0f money foretold, %.0f came\n", wm, gm
			exit bad || e > 0.05 || e < -0.05 || k != 20000 }' <(tail -n +2 "$T/in") "$T/rows"
}

@test "against the papers' equations at 50 digits, by mpmath" {
	need_python mpmath
	made -c 250 > "$T/in"
	"$R" -q -p "${how[@]}" --clv --write-clv "$T/w" "$T/in" > "$T/rows"
	awk -F'\t' -v OFS='\t' 'FNR == NR { if (FNR > 1) { d = substr($2, 1, 10); if (!($1 in f)) f[$1] = d
			if (d != f[$1]) s[$1] += $3 * 100 } next }
		FNR == 1 { print $0, "repeat_sum"; next } { printf "%s\t%.2f\n", $0, s[$1] / 100 }' "$T/in" "$T/rows" > "$T/more"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/clv.py" "$T/more" "$T/w" > "$T/errors"
	assert_equal "$(wc -l < "$T/errors")" 8
	awk -F'\t' '{ print "# " $0 } $2 > ($1 ~ /gradient/ ? 1e-10 : 2e-14) { bad = 1 } END { exit bad }' "$T/errors"
}

@test "Online Retail: what lifetimes 0.11 was published to find" {
	# <lifetimes.BetaGeoFitter: fitted with 4339 subjects, a: 0.00, alpha: 68.89, b: 6.75, r: 0.83>
	# <lifetimes.GammaGammaFitter: fitted with 2790 subjects, p: 2.10, q: 3.45, v: 485.57>
	need_data online-retail.csv.gz
	"$B/seg-clean" -q --returns drop --min-price 0 "$D/online-retail.csv.gz" |
		"$R" -q --as-of max --clv --write-clv "$T/w" > "$T/out.gz"
	assert_equal "$(param "$T/w" fit bgnbd customers) $(param "$T/w" fit gamma_gamma customers)" "4339 2790"
	assert_equal "$(printf '%.2f ' $(for k in a b r; do param "$T/w" bgnbd $k estimate; done))" "0.00 6.75 0.83 "
	assert_equal "$(printf '%.2f ' $(for k in p q; do param "$T/w" gamma_gamma $k estimate; done))" "2.10 3.45 "
	# its search ends a little early
	near "$(param "$T/w" bgnbd alpha estimate)" 68.89 5e-4
	near "$(param "$T/w" gamma_gamma gamma estimate)" 485.57 1e-3
}

@test "CDNOW: the tables of the papers" {
	# CDNOW_sample.txt of Fader and Hardie: two ids, the day as 19970101, discs, dollars; the
	# papers count weeks, to 1997-09-30.  Set SEG_CDNOW to the file where it lies elsewhere.
	local file=${SEG_CDNOW:-$D/CDNOW_sample.txt}
	[ -e "$file" ] || skip "no CDNOW data: neither SEG_CDNOW nor ../shared/data/CDNOW_sample.txt"
	awk -v OFS='\t' 'BEGIN { print "customer_id", "date", "amount" }
		{ print $2, substr($3, 1, 4) "-" substr($3, 5, 2) "-" substr($3, 7, 2), $5 }' "$file" > "$T/in"
	"$R" -q -p --frequency lines --as-of 1997-09-30 --clv --write-clv "$T/w" "$T/in" > "$T/rows"
	assert_equal "$(param "$T/w" fit bgnbd customers)" 2357
	# weeks for days: alpha / 7, and log 7 for each repeat purchase
	assert_equal "$(printf '%.3f ' "$(param "$T/w" bgnbd r estimate)" \
		"$(awk "BEGIN { print $(param "$T/w" bgnbd alpha estimate) / 7 }")" \
		"$(param "$T/w" bgnbd a estimate)" "$(param "$T/w" bgnbd b estimate)")" "0.243 4.414 0.793 2.426 "
	assert_equal "$(awk -F'\t' -v l="$(param "$T/w" fit bgnbd log_likelihood)" \
		'NR > 1 { x += $8 - 1 } END { printf "%.1f", l + x * log(7) }' "$T/rows")" -9582.4
	# the note leaves out repeat purchases of 0 dollars
	assert_equal "$(printf '%.2f ' $(for k in p q gamma; do param "$T/w" gamma_gamma $k estimate; done))" "6.25 3.74 15.44 "
}
