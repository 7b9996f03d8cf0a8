# SPDX-License-Identifier: MIT
# Every example of the README, the pages and --help, as it stands there.
load common

# The files that the examples name, from a made-up dump moved to 2010-12..2011-11.
setup_file() {
	export W=$BATS_FILE_TMPDIR/work
	export PATH=${SEG_BUILD:?}/bin:$PATH
	mkdir -p "$W" && cd "$W"
	"$SEG_BUILD/tests/gen/retail" --lines 20000 --customers 400 | sed 's/,2020-/,2010-/; s/,2021-/,2011-/' > dump.csv
	gzip -k dump.csv
	awk 'BEGIN { print "id,price_1,price_2,price_3,price_4,price_5"
		for (i = 1; i <= 20; i++) print i "," 1 + i / 10 ",2,3," i ",5" }' > trips.csv
	seg-clean -q dump.csv > clean.tsv.gz
	cp clean.tsv.gz tx.tsv.gz
	seg-clean -q --where 'date < 2011-02-01' dump.csv > jan.tsv.gz
	seg-clean -q --where 'date >= 2011-02-01' dump.csv > feb.tsv.gz
	seg-rfm -q --min-monetary 0 --carry country clean.tsv.gz > rfm.tsv.gz
	seg-rfm -q --as-of 2011-09-01 --horizon 90 clean.tsv.gz > train.tsv.gz
	seg-logit -q -y bought -c recency_days,frequency,monetary train.tsv.gz > purchase.tsv.gz
	cp rfm.tsv.gz rfm.gz
	cp rfm.tsv.gz next.tsv.gz
	seg-scale -q --log1p frequency,monetary -w scale.tsv.gz rfm.tsv.gz > scaled.tsv.gz
	cp scaled.tsv.gz scaled.gz
	zcat scaled.gz > scaled.tsv
	sed -n '1p;2,99p' scaled.tsv > shard1.gz
	sed -n '1p;100,150p' scaled.tsv > shard2.gz
	sed -n '1p;151,$p' scaled.tsv > shard3.gz
	head -4 scaled.tsv > start.tsv
	seg-kmeans -q -k 2..6 --scaled-by scale.tsv.gz --sweep sweep.tsv.gz scaled.tsv.gz > model.tsv.gz || [ $? = 3 ]
	cp "$BATS_TEST_DIRNAME/../pipelines/names.rules" .
	seg-assign -q -m model.tsv.gz rfm.tsv.gz > segments.tsv.gz
}

# The commands of a page's EXAMPLES, one script a display; blank line between.
page_examples() {
	awk '/^\.Sh / { on = $2 == "EXAMPLES" }
		on && /^\.Dl / { sub(/^\.Dl /, ""); gsub(/\\e/, "\\"); print; print "" }
		on && /^\.Bd / { show = 1; next }
		on && /^\.Ed/ { show = 0; print "" }
		show { gsub(/\\e/, "\\"); print }' "$1"
}

# run_examples NAME < scripts: each paragraph in a fresh copy of the folder.
run_examples() {
	local name=$1 n=0 script
	while IFS= read -r -d '' script; do
		[ -n "${script//[$'\n\t ']/}" ] || continue
		n=$((n + 1))
		rm -rf "$T/run"
		cp -r "$W" "$T/run"
		printf 'set -e -o pipefail\n%s\n' "$script" > "$T/script"
		if ! (cd "$T/run" && bash "$T/script" > "$T/out" 2> "$T/err"); then
			grep -q ': k = .* picked by silhouette: no elbow' "$T/err" ||
				fail "$name, example $n: $(cat "$T/script" "$T/err")"
		fi
	done < <(awk 'BEGIN { RS = ""; ORS = "\0" } { print }')
	[ $n -gt 0 ] || fail "$name has no example"
}

@test "the examples of the pages run" {
	local f
	for f in seg-clean.1 seg-rfm.1 seg-scale.1 seg-kmeans.1 seg-assign.1 seg-logit.1 seg-report.1 seg.7; do
		page_examples "$BATS_TEST_DIRNAME/../man/$f" |
			if command -v rsvg-convert > /dev/null; then cat; else grep -v '^rsvg-convert'; fi |
			run_examples "$f"
	done
}

@test "the examples of --help run" {
	local f
	for f in rfm logit report; do
		"$B/seg-$f" --help | sed -n '/^examples:/,$p' | tail -n +2 | sed 's/^ *//; G' | run_examples "seg-$f --help"
	done
}

@test "the pipeline of the README runs" {
	sed -n '/^    seg-clean/,/^$/s/^    //p' "$BATS_TEST_DIRNAME/../README.md" | run_examples README.md
}
