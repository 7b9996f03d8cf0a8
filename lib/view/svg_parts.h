/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SVG_PARTS_H
#define VIEW_SVG_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "view/format.h"
#include "view/svg.h"

/* What the charts share; not for callers of svg_chart. */

#define SVG_WIDTH 400.0
#define SVG_TICKS_MAX 12

struct svg_axis {
	double low, high;  /* of the data */
	double from, to;   /* in the drawing */
	double tick[SVG_TICKS_MAX];
	size_t n_ticks;
	double step;
	bool logarithmic;
};

/* Takes x into low..high; what is not finite is left out. */
void svg_axis_widen(struct svg_axis *a, double x);

/* Ticks at round numbers, low and high moved out to them; powers of ten. */
void svg_axis_linear(struct svg_axis *a);
void svg_axis_log(struct svg_axis *a);

/* Where x is in the drawing. */
double svg_axis_at(const struct svg_axis *a, double x);

/* Figures on axes: 1.5M, 200k, 35, 0.25, 12%. */
const char *svg_short_number(char to[FORMAT_MAX], double x, double step, bool percent);

/* Figures beside marks and in titles: as text, and escaped into the drawing. */
const char *svg_value(char to[FORMAT_MAX], double x, bool percent);
void svg_put_value(struct buf *b, double x, bool percent);

/* <svg> with its title and description, `more` inside the tag. */
void svg_open(struct buf *b, const struct chart *c, double height, const char *more, bool alone);

/* Text of at most `width` columns, escaped; a line. */
void svg_text(struct buf *b, double x, double y, const char *anchor, const char *class,
	      const char *text, size_t width);
void svg_rule(struct buf *b, double x1, double y1, double x2, double y2, const char *class);

/* The ticks of both axes and their titles. */
void svg_axes(struct buf *b, const struct chart *c, const struct svg_axis *x, const struct svg_axis *y);

/* A group of marks that belong to the segment of this label. */
void svg_group(struct buf *b, const char *label);

/* CHART_SCATTER, CHART_SILHOUETTE */
void svg_scatter(struct buf *b, const struct chart *c, bool alone);
void svg_silhouette(struct buf *b, const struct chart *c, bool alone);

#endif
