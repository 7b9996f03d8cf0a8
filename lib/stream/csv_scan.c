/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/cpu.h"
#include "stream/csv.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#endif

/* Bits behind the n that are there; the words behind them are as yet unset. */
static inline void append(uint64_t *bit, size_t n, uint64_t bits)
{
	bit[n / 64] |= bits << n % 64;
	bit[n / 64 + 1] = bits >> 1 >> (63 - n % 64);
}

/* 64 bytes: bit by bit what they are. */
struct masks {
	uint64_t structural;
	uint64_t other; /* structural, but no delimiter */
	uint64_t odd;   /* wants care, if it is not structural */
};

static inline uint64_t tail(uint64_t mask, size_t left)
{
	return left < 64 ? mask & (((uint64_t)1 << left) - 1) : mask;
}

static inline struct masks tails(struct masks m, size_t left)
{
	return (struct masks){ tail(m.structural, left), tail(m.other, left),
			       tail(m.odd, left) };
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

/* The bits of x where mask has one, side by side (Warren 2013, section 7-4). */
static uint64_t squeezed(uint64_t x, uint64_t mask)
{
	uint64_t bits = 0;
	for (; x; x &= x - 1)
		bits |= (uint64_t)1 << __builtin_popcountll(mask & ((x & -x) - 1));
	return bits;
}

static struct masks masks_plain(const char *s, const struct csv_dialect *d)
{
	const uint64_t delimiter = ONES * (unsigned char)d->delimiter;
	const uint64_t quote = ONES * (unsigned char)d->quote;
	struct masks m = { 0, 0, 0 };
	for (int k = 0; k < 8; k++) {
		uint64_t x;
		memcpy(&x, s + 8 * k, sizeof x);
		uint64_t other = zero_bytes(x ^ quote) | zero_bytes(x ^ ONES * '\n') |
				 zero_bytes(x ^ ONES * '\r');
		m.structural |= gathered(zero_bytes(x ^ delimiter) | other) << 8 * k;
		m.other |= gathered(other) << 8 * k;
		m.odd |= gathered(zero_bytes(x & ONES * 0xe0) | zero_bytes(x ^ ONES * '\\') |
				  (x & ~LOWS)) << 8 * k;
	}
	return m;
}

static void scan_plain(const char *s, size_t n, const struct csv_dialect *d, struct csv_marks *to)
{
	for (size_t i = 0; i < n; i += 64) {
		struct masks m = tails(masks_plain(s + i, d), n - i);
		to->care[i / 64 + 1] = to->care[i / 64] + ((m.odd & ~m.structural) != 0);
		append(to->other, to->n, squeezed(m.other, m.structural));
		for (uint64_t left = m.structural; left; left &= left - 1)
			to->at[to->n++] = (uint32_t)i + (uint32_t)__builtin_ctzll(left);
	}
}

#ifdef HAVE_X86
#define AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2")))
#define AVX512 __attribute__((target("avx512bw,popcnt,bmi,bmi2")))

/*
 * Positions are written in groups of eight: a few too many cost less than a
 * mispredicted loop end (Langdale & Lemire 2019, "Parsing gigabytes of JSON
 * per second", section 3.1.4).
 */
AVX2 static inline size_t flatten(uint64_t mask, uint32_t from, uint32_t *at)
{
	size_t n = (size_t)_mm_popcnt_u64(mask);
	for (uint32_t *end = at + n; at < end; at += 8) {
#pragma GCC unroll 8
		for (int i = 0; i < 8; i++) {
			at[i] = from + (uint32_t)_tzcnt_u64(mask);
			mask = _blsr_u64(mask);
		}
	}
	return n;
}

AVX2 static inline struct csv_marks put(struct csv_marks to, size_t i, struct masks m)
{
	to.care[i / 64 + 1] = to.care[i / 64] + ((m.odd & ~m.structural) != 0);
	append(to.other, to.n, _pext_u64(m.other, m.structural));
	to.n += flatten(m.structural, (uint32_t)i, to.at + to.n);
	return to;
}

AVX2 static inline uint64_t bits(__m256i x)
{
	return (uint32_t)_mm256_movemask_epi8(x);
}

AVX2 static inline struct masks masks_avx2(const char *s, __m256i delimiter, __m256i quote)
{
	const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
	const __m256i blank = _mm256_set1_epi8(' '), backslash = _mm256_set1_epi8('\\');
	__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)s);
	__m256i other = _mm256_or_si256(_mm256_cmpeq_epi8(x, quote),
					_mm256_or_si256(_mm256_cmpeq_epi8(x, lf), _mm256_cmpeq_epi8(x, cr)));
	__m256i any = _mm256_or_si256(other, _mm256_cmpeq_epi8(x, delimiter));
	/* signed: bytes above 127 are below the blank as well */
	__m256i odd = _mm256_or_si256(_mm256_cmpgt_epi8(blank, x), _mm256_cmpeq_epi8(x, backslash));
	return (struct masks){ bits(any), bits(other), bits(odd) };
}

AVX2 static void scan_avx2(const char *s, size_t n, const struct csv_dialect *d, struct csv_marks *to)
{
	const __m256i delimiter = _mm256_set1_epi8(d->delimiter);
	const __m256i quote = _mm256_set1_epi8(d->quote);
	struct csv_marks marks = *to;
	for (size_t i = 0; i < n; i += 64) {
		struct masks a = masks_avx2(s + i, delimiter, quote), b = masks_avx2(s + i + 32, delimiter, quote);
		struct masks m = { a.structural | b.structural << 32, a.other | b.other << 32,
				   a.odd | b.odd << 32 };
		marks = put(marks, i, i + 64 <= n ? m : tails(m, n - i));
	}
	to->n = marks.n;
}

AVX512 static inline struct masks masks_avx512(const char *s, __m512i delimiter, __m512i quote)
{
	const __m512i lf = _mm512_set1_epi8('\n'), cr = _mm512_set1_epi8('\r');
	const __m512i blank = _mm512_set1_epi8(' '), backslash = _mm512_set1_epi8('\\');
	__m512i x = _mm512_loadu_si512(s);
	uint64_t other = _mm512_cmpeq_epi8_mask(x, quote) | _mm512_cmpeq_epi8_mask(x, lf) |
			 _mm512_cmpeq_epi8_mask(x, cr);
	/* signed: bytes above 127 are below the blank as well */
	uint64_t odd = _mm512_cmplt_epi8_mask(x, blank) | _mm512_cmpeq_epi8_mask(x, backslash);
	return (struct masks){ _mm512_cmpeq_epi8_mask(x, delimiter) | other, other, odd };
}

AVX512 static void scan_avx512(const char *s, size_t n, const struct csv_dialect *d, struct csv_marks *to)
{
	const __m512i delimiter = _mm512_set1_epi8(d->delimiter);
	const __m512i quote = _mm512_set1_epi8(d->quote);
	struct csv_marks marks = *to;
	for (size_t i = 0; i < n; i += 64)
		marks = put(marks, i, tails(masks_avx512(s + i, delimiter, quote), n - i));
	to->n = marks.n;
}
#endif

bool csv_scan_has(int which)
{
#ifdef HAVE_X86
	if (which == 1)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
	if (which == 2)
		return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2");
#endif
	return which == 0;
}

void csv_scan(const char *s, size_t n, const struct csv_dialect *d, int which, struct csv_marks *to)
{
	to->n = 0;
	to->other[0] = 0;
	to->care[0] = 0;
#ifdef HAVE_X86
	if (which < 0)
		which = (int)cpu_vectors();
	if (which == 2 && csv_scan_has(2))
		scan_avx512(s, n, d, to);
	else if (which != 0 && csv_scan_has(1))
		scan_avx2(s, n, d, to);
	else
#endif
		scan_plain(s, n, d, to);
	(void)which;
}

#ifdef HAVE_X86
/* Of whole steps of 32 bytes; *done: how many bytes. */
AVX2 static uint64_t count_lf_avx2(const char *s, size_t n, size_t *done)
{
	const __m256i lf = _mm256_set1_epi8('\n'), zero = _mm256_setzero_si256();
	__m256i total = zero;
	size_t i = 0;
	while (n - i >= 32) {
		/* bytes count down from 0 by one a hit: 255 steps at most */
		size_t steps = (n - i) / 32 < 255 ? (n - i) / 32 : 255;
		__m256i hits = zero;
		for (; steps > 0; steps--, i += 32) {
			__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(s + i));
			hits = _mm256_sub_epi8(hits, _mm256_cmpeq_epi8(x, lf));
		}
		total = _mm256_add_epi64(total, _mm256_sad_epu8(hits, zero));
	}
	*done = i;
	return (uint64_t)_mm256_extract_epi64(total, 0) + (uint64_t)_mm256_extract_epi64(total, 1) +
	       (uint64_t)_mm256_extract_epi64(total, 2) + (uint64_t)_mm256_extract_epi64(total, 3);
}
#endif

uint64_t csv_count_lf(const char *s, size_t n)
{
	uint64_t count = 0;
	size_t i = 0;
#ifdef HAVE_X86
	if (cpu_vectors() != CPU_PLAIN && csv_scan_has(1))
		count = count_lf_avx2(s, n, &i);
#endif
	for (; i < n; i++)
		count += s[i] == '\n';
	return count;
}
