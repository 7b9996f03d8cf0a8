/* SPDX-License-Identifier: MIT */
#ifndef VALUE_SPAN_H
#define VALUE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* n bytes at s, owned by somebody else, not NUL-terminated. */
struct span {
	const char *s;
	size_t n;
};

static inline bool span_is(struct span a, const char *text)
{
	return a.n == strlen(text) && memcmp(a.s, text, a.n) == 0;
}

static inline bool span_starts(struct span a, const char *text)
{
	size_t n = strlen(text);

	return a.n >= n && memcmp(a.s, text, n) == 0;
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
}

/* Byte order (LC_ALL=C): < 0, 0, > 0. */
static inline int span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.s, b.s, n) : 0;
	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static inline struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

#endif
