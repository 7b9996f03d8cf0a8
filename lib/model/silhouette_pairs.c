/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/quality_core.h"
#include "value/dec.h"

/*
 * Every pair of rows at most once: its distance counts for both.  Clusters meet
 * in rounds, a and b in round (a + b) mod k, so that each has one partner and
 * only the sums to one other cluster are held for a row; in a last round each
 * meets itself.  Rows whose partner may be their nearest other cluster come first
 * in a cluster; two rows that are both not such are no pair.  Rows are taken in
 * tiles; a tile's sums are doubles in a fixed order; those of several tiles are
 * added as whole numbers, in whatever order threads come to them.
 */
#define TILE 256

/* From column to column of a tile: by a power of two they would share places in the cache. */
#define WIDTH (TILE + LANES_EIGHT)

/* Rows below which threads cost more than they save. */
#define FEW_ROWS 512

#define LANES_KERNEL "model/silhouette_pairs_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(tile_sums,
	     (const double *a, size_t n_a, const double *b, size_t n_b, size_t d, double *by_row,
	      double *by_column),
	     (a, n_a, b, n_b, d, by_row, by_column))

struct tile {
	size_t cluster, first, n; /* rows first..first+n-1 in order */
};

struct pairs {
	const struct quality_clusters *c;
	size_t round;     /* 0..k */
	size_t *start;    /* [k + 1] where a cluster's rows start in order */
	size_t *end;      /* [k] where those end that need the partner in this round */
	uint32_t *order;  /* [n] rows, each cluster's together */
	uint64_t *low;    /* [n] by order: the sum to the cluster in hand, in units */
	uint32_t *high;   /* [n] what is above 64 bits of it */
	double *other;    /* [n] by row: least mean distance to another cluster, or a bound of it */
	struct tile *tile;
	size_t n_tiles;
	double *box;      /* [k][d][2] the least and the largest of each column */
	int *exponent;    /* [k] of the unit of sums to the partner, a power of two */
	int failed;
};

/*
 * Distances are at most the diagonal of the box of both clusters; so many of them are
 * 2^62 units.  (Of the box of all rows it would not do: a row far from all clusters
 * would take the others' digits.)
 */
static int unit_of(const struct pairs *p, size_t a, size_t b)
{
	const double *x = p->box + 2 * a * p->c->rows->d, *y = p->box + 2 * b * p->c->rows->d;
	double squares = 0;
	int exponent;

	for (size_t j = 0; j < 2 * p->c->rows->d; j += 2) {
		double width = fmax(x[j + 1], y[j + 1]) - fmin(x[j], y[j]);
		squares += width * width;
	}
	frexp((TILE + 1) * sqrt(squares), &exponent);
	return exponent - 62;
}

static void find_boxes(struct pairs *p)
{
	const struct kmeans_rows *r = p->c->rows;

	for (size_t i = 0; i < 2 * p->c->k * r->d; i++)
		p->box[i] = i % 2 ? -(double)INFINITY : (double)INFINITY;
	for (size_t j = 0; j < r->d; j++)
		for (size_t i = 0; i < r->n; i++) {
			double *box = p->box + 2 * (p->c->label[i] * r->d + j), x = r->column[j][i];
			box[0] = x < box[0] ? x : box[0];
			box[1] = x > box[1] ? x : box[1];
		}
}

/* The least upper bound of the mean distances of a row to the other clusters. */
static double other_at_most(const struct quality_clusters *c, size_t row)
{
	double least = (double)INFINITY;

	for (size_t l = 0; l < c->k; l++)
		if (l != c->label[row] && c->size[l])
			least = fmin(least, quality_most(c, row, l));
	return least;
}

static void sort_rows(struct pairs *p)
{
	const struct quality_clusters *c = p->c;

	for (size_t l = 0; l < c->k; l++) {
		p->start[l + 1] = p->start[l] + c->size[l];
		p->end[l] = p->start[l];
	}
	for (size_t i = 0; i < c->rows->n; i++)
		p->order[p->end[c->label[i]]++] = (uint32_t)i;
	for (size_t l = 0; l < c->k; l++)
		for (size_t at = p->start[l], end = p->start[l + 1]; at < end; at += TILE)
			p->tile[p->n_tiles++] = (struct tile){ l, at, end - at < TILE ? end - at : TILE };
}

static int pairs_init(struct pairs *p, const struct quality_clusters *c)
{
	size_t n = c->rows->n;

	*p = (struct pairs){
		.c = c, .start = calloc(c->k + 1, sizeof *p->start), .end = malloc(c->k * sizeof *p->end),
		.order = malloc(n * sizeof *p->order), .low = malloc(n * sizeof *p->low),
		.high = malloc(n * sizeof *p->high), .other = malloc(n * sizeof *p->other),
		.tile = malloc((n / TILE + c->k) * sizeof *p->tile),
		.box = malloc(2 * c->k * c->rows->d * sizeof *p->box),
		.exponent = malloc(c->k * sizeof *p->exponent),
	};
	if (!p->start || !p->end || !p->order || !p->low || !p->high || !p->other || !p->tile ||
	    !p->box || !p->exponent)
		return -1;
	sort_rows(p);
	find_boxes(p);
	return 0;
}

static void pairs_free(struct pairs *p)
{
	free(p->start);
	free(p->end);
	free(p->order);
	free(p->low);
	free(p->high);
	free(p->other);
	free(p->tile);
	free(p->box);
	free(p->exponent);
}

/* Adds without a lock: a carry is an addition of its own, so order plays no part. */
static void add_units(struct pairs *p, size_t at, uint64_t units)
{
	uint64_t before = __atomic_fetch_add(&p->low[at], units, __ATOMIC_RELAXED);

	if (before + units < before)
		__atomic_fetch_add(&p->high[at], 1, __ATOMIC_RELAXED);
}

/* The sum of a row of cluster l. */
static double sum_at(const struct pairs *p, size_t l, size_t at)
{
	dec_wide units = (dec_wide)p->high[at] * ((dec_wide)1 << 64) + (dec_wide)p->low[at];

	return ldexp((double)units, p->exponent[l]);
}

/* Rows first..first+n-1 in order, by columns, the last one repeated to whole lanes. */
static void gather(const struct pairs *p, size_t first, size_t n, double *to)
{
	const struct kmeans_rows *r = p->c->rows;
	size_t whole = (n + LANES_EIGHT - 1) / LANES_EIGHT * LANES_EIGHT;

	for (size_t j = 0; j < r->d; j++)
		for (size_t i = 0; i < whole; i++)
			to[j * WIDTH + i] = r->column[j][p->order[first + (i < n ? i : n - 1)]];
}

/* Whom a cluster meets; itself: in the last round alone. */
static size_t partner(const struct pairs *p, size_t round, size_t l)
{
	return round < p->c->k ? (round + p->c->k - l) % p->c->k : l;
}

/* Distances of the rows first..end-1 to those of the partner up to `last`. */
static void strip_sums(struct pairs *p, size_t first, size_t end, size_t from, size_t last,
		       double *x)
{
	double by_row[TILE], by_column[TILE], *y = x + p->c->rows->d * WIDTH;
	size_t n = end - first;
	double per_unit;

	if (n == 0)
		return;
	per_unit = ldexp(1, -p->exponent[p->c->label[p->order[first]]]);
	gather(p, first, n, x);
	for (size_t at = from; at < last; at += TILE) {
		size_t m = last - at < TILE ? last - at : TILE;
		gather(p, at, m, y);
		memset(by_column, 0, sizeof by_column);
		tile_sums(x, n, y, m, p->c->rows->d, by_row, by_column);
		for (size_t i = 0; i < n; i++)
			add_units(p, first + i, (uint64_t)(by_row[i] * per_unit));
		for (size_t i = 0; at != first && i < m; i++)
			add_units(p, at + i, (uint64_t)(by_column[i] * per_unit));
	}
}

/* One tile of the larger cluster of two against the other, or what of its own comes no earlier. */
static void strip(void *ctx, size_t i)
{
	struct pairs *p = ctx;
	const struct tile *t = &p->tile[i];
	const uint64_t *size = p->c->size;
	size_t a = t->cluster, b = partner(p, p->round, a), end = t->first + t->n, cut;
	double *x;

	if (p->round < p->c->k && (size[a] < size[b] || (size[a] == size[b] && a <= b)))
		return;
	x = malloc(2 * p->c->rows->d * WIDTH * sizeof *x);
	if (!x) {
		__atomic_store_n(&p->failed, 1, __ATOMIC_RELAXED);
	} else if (a == b) {
		strip_sums(p, t->first, end, t->first, p->start[a + 1], x);
	} else {
		cut = p->end[a] < t->first ? t->first : p->end[a] > end ? end : p->end[a];
		strip_sums(p, t->first, cut, p->start[b], p->start[b + 1], x);
		strip_sums(p, cut, end, p->start[b], p->end[b], x);
	}
	free(x);
}

/* What a cluster's rows know of the others: before the first round, after a round. */
static void expect(struct pairs *p, size_t l)
{
	for (size_t at = p->start[l]; at < p->start[l + 1]; at++)
		p->other[p->order[at]] = other_at_most(p->c, p->order[at]);
}

static void approach(struct pairs *p, size_t round, size_t l)
{
	double size = (double)p->c->size[partner(p, round, l)];

	for (size_t at = p->start[l]; at < p->end[l]; at++) {
		uint32_t row = p->order[at];
		p->other[row] = fmin(p->other[row], sum_at(p, l, at) / size);
	}
}

/* Of a cluster the rows that need its new partner go to the front. */
static void meet(void *ctx, size_t l)
{
	struct pairs *p = ctx;
	size_t b = partner(p, p->round, l), n = p->start[l];

	if (p->round > 0)
		approach(p, p->round - 1, l);
	else
		expect(p, l);
	for (size_t at = n; b != l && p->c->size[b] && at < p->start[l + 1]; at++) {
		uint32_t row = p->order[at];
		if (quality_least(p->c, row, b) > p->other[row])
			continue;
		p->order[at] = p->order[n];
		p->order[n++] = row;
	}
	p->end[l] = n;
	p->exponent[l] = unit_of(p, l, b);
	memset(p->low + p->start[l], 0, p->c->size[l] * sizeof *p->low);
	memset(p->high + p->start[l], 0, p->c->size[l] * sizeof *p->high);
}

static void add_silhouettes(const struct pairs *p, struct exact *sum)
{
	const struct quality_clusters *c = p->c;

	for (size_t l = 0; l < c->k; l++)
		for (size_t at = p->start[l]; c->size[l] > 1 && at < p->start[l + 1]; at++) {
			double own = sum_at(p, l, at) / (double)(c->size[l] - 1);
			double other = p->other[p->order[at]];
			if (isfinite(other))
				exact_add(sum, quality_ratio(own, other));
		}
}

int quality_all_silhouettes(const struct quality_clusters *c, int threads, struct exact *sum)
{
	struct pairs p;
	int status = pairs_init(&p, c);

	if (c->rows->n < FEW_ROWS)
		threads = 1;
	for (p.round = 0; !status && p.round <= c->k; p.round++) {
		par_for(threads, c->k, meet, &p);
		par_for(threads, p.n_tiles, strip, &p);
	}
	if (!status)
		add_silhouettes(&p, sum);
	pairs_free(&p);
	return status || p.failed ? -1 : 0;
}
