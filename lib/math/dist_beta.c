/* SPDX-License-Identifier: MIT */
#include "math/dist.h"

#include <float.h>
#include <math.h>

#include "math/dist_kernel.h"

#define TWO_PI 6.283185307179586476925L
#define STEPS_MAX 10000000

/*
 * A point of the beta distribution: y = 1 - x and difference = a y - b x, how
 * far x lies below the mean, are given because each is known better than the
 * others would tell.
 */
struct point {
	long double a, b, x, y, difference;
};

/* x^a y^b / B(a, b), by Loader's parts. */
static long double power_terms(const struct point *p)
{
	long double n = p->a + p->b;
	long double e = dist_stirling_error(n) - dist_stirling_error(p->a) - dist_stirling_error(p->b) -
		dist_deviance(p->a, n * p->x, p->difference) - dist_deviance(p->b, n * p->y, -p->difference);
	return dist_wide_exp(e) * sqrtl(p->a * p->b / (TWO_PI * n));
}

/* I_x(a, b) below the mean: DiDonato & Morris 1992 (TOMS 708), eq. 9, by
 * Lentz's method. */
static long double fraction(const struct point *p)
{
	long double front = power_terms(p);
	if (front == 0)
		return 0;
	long double a = p->a, b = p->b, x = p->x;
	long double h = a * (p->difference + 1) / (a + 1), c = h, d = 0;
	for (long k = 1; k < STEPS_MAX; k++) {
		long double m = (long double)k, last = a + 2 * m - 1;
		long double numerator = (a + m - 1) * (a + b + m - 1) * m * (b - m) * x * x / (last * last);
		long double term = m + m * (b - m) * x / last +
			(a + m) * (p->difference + 1 + m * (1 + p->y)) / (last + 2);
		d = 1 / (numerator * d + term);
		c = term + numerator / c;
		h *= c * d;
		if (fabsl(c * d - 1) <= 2 * LDBL_EPSILON)
			break;
	}
	return front / h;
}

static double lower(const struct point *p)
{
	if (p->x <= 0)
		return 0;
	if (p->y <= 0)
		return 1;
	if (p->difference >= 0)
		return (double)fraction(p);
	const struct point mirror = {p->b, p->a, p->y, p->x, -p->difference};
	return (double)(1 - fraction(&mirror));
}

double dist_beta(double x, double a, double b)
{
	if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || isinf(a) || isinf(b))
		return NAN;
	long double y = 1 - (long double)x;
	const struct point p = {a, b, x, y, a * y - (long double)b * x};
	return lower(&p);
}

/* P(F > f), f wide because the square of a t may be. */
static double f_upper(long double f, long double df1, long double df2)
{
	if (!(df1 > 0 && df2 > 0) || isnan(f) || isinf(df1) || isinf(df2))
		return NAN;
	if (f <= 0)
		return 1;
	if (isinf(f))
		return 0;
	long double whole = df2 + df1 * f;
	const struct point p = {df2 / 2, df1 / 2, df2 / whole, df1 * f / whole,
		df1 * df2 * (f - 1) / (2 * whole)};
	return lower(&p);
}

double dist_f_upper(double x, double df1, double df2)
{
	return f_upper(x, df1, df2);
}

double dist_t_two_sided(double t, double df)
{
	return f_upper((long double)t * t, 1, df);
}
