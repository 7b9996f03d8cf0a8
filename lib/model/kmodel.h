/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMODEL_H
#define MODEL_KMODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scale.h"

struct param_list;

/*
 * A k-means model: what seg-kmeans writes and seg-assign and seg-report read,
 * seg-model(5).  It alone can score raw rows.  Zeroed struct = no model.
 */

#define KMODEL_PROGRAM "seg-kmeans"
#define KMODEL_VERSION 1
#define KMODEL_ERROR 200

/* A feature: a column that distances are measured in, in the model's order. */
struct kmodel_column {
	char *name;      /* as in the fitted rows: "monetary_scaled" */
	char *raw;       /* as in the original data: "monetary"; equal to name without scale */
	size_t n_cuts;   /* deciles of the fitted values of `name`, equal cuts merged; 0: not kept */
	double *cut;     /* [n_cuts], ascending, in the space of `name` */
	uint64_t *count; /* [n_cuts + 1]: fitted rows in (cut[i-1], cut[i]], the last one above */
};

struct kmodel_segment {
	uint64_t size;      /* rows */
	double share;       /* size / n_rows */
	double inertia;     /* its part of the objective */
	double stability;   /* mean best Jaccard over bootstrap samples; NaN: not computed */
	double *centre;     /* [n_columns], in the space of column[].name */
	double *centre_raw; /* [n_columns], the inverse transformation of centre */
	double *mean_raw;   /* [n_columns], mean of the members' inverse transformations */
	char *name;         /* given by rules on the centres, or NULL */
};

struct kmodel {
	size_t k, n_columns;
	uint64_t n_rows;
	uint64_t seed; /* below 2^63 */
	int64_t restarts, swaps, max_iterations, iterations; /* the last: of the best restart */
	double tol;
	char *algorithm;       /* "lloyd", ... */
	char *init;            /* "kmeans++", "random", "given" */
	char *stopped;         /* "labels", "shift" or "iterations" */
	bool converged;        /* stopped is not "iterations" */
	double inertia;
	double silhouette;     /* NaN: not computed */
	char *silhouette_kind; /* "exact", "sample", "sq", "none" */
	double silhouette_se;  /* of a sample, else NaN */
	char *picked_by;       /* "k" (given), "elbow", "silhouette", ... */
	char *order_by;        /* raw column name, or "size" */
	char *weights;         /* weight column, or NULL */

	struct kmodel_column *column;   /* [n_columns] */
	struct kmodel_segment *segment; /* [k]; segment number s is segment[s - 1] */
	struct scale scale;             /* of the raw columns; n = 0: the rows were not scaled */
};

/*
 * Allocates columns and segments with their arrays (not the texts, which are
 * malloc'ed and owned by the model) for given k and n_columns.  Returns 0, or
 * -1 without memory.
 */
int kmodel_init(struct kmodel *m, size_t k, size_t n_columns);

/*
 * Fills centre_raw of every segment from centre, by the scale parameters of
 * each raw column, or copies it where there are none.
 */
void kmodel_invert(struct kmodel *m);

/* The transformation of feature `column`, or NULL when it is taken as it is. */
const struct scale_column *kmodel_scale(const struct kmodel *m, size_t column);

/* Squared Euclidean distances between the centres, k x k, row by row. O(k^2 d) */
void kmodel_distances(const struct kmodel *m, double *squared);

/* Appends all rows of the model, the row of its version first. */
void kmodel_store(const struct kmodel *m, struct param_list *p);

/*
 * Rebuilds a model, bit for bit, from its rows; rows of an unknown kind or
 * key are passed over.  Returns 0, or -1 with a message ("no row centre 3
 * monetary_scaled") in error; then the model is empty.
 */
int kmodel_load(struct kmodel *m, const struct param_list *p, char error[KMODEL_ERROR]);

void kmodel_free(struct kmodel *m);

#endif
