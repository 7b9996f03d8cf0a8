/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "value/num.h"
#include "value/pow5.h"

__extension__ typedef unsigned __int128 wide;

/* digits * 10^exponent */
struct decimal {
	uint64_t digits;
	int exponent;
};

/* Text of up to 17 digits: n of them from `first`, the buffer padded for copies of 17 bytes. */
struct digits {
	char text[48];
	int first, n;
};

/* The upper 64 bits of g * cp / 2^64, made odd if anything but 0 or 1 is cut off. */
static uint64_t round_to_odd(uint64_t g_high, uint64_t g_low, uint64_t cp)
{
	wide y = (wide)g_high * cp + (uint64_t)((wide)g_low * cp >> 64);
	return (uint64_t)(y >> 64) | ((uint64_t)y > 1);
}

/*
 * The shortest decimal in the rounding interval of a finite x > 0 that is no
 * small integer, and the closest to x of these: Schubfach (Giulietti 2020,
 * "The Schubfach way to render doubles", sections 9 and 10).  May end in zeros.
 */
static struct decimal schubfach(uint64_t bits)
{
	uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
	int biased = (int)(bits >> 52);
	uint64_t c = biased ? fraction | UINT64_C(1) << 52 : fraction;
	int q = (biased ? biased : 1) - 1075;
	bool narrow = fraction == 0 && biased > 1; /* the double below is only half as far */
	uint64_t odd = c & 1;
	int k = (q * 1262611 - (narrow ? 524031 : 0)) >> 22; /* floor(log10(2^q)), or of 3/4 2^q */
	int h = q + (-k * 1741647 >> 19) + 1;                /* 1741647 / 2^19 ~ log2(10) */
	const uint64_t *power = pow5_table[-k - POW5_MIN];
	uint64_t g_low = power[1] + (-k < POW5_CEILED || -k > POW5_EXACT);
	uint64_t lower = round_to_odd(power[0], g_low, (4 * c - 2 + narrow) << h) + odd;
	uint64_t v = round_to_odd(power[0], g_low, (4 * c) << h);
	uint64_t upper = round_to_odd(power[0], g_low, (4 * c + 2) << h) - odd;
	uint64_t s = v / 4;
	if (s >= 10) {
		uint64_t tens = s / 10;
		bool down = lower <= 40 * tens, up = 40 * tens + 40 <= upper;
		if (down != up)
			return (struct decimal){ tens + up, k + 1 };
	}
	bool down = lower <= 4 * s, up = 4 * s + 4 <= upper;
	if (down != up)
		return (struct decimal){ s + up, k };
	uint64_t middle = 4 * s + 2;
	return (struct decimal){ s + (v > middle || (v == middle && (s & 1))), k };
}

/* The eight digits of v < 10^8 as bytes 0..9, the first in the lowest byte. */
static inline __attribute__((always_inline)) uint64_t eight(uint32_t v)
{
	uint64_t w = (v / 10000) | (uint64_t)(v % 10000) << 32;
	uint64_t hundreds = (w * 10486 >> 20) & UINT64_C(0x0000007F0000007F);
	w = hundreds | (w - hundreds * 100) << 16;
	uint64_t tens = (w * 103 >> 10) & UINT64_C(0x000F000F000F000F);
	return tens | (w - tens * 10) << 8;
}

/* v > 0, below 10^17, without leading and trailing zeros. */
static inline __attribute__((always_inline)) struct digits split(uint64_t v)
{
	const uint64_t zeros = UINT64_C(0x3030303030303030);
	struct digits d;
	uint64_t upper = v / 100000000, low = eight((uint32_t)(v % 100000000));
	uint64_t high = eight((uint32_t)(upper % 100000000));
	uint32_t top = (uint32_t)(upper / 100000000);
	d.text[7] = (char)('0' + top);
	uint64_t word = high | zeros;
	memcpy(d.text + 8, &word, 8);
	word = low | zeros;
	memcpy(d.text + 16, &word, 8);
	d.first = top ? 7 : high ? 8 + __builtin_ctzll(high) / 8 : 16 + __builtin_ctzll(low) / 8;
	int end = low ? 24 - __builtin_clzll(low) / 8 : high ? 16 - __builtin_clzll(high) / 8 : 8;
	d.n = end - d.first;
	return d;
}

/* As num_print_uint, but returns the end and needs no more room than the digits. */
static char *put_uint(char *to, uint64_t v)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char text[20], *p = text + sizeof text;
	while (v >= 100) {
		p -= 2;
		memcpy(p, pairs + 2 * (v % 100), 2);
		v /= 100;
	}
	if (v >= 10) {
		p -= 2;
		memcpy(p, pairs + 2 * v, 2);
	} else {
		*--p = (char)('0' + v);
	}
	size_t n = (size_t)(text + sizeof text - p);
	memcpy(to, p, n);
	return to + n;
}

static char *print_exponent(char *p, int e)
{
	*p++ = 'e';
	*p++ = e < 0 ? '-' : '+';
	return put_uint(p, (uint64_t)(e < 0 ? -e : e));
}

size_t num_print(char to[NUM_MAX], double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	bool negative = bits >> 63;
	bits &= ~(UINT64_C(1) << 63);
	if (bits >= UINT64_C(0x7FF) << 52)
		return 0;
	char *p = to;
	if (bits == 0) {
		*p = '0';
		return 1;
	}
	if (negative)
		*p++ = '-';
	double size = negative ? -x : x;
	if (size < 0x1p53 && size == (double)(int64_t)size)
		return (size_t)(put_uint(p, (uint64_t)size) - to);
	struct decimal v = schubfach(bits);
	struct digits d = split(v.digits);
	const char *text = d.text + d.first;
	/* The value is 0.DIGITS * 10^point. */
	int point = v.exponent + 24 - d.first;
	if (point > 21 || point < -5) {
		*p++ = text[0];
		if (d.n > 1) {
			*p++ = '.';
			memcpy(p, text + 1, 16);
			p += d.n - 1;
		}
		p = print_exponent(p, point - 1);
	} else if (point <= 0) {
		memcpy(p, "0.000000", 8);
		p += 2 - point;
		memcpy(p, text, 17);
		p += d.n;
	} else if (point >= d.n) {
		memcpy(p, text, 17);
		memset(p + d.n, '0', (size_t)(point - d.n));
		p += point;
	} else {
		memcpy(p, text, 17);
		/* At most 17 - point digits follow; copies of 16 could leave NUM_MAX. */
		if (point <= 8)
			memcpy(p + point + 1, text + point, 16);
		else
			memcpy(p + point + 1, text + point, 8);
		p[point] = '.';
		p += d.n + 1;
	}
	return (size_t)(p - to);
}

size_t num_print_uint(char to[NUM_MAX], uint64_t v)
{
	return (size_t)(put_uint(to, v) - to);
}

size_t num_print_int(char to[NUM_MAX], int64_t v)
{
	if (v >= 0)
		return num_print_uint(to, (uint64_t)v);
	*to = '-';
	return (size_t)(put_uint(to + 1, 0 - (uint64_t)v) - to);
}
