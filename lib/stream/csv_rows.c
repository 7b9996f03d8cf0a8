/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "base/mem.h"
#include "stream/csv_masks.h"
#include "stream/csv_split.h"

/* The n fields that end at at[0], at[1] ...; the first begins behind at[-1]. */
static inline void fields_plain(const char *base, const uint32_t *at, size_t n, struct span *field)
{
	for (size_t k = 0; k < n; k++, field += CSV_ROWS) {
		uint32_t from = at[k - 1] + 1;
		*field = (struct span){ base + from, at[k] - from };
	}
}

#ifdef CSV_X86
_Static_assert(sizeof(struct span) == 16 && offsetof(struct span, n) == 8, "a span is two words");

/* The same by fours. */
CSV_AVX2 static inline void fields_avx2(const char *base, const uint32_t *at, size_t n, struct span *field)
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

/* So far ahead at least. */
#define ROWS_LEAST 512

/*
 * Whether the structural bytes from the i-th on are n - 1 delimiters and
 * another.  Eight bytes hold 57 bits whatever bit is the first.
 */
static inline bool ends_row(const uint64_t *other, size_t i, size_t n)
{
	uint64_t bits, last;
	for (;; i += 57, n -= 57) {
		memcpy(&bits, (const char *)other + i / 8, sizeof bits);
		bits >>= i % 8;
		if (n <= 57)
			break;
		if (bits << 7)
			return false;
	}
	last = (uint64_t)1 << (n - 1);
	return (bits & (last | (last - 1))) == last;
}

/* The quoted ones of a record's fields without their quotes; some bytes are special.  False: csv_next has to see it. */
static bool unquote_special(struct csv_records *r, struct span *field, size_t n_fields)
{
	for (size_t k = 0; k < n_fields; k++, field += CSV_ROWS) {
		if (field->n == 0 || *field->s != r->dialect.quote)
			continue;
		struct span f = { field->s + 1, field->n - 2 };
		if (memchr(f.s, '\n', f.n) || memchr(f.s, '\r', f.n) ||
		    (r->dialect.delimiter == '\t' && memchr(f.s, '\t', f.n)))
			return false;
		*field = memchr(f.s, r->dialect.quote, f.n) ? csv_undouble(r, f.s, f.n) : f;
	}
	return true;
}

/* The same where they hold nothing special; whether there is one. */
static inline bool unquote(char quote, struct span *field, size_t n_fields)
{
	size_t any = 0;
	for (size_t k = 0; k < n_fields; k++, field += CSV_ROWS) {
		size_t quoted = *field->s == quote && field->n > 0;
		field->s += quoted;
		field->n -= 2 * quoted;
		any |= quoted;
	}
	return any;
}

/* Record j, whose bytes are base[from..end): its quotes. */
static bool unquote_row(struct csv_records *r, size_t n_fields, struct csv_rows *rows, size_t j, uint32_t from,
			uint32_t end)
{
	bool quoted = true;
	if (r->marks.quoted[end / 64 + 1] - r->marks.quoted[from / 64] < CSV_SPECIAL)
		quoted = unquote(r->dialect.quote, rows->field + j, n_fields);
	else if (!memchr(r->base + from, r->dialect.quote, end - from))
		quoted = false;
	else if (!unquote_special(r, rows->field + j, n_fields))
		return false;
	rows->quoted |= (uint64_t)quoted << j;
	return true;
}

/* Records of n_fields fields, as long as they come. */
static inline __attribute__((always_inline)) void
take_rows(struct csv_records *r, size_t n_fields, struct csv_rows *rows,
	  void (*put_fields)(const char *base, const uint32_t *at, size_t n, struct span *field))
{
	const char *base = r->base;
	const struct csv_marks m = r->marks;
	size_t i = r->i_at, j = 0;
	uint32_t from = (uint32_t)(r->next - base);
	uint64_t careful = 0;
	for (; j < CSV_ROWS && i + n_fields < m.n && ends_row(m.other, i, n_fields); j++) {
		uint32_t end = m.at[i + n_fields - 1];
		put_fields(base, m.at + i, n_fields, rows->field + j);
		if (m.quoted[end / 64 + 1] != m.quoted[from / 64] && !unquote_row(r, n_fields, rows, j, from, end))
			break;
		rows->record[j] = (struct span){ base + from, end - from };
		careful |= (uint64_t)(m.care[end / 64 + 1] != m.care[from / 64]) << j;
		i += n_fields;
		from = end + 1;
		if (base[end] == '\r' && base[from] == '\n') {
			i++;
			from++;
		}
	}
	rows->n = j;
	rows->care = careful;
	r->i_at = i;
	r->next = base + from;
}

static void rows_plain(struct csv_records *r, size_t n_fields, struct csv_rows *rows)
{
	take_rows(r, n_fields, rows, fields_plain);
}

#ifdef CSV_X86
CSV_AVX2 static void rows_avx2(struct csv_records *r, size_t n_fields, struct csv_rows *rows)
{
	take_rows(r, n_fields, rows, fields_avx2);
}
#endif

/* Where few rows come it does not pay to look far, unless they are too long to be seen. */
static void adapt(struct csv_records *r, size_t n_rows, size_t n_fields)
{
	bool too_short = r->window == r->row_window && r->marks.n - r->i_at <= n_fields;
	if (n_rows > 0 && r->row_window >= CSV_WINDOW)
		r->row_window = CSV_WINDOW;
	else if (n_rows > 0 || (too_short && r->row_window < 64 * CSV_WINDOW))
		r->row_window *= 2;
	else
		r->row_window = ROWS_LEAST;
}

size_t csv_next_rows(struct csv_records *r, size_t n_fields, struct csv_rows *rows)
{
	rows->n = 0;
	rows->quoted = rows->care = 0;
	rows->line = r->n_lines;
	r->n_undoubled = 0;
	while (r->room_field < n_fields) /* whoever wants one of them sets it there */
		r->field = mem_grow(r->field, r->room_field, &r->room_field, sizeof *r->field);
	/* an empty line looks like an empty field */
	if (n_fields < 2 || r->dialect.fixed || r->next == r->end)
		return 0;
	bool short_of = r->marks.n - r->i_at <= n_fields;
	if ((short_of && r->base + r->window < r->end) || r->use == CSV_FOR_RECORDS)
		csv_refill_rows(r, r->next);
#ifdef CSV_X86
	if (csv_avx2())
		rows_avx2(r, n_fields, rows);
	else
#endif
		rows_plain(r, n_fields, rows);
	adapt(r, rows->n, n_fields);
	r->n_lines += rows->n;
	r->n_records += rows->n;
	return rows->n;
}
