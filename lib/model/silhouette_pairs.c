/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/quality_core.h"
#include "value/dec.h"

/*
 * Every pair of rows once: its distance counts for both.  Rows are taken in
 * tiles of one cluster each, and pairs of clusters one after the other, so that
 * only the sums to one other cluster are held for a row.  A tile's sums are
 * doubles in a fixed order; those of several tiles are added as whole numbers,
 * in whatever order threads come to them.
 */
#define TILE 256

/* Pairs of rows below which threads cost more than they save. */
#define FEW_PAIRS ((size_t)1 << 17)

#define LANES_KERNEL "model/silhouette_pairs_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(tile_sums,
	     (const double *a, size_t n_a, const double *b, size_t n_b, size_t d, double *by_row,
	      double *by_column),
	     (a, n_a, b, n_b, d, by_row, by_column))

struct pairs {
	const struct quality_clusters *c;
	size_t *start;    /* [k + 1] where a cluster's rows start in order */
	uint32_t *order;  /* [n] rows, each cluster's together */
	uint64_t *low;    /* [n] by order: the sum to the cluster in hand, in units */
	uint32_t *high;   /* [n] what is above 64 bits of it */
	double *other;    /* [n] by order: least mean distance to another cluster so far */
	double per_unit, unit;
	size_t a, b;      /* the clusters in hand, tiles of a for threads */
	int failed;
};

/* Distances are at most the diagonal of the box; so many of them are 2^62 units. */
static void choose_unit(struct pairs *p)
{
	const struct kmeans_rows *r = p->c->rows;
	double squares = 0;
	int exponent;

	for (size_t j = 0; j < r->d; j++) {
		double low, high;
		kmeans_range(r->column[j], r->n, &low, &high);
		squares += (high - low) * (high - low);
	}
	frexp((TILE + 1) * sqrt(squares), &exponent);
	p->per_unit = squares > 0 ? ldexp(1, 62 - exponent) : 1;
	p->unit = squares > 0 ? ldexp(1, exponent - 62) : 1;
}

static int pairs_init(struct pairs *p, const struct quality_clusters *c)
{
	size_t n = c->rows->n;

	*p = (struct pairs){
		.c = c, .start = calloc(c->k + 1, sizeof *p->start),
		.order = malloc(n * sizeof *p->order), .low = malloc(n * sizeof *p->low),
		.high = malloc(n * sizeof *p->high), .other = malloc(n * sizeof *p->other),
	};
	if (!p->start || !p->order || !p->low || !p->high || !p->other)
		return -1;
	for (size_t l = 0; l < c->k; l++)
		p->start[l + 1] = p->start[l] + c->size[l];
	for (size_t i = 0; i < n; i++)
		p->order[p->start[c->label[i]]++] = (uint32_t)i;
	for (size_t l = c->k; l > 0; l--)
		p->start[l] = p->start[l - 1];
	p->start[0] = 0;
	for (size_t i = 0; i < n; i++)
		p->other[i] = (double)INFINITY;
	choose_unit(p);
	return 0;
}

static void pairs_free(struct pairs *p)
{
	free(p->start);
	free(p->order);
	free(p->low);
	free(p->high);
	free(p->other);
}

/* Adds without a lock: a carry is an addition of its own, so order plays no part. */
static void add_units(struct pairs *p, size_t at, uint64_t units)
{
	uint64_t before = __atomic_fetch_add(&p->low[at], units, __ATOMIC_RELAXED);

	if (before + units < before)
		__atomic_fetch_add(&p->high[at], 1, __ATOMIC_RELAXED);
}

static double sum_at(const struct pairs *p, size_t at)
{
	dec_wide units = (dec_wide)p->high[at] * ((dec_wide)1 << 64) + (dec_wide)p->low[at];

	return (double)units * p->unit;
}

/* Rows first..first+n-1 in order, by columns, the last one repeated to whole lanes. */
static void gather(const struct pairs *p, size_t first, size_t n, double *to)
{
	const struct kmeans_rows *r = p->c->rows;
	size_t whole = (n + LANES_EIGHT - 1) / LANES_EIGHT * LANES_EIGHT;

	for (size_t j = 0; j < r->d; j++)
		for (size_t i = 0; i < whole; i++)
			to[j * TILE + i] = r->column[j][p->order[first + (i < n ? i : n - 1)]];
}

static size_t tile_length(size_t first, size_t end)
{
	return end - first < TILE ? end - first : TILE;
}

static void strip_sums(struct pairs *p, size_t first, size_t n, double *x, double *y)
{
	double by_row[TILE], by_column[TILE];
	size_t end = p->start[p->b + 1];

	gather(p, first, n, x);
	for (size_t at = p->a == p->b ? first : p->start[p->b]; at < end; at += TILE) {
		size_t m = tile_length(at, end);
		gather(p, at, m, y);
		memset(by_column, 0, sizeof by_column);
		tile_sums(x, n, y, m, p->c->rows->d, by_row, by_column);
		for (size_t i = 0; i < n; i++)
			add_units(p, first + i, (uint64_t)(by_row[i] * p->per_unit));
		for (size_t i = 0; at != first && i < m; i++)
			add_units(p, at + i, (uint64_t)(by_column[i] * p->per_unit));
	}
}

/* One tile of cluster a against cluster b, or what of it comes no earlier. */
static void strip(void *ctx, size_t tile)
{
	struct pairs *p = ctx;
	size_t first = p->start[p->a] + tile * TILE, d = p->c->rows->d;
	double *x = malloc(2 * d * TILE * sizeof *x);

	if (x)
		strip_sums(p, first, tile_length(first, p->start[p->a + 1]), x, x + d * TILE);
	else
		__atomic_store_n(&p->failed, 1, __ATOMIC_RELAXED);
	free(x);
}

static void clear(struct pairs *p, size_t l)
{
	memset(p->low + p->start[l], 0, p->c->size[l] * sizeof *p->low);
	memset(p->high + p->start[l], 0, p->c->size[l] * sizeof *p->high);
}

/* The sums of the rows of two clusters to the other's rows; of equals to their own. */
static void two_clusters(struct pairs *p, size_t a, size_t b, int threads)
{
	const uint64_t *size = p->c->size;
	bool swap = size[a] < size[b];

	p->a = swap ? b : a;
	p->b = swap ? a : b;
	clear(p, a);
	clear(p, b);
	par_for(size[a] * size[b] < FEW_PAIRS ? 1 : threads, (size[p->a] + TILE - 1) / TILE, strip, p);
}

static void approach(struct pairs *p, size_t a, size_t b)
{
	for (size_t at = p->start[a]; at < p->start[a + 1]; at++)
		p->other[at] = fmin(p->other[at], sum_at(p, at) / (double)p->c->size[b]);
}

int quality_all_silhouettes(const struct quality_clusters *c, int threads, struct exact *sum)
{
	struct pairs p;
	int status = pairs_init(&p, c);

	for (size_t a = 0; !status && a < c->k; a++)
		for (size_t b = 0; b < a; b++) {
			if (c->size[a] == 0 || c->size[b] == 0)
				continue;
			two_clusters(&p, a, b, threads);
			approach(&p, a, b);
			approach(&p, b, a);
		}
	for (size_t a = 0; !status && a < c->k; a++) {
		if (c->size[a] < 2)
			continue;
		two_clusters(&p, a, a, threads);
		for (size_t at = p.start[a]; at < p.start[a + 1]; at++)
			if (isfinite(p.other[at]))
				exact_add(sum, quality_ratio(sum_at(&p, at) / (double)(c->size[a] - 1),
							     p.other[at]));
	}
	pairs_free(&p);
	return status || p.failed ? -1 : 0;
}
