/* SPDX-License-Identifier: MIT */
#include "model/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "model/kmeans_order.h"
#include "model/kmeans_run.h"
#include "model/nearest.h"

/* Swaps of several k go side by side while they hold no more rows than this. */
#define SWAP_ROWS ((size_t)1 << 20)

/* Neither the k-d tree, of as few columns as an order, nor bounds pay with fewer rows. */
#define FEW_ROWS 2048

/*
 * Cycles a row that a pass row by row takes, d columns and k centres, are about
 * 4 + 2 d + k d / 4, and twice that where the rows are not in the cache; building
 * the tree on rows that are in order takes less than 180, and passes over it hardly
 * any.  Iterations are guessed.
 */
#define TREE_WORK 180
#define RUN_PASSES 15
#define SWAP_PASSES 6

/* Rows that no cache holds from one run's pass to the next; with fewer, runs side by
 * side take 3 to 10 % more. */
#define TOGETHER_ROWS ((size_t)1 << 21)

/* Many rows with few passes to come: a tree of large leaves. */
#define MANY_ROWS ((size_t)1 << 17)
#define FEW_PASSES 60

struct sweep {
	struct kmeans_rows *rows;
	struct kmeans_space space;
	struct kmeans_order order; /* of the rows, if they have one */
	struct kmeans_tree *tree;
	bool bounded;       /* then one run at a time: each holds bounds of its own */
	const struct kmeans_options *o;
	size_t k_first, k_last, restarts;
	size_t width;       /* of one restart's seeds for all k */
	double *seed;       /* [restarts][width]; after the runs the final centres */
	struct kmeans_run *run; /* [k][restarts] */
	enum kmeans_status status;
	size_t n_distinct;
	struct kmeans_fit *fit;
};

const char *kmeans_algorithm_name(enum kmeans_algorithm algorithm)
{
	static const char *const name[] = { "auto", "lloyd", "hamerly", "kdtree" };

	return name[algorithm];
}

const char *kmeans_stop_name(enum kmeans_stop stop)
{
	static const char *const name[] = { "labels", "shift", "iterations" };

	return name[stop];
}

/* Over the rows, of one k. */
static double passes(const struct kmeans_options *o)
{
	double restarts = o->init == KMEANS_GIVEN ? 1 : (double)o->restarts;

	return restarts * RUN_PASSES + (double)o->swaps * SWAP_PASSES;
}

enum kmeans_algorithm kmeans_choose(const struct kmeans_options *o, size_t n, size_t d,
				    size_t k_first, size_t k_last)
{
	double work = 0;

	if (o->algorithm != KMEANS_AUTO)
		return o->algorithm;
	if (n < FEW_ROWS)
		return KMEANS_LLOYD;
	if (d > KMEANS_ORDER_COLUMNS)
		return KMEANS_HAMERLY;
	for (size_t k = k_first; k <= k_last && work < TREE_WORK; k++)
		work += passes(o) * (4 + 2 * (double)d + (double)(k * d) / 4);
	return work < TREE_WORK ? KMEANS_LLOYD : KMEANS_KDTREE;
}

void kmeans_fit_free(struct kmeans_fit *fit)
{
	free(fit->centre);
	free(fit->trace);
	*fit = (struct kmeans_fit){ 0 };
}

struct labelling {
	const struct kmeans_rows *rows;
	const double *centre;
	size_t k, n_chunks;
	uint32_t *label;
	struct exact *sum; /* [n_chunks] */
};

static void label_chunk(void *ctx, size_t chunk)
{
	struct labelling *l = ctx;
	const struct kmeans_rows *r = l->rows;
	size_t share = (r->n + l->n_chunks - 1) / l->n_chunks, first = chunk * share;
	size_t end = first + share < r->n ? first + share : r->n;
	uint32_t block[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	for (; first < end; first += KMEANS_BLOCK) {
		size_t n = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		nearest_block(r->column, first, n, l->centre, l->k, r->d,
			      l->label ? l->label + first : block, squared);
		for (size_t i = 0; r->weight && i < n; i++)
			squared[i] *= r->weight[first + i];
		exact_add_many(&l->sum[chunk], squared, n);
	}
}

double kmeans_label(const struct kmeans_rows *rows, const double *centre, size_t k, int threads,
		    uint32_t *label)
{
	struct exact sum[64] = { { { 0 }, 0, 0 } };
	size_t n_chunks = threads < 1 ? 1 : threads > 64 ? 64 : (size_t)threads;
	struct labelling l = { rows, centre, k, n_chunks, label, sum };

	par_for(threads, n_chunks, label_chunk, &l);
	for (size_t i = 1; i < n_chunks; i++)
		exact_merge(&sum[0], &sum[i]);
	return exact_round(&sum[0]);
}

/* Where the centres of one k start within a restart's. */
static size_t offset_of(const struct sweep *s, size_t k)
{
	return (k * (k - 1) - s->k_first * (s->k_first - 1)) / 2 * s->rows->d;
}

static enum kmeans_status seed_all(struct sweep *s)
{
	if (s->o->init == KMEANS_GIVEN) {
		memcpy(s->seed, s->o->given, s->k_first * s->rows->d * sizeof *s->seed);
		return kmeans_distinct(s->rows, s->k_first, &s->n_distinct);
	}
	if (s->o->init == KMEANS_PARALLEL)
		return kmeans_seed_parallel(&s->space, s->o, s->restarts, s->k_first, s->k_last,
					    s->seed, s->width, &s->n_distinct);
	return kmeans_seed(&s->space, s->o, 0, s->restarts, s->k_first, s->k_last, s->seed,
			   s->width, &s->n_distinct);
}

static void run_worker(void *ctx, size_t i)
{
	struct sweep *s = ctx;

	if (kmeans_run(&s->run[i]))
		__atomic_store_n(&s->status, KMEANS_NO_MEMORY, __ATOMIC_RELAXED);
}

/* Every (k, restart) is a run; the costly ones, of large k, go first. */
static enum kmeans_status run_all(struct sweep *s)
{
	size_t n_k = s->k_last - s->k_first + 1, n_runs = n_k * s->restarts;
	int threads = s->o->threads;
	bool together = s->tree && s->rows->n >= TOGETHER_ROWS;
	bool apart = together || (!s->bounded && n_runs >= (size_t)threads);

	for (size_t i = 0; i < n_runs; i++) {
		size_t k = s->k_last - i / s->restarts, restart = i % s->restarts;
		struct kmeans_run *r = &s->run[i];
		*r = (struct kmeans_run){
			.space = &s->space, .tree = s->tree, .bounded = s->bounded, .o = s->o,
			.k = k, .tol = s->o->tol, .threads = apart ? 1 : threads,
			.restart = restart + 1,
			.centre = s->seed + restart * s->width + offset_of(s, k),
		};
		if (!s->o->trace)
			continue;
		r->trace = malloc((size_t)s->o->max_iterations * sizeof *r->trace);
		if (!r->trace)
			return KMEANS_NO_MEMORY;
	}
	if (together)
		return kmeans_runs(s->run, n_runs, threads) ? KMEANS_NO_MEMORY : KMEANS_OK;
	par_for(apart ? threads : 1, n_runs, run_worker, s);
	return s->status;
}

/*
 * The best of several goes on to a hundredth of the tolerance: the restarts
 * stop early so that they can be compared cheaply, the one that is kept need not.
 */
static int finish_best(const struct sweep *s, struct kmeans_run *best)
{
	if (s->restarts < 2 || best->stopped != KMEANS_BY_SHIFT)
		return 0;
	best->tol = s->o->tol / 100;
	if (kmeans_run(best))
		return -1;
	if (best->stopped == KMEANS_BY_ITERATIONS)
		best->stopped = KMEANS_BY_SHIFT;
	return 0;
}

/*
 * The best of the restarts, the lowest of equals.  Those that may be it are
 * measured: mostly there is one, and its inertia does not matter yet.
 */
static struct kmeans_run *best_of(struct kmeans_run *run, size_t n, int threads)
{
	double least = (double)INFINITY;
	struct kmeans_run *best = NULL;
	size_t n_near = 0;

	for (size_t r = 0; r < n; r++) {
		run[r].threads = threads;
		least = fmin(least, run[r].inertia + run[r].off);
	}
	for (size_t r = 0; r < n; r++)
		n_near += run[r].inertia - run[r].off <= least;
	for (size_t r = 0; r < n; r++) {
		if (!(run[r].inertia - run[r].off <= least))
			continue;
		if (n_near > 1)
			kmeans_run_measure(&run[r]);
		if (!best || run[r].inertia < best->inertia)
			best = &run[r];
	}
	return best;
}

/* The k-th fit: the best run, then the swaps. */
static void finish_worker(void *ctx, size_t i)
{
	struct sweep *s = ctx;
	size_t k = s->k_last - i, d = s->rows->d, n_trace = 0;
	size_t n_k = s->k_last - s->k_first + 1, threads = (size_t)s->o->threads;
	struct kmeans_run *run = &s->run[i * s->restarts];
	struct kmeans_run *best = best_of(run, s->restarts, (int)(s->bounded ? threads
				: threads > n_k ? threads / n_k : 1));
	struct kmeans_fit *fit = &s->fit[k - s->k_first];

	if (finish_best(s, best)) {
		__atomic_store_n(&s->status, KMEANS_NO_MEMORY, __ATOMIC_RELAXED);
		return;
	}
	kmeans_run_measure(best);
	for (size_t r = 0; r < s->restarts; r++)
		n_trace += run[r].n_trace;
	*fit = (struct kmeans_fit){ .k = k, .centre = malloc(k * d * sizeof(double)),
				    .inertia = best->inertia, .iterations = best->iterations,
				    .stopped = best->stopped };
	if (n_trace)
		fit->trace = malloc(n_trace * sizeof *fit->trace);
	if (!fit->centre || (n_trace && !fit->trace)) {
		__atomic_store_n(&s->status, KMEANS_NO_MEMORY, __ATOMIC_RELAXED);
		return;
	}
	memcpy(fit->centre, best->centre, k * d * sizeof(double));
	for (size_t r = 0; fit->trace && r < s->restarts; r++) {
		memcpy(fit->trace + fit->n_trace, run[r].trace,
		       run[r].n_trace * sizeof *fit->trace);
		fit->n_trace += run[r].n_trace;
	}
	if (s->o->swaps && kmeans_swap(&s->space, s->tree, s->bounded, s->o, fit))
		__atomic_store_n(&s->status, KMEANS_NO_MEMORY, __ATOMIC_RELAXED);
}

/* Numbers are needed to put the rows back, and for swaps, which draw by them. */
static int order(struct sweep *s)
{
	bool may_move = s->o->rows_may_move;

	return kmeans_order(&s->order, s->rows, !may_move || s->o->swaps, may_move, s->o->threads);
}

/*
 * Seeds are drawn by places, so that the order depends on the rows alone; k-means||
 * draws by keys and numbers, and is done before.
 */
static enum kmeans_status order_and_seed(struct sweep *s, bool tree)
{
	enum kmeans_init init = s->o->init;
	bool by_place = init == KMEANS_PLUSPLUS || init == KMEANS_RANDOM;
	bool early = by_place && s->rows->d <= KMEANS_ORDER_COLUMNS && s->rows->n >= FEW_ROWS;
	enum kmeans_status status = KMEANS_OK;

	if (early && (order(s) || kmeans_space_boxes(&s->space, s->o->threads)))
		return KMEANS_NO_MEMORY;
	status = seed_all(s);
	return status == KMEANS_OK && tree && !early && order(s) ? KMEANS_NO_MEMORY : status;
}

static enum kmeans_status sweep(struct sweep *s)
{
	size_t n_k = s->k_last - s->k_first + 1;
	enum kmeans_algorithm algorithm = kmeans_choose(s->o, s->rows->n, s->rows->d,
							s->k_first, s->k_last);
	enum kmeans_status status = order_and_seed(s, algorithm == KMEANS_KDTREE);
	int threads = s->o->threads;

	if (status != KMEANS_OK)
		return status;
	s->bounded = algorithm == KMEANS_HAMERLY;
	if (algorithm == KMEANS_KDTREE) {
		bool few = s->rows->n >= MANY_ROWS && passes(s->o) * (double)n_k <= FEW_PASSES;
		s->tree = kmeans_tree_build(&s->space, s->rows, &s->order, !few, s->o->threads);
		if (!s->tree)
			return KMEANS_NO_MEMORY;
	}
	status = run_all(s);
	if (status != KMEANS_OK)
		return status;
	/* Swaps hold 16 bytes a row for each k at work. */
	if (s->bounded)
		threads = 1;
	while (threads > 1 && s->o->swaps && (size_t)threads * s->rows->n > SWAP_ROWS)
		threads--;
	par_for(threads, n_k, finish_worker, s);
	return s->status;
}

enum kmeans_status kmeans_sweep(struct kmeans_rows *rows, size_t k_first, size_t k_last,
				const struct kmeans_options *o, struct kmeans_fit *fit,
				size_t *n_distinct)
{
	struct sweep s = { .rows = rows, .o = o, .k_first = k_first, .k_last = k_last,
			   .restarts = o->init == KMEANS_GIVEN ? 1 : o->restarts, .fit = fit };
	size_t n_runs = (k_last - k_first + 1) * s.restarts;
	enum kmeans_status status;

	memset(fit, 0, (k_last - k_first + 1) * sizeof *fit);
	s.width = offset_of(&s, k_last + 1);
	status = kmeans_space_init(&s.space, rows, o->threads);
	if (status != KMEANS_OK)
		return status;
	s.seed = malloc(s.restarts * s.width * sizeof *s.seed);
	s.run = calloc(n_runs, sizeof *s.run);
	status = s.seed && s.run ? sweep(&s) : KMEANS_NO_MEMORY;
	if (rows->row && !o->rows_may_move && kmeans_order_undo(rows, o->threads))
		status = KMEANS_NO_MEMORY;
	*n_distinct = s.n_distinct;
	for (size_t i = 0; s.run && i < n_runs; i++)
		free(s.run[i].trace);
	kmeans_tree_free(s.tree);
	kmeans_order_free(&s.order);
	kmeans_space_free(&s.space);
	free(s.seed);
	free(s.run);
	return status;
}
