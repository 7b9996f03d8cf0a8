/* SPDX-License-Identifier: MIT */
#include "model/pairs.h"

#include <math.h>

#include "math/dist.h"

void pairs_compare(struct pair *p, const struct figures *f, const struct anova *a, size_t i, size_t j,
		   bool with_p)
{
	const struct figures_cell *x = &f->cell[i], *y = &f->cell[j];
	double nx = (double)x->n, ny = (double)y->n, k = (double)a->n_groups;

	*p = (struct pair){ NAN, NAN, NAN, NAN, NAN, NAN, NAN };
	if (x->n == 0 || y->n == 0)
		return;
	/* deviations from the common mean keep digits that the means have lost */
	p->difference = x->deviation - y->deviation;
	p->tukey_df = a->df_within;
	if (a->within > 0 && a->df_within > 0)
		p->tukey_q = fabs(p->difference) /
			     sqrt(a->within / a->df_within * (1 / nx + 1 / ny) / 2);
	double u = x->n > 1 ? x->ss / (nx - 1) / nx : NAN, v = y->n > 1 ? y->ss / (ny - 1) / ny : NAN;
	if (u + v > 0) {
		p->games_howell_q = fabs(p->difference) / sqrt((u + v) / 2);
		p->games_howell_df = (u + v) * (u + v) / (u * u / (nx - 1) + v * v / (ny - 1));
	}
	if (!with_p)
		return;
	if (!isnan(p->tukey_q))
		p->tukey_p = dist_tukey_upper(p->tukey_q, k, p->tukey_df);
	if (!isnan(p->games_howell_q))
		p->games_howell_p = dist_tukey_upper(p->games_howell_q, k, p->games_howell_df);
}
