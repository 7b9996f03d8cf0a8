/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

/* Bytes that grow: n of them at s.  Zeroed struct = empty; s is freed by
 * the owner with free(). */
struct buf {
	char *s;
	size_t n, capacity;
};

/* The end of the buffer, with room for n bytes more; the caller adds what it
 * wrote to b->n.  Amortised O(n). */
static inline char *buf_room(struct buf *b, size_t n)
{
	if (n > b->capacity - b->n) {
		size_t twice = 2 * b->capacity;
		b->capacity = b->n + n > twice ? b->n + n : twice;
		b->s = mem_resize(b->s, b->capacity, 1);
	}
	return b->s + b->n;
}

static inline void buf_put(struct buf *b, const void *s, size_t n)
{
	char *to = buf_room(b, n);
	if (n)
		memcpy(to, s, n);
	b->n += n;
}

static inline void buf_char(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->n++;
}

#endif
