/* SPDX-License-Identifier: MIT */
#include "model/anova.h"

#include <math.h>
#include <stdbool.h>

#include "math/dist.h"

/*
 * B from the deviations of the groups' means from the population's, each
 * rounded once from exact sums: no difference of large sums is ever taken.
 */
static void sums_of_squares(struct anova *a, const struct figures *f)
{
	double n = 0;
	for (size_t k = 0; k < f->n_groups; k++) {
		const struct figures_cell *c = &f->cell[k];
		if (c->n == 0)
			continue;
		a->n_groups++;
		n += (double)c->n;
		a->between += (double)c->n * c->deviation * c->deviation;
		a->within += c->ss;
	}
	a->df_between = (double)a->n_groups - 1;
	a->df_within = n - (double)a->n_groups;
}

/* Welch (1951), as in Brown & Forsythe (1974), eq. 3. */
static void welch(struct anova *a, const struct figures *f)
{
	double sum_w = 0, sum_wd = 0, between = 0, spread = 0, k = (double)a->n_groups;
	for (size_t i = 0; i < f->n_groups; i++) {
		const struct figures_cell *c = &f->cell[i];
		if (c->n == 0)
			continue;
		if (c->n < 2 || c->ss == 0)
			return;
		double w = (double)c->n * (double)(c->n - 1) / c->ss;
		sum_w += w;
		sum_wd += w * c->deviation;
	}
	double center = sum_wd / sum_w;
	for (size_t i = 0; i < f->n_groups; i++) {
		const struct figures_cell *c = &f->cell[i];
		if (c->n == 0)
			continue;
		double w = (double)c->n * (double)(c->n - 1) / c->ss, rest = 1 - w / sum_w;
		between += w * (c->deviation - center) * (c->deviation - center);
		spread += rest * rest / (double)(c->n - 1);
	}
	a->welch_f = between / (k - 1) / (1 + 2 * (k - 2) / (k * k - 1) * spread);
	a->welch_df_between = k - 1;
	a->welch_df_within = (k * k - 1) / (3 * spread);
	a->welch_p = dist_f_upper(a->welch_f, a->welch_df_between, a->welch_df_within);
}

void anova_oneway(struct anova *a, const struct figures *f)
{
	*a = (struct anova){ .f = NAN, .p = NAN, .eta_squared = NAN, .welch_f = NAN,
			     .welch_df_between = NAN, .welch_df_within = NAN, .welch_p = NAN,
			     .kruskal_h = f->kruskal_h, .kruskal_p = NAN };
	sums_of_squares(a, f);
	if (isfinite(a->kruskal_h))
		a->kruskal_p = dist_chi2_upper(a->kruskal_h, a->df_between);
	if (a->n_groups < 2 || a->df_within < 1)
		return;
	if (a->between + a->within > 0)
		a->eta_squared = a->between / (a->between + a->within);
	if (a->within > 0) {
		a->f = a->between / a->df_between / (a->within / a->df_within);
		a->p = dist_f_upper(a->f, a->df_between, a->df_within);
	}
	welch(a, f);
}

/* O(n^2), n being a handful of columns: adjusted[i] = max over the p[j] up to
 * p[i] of (m - rank(j)) p[j], at most 1. */
void anova_holm(const double *p, size_t n, double *adjusted)
{
	for (size_t i = 0; i < n; i++) {
		adjusted[i] = p[i];
		for (size_t j = 0; j < n; j++) {
			if (isnan(p[i]) || !(p[j] <= p[i]))
				continue;
			size_t at_least = 0;
			for (size_t l = 0; l < n; l++)
				at_least += p[l] > p[j] || (p[l] == p[j] && l >= j);
			double scaled = fmin(1, (double)at_least * p[j]);
			adjusted[i] = fmax(adjusted[i], scaled);
		}
	}
}
