/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "math/linalg.h"
#include "model/logit_sums.h"

/* R's tolerance, min(1e-7, epsilon/1000) of glm.fit. */
#define ALIAS_TOL 1e-11
/*
 * Below this share of a column's variance left over, the factorisation of the
 * cross products has lost too many digits to tell; the residual is then
 * computed from the rows.
 */
#define SUSPECT 1e-8

/* One term's moments; terms are shared out among the threads. */
struct moments_job {
	const struct logit_data *data;
	struct logit_moments *m;
	double *room; /* [n_terms] blocks of DESIGN_BLOCK, one block a term */
};

static void moments_of_term(void *ctx, size_t t)
{
	const struct moments_job *job = ctx;
	const struct logit_data *data = job->data;
	struct logit_moments *m = job->m;
	struct exact sum = { 0 }, square = { 0 };
	double *v = job->room + t * DESIGN_BLOCK;
	size_t n_rows = data->design->n_rows;

	for (int round = 0; round < 2; round++) {
		for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
			size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
			design_expand_term(data->design, t, first, n, v);
			for (size_t i = 0; i < n; i++) {
				double w = data->weight ? data->weight[first + i] : 1;
				double x = round ? v[i] - m->center[t] : v[i];
				if (round && w > 0 && fabs(x) > m->reach[t])
					m->reach[t] = fabs(x);
				v[i] = round ? w * (x * x) : w * x;
			}
			exact_add_many(round ? &square : &sum, v, n);
		}
		if (round == 0)
			m->center[t] = exact_round(&sum) / m->sum_weights;
	}
	m->sd[t] = sqrt(exact_round(&square) / m->sum_weights);
}

static void count_rows(struct logit_moments *m, const struct logit_data *data)
{
	struct exact weights = { 0 }, events = { 0 };

	for (size_t i = 0; i < data->design->n_rows; i++) {
		double w = data->weight ? data->weight[i] : 1;
		if (!(w > 0))
			continue;
		m->n_rows++;
		if (w > m->weight_max)
			m->weight_max = w;
		if (data->weight)
			exact_add(&weights, w);
		if (!data->y[i])
			continue;
		m->n_events++;
		if (data->weight)
			exact_add(&events, w);
	}
	m->sum_weights = data->weight ? exact_round(&weights) : (double)m->n_rows;
	m->sum_events = data->weight ? exact_round(&events) : (double)m->n_events;
}

int logit_moments(struct logit_moments *m, const struct logit_data *data, int threads)
{
	size_t n = data->design->n_terms;
	struct moments_job job = { data, m, malloc(n * DESIGN_BLOCK * sizeof(double)) };

	*m = (struct logit_moments){ 0 };
	m->center = calloc(n, sizeof(double));
	m->sd = calloc(n, sizeof(double));
	m->reach = calloc(n, sizeof(double));
	if (!job.room || !m->center || !m->sd || !m->reach) {
		free(job.room);
		return -1;
	}
	count_rows(m, data);
	if (m->n_rows > 0)
		par_for(threads, n, moments_of_term, &job);
	free(job.room);
	return 0;
}

void logit_moments_free(struct logit_moments *m)
{
	free(m->center);
	free(m->sd);
	free(m->reach);
	*m = (struct logit_moments){ 0 };
}

int logit_space_init(struct logit_space *space, const struct logit_moments *m, size_t n_terms,
		     const int *alias)
{
	int e;

	*space = (struct logit_space){ 0 };
	space->term = malloc(n_terms * sizeof *space->term);
	space->center = malloc(n_terms * sizeof(double));
	space->factor = malloc(n_terms * sizeof(double));
	space->sd = malloc(n_terms * sizeof(double));
	if (!space->term || !space->center || !space->factor || !space->sd) {
		logit_space_free(space);
		return -1;
	}
	for (size_t t = 0; t < n_terms; t++) {
		size_t j = space->n;
		if (alias[t])
			continue;
		space->term[j] = t;
		space->center[j] = t ? m->center[t] : 0;
		space->sd[j] = t ? m->sd[t] : 1;
		space->factor[j] = 1;
		if (t) {
			frexp(m->reach[t] / m->sd[t], &e);
			space->factor[j] = ldexp(1 / m->sd[t], -e);
		}
		space->n++;
	}
	frexp(m->weight_max, &e);
	space->weight_unit = ldexp(1, e);
	return 0;
}

void logit_space_free(struct logit_space *space)
{
	free(space->term);
	free(space->center);
	free(space->factor);
	free(space->sd);
	*space = (struct logit_space){ 0 };
}

/* The room of the search for aliased columns; n columns in all. */
struct search {
	const struct logit_data *data;
	const struct logit_space *space;
	const double *cross; /* [n][n] X'WX of the space, to a constant */
	size_t *kept, n_kept;
	double *square, *rhs, *combination, *beta, *room, *u;
};

/* Adds to s->combination the kept columns' least-squares fit to rhs. */
static int refine(struct search *s)
{
	size_t n = s->space->n;

	for (size_t a = 0; a < s->n_kept; a++)
		for (size_t b = 0; b < s->n_kept; b++)
			s->square[a * s->n_kept + b] = s->cross[s->kept[a] * n + s->kept[b]];
	if (linalg_solve(s->n_kept, s->square, s->rhs) != 0)
		return -1;
	for (size_t a = 0; a < s->n_kept; a++)
		s->combination[a] += s->rhs[a];
	return 0;
}

/*
 * The residual r of column j on the combination of kept columns: its sum of
 * squares, and its cross products with the kept columns in s->rhs.  The 1/4 is
 * that of the cross products at coefficients 0.
 */
static double residual(struct search *s, size_t j)
{
	const struct logit_data *data = s->data;
	struct exact square = { 0 }, *cross = calloc(s->n_kept + 1, sizeof *cross);
	double r[DESIGN_BLOCK], w[DESIGN_BLOCK];

	if (!cross)
		return -1;
	for (size_t first = 0; first < data->design->n_rows; first += DESIGN_BLOCK) {
		size_t n = data->design->n_rows - first;
		n = n < DESIGN_BLOCK ? n : DESIGN_BLOCK;
		logit_columns(data->design, s->space, first, n, s->room, s->u);
		for (size_t i = 0; i < n; i++) {
			r[i] = s->u[j * DESIGN_BLOCK + i];
			for (size_t a = 0; a < s->n_kept; a++)
				r[i] -= s->combination[a] * s->u[s->kept[a] * DESIGN_BLOCK + i];
			w[i] = 0.25 * (data->weight ? data->weight[first + i] : 1) * r[i];
			exact_add(&square, w[i] * r[i]);
			for (size_t a = 0; a < s->n_kept; a++)
				exact_add(&cross[a], w[i] * s->u[s->kept[a] * DESIGN_BLOCK + i]);
		}
	}
	for (size_t a = 0; a < s->n_kept; a++)
		s->rhs[a] = exact_round(&cross[a]);
	free(cross);
	return exact_round(&square);
}

/* Residual sum of squares of column j on the kept ones; < 0: no memory. */
static double left_over(struct search *s, size_t j)
{
	size_t n = s->space->n;
	double own = s->cross[j * n + j], explained = 0, left;

	memset(s->combination, 0, n * sizeof *s->combination);
	for (size_t a = 0; a < s->n_kept; a++)
		s->rhs[a] = s->cross[s->kept[a] * n + j];
	if (refine(s) != 0)
		return 0;
	for (size_t a = 0; a < s->n_kept; a++)
		explained += s->combination[a] * s->cross[s->kept[a] * n + j];
	left = own - explained;
	if (left > SUSPECT * own)
		return left;
	for (int round = 0; round < 2; round++) {
		left = residual(s, j);
		if (left < 0 || refine(s) != 0)
			return left;
	}
	return residual(s, j);
}

static int search_columns(struct search *s, const struct logit_moments *m, int *alias)
{
	size_t n = s->space->n;
	int *suspect = malloc(n * sizeof *suspect), any = 0;

	/* Usually none is near to a combination, and one factorisation shows it. */
	if (!suspect || linalg_aliased(n, s->cross, sqrt(SUSPECT), suspect) != 0) {
		free(suspect);
		return -1;
	}
	for (size_t j = 0; j < n; j++)
		any |= suspect[j];
	free(suspect);
	for (size_t j = 0; any && j < n; j++) {
		size_t t = s->space->term[j];
		double left = j ? left_over(s, j) : s->cross[0];
		/* R measures against the column as given, not centred. */
		double norm = hypot(m->center[t], m->sd[t]) * s->space->factor[j];
		if (left < 0)
			return -1;
		if (j && sqrt(left) < ALIAS_TOL * norm * sqrt(0.25 * m->sum_weights))
			alias[t] = LOGIT_COMBINATION;
		else
			s->kept[s->n_kept++] = j;
	}
	return 0;
}

int logit_aliased(const struct logit_data *data, const struct logit_moments *m, int threads,
		  int constant_only, int *alias)
{
	size_t n_terms = data->design->n_terms, n;
	struct logit_space space;
	struct logit_pass pass = { 0 };
	struct search s = { .data = data, .space = &space };
	int result = -1;

	for (size_t t = 0; t < n_terms; t++)
		alias[t] = t && !(m->sd[t] > 0 &&
				  m->sd[t] >= ALIAS_TOL * hypot(m->center[t], m->sd[t])) ?
				   LOGIT_CONSTANT : 0;
	if (constant_only)
		return 0;
	if (logit_space_init(&space, m, n_terms, alias) != 0)
		return -1;
	n = space.n;
	pass.information = malloc(n * n * sizeof(double));
	pass.gradient = malloc(n * sizeof(double));
	s.kept = malloc(n * sizeof *s.kept);
	s.square = malloc(n * n * sizeof(double));
	s.rhs = malloc(n * sizeof(double));
	s.combination = malloc(n * sizeof(double));
	s.beta = calloc(n, sizeof(double));
	s.room = malloc(n_terms * DESIGN_BLOCK * sizeof(double));
	s.u = malloc(n * DESIGN_BLOCK * sizeof(double));
	s.cross = pass.information;
	if (pass.information && pass.gradient && s.kept && s.square && s.rhs && s.combination &&
	    s.beta && s.room && s.u &&
	    logit_pass(&pass, data, &space, s.beta, NULL, threads) == 0)
		result = search_columns(&s, m, alias);
	free(pass.information);
	free(pass.gradient);
	free(s.kept);
	free(s.square);
	free(s.rhs);
	free(s.combination);
	free(s.beta);
	free(s.room);
	free(s.u);
	logit_space_free(&space);
	return result;
}
