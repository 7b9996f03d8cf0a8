/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "model/logit.h"

bool logit_converged(const struct logit_fit *fit)
{
	return fit->stop == LOGIT_DEVIANCE && !fit->separated && !fit->moving;
}

static const char *of_convergence(const struct logit_fit *fit)
{
	switch (fit->stop) {
	case LOGIT_MAX_ITER:
		return fit->separated ? NULL : "not converged: too many iterations";
	case LOGIT_STUCK:
		return "not converged: no step lowers the deviance";
	case LOGIT_SINGULAR:
		return "not converged: the information matrix is singular";
	case LOGIT_DEVIANCE:
		break;
	}
	return fit->moving && !fit->separated ?
		       "not converged: the deviance has settled, but the estimates still move" :
		       NULL;
}

static void say_separated(char text[LOGIT_PROBLEM_MAX], const char *what, const char *name,
			  int direction)
{
	snprintf(text, LOGIT_PROBLEM_MAX,
		 "%s %.200s separates the outcomes: its estimate runs off to %cinfinity; "
		 "--firth or --l2 give a finite one",
		 what, name, direction > 0 ? '+' : '-');
}

bool logit_problem(const struct logit_fit *fit, const struct design *d, size_t i,
		   char text[LOGIT_PROBLEM_MAX])
{
	const char *convergence = of_convergence(fit);
	size_t at = 0;

	for (size_t s = 0; s < d->n_sources; s++)
		if (d->source[s].category && d->source[s].n_levels == 1 && at++ == i) {
			snprintf(text, LOGIT_PROBLEM_MAX,
				 "category %.200s has one level only: it gives no term",
				 d->source[s].name);
			return true;
		}
	for (size_t t = 0; t < fit->n_terms; t++) {
		if (fit->term[t].aliased && at++ == i) {
			snprintf(text, LOGIT_PROBLEM_MAX,
				 "term %.200s is %s: dropped", d->term[t].name,
				 fit->term[t].constant ?
					 "constant" :
					 "a linear combination of the terms before it");
			return true;
		}
		if (fit->term[t].separated && at++ == i) {
			say_separated(text, "term", d->term[t].name, fit->term[t].separated);
			return true;
		}
	}
	for (size_t k = 0; k < fit->n_references; k++) {
		const struct design_source *s = &d->source[fit->reference[k].source];
		char name[201];
		if (at++ != i)
			continue;
		snprintf(name, sizeof name, "%s=%.*s", s->name, (int)s->level[0].n, s->level[0].s);
		say_separated(text, "reference level", name, fit->reference[k].direction);
		return true;
	}
	if (!convergence || at != i)
		return false;
	snprintf(text, LOGIT_PROBLEM_MAX, "%s", convergence);
	return true;
}
