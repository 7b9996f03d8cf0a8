/* SPDX-License-Identifier: MIT */
#include "value/dec.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "value/num.h"

__extension__ typedef unsigned __int128 wide;

#define PICO_PER_UNIT INT64_C(1000000000000)

/* A decimal number's parts: n_whole digits, then n_part after the point, times 10^exponent. */
struct parts {
	const char *whole, *part;
	size_t n_whole, n_part;
	int64_t exponent;
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The exponent is cut to +-2^40, which no text in memory can outweigh. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return NULL;
	int64_t e = 0;
	for (; p < end && is_digit(*p); p++)
		if (e < (INT64_C(1) << 40))
			e = 10 * e + (*p - '0');
	*exponent = negative ? -e : e;
	return p;
}

static bool split(const char *s, size_t n, struct parts *d)
{
	const char *p = s, *end = s + n;
	*d = (struct parts){ .negative = n > 0 && *s == '-' };
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	d->whole = p;
	while (p < end && is_digit(*p))
		p++;
	d->n_whole = (size_t)(p - d->whole);
	if (p < end && *p == '.')
		p++;
	d->part = p;
	while (p < end && is_digit(*p))
		p++;
	d->n_part = (size_t)(p - d->part);
	if (d->n_whole + d->n_part == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &d->exponent);
	return p == end;
}

/* v * 10 + digit; false beyond limit. */
static bool append(wide *v, unsigned digit, wide limit)
{
	if (*v > (limit - digit) / 10)
		return false;
	*v = *v * 10 + digit;
	return true;
}

/*
 * |value| in counts of 10^-places.  Digits beyond are weighed against one
 * half: `dropped` is -1 below, 0 at, 1 above it.
 */
static enum dec_status scale(const struct parts *d, int places, wide limit, wide *out)
{
	size_t n_digits = d->n_whole + d->n_part;
	int64_t keep = (int64_t)d->n_whole + d->exponent + places; /* digits that count */
	wide v = 0;
	bool inexact = false;
	int dropped = -1;
	for (size_t i = 0; i < n_digits; i++) {
		char c = i < d->n_whole ? d->whole[i] : d->part[i - d->n_whole];
		unsigned digit = (unsigned)(c - '0');
		if ((int64_t)i < keep) {
			if (!append(&v, digit, limit))
				return DEC_OVERFLOW;
			continue;
		}
		if ((int64_t)i == keep)
			dropped = digit > 5 ? 1 : digit == 5 ? 0 : -1;
		else if (dropped == 0 && digit > 0)
			dropped = 1;
		inexact |= digit > 0;
	}
	if (v > 0)
		for (int64_t i = (int64_t)n_digits; i < keep; i++)
			if (!append(&v, 0, limit))
				return DEC_OVERFLOW;
	if (dropped > 0 || (dropped == 0 && (v & 1))) {
		if (v == limit)
			return DEC_OVERFLOW;
		v++;
	}
	*out = v;
	return inexact ? DEC_ROUNDED : DEC_OK;
}

enum dec_status dec_parse_pico(const char *s, size_t n, dec_wide *pico)
{
	struct parts d;
	wide v;
	if (!split(s, n, &d))
		return DEC_SYNTAX;
	enum dec_status status = scale(&d, 12, (~(wide)0 >> 1) + d.negative, &v);
	if (status == DEC_OVERFLOW)
		return status;
	*pico = (dec_wide)(d.negative ? 0 - v : v);
	return status;
}

static enum dec_status parse_micro_any(const char *s, size_t n, int64_t *micro)
{
	struct parts d;
	wide v;
	if (!split(s, n, &d))
		return DEC_SYNTAX;
	enum dec_status status = scale(&d, 6, (wide)INT64_MAX + d.negative, &v);
	if (status == DEC_OVERFLOW)
		return status;
	*micro = (int64_t)(d.negative ? 0 - v : v);
	return status;
}

enum dec_status dec_parse_micro(const char *s, size_t n, int64_t *micro)
{
	static const int64_t unit[] = { 1000000, 100000, 10000, 1000, 100, 10, 1 };
	const char *p = s, *end = s + n;
	int64_t v = 0;
	/* The usual case: twelve digits at most, so less than 10^18 millionths. */
	if (n == 0 || n > 12)
		return parse_micro_any(s, n, micro);
	bool negative = *p == '-';
	p += negative;
	const char *digits = p;
	while (p < end && is_digit(*p))
		v = 10 * v + (*p++ - '0');
	ptrdiff_t n_digits = p - digits, n_part = 0;
	if (p < end && *p == '.') {
		digits = ++p;
		while (p < end && is_digit(*p))
			v = 10 * v + (*p++ - '0');
		n_part = p - digits;
		n_digits += n_part;
	}
	if (p != end || n_digits == 0 || n_part > 6)
		return parse_micro_any(s, n, micro);
	v *= unit[n_part];
	*micro = negative ? -v : v;
	return DEC_OK;
}

/* Up to six or twelve digits after the point, without trailing zeros. */
static size_t print_part(char *to, uint64_t part, int places)
{
	if (part == 0)
		return 0;
	while (part % 10 == 0) {
		part /= 10;
		places--;
	}
	to[0] = '.';
	for (int i = places; i > 0; i--) {
		to[i] = (char)('0' + part % 10);
		part /= 10;
	}
	return (size_t)places + 1;
}

size_t dec_print_micro(char to[DEC_MAX], int64_t micro)
{
	uint64_t v = micro < 0 ? 0 - (uint64_t)micro : (uint64_t)micro;
	char *p = to;
	if (micro < 0)
		*p++ = '-';
	p += num_print_uint(p, v / 1000000);
	p += print_part(p, v % 1000000, 6);
	return (size_t)(p - to);
}

size_t dec_print_pico(char to[DEC_MAX], dec_wide pico)
{
	wide v = pico < 0 ? 0 - (wide)pico : (wide)pico;
	char *p = to;
	if (pico < 0)
		*p++ = '-';
	/* most fit 64 bits, of which the division by a constant is a multiplication */
	wide whole = v >> 64 ? v / (uint64_t)PICO_PER_UNIT : (uint64_t)v / (uint64_t)PICO_PER_UNIT;
	const uint64_t chunk = UINT64_C(10000000000000000000); /* 10^19 */
	if (whole >= chunk) {
		p += num_print_uint(p, (uint64_t)(whole / chunk));
		uint64_t rest = (uint64_t)(whole % chunk);
		for (int i = 18; i >= 0; i--) {
			p[i] = (char)('0' + rest % 10);
			rest /= 10;
		}
		p += 19;
	} else {
		p += num_print_uint(p, (uint64_t)whole);
	}
	p += print_part(p, (uint64_t)(v - whole * (uint64_t)PICO_PER_UNIT), 12);
	return (size_t)(p - to);
}

static int leading_zeros(wide v)
{
	uint64_t high = (uint64_t)(v >> 64);
	return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)v);
}

/*
 * a / b, both with the top bit set, as 64 bits of quotient: floor(a / b * 2^63),
 * the lowest bit set if anything remains.
 */
static uint64_t divide(wide a, wide b)
{
	uint64_t q = 0;
	bool carry = false; /* bit 128 of the remainder */
	for (int i = 0; i < 64; i++) {
		bool fits = carry || a >= b;
		if (fits)
			a -= b;
		q = q << 1 | fits;
		carry = a >> 127;
		a <<= 1;
	}
	return q | (carry || a != 0);
}

/* a / b as the nearest double, a > 0. */
static double divide_wide(wide a, wide b)
{
	int shift_a = leading_zeros(a), shift_b = leading_zeros(b), exponent;
	uint64_t q;
	a <<= shift_a;
	if (shift_b >= 64) {
		/* a / b has 64 to 128 bits; those below the first 64 only mark a rest. */
		wide whole = a / (uint64_t)b;
		int low = 64 - leading_zeros(whole);
		bool rest = a % (uint64_t)b != 0 || (whole & (((wide)1 << low) - 1)) != 0;
		q = (uint64_t)(whole >> low) | rest;
		exponent = low - shift_a;
	} else {
		q = divide(a, b << shift_b);
		exponent = shift_b - shift_a - 63;
	}
	/* q has 63 or 64 bits, so the conversion rounds once and ldexp is exact. */
	return ldexp((double)q, exponent);
}

/*
 * Numbers that doubles hold are divided by the processor, which rounds once;
 * sums of money are when what 10^6 divides is taken from both.
 */
static bool divide_short(wide a, wide b, double *x)
{
	const uint64_t exact = UINT64_C(1) << DBL_MANT_DIG, micro = 1000000;
	uint64_t n, d;

	if (a >> 64 || b >> 64)
		return false;
	n = (uint64_t)a;
	d = (uint64_t)b;
	if (n > exact || d > exact) {
		if (n % micro || d % micro || n / micro > exact || d / micro > exact)
			return false;
		n /= micro;
		d /= micro;
	}
	*x = (double)n / (double)d;
	return true;
}

double dec_ratio(dec_wide num, dec_wide den)
{
	wide a = num < 0 ? 0 - (wide)num : (wide)num;
	wide b = den < 0 ? 0 - (wide)den : (wide)den;
	double x;

	if (num == 0)
		return 0;
	if (!divide_short(a, b, &x))
		x = divide_wide(a, b);
	return (num < 0) != (den < 0) ? -x : x;
}

double dec_to_double(dec_wide pico)
{
	return dec_ratio(pico, PICO_PER_UNIT);
}
