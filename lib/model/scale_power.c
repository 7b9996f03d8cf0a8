/* SPDX-License-Identifier: MIT */
#include "model/scale_power.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "math/exact.h"
#include "math/fn.h"
#include "math/moments.h"

/* Brackets grow by doubling; a column of n doubles that differ by a unit in
 * the last place has a lambda of about n / 2^-53. */
#define LAMBDA_MAX 0x1p100
/* Powers are scaled from e^300 on, as their squares would overflow. */
#define EXPONENT_MAX 300
#define BLOCK 256

/* expm1(p l) / p, accurate near p = 0 and l = 0. */
static double power_of_log(double l, double p)
{
	return p != 0 ? fn_expm1(p * l) / p : l;
}

static double log_of_power(double y, double p)
{
	return p != 0 ? fn_log1p(p * y) / p : y;
}

double scale_power(double x, double lambda)
{
	double l = fn_log1p(fabs(x));

	if (lambda == 1)
		return x;
	return x >= 0 ? power_of_log(l, lambda) : -power_of_log(l, 2 - lambda);
}

double scale_power_inverse(double y, double lambda)
{
	double x = fn_expm1(log_of_power(fabs(y), y >= 0 ? lambda : 2 - lambda));

	return lambda == 1 ? y : y >= 0 ? x : -x;
}

/* log((1 + x) / (1 + c)) for x, c >= 0; 1 + c is exact. */
static double log_ratio(double x, double c)
{
	double d = x - c, u = 1 + c;

	return fabs(d) <= u / 2 ? fn_log1p(d / u) : fn_log1p(x) - fn_log1p(c);
}

/* For x and the origin c on different sides of 0: power(-c) at the origin's
 * scale, so that 0 is the same from both sides. */
static double power_at_zero(double p, double c)
{
	return power_of_log(-fn_log1p(c), p);
}

double scale_power_about(double x, double lambda, double origin)
{
	if (isnan(origin))
		return scale_power(x, lambda);
	if (origin < 0)
		return -scale_power_about(-x, 2 - lambda, -origin);
	if (x >= 0)
		return power_of_log(log_ratio(x, origin), lambda);
	return scale_power(x, lambda) * fn_exp(-lambda * fn_log1p(origin)) +
	       power_at_zero(lambda, origin);
}

double scale_power_about_inverse(double y, double lambda, double origin)
{
	if (isnan(origin))
		return scale_power_inverse(y, lambda);
	if (origin < 0)
		return -scale_power_about_inverse(-y, 2 - lambda, -origin);
	double zero = power_at_zero(lambda, origin);
	if (y >= zero)
		return origin + (1 + origin) * fn_expm1(log_of_power(y, lambda));
	return scale_power_inverse((y - zero) * fn_exp(lambda * fn_log1p(origin)), lambda);
}

void scale_logs_make(struct scale_logs *logs, double *x, size_t n)
{
	size_t n_above = 0, n_below = 0;
	struct exact sum = { 0 };

	for (size_t i = 0; i < n; i++) {
		double l = fn_log1p(fabs(x[i]));
		exact_add(&sum, x[i] >= 0 ? l : -l);
		n_above += x[i] > 0;
		n_below += x[i] < 0;
	}
	*logs = (struct scale_logs){ .a = x, .n = n, .sign = !n_below - (n_below && !n_above) };
	logs->mean = moments_ratio(&sum, n);
	/* 1 is taken off again without error, so that 1 + origin is exact. */
	double c = fmin(1 + fn_expm1(fabs(logs->mean)), DBL_MAX / 2) - 1;
	logs->origin = logs->sign ? logs->sign * c : (double)NAN;
	if (logs->sign)
		sum = (struct exact){ 0 };
	for (size_t i = 0; i < n; i++) {
		double l = logs->sign ? log_ratio(fabs(x[i]), c) : fn_log1p(fabs(x[i]));
		x[i] = logs->sign || x[i] >= 0 ? l : -l;
		if (logs->sign)
			exact_add(&sum, l);
		if (i == 0 || l < logs->least)
			logs->least = x[i];
		if (i == 0 || l > logs->most)
			logs->most = x[i];
	}
	for (size_t i = 0; i < n && !logs->sign; i++) {
		logs->least = fmin(logs->least, x[i]);
		logs->most = fmax(logs->most, x[i]);
	}
	logs->mean = moments_ratio(&sum, n);
}

/*
 * d/dp of expm1(p l) / p is l^2 h(p l), h(t) = (1 + (t - 1) e^t) / t^2
 * = sum t^k / (k! (k + 2)); the series where the closed form cancels: at
 * |t| < 1 its first twenty terms leave 1e-20.  e is expm1(t).
 */
static double slope(double l, double t, double e)
{
	double h = 0;

	if (fabs(t) >= 1)
		return l * l * ((1 + (t - 1) * (e + 1)) / (t * t));
	for (int k = 20; k > 0; k--)
		h = (h + 1.0 / (k + 2)) * t / k;
	return l * l * (h + 0.5);
}

/* Of n <= BLOCK values: z, the power, and d, its slope by lambda, both times
 * e^-top; with the signs that make d z / d lambda = d. */
static void powers(const struct scale_logs *logs, size_t first, size_t n, double lambda, double top,
		   double *z, double *d)
{
	double t[BLOCK], e[BLOCK], factor = fn_exp(-top);
	const double *a = logs->a + first;

	for (size_t i = 0; i < n; i++) {
		bool below = logs->sign ? logs->sign < 0 : a[i] < 0;
		t[i] = (below ? 2 - lambda : lambda) * (logs->sign ? a[i] : fabs(a[i]));
		e[i] = t[i] - top;
	}
	if (top > 0)
		fn_exp_many(e, e, n);
	else
		fn_expm1_many(e, t, n);
	for (size_t i = 0; i < n; i++) {
		bool below = logs->sign ? logs->sign < 0 : a[i] < 0;
		double p = below ? 2 - lambda : lambda, l = logs->sign ? a[i] : fabs(a[i]);
		double y = p == 0 ? l * factor : top > 0 ? (e[i] - factor) / p : e[i] / p;
		z[i] = below ? -y : y;
		if (top > 0)
			d[i] = p == 0 ? l * l / 2 * factor : (factor + (t[i] - 1) * e[i]) / (p * p);
		else
			d[i] = slope(l, t[i], e[i]);
	}
}

/* The largest exponent, if that is beyond what squares bear, else 0. */
static double top_exponent(const struct scale_logs *logs, double lambda)
{
	double p = logs->sign < 0 ? 2 - lambda : lambda;
	double top = logs->sign ? fmax(p * logs->least, p * logs->most) :
				  fmax(lambda * logs->most, -(2 - lambda) * logs->least);

	return top > EXPONENT_MAX ? top : 0;
}

/*
 * With z the powers and d their slopes by lambda it is the mean of a minus
 * cov(z, d) / var(z).  z may be shifted and scaled by what does not depend on
 * the row, and a with it, which is what the origin does.
 */
double scale_power_gradient(const struct scale_logs *logs, double lambda)
{
	struct exact sum_z = { 0 }, sum_d = { 0 }, sum_zz = { 0 }, sum_zd = { 0 };
	double top = top_exponent(logs, lambda), z[BLOCK], d[BLOCK];

	for (size_t first = 0; first < logs->n; first += BLOCK) {
		size_t n = logs->n - first < BLOCK ? logs->n - first : BLOCK;
		powers(logs, first, n, lambda, top, z, d);
		exact_add_many(&sum_z, z, n);
		exact_add_many(&sum_d, d, n);
		for (size_t i = 0; i < n; i++) {
			exact_add_product(&sum_zz, z[i], z[i]);
			exact_add_product(&sum_zd, z[i], d[i]);
		}
	}
	return (logs->sign < 0 ? -logs->mean : logs->mean) -
	       moments_covariance(logs->n, &sum_z, &sum_d, &sum_zd, 1) /
		       moments_covariance(logs->n, &sum_z, &sum_z, &sum_zz, 1);
}

struct bracket {
	double low, high;     /* lambda */
	double g_low, g_high; /* > 0 >= */
};

static void narrow(struct bracket *b, double lambda, double g)
{
	if (g > 0) {
		b->low = lambda;
		b->g_low = g;
	} else {
		b->high = lambda;
		b->g_high = g;
	}
}

static int find_bracket(const struct scale_logs *logs, struct bracket *b)
{
	double g = scale_power_gradient(logs, 1), direction = g > 0 ? 1 : -1;

	*b = (struct bracket){ 1, 1, g, g };
	for (double step = 0.5; step <= LAMBDA_MAX; step *= 2) {
		double lambda = 1 + direction * step;
		narrow(b, lambda, scale_power_gradient(logs, lambda));
		if (b->low < b->high && b->g_low > 0 && b->g_high <= 0)
			return 0;
	}
	return -1;
}

/*
 * Regula falsi with the Illinois rule (Dowell & Jarratt 1971): the value at an
 * end that stays once more counts half.  Every third step bisects if the three
 * before have not halved the bracket.
 */
int scale_power_fit(const struct scale_logs *logs, double *lambda)
{
	double weight_low = 1, weight_high = 1, width_before = INFINITY;
	struct bracket b;
	bool was_low = false;

	if (logs->least == logs->most || find_bracket(logs, &b) != 0)
		return -1;
	for (int i = 0;; i++) {
		double width = b.high - b.low, middle = b.low + width / 2, at = middle;
		bool bisect = i % 3 == 2 && width > width_before / 2;
		if (i % 3 == 2)
			width_before = width;
		if (!bisect)
			at = b.low + width * (weight_low * b.g_low /
					      (weight_low * b.g_low - weight_high * b.g_high));
		if (!(at > b.low && at < b.high))
			at = middle;
		if (!(at > b.low && at < b.high))
			break;
		double g = scale_power_gradient(logs, at);
		bool is_low = g > 0;
		weight_low = is_low ? 1 : i && !was_low ? weight_low / 2 : weight_low;
		weight_high = !is_low ? 1 : i && was_low ? weight_high / 2 : weight_high;
		was_low = is_low;
		narrow(&b, at, g);
		if (g == 0)
			break;
	}
	*lambda = b.g_low < -b.g_high ? b.low : b.high;
	return 0;
}
