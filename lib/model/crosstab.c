/* SPDX-License-Identifier: MIT */
#include "model/crosstab.h"

#include <math.h>
#include <stdlib.h>

#include "math/dist.h"
#include "math/exact.h"

static uint64_t level_rows(const struct shares *s, size_t level)
{
	uint64_t n = 0;
	for (size_t g = 0; g < s->n_groups; g++)
		n += shares_rows(s, level, g);
	return n;
}

static size_t count_some(const uint64_t *n, size_t length)
{
	size_t some = 0;
	for (size_t i = 0; i < length; i++)
		some += n[i] > 0;
	return some;
}

static void add_cell(struct crosstab *c, struct exact *sum, double observed, double expected)
{
	double d = observed - expected;
	exact_add(sum, d * d / expected);
	c->n_cells++;
	c->n_below_5 += expected < 5;
	c->least_expected = fmin(c->least_expected, expected);
}

int crosstab_test(struct crosstab *c, const struct shares *s)
{
	uint64_t *level = calloc(s->n_levels + s->n_groups + 1, sizeof *level), *group = level + s->n_levels;
	struct exact sum = { 0 };
	*c = (struct crosstab){ .p = NAN, .cramers_v = NAN, .least_expected = INFINITY };
	if (!level)
		return -1;
	for (size_t l = 0; l < s->n_levels; l++) {
		level[l] = level_rows(s, l);
		for (size_t g = 0; g < s->n_groups; g++)
			group[g] += shares_rows(s, l, g);
	}
	double n = (double)s->total_n;
	double rows = (double)count_some(level, s->n_levels), columns = (double)count_some(group, s->n_groups);
	for (size_t l = 0; l < s->n_levels; l++)
		for (size_t g = 0; g < s->n_groups; g++)
			if (level[l] && group[g])
				add_cell(c, &sum, (double)shares_rows(s, l, g),
					 (double)level[l] * (double)group[g] / n);
	free(level);
	c->chi_squared = exact_round(&sum);
	c->df = (rows - 1) * (columns - 1);
	if (rows < 2 || columns < 2) {
		c->chi_squared = NAN;
		c->df = 0;
		return 0;
	}
	c->p = dist_chi2_upper(c->chi_squared, c->df);
	c->cramers_v = sqrt(c->chi_squared / (n * (fmin(rows, columns) - 1)));
	return 0;
}

int crosstab_check(const struct crosstab *c, const struct shares *s)
{
	uint64_t *group = calloc(s->n_groups + 1, sizeof *group);
	struct exact sum = { 0 };
	if (!group)
		return -1;
	for (size_t g = 0; g < s->n_groups; g++)
		for (size_t l = 0; l < s->n_levels; l++)
			group[g] += shares_rows(s, l, g);
	for (size_t l = 0; l < s->n_levels; l++) {
		double row = (double)level_rows(s, l);
		for (size_t g = 0; g < s->n_groups; g++) {
			double o = (double)shares_rows(s, l, g);
			if (o > 0)
				exact_add(&sum, o / row * (o / (double)group[g]));
		}
	}
	free(group);
	exact_add(&sum, -1);
	double n = (double)s->total_n, again = n * exact_round(&sum);
	return !(fabs(again - c->chi_squared) > 1e-13 * (n + c->chi_squared));
}
