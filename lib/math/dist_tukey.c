/* SPDX-License-Identifier: MIT */
#include "math/dist.h"

#include <math.h>

#include "math/dist_kernel.h"
#include "math/fn.h"

#define INVERSE_SQRT_2PI 0.39894228040143267794
#define TWO_PI 6.283185307179586476925L

/*
 * Both integrands are analytic and fall off like a Gaussian or faster, so the
 * trapezoidal rule converges geometrically in 1 / step (Trefethen & Weideman
 * 2014).  Steps halved change the result by less than 1e-13 relatively for k
 * up to 200; the distribution of the largest of many is narrower.
 */
#define MANY 40
#define REACH 9 /* standard deviations to each side */
#define NEGLIGIBLE 1e-17

/* Far out, with these degrees of freedom and more, two pairs of means are not
 * both far apart: e^(-w^2/3) against e^(-w^2/4) with w^2 > 700. */
#define FAR_DF 1000
#define FAR 1e-100

/*
 * P(range of k standard normals > w) = k integral of phi(z) [Phi(z)^m -
 * (Phi(z) - Phi(z - w))^m] dz, m = k - 1: the complement of the usual form,
 * taken under the integral so that small tails keep their digits.
 */
static double range_upper(double w, double k)
{
	double sum = 0, m = k - 1, step = k > MANY ? 0.125 : 0.2;
	int reach = (int)(REACH / step);
	for (int i = -reach; i <= reach; i++) {
		double z = w / 2 + i * step;
		double below = dist_normal_cdf(z), far_below = dist_normal_cdf(z - w);
		if (below == 0)
			continue;
		double ratio = fmin(1, far_below / below); /* the function is not monotone to the bit */
		double part = -fn_expm1(m * fn_log1p(-ratio));
		sum += fn_exp(-z * z / 2) * fn_pow(below, m) * part;
	}
	return k * step * INVERSE_SQRT_2PI * sum;
}

/* Density of u = log s where df s^2 is chi-square: 2 x^a e^-x / Gamma(a) with
 * a = df / 2, x = a s^2. */
static double log_scale_density(double u, double df)
{
	long double a = df / 2, x = a * fn_exp(2 * u);
	long double e = -dist_deviance(a, x, -a * fn_expm1(2 * u)) - dist_stirling_error(a);
	return (double)(2 * dist_wide_exp(e) * sqrtl(a / TWO_PI));
}

double dist_tukey_upper(double q, double k, double df)
{
	if (!(k >= 2 && df > 0) || isnan(q) || isinf(k) || isinf(df))
		return NAN;
	if (q <= 0)
		return 1;
	if (isinf(q))
		return 0;
	/* Bonferroni's sum over the pairs, where it is the tail to the last bits
	 * and the way from the peak to u = 0 would take thousands of steps. */
	double pairs = k * (k - 1) / 2 * dist_t_two_sided(q / sqrt(2), df);
	if (df >= FAR_DF && pairs < FAR)
		return pairs;
	/* The product is unimodal; its peak lies between where the tail
	 * e^(-q^2 s^2 / 4) would draw it and u = 0. */
	double peak = -fn_log1p(q * q / (2 * df)) / 2;
	double step = (k > MANY ? 0.5 : 1) * fmin(0.1, 0.5 / sqrt(2 * df)), sum = 0, term;
	double u = peak;
	do {
		term = log_scale_density(u, df) * range_upper(q * fn_exp(u), k);
		sum += term;
		u += step;
	} while (u < 0 || term > NEGLIGIBLE * sum);
	u = peak - step;
	do {
		term = log_scale_density(u, df) * range_upper(q * fn_exp(u), k);
		sum += term;
		u -= step;
	} while (term > NEGLIGIBLE * sum);
	return fmin(1, step * sum);
}
