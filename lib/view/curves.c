/* SPDX-License-Identifier: MIT */
#include "view/curves.h"

#include <math.h>
#include <string.h>

#include "view/extra.h"
#include "view/fits.h"
#include "view/format.h"

static struct chart *put_line(struct doc *d, struct doc_section *sec, const struct report_extra *x,
			      const char *x_name, const char *y_name, const char *title)
{
	struct chart *c = doc_chart(d, sec, CHART_LINE, doc_printf(d, "chart-%s", y_name), title,
				    x->n_rows, 1);
	c->x_title = x_name;
	c->y_title = c->series[0].name = format_title(d, y_name);
	for (size_t r = 0; r < x->n_rows; r++) {
		c->x[r] = extra_real(x, r, extra_find(x, x_name));
		c->series[0].y[r] = extra_real(x, r, extra_find(x, y_name));
	}
	return c;
}

/* The row whose picked_by says a rule, or n_rows. */
static size_t picked(const struct report_extra *x)
{
	size_t c = extra_find(x, "picked_by"), r = 0;
	while (r < x->n_rows && (extra_at(x, r, c).n == 0 || span_is(extra_at(x, r, c), "none")))
		r++;
	return r;
}

void curves_choosing_k(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "choosing-k", "How many segments?");
	size_t row = picked(x), best = x->n_rows, sil = extra_find(x, "silhouette"), k = extra_find(x, "k");
	for (size_t r = 0; r < x->n_rows; r++)
		if (!isnan(extra_real(x, r, sil)) &&
		    (best == x->n_rows || extra_real(x, r, sil) > extra_real(x, best, sil)))
			best = r;
	char number[FORMAT_MAX];
	const char *chosen = "";
	if (row < x->n_rows)
		chosen = doc_printf(d, "Chosen: %s segments, by the rule \"%s\". ",
				    format_real(number, extra_real(x, row, k), 0),
				    doc_clean(d, extra_at(x, row, extra_find(x, "picked_by"))));
	if (best < x->n_rows)
		chosen = doc_printf(d, "%sThe silhouette is highest at %s. ", chosen,
				    format_real(number, extra_real(x, best, k), 0));
	doc_para(d, sec, doc_printf(d, "%sInertia is the sum of squared distances to the own centre: it "
				       "always falls with more segments, and the elbow is where it stops "
				       "falling fast. The silhouette says how clearly the segments lie "
				       "apart, from -1 to 1.", chosen));
	static const char *const curve[][2] = { { "inertia", "Elbow: inertia by number of segments" },
						{ "silhouette", "Silhouette by number of segments" } };
	for (size_t i = 0; i < 2; i++) {
		if (extra_find(x, curve[i][0]) == x->n_columns || !extra_numeric(x, extra_find(x, curve[i][0])))
			continue;
		struct chart *c = put_line(d, sec, x, "k", curve[i][0], curve[i][1]);
		c->x_title = "Number of segments k";
		c->desc = doc_printf(d, "%s; the figures are in the table below.", curve[i][1]);
		if (row < x->n_rows) {
			c->mark_x = extra_real(x, row, k);
			c->mark = "chosen";
		}
	}
	extra_put(d, sec, x, "sweep", "The sweep over k", DOC_PEOPLE, NULL);
	extra_put(d, sec, x, "choosing-k", "", DOC_RECORDS, NULL);
}

/* The sets of rows judged: train, holdout.  Their first rows; at most n. */
static size_t find_sets(const struct report_extra *x, size_t *first, size_t n)
{
	size_t set = extra_find(x, "set"), found = 0;
	for (size_t r = 0; r < x->n_rows; r++) {
		bool known = false;
		for (size_t i = 0; i < found; i++)
			known = known || span_equal(extra_at(x, r, set), extra_at(x, first[i], set));
		if (!known && found < n)
			first[found++] = r;
	}
	return found;
}

/* The deciles, and 1 and 5 per cent, of a curve in per cent steps. */
static bool is_landmark(const struct report_extra *x, size_t row)
{
	double percent = 100 * extra_real(x, row, extra_find(x, "share"));
	size_t first[4];
	if (isnan(percent) || x->n_rows / find_sets(x, first, 4) <= 20)
		return true;
	double ten = fabs(percent / 10 - round(percent / 10));
	return ten < 1e-6 || fabs(percent - 1) < 1e-6 || fabs(percent - 5) < 1e-6;
}

static void put_gains(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t first[4], n = find_sets(x, first, 4), set = extra_find(x, "set");
	struct chart *c = doc_chart(d, sec, CHART_LINE, "chart-gains", "Gains: share of buyers reached",
				    x->n_rows, n);
	c->x_title = "Share of the list addressed";
	c->y_title = "Share of buyers reached";
	c->percent = c->diagonal = true;
	c->desc = "The curve lies above the diagonal, the line of choosing at random, by as much as the "
		  "prediction is worth.";
	for (size_t i = 0; i < n; i++) {
		c->series[i].name = set < x->n_columns ? doc_clean(d, extra_at(x, first[i], set)) : "gains";
		for (size_t r = 0; r < x->n_rows; r++) {
			bool mine = span_equal(extra_at(x, r, set), extra_at(x, first[i], set));
			c->x[r] = extra_real(x, r, extra_find(x, "share"));
			c->series[i].y[r] = mine ? extra_real(x, r, extra_find(x, "gains")) : NAN;
		}
	}
}

/* What the top tenth is worth, on rows that the model has not seen if any. */
static void put_worth(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t best = x->n_rows, set = extra_find(x, "set");
	char share[FORMAT_MAX];
	for (size_t r = 0; r < x->n_rows; r++)
		if (fabs(extra_real(x, r, extra_find(x, "share")) - 0.1) < 1e-9 &&
		    (best == x->n_rows || !span_is(extra_at(x, best, set), "holdout")))
			best = r;
	if (best == x->n_rows || isnan(extra_real(x, best, extra_find(x, "gains"))))
		return;
	double gains = extra_real(x, best, extra_find(x, "gains"));
	const char *where = set < x->n_columns
				    ? doc_printf(d, " (%s rows)", doc_clean(d, extra_at(x, best, set)))
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
	bool curve = x->n_rows && extra_find(x, "gains") < x->n_columns && extra_find(x, "share") < x->n_columns;
	if (curve) {
		put_worth(d, sec, x);
		put_gains(d, sec, x);
		fits_roc(d, sec, x);
	}
	extra_put(d, sec, x, "gains", "Lift and gains", DOC_PEOPLE, curve ? is_landmark : NULL);
	extra_put(d, sec, x, "lift", "", DOC_RECORDS, NULL);
}
