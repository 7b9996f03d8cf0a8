/* SPDX-License-Identifier: MIT */
#include "view/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/format.h"

#define WIDTH 400.0
#define PLOT_HEIGHT 200.0
#define TICKS_MAX 12

void svg_escape(struct buf *b, const char *s)
{
	for (; *s; s++) {
		const char *entity = *s == '&'	? "&amp;"
				     : *s == '<'  ? "&lt;"
				     : *s == '>'  ? "&gt;"
				     : *s == '"'  ? "&quot;"
				     : *s == '\'' ? "&#39;"
						  : NULL;
		if (entity)
			buf_text(b, entity);
		else
			buf_char(b, *s);
	}
}

/* At most `width` columns of the text, with an ellipsis when cut. */
static void put_cut(struct buf *b, const char *s, size_t width)
{
	if (format_width(s) <= width) {
		svg_escape(b, s);
		return;
	}
	char *head = mem_copy(s, format_prefix(s, width - 1));
	svg_escape(b, head);
	buf_text(b, "\xe2\x80\xa6");
	free(head);
}

/* Figures on axes: 1.5M, 200k, 35, 0.25, 12%. */
static const char *short_number(char to[FORMAT_MAX], double x, double step, bool percent)
{
	double size = fabs(x);
	if (percent)
		return format_share(to, x, step < 0.01 ? 1 : 0);
	if (size >= 1e9)
		return strcat(format_real(to, x / 1e9, step < 1e9), "G");
	if (size >= 1e6)
		return strcat(format_real(to, x / 1e6, step < 1e6), "M");
	if (size >= 1e4)
		return strcat(format_real(to, x / 1e3, step < 1e3), "k");
	return format_real(to, x, step >= 1 ? 0 : step >= 0.1 ? 1 : step >= 0.01 ? 2 : 4);
}

static const char *value_text(char to[FORMAT_MAX], double x, bool percent)
{
	double size = fabs(x);
	if (percent)
		return format_share(to, x, 1);
	return format_real(to, x, size >= 1000 || x == floor(x) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
}

/* 1, 2 or 5 times a power of ten: about `n` steps over the span. */
static double nice_step(double span, int n)
{
	double raw = span / n, ten = pow(10, floor(log10(raw))), part = raw / ten;
	return ten * (part <= 1 ? 1 : part <= 2.5 ? 2 : part <= 5 ? 5 : 10);
}

struct axis {
	double low, high;  /* of the data */
	double from, to;   /* in the drawing */
	double tick[TICKS_MAX];
	size_t n_ticks;
	double step;
	bool logarithmic;
};

static double axis_at(const struct axis *a, double x)
{
	double share = a->logarithmic ? log(x / a->low) / log(a->high / a->low)
				      : (x - a->low) / (a->high - a->low);
	return a->from + share * (a->to - a->from);
}

static void axis_linear(struct axis *a)
{
	if (!(a->high > a->low)) {
		a->low -= a->low != 0 ? fabs(a->low) / 2 : 1;
		a->high += a->high != 0 ? fabs(a->high) / 2 : 1;
	}
	a->step = nice_step(a->high - a->low, 4);
	a->low = a->step * floor(a->low / a->step + 1e-9);
	a->high = a->step * ceil(a->high / a->step - 1e-9);
	long n = lround((a->high - a->low) / a->step);
	for (long i = 0; i <= n && a->n_ticks < TICKS_MAX; i++)
		a->tick[a->n_ticks++] = a->low + (double)i * a->step;
}

/* Powers of ten, thinned to at most six. */
static void axis_log(struct axis *a)
{
	double first = floor(log10(a->low)), last = ceil(log10(a->high));
	double by = ceil((last - first) / 5);
	a->logarithmic = true;
	a->low = pow(10, first);
	a->high = pow(10, last);
	a->step = 1;
	for (double e = first; e <= last; e += by)
		a->tick[a->n_ticks++] = pow(10, e);
}

static void widen(struct axis *a, double x)
{
	if (!isfinite(x))
		return;
	a->low = x < a->low ? x : a->low;
	a->high = x > a->high ? x : a->high;
}

static const char alone_style[] =
	"<style>text{font:12px sans-serif;fill:#1c2333}.soft{fill:#596275}.grid{stroke:#e2e5ea}"
	".s0{fill:#9db0d3}.s1{fill:#2a56b8}.curve{fill:none;stroke:#2a56b8;stroke-width:2}"
	".k1{stroke:#b4470f;stroke-dasharray:6 3}.k2{stroke:#566074;stroke-dasharray:2 3}"
	".dot{fill:#2a56b8}.range{fill:#b9c8e6}.mid{stroke:#1d3f8f;stroke-width:3}"
	".mark{stroke:#b4470f;stroke-dasharray:4 3}.none{stroke:#8a93a5;stroke-dasharray:2 3}"
	".marktext{fill:#b4470f}</style>";

static void open_svg(struct buf *b, const struct chart *c, double height, bool alone)
{
	buf_printf(b, "<svg%s viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"",
		   alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", WIDTH, height);
	svg_escape(b, c->title);
	buf_text(b, ". ");
	svg_escape(b, c->desc);
	buf_text(b, "\"><title>");
	svg_escape(b, c->title);
	buf_text(b, "</title><desc>");
	svg_escape(b, c->desc);
	buf_text(b, "</desc>");
	if (alone)
		buf_text(b, alone_style);
	buf_text(b, "\n");
}

static void put_text(struct buf *b, double x, double y, const char *anchor, const char *class,
		     const char *text, size_t width)
{
	buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
	put_cut(b, text, width);
	buf_text(b, "</text>");
}

static void put_rule(struct buf *b, double x1, double y1, double x2, double y2, const char *class)
{
	buf_printf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", x1, y1, x2,
		   y2, class);
}

/* Groups below one another: a label, then a bar for each series. */
static void put_bars(struct buf *b, const struct chart *c, bool alone)
{
	const double bar = 14, gap = 3, head = 18, foot = 14, right = 62;
	double group = head + (double)c->n_series * (bar + gap) + foot, key = c->n_series > 1 ? 26 : 0;
	double most = 0;
	char number[FORMAT_MAX];
	for (size_t i = 0; i < c->n * c->n_series; i++)
		most = fmax(most, c->series[i / c->n].y[i % c->n]);
	open_svg(b, c, key + (double)c->n * group, alone);
	for (size_t s = 0; key > 0 && s < c->n_series; s++) {
		double x = 200 * (double)s;
		buf_printf(b, "<rect x=\"%.1f\" y=\"2\" width=\"12\" height=\"12\" rx=\"2\" class=\"s%zu\"/>", x,
			   s);
		put_text(b, x + 18, 12, "start", "soft", c->series[s].name, 30);
	}
	for (size_t i = 0; i < c->n; i++) {
		double y = key + (double)i * group;
		put_text(b, 0, y + 12, "start", "label", c->label[i], 50);
		for (size_t s = 0; s < c->n_series; s++) {
			double v = c->series[s].y[i], top = y + head + (double)s * (bar + gap);
			double w = isfinite(v) && v > 0 && most > 0 ? (WIDTH - right) * v / most : 0;
			buf_printf(b, "<rect x=\"0\" y=\"%.1f\" width=\"%.1f\" height=\"%g\" rx=\"2\" class=\"s%zu\">"
				      "<title>", top, fmax(w, 1), bar, c->n_series > 1 ? s : 1);
			svg_escape(b, c->label[i]);
			buf_printf(b, ": %s</title></rect>", value_text(number, v, c->percent));
			put_text(b, fmax(w, 1) + 6, top + 11.5, "start", "soft", number, 20);
		}
		buf_text(b, "\n");
	}
	buf_text(b, "</svg>\n");
}

/* A row for each label: the middle half as a bar, the median as a stroke. */
static void put_range(struct buf *b, const struct chart *c, bool alone)
{
	const double left = 118, row = 26, top = 4;
	double bottom = top + row * (double)c->n;
	struct axis x = { .low = INFINITY, .high = -INFINITY, .from = left, .to = WIDTH - 52 };
	char number[FORMAT_MAX];
	for (size_t i = 0; i < c->n * 3; i++)
		widen(&x, c->series[i / c->n].y[i % c->n]);
	if (x.low > x.high)
		x.low = x.high = 0;
	if (x.low > 0 && x.high / x.low > 50)
		axis_log(&x);
	else
		axis_linear(&x);
	open_svg(b, c, bottom + 36, alone);
	for (size_t i = 0; i < x.n_ticks; i++) {
		double at = axis_at(&x, x.tick[i]);
		put_rule(b, at, top, at, bottom, "grid");
		put_text(b, at, bottom + 14, "middle", "soft",
			 short_number(number, x.tick[i], x.logarithmic ? x.tick[i] : x.step, false), 12);
	}
	for (size_t i = 0; i < c->n; i++) {
		double y = top + row * (double)i, median = c->series[1].y[i];
		put_text(b, left - 8, y + 17, "end", "label", c->label[i], 18);
		if (!isfinite(median))
			continue;
		double from = axis_at(&x, c->series[0].y[i]), to = axis_at(&x, c->series[2].y[i]);
		buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"12\" rx=\"3\" class=\"range\">"
			      "<title>", from, y + 7, fmax(to - from, 1));
		svg_escape(b, c->label[i]);
		buf_printf(b, ": %s", value_text(number, c->series[0].y[i], false));
		buf_printf(b, " to %s</title></rect>", value_text(number, c->series[2].y[i], false));
		put_rule(b, axis_at(&x, median), y + 5, axis_at(&x, median), y + 21, "mid");
		put_text(b, fmax(to, axis_at(&x, median)) + 6, y + 17, "start", "soft",
			 value_text(number, median, false), 12);
		buf_text(b, "\n");
	}
	put_text(b, (x.from + x.to) / 2, bottom + 31, "middle", "soft",
		 x.logarithmic ? "logarithmic scale" : "", 60);
	buf_text(b, "</svg>\n");
}

static void put_axes(struct buf *b, const struct chart *c, const struct axis *x, const struct axis *y)
{
	char number[FORMAT_MAX];
	for (size_t i = 0; i < y->n_ticks; i++) {
		double at = axis_at(y, y->tick[i]);
		put_rule(b, x->from, at, x->to, at, "grid");
		put_text(b, x->from - 6, at + 4, "end", "soft",
			 short_number(number, y->tick[i], y->step, c->percent), 12);
	}
	for (size_t i = 0; i < x->n_ticks; i++)
		put_text(b, axis_at(x, x->tick[i]), y->from + 17, "middle", "soft",
			 short_number(number, x->tick[i], x->step, c->percent), 12);
	put_text(b, (x->from + x->to) / 2, y->from + 36, "middle", "soft", c->x_title, 60);
	put_text(b, 0, 12, "start", "soft", c->y_title, 60);
}

/* Points are drawn where they can be told apart. */
#define DOTS_MAX 30

static void put_curve(struct buf *b, const struct chart *c, const struct axis *x,
		      const struct axis *y, size_t series)
{
	char number[FORMAT_MAX];
	const double *v = c->series[series].y;
	buf_printf(b, "<polyline class=\"curve k%zu\" points=\"", series);
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->x[i]) && isfinite(v[i]))
			buf_printf(b, "%.1f,%.1f ", axis_at(x, c->x[i]), axis_at(y, v[i]));
	buf_text(b, "\"/>\n");
	for (size_t i = 0; i < c->n && c->n <= DOTS_MAX; i++) {
		if (!isfinite(c->x[i]) || !isfinite(v[i]))
			continue;
		buf_printf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" class=\"dot\"><title>",
			   axis_at(x, c->x[i]), axis_at(y, v[i]));
		buf_printf(b, "%s: ", value_text(number, c->x[i], c->percent));
		buf_printf(b, "%s</title></circle>\n", value_text(number, v[i], c->percent));
	}
}

/* Below the curves' right end, where gains and elbows leave room. */
static void put_line_key(struct buf *b, const struct chart *c, const struct axis *x,
			 const struct axis *y)
{
	for (size_t s = 0; c->n_series > 1 && s < c->n_series; s++) {
		double at = y->from - 14 - 18 * (double)(c->n_series - 1 - s);
		buf_printf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"curve k%zu\"/>",
			   x->to - 110, at - 4, x->to - 84, at - 4, s);
		put_text(b, x->to - 78, at, "start", "soft", c->series[s].name, 12);
	}
}

static void put_line(struct buf *b, const struct chart *c, bool alone)
{
	struct axis x = { .low = INFINITY, .high = -INFINITY, .from = 48, .to = WIDTH - 20 };
	struct axis y = { .low = 0, .high = 0, .from = 24 + PLOT_HEIGHT, .to = 24 };
	for (size_t i = 0; i < c->n; i++) {
		widen(&x, c->x[i]);
		for (size_t s = 0; s < c->n_series; s++)
			widen(&y, c->series[s].y[i]);
	}
	if (c->diagonal)
		x.low = y.low = 0, x.high = y.high = 1;
	if (x.low > x.high)
		x.low = x.high = 0;
	axis_linear(&x);
	axis_linear(&y);
	if (!c->percent && x.step < 1) {
		x.n_ticks = 0;
		x.step = 1;
		for (double k = ceil(x.low); k <= x.high && x.n_ticks < TICKS_MAX; k++)
			x.tick[x.n_ticks++] = k;
	}
	open_svg(b, c, y.from + 44, alone);
	put_axes(b, c, &x, &y);
	if (c->diagonal)
		put_rule(b, axis_at(&x, 0), axis_at(&y, 0), axis_at(&x, 1), axis_at(&y, 1), "none");
	if (isfinite(c->mark_x)) {
		double at = axis_at(&x, c->mark_x);
		put_rule(b, at, y.to, at, y.from, "mark");
		put_text(b, at + 5, y.to + 12, "start", "marktext", c->mark, 20);
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
	struct axis x = { .low = 0, .high = 0, .from = 0, .to = WIDTH - 20 };
	char number[FORMAT_MAX];
	double y = top, bottom = top;
	for (size_t i = 0; i < c->n; i++) {
		widen(&x, c->series[1].y[i]);
		bottom += row + (i == 0 || strcmp(c->group[i], c->group[i - 1]) != 0 ? head : 0);
	}
	axis_linear(&x);
	open_svg(b, c, bottom + 36, alone);
	for (size_t i = 0; i < x.n_ticks; i++) {
		double at = axis_at(&x, x.tick[i]);
		put_rule(b, at, top, at, bottom, "grid");
		put_text(b, at, bottom + 14, i ? "middle" : "start", "soft",
			 short_number(number, x.tick[i], x.step, false), 12);
	}
	for (size_t i = 0; i < c->n; i++) {
		double from = axis_at(&x, c->series[0].y[i]), to = axis_at(&x, c->series[1].y[i]);
		if (i == 0 || strcmp(c->group[i], c->group[i - 1]) != 0) {
			put_text(b, 0, y + 16, "start", "label", c->group[i], 60);
			y += head;
		}
		put_text(b, 0, y + 11, "start", "soft", c->label[i], 76);
		buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\" rx=\"3\" class=\"s1\"><title>",
			   from, y + 16, fmax(to - from, 2));
		svg_escape(b, c->label[i]);
		buf_printf(b, ": days %.0f to %.0f</title></rect>\n", c->series[0].y[i] + 1, c->series[1].y[i]);
		y += row;
	}
	put_text(b, WIDTH / 2, bottom + 31, "middle", "soft", c->x_title, 60);
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
	else
		put_line(b, c, alone);
}
