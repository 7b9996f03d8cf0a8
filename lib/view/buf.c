/* SPDX-License-Identifier: MIT */
#include "view/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char *buf_room(struct buf *b, size_t n)
{
	if (b->capacity - b->n < n) {
		size_t want = b->capacity ? 2 * b->capacity : 4096;
		while (want - b->n < n)
			want *= 2;
		b->s = mem_resize(b->s, want, 1);
		b->capacity = want;
	}
	return b->s + b->n;
}

void buf_put(struct buf *b, const char *s, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_room(b, n), s, n);
	b->n += n;
}

void buf_text(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void buf_fill(struct buf *b, char c, size_t n)
{
	memset(buf_room(b, n), c, n);
	b->n += n;
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (n > 0) {
		vsnprintf(buf_room(b, (size_t)n + 1), (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}
