/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdlib.h>

#include "model/kmeans_core.h"
#include "value/hash.h"

/* Distinct rows found so far, by open addressing; a slot holds a row's number + 1. */
struct found {
	const struct kmeans_rows *rows;
	uint32_t *slot;
	size_t n, n_slots; /* a power of two, at least twice as many as can be found */
	double *x;         /* [d] */
};

static bool same_row(const struct kmeans_rows *r, size_t a, const double *x)
{
	for (size_t j = 0; j < r->d; j++)
		if (r->column[j][a] != x[j])
			return false;
	return true;
}

static void look_at(struct found *f, size_t row)
{
	const struct kmeans_rows *r = f->rows;
	size_t at;

	for (size_t j = 0; j < r->d; j++)
		f->x[j] = r->column[j][row] + 0.0; /* -0 is 0 */
	at = (size_t)hash_64(f->x, r->d * sizeof *f->x) & (f->n_slots - 1);
	while (f->slot[at]) {
		if (same_row(r, f->slot[at] - 1, f->x))
			return;
		at = (at + 1) & (f->n_slots - 1);
	}
	f->slot[at] = (uint32_t)row + 1;
	f->n++;
}

enum kmeans_status kmeans_distinct(const struct kmeans_rows *rows, size_t k, size_t *n_distinct)
{
	struct found f = { .rows = rows, .n_slots = 16, .x = malloc(rows->d * sizeof *f.x) };
	enum kmeans_status status = KMEANS_NO_MEMORY;

	while (f.n_slots < 2 * k)
		f.n_slots *= 2;
	f.slot = calloc(f.n_slots, sizeof *f.slot);
	if (f.slot && f.x) {
		for (size_t row = 0; row < rows->n && f.n < k; row++)
			look_at(&f, row);
		*n_distinct = f.n;
		status = f.n < k ? KMEANS_FEW_ROWS : KMEANS_OK;
	}
	free(f.slot);
	free(f.x);
	return status;
}
