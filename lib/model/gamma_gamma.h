/* SPDX-License-Identifier: MIT */
#ifndef MODEL_GAMMA_GAMMA_H
#define MODEL_GAMMA_GAMMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/mlfit.h"

/*
 * The Gamma-Gamma model of spending (Fader & Hardie 2013, "The Gamma-Gamma
 * model of monetary value"; Colombo & Jiang 1999).  The values of a customer's
 * transactions are gamma distributed (p, nu), the nu of the customers gamma
 * distributed (q, gamma), and neither has to do with how often one buys.
 */
struct gamma_gamma {
	double p, q, gamma; /* > 0; gamma in units of money */
};

/* A customer of x >= 1 transactions that come to `sum` > 0. */
struct gamma_gamma_customer {
	double sum;
	uint32_t x;
};

/* log of the density of the mean value sum / x, the note's equation (1a); error
 * about 1e-15 (p x + q), as the terms for large p and q cancel. */
double gamma_gamma_log_likelihood(const struct gamma_gamma *m, uint32_t x, double sum);

/*
 * Parameters of the maximum of the likelihood over customer[n], n >= 1, sorted
 * by x, then sum.  The sums run in that order in 64-bit mantissas, so equal
 * customers give equal bits.  Newton's method from three starts (of
 * many customers on a part of them); two logarithms a
 * customer and step.  False: no memory.
 */
bool gamma_gamma_fit(struct mlfit *fit, const struct gamma_gamma_customer *customer, size_t n)
	__attribute__((warn_unused_result));

/* The parameters of a fit. */
struct gamma_gamma gamma_gamma_of(const struct mlfit *fit);

/*
 * The expected value of a transaction to come, the note's equation (5):
 * p (gamma + sum) / (p x + q - 1); for x = 0 the mean over all customers.
 * Needs q > 1, where that mean exists.
 */
double gamma_gamma_expected(const struct gamma_gamma *m, uint32_t x, double sum);

#endif
