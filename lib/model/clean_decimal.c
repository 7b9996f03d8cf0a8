/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_cell.h"
#include "model/clean_expr.h"
#include "value/num.h"

/* Whether f is a number with this decimal mark. */
static bool reads(struct span f, char decimal)
{
	char plain[CLEAN_PLAIN];
	double x;
	if (decimal == '.' && num_parse(f.s, f.n, &x))
		return true;
	size_t n = clean_plain_number(plain, f, decimal);
	return n > 0 && num_parse(plain, n, &x);
}

unsigned clean_decimal_readings(struct span f, bool *differ)
{
	unsigned takes = (reads(f, '.') ? CLEAN_POINT : 0u) | (reads(f, ',') ? CLEAN_COMMA : 0u);
	/* what one takes for the decimal mark, the other takes for thousands */
	*differ = takes == (CLEAN_POINT | CLEAN_COMMA) && (memchr(f.s, '.', f.n) || memchr(f.s, ',', f.n));
	return takes;
}

void clean_decimal_begin(struct clean_decimal *d, const struct clean_column *c)
{
	*d = (struct clean_decimal){ .alive = CLEAN_POINT | CLEAN_COMMA };
	if (c->decimal_given)
		d->alive = c->decimal == ',' ? CLEAN_COMMA : CLEAN_POINT;
}

bool clean_decimal_look(struct clean_decimal *d, struct span f, const char *file, uint64_t line)
{
	bool differ;
	unsigned takes = clean_decimal_readings(f, &differ) & d->alive;
	if (takes && takes != d->alive) {
		d->alive = takes;
		d->by.file = file;
		clean_mark(&d->by, line, f);
	}
	d->differs |= differ;
	return takes;
}

bool clean_is_number_type(enum clean_type t)
{
	return t == CLEAN_INT || t == CLEAN_NUMBER || t == CLEAN_MONEY;
}

/* Whether the column's own values have left one mark, or the user has. */
static bool decided(const struct clean_decimal *d)
{
	return d->alive == CLEAN_POINT || d->alive == CLEAN_COMMA;
}

/*
 * A file is written in one convention: the column that decides for those whose
 * own values do not, or -1 when there is none, or when two disagree.  What the
 * user or a transaction says to be a number goes before what looks like one.
 */
static ptrdiff_t spokesman(const struct clean_plan *p, const struct clean_decimal **d)
{
	for (int soft = 0; soft <= 1; soft++) {
		ptrdiff_t first = -1;
		for (size_t i = 0; i < p->n_columns; i++) {
			const struct clean_column *c = &p->column[i];
			if (!clean_is_number_type(c->type) || c->skipped || c->soft != (soft == 1) || !decided(d[i]))
				continue;
			if (first >= 0 && d[first]->alive != d[i]->alive)
				return -1;
			first = first < 0 ? (ptrdiff_t)i : first;
		}
		if (first >= 0)
			return first;
	}
	return -1;
}

bool clean_decimal_open(const struct clean_plan *p, const struct clean_decimal **d)
{
	bool open = false;
	for (size_t i = 0; i < p->n_columns; i++)
		open |= clean_is_number_type(p->column[i].type) && !p->column[i].skipped && !decided(d[i]) &&
			d[i]->differs;
	return open && spokesman(p, d) < 0;
}

void clean_decimal_settle(struct clean_plan *p, const struct clean_decimal **d)
{
	ptrdiff_t other = spokesman(p, d);
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_column *c = &p->column[i];
		c->decimal_as = -1;
		if (c->decimal_given || !clean_is_number_type(c->type))
			continue;
		bool own = decided(d[i]);
		unsigned use = own ? d[i]->alive : other >= 0 ? d[other]->alive : CLEAN_POINT;
		c->decimal = use == CLEAN_COMMA ? ',' : '.';
		c->decimal_open = !own;
		c->decimal_as = own ? -1 : other;
		c->decimal_by = d[i]->by;
	}
}

void clean_decimal_mark(struct clean_row *row, size_t column, struct span f)
{
	const struct clean_column *c = &row->plan->column[column];
	struct clean_marks *m = &row->marks[column];
	bool differ;
	if (c->decimal_given)
		return;
	unsigned own = c->decimal == ',' ? CLEAN_COMMA : CLEAN_POINT;
	unsigned takes = clean_decimal_readings(f, &differ);
	if (differ) {
		m->n_open++;
		clean_mark(&m->open, row->line, f);
	} else if (takes == own && c->decimal_open) {
		clean_mark(&m->own, row->line, f);
	} else if (takes && !(takes & own)) {
		clean_mark(&m->other, row->line, f);
	}
	row->marked = true;
}

int clean_marks_begin(struct clean_result *to, size_t n_columns)
{
	if (to->marks && !to->marked)
		return 0;
	if (!to->marks)
		to->marks = malloc((n_columns + 1) * sizeof *to->marks);
	if (to->marks)
		memset(to->marks, 0, (n_columns + 1) * sizeof *to->marks);
	to->marked = false;
	return to->marks ? 0 : -1;
}

static void keep_first(struct clean_place *a, const struct clean_place *b, uint64_t base_line, const char *file)
{
	if (a->line > 0 || b->line == 0)
		return;
	*a = *b;
	a->line = base_line + b->line - 1;
	a->file = file;
}

void clean_marks_merge(struct clean_marks *a, const struct clean_result *b, size_t n_columns,
		       uint64_t base_line, const char *file)
{
	for (size_t i = 0; b->marked && i < n_columns; i++) {
		a[i].n_open += b->marks[i].n_open;
		keep_first(&a[i].open, &b->marks[i].open, base_line, file);
		keep_first(&a[i].own, &b->marks[i].own, base_line, file);
		keep_first(&a[i].other, &b->marks[i].other, base_line, file);
	}
}

static const char *word(char decimal)
{
	return decimal == ',' ? "comma" : "point";
}

/* "--decimal C", with the column's name where there are several of numbers. */
static void put_option(char *to, size_t room, const struct clean_plan *p, size_t column, char decimal)
{
	bool alone = true;
	for (size_t i = 0; i < p->n_columns; i++)
		alone &= i == column || !clean_is_number_type(p->column[i].type) || p->column[i].skipped;
	snprintf(to, room, "--decimal %.60s%s%s", alone ? "" : p->column[column].name, alone ? "" : "=",
		 word(decimal));
}

const struct clean_place *clean_marks_against(const struct clean_plan *p, const struct clean_marks *m,
					      char error[CLEAN_ERROR])
{
	for (size_t i = 0; i < p->n_columns; i++) {
		const struct clean_column *c = &p->column[i];
		const struct clean_place *at = &m[i].other;
		char why[160] = "which no number decides", use[2][100];
		/* what was kept as it is, and nothing else changed on a belief, contradicts nothing */
		if (at->line == 0 || (c->soft && m[i].n_open == 0))
			continue;
		if (!c->decimal_open)
			snprintf(why, sizeof why, "which \"%s\" in line %llu%s%.60s decided for", c->decimal_by.value,
				 (unsigned long long)c->decimal_by.line,
				 c->decimal_by.file == at->file ? "" : " of ",
				 c->decimal_by.file == at->file ? "" : c->decimal_by.file);
		else if (c->decimal_as >= 0)
			snprintf(why, sizeof why, "as column %.60s is read", p->column[c->decimal_as].name);
		put_option(use[0], sizeof use[0], p, i, c->decimal);
		put_option(use[1], sizeof use[1], p, i, c->decimal == ',' ? '.' : ',');
		snprintf(error, CLEAN_ERROR, "column %.60s: \"%s\" is no number with a decimal %s, %s; say %s or %s",
			 c->name, at->value, word(c->decimal), why, use[0], use[1]);
		return at;
	}
	return NULL;
}

bool clean_marks_undecided(const struct clean_plan *p, const struct clean_marks *m, size_t column,
			   char text[CLEAN_ERROR])
{
	const struct clean_column *c = &p->column[column];
	const struct clean_place *at = &m[column].open;
	char plain[2][CLEAN_PLAIN], use[2][100];
	if (!c->decimal_open || c->decimal_as >= 0 || m[column].n_open == 0 || m[column].own.line > 0)
		return false;
	struct span value = { at->value, strlen(at->value) };
	int n = (int)clean_plain_number(plain[0], value, '.'), n_comma = (int)clean_plain_number(plain[1], value, ',');
	put_option(use[0], sizeof use[0], p, column, '.');
	put_option(use[1], sizeof use[1], p, column, ',');
	snprintf(text, CLEAN_ERROR, "column %.60s: \"%s\" at %.100s:%llu is read as %.*s, but may be %.*s, "
		 "and no number in the input decides (%llu like it); say %s or %s", c->name, at->value, at->file,
		 (unsigned long long)at->line, n, plain[0], n_comma, plain[1],
		 (unsigned long long)m[column].n_open, use[0], use[1]);
	return true;
}

int clean_plan_decimal(struct clean_plan *p, const char *text, char error[CLEAN_ERROR])
{
	static const struct {
		const char *name;
		char mark;
	} names[] = { { ".", '.' }, { "point", '.' }, { ",", ',' }, { "comma", ',' }, { "auto", 0 } };
	const char *equals = strrchr(text, '='), *value = equals ? equals + 1 : text;
	ptrdiff_t named = equals ? clean_cell_index(p, text, (size_t)(equals - text)) : -1;
	size_t k = 0;
	while (k < 5 && strcmp(names[k].name, value) != 0)
		k++;
	if (k == 5) {
		snprintf(error, CLEAN_ERROR, "option --decimal: neither . nor , nor auto: \"%.100s\"", value);
		return -1;
	}
	if (equals && (named < 0 || (size_t)named >= p->n_columns)) {
		snprintf(error, CLEAN_ERROR, "option --decimal: no such column: \"%.*s\"",
			 (int)(equals - text < 100 ? equals - text : 100), text);
		return -1;
	}
	if (equals && p->column[named].declared && !clean_is_number_type(p->column[named].type)) {
		snprintf(error, CLEAN_ERROR, "option --decimal: column %.100s holds no numbers", p->column[named].name);
		return -1;
	}
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_column *c = &p->column[i];
		if (named >= 0 ? (size_t)named != i : c->decimal_named)
			continue;
		c->decimal = names[k].mark ? names[k].mark : '.';
		c->decimal_given = names[k].mark != 0;
		c->decimal_named |= named >= 0;
	}
	return 0;
}
