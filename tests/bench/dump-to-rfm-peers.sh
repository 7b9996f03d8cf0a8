#!/bin/bash
# SPDX-License-Identifier: MIT
# Dump to RFM against DuckDB and polars, two threads each, the same columns from
# all: SEG_BENCH_LINES lines (10,000,000) in SEG_BENCH_TURNS (3) turns, as .csv and .csv.gz, with and without --dedup.
. "$(dirname "$0")/lib.sh"
export NODE_PATH=$SEG_BUILD/npm/node_modules
here=$(dirname "$0")
lines=${SEG_BENCH_LINES:-10000000} n=${SEG_BENCH_TURNS:-3}
command -v node > /dev/null || { echo "dump-to-rfm-peers: no node: make setup-bench"; exit 0; }
peers=()
for p in duckdb:@duckdb/node-api polars:nodejs-polars; do
	if [ -d "$NODE_PATH/${p#*:}" ]; then peers+=("${p%%:*}"); else echo "dump-to-rfm-peers: no ${p#*:}: make setup-bench"; fi
done
[ ${#peers[@]} -gt 0 ] || exit 0

# ours COLUMNS DUMP [OPTION]: the pipeline, told the columns that the peers read.
ours() {
	case $1 in
	narrow) echo "$B/seg-clean -q $3 --returns drop --columns customer_id,invoice,date,amount $2 | $B/seg-rfm -q --threads 2 > $W/rfm.gz" ;;
	full) echo "$B/seg-clean -q $3 --columns customer_id,invoice,date,product,quantity,price,amount $2 | $B/seg-rfm -q --threads 2 > $W/rfm.gz" ;;
	esac
}

# memory COLUMNS DUMP: what our two processes hold at most, added up.
memory() {
	local t="/usr/bin/time -a -o $W/kb -f %M" command
	command=$(ours "$1" "$2" "")
	: > "$W/kb"
	bash -c "$t ${command/| /| $t }"
	awk -v what="$1" '{ s += $1 } END { printf "%-44s %.0f MB in both processes\n", "  peak memory, " what, s / 1000 }' "$W/kb"
}

# check: DuckDB's exact sums and counts are ours: id, invoices, gross, days, lines, quantity, products, returned.
check() {
	zcat "$W/rfm.gz" | awk -F'\t' -v OFS='\t' 'NR > 1 { print $1, $7, $12, $8, $9, $10, $11, $13 }' | sort > "$W/a"
	tail -n +2 "$1" | awk -F'\t' -v OFS='\t' '$6 { sub(/\.?0+$/, "", $4); if ($9 == "") $9 = "0"; else sub(/\.?0+$/, "", $9)
		print $1, $3, $4, $5, $6, $7, $8, $9 }' | sort > "$W/b"
	cmp -s "$W/a" "$W/b" && echo "  DuckDB's figures of $(wc -l < "$W/a") customers are the same" ||
		echo "  DuckDB's figures differ: $(diff "$W/a" "$W/b" | grep -c '^<') of $(wc -l < "$W/a") customers"
}

"$G/retail" --lines "$lines" --broken 0 > "$W/dump.csv"
gzip -1 -k "$W/dump.csv"
for dump in "$W/dump.csv" "$W/dump.csv.gz"; do
	for columns in narrow full; do
		for peer in "${peers[@]}"; do
			turns "$n" "$lines lines, ${dump#"$W/"}, $columns, $peer" "$(ours $columns "$dump" "")" \
				"node $here/peers.js $peer $columns plain $dump $W/$peer.tsv"
		done
		[ $columns = narrow ] || [ ! -e "$W/duckdb.tsv" ] || check "$W/duckdb.tsv"
		memory $columns "$dump"
	done
done
for columns in narrow full; do
	for peer in "${peers[@]}"; do
		turns "$n" "  the same without duplicates, $columns, $peer" "$(ours $columns "$W/dump.csv" --dedup)" \
			"node $here/peers.js $peer $columns dedup $W/dump.csv $W/$peer.tsv"
	done
done
