/* SPDX-License-Identifier: MIT */
#include "model/proportions.h"

#include <math.h>

#include "math/dist.h"

static double z_two_sided(void)
{
	return -dist_normal_quantile(PROPORTIONS_ALPHA / 2);
}

struct proportion proportions_one(double events, double n)
{
	struct proportion x = { events, n, NAN, NAN, NAN };

	if (n <= 0)
		return x;
	double z = z_two_sided(), p = events / n;
	double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	x.rate = p;
	/* exact at the ends, where the difference leaves rounding errors */
	x.low = events == 0 ? 0 : centre - half;
	x.high = events == n ? 1 : centre + half;
	return x;
}

struct proportions_test proportions_two(const struct proportion *first, const struct proportion *second)
{
	struct proportions_test t = { NAN, NAN, NAN, NAN, NAN };
	double p = first->rate, q = second->rate;

	if (isnan(p) || isnan(q))
		return t;
	t.difference = q - p;
	t.low = t.difference - hypot(q - second->low, first->high - p);
	t.high = t.difference + hypot(second->high - q, p - first->low);
	double m = (first->events + second->events) / (first->n + second->n);
	if (m > 0 && m < 1) {
		t.z = t.difference / sqrt(m * (1 - m) * (1 / first->n + 1 / second->n));
		t.p = 2 * dist_normal_upper(fabs(t.z));
	}
	return t;
}

double proportions_sample_size(double p, double q)
{
	double m = (p + q) / 2, z_b = dist_normal_quantile(PROPORTIONS_POWER);
	double root = z_two_sided() * sqrt(2 * m * (1 - m)) + z_b * sqrt(p * (1 - p) + q * (1 - q));

	return p == q ? NAN : ceil(root * root / ((p - q) * (p - q)));
}

/* How far q lies beyond what arms of these sizes show. */
static double excess(double p, double q, double n_first, double n_second)
{
	double m = (n_first * p + n_second * q) / (n_first + n_second);
	double z_b = dist_normal_quantile(PROPORTIONS_POWER);

	return q - p - z_two_sided() * sqrt(m * (1 - m) * (1 / n_first + 1 / n_second)) -
	       z_b * sqrt(p * (1 - p) / n_first + q * (1 - q) / n_second);
}

double proportions_detectable(double p, double n_first, double n_second)
{
	double low = p, high = 1;

	if (!(excess(p, 1, n_first, n_second) > 0))
		return NAN;
	for (int i = 0; i < 60; i++) {
		double middle = low + (high - low) / 2;
		if (excess(p, middle, n_first, n_second) > 0)
			high = middle;
		else
			low = middle;
	}
	return high - p;
}
