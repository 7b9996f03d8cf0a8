/* SPDX-License-Identifier: MIT */
#include "view/svg.h"

#include <math.h>
#include <string.h>

#include "view/svg_parts.h"

#define PLOT_HEIGHT 200.0

/* Groups below one another: a label, then a bar for each series. */
static void put_bars(struct buf *b, const struct chart *c, bool alone)
{
	const double bar = 14, gap = 3, head = 18, foot = 14, right = 62;
	double group = head + (double)c->n_series * (bar + gap) + foot, key = c->n_series > 1 ? 26 : 0;
	double most = 0;
	char number[FORMAT_MAX];
	for (size_t i = 0; i < c->n * c->n_series; i++)
		most = fmax(most, c->series[i / c->n].y[i % c->n]);
	svg_open(b, c, key + (double)c->n * group, "", alone);
	for (size_t s = 0; key > 0 && s < c->n_series; s++) {
		double x = 200 * (double)s;
		buf_printf(b, "<rect x=\"%.1f\" y=\"2\" width=\"12\" height=\"12\" rx=\"2\" class=\"s%zu\"/>", x,
			   s);
		svg_text(b, x + 18, 12, "start", "soft", c->series[s].name, 30);
	}
	for (size_t i = 0; i < c->n; i++) {
		double y = key + (double)i * group;
		svg_group(b, c->label[i]);
		svg_text(b, 0, y + 12, "start", "label", c->label[i], 50);
		for (size_t s = 0; s < c->n_series; s++) {
			double v = c->series[s].y[i], top = y + head + (double)s * (bar + gap);
			double w = isfinite(v) && v > 0 && most > 0 ? (SVG_WIDTH - right) * v / most : 0;
			buf_printf(b, "<rect x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%g\" rx=\"2\" class=\"s%zu\">"
				      "<title>", top, fmax(w, 1), bar, c->n_series > 1 ? s : 1);
			svg_escape(b, c->label[i]);
			buf_text(b, ": ");
			svg_put_value(b, v, c->percent);
			buf_text(b, "</title></rect>");
			svg_text(b, fmax(w, 1) + 6, top + 11.5, "start", "soft",
				 svg_value(number, v, c->percent), 20);
		}
		buf_text(b, "</g>\n");
	}
	buf_text(b, "</svg>\n");
}

static void put_middle_half(struct buf *b, const struct chart *c, const struct svg_axis *x, size_t i,
			    double y)
{
	char number[FORMAT_MAX];
	double median = c->series[1].y[i], mid = svg_axis_at(x, median);
	double from = svg_axis_at(x, c->series[0].y[i]), to = svg_axis_at(x, c->series[2].y[i]);
	buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" rx=\"3\" class=\"range\"><title>",
		   from, y + 7, fmax(to - from, 1));
	svg_escape(b, c->label[i]);
	buf_text(b, ": ");
	svg_put_value(b, c->series[0].y[i], false);
	buf_text(b, " to ");
	svg_put_value(b, c->series[2].y[i], false);
	buf_text(b, "</title></rect>");
	svg_rule(b, mid, y + 5, mid, y + 21, "mid");
	svg_text(b, fmax(to, mid) + 6, y + 17, "start", "soft", svg_value(number, median, false), 12);
}

/* A row for each label: the middle half as a bar, the median as a stroke. */
static void put_range(struct buf *b, const struct chart *c, bool alone)
{
	const double left = 118, row = 26, top = 4;
	double bottom = top + row * (double)c->n;
	struct svg_axis x = { .low = INFINITY, .high = -INFINITY, .from = left, .to = SVG_WIDTH - 52 };
	char number[FORMAT_MAX];
	for (size_t i = 0; i < c->n * 3; i++)
		svg_axis_widen(&x, c->series[i / c->n].y[i % c->n]);
	if (x.low > x.high)
		x.low = x.high = 0;
	if (x.low > 0 && x.high / x.low > 50)
		svg_axis_log(&x);
	else
		svg_axis_linear(&x);
	svg_open(b, c, bottom + 36, "", alone);
	for (size_t i = 0; i < x.n_ticks; i++) {
		double at = svg_axis_at(&x, x.tick[i]);
		svg_rule(b, at, top, at, bottom, "grid");
		svg_text(b, at, bottom + 14, "middle", "soft",
			 svg_short_number(number, x.tick[i], x.logarithmic ? x.tick[i] : x.step, false), 12);
	}
	for (size_t i = 0; i < c->n; i++) {
		double y = top + row * (double)i;
		svg_group(b, c->label[i]);
		svg_text(b, left - 8, y + 17, "end", "label", c->label[i], 18);
		if (isfinite(c->series[1].y[i]))
			put_middle_half(b, c, &x, i, y);
		buf_text(b, "</g>\n");
	}
	svg_text(b, (x.from + x.to) / 2, bottom + 31, "middle", "soft",
		 x.logarithmic ? "logarithmic scale" : "", 60);
	buf_text(b, "</svg>\n");
}

/* Points are drawn where they can be told apart. */
#define DOTS_MAX 30

static void put_curve(struct buf *b, const struct chart *c, const struct svg_axis *x,
		      const struct svg_axis *y, size_t series)
{
	const double *v = c->series[series].y;
	buf_printf(b, "<polyline class=\"curve k%zu\" points=\"", series);
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->x[i]) && isfinite(v[i]))
			buf_printf(b, "%.1f,%.1f ", svg_axis_at(x, c->x[i]), svg_axis_at(y, v[i]));
	buf_text(b, "\"/>\n");
	for (size_t i = 0; i < c->n && c->n <= DOTS_MAX; i++) {
		if (!isfinite(c->x[i]) || !isfinite(v[i]))
			continue;
		buf_printf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" class=\"dot\"><title>",
			   svg_axis_at(x, c->x[i]), svg_axis_at(y, v[i]));
		svg_put_value(b, c->x[i], c->percent);
		buf_text(b, ": ");
		svg_put_value(b, v[i], c->percent);
		buf_text(b, "</title></circle>\n");
	}
}

/* Below the curves' right end, where gains and elbows leave room. */
static void put_line_key(struct buf *b, const struct chart *c, const struct svg_axis *x,
			 const struct svg_axis *y)
{
	for (size_t s = 0; c->n_series > 1 && s < c->n_series; s++) {
		double at = y->from - 14 - 18 * (double)(c->n_series - 1 - s);
		buf_printf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"curve k%zu\"/>",
			   x->to - 110, at - 4, x->to - 84, at - 4, s);
		svg_text(b, x->to - 78, at, "start", "soft", c->series[s].name, 12);
	}
}

static void put_line(struct buf *b, const struct chart *c, bool alone)
{
	struct svg_axis x = { .low = INFINITY, .high = -INFINITY, .from = 48, .to = SVG_WIDTH - 20 };
	struct svg_axis y = { .low = 0, .high = 0, .from = 24 + PLOT_HEIGHT, .to = 24 };
	for (size_t i = 0; i < c->n; i++) {
		svg_axis_widen(&x, c->x[i]);
		for (size_t s = 0; s < c->n_series; s++)
			svg_axis_widen(&y, c->series[s].y[i]);
	}
	if (c->diagonal)
		x.low = y.low = 0, x.high = y.high = 1;
	if (x.low > x.high)
		x.low = x.high = 0;
	svg_axis_linear(&x);
	svg_axis_linear(&y);
	if (!c->percent && x.step < 1) {
		x.n_ticks = 0;
		x.step = 1;
		for (double k = ceil(x.low); k <= x.high && x.n_ticks < SVG_TICKS_MAX; k++)
			x.tick[x.n_ticks++] = k;
	}
	svg_open(b, c, y.from + 44, "", alone);
	svg_axes(b, c, &x, &y);
	if (c->diagonal)
		svg_rule(b, svg_axis_at(&x, 0), svg_axis_at(&y, 0), svg_axis_at(&x, 1), svg_axis_at(&y, 1), "none");
	if (isfinite(c->mark_x)) {
		double at = svg_axis_at(&x, c->mark_x);
		svg_rule(b, at, y.to, at, y.from, "mark");
		svg_text(b, at + 5, y.to + 12, "start", "marktext", c->mark, 20);
	}
	for (size_t s = 0; s < c->n_series; s++)
		put_curve(b, c, &x, &y, s);
	put_line_key(b, c, &x, &y);
	buf_text(b, "</svg>\n");
}

/* A row for each action below the name of its group; days from 0. */
static void put_gantt(struct buf *b, const struct chart *c, bool alone)
{
	const double row = 34, head = 24, top = 4;
	struct svg_axis x = { .low = 0, .high = 0, .from = 0, .to = SVG_WIDTH - 20 };
	char number[FORMAT_MAX];
	double y = top, bottom = top;
	for (size_t i = 0; i < c->n; i++) {
		svg_axis_widen(&x, c->series[1].y[i]);
		bottom += row + (i == 0 || strcmp(c->group[i], c->group[i - 1]) != 0 ? head : 0);
	}
	svg_axis_linear(&x);
	svg_open(b, c, bottom + 36, "", alone);
	for (size_t i = 0; i < x.n_ticks; i++) {
		double at = svg_axis_at(&x, x.tick[i]);
		svg_rule(b, at, top, at, bottom, "grid");
		svg_text(b, at, bottom + 14, i ? "middle" : "start", "soft",
			 svg_short_number(number, x.tick[i], x.step, false), 12);
	}
	for (size_t i = 0; i < c->n; i++) {
		double from = svg_axis_at(&x, c->series[0].y[i]), to = svg_axis_at(&x, c->series[1].y[i]);
		if (i == 0 || strcmp(c->group[i], c->group[i - 1]) != 0) {
			svg_text(b, 0, y + 16, "start", "label", c->group[i], 60);
			y += head;
		}
		svg_text(b, 0, y + 11, "start", "soft", c->label[i], 76);
		buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\" rx=\"3\" class=\"s1\"><title>",
			   from, y + 16, fmax(to - from, 2));
		svg_escape(b, c->label[i]);
		buf_printf(b, ": days %.0f to %.0f</title></rect>\n", c->series[0].y[i] + 1, c->series[1].y[i]);
		y += row;
	}
	svg_text(b, SVG_WIDTH / 2, bottom + 31, "middle", "soft", c->x_title, 60);
	buf_text(b, "</svg>\n");
}

void svg_chart(struct buf *b, const struct chart *c, bool alone)
{
	if (c->kind == CHART_BARS)
		put_bars(b, c, alone);
	else if (c->kind == CHART_RANGE)
		put_range(b, c, alone);
	else if (c->kind == CHART_GANTT)
		put_gantt(b, c, alone);
	else if (c->kind == CHART_SCATTER)
		svg_scatter(b, c, alone);
	else if (c->kind == CHART_SILHOUETTE)
		svg_silhouette(b, c, alone);
	else
		put_line(b, c, alone);
}
