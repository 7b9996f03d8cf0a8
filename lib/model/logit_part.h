/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_PART_H
#define MODEL_LOGIT_PART_H

#include "math/exact.h"
#include "model/logit.h"

/*
 * One step of a logistic fit over shards: each gives the sums that the step
 * takes, exactly, so that they add up to the same for any split of the rows.
 * The first round is at coefficients 0, with columns as they are; later ones
 * use them centred and scaled, as the first round has found them.
 */

/* Where the sums are taken: [n_terms] of a design. */
struct logit_at {
	double *estimate;         /* raw units; 0 for a term that is not in use */
	double *center, *factor;  /* u = (x - center) * factor; 0 and 1 for the intercept */
};

struct logit_part {
	size_t n;                  /* terms */
	struct exact *information; /* [n (n + 1) / 2] of u' W u, lower triangle */
	struct exact *gradient;    /* [n] of u' (y - mu) */
	struct exact deviance, weights, events; /* of the weights */
	uint64_t n_rows, n_events;
	double eta_max;
};

int logit_part_init(struct logit_part *p, size_t n); /* all 0; -1: no memory */
void logit_part_free(struct logit_part *p);

/* The place of a pair in the triangle. */
static inline size_t logit_part_pair(size_t a, size_t b)
{
	return a > b ? a * (a + 1) / 2 + b : b * (b + 1) / 2 + a;
}

/* Adds all rows of a finished design.  O(n_rows n^2).  0, or -1: no memory. */
int logit_part_rows(struct logit_part *p, const struct logit_data *data, const struct logit_at *at);

/* What goes from round to round beside the place. */
struct logit_round {
	int number;              /* of the sums, from 0 */
	double *previous;        /* [n_terms] estimates of the round before */
	double deviance_before;  /* there; NaN in round 0 */
	bool done;               /* out: the rule is met, the last step taken */
};

/*
 * Takes a Newton step from the sums of all rows for the terms of d, which needs
 * no rows: *fit gets the inference there
 * (stop is LOGIT_DEVIANCE when done), *at and *round what the next round needs.
 * Where the deviance has risen, half of the last step is taken back instead.
 * Terms that depend on the ones before them to 1e-7 of their norm are dropped.
 */
enum logit_status logit_part_step(struct logit_fit *fit, const struct logit_part *p,
				  const struct design *d, struct logit_at *at,
				  struct logit_round *round);

#endif
