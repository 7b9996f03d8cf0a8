/* SPDX-License-Identifier: MIT */
#ifndef MODEL_QUALITY_CORE_H
#define MODEL_QUALITY_CORE_H

#include <math.h>

#include "math/exact.h"
#include "model/kmeans_core.h"
#include "model/nearest.h"
#include "model/quality.h"

/* Shared by the parts of quality; not for callers. */

struct quality_clusters {
	const struct kmeans_rows *rows;
	const uint32_t *label;
	size_t k;
	uint64_t *size;  /* [k] */
	double *mean;    /* [k][d]; NULL: neither means nor squares are known */
	double *squares; /* [k] sum of squared distances to the mean */
	double *spread;  /* [k] mean distance to the mean */
};

/*
 * s(i) of the rows row[0..n) against all rows of their own cluster and of those that
 * may be the nearest other one, into silhouette[n].  Returns 0, or -1 without memory.
 * O(n rows d)
 */
int quality_silhouettes(const struct quality_clusters *c, const uint32_t *row, size_t n,
			int threads, double *silhouette);

/*
 * Adds s(i) of every row to sum.  Returns 0, or -1 without memory.  Memory: 24
 * bytes a row, 16 for a cluster and column.  O(n^2 d)
 */
int quality_all_silhouettes(const struct quality_clusters *c, int threads, struct exact *sum);

/* (b - a) / max(a, b), 0 where both are 0. */
static inline double quality_ratio(double a, double b)
{
	double larger = a > b ? a : b;

	return larger > 0 ? (b - a) / larger : 0;
}

/*
 * The mean distance of a row to the rows of a cluster is at least that to their mean
 * and at most the root of the mean squared one (Jensen 1906: the norm is convex, the
 * root concave).  So most clusters are seen from afar not to be the nearest other one,
 * and their distances need not be computed.  Both bounds are eased by 2^-30 (sums of
 * 2^32 rows, added in blocks, are off by less) and by the last bits of the mean, which
 * count for more where rows lie close together and far from 0.
 */
static inline double quality_bound(const struct quality_clusters *c, size_t row, size_t l,
				   double spread, double ease)
{
	size_t d = c->rows->d;
	const double *mean = c->mean + l * d;
	double squared = spread, last = 0;

	for (size_t j = 0; j < d; j++) {
		double t = c->rows->column[j][row] - mean[j];
		squared += t * t;
		last += 0x1p-50 * fabs(mean[j]);
	}
	return sqrt(squared) * (1 + ease * 0x1p-30) + ease * last;
}

/* Below and above the mean distance of a row to the rows of cluster l, which has some. */
static inline double quality_least(const struct quality_clusters *c, size_t row, size_t l)
{
	return quality_bound(c, row, l, 0, -1);
}

static inline double quality_most(const struct quality_clusters *c, size_t row, size_t l)
{
	return quality_bound(c, row, l, c->squares[l] / (double)c->size[l], 1);
}

/*
 * s(i) with squared distances of a row x[d] of segment `own`: the mean squared
 * distance to a segment is that to its mean plus the mean of the squares there,
 * with the row itself left out of its own.  0 for a
 * segment of one row, and where there is no other segment.
 */
static inline double quality_sq_of(const double *x, size_t own, const double *mean,
				   const double *squares, const double *size, size_t k, size_t d)
{
	double a = 0, b = (double)INFINITY;

	if (!(size[own] > 1))
		return 0;
	for (size_t l = 0; l < k; l++) {
		double squared = nearest_squared(x, mean + l * d, d);
		if (l == own)
			a = (size[l] * squared + squares[l]) / (size[l] - 1);
		else if (size[l] > 0 && squared + squares[l] / size[l] < b)
			b = squared + squares[l] / size[l];
	}
	return isfinite(b) ? quality_ratio(a, b) : 0;
}

#endif
