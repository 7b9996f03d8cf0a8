/* SPDX-License-Identifier: MIT */
#include "value/num.h"

#include <string.h>

#include "value/num_big.h"
#include "value/pow5.h"
#include "value/short.h"

__extension__ typedef unsigned __int128 wide;

#define INFINITY_BITS (UINT64_C(0x7FF) << 52)

/* A decimal number as read: w * 10^exponent, unless it has more than 19 digits. */
struct decimal {
	uint64_t w;
	int64_t exponent;
	const char *digits, *end; /* all digits and the point */
	int64_t n_whole, n_part;  /* digits before and after the point */
	bool negative;
};

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') <= 9;
}

/* Appends the digits at p to *w, modulo 2^64; returns where they end. */
static const char *read_digits(const char *p, const char *end, uint64_t *w)
{
	while (end - p >= 8) {
		uint64_t v = short_load64(p);
		if (!short_are_digits(v))
			break;
		*w = *w * 100000000 + short_digits(v);
		p += 8;
	}
	while (p < end && is_digit(*p))
		*w = *w * 10 + (uint64_t)(*p++ - '0');
	return p;
}

/* The exponent is cut to +-10^13, which no text in memory can outweigh. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent)
{
	bool negative = p < end && *p == '-';
	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end)
		return NULL;
	int64_t e = 0;
	for (; p < end && is_digit(*p); p++)
		if (e < INT64_C(1000000000000))
			e = 10 * e + (*p - '0');
	*exponent = negative ? -e : e;
	return p;
}

static bool read_decimal(const char *s, size_t n, struct decimal *d)
{
	const char *p = s, *end = s + n;
	uint64_t w = 0;
	int64_t exponent = 0;
	if (n == 0)
		return false;
	d->negative = *p == '-';
	if (*p == '-' || *p == '+')
		p++;
	d->digits = p;
	p = read_digits(p, end, &w);
	d->n_whole = p - d->digits;
	d->n_part = 0;
	if (p < end && *p == '.') {
		const char *part = ++p;
		p = read_digits(p, end, &w);
		d->n_part = p - part;
	}
	d->end = p;
	if (d->n_whole + d->n_part == 0)
		return false;
	if (p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &exponent);
	d->w = w;
	d->exponent = exponent - d->n_part;
	return p == end;
}

/*
 * The bits of the double nearest to w * 10^q, w > 0 (Lemire 2021, "Number
 * parsing at a gigabyte per second", algorithm 1).  *sure is false in the
 * cases where the 128-bit product does not prove it.
 */
static uint64_t eisel_lemire(uint64_t w, int64_t q, bool *sure)
{
	*sure = true;
	if (q < POW5_MIN)
		return 0;
	if (q > 308)
		return INFINITY_BITS;
	int lead = __builtin_clzll(w);
	w <<= lead;
	const uint64_t *power = pow5_table[q - POW5_MIN];
	wide first = (wide)w * power[0];
	uint64_t high = (uint64_t)(first >> 64), low = (uint64_t)first;
	if ((high & 0x1FF) == 0x1FF) { /* the lower half of the power may carry into the result */
		uint64_t more = (uint64_t)(((wide)w * power[1]) >> 64);
		low += more;
		high += low < more;
		*sure = low != UINT64_MAX || (q >= POW5_CEILED && q <= POW5_EXACT);
	}
	int top = (int)(high >> 63);
	uint64_t m = high >> (top + 9); /* 54 bits: one more than a double holds */
	/* 217706 / 2^16 ~ log2(10) */
	int64_t exponent = (q * 217706 >> 16) + 63 + top - lead + 1023;
	if (exponent <= 0) {
		if (exponent <= -63)
			return 0;
		m >>= 1 - exponent;
		return (m + (m & 1)) >> 1; /* a carry into bit 52 is the smallest normal */
	}
	/* Exactly halfway is possible only for these q (section 6): to even then. */
	if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << (top + 9) == high)
		m--;
	m = (m + (m & 1)) >> 1;
	if (m >> 53) {
		m >>= 1;
		exponent++;
	}
	if (exponent >= 0x7FF)
		return INFINITY_BITS;
	return (uint64_t)exponent << 52 | (m & ((UINT64_C(1) << 52) - 1));
}

/* A number of more than 19 digits, or one that eisel_lemire cannot decide. */
static uint64_t nearest_long(const struct decimal *d, int64_t n_digits)
{
	const char *p = d->digits;
	int64_t zeros = 0, n = 0;
	uint64_t w = 0;
	for (; p < d->end && (*p == '0' || *p == '.'); p++)
		zeros += *p == '0';
	if (p == d->end)
		return 0;
	int64_t lead_exponent = d->exponent + n_digits - zeros - 1; /* of the first digit not 0 */
	for (const char *r = p; r < d->end && n < 19; r++) {
		if (*r != '.') {
			w = w * 10 + (uint64_t)(*r - '0');
			n++;
		}
	}
	int64_t q = lead_exponent - n + 1;
	bool sure, sure_above;
	uint64_t bits = eisel_lemire(w, q, &sure);
	if (sure && n_digits - zeros <= 19)
		return bits;
	uint64_t above = eisel_lemire(w + 1, q, &sure_above);
	if (sure && sure_above && bits == above)
		return bits;
	if (lead_exponent > 309)
		return INFINITY_BITS;
	if (lead_exponent < -325)
		return 0;
	return num_big_nearest((struct num_digits){ p, d->end, lead_exponent }, bits);
}

static const double pow10[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
				1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

/* Out of line, so that short texts do not pay for its registers. */
static __attribute__((noinline)) bool parse_long(const char *s, size_t n, double *x)
{
	struct decimal d;
	if (!read_decimal(s, n, &d))
		return false;
	int64_t n_digits = d.n_whole + d.n_part;
	uint64_t bits;
	/* Clinger 1990: both operands exact, so one operation rounds once. */
	if (n_digits <= 19 && d.w >> 53 == 0 && d.exponent >= -22 && d.exponent <= 22) {
		double v = (double)d.w;
		v = d.exponent < 0 ? v / pow10[-d.exponent] : v * pow10[d.exponent];
		*x = d.negative ? -v : v;
		return true;
	}
	bool sure = false;
	if (n_digits > 19)
		bits = nearest_long(&d, n_digits);
	else if (d.w == 0)
		bits = 0;
	else if (bits = eisel_lemire(d.w, d.exponent, &sure), !sure)
		bits = nearest_long(&d, n_digits);
	if (bits >= INFINITY_BITS)
		return false;
	bits |= (uint64_t)d.negative << 63;
	memcpy(x, &bits, sizeof *x);
	return true;
}

/* w / 10^n_part with a sign, w < 2^53: Clinger's case again; the sign without a
 * branch, as it is anybody's guess. */
static void put_quotient(uint64_t w, unsigned n_part, bool minus, double *x)
{
	double v = (double)(int64_t)w / pow10[n_part];
	uint64_t bits;

	memcpy(&bits, &v, sizeof bits);
	bits |= (uint64_t)minus << 63;
	memcpy(x, &bits, sizeof *x);
}

bool num_parse(const char *s, size_t n, double *x)
{
	bool minus = n > 0 && *s == '-';
	uint64_t w;
	unsigned n_part;

	if (n - minus - 1 >= SHORT_MAX ||
	    !short_decimal(short_word(s + minus, n - minus), n - minus, &w, &n_part))
		return parse_long(s, n, x);
	put_quotient(w, n_part, minus, x);
	return true;
}

/* 9 to 16 digits, one of which may be a point, before `end`. */
static bool parse_two_words(const char *end, size_t n, bool minus, double *x)
{
	uint64_t high = short_load64(end - 16) ^ SHORT_ZEROS, low = short_load64(end - 8) ^ SHORT_ZEROS;
	unsigned skip = 8 * (unsigned)(16 - n), n_part = 0;
	uint64_t other_high, other_low, before;

	high = high >> skip << skip;
	other_high = short_no_digits(high);
	other_low = short_no_digits(low);
	if (other_low) {
		unsigned at = (unsigned)__builtin_ctzll(other_low) & 56;
		if (other_high || (other_low & (other_low - 1)) || (low >> at & 0xFF) != ('.' ^ '0'))
			return false;
		before = (UINT64_C(1) << at) - 1;
		low = (low & ~before & ~(UINT64_C(0xFF) << at)) | (low & before) << 8 | high >> 56;
		high <<= 8;
		n_part = 7 - at / 8;
	} else if (other_high) {
		unsigned at = (unsigned)__builtin_ctzll(other_high) & 56;
		if ((other_high & (other_high - 1)) || (high >> at & 0xFF) != ('.' ^ '0'))
			return false;
		before = (UINT64_C(1) << at) - 1;
		high = (high & ~before & ~(UINT64_C(0xFF) << at)) | (high & before) << 8;
		n_part = 15 - at / 8;
	}
	if (short_value(high) >= 90000000) /* 2^53 is above 9 * 10^15 */
		return false;
	put_quotient(short_value(high) * 100000000 + short_value(low), n_part, minus, x);
	return true;
}

bool num_parse_cell(const char *s, size_t n, double *x)
{
	bool minus = n > 0 && *s == '-';
	size_t m = n - minus;

	if (m - 1 < SHORT_MAX) {
		unsigned skip = 8 * (unsigned)(8 - m), n_part;
		uint64_t v = short_load64(s + n - 8), w;
		if (short_marked(v >> skip, m, '.', &w, &n_part)) {
			put_quotient(w, n_part, minus, x);
			return true;
		}
	} else if (m - 1 < 16 && parse_two_words(s + n, m, minus, x)) {
		return true;
	}
	return parse_long(s, n, x);
}

bool num_parse_int(const char *s, size_t n, int64_t *v)
{
	const char *p = s, *end = s + n;
	uint64_t w = 0;
	bool negative = n > 0 && *s == '-';
	if (n > 0 && (*s == '-' || *s == '+'))
		p++;
	if (p == end)
		return false;
	while (p < end && *p == '0')
		p++;
	if (end - p > 19 || read_digits(p, end, &w) != end)
		return false;
	if (w > (uint64_t)INT64_MAX + negative)
		return false;
	*v = (int64_t)(negative ? 0 - w : w);
	return true;
}

bool num_parse_range(const char *s, int64_t *first, int64_t *last)
{
	const char *dots = strstr(s, "..");

	if (!num_parse_int(s, dots ? (size_t)(dots - s) : strlen(s), first))
		return false;
	*last = *first;
	return !dots || num_parse_int(dots + 2, strlen(dots + 2), last);
}
