/* SPDX-License-Identifier: MIT */
#ifndef VIEW_JUDGED_H
#define VIEW_JUDGED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/metrics.h"
#include "stream/tsv.h"

/*
 * The tables that judge predicted probabilities, as side outputs:
 *
 *	metrics      set metric value std_error ci_low ci_high
 *	lift         set share rows events gains lift threshold, in per cents
 *	calibration  set bin rows mean_probability observed observed_low
 *	             observed_high lowest_probability highest_probability
 *
 * `set` says which rows: train, holdout, fold1, ..., cv, scored.
 */
struct judged {
	struct tsv_out *metrics, *lift, *calibration; /* NULL: not asked for */
	const struct metrics_value *value; /* NULL, or: metrics say the threshold that pays most */
};

/* Opens the tables whose path is not NULL and writes their headers. */
void judged_open(struct judged *t, const char *metrics, const char *lift, const char *calibration,
		 const struct tsv_create *how);

/* Probabilities to judge, row by row. */
struct judged_rows {
	const double *p;
	const uint8_t *y;
	const double *weight; /* NULL: all 1 */
	size_t n;
	int threads;
};

/*
 * Judges the rows whose part is `wanted` (part NULL: all), appends to the
 * tables and says the main figures in a note.  Dies without memory.
 */
void judged_add(const struct judged *t, const char *set, const struct judged_rows *rows,
		const uint32_t *part, uint32_t wanted);

/* Probabilities of a multinomial model, by places: the reference is the first. */
struct judged_outcomes {
	double *const *p;     /* [n_outcomes][n] */
	const uint8_t *y;     /* [n] */
	const double *weight; /* NULL: all 1 */
	char *const *name;    /* [n_outcomes] plain */
	size_t n, n_outcomes;
	int threads;
};

/*
 * Judges the rows whose part is `wanted` (part NULL: all): set `set` has the log-loss
 * and the share of rows whose likeliest outcome is their own, and set=NAME is each
 * outcome against all others, the reference last.
 */
void judged_add_outcomes(const struct judged *t, const char *set,
			 const struct judged_outcomes *rows, const uint32_t *part, uint32_t wanted);

/* Warns of a fold without an answer, which is judged by what its fit came to.  Whether
 * there is none; settled[k]. */
bool judged_check_folds(const bool *settled, size_t k);

/* Completes the tables under their names. */
void judged_close(struct judged *t);

#endif
