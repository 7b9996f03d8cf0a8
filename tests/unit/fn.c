/* SPDX-License-Identifier: MIT */
#include "math/fn.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

static uint64_t state = 88172645463325252u;

static double uniform(double low, double high)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return low + (high - low) * (double)(state >> 11) * 0x1p-53;
}

/* Distance in units of the last place of the true value, long double's error
 * (2^-11 of one) aside. */
static double ulps(double got, long double truth)
{
	int e;
	if (truth == got)
		return 0;
	frexpl(truth, &e);
	return (double)fabsl((got - truth) / ldexpl(1, e - 53 < -1074 ? -1074 : e - 53));
}

static void accuracy(const char *name, double (*f)(double), long double (*peer)(long double),
	double low, double high, int scale)
{
	double worst = 0;
	for (int i = 0; i < 20000; i++) {
		double x = scale ? scale * exp(uniform(log(low), log(high))) : uniform(low, high);
		double u = ulps(f(x), peer(x));
		worst = u > worst ? u : worst;
	}
	tap_ok(worst <= 1.002, "%s on %s%g..%g: %.3f ulp", name, scale < 0 ? "-" : "", low, high, worst);
}

static void accuracies(void)
{
	accuracy("exp", fn_exp, expl, -745, 709.78, 0);
	accuracy("exp", fn_exp, expl, -1, 1, 0);
	accuracy("expm1", fn_expm1, expm1l, -40, 709.78, 0);
	accuracy("expm1", fn_expm1, expm1l, -1, 1, 0);
	accuracy("expm1", fn_expm1, expm1l, 1e-310, 1, 1);
	accuracy("expm1", fn_expm1, expm1l, 1e-310, 1, -1);
	accuracy("log", fn_log, logl, 1e-320, 1.7e308, 1);
	accuracy("log", fn_log, logl, 0.5, 2, 0);
	accuracy("log1p", fn_log1p, log1pl, 1e-320, 1.7e308, 1);
	accuracy("log1p", fn_log1p, log1pl, 1e-320, 0.9999, -1);
	accuracy("log1p", fn_log1p, log1pl, -0.5, 1, 0);
	double worst = 0;
	for (int i = 0; i < 20000; i++) {
		double x = exp(uniform(-30, 30)), y = uniform(-20, 20);
		double u = ulps(fn_pow(x, y), powl(x, y));
		worst = u > worst ? u : worst;
	}
	tap_ok(worst <= 1.05, "pow: %.3f ulp", worst);
}

static bool alike(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

/* C99 Annex F, as the C library has it (exact there: no rounding at these). */
static void specials(void)
{
	static const double x[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, -1, 1, -2, 0x1p-1074, -0x1p-1074,
		1e308, -1e308};
	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		double v = x[i];
		bool tiny = fabs(v) < 1;
		if (fabs(v) != 1 && v != -2)
			tap_ok(alike(fn_exp(v), exp(v)) && alike(fn_expm1(v), expm1(v)), "exp, expm1 of %g", v);
		if (tiny || v < 0 || !isfinite(v))
			tap_ok(alike(fn_log1p(v), log1p(v)), "log1p of %g", v);
		if (v <= 0 || v == 1 || !isfinite(v))
			tap_ok(alike(fn_log(v), log(v)), "log of %g", v);
	}
	static const double b[] = {0.0, -0.0, 1, -1, 2, -2, 0.5, INFINITY, -INFINITY, NAN, 3, -3};
	for (size_t i = 0; i < sizeof b / sizeof *b; i++) {
		int bad = 0;
		for (size_t j = 0; j < sizeof b / sizeof *b; j++)
			if (!isnormal(pow(b[i], b[j])) || b[j] == rint(b[j]))
				bad += !alike(fn_pow(b[i], b[j]), pow(b[i], b[j]));
		tap_ok(!bad, "powers of %g", b[i]);
	}
	tap_ok(fn_exp(0) == 1 && fn_log(1) == 0 && fn_exp(-746) == 0 && isinf(fn_exp(710)), "exact cases");
}

/* Stored: mpmath 1.3 at 40 digits, rounded to double, checked to 1 ulp. */
static void stored(void)
{
	tap_ok(ulps(fn_exp(1), 2.718281828459045235360287471352662498L) <= 1, "e");
	tap_ok(ulps(fn_log(10), 2.302585092994045684017991454684364208L) <= 1, "log 10");
	tap_ok(ulps(fn_expm1(1e-10), 1.0000000000500000000016666666667083e-10L) <= 1, "expm1(1e-10)");
	tap_ok(ulps(fn_pow(2, 0.5), 1.414213562373095048801688724209698079L) <= 1, "square root of 2");
}

/* Both over all bit patterns and where the functions are not constant. */
static void many(const char *name, double (*f)(double), void (*f_many)(double *, const double *, size_t))
{
	enum { N = 100001 };
	static double x[N], y[N];
	int bad = 0;
	for (size_t i = 0; i < N; i++) {
		x[i] = uniform(-40, 40);
		if (i % 2)
			memcpy(&x[i], &state, sizeof state);
	}
	f_many(y, x, N);
	for (size_t i = 0; i < N; i++)
		bad += !alike(y[i], f(x[i]));
	tap_ok(!bad, "%s of many gives the bits of one at a time (%d differ)", name, bad);
	f_many(x, x, N);
	f_many(y, y, 0);
	tap_ok(!memcmp(x, y, sizeof x), "%s in place", name);
}

static void vectors(void)
{
	many("exp", fn_exp, fn_exp_many);
	many("expm1", fn_expm1, fn_expm1_many);
	many("log", fn_log, fn_log_many);
	many("log1p", fn_log1p, fn_log1p_many);
}

int main(void)
{
	vectors();
	accuracies();
	specials();
	stored();
	return tap_done();
}
