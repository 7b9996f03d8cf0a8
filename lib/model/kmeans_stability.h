/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_STABILITY_H
#define MODEL_KMEANS_STABILITY_H

#include "model/kmeans.h"

/*
 * How well clusters are found again (Hennig 2007, "Cluster-wise assessment of
 * cluster stability"): the rows are drawn with replacement n_samples times and
 * fitted anew; for each cluster of each of n fits of consecutive k, the mean
 * over the samples of the largest Jaccard coefficient |A and B| / |A or B| with a
 * cluster of the new fit, among the distinct rows drawn.  Below 0.6 a cluster
 * should not be trusted, above 0.85 it is highly stable (ibid., section 6).
 *
 * stability[i][c], c < fit[i].k, is written.  A sample of fewer distinct rows than k,
 * or none of a cluster's, counts 0.  Draws are by (seed, row, sample).  Memory:
 * 8 bytes a value and 16 a row, besides that of kmeans_sweep.
 */
enum kmeans_status kmeans_stability(const struct kmeans_rows *rows, const struct kmeans_options *o,
				    size_t n_samples, const struct kmeans_fit *fit, size_t n,
				    double *const *stability);

/* The least of x[0..n), n >= 1. */
double kmeans_least(const double *x, size_t n);

#endif
