/* SPDX-License-Identifier: MIT */
#include "view/svg_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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

const char *svg_short_number(char to[FORMAT_MAX], double x, double step, bool percent)
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

const char *svg_value(char to[FORMAT_MAX], double x, bool percent)
{
	double size = fabs(x);
	if (percent)
		return format_share(to, x, 1);
	return format_real(to, x, size >= 1000 || x == floor(x) ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
}

void svg_put_value(struct buf *b, double x, bool percent)
{
	char number[FORMAT_MAX];
	svg_escape(b, svg_value(number, x, percent)); /* "<0.1%" */
}

/* 1, 2 or 5 times a power of ten: about `n` steps over the span. */
static double nice_step(double span, int n)
{
	double raw = span / n, ten = pow(10, floor(log10(raw))), part = raw / ten;
	return ten * (part <= 1 ? 1 : part <= 2.5 ? 2 : part <= 5 ? 5 : 10);
}

double svg_axis_at(const struct svg_axis *a, double x)
{
	double share = a->logarithmic ? log(x / a->low) / log(a->high / a->low)
				      : (x - a->low) / (a->high - a->low);
	return a->from + share * (a->to - a->from);
}

void svg_axis_linear(struct svg_axis *a)
{
	if (!(a->high > a->low)) {
		a->low -= a->low != 0 ? fabs(a->low) / 2 : 1;
		a->high += a->high != 0 ? fabs(a->high) / 2 : 1;
	}
	a->step = nice_step(a->high - a->low, 4);
	a->low = a->step * floor(a->low / a->step + 1e-9);
	a->high = a->step * ceil(a->high / a->step - 1e-9);
	long n = lround((a->high - a->low) / a->step);
	for (long i = 0; i <= n && a->n_ticks < SVG_TICKS_MAX; i++)
		a->tick[a->n_ticks++] = a->low + (double)i * a->step;
}

/* Powers of ten, thinned to at most six. */
void svg_axis_log(struct svg_axis *a)
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

void svg_axis_widen(struct svg_axis *a, double x)
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
	".marktext{fill:#b4470f}.p{fill:var(--c);fill-opacity:.7}.o{fill:none;stroke:var(--c)}"
	".c0{--c:#2a56b8}.c1{--c:#c2410c}.c2{--c:#0f766e}.c3{--c:#9333ea}"
	".c4{--c:#a16207}.c5{--c:#be185d}.c6{--c:#4d7c0f}.c7{--c:#475569}</style>";

void svg_open(struct buf *b, const struct chart *c, double height, const char *more, bool alone)
{
	buf_printf(b, "<svg%s%s viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"",
		   alone ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", more, SVG_WIDTH, height);
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

void svg_text(struct buf *b, double x, double y, const char *anchor, const char *class,
		     const char *text, size_t width)
{
	buf_printf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, class);
	put_cut(b, text, width);
	buf_text(b, "</text>");
}

void svg_rule(struct buf *b, double x1, double y1, double x2, double y2, const char *class)
{
	buf_printf(b, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>", x1, y1, x2,
		   y2, class);
}

void svg_group(struct buf *b, const char *label)
{
	buf_text(b, "<g data-of=\"");
	svg_escape(b, label);
	buf_text(b, "\">");
}

void svg_axes(struct buf *b, const struct chart *c, const struct svg_axis *x, const struct svg_axis *y)
{
	char number[FORMAT_MAX];
	for (size_t i = 0; i < y->n_ticks; i++) {
		double at = svg_axis_at(y, y->tick[i]);
		svg_rule(b, x->from, at, x->to, at, "grid");
		svg_text(b, x->from - 6, at + 4, "end", "soft",
			 svg_short_number(number, y->tick[i], y->step, c->percent), 12);
	}
	for (size_t i = 0; i < x->n_ticks; i++)
		svg_text(b, svg_axis_at(x, x->tick[i]), y->from + 17, "middle", "soft",
			 svg_short_number(number, x->tick[i], x->step, c->percent), 12);
	svg_text(b, (x->from + x->to) / 2, y->from + 36, "middle", "soft", c->x_title, 60);
	svg_text(b, 0, 12, "start", "soft", c->y_title, 60);
}
