/* SPDX-License-Identifier: MIT */
#include "model/kmeans_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_bounds.h"
#include "model/kmeans_tree.h"
#include "model/nearest.h"

/* Runs whose passes over a part of the tree follow each other, while it is in the cache. */
#define TOGETHER 16

/* A run under way. */
struct course {
	struct kmeans_run *run;
	struct kmeans_sums *sums; /* [workers] of a pass */
	size_t n_workers;
	struct kmeans_bounds *bounds;
	double *mean;             /* [d] scratch */
	bool stopped;             /* the centres are final: a last pass is for their inertia */
	bool done;
	int failed;
};

static void pass_worker(void *ctx, size_t i)
{
	struct course *c = ctx;
	const struct kmeans_run *r = c->run;
	size_t n = r->space->rows->n, share = n / c->n_workers;

	if (c->bounds)
		kmeans_bounds_pass(c->bounds, i, &c->sums[i]);
	else if (kmeans_lloyd(r->space, r->centre, &c->sums[i], i * share,
			      i + 1 == c->n_workers ? n - i * share : share))
		__atomic_store_n(&c->failed, 1, __ATOMIC_RELAXED);
}

/* Labels all rows, row by row. */
static void pass(struct course *c)
{
	if (c->bounds)
		kmeans_bounds_move(c->bounds, c->run->centre);
	par_for((int)c->n_workers, c->n_workers, pass_worker, c);
}

/*
 * The inertia of the centres as they are from the sums of their rows: with
 * squares about a point m, of a row sum S and mass W about it, and a centre c,
 * sum w |x - c|^2 = sum w |x - m|^2 - (c - m) (2 S - W (c - m)).
 */
static double inertia_of(const struct kmeans_run *r, const struct kmeans_sums *sums)
{
	const struct kmeans_space *s = r->space;
	size_t d = sums->d;
	double less = 0;

	for (size_t c = 0; c < r->k; c++) {
		const dec_wide *sum = sums->sum + c * (d + 1);
		double mass = kmeans_sums_mass(s, sums, c);
		for (size_t j = 0; j < d; j++) {
			double off = r->centre[c * d + j] - s->middle[j];
			double about = (double)sum[j] * s->unit[j].unit +
				       mass * (s->unit[j].shift - s->middle[j]);
			less += off * (2 * about - mass * off);
		}
	}
	return s->squares - less;
}

/* Of two rows equally far away the one with the larger values, so that the
 * choice does not depend on the order of the rows. */
static bool larger_row(const struct kmeans_rows *rows, size_t a, size_t b)
{
	for (size_t j = 0; j < rows->d; j++)
		if (rows->column[j][a] != rows->column[j][b])
			return rows->column[j][a] > rows->column[j][b];
	return false;
}

/*
 * The row farthest from its own of centre[0..n_centres), but for rows that
 * are alone with their centre; *label is its centre, *squared its distance.
 */
static size_t farthest(const struct kmeans_run *r, const double *centre, size_t n_centres,
		       const struct kmeans_sums *sums, size_t *label, double *squared)
{
	const struct kmeans_rows *rows = r->space->rows;
	uint32_t block_label[KMEANS_BLOCK];
	double block_squared[KMEANS_BLOCK];
	size_t best = SIZE_MAX;

	for (size_t first = 0; first < rows->n; first += KMEANS_BLOCK) {
		size_t n = rows->n - first < KMEANS_BLOCK ? rows->n - first : KMEANS_BLOCK;
		nearest_block(rows->column, first, n, centre, n_centres, rows->d, block_label,
			      block_squared);
		for (size_t i = 0; i < n; i++) {
			bool taken = block_label[i] >= r->k || sums->rows[block_label[i]] < 2;
			if (taken || (best != SIZE_MAX && (block_squared[i] < *squared ||
			    (block_squared[i] == *squared && !larger_row(rows, first + i, best)))))
				continue;
			best = first + i;
			*label = block_label[i];
			*squared = block_squared[i];
		}
	}
	return best;
}

/*
 * Each empty centre takes the row farthest from its own centre; rows taken
 * act as further centres while the next one is looked for.
 */
static int fill_empty(const struct kmeans_run *r, struct kmeans_sums *sums, bool *filled)
{
	const struct kmeans_rows *rows = r->space->rows;
	size_t d = rows->d, n_taken = 0;
	double *all = NULL;

	for (size_t c = 0; c < r->k; c++) {
		size_t row, label = 0;
		double squared = 0;
		if (sums->rows[c] > 0)
			continue;
		if (!all) {
			all = malloc(2 * r->k * d * sizeof *all);
			if (!all)
				return -1;
			memcpy(all, r->centre, r->k * d * sizeof *all);
		}
		row = farthest(r, all, r->k + n_taken, sums, &label, &squared);
		if (row == SIZE_MAX || !(squared > 0))
			break;
		kmeans_row(rows, row, all + (r->k + n_taken) * d);
		kmeans_sums_move(r->space, sums, all + (r->k + n_taken) * d,
				 rows->weight ? rows->weight[row] : 1, label, c);
		n_taken++;
	}
	*filled = n_taken > 0;
	free(all);
	return 0;
}

/* Moves the centres to the means; the sum of squared shifts, and the largest one. */
static double move(const struct kmeans_run *r, const struct kmeans_sums *sums, double *mean,
		   double *largest)
{
	size_t d = r->space->rows->d;
	double total = 0;

	*largest = 0;
	for (size_t c = 0; c < r->k; c++) {
		double *centre = r->centre + c * d, squared;
		if (sums->rows[c] == 0)
			continue;
		kmeans_sums_mean(r->space, sums, c, mean);
		squared = nearest_squared(centre, mean, d);
		total += squared;
		*largest = squared > *largest ? squared : *largest;
		memcpy(centre, mean, d * sizeof *mean);
	}
	*largest = sqrt(*largest);
	return total;
}

/* The sums are of the nearest-centre labels of the final centres. */
static void conclude(struct course *c)
{
	c->run->inertia = inertia_of(c->run, &c->sums[0]);
	c->run->off = c->run->space->off;
	c->done = true;
}

/* After a pass. */
static void advance(struct course *c)
{
	struct kmeans_run *r = c->run;
	double total, largest, limit = r->tol * r->space->mean_variance;
	bool filled = false;

	for (size_t i = 1; i < c->n_workers; i++)
		kmeans_sums_add(&c->sums[0], &c->sums[i]);
	if (c->stopped) {
		conclude(c);
		return;
	}
	r->iterations++;
	if (fill_empty(r, &c->sums[0], &filled)) {
		c->failed = 1;
		return;
	}
	if (r->trace)
		r->trace[r->n_trace] = (struct kmeans_trace){
			r->restart, r->iterations,
			kmeans_label(r->space->rows, r->centre, r->k, r->threads, NULL), 0 };
	total = move(r, &c->sums[0], c->mean, &largest);
	if (r->trace)
		r->trace[r->n_trace++].largest_shift = largest;
	r->stopped = total == 0 ? KMEANS_BY_LABELS
		   : total <= limit ? KMEANS_BY_SHIFT : KMEANS_BY_ITERATIONS;
	c->stopped = r->stopped != KMEANS_BY_ITERATIONS || r->iterations >= r->o->max_iterations;
	if (total == 0 && !filled)
		conclude(c);
}

static void course_close(struct course *c)
{
	for (size_t i = 0; c->sums && i < c->n_workers; i++)
		kmeans_sums_free(&c->sums[i]);
	kmeans_bounds_free(c->bounds);
	free(c->sums);
	free(c->mean);
	*c = (struct course){ 0 };
}

static int course_open(struct course *c, struct kmeans_run *r, size_t n_workers)
{
	size_t d = r->space->rows->d;
	int status;

	*c = (struct course){ .run = r, .n_workers = n_workers, .mean = malloc(d * sizeof *c->mean),
			      .sums = calloc(n_workers, sizeof *c->sums) };
	status = c->mean && c->sums ? 0 : -1;
	if (r->bounded) {
		c->bounds = kmeans_bounds_open(r->space, r->k, n_workers);
		status = c->bounds ? status : -1;
	}
	for (size_t i = 0; !status && i < n_workers; i++)
		status = kmeans_sums_init(&c->sums[i], r->k, d);
	if (r->iterations >= r->o->max_iterations) {
		r->stopped = KMEANS_BY_ITERATIONS;
		c->stopped = true;
	}
	if (status)
		course_close(c);
	return status;
}

static void clear(struct course *c)
{
	for (size_t i = 0; i < c->n_workers; i++)
		kmeans_sums_clear(&c->sums[i]);
}

static int run_by_rows(struct kmeans_run *r)
{
	struct course c;
	int failed;

	if (course_open(&c, r, r->threads > 1 ? (size_t)r->threads : 1))
		return -1;
	while (!c.done && !c.failed) {
		clear(&c);
		pass(&c);
		if (!c.failed)
			advance(&c);
	}
	failed = c.failed;
	course_close(&c);
	return failed ? -1 : 0;
}

/* Runs that pass over the tree together. */
struct group {
	struct course course[TOGETHER];
	size_t n, n_workers;
	int failed;
};

/* Every n_workers-th part of the tree. */
static void walk_worker(void *ctx, size_t worker)
{
	struct group *g = ctx;
	const struct kmeans_tree *t = g->course[0].run->tree;
	struct kmeans_filter *filter[TOGETHER] = { NULL };
	bool failed = false;

	for (size_t i = 0; i < g->n; i++) {
		const struct kmeans_run *r = g->course[i].run;
		filter[i] = kmeans_filter_open(t, r->space, r->centre, &g->course[i].sums[worker]);
		failed |= !filter[i];
	}
	for (size_t part = worker; !failed && part < t->n_parts; part += g->n_workers)
		for (size_t i = 0; i < g->n; i++)
			kmeans_filter_part(filter[i], part);
	for (size_t i = 0; i < g->n; i++)
		kmeans_filter_close(filter[i]);
	if (failed)
		__atomic_store_n(&g->failed, 1, __ATOMIC_RELAXED);
}

static void advance_one(void *ctx, size_t i)
{
	struct group *g = ctx;

	advance(&g->course[i]);
}

/* Those that are done leave the group. */
static void leave(struct group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		g->failed |= g->course[i].failed;
		if (g->course[i].done)
			course_close(&g->course[i]);
		else
			g->course[n++] = g->course[i];
	}
	g->n = n;
}

int kmeans_runs(struct kmeans_run *run, size_t n, int threads)
{
	struct group g = { .n = 0, .n_workers = threads > 1 ? (size_t)threads : 1 };

	for (size_t next = 0; !g.failed && (g.n || next < n);) {
		while (!g.failed && g.n < TOGETHER && next < n) {
			g.failed = course_open(&g.course[g.n], &run[next++], g.n_workers);
			g.n += !g.failed;
		}
		for (size_t i = 0; i < g.n; i++)
			clear(&g.course[i]);
		if (!g.failed)
			par_for(threads, g.n_workers, walk_worker, &g);
		if (!g.failed)
			par_for(threads, g.n, advance_one, &g);
		leave(&g);
	}
	for (size_t i = 0; i < g.n; i++)
		course_close(&g.course[i]);
	return g.failed ? -1 : 0;
}

int kmeans_run(struct kmeans_run *r)
{
	return r->tree ? kmeans_runs(r, 1, r->threads) : run_by_rows(r);
}

void kmeans_run_measure(struct kmeans_run *r)
{
	if (r->off > 0)
		r->inertia = kmeans_label(r->space->rows, r->centre, r->k, r->threads, NULL);
	r->off = 0;
}
