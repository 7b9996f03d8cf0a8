#!/bin/bash
# SPDX-License-Identifier: MIT
# demo.sh [DUMP]: the whole pipeline on a made-up dump of 500,000 lines, or on
# the user's own.  Run by `make demo`; SEG_BUILD is where the programs were made.
set -e -o pipefail
here=$(dirname "$0")
build=${SEG_BUILD:?run by make demo}
dump=$1
mkdir -p "$build/demo"
if [ -z "$dump" ]; then
	dump=$build/demo/retail.csv
	if [ ! -s "$dump" ]; then
		"$build/tests/gen/retail" --lines 500000 > "$dump.part"
		mv "$dump.part" "$dump"
	fi
	echo "A made-up dump of 500,000 lines: $dump"
fi
out=$build/demo/$(basename "$dump").out
make -s -f "$here/rfm.mk" SEG="$build/bin" DUMP="$dump" OUT="$out"
echo
cat "$out/report.txt"
echo
echo "The report: $out/report.html"
