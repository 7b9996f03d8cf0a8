# SPDX-License-Identifier: MIT
# What is true of all seven filters.
load common

all="clean rfm scale kmeans assign logit report"

# Once for the file: small inputs of each kind, and what each filter is run with.
setup_file() {
	export S=$BATS_FILE_TMPDIR
	local b=${SEG_BUILD:?}/bin
	awk 'BEGIN { OFS = ","; print "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
		for (i = 0; i < 400; i++) { c = (i * 7) % 40
			printf "%d,P%d,%s,%d,2020-%02d-%02d 10:%02d:00,%d.%02d,%d,UK\n", 5000 + int(i / 3), i % 17,
			i % 5 ? "plain mug" : "\"mug, \"\"big\"\"\"", (i % 31 ? 1 : -1) * (1 + i * c % 9),
			1 + (i * c) % 12, 1 + (i + c) % 28, i % 60, 1 + c % 7, i % 100, 100 + c } }' > "$S/dump.csv"
	"$b/seg-clean" -q "$S/dump.csv" > "$S/clean.gz"
	"$b/seg-rfm" -q "$S/clean.gz" > "$S/rfm.gz"
	"$b/seg-scale" -q -c recency_days,frequency,monetary -w "$S/scale.gz" "$S/rfm.gz" > "$S/scaled.gz"
	"$b/seg-kmeans" -q -k 3 --scaled-by "$S/scale.gz" "$S/scaled.gz" > "$S/model.gz"
	"$b/seg-assign" -q -m "$S/model.gz" "$S/rfm.gz" > "$S/segments.gz"
	zcat "$S/segments.gz" | awk -F'\t' -v OFS='\t' 'NR == 1 { print $0, "y"; next } { print $0, (NR * 7) % 5 < 2 }' \
		> "$S/labelled"
}

# recipe FILTER: its input and its arguments, in `input` and `args`.
recipe() {
	case $1 in
	clean) input=$S/dump.csv args=() ;;
	rfm) input=$S/clean.gz args=() ;;
	scale) input=$S/rfm.gz args=(-c recency_days,frequency,monetary) ;;
	kmeans) input=$S/scaled.gz args=(-k 2..4 --restarts 3) ;;
	assign) input=$S/rfm.gz args=(-m "$S/model.gz") ;;
	logit) input=$S/labelled args=(-y y -c recency_days,frequency) ;;
	report) input=$S/labelled args=(-c recency_days,frequency --value monetary) ;;
	esac
}

# ok_status N: complete output.
ok_status() { [ "$1" = 0 ] || [ "$1" = 3 ]; }

@test "--help: status 0, a usage line, every option of the man page and no other" {
	local f page
	for f in $all; do
		run "$B/seg-$f" --help
		assert_success
		assert_line --index 0 --regexp "^usage: seg-$f "
		page=$BATS_TEST_DIRNAME/../man/seg-$f.1
		# options named in the page's list, as in ".It Fl c , -columns Ar ..."
		grep -E '^\.It Fl' "$page" | grep -oE '(Fl|[,;]) -[a-z][a-z0-9-]*' | sed 's/.* -/--/' | sort -u > "$T/page"
		grep -oE '^ +(-[a-zA-Z] )?--[a-z][a-z0-9-]*' <<<"$output" | grep -oE -e '--[a-z0-9-]+' | sort -u > "$T/help"
		diff "$T/page" "$T/help" || fail "seg-$f: < the page, > --help"
		run "$B/seg-$f" -h
		assert_success
	done
}

@test "--version names the filter and the version" {
	for f in $all; do
		run "$B/seg-$f" --version
		assert_success
		assert_output "seg-$f (seg) 1.0"
	done
}

@test "a wrong option: status 2, the nearest name, nothing read" {
	for f in $all; do
		refused 2 "seg-$f: unknown option --plian; did you mean --plain?" "$B/seg-$f" --plian
		refused 2 "seg-$f: unknown option --zzzzzzzz; --help lists them" "$B/seg-$f" --zzzzzzzz
		refused 2 "seg-$f: unknown option -Z; --help lists them" "$B/seg-$f" -Z
		refused 2 "seg-$f: option --threads: 0 is not in 1..1024" "$B/seg-$f" --threads 0
		refused 2 "seg-$f: option --threads: not a whole number: \"x\"" "$B/seg-$f" --threads=x
		refused 2 "seg-$f: option --mem: 10M is too little, the least is 96M" "$B/seg-$f" --mem 10M
		refused 2 "seg-$f: option --mem: not a size such as 512M: \"much\"" "$B/seg-$f" --mem much
		refused 2 "seg-$f: option --level: 10 is not in 0..9" "$B/seg-$f" -z 10
		refused 2 "seg-$f: option --level needs an argument: 0..9" "$B/seg-$f" --level
		refused 2 "seg-$f: option --quiet takes no argument" "$B/seg-$f" --quiet=yes
		# a unique beginning of a name is no name
		refused 2 "seg-$f: unknown option --thread; did you mean --threads?" "$B/seg-$f" --thread 1
	done
}

@test "a file that is not there, a folder, zero bytes: status 1 and the name" {
	for f in $all; do
		recipe $f
		refused 1 "seg-$f: no/such: No such file or directory" "$B/seg-$f" "${args[@]}" no/such
		refused 1 "seg-$f: $T: is a directory" "$B/seg-$f" "${args[@]}" "$T"
		: > "$T/empty"
		refused 1 "seg-$f: $T/empty: empty input: zero bytes" "$B/seg-$f" "${args[@]}" "$T/empty"
	done
}

@test "each filter runs on plain and on gzip input, in several members, from - and from a file" {
	local f
	for f in $all; do
		recipe $f
		"$B/seg-$f" -q -p "${args[@]}" "$input" > "$T/want" || ok_status $?
		[ -s "$T/want" ] || fail "seg-$f: no output"
		zcat -f "$input" > "$T/plain"
		"$B/seg-$f" -q -p "${args[@]}" < "$T/plain" > "$T/got" || ok_status $?
		cmp "$T/want" "$T/got" || fail "seg-$f: plain standard input"
		head -c 700 "$T/plain" | gzip -9 > "$T/two.gz"
		tail -c +701 "$T/plain" | gzip -1 >> "$T/two.gz"
		"$B/seg-$f" -q -p "${args[@]}" - < "$T/two.gz" > "$T/got" || ok_status $?
		cmp "$T/want" "$T/got" || fail "seg-$f: two members"
	done
}

@test "several operands are one stream; other columns are refused" {
	zcat "$S/rfm.gz" > "$T/all"
	head -11 "$T/all" > "$T/a"
	{ head -1 "$T/all"; tail -n +12 "$T/all"; } | gzip > "$T/b.gz"
	local c="-c recency_days,frequency,monetary"
	"$B/seg-scale" -q -p $c "$T/a" "$T/b.gz" > "$T/got"
	"$B/seg-scale" -q -p $c "$T/all" > "$T/want"
	cmp "$T/want" "$T/got"
	tsv 'customer_id|recency_days' '1|2' > "$T/other"
	rejected 1 "seg-scale: $T/other:1: 2 columns, but 23 in $T/a" "$B/seg-scale" $c "$T/a" "$T/other"
	tsv 'id|recency_days' '1|2' > "$T/other"
	rejected 1 "seg-scale: $T/other:1: column 1 is \"id\", but \"customer_id\" in $T/a" \
		"$B/seg-scale" $c "$T/a" "$T/other"
}

@test "a stream cut at any byte is refused by every filter, and leaves no end mark" {
	local f n k
	for f in $all; do
		recipe $f
		# short, so that every byte can be tried: a few rows
		zcat -f "$input" | head -3 > "$T/short"
		"$B/seg-$f" -q -p "${args[@]}" "$T/short" > "$T/want" 2>/dev/null || true
		gzip -n < "$T/short" > "$T/short.gz"
		n=$(stat -c %s "$T/short.gz")
		for ((k = 0; k < n; k += f == clean || f == scale ? 1 : 5)); do
			if head -c $k "$T/short.gz" | "$B/seg-$f" -q "${args[@]}" > "$T/out" 2>"$T/err"; then
				fail "seg-$f took $k of $n bytes for a whole stream"
			fi
			[ -s "$T/err" ] || fail "seg-$f failed in silence at $k of $n bytes"
			! gzip -t "$T/out" 2>/dev/null || [ ! -s "$T/out" ] || fail "seg-$f wrote an end mark at $k"
		done
		# the whole input, at many places
		zcat -f "$input" | gzip -1n > "$T/long.gz"
		n=$(stat -c %s "$T/long.gz")
		for k in 1 2 9 10 11 $((n / 9)) $((n / 5)) $((n / 3)) $((n / 2)) $((n - 9)) $((n - 8)) $((n - 7)) \
			$((n - 4)) $((n - 1)); do
			run bash -c 'head -c "$1" "$2" | "${@:3}" > /dev/null' - $k "$T/long.gz" "$B/seg-$f" -q "${args[@]}"
			assert_failure 1
		done
	done
}

@test "a flipped bit anywhere in a member's body is refused" {
	local f n k
	for f in $all; do
		recipe $f
		zcat -f "$input" | gzip -6n > "$T/good.gz"
		n=$(stat -c %s "$T/good.gz")
		for k in 12 13 $((n / 4)) $((n / 2)) $((n - 20)) $((n - 8)) $((n - 6)) $((n - 4)) $((n - 1)); do
			cp "$T/good.gz" "$T/flip.gz"
			printf "\\x$(printf %02x $(($(od -An -tu1 -j$k -N1 "$T/good.gz") ^ 8)))" |
				dd of="$T/flip.gz" bs=1 seek=$k conv=notrunc status=none
			run bash -c '"$@" > /dev/null' - "$B/seg-$f" -q "${args[@]}" "$T/flip.gz"
			assert_failure 1
		done
	done
}

@test "a full disk: status 1 and the reason" {
	for f in $all; do
		recipe $f
		run bash -c '"$@" > /dev/full' - "$B/seg-$f" -q "${args[@]}" "$input"
		assert_failure 1
		assert_output "seg-$f: standard output: No space left on device"
		run bash -c '"$@" > /dev/full' - "$B/seg-$f" --help
		assert_failure 1
	done
}

@test "a reader that has gone away: silent, status 141; 1 when SIGPIPE is ignored" {
	for f in $all; do
		recipe $f
		# `true` may still be there when the first bytes come: a reader that is certainly gone
		run bash -c '(sleep 0.1; "$@"; echo $? >&2) 2>&1 >&3 3>&- | cat' - "$B/seg-$f" -q "${args[@]}" "$input" \
			3> >(exec true)
		assert_output 141
		run bash -c 'trap "" PIPE; (sleep 0.1; "$@"; echo $? >&2) 2>&1 >&3 3>&- | cat' - "$B/seg-$f" -q \
			"${args[@]}" "$input" 3> >(exec true)
		assert_output 1
	done
}

@test "the same bytes for any number of threads, any --mem, any environment" {
	for f in $all; do
		recipe $f
		"$B/seg-$f" -q -p "${args[@]}" "$input" > "$T/want" || ok_status $?
		for how in "--threads 1" "--threads 2" "--threads 7" "--mem 96M"; do
			"$B/seg-$f" -q -p $how "${args[@]}" "$input" > "$T/got" || ok_status $?
			cmp "$T/want" "$T/got" || fail "seg-$f $how"
		done
		env -i ASAN_OPTIONS="${ASAN_OPTIONS:-}" LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo OMP_NUM_THREADS=3 COLUMNS=40 "$B/seg-$f" -q -p "${args[@]}" \
			"$input" > "$T/got" || ok_status $?
		cmp "$T/want" "$T/got" || fail "seg-$f in another environment"
	done
}

@test "one gzip member without name or time; -z chooses the level; -p is the same text" {
	for f in clean rfm scale kmeans assign logit; do
		recipe $f
		"$B/seg-$f" -q -p "${args[@]}" "$input" > "$T/want" || ok_status $?
		for how in "" "-z 0" "-z 1" "-z 6" "-z 9"; do
			"$B/seg-$f" -q $how "${args[@]}" "$input" > "$T/out.gz" || ok_status $?
			gzip -t "$T/out.gz"
			zcat "$T/out.gz" | cmp - "$T/want" || fail "seg-$f $how: other text"
			assert_equal "$(od -An -tx1 -N3 "$T/out.gz")" " 1f 8b 08"
			assert_equal "$(od -An -tx1 -j4 -N4 "$T/out.gz")" " 00 00 00 00"
		done
		"$B/seg-$f" -q "${args[@]}" "$input" | cat > "$T/piped.gz" || true
		zcat "$T/piped.gz" | cmp - "$T/want" || fail "seg-$f into a pipe"
		# stored: a deflate block of type 0 behind the header and its extra field
		local skip=$((12 + $(od -An -tu2 -j10 -N2 "$T/piped.gz")))
		assert_equal "$(($(od -An -tu1 -j$skip -N1 "$T/piped.gz") & 6))" 0
	done
}

@test "provenance: a line for each filter, options that determine the result only" {
	"$B/seg-clean" -q --threads 2 --returns drop "$S/dump.csv" | "$B/seg-rfm" -q --mem 128M --as-of 2021-06-30 |
		"$B/seg-scale" -q -z 3 -c recency_days,frequency > "$T/out.gz"
	local n
	n=$(od -An -tu2 -j10 -N2 "$T/out.gz")
	assert_equal "$(tail -c +17 "$T/out.gz" | head -c $((n - 4)))" "seg-clean 1.0 --returns drop
seg-rfm 1.0 --as-of 2021-06-30
seg-scale 1.0 -c recency_days,frequency"
	assert_equal "$(tail -c +13 "$T/out.gz" | head -c 2)" SG
}

@test "--expect-rows: another number of rows is status 1" {
	local n
	for f in rfm scale kmeans assign logit report; do
		recipe $f
		n=$(($(zcat -f "$input" | wc -l) - 1))
		"$B/seg-$f" -q -p --expect-rows $n "${args[@]}" "$input" > /dev/null || ok_status $?
		run bash -c '"$@" > /dev/null' - "$B/seg-$f" -q --expect-rows $((n + 1)) "${args[@]}" "$input"
		assert_failure 1
		assert_output "seg-$f: $input: $n rows, --expect-rows says $((n + 1))"
	done
	run bash -c '"$@" > /dev/null' - "$B/seg-clean" -q --expect-rows 7 "$S/dump.csv"
	assert_failure 1
}

@test "what is no strict stream is refused with file, line and column" {
	local f=scale c="-c a"
	printf 'k\ta\n1\t2\r\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: carriage return at the end of the line; seg-clean repairs that" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t2\r3\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column a: carriage return inside a value; it is written \\r" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t2\n1\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:3: 1 field, 2 expected" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t2\t3\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: 3 fields, 2 expected" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n\n1\t2\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: empty line; 2 fields expected" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t2' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: the last line does not end in LF: the input is cut off" "$B/seg-scale" $c "$T/x"
	printf 'k\ta' > "$T/x"
	rejected 1 "seg-scale: $T/x:1: the header line does not end in LF: the input is cut off" "$B/seg-scale" $c "$T/x"
	printf '\xff\ta\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:1: not valid UTF-8: byte 0xff" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\nx\xe9\t2\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column k: not valid UTF-8: byte 0xe9" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\nx\\y\t2\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column k: backslash that is none of \\t \\n \\r \\\\; a plain one is written \\\\" \
		"$B/seg-scale" $c "$T/x"
	printf 'k\tk\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:1: columns 1 and 2 are both named \"k\"" "$B/seg-scale" $c "$T/x"
	printf 'k\t\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:1: column 2 has no name" "$B/seg-scale" $c "$T/x"
	printf '' | gzip > "$T/x"
	refused 1 "seg-scale: $T/x: no header line" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t1,5\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column a: not a number: \"1,5\"" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\t0x10\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column a: not a number: \"0x10\"" "$B/seg-scale" $c "$T/x"
	printf 'k\ta\n1\tnan\n' > "$T/x"
	rejected 1 "seg-scale: $T/x:2: column a: not a number: \"nan\"" "$B/seg-scale" $c "$T/x"
	printf 'k\tmonetary\n1\t2\n' > "$T/x"
	refused 1 "seg-scale: $T/x: no column \"monetry\"; did you mean monetary?" "$B/seg-scale" -c monetry "$T/x"
}

@test "CSV, a byte order mark, rubbish behind gzip: the message says what it is" {
	printf 'customer_id,date\n1,2\n' > "$T/x"
	local csv="$T/x: one column \"customer_id,date\": this looks like CSV; seg-clean makes a stream of it"
	refused 1 "seg-rfm: $csv" "$B/seg-rfm" "$T/x"
	refused 1 "seg-scale: $csv" "$B/seg-scale" "$T/x"
	refused 1 "seg-scale: $csv" "$B/seg-scale" -c date "$T/x"
	printf '\xef\xbb\xbfk\ta\n1\t2\n' > "$T/x"
	refused 1 "seg-scale: $T/x:1: a byte order mark before the header; seg-clean repairs that" "$B/seg-scale" -c a "$T/x"
	local junk
	for junk in '\0\0\0\0' x 'junk behind the end'; do
		{ printf 'k\ta\n1\t2\n' | gzip; printf "$junk"; } > "$T/x"
		run bash -c '"$@" > /dev/null' - "$B/seg-scale" -q -c a "$T/x"
		assert_failure 1
		assert_output "seg-scale: $T/x: not a gzip header behind the end of a gzip member"
	done
}

@test "a filter killed in the middle of a pipe makes the next one fail" {
	# seg-clean is killed when it has written something, seg-rfm must see the cut
	mkfifo "$T/in"
	{ cat "$S/dump.csv"; sleep 2; } > "$T/in" &
	run --separate-stderr bash -c '{ "$1" -q "$3" & echo $! > "$4"; wait; } 2>/dev/null | "$2" -q > /dev/null &
		sleep 0.5; kill -9 $(cat "$4"); wait $!' - "$B/seg-clean" "$B/seg-rfm" "$T/in" "$T/pid"
	assert_failure 1
	assert_output ""
	[[ $stderr = *"truncated gzip stream"* || $stderr = *"empty input"* ]] || fail "$stderr"
	run --separate-stderr bash -c '"$1" -q "$3" | head -c 9000 | "$2" -q > /dev/null' - "$B/seg-clean" "$B/seg-rfm" \
		"$S/dump.csv"
	assert_failure 1
	assert_equal "$stderr" \
		"seg-rfm: standard input: truncated gzip stream: the writer failed or the file is cut"
}

@test "a failure leaves no side file and no temporary" {
	mkdir "$T/side"
	head -c $(($(stat -c %s "$S/rfm.gz") / 2)) "$S/rfm.gz" > "$T/cut.gz"
	run bash -c '"$@" > /dev/null' - "$B/seg-scale" -q -c frequency -w "$T/side/s.gz" "$T/cut.gz"
	assert_failure 1
	assert_equal "$(ls -A "$T/side")" ""
	head -c $(($(stat -c %s "$S/scaled.gz") / 2)) "$S/scaled.gz" > "$T/cut.gz"
	run bash -c '"$@" > /dev/null' - "$B/seg-kmeans" -q -k 2..3 --sweep "$T/side/s.gz" "$T/cut.gz"
	assert_failure 1
	assert_equal "$(ls -A "$T/side")" ""
	run bash -c '"$@" > /dev/full' - "$B/seg-report" -q -c frequency -o "$T/side/r.html" --format html "$T/cut.gz"
	assert_failure 1
	assert_equal "$(ls -A "$T/side")" ""
}

@test "a side output never takes the place of an input, a link, standard output or another" {
	cp "$S/rfm.gz" "$T/in.gz"
	refused 2 "seg-scale: $T/in.gz: is an input too" "$B/seg-scale" -q -c frequency -w "$T/in.gz" "$T/in.gz"
	cmp "$S/rfm.gz" "$T/in.gz"
	# nor that of an operand that is opened later
	refused 2 "seg-scale: $T/in.gz: is an input too" \
		"$B/seg-scale" -q -c frequency -w "$T/in.gz" "$S/rfm.gz" "$T/in.gz"
	refused 2 "seg-logit: $T/in.gz: is an input too" \
		"$B/seg-logit" -q -y frequency -c monetary --metrics "$T/in.gz" "$S/rfm.gz" "$T/in.gz"
	cmp "$S/rfm.gz" "$T/in.gz"
	ln -s target "$T/link"
	"$B/seg-scale" -q -c frequency -w "$T/link" "$T/in.gz" > /dev/null
	[ -L "$T/link" ] || fail "the link is gone"
	gzip -t "$T/target"
	"$B/seg-scale" -q -c frequency -w "$T/link" "$T/in.gz" > /dev/null
	[ -L "$T/link" ] || fail "the link to a file is gone"
	run bash -c '"$@" > "$0"' "$T/same" "$B/seg-scale" -q -c frequency -w "$T/same" "$T/in.gz"
	assert_failure 2
	assert_output "seg-scale: $T/same: is standard output too"
	run bash -c '"$@" > "$0"' "$T/same" "$B/seg-scale" -q -c frequency -w /dev/stdout "$T/in.gz"
	assert_failure 2
	assert_output "seg-scale: /dev/stdout: is standard output too"
	[ -L /dev/stdout ] || fail "/dev/stdout is no link any more"
	refused 2 "seg-scale: -: standard output has the result; name a file, or ./- for one of this name" \
		"$B/seg-scale" -q -c frequency -w - "$T/in.gz"
	refused 2 "seg-clean: -: standard output has the result; name a file, or ./- for one of this name" \
		"$B/seg-clean" -q --rejects - "$T/in.gz"
	run bash -c '"$@" > /dev/null' - "$B/seg-logit" -q -y y -c frequency --holdout 0.3 --metrics "$T/m" --lift "$T/m" \
		"$S/labelled"
	assert_failure 2
	assert_output "seg-logit: $T/m: named for two outputs"
	ln -s b "$T/a"; ln -s a "$T/b"
	run bash -c '"$@" > /dev/null' - "$B/seg-scale" -q -c frequency -w "$T/a" "$T/in.gz"
	assert_failure 1
	assert_output "seg-scale: $T/a: Too many levels of symbolic links"
	# a device is written to as it is
	"$B/seg-scale" -q -p -c frequency -w /dev/stderr "$T/in.gz" 2> "$T/err" > /dev/null
	head -1 "$T/err" | grep -q kind || fail "nothing on standard error"
	"$B/seg-scale" -q -c frequency -w /dev/null "$T/in.gz" > /dev/null
	[ -c /dev/null ]
}

@test "a closed standard descriptor is an error, never another file" {
	local f
	for f in $all; do
		recipe $f
		run bash -c '"$@" >&-' - "$B/seg-$f" -q "${args[@]}" "$input"
		assert_failure 1
		assert_output "seg-$f: standard output: Bad file descriptor"
		run bash -c '"$@" <&- > /dev/null' - "$B/seg-$f" -q "${args[@]}"
		assert_failure 1
		assert_output "seg-$f: standard input: Bad file descriptor"
	done
}

@test "the man pages have no fault that mandoc knows" {
	run mandoc -T lint -W warning "$BATS_TEST_DIRNAME"/../man/*.[157]
	assert_success
}

@test "the rules of the house: includes, sizes, leftovers" {
	run "$BATS_TEST_DIRNAME/house.sh"
	assert_success
}
