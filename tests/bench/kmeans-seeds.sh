#!/bin/bash
# SPDX-License-Identifier: MIT
# What seg-kmeans finds against scikit-learn: the mean inertia over SEEDS (20)
# seeds for k = 2..10 with ten restarts each, ROWS (200,000) rows of each shape.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3
$py -c 'import sklearn' 2>/dev/null || { echo "kmeans-seeds: no scikit-learn: make setup-bench"; exit 0; }
export OMP_NUM_THREADS=${THREADS:-2} OPENBLAS_NUM_THREADS=${THREADS:-2}
here=$(dirname "$0") rows=${ROWS:-200000} seeds=${SEEDS:-20}

for shape in correlated cube heaps; do
	$py "$here/kmeans.py" make-$shape "$W/x.npy" "$rows" > "$W/x.tsv"
	: > "$W/ours"
	for ((s = 1; s <= seeds; s++)); do
		"$B/seg-kmeans" -q --threads "$OMP_NUM_THREADS" --seed "$s" -k 2..10 -c a0..a2 --silhouette none \
			--sweep "$W/s" "$W/x.tsv" > /dev/null || [ $? = 3 ] || exit 1
		zcat "$W/s" | awk -F'\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } { print $at["k"], $at["inertia"] }' >> "$W/ours"
	done
	$py "$here/kmeans.py" "inertia-$seeds" "$W/x.npy" > "$W/peer"
	awk -v what="$shape, $rows x 3" 'NR == FNR { ours[$1] += $2; next } { peer[$1] += $2 }
		END { for (k in peer) { r = ours[k] / peer[k] - 1; if (r > worst || !n++) { worst = r; at = k } if (r < best) best = r }
			printf "%-44s ours / peer - 1 of the mean inertia: at most %.1e (k = %d), at least %.1e\n", what, worst, at, best }' "$W/ours" "$W/peer"
done
