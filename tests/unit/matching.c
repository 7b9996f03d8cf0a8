/* SPDX-License-Identifier: MIT */
/* The matching against all permutations. */
#include <stdbool.h>

#include "math/matching.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

#define MOST 6

/* The largest sum, by trying every column for every row. */
static uint64_t best(const uint64_t *weight, size_t n_rows, size_t n_cols, size_t row, unsigned taken)
{
	uint64_t most;

	if (row == n_rows)
		return 0;
	most = best(weight, n_rows, n_cols, row + 1, taken);
	for (size_t c = 0; c < n_cols; c++) {
		uint64_t sum;
		if (taken >> c & 1)
			continue;
		sum = weight[row * n_cols + c] +
		      best(weight, n_rows, n_cols, row + 1, taken | 1u << c);
		most = sum > most ? sum : most;
	}
	return most;
}

static bool agrees(uint64_t trial, size_t n_rows, size_t n_cols, uint64_t range)
{
	uint64_t weight[MOST * MOST], sum = 0;
	size_t match[MOST];
	unsigned taken = 0;

	for (size_t i = 0; i < n_rows * n_cols; i++)
		weight[i] = (uint64_t)(rng_unit(3, RNG_TEST, trial, (uint32_t)i) * (double)range);
	if (matching_max(n_rows, n_cols, weight, match) != 0)
		return false;
	for (size_t r = 0; r < n_rows; r++) {
		if (match[r] == MATCHING_NONE)
			continue;
		if (match[r] >= n_cols || taken >> match[r] & 1 || !weight[r * n_cols + match[r]])
			return false;
		taken |= 1u << match[r];
		sum += weight[r * n_cols + match[r]];
	}
	return sum == best(weight, n_rows, n_cols, 0, 0);
}

int main(void)
{
	static const uint64_t range[] = { 2, 5, 1000, (uint64_t)1 << 61 };
	static uint64_t large[300 * 300];
	static size_t match[300];
	uint64_t trial = 0;
	bool found = true;

	for (size_t r = 0; r < 4; r++) {
		bool all = true;
		for (size_t n = 1; n <= MOST; n++)
			for (size_t m = 1; m <= MOST; m++)
				for (int again = 0; again < 5; again++)
					all &= agrees(trial++, n, m, range[r] / (r == 3 ? MOST : 1));
		tap_ok(all, "the best of all permutations, weights below %llu",
		       (unsigned long long)range[r]);
	}
	/* a hidden permutation among lesser weights */
	for (size_t i = 0; i < 300 * 300; i++)
		large[i] = (uint64_t)(rng_unit(4, RNG_TEST, i, 0) * 99);
	for (size_t i = 0; i < 300; i++)
		large[i * 300 + i * 7 % 300] = 100;
	found = matching_max(300, 300, large, match) == 0;
	for (size_t i = 0; i < 300; i++)
		found &= match[i] == i * 7 % 300;
	tap_ok(found, "300 x 300: the hidden permutation");
	return tap_done();
}
