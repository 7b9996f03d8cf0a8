/* SPDX-License-Identifier: MIT */
#include "model/scale_power.h"

#include <math.h>
#include <stdbool.h>

#include "math/exact.h"
#include "math/fn.h"

#define LAMBDA_MAX 64

/* With expm1 and log1p it is accurate near lambda = 0 and x = 0. */
double scale_power(double x, double lambda)
{
	double power = x >= 0 ? lambda : 2 - lambda;
	double l = fn_log1p(fabs(x));
	double y = power != 0 ? fn_expm1(power * l) / power : l;
	return lambda == 1 ? x : x >= 0 ? y : -y;
}

double scale_power_inverse(double y, double lambda)
{
	double power = y >= 0 ? lambda : 2 - lambda;
	double a = fabs(y);
	double x = fn_expm1(power != 0 ? fn_log1p(power * a) / power : a);
	return lambda == 1 ? y : y >= 0 ? x : -x;
}

/*
 * d/dp of expm1(p l) / p: l^2 h(p l), h(t) = (1 + (t - 1) e^t) / t^2
 * = sum t^k / (k! (k + 2)); the series where the closed form cancels: at
 * |t| < 1 twenty terms are exact.
 */
static double slope(double l, double power)
{
	double t = power * l, h = 0;

	if (fabs(t) >= 1)
		return l * l * ((1 + (t - 1) * fn_exp(t)) / (t * t));
	for (int k = 20; k > 0; k--)
		h = (h + 1.0 / (k + 2)) * t / k;
	return l * l * (h + 0.5);
}

static double mean_log(const double *x, size_t n)
{
	struct exact logs = { 0 };

	for (size_t i = 0; i < n; i++) {
		double l = fn_log1p(fabs(x[i]));
		exact_add(&logs, x[i] >= 0 ? l : -l);
	}
	return exact_round(&logs) / (double)n;
}

/*
 * Values of one sign, the others' by symmetry.  The gradient does not change
 * when l is taken from its mean m, but for m itself: with z = expm1(p (l - m)) /
 * p it is -cov(z, dz/dp) / var(z).  This keeps all digits where y itself crowds
 * at -1/p, as for large x and negative lambda.
 */
static double one_sign(const double *x, size_t n, double power, double m)
{
	struct exact sum = { 0 }, squares = { 0 }, slopes = { 0 };
	double mean;

	for (size_t i = 0; i < n; i++) {
		double l = fn_log1p(fabs(x[i])) - m;
		exact_add(&sum, power != 0 ? fn_expm1(power * l) / power : l);
	}
	mean = exact_round(&sum) / (double)n;
	if (!isfinite(mean))
		return (double)NAN;
	for (size_t i = 0; i < n; i++) {
		double l = fn_log1p(fabs(x[i])) - m;
		double d = (power != 0 ? fn_expm1(power * l) / power : l) - mean;
		exact_add_product(&squares, d, d);
		exact_add_product(&slopes, d, slope(l, power));
	}
	return -exact_round(&slopes) / exact_round(&squares);
}

static double both_signs(const double *x, size_t n, double lambda)
{
	struct exact sum = { 0 }, squares = { 0 }, slopes = { 0 };
	double mean;

	for (size_t i = 0; i < n; i++)
		exact_add(&sum, scale_power(x[i], lambda));
	mean = exact_round(&sum) / (double)n;
	if (!isfinite(mean))
		return (double)NAN;
	for (size_t i = 0; i < n; i++) {
		double d = scale_power(x[i], lambda) - mean;
		double power = x[i] >= 0 ? lambda : 2 - lambda;
		exact_add_product(&squares, d, d);
		exact_add_product(&slopes, d, slope(fn_log1p(fabs(x[i])), power));
	}
	return mean_log(x, n) - exact_round(&slopes) / exact_round(&squares);
}

double scale_power_gradient(const double *x, size_t n, double lambda)
{
	size_t n_negative = 0;

	for (size_t i = 0; i < n; i++)
		n_negative += x[i] < 0;
	if (n_negative == 0)
		return one_sign(x, n, lambda, mean_log(x, n));
	if (n_negative == n)
		return -one_sign(x, n, 2 - lambda, -mean_log(x, n));
	return both_signs(x, n, lambda);
}

/* Where powers overflow the likelihood falls away from lambda = 1. */
static double gradient(const double *x, size_t n, double lambda)
{
	double g = scale_power_gradient(x, n, lambda);

	return isnan(g) ? (lambda > 1 ? -(double)INFINITY : (double)INFINITY) : g;
}

struct bracket {
	double low, high;     /* lambda */
	double g_low, g_high; /* > 0 >= */
};

static int find_bracket(const double *x, size_t n, struct bracket *b)
{
	double g = gradient(x, n, 1), direction = g > 0 ? 1 : -1;

	*b = (struct bracket){ 1, 1, g, g };
	for (double step = 0.5; step <= LAMBDA_MAX; step *= 2) {
		double lambda = 1 + direction * step;
		g = gradient(x, n, lambda);
		if (g > 0) {
			b->low = lambda;
			b->g_low = g;
		} else {
			b->high = lambda;
			b->g_high = g;
		}
		if (b->low < b->high && b->g_low > 0 && b->g_high <= 0)
			return 0;
	}
	return -1;
}

/* Secant steps inside the bracket; a bisection when one has not halved it. */
int scale_power_fit(const double *x, size_t n, double *lambda)
{
	struct bracket b;
	bool bisect = false, constant = true;

	for (size_t i = 1; i < n && constant; i++)
		constant = x[i] == x[0];
	if (constant || find_bracket(x, n, &b) != 0)
		return -1;
	for (int i = 0; i < 200; i++) {
		double width = b.high - b.low, middle = b.low + width / 2, at = middle, g;
		if (!bisect && isfinite(b.g_low) && isfinite(b.g_high))
			at = b.low + width * (b.g_low / (b.g_low - b.g_high));
		if (!(at > b.low && at < b.high))
			at = middle;
		if (!(at > b.low && at < b.high))
			break;
		g = gradient(x, n, at);
		if (g > 0) {
			b.low = at;
			b.g_low = g;
		} else {
			b.high = at;
			b.g_high = g;
		}
		if (g == 0)
			break;
		bisect = b.high - b.low > width / 2;
	}
	*lambda = b.g_low < -b.g_high ? b.low : b.high;
	return 0;
}
