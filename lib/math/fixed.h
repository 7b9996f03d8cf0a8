/* SPDX-License-Identifier: MIT */
#ifndef MATH_FIXED_H
#define MATH_FIXED_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "value/dec.h"

/*
 * Fixed-point sums of a column whose range is known beforehand: values become
 * whole counts of a power-of-two unit, so that sums are integer sums, the same
 * in any order, split, thread or vector width, and are rounded once.  Two
 * instructions a value, where math/exact takes a dozen.
 *
 *	double unit = fixed_unit(max_abs), per_unit = 1 / unit;
 *	dec_wide sum = 0;
 *	for each block of at most FIXED_BLOCK rows:
 *		int64_t part = 0;
 *		for each x of the block:
 *			part += fixed_from(x, per_unit);
 *		sum += part;
 *	double total = fixed_to_double(sum, unit);
 *
 * Error: with |x| <= max_abs each value is off by at most unit / 2 <=
 * max_abs * 2^-51, so a sum of n by n * max_abs * 2^-51 at most (a mean by
 * max_abs * 4.4e-16), besides the one rounding at the end.  Values that are
 * products carry the rounding of the product (half a unit of its last place),
 * which depends on the row alone.  Whole numbers below 2^50 come out exact.
 */

/* Additions that an int64_t holds: 2048 * 2^51 < 2^63. */
#define FIXED_BLOCK 2048

/*
 * The unit for |x| <= max_abs: max_abs / unit is in 2^50..2^51.  max_abs is
 * finite and >= 0; 0 gives unit 1.  unit and 1 / unit are normal.
 */
static inline double fixed_unit(double max_abs)
{
	int e;
	if (max_abs == 0)
		return 1;
	frexp(max_abs, &e);
	return ldexp(1, e - 51 < -1022 ? -1022 : e - 51);
}

static inline int64_t fixed_bits(double x)
{
	int64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

/*
 * x in units, rounded to nearest even; |x| <= max_abs, not NaN; per_unit =
 * 1 / unit.  Adding 1.5 * 2^52 leaves the integer in the low bits of the
 * mantissa: vectorises where a conversion to int64_t does not (before
 * AVX-512DQ).
 */
static inline int64_t fixed_from(double x, double per_unit)
{
	const double shifter = 0x1.8p52;
	return fixed_bits(x * per_unit + shifter) - fixed_bits(shifter);
}

/*
 * The same without scaling: magic = fixed_magic(unit) is 1.5 * 2^52 units, and
 * what is added to it is rounded to whole units.
 */
static inline double fixed_magic(double unit)
{
	return unit * 0x1.8p52;
}

static inline int64_t fixed_count(double x, double magic)
{
	return fixed_bits(x + magic) - fixed_bits(magic);
}

/* sum * unit, rounded to nearest even (where it is not subnormal). */
static inline double fixed_to_double(dec_wide sum, double unit)
{
	return (double)sum * unit;
}

/* The sum of x[0..n) in units. */
static inline dec_wide fixed_sum(const double *x, size_t n, double per_unit)
{
	dec_wide sum = 0;
	for (size_t i = 0; i < n; i += FIXED_BLOCK) {
		size_t end = n - i < FIXED_BLOCK ? n : i + FIXED_BLOCK;
		int64_t part = 0;
		for (size_t j = i; j < end; j++)
			part += fixed_from(x[j], per_unit);
		sum += part;
	}
	return sum;
}

#endif
