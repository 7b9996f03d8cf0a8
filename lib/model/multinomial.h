/* SPDX-License-Identifier: MIT */
#ifndef MODEL_MULTINOMIAL_H
#define MODEL_MULTINOMIAL_H

#include "model/logit_rows.h"

/*
 * Multinomial logistic regression (McFadden 1974): outcome 0 is the reference,
 * and each other one has a linear predictor of its own; probabilities are
 * their softmax.  By Newton's method from 0, with the rules and the exact sums
 * of logit.h; with two outcomes it is that fit.  Of the options l2,
 * penalise_standardised, max_iter, tol and threads count.
 */
#define MULTINOMIAL_MAX 250 /* outcomes */

struct multinomial_data {
	const struct design *design;
	const uint8_t *y;     /* [n_rows] 0..n_outcomes-1 */
	const double *weight; /* NULL: all 1 */
	size_t n_outcomes;    /* at least 2; each has a row of positive weight */
};

struct multinomial_fit {
	struct logit_term *term; /* [n_outcomes - 1][n_terms] */
	size_t n_outcomes, n_terms;
	size_t rank;             /* terms in use of one outcome, with the intercept */
	double *weight_of;       /* [n_outcomes] sums */
	size_t n_rows;
	double sum_weights, deviance, null_deviance, aic;
	double lr, lr_p;
	size_t lr_df, df, df_null;
	int iterations;
	enum logit_stop stop;
	bool separated, moving;
};

enum logit_status multinomial_fit(struct multinomial_fit *fit, const struct multinomial_data *data,
				  const struct logit_options *options);
void multinomial_free(struct multinomial_fit *fit);

/* The same, but for rows of which some have weight 0: LOGIT_ONE_CLASS where an outcome,
 * whose place is *lacking, has no other ones. */
enum logit_status multinomial_fit_part(struct multinomial_fit *fit,
				       const struct multinomial_data *data,
				       const struct logit_options *options, size_t *lacking);

/*
 * Probabilities p[place][row] of the design's rows whose part is `wanted` (part
 * NULL: all); others are left as they are.  0, or -1: no memory.
 */
int multinomial_predict(const struct multinomial_fit *fit, const struct design *design,
			const uint32_t *part, uint32_t wanted, int threads, double *const *p);

/* Rows of fold f < n are judged by a fit without them; those of part n take no part. */
struct multinomial_parts {
	const uint32_t *part; /* [n_rows] */
	uint32_t n;
};

/*
 * Out-of-fold probabilities into p[place][row].  settled[f] is whether the fit without
 * fold f is an answer; LOGIT_ONE_CLASS as multinomial_fit_part.  n fits.
 */
enum logit_status multinomial_cross_validate(const struct logit_rows *r, size_t n_outcomes,
					     const struct multinomial_parts *parts,
					     const struct logit_options *options,
					     double *const *p, bool *settled, size_t *lacking);

/* Whether the estimates are an answer. */
bool multinomial_converged(const struct multinomial_fit *fit);

/* As logit_problem; the outcome's column and levels, raw. */
bool multinomial_problem(const struct multinomial_fit *fit, const struct design *d,
			 const char *outcome, char *const *level, size_t i,
			 char text[LOGIT_PROBLEM_MAX]);

#endif
