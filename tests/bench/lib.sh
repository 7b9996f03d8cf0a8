# SPDX-License-Identifier: MIT
# Sourced by the benchmarks: commands timed in turns, so that a machine whose
# speed drifts is fair to both; ratios pair by pair, medians printed.
export LC_ALL=C
B=${SEG_BUILD:?run by make bench}/bin
G=$SEG_BUILD/tests/gen
D=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/shared/data
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT

median() { sort -g | awk '{ x[NR] = $1 } END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'; }

# seconds COMMAND: wall time of one run under bash with pipefail; its failure ends the benchmark.
seconds() {
	local t=$EPOCHREALTIME
	bash -o pipefail -c "$1" > /dev/null 2> "$W/err" || { cat "$W/err" >&2; echo "failed: $1" >&2; exit 1; }
	awk -v a="$t" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.4f\n", b - a }'
}

# turns N NAME OURS PEER: OURS and PEER in turns, N times after a warm-up.
turns() {
	local n=$1 name=$2 ours=$3 peer=$4 i
	seconds "$ours" > /dev/null; seconds "$peer" > /dev/null
	: > "$W/ours"; : > "$W/peer"
	for ((i = 0; i < n; i++)); do seconds "$ours" >> "$W/ours"; seconds "$peer" >> "$W/peer"; done
	printf '%-44s ours %8.3f s   peer %8.3f s   %6.1f times faster\n' "$name" \
		"$(median < "$W/ours")" "$(median < "$W/peer")" "$(paste "$W/ours" "$W/peer" | awk '{ print $2 / $1 }' | median)"
}
