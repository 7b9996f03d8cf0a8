/* SPDX-License-Identifier: MIT */
#ifndef MODEL_ANOVA_H
#define MODEL_ANOVA_H

#include <stddef.h>

#include "model/figures.h"

/*
 * One-way analysis of variance from the figures of a column: F = [B / (k-1)] /
 * [W / (n-k)], eta^2 = B / (B + W) (Fisher 1925), and Welch's F for unequal
 * variances (Welch 1951), and H by ranks.  Groups without values are left out.  A figure that
 * does not exist is NaN: all with fewer than two groups or n = k; F and p when
 * W = 0; Welch's with a group of one row or of no variance.
 */
struct anova {
	double between, within;          /* sums of squares B and W */
	double df_between, df_within;
	double f, p, eta_squared;
	double welch_f, welch_df_between, welch_df_within, welch_p;
	double kruskal_h, kruskal_p;     /* Kruskal & Wallis (1952), by ranks; p by chi-square, k - 1 */
	size_t n_groups;                 /* that have values */
};

void anova_oneway(struct anova *a, const struct figures *f);

/* Holm's step-down adjustment (1979) of n p-values; NaNs stay and do not
 * count as tests. */
void anova_holm(const double *p, size_t n, double *adjusted);

#endif
