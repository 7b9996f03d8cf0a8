/* SPDX-License-Identifier: MIT */
#ifndef VALUE_TEXT_H
#define VALUE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "value/span.h"

/*
 * The stream's escapes (PostgreSQL COPY text): TAB \t, LF \n, CR \r,
 * backslash \\.  "Raw" is the escaped form as it stands in a stream.
 */

/* Escapes s[0..n) to `to`, which holds 2 * n bytes.  Returns the length. */
size_t text_escape(char *to, const char *s, size_t n);

/* Undoes it; `to` holds n bytes and may be s.  A backslash before any other
 * byte, or at the end, stays.  Returns the length. */
size_t text_unescape(char *to, const char *s, size_t n);

/* Offset of the first byte that is not valid UTF-8, or n. */
size_t text_utf8_prefix(const char *s, size_t n);

/* Windows-1252 to UTF-8; `to` holds 3 * n bytes.  The five undefined bytes
 * become U+FFFD.  Returns the length. */
size_t text_from_1252(char *to, const char *s, size_t n);

/* Without blanks, TABs, CRs, LFs, no-break spaces (U+00A0) at both edges. */
struct span text_trim(struct span a);

/*
 * snake_case: `_` between a lower-case letter or digit and a capital, other
 * bytes than letters and digits become `_` (runs once, none at the edges),
 * capitals lowered: "MntWines" mnt_wines, "Z_CostContact" z_cost_contact,
 * "CustomerID" customer_id.  Bytes above 127 are kept.  `to` holds 2 * n
 * bytes.  Returns the length, 0 for nothing left.
 */
size_t text_snake(char *to, const char *s, size_t n);

/* Case-blind equality of ASCII letters. */
bool text_same_word(struct span a, const char *word);

/* Glob with * and ? over the whole name, byte by byte. */
bool text_glob(const char *pattern, struct span name);

/* The UTF-8 sequence of a code point; returns its length, at most 4. */
size_t text_utf8_put(char to[4], unsigned code_point);

#endif
