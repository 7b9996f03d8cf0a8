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

void *mlfit_some(const void *all, size_t n, size_t size, size_t *n_some)
{
	char *some;

	*n_some = 0;
	if (n <= ALL)
		return NULL;
	some = malloc((n / STEP + 1) * size);
	if (!some)
		return NULL;
	for (size_t i = 0; i < n; i += STEP)
		memcpy(some + (*n_some)++ * size, (const char *)all + i * size, size);
	return some;
}

void mlfit_search(struct newton *m, const struct newton_function *f, const double (*start)[NEWTON_MAX],
		  size_t n_starts, const struct mlfit *part)
{
	m->stop = NEWTON_STUCK;
	if (part->stop == NEWTON_CONVERGED) {
		for (size_t i = 0; i < f->n; i++)
			m->x[i] = fn_log(part->estimate[i]);
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
