/* SPDX-License-Identifier: MIT */
#include "view/fits.h"

#include <math.h>
#include <string.h>

#include "view/extra.h"
#include "view/format.h"

#define SETS_MAX 4

/* The first rows of the sets judged (train, holdout), at most SETS_MAX. */
static size_t sets_of(const struct report_extra *x, size_t first[SETS_MAX])
{
	size_t set = extra_find(x, "set"), n = 0;
	for (size_t r = 0; r < x->n_rows; r++) {
		bool known = false;
		for (size_t i = 0; i < n; i++)
			known = known || span_equal(extra_at(x, r, set), extra_at(x, first[i], set));
		if (!known && n < SETS_MAX)
			first[n++] = r;
	}
	return n;
}

static bool in_set(const struct report_extra *x, size_t row, size_t first)
{
	size_t set = extra_find(x, "set");
	return span_equal(extra_at(x, row, set), extra_at(x, first, set));
}

static const char *set_name(struct doc *d, const struct report_extra *x, size_t first, const char *otherwise)
{
	size_t set = extra_find(x, "set");
	return set < x->n_columns ? doc_clean(d, extra_at(x, first, set)) : otherwise;
}

/* The value of a term's key, NaN without. */
static double term_value(const struct report_extra *x, struct span name, const char *key)
{
	for (size_t r = 0; r < x->n_rows; r++)
		if (span_is(extra_at(x, r, 0), "term") && span_equal(extra_at(x, r, 1), name) &&
		    span_is(extra_at(x, r, 2), key))
			return extra_real(x, r, 3);
	return NAN;
}

static const char *model_value(struct doc *d, const struct report_extra *x, const char *key)
{
	for (size_t r = 0; r < x->n_rows; r++)
		if (span_is(extra_at(x, r, 0), "model") && span_is(extra_at(x, r, 2), key))
			return doc_clean(d, extra_at(x, r, 3));
	return "";
}

static void put_terms(struct doc *d, struct doc_section *sec, const struct report_extra *x,
		      const struct span *term, size_t n, unsigned use)
{
	static const char *const key[] = { "estimate", "std_error", "ci_low", "ci_high", "z", "p", "odds_ratio",
					   "odds_ratio_low", "odds_ratio_high" };
	static const char *const title[] = { "Estimate", "Std. error", "from", "to", "z", "p", "Odds ratio", "odds from",
					     "odds to" };
	bool people = use == DOC_PEOPLE;
	struct doc_table *t = doc_table(d, sec, people ? "terms" : "logit-all", "Coefficients, with 95% intervals", use);
	doc_column(d, t, "term", "Term", false);
	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		doc_column(d, t, key[i], title[i], true);
	for (size_t i = 0; i < n; i++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(doc_clean(d, term[i]), term[i]);
		for (size_t j = 0; j < sizeof key / sizeof *key; j++) {
			double v = term_value(x, term[i], key[j]);
			row[1 + j] = strcmp(key[j], "p") == 0 ? doc_cell_p(v) : doc_cell_real(v);
		}
	}
}

/* Also of an outcome of a multinomial model: brand=x:(intercept). */
static bool is_intercept(struct span term)
{
	static const char name[] = "(intercept)";
	size_t n = sizeof name - 1;

	return term.n >= n && memcmp(term.s + term.n - n, name, n) == 0 &&
	       (term.n == n || term.s[term.n - n - 1] == ':');
}

/* Odds ratios with their intervals; the intercept's says nothing. */
static void put_odds(struct doc *d, struct doc_section *sec, const struct report_extra *x,
		     const struct span *term, size_t n)
{
	size_t at = 0;
	struct chart *c = doc_chart(d, sec, CHART_RANGE, "chart-odds", "Odds ratios with 95% intervals", n, 3);
	for (size_t i = 0; i < n; i++) {
		if (is_intercept(term[i]))
			continue;
		c->label[at] = doc_clean(d, term[i]);
		c->series[0].y[at] = term_value(x, term[i], "odds_ratio_low");
		c->series[1].y[at] = term_value(x, term[i], "odds_ratio");
		c->series[2].y[at++] = term_value(x, term[i], "odds_ratio_high");
	}
	for (size_t i = 0; i < at; i++)
		for (int s = 0; s < 3; s += 2) /* with a penalty there are no intervals */
			if (isnan(c->series[s].y[i]))
				c->series[s].y[i] = c->series[1].y[i];
	c->n = at;
	c->desc = "What one unit more of each column does to the odds; 1 is nothing. The figures are in the table below.";
}

void fits_logit(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "logit", "What goes with buying");
	struct span *term = doc_alloc(d, x->n_rows + 1, sizeof *term);
	size_t n = 0;
	for (size_t r = 0; r < x->n_rows; r++)
		if (span_is(extra_at(x, r, 0), "term") && span_is(extra_at(x, r, 2), "estimate"))
			term[n++] = extra_at(x, r, 1);
	bool several = *model_value(d, x, "family"); /* multinomial */
	doc_para(d, sec, doc_printf(d, "A logistic regression of %s on %s rows%s%s%s. The odds ratio is the "
				       "factor that one unit more of the column puts on the odds%s.",
				    model_value(d, x, "outcome"), model_value(d, x, "n"), several ? "" : ", ",
				    several ? "" : model_value(d, x, "n_events"),
				    several ? "" : " of them events",
				    several ? " of an outcome against the reference" : ""));
	if (n > 1)
		put_odds(d, sec, x, term, n);
	put_terms(d, sec, x, term, n, DOC_PEOPLE);
	put_terms(d, sec, x, term, n, DOC_RECORDS);
}

/* Two columns of a table against one another, a curve for each set, the diagonal beside. */
static struct chart *put_curves(struct doc *d, struct doc_section *sec, const struct report_extra *x, const char *id,
				const char *title)
{
	size_t first[SETS_MAX], n = sets_of(x, first);
	struct chart *c = doc_chart(d, sec, CHART_LINE, id, title, x->n_rows, n);
	c->percent = c->diagonal = true;
	for (size_t i = 0; i < n; i++)
		c->series[i].name = set_name(d, x, first[i], "all");
	return c;
}

void fits_calibration(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "calibration", "Are the probabilities right?");
	size_t first[SETS_MAX], n = sets_of(x, first);
	doc_para(d, sec, "Rows in bins of predicted probability: beside what was predicted stands what came. Points on "
			 "the diagonal are right.");
	struct chart *c = put_curves(d, sec, x, "chart-calibration", "Predicted and observed");
	c->x_title = "Mean predicted probability";
	c->y_title = "Share observed";
	c->desc = "Observed shares against predicted ones; the figures are in the table below.";
	for (size_t r = 0; r < x->n_rows; r++) {
		c->x[r] = extra_real(x, r, extra_find(x, "mean_probability"));
		for (size_t i = 0; i < n; i++)
			c->series[i].y[r] = in_set(x, r, first[i]) ? extra_real(x, r, extra_find(x, "observed")) : NAN;
	}
	extra_put(d, sec, x, "calibration-bins", "Predicted and observed by bin", DOC_PEOPLE, NULL);
	extra_put(d, sec, x, "calibration-all", "", DOC_RECORDS, NULL);
}

/*
 * Of the top of the list: gains is the share of events in it, and (rows - events)
 * of all that are none is the share of the others.
 */
void fits_roc(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t first[SETS_MAX], n = sets_of(x, first), rows = extra_find(x, "rows"), events = extra_find(x, "events");
	double others[SETS_MAX] = { 0 };
	if (rows == x->n_columns || events == x->n_columns)
		return;
	for (size_t r = 0; r < x->n_rows; r++)
		for (size_t i = 0; i < n; i++)
			if (in_set(x, r, first[i]))
				others[i] = fmax(others[i], extra_real(x, r, rows) - extra_real(x, r, events));
	struct chart *c = put_curves(d, sec, x, "chart-roc", "ROC: buyers reached for others addressed");
	c->x_title = "Share of those who do not buy";
	c->y_title = "Share of buyers reached";
	c->desc = "The curve lies above the diagonal, the line of choosing at random, by as much as the prediction "
		  "tells buyers from others.";
	for (size_t r = 0; r < x->n_rows; r++)
		for (size_t i = 0; i < n; i++) {
			c->series[i].y[r] = NAN;
			if (!in_set(x, r, first[i]))
				continue;
			c->x[r] = (extra_real(x, r, rows) - extra_real(x, r, events)) / others[i];
			c->series[i].y[r] = extra_real(x, r, extra_find(x, "gains"));
		}
}

/* The distinct values of a column, as they come; returns how many. */
static size_t values_of(const struct report_extra *x, size_t column, struct span *value)
{
	size_t n = 0;
	for (size_t r = 0; r < x->n_rows; r++) {
		size_t i = 0;
		while (i < n && !span_equal(value[i], extra_at(x, r, column)))
			i++;
		if (i == n)
			value[n++] = extra_at(x, r, column);
	}
	return n;
}

static void put_matrix(struct doc *d, struct doc_section *sec, const struct report_extra *x)
{
	size_t old = extra_find(x, "old"), new = extra_find(x, "new"), rows = extra_find(x, "rows");
	struct span *from = doc_alloc(d, x->n_rows + 1, sizeof *from), *to = doc_alloc(d, x->n_rows + 1, sizeof *to);
	size_t n_from = values_of(x, old, from), n_to = values_of(x, new, to);
	struct doc_table *t = doc_table(d, sec, "migration-matrix", "From (row) to (column)", DOC_PEOPLE);
	doc_column(d, t, "", "From", false);
	for (size_t j = 0; j < n_to; j++)
		doc_column(d, t, "", doc_printf(d, "to %s", doc_clean(d, to[j])), true);
	doc_column(d, t, "", "All", true);
	for (size_t i = 0; i < n_from; i++) {
		double all = 0;
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(doc_clean(d, from[i]), from[i]);
		for (size_t r = 0; r < x->n_rows; r++)
			for (size_t j = 0; j < n_to; j++)
				if (span_equal(extra_at(x, r, old), from[i]) && span_equal(extra_at(x, r, new), to[j])) {
					row[1 + j] = doc_cell_int((int64_t)extra_real(x, r, rows));
					all += extra_real(x, r, rows);
				}
		for (size_t j = 0; j < n_to; j++)
			if (row[1 + j].kind == DOC_INT)
				row[1 + j].heat = (double)row[1 + j].integer / all;
		row[1 + n_to] = doc_cell_int((int64_t)all);
	}
}

void fits_migration(struct doc *d, const struct report_extra *x)
{
	struct doc_section *sec = doc_add_section(d, "migration", "Who has moved?");
	doc_para(d, sec, "How many went from which segment of an earlier assignment to which of the new one; colour goes by "
			 "the share of the row. \"(missing)\" is who was not there.");
	put_matrix(d, sec, x);
	extra_put(d, sec, x, "migration-all", "", DOC_RECORDS, NULL);
}
