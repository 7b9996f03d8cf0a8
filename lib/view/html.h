/* SPDX-License-Identifier: MIT */
#ifndef VIEW_HTML_H
#define VIEW_HTML_H

#include "view/buf.h"
#include "view/doc.h"

/*
 * The document as one self-contained HTML page: no request of any kind (a
 * content security policy forbids them), light and dark, for screens from 320
 * pixels and for paper; complete without scripts, sortable tables with them.
 */
void html_render(struct buf *b, const struct doc *d);

/* The page's style sheet and script, in pieces up to a NULL. */
extern const char *const html_style[], *const html_script[];

#endif
