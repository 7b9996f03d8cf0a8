/* SPDX-License-Identifier: MIT */
#ifndef MODEL_QUALITY_CORE_H
#define MODEL_QUALITY_CORE_H

#include "math/exact.h"
#include "model/kmeans_core.h"
#include "model/quality.h"

/* Shared by the parts of quality; not for callers. */

struct quality_clusters {
	const struct kmeans_rows *rows;
	const uint32_t *label;
	size_t k;
	uint64_t *size;  /* [k] */
	double *mean;    /* [k][d] */
	double *squares; /* [k] sum of squared distances to the mean */
	double *spread;  /* [k] mean distance to the mean */
};

/*
 * s(i) of the rows row[0..n) against all rows, into silhouette[n].  Returns 0,
 * or -1 without memory.  O(n rows d)
 */
int quality_silhouettes(const struct quality_clusters *c, const uint32_t *row, size_t n,
			int threads, double *silhouette);

/*
 * Adds s(i) of every row to sum.  Returns 0, or -1 without memory.  Memory: 24
 * bytes a row.  O(n^2 d)
 */
int quality_all_silhouettes(const struct quality_clusters *c, int threads, struct exact *sum);

/* (b - a) / max(a, b), 0 where both are 0. */
static inline double quality_ratio(double a, double b)
{
	double larger = a > b ? a : b;

	return larger > 0 ? (b - a) / larger : 0;
}

#endif
