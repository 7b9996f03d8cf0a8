/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_DIGITS_H
#define MODEL_CLEAN_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Up to eight digits at a time, in one word: shared by the .c files of model/clean. */

static const int64_t clean_power[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define CLEAN_ALL(byte) (0x0101010101010101u * (uint64_t)(byte))

/*
 * n = 1..8 bytes of digits with at most one decimal mark among them, without
 * a branch on how many (after Lemire 2018, "Quickly parsing eight digits").
 * *whole: digits before the mark; returns digits behind it, or -1: something
 * else.  Eight bytes are readable.
 */
static inline int clean_eight(const char *s, size_t n, char mark, int64_t *v, size_t *whole)
{
	uint64_t x;
	int n_part = 0;
	memcpy(&x, s, sizeof x);
	x = (x ^ CLEAN_ALL('0')) << 8 * (8 - n); /* the last digit in the highest byte, zeros before the first */
	uint64_t other = ((x & CLEAN_ALL(0x7f)) + CLEAN_ALL(0x76)) | x; /* the high bits of what is above 9 */
	other &= CLEAN_ALL(0x80);
	*whole = n;
	if (other) {
		unsigned at = (unsigned)__builtin_ctzll(other) & 56;
		uint64_t before = ((uint64_t)1 << at) - 1;
		if ((other & (other - 1)) || (x >> at & 0xff) != (uint64_t)(mark ^ '0') || at == 8 * (8 - n))
			return -1;
		x = (x & ~before & ~((uint64_t)0xff << at)) | (x & before) << 8;
		n_part = 7 - (int)(at / 8);
		*whole = n - 1 - (size_t)n_part;
	}
	x = x * 10 + (x >> 8);
	*v = (int64_t)(((x & 0x000000ff000000ff) * 0x000f424000000064 +
			(x >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >> 32);
	return n_part;
}

/* The eight digits of v < 10^8, the first one in the lowest byte. */
static inline uint64_t clean_eight_digits(uint64_t v)
{
	uint64_t x = v / 10000 | (v % 10000) << 32, y;
	y = (x * 10486 >> 20) & 0x0000007f0000007f;
	x = y | (x - 100 * y) << 16;
	y = (x * 103 >> 10) & 0x000f000f000f000f;
	return (y | (x - 10 * y) << 8) + CLEAN_ALL('0');
}

/*
 * v / 10^n_part, v of at most eight digits and n_part <= 7, without zeros that
 * say nothing: one digit before the point at least, no point without a digit
 * behind it.  Writes 17 bytes, returns the length.
 */
static inline size_t clean_put_short(char *to, uint64_t v, unsigned n_part)
{
	uint64_t digits = clean_eight_digits(v), value = digits ^ CLEAN_ALL('0');
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

#endif
