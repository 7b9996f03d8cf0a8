/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_core.h"
#include "model/nearest.h"
#include "model/lanes.h"
#include "value/rng.h"

/* Rows whose probabilities are added up together: a draw looks through n / 1024
 * sums, then through one block. */
#define BLOCK 1024

/* ceil(e^i): 2 + floor(ln k) candidates without a logarithm's last bit. */
static const size_t power_of_e[] = { 3, 8, 21, 55, 149, 404, 1097, 2981, 8104, 22027, 59875 };
#define CANDIDATES_MAX (2 + sizeof power_of_e / sizeof *power_of_e)

/* Draws of one step are numbered step * DRAWS + candidate. */
#define DRAWS 16

struct seeding {
	const struct kmeans_rows *rows;
	uint64_t seed, restart;
	double *squared; /* [n] to the nearest centre so far */
	double *mass;    /* [blocks] sums of w * squared */
	size_t n_blocks;
	double *candidate; /* [CANDIDATES_MAX][d] */
	size_t m;          /* candidates of a step */
	double *left;      /* [blocks][m] the mass that each of them leaves */
	const double *centre; /* the last one taken, */
	bool waits;           /* which `squared` does not know yet, though `mass` does */
	bool first;           /* or the first one, and `squared` has no values yet */
	int threads;
};

static size_t candidates(size_t k)
{
	size_t m = 2;

	while (m < CANDIDATES_MAX && k >= power_of_e[m - 2])
		m++;
	return m;
}

/* Lanes in order, whatever the number of rows: the same bits on any CPU. */
static double lane_sum(const double lane[LANES_EIGHT])
{
	double sum = 0;

	for (size_t i = 0; i < LANES_EIGHT; i++)
		sum += lane[i];
	return sum;
}

static double row_squared(const struct kmeans_rows *r, size_t row, const double *c)
{
	double sum = 0;

	for (size_t j = 0; j < r->d; j++) {
		double t = r->column[j][row] - c[j];
		sum += t * t;
	}
	return sum;
}

/* Candidates that a row is fetched once for. */
#define TILE 4

#define LANES_KERNEL "model/kmeans_seed_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(block_keep,
	     (const struct kmeans_rows *r, size_t first, size_t n, const double *c,
	      double *squared, double *mass),
	     (r, first, n, c, squared, mass))
LANES_CHOOSE(block_try,
	     (const struct kmeans_rows *r, size_t first, size_t n, const double *c, size_t m,
	      double *squared, double *mass),
	     (r, first, n, c, m, squared, mass))

static size_t block_length(const struct seeding *g, size_t b)
{
	size_t left = g->rows->n - b * BLOCK;

	return left < BLOCK ? left : BLOCK;
}

/* Blocks that a thread takes at a time. */
#define BLOCKS_EACH 32

static size_t end_of(const struct seeding *g, size_t part)
{
	size_t end = (part + 1) * BLOCKS_EACH;

	return end < g->n_blocks ? end : g->n_blocks;
}

static void for_blocks(struct seeding *g, void (*work)(void *ctx, size_t part))
{
	par_for(g->threads, (g->n_blocks + BLOCKS_EACH - 1) / BLOCKS_EACH, work, g);
}

/* The centre into the squared distances of block b. */
static void keep_block(const struct seeding *g, size_t b)
{
	size_t n = block_length(g, b);

	for (size_t i = b * BLOCK; g->first && i < b * BLOCK + n; i++)
		g->squared[i] = (double)INFINITY;
	block_keep(g->rows, b * BLOCK, n, g->centre, g->squared, &g->mass[b]);
}

static void take_blocks(void *ctx, size_t part)
{
	struct seeding *g = ctx;

	for (size_t b = part * BLOCKS_EACH; b < end_of(g, part); b++)
		keep_block(g, b);
}

static void take_centre(struct seeding *g, const double *c, bool first)
{
	g->centre = c;
	g->first = first;
	for_blocks(g, take_blocks);
	g->first = g->waits = false;
}

/* What the candidates leave; a block is fetched once for the centre before too. */
static void try_blocks(void *ctx, size_t part)
{
	struct seeding *g = ctx;

	for (size_t b = part * BLOCKS_EACH; b < end_of(g, part); b++) {
		if (g->waits)
			keep_block(g, b);
		for (size_t c = 0; c < g->m; c += TILE)
			block_try(g->rows, b * BLOCK, block_length(g, b),
				  g->candidate + c * g->rows->d, g->m - c < TILE ? g->m - c : TILE,
				  g->squared, g->left + b * g->m + c);
	}
}

static double total_mass(const struct seeding *g)
{
	double sum = 0;

	for (size_t b = 0; b < g->n_blocks; b++)
		sum += g->mass[b];
	return sum;
}

/* The row at `target` of the cumulated masses; never one of mass 0. */
static size_t locate(struct seeding *g, double target)
{
	const double *w = g->rows->weight;
	size_t at = 0, found = 0;
	double before = 0, sum;

	for (size_t b = 0; b < g->n_blocks; b++) {
		if (!(g->mass[b] > 0))
			continue;
		at = b;
		if (target < before + g->mass[b])
			break;
		before += g->mass[b];
	}
	if (g->waits)
		keep_block(g, at); /* the same mass, and what is kept twice stays */
	sum = before;
	for (size_t i = at * BLOCK; i < at * BLOCK + block_length(g, at); i++) {
		double one = w ? w[i] * g->squared[i] : g->squared[i];
		if (!(one > 0))
			continue;
		found = i;
		sum += one;
		if (target < sum)
			break;
	}
	return found;
}

static void gather(const struct kmeans_rows *r, size_t row, double *to)
{
	for (size_t j = 0; j < r->d; j++)
		to[j] = r->column[j][row];
}

static double unit_draw(const struct seeding *g, size_t draw)
{
	return rng_unit(g->seed, RNG_KMEANS_SEED, g->restart, (uint32_t)draw);
}

static void start(struct seeding *g, double *centre)
{
	const struct kmeans_rows *r = g->rows;
	size_t row;

	g->waits = false;
	if (r->weight) {
		for (size_t i = 0; i < r->n; i++)
			g->squared[i] = 1;
		for (size_t b = 0; b < g->n_blocks; b++) {
			g->mass[b] = 0;
			for (size_t i = 0; i < block_length(g, b); i++)
				g->mass[b] += r->weight[b * BLOCK + i];
		}
		row = locate(g, unit_draw(g, 0) * total_mass(g));
	} else {
		row = (size_t)rng_below(r->n, g->seed, RNG_KMEANS_SEED, g->restart, 0);
	}
	gather(r, row, centre);
	take_centre(g, centre, true);
}

/* The candidate that leaves the least mass, the first of equals. */
static void greedy_step(struct seeding *g, size_t step, size_t m, double total, double *centre)
{
	size_t d = g->rows->d, best = 0;
	double left[CANDIDATES_MAX] = { 0 };

	for (size_t c = 0; c < m; c++) {
		size_t row = locate(g, unit_draw(g, step * DRAWS + c) * total);
		gather(g->rows, row, g->candidate + c * d);
	}
	g->m = m;
	for_blocks(g, try_blocks);
	for (size_t b = 0; b < g->n_blocks; b++)
		for (size_t c = 0; c < m; c++)
			left[c] += g->left[b * m + c];
	for (size_t c = 1; c < m; c++)
		if (left[c] < left[best])
			best = c;
	memcpy(centre, g->candidate + best * d, d * sizeof *centre);
	/* block_try adds up as block_keep does: the masses are known */
	for (size_t b = 0; b < g->n_blocks; b++)
		g->mass[b] = g->left[b * m + best];
	g->centre = centre;
	g->waits = true;
}

/* A row drawn uniformly that is none of the centres so far; when most rows are,
 * by their distances. */
static void random_step(struct seeding *g, size_t step, double total, double *centre)
{
	size_t row = 0;

	for (size_t t = 0; t < DRAWS - 1; t++) {
		row = (size_t)rng_below(g->rows->n, g->seed, RNG_KMEANS_SEED, g->restart,
					(uint32_t)(step * DRAWS + t));
		if (g->squared[row] > 0)
			break;
	}
	if (!(g->squared[row] > 0))
		row = locate(g, unit_draw(g, step * DRAWS + DRAWS - 1) * total);
	gather(g->rows, row, centre);
	take_centre(g, centre, false);
}

/* The first k centres into to[k][d]; m = 0: random rows. */
static enum kmeans_status seed_one(struct seeding *g, size_t k, size_t m, double *to,
				   size_t *n_distinct)
{
	start(g, to);
	for (size_t step = 1; step < k; step++) {
		double total = total_mass(g);
		if (!(total > 0)) {
			*n_distinct = step;
			return KMEANS_FEW_ROWS;
		}
		if (m)
			greedy_step(g, step, m, total, to + step * g->rows->d);
		else
			random_step(g, step, total, to + step * g->rows->d);
	}
	return KMEANS_OK;
}

/*
 * The draws do not depend on k but through the number of candidates: one run
 * for the largest k of each such number serves the smaller ones as its prefix.
 */
static enum kmeans_status seed_all(struct seeding *g, const struct kmeans_options *o,
				   size_t k_first, size_t k_last, double *to, size_t *n_distinct)
{
	size_t d = g->rows->d;

	for (size_t k = k_first; k <= k_last;) {
		bool random = o->init == KMEANS_RANDOM;
		size_t m = random ? 0 : candidates(k), last = k;
		enum kmeans_status status;
		double *largest = to;

		while (last < k_last && (random || candidates(last + 1) == m))
			largest += last++ * d;
		status = seed_one(g, last, m, largest, n_distinct);
		if (status != KMEANS_OK)
			return status;
		for (; k < last; to += k++ * d)
			memcpy(to, largest, k * d * sizeof *to);
		to += k++ * d;
	}
	return KMEANS_OK;
}

enum kmeans_status kmeans_seed(const struct kmeans_space *s, const struct kmeans_options *o,
			       size_t restart, size_t k_first, size_t k_last, double *to,
			       double *squared, int threads, size_t *n_distinct)
{
	struct seeding g = {
		.rows = s->rows, .seed = o->seed, .restart = restart, .squared = squared,
		.threads = threads,
		.n_blocks = (s->rows->n + BLOCK - 1) / BLOCK,
	};
	enum kmeans_status status = KMEANS_NO_MEMORY;

	if (o->init == KMEANS_PARALLEL) {
		status = KMEANS_OK;
		for (size_t k = k_first; status == KMEANS_OK && k <= k_last; to += k++ * s->rows->d)
			status = kmeans_seed_parallel(s, o, restart, k, to, squared, n_distinct);
		return status;
	}
	g.mass = malloc(g.n_blocks * sizeof *g.mass);
	g.candidate = malloc(CANDIDATES_MAX * s->rows->d * sizeof *g.candidate);
	g.left = malloc(g.n_blocks * CANDIDATES_MAX * sizeof *g.left);
	if (g.mass && g.candidate && g.left)
		status = seed_all(&g, o, k_first, k_last, to, n_distinct);
	free(g.mass);
	free(g.candidate);
	free(g.left);
	return status;
}
