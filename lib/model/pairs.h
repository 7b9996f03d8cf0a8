/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PAIRS_H
#define MODEL_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/anova.h"
#include "model/figures.h"

/*
 * Two groups of a column compared, among all pairs of its k groups: by
 * Tukey's honest significant difference in Kramer's form for unequal sizes
 * (Kramer 1956), q = |d| / sqrt(W/(n-k) (1/n_i + 1/n_j) / 2), and by Games &
 * Howell (1976), which does not assume equal variances: q = |d| /
 * sqrt((s_i^2/n_i + s_j^2/n_j) / 2) with Welch's degrees of freedom.  A figure
 * that does not exist is NaN: Tukey's where W = 0, Games and Howell's where
 * a group has one row or neither varies.
 */
struct pair {
	double difference;              /* mean of the first minus mean of the second */
	double tukey_q, tukey_df, tukey_p;
	double games_howell_q, games_howell_df, games_howell_p;
};

/* `a` is the analysis of the same figures.  The p-values (some ms each, see
 * dist_tukey_upper) only when with_p, else NaN. */
void pairs_compare(struct pair *p, const struct figures *f, const struct anova *a, size_t i, size_t j,
		   bool with_p);

#endif
