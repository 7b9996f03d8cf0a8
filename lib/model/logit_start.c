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
#define SUSPECT 1e-4
/* W = weight * mu (1 - mu) at coefficients 0: the pass gives X'WX of a quarter
 * of the weights. */
#define QUARTER 0.25

/* A term's mean and range; terms are shared out among the threads. */
struct ranges {
	const struct logit_data *data;
	double sum_weights;
	double *center, *reach; /* [n_terms]; reach = max |x - center| */
	double *room;           /* [n_terms][DESIGN_BLOCK] */
	bool too_wide;
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
			/* A product of columns may be too large for a number; then
			 * the range says so, and the mean is not used. */
			v[i] = isfinite(v[i]) ? v[i] * w : 0;
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

static int space_init(struct logit_space *space, size_t n_terms, const struct ranges *r,
		      const int *alias)
{
	space->term = malloc(n_terms * sizeof *space->term);
	space->center = malloc(n_terms * sizeof(double));
	space->factor = malloc(n_terms * sizeof(double));
	space->sd = malloc(n_terms * sizeof(double));
	space->gain = malloc(n_terms * sizeof(double));
	space->less = calloc(n_terms, sizeof *space->less);
	if (!space->term || !space->center || !space->factor || !space->sd || !space->gain ||
	    !space->less)
		return -1;
	for (size_t t = 0; t < n_terms; t++) {
		size_t j = space->n;
		int e;
		if (alias[t])
			continue;
		frexp(r->reach[t], &e);
		space->term[j] = t;
		space->center[j] = t ? r->center[t] : 0;
		space->factor[j] = t ? ldexp(1, -e) : 1;
		space->sd[j] = space->gain[j] = 1;
		space->n++;
	}
	return 0;
}

void logit_space_free(struct logit_space *space)
{
	for (size_t j = 0; j < space->n; j++)
		free(space->less[j]);
	free(space->term);
	free(space->center);
	free(space->factor);
	free(space->sd);
	free(space->gain);
	free(space->less);
	*space = (struct logit_space){ 0 };
}

/* Leaves column `gone` out of the space and of the pass. */
static void drop(struct logit_space *s, struct logit_pass *pass, size_t gone)
{
	size_t old = s->n--, to = 0;

	for (size_t i = 0; i < old * old; i++)
		if (i / old != gone && i % old != gone)
			pass->information[to++] = pass->information[i];
	for (size_t j = gone; j < s->n; j++) {
		pass->gradient[j] = pass->gradient[j + 1];
		s->term[j] = s->term[j + 1];
		s->center[j] = s->center[j + 1];
		s->factor[j] = s->factor[j + 1];
		s->sd[j] = s->sd[j + 1];
		s->gain[j] = s->gain[j + 1];
		s->less[j] = s->less[j + 1];
	}
}

/* The room of the search for aliased columns. */
struct search {
	const struct logit_data *data;
	const struct logit_options *options;
	struct logit_space *space;
	struct logit_pass *pass; /* at 0 */
	double sum_weights;
	double *square, *rhs, *u, *zero;
	int *suspect;
};

/* Adds to c the least-squares fit of columns 0..j-1 to s->rhs.  0, or -1. */
static int refine(struct search *s, size_t j, double *c)
{
	for (size_t a = 0; a < j; a++)
		memcpy(s->square + a * j, s->pass->information + a * s->space->n, j * sizeof(double));
	if (linalg_solve(j, s->square, s->rhs) != 0)
		return -1;
	for (size_t a = 0; a < j; a++)
		c[a] += s->rhs[a];
	return 0;
}

/*
 * The residual r of column j on the combination c of the ones before it: its
 * sum of squares, its reach, and its cross products with them in s->rhs.
 * Negative: no memory.
 */
static double residual(struct search *s, size_t j, const double *c, double *reach)
{
	const struct logit_data *data = s->data;
	struct exact square = { 0 }, *cross = calloc(j, sizeof *cross);
	double *u = s->u;

	*reach = 0;
	if (!cross)
		return -1;
	for (size_t first = 0; first < data->design->n_rows; first += DESIGN_BLOCK) {
		size_t n = data->design->n_rows - first;
		n = n < DESIGN_BLOCK ? n : DESIGN_BLOCK;
		logit_columns(data->design, s->space, first, n, u);
		for (size_t i = 0; i < n; i++) {
			double r = u[j * DESIGN_BLOCK + i], w;
			for (size_t a = 0; a < j; a++)
				r -= c[a] * u[a * DESIGN_BLOCK + i];
			w = QUARTER * (data->weight ? data->weight[first + i] : 1) * r;
			*reach = w != 0 ? fmax(*reach, fabs(r)) : *reach;
			exact_add(&square, w * r);
			for (size_t a = 0; a < j; a++)
				exact_add(&cross[a], w * u[a * DESIGN_BLOCK + i]);
		}
	}
	for (size_t a = 0; a < j; a++)
		s->rhs[a] = exact_round(&cross[a]);
	free(cross);
	return exact_round(&square);
}

/* R measures against the column as given, not centred. */
static bool too_small(const struct search *s, size_t j, double left)
{
	const struct logit_space *p = s->space;
	double norm = hypot(p->center[j], p->sd[j]) * p->factor[j];

	return !(sqrt(left) >= ALIAS_TOL * norm * sqrt(QUARTER * s->sum_weights));
}

/* A pass at 0, and from it the deviations. */
static int pass_at_zero(struct search *s)
{
	struct logit_space *p = s->space;

	if (logit_pass(s->pass, s->data, p, s->zero, NULL, s->options->threads) != 0)
		return -1;
	for (size_t j = 1; j < p->n; j++)
		p->sd[j] = sqrt(s->pass->information[j * p->n + j] / (QUARTER * s->sum_weights)) /
			   p->factor[j];
	return 0;
}

/*
 * Column j is a combination of the ones before it, or nearly: drops it, or
 * puts its residual in its place.  Two refinements, since the first fit's own
 * error is of the size of what is left.
 */
static int settle(struct search *s, size_t j, int *alias)
{
	struct logit_space *p = s->space;
	double *c = calloc(p->n, sizeof *c), left = -1, reach = 0;
	int status = c ? 0 : -1, e;

	for (size_t a = 0; a < j; a++)
		s->rhs[a] = s->pass->information[a * p->n + j];
	for (int round = 0; status == 0 && round < 3; round++) {
		status = refine(s, j, c);
		if (status == 0)
			left = residual(s, j, c, &reach);
		status = left < 0 ? -1 : status;
	}
	if (status == 0 && too_small(s, j, left)) {
		alias[p->term[j]] = LOGIT_COMBINATION;
		drop(p, s->pass, j);
	} else if (status == 0) {
		frexp(reach, &e);
		p->gain[j] = ldexp(1, -e);
		p->less[j] = c;
		return pass_at_zero(s);
	}
	free(c);
	return status;
}

static int search_columns(struct search *s, int *alias)
{
	struct logit_space *p = s->space;
	size_t j;

	if (pass_at_zero(s) != 0)
		return -1;
	for (j = p->n; j-- > 1;)
		if (too_small(s, j, s->pass->information[j * p->n + j])) {
			alias[p->term[j]] = LOGIT_CONSTANT;
			drop(p, s->pass, j);
		}
	if (logit_penalised(s->options))
		return 0;
	for (;;) {
		/* Usually none is near to a combination, and one factorisation
		 * shows it. */
		if (linalg_aliased(p->n, s->pass->information, sqrt(SUSPECT), s->suspect) != 0)
			return -1;
		for (j = 1; j < p->n && (!s->suspect[j] || p->less[j]); j++)
			;
		if (j == p->n)
			return 0;
		if (settle(s, j, alias) != 0)
			return -1;
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
	for (size_t t = 1; t < n; t++) {
		/* Beyond 2^1000 either way the factor would not be a number. */
		alias[t] = r->reach[t] > 0x1p-1000 ? 0 : LOGIT_CONSTANT;
		r->too_wide |= !(r->reach[t] < 0x1p1000);
	}
	return 0;
}

static int search(struct search *s, int *alias)
{
	size_t n = s->space->n;
	int result = -1;

	s->pass->information = malloc(n * n * sizeof(double));
	s->pass->gradient = malloc(n * sizeof(double));
	s->square = malloc(n * n * sizeof(double));
	s->rhs = malloc(n * sizeof(double));
	s->u = malloc(n * DESIGN_BLOCK * sizeof(double));
	s->zero = calloc(n, sizeof(double));
	s->suspect = malloc(n * sizeof *s->suspect);
	if (s->pass->information && s->pass->gradient && s->square && s->rhs && s->u && s->zero &&
	    s->suspect)
		result = search_columns(s, alias);
	free(s->square);
	free(s->rhs);
	free(s->u);
	free(s->zero);
	free(s->suspect);
	return result;
}

enum logit_status logit_start(struct logit_fit *fit, struct logit_space *space,
			      struct logit_pass *pass, const struct logit_data *data,
			      const struct logit_options *options, int *alias)
{
	struct ranges r = { .data = data };
	struct search s = { .data = data, .options = options, .space = space, .pass = pass };
	double weight_max = count_rows(fit, data);
	int e, result = -1;

	r.sum_weights = s.sum_weights = fit->sum_weights;
	if (fit->n_rows == 0)
		return LOGIT_NO_ROWS;
	if (fit->n_events == 0 || fit->n_events == fit->n_rows)
		return LOGIT_ONE_CLASS;
	/* Firth's gradient needs the room, see logit_pass. */
	frexp(options->firth ? 2 * fmax(weight_max, 1) : weight_max, &e);
	if (find_ranges(&r, alias, options->threads) == 0 && !r.too_wide &&
	    space_init(space, fit->n_terms, &r, alias) == 0) {
		space->weight_unit = ldexp(1, e);
		result = search(&s, alias);
	}
	free(r.center);
	free(r.reach);
	free(r.room);
	return r.too_wide ? LOGIT_RANGE : result == 0 ? LOGIT_OK : LOGIT_NO_MEMORY;
}
