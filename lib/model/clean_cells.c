/* SPDX-License-Identifier: MIT */
#include <emmintrin.h>

#include "model/clean_batch.h"

static struct span trim(struct clean_batch *b, size_t j, struct span f)
{
	b->n_trimmed[j]++;
	b->trimmed = true;
	return clean_trim(f);
}

static inline bool blank_edge(struct span f)
{
	return (f.s[0] == ' ') | (f.s[f.n - 1] == ' ');
}

/* Bytes above 127 at an edge may be a blank of two bytes. */
static uint64_t wide_edges(const struct clean_batch *b, const struct span *cell)
{
	uint64_t rare = 0;
	for (uint64_t left = b->careful; left; left &= left - 1) {
		size_t j = (size_t)__builtin_ctzll(left);
		struct span f = cell[j];
		rare |= (uint64_t)(f.n > 0 && ((f.s[0] | f.s[f.n - 1]) & 0x80)) << j;
	}
	return rare;
}

uint64_t clean_put_texts(struct clean_batch *b, const struct span *field, struct span *cell)
{
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span f = field[j];
		if (f.n > 0 && blank_edge(f))
			f = trim(b, j, f);
		cell[j] = f;
	}
	return wide_edges(b, cell);
}

static inline bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

/* Bit i: the byte s[i], i < n <= 16, is no digit. */
static inline unsigned no_digits(const char *s, size_t n)
{
	__m128i x = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)s), _mm_set1_epi8('0'));
	__m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(9)), x);
	return ~(unsigned)_mm_movemask_epi8(digit) & ((1u << n) - 1);
}

/* A + or - among the four last bytes, where a spreadsheet's exponent has it; rarely another byte. */
static inline bool may_have_exponent(struct span f)
{
	uint32_t x;
	memcpy(&x, f.s + f.n - 4, sizeof x);
	x = (x & 0xf9f9f9f9) ^ 0x29292929;
	return (x - 0x01010101) & ~x & 0x80808080;
}

/* What is behind the digits of an id wants a closer look: an exponent, ".00", or it may be NA. */
static inline bool odd_id(struct span f)
{
	if (f.n < 2)
		return false;
	if (is_digit(f.s[0]))
		return (f.n > 3 && may_have_exponent(f) && clean_is_spreadsheet(f)) ||
		       (f.s[f.n - 1] == '0' && (f.s[f.n - 2] == '0' || f.s[f.n - 2] == '.') &&
			memchr(f.s, '.', f.n));
	return f.n <= 4 && ((f.s[0] | 0x20) == 'n' || f.s[0] == '#');
}

uint64_t clean_put_ids(struct clean_batch *b, const struct span *field, struct span *cell,
		       uint64_t *empty)
{
	uint64_t rare = 0, none = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span f = field[j];
		unsigned other = f.n - 1 < 16 ? no_digits(f.s, f.n) : 1;
		cell[j] = f;
		if (other == 0) /* most ids are digits alone */
			continue;
		if (f.n > 0 && blank_edge(f)) {
			f = trim(b, j, f);
			other = f.n - 1 < 16 ? no_digits(f.s, f.n) : 1;
		}
		if (f.n - 3 < 14 && other == 1u << (f.n - 2) && f.s[f.n - 2] == '.' && f.s[f.n - 1] == '0') {
			f.n -= 2;
			b->n_decimal[j]++;
			b->decimal = true;
		} else {
			rare |= (uint64_t)odd_id(f) << j;
			none |= (uint64_t)(f.n == 0) << j;
		}
		cell[j] = f;
	}
	*empty = none;
	return rare | wide_edges(b, cell);
}

/* Dates come in runs: one is read and written where it differs from the one before. */
uint64_t clean_put_dates(struct clean_work *w, size_t column, const struct span *field,
			 struct span *cell)
{
	struct clean_batch *b = w->batch;
	const struct clean_column *c = &b->column[column];
	struct clean_last *last = &w->row.last[column];
	struct span now = { NULL, 0 }; /* what `last` became, where it lasts */
	uint64_t rare = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span f = field[j];
		if (f.n == 0) {
			cell[j] = f;
			rare |= (uint64_t)(c->role == CLEAN_DAY) << j;
			continue;
		}
		if (f.n != last->n_text || !clean_same(f.s, last->text, f.n)) {
			now.s = NULL;
			if (!clean_date_plain(c, f, last)) {
				rare |= (uint64_t)1 << j;
				continue;
			}
		}
		if (!now.s)
			now = (struct span){ memcpy(b->date_text[j], last->out, DATE_MAX),
					     last->n_out };
		cell[j] = now;
	}
	return rare;
}
