/* SPDX-License-Identifier: MIT */
/* For silhouette.c alone, once for each width of vectors (model/lanes.h). */
#include "model/silhouette_sum.h"

LANES_FUNCTION void LANES_NAME(block_sums)(const struct task *t, const struct work *w, size_t n)
{
	size_t k = t->c->k, d = t->c->rows->d;

	for (size_t q = 0; q < n; q++)
		for (size_t l = 0; l < k; l++) {
			const double *x = w->x + w->start[l], *query = w->query + q * d;
			size_t rows = w->end[l] - w->start[l];
			if (w->out[q * k + l])
				continue;
			w->sum[q * k + l] += d == 3
				? LANES_NAME(distance_sum)(x, t->width, rows, query, 1, 3, NULL)
				: LANES_NAME(distance_sum)(x, t->width, rows, query, 1, d, NULL);
		}
}
