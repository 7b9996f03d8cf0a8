/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_LEAF_H
#define MODEL_KMEANS_LEAF_H

#include "model/kmeans_core.h"
#include "model/lanes.h"

/*
 * Rows of the tree's leaves to their nearest centres, a vector at a time.  Sums
 * are kept in lanes, and go to struct kmeans_sums when these could overflow and
 * at the end.
 */
struct kmeans_leaf {
	const struct kmeans_space *s;
	const double *centre; /* [k][d] */
	size_t k, d;
	int64_t *lane;        /* [k][d + 2][LANES_EIGHT]: columns, weight, rows */
	double **column;      /* [d + 1] of the rows, then their weights */
	double **last;        /* [d + 1] copies of a leaf with no vector of rows behind it */
	double *last_room;
	void *room;           /* a leaf's values, and one row of vectors */
	size_t n_rows;        /* added since the last flush */
};

/* Where the sums of column j of centre c are kept. */
#define KMEANS_LEAF_LANE(f, c, j) ((f)->lane + ((c) * ((f)->d + 2) + (j)) * LANES_EIGHT)

/* 0, or -1 without memory. */
int kmeans_leaf_init(struct kmeans_leaf *f, const struct kmeans_space *s, const double *centre,
		     size_t k);
void kmeans_leaf_free(struct kmeans_leaf *f);

/*
 * Rows first..first+n-1 (at most KMEANS_LEAF) that belong to list[0] for all
 * that sums know go to the nearest of list[0..m), m >= 2, ascending.
 */
void kmeans_leaf_add(struct kmeans_leaf *f, size_t first, size_t n, const uint32_t *list,
		     size_t m, struct kmeans_sums *sums);

/* What has been added so far into the sums. */
void kmeans_leaf_flush(struct kmeans_leaf *f, struct kmeans_sums *sums);

#endif
