/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_H
#define MODEL_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * k-means: centres that minimise the sum of w * squared Euclidean distance to
 * the nearest of them.  Sums over rows are exact (fixed point, at least 50
 * bits of each column's range), so that results are the same for any number
 * of threads and any algorithm, and for any order of the rows when the initial
 * centres are given.
 */

struct kmeans_rows {
	size_t n, d;      /* n < 2^32 */
	double **column;  /* [d][n], finite; of malloc's where the options let rows move */
	double *weight;   /* [n], > 0 and finite; NULL: all 1 */
	uint64_t *key;    /* [n] what KMEANS_PARALLEL draws by; NULL: the rows' numbers */
	double *variance; /* NULL, or [d] for kmeans_sweep to put each column's into, by n,
			   * without weights */
	uint32_t *row;    /* NULL; while kmeans_sweep runs, and after it where the options let
			   * the rows move, they may be in another order, and this is, where
			   * it is needed, the number of each; to be freed */
};

enum kmeans_init { KMEANS_PLUSPLUS, KMEANS_RANDOM, KMEANS_PARALLEL, KMEANS_GIVEN };
enum kmeans_algorithm { KMEANS_AUTO, KMEANS_LLOYD, KMEANS_HAMERLY, KMEANS_KDTREE };
enum kmeans_stop { KMEANS_BY_LABELS, KMEANS_BY_SHIFT, KMEANS_BY_ITERATIONS };

/* "auto", "lloyd", "hamerly", "kdtree"; "labels", "shift", "iterations". */
const char *kmeans_algorithm_name(enum kmeans_algorithm algorithm);
const char *kmeans_stop_name(enum kmeans_stop stop);

struct kmeans_options {
	enum kmeans_init init;
	const double *given;    /* [k][d] for KMEANS_GIVEN, one restart, one k */
	size_t restarts, swaps; /* restarts >= 1 */
	uint64_t seed;
	double tol;             /* of the mean column variance; the best of several restarts
				 * goes on to a hundredth of it */
	int64_t max_iterations; /* >= 1 */
	enum kmeans_algorithm algorithm;
	int threads;
	bool trace;
	bool rows_may_move; /* the rows need not be in their order afterwards, nor in the
			     * columns' memory, which may have been freed for other */
};

struct kmeans_trace {
	size_t restart;       /* from 1; swaps are not traced */
	int64_t iteration;    /* from 1 */
	double inertia;       /* of the labels of this iteration at the centres they came from */
	double largest_shift; /* Euclidean, of any centre, after it */
};

struct kmeans_fit {
	size_t k;
	double *centre;      /* [k][d], owned */
	double inertia;      /* of the nearest-centre labels of `centre`, exact sum */
	int64_t iterations;  /* of the best restart and the swaps that improved it */
	enum kmeans_stop stopped;
	struct kmeans_trace *trace; /* owned, by restart and iteration; NULL without */
	size_t n_trace;
};

enum kmeans_status {
	KMEANS_OK,
	KMEANS_NO_MEMORY,
	KMEANS_FEW_ROWS, /* fewer distinct rows than the largest k: see n_distinct */
	KMEANS_RANGE,    /* squared distances would overflow */
	KMEANS_TINY,     /* squared distances would underflow */
};

/*
 * KMEANS_RANGE or KMEANS_TINY if sums of the squared distances of n rows within low[d]
 * and high[d], with weights up to largest_weight (1: none), are not to be had in doubles,
 * else KMEANS_OK; so for equal rows.  O(d)
 */
enum kmeans_status kmeans_check_ranges(const double *low, const double *high, size_t d, size_t n,
				       double largest_weight);

/*
 * Fits every k of k_first..k_last; fit[k - k_first] is filled (to be freed by
 * kmeans_fit_free, also after a failure).  Seeds are drawn by (seed, restart,
 * step): the fit of one k is the same alone and in a sweep.
 *
 * Method: greedy k-means++ (Arthur & Vassilvitskii 2007) with 2 + floor(ln k)
 * candidates a step; Lloyd (1982); best of the restarts by inertia, then by
 * lowest restart; random swap (Franti 2018).  KMEANS_PARALLEL: k-means||
 * (Bahmani et al. 2012), 5 rounds of 2 k rows expected, drawn by the rows' keys.
 *
 * With up to 8 columns and from 2,048 rows on seeds are drawn from the rows in an
 * order in space that the rows alone decide.
 *
 * Memory beyond the rows: 14 bytes a row while they are put in that order, 4 of
 * which stay where it is to be undone; while seeding 8 where it holds distances (up
 * to 2^20 rows, more than 64 centres, or more columns); then the tree, 1 to 2 a row
 * (KMEANS_KDTREE), 20 a row (KMEANS_HAMERLY), nothing (KMEANS_LLOYD); with swaps 16 a
 * row more.
 */
enum kmeans_status kmeans_sweep(struct kmeans_rows *rows, size_t k_first, size_t k_last,
				const struct kmeans_options *o, struct kmeans_fit *fit,
				size_t *n_distinct);
void kmeans_fit_free(struct kmeans_fit *fit);

/*
 * What KMEANS_AUTO stands for: with up to 8 columns the k-d tree where so many
 * passes are to be expected that building it pays, bounds for more columns;
 * neither for few rows.
 */
enum kmeans_algorithm kmeans_choose(const struct kmeans_options *o, size_t n, size_t d,
				    size_t k_first, size_t k_last);

/*
 * Labels (may be NULL) and the exact sum of w * squared distance to the nearest
 * centre.  centre[k][d]. O(n k d)
 */
double kmeans_label(const struct kmeans_rows *rows, const double *centre, size_t k, int threads,
		    uint32_t *label);

#endif
