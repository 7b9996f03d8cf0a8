/* SPDX-License-Identifier: MIT */
#include "view/extra.h"

#include <math.h>
#include <string.h>

#include "value/num.h"
#include "view/format.h"

size_t extra_find(const struct report_extra *x, const char *name)
{
	size_t c = 0;
	while (c < x->n_columns && !span_is(x->name[c], name))
		c++;
	return c;
}

struct span extra_at(const struct report_extra *x, size_t row, size_t column)
{
	return column < x->n_columns ? x->cell[row * x->n_columns + column] : (struct span){ "", 0 };
}

double extra_real(const struct report_extra *x, size_t row, size_t column)
{
	struct span s = extra_at(x, row, column);
	double v;
	return num_parse(s.s, s.n, &v) ? v : NAN;
}

bool extra_numeric(const struct report_extra *x, size_t column)
{
	bool any = false;
	for (size_t r = 0; r < x->n_rows; r++) {
		if (extra_at(x, r, column).n && isnan(extra_real(x, r, column)))
			return false;
		any = any || extra_at(x, r, column).n;
	}
	return any;
}

/* Whether a column of numbers has fractions: then all of it is shown with decimals. */
static bool fractional(const struct report_extra *x, size_t column)
{
	int64_t v;
	for (size_t r = 0; r < x->n_rows; r++)
		if (extra_at(x, r, column).n && !num_parse_int(extra_at(x, r, column).s, extra_at(x, r, column).n, &v))
			return true;
	return false;
}

static struct doc_cell cell_for(struct doc *d, struct span raw, bool number, bool share, bool whole)
{
	double v = NAN;
	int64_t n;
	if (raw.n == 0)
		return (struct doc_cell){ .kind = DOC_NONE, .bar = NAN, .heat = NAN };
	if (!number)
		return doc_cell_data(doc_clean(d, raw), raw);
	if (!share && whole && num_parse_int(raw.s, raw.n, &n))
		return doc_cell_int(n);
	num_parse(raw.s, raw.n, &v);
	return share ? doc_cell_share(v) : doc_cell_real(v);
}

/* The columns of a lift table that are fractions. */
static bool is_share(const char *name)
{
	static const char *const share[] = { "share", "gains", "threshold" };
	for (size_t i = 0; i < sizeof share / sizeof *share; i++)
		if (strcmp(name, share[i]) == 0)
			return true;
	return false;
}

static bool has_values(const struct report_extra *x, size_t column)
{
	for (size_t r = 0; r < x->n_rows; r++)
		if (extra_at(x, r, column).n)
			return true;
	return false;
}

void extra_put(struct doc *d, struct doc_section *sec, const struct report_extra *x,
		    const char *id, const char *caption, unsigned use,
		    bool (*shown)(const struct report_extra *, size_t row))
{
	struct doc_table *t = doc_table(d, sec, id, caption, use);
	size_t *from = doc_alloc(d, x->n_columns, sizeof *from);
	bool *whole = doc_alloc(d, x->n_columns, sizeof *whole);
	for (size_t c = 0; c < x->n_columns; c++) {
		const char *name = doc_clean(d, x->name[c]);
		bool letter = strlen(name) == 1;
		if (use == DOC_PEOPLE && !has_values(x, c))
			continue;
		from[t->n_columns] = c;
		whole[t->n_columns] = !fractional(x, c);
		doc_column(d, t, name, letter ? name : format_title(d, name), extra_numeric(x, c));
	}
	for (size_t r = 0; r < x->n_rows; r++) {
		if (use == DOC_PEOPLE && shown && !shown(x, r))
			continue;
		struct doc_cell *row = doc_row(d, t);
		for (size_t c = 0; c < t->n_columns; c++)
			row[c] = cell_for(d, extra_at(x, r, from[c]), t->column[c].numeric,
					  is_share(t->column[c].name), whole[c]);
	}
}
