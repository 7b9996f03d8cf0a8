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

/* Whether a column of numbers has fractions: then all of it is shown with decimals. */
static bool fractional(const struct report_extra *x, size_t column)
{
	int64_t v;
	for (size_t r = 0; r < x->n_rows; r++)
		if (at(x, r, column).n && !num_parse_int(at(x, r, column).s, at(x, r, column).n, &v))
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
		if (at(x, r, column).n)
			return true;
	return false;
}

/*
 * The table as it came: for records all of it, for people the columns that
 * hold something and the rows that `shown` picks (NULL: all).
 */
static void put_all(struct doc *d, struct doc_section *sec, const struct report_extra *x,
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
		doc_column(d, t, name, letter ? name : format_title(d, name), numeric(x, c));
	}
	for (size_t r = 0; r < x->n_rows; r++) {
		if (use == DOC_PEOPLE && shown && !shown(x, r))
			continue;
		struct doc_cell *row = doc_row(d, t);
		for (size_t c = 0; c < t->n_columns; c++)
			row[c] = cell_for(d, at(x, r, from[c]), t->column[c].numeric,
					  is_share(t->column[c].name), whole[c]);
	}
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
	put_all(d, sec, x, "sweep", "The sweep over k", DOC_PEOPLE, NULL);
	put_all(d, sec, x, "choosing-k", "", DOC_RECORDS, NULL);
}

/* The sets of rows judged: train, holdout.  Their first rows; at most n. */
static size_t find_sets(const struct report_extra *x, size_t *first, size_t n)
{
	size_t set = find(x, "set"), found = 0;
	for (size_t r = 0; r < x->n_rows; r++) {
		bool known = false;
		for (size_t i = 0; i < found; i++)
			known = known || span_equal(at(x, r, set), at(x, first[i], set));
		if (!known && found < n)
			first[found++] = r;
	}
	return found;
}

/* The deciles, and 1 and 5 per cent, of a curve in per cent steps. */
static bool is_landmark(const struct report_extra *x, size_t row)
{
	double percent = 100 * real_at(x, row, find(x, "share"));
	size_t first[4];
	if (isnan(percent) || x->n_rows / find_sets(x, first, 4) <= 20)
		return true;
	double ten = fabs(percent / 10 - round(percent / 10));
	return ten < 1e-6 || fabs(percent - 1) < 1e-6 || fabs(percent - 5) < 1e-6;
}

static void put_gains(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t first[4], n = find_sets(x, first, 4), set = find(x, "set");
	struct chart *c = doc_chart(d, sec, CHART_LINE, "chart-gains", "Gains: share of buyers reached",
				    x->n_rows, n);
	c->x_title = "Share of the list addressed";
	c->y_title = "Share of buyers reached";
	c->percent = c->diagonal = true;
	c->desc = "The curve lies above the diagonal, the line of choosing at random, by as much as the "
		  "prediction is worth.";
	for (size_t i = 0; i < n; i++) {
		c->series[i].name = set < x->n_columns ? doc_clean(d, at(x, first[i], set)) : "gains";
		for (size_t r = 0; r < x->n_rows; r++) {
			bool mine = span_equal(at(x, r, set), at(x, first[i], set));
			c->x[r] = real_at(x, r, find(x, "share"));
			c->series[i].y[r] = mine ? real_at(x, r, find(x, "gains")) : NAN;
		}
	}
}

/* What the top tenth is worth, on rows that the model has not seen if any. */
static void put_worth(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t best = x->n_rows, set = find(x, "set");
	char share[FORMAT_MAX];
	for (size_t r = 0; r < x->n_rows; r++)
		if (fabs(real_at(x, r, find(x, "share")) - 0.1) < 1e-9 &&
		    (best == x->n_rows || !span_is(at(x, best, set), "holdout")))
			best = r;
	if (best == x->n_rows || isnan(real_at(x, best, find(x, "gains"))))
		return;
	double gains = real_at(x, best, find(x, "gains"));
	const char *where = set < x->n_columns
				    ? doc_printf(d, " (%s rows)", doc_clean(d, at(x, best, set)))
				    : "";
	doc_para(d, sec, doc_printf(d, "The first tenth of the list holds %s of the buyers, %.1f times as "
				       "many as a tenth chosen at random%s.",
				  format_share(share, gains, 1), gains / 0.1, where));
}

void curves_lift(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "lift", "Purchase prediction: lift and gains");
	doc_para(d, sec, "Rows sorted by predicted probability, the most likely buyers first. Gains: the "
			 "share of all buyers reached by addressing the top of the list. Lift: how many "
			 "times more buyers that is than by choosing at random.");
	bool curve = x->n_rows && find(x, "gains") < x->n_columns && find(x, "share") < x->n_columns;
	if (curve) {
		put_worth(d, sec, x);
		put_gains(d, sec, x);
	}
	put_all(d, sec, x, "gains", "Lift and gains", DOC_PEOPLE, curve ? is_landmark : NULL);
	put_all(d, sec, x, "lift", "", DOC_RECORDS, NULL);
}
