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
	tap_ok(scale_power(-7.25, 1) == -7.25 && scale_power(7.25, 1) == 7.25, "power 1 changes nothing");
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
		tap_ok(scale_power_fit(x, N, &lambda) == 0, "%s: fitted, lambda %.15g", kind[k], lambda);
		tap_ok(fabs(plain_gradient(x, N, lambda)) <= 1e-12, "%s: derivative %.1e", kind[k],
		       plain_gradient(x, N, lambda));
		for (double at = -1.3; at < 3; at += 0.7)
			tap_ok(fabs(scale_power_gradient(x, N, at) - plain_gradient(x, N, at)) <=
			       1e-11 * (1 + fabs(plain_gradient(x, N, at))), "%s: derivative at %g", kind[k], at);
	}
	for (size_t i = 0; i < N; i++)
		x[i] = scale_power_inverse(3 + normal(i), 0.3);
	scale_power_fit(x, N, &lambda);
	tap_ok(fabs(lambda - 0.3) < 0.1, "the power that made the data is found: %g", lambda);
	for (size_t i = 0; i < N; i++)
		x[i] = 5;
	tap_ok(scale_power_fit(x, N, &lambda) == -1, "a constant has none");
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

	for (int k = -300; k <= 300; k += 150) {
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
	test_lambda();
	test_fit_order();
	test_fit_invariance();
	test_store();
	return tap_done();
}
