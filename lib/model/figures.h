/* SPDX-License-Identifier: MIT */
#ifndef MODEL_FIGURES_H
#define MODEL_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/*
 * What one column is like in each group of rows and in all of them.  Missing
 * values (NaN) are counted and take no part in anything else.
 */
struct figures_cell {
	uint64_t n;         /* values */
	uint64_t n_missing;
	double sum;         /* rounded once: independent of the order of the rows */
	double mean;        /* NaN without values, as all below */
	double deviation;   /* from the population's mean, both before rounding */
	double ss;          /* sum of squared deviations from the own mean */
	double sd;          /* sqrt(ss / (n - 1)); NaN for n = 1 */
	double min, q25, median, q75, max; /* type-7 quantiles */
	double rank_sum;    /* of the mid-ranks among all values */
};

struct figures_groups {
	size_t n_groups, n_rows;
	const uint32_t *group; /* [n_rows] below n_groups, or FIGURES_NO_GROUP */
};
#define FIGURES_NO_GROUP UINT32_MAX

struct figures {
	struct figures_cell *cell; /* [n_groups], owned */
	struct figures_cell all;   /* of the rows that have a group */
	size_t n_groups;
	double kruskal_h;          /* see ranks_kruskal */
};

/*
 * The figures of column x [n_rows] (finite or NaN).  Means and deviations come
 * from exact sums, ss from exact sums of squares about the rounded mean with
 * the correction term (Chan, Golub & LeVeque 1983, eq. 1.7), so a large common
 * offset costs no digits.  O(n_rows), 24 bytes a row of working memory.
 * Returns 0, or -1 without memory.
 */
int figures_column(struct figures *f, const double *x, const struct figures_groups *g);

/*
 * The second path: the same column once more, row by row in file order, by
 * other algorithms (Welford 1962 for means and squares; counts on both sides
 * of a quantile for its place; the groups' sums of ranks are all ranks' sum).  Returns 0 when all agree, else the number of
 * the first cell that does not (1 + group; n_groups + 1 for the population),
 * and in *what the name of the figure.  -1 without memory.
 */
int figures_check(const struct figures *f, const double *x, const struct figures_groups *g,
		  const char **what);

void figures_free(struct figures *f);

#endif
