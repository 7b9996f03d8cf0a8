/* SPDX-License-Identifier: MIT */
#include "math/quantile.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

enum { N = 20000, SHAPES = 13 };
static double x[N], sorted[N], peer[N];

static int by_value(const void *a, const void *b)
{
	double u = *(const double *)a, v = *(const double *)b;
	return (u > v) - (u < v);
}

static double any_double(void)
{
	double d;
	do {
		uint64_t u = (uint64_t)rand() << 33 ^ (uint64_t)rand() << 15 ^ (uint64_t)rand();
		memcpy(&d, &u, sizeof d);
	} while (!isfinite(d));
	return d;
}

/* Shapes that break pivots, digits or signs. */
static double value(int shape, size_t i, size_t n)
{
	switch (shape) {
	case 0: return any_double();
	case 1: return (double)i;
	case 2: return (double)(n - i);
	case 3: return rand() % 5;
	case 4: return 7;
	case 5: return i % 2 ? -0.0 : 0.0;
	case 6: return (double)(i < n / 2 ? i : n - i);
	case 7: return (rand() - 1e9) * 1e-3;
	case 8: return i % 3 ? 1e300 : -5e-324;
	case 9: return 1 + floor(pow(rand() / 1e9, -2)); /* few small ones, a long tail */
	case 10: return exp(rand() % 60 - 20) * (1 + rand() % 7);
	case 11: return rand() % 3 ? 2 : rand() * 1e-9;
	default: return (double)((i * 7919) % (n + 1)) - 0.5 * (double)n;
	}
}

static void sorting(void)
{
	static const size_t size[] = {1, 2, 3, 48, 49, 100, 1499, 1500, 5000, N};
	for (int shape = 0; shape < SHAPES; shape++) {
		int bad = 0;
		for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
			size_t n = size[s];
			for (size_t i = 0; i < n; i++)
				peer[i] = x[i] = value(shape, i, n);
			qsort(peer, n, sizeof *peer, by_value);
			quantile_sort(x, n);
			for (size_t i = 0; i < n; i++)
				bad += x[i] != peer[i] || (x[i] == 0 && signbit(x[i]));
		}
		tap_ok(!bad, "shape %d: sorted as by qsort, zeros positive", shape);
	}
}

static void selecting(void)
{
	static const double p[] = {0.5, 0, 1, 0.2, 0.4, 0.6, 0.8, 0.01, 0.999, 0.29, 0.25, 0.75};
	enum { P = sizeof p / sizeof *p };
	static const size_t size[] = {1, 2, 3, 50, 101, 1000, N};
	for (int shape = 0; shape < SHAPES; shape++) {
		int bad = 0;
		for (size_t s = 0; s < sizeof size / sizeof *size; s++) {
			size_t n = size[s];
			double q[P], of[P];
			size_t at_most[P];
			for (size_t i = 0; i < n; i++)
				sorted[i] = x[i] = value(shape, i, n);
			bad += quantile_of(x, n, p, P, of, at_most) ||
			       memcmp(x, sorted, n * sizeof *x) != 0;
			for (size_t i = 0; i < P; i++) {
				size_t count = 0;
				for (size_t r = 0; r < n; r++)
					count += x[r] <= of[i];
				bad += at_most[i] != count;
			}
			quantile_sort(sorted, n);
			quantile_select(x, n, p, P, q);
			for (size_t i = 0; i < P; i++)
				bad += q[i] != quantile_sorted(sorted, n, p[i]) || q[i] != of[i] ||
				       (q[i] == 0 && (signbit(q[i]) || signbit(of[i])));
			quantile_sort(x, n);
			bad += memcmp(x, sorted, n * sizeof *x) != 0;
		}
		tap_ok(!bad, "shape %d: selection agrees with sorting and only permutes, or leaves all in place", shape);
	}
}

/* Median-of-three killer (Musser 1997): quadratic without the depth bound. */
static void adversary(void)
{
	size_t k = N / 2;
	for (size_t i = 1; i <= k; i++) {
		x[i - 1] = (double)(i % 2 ? i : k + i - 1);
		x[k + i - 1] = (double)(2 * i);
	}
	double half = 0.5, q;
	memcpy(peer, x, sizeof x);
	quantile_select(x, N, &half, 1, &q);
	quantile_sort(peer, N);
	tap_ok(q == quantile_sorted(peer, N, 0.5), "median-of-three killer sequence");
}

static void definitions(void)
{
	/* R 4.2: quantile(c(1,2,4,8,16), c(0.1,0.25,0.5,0.9,1)), type 7 */
	static const double v[] = {1, 2, 4, 8, 16};
	tap_ok(fabs(quantile_sorted(v, 5, 0.1) - 1.4) < 1e-15, "10%% of 1 2 4 8 16 is 1.4");
	tap_ok(quantile_sorted(v, 5, 0.25) == 2, "25%% is 2");
	tap_ok(quantile_sorted(v, 5, 0.5) == 4, "50%% is 4");
	tap_ok(fabs(quantile_sorted(v, 5, 0.9) - 12.8) < 1e-14, "90%% is 12.8");
	tap_ok(quantile_sorted(v, 5, 1) == 16 && quantile_sorted(v, 5, 0) == 1, "0%% and 100%% are the ends");
	tap_ok(quantile_sorted(v, 1, 0.3) == 1, "one value is every quantile");
	int bad = 0;
	for (size_t i = 0; i < 101; i++)
		x[i] = (double)i / 3;
	for (int percent = 0; percent <= 100; percent++)
		bad += quantile_sorted(x, 101, percent / 100.0) != x[percent];
	tap_ok(!bad, "percentiles of 101 values are the values, rounding of (n-1)p notwithstanding");
	for (size_t n = 2; n < 10; n++)
		for (size_t of = n; of < N; of += 13 * n) {
			for (size_t i = 0; i <= of; i++)
				x[i] = (double)i * 1.1;
			for (size_t i = 1; i < n; i++)
				bad += quantile_sorted(x, of + 1, (double)i / (double)n) != x[i * of / n];
		}
	tap_ok(!bad, "cuts at i/n fall on values where n divides (N-1)");
	static const double wide[] = {-1.7e308, 1.7e308};
	tap_ok(quantile_sorted(wide, 2, 0.5) == 0, "no overflow between the largest values");
}

int main(void)
{
	srand(1);
	sorting();
	selecting();
	adversary();
	definitions();
	return tap_done();
}
