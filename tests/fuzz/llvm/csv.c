/* SPDX-License-Identifier: MIT */
/* libFuzzer's target: see csv_diff.h. */
#include "tests/fuzz/csv_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (!csv_diff(data, n))
		abort();
	return 0;
}
