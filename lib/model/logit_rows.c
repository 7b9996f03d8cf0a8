/* SPDX-License-Identifier: MIT */
#include "model/logit_rows.h"

#include <stdlib.h>
#include <string.h>

/* Room for so many more elements, doubling.  0, or -1. */
static int grow(void **array, size_t n, size_t more, size_t *capacity, size_t size)
{
	size_t wanted = *capacity ? *capacity : 1024;
	void *grown;

	if (n + more <= *capacity)
		return 0;
	while (wanted < n + more)
		wanted *= 2;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return -1;
	*array = grown;
	*capacity = wanted;
	return 0;
}

int logit_rows_add_many(struct logit_rows *r, size_t n, const double *number,
			const struct span *category, size_t stride, const uint8_t *y,
			const double *weight)
{
	void *ys = r->y, *weights = r->weight;
	int full = grow(&ys, r->n, n, &r->y_capacity, sizeof *r->y);

	r->y = ys;
	if (weight && full == 0)
		full = grow(&weights, r->n, n, &r->weight_capacity, sizeof *r->weight);
	r->weight = weights;
	if (full != 0 || design_add_many(&r->design, n, number, category, stride) != 0)
		return -1;
	if (weight)
		memcpy(r->weight + r->n, weight, n * sizeof *weight);
	memcpy(r->y + r->n, y, n);
	r->n += n;
	return 0;
}

int logit_rows_add(struct logit_rows *r, const double *number, const struct span *category, int y,
		   bool weighted, double weight)
{
	uint8_t one = (uint8_t)y;

	return logit_rows_add_many(r, 1, number, category, 1, &one, weighted ? &weight : NULL);
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
