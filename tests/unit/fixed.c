/* SPDX-License-Identifier: MIT */
#include "math/fixed.h"

#include <stdlib.h>

#include "math/exact.h"
#include "tests/unit/tap.h"

enum { N = 10000 };
static double x[N];

static void units(void)
{
	static const double range[] = {1, 0.999, 1.5, 3.7e9, 1e-5, 1e300, 1.7976931348623157e308, 5e-324,
		1e-300, 0};
	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		double unit = fixed_unit(range[i]), counts = range[i] / unit;
		int e;
		tap_ok(frexp(unit, &e) == 0.5 && isnormal(unit) && isnormal(1 / unit),
			"unit for %g is a normal power of two", range[i]);
		tap_ok(counts < 0x1p51 && (counts >= 0x1p50 || range[i] < 1e-290),
			"unit for %g keeps at least 50 bits", range[i]);
	}
}

static void values(void)
{
	double unit = fixed_unit(1000), per_unit = 1 / unit;
	int bad = 0;
	for (int i = 0; i < 100000; i++) {
		double v = (rand() - RAND_MAX / 2) * (1000.0 / RAND_MAX) + rand() * 1e-12;
		int64_t q = fixed_from(v, per_unit);
		bad += q != llrint(v * per_unit) || fabs((double)q * unit - v) > unit / 2;
	}
	tap_ok(!bad, "100000 values are rounded to nearest even (%d are not)", bad);
	tap_ok(fixed_to_double(fixed_from(1000, per_unit), unit) == 1000 &&
		fixed_to_double(fixed_from(-1000, per_unit), unit) == -1000,
		"both ends of the range");
	double top = nextafter(1024, 0), per_top = 1 / fixed_unit(top);
	tap_ok(fixed_from(top, per_top) == INT64_C(1) << 51 && fixed_from(-top, per_top) == -(INT64_C(1) << 51),
		"the largest value may round up to 2^51");
	tap_ok(fixed_from(0.0, per_unit) == 0 && fixed_from(-0.0, per_unit) == 0, "zeros are 0");
}

static void sums(void)
{
	struct exact exact = {0};
	double max_abs = 12345.678;
	for (size_t i = 0; i < N; i++) {
		x[i] = max_abs * (2.0 * rand() / RAND_MAX - 1);
		exact_add(&exact, x[i]);
	}
	double unit = fixed_unit(max_abs), per_unit = 1 / unit;
	dec_wide sum = fixed_sum(x, N, per_unit);
	double error = fabs(fixed_to_double(sum, unit) - exact_round(&exact));
	tap_ok(error <= N * max_abs * 0x1p-51, "sum of 10000 within n max 2^-51 of the exact one");
	tap_ok(error <= 10 * sqrt(N) * max_abs * 0x1p-51, "and mostly within its square root");
	dec_wide other = 0;
	for (size_t part = 0; part < 7; part++)
		for (size_t i = part; i < N; i += 7)
			other += fixed_from(x[i], per_unit);
	tap_ok(other == sum, "any order and split gives the same integer");
	for (size_t i = 0; i < N; i++)
		x[i] = max_abs;
	tap_ok(fixed_sum(x, N, per_unit) == N * (dec_wide)fixed_from(max_abs, per_unit),
		"blocks of the largest value do not overflow");
	for (size_t i = 0; i < N; i++)
		x[i] = (double)((int)i * 7919 % 1001 - 500);
	int64_t whole = 0;
	for (size_t i = 0; i < N; i++)
		whole += (int64_t)x[i];
	tap_ok(fixed_to_double(fixed_sum(x, N, 1 / fixed_unit(500)), fixed_unit(500)) == (double)whole,
		"whole numbers are exact");
	tap_ok(fixed_to_double(((dec_wide)1 << 100) + 1, 0x1p-20) == 0x1p80, "wide sums are rounded once");
}

int main(void)
{
	units();
	values();
	sums();
	return tap_done();
}
