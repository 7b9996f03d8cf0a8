/* SPDX-License-Identifier: MIT */
#include "model/logit_part.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "math/fn.h"
#include "math/linalg.h"
#include "model/logit_fitting.h"

#define TOL 1e-8     /* of the deviance, as the fit in one piece */
#define MAX_ROUNDS 25
#define ALIASED 1e-7 /* what cross products can tell */

int logit_part_init(struct logit_part *p, size_t n)
{
	*p = (struct logit_part){ .n = n };
	p->information = calloc(n * (n + 1) / 2, sizeof *p->information);
	p->gradient = calloc(n, sizeof *p->gradient);
	return p->information && p->gradient ? 0 : -1;
}

void logit_part_free(struct logit_part *p)
{
	free(p->information);
	free(p->gradient);
	*p = (struct logit_part){ 0 };
}

/* Work and residual of a block of rows from their predictors, as a fit's. */
static void weigh(struct logit_part *p, const struct logit_data *data, size_t first, size_t n,
		  const double *eta, double *work, double *residual)
{
	double deviance[DESIGN_BLOCK];

	for (size_t i = 0; i < n; i++) {
		double w = data->weight ? data->weight[first + i] : 1, size = fabs(eta[i]);
		double e = fn_exp(-size), d = 1 / (1 + e);
		bool likely = (eta[i] > 0) == data->y[first + i];
		double miss = likely ? e * d : d;
		residual[i] = data->y[first + i] ? w * miss : -w * miss;
		work[i] = w * (e * d * d);
		deviance[i] = 2 * w * (fn_log1p(e) + (likely ? 0 : size));
		p->eta_max = fmax(p->eta_max, size);
		p->n_events += data->y[first + i];
		exact_add(&p->weights, w);
		if (data->y[first + i])
			exact_add(&p->events, w);
	}
	p->n_rows += n;
	exact_add_many(&p->deviance, deviance, n);
}

static void add_block(struct logit_part *p, const struct logit_data *data, const struct logit_at *at,
		      size_t first, size_t n, double *u)
{
	double eta[DESIGN_BLOCK] = { 0 }, work[DESIGN_BLOCK], residual[DESIGN_BLOCK];
	double a[DESIGN_BLOCK], product[DESIGN_BLOCK];

	for (size_t t = 0; t < p->n; t++) {
		double *x = u + t * DESIGN_BLOCK;
		design_expand(data->design, t, first, n, 0, 1, x);
		for (size_t i = 0; i < n; i++)
			eta[i] += at->estimate[t] * x[i];
		for (size_t i = 0; i < n; i++)
			x[i] = (x[i] - at->center[t]) * at->factor[t];
	}
	weigh(p, data, first, n, eta, work, residual);
	for (size_t t = 0; t < p->n; t++) {
		const double *x = u + t * DESIGN_BLOCK;
		for (size_t i = 0; i < n; i++)
			product[i] = residual[i] * x[i];
		exact_add_many(&p->gradient[t], product, n);
		for (size_t i = 0; i < n; i++)
			a[i] = work[i] * x[i];
		for (size_t s = 0; s <= t; s++) {
			for (size_t i = 0; i < n; i++)
				product[i] = a[i] * u[s * DESIGN_BLOCK + i];
			exact_add_many(&p->information[logit_part_pair(t, s)], product, n);
		}
	}
}

int logit_part_rows(struct logit_part *p, const struct logit_data *data, const struct logit_at *at)
{
	size_t n_rows = data->design->n_rows;
	double *u = malloc(p->n * DESIGN_BLOCK * sizeof *u);

	for (size_t first = 0; u && first < n_rows; first += DESIGN_BLOCK)
		add_block(p, data, at, first,
			  n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK, u);
	free(u);
	return u ? 0 : -1;
}

/* A step under way: terms in use, their information and its inverse. */
struct step {
	size_t n, *term;
	double *information, *inverse; /* [n][n] of u */
	double *move, *raw;            /* [n] */
	int *alias;
};

static void step_free(struct step *s)
{
	free(s->term);
	free(s->information);
	free(s->inverse);
	free(s->move);
	free(s->alias);
}

static int step_init(struct step *s, size_t n)
{
	*s = (struct step){ .n = n };
	s->term = malloc(n * sizeof *s->term);
	s->information = malloc(n * n * sizeof(double));
	s->inverse = malloc(n * n * sizeof(double));
	s->move = calloc(2 * n, sizeof(double));
	s->alias = calloc(n, sizeof *s->alias);
	s->raw = s->move + n;
	return s->term && s->information && s->inverse && s->move && s->alias ? 0 : -1;
}

/* The information of the terms kept, into s->information and s->inverse. */
static void take_information(struct step *s, const struct logit_part *p)
{
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->n; j++)
			s->information[i * s->n + j] = s->inverse[i * s->n + j] = exact_round(
				&p->information[logit_part_pair(s->term[i], s->term[j])]);
}

static int choose_terms(struct step *s, const struct logit_part *p)
{
	size_t n = p->n;

	for (size_t i = 0; i < n; i++)
		s->term[i] = i;
	take_information(s, p);
	if (linalg_aliased(n, s->information, ALIASED, s->alias) != 0)
		return -1;
	s->n = 0;
	for (size_t i = 0; i < n; i++)
		if (!s->alias[i])
			s->term[s->n++] = i;
	take_information(s, p);
	return 0;
}

/* Coefficients of u, in place, to raw units. */
static void to_raw(const struct step *s, const struct logit_at *at, double *b)
{
	for (size_t i = 1; i < s->n; i++) {
		b[i] *= at->factor[s->term[i]];
		b[0] -= b[i] * at->center[s->term[i]];
	}
}

/* The covariance in raw units, column by column of the map. */
static int set_covariance(struct logit_fit *fit, const struct step *s, const struct logit_at *at)
{
	size_t n = s->n, p = fit->n_terms;
	double *map = calloc(n * n, sizeof *map); /* column j of the map in row j */

	fit->covariance = calloc(p * p, sizeof *fit->covariance);
	for (size_t j = 0; map && j < n; j++) {
		map[j * n + j] = 1;
		to_raw(s, at, map + j * n);
	}
	for (size_t i = 0; map && fit->covariance && i < n; i++)
		for (size_t j = 0; j < n; j++) {
			double sum = 0;
			for (size_t a = 0; a < n; a++)
				for (size_t b = 0; map[a * n + i] != 0 && b < n; b++)
					sum += map[a * n + i] * map[b * n + j] * s->inverse[a * n + b];
			fit->covariance[s->term[i] * p + s->term[j]] = sum;
		}
	free(map);
	return map && fit->covariance ? 0 : -1;
}

/* A term of levels is not centred: a shard without its level has no column for
 * it, which has to mean 0. */
static bool is_sparse(const struct design *d, size_t term)
{
	for (size_t i = 0; i < d->term[term].n_factors; i++)
		if (d->source[d->term[term].factor[i].source].category)
			return true;
	return false;
}

/* Means and powers of two near the deviations, from round 0, where columns are
 * as they came and every row has a quarter of its weight. */
static void set_places(const struct step *s, const struct design *d, struct logit_at *at)
{
	double all = s->information[0];

	for (size_t i = 1; i < s->n; i++) {
		double mean = s->information[i] / all;
		double square = s->information[i * s->n + i] / all - mean * mean;
		int e;
		frexp(sqrt(fmax(square, 0x1p-40 * mean * mean)), &e);
		at->center[s->term[i]] = is_sparse(d, s->term[i]) ? 0 : mean;
		at->factor[s->term[i]] = ldexp(1, -e);
	}
}

static void summarise(struct logit_fit *fit, const struct logit_part *p, const struct step *s)
{
	double w = exact_round(&p->weights), e = exact_round(&p->events);

	fit->rank = s->n;
	fit->sum_weights = w;
	fit->sum_events = e;
	fit->n_rows = p->n_rows;
	fit->n_events = p->n_events;
	fit->deviance = exact_round(&p->deviance);
	fit->null_deviance = -2 * (e * fn_log(e / w) + (w - e) * fn_log((w - e) / w));
	fit->aic = fit->deviance + 2 * (double)fit->rank;
	fit->df = fit->n_rows > fit->rank ? fit->n_rows - fit->rank : 0;
	fit->df_null = fit->n_rows - 1;
	fit->lr = fit->null_deviance - fit->deviance;
	fit->lr_p = fit->rank > 1 ? dist_chi2_upper(fmax(fit->lr, 0), (double)(fit->rank - 1)) :
				    (double)NAN;
}

/* The step into s->move (of u) and s->raw.  0, or 1: singular. */
static int newton(struct step *s, const struct logit_part *p, const struct logit_at *at)
{
	if (linalg_inverse(s->n, s->inverse) != 0)
		return 1;
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < s->n; j++)
			s->move[i] += s->inverse[i * s->n + j] * exact_round(&p->gradient[s->term[j]]);
	memcpy(s->raw, s->move, s->n * sizeof *s->raw);
	to_raw(s, at, s->raw);
	return 0;
}

/* Moves the place, or half of the way back to where it came from. */
static void go(struct logit_fit *fit, const struct step *s, struct logit_at *at,
	       struct logit_round *round)
{
	double old = round->deviance_before, dev = fit->deviance;
	bool met = fabs(dev - old) / (fabs(dev) + 0.1) < TOL; /* false for NaN */
	bool back = dev > old && !met;

	round->done = met || round->number >= MAX_ROUNDS;
	for (size_t i = 0; i < s->n; i++)
		fit->moving |= met && fabs(s->move[i]) > LOGIT_MOVING *
				      fmax(1, fabs(at->estimate[s->term[i]] / at->factor[s->term[i]]));
	for (size_t i = 0; i < s->n; i++) {
		double *b = &at->estimate[s->term[i]], *from = &round->previous[s->term[i]];
		if (back) {
			*b = (*b + *from) / 2;
		} else {
			*from = *b;
			*b += s->raw[i];
		}
		fit->term[s->term[i]].estimate = *b;
	}
	if (!back)
		round->deviance_before = dev;
	fit->stop = met ? LOGIT_DEVIANCE : LOGIT_MAX_ITER;
	fit->iterations = round->number;
}

enum logit_status logit_part_step(struct logit_fit *fit, const struct logit_part *p,
				  const struct design *d, struct logit_at *at,
				  struct logit_round *round)
{
	struct step s;
	enum logit_status status = LOGIT_NO_MEMORY;

	*fit = (struct logit_fit){ .n_terms = p->n };
	fit->n_rows = p->n_rows;
	fit->n_events = p->n_events;
	if (p->n_rows == 0)
		return LOGIT_NO_ROWS;
	if (p->n_events == 0 || p->n_events == p->n_rows)
		return LOGIT_ONE_CLASS;
	fit->term = calloc(p->n, sizeof *fit->term);
	if (step_init(&s, p->n) == 0 && fit->term && choose_terms(&s, p) == 0) {
		status = LOGIT_OK;
		for (size_t t = 0; t < p->n; t++) {
			fit->term[t].aliased = s.alias[t];
			fit->term[t].estimate = NAN;
		}
		summarise(fit, p, &s);
		if (newton(&s, p, at) != 0) {
			fit->stop = LOGIT_SINGULAR;
			round->done = true;
		} else {
			if (set_covariance(fit, &s, at) != 0)
				status = LOGIT_NO_MEMORY;
			go(fit, &s, at, round);
			if (round->number == 0)
				set_places(&s, d, at);
		}
		logit_infer(fit, false);
	}
	step_free(&s);
	return status;
}
