/* SPDX-License-Identifier: MIT */
#include "model/rules.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "table/param.h"
#include "value/num.h"
#include "value/span.h"

static const char blanks[] = " \t\r";

/* The next word of *at, which moves behind it; n = 0 at the end. */
static struct span next_word(const char **at)
{
	struct span word;

	*at += strspn(*at, blanks);
	word = (struct span){ *at, strcspn(*at, blanks) };
	*at += word.n;
	return word;
}

static bool parse_op(struct span word, enum rules_op *op)
{
	static const char *const text[] = { "<", "<=", ">", ">=", "=", "!=" };

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		if (span_is(word, text[i])) {
			*op = (enum rules_op)i;
			return true;
		}
	return false;
}

/* NUMBER, mean, median, NUMBER*mean, NUMBER*median */
static bool parse_value(struct span word, struct rules_term *t)
{
	const char *star = memchr(word.s, '*', word.n);
	struct span of = word;

	t->factor = 1;
	if (num_parse(word.s, word.n, &t->factor)) {
		t->of = RULES_NUMBER;
		return true;
	}
	if (star) {
		if (!num_parse(word.s, (size_t)(star - word.s), &t->factor))
			return false;
		of = (struct span){ star + 1, word.n - (size_t)(star + 1 - word.s) };
	}
	t->of = span_is(of, "mean") ? RULES_MEAN : RULES_MEDIAN;
	return t->of == RULES_MEAN || span_is(of, "median");
}

/* COLUMN OP VALUE [and ...] in `s`; false when it is something else. */
static bool parse_condition(struct rules_line *l, const char *s)
{
	const char *rest = s;

	if (span_is(next_word(&rest), "otherwise") && next_word(&rest).n == 0)
		return true;
	for (;;) {
		struct rules_term t;
		struct span column = next_word(&s), op = next_word(&s), value = next_word(&s), and;
		if (!value.n || !parse_op(op, &t.op) || !parse_value(value, &t))
			return false;
		t.column = mem_copy(column.s, column.n);
		l->term = mem_resize(l->term, l->n + 1, sizeof *l->term);
		l->term[l->n++] = t;
		and = next_word(&s);
		if (and.n == 0)
			return true;
		if (!span_is(and, "and"))
			return false;
	}
}

/* One line, whose bytes are its own; false with what is wrong with it. */
static bool parse_line(struct rules *r, char *s, size_t line, const char **wrong)
{
	char *arrow = strstr(s, "->"), *name, *end;
	struct rules_line *l;

	s += strspn(s, blanks);
	if (*s == '\0' || *s == '#')
		return true;
	*wrong = "no -> with a name behind it";
	if (!arrow)
		return false;
	*arrow = '\0';
	name = arrow + 2;
	name += strspn(name, blanks);
	for (end = name + strlen(name); end > name && strchr(blanks, end[-1]);)
		*--end = '\0';
	if (*name == '\0')
		return false;
	r->rule = mem_resize(r->rule, r->n + 1, sizeof *r->rule);
	l = &r->rule[r->n++];
	*l = (struct rules_line){ .line = line, .name = mem_copy(name, strlen(name)) };
	*wrong = "not COLUMN < <= > >= = != VALUE, joined by and; a VALUE is a number, mean, "
		 "median, or 1.5*mean";
	return parse_condition(l, s);
}

int rules_parse(struct rules *r, const char *text, char error[RULES_ERROR])
{
	size_t line = 0;

	*r = (struct rules){ 0 };
	for (const char *end; *text; text = *end ? end + 1 : end) {
		const char *wrong = NULL;
		char *copy;
		bool good;
		end = text + strcspn(text, "\n");
		copy = mem_copy(text, (size_t)(end - text));
		good = parse_line(r, copy, ++line, &wrong);
		free(copy);
		if (good)
			continue;
		snprintf(error, RULES_ERROR, "%zu: %s", line, wrong);
		rules_free(r);
		return -1;
	}
	return 0;
}

double rules_mean(const struct kmodel *m, size_t column)
{
	double sum = 0, n = 0;

	for (size_t s = 0; s < m->k; s++) {
		sum += (double)m->segment[s].size * m->segment[s].mean_raw[column];
		n += (double)m->segment[s].size;
	}
	return sum / n;
}

/*
 * The median among the deciles, of which equal ones are merged.  With an even
 * number of rows it is a cut that has just half of the rows at or below it,
 * the last such, as the lower middle row may be one too; where the middle rows
 * are equal, or there is one, it is the first cut with more.
 */
static double fifth_decile(const struct kmodel_column *c)
{
	uint64_t n = 0, below = 0;
	double half = (double)NAN;

	for (size_t i = 0; i <= c->n_cuts; i++)
		n += c->count[i];
	for (size_t i = 0; i < c->n_cuts; i++) {
		below += c->count[i];
		if (2 * below == n)
			half = c->cut[i];
		else if (2 * below > n)
			return isnan(half) ? c->cut[i] : half;
	}
	return half;
}

double rules_median(const struct kmodel *m, size_t column)
{
	const struct kmodel_column *c = &m->column[column];
	const struct scale_column *scale = kmodel_scale(m, column);
	double median = c->n_cuts && c->count ? fifth_decile(c) : (double)NAN;

	return scale ? scale_invert(scale, median) : median;
}

static bool compare(double a, enum rules_op op, double b)
{
	switch (op) {
	case RULES_LT: return a < b;
	case RULES_LE: return a <= b;
	case RULES_GT: return a > b;
	case RULES_GE: return a >= b;
	case RULES_EQ: return a == b;
	default: return a != b;
	}
}

static size_t find_column(const struct kmodel *m, const char *raw)
{
	size_t j = 0;

	while (j < m->n_columns && strcmp(m->column[j].raw, raw) != 0)
		j++;
	return j;
}

static double value_of(const struct rules_term *t, const struct kmodel *m, size_t column)
{
	if (t->of == RULES_NUMBER)
		return t->factor;
	return t->factor * (t->of == RULES_MEAN ? rules_mean(m, column) : rules_median(m, column));
}

/* What the model has not that a term asks for, or NULL. */
static const char *lacks(const struct rules_term *t, const struct kmodel *m)
{
	size_t j = find_column(m, t->column);

	if (j == m->n_columns)
		return "column";
	if (isnan(rules_mean(m, j)))
		return "mean of each segment of";
	return isnan(value_of(t, m, j)) ? "median of" : NULL;
}

/* Columns that are there, and have a median where one is asked for. */
static int check_columns(const struct rules *r, const struct kmodel *m, char error[RULES_ERROR])
{
	const struct rules_line *otherwise = NULL;

	for (size_t i = 0; i < r->n; i++) {
		if (r->rule[i].n == 0 && otherwise) {
			snprintf(error, RULES_ERROR, "%zu: otherwise is in line %zu too",
				 r->rule[i].line, otherwise->line);
			return -1;
		}
		otherwise = r->rule[i].n ? otherwise : &r->rule[i];
		for (size_t k = 0; k < r->rule[i].n; k++) {
			const struct rules_term *t = &r->rule[i].term[k];
			const char *without = lacks(t, m);
			if (!without)
				continue;
			snprintf(error, RULES_ERROR, "%zu: the model has no %s %.200s",
				 r->rule[i].line, without, t->column);
			return -1;
		}
	}
	return 0;
}

static bool holds(const struct rules_line *l, const struct kmodel *m, size_t s)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct rules_term *t = &l->term[i];
		size_t j = find_column(m, t->column);
		if (!compare(m->segment[s].mean_raw[j], t->op, value_of(t, m, j)))
			return false;
	}
	return true;
}

static int no_name(const struct kmodel *m, size_t s, char error[RULES_ERROR])
{
	size_t n = (size_t)snprintf(error, RULES_ERROR, " no rule names segment %zu:", s + 1);

	for (size_t j = 0; j < m->n_columns && n < RULES_ERROR; j++)
		n += (size_t)snprintf(error + n, RULES_ERROR - n, "%s %.60s %.6g", j ? "," : "",
				      m->column[j].raw, m->segment[s].mean_raw[j]);
	return -1;
}

/* The rule that names segment s, or NULL with a message. */
static const struct rules_line *find_rule(const struct rules *r, const struct kmodel *m, size_t s,
					  char error[RULES_ERROR])
{
	const struct rules_line *found = NULL, *otherwise = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct rules_line *l = &r->rule[i];
		if (l->n == 0)
			otherwise = l;
		if (l->n == 0 || !holds(l, m, s))
			continue;
		if (found && strcmp(found->name, l->name) != 0) {
			snprintf(error, RULES_ERROR, "%zu: segment %zu is %.120s, but %.120s by line %zu",
				 l->line, s + 1, l->name, found->name, found->line);
			return NULL;
		}
		found = found ? found : l;
	}
	if (!found && !otherwise)
		no_name(m, s, error);
	return found ? found : otherwise;
}

int rules_apply(const struct rules *r, struct kmodel *m, char error[RULES_ERROR])
{
	const struct rules_line **of = mem_zero(m->k, sizeof *of);
	int status = check_columns(r, m, error);

	for (size_t s = 0; s < m->k && status == 0; s++) {
		of[s] = find_rule(r, m, s, error);
		status = of[s] ? 0 : -1;
	}
	for (size_t s = 0; s < m->k && status == 0; s++) {
		size_t same = 0;
		for (size_t i = 0; i < m->k; i++)
			same += strcmp(of[i]->name, of[s]->name) == 0;
		free(m->segment[s].name);
		m->segment[s].name = same > 1 ? mem_printf("%s (%zu)", of[s]->name, s + 1)
					      : mem_printf("%s", of[s]->name);
	}
	free(of);
	return status;
}

void rules_store(const struct kmodel *m, const struct param_list *from, struct param_list *to)
{
	char segment[NUM_MAX + 1];

	for (size_t i = 0; i < from->n; i++) {
		const struct param *p = &from->row[i];
		if (strcmp(p->kind, "segment") != 0 || strcmp(p->key, "name") != 0)
			param_add(to, p->kind, p->name, p->key, p->value);
	}
	for (size_t s = 0; s < m->k; s++) {
		snprintf(segment, sizeof segment, "%zu", s + 1);
		param_add(to, "segment", segment, "name", m->segment[s].name);
	}
}

void rules_free(struct rules *r)
{
	for (size_t i = 0; i < r->n; i++) {
		for (size_t k = 0; k < r->rule[i].n; k++)
			free(r->rule[i].term[k].column);
		free(r->rule[i].term);
		free(r->rule[i].name);
	}
	free(r->rule);
	*r = (struct rules){ 0 };
}
