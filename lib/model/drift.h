/* SPDX-License-Identifier: MIT */
#ifndef MODEL_DRIFT_H
#define MODEL_DRIFT_H

#include <stddef.h>
#include <stdint.h>

#include "model/kmodel.h"
#include "stream/tsv.h"

/*
 * How far rows have drifted from those of the fit: for each feature the
 * population stability index over the deciles kept in the model.
 */
struct drift {
	const struct kmodel *model;
	uint64_t **count; /* [n_columns][n_cuts + 1] */
	uint64_t n;
};

/* 0, or -1 without memory. */
int drift_init(struct drift *d, const struct kmodel *model);

/* A row of features. O(d log bins) */
void drift_add(struct drift *d, const double *x);

/* Bins of feature j, 0 when the model keeps none. */
size_t drift_bins(const struct drift *d, size_t j);

/*
 * sum (a - e) ln(a / e) over the bins, a and e the shares of these rows and of
 * those of the fit, each (n + 0.5) / (N + 0.5 bins), so that an empty bin is no
 * infinity.  NaN without bins.
 */
double drift_psi(const struct drift *d, size_t j);

/* The table: column, bins, psi, to an output that has none yet. */
void drift_put(const struct drift *d, struct tsv_out *out);

void drift_free(struct drift *d);

#endif
