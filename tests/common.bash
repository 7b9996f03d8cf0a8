# SPDX-License-Identifier: MIT
# Loaded by every .bats file: the programs (B), the real data (D), and helpers.
bats_require_minimum_version 1.5.0
export LC_ALL=C
# what a user's environment may hold must not matter to the tests
unset SEG_CPU POSIXLY_CORRECT MAKEFLAGS MAKELEVEL MFLAGS
B=${SEG_BUILD:?run by make check}/bin
G=$SEG_BUILD/tests/gen
D=$BATS_TEST_DIRNAME/../../shared/data
T=$BATS_TEST_TMPDIR
load /usr/lib/bats/bats-support/load.bash
load /usr/lib/bats/bats-assert/load.bash

# need_data FILE...: skip unless the real data is there.
need_data() {
	local f
	for f; do [ -e "$D/$f" ] || skip "no real data: ../shared/data/$f is not there"; done
}

# need_command NAME: skip unless this peer is installed.
need_command() {
	command -v "$1" >/dev/null || skip "$1 is not installed"
}

# need_python MODULE...: skip unless Debian's python3 has these.
need_python() {
	local m
	for m; do
		/usr/bin/python3 -c "import $m" 2>/dev/null || skip "python3 has no $m"
	done
}

# col NAME < stream as text: the values of that column.
col() {
	awk -F'\t' -v c="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == c) k = i
		if (!k) { print "no column " c > "/dev/stderr"; exit 1 } next } { print $k }'
}

# near GOT WANT REL: equal to a relative tolerance.
near() {
	awk -v a="$1" -v b="$2" -v r="$3" 'BEGIN { d = a - b; if (d < 0) d = -d
		m = b < 0 ? -b : b; exit !(a != "" && d <= r * m) }' ||
		fail "$1 is not within $3 of $2"
}

# tsv LINE...: each argument one line, | stands for TAB.
tsv() {
	printf '%s\n' "$@" | tr '|' '\t'
}

# refused STATUS MESSAGE COMMAND...: exactly this one message, this status,
# nothing on standard output.
refused() {
	local status_wanted=$1 message=$2
	shift 2
	run --separate-stderr "$@"
	assert_equal "$stderr" "$message"
	assert_equal "$status" "$status_wanted"
	assert_equal "$output" ""
}

# rejected STATUS MESSAGE COMMAND...: likewise, but the header, which goes out
# at once, and rows may stand on standard output: without an end mark.
rejected() {
	local status_wanted=$1 message=$2 status=0
	shift 2
	"$@" > "$T/rejected.out" 2> "$T/rejected.err" || status=$?
	assert_equal "$(cat "$T/rejected.err")" "$message"
	assert_equal "$status" "$status_wanted"
	[ ! -s "$T/rejected.out" ] || ! gzip -t "$T/rejected.out" 2> "$T/rejected.err" ||
		fail "an end mark was written"
}
