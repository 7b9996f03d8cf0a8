/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SWEEP_H
#define VIEW_SWEEP_H

#include "model/kmeans.h"
#include "model/quality.h"
#include "stream/tsv.h"

/*
 * Tables about n fits of k-means, header and rows, to `out`, which stays open.
 */

/* A row for each fit, its quality beside it; the fit picked says by which rule. */
void sweep_write(struct tsv_out *out, const struct kmeans_fit *fit, const struct quality *quality,
		 size_t n, size_t picked, const char *picked_by);

/* A row for each iteration of each restart of each fit. */
void sweep_write_history(struct tsv_out *out, const struct kmeans_fit *fit, size_t n);

/* Both into files of these names, where not NULL. */
void sweep_write_sides(const char *sweep, const char *history, const struct tsv_create *how,
		       const struct kmeans_fit *fit, const struct quality *quality, size_t n,
		       size_t picked, const char *picked_by);

#endif
