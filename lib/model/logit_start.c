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
/* W = weight * mu (1 - mu) at coefficients 0: the pass gives X'WX of a quarter
 * of the weights. */
#define QUARTER 0.25

/* A term's mean and range; terms are shared out among the threads. */
struct ranges {
	const struct logit_data *data;
	double sum_weights;
	double *center, *reach; /* [n_terms]; reach = max |x - center| */
	double *room;           /* [n_terms][DESIGN_BLOCK] */
};

static void range_of_term(void *ctx, size_t t)
{
	const struct ranges *r = ctx;
	const struct logit_data *data = r->data;
	size_t n_rows = data->design->n_rows;
	double *v = r->room + t * DESIGN_BLOCK, low = INFINITY, high = -INFINITY;
	struct exact sum = { 0 };

	for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		design_expand(data->design, t, first, n, 0, 1, v);
		for (size_t i = 0; i < n; i++) {
			double w = data->weight ? data->weight[first + i] : 1;
			if (w > 0 && v[i] < low)
				low = v[i];
			if (w > 0 && v[i] > high)
				high = v[i];
			v[i] *= w;
		}
		exact_add_many(&sum, v, n);
	}
	r->center[t] = exact_round(&sum) / r->sum_weights;
	r->reach[t] = low < high ? fmax(high - r->center[t], r->center[t] - low) : 0;
}

static double count_rows(struct logit_fit *fit, const struct logit_data *data)
{
	struct exact weights = { 0 }, events = { 0 };
	double weight_max = 0;

	for (size_t i = 0; i < data->design->n_rows; i++) {
		double w = data->weight ? data->weight[i] : 1;
		if (!(w > 0))
			continue;
		fit->n_rows++;
		fit->n_events += data->y[i];
		if (w > weight_max)
			weight_max = w;
		if (data->weight)
			exact_add(&weights, w);
		if (data->weight && data->y[i])
			exact_add(&events, w);
	}
	fit->sum_weights = data->weight ? exact_round(&weights) : (double)fit->n_rows;
	fit->sum_events = data->weight ? exact_round(&events) : (double)fit->n_events;
	return weight_max;
}

int logit_space_init(struct logit_space *space, size_t n_terms, const double *center,
		     const double *reach, const int *alias)
{
	*space = (struct logit_space){ 0 };
	space->term = malloc(n_terms * sizeof *space->term);
	space->center = malloc(n_terms * sizeof(double));
	space->factor = malloc(n_terms * sizeof(double));
	space->sd = malloc(n_terms * sizeof(double));
	if (!space->term || !space->center || !space->factor || !space->sd)
		return -1;
	for (size_t t = 0; t < n_terms; t++) {
		size_t j = space->n;
		int e;
		if (alias[t])
			continue;
		frexp(reach[t], &e);
		space->term[j] = t;
		space->center[j] = t ? center[t] : 0;
		space->factor[j] = t ? ldexp(1, -e) : 1;
		space->sd[j] = 1;
		space->n++;
	}
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

/* The room of the search for aliased columns. */
struct search {
	const struct logit_data *data;
	const struct logit_space *space;
	const double *cross; /* [n][n] X'WX of the space at 0 */
	size_t *kept, n_kept;
	double *square, *rhs, *combination, *u;
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
 * squares, and its cross products with the kept columns in s->rhs.
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
		logit_columns(data->design, s->space, first, n, s->u);
		for (size_t i = 0; i < n; i++) {
			r[i] = s->u[j * DESIGN_BLOCK + i];
			for (size_t a = 0; a < s->n_kept; a++)
				r[i] -= s->combination[a] * s->u[s->kept[a] * DESIGN_BLOCK + i];
			w[i] = QUARTER * (data->weight ? data->weight[first + i] : 1) * r[i];
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

/* R measures against the column as given, not centred. */
static bool too_small(const struct search *s, size_t j, double left, double sum_weights)
{
	const struct logit_space *p = s->space;
	double norm = hypot(p->center[j], p->sd[j]) * p->factor[j];

	return sqrt(left) < ALIAS_TOL * norm * sqrt(QUARTER * sum_weights);
}

static int search_columns(struct search *s, double sum_weights, bool constant_only, int *alias)
{
	const struct logit_space *p = s->space;
	int *suspect = malloc(p->n * sizeof *suspect), any = 0;

	/* Usually none is near to a combination, and one factorisation shows it. */
	if (!suspect || linalg_aliased(p->n, s->cross, sqrt(SUSPECT), suspect) != 0) {
		free(suspect);
		return -1;
	}
	for (size_t j = 1; j < p->n; j++) {
		any |= suspect[j];
		if (too_small(s, j, s->cross[j * p->n + j], sum_weights))
			alias[p->term[j]] = LOGIT_CONSTANT;
	}
	free(suspect);
	s->kept[s->n_kept++] = 0;
	for (size_t j = 1; any && !constant_only && j < p->n; j++) {
		double left = alias[p->term[j]] ? 0 : left_over(s, j);
		if (left < 0)
			return -1;
		if (!alias[p->term[j]] && too_small(s, j, left, sum_weights))
			alias[p->term[j]] = LOGIT_COMBINATION;
		if (!alias[p->term[j]])
			s->kept[s->n_kept++] = j;
	}
	return 0;
}

static int find_aliased(const struct logit_data *data, const struct logit_space *space,
			const double *cross, double sum_weights, bool constant_only, int *alias)
{
	size_t n = space->n;
	struct search s = { .data = data, .space = space, .cross = cross };
	int result = -1;

	s.kept = malloc(n * sizeof *s.kept);
	s.square = malloc(n * n * sizeof(double));
	s.rhs = malloc(n * sizeof(double));
	s.combination = malloc(n * sizeof(double));
	s.u = malloc(n * DESIGN_BLOCK * sizeof(double));
	if (s.kept && s.square && s.rhs && s.combination && s.u)
		result = search_columns(&s, sum_weights, constant_only, alias);
	free(s.kept);
	free(s.square);
	free(s.rhs);
	free(s.combination);
	free(s.u);
	return result;
}

/* Leaves out the aliased columns of the space and of the pass. */
static void compress(struct logit_space *s, struct logit_pass *pass, const int *alias)
{
	size_t old = s->n, n = 0, row = 0;

	for (size_t i = 0; i < old; i++)
		n += !alias[s->term[i]];
	for (size_t i = 0; i < old; i++) {
		size_t column = 0;
		if (alias[s->term[i]])
			continue;
		for (size_t j = 0; j < old; j++)
			if (!alias[s->term[j]])
				pass->information[row * n + column++] = pass->information[i * old + j];
		pass->gradient[row++] = pass->gradient[i];
	}
	s->n = 0;
	for (size_t i = 0; i < old; i++) {
		if (alias[s->term[i]])
			continue;
		s->term[s->n] = s->term[i];
		s->center[s->n] = s->center[i];
		s->factor[s->n] = s->factor[i];
		s->sd[s->n++] = s->sd[i];
	}
}

static int find_ranges(struct ranges *r, int *alias, int threads)
{
	size_t n = r->data->design->n_terms;

	r->center = calloc(n, sizeof(double));
	r->reach = calloc(n, sizeof(double));
	r->room = malloc(n * DESIGN_BLOCK * sizeof(double));
	if (!r->center || !r->reach || !r->room)
		return -1;
	par_for(threads, n, range_of_term, r);
	for (size_t t = 1; t < n; t++)
		alias[t] = r->reach[t] > 0 ? 0 : LOGIT_CONSTANT;
	return 0;
}

static int start(struct logit_fit *fit, struct logit_space *space, struct logit_pass *pass,
		 struct ranges *r, const struct logit_options *o, double unit, int *alias)
{
	double *zero;
	size_t n;
	int result;

	if (find_ranges(r, alias, o->threads) != 0 ||
	    logit_space_init(space, fit->n_terms, r->center, r->reach, alias) != 0)
		return -1;
	n = space->n;
	space->weight_unit = unit;
	zero = calloc(n, sizeof *zero);
	pass->information = malloc(n * n * sizeof(double));
	pass->gradient = malloc(n * sizeof(double));
	result = zero && pass->information && pass->gradient ?
			 logit_pass(pass, r->data, space, zero, NULL, o->threads) : -1;
	free(zero);
	if (result != 0)
		return -1;
	for (size_t j = 1; j < n; j++)
		space->sd[j] = sqrt(pass->information[j * n + j] / (QUARTER * fit->sum_weights)) /
			       space->factor[j];
	if (find_aliased(r->data, space, pass->information, fit->sum_weights, o->l2 > 0, alias) != 0)
		return -1;
	compress(space, pass, alias);
	return 0;
}

enum logit_status logit_start(struct logit_fit *fit, struct logit_space *space,
			      struct logit_pass *pass, const struct logit_data *data,
			      const struct logit_options *options, int *alias)
{
	struct ranges r = { .data = data };
	double weight_max = count_rows(fit, data);
	int e, result;

	r.sum_weights = fit->sum_weights;
	if (fit->n_rows == 0)
		return LOGIT_NO_ROWS;
	if (fit->n_events == 0 || fit->n_events == fit->n_rows)
		return LOGIT_ONE_CLASS;
	frexp(options->firth ? 2 * fmax(weight_max, 1) : weight_max, &e);
	result = start(fit, space, pass, &r, options, ldexp(1, e), alias);
	free(r.center);
	free(r.reach);
	free(r.room);
	return result == 0 ? LOGIT_OK : LOGIT_NO_MEMORY;
}
