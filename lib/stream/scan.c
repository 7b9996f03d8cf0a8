/* SPDX-License-Identifier: MIT */
#include "stream/scan.h"

#include <immintrin.h>

#include "base/cpu.h"

/*
 * 64 bytes a step; the masks become offsets in groups of eight: writing a few
 * too many costs less than a mispredicted loop end (Langdale & Lemire 2019,
 * "Parsing gigabytes of JSON per second", section 3.1.4).
 */
static inline size_t flatten(uint64_t mask, size_t from, uint32_t *index, size_t n)
{
	size_t n_set = (size_t)__builtin_popcountll(mask);

	for (uint32_t *to = index + n, *end = to + n_set; to < end; to += 8)
		for (int i = 0; i < 8; i++) {
			to[i] = (uint32_t)from + (uint32_t)__builtin_ctzll(mask | (uint64_t)1 << 63);
			mask &= mask - 1;
		}
	return n + n_set;
}

static size_t scan_bytes(const char *s, size_t from, size_t to, uint32_t *index, bool *special)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++) {
		char c = s[i];

		if (c == '\r' || c == '\\' || c & 0x80)
			*special = true;
		if (c == '\t' || c == '\n')
			index[n++] = (uint32_t)i;
	}
	return n;
}

/* The whole steps of 64 bytes; *from moves behind them.  SSE2 is part of x86-64. */
static size_t steps_sse2(const char *s, size_t *from, size_t to, uint32_t *index, bool *special)
{
	const __m128i tab = _mm_set1_epi8('\t'), lf = _mm_set1_epi8('\n');
	const __m128i cr = _mm_set1_epi8('\r'), backslash = _mm_set1_epi8('\\');
	__m128i any = _mm_setzero_si128();
	size_t n = 0, i = *from;

	for (; i + 64 <= to; i += 64) {
		uint64_t mask = 0;

		for (int k = 0; k < 64; k += 16) {
			__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s + i + k));
			__m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, tab), _mm_cmpeq_epi8(v, lf));

			any = _mm_or_si128(any, _mm_or_si128(v, _mm_or_si128(_mm_cmpeq_epi8(v, cr),
						_mm_cmpeq_epi8(v, backslash))));
			mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << k;
		}
		n = flatten(mask, i, index, n);
	}
	*special |= _mm_movemask_epi8(any) != 0;
	*from = i;
	return n;
}

__attribute__((target("avx512bw,popcnt,bmi"))) static size_t
steps_avx512(const char *s, size_t *from, size_t to, uint32_t *index, bool *special)
{
	const __m512i tab = _mm512_set1_epi8('\t'), lf = _mm512_set1_epi8('\n');
	const __m512i cr = _mm512_set1_epi8('\r'), backslash = _mm512_set1_epi8('\\');
	uint64_t any = 0;
	size_t n = 0, i = *from;

	for (; i + 64 <= to; i += 64) {
		__m512i v = _mm512_loadu_si512(s + i);

		any |= _mm512_cmpeq_epi8_mask(v, cr) | _mm512_cmpeq_epi8_mask(v, backslash) |
		       _mm512_movepi8_mask(v);
		n = flatten(_mm512_cmpeq_epi8_mask(v, tab) | _mm512_cmpeq_epi8_mask(v, lf), i, index, n);
	}
	*special |= any != 0;
	*from = i;
	return n;
}

__attribute__((target("avx2,popcnt,bmi"))) static size_t
steps_avx2(const char *s, size_t *from, size_t to, uint32_t *index, bool *special)
{
	const __m256i tab = _mm256_set1_epi8('\t'), lf = _mm256_set1_epi8('\n');
	const __m256i cr = _mm256_set1_epi8('\r'), backslash = _mm256_set1_epi8('\\');
	__m256i any = _mm256_setzero_si256();
	size_t n = 0, i = *from;

	for (; i + 64 <= to; i += 64) {
		uint64_t mask = 0;

		for (int k = 0; k < 64; k += 32) {
			__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(s + i + k));
			__m256i hit = _mm256_or_si256(_mm256_cmpeq_epi8(v, tab), _mm256_cmpeq_epi8(v, lf));

			any = _mm256_or_si256(any, _mm256_or_si256(v, _mm256_or_si256(
						_mm256_cmpeq_epi8(v, cr), _mm256_cmpeq_epi8(v, backslash))));
			mask |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << k;
		}
		n = flatten(mask, i, index, n);
	}
	*special |= _mm256_movemask_epi8(any) != 0;
	*from = i;
	return n;
}

bool scan_has(enum scan_path path)
{
	return path == SCAN_SSE2 || (path == SCAN_AVX2 && __builtin_cpu_supports("avx2")) ||
	       (path == SCAN_AVX512 && __builtin_cpu_supports("avx512bw"));
}

size_t scan_separators_by(enum scan_path path, const char *s, size_t from, size_t to, uint32_t *index,
			  bool *special)
{
	size_t n = path == SCAN_AVX512 ? steps_avx512(s, &from, to, index, special)
		 : path == SCAN_AVX2 ? steps_avx2(s, &from, to, index, special)
		 : steps_sse2(s, &from, to, index, special);

	return n + scan_bytes(s, from, to, index + n, special);
}

size_t scan_separators(const char *s, size_t from, size_t to, uint32_t *index, bool *special)
{
	static const enum scan_path path_of[] = { [CPU_PLAIN] = SCAN_SSE2, [CPU_AVX2] = SCAN_AVX2,
						  [CPU_AVX512] = SCAN_AVX512 };
	enum scan_path path = path_of[cpu_vectors()];

	return scan_separators_by(path, s, from, to, index, special);
}

size_t scan_lines(const char *s, size_t n)
{
	const __m128i lf = _mm_set1_epi8('\n'), none = _mm_setzero_si128();
	size_t i = 0, count = 0;

	while (i + 16 <= n) {
		size_t most = (n - i) / 16 < 255 ? (n - i) / 16 : 255; /* that a byte can count */
		__m128i each = none;

		for (size_t k = 0; k < most; k++, i += 16)
			each = _mm_sub_epi8(each, _mm_cmpeq_epi8(_mm_loadu_si128(
						(const __m128i *)(const void *)(s + i)), lf));
		each = _mm_sad_epu8(each, none);
		count += (size_t)_mm_cvtsi128_si64(_mm_add_epi64(each, _mm_srli_si128(each, 8)));
	}
	for (; i < n; i++)
		count += s[i] == '\n';
	return count;
}
