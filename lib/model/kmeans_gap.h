/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_GAP_H
#define MODEL_KMEANS_GAP_H

#include "model/kmeans.h"
#include "model/quality.h"

/*
 * The gap statistic (Tibshirani, Walther & Hastie 2001) of each of n fits of
 * consecutive k, into gap and gap_se of their quality: the mean of log W over
 * n_references reference sets less log W of the fit, W the inertia; gap_se is
 * the standard deviation over the references times sqrt(1 + 1/B).  NaN where W
 * is 0.
 *
 * A reference set has as many rows, drawn evenly from the box of the rows that
 * is aligned with their principal components, by (seed, row, reference); it is
 * fitted as the rows were, but drawn by k-means++ where centres were given.
 * Memory: 8 bytes a value, besides that of kmeans_sweep.
 */
enum kmeans_status kmeans_gap(const struct kmeans_rows *rows, const struct kmeans_options *o,
			      size_t n_references, const struct kmeans_fit *fit, size_t n,
			      struct quality *quality);

#endif
