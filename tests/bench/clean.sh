#!/bin/bash
# SPDX-License-Identifier: MIT
# seg-clean over a dump of 10 million lines, against libcsv alone over the
# same bytes, and from gzip against igzip -dc; peak memory.  LINES=N for less.
. "$(dirname "$0")/lib.sh"
lines=${LINES:-10000000}
libcsv=$SEG_BUILD/tests/bench/libcsv
"$G/retail" --lines "$lines" --broken 0 > "$W/dump.csv"
size=$(stat -c %s "$W/dump.csv")
cat "$W/dump.csv" > /dev/null
rate() { awk -v b="$size" -v s="$(median < "$W/ours")" -v n="$1" 'BEGIN { printf "  %s: %.0f MB/s\n", n, b / s / 1e6 }'; }
peak() { [ ! -x /usr/bin/time ] || /usr/bin/time -f "  peak $1: %M KB, %U s user, %S s system" "${@:2}" 2>&1 > /dev/null; }

for t in 1 2; do
	turns 5 "clean, $lines lines, plain, threads $t; libcsv" "$B/seg-clean -q --threads $t $W/dump.csv | cat" "$libcsv $W/dump.csv"
	turns 5 "  the same to /dev/null" "$B/seg-clean -q --threads $t $W/dump.csv" "$libcsv $W/dump.csv"
	rate "threads $t"
	peak "threads $t" "$B/seg-clean" -q --threads $t "$W/dump.csv"
done
peak libcsv "$libcsv" "$W/dump.csv"
peak "--dedup --mem 256M" "$B/seg-clean" -q --dedup --mem 256M "$W/dump.csv"
command -v igzip > /dev/null || { echo "clean: no igzip"; exit 0; }
igzip -1 -c "$W/dump.csv" > "$W/dump.csv.gz"
turns 5 "clean, $lines lines, gzip; igzip -dc" "$B/seg-clean -q $W/dump.csv.gz" "igzip -dc $W/dump.csv.gz"
