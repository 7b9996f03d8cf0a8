/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_DIGITS_H
#define MODEL_CLEAN_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "value/short.h"

/* Up to eight digits at a time, in one word: shared by the .c files of model/clean. */

static const int64_t clean_power[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };

/*
 * n = 1..8 bytes of digits with at most one decimal mark behind the first.
 * *whole: digits before the mark; returns digits behind it, or -1: something
 * else.  Eight bytes are readable.
 */
static inline int clean_eight(const char *s, size_t n, char mark, int64_t *v, size_t *whole)
{
	uint64_t w;
	unsigned n_part;
	if (!short_marked(short_load64(s), n, mark, &w, &n_part) || *s == mark)
		return -1;
	*v = (int64_t)w;
	*whole = n - n_part - (n_part > 0 || s[n - 1] == mark);
	return (int)n_part;
}

/* A number of up to eight bytes as it stands in most cells. */
struct clean_usual {
	uint64_t v;      /* its digits without the mark */
	unsigned n_part; /* how many are behind the mark */
	bool zeros;      /* the last of them is 0 */
};

/*
 * The n = 1..8 first bytes of w: digits, or digits on both sides of a decimal
 * mark with at most `most` behind it, and no 0 before another whole digit.
 * False: anything else.
 */
static inline bool clean_read_usual(uint64_t w, size_t n, char mark, unsigned most, struct clean_usual *x)
{
	unsigned first = 8 * (8 - (unsigned)n), n_whole = (unsigned)n;
	uint64_t v = (w ^ SHORT_ZEROS) << first, marks = short_no_digits(v);
	x->n_part = 0;
	x->zeros = false;
	if (marks) { /* in most columns all have a mark, or none has */
		unsigned at = (unsigned)__builtin_ctzll(marks) & 56;
		uint64_t before = ((uint64_t)1 << at) - 1;
		x->n_part = 7 - at / 8;
		n_whole = (at - first) / 8;
		if ((marks & (marks - 1)) | ((v >> at & 0xff) ^ (unsigned char)(mark ^ '0')) |
		    (n_whole == 0) | (x->n_part - 1 >= most))
			return false;
		v = (v & ~before << 8) | (v & before) << 8;
		x->zeros = v >> 56 == 0;
	}
	x->v = short_value(v);
	return !((w & 0xff) == '0' && n_whole > 1);
}

/* The eight digits of v < 10^8, the first one in the lowest byte. */
static inline uint64_t clean_eight_digits(uint64_t v)
{
	uint64_t x = v / 10000 | (v % 10000) << 32, y;
	y = (x * 10486 >> 20) & 0x0000007f0000007f;
	x = y | (x - 100 * y) << 16;
	y = (x * 103 >> 10) & 0x000f000f000f000f;
	return (y | (x - 10 * y) << 8) + SHORT_ZEROS;
}

/*
 * v / 10^n_part, v of at most eight digits and n_part <= 7, without zeros that
 * say nothing: one digit before the point at least, no point without a digit
 * behind it.  Writes 17 bytes, returns the length.
 */
static inline size_t clean_put_short(char *to, uint64_t v, unsigned n_part)
{
	uint64_t digits = clean_eight_digits(v), value = digits ^ SHORT_ZEROS;
	unsigned zeros = (unsigned)__builtin_ctzll(value | (uint64_t)1 << 63) / 8;
	unsigned most = 7 - n_part, lead = zeros < most ? zeros : most;
	unsigned end_zeros = (unsigned)__builtin_clzll(value | 1) / 8;
	unsigned cut = end_zeros < n_part ? end_zeros : n_part;
	unsigned n_whole = 8 - lead - n_part, n_left = n_part - cut;
	digits >>= 8 * lead;
	memcpy(to, &digits, sizeof digits);
	digits = digits >> 8 * (n_whole - 1) >> 8;
	to[n_whole] = '.';
	memcpy(to + n_whole + 1, &digits, sizeof digits);
	return n_whole + (n_left > 0) + n_left;
}

#endif
