/* SPDX-License-Identifier: MIT */
#ifndef VIEW_FORMAT_H
#define VIEW_FORMAT_H

#include <stddef.h>

#include "value/dec.h"
#include "view/doc.h"

/*
 * Numbers as people read them: 8,911,407.90, 12.3%, <0.0001.  A number that is
 * not 0 does not print as 0: below the decimals asked for it has two figures,
 * 0.0033, or an exponent, 3.3e-05, as from 10^15.  A minus as "-", NaN and
 * infinities as an en dash.
 * All write NUL-ended text to `to` and return `to`.
 */
#define FORMAT_MAX 64
char *format_int(char to[FORMAT_MAX], int64_t v);
char *format_real(char to[FORMAT_MAX], double x, int digits);
char *format_money(char to[FORMAT_MAX], dec_wide pico, int digits); /* rounded half to even */
char *format_share(char to[FORMAT_MAX], double x, int digits);      /* 0.1234: "12.3%" */
char *format_p(char to[FORMAT_MAX], double p);

/* Any cell but DOC_TEXT. */
char *format_cell(char to[FORMAT_MAX], const struct doc_cell *c);

/* The cell's text, or its number formatted into `to`. */
const char *format_any(char to[FORMAT_MAX], const struct doc_cell *c);

/* Columns that UTF-8 text takes on a terminal: 2 for East Asian wide forms
 * and pictographs, 0 for combining marks, else 1. */
size_t format_width(const char *s);

/* Bytes of the longest prefix at most `width` columns wide. */
size_t format_prefix(const char *s, size_t width);

/*
 * A name for people made from the (clean) name of a column that these filters
 * make: "recency_days" "Recency (days)", "monetary" "Revenue", "n_lines"
 * "Lines".  Any other name as it is.
 */
const char *format_title(struct doc *d, const char *name);

#endif
