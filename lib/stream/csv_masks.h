/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_MASKS_H
#define STREAM_CSV_MASKS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cpu.h"
#include "stream/csv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define CSV_X86 1
#define CSV_AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2")))
#define CSV_AVX512 __attribute__((target("avx512bw,popcnt,bmi,bmi2")))

static inline bool csv_avx2(void)
{
	return cpu_vectors() != CPU_PLAIN && csv_scan_has(1);
}
#endif

/* 64 bytes at a time, bit by bit what they are: shared by csv_scan.c and csv_cut.c. */

struct csv_masks {
	uint64_t delimiter, quote, line; /* line: LF or CR */
	uint64_t odd; /* control bytes, backslashes and bytes above 127; lines and a TAB that delimits as well */
};

static inline uint64_t csv_tail(uint64_t mask, size_t left)
{
	return left < 64 ? mask & (((uint64_t)1 << left) - 1) : mask;
}

/* Those of the first `left` bytes. */
static inline struct csv_masks csv_tails(struct csv_masks m, size_t left)
{
	return (struct csv_masks){ csv_tail(m.delimiter, left), csv_tail(m.quote, left), csv_tail(m.line, left),
				   csv_tail(m.odd, left) };
}

#define CSV_ONES 0x0101010101010101u
#define CSV_LOWS 0x7f7f7f7f7f7f7f7fu

/* 0x80 in exactly the bytes of x that are zero (Warren 2013, section 6-1). */
static inline uint64_t csv_zero_bytes(uint64_t x)
{
	return ~(((x & CSV_LOWS) + CSV_LOWS) | x | CSV_LOWS);
}

/* Bit i: the highest bit of byte i. */
static inline uint64_t csv_gathered(uint64_t highest)
{
	return (highest >> 7) * 0x0102040810204080u >> 56;
}

static inline struct csv_masks csv_masks_plain(const char *s, const struct csv_dialect *d)
{
	const uint64_t delimiter = CSV_ONES * (unsigned char)d->delimiter;
	const uint64_t quote = CSV_ONES * (unsigned char)d->quote;
	struct csv_masks m = { 0, 0, 0, 0 };
	for (int k = 0; k < 8; k++) {
		uint64_t x;
		memcpy(&x, s + 8 * k, sizeof x);
		m.delimiter |= csv_gathered(csv_zero_bytes(x ^ delimiter)) << 8 * k;
		m.quote |= csv_gathered(csv_zero_bytes(x ^ quote)) << 8 * k;
		m.line |= csv_gathered(csv_zero_bytes(x ^ CSV_ONES * '\n') |
				       csv_zero_bytes(x ^ CSV_ONES * '\r')) << 8 * k;
		m.odd |= csv_gathered(csv_zero_bytes(x & CSV_ONES * 0xe0) | csv_zero_bytes(x ^ CSV_ONES * '\\') |
				      (x & ~CSV_LOWS)) << 8 * k;
	}
	return m;
}

#ifdef CSV_X86
CSV_AVX2 static inline struct csv_masks csv_half_avx2(const char *s, __m256i delimiter, __m256i quote)
{
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
	const __m256i blank = _mm256_set1_epi8(' '), backslash = _mm256_set1_epi8('\\');
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)s);
	__m256i line = _mm256_or_si256(_mm256_cmpeq_epi8(x, lf), _mm256_cmpeq_epi8(x, cr));
	/* signed: bytes above 127 are below the blank as well */
	__m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(blank, x), _mm256_cmpeq_epi8(x, backslash));
	return (struct csv_masks){ (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, delimiter)),
				   (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(x, quote)),
				   (uint32_t)_mm256_movemask_epi8(line), (uint32_t)_mm256_movemask_epi8(odd) };
}

CSV_AVX2 static inline struct csv_masks csv_masks_avx2(const char *s, const struct csv_dialect *d)
{
	const __m256i delimiter = _mm256_set1_epi8(d->delimiter), quote = _mm256_set1_epi8(d->quote);
	struct csv_masks a = csv_half_avx2(s, delimiter, quote), b = csv_half_avx2(s + 32, delimiter, quote);
	return (struct csv_masks){ a.delimiter | b.delimiter << 32, a.quote | b.quote << 32,
				   a.line | b.line << 32, a.odd | b.odd << 32 };
}

CSV_AVX512 static inline struct csv_masks csv_masks_avx512(const char *s, const struct csv_dialect *d)
{
	const __m512i lf = _mm512_set1_epi8('\n'), cr = _mm512_set1_epi8('\r');
	const __m512i blank = _mm512_set1_epi8(' '), backslash = _mm512_set1_epi8('\\');
	__m512i x = _mm512_loadu_si512(s);
	return (struct csv_masks){ _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(d->delimiter)),
				   _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(d->quote)),
				   _mm512_cmpeq_epi8_mask(x, lf) | _mm512_cmpeq_epi8_mask(x, cr),
				   /* signed: bytes above 127 are below the blank as well */
				   _mm512_cmplt_epi8_mask(x, blank) | _mm512_cmpeq_epi8_mask(x, backslash) };
}
#endif

/* What may stand before a field and behind it; for the quotes of one, also another quote. */
static inline bool csv_is_edge(char c, const struct csv_dialect *d)
{
	return c == d->delimiter || c == d->quote || csv_ends_line(c);
}

/* Of 64 bytes: which are in a quoted field, its first quote included, and which quotes are the second of two in one. */
struct csv_inside {
	uint64_t inside, doubled;
};

/*
 * Quotes followed by their parity alone (Langdale & Lemire 2019, "Parsing
 * gigabytes of JSON per second", section 3.1.1), which is right as long as
 * each one that opens stands behind an edge and each one that closes before
 * one: a delimiter, a line's end, the end of the bytes or, where two make one,
 * the other quote.
 *
 * m: the masks of s[0..n), n in 1..64; s[-1], unless these are the first
 * bytes, and s[n] are readable.  *inside: all ones if s[0] is in a quoted
 * field, which becomes that of s[n].  False: they have to be looked at one by
 * one.
 */
static inline bool csv_quotes_follow(uint64_t *inside, const struct csv_masks *m, const char *s, size_t n, bool first,
				     const struct csv_dialect *d, struct csv_inside *to)
{
	uint64_t x = m->quote, edge = m->delimiter | m->line | m->quote;
	for (int shift = 1; shift < 64; shift *= 2)
		x ^= x << shift;
	x ^= *inside;
	uint64_t open = m->quote & x, close = m->quote & ~x;
	uint64_t before = first || csv_is_edge(s[-1], d), behind = csv_is_edge(s[n], d);
	if ((open & ~(edge << 1 | before)) | (close & ~(edge >> 1 | behind << (n - 1))))
		return false;
	to->inside = x;
	to->doubled = open & (m->quote << 1 | (uint64_t)(!first && s[-1] == d->quote));
	*inside = -(x >> 63);
	return true;
}

#endif
