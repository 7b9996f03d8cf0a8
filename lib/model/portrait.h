/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PORTRAIT_H
#define MODEL_PORTRAIT_H

#include <stddef.h>
#include <stdint.h>

#include "model/figures.h"
#include "model/pca.h"
#include "model/scale.h"

/*
 * A picture of many rows that fits on a page: a sample of them in the space
 * that segments live in, its principal components, and how well each row of it
 * sits in its own group (silhouettes).
 */
#define PORTRAIT_ALL 5000   /* so many rows are all taken, */
#define PORTRAIT_ROWS 2500  /* of more a sample: every distance in it is computed */
#define PORTRAIT_SHOWN 1000 /* of those, fit to be drawn one by one */
#define PORTRAIT_LEAST 10   /* of each group, however small its share */
#define PORTRAIT_COMPONENTS 3

struct portrait_column {
	const double *x;                  /* [n_rows], NaN: missing */
	const struct scale_column *scale; /* to the space of distances, */
	double center, unit;              /* or, without: (x - center) / unit */
};

struct portrait {
	size_t n_columns, n_groups;
	size_t n, n_shown;      /* rows sampled; those shown come first */
	uint64_t n_complete;    /* rows that have all columns, the rest being left out */
	size_t *row;            /* [n] their numbers, owned, as all below */
	uint32_t *group;        /* [n] */
	double **z;             /* [n_columns][n] */
	struct pca pca;         /* of the sampled rows; n_out = 0: nothing varies */
	double *score;          /* [n_shown][pca.n_out] */
	double *silhouette;     /* [n], against all rows sampled */
	uint64_t *size;         /* [n_groups] sampled, */
	uint64_t *complete;     /* and in all */
	double *mean;           /* [n_groups] mean silhouette; NaN: nobody */
	double all;             /* mean silhouette, each group by its share of all rows */
};

/*
 * Each group gives its share of the sample, PORTRAIT_LEAST rows at least: those
 * rows whose values have the least hashes, so that neither the order of
 * the rows nor anything random decides.  O(n_rows n_columns + rows^2
 * n_columns).  Returns 0, or -1 without memory.
 */
int portrait_take(struct portrait *p, const struct portrait_column *column, size_t n_columns,
		  char *const *name, const struct figures_groups *g, int threads);

/*
 * The second path: silhouettes of every sixteenth row from all distances in
 * plain loops; the variances of the components against the trace and against
 * the scores of all rows sampled.  NULL when all agree, else what does not.
 * Adds the figures checked to *n_checked.
 */
const char *portrait_check(const struct portrait *p, uint64_t *n_checked);

void portrait_free(struct portrait *p);

#endif
