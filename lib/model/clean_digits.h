/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_DIGITS_H
#define MODEL_CLEAN_DIGITS_H

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
