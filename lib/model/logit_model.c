/* SPDX-License-Identifier: MIT */
#include "model/logit_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/fn.h"
#include "table/param.h"
#include "value/text.h"

const char *const logit_stop_words[] = { "deviance", "iterations", "stuck", "singular" };

char *logit_plain(const char *raw, size_t n)
{
	char *s = malloc(n + 1);

	if (s)
		s[text_unescape(s, raw, n)] = '\0';
	return s;
}

static int add_plain(struct param_list *p, const char *term, const char *key, struct span raw)
{
	char *plain = logit_plain(raw.s, raw.n);

	if (plain)
		param_add(p, "term", term, key, plain);
	free(plain);
	return plain ? 0 : -1;
}

/* What a term is made of: column, level or power, and what it is times. */
static int store_factors(struct param_list *p, const char *term, const struct design *d,
			 const struct design_term *t)
{
	static const char *const column[] = { "column", "times_column" };
	static const char *const level[] = { "level", "times_level" };
	int status = 0;

	for (size_t i = 0; i < t->n_factors && status == 0; i++) {
		const struct design_factor *f = &t->factor[i];
		const struct design_source *s = &d->source[f->source];
		status = add_plain(p, term, column[i], (struct span){ s->name, strlen(s->name) });
		if (s->category && status == 0)
			status = add_plain(p, term, level[i], s->level[f->level]);
		if (f->power > 1)
			param_add_int(p, "term", term, "power", f->power);
	}
	return status;
}

void logit_store_fit(struct param_list *p, const struct logit_summary *s,
		     const struct logit_options *o, const struct logit_about *about)
{
	const char *const program = LOGIT_MODEL_PROGRAM;
	const struct {
		const char *key;
		double value;
	} reals[] = {
		{ "sum_weights", s->sum_weights }, { "deviance", s->deviance },
		{ "null_deviance", s->null_deviance }, { "aic", s->aic },
		{ "lr", s->lr }, { "lr_p", s->lr_p }, { "l1", o->l1 }, { "l2", o->l2 },
		{ "holdout", about->holdout },
	};
	const struct {
		const char *key;
		size_t value;
	} counts[] = {
		{ "n", s->n_rows }, { "df", s->df }, { "null_df", s->df_null }, { "lr_df", s->lr_df },
		{ "iterations", (size_t)s->iterations }, { "converged", s->converged },
		{ "separated", s->separated },
		{ "penalise_standardised", logit_penalised(o) && o->penalise_standardised },
		{ "firth", o->firth }, { "balanced", o->balanced },
	};

	param_add_int(p, "model", program, "version", 1);
	if (s->family)
		param_add(p, "model", program, "family", s->family);
	param_add(p, "model", program, "outcome", about->outcome);
	param_add(p, "model", program, "weights", about->weights ? about->weights : "");
	if (!s->family)
		param_add_int(p, "model", program, "n_events", (int64_t)s->n_events);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		param_add_int(p, "model", program, counts[i].key, (int64_t)counts[i].value);
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		param_add_real(p, "model", program, reals[i].key, reals[i].value);
	if (about->l1_min > 0) {
		param_add_real(p, "model", program, "l1_min", about->l1_min);
		param_add_real(p, "model", program, "l1_1se", about->l1_1se);
	}
	param_add(p, "model", program, "algorithm", o->l1 > 0 ? "proximal newton" : "irls");
	param_add(p, "model", program, "stopped", logit_stop_words[s->stop]);
	if (about->seed >= 0)
		param_add_int(p, "model", program, "seed", about->seed);
}

int logit_store_term(struct param_list *p, const struct logit_term *a, const struct design *d,
		     size_t t, const char *name, const char *outcome)
{
	const struct {
		const char *key;
		double value;
	} rows[] = {
		{ "estimate", a->estimate }, { "std_error", a->std_error },
		{ "z", a->z }, { "p", a->p }, { "odds_ratio", fn_exp(a->estimate) },
		{ "ci_low", a->ci_low }, { "ci_high", a->ci_high },
		{ "odds_ratio_low", fn_exp(a->ci_low) }, { "odds_ratio_high", fn_exp(a->ci_high) },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		param_add_real(p, "term", name, rows[i].key, rows[i].value);
	if (outcome)
		param_add(p, "term", name, "outcome", outcome);
	if (store_factors(p, name, d, &d->term[t]) != 0)
		return -1;
	if (a->aliased)
		param_add_int(p, "term", name, "aliased", 1);
	if (a->separated)
		param_add_int(p, "term", name, "separated", a->separated);
	return 0;
}

int logit_store_column(struct param_list *p, const struct design *d, size_t at, int direction)
{
	const struct design_source *s = &d->source[at];
	char *name = logit_plain(s->name, strlen(s->name)), *level = NULL;
	int status = name ? 0 : -1;

	if (name)
		param_add(p, "column", name, "type", s->category ? "category" : "number");
	if (name && s->category && s->n_levels > 0) {
		level = logit_plain(s->level[0].s, s->level[0].n);
		status = level ? 0 : -1;
		if (level)
			param_add(p, "column", name, "reference", level);
	}
	if (name && direction)
		param_add_int(p, "column", name, "reference_separated", direction);
	free(name);
	free(level);
	return status;
}

static int direction_of(const struct logit_fit *fit, size_t source)
{
	for (size_t i = 0; i < fit->n_references; i++)
		if (fit->reference[i].source == source)
			return fit->reference[i].direction;
	return 0;
}

static int store_term(struct param_list *p, const struct logit_fit *fit, const struct design *d,
		      size_t t)
{
	char *name = logit_plain(d->term[t].name, strlen(d->term[t].name));
	int status = name ? logit_store_term(p, &fit->term[t], d, t, name, NULL) : -1;

	free(name);
	return status;
}

/* The lower triangle; terms without an estimate or an error have none. */
static int store_covariance(struct param_list *p, const struct logit_fit *fit, const struct design *d)
{
	char **name = calloc(fit->n_terms, sizeof *name);
	int status = name ? 0 : -1;

	for (size_t t = 0; status == 0 && t < fit->n_terms; t++)
		if (!(name[t] = logit_plain(d->term[t].name, strlen(d->term[t].name))))
			status = -1;
	for (size_t t = 0; status == 0 && t < fit->n_terms; t++)
		for (size_t u = 0; u <= t && !isnan(fit->term[t].std_error); u++)
			if (!isnan(fit->term[u].std_error))
				param_add_real(p, "covariance", name[t], name[u],
					       fit->covariance[t * fit->n_terms + u]);
	for (size_t t = 0; name && t < fit->n_terms; t++)
		free(name[t]);
	free(name);
	return status;
}

int logit_model_store(struct param_list *p, const struct logit_fit *fit, const struct design *d,
		      const struct logit_options *options, const struct logit_about *about)
{
	const struct logit_summary summary = {
		.n_rows = fit->n_rows, .n_events = fit->n_events, .df = fit->df, .df_null = fit->df_null,
		.lr_df = fit->rank - 1, .iterations = fit->iterations,
		.converged = logit_converged(fit), .separated = fit->separated, .stop = fit->stop,
		.sum_weights = fit->sum_weights, .deviance = fit->deviance,
		.null_deviance = fit->null_deviance, .aic = fit->aic, .lr = fit->lr, .lr_p = fit->lr_p,
	};

	logit_store_fit(p, &summary, options, about);
	for (size_t i = 0; i < d->n_sources; i++)
		if (logit_store_column(p, d, i, direction_of(fit, i)) != 0)
			return -1;
	for (size_t t = 0; t < fit->n_terms; t++)
		if (store_term(p, fit, d, t) != 0)
			return -1;
	return about->covariance && fit->covariance ? store_covariance(p, fit, d) : 0;
}
