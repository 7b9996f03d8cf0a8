/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_expr.h"
#include "value/date.h"
#include "value/text.h"

enum clean_reason clean_check_cell(const struct clean_check *c, const struct span *cell)
{
	struct span f = cell[c->column];
	if (f.n == 0)
		return c->required ? CLEAN_MISSING_VALUE : CLEAN_KEPT;
	for (size_t i = 0; i < c->n_bounds; i++)
		if (!clean_where_holds(&c->bound[i], cell))
			return CLEAN_RANGE;
	for (size_t i = 0; i < c->n_levels; i++)
		if (span_is(f, c->level[i]))
			return CLEAN_KEPT;
	return c->n_levels > 0 ? CLEAN_LEVEL : CLEAN_KEPT;
}

static bool is_date(const char *text)
{
	int64_t seconds;
	bool has_time;
	return date_parse(text, strlen(text), &seconds, &has_time);
}

static int add_bound(struct clean_check *c, const struct clean_column *column, enum clean_comparison op,
		     const char *text, char error[CLEAN_ERROR])
{
	struct clean_where *w = &c->bound[c->n_bounds];
	const char *name = op == WHERE_GE ? "min" : "max";
	if (column->type == CLEAN_ID || (column->declared && column->type == CLEAN_TEXT)) {
		snprintf(error, CLEAN_ERROR, "column %s: %s is for numbers and dates", column->name, name);
		return -1;
	}
	if (clean_where_make(w, c->column, op, span_of(text)) != 0) {
		snprintf(error, CLEAN_ERROR, "out of memory");
		return -1;
	}
	c->n_bounds++;
	bool wants_date = column->type == CLEAN_DATE, open = !column->declared;
	w->is_number &= !wants_date;
	if ((!w->is_number || wants_date) && !((wants_date || open) && is_date(text))) {
		snprintf(error, CLEAN_ERROR, "column %s: %s is not %s: \"%.100s\"", column->name, name,
			 wants_date ? "a date like 2010-12-01" : "a number", text);
		return -1;
	}
	return 0;
}

static int add_levels(struct clean_check *c, char *const *level, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(level[i]);
		char *raw = malloc(2 * length + 1);
		if (!raw)
			return -1;
		raw[text_escape(raw, level[i], length)] = '\0';
		c->level[c->n_levels++] = raw;
	}
	return 0;
}

int clean_plan_check(struct clean_plan *p, const char *name, bool required, const char *min, const char *max,
		     char *const *level, size_t n_levels, char error[CLEAN_ERROR])
{
	ptrdiff_t i = clean_cell_index(p, name, strlen(name));
	if (i < 0 || (size_t)i >= p->n_visible) {
		snprintf(error, CLEAN_ERROR, "no column \"%.100s\"", name);
		return -1;
	}
	struct clean_check *more = realloc(p->check, (p->n_check + 1) * sizeof *more);
	p->check = more ? more : p->check;
	struct clean_check *c = more ? &more[p->n_check] : NULL;
	if (c) {
		*c = (struct clean_check){ .column = (size_t)i, .required = required };
		c->bound = calloc(2, sizeof *c->bound);
		c->level = calloc(n_levels + 1, sizeof *c->level);
		p->n_check++;
	}
	if (!c || !c->bound || !c->level || add_levels(c, level, n_levels) != 0) {
		snprintf(error, CLEAN_ERROR, "out of memory");
		return -1;
	}
	if (min && add_bound(c, &p->column[i], WHERE_GE, min, error) != 0)
		return -1;
	return max ? add_bound(c, &p->column[i], WHERE_LE, max, error) : 0;
}

void clean_check_free(struct clean_check *c)
{
	for (size_t i = 0; i < c->n_bounds; i++)
		clean_where_free(&c->bound[i]);
	for (size_t i = 0; i < c->n_levels; i++)
		free(c->level[i]);
	free(c->bound);
	free(c->level);
}
