/* SPDX-License-Identifier: MIT */
#ifndef MATH_MOMENTS_H
#define MATH_MOMENTS_H

#include "math/exact.h"

/*
 * Count, mean, variance, least and greatest of a column in one pass, exact:
 * the sums are superaccumulators, n * S2 - S1^2 is taken in integers, and each
 * result is rounded once.  So a constant column has variance 0, a large offset
 * costs no digit (NIST's NumAcc4), and order, split and merge do not matter.
 * Values finite; absolute values between 1e-145 and 1e154, or 0, else the
 * square loses digits (or is infinite).
 */
struct moments {
	uint64_t n;
	double min, max; /* of the values added; 0 when n is 0 */
	struct exact sum, sum_sq;
};

/* m += x; about 15 ns.  Zeroed struct = no value. */
void moments_add(struct moments *m, double x);

/* m += other. */
void moments_merge(struct moments *m, const struct moments *other);

/* The mean, correctly rounded; NaN when n is 0. */
double moments_mean(const struct moments *m);

/*
 * Sum of squared deviations over n - ddof, correctly rounded; NaN unless
 * n > ddof.  ddof is 0 or 1.
 */
double moments_variance(const struct moments *m, unsigned ddof);

/* The square root of moments_variance: at most 1 unit in the last place off. */
double moments_deviation(const struct moments *m, unsigned ddof);

/* sum / n, correctly rounded, n >= 1. */
double moments_ratio(const struct exact *sum, uint64_t n);

/*
 * (n Sxy - Sx Sy) / (n (n - ddof)), correctly rounded, from exact sums of two
 * columns and of their products over n rows; NaN unless n > ddof.
 */
double moments_covariance(uint64_t n, const struct exact *sum_x, const struct exact *sum_y,
	const struct exact *sum_xy, unsigned ddof);

#endif
