/* SPDX-License-Identifier: MIT */
#include "model/kmeans_gap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "math/fn.h"
#include "math/linalg.h"
#include "value/rng.h"

struct reference {
	const struct kmeans_rows *rows;
	double *mean;            /* [d] */
	double *axis;            /* [d][d] principal axes, a row each */
	double *low, *high;      /* [d] of the rows along them */
	struct kmeans_rows made;
	uint64_t seed;
	size_t number;
};

static int reference_init(struct reference *g, const struct kmeans_rows *rows, uint64_t seed)
{
	size_t d = rows->d;

	*g = (struct reference){
		.rows = rows, .seed = seed, .mean = malloc(d * sizeof *g->mean),
		.axis = malloc(d * d * sizeof *g->axis), .low = malloc(d * sizeof *g->low),
		.high = malloc(d * sizeof *g->high),
		.made = { .n = rows->n, .d = d, .column = calloc(d, sizeof *g->made.column) },
	};
	if (!g->mean || !g->axis || !g->low || !g->high || !g->made.column)
		return -1;
	for (size_t j = 0; j < d; j++) {
		g->made.column[j] = malloc(rows->n * sizeof(double));
		if (!g->made.column[j])
			return -1;
	}
	if (!rows->weight)
		return 0;
	g->made.weight = malloc(rows->n * sizeof(double));
	return g->made.weight ? 0 : -1;
}

static void reference_free(struct reference *g)
{
	for (size_t j = 0; g->made.column && j < g->made.d; j++)
		free(g->made.column[j]);
	free(g->made.column);
	free(g->made.weight);
	free(g->mean);
	free(g->axis);
	free(g->low);
	free(g->high);
}

/* The axes: eigenvectors of the covariance; unweighted, as the box is. */
static int find_axes(struct reference *g)
{
	const struct kmeans_rows *r = g->rows;
	size_t d = r->d;
	double *covariance = malloc((d + 1) * d * sizeof *covariance);
	struct exact sum;
	int status;

	if (!covariance)
		return -1;
	for (size_t j = 0; j < d; j++) {
		memset(&sum, 0, sizeof sum);
		exact_add_many(&sum, r->column[j], r->n);
		g->mean[j] = exact_round(&sum) / (double)r->n;
		for (size_t l = 0; l <= j; l++) {
			double product = 0;
			for (size_t i = 0; i < r->n; i++)
				product += (r->column[j][i] - g->mean[j]) *
					   (r->column[l][i] - g->mean[l]);
			covariance[j * d + l] = covariance[l * d + j] = product;
		}
	}
	status = linalg_eigen(d, covariance, covariance + d * d, g->axis);
	free(covariance);
	return status;
}

static void find_range(void *ctx, size_t a)
{
	struct reference *g = ctx;
	const struct kmeans_rows *r = g->rows;
	const double *axis = g->axis + a * r->d;

	g->low[a] = (double)INFINITY;
	g->high[a] = -(double)INFINITY;
	for (size_t i = 0; i < r->n; i++) {
		double t = 0;
		for (size_t j = 0; j < r->d; j++)
			t += axis[j] * (r->column[j][i] - g->mean[j]);
		g->low[a] = fmin(g->low[a], t);
		g->high[a] = fmax(g->high[a], t);
	}
}

/* Along the axes: turning the set back would not change its inertia. */
static void draw_column(void *ctx, size_t a)
{
	struct reference *g = ctx;
	size_t draw = g->number * g->made.d + a;

	for (size_t i = 0; i < g->made.n; i++)
		g->made.column[a][i] = g->low[a] + (g->high[a] - g->low[a]) *
				       rng_unit(g->seed, RNG_GAP, i, (uint32_t)draw);
}

/* log W of each k of one reference set. */
static enum kmeans_status one_reference(struct reference *g, const struct kmeans_options *o,
					size_t k_first, size_t n, struct kmeans_fit *fit,
					double *log_w)
{
	size_t n_distinct;
	enum kmeans_status status;

	par_for(o->threads, g->made.d, draw_column, g);
	if (g->made.weight)
		memcpy(g->made.weight, g->rows->weight, g->made.n * sizeof(double));
	status = kmeans_sweep(&g->made, k_first, k_first + n - 1, o, fit, &n_distinct);
	for (size_t i = 0; i < n; i++) {
		log_w[i] = status == KMEANS_OK ? fn_log(fit[i].inertia) : (double)NAN;
		kmeans_fit_free(&fit[i]);
	}
	free(g->made.row);
	g->made.row = NULL;
	return status;
}

static void conclude(const double *log_w, size_t n_references, const struct kmeans_fit *fit,
		     size_t n, struct quality *quality)
{
	double b = (double)n_references;

	for (size_t i = 0; i < n; i++) {
		double mean = 0, squares = 0;
		for (size_t r = 0; r < n_references; r++)
			mean += log_w[r * n + i] / b;
		for (size_t r = 0; r < n_references; r++)
			squares += (log_w[r * n + i] - mean) * (log_w[r * n + i] - mean);
		quality[i].gap = mean - fn_log(fit[i].inertia);
		quality[i].gap_se = sqrt(squares / b) * sqrt(1 + 1 / b);
		if (!isfinite(quality[i].gap))
			quality[i].gap = quality[i].gap_se = (double)NAN;
	}
}

enum kmeans_status kmeans_gap(const struct kmeans_rows *rows, const struct kmeans_options *o,
			      size_t n_references, const struct kmeans_fit *fit, size_t n,
			      struct quality *quality)
{
	struct kmeans_options own = *o;
	struct kmeans_fit *made = malloc(n * sizeof *made);
	double *log_w = malloc(n_references * n * sizeof *log_w);
	struct reference g;
	enum kmeans_status status = KMEANS_OK;

	own.trace = false;
	if (own.init == KMEANS_GIVEN)
		own.init = KMEANS_PLUSPLUS;
	if (reference_init(&g, rows, o->seed) || !made || !log_w || find_axes(&g))
		status = KMEANS_NO_MEMORY;
	if (status == KMEANS_OK)
		par_for(o->threads, rows->d, find_range, &g);
	for (g.number = 0; status == KMEANS_OK && g.number < n_references; g.number++) {
		status = one_reference(&g, &own, fit[0].k, n, made, log_w + g.number * n);
		/* A box of no size holds fewer rows than k: there is no gap. */
		if (status == KMEANS_FEW_ROWS)
			status = KMEANS_OK;
	}
	if (status == KMEANS_OK)
		conclude(log_w, n_references, fit, n, quality);
	reference_free(&g);
	free(made);
	free(log_w);
	return status;
}
