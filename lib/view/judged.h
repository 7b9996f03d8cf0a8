/* SPDX-License-Identifier: MIT */
#ifndef VIEW_JUDGED_H
#define VIEW_JUDGED_H

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

/* The log-loss and the share of rows whose likeliest outcome is their own,
 * of n rows of a multinomial model, into the metrics and a note. */
void judged_choice(const struct judged *t, const char *set, size_t n, double log_loss,
		   double accuracy);

/* Completes the tables under their names. */
void judged_close(struct judged *t);

#endif
