/* SPDX-License-Identifier: MIT */
#include "view/grid.h"

#include <math.h>

#include "view/format.h"

struct cell {
	uint64_t n;
	dec_wide value;
	size_t name, n_names; /* the name with most rows, and how many there are */
};

static struct cell cell_at(const struct asked *a, size_t r, size_t f)
{
	size_t level = (r - 1) * ASKED_SCORES + f - 1;
	struct cell c = { 0 };
	uint64_t most = 0;
	if (level >= a->cells.n_levels)
		return c;
	for (size_t g = 0; g < a->cells.n_groups; g++) {
		uint64_t n = shares_rows(&a->cells, level, g);
		c.n += n;
		c.value += shares_value(&a->cells, level, g);
		c.n_names += n > 0;
		if (n > most || (n && n == most && span_compare(a->names.text[g], a->names.text[c.name]) < 0)) {
			most = n;
			c.name = g;
		}
	}
	return c;
}

/* The highest score there is, 5 at least. */
static size_t highest(const struct asked *a)
{
	size_t top = 5;
	for (size_t s = 1; s <= ASKED_SCORES; s++)
		for (size_t t = 1; t <= ASKED_SCORES; t++)
			if (s > top || t > top)
				top = cell_at(a, s, t).n ? (s > t ? s : t) : top;
	return top;
}

static struct doc_cell shown(struct doc *d, const struct report *r, const struct cell *c, uint64_t most)
{
	const struct asked *a = r->asked;
	char n[FORMAT_MAX];
	struct doc_cell cell = doc_cell_text("\xe2\x80\x93");
	if (c->n == 0)
		return cell;
	format_int(n, (int64_t)c->n);
	if (a->name < 0)
		cell = doc_cell_text(doc_printf(d, "%s", n));
	else
		cell = doc_cell_data(doc_printf(d, "%s: %s%s", doc_clean(d, a->names.text[c->name]), n,
						c->n_names > 1 ? " *" : ""), a->names.text[c->name]);
	cell.heat = (double)c->n / (double)most;
	return cell;
}

static void put_grid(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct asked *a = r->asked;
	size_t top = highest(a);
	uint64_t most = 1;
	bool several = false;
	struct doc_table *t = doc_table(d, sec, "rf-grid", "Recency score by frequency score", DOC_PEOPLE);
	doc_column(d, t, "", "Recency", false);
	for (size_t f = 1; f <= top; f++)
		doc_column(d, t, "", doc_printf(d, "Frequency %zu", f), false);
	for (size_t i = 0; i < top * top; i++) {
		struct cell c = cell_at(a, i / top + 1, i % top + 1);
		most = c.n > most ? c.n : most;
		several = several || c.n_names > 1;
	}
	for (size_t s = top; s >= 1; s--) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_text(doc_printf(d, "%zu%s", s, s == top ? ", latest" : s == 1 ? ", longest ago" : ""));
		for (size_t f = 1; f <= top; f++) {
			struct cell c = cell_at(a, s, f);
			row[f] = shown(d, r, &c, most);
		}
	}
	if (several)
		doc_note(d, sec, "*: several names in this cell, by the monetary score; the commonest is shown.");
}

static void put_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct asked *a = r->asked;
	struct doc_table *t = doc_table(d, sec, "rf-grid-all", "", DOC_RECORDS);
	doc_column(d, t, "r_score", "R", true);
	doc_column(d, t, "f_score", "F", true);
	doc_column(d, t, "rfm_segment", "Named segment", false);
	doc_column(d, t, "rows", "Rows", true);
	doc_column(d, t, "share_rows", "Share", true);
	if (r->valued)
		doc_column(d, t, "value", "Value", true);
	for (size_t level = 0; level < a->cells.n_levels; level++)
		for (size_t i = 0; i < a->cells.n_groups; i++) {
			size_t g = a->name_order[i];
			uint64_t n = shares_rows(&a->cells, level, g);
			if (n == 0)
				continue;
			struct doc_cell *row = doc_row(d, t);
			row[0] = doc_cell_int((int64_t)(level / ASKED_SCORES + 1));
			row[1] = doc_cell_int((int64_t)(level % ASKED_SCORES + 1));
			if (a->name >= 0)
				row[2] = doc_cell_data("", a->names.text[g]);
			row[3] = doc_cell_int((int64_t)n);
			row[4] = doc_cell_share((double)n / (double)a->cells.total_n);
			if (r->valued)
				row[5] = doc_cell_money(shares_value(&a->cells, level, g));
		}
}

void grid_build(struct doc *d, const struct report *r)
{
	char n[FORMAT_MAX];
	struct doc_section *sec = doc_add_section(d, "rf-grid", "Recency and frequency");
	doc_para(d, sec, doc_printf(d, "How many %s have each pair of scores, whatever their segment, and the "
				       "named segment of the pair. Scores run from 1 to the best.", r->noun));
	put_grid(d, sec, r);
	if (r->asked->n_unscored)
		doc_note(d, sec, doc_printf(d, "Without scores: %s.", format_int(n, (int64_t)r->asked->n_unscored)));
	put_records(d, sec, r);
}
