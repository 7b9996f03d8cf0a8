# SPDX-License-Identifier: MIT
# The kept corpora of the fuzzers; the fuzzers themselves: make fuzz, make fuzz-llvm, make mutants.
load common

@test "fuzz corpus: CSV texts are split as libcsv splits them" {
	cd "$T" # where a text that fails is kept
	run "$SEG_BUILD/tests/fuzz/csv" -r "$BATS_TEST_DIRNAME"/fuzz/corpus/csv/*
	assert_success
	assert_output "csv: $(ls "$BATS_TEST_DIRNAME/fuzz/corpus/csv" | wc -l) texts replayed"
}
