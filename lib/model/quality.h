/* SPDX-License-Identifier: MIT */
#ifndef MODEL_QUALITY_H
#define MODEL_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "model/kmeans.h"

/*
 * How good a clustering is, from its labels.  Weights play no part.
 */

enum quality_kind { QUALITY_AUTO, QUALITY_EXACT, QUALITY_SAMPLE, QUALITY_SQ, QUALITY_NONE };

/* Up to this many rows `auto` is exact; above, a sample of this many. */
#define QUALITY_EXACT_ROWS 20000
#define QUALITY_SAMPLE_ROWS 2000

struct quality {
	double calinski_harabasz; /* Calinski & Harabasz 1974; NaN: no value */
	double davies_bouldin;    /* Davies & Bouldin 1979; NaN: no value */
	double silhouette;        /* Rousseeuw 1987; NaN: not computed, or k = 1 */
	double silhouette_se;     /* standard error of a sample, else NaN */
	double gap, gap_se;       /* by kmeans_gap, else NaN */
	double stability;         /* the least of the clusters', by kmeans_stability, else NaN */
	enum quality_kind kind;   /* what was computed; QUALITY_NONE when silhouette is NaN */
};

/* Of which nothing was computed. */
extern const struct quality quality_unknown;

/* "exact", "sample", "sq", "none". */
const char *quality_kind_name(enum quality_kind kind);

/*
 * label[i] in 0..k-1 of each row.  exact: O(n^2 d), memory O(k) for each of
 * the rows and threads; sample: 2,000 rows stratified by cluster, chosen by
 * (seed, row number), each against all rows; sq: squared Euclidean distances in
 * closed form, O(n k d).  A cluster of one row has silhouette 0.  Same bits for
 * any number of threads.  Returns 0, or -1 without memory.
 */
int quality_of(const struct kmeans_rows *rows, const uint32_t *label, size_t k,
	       enum quality_kind kind, uint64_t seed, int threads, struct quality *q);

#endif
