/* SPDX-License-Identifier: MIT */
#include "value/text.h"

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The letter that stands for c after a backslash, or 0. */
static char escape_letter(char c)
{
	switch (c) {
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\\':
		return '\\';
	default:
		return 0;
	}
}

/* The byte that backslash and this letter stand for, or 0. */
static char escaped_byte(char letter)
{
	switch (letter) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case '\\':
		return '\\';
	default:
		return 0;
	}
}

size_t text_escape(char *to, const char *s, size_t n)
{
	char *p = to;
	for (size_t i = 0; i < n; i++) {
		char c = s[i], letter = escape_letter(c);
		if (letter)
			*p++ = '\\';
		*p++ = letter ? letter : c;
	}
	return (size_t)(p - to);
}

size_t text_unescape(char *to, const char *s, size_t n)
{
	char *p = to;
	for (size_t i = 0; i < n; i++) {
		char c = s[i], byte = c == '\\' && i + 1 < n ? escaped_byte(s[i + 1]) : 0;
		i += byte != 0;
		*p++ = byte ? byte : c;
	}
	return (size_t)(p - to);
}

/*
 * Length of the well-formed sequence at s[0..n), n >= 1, that does not begin
 * with an ASCII byte, or 0 (Unicode Standard, table 3-7).
 */
static size_t sequence(const unsigned char *s, size_t n)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t length;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return 0;
	if (s[0] < 0xE0) {
		length = 2;
	} else if (s[0] < 0xF0) {
		length = 3;
		if (s[0] == 0xE0)
			low = 0xA0; /* overlong */
		else if (s[0] == 0xED)
			high = 0x9F; /* surrogates */
	} else {
		length = 4;
		if (s[0] == 0xF0)
			low = 0x90; /* overlong */
		else if (s[0] == 0xF4)
			high = 0x8F; /* above U+10FFFF */
	}
	if (n < length || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return length;
}

/* Length of the ASCII prefix of s[0..n). */
static size_t ascii_prefix(const char *s, size_t n)
{
	size_t i = 0;
#if defined(__SSE2__)
	for (; n - i >= 16; i += 16) {
		int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s + i)));
		if (high)
			return i + (size_t)__builtin_ctz((unsigned)high);
	}
#endif
	while (i < n && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}

size_t text_utf8_prefix(const char *s, size_t n)
{
	size_t i = ascii_prefix(s, n);
	while (i < n) {
		size_t length = sequence((const unsigned char *)s + i, n - i);
		if (length == 0)
			return i;
		i += length;
		if (i < n && (unsigned char)s[i] < 0x80)
			i += ascii_prefix(s + i, n - i);
	}
	return n;
}

size_t text_utf8_put(char to[4], unsigned c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xC0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xE0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3F));
		to[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	to[0] = (char)(0xF0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3F));
	to[2] = (char)(0x80 | (c >> 6 & 0x3F));
	to[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

size_t text_from_1252(char *to, const char *s, size_t n)
{
	static const uint16_t c1[32] = {
		0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
		0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
		0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
		0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
	};
	char *p = to;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c < 0x80) {
			*p++ = (char)c;
			continue;
		}
		char u[4];
		size_t length = text_utf8_put(u, c < 0xA0 ? c1[c - 0x80] : c);
		memcpy(p, u, length);
		p += length;
	}
	return (size_t)(p - to);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span text_trim(struct span a)
{
	static const char no_break[2] = { '\xC2', '\xA0' };
	for (;;) {
		if (a.n >= 1 && is_blank(a.s[0])) {
			a.s++, a.n--;
		} else if (a.n >= 2 && memcmp(a.s, no_break, 2) == 0) {
			a.s += 2, a.n -= 2;
		} else {
			break;
		}
	}
	for (;;) {
		if (a.n >= 1 && is_blank(a.s[a.n - 1]))
			a.n--;
		else if (a.n >= 2 && memcmp(a.s + a.n - 2, no_break, 2) == 0)
			a.n -= 2;
		else
			return a;
	}
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return is_capital(c) ? (char)(c + ('a' - 'A')) : c;
}

size_t text_snake(char *to, const char *s, size_t n)
{
	size_t length = 0;
	bool gap = false;
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		if (!is_lower(c) && !is_capital(c) && !is_digit(c) && (unsigned char)c < 0x80) {
			gap = true;
			continue;
		}
		if (i > 0 && is_capital(c) && (is_lower(s[i - 1]) || is_digit(s[i - 1])))
			gap = true;
		if (gap && length > 0)
			to[length++] = '_';
		gap = false;
		to[length++] = lower(c);
	}
	return length;
}

bool text_same_word(struct span a, const char *word)
{
	size_t i = 0;
	for (; i < a.n && word[i]; i++)
		if (lower(a.s[i]) != lower(word[i]))
			return false;
	return i == a.n && !word[i];
}

bool text_glob(const char *pattern, struct span name)
{
	const char *star = NULL;
	size_t i = 0, from = 0;
	while (i < name.n) {
		if (*pattern == '*') {
			star = ++pattern;
			from = i;
		} else if (*pattern && (*pattern == '?' || *pattern == name.s[i])) {
			pattern++;
			i++;
		} else if (star) {
			/* The last star takes one byte more; earlier ones need no second try. */
			pattern = star;
			i = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
