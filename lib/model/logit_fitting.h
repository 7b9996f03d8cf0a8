/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_FITTING_H
#define MODEL_LOGIT_FITTING_H

#include "model/logit_sums.h"

/* A standardised coefficient that the next step still moves by more than this
 * share of max(1, |b|) is running off. */
#define LOGIT_MOVING 1e-3
/* A probability this near to 0 or 1 calls for a look at separation. */
#define LOGIT_EXTREME 1e-8

/* One fit under way, in the units of its space; for logit.c and its parts. */
struct logit_fitting {
	const struct logit_data *data;
	const struct logit_options *options;
	struct logit_fit *fit;
	struct logit_space space;
	struct logit_pass pass;
	double *beta, *step, *trial; /* [n] */
	double *penalty;  /* [n] of beta^2/2, in the log-likelihood's units */
	double *lasso;    /* [n] of |beta|, in the same */
	double *square;   /* [n][n] */
	double objective; /* deviance and penalty at the last pass */
	int *alias;       /* [n_terms] */
};

/*
 * A pass over the rows at beta, and the objective.  Under Firth the gradient
 * has the leverages and `square` is the inverse information.  Returns 0, 1:
 * the information is singular, or -1: no memory.
 */
int logit_evaluate(struct logit_fitting *f, const double *beta);

/* Standard errors, tests and intervals of the terms from the covariance, which
 * may be NULL; intervals stay when they are a profile's. */
void logit_infer(struct logit_fit *fit, bool profiled);

/* Coefficients of the space, in place, to raw units. */
void logit_to_raw(const struct logit_space *s, double *beta);

/*
 * From f->beta to the minimum under a lasso penalty, until the conditions of
 * Karush, Kuhn and Tucker hold to 1e-11 of the mean over the rows.  Sets the
 * fit's stop and iterations.  0, or -1: no memory.
 */
int logit_lasso(struct logit_fitting *f);

/*
 * The 95% intervals of all terms by the profile of Firth's likelihood, into
 * the terms of the fit, at f->beta where it has converged.  Leaves the pass
 * there.  An end that is not found is NaN.  0, or -1: no memory.
 */
int logit_profile(struct logit_fitting *f);

#endif
