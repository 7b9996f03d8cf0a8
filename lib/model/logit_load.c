/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_model.h"
#include "table/param.h"
#include "value/num.h"
#include "value/text.h"

#define NO_MEMORY "out of memory"

ptrdiff_t logit_model_input(const struct logit_model *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->input[i].name, name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

static int add_input(struct logit_model *m, const char *name, bool category)
{
	struct logit_input *grown = realloc(m->input, (m->n + 1) * sizeof *grown);
	struct logit_input *in;

	if (!grown)
		return -1;
	m->input = grown;
	in = &grown[m->n];
	*in = (struct logit_input){ .name = strdup(name), .category = category };
	if (!in->name)
		return -1;
	m->n++;
	in->level = category ? design_dictionary_new() : NULL;
	return category && !in->level ? -1 : 0;
}

/* The code of a plain level, new or not; -1: no memory. */
static int64_t code_of(struct logit_input *in, const char *level)
{
	size_t n = strlen(level);
	char *raw = malloc(2 * n + 1);
	int64_t code;

	if (!raw)
		return -1;
	code = design_dictionary_add(in->level, (struct span){ raw, text_escape(raw, level, n) });
	free(raw);
	if (code >= (int64_t)in->n_levels) {
		size_t *grown = in->level_slot;
		if (in->n_levels == in->capacity) {
			size_t capacity = in->capacity ? in->capacity * 2 : 16;
			grown = realloc(in->level_slot, capacity * sizeof *grown);
			if (!grown)
				return -1;
			in->level_slot = grown;
			in->capacity = capacity;
		}
		grown[in->n_levels++] = 0;
	}
	return code;
}

/* A term's rows lie together: i is its first. */
struct term_rows {
	const char *name, *estimate, *std_error, *outcome, *power, *aliased;
	const char *column[2], *level[2];
};

static size_t read_term(struct term_rows *t, const struct param_list *p, size_t i)
{
	const struct {
		const char *key, **to;
	} keys[] = {
		{ "estimate", &t->estimate }, { "column", &t->column[0] }, { "level", &t->level[0] },
		{ "times_column", &t->column[1] }, { "times_level", &t->level[1] },
		{ "power", &t->power }, { "outcome", &t->outcome },
		{ "std_error", &t->std_error }, { "aliased", &t->aliased },
	};

	*t = (struct term_rows){ .name = p->row[i].name };
	for (; i < p->n && strcmp(p->row[i].kind, "term") == 0 &&
	       strcmp(p->row[i].name, t->name) == 0; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (strcmp(p->row[i].key, keys[k].key) == 0)
				*keys[k].to = p->row[i].value;
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
	size_t n = m->n_slots, a = 0, b = 0, n_pairs = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		double x;
		if (strcmp(r->kind, "covariance") != 0)
			continue;
		if (!m->covariance) {
			m->covariance = calloc(n * n, sizeof *m->covariance);
			if (!m->covariance) {
				snprintf(error, 200, NO_MEMORY);
				return -1;
			}
		}
		a = find_slot(m, r->name, a);
		b = find_slot(m, r->key, b);
		if (a == n || b == n || !num_parse(r->value, strlen(r->value), &x)) {
			snprintf(error, 200, "covariance of %.60s, %.60s: no such term or no number",
				 r->name, r->key);
			return -1;
		}
		m->covariance[a * n + b] = m->covariance[b * n + a] = x;
		n_pairs++;
	}
	if (m->covariance && n_pairs != m->n_errors * (m->n_errors + 1) / 2) {
		snprintf(error, 200, "%zu rows of covariance for the %zu terms with a std_error",
			 n_pairs, m->n_errors);
		return -1;
	}
	return 0;
}

static int add_product(struct logit_linear *l, const struct logit_product *product)
{
	struct logit_product *grown =
		realloc(l->product, (l->n_products + 1) * sizeof *grown);

	if (!grown)
		return -1;
	l->product = grown;
	grown[l->n_products++] = *product;
	return 0;
}

/* The inputs and levels of a term.  0, -1: no memory, 1: not in the model. */
static int find_factors(struct logit_model *m, const struct term_rows *t, struct logit_product *p)
{
	double power = 1;

	for (size_t i = 0; i < 2 && t->column[i]; i++) {
		ptrdiff_t at = logit_model_input(m, t->column[i]);
		if (at < 0 || m->input[at].category != (t->level[i] != NULL))
			return 1;
		p->input[p->n++] = (size_t)at;
		if (t->level[i] && (p->level[i] = code_of(&m->input[at], t->level[i])) < 0)
			return -1;
	}
	if (t->power && (!num_parse(t->power, strlen(t->power), &power) || !(power >= 1 && power <= 99)))
		return 1;
	p->power = (unsigned)power;
	return p->n ? 0 : 1;
}

/* Which predictor a term belongs to; n_linear: none. */
static size_t linear_of(const struct logit_model *m, const struct term_rows *t)
{
	size_t i = 0;

	if (!m->outcome)
		return t->outcome ? m->n_linear : 0;
	while (i < m->n_linear && (!t->outcome || strcmp(m->outcome[i + 1], t->outcome) != 0))
		i++;
	return i;
}

/* Whether a term's rows make its name, behind that of its outcome: a factor's power
 * or level may have been cut off or edited. */
static bool says_its_name(const struct term_rows *t)
{
	const char *at = t->name;
	size_t n = strlen(t->name), made = 0;
	char *name;
	bool same;

	for (size_t i = 0; i < 2 && t->column[i]; i++)
		made += strlen(t->column[i]) + (t->level[i] ? strlen(t->level[i]) : 0) + 2;
	made += t->power ? strlen(t->power) + 1 : 0;
	if (!(name = malloc(made + 1)))
		return true; /* which the next allocation says */
	made = 0;
	for (size_t i = 0; i < 2 && t->column[i]; i++)
		made += (size_t)sprintf(name + made, "%s%s%s%s", i ? ":" : "", t->column[i],
					t->level[i] ? "=" : "", t->level[i] ? t->level[i] : "");
	if (t->power)
		made += (size_t)sprintf(name + made, "^%s", t->power);
	same = t->outcome ? n > made && at[n - made - 1] == ':' : n == made;
	same = same && strcmp(at + n - made, name) == 0;
	free(name);
	return same;
}

/* The estimate of a term whose rows are whole; NaN: it was dropped. */
static int check_term(const struct term_rows *t, double *x, char error[200])
{
	*x = (double)NAN;
	if (!t->estimate || (!*t->estimate && !t->aliased))
		snprintf(error, 200, "term %.120s: no estimate", t->name);
	else if (*t->estimate && !num_parse(t->estimate, strlen(t->estimate), x))
		snprintf(error, 200, "term %.60s: not a number: %.60s", t->name, t->estimate);
	else if (t->column[0] && !says_its_name(t))
		snprintf(error, 200, "term %.120s: its column, level and power are of another term",
			 t->name);
	else
		return 0;
	return -1;
}

/* A term with an estimate: a number or level by itself, or a product. */
static int place_term(struct logit_model *m, struct logit_linear *l, struct logit_product *p,
		      double estimate)
{
	struct logit_input *in = &m->input[p->input[0]];

	for (size_t i = 0; i < p->n; i++)
		m->input[p->input[i]].has_term = true;
	if (p->n == 2 || p->power > 1) {
		p->estimate = estimate;
		p->slot = m->n_slots - 1;
		return add_product(l, p);
	}
	if (!in->category) {
		l->estimate[p->input[0]] = estimate;
		in->slot = m->n_slots - 1;
		return 0;
	}
	/* All levels of the column are known by now. */
	l->level_estimate[p->input[0]][p->level[0]] = estimate;
	in->level_slot[p->level[0]] = m->n_slots - 1;
	return 0;
}

static int load_term(struct logit_model *m, const struct term_rows *t, size_t *n_intercepts,
		     char error[200])
{
	struct logit_product p = { .power = 1 };
	size_t at = linear_of(m, t), length = strlen(t->name), tail = strlen("(intercept)");
	double x;
	int status;

	if (check_term(t, &x, error) != 0)
		return -1;
	status = add_slot(m, t->name);
	m->n_errors += t->std_error && *t->std_error ? 1 : 0;
	m->n_estimates += isnan(x) ? 0 : 1;
	if (status == 0 && at == m->n_linear) {
		snprintf(error, 200, "term %.120s: its outcome is not in the model", t->name);
		return -1;
	}
	if (status == 0 && !t->column[0] && length >= tail &&
	    strcmp(t->name + length - tail, "(intercept)") == 0) {
		*n_intercepts += isnan(x) ? 0 : 1;
		m->linear[at].intercept = x;
		return 0;
	}
	if (status == 0)
		status = find_factors(m, t, &p);
	if (status == 0 && !isnan(x))
		status = place_term(m, &m->linear[at], &p, x);
	if (status > 0)
		snprintf(error, 200, "term %.120s: its column is not in the model", t->name);
	else if (status < 0)
		snprintf(error, 200, NO_MEMORY);
	return status == 0 ? 0 : -1;
}

static int load_columns(struct logit_model *m, const struct param_list *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		ptrdiff_t at;
		if (strcmp(r->kind, "column") != 0)
			continue;
		if (strcmp(r->key, "type") == 0 &&
		    add_input(m, r->name, strcmp(r->value, "category") == 0) != 0)
			return -1;
		at = logit_model_input(m, r->name);
		if (strcmp(r->key, "reference") == 0 && at >= 0 && m->input[at].category &&
		    code_of(&m->input[at], r->value) < 0)
			return -1;
	}
	return 0;
}

/* The levels that terms name, so that each predictor has room for them all. */
static int load_levels(struct logit_model *m, const struct param_list *p)
{
	for (size_t i = 0; i < p->n;) {
		struct term_rows t;
		if (strcmp(p->row[i].kind, "term") != 0) {
			i++;
			continue;
		}
		i = read_term(&t, p, i);
		for (size_t k = 0; k < 2; k++) {
			ptrdiff_t at = t.column[k] ? logit_model_input(m, t.column[k]) : -1;
			if (at >= 0 && m->input[at].category && t.level[k] &&
			    code_of(&m->input[at], t.level[k]) < 0)
				return -1;
		}
	}
	return 0;
}

/* Of a multinomial model, the reference first. */
static int load_outcomes(struct logit_model *m, const struct param_list *p)
{
	for (size_t i = 0; i < p->n; i++) {
		char **grown;
		if (strcmp(p->row[i].kind, "outcome") != 0 || strcmp(p->row[i].key, "place") != 0)
			continue;
		grown = realloc(m->outcome, (m->n_linear + 1) * sizeof *grown);
		if (!grown)
			return -1;
		m->outcome = grown;
		grown[m->n_linear] = strdup(p->row[i].name);
		if (!grown[m->n_linear++])
			return -1;
	}
	if (m->outcome && !(m->outcome_raw = calloc(m->n_linear, sizeof *m->outcome_raw)))
		return -1;
	for (size_t i = 0; m->outcome && i < m->n_linear; i++) {
		size_t n = strlen(m->outcome[i]);
		if (!(m->outcome_raw[i] = calloc(2 * n + 1, 1)))
			return -1;
		text_escape(m->outcome_raw[i], m->outcome[i], n);
	}
	m->n_linear = m->outcome ? m->n_linear - 1 : 1;
	return 0;
}

static int make_linear(struct logit_model *m)
{
	m->linear = calloc(m->n_linear + 1, sizeof *m->linear);
	for (size_t i = 0; m->linear && i < m->n_linear; i++) {
		struct logit_linear *l = &m->linear[i];
		l->estimate = calloc(m->n + 1, sizeof *l->estimate);
		l->level_estimate = calloc(m->n + 1, sizeof *l->level_estimate);
		if (!l->estimate || !l->level_estimate)
			return -1;
		for (size_t k = 0; k < m->n; k++)
			if (m->input[k].category &&
			    !(l->level_estimate[k] = calloc(m->input[k].n_levels + 1, sizeof(double))))
				return -1;
	}
	return m->linear ? 0 : -1;
}

static int load_terms(struct logit_model *m, const struct param_list *p, size_t *n_intercepts,
		      char error[200])
{
	for (size_t i = 0; i < p->n;) {
		struct term_rows t;
		if (strcmp(p->row[i].kind, "term") != 0) {
			i++;
			continue;
		}
		i = read_term(&t, p, i);
		if (load_term(m, &t, n_intercepts, error) != 0)
			return -1;
	}
	return 0;
}

/* Drops numbers that no term uses: they are not asked for.  A category is, so
 * that an unknown level is seen. */
static void drop_unused(struct logit_model *m)
{
	for (size_t i = m->n; i-- > 0;) {
		if (m->input[i].category || m->input[i].has_term)
			continue;
		free(m->input[i].name);
		m->n--;
		memmove(m->input + i, m->input + i + 1, (m->n - i) * sizeof *m->input);
		for (size_t k = 0; k < m->n_linear; k++) {
			struct logit_linear *l = &m->linear[k];
			memmove(l->estimate + i, l->estimate + i + 1, (m->n - i) * sizeof(double));
			memmove(l->level_estimate + i, l->level_estimate + i + 1,
				(m->n - i) * sizeof *l->level_estimate);
			for (size_t t = 0; t < l->n_products; t++)
				for (size_t f = 0; f < l->product[t].n; f++)
					l->product[t].input[f] -= l->product[t].input[f] > i;
		}
	}
}

/* Terms that were cut off show in the degrees of freedom that stand before them. */
static int check_count(const struct logit_model *m, const struct param_list *p, char error[200])
{
	const char *text = param_get(p, "model", LOGIT_MODEL_PROGRAM, "lr_df");
	int64_t df;

	if (!text)
		return 0;
	if (num_parse_int(text, strlen(text), &df) && df >= 0 &&
	    (uint64_t)df + m->n_linear == m->n_estimates)
		return 0;
	snprintf(error, 200, "%zu terms with an estimate, but lr_df is %.40s", m->n_estimates, text);
	return -1;
}

int logit_model_load(struct logit_model *m, const struct param_list *p, char error[200])
{
	size_t n_intercepts = 0;
	int status = -1;

	*m = (struct logit_model){ 0 };
	snprintf(error, 200, NO_MEMORY);
	if (load_columns(m, p) == 0 && load_outcomes(m, p) == 0 && load_levels(m, p) == 0 &&
	    make_linear(m) == 0)
		status = load_terms(m, p, &n_intercepts, error);
	if (status == 0 && n_intercepts != m->n_linear) {
		snprintf(error, 200, "no estimate of the term (intercept)");
		status = -1;
	}
	if (status == 0)
		status = check_count(m, p, error);
	if (status == 0)
		status = load_covariance(m, p, error);
	if (status != 0)
		logit_model_free(m);
	else
		drop_unused(m);
	return status;
}

void logit_model_free(struct logit_model *m)
{
	for (size_t i = 0; m->linear && i < m->n_linear; i++) {
		struct logit_linear *l = &m->linear[i];
		for (size_t k = 0; l->level_estimate && k < m->n; k++)
			free(l->level_estimate[k]);
		free(l->estimate);
		free(l->level_estimate);
		free(l->product);
	}
	for (size_t i = 0; i < m->n; i++) {
		free(m->input[i].name);
		free(m->input[i].level_slot);
		design_dictionary_free(m->input[i].level);
	}
	for (size_t i = 0; m->outcome && i <= m->n_linear; i++) {
		free(m->outcome[i]);
		free(m->outcome_raw[i]);
	}
	for (size_t i = 0; i < m->n_slots; i++)
		free(m->slot_name[i]);
	free(m->outcome);
	free(m->outcome_raw);
	free(m->linear);
	free(m->slot_name);
	free(m->covariance);
	free(m->input);
	*m = (struct logit_model){ 0 };
}
