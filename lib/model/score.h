/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCORE_H
#define MODEL_SCORE_H

#include <stddef.h>

struct param_list;

/*
 * Scores 1..n of recency, frequency and monetary value, n is best.  The cut
 * points are the type-7 quantiles (Hyndman & Fan 1996) at i/n.  Values are
 * compared as doubles; exact amounts go through the nearest double, which
 * keeps their order and makes equal amounts equal.
 */
#define SCORE_MIN 2
#define SCORE_MAX 9

enum { SCORE_R, SCORE_F, SCORE_M, SCORE_DIMS };

struct score_cuts {
	int n; /* scores */
	double cut[SCORE_DIMS][SCORE_MAX - 1]; /* [n - 1] each, ascending */
};

/* value[dim]: n_rows values, no NaN; sorted in place, a dimension a thread.  n_rows >= 1. */
void score_fit(struct score_cuts *c, int n, double *const value[SCORE_DIMS], size_t n_rows,
	       int threads);

/*
 * Frequency and monetary: 1 + cuts strictly below x; recency: n - cuts
 * strictly below x.  So equal values get equal scores.
 */
void score_rows(const struct score_cuts *c, const double x[SCORE_DIMS], int score[SCORE_DIMS]);

/* The opposite tie rule, "at or below" for "strictly below". */
void score_opposite(const struct score_cuts *c, const double x[SCORE_DIMS], int score[SCORE_DIMS]);

/* Parameter rows of kind `cut`: name recency_days, frequency or monetary, key
 * 1..n-1, value; score_load takes them wherever they stand and n from their
 * number; returns 0, or -1 with a message in error[200]. */
void score_store(const struct score_cuts *c, struct param_list *p);
int score_load(struct score_cuts *c, const struct param_list *p, char error[200]);

#endif
