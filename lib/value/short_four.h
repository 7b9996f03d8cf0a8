/* SPDX-License-Identifier: MIT */
#ifndef VALUE_SHORT_FOUR_H
#define VALUE_SHORT_FOUR_H

#include <immintrin.h>
#include <stdint.h>

/* value/short.h's words, four side by side. */
#define SHORT_AVX2 __attribute__((target("avx2")))

/* How many bytes of each word are not zero, of bytes 0 and 1 or 0 and -1. */
SHORT_AVX2 static inline __m256i short_four_count(__m256i bytes)
{
	return _mm256_sad_epu8(_mm256_and_si256(bytes, _mm256_set1_epi8(1)), _mm256_setzero_si256());
}

/* short_value of each: eight bytes 0..9, the first in the lowest. */
SHORT_AVX2 static inline __m256i short_four_value(__m256i digits)
{
	__m256i x = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(10 | 1 << 8));
	x = _mm256_madd_epi16(x, _mm256_set1_epi32(100 | 1 << 16));
	return _mm256_add_epi64(_mm256_mul_epu32(x, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(x, 32));
}

#endif
