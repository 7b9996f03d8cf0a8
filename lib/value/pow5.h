/* SPDX-License-Identifier: MIT */
#ifndef VALUE_POW5_H
#define VALUE_POW5_H

#include <stdint.h>

/*
 * The upper 128 bits of 5^q, scaled by a power of two so that bit 127 is set:
 * { upper half, lower half } of floor(5^q * 2^s) at index q - POW5_MIN.  Exact
 * for 0 <= q <= POW5_EXACT.  For -27 <= q < 0 one is added: there w * 10^q can
 * be a double or halfway between two, and the larger value keeps the product
 * from falling just below it (Lemire 2021, section 6).  No lower half is all
 * ones, so that 1 can be added for an upper bound.
 */
#define POW5_MIN (-342)
#define POW5_MAX 324
#define POW5_EXACT 55
#define POW5_CEILED (-27)
extern const uint64_t pow5_table[POW5_MAX - POW5_MIN + 1][2];

#endif
