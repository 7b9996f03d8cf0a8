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

enum stored_kind stored_head(struct stored *s, const unsigned char head[STORED_HEAD])
{
	unsigned n = head[1] | (unsigned)head[2] << 8, check = head[3] | (unsigned)head[4] << 8;

	if (head[0] & 6)
		return STORED_OTHER;
	if ((n ^ check) != 0xffff)
		return STORED_BAD;
	s->is_final = head[0] & 1;
	s->left = n;
	return STORED_BLOCK;
}

void stored_took(struct stored *s, const char *bytes, size_t n)
{
	s->crc = deflate_crc(s->crc, bytes, n);
	s->length += (uint32_t)n;
	s->left -= n;
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
