/* SPDX-License-Identifier: MIT */
#ifndef VALUE_NUM_H
#define VALUE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Text to double and back.  Independent of locale, environment and CPU.
 */

/*
 * Parses the whole of s[0..n) as a decimal number: [+-] digits [. digits]
 * [(e|E) [+-] digits], at least one digit before or after the point.  Refuses
 * blanks, hex, "nan", "inf" and values that round to infinity.  The result is
 * the nearest double, ties to even (Eisel-Lemire, Lemire 2021; exact big
 * integers where 128 bits cannot decide).  Returns false, *x untouched, when
 * it is not such a number.
 */
bool num_parse(const char *s, size_t n, double *x);

/*
 * num_parse where the NUM_BEFORE bytes before s can be read, as in a stream's
 * buffer: texts of up to 16 bytes are taken by their end, in one or two words.
 */
#define NUM_BEFORE 16
bool num_parse_cell(const char *s, size_t n, double *x);

/* num_parse for [+-] digits in the range of int64_t. */
bool num_parse_int(const char *s, size_t n, int64_t *v);

/* "5" or "2..10", NUL-ended: *first and *last, equal for one number; false for all else. */
bool num_parse_range(const char *s, int64_t *first, int64_t *last);

/*
 * Writes the shortest text that num_parse reads back as x (the closest to x
 * of these), in the layout of ECMAScript's Number::toString - 5e-324, 1e-7,
 * 0.000001, 123, 1e+21 - but 0 for -0.  Writes nothing for a NaN or an
 * infinity and returns 0.  Otherwise returns the length, at most NUM_MAX; no
 * NUL is appended.  (Schubfach, Giulietti 2020.)
 */
#define NUM_MAX 32
size_t num_print(char to[NUM_MAX], double x);

size_t num_print_int(char to[NUM_MAX], int64_t v);
size_t num_print_uint(char to[NUM_MAX], uint64_t v);

#endif
