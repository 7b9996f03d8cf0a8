/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_MODEL_H
#define MODEL_KMEANS_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "model/kmeans.h"
#include "model/kmodel.h"

#define KMEANS_BY_SIZE SIZE_MAX

/*
 * What numbers the segments: the feature of this name, with or without
 * `_scaled`; KMEANS_SIZE_ORDER for "size", KMEANS_NO_ORDER for neither.
 */
#define KMEANS_SIZE_ORDER (-1)
#define KMEANS_NO_ORDER (-2)
ptrdiff_t kmeans_order_by(char *const *name, size_t d, const char *wanted);

/*
 * The segments of a model from centres that were fitted to the rows.  m has
 * been through kmodel_init and has its columns' names and its scale.  Segments
 * get their canonical numbers: by the centre's value of column `order_by` in
 * original units, or by their size (KMEANS_BY_SIZE), descending; ties by the
 * centres in original units, larger first.  Fills n_rows, inertia, the
 * segments, and the columns' deciles.
 *
 * Returns 0, or -1 without memory.  Memory: 8 bytes a row for each column whose
 * deciles are counted at once, two of more than a million rows.  O(n k d)
 */
int kmeans_model(struct kmodel *m, const struct kmeans_rows *rows, const double *centre,
		 size_t order_by, int threads);

/* The stability of each centre of the fit to the segment that has it. */
void kmeans_model_stability(struct kmodel *m, const struct kmeans_fit *fit,
			    const double *stability);

#endif
