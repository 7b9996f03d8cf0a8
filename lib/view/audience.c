/* SPDX-License-Identifier: MIT */
#include "view/audience.h"

#include <math.h>
#include <string.h>

#include "view/extra.h"
#include "view/format.h"

#define BINS 12

/* Rows of a column in bins of one width, those of the audience and those beyond it. */
struct histogram {
	double low, width;
	size_t n; /* bins; 1 where all values are equal, 0 where there is none */
	size_t in[BINS], beyond[BINS];
};

static struct histogram histogram_of(const struct report_extra *x, size_t column, size_t top)
{
	struct histogram h = { .low = INFINITY };
	double high = -INFINITY;

	for (size_t r = 0; r < x->n_rows; r++) {
		double v = extra_real(x, r, column);
		h.low = fmin(h.low, v);
		high = fmax(high, v);
	}
	if (!(high >= h.low))
		return h;
	h.n = high > h.low ? BINS : 1;
	h.width = (high - h.low) / (double)h.n;
	for (size_t r = 0; r < x->n_rows; r++) {
		double v = extra_real(x, r, column);
		size_t bin = h.n > 1 && !isnan(v) ? (size_t)((v - h.low) / h.width) : 0;
		if (!isnan(v))
			(r < top ? h.in : h.beyond)[bin < h.n ? bin : h.n - 1]++;
	}
	return h;
}

static void put_bins(struct doc *d, struct doc_table *t, const char *figure, const struct histogram *h)
{
	for (size_t b = 0; b < h->n; b++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_text(figure);
		row[1] = doc_cell_real(h->low + (double)b * h->width);
		row[2] = doc_cell_real(h->low + (double)(b + 1) * h->width);
		row[3] = doc_cell_int((int64_t)h->in[b]);
		row[4] = doc_cell_int((int64_t)h->beyond[b]);
	}
}

static void put_chart(struct doc *d, struct doc_section *sec, const struct histogram *h, const char *id,
		      const char *title, bool cut)
{
	char from[FORMAT_MAX], to[FORMAT_MAX];
	int digits = h->width > 0 && h->width < 10 ? 1 - (int)floor(log10(h->width)) : 0;
	struct chart *c = doc_chart(d, sec, CHART_BARS, id, title, h->n, cut ? 2 : 1);
	/* the last series has the stronger colour */
	double *beyond = cut ? c->series[0].y : NULL, *in = c->series[cut].y;

	c->series[0].name = "Beyond the cut";
	c->series[cut].name = "In the audience";
	for (size_t b = 0; b < h->n; b++) {
		double low = h->low + (double)b * h->width;
		c->label[b] = h->width > 0 ? doc_printf(d, "%s to %s", format_real(from, low, digits),
							format_real(to, low + h->width, digits))
					   : format_real(doc_alloc(d, FORMAT_MAX, 1), low, 4);
		in[b] = (double)h->in[b];
		if (cut)
			beyond[b] = (double)h->beyond[b];
	}
	c->desc = "How many rows lie in each interval; the last of them reaches the largest value.";
}

/* The mean and the least match of each column in the audience, and the mean beyond. */
static void put_matches(struct doc *d, struct doc_section *sec, const struct report_extra *x, size_t top)
{
	struct doc_table *t = doc_table(d, sec, "lookalike-match", "How well the columns match, of 100",
					DOC_PEOPLE);
	bool cut = top < x->n_rows;

	doc_column(d, t, "", "Column", false);
	doc_column(d, t, "", "Mean", true);
	doc_column(d, t, "", "Least", true);
	if (cut)
		doc_column(d, t, "", "Mean beyond the cut", true);
	for (size_t c = 0; c < x->n_columns; c++) {
		double sum[2] = { 0, 0 }, least = INFINITY;
		struct span name = x->name[c];
		if (!span_starts(name, "match_"))
			continue;
		for (size_t r = 0; r < x->n_rows; r++) {
			double v = extra_real(x, r, c);
			sum[r >= top] += v;
			least = r < top ? fmin(least, v) : least;
		}
		name.s += strlen("match_");
		name.n -= strlen("match_");
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(format_title(d, doc_clean(d, name)), name);
		row[1] = doc_cell_real(sum[0] / (double)top);
		row[1].bar = fmax(0, row[1].real / 100);
		row[2] = doc_cell_real(least);
		if (cut)
			row[3] = doc_cell_real(sum[1] / (double)(x->n_rows - top));
	}
}

static void say(struct doc *d, struct doc_section *sec, const struct report_extra *x, size_t top)
{
	size_t distance = extra_find(x, "lookalike_distance"), score = extra_find(x, "lookalike_score");
	char n[FORMAT_MAX], all[FORMAT_MAX], near[FORMAT_MAX], far[FORMAT_MAX], last[FORMAT_MAX], next[FORMAT_MAX];

	if (top == 0) {
		doc_para(d, sec, "No row is in the audience.");
		return;
	}
	doc_para(d, sec, doc_printf(d, "The %s rows outside the seed that are nearest to its centre, from a distance "
				       "of %s to one of %s; the score of the last is %s.",
				    format_int(n, (int64_t)top), format_real(near, extra_real(x, 0, distance), 4),
				    format_real(far, extra_real(x, top - 1, distance), 4),
				    format_real(last, extra_real(x, top - 1, score), 2)));
	if (top < x->n_rows)
		doc_para(d, sec, doc_printf(d, "The cut is behind row %s of %s: the first beyond it lies at %s.",
					    format_int(n, (int64_t)top), format_int(all, (int64_t)x->n_rows),
					    format_real(next, extra_real(x, top, distance), 4)));
	doc_note(d, sec, "Rows are ranked by distance. A score that is a percentage of the seed's own members "
			 "is 0 for all rows beyond the farthest of them.");
}

void audience_build(struct doc *d, const struct report_extra *x, uint64_t wanted)
{
	struct doc_section *sec = doc_add_section(d, "lookalike", "Who is like them?");
	size_t top = wanted && wanted < x->n_rows ? (size_t)wanted : x->n_rows;
	struct histogram score = histogram_of(x, extra_find(x, "lookalike_score"), top);
	struct histogram distance = histogram_of(x, extra_find(x, "lookalike_distance"), top);
	struct doc_table *t;

	say(d, sec, x, top);
	if (score.n)
		put_chart(d, sec, &score, "chart-lookalike-score", "Rows by score", top < x->n_rows);
	if (distance.n)
		put_chart(d, sec, &distance, "chart-lookalike-distance", "Rows by distance", top < x->n_rows);
	if (top)
		put_matches(d, sec, x, top);
	t = doc_table(d, sec, "lookalike-bins", "Rows by score and by distance", DOC_DETAILS);
	doc_column(d, t, "figure", "Figure", false);
	doc_column(d, t, "from", "From", true);
	doc_column(d, t, "to", "To", true);
	doc_column(d, t, "rows", "In the audience", true);
	doc_column(d, t, "rows_beyond", "Beyond the cut", true);
	put_bins(d, t, "score", &score);
	put_bins(d, t, "distance", &distance);
}
