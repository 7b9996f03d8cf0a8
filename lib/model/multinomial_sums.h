/* SPDX-License-Identifier: MIT */
#ifndef MODEL_MULTINOMIAL_SUMS_H
#define MODEL_MULTINOMIAL_SUMS_H

#include "model/logit_sums.h"
#include "model/multinomial.h"

/* The sums over the rows at coefficients beta[(n_outcomes - 1) * n], n the
 * columns of the space, outcome by outcome; for multinomial.c. */
struct multinomial_pass {
	double *information; /* [m][m], m = (n_outcomes - 1) n */
	double *gradient;    /* [m] of the log-likelihood */
	double deviance;
	double extreme;      /* the smallest probability of a row's own outcome */
};

/* 0, or -1: no memory.  O(n_rows m^2 / 4). */
int multinomial_pass(struct multinomial_pass *pass, const struct multinomial_data *data,
		     const struct logit_space *space, const double *beta, int threads);

/*
 * The predictors eta[n_outcomes][DESIGN_BLOCK] of n rows, 0 of the reference, in
 * place to probabilities: the largest of each row, or 0, into top[n] and the sum of
 * exp(eta - top) into sum[n].
 */
void multinomial_softmax(double *eta, size_t n_outcomes, size_t n, double *top, double *sum);

#endif
