/* SPDX-License-Identifier: MIT */
#include "stream/raw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void raw_open(struct raw *r, int fd)
{
	*r = (struct raw){ .fd = fd, .buffer = mem_alloc(RAW_BYTES) };
	r->at = r->buffer;
}

size_t raw_read(struct raw *r, struct iovec *to, int n_to)
{
	ssize_t n = 0;

	if (!r->ended)
		do
			n = readv(r->fd, to, n_to);
		while (n < 0 && errno == EINTR);
	if (n < 0)
		r->error = errno;
	if (n <= 0) {
		r->ended = true;
		return 0;
	}
	__atomic_fetch_add(&r->n_read, (uint64_t)n, __ATOMIC_RELAXED);
	return (size_t)n;
}

bool raw_have(struct raw *r, size_t n)
{
	while (r->n < n) {
		if (r->ended || r->n == RAW_BYTES)
			return false;
		if (r->n)
			memmove(r->buffer, r->at, r->n);
		r->at = r->buffer;
		r->n += raw_read(r, &(struct iovec){ r->buffer + r->n, RAW_BYTES - r->n }, 1);
	}
	return true;
}

void raw_close(struct raw *r)
{
	free(r->buffer);
	*r = (struct raw){ .fd = -1 };
}
