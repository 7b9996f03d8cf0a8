/* SPDX-License-Identifier: MIT */
#ifndef MATH_DIST_KERNEL_H
#define MATH_DIST_KERNEL_H

/*
 * What the distributions share; for lib/math/dist*.c alone.  long double is
 * the 64-bit mantissa of the x87: its + - * / are the same on every x86-64,
 * and its exponent range keeps powers of far tails from underflow.
 */

/* exp(x) of a wide x, absolute error of x kept: about 1 ulp of a double. */
long double dist_wide_exp(long double x);

/* log(x), x > 0, absolute error about 1e-16 + 1e-19 |log x|. */
long double dist_wide_log(long double x);

/* log Gamma(a + 1) - [(a + 1/2) log a - a + log(2 pi)/2], Stirling's error,
 * a > 0: absolute error about 1e-16 for a >= 10, 1e-15 below. */
long double dist_stirling_error(long double a);

/*
 * Loader's deviance part (2000, "Fast and accurate computation of binomial
 * probabilities"): a log(a / m) - a + m for a > 0, m > 0, given
 * difference = a - m to full relative precision.  Relative error a few
 * 1e-16, so that exp(-deviance) keeps its digits when a and m are large and
 * close.
 */
long double dist_deviance(long double a, long double m, long double difference);

#endif
