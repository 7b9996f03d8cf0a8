# SPDX-License-Identifier: MIT
# The C test programs of tests/unit and tests/property, one test each.
load common

run_all() {
	local dir=$1 p bad=0
	for p in "$SEG_BUILD/tests/$dir"/*; do
		[ -x "$p" ] && [ -f "$p" ] || continue
		if ! "$p" > "$T/out" 2>&1; then
			echo "# $dir/${p##*/}:"
			grep -v '^ok ' "$T/out" | head -20
			bad=1
		fi
	done
	return $bad
}

@test "unit tests of the library" {
	run_all unit
}

@test "property tests of the library" {
	run_all property
}

@test "columns of numbers: the same with and without vectors" {
	for cpu in plain avx2 avx512; do
		SEG_CPU=$cpu run "$SEG_BUILD/tests/unit/num_column"
		assert_success
	done
}
