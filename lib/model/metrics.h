/* SPDX-License-Identifier: MIT */
#ifndef MODEL_METRICS_H
#define MODEL_METRICS_H

#include <stddef.h>
#include <stdint.h>

/*
 * How good predicted probabilities are.  Nothing depends on the order of the
 * rows: rows of equal probability are one group, and sums are exact.  A weight
 * counts a row so many times.
 */

#define METRICS_BINS 10

struct metrics_bin {
	double weight;    /* of the rows; 0: an empty bin, the rest is NaN */
	double mean;      /* mean probability */
	double observed;  /* share of events */
	double low, high; /* smallest and largest probability */
};

struct metrics {
	size_t n, n_events;  /* rows of positive weight */
	double weight, weight_events;
	double auc, auc_se;  /* DeLong, DeLong & Clarke-Pearson (1988); NaN with one class only */
	double auc_low, auc_high; /* 95%, normal, cut to 0..1 */
	double average_precision;
	double log_loss;     /* mean; probabilities taken as within 2^-52 .. 1 - 2^-52 */
	double brier;
	double calibration_intercept, calibration_slope; /* Cox (1958); NaN: no finite fit */
	double calibration_intercept_se, calibration_slope_se;
	struct metrics_bin bin[METRICS_BINS]; /* of equal counts; a group lies where its middle does */
};

/* A group of rows with the same probability. */
struct metrics_group {
	double probability, weight, events;
};

/* Rows grouped by probability, descending: what lift and gains are read from. */
struct metrics_ranking {
	struct metrics_group *group;
	size_t n;
	double weight, events; /* totals */
};

/*
 * Computes all; p in 0..1, weight NULL: all 1.  O(n log n).  Returns 0, or -1:
 * no memory.  The ranking is freed with free(ranking->group).
 */
int metrics_compute(struct metrics *m, struct metrics_ranking *ranking, const double *p,
		    const uint8_t *y, const double *weight, size_t n, int threads);

/*
 * Gains(q): the share of all events among the rows of the highest probability
 * that make up the share q of all rows; of a group that is cut, every row has
 * its share.  Lift(q) = gains(q) / q.  *threshold gets the probability of the
 * last group.  0 < q <= 1.  O(n).
 */
double metrics_gains(const struct metrics_ranking *r, double q, double *threshold);

/* What a decision is worth: a true positive, and so on; losses are below 0. */
struct metrics_value {
	double tp, fp, fn, tn;
};

/* Rows (their weights) whose probability is `threshold` or more are positives. */
struct metrics_decision {
	double threshold;  /* INFINITY: no row is a positive */
	double tp, fp, fn, tn;
	double profit;     /* the mean over the rows */
};

/* The threshold of the largest profit; of equal ones the highest.  O(n). */
struct metrics_decision metrics_decide(const struct metrics_ranking *r,
				       const struct metrics_value *value);

#endif
