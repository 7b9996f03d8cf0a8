/* SPDX-License-Identifier: MIT */
#ifndef VIEW_MARKDOWN_H
#define VIEW_MARKDOWN_H

#include "view/buf.h"
#include "view/doc.h"

/* The document as GitHub-flavoured Markdown.  Text is escaped so that none of
 * it is markup, HTML or a link.  Charts are left out: their tables say it. */
void markdown_render(struct buf *b, const struct doc *d);

#endif
