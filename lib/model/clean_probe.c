/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_cell.h"
#include "value/num.h"

struct clean_guess {
	uint64_t n_values;
	bool number, date, given; /* what all values so far are; given: in --date-format */
	bool proving;             /* a date column whose format is not yet proved */
	bool with_time;           /* of the first value in --date-format */
	struct datefmt_set set;
	char last[32];            /* the value before: dates come in runs */
	size_t n_last;
};

static int begin(struct clean_probe *pr, const struct clean_plan *p)
{
	pr->guess = calloc(p->n_columns, sizeof *pr->guess);
	if (!pr->guess)
		return -1;
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_guess *g = &pr->guess[i];
		bool free_type = !p->column[i].declared;
		g->number = free_type;
		g->date = free_type || p->column[i].type == CLEAN_DATE;
		g->given = g->date && p->rules.date_format;
		datefmt_set_init(&g->set, !free_type);
	}
	return 0;
}

static bool is_number(struct span f, char decimal)
{
	char plain[CLEAN_PLAIN];
	double x;
	size_t n;
	if (decimal == '.' && num_parse(f.s, f.n, &x))
		return true;
	n = clean_plain_number(plain, f, decimal);
	return n > 0 && num_parse(plain, n, &x);
}

static void look(struct clean_guess *g, const struct clean_plan *p, const struct datefmt *given,
		 struct span f)
{
	int64_t seconds;
	bool has_time;
	if (f.n == g->n_last && f.n > 0 && memcmp(f.s, g->last, f.n) == 0)
		return;
	f = clean_trim(f);
	if (f.n == 0 || clean_is_token(p, f))
		return;
	if (f.n <= sizeof g->last) {
		memcpy(g->last, f.s, f.n);
		g->n_last = f.n;
	}
	g->n_values++;
	g->number = g->number && is_number(f, p->rules.decimal);
	if (g->given && datefmt_parse(given, f.s, f.n, &seconds, &has_time))
		g->with_time |= has_time;
	else
		g->given = g->given && g->proving;
	if (g->date && !datefmt_set_add(&g->set, f.s, f.n))
		g->date = g->proving;
}

/* What the first block says about the kind of an undeclared column. */
static void settle_kinds(struct clean_probe *pr, struct clean_plan *p)
{
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_guess *g = &pr->guess[i];
		struct clean_column *c = &p->column[i];
		if (!c->declared && g->n_values > 0 && (g->number || g->given || g->date)) {
			c->type = g->number ? CLEAN_NUMBER : CLEAN_DATE;
			c->soft = true;
		}
		g->proving = c->type == CLEAN_DATE;
		g->number = g->number && !g->proving;
	}
}

int clean_probe_block(struct clean_probe *pr, struct clean_plan *p, const struct clean_map *m,
		      struct csv_records *r, const char *s, size_t n)
{
	struct datefmt given = { 0 };
	bool first = !pr->begun;
	if (first && begin(pr, p) != 0)
		return -1;
	pr->begun = true;
	if (p->rules.date_format)
		datefmt_compile(&given, p->rules.date_format);
	/* declared columns are proved whatever their first values are */
	for (size_t i = 0; i < p->n_columns; i++)
		pr->guess[i].proving |= p->column[i].declared && p->column[i].type == CLEAN_DATE;
	csv_begin(r, s, n, &m->dialect);
	while (csv_next(r)) {
		if (r->n_fields != m->n_fields || span_equal(r->record, m->header))
			continue;
		for (size_t i = 0; i < p->n_columns; i++) {
			struct clean_guess *g = &pr->guess[i];
			bool open = first ? g->number || g->date || g->given : g->proving && g->date;
			if (open && m->field[i] >= 0)
				look(g, p, &given, r->field[m->field[i]]);
		}
	}
	if (first)
		settle_kinds(pr, p);
	return 0;
}

bool clean_probe_open(const struct clean_probe *pr, const struct clean_plan *p)
{
	for (size_t i = 0; i < p->n_columns; i++)
		if (pr->guess[i].proving && !pr->guess[i].given && !datefmt_set_settled(&pr->guess[i].set))
			return true;
	return false;
}

/* The readings of a value that the proof could not decide. */
static int undecided(const struct clean_column *c, const struct datefmt_set *set,
		     char error[CLEAN_ERROR])
{
	const char *format[2] = { datefmt_set_format(set, 0), datefmt_set_format(set, 1) };
	char text[2][DATE_MAX + 1] = { "", "" };
	for (int i = 0; i < 2; i++) {
		struct datefmt f;
		int64_t seconds;
		bool has_time;
		datefmt_compile(&f, format[i]);
		if (datefmt_parse(&f, set->value, strlen(set->value), &seconds, &has_time))
			text[i][date_print_days(text[i], date_day_of(seconds))] = '\0';
	}
	snprintf(error, CLEAN_ERROR,
		 "column %s: \"%s\" may be %s or %s, and no date in the input decides; "
		 "say --date-format %s or --date-format %s",
		 c->name, set->value, text[0], text[1], format[0], format[1]);
	return -1;
}

int clean_probe_settle(struct clean_probe *pr, struct clean_plan *p, char error[CLEAN_ERROR])
{
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_guess *g = &pr->guess[i];
		struct clean_column *c = &p->column[i];
		if (c->type != CLEAN_DATE)
			continue;
		if (g->given) {
			datefmt_compile(&c->format, p->rules.date_format);
			c->with_time = g->with_time || c->format.has_time;
			continue;
		}
		if (g->set.conflict && !datefmt_set_settled(&g->set))
			return undecided(c, &g->set, error);
		datefmt_compile(&c->format, datefmt_set_format(&g->set, 0));
		c->with_time = g->set.has_time;
	}
	return 0;
}

void clean_probe_free(struct clean_probe *pr)
{
	free(pr->guess);
	memset(pr, 0, sizeof *pr);
}
