/* SPDX-License-Identifier: MIT */
#include "stream/tsv_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/par.h"
#include "stream/scan.h"
#include "stream/tsv_reader.h"

struct run {
	struct tsv_reader *reader;
	const struct tsv_blocks *how;
	uint64_t next_line; /* of the next block */
	bool too_long;
};

/* A block and what is made of it. */
struct place {
	struct tsv_block block;
	struct tsv_lines lines;
	void *slot;
};

bool tsv_block_next(struct tsv_block *b)
{
	if (tsv_lines_next(b->lines, &b->record) != TSV_RECORD)
		return false;
	b->record.line++;
	b->record.n_rows++;
	return true;
}

bool tsv_block_whole(const struct tsv_block *b)
{
	return tsv_lines_whole(b->lines, b->record.n_columns, b->n_lines);
}

void tsv_block_pass(struct tsv_block *b)
{
	b->lines->pos = b->lines->end;
	b->lines->at = b->lines->n_index;
	b->record.line += b->n_lines;
	b->record.n_rows += b->n_lines;
}

/* Up to `room` bytes: what the reader has left over, then the operand's.  0: its
 * end, or a failure. */
static size_t more(struct tsv_reader *r, char *to, size_t room)
{
	struct tsv_lines *left = &r->lines;
	size_t n = left->end - left->pos;

	if (n == 0)
		return gz_try(r->gz, to, room);
	n = n < room ? n : room;
	memcpy(to, left->s + left->pos, n);
	left->pos += n;
	return n;
}

/* Gives s[0..n) back to the reader, before what it has. */
static void give_back(struct tsv_lines *left, const char *s, size_t n)
{
	size_t rest = left->end - left->pos;

	if (left->pos < n) {
		tsv_lines_room(left, n + rest);
		memmove(left->s + n, left->s + left->pos, rest);
		left->pos = n;
		left->end = n + rest;
	}
	left->pos -= n;
	memcpy(left->s + left->pos, s, n);
}

/* Whole lines into l, of about `size` bytes or one line; l->end is behind the
 * last LF.  False: there are none, or a line is too long. */
static bool read_lines(struct run *run, struct tsv_lines *l, size_t size)
{
	size_t n = 0, looked = 0, got = 1;
	const char *last = NULL;

	while (!last && got) {
		tsv_lines_room(l, size);
		for (; n < size && got; n += got)
			got = more(run->reader, l->s + n, size - n);
		last = memrchr(l->s + looked, '\n', n - looked);
		looked = n;
		run->too_long = !last && n >= TSV_LINE_BYTES_MAX;
		got = run->too_long ? 0 : got;
		size *= 2;
	}
	l->end = last ? (size_t)(last - l->s) + 1 : 0;
	give_back(&run->reader->lines, l->s + l->end, n - l->end);
	return last != NULL;
}

static bool cut(void *ctx, void *to)
{
	struct run *run = ctx;
	struct place *p = to;
	struct tsv_block *b = &p->block;

	tsv_lines_empty(&p->lines);
	if (!read_lines(run, &p->lines, run->how->block_bytes ? run->how->block_bytes : TSV_BLOCK_BYTES))
		return false;
	b->record.file = run->reader->in.file;
	b->record.line = run->next_line - 1;
	b->record.n_rows = 0;
	b->first_line = run->next_line;
	b->n_lines = scan_lines(p->lines.s, p->lines.end);
	run->next_line += b->n_lines;
	return true;
}

static void work(void *ctx, void *to)
{
	struct run *run = ctx;
	struct place *p = to;

	tsv_lines_index(&p->lines, 0);
	p->block.s = p->lines.s;
	p->block.place = p->lines.index;
	run->how->work(run->how->ctx, p->slot, &p->block);
}

/* Behind it the block is at its end or before a record that is none. */
static void take(void *ctx, void *to)
{
	struct run *run = ctx;
	struct place *p = to;
	struct tsv_in *in = &run->reader->in;

	run->how->take(run->how->ctx, p->slot, &p->block);
	in->n_rows += p->block.record.n_rows;
	in->line = p->block.record.line;
	tsv_reader_tick(run->reader);
	if (p->lines.pos == p->lines.end)
		return;
	p->block.record.line++;
	tsv_lines_die(&p->lines, &p->block.record);
}

static void open_place(struct place *p, const struct run *run, void *slot)
{
	const struct tsv_in *in = &run->reader->in;

	*p = (struct place){ .slot = slot };
	tsv_lines_init(&p->lines, run->how->block_bytes ? run->how->block_bytes : TSV_BLOCK_BYTES);
	p->block.record = *in;
	p->block.record.field = mem_zero(in->n_columns, sizeof *in->field);
	p->block.lines = &p->lines;
}

/* One operand after the other: the next one's header is not looked at before
 * all rows of this one are taken. */
void tsv_blocks_run(struct tsv_in *in, const struct tsv_blocks *how, void *slot, size_t slot_size,
		    size_t n_threads)
{
	struct tsv_reader *r = in->reader;
	struct run run = { r, how, 0, false };
	size_t n_slots = tsv_blocks_slots(n_threads);
	struct place *place = mem_array(n_slots, sizeof *place);
	const struct par_pipe pipe = { &run, cut, work, take, place, sizeof *place, n_slots, n_threads };

	for (size_t i = 0; i < n_slots; i++)
		open_place(&place[i], &run, (char *)slot + i * slot_size);
	while (r->gz) {
		run.next_line = in->line + 1;
		par_run(&pipe);
		if (run.too_long)
			tsv_reader_die_long(r);
		gz_check(r->gz);
		tsv_reader_next(r);
	}
	for (size_t i = 0; i < n_slots; i++) {
		tsv_lines_free(&place[i].lines);
		free(place[i].block.record.field);
	}
	free(place);
}
