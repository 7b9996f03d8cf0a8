/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cpu.h"
#include "stream/csv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#endif

/*
 * The masks of 64 bytes become positions in groups of eight: writing a few
 * too many costs less than a mispredicted loop end (Langdale & Lemire 2019,
 * "Parsing gigabytes of JSON per second", section 3.1.4).
 */
static inline size_t flatten(uint64_t mask, uint32_t from, uint32_t *at, size_t n_at)
{
	size_t n = (size_t)__builtin_popcountll(mask);
	uint32_t *to = at + n_at, *end = to + n;
	for (; to < end; to += 8) {
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++) {
			to[i] = from + (uint32_t)__builtin_ctzll(mask | (uint64_t)1 << 63);
			mask &= mask - 1;
		}
	}
	return n_at + n;
}

static inline uint64_t tail(uint64_t mask, size_t left)
{
	return left < 64 ? mask & (((uint64_t)1 << left) - 1) : mask;
}

#define ONES 0x0101010101010101u
#define LOWS 0x7f7f7f7f7f7f7f7fu

/* 0x80 in exactly the bytes of x that are zero (Warren 2013, section 6-1). */
static inline uint64_t zero_bytes(uint64_t x)
{
	return ~(((x & LOWS) + LOWS) | x | LOWS);
}

/* Bit i: the highest bit of byte i. */
static inline uint64_t gathered(uint64_t highest)
{
	return (highest >> 7) * 0x0102040810204080u >> 56;
}

static size_t scan_plain(const char *s, size_t n, const struct csv_dialect *d, uint32_t *at, bool *care)
{
	const uint64_t delimiter = ONES * (unsigned char)d->delimiter;
	const uint64_t quote = ONES * (unsigned char)d->quote;
	const uint64_t lf = ONES * '\n', cr = ONES * '\r', backslash = ONES * '\\';
	size_t n_at = 0;
	for (size_t i = 0; i < n; i += 64) {
		uint64_t mask = 0, odd = 0;
		for (int k = 0; k < 8; k++) {
			uint64_t x;
			memcpy(&x, s + i + 8 * k, sizeof x);
			uint64_t hit = zero_bytes(x ^ delimiter) | zero_bytes(x ^ quote) |
				       zero_bytes(x ^ lf) | zero_bytes(x ^ cr);
			uint64_t rare = zero_bytes(x & ONES * 0xe0) | zero_bytes(x ^ backslash) |
					(x & ~LOWS);
			mask |= gathered(hit) << 8 * k;
			odd |= gathered(rare) << 8 * k;
		}
		care[i / 64] = tail(odd & ~mask, n - i) != 0;
		n_at = flatten(tail(mask, n - i), (uint32_t)i, at, n_at);
	}
	return n_at;
}

#ifdef HAVE_X86
__attribute__((target("avx2,popcnt,bmi"))) static inline uint64_t
mask_avx2(const char *s, __m256i delimiter, __m256i quote, uint64_t *odd)
{
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
	const __m256i blank = _mm256_set1_epi8(' '), backslash = _mm256_set1_epi8('\\');
	uint64_t mask = 0;
	*odd = 0;
	for (int half = 0; half < 2; half++) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(s + 32 * half));
		__m256i hit = _mm256_or_si256(
			_mm256_or_si256(_mm256_cmpeq_epi8(x, delimiter), _mm256_cmpeq_epi8(x, quote)),
			_mm256_or_si256(_mm256_cmpeq_epi8(x, lf), _mm256_cmpeq_epi8(x, cr)));
		/* signed: bytes above 127 are below the blank as well */
		__m256i rare = _mm256_or_si256(_mm256_cmpgt_epi8(blank, x), _mm256_cmpeq_epi8(x, backslash));
		mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << 32 * half;
		*odd |= (uint64_t)(uint32_t)_mm256_movemask_epi8(rare) << 32 * half;
	}
	*odd &= ~mask;
	return mask;
}

__attribute__((target("avx2,popcnt,bmi"))) static size_t
scan_avx2(const char *s, size_t n, const struct csv_dialect *d, uint32_t *at, bool *care)
{
	const __m256i delimiter = _mm256_set1_epi8(d->delimiter);
	const __m256i quote = _mm256_set1_epi8(d->quote);
	size_t n_at = 0;
	for (size_t i = 0; i < n; i += 64) {
		uint64_t odd, mask = mask_avx2(s + i, delimiter, quote, &odd);
		care[i / 64] = tail(odd, n - i) != 0;
		n_at = flatten(tail(mask, n - i), (uint32_t)i, at, n_at);
	}
	return n_at;
}

__attribute__((target("avx512bw,popcnt,bmi"))) static size_t
scan_avx512(const char *s, size_t n, const struct csv_dialect *d, uint32_t *at, bool *care)
{
	const __m512i delimiter = _mm512_set1_epi8(d->delimiter);
	const __m512i quote = _mm512_set1_epi8(d->quote);
	const __m512i lf = _mm512_set1_epi8('\n'), cr = _mm512_set1_epi8('\r');
	const __m512i blank = _mm512_set1_epi8(' '), backslash = _mm512_set1_epi8('\\');
	size_t n_at = 0;
	for (size_t i = 0; i < n; i += 64) {
		__m512i x = _mm512_loadu_si512(s + i);
		uint64_t mask = _mm512_cmpeq_epi8_mask(x, delimiter) | _mm512_cmpeq_epi8_mask(x, quote) |
				_mm512_cmpeq_epi8_mask(x, lf) | _mm512_cmpeq_epi8_mask(x, cr);
		/* signed: bytes above 127 are below the blank as well */
		uint64_t odd = _mm512_cmplt_epi8_mask(x, blank) | _mm512_cmpeq_epi8_mask(x, backslash);
		care[i / 64] = tail(odd & ~mask, n - i) != 0;
		n_at = flatten(tail(mask, n - i), (uint32_t)i, at, n_at);
	}
	return n_at;
}
#endif

bool csv_scan_has(int which)
{
#ifdef HAVE_X86
	if (which == 1)
		return __builtin_cpu_supports("avx2");
	if (which == 2)
		return __builtin_cpu_supports("avx512bw");
#endif
	return which == 0;
}

size_t csv_scan(const char *s, size_t n, const struct csv_dialect *d, int which, uint32_t *at, bool *care)
{
#ifdef HAVE_X86
	if (which < 0)
		which = (int)cpu_vectors();
	if (which == 2 && csv_scan_has(2))
		return scan_avx512(s, n, d, at, care);
	if (which != 0 && csv_scan_has(1))
		return scan_avx2(s, n, d, at, care);
#endif
	(void)which;
	return scan_plain(s, n, d, at, care);
}

uint64_t csv_count_lf(const char *s, size_t n)
{
	uint64_t count = 0;
	size_t i = 0;
#ifdef HAVE_X86
	const __m128i lf = _mm_set1_epi8('\n'), zero = _mm_setzero_si128();
	__m128i total = zero;
	while (n - i >= 16) {
		/* bytes count down from 0 by one a hit: 255 steps at most */
		size_t steps = (n - i) / 16 < 255 ? (n - i) / 16 : 255;
		__m128i hits = zero;
		for (; steps > 0; steps--, i += 16) {
			__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
			hits = _mm_sub_epi8(hits, _mm_cmpeq_epi8(x, lf));
		}
		total = _mm_add_epi64(total, _mm_sad_epu8(hits, zero));
	}
	count = (uint64_t)_mm_cvtsi128_si64(total) +
		(uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total));
#endif
	for (; i < n; i++)
		count += s[i] == '\n';
	return count;
}
