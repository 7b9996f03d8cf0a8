/* SPDX-License-Identifier: MIT */
#include "model/logit_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/fn.h"
#include "table/param.h"
#include "value/num.h"
#include "value/text.h"

static char *plain_of(const char *raw, size_t n)
{
	char *s = malloc(n + 1);

	if (s)
		s[text_unescape(s, raw, n)] = '\0';
	return s;
}

static void store_fit(struct param_list *p, const struct logit_fit *fit,
		      const struct logit_options *o, const struct logit_about *about)
{
	static const char *const stopped[] = { "deviance", "iterations", "stuck", "singular" };
	const struct {
		const char *key;
		double value;
	} reals[] = {
		{ "sum_weights", fit->sum_weights }, { "deviance", fit->deviance },
		{ "null_deviance", fit->null_deviance }, { "aic", fit->aic },
		{ "lr", fit->lr }, { "lr_p", fit->lr_p }, { "l1", o->l1 }, { "l2", o->l2 },
		{ "holdout", about->holdout },
	};
	const struct {
		const char *key;
		int64_t value;
	} counts[] = {
		{ "n", (int64_t)fit->n_rows }, { "n_events", (int64_t)fit->n_events },
		{ "df", (int64_t)fit->df }, { "null_df", (int64_t)fit->df_null },
		{ "lr_df", (int64_t)fit->rank - 1 }, { "iterations", fit->iterations },
		{ "converged", logit_converged(fit) }, { "separated", fit->separated },
		{ "penalise_standardised", logit_penalised(o) && o->penalise_standardised },
		{ "firth", o->firth }, { "balanced", o->balanced },
	};

	param_add(p, "model", LOGIT_MODEL_PROGRAM, "outcome", about->outcome);
	param_add(p, "model", LOGIT_MODEL_PROGRAM, "weights", about->weights ? about->weights : "");
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		param_add_int(p, "model", LOGIT_MODEL_PROGRAM, counts[i].key, counts[i].value);
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		param_add_real(p, "model", LOGIT_MODEL_PROGRAM, reals[i].key, reals[i].value);
	if (about->l1_min > 0) {
		param_add_real(p, "model", LOGIT_MODEL_PROGRAM, "l1_min", about->l1_min);
		param_add_real(p, "model", LOGIT_MODEL_PROGRAM, "l1_1se", about->l1_1se);
	}
	param_add(p, "model", LOGIT_MODEL_PROGRAM, "algorithm", o->l1 > 0 ? "proximal newton" : "irls");
	param_add(p, "model", LOGIT_MODEL_PROGRAM, "stopped", stopped[fit->stop]);
	if (about->seed >= 0)
		param_add_int(p, "model", LOGIT_MODEL_PROGRAM, "seed", about->seed);
}

static int store_term(struct param_list *p, const struct logit_fit *fit, const struct design *d,
		      size_t t)
{
	const struct logit_term *a = &fit->term[t];
	const struct design_source *s = t ? &d->source[d->term[t].source] : NULL;
	char *name = plain_of(d->term[t].name, strlen(d->term[t].name));
	char *column = s ? plain_of(s->name, strlen(s->name)) : NULL, *level = NULL;
	const struct {
		const char *key;
		double value;
	} rows[] = {
		{ "estimate", a->estimate }, { "std_error", a->std_error },
		{ "z", a->z }, { "p", a->p }, { "odds_ratio", fn_exp(a->estimate) },
		{ "ci_low", a->ci_low }, { "ci_high", a->ci_high },
		{ "odds_ratio_low", fn_exp(a->ci_low) }, { "odds_ratio_high", fn_exp(a->ci_high) },
	};

	if (s && s->category)
		level = plain_of(s->level[d->term[t].level].s, s->level[d->term[t].level].n);
	if (!name || (s && !column) || (s && s->category && !level))
		goto failed;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		param_add_real(p, "term", name, rows[i].key, rows[i].value);
	if (column)
		param_add(p, "term", name, "column", column);
	if (level)
		param_add(p, "term", name, "level", level);
	if (a->aliased)
		param_add_int(p, "term", name, "aliased", 1);
	if (a->separated)
		param_add_int(p, "term", name, "separated", a->separated);
	free(name);
	free(column);
	free(level);
	return 0;
failed:
	free(name);
	free(column);
	free(level);
	return -1;
}

/* A column with the type it is read as, and a category's reference level. */
static int store_column(struct param_list *p, const struct logit_fit *fit, const struct design *d,
			size_t at)
{
	const struct design_source *s = &d->source[at];
	char *name = plain_of(s->name, strlen(s->name)), *level = NULL;

	if (!name)
		return -1;
	param_add(p, "column", name, "type", s->category ? "category" : "number");
	if (s->category && s->n_levels > 0) {
		level = plain_of(s->level[0].s, s->level[0].n);
		if (!level) {
			free(name);
			return -1;
		}
		param_add(p, "column", name, "reference", level);
	}
	for (size_t i = 0; i < fit->n_references; i++)
		if (fit->reference[i].source == at)
			param_add_int(p, "column", name, "reference_separated",
				      fit->reference[i].direction);
	free(name);
	free(level);
	return 0;
}

/* The lower triangle; terms without an estimate or an error have none. */
static int store_covariance(struct param_list *p, const struct logit_fit *fit, const struct design *d)
{
	char **name = calloc(fit->n_terms, sizeof *name);
	int status = name ? 0 : -1;

	for (size_t t = 0; status == 0 && t < fit->n_terms; t++)
		if (!(name[t] = plain_of(d->term[t].name, strlen(d->term[t].name))))
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
	param_add_int(p, "model", LOGIT_MODEL_PROGRAM, "version", 1);
	store_fit(p, fit, options, about);
	for (size_t i = 0; i < d->n_sources; i++)
		if (store_column(p, fit, d, i) != 0)
			return -1;
	for (size_t t = 0; t < fit->n_terms; t++)
		if (store_term(p, fit, d, t) != 0)
			return -1;
	return about->covariance && fit->covariance ? store_covariance(p, fit, d) : 0;
}

static struct logit_input *find_input(const struct logit_model *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->input[i].name, name) == 0)
			return &m->input[i];
	return NULL;
}

static int add_input(struct logit_model *m, const char *name, bool category)
{
	struct logit_input *grown = realloc(m->input, (m->n + 1) * sizeof *grown);
	struct logit_input *in;

	if (!grown)
		return -1;
	m->input = grown;
	in = &grown[m->n];
	*in = (struct logit_input){ .name = strdup(name), .category = category, .estimate = NAN };
	if (!in->name)
		return -1;
	m->n++;
	in->level = category ? design_dictionary_new() : NULL;
	return category && !in->level ? -1 : 0;
}

static int add_level(struct logit_input *in, const char *level, double estimate, size_t slot)
{
	size_t n = strlen(level);
	char *raw = malloc(2 * n + 1);
	int64_t code;

	if (!raw)
		return -1;
	code = design_dictionary_add(in->level, (struct span){ raw, text_escape(raw, level, n) });
	free(raw);
	if (code < 0)
		return -1;
	if ((size_t)code >= in->capacity) {
		size_t capacity = in->capacity ? in->capacity * 2 : 16;
		double *grown = realloc(in->level_estimate, capacity * sizeof *grown);
		if (!grown)
			return -1;
		in->level_estimate = grown;
		size_t *slots = realloc(in->level_slot, capacity * sizeof *slots);
		if (!slots)
			return -1;
		in->level_slot = slots;
		in->capacity = capacity;
	}
	if ((size_t)code >= in->n_levels)
		in->n_levels = (size_t)code + 1;
	in->level_estimate[code] = estimate;
	in->level_slot[code] = slot;
	return 0;
}

/* A term's rows lie together: i is its first. */
struct term_rows {
	const char *name, *column, *level, *estimate;
};

static size_t read_term(struct term_rows *t, const struct param_list *p, size_t i)
{
	*t = (struct term_rows){ .name = p->row[i].name };
	for (; i < p->n && strcmp(p->row[i].kind, "term") == 0 &&
	       strcmp(p->row[i].name, t->name) == 0; i++) {
		if (strcmp(p->row[i].key, "column") == 0)
			t->column = p->row[i].value;
		else if (strcmp(p->row[i].key, "level") == 0)
			t->level = p->row[i].value;
		else if (strcmp(p->row[i].key, "estimate") == 0)
			t->estimate = p->row[i].value;
	}
	return i;
}

static int add_slot(struct logit_model *m, const char *name)
{
	char **grown = realloc(m->slot_name, (m->n_slots + 1) * sizeof *grown);

	if (!grown)
		return -1;
	m->slot_name = grown;
	grown[m->n_slots] = strdup(name);
	return grown[m->n_slots++] ? 0 : -1;
}

/* Rows come in the order of the terms, so the search starts where the last ended. */
static size_t find_slot(const struct logit_model *m, const char *name, size_t from)
{
	for (size_t i = 0; i < m->n_slots; i++) {
		size_t at = (from + i) % m->n_slots;
		if (strcmp(m->slot_name[at], name) == 0)
			return at;
	}
	return m->n_slots;
}

static int load_covariance(struct logit_model *m, const struct param_list *p, char error[200])
{
	size_t n = m->n_slots, a = 0, b = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		double x;
		if (strcmp(r->kind, "covariance") != 0)
			continue;
		if (!m->covariance) {
			m->covariance = calloc(n * n + n, sizeof *m->covariance);
			if (!m->covariance) {
				snprintf(error, 200, "out of memory");
				return -1;
			}
			m->room = m->covariance + n * n;
		}
		a = find_slot(m, r->name, a);
		b = find_slot(m, r->key, b);
		if (a == n || b == n || !num_parse(r->value, strlen(r->value), &x)) {
			snprintf(error, 200, "covariance of %.60s, %.60s: no such term or no number",
				 r->name, r->key);
			return -1;
		}
		m->covariance[a * n + b] = m->covariance[b * n + a] = x;
	}
	return 0;
}

static int load_term(struct logit_model *m, const struct term_rows *t, bool *has_intercept,
		     char error[200])
{
	bool intercept = !t->column && strcmp(t->name, "(intercept)") == 0;
	struct logit_input *in = t->column ? find_input(m, t->column) : NULL;
	double x = NAN;

	if (!t->estimate) {
		snprintf(error, 200, "term %.120s: no estimate", t->name);
		return -1;
	}
	if (*t->estimate && !num_parse(t->estimate, strlen(t->estimate), &x)) {
		snprintf(error, 200, "term %.60s: not a number: %.60s", t->name, t->estimate);
		return -1;
	}
	if (add_slot(m, t->name) != 0) {
		snprintf(error, 200, "out of memory");
		return -1;
	}
	if (intercept) {
		*has_intercept = !isnan(x);
		m->intercept = x;
		return 0;
	}
	if (!in || in->category != (t->level != NULL)) {
		snprintf(error, 200, "term %.120s: its column is not in the model", t->name);
		return -1;
	}
	if (!in->category) {
		in->estimate = x;
		in->slot = m->n_slots - 1;
	} else if (add_level(in, t->level, isnan(x) ? 0 : x, m->n_slots - 1) != 0) {
		snprintf(error, 200, "out of memory");
		return -1;
	}
	return 0;
}

static int load_columns(struct logit_model *m, const struct param_list *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		if (strcmp(r->kind, "column") != 0)
			continue;
		if (strcmp(r->key, "type") == 0 &&
		    add_input(m, r->name, strcmp(r->value, "category") == 0) != 0)
			return -1;
		if (strcmp(r->key, "reference") == 0) {
			struct logit_input *in = find_input(m, r->name);
			if (in && in->category && add_level(in, r->value, 0, 0) != 0)
				return -1;
		}
	}
	return 0;
}

/* Numbers whose term was dropped are not asked for. */
static void drop_unused(struct logit_model *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (!m->input[i].category && isnan(m->input[i].estimate))
			free(m->input[i].name);
		else
			m->input[n++] = m->input[i];
	}
	m->n = n;
}

int logit_model_load(struct logit_model *m, const struct param_list *p, char error[200])
{
	bool has_intercept = false;

	*m = (struct logit_model){ 0 };
	if (load_columns(m, p) != 0) {
		snprintf(error, 200, "out of memory");
		goto failed;
	}
	for (size_t i = 0; i < p->n;) {
		struct term_rows t;
		if (strcmp(p->row[i].kind, "term") != 0) {
			i++;
			continue;
		}
		i = read_term(&t, p, i);
		if (load_term(m, &t, &has_intercept, error) != 0)
			goto failed;
	}
	drop_unused(m);
	if (has_intercept && load_covariance(m, p, error) == 0)
		return 0;
	if (!has_intercept)
		snprintf(error, 200, "no estimate of the term (intercept)");
failed:
	logit_model_free(m);
	return -1;
}

static double linear(const struct logit_model *m, const double *number, const struct span *category,
		     ptrdiff_t *unseen)
{
	double eta = m->intercept;
	ptrdiff_t at = 0;

	*unseen = -1;
	for (size_t i = 0; i < m->n; i++) {
		const struct logit_input *in = &m->input[i];
		if (!in->category) {
			eta += in->estimate * *number++;
			continue;
		}
		int64_t level = design_dictionary_find(in->level, category[at]);
		if (level >= 0)
			eta += in->level_estimate[level];
		else if (*unseen < 0)
			*unseen = at;
		at++;
	}
	return eta;
}

double logit_model_apply(const struct logit_model *m, const double *number,
			 const struct span *category, ptrdiff_t *unseen)
{
	return logit_probability(linear(m, number, category, unseen));
}

double logit_model_eta(const struct logit_model *m, const double *number,
		       const struct span *category)
{
	ptrdiff_t unseen;

	return linear(m, number, category, &unseen);
}

/* The row's value of each slot into room, or 0 again. */
static void fill_room(struct logit_model *m, const double *number, const struct span *category,
		      bool fill)
{
	m->room[0] = fill;
	for (size_t i = 0; i < m->n; i++) {
		const struct logit_input *in = &m->input[i];
		if (!in->category) {
			m->room[in->slot] = fill ? *number++ : 0;
			continue;
		}
		int64_t level = design_dictionary_find(in->level, *category++);
		if (level >= 0 && in->level_slot[level] > 0)
			m->room[in->level_slot[level]] = fill;
	}
}

double logit_model_error(struct logit_model *m, const double *number, const struct span *category)
{
	size_t n = m->n_slots;
	double variance = 0;

	fill_room(m, number, category, true);
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; m->room[a] != 0 && b < n; b++)
			variance += m->room[a] * m->covariance[a * n + b] * m->room[b];
	fill_room(m, number, category, false);
	return sqrt(variance);
}

const double *logit_model_estimate(const struct logit_model *m, const char *name)
{
	const struct logit_input *in = find_input(m, name);

	return in && !in->category ? &in->estimate : NULL;
}

void logit_model_free(struct logit_model *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->input[i].name);
		free(m->input[i].level_estimate);
		free(m->input[i].level_slot);
		design_dictionary_free(m->input[i].level);
	}
	for (size_t i = 0; i < m->n_slots; i++)
		free(m->slot_name[i]);
	free(m->slot_name);
	free(m->covariance);
	free(m->input);
	*m = (struct logit_model){ 0 };
}
