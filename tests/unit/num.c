/* SPDX-License-Identifier: MIT */
#include "value/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "value/rng.h"

static uint64_t bits_of(double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static double double_of(uint64_t bits)
{
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

/* num_parse of a copy without a byte to spare, so that a sanitizer sees a read past it. */
static bool parse(const char *s, double *x)
{
	size_t n = strlen(s);
	char *exact = malloc(n + 1);
	if (!exact)
		abort();
	memcpy(exact + 1, s, n);
	bool good = num_parse(exact + 1, n, x);
	free(exact);
	return good;
}

/* num_print to no more than NUM_MAX bytes, then a NUL. */
static size_t print(char to[NUM_MAX + 1], double x)
{
	char *exact = malloc(NUM_MAX);
	if (!exact)
		abort();
	size_t n = num_print(exact, x);
	memcpy(to, exact, n);
	to[n] = '\0';
	free(exact);
	return n;
}

/* Whether num_parse gives the bits of glibc's strtod, and refuses what overflows. */
static bool agrees(const char *s)
{
	double expected = strtod(s, NULL), x = 42;
	bool good = parse(s, &x);
	if (isinf(expected))
		return !good && x == 42;
	return good && bits_of(x) == bits_of(expected);
}

static void test_grammar(void)
{
	static const char *const bad[] = {
		"", " ", "+", "-", ".", "+.", "e5", ".e5", "1e", "1e+", "1e-", "1 ", " 1",
		"1\t", "1,5", "1.2.3", "--1", "+-1", "1-", "0x10", "0x1p3", "1p3", "nan", "NaN",
		"inf", "-inf", "infinity", "1e5.0", "1e5e5", "1f", "1L", "1_000", "$1", "1e+-5",
		"1ee5", "12345678a", "a12345678", "1234567/", "1234567:", "12345678.1234567/",
		"1e309", "-1e309", "1.7976931348623159e308", "1e99999999999999999999",
		"\xD9\xA1", "1..", "..1", "1.e", "12345678 ", "0.12345678 ",
	};
	static const char *const good[] = {
		"0", "-0", "+0", "1.", ".5", "-.5", "+1", "00012", "000000000000000000000012",
		"1e5", "1E5", "1e+5", "1e-5", "1.e5", ".5e1", "0e999999999999999999",
		"1e-999999999999999999999", "0.0000000000000000000000", "1e0005",
		"1e-0000000000000000000000005", "12345678", "1234567812345678",
		"1.7976931348623158e308",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		double x = 42;
		tap_ok(!parse(bad[i], &x) && x == 42, "no number: \"%s\"", bad[i]);
	}
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		tap_ok(agrees(good[i]), "a number: \"%s\"", good[i]);
	double x = 42;
	tap_ok(!num_parse("1\0z", 3, &x) && !num_parse("1\0z", 2, &x) && x == 42, "a NUL is no digit");
	tap_ok(num_parse("123456789", 3, &x) && x == 123, "no byte after the length is looked at");
}

static void test_hard(void)
{
	/* Paxson 1991, Bryce, Gay, and reports against PHP, Java and David Gay's strtod. */
	static const char *const hard[] = {
		"2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308",
		"4.9406564584124654e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
		"2.4703282292062327208299694e-324", "2.4703282292062327208e-324", "1e-400",
		"1e-324", "3e-324", "1.7976931348623157e308", "1.797693134862315807e308",
		"1.797693134862315808e308", "179769313486231580793728971405301e276",
		"9007199254740993", "9007199254740992.99999999999999999999",
		"9007199254740993.0000000000000000000000000000000000000000001",
		"9007199254740995", "9007199254740991.5",
		"0.500000000000000166533453693773481063544750213623046875",
		"3.518437208883201171875e13", "62.5364939768271845828", "8.10109172351e-10",
		"1.50000000000000011102230246251565", "1.3872389672324e-30",
		"1.448997445238699", "0.1", "0.3", "1e23", "8.5e22", "9e22",
		"8.442911973260991817129021e-309", "5e125", "69e267", "999e-026", "7861e-034",
		"75569e-254", "928609e-261", "9210917e080", "84863171e114", "653777767e273",
		"5232604057e-298", "27235667517e-109", "653532977297e-123",
		"3142213164987e-294", "46202199371337e-072", "231010996856685e-073",
		"9324754620109615e212", "78459735791271921e049", "272104041512242479e200",
		"6802601037806061975e198", "20505426358836677347e-221",
		"836168422905420598437e-234", "4891559871276714924261e222", "9e-265", "85e-037",
		"623e100", "3571e263", "81661e153", "920657e-023", "4603285e-024",
		"87575437e-309", "245540327e122", "6138508175e120", "83356057653e193",
		"619534293513e124", "2335141086879e218", "36167929443327e-159",
		"609610927149051e-255", "3743626360493413e-165", "94080055902682397e-242",
		"899810892172646163e283", "7120190517612959703e120",
		"25188282901709339043e-252", "308984926168550152811e-052",
		"6372891218502368041059e064", "9223372036854775807", "9223372036854775808",
		"18446744073709551615", "18446744073709551616", "18446744073709551615e-19",
		"9999999999999999999e-342", "9999999999999999999e-343", "1e-342", "1e-343",
		"10000000000000000000e-343", "6.9294956446009195e15", "0.1e-322",
		"4503599627475353.5", "4503599627475352.5", "1090544144181609348671888949248",
		"1090544144181609348835077142190",
	};
	for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
		tap_ok(agrees(hard[i]), "hard: %s", hard[i]);
}

/* Exactly halfway between two doubles, and an ulp of the last digit to each side of it. */
static void test_halfway(void)
{
	int n_bad = 0;
	for (uint64_t i = 0; i < 3000; i++) {
		uint64_t bits = rng_bits(1, RNG_TEST, i, 0) >> 1;
		if (i % 3 == 0)
			bits &= (UINT64_C(1) << (1 + i % 52)) - 1; /* subnormal */
		if (bits + 1 >= UINT64_C(0x7FF) << 52)
			continue;
		long double half =
			((long double)double_of(bits) + (long double)double_of(bits + 1)) / 2;
		double below = double_of(bits), above = double_of(bits + 1),
		       even = bits % 2 ? above : below, x = -1;
		char s[1300];
		snprintf(s, sizeof s, "%.1150Le", half);
		char *e = strchr(s, 'e'), *last = e - 1;
		n_bad += !parse(s, &x) || x != even;
		*last = '1';
		n_bad += !parse(s, &x) || x != above;
		*last = '0';
		for (; *last == '0' || *last == '.'; last--)
			if (*last == '0')
				*last = '9';
		--*last;
		n_bad += !parse(s, &x) || x != below;
	}
	tap_ok(n_bad == 0, "halfway cases of 1,151 digits, and their neighbours (%d bad)", n_bad);
}

static void test_random_text(void)
{
	int n_bad = 0;
	char first[1100] = "";
	for (uint64_t i = 0; i < 100000; i++) {
		char s[1100], *p = s;
		uint32_t draw = 0;
		static const int lengths[] = { 1, 3, 8, 9, 16, 17, 18, 19, 20, 21, 30, 800 };
		int n = lengths[rng_below(i % 100 ? 11 : 12, 2, RNG_TEST, i, draw++)];
		int point = (int)rng_below((uint64_t)n + 1, 2, RNG_TEST, i, draw++);
		int zeros = (int)rng_below(4, 2, RNG_TEST, i, draw++) == 0
				    ? (int)rng_below(30, 2, RNG_TEST, i, draw++)
				    : 0;
		if (rng_below(2, 2, RNG_TEST, i, draw++))
			*p++ = '-';
		for (int j = 0; j < n; j++) {
			if (j == point)
				*p++ = '.';
			*p++ = j < zeros ? '0'
					 : (char)('0' + rng_below(10, 2, RNG_TEST, i, draw++));
		}
		*p = '\0';
		if (rng_below(2, 2, RNG_TEST, i, draw++))
			sprintf(p, "e%d", (int)rng_below(700, 2, RNG_TEST, i, draw++) - 350);
		if (!agrees(s) && n_bad++ == 0)
			strcpy(first, s);
	}
	tap_ok(n_bad == 0, "100,000 random texts as strtod %s", first);
}

/* Digits from p on. */
static const char *skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* The grammar of num_parse without exponents. */
static bool is_plain_number(const char *s)
{
	const char *whole = s + (*s == '-' || *s == '+'), *point = skip_digits(whole);
	const char *end = *point == '.' ? skip_digits(point + 1) : point;
	return *end == '\0' && end - whole > (*point == '.');
}

static void test_all_short_texts(void)
{
	static const char used[] = "-.039/:";
	size_t n_bad = 0;
	for (int n = 1; n <= 6; n++) {
		int n_texts = 1;
		for (int i = 0; i < n; i++)
			n_texts *= 7;
		for (int k = 0; k < n_texts; k++) {
			char s[8] = "";
			double x = 42;
			for (int i = 0, rest = k; i < n; i++, rest /= 7)
				s[i] = used[rest % 7];
			n_bad += is_plain_number(s) ? !agrees(s) : parse(s, &x) || x != 42;
		}
	}
	tap_ok(n_bad == 0, "all texts of up to 6 of the bytes %s (%zu bad)", used, n_bad);
	n_bad = 0;
	for (int place = 0; place < 8; place++)
		for (int c = 1; c < 256; c++) {
			char s[10] = "12345678";
			double x = 42;
			s[place] = (char)c;
			if (c == 'e' || c == 'E')
				continue;
			n_bad += is_plain_number(s) ? !agrees(s) : parse(s, &x) || x != 42;
		}
	tap_ok(n_bad == 0, "12345678 with any byte but e anywhere (%zu bad)", n_bad);
}

/* Doubles of all kinds: any bits, subnormal, powers of two, quotients, integers, unit. */
static double sample(uint64_t i)
{
	uint64_t r = rng_bits(3, RNG_TEST, i, 0), t = rng_bits(3, RNG_TEST, i, 1);
	switch (i % 6) {
	case 0:
		return double_of(r & ~(UINT64_C(1) << 62));
	case 1:
		return double_of(r & ~(UINT64_C(0x7FF) << 52));
	case 2:
		return double_of((r % 2046 + 1) << 52) + 0.;
	case 3:
		return (double)(r % 10000000) / (double)(t % 1000 + 1);
	case 4:
		return (double)(r >> (t % 60)) * (t >> 63 ? 0.5 : 4.);
	default:
		return rng_unit(3, RNG_TEST, i, 2) - 0.5;
	}
}

/* The decimal digits * 10^exponent, as glibc reads it. */
static double decimal(long long digits, int exponent)
{
	char s[64];
	snprintf(s, sizeof s, "%llde%d", digits, exponent);
	return strtod(s, NULL);
}

/* x to n significant digits by printf, correctly rounded. */
static void nearest(double x, int n, long long *digits, int *exponent)
{
	char s[64], plain[64], *p = plain;
	snprintf(s, sizeof s, "%.*e", n - 1, x);
	char *e = strchr(s, 'e');
	for (char *q = s; q < e; q++)
		if (*q != '.')
			*p++ = *q;
	*p = '\0';
	*digits = strtoll(plain, NULL, 10);
	*exponent = (int)strtol(e + 1, NULL, 10) - (n - 1);
}

/* x > 0: text reads back as x, nothing shorter does, and nothing as short is closer. */
static bool is_shortest(double x, const char *text)
{
	char plain[NUM_MAX + 1];
	long long digits;
	int exponent, n = 0;
	if (strtod(text, NULL) != x)
		return false;
	for (const char *p = text; *p && *p != 'e'; p++)
		if (*p != '.' && (n > 0 || *p != '0'))
			plain[n++] = *p;
	while (plain[n - 1] == '0')
		n--;
	plain[n] = '\0';
	long long got = strtoll(plain, NULL, 10);
	if (n > 1) {
		nearest(x, n - 1, &digits, &exponent);
		for (int d = -1; d <= 1; d++)
			if (decimal(digits + d, exponent) == x)
				return false;
	}
	nearest(x, n, &digits, &exponent);
	return got == digits || decimal(digits, exponent) != x;
}

static void test_shortest(void)
{
	int n_bad = 0, n_back = 0;
	double first = 0;
	for (uint64_t i = 0; i < 60000; i++) {
		char text[NUM_MAX + 1];
		double x = sample(i), back = -1;
		print(text, x);
		if (x == 0)
			continue;
		n_back += !parse(text, &back) || bits_of(back) != bits_of(x);
		if (!is_shortest(fabs(x), text + (x < 0)) && n_bad++ == 0)
			first = x;
	}
	tap_ok(n_bad == 0, "the shortest and closest text (first bad: %a)", first);
	tap_ok(n_back == 0, "num_parse reads back what num_print wrote");
	n_bad = 0;
	for (int e = -1074; e <= 1023; e++) {
		char text[NUM_MAX + 1];
		double x = ldexp(1, e);
		for (int d = -1; d <= 1; d++) {
			double y = double_of(bits_of(x) + (uint64_t)(int64_t)d);
			if (y == 0)
				continue;
			print(text, y);
			n_bad += !is_shortest(y, text);
		}
	}
	tap_ok(n_bad == 0, "every power of two and its neighbours");
}

static void test_layout(void)
{
	/* What ECMAScript's Number::toString gives, but for -0. */
	static const struct {
		double x;
		const char *text;
	} cases[] = {
		{ 0., "0" }, { -0., "0" }, { 1, "1" }, { -1, "-1" }, { 10, "10" },
		{ 123, "123" }, { 0.1, "0.1" }, { -0.5, "-0.5" }, { 1.5, "1.5" },
		{ 123.456, "123.456" }, { 0.000001, "0.000001" }, { 1e-7, "1e-7" },
		{ 1.5e-7, "1.5e-7" }, { 0.00000123, "0.00000123" },
		{ 1e20, "100000000000000000000" }, { 1e21, "1e+21" }, { 1.5e21, "1.5e+21" },
		{ 123456789012345680000., "123456789012345680000" },
		{ 9007199254740991., "9007199254740991" },
		{ 9007199254740992., "9007199254740992" },
		{ 9007199254740994., "9007199254740994" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" }, { 5e-324, "5e-324" },
		{ 2.2250738585072014e-308, "2.2250738585072014e-308" }, { 4.35, "4.35" },
		{ 0.1 + 0.2, "0.30000000000000004" }, { 1. / 3, "0.3333333333333333" },
		{ 1e22, "1e+22" }, { 1e23, "1e+23" }, { 2e-44, "2e-44" },
		{ 5.684341886080802e-14, "5.684341886080802e-14" }, { 1e100, "1e+100" },
		{ -1.2345678901234567e-6, "-0.0000012345678901234567" },
		{ -2.2250738585072014e-308, "-2.2250738585072014e-308" },
		{ 100000.5, "100000.5" }, { 12345678901234.5, "12345678901234.5" },
		{ 1234567890123456.8, "1234567890123456.8" },
		{ -1234567890123456.8, "-1234567890123456.8" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[NUM_MAX + 1];
		print(text, cases[i].x);
		tap_ok(strcmp(text, cases[i].text) == 0, "%s (%s)", cases[i].text, text);
	}
	char text[NUM_MAX] = "untouched";
	tap_ok(num_print(text, NAN) == 0 && num_print(text, INFINITY) == 0 &&
		       num_print(text, -INFINITY) == 0 && strcmp(text, "untouched") == 0,
	       "nothing for what is not finite");
}

static void test_int(void)
{
	static const char *const good[] = {
		"0", "-0", "+7", "-7", "007", "9223372036854775807", "-9223372036854775808",
		"00000000000000000000000000000000000000000012", "12345678", "123456789",
	};
	static const char *const bad[] = {
		"", "+", "-", "1.", "1.0", "1e3", " 1", "1 ", "9223372036854775808",
		"-9223372036854775809", "18446744073709551617", "99999999999999999999", "0x1",
		"--1", "12345678x",
	};
	int64_t v = 42;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		tap_ok(!num_parse_int(bad[i], strlen(bad[i]), &v) && v == 42, "no integer: \"%s\"",
		       bad[i]);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		tap_ok(num_parse_int(good[i], strlen(good[i]), &v) &&
			       v == strtoll(good[i], NULL, 10),
		       "an integer: %s", good[i]);
	int n_bad = 0;
	for (uint64_t i = 0; i < 50000; i++) {
		uint64_t u = rng_bits(4, RNG_TEST, i, 0) >> rng_below(64, 4, RNG_TEST, i, 1);
		char text[NUM_MAX], expected[NUM_MAX];
		int n = snprintf(expected, sizeof expected, "%llu", (unsigned long long)u);
		n_bad += num_print_uint(text, u) != (size_t)n ||
			 memcmp(text, expected, (size_t)n) != 0;
		n = snprintf(expected, sizeof expected, "%lld", (long long)u);
		n_bad += num_print_int(text, (int64_t)u) != (size_t)n ||
			 memcmp(text, expected, (size_t)n) != 0;
		n_bad += !num_parse_int(expected, (size_t)n, &v) || v != (int64_t)u;
	}
	tap_ok(n_bad == 0, "integers of all sizes print as printf and read back");
}

int main(void)
{
	test_grammar();
	test_hard();
	test_halfway();
	test_random_text();
	test_all_short_texts();
	test_layout();
	test_shortest();
	test_int();
	return tap_done();
}
