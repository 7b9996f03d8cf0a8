/* SPDX-License-Identifier: MIT */
#include "model/kmeans_bounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/nearest.h"
#include "model/product.h"

/* Distances below this have squares that a double holds with fewer bits. */
#define TINY 1e-150

/* More than the rounding of any few operations. */
#define UP (1 + 0x1p-48)
#define DOWN (1 - 0x1p-48)

/* The rows of a block that are still in question, and room to work in. */
struct block {
	size_t first, n, m;
	uint32_t row[KMEANS_BLOCK], nearest[KMEANS_BLOCK];
	double others[KMEANS_BLOCK], squared[KMEANS_BLOCK];
	float *room;
	double *x;
};

struct kmeans_bounds {
	const struct kmeans_space *s;
	size_t k, n_workers;
	double *upper, *lower;    /* [n] */
	uint32_t *label;          /* [n] */
	double *centre;           /* [k][d]: what the bounds are about */
	double *drift;            /* [k] how far each centre has just moved */
	double *half;             /* [k] half the distance to the nearest other centre */
	double largest, next;     /* drifts */
	size_t fastest;           /* the centre of the largest */
	bool moved, started;      /* centres were given; and a pass was made before */
	double slack;             /* of a comparison of distances, relative */
	struct product product;
	struct kmeans_sums *sums; /* [n_workers] */
	struct block *block;      /* [n_workers] */
};

struct kmeans_bounds *kmeans_bounds_open(const struct kmeans_space *s, size_t k, size_t n_workers)
{
	struct kmeans_bounds *b = calloc(1, sizeof *b);
	size_t n = s->rows->n, d = s->rows->d;
	int status = -1;

	if (!b)
		return NULL;
	*b = (struct kmeans_bounds){
		.s = s, .k = k, .n_workers = n_workers, .slack = 1 + (double)(d + 8) * 0x1p-48,
		.upper = malloc(n * sizeof *b->upper), .lower = malloc(n * sizeof *b->lower),
		.label = malloc(n * sizeof *b->label), .centre = malloc(k * d * sizeof *b->centre),
		.drift = malloc(k * sizeof *b->drift), .half = malloc(k * sizeof *b->half),
		.sums = calloc(n_workers, sizeof *b->sums),
		.block = calloc(n_workers, sizeof *b->block),
	};
	if (b->upper && b->lower && b->label && b->centre && b->drift && b->half && b->sums &&
	    b->block)
		status = product_init(&b->product, s->low, s->high, k, d);
	for (size_t i = 0; !status && i < n_workers; i++) {
		struct block *q = &b->block[i];
		status = kmeans_sums_init(&b->sums[i], k, d);
		q->room = malloc(d * PRODUCT_LANES * sizeof *q->room);
		q->x = malloc(d * sizeof *q->x);
		if (!q->room || !q->x)
			status = -1;
	}
	if (!status)
		return b;
	kmeans_bounds_free(b);
	return NULL;
}

void kmeans_bounds_free(struct kmeans_bounds *b)
{
	if (!b)
		return;
	for (size_t i = 0; b->sums && i < b->n_workers; i++)
		kmeans_sums_free(&b->sums[i]);
	for (size_t i = 0; b->block && i < b->n_workers; i++) {
		free(b->block[i].room);
		free(b->block[i].x);
	}
	product_free(&b->product);
	free(b->block);
	free(b->upper);
	free(b->lower);
	free(b->label);
	free(b->centre);
	free(b->drift);
	free(b->half);
	free(b->sums);
	free(b);
}

void kmeans_bounds_move(struct kmeans_bounds *b, const double *centre)
{
	size_t d = b->s->rows->d;

	b->started = b->moved;
	b->moved = true;
	b->largest = b->next = 0;
	b->fastest = 0;
	for (size_t c = 0; b->started && c < b->k; c++) {
		b->drift[c] = sqrt(nearest_squared(centre + c * d, b->centre + c * d, d)) * b->slack;
		if (b->drift[c] > b->largest) {
			b->next = b->largest;
			b->largest = b->drift[c];
			b->fastest = c;
		} else if (b->drift[c] > b->next) {
			b->next = b->drift[c];
		}
	}
	memcpy(b->centre, centre, b->k * d * sizeof *centre);
	product_centres(&b->product, centre);
	for (size_t c = 0; c < b->k; c++)
		b->half[c] = (double)INFINITY;
	for (size_t c = 1; c < b->k; c++)
		for (size_t a = 0; a < c; a++) {
			double s = nearest_squared(centre + a * d, centre + c * d, d);
			b->half[a] = fmin(b->half[a], s);
			b->half[c] = fmin(b->half[c], s);
		}
	for (size_t c = 0; c < b->k; c++)
		b->half[c] = sqrt(b->half[c]) / 2 / b->slack;
}

static void list_all(struct block *q)
{
	for (q->m = 0; q->m < q->n; q->m++)
		q->row[q->m] = (uint32_t)(q->first + q->m);
}

/* Whether no other centre can be as near; false where a bound is not a number. */
static bool is_apart(const struct kmeans_bounds *b, size_t row)
{
	double upper = b->upper[row] * b->slack + TINY;

	return upper < b->lower[row] || upper < b->half[b->label[row]];
}

/* Bounds follow the centres; the rows that they leave in question are noted. */
static void question(struct kmeans_bounds *b, struct block *q)
{
	double largest = b->largest * UP, next = b->next * UP;

	q->m = 0;
	for (size_t i = q->first; i < q->first + q->n; i++) {
		size_t own = b->label[i];
		b->upper[i] = (b->upper[i] + b->drift[own]) * UP;
		b->lower[i] = b->lower[i] * DOWN - (own == b->fastest ? next : largest);
		q->row[q->m] = (uint32_t)i;
		q->m += !is_apart(b, i);
	}
}

/* Squared distances of the listed rows to their own centres, as nearest_squared's. */
static void own_squared(const struct kmeans_bounds *b, struct block *q)
{
	const struct kmeans_rows *r = b->s->rows;

	for (size_t i = 0; i < q->m; i++)
		q->squared[i] = 0;
	for (size_t j = 0; j < r->d; j++) {
		const double *x = r->column[j], *c = b->centre + j;
		for (size_t i = 0; i < q->m; i++) {
			double t = x[q->row[i]] - c[b->label[q->row[i]] * r->d];
			q->squared[i] += t * t;
		}
	}
}

/* With the distance to the own centre for an upper bound fewer are in question. */
static void tighten(struct kmeans_bounds *b, struct block *q)
{
	size_t m = 0;

	own_squared(b, q);
	for (size_t i = 0; i < q->m; i++) {
		uint32_t row = q->row[i];
		b->upper[row] = sqrt(q->squared[i]) * b->slack;
		q->row[m] = row;
		m += !is_apart(b, row);
	}
	q->m = m;
}

/* The listed rows to their nearest centres. */
static void decide(struct kmeans_bounds *b, struct block *q, struct kmeans_sums *sums)
{
	const struct kmeans_rows *r = b->s->rows;

	product_nearest(&b->product, r->column, q->row, q->m, q->room, q->nearest, q->others);
	for (size_t i = 0; i < q->m; i++) {
		uint32_t row = q->row[i], to = q->nearest[i];
		double w = r->weight ? r->weight[row] : 1;
		b->lower[row] = q->others[i] * DOWN;
		if (b->started && to == b->label[row])
			continue;
		kmeans_row(r, row, q->x);
		if (to == PRODUCT_NONE) {
			struct nearest near = nearest_row(q->x, b->centre, b->k, r->d);
			to = (uint32_t)near.index;
			b->lower[row] = sqrt(near.squared_second) / b->slack;
		}
		b->upper[row] = b->slack * sqrt(nearest_squared(q->x, b->centre + to * r->d, r->d));
		if (!b->started)
			kmeans_sums_put(b->s, sums, q->x, w, to);
		else if (to != b->label[row])
			kmeans_sums_move(b->s, sums, q->x, w, b->label[row], to);
		b->label[row] = to;
	}
}

/* The rows of a worker. */
static size_t share(const struct kmeans_bounds *b, size_t worker, size_t *end)
{
	size_t n = b->s->rows->n, each = n / b->n_workers;

	*end = worker + 1 == b->n_workers ? n : (worker + 1) * each;
	return worker * each;
}

void kmeans_bounds_pass(struct kmeans_bounds *b, size_t worker, struct kmeans_sums *sums)
{
	size_t end, first = share(b, worker, &end);
	struct block *q = &b->block[worker];

	for (; first < end; first += KMEANS_BLOCK) {
		q->first = first;
		q->n = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		if (b->started) {
			question(b, q);
			tighten(b, q);
		} else {
			list_all(q);
		}
		decide(b, q, &b->sums[worker]);
	}
	kmeans_sums_add(sums, &b->sums[worker]);
}
