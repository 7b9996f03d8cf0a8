/* SPDX-License-Identifier: MIT */
#ifndef VIEW_BUF_H
#define VIEW_BUF_H

#include <stddef.h>

/* A growing byte string: a report is made whole before any of it is written.
 * Zeroed struct = empty. */
struct buf {
	char *s; /* owned */
	size_t n, capacity;
};

void buf_put(struct buf *b, const char *s, size_t n);
void buf_text(struct buf *b, const char *s); /* NUL-ended */
void buf_char(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n); /* n times c */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *b);

#endif
