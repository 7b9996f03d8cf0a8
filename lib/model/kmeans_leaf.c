/* SPDX-License-Identifier: MIT */
#include "model/kmeans_leaf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_tree.h"

#define LANES_KERNEL "model/kmeans_leaf_kernel.h"
#include "model/lanes_each.h"

/* Rows of at most 2^51 units each that an int64_t can add up. */
#define ROWS_MAX 4095

LANES_CHOOSE(leaf_lanes,
	     (const struct kmeans_leaf *f, double *const *column, size_t first, size_t n,
	      const uint32_t *list, size_t m),
	     (f, column, first, n, list, m))

/* Rows of a leaf in whole vectors of any width. */
#define WHOLE_LEAF (KMEANS_LEAF + LANES_EIGHT)

static size_t lane_bytes(size_t k, size_t d)
{
	return k * (d + 2) * LANES_EIGHT * sizeof(int64_t);
}

int kmeans_leaf_init(struct kmeans_leaf *f, const struct kmeans_space *s, const double *centre,
		     size_t k)
{
	size_t d = s->rows->d;
	/* columns, weight, label of a leaf; then vectors of a row and of its sums */
	size_t values = WHOLE_LEAF * (d + 2) + 2 * (d + 1) * LANES_EIGHT;

	*f = (struct kmeans_leaf){ .s = s, .centre = centre, .k = k, .d = d };
	f->lane = aligned_alloc(64, lane_bytes(k, d));
	f->room = aligned_alloc(64, (values * sizeof(double) + 63) / 64 * 64);
	f->column = malloc(2 * (d + 1) * sizeof *f->column);
	f->last_room = calloc((d + 1) * WHOLE_LEAF, sizeof *f->last_room);
	if (!f->lane || !f->room || !f->column || !f->last_room) {
		kmeans_leaf_free(f);
		return -1;
	}
	memset(f->lane, 0, lane_bytes(k, d));
	f->last = f->column + d + 1;
	for (size_t j = 0; j <= d; j++) {
		f->column[j] = j < d ? s->rows->column[j] : s->rows->weight;
		f->last[j] = f->last_room + j * WHOLE_LEAF;
	}
	return 0;
}

void kmeans_leaf_free(struct kmeans_leaf *f)
{
	free(f->lane);
	free(f->room);
	free(f->column);
	free(f->last_room);
	*f = (struct kmeans_leaf){ 0 };
}

static uint64_t lane_total(const int64_t *lane)
{
	uint64_t total = 0;

	for (size_t i = 0; i < LANES_EIGHT; i++)
		total += (uint64_t)lane[i];
	return total;
}

/* The magic number's bits are taken off modulo 2^64: the difference fits. */
void kmeans_leaf_flush(struct kmeans_leaf *f, struct kmeans_sums *sums)
{
	size_t d = f->d;
	bool weighted = f->s->rows->weight != NULL;

	for (size_t c = 0; c < f->k; c++) {
		dec_wide *to = sums->sum + c * (d + 1);
		uint64_t rows = lane_total(KMEANS_LEAF_LANE(f, c, d + 1));
		for (size_t j = 0; j < d + weighted; j++) {
			uint64_t magic = (uint64_t)fixed_bits(f->s->unit[j].magic);
			to[j] += (int64_t)(lane_total(KMEANS_LEAF_LANE(f, c, j)) - rows * magic);
		}
		if (!weighted)
			to[d] += (int64_t)rows;
		sums->rows[c] += rows;
	}
	memset(f->lane, 0, lane_bytes(f->k, d));
	f->n_rows = 0;
}

void kmeans_leaf_add(struct kmeans_leaf *f, size_t first, size_t n, const uint32_t *list,
		     size_t m, struct kmeans_sums *sums)
{
	if (f->n_rows + n > ROWS_MAX)
		kmeans_leaf_flush(f, sums);
	f->n_rows += n;
	if (first + WHOLE_LEAF <= f->s->rows->n) {
		leaf_lanes(f, f->column, first, n, list, m);
		return;
	}
	/* vectors would reach beyond the last row */
	for (size_t j = 0; j <= f->d; j++)
		if (f->column[j])
			memcpy(f->last[j], f->column[j] + first, n * sizeof **f->last);
	leaf_lanes(f, f->last, 0, n, list, m);
}
