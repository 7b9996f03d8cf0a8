/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "model/multinomial.h"

bool logit_converged(const struct logit_fit *fit)
{
	return fit->stop == LOGIT_DEVIANCE && !fit->separated && !fit->moving;
}

static const char *of_convergence(enum logit_stop stop, bool moving, bool separated)
{
	switch (stop) {
	case LOGIT_MAX_ITER:
		return separated ? NULL : "not converged: too many iterations";
	case LOGIT_STUCK:
		return "not converged: no step lowers the deviance";
	case LOGIT_SINGULAR:
		return "not converged: the information matrix is singular";
	case LOGIT_DEVIANCE:
		break;
	}
	return moving && !separated ?
		       "not converged: the deviance has settled, but the estimates still move" :
		       NULL;
}

static void say_separated(char text[LOGIT_PROBLEM_MAX], const char *what, const char *name,
			  int direction, const char *remedy)
{
	snprintf(text, LOGIT_PROBLEM_MAX,
		 "%s %.200s separates the outcomes: its estimate runs off to %cinfinity; %s", what,
		 name, direction > 0 ? '+' : '-', remedy);
}

#define BINARY_REMEDY "--firth or --l2 give a finite one"

/* A category that gives no term.  *at counts the problems met so far. */
static bool of_category(const struct design *d, size_t i, size_t *at, char text[LOGIT_PROBLEM_MAX])
{
	for (size_t s = 0; s < d->n_sources; s++)
		if (d->source[s].category && d->source[s].n_levels == 1 && (*at)++ == i) {
			snprintf(text, LOGIT_PROBLEM_MAX,
				 "category %.200s has one level only: it gives no term",
				 d->source[s].name);
			return true;
		}
	return false;
}

static void say_aliased(char text[LOGIT_PROBLEM_MAX], const char *name, bool constant)
{
	snprintf(text, LOGIT_PROBLEM_MAX, "term %.200s is %s: dropped", name,
		 constant ? "constant" : "a linear combination of the terms before it");
}

bool logit_problem(const struct logit_fit *fit, const struct design *d, size_t i,
		   char text[LOGIT_PROBLEM_MAX])
{
	const char *convergence = of_convergence(fit->stop, fit->moving, fit->separated);
	size_t at = 0;

	if (of_category(d, i, &at, text))
		return true;
	for (size_t t = 0; t < fit->n_terms; t++) {
		if (fit->term[t].aliased && at++ == i) {
			say_aliased(text, d->term[t].name, fit->term[t].constant);
			return true;
		}
		if (fit->term[t].separated && at++ == i) {
			say_separated(text, "term", d->term[t].name, fit->term[t].separated,
				      BINARY_REMEDY);
			return true;
		}
	}
	for (size_t k = 0; k < fit->n_references; k++) {
		const struct design_source *s = &d->source[fit->reference[k].source];
		char name[201];
		if (at++ != i)
			continue;
		snprintf(name, sizeof name, "%s=%.*s", s->name, (int)s->level[0].n, s->level[0].s);
		say_separated(text, "reference level", name, fit->reference[k].direction,
			      BINARY_REMEDY);
		return true;
	}
	if (!convergence || at != i)
		return false;
	snprintf(text, LOGIT_PROBLEM_MAX, "%s", convergence);
	return true;
}

bool multinomial_problem(const struct multinomial_fit *fit, const struct design *d,
			 const char *outcome, char *const *level, size_t i,
			 char text[LOGIT_PROBLEM_MAX])
{
	const char *convergence = of_convergence(fit->stop, fit->moving, fit->separated);
	size_t at = 0, n = (fit->n_outcomes - 1) * fit->n_terms;

	if (of_category(d, i, &at, text))
		return true;
	for (size_t t = 0; t < fit->n_terms; t++)
		if (fit->term[t].aliased && at++ == i) {
			say_aliased(text, d->term[t].name, fit->term[t].constant);
			return true;
		}
	for (size_t k = 0; k < n; k++) {
		char name[201];
		if (!fit->term[k].separated || at++ != i)
			continue;
		snprintf(name, sizeof name, "%s=%s:%s", outcome, level[k / fit->n_terms + 1],
			 d->term[k % fit->n_terms].name);
		say_separated(text, "term", name, fit->term[k].separated, "--l2 gives a finite one");
		return true;
	}
	if (!convergence && fit->separated && n > 0 && at == i) {
		bool named = false;
		for (size_t k = 0; k < n; k++)
			named |= fit->term[k].separated != 0;
		convergence = named ? NULL : "a reference level separates the outcomes: estimates run "
					     "off to infinity; --l2 gives finite ones";
	}
	if (!convergence || at != i)
		return false;
	snprintf(text, LOGIT_PROBLEM_MAX, "%s", convergence);
	return true;
}
