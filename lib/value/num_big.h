/* SPDX-License-Identifier: MIT */
#ifndef VALUE_NUM_BIG_H
#define VALUE_NUM_BIG_H

#include <stddef.h>
#include <stdint.h>

/* Digits of a decimal number; bytes other than digits in between (the point) are skipped. */
struct num_digits {
	const char *s, *end;
	int64_t exponent; /* of the first digit that is not 0: its value is digit * 10^exponent */
};

/*
 * The bits of the double nearest to the digits' value (> 0, at least one digit
 * is not 0), ties to even; those of infinity when it is too large.  `bits` is
 * where the search begins, at best the answer or a neighbour: each step away
 * costs one comparison of big integers, some microseconds.  -350 <= exponent
 * <= 310.
 */
uint64_t num_big_nearest(struct num_digits d, uint64_t bits);

#endif
