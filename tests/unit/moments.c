/* SPDX-License-Identifier: MIT */
#include "math/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

/* NIST Statistical Reference Datasets, univariate: data and certified values. */
static const double lew[] = {-213, -564, -35, -15, 141, 115, -420, -360, 203, -338, -431, 194,
	-220, -513, 154, -125, -559, 92, -21, -579, -52, 99, -543, -175, 162, -457, -346, 204, -300,
	-474, 164, -107, -572, -8, 83, -541, -224, 180, -420, -374, 201, -236, -531, 83, 27, -564, -112,
	131, -507, -254, 199, -311, -495, 143, -46, -579, -90, 136, -472, -338, 202, -287, -477, 169,
	-124, -568, 17, 48, -568, -135, 162, -430, -422, 172, -74, -577, -13, 92, -534, -243, 194, -355,
	-465, 156, -81, -578, -64, 139, -449, -384, 193, -198, -538, 110, -44, -577, -6, 66, -552, -164,
	161, -460, -344, 205, -281, -504, 134, -28, -576, -118, 156, -437, -381, 200, -220, -540, 83,
	11, -568, -160, 172, -414, -408, 188, -125, -572, -32, 139, -492, -321, 205, -262, -504, 142,
	-83, -574, 0, 48, -571, -106, 137, -501, -266, 190, -391, -406, 194, -186, -553, 83, -13, -577,
	-49, 103, -515, -280, 201, 300, -506, 131, -45, -578, -80, 138, -462, -361, 201, -211, -554, 32,
	74, -533, -235, 187, -372, -442, 182, -147, -566, 25, 68, -535, -244, 194, -351, -463, 174,
	-125, -570, 15, 72, -550, -190, 172, -424, -385, 198, -218, -536, 96};

static const double lottery[] = {162, 671, 933, 414, 788, 730, 817, 33, 536, 875, 670, 236, 473,
	167, 877, 980, 316, 950, 456, 92, 517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435,
	502, 610, 582, 780, 689, 562, 964, 791, 28, 97, 848, 281, 858, 538, 660, 972, 671, 613, 867,
	448, 738, 966, 139, 636, 847, 659, 754, 243, 122, 455, 195, 968, 793, 59, 730, 361, 574, 522,
	97, 762, 431, 158, 429, 414, 22, 629, 788, 999, 187, 215, 810, 782, 47, 34, 108, 986, 25, 644,
	829, 630, 315, 567, 919, 331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372,
	63, 458, 777, 416, 340, 436, 140, 919, 350, 510, 572, 905, 900, 85, 389, 473, 758, 444, 169,
	625, 692, 140, 897, 672, 288, 312, 860, 724, 226, 884, 508, 976, 741, 476, 417, 831, 15, 318,
	432, 241, 114, 799, 955, 833, 358, 935, 146, 630, 830, 440, 642, 356, 373, 271, 715, 367, 393,
	190, 669, 8, 861, 108, 795, 269, 590, 326, 866, 64, 523, 862, 840, 219, 382, 998, 4, 628, 305,
	747, 247, 34, 747, 729, 645, 856, 974, 24, 568, 24, 694, 608, 480, 410, 729, 947, 293, 53, 930,
	223, 203, 677, 227, 62, 455, 387, 318, 562, 242, 428, 968};

static const double mavro[] = {2.00180, 2.00170, 2.00180, 2.00190, 2.00180, 2.00170, 2.00150,
	2.00140, 2.00150, 2.00150, 2.00170, 2.00180, 2.00180, 2.00190, 2.00190, 2.00210, 2.00200,
	2.00160, 2.00140, 2.00130, 2.00130, 2.00150, 2.00150, 2.00160, 2.00150, 2.00140, 2.00130,
	2.00140, 2.00150, 2.00140, 2.00150, 2.00160, 2.00150, 2.00160, 2.00190, 2.00200, 2.00200,
	2.00210, 2.00220, 2.00230, 2.00240, 2.00250, 2.00270, 2.00260, 2.00260, 2.00260, 2.00270,
	2.00260, 2.00250, 2.00240};

static const double michelso[] = {299.85, 299.74, 299.90, 300.07, 299.93, 299.85, 299.95, 299.98,
	299.98, 299.88, 300.00, 299.98, 299.93, 299.65, 299.76, 299.81, 300.00, 300.00, 299.96, 299.96,
	299.96, 299.94, 299.96, 299.94, 299.88, 299.80, 299.85, 299.88, 299.90, 299.84, 299.83, 299.79,
	299.81, 299.88, 299.88, 299.83, 299.80, 299.79, 299.76, 299.80, 299.88, 299.88, 299.88, 299.86,
	299.72, 299.72, 299.62, 299.86, 299.97, 299.95, 299.88, 299.91, 299.85, 299.87, 299.84, 299.84,
	299.85, 299.84, 299.84, 299.84, 299.89, 299.81, 299.81, 299.82, 299.80, 299.77, 299.76, 299.74,
	299.75, 299.76, 299.91, 299.92, 299.89, 299.86, 299.88, 299.72, 299.84, 299.85, 299.85, 299.78,
	299.89, 299.84, 299.78, 299.81, 299.76, 299.81, 299.79, 299.81, 299.82, 299.85, 299.87, 299.87,
	299.81, 299.74, 299.81, 299.94, 299.95, 299.80, 299.81, 299.87};

static bool near(double got, double want, double tol_rel)
{
	return fabs(got - want) <= tol_rel * fabs(want);
}

static struct moments moments_of(const double *x, size_t n)
{
	struct moments m = {0};
	for (size_t i = 0; i < n; i++)
		moments_add(&m, x[i]);
	return m;
}

/*
 * Against the certified values, and against two passes in 64-bit mantissas,
 * whose own error is below 1e-17 for these sets.
 */
static void nist(const char *name, const double *x, size_t n, double mean, double deviation,
	double tol_rel)
{
	struct moments m = moments_of(x, n);
	double got_mean = moments_mean(&m), got_deviation = moments_deviation(&m, 1);
	long double sum = 0, squares = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i];
	sum /= (long double)n;
	for (size_t i = 0; i < n; i++)
		squares += (x[i] - sum) * (x[i] - sum);
	tap_ok(near(got_mean, mean, 1e-15), "%s: certified mean %.15g", name, mean);
	tap_ok(near(got_deviation, deviation, tol_rel), "%s: certified deviation %.15g, got %.15g", name,
		deviation, got_deviation);
	tap_ok(near(got_mean, (double)sum, 1.2e-16), "%s: mean of the doubles", name);
	tap_ok(near(got_deviation, (double)sqrtl(squares / (long double)(n - 1)), 2.3e-16),
		"%s: deviation of the doubles", name);
	tap_ok(near(moments_deviation(&m, 0), (double)sqrtl(squares / (long double)n), 2.3e-16),
		"%s: ddof 0", name);
}

static void nist_sets(void)
{
	static double x[1001];
	nist("Lew", lew, 200, -177.435, 277.332168044316, 2e-15);
	nist("Lottery", lottery, 218, 518.958715596330, 291.699727470969, 2e-15);
	nist("Mavro", mavro, 50, 2.001856, 0.000429123454003053, 1e-12);
	nist("Michelso", michelso, 100, 299.8524, 0.0790105478190518, 2e-14);
	const double one[] = {10000001, 10000003, 10000002};
	nist("NumAcc1", one, 3, 10000002, 1, 0);
	const double base[] = {1.2, 1000000.2, 10000000.2};
	const double low[] = {1.1, 1000000.1, 10000000.1}, high[] = {1.3, 1000000.3, 10000000.3};
	const double tol_rel[] = {1e-15, 1e-9, 1e-8};
	for (int set = 0; set < 3; set++) {
		char name[] = "NumAcc2";
		name[6] = (char)('2' + set);
		x[0] = base[set];
		for (size_t i = 1; i < 1001; i++)
			x[i] = i % 2 ? low[set] : high[set];
		nist(name, x, 1001, base[set], 0.1, tol_rel[set]);
	}
}

/* The first n decimal digits of pi, the 3 included: the spigot of Rabinowitz &
 * Wagon (1995, American Mathematical Monthly 102). */
static void pi_digits(double *digit, size_t n)
{
	size_t len = 10 * n / 3 + 20, out = 0, nines = 0;
	unsigned *a = malloc(len * sizeof *a), before = 0;
	for (size_t i = 0; i < len; i++)
		a[i] = 2;
	for (size_t step = 0; out < n + 1; step++) {
		unsigned long q = 0;
		for (size_t i = len; i-- > 0;) {
			unsigned long x = 10ul * a[i] + q * (i + 1);
			a[i] = (unsigned)(i ? x % (2 * i + 1) : x % 10);
			q = i ? x / (2 * i + 1) : x / 10;
		}
		if (q == 9) {
			nines++;
			continue;
		}
		unsigned carry = q == 10;
		if (step)
			digit[out++] = before + carry;
		for (; nines && out < n + 1; nines--)
			digit[out++] = carry ? 0 : 9;
		before = carry ? 0 : (unsigned)q;
	}
	free(a);
}

/*
 * NIST's PiDigits: 5000 digits of pi, of which its file has one 8 as a 3.  The
 * true digits have the sum 22679, not the certified 22674; with one 8 a 3, the
 * mean, the deviation and (for 41 of the 492 eights) the autocorrelation of
 * lag 1 are the certified ones to 15 digits.
 */
static void nist_pi(void)
{
	static double x[5002];
	static const double first[] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3}, last[] = {2, 6, 0, 4, 7, 2};
	pi_digits(x, 5000);
	tap_ok(!memcmp(x, first, sizeof first) && !memcmp(x + 4994, last, sizeof last),
		"digits of pi: 3141592653...260472");
	struct moments m = moments_of(x, 5000);
	tap_ok(moments_mean(&m) == 22679.0 / 5000, "the true digits: mean 4.5358");
	size_t eight = 0;
	while (x[eight] != 8)
		eight++;
	x[eight] = 3;
	nist("PiDigits", x, 5000, 4.5348, 2.86733906028871, 2e-15);
}

static void constants(void)
{
	const double value[] = {0.1, 1e15 + 0.3, -7, 1e-200, 1e300, 0};
	for (size_t v = 0; v < sizeof value / sizeof *value; v++) {
		struct moments m = {0};
		for (int i = 0; i < 12347; i++)
			moments_add(&m, value[v]);
		tap_ok(moments_variance(&m, 0) == 0 && moments_variance(&m, 1) == 0 &&
			moments_mean(&m) == value[v], "12347 times %g: variance 0, mean exact", value[v]);
	}
	struct moments m = {0};
	tap_ok(isnan(moments_mean(&m)) && isnan(moments_variance(&m, 0)), "no value: no mean, no variance");
	moments_add(&m, 5);
	tap_ok(moments_variance(&m, 0) == 0 && isnan(moments_variance(&m, 1)), "one value: ddof 0 only");
}

/* Integers: n S2 - S1^2 by the compiler's 128 bits, and one correct rounding
 * (both the numerator and n^2 are below 2^53). */
static void integers(void)
{
	int bad = 0;
	srand(1);
	for (int t = 0; t < 3000; t++) {
		struct moments m = {0};
		int64_t n = rand() % 300 + 2, s1 = 0, s2 = 0;
		for (int64_t i = 0; i < n; i++) {
			int v = rand() % 20001 - 10000;
			s1 += v;
			s2 += (int64_t)v * v;
			moments_add(&m, v);
		}
		double numerator = (double)(n * s2 - s1 * s1);
		bad += moments_variance(&m, 0) != numerator / (double)(n * n);
		bad += moments_variance(&m, 1) != numerator / (double)(n * (n - 1));
		bad += moments_mean(&m) != (double)s1 / (double)n;
	}
	tap_ok(!bad, "3000 integer columns: mean and variances correctly rounded (%d differ)", bad);
}

static void merges(void)
{
	struct moments all = {0}, part[5] = {{0}};
	srand(2);
	for (int i = 0; i < 10000; i++) {
		double x = (rand() - 1e9) * 1e-7 + 1e6;
		moments_add(&all, x);
		moments_add(part + rand() % 4, x);
	}
	for (int i = 4; i > 0; i--)
		moments_merge(part + i - 1, part + i);
	tap_ok(part->n == all.n && part->min == all.min && part->max == all.max &&
		moments_mean(part) == moments_mean(&all) &&
		moments_variance(part, 1) == moments_variance(&all, 1), "parts merge to the whole");
	struct moments empty = {0};
	moments_merge(&empty, &all);
	tap_ok(empty.min == all.min && empty.n == all.n, "merging into nothing");
}

static void covariances(void)
{
	struct exact x = {0}, y = {0}, xy = {0};
	int64_t sx = 0, sy = 0, sxy = 0, n = 100;
	for (int64_t i = 0; i < n; i++) {
		int64_t a = i * i % 97, b = 50 - i * 7 % 89;
		exact_add(&x, (double)a);
		exact_add(&y, (double)b);
		exact_add_product(&xy, (double)a, (double)b);
		sx += a;
		sy += b;
		sxy += a * b;
	}
	double want = (double)(n * sxy - sx * sy) / (double)(n * (n - 1));
	tap_ok(moments_covariance((uint64_t)n, &x, &y, &xy, 1) == want, "covariance %.17g", want);
	struct exact minus = {0};
	exact_add_product(&minus, -1, exact_round(&xy));
	struct exact minus_y = {0};
	exact_add(&minus_y, -exact_round(&y));
	tap_ok(moments_covariance((uint64_t)n, &x, &minus_y, &minus, 1) == -want, "and its mirror image");
}

int main(void)
{
	nist_sets();
	nist_pi();
	constants();
	integers();
	merges();
	covariances();
	return tap_done();
}
