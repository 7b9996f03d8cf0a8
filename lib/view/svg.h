/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SVG_H
#define VIEW_SVG_H

#include "view/buf.h"
#include "view/doc.h"

/*
 * A chart as an <svg> element, 400 units wide, with <title> and <desc>.
 * Colours come from the classes of the page's style sheet; `alone` makes a
 * file of its own, with its name space and a light style inside.
 */
void svg_chart(struct buf *b, const struct chart *c, bool alone);

/* Text for XML and HTML: & < > " ' as entities. */
void svg_escape(struct buf *b, const char *s);

#endif
