/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_STEP_H
#define MODEL_KMEANS_STEP_H

#include <stdbool.h>

#include "math/exact.h"
#include "model/kmeans.h"
#include "table/param.h"

/*
 * One step of k-means over rows that are in several places: a part holds what
 * one place adds, parts are merged in any order and tree, and the finished
 * step is where the next one starts.  All sums are exact (math/exact), so that
 * centres are those of kmeans_sweep to the bit, and the silhouette is that of
 * quality_of.  The steps are
 *
 *	ranges      of the columns, from which come the units that sums are in
 *	sums        one iteration of Lloyd's: moves the centres to their rows' means
 *	means       of the segments: for the silhouette with squared distances ...
 *	squares     ... their squared distances ...
 *	silhouette  ... and its mean
 */
enum kmeans_stage {
	KMEANS_RANGES, KMEANS_SUMS, KMEANS_MEANS, KMEANS_SQUARES, KMEANS_SILHOUETTES, KMEANS_STAGES
};

struct kmeans_step {
	enum kmeans_stage stage; /* that the sums are of, or that was finished last */
	bool finished;
	size_t d, k;             /* k = 0: no centres yet */
	char **name;             /* [d] */
	char *weights;           /* the column, or NULL */
	int64_t n_rows, n_shards, iterations;
	double *low, *high;      /* [d] */
	double largest_weight;   /* 1 without weights */
	double *centre;          /* [k][d] */
	struct exact *sum;       /* [kmeans_step_sums()], of a part */
	double *size, *mean, *squares; /* [k], [k][d], [k]: after KMEANS_MEANS, _SQUARES */
	double inertia;          /* of the labels at the centres before the last KMEANS_SUMS */
	double shift;            /* the largest of a centre by it */
	size_t n_empty;          /* centres that had no rows then, and stayed where they were */
	double silhouette;
};

/* "ranges", "sums", ... */
const char *kmeans_stage_name(enum kmeans_stage stage);

/* d named columns (copied) and nothing known of them; weights NULL: none.  0, or -1. */
int kmeans_step_init(struct kmeans_step *s, char *const *name, size_t d, const char *weights);
void kmeans_step_free(struct kmeans_step *s);

/* The initial centres [k][d], copied.  0, or -1 without memory. */
int kmeans_step_centres(struct kmeans_step *s, const double *centre, size_t k);

/*
 * Turns a finished step, or a new one with KMEANS_RANGES, into one shard's part
 * of the next.  Rows out of the step's ranges are KMEANS_RANGE.
 */
enum kmeans_status kmeans_step_part(struct kmeans_step *s, enum kmeans_stage stage,
				    const struct kmeans_rows *rows, int threads);

/* Adds a part to a part; -1 when it is not of the same step of the same centres. */
int kmeans_step_merge(struct kmeans_step *to, const struct kmeans_step *from);

/* Concludes from all parts.  0, or -1 without memory. */
int kmeans_step_finish(struct kmeans_step *s);

/* The stage of the silhouette that comes after a finished step. */
enum kmeans_stage kmeans_step_after(const struct kmeans_step *s);

/* As parameters, and back: NULL or what is wrong with them (static text). */
void kmeans_step_store(const struct kmeans_step *s, struct param_list *p);
const char *kmeans_step_load(struct kmeans_step *s, const struct param_list *p);

/* How many sums a part of this stage has. */
size_t kmeans_step_sums(const struct kmeans_step *s);

#endif
