/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "base/cpu.h"
#include "base/mem.h"
#include "stream/csv_split.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#endif

_Static_assert(sizeof(struct span) == 16 && offsetof(struct span, n) == 8, "a span is two words");

/* The n fields that end at at[0], at[1] ... by fours; the first begins behind at[-1]. */
static inline void fields_sse2(const char *base, const uint32_t *at, size_t n, struct span *field)
{
	const __m128i zero = _mm_setzero_si128(), one = _mm_set1_epi32(1);
	const __m128i origin = _mm_set1_epi64x((long long)(uintptr_t)base);
	for (size_t k = 0; k < n; k += 4, at += 4, field += 4 * CSV_ROWS) {
		__m128i end = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i from = _mm_add_epi32(_mm_loadu_si128((const __m128i *)(const void *)(at - 1)), one);
		__m128i length = _mm_sub_epi32(end, from);
		__m128i s = _mm_add_epi64(_mm_unpacklo_epi32(from, zero), origin);
		__m128i n_s = _mm_unpacklo_epi32(length, zero);
		_mm_storeu_si128((__m128i *)(void *)field, _mm_unpacklo_epi64(s, n_s));
		_mm_storeu_si128((__m128i *)(void *)(field + CSV_ROWS), _mm_unpackhi_epi64(s, n_s));
		s = _mm_add_epi64(_mm_unpackhi_epi32(from, zero), origin);
		n_s = _mm_unpackhi_epi32(length, zero);
		_mm_storeu_si128((__m128i *)(void *)(field + 2 * CSV_ROWS), _mm_unpacklo_epi64(s, n_s));
		_mm_storeu_si128((__m128i *)(void *)(field + 3 * CSV_ROWS), _mm_unpackhi_epi64(s, n_s));
	}
}

#ifdef HAVE_X86
#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline void fields_avx2(const char *base, const uint32_t *at, size_t n, struct span *field)
{
	const __m128i one = _mm_set1_epi32(1);
	const __m256i origin = _mm256_set1_epi64x((long long)(uintptr_t)base);
	for (size_t k = 0; k < n; k += 4, at += 4, field += 4 * CSV_ROWS) {
		__m128i end = _mm_loadu_si128((const __m128i *)(const void *)at);
		__m128i from = _mm_add_epi32(_mm_loadu_si128((const __m128i *)(const void *)(at - 1)), one);
		__m256i n_s = _mm256_cvtepu32_epi64(_mm_sub_epi32(end, from));
		__m256i s = _mm256_add_epi64(_mm256_cvtepu32_epi64(from), origin);
		__m256i even = _mm256_unpacklo_epi64(s, n_s), odd = _mm256_unpackhi_epi64(s, n_s);
		_mm_storeu_si128((__m128i *)(void *)field, _mm256_castsi256_si128(even));
		_mm_storeu_si128((__m128i *)(void *)(field + CSV_ROWS), _mm256_castsi256_si128(odd));
		_mm_storeu_si128((__m128i *)(void *)(field + 2 * CSV_ROWS), _mm256_extracti128_si256(even, 1));
		_mm_storeu_si128((__m128i *)(void *)(field + 3 * CSV_ROWS), _mm256_extracti128_si256(odd, 1));
	}
}
#endif

/* Rows before this one, the next structural byte and where the next record begins. */
struct row_at {
	size_t n, i;
	uint32_t from;
};

/* So many bits are there in eight bytes whatever bit is the first. */
#define BARE_MAX 57

/* Records whose structural bytes are n_fields - 1 delimiters and a line's end, as long as they come. */
static inline __attribute__((always_inline)) struct row_at
bare_rows(const struct csv_records *r, size_t n_fields, struct csv_rows *rows, struct row_at now,
	  void (*put_fields)(const char *base, const uint32_t *at, size_t n, struct span *field))
{
	const char *base = r->base, *bits = (const char *)r->marks.other;
	const uint32_t *at = r->marks.at, *care = r->marks.care;
	const uint64_t last = (uint64_t)1 << (n_fields - 1), window = last | (last - 1);
	size_t i = now.i, j = now.n, most = r->marks.n;
	uint32_t from = now.from;
	uint64_t careful = 0, other;
	for (; j < CSV_ROWS && i + n_fields < most; j++) {
		memcpy(&other, bits + i / 8, sizeof other);
		uint32_t end = at[i + n_fields - 1];
		char c = base[end];
		if ((other >> i % 8 & window) != last || !csv_ends_line(c))
			break;
		put_fields(base, at + i, n_fields, rows->field + j);
		rows->record[j] = (struct span){ base + from, end - from };
		careful |= (uint64_t)(care[end / 64 + 1] != care[from / 64]) << j;
		i += n_fields;
		from = end + 1;
		if (c == '\r' && base[from] == '\n') {
			i++;
			from++;
		}
	}
	rows->care |= careful;
	return (struct row_at){ j, i, from };
}

static struct row_at rows_plain(const struct csv_records *r, size_t n_fields, struct csv_rows *rows, struct row_at now)
{
	return bare_rows(r, n_fields, rows, now, fields_sse2);
}

#ifdef HAVE_X86
AVX2 static struct row_at rows_avx2(const struct csv_records *r, size_t n_fields, struct csv_rows *rows,
				    struct row_at now)
{
	return bare_rows(r, n_fields, rows, now, fields_avx2);
}
#endif

/*
 * The fields of a record with quoted ones, or of many; how many structural
 * bytes it has, or 0: csv_next has to see it.
 */
static size_t quoted_fields(struct csv_records *r, size_t i, size_t n_fields, const char *from,
			    struct span *field)
{
	size_t first = i;
	r->n_inside = 0;
	r->quoted = false;
	for (size_t k = 0; k < n_fields; k++, field += CSV_ROWS, i++) {
		if (i >= r->marks.n)
			return 0;
		const char *p = r->base + r->marks.at[i];
		*field = (struct span){ from, (size_t)(p - from) };
		if (*p == r->dialect.quote) {
			size_t open = i;
			if (p != from || csv_plain_quoted(r, &i, field) != CSV_PLAIN_YES || i >= r->marks.n ||
			    (r->dialect.delimiter == '\t' && i > open + 2))
				return 0;
			p = r->base + r->marks.at[i];
		}
		if (k + 1 < n_fields ? *p != r->dialect.delimiter : !csv_ends_line(*p))
			return 0;
		from = p + 1;
	}
	return r->n_inside > 0 ? 0 : i - first;
}

/* One record by quoted_fields; false: none. */
static bool quoted_row(struct csv_records *r, size_t n_fields, struct csv_rows *rows, struct row_at *now)
{
	const char *base = r->base, *from = base + now->from, *end;
	const uint32_t *care = r->marks.care;
	size_t n = quoted_fields(r, now->i, n_fields, from, rows->field + now->n);
	if (n == 0)
		return false;
	now->i += n;
	end = base + r->marks.at[now->i - 1];
	rows->record[now->n] = (struct span){ from, (size_t)(end - from) };
	rows->quoted |= (uint64_t)r->quoted << now->n;
	rows->care |= (uint64_t)(care[(end - base) / 64 + 1] != care[now->from / 64]) << now->n;
	now->n++;
	if (*end == '\r' && end + 1 < r->end && end[1] == '\n') {
		now->i += now->i < r->marks.n;
		end++;
	}
	now->from = (uint32_t)(end + 1 - base);
	return true;
}

size_t csv_next_rows(struct csv_records *r, size_t n_fields, struct csv_rows *rows)
{
	struct row_at now = { 0, 0, 0 };
	bool wide = cpu_vectors() != CPU_PLAIN && csv_scan_has(1);
	rows->n = 0;
	rows->quoted = rows->care = 0;
	rows->line = r->n_lines;
	r->n_undoubled = 0;
	while (r->room_field < n_fields) /* whoever wants one of them sets it there */
		r->field = mem_grow(r->field, r->room_field, &r->room_field, sizeof *r->field);
	/* an empty line looks like an empty field */
	if (n_fields < 2 || r->dialect.fixed || r->next == r->end)
		return 0;
	if (r->marks.n - r->i_at <= n_fields && r->base + r->window < r->end)
		csv_refill(r, r->next);
	now.i = r->i_at;
	now.from = (uint32_t)(r->next - r->base);
	do {
		if (n_fields <= BARE_MAX)
			now = wide ? rows_avx2(r, n_fields, rows, now) : rows_plain(r, n_fields, rows, now);
	} while (now.n < CSV_ROWS && r->marks.n - now.i > n_fields && quoted_row(r, n_fields, rows, &now));
	r->i_at = now.i;
	r->next = r->base + now.from;
	r->n_lines += now.n;
	r->n_records += now.n;
	return rows->n = now.n;
}
