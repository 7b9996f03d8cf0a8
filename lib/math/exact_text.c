/* SPDX-License-Identifier: MIT */
#include "math/exact.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

static size_t copy(char *to, const char *s)
{
	size_t n = strlen(s);
	memcpy(to, s, n);
	return n;
}

size_t exact_store(char to[EXACT_TEXT_MAX], const struct exact *a)
{
	if (a->special != 0)
		return copy(to, isnan(a->special) ? "nan" : a->special < 0 ? "-inf" : "inf");
	uint32_t limb[EXACT_LIMBS];
	bool negative = exact_magnitude(a, limb);
	size_t first = 0, end = EXACT_LIMBS;
	while (end && !limb[end - 1])
		end--;
	if (!end)
		return copy(to, "0");
	while (!limb[first])
		first++;
	char *at = to;
	if (negative)
		*at++ = '-';
	at += copy(at, "0x");
	bool started = false;
	for (size_t i = end; i-- > first;)
		for (int shift = 28; shift >= 0; shift -= 4) {
			unsigned digit = limb[i] >> shift & 15;
			started |= digit != 0;
			if (started)
				*at++ = digits[digit];
		}
	at += sprintf(at, "p%d", 32 * (int)first - 1074);
	return (size_t)(at - to);
}

/* The hexadecimal digits s[0..n), lowest last, into chunks from `first` on. */
static int load_digits(struct exact *a, const char *s, size_t n, size_t first)
{
	for (size_t i = 0; i < n; i++) {
		const char *digit = memchr(digits, s[n - 1 - i], 16);
		size_t chunk = first + i / 8;
		if (!digit || chunk >= EXACT_LIMBS)
			return -1;
		int64_t value = (int64_t)(digit - digits) << 4 * (i % 8);
		if (chunk == EXACT_CHUNKS) {
			if (value >> 31)
				return -1;
			a->chunk[chunk - 1] |= value << 32;
		} else {
			a->chunk[chunk] |= value;
		}
	}
	return 0;
}

/* HEXpEXPONENT, the exponent a multiple of 32 above -1074. */
static int load_finite(struct exact *a, const char *s, size_t n)
{
	const char *p = memchr(s, 'p', n);
	int exponent = 0, used = 0;
	char text[8] = "";
	if (!p || n - (size_t)(p + 1 - s) >= sizeof text)
		return -1;
	memcpy(text, p + 1, n - (size_t)(p + 1 - s));
	if (sscanf(text, "%d%n", &exponent, &used) != 1 || text[used])
		return -1;
	if (exponent < -1074 || exponent > 1100 || (exponent + 1074) % 32)
		return -1;
	return load_digits(a, s, (size_t)(p - s), (size_t)(exponent + 1074) / 32);
}

int exact_load(struct exact *a, const char *s, size_t n)
{
	static const struct {
		const char *text;
		double special;
	} word[] = {{"0", 0}, {"nan", NAN}, {"inf", INFINITY}, {"-inf", -INFINITY}};
	struct exact sum = {0};
	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (n == strlen(word[i].text) && !memcmp(s, word[i].text, n)) {
			sum.special = word[i].special;
			*a = sum;
			return 0;
		}
	bool negative = n && s[0] == '-';
	size_t skip = negative ? 3 : 2;
	if (n >= EXACT_TEXT_MAX || n <= skip || memcmp(s + skip - 2, "0x", 2) ||
	    load_finite(&sum, s + skip, n - skip))
		return -1;
	if (negative)
		for (size_t i = 0; i < EXACT_CHUNKS; i++)
			sum.chunk[i] = -sum.chunk[i];
	/* Only the canonical text is taken, so that equal sums stay equal texts. */
	char again[EXACT_TEXT_MAX];
	if (exact_store(again, &sum) != n || memcmp(again, s, n))
		return -1;
	*a = sum;
	return 0;
}
