#!/bin/bash
# SPDX-License-Identifier: MIT
# seg-scale against pandas and scikit-learn: the same numbers, method by method, then text to
# text on ROWS x 6, fit and apply.  Starting Python is not in their time.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3 here=$(dirname "$0")
$py -c 'import sklearn, pandas' 2>/dev/null || { echo "scale: no scikit-learn: make setup-bench"; exit 0; }
rows=${ROWS:-1000000} turns_each=${TURNS:-3}
mkdir "$W/agree"
$py "$here/scale.py" agree "$B" "$D" "$W/agree" || exit 1
$py "$here/scale.py" make "$rows" "$W/x.tsv"
"$B/seg-scale" -q --key id -c a..f -w "$W/p" "$W/x.tsv" > /dev/null

# pair NAME WHAT COMMAND: COMMAND is ours; the peer prints the seconds of its own work.
pair() {
	local i
	: > "$W/ours"; : > "$W/peer"
	for ((i = 0; i < turns_each; i++)); do
		seconds "$3" >> "$W/ours"
		$py "$here/scale.py" "$2" "$W/x.tsv" "$W/y.tsv" >> "$W/peer" || exit 1
	done
	printf '%-44s ours %8.3f s   peer %8.3f s   %6.1f times faster\n' "$1" "$(median < "$W/ours")" \
		"$(median < "$W/peer")" "$(paste "$W/ours" "$W/peer" | awk '{ print $2 / $1 }' | median)"
}
pair "scale: fit and apply, $rows x 6" fit "$B/seg-scale -q -p --key id -c a..f $W/x.tsv > $W/y"
pair "scale: apply, $rows x 6" apply "$B/seg-scale -q -p --key id -m $W/p $W/x.tsv > $W/y"
/usr/bin/time -f %M -o "$W/rss" "$B/seg-scale" -q -p --key id -m "$W/p" "$W/x.tsv" > /dev/null
awk '{ printf "scale: apply, memory %.1f MB\n", $1 / 1024 }' "$W/rss"
