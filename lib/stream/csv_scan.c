/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "stream/csv_masks.h"

/* Bits behind the n that are there; the words behind them are as yet unset. */
static inline void append(uint64_t *bit, size_t n, uint64_t bits)
{
	bit[n / 64] |= bits << n % 64;
	bit[n / 64 + 1] = bits >> 1 >> (63 - n % 64);
}

/* What is marked of 64 bytes. */
struct found {
	uint64_t structural, other; /* other: no delimiter */
	uint64_t quoted;            /* to be added to the count */
	bool care;
};

#define QUOTED ((uint64_t)1)

static inline __attribute__((always_inline)) struct found find_all(const struct csv_masks *m)
{
	uint64_t other = m->quote | m->line, all = m->delimiter | other;
	return (struct found){ all, other, m->quote ? QUOTED : 0, (m->odd & ~all) != 0 };
}

/* The same without what is in quoted fields, in place.  False: they cannot be followed. */
static bool leave_quotes(struct csv_masks m, const char *s, size_t n, bool first, const struct csv_dialect *d,
			 uint64_t *inside, struct found *f)
{
	struct csv_inside in;
	if (!csv_quotes_follow(inside, &m, s, n, first, d, &in))
		return false;
	f->structural = (m.delimiter | m.line) & ~in.inside;
	f->other = m.line & ~in.inside;
	if (((m.line | (d->delimiter == '\t' ? m.delimiter : 0)) & in.inside) | in.doubled)
		f->quoted += CSV_SPECIAL;
	return true;
}

static inline __attribute__((always_inline)) void count(struct csv_marks *to, size_t i, const struct found *f)
{
	to->care[i / 64 + 1] = to->care[i / 64] + f->care;
	to->quoted[i / 64 + 1] = to->quoted[i / 64] + f->quoted;
}

/* The bits of x where mask has one, side by side (Warren 2013, section 7-4). */
static uint64_t squeezed(uint64_t x, uint64_t mask)
{
	uint64_t bits = 0;
	for (; x; x &= x - 1)
		bits |= (uint64_t)1 << __builtin_popcountll(mask & ((x & -x) - 1));
	return bits;
}

/*
 * The loop of all variants: gives masks_of the 64 bytes at a time, `put` what
 * is marked of them.  Returns how many bytes could be followed; with `fields`
 * the quoted ones are left out.
 */
#define SCAN(masks_of, put)                                                                           \
	do {                                                                                          \
		struct csv_marks to = *marks;                                                         \
		struct csv_dialect own = *d;                                                          \
		uint64_t inside = 0;                                                                  \
		size_t i = 0;                                                                         \
		for (; i < n; i += 64) {                                                              \
			struct csv_masks m = masks_of(s + i, &own);                                   \
			if (n - i < 64)                                                               \
				m = csv_tails(m, n - i);                                              \
			struct found f = find_all(&m);                                                \
			if (fields && (m.quote | inside)) {                                           \
				struct found without = f;                                             \
				uint64_t now = inside;                                                \
				if (!leave_quotes(m, s + i, n - i < 64 ? n - i : 64, i == 0, d, &now, &without)) \
					break;                                                        \
				f = without;                                                          \
				inside = now;                                                         \
			}                                                                             \
			count(&to, i, &f);                                                            \
			to.n = put(&to, i, &f);                                                       \
		}                                                                                     \
		marks->n = to.n;                                                                      \
		return i < n ? i : n;                                                                 \
	} while (0)

static size_t put_plain(const struct csv_marks *to, size_t i, const struct found *f)
{
	size_t n = to->n;
	append(to->other, n, squeezed(f->other, f->structural));
	for (uint64_t left = f->structural; left; left &= left - 1)
		to->at[n++] = (uint32_t)i + (uint32_t)__builtin_ctzll(left);
	return n;
}

static size_t scan_plain(const char *s, size_t n, const struct csv_dialect *d, bool fields, struct csv_marks *marks)
{
	SCAN(csv_masks_plain, put_plain);
}

#ifdef CSV_X86
/*
 * Positions are written in groups of eight: a few too many cost less than a
 * mispredicted loop end (Langdale & Lemire 2019, section 3.1.4).
 */
CSV_AVX2 static inline size_t put_avx2(const struct csv_marks *to, size_t i, const struct found *f)
{
	size_t n = (size_t)_mm_popcnt_u64(f->structural);
	uint32_t *at = to->at + to->n, *end = at + n;
	uint64_t mask = f->structural;
	append(to->other, to->n, _pext_u64(f->other, mask));
	for (; at < end; at += 8) {
#pragma GCC unroll 8
		for (int k = 0; k < 8; k++) {
			at[k] = (uint32_t)i + (uint32_t)_tzcnt_u64(mask);
			mask = _blsr_u64(mask);
		}
	}
	return to->n + n;
}

CSV_AVX2 static size_t scan_avx2(const char *s, size_t n, const struct csv_dialect *d, bool fields,
				 struct csv_marks *marks)
{
	SCAN(csv_masks_avx2, put_avx2);
}

CSV_AVX512 static size_t scan_avx512(const char *s, size_t n, const struct csv_dialect *d, bool fields,
				     struct csv_marks *marks)
{
	SCAN(csv_masks_avx512, put_avx2);
}
#endif

bool csv_scan_has(int which)
{
#ifdef CSV_X86
	if (which == 1)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
	if (which == 2)
		return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi2");
#endif
	return which == 0;
}

static size_t scan(const char *s, size_t n, const struct csv_dialect *d, int which, bool fields,
		   struct csv_marks *to)
{
	to->n = 0;
	to->other[0] = 0;
	to->care[0] = 0;
	to->quoted[0] = 0;
#ifdef CSV_X86
	if (which < 0)
		which = (int)cpu_vectors();
	if (which == 2 && csv_scan_has(2))
		return scan_avx512(s, n, d, fields, to);
	if (which != 0 && csv_scan_has(1))
		return scan_avx2(s, n, d, fields, to);
#endif
	(void)which;
	return scan_plain(s, n, d, fields, to);
}

void csv_scan(const char *s, size_t n, const struct csv_dialect *d, int which, struct csv_marks *to)
{
	(void)scan(s, n, d, which, false, to);
}

size_t csv_scan_fields(const char *s, size_t n, const struct csv_dialect *d, int which, struct csv_marks *to)
{
	return scan(s, n, d, which, true, to);
}

#ifdef CSV_X86
/* Of whole steps of 32 bytes; *done: how many bytes. */
CSV_AVX2 static uint64_t count_lf_avx2(const char *s, size_t n, size_t *done)
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
#ifdef CSV_X86
	if (csv_avx2())
		count = count_lf_avx2(s, n, &i);
#endif
	for (; i < n; i++)
		count += s[i] == '\n';
	return count;
}
