/* SPDX-License-Identifier: MIT */
#ifndef MATH_QUANTILE_H
#define MATH_QUANTILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Type-7 quantiles (Hyndman & Fan 1996; the default of R and NumPy): with
 * h = (n - 1) p, x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]) of
 * the sorted values.  n >= 1, values finite.  h within 4 units of the last
 * place of a whole number is that number: (n - 1) * 0.29 for n = 101 is 29.
 * -0 counts as 0, and comes back as 0.
 */

/* Sorts x in place (no NaN), ascending: O(n), radix, with room for n more
 * doubles; without that room O(n log n). */
void quantile_sort(double *x, size_t n);

/* The quantile at p in 0..1 of sorted values. O(1). */
double quantile_sorted(const double *x, size_t n, double p);

/* Several quantiles of unsorted values; x is permuted.  O(n) a quantile on
 * average (selection), less for ascending p; no more memory. */
void quantile_select(double *x, size_t n, const double *p, size_t n_p, double *q);

/* The same of values that stay as they are, and in at_most[i] (may be NULL) how many
 * of them are at most q[i]: two passes, and memory for the few values near the
 * quantiles; four where many values are the same; memory for all where most lie close
 * together and differ.  Returns 0, or -1 without memory. */
int quantile_of(const double *x, size_t n, const double *p, size_t n_p, double *q,
		size_t *at_most);

/* Unsigned integers in the order of the doubles that they stand for, and back. */
static inline uint64_t quantile_key(double x)
{
	uint64_t u;
	memcpy(&u, &x, sizeof u);
	return u ^ ((uint64_t)((int64_t)u >> 63) | UINT64_C(1) << 63);
}

static inline double quantile_of_key(uint64_t u)
{
	double x;
	u ^= u >> 63 ? UINT64_C(1) << 63 : ~UINT64_C(0);
	memcpy(&x, &u, sizeof x);
	return x;
}

#endif
