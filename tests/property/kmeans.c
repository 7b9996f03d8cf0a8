/* SPDX-License-Identifier: MIT */
#include "model/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_order.h"
#include "model/kmeans_run.h"
#include "model/kmeans_tree.h"
#include "model/nearest.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

/* Problems are made from their number alone. */
struct problem {
	struct kmeans_rows rows;
	uint64_t number;
	size_t k;
};

static double unit(uint64_t number, size_t i, uint32_t j)
{
	return rng_unit(number, RNG_TEST, i, j);
}

/*
 * Half of the problems are integer grids full of ties and duplicates; some lie
 * 1e8 from the origin, some have far outliers, some weights, some constant
 * columns.
 */
static void make(struct problem *p, uint64_t number, size_t n, size_t d, size_t k)
{
	double offset = number % 5 == 1 ? 1e8 : 0;

	*p = (struct problem){ { .n = n, .d = d, .column = malloc(d * sizeof(double *)) },
			       number, k };
	for (size_t j = 0; j < d; j++) {
		p->rows.column[j] = malloc(n * sizeof(double));
		for (size_t i = 0; i < n; i++) {
			double x = unit(number, i, (uint32_t)j);
			x = number % 2 ? floor(6 * x) : 10 * x * x * x - 3;
			if (number % 7 == 3 && i % 97 == 0)
				x *= 1e6;
			if (number % 11 == 5 && j == 1)
				x = 0.1;
			p->rows.column[j][i] = x + offset;
		}
	}
	if (number % 3 == 2) {
		p->rows.weight = malloc(n * sizeof(double));
		for (size_t i = 0; i < n; i++)
			p->rows.weight[i] = 0.01 + unit(number, i, 99);
	}
}

static void drop(struct problem *p)
{
	for (size_t j = 0; j < p->rows.d; j++)
		free(p->rows.column[j]);
	free(p->rows.column);
	free(p->rows.weight);
}

static struct kmeans_options options(enum kmeans_algorithm algorithm, int threads)
{
	return (struct kmeans_options){ .init = KMEANS_PLUSPLUS, .restarts = 3, .seed = 7,
					.max_iterations = 300, .algorithm = algorithm,
					.threads = threads };
}

static bool same_bits(const struct kmeans_fit *a, const struct kmeans_fit *b, size_t d)
{
	return a->k == b->k && a->iterations == b->iterations && a->inertia == b->inertia &&
	       memcmp(a->centre, b->centre, a->k * d * sizeof(double)) == 0;
}

/* By one algorithm and so many threads; whether status and fit are Lloyd's. */
static bool same_as(const struct problem *p, const struct kmeans_options *lloyd,
		    enum kmeans_status status, const struct kmeans_fit *fit,
		    enum kmeans_algorithm algorithm, int threads)
{
	struct kmeans_options o = *lloyd;
	struct kmeans_rows rows = p->rows;
	struct kmeans_fit other[1];
	size_t distinct = 0;
	bool same;

	o.algorithm = algorithm;
	o.threads = threads;
	same = kmeans_sweep(&rows, p->k, p->k, &o, other, &distinct) == status;
	same = same && (status != KMEANS_OK || same_bits(fit, other, rows.d));
	kmeans_fit_free(other);
	return same;
}

static void all_are_lloyd(void)
{
	size_t bad = 0, n_fitted = 0;

	for (uint64_t number = 0; n_fitted < 500 && number < 1000; number++) {
		struct problem p;
		struct kmeans_fit fit[1];
		struct kmeans_options o = options(KMEANS_LLOYD, 1);
		size_t distinct = 0, d = number % 10 ? 1 + number % 5 : 9 + number % 13;
		size_t k = number % 23 ? 1 + number % 9 : 21;
		enum kmeans_status status;
		make(&p, number, (number % 50 == 9 ? 2100 : 40) + (number * 37) % 1100, d, k);
		o.init = number % 4 ? KMEANS_PLUSPLUS : KMEANS_RANDOM;
		o.swaps = number % 6 == 0 ? 4 : 0;
		o.tol = number % 8 == 3 ? 1e-4 : 0;
		status = kmeans_sweep(&p.rows, k, k, &o, fit, &distinct);
		n_fitted += status == KMEANS_OK;
		bad += !same_as(&p, &o, status, fit, KMEANS_KDTREE, 1) ||
		       !same_as(&p, &o, status, fit, KMEANS_KDTREE, 3) ||
		       !same_as(&p, &o, status, fit, KMEANS_HAMERLY, 1) ||
		       !same_as(&p, &o, status, fit, KMEANS_HAMERLY, 3);
		kmeans_fit_free(fit);
		drop(&p);
	}
	tap_ok(bad == 0 && n_fitted == 500,
	       "k-d tree, Hamerly, Lloyd, 1 and 3 threads: same bits on %zu problems (%zu differ)",
	       n_fitted, bad);
}

/* A run from the first rows that stops early: its inertia from sums, and row by row. */
static bool near_exact(const struct problem *p, int64_t max_iterations, double *share)
{
	struct kmeans_options o = options(KMEANS_LLOYD, 1);
	struct kmeans_space space;
	struct kmeans_run run = { .space = &space, .o = &o, .k = p->k, .threads = 1 };
	double from_sums, off;

	o.max_iterations = max_iterations;
	run.centre = malloc(p->k * p->rows.d * sizeof *run.centre);
	for (size_t c = 0; c < p->k; c++)
		for (size_t j = 0; j < p->rows.d; j++)
			run.centre[c * p->rows.d + j] = p->rows.column[j][c];
	if (kmeans_space_init(&space, &p->rows, 1) || kmeans_run(&run))
		return false;
	from_sums = run.inertia;
	off = run.off;
	kmeans_run_measure(&run);
	*share = off > 0 ? fabs(run.inertia - from_sums) / off : 0;
	kmeans_space_free(&space);
	free(run.centre);
	return fabs(run.inertia - from_sums) <= off && run.off == 0;
}

static void inertia_from_sums(void)
{
	size_t bad = 0;
	double most = 0;

	for (uint64_t number = 0; number < 600; number++) {
		struct problem p;
		double share = 0;
		make(&p, number, 40 + (number * 37) % 1100, 1 + number % 5, 1 + number % 9);
		bad += !near_exact(&p, 1 + (int64_t)(number % 40), &share);
		most = share > most ? share : most;
		drop(&p);
	}
	tap_ok(bad == 0 && most > 1e-6,
	       "the inertia from sums is as near the rows' as it says (%zu are not; at most %.1g of it)",
	       bad, most);
}

/* Runs side by side over one tree, more than go together, are as each alone by Lloyd's. */
static bool together_as_alone(struct problem *p, int threads)
{
	enum { RUNS = 23 };
	struct kmeans_options o = options(KMEANS_AUTO, 1);
	size_t d = p->rows.d, width = (p->k + 2) * d;
	struct kmeans_run run[RUNS], alone[RUNS];
	double *centre = malloc(2 * RUNS * width * sizeof *centre);
	struct kmeans_space space;
	struct kmeans_order order;
	struct kmeans_tree *tree;
	bool same = true;

	kmeans_space_init(&space, &p->rows, 1);
	kmeans_order(&order, &p->rows, false, false, 1);
	tree = kmeans_tree_build(&space, &p->rows, &order, true, 1);
	o.max_iterations = 12; /* some stop by them */
	for (size_t r = 0; r < RUNS; r++) {
		run[r] = (struct kmeans_run){ .space = &space, .tree = tree, .o = &o, .threads = 1,
					      .k = p->k + r % 3, .centre = centre + r * width };
		for (size_t i = 0; i < run[r].k * d; i++)
			run[r].centre[i] = p->rows.column[i % d][(i / d * 131 + r * 977) % p->rows.n];
		alone[r] = run[r];
		alone[r].tree = NULL;
		alone[r].centre += RUNS * width;
		memcpy(alone[r].centre, run[r].centre, width * sizeof *centre);
		same = kmeans_run(&alone[r]) == 0 && same;
	}
	same = kmeans_runs(run, RUNS, threads) == 0 && same;
	for (size_t r = 0; r < RUNS; r++)
		same = same && run[r].inertia == alone[r].inertia &&
		       run[r].iterations == alone[r].iterations &&
		       run[r].stopped == alone[r].stopped &&
		       memcmp(run[r].centre, alone[r].centre, run[r].k * d * sizeof *centre) == 0;
	kmeans_tree_free(tree);
	kmeans_order_free(&order);
	kmeans_space_free(&space);
	free(centre);
	return same;
}

static void runs_together(void)
{
	size_t bad = 0;

	for (uint64_t number = 0; number < 12; number++) {
		struct problem p;
		make(&p, number, 2100 + 211 * number, 1 + number % 4, 2 + number % 6);
		bad += !together_as_alone(&p, 1 + (int)(number % 3));
		drop(&p);
	}
	tap_ok(bad == 0, "runs side by side over a tree: the same as each alone (%zu problems differ)",
	       bad);
}

/* Whether two ways of seeding give the same centres for k. */
static bool same_seeds(const struct kmeans_space *a, const struct kmeans_space *b, size_t k,
		       size_t k_last, int threads)
{
	struct kmeans_options o = options(KMEANS_AUTO, 1), other = options(KMEANS_AUTO, threads);
	size_t d = a->rows->d, width = (k_last * (k_last + 1) - k * (k - 1)) / 2 * d, none;
	double *first = malloc(3 * k * d * sizeof *first), *second = malloc(3 * width * sizeof *second);
	bool same = kmeans_seed(a, &o, 0, 3, k, k, first, k * d, &none) == KMEANS_OK &&
		    kmeans_seed(b, &other, 0, 3, k, k_last, second, width, &none) == KMEANS_OK;

	for (size_t r = 0; same && r < 3; r++)
		same = memcmp(first + r * k * d, second + r * width, k * d * sizeof *first) == 0;
	free(first);
	free(second);
	return same;
}

/* Boxes, and distances that are found again instead of held, change nothing. */
static void seeds_of_boxes(void)
{
	static const size_t n[] = { 3000, 5000, 12345, ((size_t)1 << 20) + 3000 };
	size_t bad = 0;

	for (uint64_t number = 0; number < 24; number++) {
		bool many = number % 8 == 7;
		size_t k = many ? 64 : 3 + number % 5, rows = n[many ? 3 : number % 3];
		struct problem p;
		struct kmeans_space plain, boxed;
		struct kmeans_order order;
		make(&p, number, rows, 1 + number % 4, k);
		bad += kmeans_order(&order, &p.rows, number % 3, number % 2, 2) != 0;
		bad += kmeans_space_init(&plain, &p.rows, 1) != KMEANS_OK;
		bad += kmeans_space_init(&boxed, &p.rows, 1) != KMEANS_OK;
		bad += kmeans_space_boxes(&boxed, 1) != 0;
		bad += !same_seeds(&boxed, many ? &boxed : &plain, k, many ? k + 1 : k, 3);
		kmeans_space_free(&plain);
		kmeans_space_free(&boxed);
		kmeans_order_free(&order);
		free(p.rows.row);
		drop(&p);
	}
	tap_ok(bad == 0, "seeding: the same with and without boxes, held distances, threads (%zu differ)",
	       bad);
}

/* Every row is once in the order, in its cell's place, and undoing it restores all. */
static void order_and_undo(void)
{
	size_t bad = 0;

	for (uint64_t number = 0; number < 40; number++) {
		size_t n = 2048 + 4999 * number, d = 1 + number % 5;
		struct problem p, kept;
		struct kmeans_order order;
		uint8_t *seen = calloc(n, 1);
		make(&p, number, n, d, 1);
		make(&kept, number, n, d, 1);
		bad += kmeans_order(&order, &p.rows, true, false, 1 + (int)(number % 3)) != 0;
		for (size_t i = 0; i < n; i++) {
			seen[p.rows.row[i]]++;
			for (size_t j = 0; j < d; j++)
				bad += p.rows.column[j][i] != kept.rows.column[j][p.rows.row[i]];
		}
		for (size_t i = 0; i < n; i++)
			bad += seen[i] != 1;
		bad += order.first[0] != 0 || order.first[order.n_cells] != n;
		bad += n > 4096 && number % 2 == 0 && d > 1 && order.n_cells < 2;
		bad += kmeans_order_undo(&p.rows, 2) != 0 || p.rows.row != NULL;
		for (size_t j = 0; j < d; j++)
			bad += memcmp(p.rows.column[j], kept.rows.column[j], n * sizeof(double)) != 0;
		kmeans_order_free(&order);
		free(seen);
		drop(&p);
		drop(&kept);
	}
	tap_ok(bad == 0, "an order of the rows holds each of them once, and can be undone (%zu faults)",
	       bad);
}

/* Ranges and offsets that single precision does not hold. */
static void hamerly_of_any_size(void)
{
	static const double size[] = { 1e-160, 1e-120, 1e-30, 1e30, 1e120 };
	size_t bad = 0;

	for (uint64_t number = 0; number < 40; number++) {
		struct problem p;
		struct kmeans_fit fit[1];
		struct kmeans_options o = options(KMEANS_LLOYD, 1);
		double given[5 * 10] = { 0 };
		size_t distinct = 0;
		enum kmeans_status status;
		make(&p, number, 300, 10, 5);
		for (size_t j = 0; j < 10; j++)
			for (size_t i = 0; i < 300; i++)
				p.rows.column[j][i] *= size[number % 5];
		if (number % 4 == 0) {
			for (size_t i = 0; i < 50; i++)
				given[i] = (double)i * 1e17;
			o.init = KMEANS_GIVEN;
			o.given = given;
		}
		status = kmeans_sweep(&p.rows, 5, 5, &o, fit, &distinct);
		bad += !same_as(&p, &o, status, fit, KMEANS_HAMERLY, 2);
		kmeans_fit_free(fit);
		drop(&p);
	}
	tap_ok(bad == 0, "Hamerly: the same for rows of 1e-160 to 1e120, and centres far off (%zu differ)",
	       bad);
}

static void tree_of_many_rows(void)
{
	struct problem p;
	struct kmeans_fit a[4], b[4];
	struct kmeans_options one = options(KMEANS_LLOYD, 1), two = options(KMEANS_KDTREE, 2);
	size_t distinct;
	bool same = true;

	one.restarts = two.restarts = 1;
	make(&p, 1000, 40000, 3, 5);
	for (size_t i = 0; i < 20000; i++) /* half are duplicates of four rows */
		for (size_t j = 0; j < 3; j++)
			p.rows.column[j][i] = p.rows.column[j][i % 4];
	kmeans_sweep(&p.rows, 2, 5, &one, a, &distinct);
	kmeans_sweep(&p.rows, 2, 5, &two, b, &distinct);
	for (size_t i = 0; i < 4; i++) {
		same = same && same_bits(&a[i], &b[i], 3);
		kmeans_fit_free(&a[i]);
		kmeans_fit_free(&b[i]);
	}
	tap_ok(same, "the same on 40,000 rows, half of them duplicates, k = 2..5");
	drop(&p);
}

static void sweep_is_alone(void)
{
	struct problem p;
	struct kmeans_fit all[9], one[1];
	struct kmeans_options o = options(KMEANS_AUTO, 2);
	size_t distinct;
	bool same = true;

	make(&p, 10, 3000, 3, 1);
	kmeans_sweep(&p.rows, 1, 9, &o, all, &distinct);
	for (size_t k = 1; k <= 9; k++) {
		kmeans_sweep(&p.rows, k, k, &o, one, &distinct);
		same = same && same_bits(&all[k - 1], one, 3);
		kmeans_fit_free(one);
	}
	for (size_t k = 1; k <= 9; k++)
		kmeans_fit_free(&all[k - 1]);
	tap_ok(same, "a fit alone is the fit in a sweep, k = 1..9");
	drop(&p);
}

/* The same centres whatever the order of the rows, when they are given. */
static void order_of_rows(void)
{
	size_t bad = 0;

	for (uint64_t number = 0; number < 40; number++) {
		struct problem p;
		struct kmeans_fit a[1], b[1];
		struct kmeans_options o = options(number % 2 ? KMEANS_LLOYD : KMEANS_KDTREE, 1);
		double given[12];
		size_t distinct, n = 500;
		make(&p, number, n, 3, 4);
		for (size_t i = 0; i < 12; i++)
			given[i] = p.rows.column[i % 3][i * 31];
		o.init = KMEANS_GIVEN;
		o.given = given;
		kmeans_sweep(&p.rows, 4, 4, &o, a, &distinct);
		for (size_t i = n; i-- > 1;) {
			size_t other = (size_t)rng_below(i + 1, number, RNG_TEST, i, 77);
			for (size_t j = 0; j <= 3; j++) {
				double *x = j < 3 ? p.rows.column[j] : p.rows.weight, t;
				if (!x)
					continue;
				t = x[i];
				x[i] = x[other];
				x[other] = t;
			}
		}
		kmeans_sweep(&p.rows, 4, 4, &o, b, &distinct);
		bad += !same_bits(a, b, 3);
		kmeans_fit_free(a);
		kmeans_fit_free(b);
		drop(&p);
	}
	tap_ok(bad == 0, "given centres: same bits for shuffled rows on 40 problems");
}

/* The least inertia of n rows in k parts, by trying every labelling. */
static double brute_force(const struct kmeans_rows *r, size_t k)
{
	size_t label[12] = { 0 }, n = r->n, d = r->d;
	double best = (double)INFINITY;

	for (;;) {
		double inertia = 0;
		size_t at = 0;
		for (size_t c = 0; c < k; c++)
			for (size_t j = 0; j < d; j++) {
				double sum = 0, mean;
				size_t size = 0;
				for (size_t i = 0; i < n; i++)
					if (label[i] == c) {
						sum += r->column[j][i];
						size++;
					}
				mean = sum / (double)size;
				for (size_t i = 0; i < n; i++)
					if (label[i] == c)
						inertia += (r->column[j][i] - mean) *
							   (r->column[j][i] - mean);
			}
		best = inertia < best ? inertia : best;
		while (at < n && ++label[at] == k)
			label[at++] = 0;
		if (at == n)
			return best;
	}
}

static void small_optimum(void)
{
	size_t bad = 0;

	for (uint64_t number = 0; number < 30; number++) {
		struct problem p;
		struct kmeans_fit fit[1];
		struct kmeans_options o = options(KMEANS_AUTO, 1);
		size_t distinct, k = 2 + number % 2;
		double best;
		o.restarts = 20;
		o.swaps = 30;
		make(&p, 12 * number, 9, 2, k);
		if (p.rows.weight)
			abort();
		best = brute_force(&p.rows, k);
		if (kmeans_sweep(&p.rows, k, k, &o, fit, &distinct) == KMEANS_OK)
			bad += !(fit->inertia <= best * (1 + 1e-12) &&
				 fit->inertia >= best * (1 - 1e-12));
		kmeans_fit_free(fit);
		drop(&p);
	}
	tap_ok(bad == 0, "9 rows: the optimum of all labellings, 30 times (%zu missed)", bad);
}

static int ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The optimum in one dimension: parts of the sorted values (Fisher 1958), each
 * part's squares by updating mean and sum (Welford 1962). */
static double best_in_line(double *x, size_t n, size_t k)
{
	double *cost = malloc((k + 1) * (n + 1) * sizeof *cost), best;

	qsort(x, n, sizeof *x, ascending);
	for (size_t i = 0; i < (k + 1) * (n + 1); i++)
		cost[i] = i ? (double)INFINITY : 0;
	for (size_t c = 1; c <= k; c++)
		for (size_t f = 0; f < n; f++) {
			double mean = 0, squares = 0;
			for (size_t i = f; i < n; i++) {
				double t = x[i] - mean, *to = &cost[c * (n + 1) + i + 1];
				mean += t / (double)(i - f + 1);
				squares += t * (x[i] - mean);
				*to = fmin(*to, cost[(c - 1) * (n + 1) + f] + squares);
			}
		}
	best = cost[k * (n + 1) + n];
	free(cost);
	return best;
}

static void line_optimum(void)
{
	size_t bad = 0;

	for (uint64_t number = 0; number < 10; number++) {
		struct problem p;
		struct kmeans_fit fit[1];
		struct kmeans_options o = options(KMEANS_AUTO, 1);
		size_t distinct, k = 2 + number % 4;
		double best;
		o.restarts = 20;
		o.swaps = 100;
		make(&p, 12 * number, 300, 1, k);
		kmeans_sweep(&p.rows, k, k, &o, fit, &distinct);
		best = best_in_line(p.rows.column[0], 300, k);
		bad += !(fabs(fit->inertia - best) <= 1e-7 * best);
		kmeans_fit_free(fit);
		drop(&p);
	}
	tap_ok(bad == 0, "one column: the optimum of dynamic programming, 10 times (%zu missed)",
	       bad);
}

/* Labels are those of nearest_row; the objective never rises; final centres of
 * an unweighted fixed point are the means of their rows. */
static void fixed_point(void)
{
	size_t labels = 0, rises = 0, means = 0;

	for (uint64_t number = 0; number < 60; number++) {
		struct problem p;
		struct kmeans_fit fit[1];
		struct kmeans_options o = options(KMEANS_AUTO, 1);
		uint32_t label[700];
		size_t distinct, k = 2 + number % 5;
		o.trace = true;
		make(&p, number, 700, 2, k);
		if (kmeans_sweep(&p.rows, k, k, &o, fit, &distinct) != KMEANS_OK) {
			drop(&p);
			continue;
		}
		for (size_t t = 1; t < fit->n_trace; t++)
			rises += fit->trace[t].restart == fit->trace[t - 1].restart &&
				 fit->trace[t].inertia > fit->trace[t - 1].inertia * (1 + 1e-13);
		kmeans_label(&p.rows, fit->centre, k, 1, label);
		for (size_t i = 0; i < 700; i++) {
			double x[2] = { p.rows.column[0][i], p.rows.column[1][i] };
			labels += nearest_row(x, fit->centre, k, 2).index != label[i];
		}
		for (size_t c = 0; c < 2 * k && !p.rows.weight && number % 5 != 1; c++) {
			double sum = 0, n = 0;
			for (size_t i = 0; i < 700; i++)
				if (label[i] == c / 2) {
					sum += p.rows.column[c % 2][i];
					n++;
				}
			means += fabs(sum / n - fit->centre[c]) > 1e-12 * fmax(1, fabs(sum / n)) * 1e3;
		}
		kmeans_fit_free(fit);
		drop(&p);
	}
	tap_ok(labels == 0, "blocks and single rows get the same labels");
	tap_ok(rises == 0, "the objective never rises");
	tap_ok(means == 0, "at --tol 0 the centres are the means of their rows");
}

static void degenerate(void)
{
	double same[10], two[10] = { 1, 2, 1, 2, 1, 2, 1, 2, 1, 2 }, huge[2] = { -1e200, 1e200 };
	double *column[2] = { same, two };
	struct kmeans_rows rows = { .n = 10, .d = 1, .column = column };
	struct kmeans_options o = options(KMEANS_AUTO, 1);
	struct kmeans_fit fit[3];
	size_t distinct = 0;

	for (size_t i = 0; i < 10; i++)
		same[i] = 0.1;
	tap_ok(kmeans_sweep(&rows, 1, 1, &o, fit, &distinct) == KMEANS_OK &&
	       fit->centre[0] == 0.1 && fit->inertia == 0, "all rows equal, k = 1: their value");
	kmeans_fit_free(fit);
	tap_ok(kmeans_sweep(&rows, 2, 2, &o, fit, &distinct) == KMEANS_FEW_ROWS && distinct == 1,
	       "all rows equal, k = 2: one distinct row");
	kmeans_fit_free(fit);
	rows.d = 2;
	tap_ok(kmeans_sweep(&rows, 2, 2, &o, fit, &distinct) == KMEANS_OK && fit->inertia == 0,
	       "a constant column and two values, k = 2: no inertia");
	kmeans_fit_free(fit);
	o.init = KMEANS_RANDOM;
	tap_ok(kmeans_sweep(&rows, 1, 3, &o, fit, &distinct) == KMEANS_FEW_ROWS && distinct == 2,
	       "two distinct rows, k = 3: counted, by random rows too");
	for (size_t i = 0; i < 3; i++)
		kmeans_fit_free(&fit[i]);
	rows = (struct kmeans_rows){ .n = 1, .d = 2, .column = column };
	tap_ok(kmeans_sweep(&rows, 1, 1, &o, fit, &distinct) == KMEANS_OK && fit->inertia == 0,
	       "one row");
	kmeans_fit_free(fit);
	column[0] = huge;
	rows = (struct kmeans_rows){ .n = 2, .d = 1, .column = column };
	tap_ok(kmeans_sweep(&rows, 1, 1, &o, fit, &distinct) == KMEANS_RANGE,
	       "squared distances that overflow");
}

/* Two centres far from all rows: one row each moves in, the farthest first. */
static void empty_centres(void)
{
	double x[6] = { 0, 1, 2, 3, 10, 20 }, *column[1] = { x };
	double given[3] = { 1, 1000, 2000 };
	struct kmeans_rows rows = { .n = 6, .d = 1, .column = column };
	struct kmeans_options o = options(KMEANS_LLOYD, 1);
	struct kmeans_fit fit[1];
	size_t distinct;

	o.init = KMEANS_GIVEN;
	o.given = given;
	kmeans_sweep(&rows, 3, 3, &o, fit, &distinct);
	tap_ok(fit->centre[0] == 1.5 && fit->centre[1] == 20 && fit->centre[2] == 10,
	       "empty centres take the farthest rows: 20, then 10");
	kmeans_fit_free(fit);
}

int main(void)
{
	all_are_lloyd();
	inertia_from_sums();
	runs_together();
	seeds_of_boxes();
	order_and_undo();
	hamerly_of_any_size();
	tree_of_many_rows();
	sweep_is_alone();
	order_of_rows();
	small_optimum();
	line_optimum();
	fixed_point();
	degenerate();
	empty_centres();
	return tap_done();
}
