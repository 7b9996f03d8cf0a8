#!/bin/bash
# SPDX-License-Identifier: MIT
# Audiences to advertising platforms and to a marketing system.
#
#	export.sh csv COLUMN[=NAME],... [FILE]   CSV on standard output; the values
#		of each COLUMN are hashed by the platforms' public rule: SHA-256, in
#		hexadecimal, of the value without blanks around it and in lower case;
#		NAME is the platform's name of the column, COLUMN's own if not given
#	export.sh post URL [FILE]                JSON batches to an HTTP endpoint:
#		{"batch":1,"rows":[{"customer_id":"12347",...},...]}
#
# FILE (or standard input) is a stream of seg, such as the audience of
# seg-assign --lookalike.  `--keep LIST` before COLUMN or URL: csv adds these
# columns as they are, post sends these alone instead of all.  post hashes
# nothing: send identifiers only where you may.
#
# Environment: BATCH rows a request (500); TRIES of each (5), with a pause that
# doubles from PAUSE seconds (1) after no answer in TIMEOUT seconds (30), 408,
# 429 and 5xx; TOKEN, sent
# as "Authorization: Bearer", never as an argument.  Each request carries an
# Idempotency-Key made of its bytes, so that a retry cannot count twice.
# Status: 0 all is sent, 1 not, 2 a wrong command line.
set -u -o pipefail
export LC_ALL=C.UTF-8
shopt -s inherit_errexit 2> /dev/null

die() {
	echo "export.sh: $1" >&2
	exit "${2:-1}"
}

work=$(mktemp -d) || die "no folder for temporary files"
trap 'rm -rf "$work"' EXIT

# The stream as plain text, whole before anything is sent: a cut one fails here.
read_stream() {
	if [ -n "${1:-}" ] && [ "$1" != - ]; then
		[ -r "$1" ] || die "$1: cannot be read"
		cat -- "$1" > "$work/in" || die "$1: cannot be read"
	else
		cat > "$work/in" || die "standard input cannot be read"
	fi
	if [ "$(head -c 2 "$work/in" | od -An -tx1 | tr -d ' \n')" = 1f8b ]; then
		gzip -dc < "$work/in" > "$work/rows" 2> /dev/null || die "the stream is damaged or cut short"
	else
		mv "$work/in" "$work/rows"
		[ -z "$(tail -c 1 "$work/rows")" ] || die "the last line is cut short"
	fi
	[ -s "$work/rows" ] || die "the stream is empty"
}

# A table of TSV as JSON rows, one a line, escapes undone: the missing value is null.
to_json='
	def unescape: gsub("\\\\(?<c>[tnr\\\\])"; if .c == "t" then "\t" elif .c == "n" then "\n" elif .c == "r" then "\r"
		else "\\" end);
	split("\t") | . as $cell | [range($name | length) as $i |
		{ key: $name[$i], value: ($cell[$i] | if . == "" then null else unescape end) }] | from_entries'

json_rows() {
	local name
	name=$(head -n 1 "$work/rows" | jq -Rc 'split("\t")') || die "jq failed"
	tail -n +2 "$work/rows" | jq -Rc --argjson name "$name" "$to_json" > "$work/json" || die "jq failed"
}

has_columns() {
	local column
	for column; do
		head -n 1 "$work/rows" | tr '\t' '\n' | grep -qxF -- "$column" || die "no column \"$column\""
	done
}

# Lines in lower case to lines of SHA-256; one process for each value that is new.
hash_lines() {
	local line hash
	local -A known=()
	while IFS= read -r line; do
		line=${line,,}
		if [ -z "$line" ]; then
			echo
			continue
		fi
		hash=${known[$line]:-}
		if [ -z "$hash" ]; then
			hash=$(printf %s "$line" | sha256sum) || return 1
			hash=${hash%% *}
			known[$line]=$hash
		fi
		printf '%s\n' "$hash"
	done
}

export_csv() {
	local spec=$1 i=0 part column names=() columns=()
	local -a parts
	IFS=, read -ra parts <<< "$spec"
	for part in "${parts[@]}"; do
		columns+=("${part%%=*}")
		names+=("${part#*=}")
	done
	read_stream "${2:-}"
	has_columns "${columns[@]}" ${keep:+"${keep[@]}"}
	json_rows
	for column in "${columns[@]}"; do
		# a line end inside a value would be two lines: blanks within are one
		jq -r --arg c "$column" '.[$c] // "" | gsub("[\\r\\n]+"; " ") | gsub("^\\s+|\\s+$"; "")' \
			"$work/json" | hash_lines > "$work/hash.$i" || die "hashing failed"
		i=$((i + 1))
	done
	jq -rn '$ARGS.positional | @csv' --args "${names[@]}" ${keep:+"${keep[@]}"} |
		sed 's/"\([A-Za-z0-9_ ]*\)"/\1/g'
	# a value may hold line ends, its JSON none
	paste $(seq -f "$work/hash.%g" 0 $((i - 1))) "$work/json" | jq -Rr --argjson k "$i" --args \
		'split("\t") as $f | ($f[$k] | fromjson) as $row |
		$f[:$k] + [$ARGS.positional[] | [$row[.] // ""] | @csv] | join(",")' ${keep:+"${keep[@]}"}
}

# One request, again until it is taken or a try more is pointless.
send() {
	local url=$1 body=$2 number=$3 try=1 pause=$PAUSE code key
	key=$(sha256sum < "$body") || die "sha256sum failed"
	printf 'header = "Idempotency-Key: %s"\n' "${key%% *}" > "$work/curl"
	[ -z "${TOKEN:-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" >> "$work/curl"
	while :; do
		code=$(curl -sS --max-time "$TIMEOUT" -o /dev/null -w '%{http_code}' --config "$work/curl" \
			-H 'Content-Type: application/json' --data-binary @"$body" -- "$url" 2> "$work/error") || code=000
		case $code in
		2??) return ;;
		000|408|429|5??) ;;
		*) die "batch $number: $url answers $code" ;;
		esac
		[ "$try" -lt "$TRIES" ] || {
			[ "$code" != 000 ] || die "batch $number: no answer after $try tries: $(head -n 1 "$work/error")"
			die "batch $number: $url answers $code after $try tries"
		}
		try=$((try + 1))
		sleep "$pause"
		pause=$(awk -v p="$pause" 'BEGIN { print 2 * p }')
	done
}

post() {
	local url=$1 number=0 n=0 batch
	read_stream "${2:-}"
	has_columns ${keep:+"${keep[@]}"}
	json_rows
	if [ -n "${keep:-}" ]; then
		jq -c --args '. as $row | [$ARGS.positional[] | { key: ., value: $row[.] }] | from_entries' "${keep[@]}" \
			< "$work/json" > "$work/kept" || die "jq failed"
		mv "$work/kept" "$work/json"
	fi
	split -l "$BATCH" -a 6 -d "$work/json" "$work/batch."
	for batch in "$work"/batch.*; do
		[ -s "$batch" ] || continue
		number=$((number + 1))
		n=$((n + $(wc -l < "$batch")))
		jq -c -s --argjson n "$number" '{ batch: $n, rows: . }' "$batch" > "$work/body" || die "jq failed"
		send "$url" "$work/body" "$number"
	done
	echo "export.sh: $n rows sent in $number batches" >&2
}

BATCH=${BATCH:-500} TRIES=${TRIES:-5} PAUSE=${PAUSE:-1} TIMEOUT=${TIMEOUT:-30}
usage="usage: export.sh csv|post [--keep COLUMN,...] COLUMN[=NAME],...|URL [FILE]"
for number in "$BATCH" "$TRIES"; do
	[[ $number =~ ^[1-9][0-9]*$ ]] || die "BATCH and TRIES are whole numbers above 0, not \"$number\"" 2
done
for tool in jq sha256sum curl; do
	command -v "$tool" > /dev/null || die "$tool is not installed"
done
what=${1:-}
[ $# -gt 0 ] && shift
if [ "${1:-}" = --keep ]; then
	[ $# -gt 1 ] || die "$usage" 2
	IFS=, read -ra keep <<< "$2"
	shift 2
fi
[ $# = 1 ] || [ $# = 2 ] || die "$usage" 2
case $what in
csv) export_csv "$@" ;;
post) post "$@" ;;
*) die "$usage" 2 ;;
esac
