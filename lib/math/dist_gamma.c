/* SPDX-License-Identifier: MIT */
#include "math/dist.h"

#include <float.h>
#include <math.h>

#include "math/dist_kernel.h"
#include "math/fn.h"

#define LOG_2 0.6931471805599453094172L
#define HALF_LOG_2PI 0.9189385332046727417803L
#define TWO_PI 6.283185307179586476925L
#define ONE_MINUS_EULER 0.4227843350984671393935L

/* Far beyond what converges; a guard against looping for ever. */
#define STEPS_MAX 10000000

long double dist_wide_exp(long double x)
{
	/* Split so that neither factor leaves the range of a double. */
	long double scale = 1;
	for (; x < -700 && x > -11000; x += 512 * LOG_2)
		scale *= 0x1p-512L;
	double high = (double)x;
	return scale * fn_exp(high) * (1 + (x - high));
}

long double dist_wide_log(long double x)
{
	int e;
	double m = (double)frexpl(x, &e);
	return fn_log(m) + e * LOG_2;
}

/* zeta(k) - 1 for k = 2, 3, ... */
static const long double zeta[] = {
	0.6449340668482264364724L, 0.2020569031595942853997L, 0.082323233711138191516L,
	0.03692775514336992633137L, 0.01734306198444913971452L, 0.008349277381922826839798L,
	0.004077356197944339378685L, 0.002008392826082214417853L, 0.000994575127818085337146L,
	0.0004941886041194645587023L, 0.000246086553308048298638L, 0.0001227133475784891467518L,
	0.00006124813505870482925855L, 0.00003058823630702049355173L, 0.00001528225940865187173257L,
	0.0000076371976378997622736L, 0.000003817293264999839856462L, 0.000001908212716553938925657L,
	9.53962033872796113152e-7L, 4.769329867878064631167e-7L, 2.384505027277329900036e-7L,
	1.192199259653110730678e-7L, 5.960818905125947961244e-8L, 2.980350351465228018606e-8L,
	1.490155482836504123466e-8L, 7.450711789835429491981e-9L, 3.725334024788457054819e-9L,
	1.862659723513049006404e-9L,
};

/* log Gamma(2 + e), |e| <= 1/2: Abramowitz & Stegun 6.1.33, relative
 * precision kept at its zero e = 0. */
static long double log_gamma_near_2(long double e)
{
	long double sum = 0;
	for (int k = (int)(sizeof zeta / sizeof *zeta) + 1; k >= 2; k--)
		sum = (k % 2 ? -1 : 1) * zeta[k - 2] / k + e * sum;
	return e * (ONE_MINUS_EULER + e * sum);
}

/* Abramowitz & Stegun 6.1.41; below 1e-17 from a = 10 on. */
static long double stirling_series(long double a)
{
	static const long double c[] = {1.0L / 12, -1.0L / 360, 1.0L / 1260, -1.0L / 1680, 1.0L / 1188,
		-691.0L / 360360, 1.0L / 156, -3617.0L / 122400, 43867.0L / 244188};
	long double sum = 0, w = 1 / (a * a);
	for (int i = (int)(sizeof c / sizeof *c); i-- > 0;)
		sum = c[i] + w * sum;
	return sum / a;
}

static long double log_gamma(long double x)
{
	if (x >= 10)
		return (x - 0.5L) * dist_wide_log(x) - x + HALF_LOG_2PI + stirling_series(x);
	if (x < 0.5L)
		return log_gamma_near_2(x) - fn_log1p((double)x) - dist_wide_log(x);
	if (x < 1.5L)
		return log_gamma_near_2(x - 1) - fn_log1p((double)(x - 1));
	long double product = 1;
	while (x > 2.5L)
		product *= --x;
	return (product > 1 ? fn_log((double)product) : 0) + log_gamma_near_2(x - 2);
}

double dist_log_gamma(double x)
{
	if (!(x > 0))
		return NAN;
	return isinf(x) ? x : (double)log_gamma(x);
}

long double dist_stirling_error(long double a)
{
	if (a >= 10)
		return stirling_series(a);
	return log_gamma(a + 1) - (a + 0.5L) * dist_wide_log(a) + a - HALF_LOG_2PI;
}

long double dist_deviance(long double a, long double m, long double difference)
{
	long double v = difference / (a + m);
	if (fabsl(v) > 0.5L)
		return a * dist_wide_log(a / m) - difference;
	/* log(a / m) = 2 artanh v */
	long double sum = 0, power = 2 * a * v, square = v * v;
	for (int k = 3; k < 200; k += 2) {
		power *= square;
		sum += power / k;
		if (fabsl(power) <= LDBL_EPSILON * fabsl(sum))
			break;
	}
	return difference * v + sum;
}

/* sum of x^k / ((a + 1) ... (a + k)): P(a, x) in units of x^a e^-x / Gamma(a + 1). */
static long double lower_series(long double a, long double x)
{
	long double term = 1, sum = 1;
	for (long k = 1; k < STEPS_MAX && term > sum * LDBL_EPSILON; k++) {
		term *= x / (a + (long double)k);
		sum += term;
	}
	return sum;
}

/* Legendre's continued fraction for Q(a, x) in units of x^a e^-x / Gamma(a),
 * x >= a + 1, by Lentz's method (Lentz 1976; Thompson & Barnett 1986). */
static long double upper_fraction(long double a, long double x)
{
	long double b = x - a + 1, c = LDBL_MAX, d = 1 / b, h = d;
	for (long k = 1; k < STEPS_MAX; k++) {
		long double numerator = -(long double)k * ((long double)k - a);
		b += 2;
		d = 1 / (numerator * d + b);
		c = b + numerator / c;
		h *= c * d;
		if (fabsl(c * d - 1) <= 2 * LDBL_EPSILON)
			break;
	}
	return h;
}

double dist_gamma_upper(double a, double x)
{
	if (!(a > 0) || isnan(x) || isinf(a))
		return NAN;
	if (x <= 0)
		return 1;
	if (isinf(x))
		return 0;
	/* x^a e^-x / Gamma(a + 1) */
	long double front = dist_wide_exp(-dist_deviance(a, x, (long double)a - x) -
		dist_stirling_error(a)) / sqrtl(TWO_PI * a);
	if (x < a + 1)
		return (double)(1 - front * lower_series(a, x));
	return (double)(front * a * upper_fraction(a, x));
}

double dist_chi2_upper(double x, double df)
{
	return dist_gamma_upper(df / 2, x / 2);
}
