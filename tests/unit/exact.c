/* SPDX-License-Identifier: MIT */
#include "math/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

static uint64_t state = 88172645463325252u;

static uint64_t random_bits(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Any finite double within 2^-spread..2^spread, either sign. */
static double random_double(int spread)
{
	double m = (double)(random_bits() >> 11) * 0x1p-53 + 0.5;
	double x = ldexp(m, (int)(random_bits() % (unsigned)(2 * spread)) - spread);
	return random_bits() & 1 ? -x : x;
}

static double sum_of(const double *x, size_t n)
{
	struct exact a = {0};
	exact_add_many(&a, x, n);
	return exact_round(&a);
}

static bool same(double a, double b)
{
	return !memcmp(&a, &b, sizeof a);
}

/* glibc's strtod rounds hexadecimal text of any length correctly. */
static double text_value(const struct exact *a)
{
	char text[EXACT_TEXT_MAX + 1];
	text[exact_store(text, a)] = '\0';
	return strtod(text, NULL);
}

static void known_sums(void)
{
	static const struct {
		const char *what;
		double x[6];
		double sum;
	} test[] = {
		{"nothing", {0}, 0},
		{"minus zeros", {-0.0, -0.0}, 0},
		{"tenths", {0.1, 0.1, 0.1, -0.3}, 0x1p-55},
		{"cancellation of huge values", {1e308, 1, -1e308, 1e-300, -1}, 1e-300},
		{"beyond the range and back", {1.7e308, 1.7e308, 1.7e308, -1.7e308, -1.7e308, 3}, 1.7e308},
		{"overflow", {1.7e308, 1.7e308}, INFINITY},
		{"negative overflow", {-1.7e308, -1.7e308}, -INFINITY},
		{"largest, half a unit below the tie", {0x1.fffffffffffffp1023, 0x1p969}, 0x1.fffffffffffffp1023},
		{"largest, tie", {0x1.fffffffffffffp1023, 0x1p970}, INFINITY},
		{"tie to even, down", {1, 0x1p-53}, 1},
		{"tie to even, up", {0x1.0000000000001p0, 0x1p-53}, 0x1.0000000000002p0},
		{"tie broken far below", {1, 0x1p-53, 0x1p-1074}, 0x1.0000000000001p0},
		{"tie broken far below, negative", {-1, -0x1p-53, 0x1p-1074}, -1},
		{"subnormals", {0x1p-1074, 0x1p-1074, 0x1p-1022}, 0x1.0000000000002p-1022},
		{"subnormal difference", {0x1p-1022, -0x1p-1074}, 0x0.fffffffffffffp-1022},
		{"negative tiny", {-0x1p-1074}, -0x1p-1074},
		{"infinity", {1, INFINITY, -1e308}, INFINITY},
	};
	for (size_t i = 0; i < sizeof test / sizeof *test; i++) {
		double got = sum_of(test[i].x, 6);
		tap_ok(same(got, test[i].sum), "%s: %a", test[i].what, got);
	}
	double infinities[] = {INFINITY, -INFINITY};
	tap_ok(isnan(sum_of(infinities, 2)), "inf - inf is NaN");
}

/* Sums that fit 128 bits, against the compiler's integers. */
static void against_integers(void)
{
	int bad = 0;
	for (int t = 0; t < 20000; t++) {
		__extension__ __int128 truth = 0;
		struct exact a = {0};
		size_t n = random_bits() % 40;
		unsigned depth = (unsigned)(random_bits() % 50);
		for (size_t i = 0; i < n; i++) {
			int64_t v = (int64_t)random_bits() >> (11 + random_bits() % 40);
			unsigned up = (unsigned)(random_bits() % (depth + 1));
			truth += (__extension__(__int128)1 << up) * v;
			exact_add(&a, ldexp((double)v, (int)up));
		}
		bad += exact_round(&a) != (double)truth;
	}
	tap_ok(!bad, "20000 sums equal 128-bit integers rounded once (%d differ)", bad);
}

static void rounding(void)
{
	int bad = 0;
	for (int t = 0; t < 5000; t++) {
		struct exact a = {0};
		int spread = t % 3 ? 60 : 1000;
		for (size_t n = random_bits() % 8 + 1; n; n--)
			exact_add(&a, random_double(spread));
		if (t % 5 == 0)
			for (int i = 0; i < 3; i++)
				exact_add(&a, (double)(int64_t)random_bits() * 0x1p-1074);
		bad += !same(exact_round(&a), text_value(&a));
	}
	tap_ok(!bad, "5000 sums round as strtod rounds their text (%d differ)", bad);
}

/* Several at once are one after the other, whatever their sizes: near each other,
 * far apart, at the ends of the range, zeros among them. */
static void many_and_one(void)
{
	enum { N = 2500 };
	static double x[N];
	static const int spread[] = { 1, 3, 20, 30, 52, 110, 1000 }, middle[] = { 0, 0, 0, -980, -1020, 960, 1005 };
	int bad = 0;

	for (int t = 0; t < 1400; t++) {
		char one[EXACT_TEXT_MAX], many[EXACT_TEXT_MAX];
		struct exact a = {0}, b = {0};
		size_t n = random_bits() % (t % 10 ? 40 : N), n_one, n_many;

		for (size_t i = 0; i < n; i++) {
			x[i] = ldexp(random_double(spread[t % 7]), middle[t / 7 % 7]);
			if (random_bits() % 20 == 0)
				x[i] = random_bits() & 1 ? 0 : -0.0;
			if (!isfinite(x[i]))
				x[i] = 1;
			exact_add(&a, x[i]);
		}
		exact_add_many(&b, x, n / 3);
		exact_add_many(&b, x + n / 3, n - n / 3);
		n_one = exact_store(one, &a);
		n_many = exact_store(many, &b);
		bad += n_one != n_many || memcmp(one, many, n_one) != 0;
	}
	tap_ok(!bad, "1400 sums of several at once are the sums of one after the other (%d differ)", bad);
}

/* Labels in long runs, in short ones, and at random: sums of values one after the other. */
static void sums_by_label(void)
{
	enum { N = 3000, K = 3 };
	static double x[N];
	static uint32_t label[N];
	int bad = 0;

	for (int t = 0; t < 200; t++) {
		struct exact each[K] = { { .n_adds = 0 } }, one[K] = { { .n_adds = 0 } };
		size_t n = random_bits() % N, run = t % 3 == 0 ? 900 : t % 3 == 1 ? 40 : 1, left = 0;

		for (size_t i = 0; i < n; i++) {
			x[i] = random_double(t % 2 ? 300 : 4);
			label[i] = left ? label[i - 1] : (uint32_t)(random_bits() % K);
			left = left ? left - 1 : random_bits() % run;
			exact_add(&one[label[i]], x[i]);
		}
		exact_add_each(each, label, x, n / 3);
		exact_add_each(each, label + n / 3, x + n / 3, n - n / 3);
		for (size_t l = 0; l < K; l++) {
			char a[EXACT_TEXT_MAX], b[EXACT_TEXT_MAX];
			size_t n_a = exact_store(a, &each[l]), n_b = exact_store(b, &one[l]);
			bad += n_a != n_b || memcmp(a, b, n_a) != 0;
		}
	}
	tap_ok(!bad, "200 times three sums by label are the sums of their values (%d differ)", bad);
}

static void order_and_merge(void)
{
	enum { N = 5000 };
	static double x[N];
	char text[EXACT_TEXT_MAX], other[EXACT_TEXT_MAX];
	struct exact all = {0};
	for (size_t i = 0; i < N; i++)
		x[i] = random_double(i % 2 ? 20 : 900);
	exact_add_many(&all, x, N);
	size_t n = exact_store(text, &all);
	int bad = 0;
	for (int t = 0; t < 100; t++) {
		struct exact part[7] = {{.n_adds = 0}};
		for (size_t i = N; i > 1; i--) {
			size_t j = random_bits() % i;
			double v = x[i - 1];
			x[i - 1] = x[j];
			x[j] = v;
		}
		for (size_t i = 0; i < N; i++)
			exact_add(part + random_bits() % 7, x[i]);
		for (size_t left = 7; left > 1; left--) {
			size_t to = random_bits() % (left - 1);
			exact_merge(part + to, part + left - 1);
		}
		bad += exact_store(other, part) != n || memcmp(text, other, n) != 0;
	}
	tap_ok(!bad, "100 orders and merge trees give one text (%d differ)", bad);
	struct exact back;
	tap_ok(!exact_load(&back, text, n) && same(exact_round(&back), exact_round(&all)),
		"the text is read back");
	for (size_t i = 0; i < N; i++)
		exact_add(&back, -x[i]);
	tap_ok(exact_store(text, &back) == 1 && text[0] == '0', "and taking all values off leaves 0");
}

static void many_additions(void)
{
	struct exact a = {0}, b = {0};
	for (int i = 0; i < 3000000; i++) {
		exact_add(&a, 0x1.fffffffffffffp31);
		exact_add(&b, -0x1.fffffffffffffp52);
	}
	tap_ok(exact_round(&a) == 3000000 * 0x1.fffffffffffffp31, "3e6 equal values: carries in time");
	tap_ok(exact_round(&b) == -3000000 * 0x1.fffffffffffffp52, "3e6 equal negative values");
}

static void products(void)
{
	int bad = 0;
	for (int t = 0; t < 20000; t++) {
		double x = random_double(400), y = random_double(400);
		double high = x * y, low = fma(x, y, -high);
		struct exact a = {0};
		exact_add_product(&a, x, y);
		exact_add(&a, -high);
		bad += !same(exact_round(&a), low + 0.0);
	}
	tap_ok(!bad, "x y - round(x y) equals fma's remainder (%d differ)", bad);
	struct exact a = {0};
	exact_add_product(&a, 1e200, 1e200);
	tap_ok(exact_round(&a) == INFINITY, "a product beyond the range is infinite");
	memset(&a, 0, sizeof a);
	exact_add_product(&a, 0x1p-600, 0x1.8p-474);
	tap_ok(exact_round(&a) == 0x1p-1073, "a product below the range is rounded");
	memset(&a, 0, sizeof a);
	exact_add_product(&a, 0x1p-1074, 0x1.fffffffffffffp1023);
	tap_ok(exact_round(&a) == 0x1.fffffffffffffp-51, "subnormal times largest");
	exact_add_product(&a, 0, -5);
	tap_ok(exact_round(&a) == 0x1.fffffffffffffp-51, "a zero factor adds nothing");
}

static void texts(void)
{
	static const char *const bad[] = {"", "-", "0x", "0x1", "0x1p", "0x1p-1075", "0x0p-1074",
		"0x01p-1074", "-0", "0x1p-1074 ", "0x1P-1074", "0xgp-1074", "0x100000000p-1074", "infinity",
		"0x1p-1073", "-0x", "0x1p0-1074", "+0x1p-1074", "0x1p+14"};
	static const char *const good[] = {"0", "nan", "inf", "-inf", "0x1p-1074", "-0xffp-18",
		"0x100000001p-1074", "0x1p14", "0x7fffffffp1070"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct exact a;
		tap_ok(exact_load(&a, bad[i], strlen(bad[i])) == -1, "refused: \"%s\"", bad[i]);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct exact a;
		char text[EXACT_TEXT_MAX];
		bool ok = !exact_load(&a, good[i], strlen(good[i]));
		size_t n = ok ? exact_store(text, &a) : 0;
		tap_ok(n == strlen(good[i]) && !memcmp(text, good[i], n), "taken: \"%s\"", good[i]);
	}
}

int main(void)
{
	known_sums();
	against_integers();
	rounding();
	many_and_one();
	sums_by_label();
	order_and_merge();
	many_additions();
	products();
	texts();
	return tap_done();
}
