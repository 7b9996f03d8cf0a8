/* SPDX-License-Identifier: MIT */
#include "model/logit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "math/fn.h"
#include "math/linalg.h"
#include "model/logit_fitting.h"

#define MAX_HALVINGS 40
/* Firth's fit ends when no standardised coefficient moves by more. */
#define FIRTH_SETTLED 1e-10
#define FIRTH_ITER 200

/* The information matrix with the penalty, into f->square. */
static void penalised_information(struct logit_fitting *f)
{
	size_t n = f->space.n;

	memcpy(f->square, f->pass.information, n * n * sizeof *f->square);
	for (size_t j = 0; j < n; j++)
		f->square[j * n + j] += f->penalty[j];
}

/* The logarithm of the determinant of a positive definite matrix by its
 * eigenvalues (destroyed); NaN when it is not. */
static double log_determinant(size_t n, double *a)
{
	double *value = malloc((n + n * n) * sizeof *value), sum = 0;

	if (!value || linalg_eigen(n, a, value, value + n) != 0) {
		free(value);
		return NAN;
	}
	for (size_t i = 0; i < n; i++)
		sum += value[i] > 0 ? fn_log(value[i]) : (double)NAN;
	free(value);
	return sum;
}

/*
 * After a pass at beta: the objective.  Under Firth a second pass adds the
 * leverages, which need the information.  Returns 0, 1: singular, or -1: no
 * memory.
 */
static int complete(struct logit_fitting *f, const double *beta)
{
	size_t n = f->space.n;

	f->objective = f->pass.deviance;
	for (size_t j = 0; j < n; j++)
		f->objective += f->penalty[j] * beta[j] * beta[j] + 2 * f->lasso[j] * fabs(beta[j]);
	if (!f->options->firth)
		return 0;
	memcpy(f->square, f->pass.information, n * n * sizeof *f->square);
	f->objective -= log_determinant(n, f->square);
	memcpy(f->square, f->pass.information, n * n * sizeof *f->square);
	if (isnan(f->objective) || linalg_inverse(n, f->square) != 0)
		return 1;
	return logit_pass(&f->pass, f->data, &f->space, beta, f->square, f->options->threads);
}

int logit_evaluate(struct logit_fitting *f, const double *beta)
{
	if (logit_pass(&f->pass, f->data, &f->space, beta, NULL, f->options->threads) != 0)
		return -1;
	return complete(f, beta);
}

/* The Newton step from beta into f->step.  0, or 1: singular. */
static int newton_step(struct logit_fitting *f, const double *beta)
{
	penalised_information(f);
	for (size_t j = 0; j < f->space.n; j++)
		f->step[j] = f->pass.gradient[j] - f->penalty[j] * beta[j];
	if (linalg_solve(f->space.n, f->square, f->step) != 0)
		return 1;
	for (size_t j = 0; j < f->space.n; j++)
		if (!isfinite(f->step[j]))
			return 1;
	return 0;
}

static bool rule_met(const struct logit_options *o, double objective, double old)
{
	return fabs(objective - old) / (fabs(objective) + 0.1) < o->tol;
}

/* Whether the step moves a standardised coefficient by more than a share of
 * max(1, |b|). */
static bool moves(const struct logit_fitting *f, double share)
{
	for (size_t j = 0; j < f->space.n; j++) {
		double c = logit_standard(&f->space, j), b = fabs(f->beta[j] * c);
		if (fabs(f->step[j] * c) > share * (b > 1 ? b : 1))
			return true;
	}
	return false;
}

/*
 * Moves beta by the step, halved until the objective does not rise.
 * Returns 0 moved, 2 stuck, else as logit_evaluate.
 */
static int move(struct logit_fitting *f, double old)
{
	size_t n = f->space.n;

	for (int halvings = 0; halvings <= MAX_HALVINGS; halvings++) {
		int status;
		for (size_t j = 0; j < n; j++)
			f->trial[j] = f->beta[j] + ldexp(f->step[j], -halvings);
		status = logit_evaluate(f, f->trial);
		if (status < 0)
			return status;
		if (status == 0 && (f->objective <= old ||
				    rule_met(f->options, f->objective, old))) {
			memcpy(f->beta, f->trial, n * sizeof *f->beta);
			return 0;
		}
	}
	return 2;
}

/* Iterates from 0 by the rule of R's glm.fit.  0, or -1: no memory. */
static int iterate(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	/* Firth's steps leave the leverages' derivative out and so converge
	 * linearly, which the deviance alone does not see. */
	int max_iter = f->options->firth ? FIRTH_ITER : f->options->max_iter;
	int status = complete(f, f->beta);

	fit->stop = LOGIT_MAX_ITER;
	while (status == 0 && fit->iterations < max_iter) {
		double old = f->objective;
		if (newton_step(f, f->beta) != 0)
			break;
		fit->iterations++;
		status = move(f, old);
		if (status == 0 && rule_met(f->options, f->objective, old) &&
		    !(f->options->firth && moves(f, FIRTH_SETTLED))) {
			fit->stop = LOGIT_DEVIANCE;
			return 0;
		}
	}
	if (status < 0)
		return -1;
	if (status == 2)
		fit->stop = LOGIT_STUCK;
	else if (status == 1 || fit->iterations < max_iter)
		fit->stop = LOGIT_SINGULAR;
	return 0;
}

/*
 * A level with one row in a million hardly moves a standardised coefficient;
 * but in the units of the space no column exceeds 1, and the step of a fit
 * that has an answer is by now far below this.
 */
static bool moves_a_row(const struct logit_fitting *f)
{
	for (size_t j = 0; j < f->space.n; j++)
		if (fabs(f->step[j]) > LOGIT_MOVING * fmax(1, fabs(f->beta[j])))
			return true;
	return false;
}

/*
 * After the rule: is the next step still large, is a probability extreme?
 * Then looks for separation.  Otherwise takes the step.
 */
static int finish(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	size_t n = f->space.n;
	bool step_ok, extreme = fn_exp(-f->pass.eta_max) < LOGIT_EXTREME;
	int status = 0;

	step_ok = newton_step(f, f->beta) == 0;
	fit->moving = step_ok && fit->stop == LOGIT_DEVIANCE && moves(f, LOGIT_MOVING);
	if ((!step_ok || fit->moving || extreme || moves_a_row(f) || fit->stop != LOGIT_DEVIANCE) &&
	    !logit_penalised(f->options) && !f->options->firth)
		status = logit_separation(fit, f->data, &f->space);
	if (status != 0 || !step_ok || fit->stop != LOGIT_DEVIANCE || fit->separated || fit->moving)
		return status;
	for (size_t j = 0; j < n; j++)
		f->beta[j] += f->step[j];
	status = logit_evaluate(f, f->beta);
	if (status > 0)
		fit->stop = LOGIT_SINGULAR;
	return status < 0 ? -1 : 0;
}

void logit_to_raw(const struct logit_space *s, double *beta)
{
	logit_unfold(s, beta);
	for (size_t j = 1; j < s->n; j++) {
		beta[j] *= s->factor[j];
		beta[0] -= beta[j] * s->center[j];
	}
}

/* The covariance in raw units: M C M' with M the map of logit_to_raw, built
 * column by column, and C the inverse information. */
static int raw_covariance(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	size_t n = f->space.n, p = fit->n_terms;
	double *m = calloc(n * n, sizeof *m), *half = calloc(n * n, sizeof *half);

	fit->covariance = calloc(p * p, sizeof *fit->covariance);
	if (!m || !half || !fit->covariance) {
		free(m);
		free(half);
		return -1;
	}
	for (size_t j = 0; j < n; j++) {
		memset(f->step, 0, n * sizeof *f->step);
		f->step[j] = 1;
		logit_to_raw(&f->space, f->step);
		for (size_t i = 0; i < n; i++)
			m[i * n + j] = f->step[i];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; m[i * n + k] != 0 && j < n; j++)
				half[j * n + i] += m[i * n + k] * f->square[k * n + j];
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			for (size_t j = 0; m[i * n + k] != 0 && j < n; j++)
				fit->covariance[f->space.term[i] * p + f->space.term[j]] +=
					m[i * n + k] * half[k * n + j];
	free(m);
	free(half);
	return 0;
}

static int to_raw(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	size_t n = f->space.n;

	logit_to_raw(&f->space, f->beta);
	for (size_t t = 0; t < fit->n_terms; t++)
		fit->term[t].estimate = NAN;
	for (size_t j = 0; j < n; j++)
		fit->term[f->space.term[j]].estimate = f->beta[j];
	memcpy(f->square, f->pass.information, n * n * sizeof *f->square);
	if (logit_penalised(f->options) || f->options->balanced || linalg_inverse(n, f->square) != 0)
		return 0;
	return raw_covariance(f);
}

void logit_infer(struct logit_fit *fit, bool profiled)
{
	for (size_t t = 0; t < fit->n_terms; t++) {
		struct logit_term *a = &fit->term[t];
		a->std_error = NAN;
		if (fit->covariance && !a->aliased && !a->separated && !a->drawn)
			a->std_error = sqrt(fit->covariance[t * fit->n_terms + t]);
		a->z = a->estimate / a->std_error;
		a->p = isnan(a->z) ? (double)NAN : 2 * dist_normal_upper(fabs(a->z));
		if (profiled && !a->aliased)
			continue;
		a->ci_low = a->estimate - DIST_NORMAL_975 * a->std_error;
		a->ci_high = a->estimate + DIST_NORMAL_975 * a->std_error;
	}
}

static void summarise(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	double w = fit->sum_weights, e = fit->sum_events;

	fit->rank = f->space.n;
	fit->deviance = f->pass.deviance;
	fit->null_deviance = -2 * (e * fn_log(e / w) + (w - e) * fn_log((w - e) / w));
	fit->aic = fit->deviance + 2 * (double)fit->rank;
	fit->df = fit->n_rows > fit->rank ? fit->n_rows - fit->rank : 0;
	fit->df_null = fit->n_rows - 1;
	fit->lr = fit->null_deviance - fit->deviance;
	fit->lr_p = fit->rank > 1 && !logit_penalised(f->options) && !f->options->firth &&
				    !f->options->balanced ?
			    dist_chi2_upper(fit->lr > 0 ? fit->lr : 0, (double)(fit->rank - 1)) :
			    (double)NAN;
	logit_infer(fit, f->options->profile && fit->covariance);
}

static void set_penalty(struct logit_fitting *f, double scale)
{
	const struct logit_options *o = f->options;
	double w = scale * f->fit->sum_weights;

	for (size_t j = 1; j < f->space.n; j++) {
		double c = o->penalise_standardised ? logit_standard(&f->space, j) :
						      f->space.factor[j];
		f->penalty[j] = o->l2 * w * c * c;
		f->lasso[j] = o->l1 * w * c;
	}
}

static int prepare(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	size_t n = f->space.n;

	f->lasso = calloc(n, sizeof(double));
	f->square = malloc(n * n * sizeof(double));
	f->beta = calloc(n, sizeof(double));
	f->step = calloc(n, sizeof(double));
	f->trial = calloc(n, sizeof(double));
	f->penalty = calloc(n, sizeof(double));
	if (!f->square || !f->beta || !f->step || !f->trial || !f->penalty ||
	    !f->lasso)
		return -1;
	set_penalty(f, 1);
	for (size_t t = 0; t < fit->n_terms; t++) {
		fit->term[t].constant = f->alias[t] == LOGIT_CONSTANT;
		fit->term[t].aliased = f->alias[t] != 0;
	}
	return 0;
}

static enum logit_status start(struct logit_fitting *f)
{
	struct logit_fit *fit = f->fit;
	enum logit_status status;

	fit->n_terms = f->data->design->n_terms;
	fit->term = calloc(fit->n_terms, sizeof *fit->term);
	f->alias = calloc(fit->n_terms, sizeof *f->alias);
	if (!fit->term || !f->alias)
		return LOGIT_NO_MEMORY;
	status = logit_start(fit, &f->space, &f->pass, f->data, f->options, f->alias);
	return status != LOGIT_OK ? status : prepare(f) == 0 ? LOGIT_OK : LOGIT_NO_MEMORY;
}

static enum logit_status run(struct logit_fitting *f)
{
	int status = f->options->l1 > 0 ? logit_lasso(f) : iterate(f);

	if (status != 0 || (f->options->l1 <= 0 && finish(f) != 0))
		return LOGIT_NO_MEMORY;
	if (f->options->profile && !f->options->balanced && logit_profile(f) != 0)
		return LOGIT_NO_MEMORY;
	if (to_raw(f) != 0)
		return LOGIT_NO_MEMORY;
	summarise(f);
	return LOGIT_OK;
}

static void free_fitting(struct logit_fitting *f)
{
	logit_space_free(&f->space);
	free(f->pass.information);
	free(f->pass.gradient);
	free(f->square);
	free(f->beta);
	free(f->step);
	free(f->trial);
	free(f->penalty);
	free(f->lasso);
	free(f->alias);
}

enum logit_status logit_fit(struct logit_fit *fit, const struct logit_data *data,
			    const struct logit_options *options)
{
	struct logit_fitting f = { .data = data, .options = options, .fit = fit };
	enum logit_status status;

	*fit = (struct logit_fit){ 0 };
	status = start(&f);
	if (status == LOGIT_OK)
		status = run(&f);
	free_fitting(&f);
	return status;
}

/* From the smallest scale where all coefficients are 0 to 1: with the intercept
 * alone no score exceeds its lasso. */
static int make_scales(struct logit_fitting *f, double *scale, size_t n)
{
	double top = 1, share = f->fit->sum_events / f->fit->sum_weights;

	f->beta[0] = fn_log(share / (1 - share));
	if (logit_evaluate(f, f->beta) < 0)
		return -1;
	for (size_t j = 1; j < f->space.n; j++)
		top = fmax(top, fabs(f->pass.gradient[j]) / f->lasso[j]);
	for (size_t i = 0; i < n; i++)
		scale[i] = fn_exp(fn_log(top) * (double)(n - 1 - i) / (double)(n - 1));
	return 0;
}

/* A fit with the counts of `from`. */
static int next_fit(struct logit_fit *fit, const struct logit_fit *from)
{
	*fit = *from;
	fit->covariance = NULL;
	fit->iterations = 0;
	fit->term = malloc(fit->n_terms * sizeof *fit->term);
	if (fit->term)
		memcpy(fit->term, from->term, fit->n_terms * sizeof *fit->term);
	return fit->term ? 0 : -1;
}

enum logit_status logit_fit_path(struct logit_fit *fit, const struct logit_data *data,
				 const struct logit_options *options, double *scale, size_t n)
{
	struct logit_fitting f = { .data = data, .options = options, .fit = fit };
	enum logit_status status;
	double *beta = NULL;

	for (size_t i = 0; i < n; i++)
		fit[i] = (struct logit_fit){ 0 };
	status = start(&f);
	if (status == LOGIT_OK && !(beta = malloc(f.space.n * sizeof *beta)))
		status = LOGIT_NO_MEMORY;
	if (status == LOGIT_OK && scale[0] <= 0 && make_scales(&f, scale, n) != 0)
		status = LOGIT_NO_MEMORY;
	for (size_t i = 0; i < n && status == LOGIT_OK; i++) {
		if (i > 0 && next_fit(&fit[i], &fit[i - 1]) != 0) {
			status = LOGIT_NO_MEMORY;
			break;
		}
		f.fit = &fit[i];
		set_penalty(&f, scale[i]);
		if (logit_lasso(&f) != 0)
			status = LOGIT_NO_MEMORY;
		memcpy(beta, f.beta, f.space.n * sizeof *beta);
		to_raw(&f);
		summarise(&f);
		memcpy(f.beta, beta, f.space.n * sizeof *beta);
	}
	free(beta);
	free_fitting(&f);
	return status;
}

void logit_free(struct logit_fit *fit)
{
	free(fit->term);
	free(fit->covariance);
	free(fit->reference);
	*fit = (struct logit_fit){ 0 };
}
