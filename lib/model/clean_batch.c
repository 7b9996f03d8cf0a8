/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/cpu.h"
#include "model/clean_batch.h"
#include "value/text.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_X86 1
#define AVX2 __attribute__((target("avx2")))
#endif

enum { PLAIN, WIDE, ESCAPED }; /* ASCII; with bytes above 127; with a control byte or a backslash */

static inline int kind(unsigned wide, unsigned low)
{
	return low ? ESCAPED : wide ? WIDE : PLAIN;
}

static int kind_of(struct span f, char delimiter)
{
	unsigned wide = 0, low = 0;
	for (size_t i = 0; i < f.n; i++) {
		unsigned char c = (unsigned char)f.s[i];
		wide |= c > 127;
		low |= (c < ' ' && f.s[i] != delimiter) | (c == '\\');
	}
	return kind(wide, low);
}

#ifdef HAVE_X86
/* 32 bytes a step; those behind the record are readable and do not count. */
AVX2 static int kind_of_avx2(struct span f, char delimiter)
{
	const __m256i blank = _mm256_set1_epi8(' '), backslash = _mm256_set1_epi8('\\');
	const __m256i own = _mm256_set1_epi8(delimiter);
	__m256i wide = _mm256_setzero_si256(), low = wide;
	for (size_t i = 0; i < f.n; i += 32) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(f.s + i));
		__m256i odd = _mm256_or_si256(_mm256_andnot_si256(_mm256_cmpeq_epi8(x, own), _mm256_cmpgt_epi8(blank, x)),
					      _mm256_cmpeq_epi8(x, backslash));
		if (f.n - i < 32) {
			unsigned used = (1u << (f.n - i)) - 1, high = (unsigned)_mm256_movemask_epi8(x);
			unsigned last = (unsigned)_mm256_movemask_epi8(odd) & ~high & used;
			return kind((high & used) | (unsigned)_mm256_movemask_epi8(wide),
				    last | (unsigned)_mm256_movemask_epi8(low));
		}
		wide = _mm256_or_si256(wide, x);
		/* of bytes above 127 the highest bit is set */
		low = _mm256_or_si256(low, _mm256_andnot_si256(x, odd));
	}
	return kind((unsigned)_mm256_movemask_epi8(wide), (unsigned)_mm256_movemask_epi8(low));
}
#endif

/* What is rare about a record as a whole; finds the careful ones. */
static uint64_t look_at_records(struct clean_work *w)
{
	struct clean_batch *b = w->batch;
	uint64_t rare = 0;
	b->careful = 0;
	for (size_t j = 0, n = b->rows.n; j < n; j++)
		rare |= (uint64_t)clean_is_header(w->map, b->rows.record[j]) << j;
	for (uint64_t left = b->rows.care; left; left &= left - 1) {
		size_t j = (size_t)__builtin_ctzll(left);
		struct span r = b->rows.record[j];
		int kind = b->kind_of(r, w->map->dialect.delimiter);
		bool utf8 = kind == WIDE && !w->plan->rules.all_1252 &&
			    text_utf8_prefix(r.s, r.n) == r.n;
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
	const struct clean_numbers *sign = p->by_role[CLEAN_QUANTITY] >= 0 ? &b->quantity : &b->amount;
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
	const struct clean_column *c = &b->column[i];
	const struct span *field = b->field + (size_t)w->map->field[i] * CLEAN_ROWS;
	struct span *cell = b->cell[i];
	uint64_t empty = 0, rare;
	if (c->role == CLEAN_QUANTITY)
		return clean_put_roles(b, i, field, cell, &b->quantity);
	if (c->role == CLEAN_PRICE)
		return clean_put_roles(b, i, field, cell, &b->price);
	if (c->role == CLEAN_AMOUNT)
		return clean_put_roles(b, i, field, cell, &b->amount);
	switch (c->type) {
	case CLEAN_TEXT:
		return clean_put_texts(b, field, cell);
	case CLEAN_ID:
		rare = clean_put_ids(b, field, cell, &empty);
		if (c->role == CLEAN_CUSTOMER && !w->plan->rules.keep_missing_id)
			b->no_customer = empty;
		return rare;
	case CLEAN_DATE:
		return clean_put_dates(w, i, field, cell);
	default:
		return clean_put_numbers(b, i, field, cell);
	}
}

/* Records with a token of --missing in some column: 0 or -1 may be one. */
static uint64_t with_tokens(const struct clean_work *w)
{
	const struct clean_batch *b = w->batch;
	uint64_t found = 0;
	for (size_t i = 0; i < w->plan->n_columns; i++) {
		if (w->map->field[i] < 0 || w->plan->column[i].skipped)
			continue;
		const struct span *field = b->field + (size_t)w->map->field[i] * CLEAN_ROWS;
		for (size_t j = 0; j < b->rows.n; j++)
			found |= (uint64_t)clean_is_token(w->plan, clean_trim(field[j])) << j;
	}
	return found;
}

/* Records whose invoice begins with --cancel-prefix. */
static uint64_t that_cancel(const struct clean_work *w)
{
	const struct clean_batch *b = w->batch;
	ptrdiff_t invoice = w->plan->by_role[CLEAN_INVOICE], k = invoice < 0 ? -1 : w->map->field[invoice];
	uint64_t found = 0;
	for (size_t j = 0; invoice >= 0 && j < b->rows.n; j++)
		found |= (uint64_t)clean_cancels(w->plan, k < 0 ? (struct span){ "", 0 } : b->field[(size_t)k * CLEAN_ROWS + j]) << j;
	return found;
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
	if (p->rules.missing)
		rare |= with_tokens(w);
	if (p->rules.cancel_prefix)
		rare |= that_cancel(w);
	for (size_t i = 0; i < p->n_columns; i++)
		if (w->map->field[i] >= 0 && !p->column[i].skipped)
			rare |= put_column(w, i);
	if (!p->transactions)
		return rare;
	if (p->amount_computed && p->column[amount].source >= 0)
		rare |= clean_other_amounts(b);
	/* a missing customer comes before the rules */
	b->no_customer &= ~rare;
	rare |= against_rules(w) & ~b->no_customer;
	if (p->amount_computed)
		clean_put_amounts(b, rare | b->no_customer, b->cell[amount]);
	return rare;
}

/* What record j is worth, added to a sum of one batch: 32 values of at most 10^28 are far from 2^127. */
static inline void add_worth(const struct clean_batch *b, size_t j, struct clean_sum *sum)
{
	sum->rows++;
	sum->quantity_micro += b->worth.quantity[j];
	sum->amount_pico += dec_mul(b->worth.amount[j], b->worth.price[j]);
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
		w->to->records.field[k] = w->batch->field[k * CLEAN_ROWS + j];
}

/* Cells are copied by so many bytes at first, whatever their length. */
#define READ 32

static inline void put_more(char *to, struct span f)
{
	if (f.n > READ)
		memcpy(to + READ, f.s + READ, f.n - READ);
}

/* The cells of a record, each with a TAB behind it; returns the end. */
static char *put_cells(char *to, const struct span *cell, const struct span *end)
{
	for (; cell < end; cell += CLEAN_ROWS) {
		memcpy(to, cell->s, READ);
		put_more(to, *cell);
		to += cell->n;
		*to++ = '\t';
	}
	return to;
}

#ifdef HAVE_X86
AVX2 static char *put_cells_avx2(char *to, const struct span *cell, const struct span *end)
{
	for (; cell < end; cell += CLEAN_ROWS) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)cell->s);
		_mm256_storeu_si256((__m256i *)(void *)to, x);
		put_more(to, *cell);
		to += cell->n;
		*to++ = '\t';
	}
	return to;
}
#endif

static void leave_out(struct clean_work *w, size_t j, enum clean_reason why, ptrdiff_t column)
{
	struct clean_sum sum = { .rows = 0 };
	set_record(w, j);
	if (w->to->ledger.left_at[why].line == 0) /* the first is shown */
		set_fields(w, j);
	add_worth(w->batch, j, &sum);
	clean_leave_out(w, why, column, &sum);
}

/* What checks, conditions and expressions make of a row whose visible cells end at `at`. */
static char *put_rest(struct clean_work *w, size_t j, char *at)
{
	ptrdiff_t column;
	for (size_t i = 0; i < w->plan->n_columns; i++)
		w->cell[i] = w->batch->cell[i][j];
	enum clean_reason why = clean_checks(w, &column);
	char *end = why == CLEAN_KEPT ? clean_put_rest(w, at, at + 1) : NULL;
	if (!end)
		leave_out(w, j, why == CLEAN_KEPT ? w->row.why : why, column);
	return end;
}

static void remember(struct clean_work *w, size_t j)
{
	struct clean_sum sum = { .rows = 0 };
	set_record(w, j);
	if (w->to->records.quoted)
		set_fields(w, j);
	add_worth(w->batch, j, &sum);
	clean_remember(w, &sum);
}

static void put_record(struct clean_work *w, size_t j, struct clean_sum *out)
{
	const struct clean_batch *b = w->batch;
	struct clean_result *to = w->to;
	const struct span *cell = &b->cell[0][j], *end = cell + w->plan->n_visible * CLEAN_ROWS;
	if (!clean_room(w, b->rows.record[j].n + w->n_fixed))
		return;
	char *at = b->put_cells(to->out + to->n_out, cell, end) - 1;
	clean_forget_repairs(&w->row);
	if (w->want_cells && !(at = put_rest(w, j, at)))
		return;
	to->records.line = b->rows.line + j;
	clean_count_repair(w, CLEAN_TRIMMED, b->n_trimmed[j]);
	clean_count_repair(w, CLEAN_ID_DECIMAL, b->n_decimal[j]);
	clean_end_row(w, at);
	add_worth(b, j, out);
	if (w->plan->rules.dedup)
		remember(w, j);
}

/* The record as a row. */
static void one_record(struct clean_work *w, size_t j)
{
	set_record(w, j);
	set_fields(w, j);
	clean_one_record(w, false);
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
			add_worth(b, j, &in);
	clean_add_sum(l, &l->in, &in);
	for (size_t j = 0; j < b->rows.n && !w->no_memory; j++) {
		if (rare >> j & 1)
			one_record(w, j);
		else if (b->no_customer >> j & 1)
			leave_out(w, j, CLEAN_MISSING_ID, w->plan->by_role[CLEAN_CUSTOMER]);
		else
			put_record(w, j, &out);
	}
	clean_add_sum(l, &l->out, &out);
	return true;
}

/* Where add_worth finds it: amounts are quantities times prices, or times 1. */
static void find_worth(struct clean_batch *b, const struct clean_plan *p)
{
	for (size_t j = 0; j < CLEAN_ROWS; j++)
		b->one[j] = 1000000;
	b->worth.quantity = p->transactions && p->by_role[CLEAN_QUANTITY] >= 0 ? b->quantity.micro : b->nothing;
	b->worth.amount = !p->transactions ? b->nothing : p->amount_computed ? b->quantity.micro : b->amount.micro;
	b->worth.price = p->amount_computed ? b->price.micro : b->one;
}

void clean_batch_begin(struct clean_work *w)
{
	const struct clean_plan *p = w->plan;
	const struct clean_rules *r = &p->rules;
	struct clean_batch *b;
	if (r->by_record || p->n_columns > 255 || w->map->dialect.fixed)
		return;
	size_t n_cells = p->n_columns * sizeof *b->cell;
	size_t n_fields = csv_row_room(w->map->n_fields) * CLEAN_ROWS * sizeof *b->field;
	w->batch = b = calloc(1, sizeof *b + n_cells + n_fields + p->n_columns * sizeof *b->text + READ);
	w->no_memory |= !b;
	if (!b)
		return;
	b->column = p->column;
	find_worth(b, p);
	b->kind_of = kind_of;
	b->put_cells = put_cells;
#ifdef HAVE_X86
	if (cpu_vectors() != CPU_PLAIN) {
		b->kind_of = kind_of_avx2;
		b->put_cells = put_cells_avx2;
	}
#endif
	b->rows.field = b->field = (struct span *)(void *)((char *)(b + 1) + n_cells);
	b->text = (char (*)[CLEAN_ROWS][16])(void *)((char *)b->field + n_fields);
}
