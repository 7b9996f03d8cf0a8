/* SPDX-License-Identifier: MIT */
#ifndef MATH_EXACT_H
#define MATH_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Exact sums of doubles: a small superaccumulator (Neal 2015, "Fast exact
 * summation using small and large superaccumulators").  The sum is the same
 * for any order, any split and any tree of merges, and is rounded once.
 * Zeroed struct = 0.  Up to 2^40 additions.
 */
#define EXACT_CHUNKS 67
struct exact {
	int64_t chunk[EXACT_CHUNKS]; /* chunk i counts units of 2^(32 i - 1074) */
	uint32_t n_adds;             /* since carries were last propagated */
	double special;              /* sum of the infinities and NaNs added, else 0 */
};

/* a += x: about 5 ns.  exact_add_many is the same for x[0..n), faster. */
void exact_add(struct exact *a, double x);
void exact_add_many(struct exact *a, const double *x, size_t n);

/* a[label[i]] += x[i], i in 0..n-1: several sums at once. */
void exact_add_each(struct exact *a, const uint32_t *label, const double *x, size_t n);

/* a += x * y without error, in integers, for |x y| between 1e-290 and
 * DBL_MAX or 0; outside, the correctly rounded product (0, inf). */
void exact_add_product(struct exact *a, double x, double y);

/* a += b. */
void exact_merge(struct exact *a, const struct exact *b);

/* The sum, rounded to nearest even; +0 for 0; inf beyond DBL_MAX. */
double exact_round(const struct exact *a);

/*
 * The canonical text of the state and back, for partial results: equal sums
 * give equal text.  It is C's hexadecimal notation without a point,
 * "-0x1f3p-1042", with as many digits as it takes, or 0, nan, inf, -inf.
 * exact_store returns the length; no NUL.  exact_load takes only what
 * exact_store writes; it returns 0, or -1 with *a untouched.
 */
#define EXACT_TEXT_MAX 1400
size_t exact_store(char to[EXACT_TEXT_MAX], const struct exact *a);
int exact_load(struct exact *a, const char *s, size_t n);

/*
 * For arithmetic on sums (math/moments): the absolute value of the finite sum
 * as an integer count of 2^-1074, lowest limb first; true when negative.
 */
#define EXACT_LIMBS (EXACT_CHUNKS + 1)
bool exact_magnitude(const struct exact *a, uint32_t limb[EXACT_LIMBS]);

/* limb[0..n) as an integer count of 2^exponent, rounded to nearest even. */
double exact_limbs_round(const uint32_t *limb, size_t n, int exponent);

#endif
