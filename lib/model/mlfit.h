/* SPDX-License-Identifier: MIT */
#ifndef MODEL_MLFIT_H
#define MODEL_MLFIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "math/newton.h"

/*
 * A fit by maximum likelihood of a few positive parameters.  It is made in
 * their logarithms, where a step cannot leave the range and where the 95%
 * Wald intervals are taken, exp(log estimate -+ 1.96 errors): they are positive too.
 */
struct mlfit {
	size_t n; /* parameters, in the order of the model */
	const char *name[NEWTON_MAX];
	double estimate[NEWTON_MAX];
	double std_error[NEWTON_MAX]; /* delta method; NaN, with the limits, when not converged */
	double ci_low[NEWTON_MAX], ci_high[NEWTON_MAX];
	double log_likelihood;
	/* Euclidean norm of the gradient of log_likelihood / n_customers in the
	 * logarithms of the parameters */
	double gradient;
	uint64_t n_customers;
	size_t n_cells; /* of like customers that the likelihood was summed over; 0: one by one */
	int n_steps;
	enum newton_stop stop; /* converged or why not */
	size_t outside;        /* NEWTON_OUTSIDE: the parameter that has run off, up or down */
	bool outside_up;
};

/* What is fitted: n items of `size` bytes, and the fit of any so many of them in
 * at most steps_max steps (0: the usual), false when there is no memory. */
struct mlfit_items {
	const void *item;
	size_t n, size;
	bool (*fit)(struct mlfit *fit, const void *item, size_t n, int steps_max);
};

/*
 * Searches over logarithms of parameters.  Of many items (n > 10,000) a quarter,
 * evenly, is fitted first, which begins with a quarter in turn, so that only the
 * smallest part is searched from all the starts; where that fit has not
 * converged or leads nowhere, all starts are tried.
 */
void mlfit_search(struct newton *m, const struct newton_function *f, const double (*start)[NEWTON_MAX],
		  size_t n_starts, const struct mlfit_items *all);

/* Fills f, whose n, name, n_customers and n_cells are there, from a finished
 * search over the logarithms. */
void mlfit_take(struct mlfit *f, const struct newton *m, const struct newton_function *of);

#endif
