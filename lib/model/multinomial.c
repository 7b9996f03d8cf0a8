/* SPDX-License-Identifier: MIT */
#include "model/multinomial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "math/exact.h"
#include "math/fn.h"
#include "math/linalg.h"
#include "model/logit_fitting.h"
#include "model/multinomial_sums.h"

#define MAX_HALVINGS 40

struct fitting {
	const struct multinomial_data *data;
	const struct logit_options *options;
	struct multinomial_fit *fit;
	struct logit_space space;
	struct multinomial_pass pass;
	size_t n, k, m; /* columns, outcomes but the reference, n * k */
	double *beta, *step, *trial, *penalty; /* [m] */
	double *square; /* [m][m] */
	double objective;
	int *alias;     /* [n_terms] */
};

static int evaluate(struct fitting *f, const double *beta)
{
	if (multinomial_pass(&f->pass, f->data, &f->space, beta, f->options->threads) != 0)
		return -1;
	f->objective = f->pass.deviance;
	for (size_t j = 0; j < f->m; j++)
		f->objective += f->penalty[j] * beta[j] * beta[j];
	return 0;
}

/* 0, or 1: singular. */
static int newton_step(struct fitting *f)
{
	memcpy(f->square, f->pass.information, f->m * f->m * sizeof *f->square);
	for (size_t j = 0; j < f->m; j++) {
		f->square[j * f->m + j] += f->penalty[j];
		f->step[j] = f->pass.gradient[j] - f->penalty[j] * f->beta[j];
	}
	if (linalg_solve(f->m, f->square, f->step) != 0)
		return 1;
	for (size_t j = 0; j < f->m; j++)
		if (!isfinite(f->step[j]))
			return 1;
	return 0;
}

static bool rule_met(const struct fitting *f, double old)
{
	return fabs(f->objective - old) / (fabs(f->objective) + 0.1) < f->options->tol;
}

/* 0 moved, 2 stuck, -1 no memory. */
static int move(struct fitting *f, double old)
{
	for (int halvings = 0; halvings <= MAX_HALVINGS; halvings++) {
		for (size_t j = 0; j < f->m; j++)
			f->trial[j] = f->beta[j] + ldexp(f->step[j], -halvings);
		if (evaluate(f, f->trial) != 0)
			return -1;
		if (f->objective <= old || rule_met(f, old)) {
			memcpy(f->beta, f->trial, f->m * sizeof *f->beta);
			return 0;
		}
	}
	return 2;
}

/* 0, or -1: no memory. */
static int iterate(struct fitting *f)
{
	struct multinomial_fit *fit = f->fit;

	if (evaluate(f, f->beta) != 0)
		return -1;
	fit->stop = LOGIT_MAX_ITER;
	while (fit->iterations < f->options->max_iter) {
		double old = f->objective;
		int status;
		if (newton_step(f) != 0) {
			fit->stop = LOGIT_SINGULAR;
			return 0;
		}
		fit->iterations++;
		status = move(f, old);
		if (status == 2)
			fit->stop = LOGIT_STUCK;
		else if (status == 0 && rule_met(f, old))
			fit->stop = LOGIT_DEVIANCE;
		if (status < 0 || fit->stop != LOGIT_MAX_ITER)
			return status < 0 ? -1 : 0;
	}
	return 0;
}

/* Whether the step still moves a standardised coefficient, or one of a column
 * of the space, which no row exceeds 1 in. */
static bool moves(const struct fitting *f, bool standardised)
{
	for (size_t j = 0; j < f->m; j++) {
		double c = standardised ? logit_standard(&f->space, j % f->n) : 1;
		if (fabs(f->step[j] * c) > LOGIT_MOVING * fmax(1, fabs(f->beta[j] * c)))
			return true;
	}
	return false;
}

/* What separates outcome k from all others separates; of the reference, all
 * others run off the other way.  -1: no memory. */
static int separate_outcome(struct fitting *f, size_t k)
{
	struct multinomial_fit *fit = f->fit;
	size_t n_rows = f->data->design->n_rows, n_terms = fit->n_terms;
	uint8_t *y = malloc(n_rows);
	struct logit_fit one = { .term = calloc(n_terms, sizeof *one.term), .n_terms = n_terms };
	const struct logit_data data = { f->data->design, y, f->data->weight };
	int status = y && one.term ? 0 : -1;

	for (size_t i = 0; status == 0 && i < n_rows; i++)
		y[i] = f->data->y[i] == k;
	if (status == 0)
		status = logit_separation(&one, &data, &f->space);
	for (size_t o = 0; status == 0 && o < f->k; o++)
		for (size_t t = 0; t < n_terms && (k == 0 || o + 1 == k); t++) {
			struct logit_term *to = &fit->term[o * n_terms + t];
			if (!to->separated)
				to->separated = k ? one.term[t].separated : -one.term[t].separated;
			to->drawn |= one.term[t].drawn || one.n_references > 0;
		}
	fit->separated |= one.separated;
	logit_free(&one);
	free(y);
	return status;
}

/* After the rule, as a binary fit: is the step still large, a probability
 * extreme?  Then looks for separation.  Otherwise takes the step. */
static int finish(struct fitting *f)
{
	struct multinomial_fit *fit = f->fit;
	bool step_ok = newton_step(f) == 0, done = fit->stop == LOGIT_DEVIANCE;
	int status = 0;

	fit->moving = step_ok && done && moves(f, true);
	if ((!step_ok || !done || fit->moving || moves(f, false) ||
	     f->pass.extreme < LOGIT_EXTREME) && !logit_penalised(f->options))
		for (size_t k = 0; status == 0 && k <= f->k; k++)
			status = separate_outcome(f, k);
	if (status != 0 || !step_ok || !done || fit->separated || fit->moving)
		return status;
	for (size_t j = 0; j < f->m; j++)
		f->beta[j] += f->step[j];
	return evaluate(f, f->beta);
}

static void set_inference(struct logit_term *t, double variance)
{
	t->std_error = t->separated || t->drawn || t->aliased ? (double)NAN : sqrt(variance);
	t->z = t->estimate / t->std_error;
	t->p = isnan(t->z) ? (double)NAN : 2 * dist_normal_upper(fabs(t->z));
	t->ci_low = t->estimate - DIST_NORMAL_975 * t->std_error;
	t->ci_high = t->estimate + DIST_NORMAL_975 * t->std_error;
}

/* The variances of raw estimates: the diagonal of M C M', M the map of
 * logit_to_raw for one outcome; f->square is C. */
static int set_terms(struct fitting *f, bool inverse)
{
	struct multinomial_fit *fit = f->fit;
	size_t n = f->n;
	double *map = calloc(n * n, sizeof *map);

	if (!map)
		return -1;
	for (size_t j = 0; j < n; j++) { /* column j of M in row j */
		map[j * n + j] = 1;
		logit_to_raw(&f->space, map + j * n);
	}
	for (size_t o = 0; o < f->k; o++) {
		logit_to_raw(&f->space, f->beta + o * n);
		for (size_t t = 0; t < fit->n_terms; t++) {
			struct logit_term *to = &fit->term[o * fit->n_terms + t];
			to->constant = f->alias[t] == LOGIT_CONSTANT;
			to->aliased = f->alias[t] != 0;
			to->estimate = NAN;
			set_inference(to, NAN);
		}
		for (size_t i = 0; i < n; i++) {
			struct logit_term *to = &fit->term[o * fit->n_terms + f->space.term[i]];
			double variance = 0;
			for (size_t a = 0; a < n; a++)
				for (size_t b = 0; map[a * n + i] != 0 && b < n; b++)
					variance += map[a * n + i] * map[b * n + i] *
						    f->square[(o * n + a) * f->m + o * n + b];
			to->estimate = f->beta[o * n + i];
			set_inference(to, inverse ? variance : (double)NAN);
		}
	}
	free(map);
	return 0;
}

static void summarise(struct fitting *f)
{
	struct multinomial_fit *fit = f->fit;

	fit->rank = f->n;
	fit->deviance = f->pass.deviance;
	fit->aic = fit->deviance + 2 * (double)f->m;
	fit->lr = fit->null_deviance - fit->deviance;
	fit->lr_df = f->m - f->k;
	fit->df = fit->n_rows * f->k > f->m ? fit->n_rows * f->k - f->m : 0;
	fit->df_null = (fit->n_rows - 1) * f->k;
	fit->lr_p = fit->lr_df && !logit_penalised(f->options) ?
			    dist_chi2_upper(fmax(fit->lr, 0), (double)fit->lr_df) : (double)NAN;
}

/* The sums of the weights by outcome, and the null deviance from them. */
static int count(struct fitting *f)
{
	struct multinomial_fit *fit = f->fit;
	struct exact *sum = calloc(fit->n_outcomes, sizeof *sum);

	fit->weight_of = calloc(fit->n_outcomes, sizeof *fit->weight_of);
	if (!sum || !fit->weight_of) {
		free(sum);
		return -1;
	}
	for (size_t i = 0; i < f->data->design->n_rows; i++)
		exact_add(&sum[f->data->y[i]], f->data->weight ? f->data->weight[i] : 1);
	for (size_t o = 0; o < fit->n_outcomes; o++) {
		fit->weight_of[o] = exact_round(&sum[o]);
		fit->null_deviance -= 2 * fit->weight_of[o] *
				      fn_log(fit->weight_of[o] / fit->sum_weights);
	}
	free(sum);
	return 0;
}

/* The space of the terms does not depend on the outcomes: that of the
 * reference against the others. */
static enum logit_status start(struct fitting *f)
{
	struct multinomial_fit *fit = f->fit;
	size_t n_rows = f->data->design->n_rows;
	uint8_t *y = malloc(n_rows + 1);
	const struct logit_data data = { f->data->design, y, f->data->weight };
	struct logit_fit binary = { .n_terms = f->data->design->n_terms };
	struct logit_pass pass = { 0 };
	enum logit_status status = LOGIT_NO_MEMORY;

	fit->n_terms = binary.n_terms;
	fit->n_outcomes = f->data->n_outcomes;
	f->k = fit->n_outcomes - 1;
	fit->term = calloc(fit->n_terms * f->k, sizeof *fit->term);
	f->alias = calloc(fit->n_terms, sizeof *f->alias);
	if (y && fit->term && f->alias) {
		for (size_t i = 0; i < n_rows; i++)
			y[i] = f->data->y[i] != 0;
		status = logit_start(&binary, &f->space, &pass, &data, f->options, f->alias);
	}
	fit->n_rows = binary.n_rows;
	fit->sum_weights = binary.sum_weights;
	free(pass.information);
	free(pass.gradient);
	free(y);
	return status;
}

static int prepare(struct fitting *f)
{
	const struct logit_options *o = f->options;
	size_t m;

	f->n = f->space.n;
	f->m = m = f->n * f->k;
	f->pass.information = malloc(m * m * sizeof(double));
	f->pass.gradient = malloc(m * sizeof(double));
	f->square = malloc(m * m * sizeof(double));
	f->beta = calloc(m, sizeof(double));
	f->step = calloc(m, sizeof(double));
	f->trial = calloc(m, sizeof(double));
	f->penalty = calloc(m, sizeof(double));
	if (!f->pass.information || !f->pass.gradient || !f->square || !f->beta || !f->step ||
	    !f->trial || !f->penalty)
		return -1;
	for (size_t j = 0; j < m; j++) {
		double c = o->penalise_standardised ? logit_standard(&f->space, j % f->n) :
						      f->space.factor[j % f->n];
		f->penalty[j] = j % f->n ? o->l2 * f->fit->sum_weights * c * c : 0;
	}
	return 0;
}

static enum logit_status run(struct fitting *f)
{
	bool inverse;

	if (prepare(f) != 0 || count(f) != 0 || iterate(f) != 0 || finish(f) != 0)
		return LOGIT_NO_MEMORY;
	memcpy(f->square, f->pass.information, f->m * f->m * sizeof *f->square);
	inverse = !logit_penalised(f->options) && linalg_inverse(f->m, f->square) == 0;
	if (set_terms(f, inverse) != 0)
		return LOGIT_NO_MEMORY;
	summarise(f);
	return LOGIT_OK;
}

enum logit_status multinomial_fit(struct multinomial_fit *fit, const struct multinomial_data *data,
				  const struct logit_options *options)
{
	struct fitting f = { .data = data, .options = options, .fit = fit };
	enum logit_status status;

	*fit = (struct multinomial_fit){ 0 };
	status = start(&f);
	if (status == LOGIT_OK)
		status = run(&f);
	logit_space_free(&f.space);
	free(f.pass.information);
	free(f.pass.gradient);
	free(f.square);
	free(f.beta);
	free(f.step);
	free(f.trial);
	free(f.penalty);
	free(f.alias);
	return status;
}

bool multinomial_converged(const struct multinomial_fit *fit)
{
	return fit->stop == LOGIT_DEVIANCE && !fit->separated && !fit->moving;
}

void multinomial_free(struct multinomial_fit *fit)
{
	free(fit->term);
	free(fit->weight_of);
	*fit = (struct multinomial_fit){ 0 };
}
