/* SPDX-License-Identifier: MIT */
#ifndef MATH_EXACT_H
#define MATH_EXACT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Exact sums of doubles: a small superaccumulator (Neal 2015, "Fast exact
 * summation using small and large superaccumulators").  The sum is the same
 * for any order, any split and any tree of merges, and is rounded once.
 * Zeroed struct = 0.
 */
#define EXACT_CHUNKS 67
struct exact {
	int64_t chunk[EXACT_CHUNKS]; /* chunk i counts units of 2^(32 i - 1074) */
	uint32_t n_adds;             /* since carries were last propagated */
	double special;              /* sum of the infinities and NaNs added, else 0 */
};

void exact_add(struct exact *a, double x);
void exact_add_many(struct exact *a, const double *x, size_t n);

/* a += x * y without error (two doubles by Dekker's or FMA splitting), for
 * |x y| between 1e-290 and 1e290 or 0; outside, correctly rounded product. */
void exact_add_product(struct exact *a, double x, double y);

/* a += b. */
void exact_merge(struct exact *a, const struct exact *b);

/* The sum, rounded to nearest even. */
double exact_round(const struct exact *a);

/* The canonical text of the state (equal sums give equal text) and back:
 * for partial results.  Returns the length; exact_load returns 0, or -1. */
#define EXACT_TEXT_MAX 1400
size_t exact_store(char to[EXACT_TEXT_MAX], const struct exact *a);
int exact_load(struct exact *a, const char *s, size_t n);

#endif
