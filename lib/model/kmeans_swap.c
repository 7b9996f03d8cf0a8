/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_run.h"
#include "model/nearest.h"
#include "value/rng.h"

/* How near to the best a repaired swap must come to be polished. */
#define NEAR_BEST 1.01

/* Of single moves; a pass costs a dozen of Lloyd's, and two or three do. */
#define PASSES 20

/*
 * Random swap (Franti 2018, "Efficiency of random swap clustering"): a random
 * centre goes to a random row, Lloyd repairs, the better solution stays.  In
 * three rounds of four the row is drawn by its squared distance to its centre,
 * as in k-means++: uniform draws hardly ever meet a few far rows that deserve a
 * centre of their own.
 */
struct swap {
	const struct kmeans_space *space;
	const struct kmeans_options *o;
	double *mass;   /* [n] w * squared distances, by the rows' own numbers */
	uint32_t *at;   /* [n] where a row is now; NULL: in its place */
	double total;
	uint32_t *label; /* [n] */
	struct kmeans_sums sums;
};

static void measure(struct swap *w, const struct kmeans_fit *fit)
{
	const struct kmeans_rows *r = w->space->rows;
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	for (size_t first = 0; first < r->n; first += KMEANS_BLOCK) {
		size_t n = r->n - first < KMEANS_BLOCK ? r->n - first : KMEANS_BLOCK;
		nearest_block(r->column, first, n, fit->centre, fit->k, r->d, label, squared);
		for (size_t i = 0; i < n; i++)
			w->mass[r->row ? r->row[first + i] : first + i] =
				r->weight ? squared[i] * r->weight[first + i] : squared[i];
	}
	w->total = 0;
	for (size_t i = 0; i < r->n; i++)
		w->total += w->mass[i];
}

static size_t draw(const struct swap *w, size_t round)
{
	size_t n = w->space->rows->n;
	double target, sum = 0;

	if (round % 4 == 3 || !(w->total > 0))
		return (size_t)rng_below(n, w->o->seed, RNG_KMEANS_SWAP, round, 0);
	target = rng_unit(w->o->seed, RNG_KMEANS_SWAP, round, 0) * w->total;
	for (size_t i = 0; i < n; i++) {
		sum += w->mass[i];
		if (target < sum)
			return i;
	}
	return n - 1;
}

/*
 * The centre that row x of weight w gains most by joining, with all centres at
 * their means, or its own: leaving saves m w / (m - w) times the squared
 * distance, joining costs m w / (m + w) times it (Hartigan 1975, chapter 4).
 */
static size_t best_centre(const struct swap *w, const double *centre, const double *x,
			  double weight, size_t own)
{
	const struct kmeans_sums *sums = &w->sums;
	size_t d = sums->d, best = own;
	double mass = kmeans_sums_mass(w->space, sums, own), least;

	if (sums->rows[own] < 2 || !(mass > weight))
		return own;
	/* A gain below the rounding of the two terms is none. */
	least = nearest_squared(x, centre + own * d, d) * mass * weight / (mass - weight) *
		(1 - 1e-12);
	for (size_t c = 0; c < sums->k; c++) {
		double cost;
		if (c == own)
			continue;
		mass = kmeans_sums_mass(w->space, sums, c);
		cost = nearest_squared(x, centre + c * d, d) * mass * weight / (mass + weight);
		if (cost < least) {
			least = cost;
			best = c;
		}
	}
	return best;
}

/* One pass of single moves over the rows in their own order; how many moved. */
static size_t move_rows(struct swap *w, double *centre, double *x)
{
	const struct kmeans_rows *rows = w->space->rows;
	size_t n_moved = 0, d = rows->d;

	for (size_t row = 0; row < rows->n; row++) {
		size_t i = w->at ? w->at[row] : row, own = w->label[i], best;
		double weight = rows->weight ? rows->weight[i] : 1;
		kmeans_row(rows, i, x);
		best = best_centre(w, centre, x, weight, own);
		if (best == own)
			continue;
		kmeans_sums_move(w->space, &w->sums, x, weight, own, best);
		kmeans_sums_mean(w->space, &w->sums, own, centre + own * d);
		kmeans_sums_mean(w->space, &w->sums, best, centre + best * d);
		w->label[i] = (uint32_t)best;
		n_moved++;
	}
	return n_moved;
}

static void keep_better(struct swap *w, struct kmeans_run *r, struct kmeans_fit *fit)
{
	if (r->inertia - r->off < fit->inertia)
		kmeans_run_measure(r);
	if (!(r->inertia < fit->inertia))
		return;
	memcpy(fit->centre, r->centre, fit->k * w->space->rows->d * sizeof *fit->centre);
	fit->inertia = r->inertia;
	fit->iterations += r->iterations;
	fit->stopped = r->stopped;
	measure(w, fit);
}

/*
 * Single rows change sides while that lowers the inertia: a fixed point of
 * Lloyd's need not be one of these moves.  Lloyd has the last word.  A run
 * that stopped short of a fixed point is left alone: iterations would do more
 * for it.
 */
static int polish(struct swap *w, struct kmeans_run *r)
{
	const struct kmeans_rows *rows = w->space->rows;
	bool moved = false;
	double *x;

	if (r->stopped != KMEANS_BY_LABELS)
		return 0;
	x = malloc(rows->d * sizeof *x);
	kmeans_sums_clear(&w->sums);
	if (!x || kmeans_lloyd(w->space, r->centre, &w->sums, 0, rows->n)) {
		free(x);
		return -1;
	}
	kmeans_label(rows, r->centre, r->k, 1, w->label);
	for (size_t c = 0; c < r->k; c++)
		if (w->sums.rows[c])
			kmeans_sums_mean(w->space, &w->sums, c, r->centre + c * rows->d);
	for (size_t i = 0; i < PASSES; i++) {
		if (move_rows(w, r->centre, x) == 0)
			break;
		moved = true;
	}
	free(x);
	if (moved) {
		r->iterations = 0;
		return kmeans_run(r);
	}
	r->off = r->space->off;
	kmeans_run_measure(r);
	return 0;
}

static int rounds(struct swap *w, struct kmeans_run *r, struct kmeans_fit *fit)
{
	const struct kmeans_rows *rows = w->space->rows;
	size_t d = rows->d;

	memcpy(r->centre, fit->centre, fit->k * d * sizeof *fit->centre);
	r->inertia = fit->inertia;
	r->stopped = fit->stopped;
	if (polish(w, r))
		return -1;
	keep_better(w, r, fit);
	measure(w, fit);
	for (size_t i = 0; i < w->o->swaps; i++) {
		size_t c = (size_t)rng_below(fit->k, w->o->seed, RNG_KMEANS_SWAP, i, 1);
		size_t row = draw(w, i);
		memcpy(r->centre, fit->centre, fit->k * d * sizeof *fit->centre);
		kmeans_row(rows, w->at ? w->at[row] : row, r->centre + c * d);
		r->iterations = 0;
		if (kmeans_run(r))
			return -1;
		if (r->inertia < NEAR_BEST * fit->inertia && polish(w, r))
			return -1;
		keep_better(w, r, fit);
	}
	return 0;
}

int kmeans_swap(const struct kmeans_space *s, const struct kmeans_tree *tree, bool bounded,
		const struct kmeans_options *o, struct kmeans_fit *fit)
{
	size_t n = s->rows->n;
	struct swap w = { .space = s, .o = o, .mass = malloc(n * sizeof *w.mass),
			  .label = malloc(n * sizeof *w.label) };
	struct kmeans_run r = { .space = s, .tree = tree, .bounded = bounded, .o = o,
				.k = fit->k, .tol = o->tol, .threads = bounded ? o->threads : 1,
				.centre = malloc(fit->k * s->rows->d * sizeof *r.centre) };
	int status = kmeans_sums_init(&w.sums, fit->k, s->rows->d);

	if (s->rows->row)
		w.at = malloc(n * sizeof *w.at);
	if (!w.mass || !w.label || !r.centre || (s->rows->row && !w.at))
		status = -1;
	if (!status) {
		for (size_t i = 0; w.at && i < n; i++)
			w.at[s->rows->row[i]] = (uint32_t)i;
		status = rounds(&w, &r, fit);
	}
	kmeans_sums_free(&w.sums);
	free(w.mass);
	free(w.label);
	free(w.at);
	free(r.centre);
	return status;
}
