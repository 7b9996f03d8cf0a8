/* SPDX-License-Identifier: MIT */
#include "view/curves.h"

#include <math.h>
#include <string.h>

#include "value/num.h"
#include "view/format.h"

/* Index of a column by name, or n_columns. */
static size_t find(const struct report_extra *x, const char *name)
{
	size_t c = 0;
	while (c < x->n_columns && !span_is(x->name[c], name))
		c++;
	return c;
}

static struct span at(const struct report_extra *x, size_t row, size_t column)
{
	return column < x->n_columns ? x->cell[row * x->n_columns + column] : (struct span){ "", 0 };
}

static double real_at(const struct report_extra *x, size_t row, size_t column)
{
	struct span s = at(x, row, column);
	double v;
	return num_parse(s.s, s.n, &v) ? v : NAN;
}

static bool numeric(const struct report_extra *x, size_t column)
{
	bool any = false;
	for (size_t r = 0; r < x->n_rows; r++) {
		if (at(x, r, column).n && isnan(real_at(x, r, column)))
			return false;
		any = any || at(x, r, column).n;
	}
	return any;
}

static struct doc_cell cell_for(struct doc *d, struct span raw, bool number, bool share)
{
	double v = NAN;
	int64_t whole;
	if (raw.n == 0)
		return (struct doc_cell){ .kind = DOC_NONE, .bar = NAN, .heat = NAN };
	if (!number)
		return doc_cell_data(doc_clean(d, raw), raw);
	if (!share && num_parse_int(raw.s, raw.n, &whole))
		return doc_cell_int(whole);
	num_parse(raw.s, raw.n, &v);
	return share ? doc_cell_share(v) : doc_cell_real(v);
}

/* The columns of a lift table that are fractions. */
static bool is_share(const char *name)
{
	static const char *const share[] = { "share", "rate", "gains" };
	for (size_t i = 0; i < sizeof share / sizeof *share; i++)
		if (strcmp(name, share[i]) == 0)
			return true;
	return false;
}

/* The whole table as it came. */
static struct doc_table *put_all(struct doc *d, struct doc_section *sec, const struct report_extra *x,
				 const char *id, const char *caption)
{
	struct doc_table *t = doc_table(d, sec, id, caption, 0);
	for (size_t c = 0; c < x->n_columns; c++) {
		const char *name = doc_clean(d, x->name[c]);
		bool letter = strlen(name) == 1;
		doc_column(d, t, name, letter ? name : format_title(d, name), numeric(x, c));
	}
	for (size_t r = 0; r < x->n_rows; r++) {
		struct doc_cell *row = doc_row(d, t);
		for (size_t c = 0; c < x->n_columns; c++)
			row[c] = cell_for(d, at(x, r, c), t->column[c].numeric,
					  is_share(t->column[c].name));
	}
	return t;
}

static struct chart *put_line(struct doc *d, struct doc_section *sec, const struct report_extra *x,
			      const char *x_name, const char *y_name, const char *title)
{
	struct chart *c = doc_chart(d, sec, CHART_LINE, doc_printf(d, "chart-%s", y_name), title,
				    x->n_rows, 1);
	c->x_title = x_name;
	c->y_title = c->series[0].name = format_title(d, y_name);
	for (size_t r = 0; r < x->n_rows; r++) {
		c->x[r] = real_at(x, r, find(x, x_name));
		c->series[0].y[r] = real_at(x, r, find(x, y_name));
	}
	return c;
}

/* The row whose picked_by says a rule, or n_rows. */
static size_t picked(const struct report_extra *x)
{
	size_t c = find(x, "picked_by"), r = 0;
	while (r < x->n_rows && (at(x, r, c).n == 0 || span_is(at(x, r, c), "none")))
		r++;
	return r;
}

void curves_choosing_k(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "choosing-k", "How many segments?");
	size_t row = picked(x), best = x->n_rows, sil = find(x, "silhouette"), k = find(x, "k");
	for (size_t r = 0; r < x->n_rows; r++)
		if (!isnan(real_at(x, r, sil)) &&
		    (best == x->n_rows || real_at(x, r, sil) > real_at(x, best, sil)))
			best = r;
	char number[FORMAT_MAX];
	const char *chosen = "";
	if (row < x->n_rows)
		chosen = doc_printf(d, "Chosen: %s segments, by the rule \"%s\". ",
				    format_real(number, real_at(x, row, k), 0),
				    doc_clean(d, at(x, row, find(x, "picked_by"))));
	if (best < x->n_rows)
		chosen = doc_printf(d, "%sThe silhouette is highest at %s. ", chosen,
				    format_real(number, real_at(x, best, k), 0));
	doc_para(d, sec, doc_printf(d, "%sInertia is the sum of squared distances to the own centre: it "
				       "always falls with more segments, and the elbow is where it stops "
				       "falling fast. The silhouette says how clearly the segments lie "
				       "apart, from -1 to 1.", chosen));
	static const char *const curve[][2] = { { "inertia", "Elbow: inertia by number of segments" },
						{ "silhouette", "Silhouette by number of segments" } };
	for (size_t i = 0; i < 2; i++) {
		if (find(x, curve[i][0]) == x->n_columns || !numeric(x, find(x, curve[i][0])))
			continue;
		struct chart *c = put_line(d, sec, x, "k", curve[i][0], curve[i][1]);
		c->x_title = "Number of segments k";
		c->desc = doc_printf(d, "%s; the figures are in the table below.", curve[i][1]);
		if (row < x->n_rows) {
			c->mark_x = real_at(x, row, k);
			c->mark = "chosen";
		}
	}
	put_all(d, sec, x, "choosing-k", "The sweep over k");
}

void curves_lift(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "lift", "Purchase prediction: lift and gains");
	doc_para(d, sec, "Rows sorted by predicted probability, the most likely buyers first. Gains: the "
			 "share of all buyers reached by addressing the top of the list. Lift: how many "
			 "times more buyers that is than by choosing at random.");
	bool gains = find(x, "gains") < x->n_columns, share = find(x, "share") < x->n_columns;
	if (gains && share) {
		struct chart *c = put_line(d, sec, x, "share", "gains", "Gains: share of buyers reached");
		c->x_title = "Share of the list addressed";
		c->y_title = "Share of buyers reached";
		c->percent = c->diagonal = true;
		c->desc = "The curve lies above the diagonal, the line of choosing at random, by as much as "
			  "the prediction is worth.";
	}
	put_all(d, sec, x, "lift", "Lift and gains");
}
