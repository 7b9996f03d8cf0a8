#!/bin/bash
# SPDX-License-Identifier: MIT
# seg-kmeans against scikit-learn with as many threads: sweeps, one large fit,
# exact silhouettes; against mlpack one fit; against reading alone ten million
# rows; its memory.  Reading the text is in our time, not in scikit-learn's.
. "$(dirname "$0")/lib.sh"
py=/usr/bin/python3
$py -c 'import sklearn' 2>/dev/null || { echo "kmeans: no scikit-learn: make setup-bench"; exit 0; }
export OMP_NUM_THREADS=${THREADS:-2} OPENBLAS_NUM_THREADS=${THREADS:-2}
turns_each=${TURNS:-3} rows=${ROWS:-200000}
here=$(dirname "$0")
ours="$B/seg-kmeans -q --threads $OMP_NUM_THREADS"

# pair NAME COMMAND WHAT: COMMAND is ours; the peer prints the seconds of its own work.
pair() {
	local i
	: > "$W/ours"; : > "$W/peer"
	for ((i = 0; i < turns_each; i++)); do
		seconds "$2" >> "$W/ours"
		$py "$here/kmeans.py" "$3" "$W/x.npy" >> "$W/peer" || exit 1
	done
	printf '%-44s ours %8.3f s   peer %8.3f s   %6.1f times faster\n' "$1" "$(median < "$W/ours")" \
		"$(median < "$W/peer")" "$(paste "$W/ours" "$W/peer" | awk '{ print $2 / $1 }' | median)"
}

for n in "$rows" "$((5 * rows))"; do
	for shape in correlated cube heaps; do
		$py "$here/kmeans.py" make-$shape "$W/x.npy" "$n" > "$W/x.tsv"
		pair "sweep 2..10, 10 restarts, $n x 3, $shape" \
			"$ours -k 2..10 -c a0..a2 --silhouette none --sweep $W/s $W/x.tsv || [ \$? = 3 ]" sweep
	done
done
# mlpack's command line from the same centres, both with their own reading
if command -v mlpack_kmeans > /dev/null; then
	$py "$here/kmeans.py" make-heaps "$W/x.npy" "$rows" > "$W/x.tsv"
	head -6 "$W/x.tsv" > "$W/centres"
	tail -n +2 "$W/x.tsv" | tr '\t' , > "$W/x.csv"
	tail -n +2 "$W/centres" | tr '\t' , > "$W/c.csv"
	for a in naive pelleg-moore dualtree hamerly elkan; do
		turns "$turns_each" "one fit, $rows x 3, k = 5, against mlpack $a" \
			"$ours -k 5 -c a0..a2 --init $W/centres --tol 0 --silhouette none $W/x.tsv" \
			"mlpack_kmeans -c 5 -i $W/x.csv -I $W/c.csv -a $a -o $W/labels.csv"
	done
else
	echo "kmeans: no mlpack_kmeans (Debian's mlpack-bin) to compare one fit with"
fi
$py "$here/kmeans.py" make-wide "$W/x.npy" "$((5 * rows))" > "$W/x.tsv"
head -65 "$W/x.tsv" > "$W/centres"
pair "k = 64, 30 iterations, $((5 * rows)) x 16" \
	"$ours -k 64 -c a0..a15 --init $W/centres --tol 0 --max-iter 30 --silhouette none $W/x.tsv || [ \$? = 3 ]" fit
$py "$here/kmeans.py" make-heaps "$W/x.npy" 20000 > "$W/x.tsv"
pair "exact silhouette, 20,000 x 3, k = 5, with the fit" \
	"$ours -k 5 -c a0..a2 --restarts 1 --silhouette exact $W/x.tsv" silhouette
$py "$here/kmeans.py" make-heaps "$W/x.npy" "$((5 * rows))" > "$W/x.tsv"
printf '%-44s ours %8.3f s\n' "sampled silhouette, $((5 * rows)) x 3, k = 5, with the fit" \
	"$(seconds "$ours -k 5 -c a0..a2 --restarts 1 --silhouette sample $W/x.tsv")"
# Large, against reading alone: --partial reads the rows and finds their ranges, on
# one thread and on as many as the fit; inflating alone (igzip, else gzip) beside it.
large=${LARGE_ROWS:-$((50 * rows))}
$py "$here/kmeans.py" make-correlated "$W/x.npy" "$large" > "$W/x.tsv"
gzip -1 -c "$W/x.tsv" > "$W/x.tsv.gz"
inflate=$(command -v igzip || echo gzip)

# from FILE: medians of a file to a model, in turns, and how many times reading it they are.
from() {
	local file=$1 i what
	local -A run=([one]="$B/seg-kmeans -q --threads 1 --partial -c a0..a2 $file"
		[all]="$ours --partial -c a0..a2 $file"
		[r1]="$ours -k 5 -c a0..a2 --restarts 1 --silhouette none $file"
		[r10]="$ours -k 5 -c a0..a2 --restarts 10 --silhouette none $file")
	for what in one all r1 r10; do seconds "${run[$what]}" > /dev/null; : > "$W/t.$what"; done
	for ((i = 0; i < turns_each; i++)); do
		for what in one all r1 r10; do seconds "${run[$what]}" >> "$W/t.$what"; done
	done
	printf '%s: read by one thread %.3f s, by %s %.3f s\n' "${file##*/}, $large x 3" "$(median < "$W/t.one")" \
		"$OMP_NUM_THREADS" "$(median < "$W/t.all")"
	for what in r1 r10; do
		printf '  to a model, k = 5, restarts %-3s %8.3f s: %5.1f times one thread, %5.1f times all\n' "${what#r}" \
			"$(median < "$W/t.$what")" "$(paste "$W/t.$what" "$W/t.one" | awk '{ print $1 / $2 }' | median)" \
			"$(paste "$W/t.$what" "$W/t.all" | awk '{ print $1 / $2 }' | median)"
	done
}
from "$W/x.tsv"
from "$W/x.tsv.gz"
printf '  %s -dc alone %.3f s, cat of the text %.3f s\n' "${inflate##*/}" "$(seconds "$inflate -dc $W/x.tsv.gz")" \
	"$(seconds "cat $W/x.tsv | cat")"
for restarts in 1 10; do
	/usr/bin/time -f %M -o "$W/rss" bash -c "$ours -k 5 -c a0..a2 --restarts $restarts $W/x.tsv" > /dev/null
	awk -v n="$large" -v r="$restarts" '{ printf "memory, %d x 3, k = 5, %d restarts: %.1f bytes a row, of which 24 are the values\n", n, r, $1 * 1024 / n }' "$W/rss"
done
