#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/house.sh [ROOT]: the rules of the house that a script can see.  Prints
# one line for each breach; exit status 1 when there is one.
cd "${1:-$(dirname "$0")/..}" || exit 2
bad=0
breach() { echo "$*"; bad=1; }

# Which folders of lib a folder's files may include, beside its own.
declare -A may=(
	[base]="" [value]="base" [stream]="base value" [table]="base value stream"
	[math]="value base" [model]="base value math table stream" [view]="base value stream table math model"
)
for dir in "${!may[@]}"; do
	for f in lib/$dir/*.[ch]; do
		[ -e "$f" ] || continue
		for to in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$f" | sort -u); do
			case " $dir ${may[$dir]} " in
			*" $to "*) ;;
			*) breach "$f: $dir may not include $to" ;;
			esac
		done
	done
done

# math and model know no files, print nothing, exit nowhere.
for f in lib/math/*.[ch] lib/model/*.[ch]; do
	[ -e "$f" ] || continue
	if grep -nE '"base/(msg|opt|progress)\.h"|"stream/(gz|side|csv_in|tape)\.h"' "$f" /dev/null; then
		breach "$f: math and model do not speak or read"
	fi
	if grep -nE '(^|[^a-z_])(exit|abort|printf|fprintf|puts|fopen|open) *\(' "$f" /dev/null; then
		breach "$f: math and model do not print, open or exit"
	fi
	if [[ $f = lib/math/* ]] && grep -nE '"base/' "$f" /dev/null | grep -v '"base/par.h"'; then
		breach "$f: math stands on value alone"
	fi
done

# Each outside library behind one file.
one_file() {
	local n
	n=$(grep -lE "#include <$1" -r lib cmd --include='*.[ch]' | wc -l)
	[ "$n" -le 1 ] || breach "<$1> is included in $n files, not one"
}
one_file zlib.h; one_file isa-l; one_file csv.h; one_file lapacke.h; one_file sleef.h
one_file xxhash.h; one_file xlsxwriter.h; one_file iconv.h
grep -rnE '#include ".*cmd/' lib cmd && breach "nothing includes cmd"

# Sizes.  Exceptions: file name and why.
declare -A long=(
	[lib/value/pow5.c]="a table of 128-bit powers of five"
)
for f in lib/*/*.c cmd/*.c; do
	[ -e "$f" ] || continue
	n=$(wc -l < "$f")
	[ "$n" -le 500 ] || [ -n "${long[$f]:-}" ] || breach "$f: $n lines, 500 at most"
	head -1 "$f" | grep -q 'SPDX-License-Identifier: MIT' || breach "$f: no SPDX line"
done
while read -r where n; do
	breach "$where: a function of $n lines"
done < <(awk 'FNR == 1 { inside = 0 }
	/^\{/ { start = FNR; inside = 1 }
	/^\}/ { n = FNR - start + 2; if (inside && n > (name ~ /(^|[ *])main\(/ ? 40 : 60))
			print FILENAME ":" start, n
		inside = 0 }
	/^[a-zA-Z_].*\(/ { name = $0 }' lib/*/*.c cmd/*.c)

# What has no place here.
grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' lib cmd pipelines man && breach "left over"
grep -nE -e '-march=native|-ffast-math|-Ofast' Makefile && breach "see Makefile: flags that change bits"
for f in $(git ls-files -o --exclude-standard 2>/dev/null); do breach "$f: not tracked"; done
exit $bad
