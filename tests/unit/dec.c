/* SPDX-License-Identifier: MIT */
#include "value/dec.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "value/rng.h"

__extension__ typedef unsigned __int128 wide;

static uint64_t random_bits(uint64_t i, uint32_t draw)
{
	return rng_bits(11, RNG_TEST, i, draw);
}

static uint64_t below(uint64_t n, uint64_t i, uint32_t draw)
{
	return rng_below(n, 11, RNG_TEST, i, draw);
}

/* Below 2^n_bits, all lengths equally likely. */
static wide magnitude(int n_bits, uint64_t i, uint32_t draw)
{
	wide v = (wide)random_bits(i, draw) << 64 | random_bits(i, draw + 1);
	return v >> (127 - (int)below((uint64_t)n_bits, i, draw + 2));
}

/*
 * The reference: v * 10^-places in decimal digits by repeated division, with
 * all its zeros: "-0012.340000" (at least one digit before the point).
 */
static char *plain(char *to, wide v, bool negative, int places)
{
	char digits[64];
	int n = 0;
	while (v > 0 || n <= places) {
		digits[n++] = (char)('0' + (int)(v % 10));
		v /= 10;
	}
	char *p = to;
	if (negative)
		*p++ = '-';
	while (n > 0) {
		if (n == places)
			*p++ = '.';
		*p++ = digits[--n];
	}
	*p = '\0';
	return p;
}

static void cut_zeros(char *s)
{
	char *end = s + strlen(s);
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		*--end = '\0';
	if (strcmp(s, "-0") == 0)
		strcpy(s, "0");
}

static enum dec_status micro(const char *s, int64_t *v)
{
	size_t n = strlen(s);
	char *exact = malloc(n + 1);
	if (!exact)
		abort();
	memcpy(exact + 1, s, n);
	enum dec_status status = dec_parse_micro(exact + 1, n, v);
	free(exact);
	return status;
}

static enum dec_status pico(const char *s, dec_wide *v)
{
	return dec_parse_pico(s, strlen(s), v);
}

static void test_micro(void)
{
	static const struct {
		const char *s;
		enum dec_status status;
		int64_t v;
	} cases[] = {
		{ "0", DEC_OK, 0 }, { "-0", DEC_OK, 0 }, { "-0.000000", DEC_OK, 0 },
		{ "12.35", DEC_OK, 12350000 }, { "+12.35", DEC_OK, 12350000 },
		{ "-12.35", DEC_OK, -12350000 }, { ".5", DEC_OK, 500000 },
		{ "5.", DEC_OK, 5000000 }, { "1e3", DEC_OK, 1000000000 },
		{ "2.5E-2", DEC_OK, 25000 }, { "2.5e-6", DEC_ROUNDED, 2 },
		{ "3.5e-6", DEC_ROUNDED, 4 }, { "123456e-6", DEC_OK, 123456 },
		{ "0.0000005", DEC_ROUNDED, 0 }, { "0.0000015", DEC_ROUNDED, 2 },
		{ "-0.0000015", DEC_ROUNDED, -2 }, { "0.0000025", DEC_ROUNDED, 2 },
		{ "0.00000050000000000000000000000000000001", DEC_ROUNDED, 1 },
		{ "0.00000049999999999999999999999999999999", DEC_ROUNDED, 0 },
		{ "1.0000000000000000", DEC_OK, 1000000 },
		{ "0.9999995", DEC_ROUNDED, 1000000 },
		{ "99999999999999999999e-16", DEC_ROUNDED, 10000000000 },
		{ "9223372036854.775807", DEC_OK, INT64_MAX },
		{ "9223372036854.7758074", DEC_ROUNDED, INT64_MAX },
		{ "9223372036854.7758075", DEC_OVERFLOW, 0 },
		{ "9223372036854.775808", DEC_OVERFLOW, 0 },
		{ "-9223372036854.775808", DEC_OK, INT64_MIN },
		{ "-9223372036854.7758085", DEC_ROUNDED, INT64_MIN },
		{ "-9223372036854.77580851", DEC_OVERFLOW, 0 },
		{ "-9223372036854.775809", DEC_OVERFLOW, 0 }, { "1e13", DEC_OVERFLOW, 0 },
		{ "1e12", DEC_OK, INT64_C(1000000000000000000) },
		{ "1e999999999999999999999", DEC_OVERFLOW, 0 },
		{ "0e999999999999999999999", DEC_OK, 0 },
		{ "1e-999999999999999999999", DEC_ROUNDED, 0 }, { "0.000e5", DEC_OK, 0 },
		{ "0000000000000000000000000000000012.5", DEC_OK, 12500000 },
		{ "0.00000000000000000000000000000000000000000001e44", DEC_OK, 1000000 },
		{ "100000000000000000000000000000000000000000000e-44", DEC_OK, 1000000 },
	};
	static const char *const bad[] = {
		"", " ", "+", "-", ".", "-.", "e5", ".e1", "1e", "1e+", "1e-", "1 ", " 1",
		"1,5", "1.2.3", "--1", "+-1", "0x10", "nan", "inf", "1e5.0", "$1", "1_0",
		"12:30", "1e5x", "\xC2\xA0", "1234567890123x",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t v = 42, expected = cases[i].status == DEC_OVERFLOW ? 42 : cases[i].v;
		tap_ok(micro(cases[i].s, &v) == cases[i].status && v == expected, "micro of %s",
		       cases[i].s);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t v = 42;
		dec_wide w = 42;
		tap_ok(micro(bad[i], &v) == DEC_SYNTAX && v == 42 &&
			       pico(bad[i], &w) == DEC_SYNTAX && w == 42,
		       "no decimal: \"%s\"", bad[i]);
	}
	int64_t v = 42;
	tap_ok(dec_parse_micro("1\0z", 2, &v) == DEC_SYNTAX && v == 42, "a NUL is no digit");
	tap_ok(dec_parse_micro("123", 2, &v) == DEC_OK && v == 12000000,
	       "no byte after the length is looked at");
}

static void test_pico_ends(void)
{
	const dec_wide max = (dec_wide)(~(wide)0 >> 1), min = -max - 1;
	dec_wide v = 42;
	char to[DEC_MAX + 1];
	tap_ok(pico("170141183460469231731687303.715884105727", &v) == DEC_OK && v == max,
	       "the largest pico");
	to[dec_print_pico(to, max)] = '\0';
	tap_ok(strcmp(to, "170141183460469231731687303.715884105727") == 0, "%s", to);
	tap_ok(pico("-170141183460469231731687303.715884105728", &v) == DEC_OK && v == min,
	       "the least pico");
	to[dec_print_pico(to, min)] = '\0';
	tap_ok(strcmp(to, "-170141183460469231731687303.715884105728") == 0, "%s", to);
	v = 42;
	tap_ok(pico("170141183460469231731687303.715884105728", &v) == DEC_OVERFLOW && v == 42,
	       "one more");
	tap_ok(pico("-170141183460469231731687303.715884105729", &v) == DEC_OVERFLOW && v == 42,
	       "one less");
	tap_ok(pico("170141183460469231731687303.7158841057275", &v) == DEC_OVERFLOW && v == 42,
	       "rounds to one more");
	tap_ok(pico("1e27", &v) == DEC_OVERFLOW && pico("1e26", &v) == DEC_OK,
	       "1e26 fits, 1e27 does not");
	v = max;
	tap_ok(dec_add(&v, 0) && !dec_add(&v, 1), "dec_add sees an overflow");
	v = min;
	tap_ok(!dec_add(&v, -1), "and the other one");
	tap_ok(dec_mul(INT64_MIN, INT64_MIN) == (dec_wide)1 << 126, "dec_mul of the extremes");
}

/* Random values as text, with zeros, digits to round off, and an exponent that moves the point. */
static void test_random(void)
{
	int n_exact = 0, n_print = 0, n_round = 0;
	for (uint64_t i = 0; i < 40000; i++) {
		bool negative = below(2, i, 0);
		wide v = magnitude(126, i, 1);
		uint64_t small = (uint64_t)v >> 1;
		char s[128], to[DEC_MAX + 1];
		dec_wide got = 0;
		int64_t got_micro = 0;
		plain(s, v, negative, 12);
		n_exact +=
			pico(s, &got) != DEC_OK || got != (negative ? -(dec_wide)v : (dec_wide)v);
		cut_zeros(s);
		to[dec_print_pico(to, got)] = '\0';
		n_print += strcmp(s, to) != 0;

		char *end = plain(s, small, negative, 6);
		n_exact += micro(s, &got_micro) != DEC_OK ||
			   got_micro != (negative ? -(int64_t)small : (int64_t)small);
		static const char *const tails[] = {
			"4", "49999999999999999999999", "5", "500000", "50001", "51", "9",
		};
		int t = (int)below(7, i, 5);
		strcpy(end, tails[t]);
		int64_t rounded = (int64_t)(small + (t >= 4 || (t >= 2 && small % 2)));
		bool fits = small < INT64_MAX - 1;
		n_round += fits && (micro(s, &got_micro) != DEC_ROUNDED ||
				    got_micro != (negative ? -rounded : rounded));
		plain(s, small, negative, 6);
		cut_zeros(s);
		to[dec_print_micro(to, negative ? -(int64_t)small : (int64_t)small)] = '\0';
		n_print += strcmp(s, to) != 0;
		int places = (int)below(30, i, 6);
		end = plain(s, small, negative, places);
		sprintf(end, "e%d", places - 6);
		n_exact += micro(s, &got_micro) != DEC_OK ||
			   got_micro != (negative ? -(int64_t)small : (int64_t)small);
	}
	tap_ok(n_exact == 0, "random decimals are read exactly, with and without exponents");
	tap_ok(n_print == 0, "they are printed without trailing zeros");
	tap_ok(n_round == 0, "more digits round half to even");
}

/*
 * The reference for ratios: a / b by long division to 400 significant digits
 * and a last 1 if anything remains, read by glibc, which rounds correctly.  No
 * double nor any point halfway between two has as many digits within the range
 * of these quotients.
 */
static double long_division(wide a, wide b)
{
	char s[512], *p = s;
	int exponent = 0;
	wide rest = a % b;
	p = plain(p, a / b, false, 0);
	bool started = a / b > 0;
	*p++ = '.';
	while (p < s + 440 && rest > 0) {
		rest *= 10;
		char digit = (char)('0' + (int)(rest / b));
		rest %= b;
		started |= digit != '0';
		if (started)
			*p++ = digit;
		else
			exponent--;
	}
	if (rest > 0)
		*p++ = '1';
	sprintf(p, "e%d", exponent);
	return strtod(s, NULL);
}

static void test_ratio(void)
{
	int n_bad = 0, n_tie = 0, n_short = 0;
	for (uint64_t i = 0; i < 20000; i++) {
		/* Up to 80 bits, often whole cents: as money is divided by counts. */
		wide unit = below(2, i, 45) ? 10000000000 : 1;
		wide sum = magnitude(80, i, 46) / unit * unit;
		wide count = (wide)(1 + below(5000, i, 47)) * (below(2, i, 48) ? 1000000000000 : 1);
		n_short += sum && dec_ratio((dec_wide)sum, (dec_wide)count) != long_division(sum, count);
		/* 124 bits, so that ten times the remainder fits into 128 */
		wide a = magnitude(124, i, 20), b = magnitude(124, i, 30) + 1;
		bool minus_a = below(2, i, 40), minus_b = below(2, i, 41);
		double x = dec_ratio(minus_a ? -(dec_wide)a : (dec_wide)a,
				     minus_b ? -(dec_wide)b : (dec_wide)b);
		double expected = long_division(a, b);
		n_bad += x != (minus_a != minus_b ? -expected : expected);
		/* A quotient of 54 bits, so halfway, and its neighbours. */
		wide q = (random_bits(i, 42) >> 10) | (UINT64_C(1) << 53) | 1;
		b = (random_bits(i, 43) >> below(60, i, 44)) % (UINT64_C(1) << 60) + 2;
		for (int d = -1; d <= 1; d++) {
			a = (wide)((dec_wide)(q * b) + d);
			n_tie += dec_ratio((dec_wide)a, (dec_wide)b) != long_division(a, b);
		}
	}
	tap_ok(n_short == 0, "averages of money are correctly rounded");
	tap_ok(n_bad == 0, "ratios are correctly rounded");
	tap_ok(n_tie == 0, "at ties and next to them too");
	const dec_wide max = (dec_wide)(~(wide)0 >> 1);
	tap_ok(dec_ratio(max, 1) == 0x1p127 && dec_ratio(-max - 1, 1) == -0x1p127 &&
		       dec_ratio(1, -max - 1) == -0x1p-127 && dec_ratio(max, max) == 1 &&
		       dec_ratio(-max - 1, max) == -1 && dec_ratio(0, max) == 0 &&
		       dec_ratio(1, 3) == 1. / 3 && dec_ratio(max, max - 1) == 1,
	       "ratios of the extremes");
	tap_ok(dec_to_double((dec_wide)100000000000) == 0.1 &&
		       dec_to_double(-(dec_wide)1) == -1e-12 && dec_to_double(0) == 0 &&
		       dec_to_double(max) == 170141183460469231731687303.715884105727,
	       "picos as doubles");
}

int main(void)
{
	test_micro();
	test_pico_ends();
	test_random();
	test_ratio();
	return tap_done();
}
