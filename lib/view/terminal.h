/* SPDX-License-Identifier: MIT */
#ifndef VIEW_TERMINAL_H
#define VIEW_TERMINAL_H

#include "view/buf.h"
#include "view/doc.h"

/* The document as plain UTF-8 text of `width` columns (at least 40): aligned
 * tables with bars, wrapped paragraphs; a wide table goes on in further blocks
 * that repeat its first column.  Charts are left out: their tables say it. */
void terminal_render(struct buf *b, const struct doc *d, size_t width);

#endif
