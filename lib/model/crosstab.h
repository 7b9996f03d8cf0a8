/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CROSSTAB_H
#define MODEL_CROSSTAB_H

#include <stddef.h>
#include <stdint.h>

#include "model/shares.h"

/*
 * Pearson's chi-square (1900) of independence between the levels of a column
 * and the groups, from the numbers of rows, and Cramer's V = sqrt(chi^2 / (n
 * min(levels - 1, groups - 1))).  Levels and groups without rows are left
 * out.  NaN with fewer than two of either.  No continuity correction.  Sums are
 * exact: the same for any order of levels and groups.
 */
struct crosstab {
	double chi_squared, df, p, cramers_v;
	double least_expected;    /* the smallest expected number of rows */
	size_t n_cells, n_below_5; /* cells, and those that expect fewer than 5 rows */
};

/* O(levels * groups).  Returns 0, or -1 without memory. */
int crosstab_test(struct crosstab *c, const struct shares *s);

/*
 * The second path: chi^2 as n (sum of o^2 / (row sum * column sum) - 1).
 * Returns 1, or 0 when the two differ by more than the rounding of their
 * terms, or -1 without memory.
 */
int crosstab_check(const struct crosstab *c, const struct shares *s);

#endif
