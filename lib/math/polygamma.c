/* SPDX-License-Identifier: MIT */
#include "math/polygamma.h"

#include <math.h>
#include <stddef.h>

#include "math/dist_kernel.h"

/* From here on the first term left out of either series is below 1e-19 of
 * the sum. */
#define LARGE 12

/* The Bernoulli numbers B2, B4 ... B18. */
static const long double bernoulli[] = {
	1.0L / 6, -1.0L / 30, 1.0L / 42, -1.0L / 30, 5.0L / 66, -691.0L / 2730, 7.0L / 6,
	-3617.0L / 510, 43867.0L / 798,
};
#define N_BERNOULLI (sizeof bernoulli / sizeof *bernoulli)

double polygamma_digamma(double x)
{
	long double y = x, sum = 0, series = 0;

	if (!(x > 0) || isinf(x))
		return x > 0 ? x : NAN;
	for (; y < LARGE; y++)
		sum -= 1 / y;
	long double w = 1 / (y * y);
	for (size_t k = N_BERNOULLI; k-- > 0;)
		series = (series + bernoulli[k] / (2 * (long double)k + 2)) * w;
	return (double)(sum + dist_wide_log(y) - 1 / (2 * y) - series);
}

double polygamma_trigamma(double x)
{
	long double y = x, sum = 0, series = 0;

	if (!(x > 0) || isinf(x))
		return x > 0 ? 0 : NAN;
	for (; y < LARGE; y++)
		sum += 1 / (y * y);
	long double w = 1 / (y * y);
	for (size_t k = N_BERNOULLI; k-- > 0;)
		series = (series + bernoulli[k]) * w;
	return (double)(sum + (1 + 1 / (2 * y) + series) / y);
}
