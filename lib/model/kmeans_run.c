/* SPDX-License-Identifier: MIT */
#include "model/kmeans_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_bounds.h"
#include "model/nearest.h"

struct pass {
	const struct kmeans_run *run;
	struct kmeans_sums *sums; /* [workers] */
	size_t n_workers;
	struct kmeans_bounds *bounds;
	bool known; /* sums[0] is of the nearest-centre labels of the centres as they are */
	int failed;
};

static void pass_worker(void *ctx, size_t i)
{
	struct pass *p = ctx;
	const struct kmeans_run *r = p->run;
	size_t n = r->space->rows->n, share = n / p->n_workers;
	int status = 0;

	if (p->bounds)
		kmeans_bounds_pass(p->bounds, i, &p->sums[i]);
	else if (r->tree)
		status = kmeans_tree_pass(r->tree, r->space, r->centre, &p->sums[i], i,
					  p->n_workers);
	else
		status = kmeans_lloyd(r->space, r->centre, &p->sums[i], i * share,
				      i + 1 == p->n_workers ? n - i * share : share);
	if (status)
		__atomic_store_n(&p->failed, 1, __ATOMIC_RELAXED);
}

/* Labels all rows; their sums end in p->sums[0]. */
static int pass_all(struct pass *p)
{
	for (size_t i = 0; i < p->n_workers; i++)
		kmeans_sums_clear(&p->sums[i]);
	if (p->bounds)
		kmeans_bounds_move(p->bounds, p->run->centre);
	par_for((int)p->n_workers, p->n_workers, pass_worker, p);
	for (size_t i = 1; i < p->n_workers; i++)
		kmeans_sums_add(&p->sums[0], &p->sums[i]);
	return p->failed ? -1 : 0;
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

static void row_of(const struct kmeans_rows *rows, size_t i, double *x)
{
	for (size_t j = 0; j < rows->d; j++)
		x[j] = rows->column[j][i];
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
		row_of(rows, row, all + (r->k + n_taken) * d);
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

static int iterate(struct kmeans_run *r, struct pass *p, double *mean)
{
	const struct kmeans_rows *rows = r->space->rows;
	double limit = r->tol * r->space->mean_variance;

	r->stopped = KMEANS_BY_ITERATIONS;
	while (r->iterations < r->o->max_iterations) {
		double total, largest;
		bool filled;
		r->iterations++;
		if (pass_all(p) || fill_empty(r, &p->sums[0], &filled))
			return -1;
		if (r->trace)
			r->trace[r->n_trace] = (struct kmeans_trace){
				r->restart, r->iterations,
				kmeans_label(rows, r->centre, r->k, r->threads, NULL), 0 };
		total = move(r, &p->sums[0], mean, &largest);
		if (r->trace)
			r->trace[r->n_trace++].largest_shift = largest;
		p->known = total == 0 && !filled;
		if (total == 0) {
			r->stopped = KMEANS_BY_LABELS;
			return 0;
		}
		if (total <= limit) {
			r->stopped = KMEANS_BY_SHIFT;
			return 0;
		}
	}
	return 0;
}

int kmeans_run(struct kmeans_run *r)
{
	const struct kmeans_rows *rows = r->space->rows;
	struct pass p = { .run = r, .n_workers = r->threads > 1 ? (size_t)r->threads : 1 };
	double *mean = malloc(rows->d * sizeof *mean);
	int status = mean ? 0 : -1;

	p.sums = calloc(p.n_workers, sizeof *p.sums);
	if (r->bounded)
		p.bounds = kmeans_bounds_open(r->space, r->k, p.n_workers);
	if (!p.sums || (r->bounded && !p.bounds))
		status = -1;
	for (size_t i = 0; !status && i < p.n_workers; i++)
		status = kmeans_sums_init(&p.sums[i], r->k, rows->d);
	if (!status)
		status = iterate(r, &p, mean);
	if (!status && !p.known)
		status = pass_all(&p);
	if (!status) {
		r->inertia = inertia_of(r, &p.sums[0]);
		r->off = r->space->off;
	}
	for (size_t i = 0; p.sums && i < p.n_workers; i++)
		kmeans_sums_free(&p.sums[i]);
	kmeans_bounds_free(p.bounds);
	free(p.sums);
	free(mean);
	return status;
}

void kmeans_run_measure(struct kmeans_run *r)
{
	if (r->off > 0)
		r->inertia = kmeans_label(r->space->rows, r->centre, r->k, r->threads, NULL);
	r->off = 0;
}
