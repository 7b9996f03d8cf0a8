/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_RUN_H
#define MODEL_KMEANS_RUN_H

#include "model/kmeans_core.h"

/* One run of Lloyd's iterations from given centres; shared by restarts and swaps. */
struct kmeans_run {
	const struct kmeans_space *space;
	const struct kmeans_tree *tree; /* NULL: row by row */
	bool bounded;                   /* by Hamerly's bounds, 20 bytes a row */
	const struct kmeans_options *o;
	size_t k;
	int threads;                    /* within a pass */
	size_t restart;                 /* for the trace */
	double *centre;                 /* [k][d]: initial in, final out */
	double tol;                     /* of the mean column variance */
	double inertia;                 /* of the final centres, */
	double off;                     /* at most so far from the exact sum */
	int64_t iterations;             /* made so far; goes on from there */
	enum kmeans_stop stopped;
	struct kmeans_trace *trace;     /* [max_iterations] or NULL */
	size_t n_trace;
};

/* The inertia is the one that follows from the rows' sums.  -1 without memory. */
int kmeans_run(struct kmeans_run *r);

/* All of them over the same tree, side by side.  -1 without memory. */
int kmeans_runs(struct kmeans_run *run, size_t n, int threads);

/* The inertia becomes the exact sum, if it is not that yet.  O(n k d) */
void kmeans_run_measure(struct kmeans_run *r);

/*
 * o->swaps rounds of random swap on a fit, which gets better or stays.  -1
 * without memory.  Memory: 16 bytes a row.
 */
int kmeans_swap(const struct kmeans_space *s, const struct kmeans_tree *tree, bool bounded,
		const struct kmeans_options *o, struct kmeans_fit *fit);

#endif
