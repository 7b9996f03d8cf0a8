/* SPDX-License-Identifier: MIT */
#include "model/logit_rows.h"

#include <stdlib.h>

/* Room for one more element, doubling.  0, or -1. */
static int grow(void **array, size_t n, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 1024;
	void *grown;

	if (n < *capacity)
		return 0;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return -1;
	*array = grown;
	*capacity = wanted;
	return 0;
}

int logit_rows_add(struct logit_rows *r, const double *number, const struct span *category, int y,
		   bool weighted, double weight)
{
	void *ys = r->y, *weights = r->weight;
	int full = grow(&ys, r->n, &r->y_capacity, sizeof *r->y);

	r->y = ys;
	if (weighted && full == 0)
		full = grow(&weights, r->n, &r->weight_capacity, sizeof *r->weight);
	r->weight = weights;
	if (full != 0 || design_add(&r->design, number, category) != 0)
		return -1;
	if (weighted)
		r->weight[r->n] = weight;
	r->y[r->n++] = (uint8_t)y;
	return 0;
}

uint64_t logit_rows_bytes(const struct logit_rows *r)
{
	return design_bytes(&r->design) + r->y_capacity * sizeof *r->y +
	       r->weight_capacity * sizeof *r->weight;
}

double *logit_rows_weights(const struct logit_rows *r, const uint32_t *part, uint32_t skip,
			   uint32_t also, bool balanced)
{
	double sum[UINT8_MAX + 1] = { 0 }, *w = malloc((r->n + 1) * sizeof *w);

	if (!w)
		return NULL;
	for (size_t i = 0; i < r->n; i++) {
		bool out = part && (part[i] == skip || part[i] == also);
		w[i] = out ? 0 : r->weight ? r->weight[i] : 1;
		sum[r->y[i]] += w[i];
	}
	for (size_t i = 0; balanced && i < r->n; i++)
		w[i] *= (sum[0] + sum[1]) / (2 * sum[r->y[i]]);
	return w;
}

void logit_rows_free(struct logit_rows *r)
{
	design_free(&r->design);
	free(r->y);
	free(r->weight);
	*r = (struct logit_rows){ 0 };
}
