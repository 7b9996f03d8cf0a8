/* SPDX-License-Identifier: MIT */
#ifndef VALUE_DEC_H
#define VALUE_DEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Exact decimals.  Quantities and prices are counts of 10^-6 in an int64_t
 * ("micro"), products and sums counts of 10^-12 in 128 bits ("pico").
 */

__extension__ typedef __int128 dec_wide;

enum dec_status {
	DEC_OK = 0,
	DEC_ROUNDED,  /* had more digits, not all 0; rounded half to even */
	DEC_SYNTAX,   /* not a decimal number: nothing written */
	DEC_OVERFLOW, /* does not fit: nothing written */
};

/*
 * Parses the whole of s[0..n) with the grammar of num_parse (value/num.h) to
 * micro or pico units, exactly.
 */
enum dec_status dec_parse_micro(const char *s, size_t n, int64_t *micro);
enum dec_status dec_parse_pico(const char *s, size_t n, dec_wide *pico);

/*
 * Prints v * 10^-6 or v * 10^-12 without trailing zeros and without a point
 * when whole: "15.3", "-0.000001", "0".  Returns the length, at most DEC_MAX;
 * no NUL.
 */
#define DEC_MAX 48
size_t dec_print_micro(char to[DEC_MAX], int64_t micro);
size_t dec_print_pico(char to[DEC_MAX], dec_wide pico);

/* a * b; cannot overflow. */
static inline dec_wide dec_mul(int64_t a_micro, int64_t b_micro)
{
	return (dec_wide)a_micro * b_micro;
}

/* *sum += x; false, *sum unspecified, on overflow. */
static inline bool dec_add(dec_wide *sum, dec_wide x)
{
	return !__builtin_add_overflow(*sum, x, sum);
}

/*
 * num / den as the nearest double, ties to even (both in the same unit).
 * den != 0.
 */
double dec_ratio(dec_wide num, dec_wide den);

/* v * 10^-12 as the nearest double. */
double dec_to_double(dec_wide pico);

#endif
