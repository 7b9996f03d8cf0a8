# SPDX-License-Identifier: MIT
# The pipelines as a user runs them, on made-up dumps with planted groups.
load common

P=$BATS_TEST_DIRNAME/../pipelines

setup_file() {
	export S=$BATS_FILE_TMPDIR
	"${SEG_BUILD:?}/tests/gen/retail" --lines 60000 --customers 1200 --truth "$S/truth" > "$S/dump.csv"
}

# rfm_mk OUT [ARGS]: the pipeline on the file's dump.
rfm_mk() {
	local out=$1
	shift
	make -s -f "$P/rfm.mk" SEG="$B" DUMP="$S/dump.csv" OUT="$out" "$@" 2> "$T/log" || {
		cat "$T/log" >&2
		return 1
	}
}

@test "the dump's generator: the same bytes for the same seed, other bytes for another" {
	"$G/retail" --lines 3000 > "$T/a"
	"$G/retail" --lines 3000 > "$T/b"
	cmp "$T/a" "$T/b"
	"$G/retail" --lines 3000 --seed 2 > "$T/b"
	! cmp -s "$T/a" "$T/b"
}

@test "the dump has what real dumps have" {
	awk 'END { exit !(NR > 50000 && NR < 70000) }' "$S/dump.csv"
	grep -q '^C5' "$S/dump.csv"                 # returns
	grep -q ',,United Kingdom' "$S/dump.csv"    # lines without id
	grep -q '"".*""' "$S/dump.csv"              # quotes in quoted descriptions
	grep -q $'\xc3\x89' "$S/dump.csv"           # letters beyond ASCII
	grep -q ',n/k,' "$S/dump.csv"               # broken records
}

# ari FILE: adjusted Rand index of columns 1 and 2 (Hubert & Arabie 1985).
ari() {
	awk 'function c2(n) { return n * (n - 1) / 2 }
	{ n[$1 "," $2]++; a[$1]++; b[$2]++ } END {
		for (i in n) s += c2(n[i]); for (i in a) sa += c2(a[i]); for (i in b) sb += c2(b[i])
		e = sa * sb / c2(NR); printf "%.4f\n", (s - e) / ((sa + sb) / 2 - e) }' "$1"
}

@test "planted groups are found: adjusted Rand index at least 0.9" {
	"$G/retail" --lines 300000 --truth "$T/truth" | "$B/seg-clean" -q | "$B/seg-rfm" -q --min-monetary 0 |
		tee "$T/rfm.gz" | "$B/seg-scale" -q --log1p frequency,monetary -c recency_days,frequency,monetary \
		-w "$T/scale.gz" | "$B/seg-kmeans" -q --scaled-by "$T/scale.gz" -k 5 > "$T/model.gz"
	"$B/seg-assign" -q -p -m "$T/model.gz" "$T/rfm.gz" > "$T/segments"
	paste <(col customer_id < "$T/segments") <(col segment < "$T/segments") | sort > "$T/found"
	sort "$T/truth" | join -t $'\t' - "$T/found" | cut -f 2,3 > "$T/pairs"
	local found known
	found=$(ari "$T/pairs")
	# an observer who knows the true centres: each row to the nearest group mean
	"$B/seg-scale" -q -p --log1p frequency,monetary -c recency_days,frequency,monetary "$T/rfm.gz" |
		tail -n +2 | sort | join -t $'\t' <(sort "$T/truth") - > "$T/known"
	known=$(awk -F'\t' 'NR == FNR { g[$2] = 1; n[$2]++; for (j = 3; j <= 5; j++) m[$2, j] += $j; next }
		{ best = ""; for (i in g) { d = 0; for (j = 3; j <= 5; j++) d += ($j - m[i, j] / n[i]) ^ 2
			if (best == "" || d < least) { best = i; least = d } } print $2, best }' \
		"$T/known" "$T/known" > "$T/kpairs"; ari "$T/kpairs")
	echo "found $found, known centres $known"
	awk -v f="$found" -v k="$known" 'BEGIN { exit !(f >= 0.9 && k >= 0.93 && k <= 0.98) }'
}

@test "rfm.mk: from dump to report; again: nothing to do; identical bytes" {
	rfm_mk "$T/a"
	[ -s "$T/a/report.html" ]
	[ -s "$T/a/report.txt" ]
	grep -q '</html>' "$T/a/report.html"
	# segments have names there
	for name in Champions 'Loyal Customers' Promising 'At Risk' Hibernating; do
		grep -q "  $name " "$T/a/report.txt" || fail "$name is not in the report"
		grep -q "$name" "$T/a/report.html"
	done
	! grep -q 'Segment [0-9]' "$T/a/report.txt"
	run make -f "$P/rfm.mk" SEG="$B" DUMP="$S/dump.csv" OUT="$T/a"
	assert_success
	assert_output "make: Nothing to be done for 'all'."
	rfm_mk "$T/b"
	diff -r "$T/a" "$T/b"
	# nothing half-made is left
	run find "$T/a" -name '*.part' -o -name '*.gz.??????'
	assert_output ""
}

@test "rfm.mk: a touched dump makes all anew" {
	cp "$S/dump.csv" "$T/dump.csv"
	make -s -f "$P/rfm.mk" SEG="$B" DUMP="$T/dump.csv" OUT="$T/a" 2>/dev/null
	touch -d '1 minute ago' "$T/a"/*
	touch "$T/dump.csv"
	make -s -f "$P/rfm.mk" SEG="$B" DUMP="$T/dump.csv" OUT="$T/a" 2>/dev/null
	for f in clean.tsv.gz rfm.tsv.gz scaled.tsv.gz model.tsv.gz segments.tsv.gz train.tsv.gz purchase.tsv.gz \
		scored.tsv.gz report.html report.txt; do
		[ "$T/a/$f" -nt "$T/dump.csv" ] || fail "$f is old"
	done
}

@test "rfm.mk: a failure stops it and leaves no half file" {
	head -c 100000 "$S/dump.csv" | gzip | head -c 9000 > "$T/cut.csv.gz"
	run make -s -f "$P/rfm.mk" SEG="$B" DUMP="$T/cut.csv.gz" OUT="$T/a"
	assert_failure
	assert_output --partial "truncated gzip stream"
	[ ! -e "$T/a/clean.tsv.gz" ]
	[ ! -e "$T/a/ledger.tsv.gz" ]
	[ ! -e "$T/a/report.html" ]
}

@test "purchase.mk: fitted on one date, judged on a later one that the fit knows nothing of" {
	local mk=(make -s -f "$P/purchase.mk" SEG="$B" HORIZON=60)
	"${mk[@]}" DUMP="$S/dump.csv" OUT="$T/a" 2> "$T/log" || fail "$(cat "$T/log")"
	{ read -r fit; read -r judge; } < "$T/a/dates"
	assert_equal "$(date -u -d "$fit + 60 days" +%F)" "$judge"
	assert_equal "$(date -u -d "$judge + 59 days" +%F)" \
		"$(zcat "$T/a/today.tsv.gz" | col last_date | sort | tail -1)"
	grep -q "Fitted at $fit, judged at $judge" "$T/a/purchase.txt"
	run make -f "$P/purchase.mk" SEG="$B" HORIZON=60 DUMP="$S/dump.csv" OUT="$T/a"
	assert_output "make: Nothing to be done for 'all'."
	# each figure is from its own rows: those of the later date, scored by hand
	"$B/seg-logit" -q -m "$T/a/model.tsv.gz" --evaluate bought --metrics "$T/m" "$T/a/judge.tsv.gz" > "$T/p"
	cmp <(zcat "$T/m") <(zcat "$T/a/metrics.tsv.gz")
	auc=$(zcat "$T/m" | awk -F'\t' '$2 == "auc" { printf "%.4f", $3 }')
	grep -Eq "^auc .* $auc\$" "$T/a/purchase.txt" || fail "$(cat "$T/a/purchase.txt")"
	assert_equal "$(zcat "$T/a/scored.tsv.gz" | wc -l)" "$(zcat "$T/a/today.tsv.gz" | wc -l)"
	# what happens from the judge's date on cannot reach the model, only its judgement
	awk -v d="$judge" '!match($0, /,20[0-9][0-9]-[0-9][0-9]-[0-9][0-9] /) || substr($0, RSTART + 1, 10) < d || NR % 3' \
		"$S/dump.csv" > "$T/other.csv"
	[ "$(wc -l < "$T/other.csv")" -lt "$(wc -l < "$S/dump.csv")" ]
	"${mk[@]}" DUMP="$T/other.csv" OUT="$T/b" FIT_AT="$fit" JUDGE_AT="$judge" 2> "$T/log" || fail "$(cat "$T/log")"
	cmp <(zcat "$T/a/model.tsv.gz") <(zcat "$T/b/model.tsv.gz")
	! cmp -s <(zcat "$T/a/metrics.tsv.gz") <(zcat "$T/b/metrics.tsv.gz") || fail "the judge sees nothing"
	run "${mk[@]}" DUMP="$S/dump.csv" OUT="$T/c" FIT_AT="$judge" JUDGE_AT="$judge"
	assert_failure
	assert_output --partial "the outcome of the fit ends on $(date -u -d "$judge + 60 days" +%F), after $judge where the judge begins"
}

@test "rfm.sh: the same segments and the same report as rfm.mk" {
	rfm_mk "$T/a"
	PATH=$B:$PATH run "$P/rfm.sh" "$S/dump.csv" "$T/b"
	assert_success
	assert_line "report: $T/b/report.html"
	for f in rfm scale model segments purchase scored; do
		cmp <(zcat "$T/a/$f.tsv.gz") <(zcat "$T/b/$f.tsv.gz")
	done
	[ -s "$T/b/report.html" ]
}

@test "studies on made-up data: reports that say so; again: nothing to do; identical bytes" {
	local s
	for s in rfm revenue spending lookalikes demographics; do
		make -s -f "$P/study-$s.mk" SEG="$B" GEN="$G" OUT="$T/$s" 2> "$T/log" || fail "$s: $(cat "$T/log")"
		for f in "$T/$s"/*.html; do
			grep -q '</html>' "$f"
			grep -q 'made up' "$f" || fail "$f does not say that its data are made up"
		done
		run make -f "$P/study-$s.mk" SEG="$B" GEN="$G" OUT="$T/$s"
		assert_output "make: Nothing to be done for 'all'."
		make -s -j2 -f "$P/study-$s.mk" SEG="$B" GEN="$G" OUT="$T/again" 2> /dev/null
		diff -r "$T/$s" "$T/again"
		run find "$T/$s" -name '*.part' -o -name '*.gz.??????'
		assert_output ""
		rm -r "$T/again"
	done
}

@test "studies: planted groups are found" {
	"$G/study" --kind demographics --truth "$T/people" > /dev/null
	"$G/study" --kind campaign --truth "$T/campaign" > /dev/null
	make -s -f "$P/study-demographics.mk" SEG="$B" GEN="$G" OUT="$T/d" 2> /dev/null
	make -s -f "$P/study-spending.mk" SEG="$B" GEN="$G" OUT="$T/s" 2> /dev/null
	# spread as the groups are, chance would give 0
	local x
	for x in people:d/people-segments:0.5 campaign:s/segments:0.9; do
		IFS=: read -r truth file least <<< "$x"
		zcat "$T/$file.tsv.gz" > "$T/rows"
		paste <(col id < "$T/rows") <(col segment < "$T/rows") | sort > "$T/found"
		sort "$T/$truth" | join -t $'\t' - "$T/found" | cut -f 2,3 > "$T/pairs"
		awk -v a="$(ari "$T/pairs")" -v b="$least" 'BEGIN { exit !(a >= b) }' || fail "$truth: $(ari "$T/pairs")"
	done
}

@test "studies: real data after made-up data make all anew" {
	mkdir "$T/data"
	"$G/study" --kind lookalike --seed 7 > "$T/data/lookalike-5000.csv"
	touch -d 2001-01-01 "$T/data/lookalike-5000.csv"
	make -s -f "$P/study-lookalikes.mk" SEG="$B" GEN="$G" OUT="$T/o" 2> /dev/null
	make -s -f "$P/study-lookalikes.mk" SEG="$B" GEN="$G" DATA="$T/data" OUT="$T/o" 2> /dev/null
	make -s -f "$P/study-lookalikes.mk" SEG="$B" GEN="$G" DATA="$T/data" OUT="$T/p" 2> /dev/null
	! grep -q 'made up' "$T/o/report.html"
	cmp "$T/o/report.html" "$T/p/report.html"
	run make -f "$P/study-lookalikes.mk" SEG="$B" GEN="$G" DATA="$T/data" OUT="$T/o"
	assert_output "make: Nothing to be done for 'all'."
}

@test "studies: a failure leaves no half file" {
	mkdir "$T/data"
	"$G/study" --kind lookalike | sed '900s/,.*//' > "$T/data/lookalike-5000.csv"
	run make -s -f "$P/study-lookalikes.mk" SEG="$B" GEN="$G" DATA="$T/data" OUT="$T/o" TARGET=Nobody
	assert_failure
	run find "$T/o" -name '*.part' -o -name 'audience*'
	assert_output ""
}

@test "rfm.sh: the dump and what else is in the folder stays; a failure leaves nothing" {
	mkdir "$T/own"
	head -20001 "$S/dump.csv" > "$T/own/sales.csv"
	echo mine > "$T/own/other.tsv.gz"
	echo mine > "$T/own/report.docx"
	(cd "$T/own" && PATH=$B:$PATH "$P/rfm.sh" sales.csv . > /dev/null 2>&1)
	[ -s "$T/own/report.html" ]
	[ -s "$T/own/sales.csv" ]
	assert_equal "$(cat "$T/own/other.tsv.gz" "$T/own/report.docx")" $'mine\nmine'
	mkdir "$T/bad"
	printf 'not,a,dump\n1,2,3\n' > "$T/bad/x.csv"
	PATH=$B:$PATH run "$P/rfm.sh" "$T/bad/x.csv" "$T/bad"
	assert_failure
	assert_equal "$(ls -A "$T/bad")" x.csv
}

@test "rfm.mk: a changed setting makes anew what it decides, and nothing else" {
	rfm_mk "$T/a" K=3
	touch -d '2 hours ago' "$S/dump.csv"
	touch -d '1 hour ago' "$T/a"/* "$T/a"/.[a-z]*
	rfm_mk "$T/a" K=4 TITLE="Bob's \"own\"; report"
	[ -z "$(find "$T/a" -name rfm.tsv.gz -mmin -30)" ] || fail "rfm.tsv.gz was made anew"
	[ -n "$(find "$T/a" -name model.tsv.gz -mmin -30)" ] || fail "model.tsv.gz is old"
	zcat "$T/a/model.tsv.gz" | grep -q $'\tk\t4$'
	grep -qF "Bob's \"own\"; report" "$T/a/report.txt"
}

@test "rfm.mk: clean takes only a folder that it made; blanks in names are refused" {
	mkdir "$T/mine"
	run make -s -f "$P/rfm.mk" DUMP=x OUT="$T/mine" clean
	assert_failure
	[ -d "$T/mine" ]
	rfm_mk "$T/a" "$T/a/clean.tsv.gz"
	make -s -f "$P/rfm.mk" DUMP=x OUT="$T/a" clean
	[ ! -e "$T/a" ]
	run make -s -f "$P/rfm.mk" DUMP="my dump.csv" OUT="$T/a"
	assert_failure
	assert_output --partial "make cannot work with blanks in DUMP or OUT"
}

@test "a dump without invoices: the frequency counts lines" {
	zcat -f "$S/dump.csv" | awk -F, -v OFS=, 'NR == 1 { print "customer_id,trans_date,tran_amount"; next }
		NF == 8 && !/"/ && $7 && $4 > 0 && NR % 4 == 0 { print $7, $5, $4 * $6 }' > "$T/simple.csv"
	make -s -f "$P/rfm.mk" SEG="$B" DUMP="$T/simple.csv" OUT="$T/a" 2>/dev/null
	[ -s "$T/a/report.html" ]
	PATH=$B:$PATH "$P/rfm.sh" "$T/simple.csv" "$T/b" > /dev/null 2>&1
	cmp <(zcat "$T/a/scored.tsv.gz") <(zcat "$T/b/scored.tsv.gz")
}

@test "make install puts programs, pages and pipelines below DESTDIR" {
	make -s -C "$BATS_TEST_DIRNAME/.." install B="$SEG_BUILD" DESTDIR="$T/root" PREFIX=/opt > /dev/null
	for f in clean rfm scale kmeans assign logit report; do
		"$T/root/opt/bin/seg-$f" --version > /dev/null
		[ -s "$T/root/opt/share/man/man1/seg-$f.1" ]
	done
	[ -s "$T/root/opt/share/man/man7/seg.7" ]
	[ -s "$T/root/opt/share/man/man5/seg-tsv.5" ]
	[ -x "$T/root/opt/share/seg/pipelines/rfm.sh" ]
	[ -s "$T/root/opt/share/seg/pipelines/common.mk" ]
	[ -s "$T/root/opt/share/seg/pipelines/names.rules" ]
}
