/* SPDX-License-Identifier: MIT */
#include "table/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

#define FIRST_ROWS 4096
/* Above, capacity grows by a quarter, so that little stands empty. */
#define DOUBLE_UNTIL ((size_t)1 << 20)

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

static uint64_t bytes_for(const struct frame *f, const struct frame_read *how, size_t capacity)
{
	size_t row = 8 * f->n_columns + sizeof(struct span) * (f->n_texts + (how->key >= 0)) +
		     how->work_bytes;

	if (how->lines)
		row += sizeof *f->line + sizeof *f->file;
	return (uint64_t)row * capacity + f->keys.n_bytes + FRAME_FIXED_BYTES;
}

uint64_t frame_bytes(const struct frame *f)
{
	struct frame_read how = { .key = f->key ? 0 : -1, .lines = f->line != NULL };

	return bytes_for(f, &how, f->capacity);
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

static struct span keep(struct frame *f, struct span s)
{
	return (struct span){ mem_arena_copy(&f->keys, s.s, s.n), s.n };
}

/* Parses the current record into row n_rows; whether all values are there. */
static bool read_row(struct frame *f, const struct tsv_in *in, const struct columns *c)
{
	bool whole = true;

	for (size_t j = 0; j < c->n; j++) {
		double x = tsv_real(in, c->index[j]);

		f->column[j][f->n_rows] = x;
		if (isnan(x)) {
			f->n_missing[j]++;
			whole = false;
		}
	}
	return whole;
}

static void read_texts(struct frame *f, const struct tsv_in *in, const struct frame_read *how)
{
	if (how->key >= 0)
		f->key[f->n_rows] = keep(f, in->field[how->key]);
	for (size_t j = 0; j < f->n_texts; j++)
		f->text[j][f->n_rows] = keep(f, in->field[how->text->index[j]]);
	if (how->lines) {
		f->line[f->n_rows] = in->line;
		f->file[f->n_rows] = in->file;
	}
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
		const struct frame_read *how, size_t *n_dropped)
{
	size_t dropped = 0;

	allocate(f, in, c, how);
	while (tsv_next(in)) {
		if (f->n_rows == f->capacity)
			grow(f, how);
		if (!read_row(f, in, c) && how->drop_missing) {
			dropped++;
			continue;
		}
		read_texts(f, in, how);
		f->n_rows++;
		if (how->mem && f->n_rows % 4096 == 0 && bytes_for(f, how, f->capacity) > how->mem)
			die_too_large(f, how);
	}
	if (how->missing_is_error && !how->drop_missing)
		refuse_missing(f, in);
	if (n_dropped)
		*n_dropped = dropped;
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
