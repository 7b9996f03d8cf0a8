/* SPDX-License-Identifier: MIT */
#include "value/num_column.h"

#include <math.h>
#include <stdbool.h>

#include "base/cpu.h"
#include "value/num.h"
#include "value/short.h"
#include "value/short_four.h"

/* One cell, given with the place of the separator before it. */
static inline bool parse_one(const char *s, const uint32_t *separator, double *x, size_t *n_empty)
{
	uint32_t start = separator[-1] + 1, n = separator[0] - start;

	if (n == 0) {
		*x = (double)NAN;
		++*n_empty;
		return true;
	}
	return num_parse_cell(s + start, n, x);
}

static const double power[8] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7 };

/* Four words of eight bytes that end where the cells end, and the cells' places. */
struct four {
	__m256i word, length;
};

SHORT_AVX2 static inline struct four
load_four(const char *s, const uint32_t *separator, size_t stride)
{
	long long word[4], pair[4];
	struct four f;

	for (size_t i = 0; i < 4; i++) {
		uint64_t both = short_load64((const char *)(separator + i * stride - 1));
		pair[i] = (long long)both;
		word[i] = (long long)short_load64(s + (both >> 32) - 8);
	}
	f.word = _mm256_set_epi64x(word[3], word[2], word[1], word[0]);
	f.length = _mm256_set_epi64x(pair[3], pair[2], pair[1], pair[0]);
	/* end - (before + 1), modulo 2^32 */
	f.length = _mm256_sub_epi32(_mm256_srli_epi64(f.length, 32),
				    _mm256_add_epi32(f.length, _mm256_set1_epi64x(1)));
	f.length = _mm256_and_si256(f.length, _mm256_set1_epi64x(UINT32_MAX));
	return f;
}

/*
 * As short_marked and the sign do it for one cell (value/num.c), four cells side
 * by side.  A minus counts as a leading 0.  Returns the mask of the cells that are
 * such numbers: at most eight bytes of digits, a minus before, a point among them.
 */
SHORT_AVX2 static inline unsigned parse_four(struct four f, double *x)
{
	const __m256i zeros = _mm256_set1_epi8('0'), none = _mm256_setzero_si256();
	const __m256i one = _mm256_set1_epi64x(1), byte = _mm256_set1_epi64x(0xFF);
	__m256i skip = _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(f.length, 3));
	__m256i text = _mm256_srlv_epi64(f.word, skip);
	__m256i minus = _mm256_cmpeq_epi64(_mm256_and_si256(text, byte), _mm256_set1_epi64x('-'));
	__m256i v = _mm256_sllv_epi64(_mm256_xor_si256(text, zeros), skip);
	__m256i other, mark, behind, before, wrong, n_digits, w;
	__m256d value;

	v = _mm256_andnot_si256(_mm256_and_si256(minus, _mm256_sllv_epi64(byte, skip)), v);
	/* 0x01 in the bytes that are no digits: one at most, a point */
	other = _mm256_andnot_si256(_mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(9)), v),
				    _mm256_set1_epi8(1));
	mark = _mm256_sub_epi64(_mm256_slli_epi64(other, 8), other);
	before = _mm256_sub_epi64(other, one);
	wrong = _mm256_and_si256(other, before);
	wrong = _mm256_or_si256(wrong, _mm256_and_si256(mark, _mm256_xor_si256(
					v, _mm256_set1_epi8('.' ^ '0'))));
	/* without a point all bytes are behind where it would be */
	before = _mm256_andnot_si256(_mm256_cmpeq_epi64(other, none), before);
	behind = _mm256_andnot_si256(_mm256_or_si256(before, mark), v);
	v = _mm256_or_si256(behind, _mm256_slli_epi64(_mm256_and_si256(v, before), 8));
	/* bytes up to and with the point: 7 less them are behind it */
	n_digits = _mm256_sub_epi64(f.length, _mm256_and_si256(minus, one));
	n_digits = _mm256_add_epi64(n_digits, _mm256_cmpgt_epi64(other, none));
	wrong = _mm256_or_si256(wrong, _mm256_cmpgt_epi64(one, n_digits));
	wrong = _mm256_or_si256(wrong, _mm256_cmpgt_epi64(f.length, _mm256_set1_epi64x(8)));
	w = short_four_value(v);
	value = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(w, _mm256_castpd_si256(
					_mm256_set1_pd(0x1p52)))), _mm256_set1_pd(0x1p52));
	before = _mm256_sub_epi64(_mm256_set1_epi64x(7), short_four_count(before));
	before = _mm256_andnot_si256(_mm256_cmpeq_epi64(other, none), before);
	value = _mm256_div_pd(value, _mm256_i64gather_pd(power, before, 8));
	value = _mm256_or_pd(value, _mm256_castsi256_pd(_mm256_slli_epi64(minus, 63)));
	_mm256_storeu_pd(x, value);
	return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(wrong, none)));
}

SHORT_AVX2 static size_t column_avx2(const char *s, const uint32_t *separator,
							   size_t stride, size_t n, double *x,
							   size_t *n_empty)
{
	size_t i = 0;

	for (; i + 4 <= n; i += 4, separator += 4 * stride) {
		unsigned done = parse_four(load_four(s, separator, stride), x + i);
		for (size_t k = 0; done != 15 && k < 4; k++)
			if (!(done >> k & 1) && !parse_one(s, separator + k * stride, x + i + k, n_empty))
				return i + k;
	}
	for (; i < n; i++, separator += stride)
		if (!parse_one(s, separator, x + i, n_empty))
			return i;
	return n;
}

size_t num_column(const char *s, const uint32_t *separator, size_t stride, size_t n, double *x,
		  size_t *n_empty)
{
	if (cpu_vectors() != CPU_PLAIN)
		return column_avx2(s, separator, stride, n, x, n_empty);
	for (size_t i = 0; i < n; i++, separator += stride)
		if (!parse_one(s, separator, x + i, n_empty))
			return i;
	return n;
}
