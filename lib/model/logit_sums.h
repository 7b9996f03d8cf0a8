/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_SUMS_H
#define MODEL_LOGIT_SUMS_H

#include <stddef.h>

#include "model/logit.h"

/*
 * Sums over the rows of a logistic regression, for logit.c and its parts.
 *
 * Terms are used as u = (x - center) * factor with |u| <= 1; factor is a
 * power of two over the standard deviation.  So every summand of the gradient
 * and of the information matrix is at most 1 in size and is added in fixed
 * point with the unit 2^-50: the sums do not depend on the order of the rows.
 * The deviance and the moments are summed exactly (math/exact.h).
 */
struct logit_space {
	size_t n;        /* columns in use, the intercept first */
	size_t *term;    /* [n] ascending */
	double *center, *factor, *sd; /* [n]; 0, 1, 1 for the intercept */
	double weight_unit; /* power of two >= every weight */
};

/* Moments of all terms over the rows of positive weight. */
struct logit_moments {
	double *center, *sd, *reach; /* [n_terms]; reach = max |x - center| */
	double weight_max, sum_weights, sum_events;
	size_t n_rows, n_events;
};

/* 0, or -1: no memory.  logit_moments_free in any case. */
int logit_moments(struct logit_moments *m, const struct logit_data *data, int threads);
void logit_moments_free(struct logit_moments *m);

struct logit_pass {
	double *information; /* [n][n] X'WX in u-space */
	double *gradient;    /* [n] X'(y - mu), of the log-likelihood */
	double deviance;
	double eta_max;      /* largest |eta| of a row of positive weight */
};

/*
 * One pass over the rows at coefficients beta (u-space).  With `hat` (the
 * inverse information [n][n] at beta), the gradient is Firth's.  0, or -1.
 */
int logit_pass(struct logit_pass *pass, const struct logit_data *data,
	       const struct logit_space *space, const double *beta, const double *hat, int threads);

/*
 * The columns of a space for one block of rows: u[j * DESIGN_BLOCK + i].
 * `room` holds n_terms * DESIGN_BLOCK doubles.
 */
void logit_columns(const struct design *d, const struct logit_space *space, size_t first, size_t n,
		   double *room, double *u);

/* eta[i] = sum over j of beta[j] u[j][i], in the order of j. */
void logit_eta(size_t n_columns, size_t n, const double *u, const double *beta, double *eta);

enum { LOGIT_CONSTANT = 1, LOGIT_COMBINATION };

/*
 * Finds the terms of data with moments m that are linear combinations of the
 * ones before them, by R's rule (residual norm < 1e-11 of the column's norm):
 * alias[t] is LOGIT_COMBINATION, LOGIT_CONSTANT or 0.  With `constant_only` looks
 * for constant columns only.
 */
int logit_aliased(const struct logit_data *data, const struct logit_moments *m, int threads,
		  int constant_only, int *alias);

/* The space of the terms that are not aliased.  0, or -1.  logit_space_free. */
int logit_space_init(struct logit_space *space, const struct logit_moments *m, size_t n_terms,
		     const int *alias);
void logit_space_free(struct logit_space *space);

/*
 * Looks for separation (Albert & Anderson 1984; Konis 2007): single columns
 * and levels by their ranges, then the direction `step` (u-space) in which the
 * fit runs off.  Sets fit->separated, the terms' `separated` and the
 * references.  0, or -1.
 */
int logit_separation(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space, const double *step);

#endif
