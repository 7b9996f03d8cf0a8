/* SPDX-License-Identifier: MIT */
#ifndef VIEW_POINTS_H
#define VIEW_POINTS_H

#include "model/portrait.h"
#include "view/report.h"

/*
 * The sections scatter and silhouette: a sample of the rows as points on
 * chosen axes, and how clearly each lies in its own segment.
 */
struct report_points {
	struct portrait portrait;
	double *const *x;   /* [report.n_columns][rows], as in the stream */
	bool fault;         /* for tests of the self-check */
	bool of_model;      /* distances are the model's, else of z-scores */
	const char *columns; /* those that distances are measured in, for a sentence */
};

/* Bytes that points_take needs at most for so many columns. */
uint64_t points_bytes(size_t n_columns);

/*
 * Distances are the model's where it is there and all of its columns are, else
 * Euclidean over the z-scores of the fitted columns, or of all.  Dies without
 * memory, and when the second path differs.
 */
void points_take(struct report_points *p, const struct report *r, struct doc *d,
		 const struct figures_groups *g, int threads, uint64_t *n_checked);

void points_scatter(struct doc *d, const struct report *r);
void points_silhouette(struct doc *d, const struct report *r);

#endif
