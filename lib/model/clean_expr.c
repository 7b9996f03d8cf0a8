/* SPDX-License-Identifier: MIT */
#include "model/clean_expr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/date.h"
#include "value/text.h"

struct parser {
	const struct clean_plan *plan;
	struct clean_expr *to;
	const char *at;
	int depth, nested;   /* of the stack; of the brackets */
	char *error;         /* CLEAN_ERROR bytes; set: failed */
	bool failed;
};

static ptrdiff_t exact_index(const struct clean_plan *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n_columns; i++)
		if (p->column[i].name && strlen(p->column[i].name) == n &&
		    memcmp(p->column[i].name, name, n) == 0)
			return (ptrdiff_t)i;
	for (size_t i = 0; i < p->n_derive; i++)
		if (strlen(p->derive[i].name) == n && memcmp(p->derive[i].name, name, n) == 0)
			return (ptrdiff_t)(p->n_columns + i);
	return -1;
}

ptrdiff_t clean_cell_index(const struct clean_plan *p, const char *name, size_t n)
{
	ptrdiff_t i = exact_index(p, name, n);
	char *snake = i < 0 ? clean_name((struct span){ name, n }, 0) : NULL;
	if (snake)
		i = exact_index(p, snake, strlen(snake));
	free(snake);
	return i;
}

static void fail(struct parser *x, const char *what, const char *s, size_t n)
{
	if (!x->failed)
		snprintf(x->error, CLEAN_ERROR, "%s: \"%.*s\"", what, (int)(n < 100 ? n : 100), s);
	x->failed = true;
}

static void *grown(void *old, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return old;
	*room = *room ? 2 * *room : 16;
	return realloc(old, *room * size);
}

static void step(struct parser *x, struct clean_step s)
{
	struct clean_expr *e = x->to;
	bool binary = s.what >= STEP_ADD && s.what <= STEP_DIVIDE;
	struct clean_step *p = grown(e->step, e->n_steps, &e->room_steps, sizeof *p);
	if (!p) {
		fail(x, "out of memory", "", 0);
		return;
	}
	e->step = p;
	e->step[e->n_steps++] = s;
	x->depth += binary ? -1 : s.what == STEP_NEGATE ? 0 : 1;
	if (x->depth > CLEAN_DEPTH)
		fail(x, "too deep", x->at, strlen(x->at));
}

static void to_list(struct parser *x, size_t column)
{
	struct clean_expr *e = x->to;
	size_t *p = grown(e->list, e->n_list, &e->room_list, sizeof *p);
	if (!p) {
		fail(x, "out of memory", "", 0);
		return;
	}
	e->list = p;
	e->list[e->n_list++] = column;
}

static void blanks(struct parser *x)
{
	while (*x->at == ' ' || *x->at == '\t')
		x->at++;
}

static bool take(struct parser *x, char c)
{
	blanks(x);
	if (*x->at != c)
		return false;
	x->at++;
	return true;
}

static void want(struct parser *x, char c)
{
	char what[32];
	if (x->failed || take(x, c))
		return;
	snprintf(what, sizeof what, "expected %c at", c);
	fail(x, what, x->at, strlen(x->at));
}

static bool in_name(char c, bool first)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || (unsigned char)c >= 0x80 ||
	       (!first && c >= '0' && c <= '9');
}

static struct span name(struct parser *x, bool glob)
{
	blanks(x);
	struct span s = { x->at, 0 };
	while (in_name(s.s[s.n], s.n == 0) || (glob && s.s[s.n] && strchr("*?", s.s[s.n])))
		s.n++;
	x->at += s.n;
	if (s.n == 0)
		fail(x, "expected a column at", x->at, strlen(x->at));
	return s;
}

static size_t column(struct parser *x, struct span s)
{
	ptrdiff_t i = x->failed ? 0 : clean_cell_index(x->plan, s.s, s.n);
	if (i < 0)
		fail(x, "no such column", s.s, s.n);
	return i < 0 ? 0 : (size_t)i;
}

/* An item of a list; an earlier derived column may stand in it by its name. */
static size_t derived_or_columns(const struct parser *x, struct span s, size_t *list, char error[CLEAN_ERROR])
{
	ptrdiff_t i = clean_cell_index(x->plan, s.s, s.n);
	if (i < (ptrdiff_t)x->plan->n_columns)
		return clean_columns_of(x->plan, s, list, error);
	*list = (size_t)i;
	return 1;
}

/* name, first..last or glob*, separated by commas. */
static void column_list(struct parser *x)
{
	size_t *list = malloc((x->plan->n_columns + 1) * sizeof *list);
	char error[CLEAN_ERROR];
	if (!list)
		fail(x, "out of memory", "", 0);
	do {
		struct span s = name(x, true);
		blanks(x);
		if (!x->failed && x->at[0] == '.' && x->at[1] == '.') {
			x->at += 2;
			struct span last = name(x, false);
			s.n = (size_t)(last.s + last.n - s.s);
		}
		size_t n = x->failed ? 0 : derived_or_columns(x, s, list, error);
		if (!x->failed && n == 0) {
			snprintf(x->error, CLEAN_ERROR, "%s", error);
			x->failed = true;
		}
		for (size_t i = 0; i < n; i++)
			to_list(x, list[i]);
	} while (!x->failed && take(x, ','));
	free(list);
}

static void pick(struct parser *x)
{
	struct span prefix = name(x, false);
	want(x, ',');
	if (x->failed)
		return;
	struct clean_step s = { .what = STEP_PICK, .first = x->to->n_list };
	s.column = column(x, name(x, false));
	if (x->to->prefix)
		fail(x, "only one pick is possible", prefix.s, prefix.n);
	else
		x->to->prefix = strndup(prefix.s, prefix.n);
	for (size_t i = 0; i < x->plan->n_columns; i++)
		if (strncmp(x->plan->column[i].name, prefix.s, prefix.n) == 0)
			to_list(x, i);
	s.n = x->to->n_list - s.first;
	if (s.n == 0)
		fail(x, "no column begins so", prefix.s, prefix.n);
	step(x, s);
}

static void call(struct parser *x, struct span f)
{
	static const struct {
		const char *name;
		enum clean_operation what;
	} functions[] = {
		{ "sum", STEP_SUM }, { "mean", STEP_MEAN }, { "min", STEP_MIN }, { "max", STEP_MAX },
	};
	struct clean_step s = { .first = x->to->n_list };
	if (span_is(f, "pick")) {
		pick(x);
	} else if (span_is(f, "year")) {
		s.what = STEP_YEAR;
		s.column = column(x, name(x, false));
		step(x, s);
	} else {
		size_t k = 0;
		while (k < 4 && !span_is(f, functions[k].name))
			k++;
		if (k == 4) {
			fail(x, "no such function", f.s, f.n);
			return;
		}
		column_list(x);
		s.what = functions[k].what;
		s.n = x->to->n_list - s.first;
		step(x, s);
	}
	want(x, ')');
}

static void sum_of_terms(struct parser *x);

static void number(struct parser *x)
{
	struct clean_step s = { .what = STEP_NUMBER };
	const char *from = x->at;
	while ((*x->at >= '0' && *x->at <= '9') || *x->at == '.')
		x->at++;
	if (dec_parse_pico(from, (size_t)(x->at - from), &s.number) != DEC_OK)
		fail(x, "not a number", from, (size_t)(x->at - from));
	step(x, s);
}

static void factor(struct parser *x)
{
	if (x->failed)
		return;
	if (take(x, '-')) {
		if (++x->nested > CLEAN_DEPTH)
			fail(x, "too deep", x->at, strlen(x->at));
		factor(x);
		x->nested--;
		step(x, (struct clean_step){ .what = STEP_NEGATE });
	} else if (take(x, '(')) {
		if (++x->nested > CLEAN_DEPTH)
			fail(x, "too deep", x->at, strlen(x->at));
		sum_of_terms(x);
		x->nested--;
		want(x, ')');
	} else if ((*x->at >= '0' && *x->at <= '9') || *x->at == '.') {
		number(x);
	} else {
		struct span s = name(x, false);
		if (!x->failed && take(x, '('))
			call(x, s);
		else
			step(x, (struct clean_step){ .what = STEP_CELL, .column = column(x, s) });
	}
}

static void term(struct parser *x)
{
	factor(x);
	while (!x->failed) {
		bool divide = take(x, '/');
		if (!divide && !take(x, '*'))
			return;
		factor(x);
		step(x, (struct clean_step){ .what = divide ? STEP_DIVIDE : STEP_MULTIPLY });
	}
}

static void sum_of_terms(struct parser *x)
{
	term(x);
	while (!x->failed) {
		bool minus = take(x, '-');
		if (!minus && !take(x, '+'))
			return;
		term(x);
		step(x, (struct clean_step){ .what = minus ? STEP_SUBTRACT : STEP_ADD });
	}
}

int clean_plan_derive(struct clean_plan *p, const char *text, char error[CLEAN_ERROR])
{
	char why[CLEAN_ERROR];
	struct clean_expr e = { 0 };
	struct parser x = { .plan = p, .to = &e, .at = text, .error = why };
	struct span s = name(&x, false);
	want(&x, '=');
	if (!x.failed && clean_cell_index(p, s.s, s.n) >= 0)
		fail(&x, "there is such a column already", s.s, s.n);
	sum_of_terms(&x);
	blanks(&x);
	if (!x.failed && *x.at)
		fail(&x, "not understood", x.at, strlen(x.at));
	struct clean_expr *more = realloc(p->derive, (p->n_derive + 1) * sizeof *more);
	p->derive = more ? more : p->derive;
	e.name = strndup(s.s, s.n);
	if (!x.failed && (!more || !e.name))
		fail(&x, "out of memory", "", 0);
	if (x.failed) {
		snprintf(error, CLEAN_ERROR, "option --derive: %.380s", why);
		clean_expr_free(&e);
		return -1;
	}
	p->derive[p->n_derive++] = e;
	return 0;
}

int clean_where_make(struct clean_where *w, size_t column, enum clean_comparison op, struct span value)
{
	int64_t seconds;
	bool has_time = true;
	*w = (struct clean_where){ .column = column, .op = op, .text = malloc(2 * value.n + 1) };
	if (!w->text)
		return -1;
	w->text[text_escape(w->text, value.s, value.n)] = '\0';
	w->is_number = value.n > 0 && dec_parse_pico(value.s, value.n, &w->number) == DEC_OK;
	w->is_day = date_parse(value.s, value.n, &seconds, &has_time) && !has_time;
	return 0;
}

int clean_plan_where(struct clean_plan *p, const char *text, char error[CLEAN_ERROR])
{
	static const struct {
		char text[3];
		enum clean_comparison op;
	} ops[] = {
		{ "==", WHERE_EQ }, { "!=", WHERE_NE }, { "<=", WHERE_LE }, { ">=", WHERE_GE },
		{ "<", WHERE_LT }, { ">", WHERE_GT }, { "=", WHERE_EQ },
	};
	size_t n = strcspn(text, "=!<>"), k = 0;
	while (k < 7 && strncmp(text + n, ops[k].text, strlen(ops[k].text)) != 0)
		k++;
	struct span left = text_trim((struct span){ text, n });
	struct span right = text_trim(span_of(k < 7 ? text + n + strlen(ops[k].text) : ""));
	bool equality = k < 2 || k == 6;
	if (k == 7 || left.n == 0 || (right.n == 0 && !equality) || (right.n > 0 && strchr("=!<>", *right.s))) {
		snprintf(error, CLEAN_ERROR, "option --where: not COLUMN OP VALUE with = != < <= > >=: \"%.200s\"",
			 text);
		return -1;
	}
	ptrdiff_t i = clean_cell_index(p, left.s, left.n);
	if (i < 0) {
		snprintf(error, CLEAN_ERROR, "option --where: no such column: \"%.*s\"",
			 (int)(left.n < 100 ? left.n : 100), left.s);
		return -1;
	}
	struct clean_where *more = realloc(p->where, (p->n_where + 1) * sizeof *more);
	p->where = more ? more : p->where;
	if (!more || clean_where_make(&p->where[p->n_where], (size_t)i, ops[k].op, right) != 0) {
		snprintf(error, CLEAN_ERROR, "out of memory");
		return -1;
	}
	p->n_where++;
	return 0;
}

/* A date is no number: the first column of dates that is reckoned with. */
static const struct clean_column *date_operand(const struct clean_plan *p, const struct clean_expr *e)
{
	for (size_t k = 0; k < e->n_steps; k++) {
		const struct clean_step *s = &e->step[k];
		if (s->what == STEP_CELL && s->column < p->n_columns && p->column[s->column].type == CLEAN_DATE)
			return &p->column[s->column];
	}
	for (size_t k = 0; k < e->n_list; k++)
		if (e->list[k] < p->n_columns && p->column[e->list[k]].type == CLEAN_DATE)
			return &p->column[e->list[k]];
	return NULL;
}

int clean_plan_settle(struct clean_plan *p, char error[CLEAN_ERROR])
{
	for (size_t i = 0; i < p->n_derive; i++) {
		const struct clean_column *c = date_operand(p, &p->derive[i]);
		if (c) {
			snprintf(error, CLEAN_ERROR, "option --derive: %.100s: column %.100s holds dates",
				 p->derive[i].name, c->name);
			return -1;
		}
	}
	for (size_t i = 0; i < p->n_where; i++) {
		struct clean_where *w = &p->where[i];
		const struct clean_column *c = w->column < p->n_columns ? &p->column[w->column] : NULL;
		int64_t seconds;
		bool has_time, number = !c || (c->type != CLEAN_TEXT && c->type != CLEAN_ID && c->type != CLEAN_DATE);
		if (w->text[0] == '\0')
			continue;
		bool fits = number ? w->is_number : !c || c->type != CLEAN_DATE ||
			    date_parse(w->text, strlen(w->text), &seconds, &has_time);
		if (!fits) {
			snprintf(error, CLEAN_ERROR, "option --where: column %.100s holds %s: \"%.200s\"",
				 c ? c->name : p->derive[w->column - p->n_columns].name,
				 number ? "numbers, of at most 12 decimals" : "dates, which are compared with one like 2010-12-01", w->text);
			return -1;
		}
		w->is_number = number;
	}
	return 0;
}

bool clean_expr_uses(const struct clean_expr *e, size_t i)
{
	for (size_t k = 0; k < e->n_list; k++)
		if (e->list[k] == i)
			return true;
	for (size_t k = 0; k < e->n_steps; k++) {
		bool reads = e->step[k].what == STEP_CELL || e->step[k].what == STEP_PICK ||
			     e->step[k].what == STEP_YEAR;
		if (reads && e->step[k].column == i)
			return true;
	}
	return false;
}

void clean_expr_free(struct clean_expr *e)
{
	free(e->name);
	free(e->step);
	free(e->list);
	free(e->prefix);
}

void clean_where_free(struct clean_where *w)
{
	free(w->text);
}
