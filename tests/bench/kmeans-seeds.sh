#!/bin/bash
# SPDX-License-Identifier: MIT
# What seg-kmeans finds against scikit-learn: the mean inertia over SEEDS (20)
# seeds for k = 2..10 with ten restarts each, ROWS (200,000) rows of each shape,
# and how far apart chance alone would put the means; then the same with swaps.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3
$py -c 'import sklearn' 2>/dev/null || { echo "kmeans-seeds: no scikit-learn: make setup-bench"; exit 0; }
export OMP_NUM_THREADS=${THREADS:-2} OPENBLAS_NUM_THREADS=${THREADS:-2}
here=$(dirname "$0") rows=${ROWS:-200000} seeds=${SEEDS:-20}

# ours SWAPS: k and inertia of every seed
ours() {
	local s
	for ((s = 1; s <= seeds; s++)); do
		"$B/seg-kmeans" -q --threads "$OMP_NUM_THREADS" --seed "$s" --swaps "$1" -k 2..10 -c a0..a2 \
			--silhouette none --sweep "$W/s" "$W/x.tsv" > /dev/null || [ $? = 3 ] || exit 1
		zcat "$W/s" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["k"], $at["inertia"] }'
	done
}

for shape in correlated cube heaps; do
	$py "$here/kmeans.py" make-$shape "$W/x.npy" "$rows" > "$W/x.tsv"
	$py "$here/kmeans.py" "inertia-$seeds" "$W/x.npy" > "$W/peer"
	for swaps in 0 10; do
		ours "$swaps" > "$W/ours"
		awk -v what="$shape, $rows x 3, --swaps $swaps" '
			{ k = $1; side = NR != FNR; n[side, k]++; d = $2 - m[side, k]; m[side, k] += d / n[side, k]
			  v[side, k] += d * ($2 - m[side, k]) }
			END { print what ": ours / peer - 1 of the mean inertia, and its standard error"
				for (k = 2; k <= 10; k++) {
					for (se = side = 0; side < 2; side++) se += v[side, k] / n[side, k] / (n[side, k] - 1)
					printf "  k = %2d %10.1e %9.1e\n", k, m[0, k] / m[1, k] - 1, sqrt(se) / m[1, k]
				} }' "$W/ours" "$W/peer"
	done
done
