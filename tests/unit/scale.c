/* SPDX-License-Identifier: MIT */
/* Transformations: shapes and their inverses, fits, what order does not change. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/scale_fit.h"
#include "model/scale_power.h"
#include "table/param.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

#define N 1000

static double uniform(uint64_t i, uint32_t draw)
{
	return rng_unit(7, RNG_TEST, i, draw);
}

static double normal(uint64_t i)
{
	return sqrt(-2 * log(1 - uniform(i, 0))) * cos(6.283185307179586 * uniform(i, 1));
}

/* The gradient from its definition, in long double and without any rearranging. */
static double plain_gradient(const double *x, size_t n, double lambda)
{
	long double sum = 0, logs = 0, squares = 0, slopes = 0;

	for (size_t i = 0; i < n; i++) {
		long double l = log1pl(fabsl(x[i])), p = x[i] >= 0 ? lambda : 2 - lambda;
		sum += (x[i] >= 0 ? 1 : -1) * expm1l(p * l) / p;
		logs += x[i] >= 0 ? l : -l;
	}
	for (size_t i = 0; i < n; i++) {
		long double l = log1pl(fabsl(x[i])), p = x[i] >= 0 ? lambda : 2 - lambda;
		long double d = (x[i] >= 0 ? 1 : -1) * expm1l(p * l) / p - sum / n;
		squares += d * d;
		slopes += d * (p * l * expl(p * l) - expm1l(p * l)) / (p * p);
	}
	return (double)(logs / n - slopes / squares);
}

static void test_power(void)
{
	static const double lambdas[] = { -3, -0.5, 0, 1e-9, 0.5, 1, 1.5, 2, 2 - 1e-9, 4 };
	static const double xs[] = { -40, -1, -1e-9, 0, 1e-9, 0.3, 1, 55 };

	for (size_t i = 0; i < sizeof lambdas / sizeof *lambdas; i++)
		for (size_t j = 0; j < sizeof xs / sizeof *xs; j++) {
			double lambda = lambdas[i], x = xs[j];
			long double p = x >= 0 ? lambda : 2 - lambda;
			long double want = p != 0 ? expm1l(p * log1pl(fabsl(x))) / p : log1pl(fabsl(x));
			double y = scale_power(x, lambda), back = scale_power_inverse(y, lambda);
			if (x < 0)
				want = -want;
			tap_ok(fabsl(y - want) <= 8 * DBL_EPSILON * fabsl(want), "power %g of %g", lambda, x);
			/* where y crowds at -1/p, few digits of x are left in it */
			double lost = 64 * DBL_EPSILON * pow(1 + fabs(x), fmax(1, 1 - (double)p));
			tap_ok(fabs(back - x) <= lost, "inverse power %g of %g", lambda, x);
		}
	tap_ok(scale_power_about(5, 0.3, (double)NAN) == scale_power(5, 0.3), "no origin: the plain power");
	tap_ok(scale_power(-7.25, 1) == -7.25 && scale_power(7.25, 1) == 7.25, "power 1 changes nothing");
}

/* Seen from an origin: the plain power but for place and scale. */
static void test_about(void)
{
	static const double lambdas[] = { -30, -1, 0, 0.5, 1, 2, 3.5, 30 };
	static const double xs[] = { 2016.5, 1e-3, 0, 3, 40, 1900, 1999, 2000, 1e5, -0.5, -1, -3 };

	for (size_t i = 0; i < sizeof lambdas / sizeof *lambdas; i++)
		for (size_t j = 0; j < sizeof xs / sizeof *xs; j++)
			for (int sign = 1; sign >= -1; sign -= 2) {
				double origin = sign * 2000, x = sign * xs[j];
				double lambda = sign > 0 ? lambdas[i] : 2 - lambdas[i];
				long double p = lambdas[i], k = logl(2001), l = log1pl(fabsl(xs[j]));
				long double q = xs[j] >= 0 ? p : 2 - p, s = xs[j] >= 0 ? 1 : -1;
				long double y = q != 0 ? s * expm1l(q * l) / q : s * l;
				long double at = p != 0 ? expm1l(p * k) / p : k;
				long double want = sign * (y - at) * expl(-p * k);
				/* what the long doubles of `want` itself have lost */
				long double lost = 1e-17L * (fabsl(y) + fabsl(at)) * expl(-p * k);
				double got = scale_power_about(x, lambda, origin);
				double back = scale_power_about_inverse(got, lambda, origin);
				double one = fmax(1, (double)fabsl(p * logl((1 + xs[j]) / 2001)));
				if (xs[j] < 0)
					one = 1 + (double)(fabsl(p) * k);
				tap_ok(fabsl(got - want) <= 1e-15L * one * fabsl(want) + 8 * lost * one,
				       "power %g of %g about %g: %g", lambda, x, origin, got);
				bool crowded = fabs(1 + (double)p * sign * got) < 1e-6 || p * k > 100 || p * k < -100;
				tap_ok(crowded || fabs(back - x) <= 1e-9 * (1 + fabs(x)),
				       "and back: %g", back);
			}
	tap_ok(isnan(scale_power_about_inverse(1, -2, 100)), "no value behind the asymptote");
}

/* The gradient at lambda of x as it stands. */
static double gradient(const double *x, size_t n, double lambda)
{
	static double work[N];
	struct scale_logs logs;

	memcpy(work, x, n * sizeof *x);
	scale_logs_make(&logs, work, n);
	return scale_power_gradient(&logs, lambda);
}

static int fit_power(const double *x, size_t n, double *lambda)
{
	static double work[N];
	struct scale_logs logs;

	memcpy(work, x, n * sizeof *x);
	scale_logs_make(&logs, work, n);
	return scale_power_fit(&logs, lambda);
}

static void test_lambda(void)
{
	static const char *const kind[] = { "positive", "negative", "mixed", "heavy", "counts" };
	static double x[N];
	double lambda;

	for (size_t k = 0; k < 5; k++) {
		for (size_t i = 0; i < N; i++) {
			double z = normal(i);
			x[i] = k == 0 ? exp(0.7 * z) : k == 1 ? -exp(0.4 * z) - 1 : k == 2 ? z + 0.4 * z * z
			     : k == 3 ? z * z * z : floor(exp(1 + z));
		}
		int status = fit_power(x, N, &lambda);
		tap_ok(status == 0, "%s: fitted, lambda %.15g", kind[k], lambda);
		tap_ok(fabs(plain_gradient(x, N, lambda)) <= 1e-12, "%s: derivative %.1e", kind[k],
		       plain_gradient(x, N, lambda));
		for (double at = -1.3; at < 3; at += 0.7)
			tap_ok(fabs(gradient(x, N, at) - plain_gradient(x, N, at)) <=
			       1e-11 * (1 + fabs(plain_gradient(x, N, at))), "%s: derivative at %g", kind[k], at);
	}
	for (size_t i = 0; i < N; i++)
		x[i] = scale_power_inverse(3 + normal(i), 0.3);
	fit_power(x, N, &lambda);
	tap_ok(fabs(lambda - 0.3) < 0.1, "the power that made the data is found: %g", lambda);
	for (size_t i = 0; i < N; i++)
		x[i] = 5;
	tap_ok(fit_power(x, N, &lambda) == -1, "a constant has none");
	for (size_t i = 0; i < N; i++)
		x[i] = i == 0;
	int status = fit_power(x, N, &lambda);
	tap_ok(status == 0 && fabs(lambda * log(2) * 1e-3 + 1) < 1e-9,
	       "two values, one of them once: -1000 / log 2, got %.15g", lambda);
}

/*
 * Narrow columns far from 0: the likelihood is that of powers of
 * (1 + x) / (1 + origin), an exact quotient in long double.
 */
static void test_narrow(void)
{
	static const double centre[] = { 2000, -2000, 1.7e9, 1e15 }, width[] = { 12, 12, 3e4, 100 };
	static double x[N];
	double lambda;

	for (size_t k = 0; k < 4; k++) {
		for (size_t i = 0; i < N; i++)
			x[i] = floor(centre[k] + width[k] * (exp(0.5 * normal(i)) - 1));
		int status = fit_power(x, N, &lambda);
		tap_ok(status == 0, "%g: lambda %.15g", centre[k], lambda);
		long double p = centre[k] > 0 ? lambda : 2 - lambda, c = fabs(centre[k]);
		long double sum = 0, logs = 0, squares = 0, slopes = 0, size = 0;
		for (int pass = 0; pass < 2; pass++)
			for (size_t i = 0; i < N; i++) {
				long double l = log1pl((fabsl(x[i]) - c) / (1 + c)), t = p * l;
				long double z = expm1l(t) / p, d = z - sum / N;
				logs += pass ? 0 : l;
				sum += pass ? 0 : z;
				squares += pass ? d * d : 0;
				slopes += pass ? d * (t * expl(t) - expm1l(t)) / (p * p) : 0;
				size += pass ? d * d : 0;
			}
		long double g = logs / N - slopes / squares;
		tap_ok(fabsl(g) <= 1e-12L * sqrtl(size / N), "%g: derivative %.1Le of the spread %.1Le",
		       centre[k], g, sqrtl(size / N));
	}
}

static void test_fit_order(void)
{
	static double x[N], y[N];
	static const enum scale_shape shapes[] = { SCALE_LINEAR, SCALE_LOG1P, SCALE_YEO_JOHNSON };
	size_t bad;

	for (size_t i = 0; i < N; i++) {
		x[i] = i % 17 ? 1e6 * exp(normal(i)) : (double)NAN;
		y[(i * 7 + 3) % N] = x[i];
	}
	for (int method = SCALE_ZSCORE; method <= SCALE_NONE; method++)
		for (int impute = SCALE_KEEP_MISSING; impute <= SCALE_CONSTANT; impute++)
			for (size_t s = 0; s < 3; s++) {
				struct scale_how how = { method, impute, 42, impute % 2 ? 0.05 : (double)NAN };
				struct scale_column a = { .shape = shapes[s] }, b = { .shape = shapes[s] };
				bool same = scale_fit(&a, x, N, &how, &bad) == SCALE_OK &&
					    scale_fit(&b, y, N, &how, &bad) == SCALE_OK;
				for (size_t i = 0; i < N && same; i++) {
					double u = scale_apply(&a, x[i]), v = scale_apply(&b, x[i]);
					same = u == v || (isnan(u) && isnan(v) && isnan(x[i]) && !impute);
				}
				tap_ok(same, "method %d, impute %d, shape %zu: order does not matter", method, impute, s);
			}
}

/* A column times c, or plus c, has the same z-scores. */
static void test_fit_invariance(void)
{
	static double x[N], y[N];
	struct scale_how how = { SCALE_ZSCORE, SCALE_KEEP_MISSING, 0, (double)NAN };
	size_t bad;

	for (int k = -1000; k <= 1000; k += 250) {
		struct scale_column a = { .shape = SCALE_LINEAR }, b = { .shape = SCALE_LINEAR };
		bool same = true;
		for (size_t i = 0; i < N; i++) {
			x[i] = normal(i);
			y[i] = ldexp(x[i], k);
		}
		same = scale_fit(&a, x, N, &how, &bad) == SCALE_OK && scale_fit(&b, y, N, &how, &bad) == SCALE_OK;
		for (size_t i = 0; i < N && same; i++)
			same = scale_apply(&a, x[i]) == scale_apply(&b, y[i]);
		tap_ok(same, "times 2^%d: the same z-scores to the bit", k);
	}
}

/* Stored and loaded, a transformation gives the same bits. */
static void test_store(void)
{
	struct scale s = { 0 }, t;
	struct param_list p = { 0 };
	char error[200];
	bool same = true;

	for (size_t i = 0; i < 30; i++) {
		char name[] = { 'a', (char)('a' + i), '\0' };
		struct scale_column *c = scale_add(&s, name);
		c->shape = (enum scale_shape)(i % 3);
		c->lambda = 3 * uniform(i, 1);
		c->origin = i % 6 == 5 ? 100 * uniform(i, 5) : (double)NAN;
		c->low = i % 2 ? -uniform(i, 2) : -(double)INFINITY;
		c->fill = i % 4 ? (double)NAN : uniform(i, 3);
		c->center = normal(i);
		c->scale = uniform(i, 4) + 0.1;
	}
	scale_store(&s, &p);
	tap_ok(scale_load(&t, &p, error) == 0 && t.n == s.n, "loaded");
	for (size_t i = 0; i < s.n; i++)
		for (size_t r = 0; r < 100; r++) {
			double x = r ? 10 * uniform(r, 5) - 0.9 : (double)NAN;
			double a = scale_apply(&s.column[i], x), b = scale_apply(&t.column[i], x);
			same = same && (a == b || (isnan(a) && isnan(b)));
		}
	tap_ok(same, "the same bits");
	scale_free(&s);
	scale_free(&t);
	param_free(&p);
}

int main(void)
{
	test_power();
	test_about();
	test_lambda();
	test_narrow();
	test_fit_order();
	test_fit_invariance();
	test_store();
	return tap_done();
}
