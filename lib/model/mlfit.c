/* SPDX-License-Identifier: MIT */
#include "model/mlfit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "math/fn.h"

/* Fewer are looked at from all starts; of more every STEP-th comes first, so that
 * where a part has no maximum the next larger one is tried before the whole. */
#define ALL 10000
#define STEP 4
#define PART_STEPS 60 /* a part that takes more leads nowhere */

/* The fit of a part into *part; false: there is none, or it has not converged. */
static bool fit_part(struct mlfit *part, const struct mlfit_items *all)
{
	size_t n = 0;
	char *some = all->n > ALL ? malloc((all->n / STEP + 1) * all->size) : NULL;
	bool converged;

	for (size_t i = 0; some && i < all->n; i += STEP)
		memcpy(some + n++ * all->size, (const char *)all->item + i * all->size, all->size);
	converged = some && all->fit(part, some, n, PART_STEPS) && part->stop == NEWTON_CONVERGED;
	free(some);
	return converged;
}

void mlfit_search(struct newton *m, const struct newton_function *f, const double (*start)[NEWTON_MAX],
		  size_t n_starts, const struct mlfit_items *all)
{
	struct mlfit part;

	m->stop = NEWTON_STUCK;
	if (fit_part(&part, all)) {
		for (size_t i = 0; i < f->n; i++)
			m->x[i] = fn_log(part.estimate[i]);
		newton_maximise(m, f);
	}
	if (m->stop != NEWTON_CONVERGED)
		newton_from_all(m, f, start, n_starts);
}

void mlfit_take(struct mlfit *f, const struct newton *m, const struct newton_function *of)
{
	double se[NEWTON_MAX], z = dist_normal_quantile(0.975);
	bool known = m->stop == NEWTON_CONVERGED && newton_errors(m, of, se);

	f->log_likelihood = m->f * of->n_observations;
	f->gradient = m->gradient;
	f->n_steps = m->n_steps;
	f->stop = m->stop;
	f->outside = m->stop == NEWTON_OUTSIDE ? m->outside : 0;
	f->outside_up = m->x[f->outside] > of->high[f->outside];
	for (size_t i = 0; i < f->n; i++) {
		f->estimate[i] = fn_exp(m->x[i]);
		f->std_error[i] = known ? f->estimate[i] * se[i] : NAN;
		f->ci_low[i] = known ? fn_exp(m->x[i] - z * se[i]) : NAN;
		f->ci_high[i] = known ? fn_exp(m->x[i] + z * se[i]) : NAN;
	}
}
