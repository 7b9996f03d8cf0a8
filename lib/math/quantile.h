/* SPDX-License-Identifier: MIT */
#ifndef MATH_QUANTILE_H
#define MATH_QUANTILE_H

#include <stddef.h>

/*
 * Type-7 quantiles (Hyndman & Fan 1996; the default of R and NumPy): with
 * h = (n - 1) p, x[floor h] + (h - floor h) (x[floor h + 1] - x[floor h]) of
 * the sorted values.  n >= 1, values finite.
 */

/* Sorts x in place (no NaN) and returns nothing else: O(n log n). */
void quantile_sort(double *x, size_t n);

/* The quantile at p in 0..1 of sorted values. O(1). */
double quantile_sorted(const double *x, size_t n, double p);

/* Several quantiles of unsorted values; x is permuted.  O(n) a quantile on
 * average (selection). */
void quantile_select(double *x, size_t n, const double *p, size_t n_p, double *q);

#endif
