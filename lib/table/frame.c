/* SPDX-License-Identifier: MIT */
#include "table/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "stream/tsv_blocks.h"
#include "value/num_column.h"

#define FIRST_ROWS 4096
/* Above, capacity grows by a quarter, so that little stands empty. */
#define DOUBLE_UNTIL ((size_t)1 << 20)

/* So often it is looked whether keys and texts fit. */
#define CHECK_ROWS 4096

/* While reading: blocks, and at most 16 bytes for each of theirs. */
#define READING_BYTES ((FRAME_THREADS + 2) * (TSV_BLOCK_MEMORY + 16 * (uint64_t)TSV_BLOCK_BYTES))

static void allocate(struct frame *f, struct tsv_in *in, const struct columns *c,
		     const struct frame_read *how)
{
	*f = (struct frame){ .n_columns = c->n, .n_texts = how->text ? how->text->n : 0 };
	f->column = mem_zero(c->n, sizeof *f->column);
	f->name = mem_zero(c->n, sizeof *f->name);
	f->n_missing = mem_zero(c->n, sizeof *f->n_missing);
	f->text = mem_zero(f->n_texts, sizeof *f->text);
	for (size_t j = 0; j < c->n; j++)
		f->name[j] = mem_copy(in->text[c->index[j]], in->name[c->index[j]].n);
}

static uint64_t bytes_held(const struct frame *f, const struct frame_read *how, size_t capacity)
{
	size_t row = 8 * f->n_columns + sizeof(struct span) * (f->n_texts + (how->key >= 0));

	if (how->lines)
		row += sizeof *f->line + sizeof *f->file;
	return (uint64_t)row * capacity + f->keys.n_bytes + FRAME_FIXED_BYTES;
}

/* The most there will be: while reading, or afterwards. */
static uint64_t bytes_for(const struct frame *f, const struct frame_read *how, size_t capacity)
{
	uint64_t work = (uint64_t)how->work_bytes * capacity;

	return bytes_held(f, how, capacity) + (work > READING_BYTES ? work : READING_BYTES);
}

uint64_t frame_bytes(const struct frame *f)
{
	struct frame_read how = { .key = f->key ? 0 : -1, .lines = f->line != NULL };

	return bytes_held(f, &how, f->capacity);
}

static _Noreturn void die_too_large(const struct frame *f, const struct frame_read *how)
{
	msg_die(MSG_FAILED, "the frame needs more than --mem %lluM allows: %zu columns, %zu rows so far",
		(unsigned long long)(how->mem >> 20), f->n_columns, f->n_rows);
}

static void grow(struct frame *f, const struct frame_read *how)
{
	size_t n = f->capacity;

	n = n == 0 ? FIRST_ROWS : n < DOUBLE_UNTIL ? 2 * n : n + n / 4;
	if (how->mem && bytes_for(f, how, n) > how->mem) {
		n = f->capacity + f->capacity / 16;
		if (f->capacity == 0 || bytes_for(f, how, n) > how->mem)
			die_too_large(f, how);
	}
	for (size_t j = 0; j < f->n_columns; j++)
		f->column[j] = mem_resize(f->column[j], n, sizeof **f->column);
	for (size_t j = 0; j < f->n_texts; j++)
		f->text[j] = mem_resize(f->text[j], n, sizeof **f->text);
	if (how->key >= 0)
		f->key = mem_resize(f->key, n, sizeof *f->key);
	if (how->lines) {
		f->line = mem_resize(f->line, n, sizeof *f->line);
		f->file = mem_resize(f->file, n, sizeof *f->file);
	}
	f->capacity = n;
}

/* The rows of a block, parsed. */
struct part {
	size_t n, capacity;
	double *x;         /* [n_columns][capacity] */
	struct span *text; /* [key and texts][capacity] */
	size_t *n_missing; /* [n_columns] */
};

struct reading {
	struct frame *f;
	const struct columns *c;
	const struct frame_read *how;
};

static size_t n_spans(const struct reading *r)
{
	return r->f->n_texts + (r->how->key >= 0);
}

static void make_room(struct part *p, const struct reading *r, size_t n)
{
	if (n <= p->capacity)
		return;
	free(p->x);
	free(p->text);
	p->capacity = n;
	p->x = mem_array(n * r->c->n, sizeof *p->x);
	p->text = mem_array(n * n_spans(r), sizeof *p->text);
}

/*
 * Reads the block a column at a time.  Of a block with a fault nothing is kept:
 * it is read again by the record, in its turn, to say which is the first.
 */
static void parse_block(void *ctx, void *slot, struct tsv_block *b)
{
	const struct reading *r = ctx;
	struct part *p = slot;
	size_t n = b->n_lines, key = r->how->key >= 0;

	make_room(p, r, n);
	memset(p->n_missing, 0, r->c->n * sizeof *p->n_missing);
	p->n = 0;
	if (!tsv_block_whole(b))
		return;
	for (size_t j = 0; j < r->c->n; j++)
		if (num_column(b->s, b->place + r->c->index[j], b->record.n_columns, n,
			       p->x + j * p->capacity, &p->n_missing[j]) < n)
			return;
	for (size_t j = 0; j < n_spans(r); j++) {
		size_t c = j < key ? (size_t)r->how->key : r->how->text->index[j - key];
		for (size_t i = 0; i < n; i++)
			p->text[j * p->capacity + i] = tsv_block_cell(b, i, c);
	}
	p->n = n;
	tsv_block_pass(b);
}

static struct span keep(struct frame *f, struct span s)
{
	return (struct span){ mem_arena_copy(&f->keys, s.s, s.n), s.n };
}

/* Rows first..first+n-1 of the block behind those of the frame, which has room. */
static void append(const struct reading *r, const struct part *p, const struct tsv_block *b,
		   size_t first, size_t n)
{
	struct frame *f = r->f;
	const struct span *text = p->text + first;

	for (size_t j = 0; j < f->n_columns; j++)
		memcpy(f->column[j] + f->n_rows, p->x + j * p->capacity + first, n * sizeof(double));
	for (size_t i = 0; f->key && i < n; i++)
		f->key[f->n_rows + i] = keep(f, text[i]);
	text += f->key ? p->capacity : 0;
	for (size_t j = 0; j < f->n_texts; j++, text += p->capacity)
		for (size_t i = 0; i < n; i++)
			f->text[j][f->n_rows + i] = keep(f, text[i]);
	for (size_t i = 0; f->line && i < n; i++) {
		f->line[f->n_rows + i] = b->first_line + first + i;
		f->file[f->n_rows + i] = b->record.file;
	}
	f->n_rows += n;
}

static void take_block(void *ctx, void *slot, struct tsv_block *b)
{
	struct reading *r = ctx;
	struct frame *f = r->f;
	const struct part *p = slot;

	for (size_t i = 0, n; i < p->n; i += n) {
		if (f->n_rows == f->capacity)
			grow(f, r->how);
		n = CHECK_ROWS - f->n_rows % CHECK_ROWS;
		n = n < f->capacity - f->n_rows ? n : f->capacity - f->n_rows;
		n = n < p->n - i ? n : p->n - i;
		append(r, p, b, i, n);
		if (r->how->mem && f->n_rows % CHECK_ROWS == 0 &&
		    bytes_for(f, r->how, f->capacity) > r->how->mem)
			die_too_large(f, r->how);
	}
	for (size_t j = 0; j < f->n_columns; j++)
		f->n_missing[j] += p->n_missing[j];
	while (tsv_block_next(b)) /* dies at the first value that is no number */
		for (size_t j = 0; j < r->c->n; j++)
			tsv_real(&b->record, r->c->index[j]);
}

static void read_blocks(struct reading *r, struct tsv_in *in)
{
	const struct tsv_blocks blocks = { .ctx = r, .work = parse_block, .take = take_block };
	int threads = r->how->threads;
	size_t n_threads = threads > FRAME_THREADS ? FRAME_THREADS : threads < 1 ? 1 : (size_t)threads;
	size_t n = tsv_blocks_slots(n_threads);
	struct part *part = mem_zero(n, sizeof *part);

	for (size_t i = 0; i < n; i++)
		part[i].n_missing = mem_array(r->c->n + 1, sizeof *part->n_missing);
	tsv_blocks_run(in, &blocks, part, sizeof *part, n_threads);
	for (size_t i = 0; i < n; i++) {
		free(part[i].x);
		free(part[i].text);
		free(part[i].n_missing);
	}
	free(part);
}

static void refuse_missing(const struct frame *f, const struct tsv_in *in)
{
	char text[600] = "";
	size_t n = 0;

	for (size_t j = 0; j < f->n_columns && n < sizeof text - 80; j++)
		if (f->n_missing[j])
			n += (size_t)snprintf(text + n, sizeof text - n, "%s %s %zu", n ? "," : "",
					      f->name[j], f->n_missing[j]);
	if (n)
		msg_die(MSG_FAILED, "%s: missing values:%s", in->file, text);
}

void frame_read(struct frame *f, struct tsv_in *in, const struct columns *c,
		const struct frame_read *how)
{
	struct reading r = { f, c, how };

	allocate(f, in, c, how);
	read_blocks(&r, in);
	if (how->missing_is_error)
		refuse_missing(f, in);
}

void frame_positive(const struct frame *f, size_t column, const char *what)
{
	for (size_t i = 0; i < f->n_rows; i++)
		if (!(f->column[column][i] > 0))
			msg_die(MSG_FAILED, "%s:%llu: column %s: %s must be above 0", f->file[i],
				(unsigned long long)f->line[i], f->name[column], what);
}

void frame_free(struct frame *f)
{
	for (size_t j = 0; j < f->n_columns; j++) {
		free(f->column[j]);
		free(f->name[j]);
	}
	for (size_t j = 0; j < f->n_texts; j++)
		free(f->text[j]);
	free(f->column);
	free(f->name);
	free(f->n_missing);
	free(f->text);
	free(f->key);
	free(f->line);
	free(f->file);
	mem_arena_free(&f->keys);
	*f = (struct frame){ 0 };
}
