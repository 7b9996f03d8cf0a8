/* SPDX-License-Identifier: MIT */
#ifndef MODEL_BGNBD_H
#define MODEL_BGNBD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/mlfit.h"

/*
 * The BG/NBD model (Fader, Hardie & Lee 2005, "Counting your customers the
 * easy way", Marketing Science 24(2)).  A living customer buys at random with
 * a rate of his own, the rates are gamma distributed (r, alpha) over
 * customers; after each purchase he is gone with a probability of his own,
 * beta distributed (a, b), independent of the rate.  Time in days.
 *
 * A history is x repeat purchases, the last of them t_x after the first
 * purchase of all, watched until T after that; t_x = 0 when x = 0.
 */
struct bgnbd {
	double r, alpha, a, b; /* > 0; alpha in days */
};

struct bgnbd_cell {
	uint32_t T, t_x, x; /* t_x <= T */
	uint64_t n;         /* customers with this history */
};

/* log of the likelihood of one history, the paper's equation (6).  O(x). */
double bgnbd_log_likelihood(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T);

/*
 * Parameters of the maximum of the likelihood over cells[n_cells], sorted by
 * T, then t_x: what follows the same T and t_x shares logarithms.  The sums
 * run in the cells' order in 64-bit mantissas, so equal cells give equal bits.
 * Newton's method from three starts (of many cells on a part of them); O((n_cells + largest x) steps).
 * False: no memory.
 */
bool bgnbd_fit(struct mlfit *fit, const struct bgnbd_cell *cells, size_t n_cells)
	__attribute__((warn_unused_result));

/* The parameters of a fit. */
struct bgnbd bgnbd_of(const struct mlfit *fit);

/*
 * The probability that the customer is still one at T (Fader, Hardie & Lee
 * 2008, "Computing P(alive) using the BG/NBD model"); 1 for x = 0, as only a
 * purchase can be the last.
 */
double bgnbd_alive(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T);

/*
 * The expected number of purchases in the days T..T + days, the paper's
 * equation (10), to a relative 1e-14.  It is not computed as it stands there, with
 * a hypergeometric function and a factor 1 / (a - 1), but as bgnbd.c says.
 * O(e + 50 (1 + days / (alpha + T))) operations, e the purchases that an
 * everlasting customer would be expected to make.
 */
double bgnbd_expected(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T, double days);

#endif
