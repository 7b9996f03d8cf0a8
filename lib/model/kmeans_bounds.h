/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_BOUNDS_H
#define MODEL_KMEANS_BOUNDS_H

#include "model/kmeans_core.h"

/*
 * Hamerly (2010), "Making k-means even faster": for each row an upper bound of
 * the distance to its own centre and a lower bound of the distance to any
 * other, moved along with the centres; rows whose bounds are apart are left
 * where they are.  The others go through model/product.  The bounds are wider
 * than the rounding errors, so labels and sums are Lloyd's to the bit.
 *
 * Rows are shared among n_workers, each of which keeps the sums of its rows,
 * changed only by the rows that move.  Memory: 20 bytes a row.
 */
struct kmeans_bounds;

/* NULL without memory. */
struct kmeans_bounds *kmeans_bounds_open(const struct kmeans_space *s, size_t k,
					 size_t n_workers);
void kmeans_bounds_free(struct kmeans_bounds *b);

/* The centres [k][d] are these from now on; before the workers' passes. */
void kmeans_bounds_move(struct kmeans_bounds *b, const double *centre);

/* What kmeans_lloyd leaves, of this worker's rows. */
void kmeans_bounds_pass(struct kmeans_bounds *b, size_t worker, struct kmeans_sums *sums);

#endif
