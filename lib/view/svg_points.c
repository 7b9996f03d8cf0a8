/* SPDX-License-Identifier: MIT */
#include "view/svg_parts.h"

#include <math.h>
#include <stdio.h>

/* Colours of the style sheet; further kinds take them again, hollow. */
#define COLOURS 8
#define LEGEND_MAX 24

static const char *colour_class(char to[16], size_t kind)
{
	snprintf(to, 16, "%sc%zu", kind / COLOURS % 2 ? "o " : "", kind % COLOURS);
	return to;
}

/* Where the points of a kind begin, and the next kind's. */
static void range_of(const struct chart *c, size_t kind, size_t *from, size_t *to)
{
	for (*from = 0; *from < c->n && c->kind_of[*from] < kind;)
		++*from;
	for (*to = *from; *to < c->n && c->kind_of[*to] == kind;)
		++*to;
}

/* ["PC1","Revenue"], for the script that changes the axes; escaped for JSON, then for HTML. */
static void put_axis_names(struct buf *b, const struct chart *c)
{
	buf_text(b, " data-axes=\"[");
	for (size_t s = 0; s < c->n_series; s++) {
		buf_text(b, s ? ",&quot;" : "&quot;");
		for (const char *p = c->series[s].name; *p; p++) {
			char one[2] = { *p, '\0' };
			if (*p == '"' || *p == '\\')
				buf_char(b, '\\');
			svg_escape(b, one);
		}
		buf_text(b, "&quot;");
	}
	buf_text(b, "]\"");
}

/* Four figures of every series: what hovering tells and axes are chosen from. */
static void put_values(struct buf *b, const struct chart *c, size_t i)
{
	buf_text(b, " data-v=\"");
	for (size_t s = 0; s < c->n_series; s++)
		if (isfinite(c->series[s].y[i]))
			buf_printf(b, s ? " %.4g" : "%.4g", c->series[s].y[i]);
		else
			buf_text(b, s ? " -" : "-");
	buf_text(b, "\"");
}

static void put_points(struct buf *b, const struct chart *c, size_t kind, const struct svg_axis *x,
		       const struct svg_axis *y, bool alone)
{
	size_t from, to;
	char class[16];
	range_of(c, kind, &from, &to);
	svg_group(b, c->kind_name[kind]);
	buf_text(b, "<title>");
	svg_escape(b, c->kind_name[kind]);
	buf_text(b, "</title>\n");
	for (size_t i = from; i < to; i++) {
		if (!isfinite(c->series[0].y[i]) || !isfinite(c->series[1].y[i]))
			continue;
		buf_printf(b, "<circle class=\"p %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"",
			   colour_class(class, kind), svg_axis_at(x, c->series[0].y[i]),
			   svg_axis_at(y, c->series[1].y[i]));
		if (!alone)
			put_values(b, c, i);
		buf_text(b, "/>\n");
	}
	buf_text(b, "</g>\n");
}

/* The next kind to draw, most points first, so that none is buried: O(kinds) each. */
static size_t next_kind(const struct chart *c, bool first, size_t last)
{
	size_t best = c->n_kinds, best_n = 0, from, to, last_n = 0;
	if (!first) {
		range_of(c, last, &from, &to);
		last_n = to - from;
	}
	for (size_t k = 0; k < c->n_kinds; k++) {
		range_of(c, k, &from, &to);
		size_t n = to - from;
		bool after = first || n < last_n || (n == last_n && k > last);
		if (after && (best == c->n_kinds || n > best_n))
			best = k, best_n = n;
	}
	return best;
}

static void put_legend(struct buf *b, const struct chart *c, double top)
{
	char class[16], more[64];
	size_t shown = c->n_kinds <= LEGEND_MAX ? c->n_kinds : LEGEND_MAX - 1;
	for (size_t k = 0; k < shown; k++) {
		double x = k % 2 ? 204 : 8, y = top + 18 * (double)(k / 2);
		svg_group(b, c->kind_name[k]);
		buf_printf(b, "<circle class=\"p %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", colour_class(class, k), x,
			   y);
		svg_text(b, x + 11, y + 4, "start", "label", c->kind_name[k], 24);
		buf_text(b, "</g>\n");
	}
	if (shown == c->n_kinds)
		return;
	snprintf(more, sizeof more, "and %zu more", c->n_kinds - shown);
	svg_text(b, 219, top + 18 * (double)(shown / 2) + 4, "start", "soft", more, 40);
}

void svg_scatter(struct buf *b, const struct chart *c, bool alone)
{
	struct svg_axis x = { .low = INFINITY, .high = -INFINITY, .from = 44, .to = SVG_WIDTH - 16 };
	struct svg_axis y = { .low = INFINITY, .high = -INFINITY, .from = 304, .to = 24 };
	struct buf names = { 0 };
	size_t n_legend = c->n_kinds < LEGEND_MAX ? c->n_kinds : LEGEND_MAX;
	for (size_t i = 0; i < c->n; i++) {
		svg_axis_widen(&x, c->series[0].y[i]);
		svg_axis_widen(&y, c->series[1].y[i]);
	}
	if (x.low > x.high || y.low > y.high)
		x.low = x.high = y.low = y.high = 0;
	svg_axis_linear(&x);
	svg_axis_linear(&y);
	if (!alone)
		put_axis_names(&names, c);
	buf_char(&names, '\0');
	svg_open(b, c, 366 + 18 * (double)((n_legend + 1) / 2), names.s, alone);
	buf_text(b, "<g class=\"axes\">");
	svg_axes(b, c, &x, &y);
	buf_text(b, "</g>\n");
	size_t kind = next_kind(c, true, 0);
	for (; kind < c->n_kinds; kind = next_kind(c, false, kind))
		put_points(b, c, kind, &x, &y, alone);
	put_legend(b, c, 362);
	buf_text(b, "</svg>\n");
	buf_free(&names);
}

/* The outline of one kind's values, one step for each unit of height. */
static void put_outline(struct buf *b, const struct chart *c, const struct svg_axis *x, size_t kind,
			double top, double height)
{
	size_t from, to;
	char class[16], number[FORMAT_MAX];
	range_of(c, kind, &from, &to);
	svg_group(b, c->kind_name[kind]);
	buf_text(b, "<title>");
	svg_escape(b, c->kind_name[kind]);
	buf_printf(b, ": mean %s</title>", format_real(number, c->kind_mean[kind], 3));
	svg_text(b, x->from - 8, top + height / 2 + 4, "end", "label", c->kind_name[kind], 18);
	if (to > from) {
		buf_printf(b, "<path class=\"p %s\" d=\"M%.1f %.1f", colour_class(class, kind),
			   svg_axis_at(x, 0), top);
		for (double h = 0; h < height; h++) {
			size_t i = from + (size_t)((h + 0.5) / height * (double)(to - from));
			buf_printf(b, "H%.1fv1", svg_axis_at(x, c->series[0].y[i < to ? i : to - 1]));
		}
		buf_printf(b, "H%.1fz\"/>", svg_axis_at(x, 0));
		svg_text(b, x->to + 6, top + height / 2 + 4, "start", "soft",
			 format_real(number, c->kind_mean[kind], 3), 10);
	}
	buf_text(b, "</g>\n");
}

void svg_silhouette(struct buf *b, const struct chart *c, bool alone)
{
	const double top = 20, gap = 6, all = 240, least = 12;
	struct svg_axis x = { .low = 0, .high = 1, .from = 118, .to = SVG_WIDTH - 44 };
	double bottom = top;
	char number[FORMAT_MAX];
	for (size_t i = 0; i < c->n; i++)
		svg_axis_widen(&x, c->series[0].y[i]);
	for (size_t k = 0; k < c->n_kinds; k++)
		bottom += fmax(least, round(all * c->kind_share[k])) + gap;
	svg_axis_linear(&x);
	svg_open(b, c, bottom + 38, "", alone);
	for (size_t i = 0; i < x.n_ticks; i++) {
		double at = svg_axis_at(&x, x.tick[i]);
		svg_rule(b, at, top, at, bottom, "grid");
		svg_text(b, at, bottom + 15, "middle", "soft",
			 svg_short_number(number, x.tick[i], x.step, false), 12);
	}
	double y = top;
	for (size_t k = 0; k < c->n_kinds; k++) {
		double height = fmax(least, round(all * c->kind_share[k]));
		put_outline(b, c, &x, k, y, height);
		y += height + gap;
	}
	if (isfinite(c->mark_x)) {
		double at = svg_axis_at(&x, c->mark_x);
		svg_rule(b, at, top, at, bottom, "mark");
		svg_text(b, at, 12, "middle", "marktext", c->mark, 20);
	}
	svg_text(b, (x.from + x.to) / 2, bottom + 33, "middle", "soft", c->x_title, 60);
	buf_text(b, "</svg>\n");
}
