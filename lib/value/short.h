/* SPDX-License-Identifier: MIT */
#ifndef VALUE_SHORT_H
#define VALUE_SHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Texts of up to eight bytes as one word, the first byte in the lowest: what
 * most cells of a table are, read without a loop and without a branch on the
 * length, which a processor cannot guess.
 */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "texts are read as words");

#define SHORT_MAX 8
#define SHORT_ZEROS UINT64_C(0x3030303030303030)

static inline uint64_t short_load64(const char *s)
{
	uint64_t v;
	memcpy(&v, s, sizeof v);
	return v;
}

static inline uint32_t short_load32(const char *s)
{
	uint32_t v;
	memcpy(&v, s, sizeof v);
	return v;
}

/* s[0..n), n in 1..8, above it zero bytes; reads nothing outside. */
static inline uint64_t short_word(const char *s, size_t n)
{
	if (n >= 4)
		return short_load32(s) | (uint64_t)short_load32(s + n - 4) << 8 * (n - 4);
	return (unsigned char)s[0] | (uint64_t)(unsigned char)s[n / 2] << 8 * (n / 2) |
	       (uint64_t)(unsigned char)s[n - 1] << 8 * (n - 1);
}

/* The n bytes of a word, n in 1..8, moved to its top, below them digits 0. */
static inline uint64_t short_padded(uint64_t v, size_t n)
{
	return v << 8 * (8 - n) | (SHORT_ZEROS >> 8) >> 8 * (n - 1);
}

/* Whether all eight bytes are digits: no byte below '0', none that + 6 passes '?'. */
static inline bool short_are_digits(uint64_t v)
{
	return ((v & (v + UINT64_C(0x0606060606060606))) & UINT64_C(0xF0F0F0F0F0F0F0F0)) ==
	       SHORT_ZEROS;
}

/* The value of eight bytes 0..9 (Lemire 2021, "Number parsing at a gigabyte
 * per second", section 7). */
static inline uint64_t short_value(uint64_t v)
{
	const uint64_t mask = UINT64_C(0x000000FF000000FF);
	v = v * 10 + (v >> 8);
	return (((v & mask) * UINT64_C(0x000F424000000064)) +
		((v >> 16 & mask) * UINT64_C(0x0000271000000001))) >> 32;
}

static inline uint64_t short_digits(uint64_t v)
{
	return short_value(v - SHORT_ZEROS);
}

/* The highest bits of the bytes of v above 9. */
static inline uint64_t short_no_digits(uint64_t v)
{
	return (((v & UINT64_C(0x7F7F7F7F7F7F7F7F)) + UINT64_C(0x7676767676767676)) | v) &
	       UINT64_C(0x8080808080808080);
}

/*
 * Up to eight digits with or without a decimal mark, in a word from short_word
 * or of any bytes behind the n: their value without the mark in *w, how many
 * are behind it in *n_part.  False: anything else, which may still be a number.
 */
static inline bool short_marked(uint64_t v, size_t n, char mark, uint64_t *w, unsigned *n_part)
{
	if (n - 1 >= SHORT_MAX)
		return false;
	v = (v ^ SHORT_ZEROS) << 8 * (8 - n); /* digits are 0 to 9, as are the bytes below */
	uint64_t other = short_no_digits(v);
	*n_part = 0;
	if (other) { /* in most columns all have a mark, or none has */
		unsigned at = (unsigned)__builtin_ctzll(other) & 56;
		uint64_t before = (UINT64_C(1) << at) - 1;
		if ((other & (other - 1)) || (v >> at & 0xFF) != (uint64_t)(mark ^ '0') || n == 1)
			return false;
		v = (v & ~before & ~(UINT64_C(0xFF) << at)) | (v & before) << 8;
		*n_part = 7 - at / 8;
	}
	*w = short_value(v);
	return true;
}

static inline bool short_decimal(uint64_t v, size_t n, uint64_t *w, unsigned *n_part)
{
	return short_marked(v, n, '.', w, n_part);
}

#endif
