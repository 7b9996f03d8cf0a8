/* SPDX-License-Identifier: MIT */
#include "view/mix.h"

#include <math.h>
#include <string.h>

#include "view/format.h"

/* Levels shown to people; the others are summed in one row. */
#define LEVELS_SHOWN 12

/* The levels of a people's table: the first ones, and a last one that is the
 * sum of the rest. */
struct view_levels {
	const struct report_share *x;
	size_t n_shown, n_other;
};

static struct view_levels levels_shown(const struct report_share *x)
{
	size_t n = x->levels.n;
	struct view_levels v = { x, n, 0 };
	if (n > LEVELS_SHOWN + 1) {
		v.n_shown = LEVELS_SHOWN;
		v.n_other = n - LEVELS_SHOWN;
	}
	return v;
}

static struct doc_cell level_cell(struct doc *d, const struct view_levels *v, size_t i)
{
	if (i == v->n_shown)
		return doc_cell_text(doc_printf(d, "%zu others", v->n_other));
	struct span raw = v->x->levels.text[v->x->order[i]];
	return doc_cell_data(doc_clean(d, raw), raw);
}

/* Value of shown row i in a segment; segment == n_segments: in all. */
static dec_wide value_at(const struct view_levels *v, size_t i, size_t segment, size_t n_segments)
{
	const struct shares *s = &v->x->shares;
	size_t from = i, to = i < v->n_shown ? i + 1 : v->x->levels.n;
	dec_wide sum = 0;
	for (size_t j = from; j < to; j++) {
		size_t level = v->x->order[j];
		sum += segment == n_segments ? s->of_level[level] : shares_value(s, level, segment);
	}
	return sum;
}

enum kind { MIX, SPLIT, PART };

static double ratio(dec_wide num, dec_wide den)
{
	return den > 0 ? dec_ratio(num, den) : NAN;
}

static dec_wide segment_value(const struct shares *s, size_t g, size_t n_segments)
{
	return g == n_segments ? s->total : g < s->n_groups ? s->of_group[g] : 0;
}

static double share_at(const struct view_levels *v, size_t i, size_t g, size_t n_segments,
		       enum kind kind)
{
	const struct shares *s = &v->x->shares;
	dec_wide den = kind == PART  ? s->total
		       : kind == MIX ? segment_value(s, g, n_segments)
				     : value_at(v, i, n_segments, n_segments);
	return ratio(value_at(v, i, g, n_segments), den);
}

static struct doc_table *wide_table(struct doc *d, struct doc_section *sec, const struct report *r,
				    const struct report_share *x, const char *what, const char *caption,
				    const char *last)
{
	struct doc_table *t = doc_table(d, sec, doc_printf(d, "%s-%zu", what, (size_t)(x - r->share) + 1),
					caption, DOC_PEOPLE | DOC_ONE_UNIT);
	doc_column(d, t, "", x->title, false);
	for (size_t g = 0; g < r->n_segments; g++)
		doc_column(d, t, "", r->segment[g].label, true);
	doc_column(d, t, "", last, true);
	return t;
}

static void put_values(struct doc *d, struct doc_section *sec, const struct report *r,
		       const struct report_share *x)
{
	struct view_levels v = levels_shown(x);
	size_t n = r->n_segments;
	struct doc_table *t = wide_table(d, sec, r, x, "value",
					 doc_printf(d, "%s by %s and %s", r->value_title,
						    x->word, r->by), "All");
	for (size_t i = 0; i < v.n_shown + (v.n_other > 0); i++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = level_cell(d, &v, i);
		for (size_t g = 0; g <= n; g++)
			row[g + 1] = doc_cell_money(value_at(&v, i, g, n));
	}
	struct doc_cell *row = doc_row(d, t);
	row[0] = doc_cell_text("Sum");
	for (size_t g = 0; g <= n; g++)
		row[g + 1] = doc_cell_money(segment_value(&x->shares, g, n));
	t->n_foot = 1;
}

/* mix and part add up down the column, split across the row. */
static void put_shares(struct doc *d, struct doc_section *sec, const struct report *r,
		       const struct report_share *x, enum kind kind, const char *id,
		       const char *caption)
{
	struct view_levels v = levels_shown(x);
	size_t n = r->n_segments;
	struct doc_table *t = wide_table(d, sec, r, x, id, caption, kind == SPLIT ? "Sum" : "All");
	double *sum = doc_alloc(d, n + 1, sizeof *sum);
	for (size_t i = 0; i < v.n_shown + (v.n_other > 0); i++) {
		struct doc_cell *row = doc_row(d, t);
		double across = 0;
		row[0] = level_cell(d, &v, i);
		for (size_t g = 0; g <= n; g++) {
			double share = share_at(&v, i, g, n, kind);
			across += g < n ? share : 0;
			row[g + 1] = doc_cell_share(g == n && kind != MIX ? across : share);
			sum[g] += row[g + 1].real;
		}
	}
	struct doc_cell *row = doc_row(d, t);
	row[0] = doc_cell_text(kind == SPLIT ? "All" : "Sum");
	for (size_t g = 0; g <= n; g++)
		row[g + 1] = doc_cell_share(kind == SPLIT ? ratio(segment_value(&x->shares, g, n),
								  x->shares.total)
							  : sum[g]);
	t->n_foot = 1;
}

/* Full colour at a third and at three times the average. */
static double heat_of(double index)
{
	if (isnan(index))
		return NAN;
	return index > 0 ? fmax(-1, fmin(1, log10(index / 100) * 2)) : -1;
}

static void put_index(struct doc *d, struct doc_section *sec, const struct report *r,
		      const struct report_share *x)
{
	struct view_levels v = levels_shown(x);
	size_t n = r->n_segments;
	struct doc_table *t = doc_table(d, sec, doc_printf(d, "index-%zu", (size_t)(x - r->share) + 1),
					doc_printf(d, "Index by %s: mix of the segment, mix of everybody = 100",
						   x->word), DOC_PEOPLE);
	doc_column(d, t, "", x->title, false);
	for (size_t g = 0; g < n; g++)
		doc_column(d, t, "", r->segment[g].label, true);
	for (size_t i = 0; i < v.n_shown + (v.n_other > 0); i++) {
		struct doc_cell *row = doc_row(d, t);
		double overall = share_at(&v, i, n, n, MIX);
		row[0] = level_cell(d, &v, i);
		for (size_t g = 0; g < n; g++) {
			double index = !(overall > 0) ? NAN : 100 * share_at(&v, i, g, n, MIX) / overall;
			row[g + 1] = doc_cell_real(index);
			row[g + 1].digits = 0;
				row[g + 1].heat = heat_of(index);
		}
	}
}

/* Row `at` of all levels of all columns, each over the segments. */
static void fill_record(const void *ctx, size_t at, struct doc_cell *row)
{
	const struct report *r = ctx;
	const struct report_share *x = r->share;
	while (at >= x->levels.n * r->n_segments)
		at -= x++->levels.n * r->n_segments;
	size_t level = x->order[at / r->n_segments], g = at % r->n_segments;
	row[0] = doc_cell_data(x->title, x->raw);
	row[1] = doc_cell_data("", x->levels.text[level]);
	row[2] = report_segment_cell(r, g);
	row[3] = doc_cell_int((int64_t)shares_rows(&x->shares, level, g));
	row[4] = doc_cell_money(shares_value(&x->shares, level, g));
	row[5] = doc_cell_share(shares_mix(&x->shares, level, g));
	row[6] = doc_cell_share(shares_split(&x->shares, level, g));
	row[7] = doc_cell_share(shares_part(&x->shares, level, g));
	row[8] = doc_cell_real(shares_index(&x->shares, level, g));
}

static void put_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const name[] = { "value", "mix", "split", "part", "index" };
	struct doc_table *t = doc_table(d, sec, "shares", "Shares", DOC_RECORDS);
	doc_column(d, t, "column", "Column", false);
	doc_column(d, t, "level", "Level", false);
	report_segment_column(d, t, r);
	doc_column(d, t, "rows", "Rows", true);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	t->fill = fill_record;
	t->ctx = r;
	for (size_t c = 0; c < r->n_shares; c++)
		t->n_rows += r->share[c].levels.n * r->n_segments;
}

void mix_build(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "shares", "Who buys what");
	doc_para(d, sec, "Three shares that answer three questions. Mix: of what a segment spends, how "
			 "much goes here? Split: of what is sold here, how much goes to the segment? Part: "
			 "how much of everything is this? The sums stand beside them as a check.");
	if (!r->valued)
		doc_note(d, sec, "No value column was given: shares are of rows.");
	if (r->value < 0 || (r->valued && r->value == 0))
		doc_note(d, sec, doc_printf(d, "All %s together is not above 0: it has no shares.",
					    r->value_word));
	for (size_t c = 0; c < r->n_shares; c++) {
		const struct report_share *x = &r->share[c];
		const char *what = r->value_word, *level = x->word;
		put_values(d, sec, r, x);
		put_shares(d, sec, r, x, MIX, "mix",
			   doc_printf(d, "Mix: each %s's %s by %s", r->by, what, level));
		put_shares(d, sec, r, x, SPLIT, "split",
			   doc_printf(d, "Split: each %s's %s by %s", level, what, r->by));
		put_shares(d, sec, r, x, PART, "part", doc_printf(d, "Part: share of all %s, by %s", what, level));
		put_index(d, sec, r, x);
	}
	put_records(d, sec, r);
}

static void put_category_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const name[] = { "chi_squared", "df", "p", "cramers_v", "p_holm",
					    "least_expected", "cells", "cells_below_5" };
	struct doc_table *t = doc_table(d, sec, "categories-all", "", DOC_RECORDS);
	doc_column(d, t, "column", "Column", false);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	for (size_t c = 0; c < r->n_shares; c++) {
		const struct report_share *x = &r->share[c];
		struct doc_cell *row = doc_row(d, t), circular = doc_cell_text("circular");
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = doc_cell_real(x->crosstab.chi_squared);
		row[2] = doc_cell_real(x->crosstab.df);
		row[3] = x->fitted ? circular : doc_cell_p(x->crosstab.p);
		row[4] = doc_cell_real(x->crosstab.cramers_v);
		row[5] = x->fitted ? circular : doc_cell_p(x->p_holm);
		row[6] = doc_cell_real(x->crosstab.least_expected);
		row[7] = doc_cell_int((int64_t)x->crosstab.n_cells);
		row[8] = doc_cell_int((int64_t)x->crosstab.n_below_5);
	}
}

static void put_categories(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const title[] = { "\xcf\x87\xc2\xb2", "df", "p", "p (Holm)", "Cram\xc3\xa9r's V",
					     "Cells", "Expecting < 5" };
	struct doc_table *t = doc_table(d, sec, "categories", "Categories over the segments", DOC_PEOPLE);
	doc_column(d, t, "", "Column", false);
	for (size_t i = 0; i < sizeof title / sizeof *title; i++)
		doc_column(d, t, "", title[i], true);
	for (size_t c = 0; c < r->n_shares; c++) {
		const struct report_share *x = &r->share[c];
		struct doc_cell *row = doc_row(d, t), circular = doc_cell_text("circular");
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = doc_cell_real(x->crosstab.chi_squared);
		row[2] = doc_cell_real(x->crosstab.df);
		row[3] = x->fitted ? circular : doc_cell_p(x->crosstab.p);
		row[4] = x->fitted ? circular : doc_cell_p(x->p_holm);
		row[5] = doc_cell_real(x->crosstab.cramers_v);
		row[1].digits = row[5].digits = 3;
		row[6] = doc_cell_int((int64_t)x->crosstab.n_cells);
		row[7] = doc_cell_int((int64_t)x->crosstab.n_below_5);
	}
}

void mix_categories(struct doc *d, const struct report *r)
{
	bool few = false;
	struct doc_section *sec = doc_add_section(d, "categories", "Do the categories differ?");
	doc_para(d, sec, "Pearson's chi-square of independence between each category and the segments, by "
			 "numbers of rows. Cram\xc3\xa9r's V says how strong the link is, from 0 to 1.");
	put_categories(d, sec, r);
	for (size_t c = 0; c < r->n_shares; c++)
		few = few || r->share[c].crosstab.n_below_5;
	if (few)
		doc_note(d, sec, "Where cells expect fewer than 5 rows, the p-value is not to be relied on: "
				 "join rare values.");
	if (strcmp(r->noun, "customers") != 0)
		doc_note(d, sec, "Rows of one customer are not independent of one another; over lines of "
				 "transactions the p-values are too small.");
	put_category_records(d, sec, r);
}
