/* SPDX-License-Identifier: MIT */
#include "model/mlfit.h"

#include <math.h>

#include "math/dist.h"
#include "math/fn.h"

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
