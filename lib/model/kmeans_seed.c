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
#define BLOCK KMEANS_SEED_BLOCK

/* Blocks that a thread takes at a time. */
#define BLOCKS_EACH 16

/* ceil(e^i): 2 + floor(ln k) candidates without a logarithm's last bit. */
static const size_t power_of_e[] = { 3, 8, 21, 55, 149, 404, 1097, 2981, 8104, 22027, 59875 };
#define CANDIDATES_MAX (2 + sizeof power_of_e / sizeof *power_of_e)

/* Draws of one step are numbered step * DRAWS + candidate. */
#define DRAWS 16

/*
 * Restarts go step by step side by side, so that a block of rows is fetched once
 * for all of them.  Distances to the nearest centre are held for every row only
 * where rows are few or there is no box to say which centres can be near; else
 * they are found again when a candidate comes near the block.  Both ways give
 * the same bits.
 */
#define TOGETHER 16
#define HELD_ROWS ((size_t)1 << 20)
#define CENTRES_FOUND 64

/* One restart. */
struct seeding {
	const struct seeds *all;
	size_t restart;
	const double *centre;  /* [n_centres][d] taken so far */
	size_t n_centres;
	double total;          /* of the masses */
	double *squared;       /* NULL, or [n] to the nearest centre but for the one owed */
	const double **owed;   /* [blocks] a centre that squared does not know, or NULL */
	double *mass;          /* [blocks] sums of w * squared */
	double *most;          /* [blocks] no squared is larger */
	double *candidate;     /* [CANDIDATES_MAX][d] */
	double *left;          /* [blocks][CANDIDATES_MAX] the mass that each of them leaves */
};

struct seeds {
	const struct kmeans_rows *rows;
	const double *box;      /* [blocks][2][d], or NULL */
	double weight;          /* of all rows, with weights */
	uint64_t seed;
	size_t n_blocks, n, m;  /* restarts side by side; candidates of a step */
	struct seeding *one;    /* [n] */
	int threads;
	void (*work)(struct seeding *g, size_t block);
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

/* Points that a row is fetched once for. */
#define TILE 4

#define LANES_KERNEL "model/kmeans_seed_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(block_keep,
	     (const struct kmeans_rows *r, size_t first, size_t n, const double *c, size_t m,
	      bool fresh, double *squared, double *mass, double *most),
	     (r, first, n, c, m, fresh, squared, mass, most))
LANES_CHOOSE(block_try,
	     (const struct kmeans_rows *r, size_t first, size_t n, const double *c, size_t m,
	      const double *squared, double *mass),
	     (r, first, n, c, m, squared, mass))

static size_t block_length(const struct seeds *s, size_t b)
{
	size_t left = s->rows->n - b * BLOCK;

	return left < BLOCK ? left : BLOCK;
}

static void work_part(void *ctx, size_t part)
{
	const struct seeds *s = ctx;
	size_t end = (part + 1) * BLOCKS_EACH < s->n_blocks ? (part + 1) * BLOCKS_EACH : s->n_blocks;

	for (size_t b = part * BLOCKS_EACH; b < end; b++)
		for (size_t i = 0; i < s->n; i++)
			s->work(&s->one[i], b);
}

static void for_blocks(struct seeds *s, void (*work)(struct seeding *g, size_t block))
{
	s->work = work;
	par_for(s->threads, (s->n_blocks + BLOCKS_EACH - 1) / BLOCKS_EACH, work_part, s);
}

/*
 * A bound of the squared distance of c to any row of the block.  Rounding is
 * monotonic, and the terms are those of a row in the same order, so that a row's
 * computed distance is never below it.
 */
static double box_squared(const struct seeds *s, size_t b, const double *c)
{
	size_t d = s->rows->d;
	const double *box = s->box + b * 2 * d;
	double sum = 0;

	for (size_t j = 0; j < d; j++) {
		double t = c[j] < box[j] ? box[j] - c[j] : c[j] > box[d + j] ? c[j] - box[d + j] : 0;
		sum += t * t;
	}
	return sum;
}

/* Whether no row of the block is nearer to c than to its centre. */
static bool is_far(const struct seeding *g, size_t b, const double *c)
{
	return g->all->box && box_squared(g->all, b, c) >= g->most[b];
}

/* Of m <= TILE centres; fresh: squared has no values yet. */
static void keep_block(const struct seeding *g, size_t b, const double *c, size_t m, bool fresh,
		       double *squared)
{
	block_keep(g->all->rows, b * BLOCK, block_length(g->all, b), c, m, fresh, squared,
		   &g->mass[b], &g->most[b]);
}

/* Squared distances of a block's rows from the centres that its box is near. */
static void find_squared(const struct seeding *g, size_t b, double *squared)
{
	size_t d = g->all->rows->d, m = 0;
	double near[TILE * KMEANS_ORDER_COLUMNS], most = g->most[b];
	bool fresh = true;

	for (size_t c = 0; c < g->n_centres; c++) {
		if (box_squared(g->all, b, g->centre + c * d) > most)
			continue;
		if (m == TILE) {
			keep_block(g, b, near, TILE, fresh, squared);
			fresh = false;
			m = 0;
		}
		memcpy(near + m++ * d, g->centre + c * d, d * sizeof *near);
	}
	keep_block(g, b, near, m, fresh, squared);
}

/*
 * The squared distances of a block's rows to their nearest centres, where they
 * are held or in room[BLOCK].  Their mass is as before, `most` their largest.
 */
static double *squared_of(const struct seeding *g, size_t b, double *room)
{
	if (!g->squared) {
		find_squared(g, b, room);
		return room;
	}
	room = g->squared + b * BLOCK;
	if (g->owed[b])
		keep_block(g, b, g->owed[b], 1, false, room);
	g->owed[b] = NULL;
	return room;
}

/* The first centre. */
static void start_block(struct seeding *g, size_t b)
{
	double room[BLOCK];

	if (g->owed)
		g->owed[b] = NULL;
	keep_block(g, b, g->centre, 1, true, g->squared ? g->squared + b * BLOCK : room);
}

/* The centre taken last. */
static void take_block(struct seeding *g, size_t b)
{
	const double *c = g->centre + (g->n_centres - 1) * g->all->rows->d;
	double room[BLOCK];

	if (is_far(g, b, c))
		return;
	if (g->owed)
		g->owed[b] = c;
	squared_of(g, b, room);
}

/* What the candidates leave. */
static void try_block(struct seeding *g, size_t b)
{
	const struct seeds *s = g->all;
	size_t d = s->rows->d, m = s->m, near[CANDIDATES_MAX], n_near = 0;
	double gathered[CANDIDATES_MAX * KMEANS_ORDER_COLUMNS], left[CANDIDATES_MAX], room[BLOCK];
	const double *candidate = g->candidate, *squared;

	for (size_t c = 0; c < m; c++) {
		g->left[b * m + c] = g->mass[b];
		if (!is_far(g, b, g->candidate + c * d))
			near[n_near++] = c;
	}
	if (n_near == 0)
		return;
	if (n_near < m) {
		for (size_t i = 0; i < n_near; i++)
			memcpy(gathered + i * d, candidate + near[i] * d, d * sizeof *gathered);
		candidate = gathered;
	}
	squared = squared_of(g, b, room);
	for (size_t i = 0; i < n_near; i += TILE)
		block_try(s->rows, b * BLOCK, block_length(s, b), candidate + i * d,
			  n_near - i < TILE ? n_near - i : TILE, squared, left + i);
	for (size_t i = 0; i < n_near; i++)
		g->left[b * m + near[i]] = left[i];
}

static void add_masses(struct seeding *g)
{
	g->total = 0;
	for (size_t b = 0; b < g->all->n_blocks; b++)
		g->total += g->mass[b];
}

/* The row at `target` of the cumulated masses; never one of mass 0. */
static size_t locate(struct seeding *g, double target)
{
	const struct seeds *s = g->all;
	const double *w = s->rows->weight, *squared;
	size_t at = 0, found = 0;
	double sum = 0, room[BLOCK];

	for (size_t b = 0; b < s->n_blocks; b++) {
		if (!(g->mass[b] > 0))
			continue;
		at = b;
		if (target < sum + g->mass[b])
			break;
		sum += g->mass[b];
	}
	squared = squared_of(g, at, room);
	for (size_t i = 0; i < block_length(s, at); i++) {
		double one = w ? w[at * BLOCK + i] * squared[i] : squared[i];
		if (!(one > 0))
			continue;
		found = at * BLOCK + i;
		sum += one;
		if (target < sum)
			break;
	}
	return found;
}

static double unit_draw(const struct seeding *g, size_t draw)
{
	return rng_unit(g->all->seed, RNG_KMEANS_SEED, g->restart, (uint32_t)draw);
}

/* A row by its weight. */
static size_t locate_weight(const struct seeding *g, double target)
{
	const double *w = g->all->rows->weight;
	size_t n = g->all->rows->n, i = 0;

	for (double sum = w[0]; i + 1 < n && !(target < sum); sum += w[i])
		i++;
	return i;
}

static void first_centre(struct seeding *g, double *to)
{
	const struct kmeans_rows *r = g->all->rows;
	size_t row;

	if (r->weight)
		row = locate_weight(g, unit_draw(g, 0) * g->all->weight);
	else
		row = (size_t)rng_below(r->n, g->all->seed, RNG_KMEANS_SEED, g->restart, 0);
	kmeans_row(r, row, to);
	g->centre = to;
	g->n_centres = 1;
}

static void draw_candidates(struct seeding *g)
{
	size_t d = g->all->rows->d;

	for (size_t c = 0; c < g->all->m; c++) {
		size_t row = locate(g, unit_draw(g, g->n_centres * DRAWS + c) * g->total);
		kmeans_row(g->all->rows, row, g->candidate + c * d);
	}
}

/* The candidate that leaves the least mass, the first of equals. */
static void take_best(struct seeding *g, double *centre)
{
	size_t d = g->all->rows->d, n_blocks = g->all->n_blocks, m = g->all->m, best = 0;
	double left[CANDIDATES_MAX] = { 0 };

	for (size_t b = 0; b < n_blocks; b++)
		for (size_t c = 0; c < m; c++)
			left[c] += g->left[b * m + c];
	for (size_t c = 1; c < m; c++)
		if (left[c] < left[best])
			best = c;
	memcpy(centre, g->candidate + best * d, d * sizeof *centre);
	g->n_centres++;
	/* block_try adds up as block_keep does: the masses are known */
	for (size_t b = 0; b < n_blocks; b++) {
		g->mass[b] = g->left[b * m + best];
		if (g->owed && !is_far(g, b, centre))
			g->owed[b] = centre;
	}
}

static bool is_centre(const struct seeding *g, size_t row)
{
	for (size_t c = 0; c < g->n_centres; c++)
		if (!(row_squared(g->all->rows, row, g->centre + c * g->all->rows->d) > 0))
			return true;
	return false;
}

/* A row drawn uniformly that is none of the centres so far; when most rows are,
 * by their distances. */
static void take_random(struct seeding *g, double *centre)
{
	const struct kmeans_rows *r = g->all->rows;
	size_t row = 0, step = g->n_centres, t;

	for (t = 0; t < DRAWS - 1; t++) {
		row = (size_t)rng_below(r->n, g->all->seed, RNG_KMEANS_SEED, g->restart,
					(uint32_t)(step * DRAWS + t));
		if (!is_centre(g, row))
			break;
	}
	if (t == DRAWS - 1)
		row = locate(g, unit_draw(g, step * DRAWS + DRAWS - 1) * g->total);
	kmeans_row(r, row, centre);
	g->n_centres++;
}

/* The first k centres of each restart into to + i * width; m = 0: random rows. */
static enum kmeans_status seed_one(struct seeds *s, size_t k, double *to, size_t width,
				   size_t *n_distinct)
{
	size_t d = s->rows->d;

	for (size_t i = 0; i < s->n; i++)
		first_centre(&s->one[i], to + i * width);
	for_blocks(s, start_block);
	for (size_t step = 1; step < k; step++) {
		for (size_t i = 0; i < s->n; i++) {
			add_masses(&s->one[i]);
			if (!(s->one[i].total > 0)) {
				*n_distinct = step;
				return KMEANS_FEW_ROWS;
			}
			if (s->m)
				draw_candidates(&s->one[i]);
			else
				take_random(&s->one[i], to + i * width + step * d);
		}
		for_blocks(s, s->m ? try_block : take_block);
		for (size_t i = 0; s->m && i < s->n; i++)
			take_best(&s->one[i], to + i * width + step * d);
	}
	return KMEANS_OK;
}

/*
 * The draws do not depend on k but through the number of candidates: one run
 * for the largest k of each such number serves the smaller ones as its prefix.
 */
static enum kmeans_status seed_all(struct seeds *s, bool random, size_t k_first, size_t k_last,
				   double *to, size_t width, size_t *n_distinct)
{
	size_t d = s->rows->d;

	for (size_t k = k_first; k <= k_last;) {
		size_t last = k;
		double *largest = to;
		enum kmeans_status status;

		s->m = random ? 0 : candidates(k);
		while (last < k_last && (random || candidates(last + 1) == s->m))
			largest += last++ * d;
		status = seed_one(s, last, largest, width, n_distinct);
		if (status != KMEANS_OK)
			return status;
		for (; k < last; to += k++ * d)
			for (size_t i = 0; i < s->n; i++)
				memcpy(to + i * width, largest + i * width, k * d * sizeof *to);
		to += k++ * d;
	}
	return KMEANS_OK;
}

static int seeding_init(struct seeding *g, const struct seeds *s, size_t restart, bool held)
{
	*g = (struct seeding){
		.all = s, .restart = restart, .mass = malloc(s->n_blocks * sizeof *g->mass),
		.most = malloc(s->n_blocks * sizeof *g->most),
		.candidate = malloc(CANDIDATES_MAX * s->rows->d * sizeof *g->candidate),
		.left = malloc(s->n_blocks * CANDIDATES_MAX * sizeof *g->left),
	};
	if (held) {
		g->squared = malloc(s->rows->n * sizeof *g->squared);
		g->owed = calloc(s->n_blocks, sizeof *g->owed);
	}
	return g->mass && g->most && g->candidate && g->left && (!held || (g->squared && g->owed))
		? 0 : -1;
}

static void seeding_free(struct seeding *g)
{
	free(g->squared);
	free(g->owed);
	free(g->mass);
	free(g->most);
	free(g->candidate);
	free(g->left);
}

enum kmeans_status kmeans_seed(const struct kmeans_space *s, const struct kmeans_options *o,
			       size_t restart, size_t n_restarts, size_t k_first, size_t k_last,
			       double *to, size_t width, size_t *n_distinct)
{
	size_t n = s->rows->n, together = TOGETHER;
	bool held = !s->box || n <= HELD_ROWS || k_last > CENTRES_FOUND;
	struct seeding one[TOGETHER] = { { 0 } };
	struct seeds g = { .rows = s->rows, .box = s->box, .seed = o->seed, .one = one,
			   .threads = o->threads, .n_blocks = (n + BLOCK - 1) / BLOCK };
	enum kmeans_status status = KMEANS_OK;

	for (size_t i = 0; s->rows->weight && i < n; i++)
		g.weight += s->rows->weight[i];
	if (held && together * n > HELD_ROWS)
		together = HELD_ROWS / n ? HELD_ROWS / n : 1;
	for (size_t r = 0; status == KMEANS_OK && r < n_restarts; r += g.n) {
		g.n = n_restarts - r < together ? n_restarts - r : together;
		for (size_t i = 0; i < g.n; i++)
			if (seeding_init(&one[i], &g, restart + r + i, held))
				status = KMEANS_NO_MEMORY;
		if (status == KMEANS_OK)
			status = seed_all(&g, o->init == KMEANS_RANDOM, k_first, k_last,
					  to + r * width, width, n_distinct);
		for (size_t i = 0; i < g.n; i++)
			seeding_free(&one[i]);
	}
	return status;
}
