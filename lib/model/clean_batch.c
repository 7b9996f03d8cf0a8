/* SPDX-License-Identifier: MIT */
#include <emmintrin.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_digits.h"
#include "model/clean_work.h"
#include "value/text.h"

/*
 * A column's loop returns the records that it cannot do as bits: record j is
 * bit j.  Those go to clean_one_record, whatever the other columns say.
 */

enum { ROWS = CSV_ROWS };

/* A cell that is written here, and not a piece of the record; 32 bytes of it are readable. */
#define TEXT 48

struct numbers {
	int64_t v[ROWS];       /* at most eight digits */
	uint8_t n_part[ROWS];  /* how many of them stand behind the point */
	int64_t micro[ROWS];
};

struct clean_batch {
	struct csv_rows rows;
	uint64_t careful;      /* records with bytes above 127 */
	uint64_t no_customer;  /* records that have only that against them */
	uint8_t n_trimmed[ROWS], n_decimal[ROWS];
	bool trimmed, decimal; /* of any record */
	struct numbers quantity, price, amount;
	char amount_text[ROWS][TEXT], date_text[ROWS][TEXT];
	struct span *field;    /* [n_fields][ROWS]: as they stand */
	struct span cell[][ROWS]; /* [n_columns]: as they are written */
};

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

static uint64_t put_texts(struct clean_batch *b, const struct span *field, struct span *cell)
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

/* "35078.0" of up to 16 digits. */
static inline bool digits_and_zero(struct span f)
{
	if (f.n < 3 || f.n > 18 || f.s[f.n - 2] != '.')
		return false;
	const __m128i x = _mm_loadu_si128((const __m128i *)(const void *)f.s);
	__m128i other = _mm_or_si128(_mm_cmplt_epi8(x, _mm_set1_epi8('0')), _mm_cmpgt_epi8(x, _mm_set1_epi8('9')));
	return ((unsigned)_mm_movemask_epi8(other) & ((1u << (f.n - 2)) - 1)) == 0;
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

/* *empty: the records without an id. */
static uint64_t put_ids(struct clean_batch *b, const struct span *field, struct span *cell, uint64_t *empty)
{
	uint64_t rare = 0, none = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span f = field[j];
		if (f.n > 0 && blank_edge(f))
			f = trim(b, j, f);
		if (f.n > 2 && f.s[f.n - 1] == '0' && digits_and_zero(f)) {
			f.n -= 2;
			b->n_decimal[j]++;
			b->decimal = true;
		}
		rare |= (uint64_t)odd_id(f) << j;
		none |= (uint64_t)(f.n == 0) << j;
		cell[j] = f;
	}
	*empty = none;
	return rare | wide_edges(b, cell);
}

/* -0, a zero before the digits, a point behind them: not how a number is written here. */
static inline bool odd_number(const char *s, size_t n, size_t n_whole, int n_part)
{
	return (*s == '0' && n_whole > 1) || (n_part == 0 && n_whole < n);
}

/* Digits behind the point beyond which a value may say something about the decimal mark. */
static int most_part(const struct clean_column *c)
{
	return c->decimal_given ? 8 : c->decimal_open ? 0 : c->soft ? 2 : 8;
}

/*
 * Numbers of up to eight bytes behind the sign, written as we write them but
 * for zeros at the end of a fraction, which go.
 */
static uint64_t put_numbers(const struct clean_batch *b, const struct clean_column *c, const struct span *field,
			    struct span *cell, struct numbers *to)
{
	int most = most_part(c);
	uint64_t rare = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span f = field[j];
		size_t minus = *f.s == '-', n_whole, length = f.n - minus;
		int64_t v = 0, sign = -(int64_t)minus;
		int n_part = length - 1 < 8 ? clean_eight(f.s + minus, length, &v, &n_whole) : -1;
		cell[j] = f;
		if (n_part < 0 || n_part > most || odd_number(f.s + minus, length, n_whole, n_part) || (minus && v == 0)) {
			rare |= (uint64_t)1 << j;
			continue;
		}
		to->v[j] = (v ^ sign) - sign;
		to->n_part[j] = (uint8_t)n_part;
		to->micro[j] = to->v[j] * clean_power[n_part];
		if (n_part > 0 && f.s[f.n - 1] == '0') {
			while (f.s[f.n - 1] == '0')
				f.n--;
			cell[j].n = f.n - (f.s[f.n - 1] == '.');
		}
	}
	return rare;
}

/* Numbers without a role stay as they are written; whole ones have no point, money no zeros at its end. */
static uint64_t put_plain_numbers(const struct clean_batch *b, const struct clean_column *c,
				  const struct span *field, struct span *cell)
{
	struct numbers x;
	uint64_t rare = put_numbers(b, c, field, cell, &x);
	for (size_t j = 0; j < b->rows.n; j++) {
		uint64_t bit = (uint64_t)1 << j;
		if (field[j].n == 0)
			rare &= ~bit;
		else if (c->type == CLEAN_INT && !(rare & bit) && x.n_part[j] > 0)
			rare |= bit;
		if (c->type != CLEAN_MONEY)
			cell[j] = field[j];
	}
	return rare;
}

/* quantity * price, exactly. */
static void put_amounts(struct clean_batch *b, uint64_t rare, struct span *cell)
{
	const struct numbers *q = &b->quantity, *p = &b->price;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		char *to = b->amount_text[j];
		if (rare >> j & 1)
			continue;
		int64_t v = q->v[j] * p->v[j];
		unsigned n_part = q->n_part[j] + p->n_part[j];
		uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
		size_t length;
		if (u < 100000000 && n_part <= 7) {
			*to = '-';
			length = (v < 0) + clean_put_short(to + (v < 0), u, n_part);
		} else {
			length = (size_t)(clean_put_pico(dec_mul(q->micro[j], p->micro[j]), to) - to);
		}
		cell[j] = (struct span){ to, length };
	}
}

/* A given amount has to be the computed one. */
static uint64_t other_amounts(const struct clean_batch *b)
{
	uint64_t rare = 0;
	for (size_t j = 0; j < b->rows.n; j++)
		rare |= (uint64_t)(dec_mul(b->amount.micro[j], 1000000) !=
				   dec_mul(b->quantity.micro[j], b->price.micro[j])) << j;
	return rare;
}

/* Dates come in runs: one is read and written where it differs from the one before. */
static uint64_t put_dates(struct clean_work *w, size_t column, const struct span *field, struct span *cell)
{
	struct clean_batch *b = w->batch;
	const struct clean_column *c = &w->plan->column[column];
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
			now = (struct span){ memcpy(b->date_text[j], last->out, DATE_MAX), last->n_out };
		cell[j] = now;
	}
	return rare;
}

enum { PLAIN, WIDE, ESCAPED }; /* ASCII; with bytes above 127; with a control byte or a backslash */

/* 16 bytes a step; those behind the record are readable and do not count. */
static int kind_of(struct span f, char delimiter)
{
	const __m128i blank = _mm_set1_epi8(' '), zero = _mm_setzero_si128();
	const __m128i backslash = _mm_set1_epi8('\\'), own = _mm_set1_epi8(delimiter);
	unsigned wide = 0, escaped = 0;
	for (size_t i = 0; i < f.n; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(f.s + i));
		__m128i low = _mm_andnot_si128(_mm_cmpeq_epi8(x, own), _mm_cmplt_epi8(x, blank));
		unsigned used = f.n - i < 16 ? (1u << (f.n - i)) - 1 : 0xffff;
		unsigned high = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(x, zero));
		unsigned any = (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(x, backslash)));
		wide |= high & used;
		escaped |= any & ~high & used;
	}
	return escaped ? ESCAPED : wide ? WIDE : PLAIN;
}

/* What is rare about a record as a whole; finds the careful ones. */
static uint64_t look_at_records(struct clean_work *w)
{
	struct clean_batch *b = w->batch;
	struct span header = w->map->header;
	uint64_t rare = 0;
	b->careful = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++) {
		struct span r = b->rows.record[j];
		rare |= (uint64_t)(r.n == header.n && span_equal(r, header)) << j;
	}
	for (uint64_t left = b->rows.care; left; left &= left - 1) {
		size_t j = (size_t)__builtin_ctzll(left);
		struct span r = b->rows.record[j];
		int kind = kind_of(r, w->map->dialect.delimiter);
		bool utf8 = kind == WIDE && !w->plan->rules.all_1252 && text_utf8_prefix(r.s, r.n) == r.n;
		b->careful |= (uint64_t)utf8 << j;
		rare |= (uint64_t)(kind != PLAIN && !utf8) << j;
	}
	return rare;
}

/* Records that a rule leaves out; their quantities and prices are known. */
static uint64_t against_rules(const struct clean_work *w)
{
	const struct clean_batch *b = w->batch;
	const struct clean_plan *p = w->plan;
	const struct clean_rules *r = &p->rules;
	const struct numbers *sign = p->by_role[CLEAN_QUANTITY] >= 0 ? &b->quantity : &b->amount;
	int64_t least = r->has_min_price ? r->min_price_micro : 1;
	uint64_t rare = 0;
	if (p->by_role[CLEAN_PRICE] >= 0 && !r->any_price)
		for (size_t j = 0; j < b->rows.n; j++)
			rare |= (uint64_t)(b->price.micro[j] < least) << j;
	if (r->drop_returns)
		for (size_t j = 0; j < b->rows.n; j++)
			rare |= (uint64_t)(sign->micro[j] < 0) << j;
	return rare;
}

static uint64_t put_column(struct clean_work *w, size_t i)
{
	struct clean_batch *b = w->batch;
	const struct clean_column *c = &w->plan->column[i];
	const struct span *field = b->field + (size_t)w->map->field[i] * ROWS;
	struct span *cell = b->cell[i];
	uint64_t empty = 0, rare;
	if (c->role == CLEAN_QUANTITY)
		return put_numbers(b, c, field, cell, &b->quantity);
	if (c->role == CLEAN_PRICE)
		return put_numbers(b, c, field, cell, &b->price);
	if (c->role == CLEAN_AMOUNT)
		return put_numbers(b, c, field, cell, &b->amount);
	switch (c->type) {
	case CLEAN_TEXT:
		return put_texts(b, field, cell);
	case CLEAN_ID:
		rare = put_ids(b, field, cell, &empty);
		if (c->role == CLEAN_CUSTOMER && !w->plan->rules.keep_missing_id)
			b->no_customer = empty;
		return rare;
	case CLEAN_DATE:
		return put_dates(w, i, field, cell);
	default:
		return put_plain_numbers(b, c, field, cell);
	}
}

/* All columns; returns the records that are for clean_one_record. */
static uint64_t parse(struct clean_work *w)
{
	struct clean_batch *b = w->batch;
	const struct clean_plan *p = w->plan;
	ptrdiff_t amount = p->by_role[CLEAN_AMOUNT];
	if (b->trimmed)
		memset(b->n_trimmed, 0, sizeof b->n_trimmed);
	if (b->decimal)
		memset(b->n_decimal, 0, sizeof b->n_decimal);
	b->trimmed = b->decimal = false;
	b->no_customer = 0;
	uint64_t rare = look_at_records(w);
	for (size_t i = 0; i < p->n_columns; i++)
		if (w->map->field[i] >= 0 && !p->column[i].skipped)
			rare |= put_column(w, i);
	if (!p->transactions)
		return rare;
	if (p->amount_computed && p->column[amount].source >= 0)
		rare |= other_amounts(b);
	/* a missing customer comes before the rules */
	b->no_customer &= ~rare;
	rare |= against_rules(w) & ~b->no_customer;
	if (p->amount_computed)
		put_amounts(b, rare | b->no_customer, b->cell[amount]);
	return rare;
}

/* What record j is worth, added to a sum of one batch: 32 values of at most 10^28 are far from 2^127. */
static inline void add_worth(const struct clean_work *w, size_t j, struct clean_sum *sum)
{
	const struct clean_plan *p = w->plan;
	const struct clean_batch *b = w->batch;
	sum->rows++;
	if (!p->transactions)
		return;
	if (p->by_role[CLEAN_QUANTITY] >= 0)
		sum->quantity_micro += b->quantity.micro[j];
	sum->amount_pico += p->amount_computed ? dec_mul(b->quantity.micro[j], b->price.micro[j]) :
						 dec_mul(b->amount.micro[j], 1000000);
}

/* As csv_next would leave it, but for its fields. */
static void set_record(struct clean_work *w, size_t j)
{
	struct csv_records *r = &w->to->records;
	const struct csv_rows *rows = &w->batch->rows;
	r->line = rows->line + j;
	r->record = rows->record[j];
	r->quoted = rows->quoted >> j & 1;
	r->n_fields = w->map->n_fields;
}

static void set_fields(struct clean_work *w, size_t j)
{
	for (size_t k = 0; k < w->map->n_fields; k++)
		w->to->records.field[k] = w->batch->field[k * ROWS + j];
}

static inline char *put_span(char *to, struct span f)
{
	memcpy(to, f.s, 32);
	if (f.n > 32)
		memcpy(to + 32, f.s + 32, f.n - 32);
	return to + f.n;
}

static void note(struct clean_work *w, enum clean_repair kind, uint8_t n)
{
	if (n > 0)
		w->row.repaired |= 1u << kind;
	w->row.repair[kind] = n;
}

static void put_record(struct clean_work *w, size_t j, struct clean_sum *out)
{
	const struct clean_batch *b = w->batch;
	struct clean_result *to = w->to;
	const struct span *cell = &b->cell[0][j], *end = cell + w->plan->n_visible * ROWS;
	if (!clean_room(w, to->records.record.n + w->n_fixed))
		return;
	char *at = to->out + to->n_out;
	for (; cell < end; cell += ROWS) {
		at = put_span(at, *cell);
		*at++ = '\t';
	}
	clean_forget_repairs(&w->row);
	if (b->n_trimmed[j] | b->n_decimal[j]) {
		note(w, CLEAN_TRIMMED, b->n_trimmed[j]);
		note(w, CLEAN_ID_DECIMAL, b->n_decimal[j]);
	}
	clean_end_row(w, at - 1);
	add_worth(w, j, out);
	if (w->plan->rules.dedup) {
		struct clean_sum sum = { .rows = 0 };
		set_fields(w, j);
		add_worth(w, j, &sum);
		clean_remember(w, &sum);
	}
}

static void leave_out(struct clean_work *w, size_t j)
{
	struct clean_sum sum = { .rows = 0 };
	set_fields(w, j);
	add_worth(w, j, &sum);
	clean_leave_out(w, CLEAN_MISSING_ID, w->plan->by_role[CLEAN_CUSTOMER], &sum);
}

bool clean_next_batch(struct clean_work *w)
{
	struct clean_batch *b = w->batch;
	struct clean_ledger *l = &w->to->ledger;
	if (!b || csv_next_rows(&w->to->records, w->map->n_fields, &b->rows) == 0)
		return false;
	uint64_t rare = parse(w);
	struct clean_sum in = { .rows = 0 }, out = { .rows = 0 };
	/* what is parsed is counted here, what becomes of it below */
	for (size_t j = 0; j < b->rows.n; j++)
		if (!(rare >> j & 1))
			add_worth(w, j, &in);
	clean_add_sum(l, &l->in, &in);
	for (size_t j = 0; j < b->rows.n && !w->no_memory; j++) {
		set_record(w, j);
		if (rare >> j & 1) {
			set_fields(w, j);
			clean_one_record(w, false);
		} else if (b->no_customer >> j & 1) {
			leave_out(w, j);
		} else {
			put_record(w, j, &out);
		}
	}
	clean_add_sum(l, &l->out, &out);
	return true;
}

void clean_batch_begin(struct clean_work *w)
{
	const struct clean_plan *p = w->plan;
	const struct clean_rules *r = &p->rules;
	struct clean_batch *b;
	if (r->by_record || w->want_cells || r->missing || r->cancel_prefix || p->n_columns > 255 || w->map->dialect.fixed)
		return;
	for (size_t i = 0; i < p->n_columns; i++)
		if (clean_is_number_type(p->column[i].type) && p->column[i].decimal == ',')
			return;
	size_t n = p->n_columns * sizeof *b->cell, n_fields = w->map->n_fields * ROWS;
	w->batch = b = calloc(1, sizeof *b + n + n_fields * sizeof *b->field);
	w->no_memory |= !b;
	if (b)
		b->rows.field = b->field = (struct span *)(void *)((char *)(b + 1) + n);
}
