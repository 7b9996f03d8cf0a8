/* SPDX-License-Identifier: MIT */
#ifndef MATH_NEWTON_H
#define MATH_NEWTON_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The maximum of a smooth function of a few variables by Newton's method,
 * damped where the function is not concave or a step does not do what the
 * quadratic model says (Levenberg 1944, Marquardt 1963).  Made for the mean
 * log-likelihood of n independent observations.
 */
#define NEWTON_MAX 4

/*
 * The value at x[n]; the gradient g[n] and the symmetric matrix h[n][n] of
 * second derivatives, row by row.  NaN or an infinity: x is too far out.
 */
struct newton_function {
	double (*value)(void *ctx, const double *x, double *g, double *h);
	void *ctx;
	size_t n;             /* 1..NEWTON_MAX variables */
	double low[NEWTON_MAX], high[NEWTON_MAX]; /* outside them there is no maximum in reach */
	double n_observations;
	int steps_max; /* 0: 500 */
};

enum newton_stop { NEWTON_CONVERGED, NEWTON_OUTSIDE, NEWTON_STEPS, NEWTON_STUCK };

struct newton {
	double x[NEWTON_MAX], f, g[NEWTON_MAX], h[NEWTON_MAX * NEWTON_MAX];
	enum newton_stop stop;
	size_t outside;  /* NEWTON_OUTSIDE: the variable */
	double gradient; /* Euclidean norm of g */
	int n_steps;
};

/*
 * From m->x, which lies inside.  NEWTON_CONVERGED: the norm of the gradient is
 * at most 1e-10 max(1, |f|), which is a thousand times what rounding leaves of it, h
 * is negative definite, and the next Newton step, sqrt(n_observations g' -h^-1 g)
 * = the distance to the maximum in standard errors, would be at most 1e-5.  At
 * most steps_max steps, with an evaluation each, and one at the end; more only where a
 * step does not do what was promised.
 */
void newton_maximise(struct newton *m, const struct newton_function *f);

/* From each of the n_starts points, one after the other: the converged one
 * with the largest value, ties to the first; if none converged, the first's. */
void newton_from_all(struct newton *m, const struct newton_function *f,
		     const double (*start)[NEWTON_MAX], size_t n_starts);

/* The standard errors of x, sqrt of the diagonal of (-n_observations h)^-1;
 * false when h is not negative definite. */
bool newton_errors(const struct newton *m, const struct newton_function *f,
		   double se[NEWTON_MAX]);

#endif
