/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_cell.h"

struct clean_guess {
	uint64_t n_values;
	bool number, date, given; /* what all values so far are; given: in --date-format */
	bool proving;             /* a date column whose format is not yet proved */
	bool with_time;           /* of the first value in --date-format */
	struct clean_decimal decimal; /* of numbers */
	struct clean_place decided; /* the last value that refuted a reading */
	struct datefmt_set set;
	char last[32];            /* the value before: dates come in runs */
	size_t n_last;
};

static int begin(struct clean_probe *pr, const struct clean_plan *p)
{
	pr->guess = calloc(p->n_columns, sizeof *pr->guess);
	pr->decimal = calloc(p->n_columns, sizeof *pr->decimal);
	if (!pr->guess || !pr->decimal)
		return -1;
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_guess *g = &pr->guess[i];
		bool free_type = !p->column[i].declared;
		g->number = free_type;
		clean_decimal_begin(&g->decimal, &p->column[i]);
		pr->decimal[i] = &g->decimal;
		g->date = free_type || p->column[i].type == CLEAN_DATE;
		g->given = g->date && p->column[i].given_format;
		datefmt_set_init(&g->set, !free_type ? DATEFMT_LOOSE :
					  p->transactions ? DATEFMT_TIGHT : DATEFMT_CLEAR);
	}
	return 0;
}

static void look(struct clean_guess *g, const struct clean_plan *p, size_t column, struct span f,
		 const char *file, uint64_t line)
{
	int64_t seconds;
	bool has_time;
	uint64_t alive = g->set.alive;
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
	if (g->number || clean_is_number_type(p->column[column].type))
		g->number = clean_decimal_look(&g->decimal, f, file, line) && g->number;
	if (g->given && clean_read_date(&p->column[column], f, &seconds, &has_time))
		g->with_time |= has_time;
	else
		g->given = g->given && g->proving;
	if (g->date && !datefmt_set_add(&g->set, f.s, f.n))
		g->date = g->proving;
	if (g->set.alive != alive) {
		g->decided = (struct clean_place){ .file = file };
		clean_mark(&g->decided, line, f);
	}
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

/* Whether the column's next value may say something that is not known yet. */
static bool wanted(const struct clean_guess *g, const struct clean_column *c, bool first)
{
	if (clean_is_number_type(c->type))
		return g->decimal.alive == (CLEAN_POINT | CLEAN_COMMA);
	return first ? g->number || g->date || g->given : g->proving && g->date;
}

int clean_probe_block(struct clean_probe *pr, struct clean_plan *p, const struct clean_map *m,
		      struct csv_records *r, const char *s, size_t n, struct clean_place begin_at)
{
	bool first = !pr->begun;
	if (first && begin(pr, p) != 0)
		return -1;
	pr->begun = true;
	/* declared columns are proved whatever their first values are */
	for (size_t i = 0; i < p->n_columns; i++)
		pr->guess[i].proving |= p->column[i].declared && p->column[i].type == CLEAN_DATE;
	csv_begin(r, s, n, &m->dialect);
	while (csv_next(r)) {
		if (r->n_fields != m->n_fields || clean_is_header(m, r->record))
			continue;
		for (size_t i = 0; i < p->n_columns; i++) {
			struct clean_guess *g = &pr->guess[i];
			const struct clean_column *c = &p->column[i];
			if (!c->skipped && wanted(g, c, first) && m->field[i] >= 0)
				look(g, p, i, r->field[m->field[i]], begin_at.file, begin_at.line + r->line);
		}
	}
	if (first)
		settle_kinds(pr, p);
	return 0;
}

bool clean_probe_open(const struct clean_probe *pr, const struct clean_plan *p)
{
	bool open = false;
	for (size_t i = 0; i < p->n_columns; i++) {
		const struct clean_guess *g = &pr->guess[i];
		open |= g->proving && !g->given && !p->column[i].skipped && !datefmt_set_settled(&g->set);
	}
	return open || clean_decimal_open(p, pr->decimal);
}

/* "--date-format FMT", with the column's name where there are several of dates. */
static size_t put_option(char *to, size_t room, const struct clean_plan *p, const struct clean_column *c,
			 const char *format)
{
	size_t n_dates = 0;
	for (size_t i = 0; i < p->n_columns; i++)
		n_dates += p->column[i].type == CLEAN_DATE && !p->column[i].skipped;
	int n = snprintf(to, room, "--date-format %s%s%s", n_dates > 1 ? c->name : "", n_dates > 1 ? "=" : "",
			 format);
	return n < 0 || (size_t)n >= room ? 0 : (size_t)n;
}

/* What stands between the i-th of n things and the next. */
static const char *comma(size_t i, size_t n)
{
	return i + 1 == n ? "" : i + 2 == n ? " or " : ", ";
}

/* The readings of a value that the proof could not decide. */
static int undecided(const struct clean_plan *p, const struct clean_column *c, const struct datefmt_set *set,
		     char error[CLEAN_ERROR])
{
	char dates[80] = "", options[200] = "";
	const char *value = set->value ? set->value : "";
	size_t n = 0, n_dates = 0, n_options = 0;
	while (n < 4 && datefmt_set_format(set, (int)n))
		n++;
	for (size_t i = 0; i < n; i++) {
		const char *format = datefmt_set_format(set, (int)i);
		struct datefmt f;
		int64_t seconds;
		bool has_time;
		datefmt_compile(&f, format);
		if (datefmt_parse(&f, value, strlen(value), &seconds, &has_time))
			n_dates += (size_t)date_print_days(dates + n_dates, date_day_of(seconds));
		n_dates += (size_t)snprintf(dates + n_dates, sizeof dates - n_dates, "%s", comma(i, n));
		n_options += put_option(options + n_options, sizeof options - n_options - 8, p, c, format);
		n_options += (size_t)snprintf(options + n_options, 8, "%s", comma(i, n));
	}
	snprintf(error, CLEAN_ERROR, "column %.60s: \"%s\" may be %s, and no date in the input decides; say %s%s%.60s%s",
		 c->name, value, dates, options, c->soft ? ", or --columns " : "", c->soft ? c->name : "",
		 c->soft ? ":text" : "");
	return -1;
}

void clean_probe_against(const struct clean_plan *p, const struct clean_ledger *l, char error[CLEAN_ERROR])
{
	const struct clean_column *c = &p->column[l->against_column];
	const char *value = l->against.value;
	const char *other = datefmt_known(value, strlen(value), DATEFMT_LOOSE);
	char options[2][100] = { "", "" };
	put_option(options[0], sizeof options[0], p, c, c->proved);
	put_option(options[1], sizeof options[1], p, c, other ? other : "");
	snprintf(error, CLEAN_ERROR,
		 "column %.60s: \"%s\" is no date in %s, which \"%s\" in line %llu%s%.60s decided for; "
		 "say %s or %s, and the others are left out",
		 c->name, value, c->proved, c->decided.value, (unsigned long long)c->decided.line,
		 c->decided.file == l->against.file ? "" : " of ",
		 c->decided.file == l->against.file ? "" : c->decided.file, options[0], options[1]);
}

int clean_probe_settle(struct clean_probe *pr, struct clean_plan *p, char error[CLEAN_ERROR])
{
	clean_decimal_settle(p, pr->decimal);
	for (size_t i = 0; i < p->n_columns; i++) {
		struct clean_guess *g = &pr->guess[i];
		struct clean_column *c = &p->column[i];
		if (c->type != CLEAN_DATE || c->skipped)
			continue;
		if (g->given) {
			c->with_time = g->with_time || c->format.has_time;
			continue;
		}
		if (datefmt_set_conflict(&g->set))
			return undecided(p, c, &g->set, error);
		const char *format = datefmt_set_format(&g->set, 0);
		c->n_more = 0;
		datefmt_compile(&c->format, format);
		c->with_time = g->set.has_time;
		c->proved = g->set.n_values > 0 ? format : NULL;
		if (!datefmt_set_format(&g->set, 1))
			c->decided = g->decided;
	}
	return 0;
}

void clean_probe_free(struct clean_probe *pr)
{
	free(pr->guess);
	free(pr->decimal);
	memset(pr, 0, sizeof *pr);
}
