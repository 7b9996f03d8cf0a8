/* SPDX-License-Identifier: MIT */
#ifndef VIEW_XLSX_H
#define VIEW_XLSX_H

#include "view/buf.h"
#include "view/doc.h"

/*
 * The document as a workbook (Office Open XML): a sheet for each section, its
 * tables below one another, figures as numbers (sixteen digits) with the
 * decimals that people see, text as text and never as a formula.  Its date of
 * creation is always 2000-01-01: the same document gives the same bytes.
 * Needs temporary files; dies when they or the memory fail.
 */
void xlsx_render(struct buf *b, const struct doc *d);

#endif
