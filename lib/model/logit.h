/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_H
#define MODEL_LOGIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/design.h"

/*
 * Logistic regression by maximum likelihood: iteratively reweighted least
 * squares (McCullagh & Nelder 1989, section 2.5), in the Newton form, from 0.
 * Agrees with R's glm(family = binomial).
 *
 * Every sum over rows is exact or in fixed point (logit_sums.h), so a fit has
 * the same bits for any order of the rows and any number of threads.
 */

struct logit_data {
	const struct design *design; /* finished */
	const uint8_t *y;            /* [n_rows] 0 or 1 */
	const double *weight;        /* [n_rows] case weights >= 0; NULL: all 1 */
};

struct logit_options {
	/* Penalty: mean log-loss + l2/2 |b|^2 without the intercept, the mean
	 * taken over the sum of the weights; scikit-learn's C = 1/(n l2). */
	double l2;
	double l1;                  /* and l1 |b|_1 is added: lasso, with l2 the elastic net */
	bool penalise_standardised; /* b times the column's standard deviation, as glmnet */
	bool firth;                 /* Firth (1993): penalise by the Jeffreys prior */
	bool profile;               /* with firth: intervals by its profile */
	bool balanced;              /* the weights balance the classes: no inference */
	int max_iter;               /* 25 */
	double tol;                 /* 1e-8, on |dev - old| / (|dev| + 0.1) */
	int threads;
};

enum logit_stop {
	LOGIT_DEVIANCE, /* the deviance rule was met */
	LOGIT_MAX_ITER,
	LOGIT_STUCK,    /* no step, however short, lowers the deviance */
	LOGIT_SINGULAR, /* the information matrix is not positive definite */
};

struct logit_term {
	double estimate;     /* raw units; NaN when aliased */
	double std_error;    /* NaN when aliased, separated, penalised by l1 or l2, balanced */
	double z, p;         /* Wald */
	double ci_low, ci_high; /* 95%, of the estimate: Wald, or by the profile */
	bool aliased;        /* a linear combination of the terms before it */
	bool constant;       /* of the intercept alone */
	int separated;       /* -1, +1: where the estimate runs off to; 0: it does not */
	bool drawn;          /* runs off with what separates: no standard error */
};

/* A category whose reference level holds one outcome only. */
struct logit_reference {
	size_t source;
	int direction;
};

struct logit_fit {
	struct logit_term *term; /* [n_terms], in the design's order */
	size_t n_terms, rank;
	double *covariance;      /* [n_terms][n_terms] in raw units, 0 where aliased; NULL: none */
	struct logit_reference *reference; /* separated ones */
	size_t n_references;
	size_t n_rows, n_events; /* of positive weight */
	double sum_weights, sum_events;
	double deviance, null_deviance, aic;
	double lr, lr_p;         /* likelihood-ratio test against the null */
	size_t df, df_null;      /* residual: n_rows - rank, n_rows - 1 */
	int iterations;          /* Newton steps until the rule was met */
	enum logit_stop stop;
	bool separated;          /* proved: see the terms and references */
	bool moving;             /* the rule was met, but the next step was still large */
};

enum logit_status {
	LOGIT_OK,
	LOGIT_NO_MEMORY,
	LOGIT_NO_ROWS,   /* of positive weight */
	LOGIT_RANGE,     /* a term's values span more than 2^1000 */
	LOGIT_ONE_CLASS, /* all outcomes are equal: n_events tells which */
};

/*
 * Fits.  LOGIT_OK also when the fit did not converge (see stop, separated,
 * moving).  Each pass over the rows costs O(n_rows n_terms^2); memory
 * O(threads n_terms^2) beside the design.
 */
enum logit_status logit_fit(struct logit_fit *fit, const struct logit_data *data,
			    const struct logit_options *options);
void logit_free(struct logit_fit *fit);

/*
 * Fits under l1 and l2 times scale[i], one after the other, each from the one
 * before; l1 > 0, n >= 2.  When scale[0] is 0 the scales are made first: in
 * equal ratios from where every coefficient is 0 (but not below 1) to 1.  Each
 * of fit[n] is to be freed in any case.
 */
enum logit_status logit_fit_path(struct logit_fit *fit, const struct logit_data *data,
				 const struct logit_options *options, double *scale, size_t n);

static inline bool logit_penalised(const struct logit_options *o)
{
	return o->l1 > 0 || o->l2 > 0;
}

/* Whether the estimates are an answer: the rule was met and none runs off. */
bool logit_converged(const struct logit_fit *fit);

/*
 * The i-th thing (from 0) that the user has to know about the fit: terms that
 * were dropped, that separate, no convergence.  False when there is none.
 */
#define LOGIT_PROBLEM_MAX 400
bool logit_problem(const struct logit_fit *fit, const struct design *d, size_t i,
		   char text[LOGIT_PROBLEM_MAX]);

/* The probability of 1 of each row.  O(n_rows n_terms). */
void logit_predict(const struct logit_fit *fit, const struct design *design, int threads,
		   double *probability);

/* 1/(1 + exp(-eta)). */
double logit_probability(double eta);

#endif
