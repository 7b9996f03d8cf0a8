/* SPDX-License-Identifier: MIT */
#include "view/reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/multinomial.h"
#include "table/columns.h"
#include "stream/tsv_blocks.h"
#include "table/record.h"
#include "value/num_column.h"
#include "value/text.h"
#include "view/reading_terms.h"

/* So that the sum of 2^53 of them is a number. */
#define WEIGHT_MAX 1e290

/* Beside the rows: code, buffers, what four threads read at once. */
#define OWN_BYTES ((uint64_t)32 << 20)
#define THREADS_WITHIN 4

/* One thread cuts what eight can parse. */
#define THREADS_MAX 8

static void *take(void *ctx, size_t n_bytes)
{
	return pages_take(ctx, n_bytes);
}

static void rest(void *ctx, void *at, size_t n_bytes)
{
	pages_rest(ctx, at, n_bytes);
}

static void check_memory(const struct logit_rows *r, struct pages *pages, const struct reading *how,
			 const struct design_dictionary *outcomes)
{
	uint64_t row = sizeof *r->y + (how->weights ? sizeof *r->weight : 0) + how->bytes_row +
		       (outcomes ? design_dictionary_size(outcomes) * how->bytes_outcome : 0);
	uint64_t kept = r->n * row + OWN_BYTES;

	if (!how->mem)
		return;
	if (kept > how->mem)
		msg_die(MSG_FAILED,
			"the rows need more than --mem %lluM allows: %llu bytes each stay in memory, "
			"%zu rows so far",
			(unsigned long long)(how->mem >> 20), (unsigned long long)row, r->n);
	if (kept + design_bytes(&r->design) > how->mem)
		pages_spill(pages);
}

struct ranked {
	struct span text;
	size_t code;
};

static int by_text(const void *a, const void *b)
{
	return span_compare(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Puts the outcomes in order, and their places into r->y instead of codes. */
static void order_outcomes(struct logit_rows *r, const struct design_dictionary *seen,
			   const struct tsv_in *in, const struct reading *how)
{
	struct reading_outcomes *o = how->outcomes;
	size_t n = design_dictionary_size(seen), first = 0;
	struct ranked *rank = mem_array(n + 1, sizeof *rank);
	uint8_t *place = mem_array(n + 1, sizeof *place);
	char *wanted = o->reference ? mem_alloc(2 * strlen(o->reference) + 1) : NULL;

	for (size_t i = 0; i < n; i++)
		rank[i] = (struct ranked){ design_dictionary_text(seen, i), i };
	qsort(rank, n, sizeof *rank, by_text);
	if (wanted) {
		size_t length = text_escape(wanted, o->reference, strlen(o->reference));
		while (first < n && !span_equal(rank[first].text, (struct span){ wanted, length }))
			first++;
		if (first == n)
			msg_die(MSG_FAILED, "%s: option --reference: column %s is never \"%s\"",
				in->file, how->outcome, o->reference);
	}
	o->raw = mem_array(n + 1, sizeof *o->raw);
	o->n = n;
	for (size_t i = 0; i < n; i++) {
		size_t at = i == first ? 0 : i < first ? i + 1 : i;
		o->raw[at] = mem_copy(rank[i].text.s, rank[i].text.n);
		place[rank[i].code] = (uint8_t)at;
	}
	for (size_t i = 0; i < r->n; i++)
		r->y[i] = place[r->y[i]];
	free(rank);
	free(place);
	free(wanted);
}

/* What a reading keeps from row to row. */
struct under_way {
	struct logit_rows *r;
	struct pages *pages;
	struct tsv_in *in;
	const struct reading *how;
	struct record record;
	size_t outcome, weight_at, text_at; /* column; places among the numbers and texts */
	struct design_dictionary *seen;     /* outcomes */
	size_t n_weightless;
};

/* 0 or 1, or a code among the outcomes seen. */
static int outcome_of(struct under_way *u)
{
	int64_t code;

	if (!u->seen)
		return record_binary(u->in, u->outcome);
	code = design_dictionary_add(u->seen, u->record.text[u->text_at]);
	mem_need(code >= 0);
	if (code >= MULTINOMIAL_MAX)
		tsv_die(u->in, (ptrdiff_t)u->outcome, "more than %d outcomes", MULTINOMIAL_MAX);
	return (int)code;
}

static void read_row(struct under_way *u)
{
	bool complete = record_take(&u->record, u->in), weighted = u->how->weights;
	double w = weighted ? u->record.number[u->weight_at] : 1;
	int y = !u->seen || (complete && w > 0) ? outcome_of(u) : 0;

	if (w < 0)
		tsv_die(u->in, (ptrdiff_t)u->record.column[u->record.n - 1], "a weight below 0");
	if (w > WEIGHT_MAX)
		tsv_die(u->in, (ptrdiff_t)u->record.column[u->record.n - 1], "a weight above 1e290");
	u->n_weightless += complete && !(w > 0);
	if (complete && w > 0)
		mem_need(logit_rows_add(u->r, u->record.number, u->record.text, y, weighted, w) == 0);
}

/* The rows of a block, parsed: those that count. */
struct piece {
	size_t n, capacity;
	double *number;    /* [record.n_numbers][capacity] */
	struct span *text; /* [record.n_texts][capacity] */
	uint8_t *y;        /* [capacity] */
	uint32_t *row;     /* [capacity] which rows of the block */
	size_t *n_missing; /* [record.n] cells */
	size_t n_incomplete, n_weightless;
};

static void make_room(struct piece *p, const struct record *r, size_t n)
{
	if (n <= p->capacity)
		return;
	free(p->number);
	free(p->text);
	free(p->y);
	free(p->row);
	p->capacity = n;
	p->number = mem_array(n * r->n_numbers, sizeof *p->number);
	p->text = mem_array(n * r->n_texts, sizeof *p->text);
	p->y = mem_array(n, sizeof *p->y);
	p->row = mem_array(n, sizeof *p->row);
}

/* Columns of the block's cells; false: one is no number. */
static bool parse_cells(struct piece *p, const struct record *r, const struct tsv_block *b)
{
	double *number = p->number;
	struct span *text = p->text;

	memset(p->n_missing, 0, r->n * sizeof *p->n_missing);
	for (size_t i = 0; i < r->n; i++) {
		if (!r->is_text[i]) {
			if (num_column(b->s, b->place + r->column[i], b->record.n_columns, b->n_lines,
				       number, &p->n_missing[i]) < b->n_lines)
				return false;
			number += p->capacity;
			continue;
		}
		for (size_t row = 0; row < b->n_lines; row++) {
			text[row] = tsv_block_cell(b, row, r->column[i]);
			p->n_missing[i] += text[row].n == 0;
		}
		text += p->capacity;
	}
	return true;
}

/* Whether outcomes of two values are 0, 1 or missing, and weights in their range or missing. */
static bool in_range(const struct under_way *u, const struct piece *p, size_t n)
{
	const double *y = p->number + (u->weight_at - 1) * p->capacity;
	const double *w = p->number + u->weight_at * p->capacity;
	bool fine = true;

	for (size_t i = 0; !u->seen && i < n; i++)
		fine &= y[i] == 0 || y[i] == 1 || isnan(y[i]);
	for (size_t i = 0; u->how->weights && i < n; i++)
		fine &= !(w[i] < 0 || w[i] > WEIGHT_MAX);
	return fine;
}

/* Which of the n rows count: those without missing cells and of weight above 0. */
static void choose_rows(const struct under_way *u, struct piece *p, size_t n)
{
	const struct record *r = &u->record;
	const double *w = u->how->weights ? p->number + u->weight_at * p->capacity : NULL;
	size_t n_missing = 0;

	p->n = p->n_incomplete = p->n_weightless = 0;
	for (size_t i = 0; i < r->n; i++)
		n_missing += p->n_missing[i];
	for (size_t row = 0; row < n; row++) {
		bool whole = true;
		for (size_t j = 0; n_missing && j < r->n_numbers; j++)
			whole &= !isnan(p->number[j * p->capacity + row]);
		for (size_t j = 0; n_missing && j < r->n_texts; j++)
			whole &= p->text[j * p->capacity + row].n > 0;
		p->n_incomplete += !whole;
		p->n_weightless += whole && w && !(w[row] > 0);
		p->row[p->n] = (uint32_t)row;
		p->n += whole && (!w || w[row] > 0);
	}
}

/* The rows that count come together. */
static void close_up(struct piece *p, const struct record *r)
{
	for (size_t j = 0; j < r->n_numbers; j++)
		for (size_t i = 0; i < p->n; i++)
			p->number[j * p->capacity + i] = p->number[j * p->capacity + p->row[i]];
	for (size_t j = 0; j < r->n_texts; j++)
		for (size_t i = 0; i < p->n; i++)
			p->text[j * p->capacity + i] = p->text[j * p->capacity + p->row[i]];
}

/* A block with a fault is left as it is, for take_piece to find it. */
static void parse_piece(void *ctx, void *slot, struct tsv_block *b)
{
	const struct under_way *u = ctx;
	struct piece *p = slot;
	const double *y;

	p->n = 0;
	make_room(p, &u->record, b->n_lines);
	if (!tsv_block_whole(b) || !parse_cells(p, &u->record, b) || !in_range(u, p, b->n_lines))
		return;
	choose_rows(u, p, b->n_lines);
	if (p->n < b->n_lines)
		close_up(p, &u->record);
	y = p->number + (u->weight_at - 1) * p->capacity;
	for (size_t i = 0; !u->seen && i < p->n; i++)
		p->y[i] = y[i] == 1;
	tsv_block_pass(b);
}

/* The codes of outcomes, which are numbered in the order they come. */
static void code_outcomes(struct under_way *u, struct piece *p, const struct tsv_block *b)
{
	for (size_t i = 0; i < p->n; i++) {
		int64_t code = design_dictionary_add(u->seen, p->text[u->text_at * p->capacity + i]);
		mem_need(code >= 0);
		if (code >= MULTINOMIAL_MAX)
			msg_die(MSG_FAILED, "%s:%llu: column %s: more than %d outcomes", b->record.file,
				(unsigned long long)(b->first_line + p->row[i]),
				u->in->text[u->outcome], MULTINOMIAL_MAX);
		p->y[i] = (uint8_t)code;
	}
}

static void take_piece(void *ctx, void *slot, struct tsv_block *b)
{
	struct under_way *u = ctx;
	struct piece *p = slot;
	struct tsv_in *in = u->in;
	const double *w = u->how->weights ? p->number + u->weight_at * p->capacity : NULL;

	if (b->record.n_rows > 0) { /* parse_piece passed it */
		for (size_t i = 0; i < u->record.n; i++)
			u->record.n_missing[i] += p->n_missing[i];
		u->record.n_incomplete += p->n_incomplete;
		u->n_weightless += p->n_weightless;
		if (u->seen)
			code_outcomes(u, p, b);
	}
	for (size_t i = 0, n; i < p->n; i += n) {
		n = DESIGN_CHUNK - u->r->n % DESIGN_CHUNK;
		n = n < p->n - i ? n : p->n - i;
		mem_need(logit_rows_add_many(u->r, n, p->number + i, p->text + i, p->capacity, p->y + i,
						w ? w + i : NULL) == 0);
		if (u->r->n % DESIGN_CHUNK == 0)
			check_memory(u->r, u->pages, u->how, u->seen);
	}
	u->in = &b->record;
	while (tsv_block_next(b))
		read_row(u);
	u->in = in;
}

static void read_all(struct under_way *u)
{
	const struct tsv_blocks blocks = { .ctx = u, .work = parse_piece, .take = take_piece };
	int most = u->how->mem ? THREADS_WITHIN : THREADS_MAX, threads = u->how->threads;
	size_t n_threads = threads > most ? (size_t)most : threads > 1 ? (size_t)threads : 1;
	size_t n = tsv_blocks_slots(n_threads);
	struct piece *piece = mem_zero(n, sizeof *piece);

	for (size_t i = 0; i < n; i++)
		piece[i].n_missing = mem_array(u->record.n, sizeof *piece->n_missing);
	tsv_blocks_run(u->in, &blocks, piece, sizeof *piece, n_threads);
	for (size_t i = 0; i < n; i++) {
		free(piece[i].number);
		free(piece[i].text);
		free(piece[i].y);
		free(piece[i].row);
		free(piece[i].n_missing);
	}
	free(piece);
}

void reading_rows(struct logit_rows *r, struct pages *pages, struct tsv_in *in,
		  const struct reading *how)
{
	struct under_way u = { .r = r, .pages = pages, .in = in, .how = how,
			       .outcome = columns_one(in, how->outcome) };

	r->design.memory = (struct design_memory){ take, rest, pages };
	reading_terms(r, &u.record, in, how);
	/* Behind the terms' values, which the design takes from the front. */
	u.text_at = u.record.n_texts;
	record_add(&u.record, u.outcome, how->outcomes != NULL);
	u.weight_at = u.record.n_numbers;
	if (how->weights && strcmp(how->weights, how->outcome) == 0)
		msg_die(MSG_FAILED, "%s: column %s cannot be the weight: it is the outcome", in->file,
			how->weights);
	if (how->weights)
		record_add(&u.record, columns_one(in, how->weights), false);
	if (how->outcomes)
		mem_need((u.seen = design_dictionary_new()) != NULL);
	read_all(&u);
	if (!how->drop_missing)
		record_refuse_missing(&u.record, in, "--drop-missing");
	if (u.record.n_incomplete)
		msg_note("%zu rows with missing values left out", u.record.n_incomplete);
	if (u.n_weightless)
		msg_note("%zu rows of weight 0 left out", u.n_weightless);
	check_memory(r, pages, how, u.seen);
	mem_need(design_finish(&r->design) == 0);
	reading_refuse_namesakes(&r->design);
	if (u.seen && r->n)
		order_outcomes(r, u.seen, in, how);
	design_dictionary_free(u.seen);
	record_free(&u.record);
}
