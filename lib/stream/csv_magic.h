/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_MAGIC_H
#define STREAM_CSV_MAGIC_H

#include <stddef.h>

/* What people name .csv, or hand over instead: told by its first bytes. */
#define CSV_MAGIC 64 /* so many are enough */

/* What the file is, and what to do, or NULL: it may be text. */
const char *csv_magic(const char *s, size_t n);

/*
 * The encoding, for --encoding, of what looks like UTF-16 without a byte order
 * mark, every other byte of most characters being NUL; or NULL.
 */
const char *csv_bare_utf16(const char *s, size_t n);

#endif
