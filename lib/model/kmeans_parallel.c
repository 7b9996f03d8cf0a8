/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/exact.h"
#include "math/fn.h"
#include "model/kmeans_core.h"
#include "model/nearest.h"
#include "value/rng.h"

/* Rounds of sampling (Bahmani et al. 2012, section 5: 5 are as good as more),
 * and rows expected of each, in k. */
#define ROUNDS 5
#define OVERSAMPLING 2

/* Draws of a restart are numbered restart * DRAWS + round. */
#define DRAWS 4096

/* Candidates: rows drawn so far, and the rows' distances to the nearest of them. */
struct candidates {
	const struct kmeans_rows *rows;
	uint64_t seed;
	size_t restart, n, capacity;
	double *at;      /* [n][d] */
	double *squared; /* [rows] */
};

static double draw(const struct candidates *c, size_t row, size_t round)
{
	uint64_t key = c->rows->key ? c->rows->key[row] : row;

	return rng_unit(c->seed, RNG_KMEANS_PARALLEL, key, (uint32_t)(c->restart * DRAWS + round));
}

static double weight(const struct candidates *c, size_t row)
{
	return c->rows->weight ? c->rows->weight[row] : 1;
}

static int add(struct candidates *c, size_t row)
{
	size_t d = c->rows->d;

	if (c->n == c->capacity) {
		size_t capacity = 2 * c->capacity + 64;
		double *at = realloc(c->at, capacity * d * sizeof *at);
		if (!at)
			return -1;
		c->at = at;
		c->capacity = capacity;
	}
	kmeans_row(c->rows, row, c->at + c->n++ * d);
	return 0;
}

/* The new candidates from `first` on into the distances; the exact sum of w *
 * squared distance. */
static double approach(struct candidates *c, size_t first)
{
	const struct kmeans_rows *r = c->rows;
	struct exact sum = { { 0 }, 0, 0 };
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	for (size_t row = 0; row < r->n; row += KMEANS_BLOCK) {
		size_t n = r->n - row < KMEANS_BLOCK ? r->n - row : KMEANS_BLOCK;
		nearest_block(r->column, row, n, c->at + first * r->d, c->n - first, r->d, label,
			      squared);
		for (size_t i = 0; i < n; i++) {
			if (first == 0 || squared[i] < c->squared[row + i])
				c->squared[row + i] = squared[i];
			squared[i] = c->squared[row + i] * weight(c, row + i);
		}
		exact_add_many(&sum, squared, n);
	}
	return exact_round(&sum);
}

/* The first one: the least of draws with rates w, -log(u) / w, is row i with
 * probability w_i / sum of w. */
static int first_candidate(struct candidates *c)
{
	size_t best = 0;
	double least = (double)INFINITY;

	for (size_t i = 0; i < c->rows->n; i++) {
		double one = -fn_log1p(-draw(c, i, 0)) / weight(c, i);
		if (one < least) {
			least = one;
			best = i;
		}
	}
	return add(c, best);
}

/* Distinct candidates of a round: of equal rows only the first one stays. */
static void drop_equals(struct candidates *c, size_t first)
{
	size_t d = c->rows->d, n = first;

	for (size_t i = first; i < c->n; i++) {
		bool seen = false;
		for (size_t e = first; e < n && !seen; e++)
			seen = nearest_squared(c->at + e * d, c->at + i * d, d) == 0;
		if (!seen)
			memmove(c->at + n++ * d, c->at + i * d, d * sizeof *c->at);
	}
	c->n = n;
}

/* Rows by w * squared distance, OVERSAMPLING * k expected in each round. */
static int sample(struct candidates *c, size_t k, double *total)
{
	if (first_candidate(c))
		return -1;
	*total = approach(c, 0);
	for (size_t round = 1; *total > 0 && round < DRAWS && (round <= ROUNDS || c->n < k); round++) {
		double rate = (double)(OVERSAMPLING * k) / *total;
		size_t first = c->n;
		for (size_t i = 0; i < c->rows->n; i++)
			if (draw(c, i, round) < rate * weight(c, i) * c->squared[i] && add(c, i))
				return -1;
		drop_equals(c, first);
		if (c->n > first)
			*total = approach(c, first);
	}
	return 0;
}

/* Each candidate weighs as much as the rows nearest to it. */
static void weigh(const struct candidates *c, double *mass)
{
	const struct kmeans_rows *r = c->rows;
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	for (size_t i = 0; i < c->n; i++)
		mass[i] = 0;
	for (size_t row = 0; row < r->n; row += KMEANS_BLOCK) {
		size_t n = r->n - row < KMEANS_BLOCK ? r->n - row : KMEANS_BLOCK;
		nearest_block(r->column, row, n, c->at, c->n, r->d, label, squared);
		for (size_t i = 0; i < n; i++)
			mass[label[i]] += weight(c, row + i);
	}
}

static int by_coordinates(const void *a, const void *b, void *d)
{
	const double *x = a, *y = b;

	for (size_t j = 0; j < *(size_t *)d; j++)
		if (x[j] != y[j])
			return x[j] < y[j] ? -1 : 1;
	return 0;
}

/* k of the weighted candidates by greedy k-means++, in an order of their own. */
static enum kmeans_status recluster(const struct candidates *c, const struct kmeans_options *o,
				    size_t k, double *to)
{
	size_t d = c->rows->d, n_distinct;
	double *room = malloc((c->n * d + c->n) * sizeof *room);
	double **column = malloc(d * sizeof *column);
	struct kmeans_rows rows = { .n = c->n, .d = d, .column = column };
	struct kmeans_space space = { .rows = &rows };
	struct kmeans_options own = *o;
	enum kmeans_status status = KMEANS_NO_MEMORY;

	own.init = KMEANS_PLUSPLUS;
	own.threads = 1;
	qsort_r(c->at, c->n, d * sizeof *c->at, by_coordinates, &d);
	if (room && column) {
		rows.weight = room + c->n * d;
		weigh(c, rows.weight);
		for (size_t j = 0; j < d; j++) {
			column[j] = room + j * c->n;
			for (size_t i = 0; i < c->n; i++)
				column[j][i] = c->at[i * d + j];
		}
		status = kmeans_seed(&space, &own, c->restart, 1, k, k, to, k * d, &n_distinct);
	}
	free(room);
	free(column);
	return status;
}

static enum kmeans_status seed_one(const struct kmeans_space *s, const struct kmeans_options *o,
				   size_t restart, size_t k, double *to, double *squared,
				   size_t *n_distinct)
{
	struct candidates c = { .rows = s->rows, .seed = o->seed, .restart = restart,
				.squared = squared };
	enum kmeans_status status = KMEANS_NO_MEMORY;
	double total = 0;

	if (sample(&c, k, &total) == 0) {
		*n_distinct = c.n;
		status = c.n < k ? KMEANS_FEW_ROWS : recluster(&c, o, k, to);
	}
	free(c.at);
	return status;
}

enum kmeans_status kmeans_seed_parallel(const struct kmeans_space *s,
					const struct kmeans_options *o, size_t n_restarts,
					size_t k_first, size_t k_last, double *to, size_t width,
					size_t *n_distinct)
{
	double *squared = malloc(s->rows->n * sizeof *squared);
	enum kmeans_status status = squared ? KMEANS_OK : KMEANS_NO_MEMORY;

	for (size_t r = 0; r < n_restarts; r++) {
		double *centre = to + r * width;
		for (size_t k = k_first; status == KMEANS_OK && k <= k_last; k++) {
			status = seed_one(s, o, r, k, centre, squared, n_distinct);
			centre += k * s->rows->d;
		}
	}
	free(squared);
	return status;
}
