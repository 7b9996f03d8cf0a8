/* SPDX-License-Identifier: MIT */
#include "table/trade.h"

#include <emmintrin.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "table/columns.h"
#include "table/part.h"
#include "value/date.h"
#include "value/short.h"

/*
 * Columns side by side that lines of one invoice share, with their text, TABs
 * between, in the last line: two lines of the same text have the same fields.
 */
struct trade_shared {
	size_t first, last; /* columns */
	struct buf text;
};

/* Texts of so many bytes are compared without a loop; `text` has room for it. */
enum { SAME_BYTES = 32 };
_Static_assert(SAME_BYTES <= TSV_BEHIND, "bytes behind the field are read");

static const int64_t POWER_10[] = {
	1,       10,       100,       1000,       10000,       100000,       1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
};

static void choose_columns(struct trade *t, const struct opt_list *by, const char *key,
			   const struct opt_list *carry)
{
	if (by->n) {
		columns_choose(&t->key, t->in, by);
	} else {
		t->key = (struct columns){ mem_array(1, sizeof(size_t)), 1 };
		t->key.index[0] = (size_t)columns_key(t->in, key, true);
	}
	columns_choose(&t->carry, t->in, carry);
	t->line.carried = mem_zero(t->carry.n, sizeof *t->line.carried);
}

void trade_open(struct trade *t, struct tsv_in *in, const struct opt_list *by, const char *key,
		const struct opt_list *carry)
{
	*t = (struct trade){ .in = in, .pivot = -1 };
	choose_columns(t, by, key, carry);
	t->date = (ptrdiff_t)columns_one(in, "date");
	t->invoice = tsv_column(in, "invoice");
	t->product = tsv_column(in, "product");
	t->quantity = tsv_column(in, "quantity");
	t->price = tsv_column(in, "price");
	t->amount = tsv_column(in, "amount");
	if (t->amount < 0 && (t->quantity < 0 || t->price < 0))
		msg_die(MSG_FAILED, "%s: no column amount, nor both of quantity and price",
			in->file);
}

static int compare_columns(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

static void choose_shared(struct trade *t)
{
	const ptrdiff_t role[] = { t->invoice, t->date, t->pivot };
	size_t n = t->key.n + t->carry.n, *column = mem_array(n + 3, sizeof *column);

	memcpy(column, t->key.index, t->key.n * sizeof *column);
	if (t->carry.n)
		memcpy(column + t->key.n, t->carry.index, t->carry.n * sizeof *column);
	for (size_t i = 0; i < 3; i++)
		if (role[i] >= 0)
			column[n++] = (size_t)role[i];
	qsort(column, n, sizeof *column, compare_columns);
	t->shared = mem_zero(n, sizeof *t->shared);
	for (size_t i = 0; i < n; i++) {
		struct trade_shared *s = &t->shared[t->n_shared];
		if (i && column[i] <= column[i - 1] + 1) {
			s[-1].last = column[i];
			continue;
		}
		s->first = s->last = column[i];
		buf_room(&s->text, 2 * SAME_BYTES);
		s->text.n = SIZE_MAX; /* like no field */
		t->n_shared++;
	}
	free(column);
}

static __m128i load16(const char *s)
{
	return _mm_loadu_si128((const __m128i *)(const void *)s);
}

/* Which of 32 bytes are alike. */
static inline uint64_t same_bytes(const char *a, const char *b)
{
	__m128i low = _mm_cmpeq_epi8(load16(a), load16(b));
	__m128i high = _mm_cmpeq_epi8(load16(a + 16), load16(b + 16));
	return (unsigned)_mm_movemask_epi8(low) | (uint64_t)_mm_movemask_epi8(high) << 16;
}

/*
 * Whether the columns have the text of the last line.  Of up to 32 bytes those
 * behind both are read and left out of account; of up to 64 the last 32 are
 * looked at as well as the first.
 */
static inline bool is_same(const struct trade_shared *s, const struct span *field)
{
	const char *at = field[s->first].s, *text = s->text.s;
	size_t n = (size_t)(field[s->last].s - at) + field[s->last].n;

	if (n != s->text.n)
		return false;
	if (n > 2 * SAME_BYTES)
		return memcmp(at, text, n) == 0;
	uint64_t same = same_bytes(at, text);
	if (n <= SAME_BYTES)
		return (~same & ((UINT64_C(1) << n) - 1)) == 0;
	return (same & same_bytes(at + n - SAME_BYTES, text + n - SAME_BYTES)) == UINT32_MAX;
}

/* Copies of the columns' text, and where a field of it is. */
static void keep_text(struct trade_shared *s, const struct span *field)
{
	const char *at = field[s->first].s;

	s->text.n = 0;
	buf_put(&s->text, at, (size_t)(field[s->last].s - at) + field[s->last].n);
}

static struct span kept(const struct trade *t, size_t column)
{
	const struct trade_shared *s = t->shared;
	const struct span *field = t->in->field;

	while (column > s->last)
		s++;
	return (struct span){ s->text.s + (field[column].s - field[s->first].s),
			      field[column].n };
}

/*
 * [-] digits [. digits] of at most eight bytes and a sign: nearly every
 * quantity and amount there is.  False: left to the full grammar.
 */
static inline bool parse_short(struct span f, int64_t *mantissa, unsigned *places)
{
	bool minus = f.s[0] == '-';
	uint64_t w;

	if (!short_decimal(short_load64(f.s + minus), f.n - minus, &w, places))
		return false;
	*mantissa = minus ? -(int64_t)w : (int64_t)w;
	return true;
}

static dec_wide parse_amount(const struct trade *t, ptrdiff_t column)
{
	int64_t mantissa;
	unsigned places;

	if (parse_short(t->in->field[column], &mantissa, &places))
		return (dec_wide)mantissa * POWER_10[12 - places];
	return tsv_pico(t->in, (size_t)column);
}

static int64_t parse_micro(const struct trade *t, ptrdiff_t column)
{
	struct span f = t->in->field[column];
	int64_t micro;
	unsigned places;

	if (parse_short(f, &micro, &places) && places <= 6)
		return micro * POWER_10[6 - places];
	if (!f.n)
		tsv_die(t->in, column, "missing value");
	switch (dec_parse_micro(f.s, f.n, &micro)) {
	case DEC_OK:
	case DEC_ROUNDED:
		return micro;
	case DEC_OVERFLOW: {
		char quoted[MSG_QUOTE_MAX];
		tsv_die(t->in, column, "number too large: %s", msg_quote(quoted, f.s, f.n));
	}
	case DEC_SYNTAX:
		break;
	}
	char quoted[MSG_QUOTE_MAX];
	tsv_die(t->in, column, "not a number: %s", msg_quote(quoted, f.s, f.n));
}

static struct span join_key(struct trade *t)
{
	t->joined.n = 0;
	for (size_t i = 0; i < t->key.n; i++) {
		struct span f = t->in->field[t->key.index[i]];
		if (!f.n)
			return (struct span){ NULL, 0 };
		if (i)
			buf_char(&t->joined, '\t');
		buf_put(&t->joined, f.s, f.n);
	}
	return (struct span){ t->joined.s, t->joined.n };
}

/* Whether a line begins the next key. */
static bool follow_key(struct trade *t, struct span key)
{
	int c = span_compare(key, (struct span){ t->last_key.s, t->last_key.n });

	if (!key.n || !c)
		return false;
	if (c < 0)
		tsv_die(t->in, (ptrdiff_t)t->key.index[0],
			"below the line before in byte order; --sorted wants sorted customers");
	t->last_key.n = 0;
	buf_put(&t->last_key, key.s, key.n);
	return true;
}

/* A sale of negative worth, or a return that earns: taken as it is, and said. */
static inline void note_contrary(struct trade *t)
{
	const struct trade_line *line = &t->line;

	if (line->sign * ((line->amount_pico > 0) - (line->amount_pico < 0)) >= 0)
		return;
	if (t->n_contrary++ == 0) {
		t->contrary_file = t->in->file;
		t->contrary_line = t->in->line;
	}
}

static void warn_contrary(const struct trade *t)
{
	if (t->n_contrary)
		msg_warn("lines whose amount has not the sign of their quantity: %llu (first at %s:%llu)",
			 (unsigned long long)t->n_contrary, t->contrary_file,
			 (unsigned long long)t->contrary_line);
}

/* The texts that the line does not share with the line before, and what
 * follows from them. */
static void begin_stretch(struct trade *t)
{
	struct trade_line *line = &t->line;

	for (size_t i = 0; i < t->n_shared; i++)
		keep_text(&t->shared[i], t->in->field);
	if (t->invoice >= 0)
		line->invoice = kept(t, (size_t)t->invoice);
	if (t->pivot >= 0)
		line->pivot = kept(t, (size_t)t->pivot);
	for (size_t i = 0; i < t->carry.n; i++)
		line->carried[i] = kept(t, t->carry.index[i]);
	line->key = t->key.n == 1 ? kept(t, t->key.index[0]) : join_key(t);
	if (part_is_reserved(line->key))
		tsv_die(t->in, (ptrdiff_t)t->key.index[0],
			"U+10FFFF marks the end of a part and cannot be a key");
	line->is_next_key = t->is_sorted && follow_key(t, line->key);
	line->seconds = tsv_seconds(t->in, (size_t)t->date);
	line->day = date_day_of(line->seconds);
	line->stretch++;
}

static inline void take_shared(struct trade *t)
{
	bool same = true;

	for (size_t i = 0; i < t->n_shared; i++)
		same &= is_same(&t->shared[i], t->in->field);
	t->line.is_next_key = false;
	if (!same)
		begin_stretch(t);
}

const struct trade_line *trade_next(struct trade *t)
{
	struct trade_line *line = &t->line;

	if (!t->shared)
		choose_shared(t);
	if (!tsv_next(t->in)) {
		warn_contrary(t);
		return NULL;
	}
	take_shared(t);
	if (t->product >= 0)
		line->product = t->in->field[t->product];
	if (t->quantity >= 0)
		line->quantity_micro = parse_micro(t, t->quantity);
	if (t->amount >= 0)
		line->amount_pico = parse_amount(t, t->amount);
	else
		line->amount_pico = dec_mul(line->quantity_micro, parse_micro(t, t->price));
	if (t->quantity >= 0) {
		line->sign = (line->quantity_micro > 0) - (line->quantity_micro < 0);
		note_contrary(t);
	} else {
		line->sign = (line->amount_pico > 0) - (line->amount_pico < 0);
	}
	return line;
}

void trade_free(struct trade *t)
{
	columns_free(&t->key);
	columns_free(&t->carry);
	for (size_t i = 0; i < t->n_shared; i++)
		free(t->shared[i].text.s);
	free(t->shared);
	free(t->line.carried);
	free(t->joined.s);
	free(t->last_key.s);
}
