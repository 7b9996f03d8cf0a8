/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_core.h"
#include "model/kmeans_leaf.h"
#include "model/kmeans_tree.h"
#include "model/nearest.h"

/* Up to so many centres each one looks at all rows, a vector at a time. */
#define FEW_CENTRES 12

int kmeans_sums_init(struct kmeans_sums *s, size_t k, size_t d)
{
	*s = (struct kmeans_sums){ k, d, calloc(k * (d + 1), sizeof *s->sum),
				   calloc(k, sizeof *s->rows) };
	if (s->sum && s->rows)
		return 0;
	kmeans_sums_free(s);
	return -1;
}

void kmeans_sums_clear(struct kmeans_sums *s)
{
	memset(s->sum, 0, s->k * (s->d + 1) * sizeof *s->sum);
	memset(s->rows, 0, s->k * sizeof *s->rows);
}

void kmeans_sums_add(struct kmeans_sums *to, const struct kmeans_sums *from)
{
	for (size_t i = 0; i < to->k * (to->d + 1); i++)
		to->sum[i] += from->sum[i];
	for (size_t c = 0; c < to->k; c++)
		to->rows[c] += from->rows[c];
}

void kmeans_sums_free(struct kmeans_sums *s)
{
	free(s->sum);
	free(s->rows);
	*s = (struct kmeans_sums){ 0 };
}

/* A row's units, `sign` times, to a centre's sums. */
static void add_row(const struct kmeans_space *s, const double *x, double w, dec_wide *sum,
		    int sign)
{
	bool weighted = s->rows->weight != NULL;
	size_t d = s->rows->d;

	for (size_t j = 0; j < d; j++)
		sum[j] += sign * (weighted ? kmeans_quantum_weighted(&s->unit[j], x[j], w)
					   : kmeans_quantum(&s->unit[j], x[j]));
	sum[d] += sign * (weighted ? kmeans_quantum(&s->unit[d], w) : 1);
}

void kmeans_sums_put(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		     double w, size_t c)
{
	add_row(s, x, w, sums->sum + c * (sums->d + 1), 1);
	sums->rows[c]++;
}

void kmeans_sums_move(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		      double w, size_t from, size_t to)
{
	add_row(s, x, w, sums->sum + from * (sums->d + 1), -1);
	sums->rows[from]--;
	kmeans_sums_put(s, sums, x, w, to);
}

double kmeans_sums_mass(const struct kmeans_space *s, const struct kmeans_sums *sums, size_t c)
{
	double mass = (double)sums->sum[c * (sums->d + 1) + sums->d];

	return s->rows->weight ? mass * s->unit[sums->d].unit : mass;
}

void kmeans_sums_mean(const struct kmeans_space *s, const struct kmeans_sums *sums, size_t c,
		      double *mean)
{
	const dec_wide *sum = sums->sum + c * (sums->d + 1);
	double mass = kmeans_sums_mass(s, sums, c);

	for (size_t j = 0; j < sums->d; j++)
		mean[j] = s->unit[j].shift + (double)sum[j] / mass * s->unit[j].unit;
}

static void lloyd_block(const struct kmeans_space *s, const uint32_t *label, size_t first,
			size_t n, int64_t *sum, uint64_t *rows)
{
	size_t d = s->rows->d;

	for (size_t i = 0; i < n; i++) {
		int64_t *a = sum + (size_t)label[i] * (d + 1);
		for (size_t j = 0; j < d; j++)
			a[j] += kmeans_quantum(&s->unit[j], s->rows->column[j][first + i]);
		a[d]++;
		rows[label[i]]++;
	}
}

static void lloyd_block_weighted(const struct kmeans_space *s, const uint32_t *label,
				 size_t first, size_t n, int64_t *sum, uint64_t *rows)
{
	size_t d = s->rows->d;

	for (size_t i = 0; i < n; i++) {
		int64_t *a = sum + (size_t)label[i] * (d + 1);
		double w = s->rows->weight[first + i];
		for (size_t j = 0; j < d; j++)
			a[j] += kmeans_quantum_weighted(&s->unit[j],
							s->rows->column[j][first + i], w);
		a[d] += kmeans_quantum(&s->unit[d], w);
		rows[label[i]]++;
	}
}

/* Row by row; a centre's sums are looked up. */
static int lloyd_many(const struct kmeans_space *s, const double *centre,
		      struct kmeans_sums *sums, size_t first, size_t n)
{
	size_t width = sums->k * (sums->d + 1);
	int64_t *sum = malloc(width * sizeof *sum);
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	if (!sum)
		return -1;
	for (size_t end = first + n; first < end; first += KMEANS_BLOCK) {
		size_t m = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		nearest_block(s->rows->column, first, m, centre, sums->k, sums->d, label, squared);
		memset(sum, 0, width * sizeof *sum);
		(s->rows->weight ? lloyd_block_weighted : lloyd_block)(s, label, first, m, sum,
								       sums->rows);
		for (size_t i = 0; i < width; i++)
			sums->sum[i] += sum[i];
	}
	free(sum);
	return 0;
}

/* All rows count for centre 0 but those that are moved from there. */
static int lloyd_few(const struct kmeans_space *s, const double *centre,
		     struct kmeans_sums *sums, size_t first, size_t n)
{
	struct kmeans_leaf leaf;
	uint32_t list[FEW_CENTRES];

	if (first == 0 && n > 0) {
		for (size_t j = 0; j <= sums->d; j++)
			sums->sum[j] += s->total[j];
		sums->rows[0] += s->rows->n;
	}
	if (sums->k == 1)
		return 0;
	if (kmeans_leaf_init(&leaf, s, centre, sums->k))
		return -1;
	for (size_t c = 0; c < sums->k; c++)
		list[c] = (uint32_t)c;
	for (size_t end = first + n; first < end; first += KMEANS_LEAF)
		kmeans_leaf_add(&leaf, first, end - first < KMEANS_LEAF ? end - first : KMEANS_LEAF,
				list, sums->k, sums);
	kmeans_leaf_flush(&leaf, sums);
	kmeans_leaf_free(&leaf);
	return 0;
}

int kmeans_lloyd(const struct kmeans_space *s, const double *centre, struct kmeans_sums *sums,
		 size_t first, size_t n)
{
	return sums->k <= FEW_CENTRES ? lloyd_few(s, centre, sums, first, n)
				      : lloyd_many(s, centre, sums, first, n);
}
