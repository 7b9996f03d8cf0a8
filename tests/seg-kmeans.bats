# SPDX-License-Identifier: MIT
load common

kmeans() { "$B/seg-kmeans" "$@"; }

# Two pairs of rows, 10 apart.
four() { tsv 'customer_id|x|y' 'A|0|0' 'B|0|2' 'C|10|0' 'D|10|4'; }

# Three heaps of 60, in two scaled columns and one other.
heaps() {
	awk 'BEGIN { srand(1); print "customer_id\ta_scaled\tb_scaled\tother"
		for (i = 0; i < 180; i++) { h = i % 3; printf "c%d\t%.6f\t%.6f\t%d\n", i, 4 * h + rand(), (h == 1) * 5 + rand(), i } }'
}

# param MODEL KIND NAME KEY: a value of a model.
param() { zcat -f "$1" | awk -F'\t' -v a="$2" -v b="$3" -v c="$4" '$1 == a && $2 == b && $3 == c { print $4 }'; }

@test "four rows, two segments: everything in the model" {
	four > "$T/in"
	kmeans -q -p -k 2 -c x,y --tol 0 --order-by x "$T/in" > "$T/m"
	assert_equal "$(head -2 "$T/m")" "$(tsv 'kind|name|key|value' 'model|seg-kmeans|version|1')"
	for want in 'model seg-kmeans k 2' 'model seg-kmeans rows 4' 'model seg-kmeans inertia 10' \
		'model seg-kmeans silhouette_kind exact' 'model seg-kmeans picked_by k' 'model seg-kmeans order_by x' \
		'model seg-kmeans seed 1' 'model seg-kmeans algorithm lloyd' 'model seg-kmeans init kmeans++' \
		'model seg-kmeans restarts 10' 'model seg-kmeans swaps 0' 'model seg-kmeans tol 0' \
		'model seg-kmeans stopped labels' 'model seg-kmeans converged 1' 'column x raw x' 'column y raw y' \
		'segment 1 size 2' 'segment 1 share 0.5' 'segment 1 inertia 8' 'segment 2 inertia 2' 'centre 1 x 10' \
		'centre 1 y 2' 'centre 2 x 0' 'centre 2 y 1' 'centre_raw 2 y 1' 'mean_raw 1 y 2'; do
		set -- $want
		assert_equal "$1 $2 $3 $(param "$T/m" "$1" "$2" "$3")" "$want"
	done
	near "$(param "$T/m" distance 1 2)" 10.04987562112089 1e-15
	assert_equal "$(zcat -f "$T/m" | awk -F'\t' '$1 == "count" && $2 == "x" { n += $4 } END { print n }')" 4
}

@test "--scaled-by: original units in the model, mean_raw the members' own, labels as seg-assign's on raw rows" {
	tsv 'customer_id|monetary|n' 'A|0|1' 'B|3|1' 'C|100|2' 'D|140|9' 'E|1|1' > "$T/raw"
	"$B/seg-scale" -q -c monetary,n --log1p monetary -w "$T/s" "$T/raw" > "$T/in"
	kmeans -q -k 2 --scaled-by "$T/s" "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" column monetary_scaled raw)" monetary
	assert_equal "$(param "$T/m" model seg-kmeans order_by)" monetary
	assert_equal "$(param "$T/m" segment 1 size)" 2
	near "$(param "$T/m" mean_raw 1 monetary)" 120 1e-14
	near "$(param "$T/m" mean_raw 2 monetary)" 1.3333333333333333 1e-14
	# the inverse of the mean of log(1 + x) is the geometric mean of 1 + x, less 1
	near "$(param "$T/m" centre_raw 1 monetary)" "$(awk 'BEGIN { printf "%.15g", sqrt(101 * 141) - 1 }')" 1e-13
	near "$(param "$T/m" centre_raw 2 n)" 1 1e-14
	assert_equal "$(param "$T/m" scale monetary shape)" log1p
	assert_equal "$("$B/seg-assign" -q -p -m "$T/m" "$T/raw" | col segment | xargs)" "2 2 1 1 2"
	assert_equal "$("$B/seg-assign" -q -p -m "$T/m" "$T/in" | col segment | xargs)" "2 2 1 1 2"
}

@test "--scaled-by is opened after the input's verified end" {
	four > "$T/raw"
	"$B/seg-scale" -q -c x,y --method minmax -w "$T/late.gz" "$T/raw" | kmeans -q -k 2 --scaled-by "$T/late.gz" > "$T/m"
	assert_equal "$(param "$T/m" centre_raw 1 x)" 10
}

@test "a range: the sweep's columns, the rule, what the others say" {
	heaps > "$T/in"
	run --separate-stderr kmeans -p -k 1..6 --sweep "$T/s" "$T/in"
	assert_success
	assert_equal "$stderr" "seg-kmeans: k = 3 picked by elbow on 1..6; silhouette would pick 3, ch 3, db 3"
	zcat -f "$T/s" > "$T/sweep"
	assert_equal "$(head -1 "$T/sweep")" "$(tsv 'k|inertia|silhouette|silhouette_kind|calinski_harabasz|davies_bouldin|gap|gap_se|picked_by|silhouette_se|iterations|stopped|stability')"
	assert_equal "$(col k < "$T/sweep" | xargs)" "1 2 3 4 5 6"
	assert_equal "$(col picked_by < "$T/sweep" | sed -n 3p)" elbow
	assert_equal "$(col picked_by < "$T/sweep" | grep -c .)" 1
	assert_equal "$(col silhouette_kind < "$T/sweep" | xargs)" "none exact exact exact exact exact"
	assert_equal "$(col silhouette < "$T/sweep" | head -1)" ""
	# the inertia never rises with k
	col inertia < "$T/sweep" | sort -gr | cmp - <(col inertia < "$T/sweep")
	for rule in silhouette ch db; do
		kmeans -q -p -k 2..6 --pick $rule "$T/in" > "$T/m"
		assert_equal "$(param "$T/m" model seg-kmeans k) $(param "$T/m" model seg-kmeans picked_by)" "3 $rule"
	done
}

@test "--gap, --pick gap: three heaps; a slanted rectangle is one, its gap about 0" {
	heaps > "$T/in"
	run --separate-stderr kmeans -p -k 1..6 --gap 20 --pick gap --sweep "$T/s" "$T/in"
	assert_success
	assert_equal "$stderr" "seg-kmeans: k = 3 picked by gap on 1..6; elbow would pick 3, silhouette 3, ch 3, db 3"
	assert_line "$(tsv 'model|seg-kmeans|picked_by|gap')"
	# one cluster: the references' inertia is that of an even box, n times the sum of width^2 / 12
	awk 'BEGIN { srand(2); print "x\ty"; for (i = 0; i < 3000; i++) { a = 10 * rand(); b = rand()
		print 0.8 * a - 0.6 * b "\t" 0.6 * a + 0.8 * b } }' > "$T/slanted"
	kmeans -q -p -k 1..3 -c x,y --silhouette none --restarts 3 --gap 10 --pick gap --sweep "$T/s1" --threads 1 "$T/slanted" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans k)" 1
	zcat -f "$T/s1" | awk -F'\t' '$1 == 1 { exit !($7 < 0.03 && $7 > -0.03 && $8 > 0 && $8 < 0.05) }'
	kmeans -q -k 1..3 -c x,y --silhouette none --restarts 3 --gap 10 --pick gap --sweep "$T/s3" --threads 3 "$T/slanted" > "$T/m"
	cmp <(zcat -f "$T/s1") <(zcat -f "$T/s3")
	# no smallest k on a range that ends before it
	run --separate-stderr kmeans -p -k 1..2 --gap 20 --pick gap "$T/in"
	assert_equal "$status" 3
	assert_regex "$stderr" "^seg-kmeans: gap on 1..2: none; k = 2 picked by silhouette"
	# all rows equal: no inertia, no gap
	tsv x 2 2 2 | kmeans -q -k 1 -c x --gap 3 --sweep "$T/s" > "$T/m"
	assert_equal "$(zcat -f "$T/s" | tail -1 | cut -f7,8)" "$(tsv '|')"
}

@test "--stability: heaps are found again, halves of a heap are not" {
	heaps > "$T/in"
	kmeans -q -p -k 1..4 --pick ch --stability 20 --sweep "$T/s1" --threads 1 "$T/in" > "$T/m"
	assert_equal "$(for s in 1 2 3; do param "$T/m" segment $s stability; done | xargs)" "1 1 1"
	assert_equal "$(zcat -f "$T/s1" | col stability | sed -n '1p;3p' | xargs)" "1 1"
	zcat -f "$T/s1" | col stability | awk 'NR == 4 { exit !($1 < 0.9 && $1 > 0.2) }'
	kmeans -q -p -k 1..4 --pick ch --stability 20 --sweep "$T/s3" --threads 3 "$T/in" | cmp - "$T/m"
	cmp <(zcat -f "$T/s1") <(zcat -f "$T/s3")
	kmeans -q -p -k 3 "$T/in" > "$T/without"
	assert_equal "$(param "$T/without" segment 1 stability)" ""
	# samples of three distinct rows often have fewer than three
	tsv x 1 5 9 | kmeans -q -p -k 3 -c x --stability 20 > "$T/m"
	param "$T/m" segment 1 stability | awk '{ exit !($1 < 1 && $1 >= 0) }'
}

@test "no elbow: the best silhouette, or without silhouettes ch, and status 3" {
	heaps > "$T/in"
	run --separate-stderr kmeans -p -k 2..3 "$T/in"
	assert_equal "$status" 3
	assert_equal "$stderr" "seg-kmeans: elbow on 2..3: none; k = 3 picked by silhouette; ch would pick 3, db 3"
	assert_line "$(tsv 'model|seg-kmeans|picked_by|silhouette')"
	run --separate-stderr kmeans -p -k 2..3 --silhouette none "$T/in"
	assert_equal "$status" 3
	assert_equal "$stderr" "seg-kmeans: elbow on 2..3: none; k = 3 picked by ch; db would pick 3"
	assert_line "$(tsv 'model|seg-kmeans|silhouette|')"
	assert_line "$(tsv 'model|seg-kmeans|silhouette_kind|none')"
}

@test "silhouettes: kinds; a sample carries its error" {
	four > "$T/in"
	kmeans -q -p -k 2 -c x,y --silhouette sq "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans silhouette_kind)" sq
	awk 'BEGIN { srand(2); print "x\ty"; for (i = 0; i < 20001; i++) print rand() + (i % 2) "\t" rand() }' > "$T/many"
	kmeans -q -p -k 2 -c x,y "$T/many" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans silhouette_kind)" sample
	[ -n "$(param "$T/m" model seg-kmeans silhouette_se)" ]
	head -20001 "$T/many" | kmeans -q -p -k 2 -c x,y > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans silhouette_kind)" exact
	assert_equal "$(param "$T/m" model seg-kmeans silhouette_se)" ""
}

@test "--order-by: a feature with or without _scaled, or size; monetary by default" {
	heaps | head -150 > "$T/in"
	kmeans -q -p -k 3 --order-by b "$T/in" > "$T/m"
	param "$T/m" centre 1 b_scaled | awk '{ exit !($1 > 5) }'
	kmeans -q -p -k 3 --order-by a_scaled "$T/in" > "$T/m"
	param "$T/m" centre 1 a_scaled | awk '{ exit !($1 > 8) }'
	kmeans -q -p -k 2 "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans order_by)" size
	(($(param "$T/m" segment 1 size) > $(param "$T/m" segment 2 size)))
	sed '1s/b_scaled/monetary_scaled/' "$T/in" | kmeans -q -p -k 3 > "$T/m"
	param "$T/m" centre 1 monetary_scaled | awk '{ exit !($1 > 5) }'
	refused 1 "seg-kmeans: $T/in: --order-by: no feature \"c\"" kmeans -k 2 --order-by c "$T/in"
}

@test "rows as near to two centres are of the segment with the lower number, by size as well" {
	local i at
	ties() { for i in {1..7}; do tsv '0|0' '0|100'; done; }
	# one pass takes the centres to (10,0), (-10,0) and (0,50): seven rows at (0,0)
	tsv 'x|y' '20|0' '-20|0' '0|1' > "$T/centres"
	for at in first last; do
		{
			tsv 'x|y'
			[ $at = last ] || ties
			for i in {1..30}; do tsv '10|0'; done
			for i in {1..50}; do tsv '-10|0'; done
			[ $at = first ] || ties
		} > "$T/in"
		run -3 --separate-stderr kmeans -q -p -k 3 -c x,y --max-iter 1 --init "$T/centres" "$T/in"
		printf '%s\n' "$output" > "$T/m"
		assert_equal "$(param "$T/m" segment 1 size) $(param "$T/m" segment 2 size)" "57 30"
		assert_equal "$(param "$T/m" segment 1 inertia) $(param "$T/m" segment 2 inertia)" "700 0"
		near "$(param "$T/m" mean_raw 1 x)" -8.771929824561404 1e-15
		run -3 --separate-stderr kmeans -q -p -k 3 -c x,y --max-iter 1 --init "$T/centres" --order-by x "$T/in"
		printf '%s\n' "$output" > "$T/m"
		assert_equal "$(param "$T/m" segment 1 size) $(param "$T/m" segment 3 size)" "37 50"
	done
}

@test "--init FILE, random; --history: the objective never rises" {
	heaps > "$T/in"
	tsv 'b_scaled|a_scaled' '0|0' '5|4' '0|8' > "$T/centres"
	kmeans -q -p -k 3 --init "$T/centres" --history "$T/h" "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans init) $(param "$T/m" model seg-kmeans restarts)" "given 1"
	assert_equal "$(zcat -f "$T/h" | head -1)" "$(tsv 'k|restart|iteration|inertia|largest_shift')"
	kmeans -q -p -k 2..6 --init random --restarts 4 --tol 0 --history "$T/h" "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans init)" random
	zcat -f "$T/h" | awk -F'\t' 'NR > 1 { if ($1 == k && $2 == r && $4 > inertia * (1 + 1e-13)) bad = 1
		k = $1; r = $2; inertia = $4; last[k, r] = $5; runs[k, r] } END { for (i in runs) { n++; if (last[i] != 0) bad = 1 }
		exit bad || n != 20 }'
	refused 1 "seg-kmeans: $T/centres: 3 centres, not 2" kmeans -k 2 --init "$T/centres" "$T/in"
	refused 2 "seg-kmeans: option --init: centres are given for one k, not for 2..3" \
		kmeans -k 2..3 --init "$T/centres" "$T/in"
	refused 2 "seg-kmeans: option --restarts: given centres leave nothing to draw" \
		kmeans -k 3 --init "$T/centres" --restarts 3 "$T/in"
	# shuffled rows, same bytes but for what counts iterations and rows alike
	(head -1 "$T/in"; tail -n +2 "$T/in" | shuf --random-source="$T/in") > "$T/shuffled"
	kmeans -q -p -k 3 --silhouette none --init "$T/centres" "$T/shuffled" |
		cmp - <(kmeans -q -p -k 3 --silhouette none --init "$T/centres" "$T/in")
}

@test "--tol: restarts stop by it, the best of several at a hundredth of it" {
	awk 'BEGIN { srand(9); print "x\ty"; for (i = 0; i < 3000; i++) print rand() "\t" rand() }' > "$T/in"
	awk 'NR > 1 { for (j = 1; j <= 2; j++) { s[j] += $j; q[j] += $j * $j } }
		END { n = NR - 1; print (q[1] / n - (s[1] / n) ^ 2 + q[2] / n - (s[2] / n) ^ 2) / 2 }' "$T/in" > "$T/variance"
	# prints the restarts whose last largest shift can be a stop at tolerance $1
	stopped() { zcat -f "$T/h" | awk -F'\t' -v v="$(cat "$T/variance")" -v t="$1" 'NR > 1 { last[$2] = $5 }
		END { for (r in last) if (last[r] ^ 2 <= t * v) print r }' | sort -n | xargs; }
	kmeans -q -p -k 7 -c x,y --tol 0.01 --restarts 6 --history "$T/h" "$T/in" > "$T/m"
	assert_equal "$(stopped 0.01)" "1 2 3 4 5 6"
	assert_equal "$(stopped 0.0001 | wc -w)" 1
	assert_equal "$(param "$T/m" model seg-kmeans stopped)" shift
	# the history's iterations of that restart are the model's, its inertia the least
	zcat -f "$T/h" | awk -F'\t' -v r="$(stopped 0.0001)" '$2 == r { n = $3 } END { print n }' > "$T/n"
	assert_equal "$(param "$T/m" model seg-kmeans iterations)" "$(cat "$T/n")"
	zcat -f "$T/h" | awk -F'\t' -v i="$(param "$T/m" model seg-kmeans inertia)" 'NR > 1 && $4 < i { exit 1 }'
	kmeans -q -p -k 7 -c x,y --tol 0.01 --restarts 1 --history "$T/h" "$T/in" > "$T/m"
	assert_equal "$(stopped 0.0001)" ""
}

@test "--init parallel: by the rows' keys, in any order; as good as k-means++; few distinct rows" {
	heaps > "$T/in"
	kmeans -q -p -k 3 --init parallel --restarts 3 --threads 1 --silhouette none "$T/in" > "$T/m"
	assert_equal "$(param "$T/m" model seg-kmeans init)" parallel
	(head -1 "$T/in"; tail -n +2 "$T/in" | shuf --random-source="$T/in") > "$T/shuffled"
	for t in 1 3; do
		kmeans -q -p -k 3 --init parallel --restarts 3 --threads $t --silhouette none "$T/shuffled" | cmp - "$T/m"
	done
	assert_equal "$(param "$T/m" model seg-kmeans inertia)" "$(param <(kmeans -q -p -k 3 "$T/in") model seg-kmeans inertia)"
	# one k is the same alone and in a range
	kmeans -q -k 2..9 --init parallel --restarts 2 --silhouette none --sweep "$T/s" "$T/in" > /dev/null || [ $? = 3 ]
	assert_equal "$(param <(kmeans -q -p -k 7 --init parallel --restarts 2 "$T/in") model seg-kmeans inertia)" \
		"$(zcat -f "$T/s" | awk -F'\t' '$1 == 7 { print $2 }')"
	# without a key by row numbers; many duplicates; whole weights
	awk 'BEGIN { print "x\ty\tw"; for (i = 0; i < 9000; i++) print (i % 9 < 7 ? 1 : i % 9) "\t" 2 "\t" 1 + i % 2 }' > "$T/dup"
	assert_equal "$(param <(kmeans -q -p -k 3 -c x,y --init parallel "$T/dup") model seg-kmeans inertia)" 0
	assert_equal "$(param <(kmeans -q -p -k 3 -c x,y --weights w --init parallel "$T/dup") model seg-kmeans inertia)" 0
	refused 1 "seg-kmeans: $T/dup: only 3 distinct rows, fewer than k = 5" kmeans -k 5 -c x,y --init parallel "$T/dup"
	refused 1 "seg-kmeans: $T/dup: only 3 distinct rows, fewer than k = 5" kmeans -k 2..5 -c x,y --init parallel "$T/dup"
}

@test "not converged: a warning, status 3, complete output" {
	awk 'BEGIN { srand(3); print "x\ty"; for (i = 0; i < 3000; i++) print rand() "\t" rand() }' > "$T/in"
	run --separate-stderr kmeans -p -k 7 -c x,y --tol 0 --max-iter 2 --restarts 1 --silhouette none "$T/in"
	assert_equal "$status" 3
	assert_equal "${stderr%%$'\n'*}" "seg-kmeans: warning: k = 7: not converged after 2 iterations"
	assert_line "$(tsv 'model|seg-kmeans|stopped|iterations')"
	assert_line "$(tsv 'model|seg-kmeans|converged|0')"
}

@test "rows come the same from plain and gzip files of many members, from a pipe, for any number of threads" {
	awk 'BEGIN { srand(8); OFS = "\t"; print "x", "name", "y"; for (i = 0; i < 60000; i++)
		print int(20000 * rand()) / 100 - 100, "n" i, rand() * 10 ^ int(12 * rand() - 6) }' > "$T/in"
	kmeans -q -p -k 4 -c x,y --threads 1 --silhouette none --restarts 2 "$T/in" > "$T/one"
	split -b 300000 "$T/in" "$T/part."
	for f in "$T"/part.*; do gzip -1 -c "$f"; done > "$T/members.gz"
	for t in 1 2 3 7; do
		kmeans -q -p -k 4 -c x,y --threads $t --silhouette none --restarts 2 "$T/members.gz" | cmp - "$T/one"
		for part in "$T"/part.*; do cat "$part"; sleep 0.01; done |
			kmeans -q -p -k 4 -c x,y --threads $t --silhouette none --restarts 2 | cmp - "$T/one"
	done
}

@test "of several faults the first is reported, for any number of threads" {
	awk 'BEGIN { OFS = "\t"; print "x", "y"; for (i = 0; i < 40000; i++) print i % 100, i % 7 }' > "$T/in"
	sed '30001s/.*/1\toops/; 30002s/.*/1/; 39000s/.*/no\tno/' "$T/in" > "$T/number"
	sed '30001s/$/\r/; 30002s/.*/1\toops/' "$T/in" > "$T/ending"
	sed '30001s/.*/1/; 30003s/$/\t\xff/' "$T/in" > "$T/ragged"
	gzip -1 -c "$T/in" | head -c 5000 > "$T/cut.gz"
	(sed 1q "$T/in"; echo a) > "$T/other"
	for t in 1 2 3 7; do
		refused 1 "seg-kmeans: $T/number:30001: column y: not a number: \"oops\"" \
			kmeans -k 2 -c x,y --threads $t "$T/number" "$T/other"
		refused 1 "seg-kmeans: $T/ending:30001: carriage return at the end of the line; seg-clean repairs that" \
			kmeans -k 2 -c x,y --threads $t "$T/ending"
		refused 1 "seg-kmeans: $T/ragged:30001: 1 field, 2 expected" \
			kmeans -k 2 -c x,y --threads $t "$T/ragged" "$T/number"
		refused 1 "seg-kmeans: $T/cut.gz: truncated gzip stream: the writer failed or the file is cut" \
			kmeans -k 2 -c x,y --threads $t "$T/cut.gz" "$T/number"
		refused 1 "seg-kmeans: $T/other:2: 1 field, 2 expected" \
			kmeans -k 2 -c x,y --threads $t "$T/in" "$T/other"
	done
}

@test "many rows, few passes: the tree with large leaves gives what Lloyd gives" {
	awk 'BEGIN { srand(6); print "x\ty\tw"; for (i = 0; i < 140000; i++)
		print int(50 * rand()) ^ 2 "\t" (i % 9 ? rand() : 7) "\t" 1 + int(3 * rand()) }' > "$T/in"
	for more in "--weights w" "--swaps 1"; do
		kmeans -q -p -k 6 -c x,y --restarts 1 $more --algorithm lloyd --silhouette none "$T/in" > "$T/one"
		for t in 1 3; do
			kmeans -q -p -k 6 -c x,y --restarts 1 $more --algorithm kdtree --silhouette none \
				--threads $t "$T/in" | sed 's/kdtree/lloyd/' | cmp - "$T/one"
		done
	done
}

@test "same bytes for 1, 2, 3 and 7 threads, and for all algorithms" {
	awk 'BEGIN { srand(4); print "x\ty\tz"; for (i = 0; i < 5000; i++) print int(9 * rand()) "\t" rand() "\t" rand() ^ 3 }' > "$T/in"
	kmeans -q -p -k 2..7 -c x,y,z --threads 1 --swaps 3 --sweep "$T/s1" "$T/in" > "$T/one"
	for t in 2 3 7; do
		kmeans -q -p -k 2..7 -c x,y,z --threads $t --swaps 3 --sweep "$T/s$t" "$T/in" | cmp - "$T/one"
		cmp <(zcat -f "$T/s$t") <(zcat -f "$T/s1")
	done
	assert_equal "$(param "$T/one" model seg-kmeans algorithm)" kdtree
	for a in lloyd hamerly; do
		kmeans -q -p -k 2..7 -c x,y,z --swaps 3 --algorithm $a "$T/in" | sed "s/$a/kdtree/" | cmp - "$T/one"
	done
}

@test "SEG_CPU plain, avx2, avx512: same model, sweep and labels, for any algorithm and number of threads" {
	awk 'BEGIN { srand(8); for (j = 0; j < 11; j++) printf "%sx%d", j ? "\t" : "", j; print ""
		for (i = 0; i < 2100; i++) for (j = 0; j < 11; j++) printf "%.3f%s", rand() + (i + j) % 3, j < 10 ? "\t" : "\n" }' > "$T/in"
	local c cpu t a
	for c in x0..x2 x0..x10; do
		[ $c = x0..x2 ] && a=kdtree || a=hamerly
		kmeans -q -p -k 2..5 -c $c --restarts 2 --threads 1 --sweep "$T/s" "$T/in" > "$T/m"
		assert_equal "$(param "$T/m" model seg-kmeans algorithm)" $a
		"$B/seg-assign" -q -p -m "$T/m" "$T/in" > "$T/labels"
		kmeans -q -p -k 5 -c $c --restarts 2 --silhouette sample --threads 1 "$T/in" > "$T/sampled"
		assert_equal "$(param "$T/sampled" model seg-kmeans silhouette_kind)" sample
		for cpu in plain avx2 avx512; do
			SEG_CPU=$cpu kmeans -q -p -k 5 -c $c --restarts 2 --silhouette sample --threads 3 "$T/in" | cmp - "$T/sampled"
			for t in 1 2 3 7; do
				SEG_CPU=$cpu kmeans -q -p -k 2..5 -c $c --restarts 2 --threads $t --sweep "$T/s2" "$T/in" | cmp - "$T/m"
				cmp <(zcat -f "$T/s2") <(zcat -f "$T/s")
			done
			SEG_CPU=$cpu "$B/seg-assign" -q -p -m "$T/m" "$T/in" | cmp - "$T/labels"
			for a in lloyd hamerly kdtree; do
				SEG_CPU=$cpu kmeans -q -p -k 2..5 -c $c --restarts 2 --algorithm $a "$T/in" |
					sed 's/algorithm\t.*/algorithm/' | cmp - <(sed 's/algorithm\t.*/algorithm/' "$T/m")
			done
		done
	done
	SEG_CPU=sse refused 2 "seg-kmeans: environment variable SEG_CPU: none of plain, avx2, avx512" kmeans -k 2 "$T/in"
}

@test "a fit alone is the fit in the sweep; another seed is another draw" {
	awk 'BEGIN { srand(5); print "x\ty"; for (i = 0; i < 2500; i++) print rand() "\t" rand() }' > "$T/in"
	kmeans -q -k 2..9 -c x,y --silhouette none --sweep "$T/s" "$T/in" > /dev/null || [ $? = 3 ]
	for k in 2 5 9; do
		assert_equal "$(param <(kmeans -q -p -k $k -c x,y "$T/in") model seg-kmeans inertia)" \
			"$(zcat -f "$T/s" | awk -F'\t' -v k=$k '$1 == k { print $2 }')"
	done
	! cmp -s <(kmeans -q -p -k 9 -c x,y --restarts 1 "$T/in" | grep centre) \
		<(kmeans -q -p -k 9 -c x,y --restarts 1 --seed 2 "$T/in" | grep centre)
}

@test "--weights: whole weights are repeated rows" {
	awk 'BEGIN { srand(6); print "x\ty\tw"; for (i = 0; i < 300; i++) print rand() "\t" rand() "\t" 1 + int(3 * rand()) }' > "$T/in"
	awk -F'\t' -v OFS='\t' 'NR == 1 { print $1, $2; next } { for (i = 0; i < $3; i++) print $1, $2 }' "$T/in" > "$T/repeated"
	kmeans -q -p -k 3 -c x,y --weights w --restarts 30 --tol 0 "$T/in" > "$T/a"
	kmeans -q -p -k 3 -c x,y --restarts 30 --tol 0 "$T/repeated" > "$T/b"
	near "$(param "$T/a" model seg-kmeans inertia)" "$(param "$T/b" model seg-kmeans inertia)" 1e-12
	assert_equal "$(param "$T/a" model seg-kmeans weights)" w
	assert_equal "$(param "$T/a" model seg-kmeans rows)" 300
	tsv 'x|w' '1|1' '2|0' > "$T/zero"
	refused 1 "seg-kmeans: $T/zero:3: column w: a weight must be above 0" kmeans -k 1 -c x --weights w "$T/zero"
	refused 1 "seg-kmeans: $T/zero: no features besides key and weights" kmeans -k 1 -c w --weights w "$T/zero"
}

@test "few rows: one row, equal rows, fewer distinct rows than k" {
	tsv 'x' 1.5 > "$T/one"
	assert_equal "$(param <(kmeans -q -p -k 1 -c x "$T/one") centre 1 x)" 1.5
	refused 1 "seg-kmeans: $T/one: only 1 distinct rows, fewer than k = 2" kmeans -k 2 -c x "$T/one"
	tsv 'x|y' '1|2' '1|2' '3|2' '1|2' > "$T/dup"
	assert_equal "$(param <(kmeans -q -p -k 2 -c x,y "$T/dup") model seg-kmeans inertia)" 0
	refused 1 "seg-kmeans: $T/dup: only 2 distinct rows, fewer than k = 4" kmeans -k 2..4 -c x,y "$T/dup"
	tsv 'x|y' > "$T/none"
	refused 1 "seg-kmeans: $T/none: no rows" kmeans -k 2 -c x,y "$T/none"
	tsv 'x' -1e200 1e200 > "$T/huge"
	refused 1 "seg-kmeans: $T/huge: values too large: their squared distances overflow" kmeans -k 1 -c x "$T/huge"
	tsv 'x|w' '1e-160|1' '3e-160|1' '5e-160|1' > "$T/tiny"
	refused 1 "seg-kmeans: $T/tiny: values too small: their squared distances underflow" \
		kmeans -k 2 -c x "$T/tiny"
	tsv 'x|w' '1e-10|1e-300' '3e-10|1e-300' > "$T/light"
	refused 1 "seg-kmeans: $T/light: values too small: their squared distances underflow" \
		kmeans -k 2 -c x --weights w "$T/light"
	tsv 'x|y' '1e-160|1' '1e-160|3' > "$T/mixed"
	assert_equal "$(param <(kmeans -q -p -k 1 -c x,y "$T/mixed") model seg-kmeans inertia)" 2
}

@test "columns: default features, key, missing cells, unknown names" {
	heaps > "$T/in"
	kmeans -q -p -k 2 "$T/in" > "$T/m"
	assert_equal "$(zcat -f "$T/m" | grep -c '^column')" 2
	assert_equal "$(kmeans -q -p -k 2 --key other -c 'other,a_scaled' "$T/in" | grep -c '^column')" 1
	tsv 'x|y' '1|2' '|3' '4|' '|5' > "$T/missing"
	refused 1 "seg-kmeans: $T/missing: missing values: x 2, y 1" kmeans -k 2 -c x,y "$T/missing"
	refused 1 "seg-kmeans: $T/in: no column \"a_scale\"; did you mean a_scaled?" kmeans -k 2 -c a_scale "$T/in"
	"$B/seg-scale" -q -c x,y --impute 0 -w "$T/p" "$T/missing" > "$T/scaled"
	refused 1 "seg-kmeans: $T/p: column a_scaled is none that these parameters make" \
		kmeans -k 2 --scaled-by "$T/p" "$T/in"
}

@test "--mem: rows that do not fit are refused, rows that do stay below it" {
	awk 'BEGIN { print "x\ty\tz"; for (i = 0; i < 1300000; i++) print i % 977 "\t" i % 13 "\t" i % 7 }' > "$T/in"
	head -500001 "$T/in" | /usr/bin/time -f %M -o "$T/rss" "$B/seg-kmeans" -q -k 3 -c x,y,z --restarts 2 --swaps 1 \
		--silhouette none --mem 96M > "$T/m"
	(($(cat "$T/rss") <= 96 * 1024))
	for i in 1 2 3; do tail -n +2 "$T/in"; done >> "$T/in.more"
	run --separate-stderr kmeans -k 3 -c x,y,z --mem 96M <(head -1 "$T/in"; cat "$T/in.more")
	assert_equal "$status" 1
	assert_equal "$output" ""
	assert_regex "$stderr" '^seg-kmeans: the frame needs more than --mem 96M allows: 3 columns, [0-9]+ rows so far$'
}

@test "wrong command lines: status 2, nothing read" {
	refused 2 "seg-kmeans: option -k is required: a number of segments, or a range as in 2..10" kmeans
	refused 2 'seg-kmeans: option -k: neither a whole number nor a range A..B: "x"' kmeans -k x
	refused 2 'seg-kmeans: option -k: neither a whole number nor a range A..B: "2..y"' kmeans -k 2..y
	refused 2 "seg-kmeans: option -k: 5..2 is not in 1..10000, ascending" kmeans -k 5..2
	refused 2 "seg-kmeans: option -k: 0 is not in 1..10000, ascending" kmeans -k 0
	refused 2 "seg-kmeans: option --pick needs a range of -k" kmeans -k 3 --pick ch
	refused 2 "seg-kmeans: option --pick gap needs a --gap" kmeans -k 2..3 --pick gap
	refused 2 "seg-kmeans: option --pick silhouette needs a --silhouette" \
		kmeans -k 2..3 --pick silhouette --silhouette none
}

@test "provenance: what determines the result, no path" {
	four > "$T/in"
	tsv 'x|y' '0|0' '10|0' > "$T/centres"
	kmeans -q -k 2 -c x,y --init "$T/centres" --threads 2 "$T/in" > "$T/m.gz"
	run bash -c 'head -c 300 "$1" | tr -d "\0" | grep -ao "seg-kmeans 1.0.*" | head -1' - "$T/m.gz"
	assert_output "seg-kmeans 1.0 -k 2 -c x,y --init given"
}

@test "lookalike-5000: inertias and silhouettes, four segments of 1,250" {
	need_data lookalike-5000.csv
	"$B/seg-clean" -q --table "$D/lookalike-5000.csv" > "$T/clean.gz"
	"$B/seg-scale" -q -c annual_income,spending_score,credit_score,online_activity "$T/clean.gz" > "$T/in.gz"
	kmeans -q -p -k 2..8 --tol 0 --swaps 50 --sweep "$T/s" "$T/in.gz" > "$T/m"
	zcat -f "$T/s" > "$T/sweep"
	local i=0 want
	for want in 10057.779644 4444.759225 517.5178649042603 436.353450 377.217822 319.537771 285.662169544; do
		i=$((i + 1))
		col inertia < "$T/sweep" | sed -n ${i}p | awk -v w=$want '{ exit !($1 <= w * (1 + 1e-9)) }' || fail "$i: $want"
	done
	i=0
	for want in 0.560093 0.678213 0.859480002981237 0.749937 0.649371 0.519472; do
		i=$((i + 1))
		near "$(col silhouette < "$T/sweep" | sed -n ${i}p)" $want 1e-6
	done
	near "$(col silhouette < "$T/sweep" | sed -n 3p)" 0.859480002981237 1e-12
	assert_equal "$(for s in 1 2 3 4; do param "$T/m" segment $s size; done | xargs)" "1250 1250 1250 1250"
}

@test "scikit-learn from the same centres: same labels' centres and inertia; same indices" {
	need_python sklearn
	awk 'BEGIN { srand(7); print "x\ty\tz"; for (i = 0; i < 3000; i++) print rand() + (i % 4) "\t" rand() * 2 "\t" rand() ^ 2 }' > "$T/in"
	head -6 "$T/in" > "$T/centres"
	kmeans -q -p -k 5 -c x,y,z --tol 0 --init "$T/centres" --sweep "$T/s" "$T/in" > "$T/m"
	zcat -f "$T/s" | tail -1 > "$T/row"
	cat > "$T/peer.py" <<-'EOF'
		import sys, numpy as np
		from sklearn.cluster import KMeans
		from sklearn.metrics import silhouette_score, calinski_harabasz_score, davies_bouldin_score
		t = sys.argv[1]
		x = np.loadtxt(t + "/in", skiprows=1)
		m = KMeans(5, init=x[:5], n_init=1, tol=0, max_iter=1000).fit(x)
		r = open(t + "/row").read().rstrip("\n").split("\t")
		ours = [float(r[i]) for i in (1, 2, 4, 5)]
		theirs = [m.inertia_, silhouette_score(x, m.labels_), calinski_harabasz_score(x, m.labels_),
		          davies_bouldin_score(x, m.labels_)]
		bad = [(a, b) for a, b in zip(ours, theirs) if abs(a - b) > 1e-12 * abs(b)]
		print(bad); sys.exit(bool(bad))
	EOF
	run /usr/bin/python3 "$T/peer.py" "$T"
	assert_success
}

@test "unscaled and constant features are named; a single k is summed up in a line" {
	tsv 'x|money|c' '1|1000|5' '2|3000|5' '9|-7000|5' '10|9000|5' > "$T/in"
	run --separate-stderr "$B/seg-kmeans" -k 2 -c x,money,c "$T/in"
	assert_success
	assert_equal "$(sed -n 1,2p <<<"$stderr")" "seg-kmeans: warning: feature c is constant: it tells no rows apart
seg-kmeans: warning: feature money varies 2.02e+06 times as much as x (variances), which hardly counts: seg-scale makes them comparable"
	assert_regex "$(sed -n 3p <<<"$stderr")" '^seg-kmeans: k = 2: 4 rows, inertia [0-9.e+]+, [0-9]+ iterations$'
	run --separate-stderr "$B/seg-kmeans" -q -k 2 -c x,money,c "$T/in"
	assert_equal "$stderr" ""
}

# The rows of FILE in three shards of T, unequal, each with the header.
shards() {
	local i
	for i in 1 2 3; do
		awk -v i=$i 'NR == 1 || (NR - 2 < 7) + 2 * (NR - 2 >= 7 && NR % 5 == 0) + 3 * (NR - 2 >= 7 && NR % 5) == i' \
			"$1" > "$T/shard$i"
	done
}

# step STATE OPTIONS...: one round over the shards, merged in a tree of any shape.
step() {
	local state=$1 i
	shift
	for i in 1 2 3; do kmeans --partial --init "$state" "$@" "$T/shard$i" > "$T/part$i"; done
	kmeans --merge "$T/part3" "$T/part1" > "$T/part31"
	kmeans -q --final "$T/part2" "$T/part31" > "$state.new"
	mv "$state.new" "$state"
}

@test "--partial, --merge, --final: iterations and the sq silhouette over shards have the bits of one run" {
	awk 'BEGIN { srand(7); print "id\ta\tb\tc\tw"
		for (i = 0; i < 900; i++) printf "%d\t%.5f\t%.5f\t%.7g\t%.3f\n", i, rand() + i % 4, 1e6 * rand(), 1e8 + rand(), .1 + rand() }' > "$T/in"
	shards "$T/in"
	assert_equal "$(sed -n '2,$p' "$T"/shard[123] | grep -vc id)" 900
	(head -1 "$T/in"; sed -n '3,6p' "$T/in") > "$T/c0"
	for weights in '' '--weights w'; do
		for i in 1 2 3; do
			kmeans --partial -c a,b,c --key id $weights --threads $i "$T/shard$i" > "$T/range$i"
		done
		kmeans --final --init "$T/c0" "$T"/range[231] > "$T/state"
		for i in 1 2 3 4; do step "$T/state" --threads 2; done
		kmeans -q -p -k 4 -c a,b,c --key id $weights --init "$T/c0" --tol 0 --max-iter 4 --silhouette sq \
			--history "$T/history" "$T/in" > "$T/m" || [ $? = 3 ]
		assert_equal "$(zcat "$T/state" | awk -F'\t' '$1 == "centre" { print $3, $4 }' | sort)" \
			"$(awk -F'\t' '$1 == "centre" { print $3, $4 }' "$T/m" | sort)"
		assert_equal "$(param "$T/state" step '' inertia)" "$(zcat -f "$T/history" | col inertia | tail -1)"
		assert_equal "$(param "$T/state" step '' largest_shift)" "$(zcat -f "$T/history" | col largest_shift | tail -1)"
		for i in 1 2 3; do step "$T/state" --silhouette sq; done
		assert_equal "$(param "$T/state" step '' silhouette_sq)" "$(param "$T/m" model seg-kmeans silhouette)"
		assert_equal "$(param "$T/state" step '' rows)/$(param "$T/state" step '' shards)" 900/3
	done
	# to the fixed point: it does not move from there
	for i in 1 2 3; do kmeans --partial --init "$T/state" "$T/shard$i" > "$T/part$i"; done
	run --separate-stderr kmeans --final "$T"/part[123]
	assert_regex "$stderr" '^seg-kmeans: iteration 5: 900 rows in 3 shards, inertia [0-9.e+]+, largest shift [0-9.e+-]+$'
}

@test "--partial, --merge, --final: what does not belong together is refused" {
	four > "$T/in"
	tsv 'x|y' '0|0' '10|3' > "$T/c0"
	tsv 'x|y' '99|0' '100|3' > "$T/far"
	kmeans --partial -c x,y "$T/in" > "$T/r"
	kmeans --final --init "$T/c0" "$T/r" > "$T/state"
	kmeans --partial --init "$T/state" "$T/in" > "$T/p"
	kmeans -q --final "$T/p" > "$T/state2"
	kmeans --partial --init "$T/state2" "$T/in" > "$T/p2"
	kmeans --final "$T/r" > "$T/bare"
	refused 1 "seg-kmeans: $T/p2: not of the same step as $T/p" kmeans --merge "$T/p" "$T/p2"
	refused 1 "seg-kmeans: $T/r: not of the same step as $T/p" kmeans --final "$T/p" "$T/r"
	refused 1 "seg-kmeans: $T/state: a finished step, not a part of one" kmeans --merge "$T/p" "$T/state"
	refused 1 "seg-kmeans: $T/p: a part of a step: --final finishes it" kmeans --partial --init "$T/p" "$T/in"
	refused 1 "seg-kmeans: $T/bare: no centres yet: --final --init FILE takes them" kmeans --partial --init "$T/bare" "$T/in"
	refused 1 "seg-kmeans: $T/c0: the step has its centres already" kmeans --final --init "$T/c0" "$T/p"
	refused 1 "seg-kmeans: $T/r: 4 rows in 1 shards, not 5" kmeans --final --expect-rows 5 "$T/r"
	tsv 'customer_id|x|y' 'A|11|0' > "$T/out"
	refused 1 "seg-kmeans: $T/out: values beyond the ranges that $T/state knows" kmeans --partial --init "$T/state" "$T/out"
	tsv 'x|y' > "$T/none"
	refused 1 "seg-kmeans: $T/none: no centres" kmeans --final --init "$T/none" "$T/r"
	tsv 'customer_id|x|y' 'A|-1e200|0' 'B|1e200|0' > "$T/huge"
	kmeans --partial -c x,y "$T/huge" > "$T/h"
	refused 1 "seg-kmeans: values too large: their squared distances overflow" kmeans --final "$T/h"
	tsv 'customer_id|x' 'A|1e-160' 'B|3e-160' > "$T/tiny"
	kmeans --partial -c x "$T/tiny" > "$T/t"
	refused 1 "seg-kmeans: values too small: their squared distances underflow" kmeans --final "$T/t"
	zcat "$T/p" | sed 's/^sum\t2\t\t.*/sum\t2\t\tx/' > "$T/bad"
	refused 1 "seg-kmeans: $T/bad: no step of seg-kmeans, or not whole" kmeans --merge "$T/bad"
	zcat "$T/p" | head -20 > "$T/short"
	refused 1 "seg-kmeans: $T/short: no step of seg-kmeans, or not whole" kmeans --merge "$T/short"
	# an empty centre stays, and is counted
	kmeans --final --init "$T/far" "$T/r" > "$T/state"
	kmeans --partial --init "$T/state" "$T/in" > "$T/p"
	run --separate-stderr kmeans --final -p "$T/p"
	assert_equal "$stderr" "$(printf '%s\n' 'seg-kmeans: iteration 1: 4 rows in 1 shards, inertia 35464, largest shift 94' \
		'seg-kmeans: warning: 1 centres have no rows and stay where they are')"
	assert_equal "$(awk -F'\t' '$1 == "centre" { print $4 }' <<< "$output" | xargs)" "5 1.5 100 3"
}

@test "--partial, --merge, --final: wrong command lines" {
	refused 2 "seg-kmeans: only one of --partial, --merge and --final can be given" kmeans --partial --merge x
	refused 2 "seg-kmeans: option -k belongs to a fit, not to a step of one" kmeans --partial -k 3 x
	refused 2 "seg-kmeans: option -c belongs to --partial" kmeans --final -c a x
	refused 2 "seg-kmeans: option --init belongs to --partial or --final" kmeans --merge --init f x
	refused 2 "seg-kmeans: option -c belongs to the first part: a step knows its columns" kmeans --partial --init f -c a x
	refused 2 "seg-kmeans: option --partial: of silhouettes sq alone, with --init" kmeans --partial --silhouette exact --init f x
	refused 2 "seg-kmeans: option --partial: of silhouettes sq alone, with --init" kmeans --partial --silhouette sq -c a x
}

@test "given centres: fewer distinct rows than k are counted" {
	tsv 'x|y' '0|0' '0|0' '-0|0' '5|1' > "$T/in"
	tsv 'x|y' '0|0' '1|1' '2|2' > "$T/c0"
	refused 1 "seg-kmeans: $T/in: only 2 distinct rows, fewer than k = 3" kmeans -k 3 -c x,y --init "$T/c0" "$T/in"
}
