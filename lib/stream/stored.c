/* SPDX-License-Identifier: MIT */
#include "stream/stored.h"

#include <string.h>

#include "stream/deflate.h"

void stored_start(struct stored *s)
{
	s->left = s->n_window = 0;
	s->is_final = false;
	s->crc = s->length = 0;
}

static enum stored_kind kind_of(const unsigned char head[STORED_HEAD], size_t *length)
{
	unsigned n = head[1] | (unsigned)head[2] << 8, check = head[3] | (unsigned)head[4] << 8;

	*length = n;
	return head[0] & 6 ? STORED_OTHER : (n ^ check) != 0xffff ? STORED_BAD : STORED_BLOCK;
}

size_t stored_length(const unsigned char head[STORED_HEAD])
{
	size_t n;
	return kind_of(head, &n) == STORED_BLOCK ? n : 0;
}

enum stored_kind stored_head(struct stored *s, const unsigned char head[STORED_HEAD])
{
	size_t n;
	enum stored_kind kind = kind_of(head, &n);

	if (kind == STORED_BLOCK) {
		s->is_final = head[0] & 1;
		s->left = n;
	}
	return kind;
}

void stored_took(struct stored *s, const char *bytes, size_t n, size_t n_more)
{
	s->crc = deflate_crc(s->crc, bytes, n);
	s->length += (uint32_t)n;
	s->left -= n;
	if (n_more >= STORED_WINDOW)
		return;
	if (n >= STORED_WINDOW) {
		memcpy(s->window, bytes + n - STORED_WINDOW, STORED_WINDOW);
		s->n_window = STORED_WINDOW;
		return;
	}
	size_t keep = STORED_WINDOW - n < s->n_window ? STORED_WINDOW - n : s->n_window;
	memmove(s->window, s->window + s->n_window - keep, keep);
	memcpy(s->window + keep, bytes, n);
	s->n_window = keep + n;
}
