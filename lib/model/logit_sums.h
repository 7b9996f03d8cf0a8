/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_SUMS_H
#define MODEL_LOGIT_SUMS_H

#include <stddef.h>

#include "model/logit.h"

/*
 * Sums over the rows of a logistic regression, for logit.c and its parts.
 *
 * Terms are used as u = (x - center) * factor with |u| <= 1, factor a power of
 * two.  So every summand of the gradient and of the information matrix is at
 * most 1 in size and is added in fixed point with the unit 2^-50: the sums do
 * not depend on the order of the rows.  The deviance and the means are summed
 * exactly (math/exact.h).
 */
struct logit_space {
	size_t n;        /* columns in use, the intercept first */
	size_t *term;    /* [n] ascending */
	double *center;  /* [n] mean; 0 for the intercept */
	double *factor;  /* [n] 1 for the intercept */
	double *sd;      /* [n] of the column, weighted, ddof 0; 1 for the intercept */
	double **less;   /* [n] NULL, or what is taken off a column, see below */
	double *gain;    /* [n] 1, or a power of two */
	double weight_unit; /* power of two that no weight is above */
};

/*
 * A column that is nearly a combination of the ones before it is replaced by
 * its residual, (u_j - sum over a < j of less[a] u_a) * gain, so that the
 * information matrix stays well conditioned where R's QR would still fit.
 * logit_unfold turns coefficients of the space into those of the u.
 */
void logit_unfold(const struct logit_space *s, double *beta);

/* From the space to standardised coefficients: what the alarm and glmnet's
 * penalty look at. */
static inline double logit_standard(const struct logit_space *s, size_t j)
{
	return s->factor[j] * s->sd[j];
}

void logit_space_free(struct logit_space *space);

struct logit_pass {
	double *information; /* [n][n] X'WX in u-space */
	double *gradient;    /* [n] X'(y - mu), of the log-likelihood */
	double deviance;
	double eta_max;      /* largest |eta| of a row of positive weight */
};

/*
 * One pass over the rows at coefficients beta (u-space).  With `hat` (the
 * inverse information [n][n] at beta), the gradient is Firth's, and the
 * weight_unit has to be above twice every weight and 1.  0, or -1: no memory.
 */
int logit_pass(struct logit_pass *pass, const struct logit_data *data,
	       const struct logit_space *space, const double *beta, const double *hat, int threads);

/* The columns of a space for a block of rows: u[j * DESIGN_BLOCK + i]; behind
 * n zeros. */
void logit_columns(const struct design *d, const struct logit_space *space, size_t first, size_t n,
		   double *u);

/* eta[i] = sum over j of beta[j] u[j][i], in the order of j. */
void logit_eta(size_t n_columns, size_t n, const double *u, const double *beta, double *eta);

enum { LOGIT_CONSTANT = 1, LOGIT_COMBINATION };

/*
 * The start of a fit: counts and sums of the rows into `fit`, the space of the
 * terms that are no linear combination of the ones before them, by R's rule
 * (residual norm < 1e-11 of the column's norm), and the pass at coefficients
 * 0.  alias[t] is LOGIT_CONSTANT, LOGIT_COMBINATION or 0.  Under a penalty only
 * constant columns are dropped.  The space and the pass's arrays are the
 * caller's to free in any case.
 */
enum logit_status logit_start(struct logit_fit *fit, struct logit_space *space,
			      struct logit_pass *pass, const struct logit_data *data,
			      const struct logit_options *options, int *alias);

/*
 * Looks for separation (Albert & Anderson 1984; Konis 2007): single columns
 * and levels by their ranges; then, among the rows that these leave in
 * question, directions by a linear program until there is none left.  Sets
 * fit->separated, the terms' `separated` and the references.  0, or -1.
 */
int logit_separation(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space);

/*
 * A direction b (u-space, |b_j| <= 1) in which no row that is not `gone` falls
 * behind and the sum of their margins is largest; all 0 when the outcomes of
 * these rows overlap.  Some tens of passes over the rows.  0, or -1: no memory.
 */
int logit_cone(const struct logit_data *data, const struct logit_space *space, const uint8_t *gone,
	       double *b);

#endif
