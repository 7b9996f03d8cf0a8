# SPDX-License-Identifier: MIT
# The HTML reports as people and checkers see them: every page of the five
# studies, on the real data where they are, and one made of hostile data.
load common

# need_npm PACKAGE...: skip unless tests/setup test has brought these.
need_npm() {
	local p
	command -v node > /dev/null || skip "node is not installed"
	for p; do [ -d "$SEG_BUILD/npm/node_modules/$p" ] || skip "no $p in build/npm: make setup-test"; done
}

setup_file() {
	export S=$BATS_FILE_TMPDIR
	local b=$SEG_BUILD/bin s d=$BATS_TEST_DIRNAME/../../shared/data
	[ -d "$d" ] || d=
	for s in rfm revenue spending lookalikes demographics; do
		make -s -f "$BATS_TEST_DIRNAME/../pipelines/study-$s.mk" SEG="$b" GEN="$SEG_BUILD/tests/gen" DATA="$d" \
			OUT="$S/$s" 2> "$S/log" || { cat "$S/log" >&2; return 1; }
	done
	mkdir "$S/hostile"
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' customer_id segment recency_days frequency monetary country \
		1 '<script>hit=1</script>' 1 2 3 '</td><img src=x onerror=hit=2>' \
		2 '"'"'"'<b onclick=hit=3>' 4 5 6 'https://example.com/' \
		3 'javascript:hit=4' 4 7 7 '\t\n' 4 '</title></svg><i>' 9 8 0.5 '&lt;b&gt;' \
		5 '&#39;"]}' 2 9 8 '${hit}' > "$S/hostile/rows"
	local long=$(printf '%03000d' 0)
	printf 'segment\taction\tlift\tstart\tdays\n*\t<img src=x onerror=hit=5>\t5\t0\t9\n*\t%s\t5\t0\t9\n' "$long" \
		> "$S/hostile/plan"
	"$b/seg-report" --value monetary --share country,customer_id --words country --ab segment,frequency \
		--title '</title><script>hit=6</script>' --note '<b>' --playbook "$S/hostile/plan" --format html \
		-o "$S/hostile/report.html" <(awk -F'\t' -v OFS='\t' 'NR > 1 { $4 %= 2 } 1' "$S/hostile/rows")
	# names and values without a place to break
	awk -F'\t' -v OFS='\t' -v long="$long" 'NR == 1 { $3 = long } NR > 1 { $2 = long NR % 2; $6 = long $6 } 1' "$S/hostile/rows" |
		"$b/seg-report" -c "$long,frequency" --value monetary --share country --title "$long" --note "$long" \
			-o "$S/hostile/long.html"
}

@test "Chromium, network off: no error, no request; sort, filter, hover, axes; dark, phone, paper; axe-core finds nothing" {
	need_command chromium
	need_npm playwright-core axe-core
	mkdir "$T/pdf"
	run node "$BATS_TEST_DIRNAME/browser/page.js" "$SEG_BUILD/npm/node_modules" "$T/pdf" "$S"/*/*.html
	assert_output "$(ls "$S"/*/*.html | wc -l) pages read"
	assert_success
	[ "$(ls "$T/pdf" | wc -l)" = "$(ls "$S"/*/*.html | wc -l)" ]
	need_command pdftotext
	local f text
	for f in "$S"/*/*.html; do
		pdftotext -layout "$T/pdf/$(basename "$(dirname "$f")")-$(basename "$f").pdf" "$T/paper"
		# every section, every table's caption, folded or not, and the last line
		grep -o '<h2 [^>]*>[^<]*' "$f" | sed 's/.*>//' | while read -r text; do
			grep -qF "$text" "$T/paper" || { echo "$f on paper has no section \"$text\""; false; }
		done
		grep -q 'asks nothing of any' "$T/paper"
		assert_equal "$(grep -c '<summary>' "$f")" "$(grep -o '<summary>' "$f" | wc -l)"
		grep -o '<summary>[^<]*' "$f" | sed 's/.*>//' | while read -r text; do
			# a long one goes over several lines
			tr -d '[:space:]' < "$T/paper" | grep -qF "$(tr -d '[:space:]' <<<"$text")" ||
				{ echo "$f on paper has no \"$text\""; false; }
		done
	done
}

@test "the Nu HTML checker finds nothing" {
	command -v java > /dev/null || skip "java is not installed"
	need_npm vnu-jar
	local vnu=$SEG_BUILD/npm/node_modules/vnu-jar/build/dist/vnu.jar
	# but for the language, which it guesses by the text, of a page that is mostly one word of 3,000 digits
	run java -jar "$vnu" --filterpattern '.*appears to be written in.*' "$S/hostile/long.html"
	assert_output ""
	assert_success
	local pages
	mapfile -t pages < <(ls "$S"/*/*.html | grep -v /long.html)
	run java -jar "$vnu" "${pages[@]}"
	assert_output ""
	assert_success
}

@test "tidy finds nothing in any page" {
	need_command tidy
	local f
	for f in "$S"/*/*.html; do
		run tidy -q -e "$f"
		assert_output ""
	done
}

@test "hostile labels, values and titles are text in the markup too" {
	assert_equal "$(grep -c '<script' "$S/hostile/report.html")" 1
	! grep -qE '<(img|b|i)[ >]' "$S/hostile/report.html"
	grep -q '&lt;script&gt;hit=1&lt;/script&gt;' "$S/hostile/report.html"
}
