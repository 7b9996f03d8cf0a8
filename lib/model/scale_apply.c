/* SPDX-License-Identifier: MIT */
#include "model/scale_apply.h"

#include <math.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/par.h"
#include "model/transform_in.h"
#include "value/num.h"

/* A block ends with either: enough to pay for handing it on, little enough to
 * stay in the caches. */
#define BLOCK_ROWS 512
#define BLOCK_BYTES ((size_t)128 << 10)

struct place {
	size_t at, n; /* in the block's text */
};

struct block {
	/* of a stream */
	struct buf text;         /* the records from the first to the last used field */
	struct place *field;     /* [BLOCK_ROWS][n_used] */
	const char *file[BLOCK_ROWS];
	uint64_t line[BLOCK_ROWS];
	struct tsv_in view;      /* a row of the block as if it were the stream's */
	struct transform_in record;
	uint64_t *missing;       /* [n_columns], of all blocks of this slot */
	bool refused;            /* row n_done is; it is named in its turn */
	double *x, *y, *z;       /* a row */
	struct span *level;

	size_t first, n_rows, n_done;
	struct buf out;
};

struct job {
	struct scale_apply *a;
	const struct frame *f;   /* NULL: a stream */
	size_t first_kept;
	double *const *x;
	struct span *const *level;
	size_t *used, n_used;    /* columns of the stream: copied, then inputs; */
	size_t low, high;        /* the first and the last of them */
	size_t next;             /* row of the frame */
	uint64_t n_unseen;
	char *first_unseen;
};

static size_t n_inputs(const struct scale_apply *a)
{
	return a->inverse ? a->t->n_outputs : a->t->scale.n + a->t->n_onehot;
}

static void put_reals(struct buf *to, const double *z, size_t n)
{
	char *end = buf_room(to, n * (NUM_MAX + 1));
	char *at = end;

	for (size_t i = 0; i < n; i++) {
		*at++ = '\t';
		at += isnan(z[i]) ? 0 : num_print(at, z[i]);
	}
	to->n += (size_t)(at - end);
}

/* The block's last line begins at `start`, with a TAB that is not wanted if
 * nothing stands before the numbers. */
static void end_line(struct buf *to, size_t start, bool starts_empty)
{
	if (starts_empty && to->n > start) {
		memmove(to->s + start, to->s + start + 1, to->n - start - 1);
		to->n--;
	}
	buf_char(to, '\n');
}

static bool read_block(void *ctx, void *slot)
{
	struct job *j = ctx;
	struct tsv_in *in = j->a->in;
	struct block *b = slot;

	b->text.n = 0;
	b->n_rows = 0;
	while (b->n_rows < BLOCK_ROWS && b->text.n < BLOCK_BYTES && tsv_next(in)) {
		struct place *p = b->field + b->n_rows * j->n_used;
		const char *from = in->field[j->low].s;
		const char *end = in->field[j->high].s + in->field[j->high].n;
		for (size_t i = 0; i < j->n_used; i++) {
			struct span f = in->field[j->used[i]];
			p[i] = (struct place){ b->text.n + (size_t)(f.s - from), f.n };
		}
		buf_put(&b->text, from, (size_t)(end - from));
		b->file[b->n_rows] = in->file;
		b->line[b->n_rows++] = in->line;
	}
	return b->n_rows > 0;
}

static void show_row(const struct job *j, struct block *b, size_t r)
{
	const struct place *p = b->field + r * j->n_used;

	b->view.file = b->file[r];
	b->view.line = b->line[r];
	for (size_t i = 0; i < j->n_used; i++)
		b->view.field[j->used[i]] = (struct span){ b->text.s + p[i].at, p[i].n };
}

/* The raw values of the outputs in view, NULL when there are none.  Missing
 * outputs give missing values. */
static const double *invert(const struct job *j, struct block *b)
{
	const struct transform *t = j->a->t;
	bool whole = true;

	for (size_t i = 0; i < t->n_outputs; i++) {
		struct span f = b->view.field[j->a->column[i]];
		b->z[i] = (double)NAN;
		if (f.n && !num_parse(f.s, f.n, &b->z[i]))
			return NULL;
		whole = whole && f.n;
	}
	transform_invert(t, b->z, b->y, b->x);
	for (size_t i = 0; i < t->scale.n; i++)
		if (!isfinite(b->x[i]) && (t->pca.n_out ? whole : !isnan(b->z[i])))
			return NULL;
	return b->x;
}

static const double *convert(const struct job *j, struct block *b)
{
	if (j->a->inverse)
		return invert(j, b);
	if (transform_in_try(&b->record, &b->view) == TRANSFORM_IN_REFUSED)
		return NULL;
	return transform_in_outputs(&b->record);
}

static void convert_block(void *ctx, void *slot)
{
	struct job *j = ctx;
	struct block *b = slot;
	size_t n_copied = j->a->copied->n;
	size_t n_made = j->a->inverse ? j->a->t->scale.n : j->a->t->n_outputs;

	b->out.n = 0;
	for (b->n_done = 0; b->n_done < b->n_rows; b->n_done++) {
		size_t start = b->out.n;
		show_row(j, b, b->n_done);
		const double *z = convert(j, b);
		if (!z) {
			b->refused = true;
			return;
		}
		for (size_t i = 0; i < n_copied; i++) {
			struct span f = b->view.field[j->used[i]];
			if (i)
				buf_char(&b->out, '\t');
			buf_put(&b->out, f.s, f.n);
		}
		put_reals(&b->out, z, n_made);
		end_line(&b->out, start, n_copied == 0);
	}
}

/* Says what is wrong with the row in view. */
static _Noreturn void die(const struct job *j, struct block *b)
{
	const struct transform *t = j->a->t;
	const struct tsv_in *in = &b->view;

	if (!j->a->inverse)
		transform_in_die(&b->record, in);
	for (size_t i = 0; i < t->n_outputs; i++)
		b->z[i] = tsv_real(in, j->a->column[i]);
	for (size_t i = 0; i < t->scale.n && !t->pca.n_out; i++)
		if (!isnan(b->z[i]) && !isfinite(b->x[i]))
			tsv_die_value(in, j->a->column[i], "is scaled from no number");
	tsv_die(in, -1, "these components come from no numbers");
}

static void write_block(void *ctx, void *slot)
{
	struct job *j = ctx;
	struct block *b = slot;

	tsv_put_rows(j->a->out, b->out.s, b->out.n, b->n_done);
	if (b->refused)
		die(j, b);
	j->n_unseen += b->record.n_unseen;
	if (!j->first_unseen)
		j->first_unseen = b->record.first_unseen;
	else
		free(b->record.first_unseen);
	b->record.n_unseen = 0;
	b->record.first_unseen = NULL;
}

/* Each slot of a pipe has its own row and counts. */
static void open_block(const struct job *j, struct block *b)
{
	const struct scale_apply *a = j->a;
	const struct transform *t = a->t;

	b->x = mem_array(t->scale.n + 1, sizeof *b->x);
	b->y = mem_array(t->n_features + 1, sizeof *b->y);
	b->z = mem_array(t->n_features + t->n_outputs + 1, sizeof *b->z);
	b->level = mem_array(t->n_onehot + 1, sizeof *b->level);
	if (j->f)
		return;
	b->field = mem_array(BLOCK_ROWS * (j->n_used + 1), sizeof *b->field);
	b->missing = mem_zero(a->in->n_columns, sizeof *b->missing);
	b->view = *a->in;
	b->view.field = mem_zero(a->in->n_columns, sizeof *b->view.field);
	if (!a->inverse)
		transform_in_init(&b->record, t, a->column, b->missing, a->strict);
}

static void close_block(const struct job *j, struct block *b)
{
	for (size_t i = 0; !j->f && i < j->a->in->n_columns; i++)
		j->a->missing[i] += b->missing[i];
	if (!j->f && !j->a->inverse)
		transform_in_free(&b->record);
	free(b->x);
	free(b->y);
	free(b->z);
	free(b->level);
	free(b->field);
	free(b->missing);
	free(b->view.field);
	free(b->text.s);
	free(b->out.s);
}

static void run(struct job *j, bool (*produce)(void *, void *), void (*work)(void *, void *))
{
	size_t n = j->a->threads > 1 ? (size_t)j->a->threads : 1;
	struct block *block = mem_zero(n, sizeof *block);
	struct par_pipe pipe = { .ctx = j, .produce = produce, .work = work, .consume = write_block,
				 .slot = block, .slot_size = sizeof *block, .n_slots = n };

	for (size_t i = 0; i < n; i++)
		open_block(j, &block[i]);
	par_run(&pipe);
	for (size_t i = 0; i < n; i++)
		close_block(j, &block[i]);
	free(block);
}

void scale_apply_stream(struct scale_apply *a)
{
	struct job j = { .a = a };

	a->missing = mem_zero(a->in->n_columns, sizeof *a->missing);
	j.used = mem_array(a->copied->n + n_inputs(a) + 1, sizeof *j.used);
	for (size_t i = 0; i < a->copied->n; i++)
		j.used[j.n_used++] = a->copied->index[i];
	for (size_t i = 0; i < n_inputs(a); i++)
		j.used[j.n_used++] = a->column[i];
	j.low = j.high = j.used[0];
	for (size_t i = 1; i < j.n_used; i++) {
		j.low = j.used[i] < j.low ? j.used[i] : j.low;
		j.high = j.used[i] > j.high ? j.used[i] : j.high;
	}
	run(&j, read_block, convert_block);
	a->warning = transform_in_unseen(j.n_unseen, j.first_unseen);
	free(j.first_unseen);
	free(j.used);
}

static bool next_rows(void *ctx, void *slot)
{
	struct job *j = ctx;
	struct block *b = slot;

	b->first = j->next;
	b->n_rows = j->f->n_rows - j->next < BLOCK_ROWS ? j->f->n_rows - j->next : BLOCK_ROWS;
	j->next += b->n_rows;
	return b->n_rows > 0;
}

static void transform_rows(void *ctx, void *slot)
{
	struct job *j = ctx;
	struct block *b = slot;
	const struct frame *f = j->f;
	const struct transform *t = j->a->t;

	b->out.n = 0;
	b->n_done = b->n_rows;
	for (size_t r = b->first; r < b->first + b->n_rows; r++) {
		size_t start = b->out.n;
		if (f->key)
			buf_put(&b->out, f->key[r].s, f->key[r].n);
		for (size_t i = j->first_kept; i < f->n_texts; i++) {
			if (f->key || i > j->first_kept)
				buf_char(&b->out, '\t');
			buf_put(&b->out, f->text[i][r].s, f->text[i][r].n);
		}
		transform_row_at(t, j->x, j->level, r, b->x, b->level, b->y);
		put_reals(&b->out, transform_project(t, b->y, b->z), t->n_outputs);
		end_line(&b->out, start, !f->key && j->first_kept == f->n_texts);
	}
}

void scale_apply_frame(struct scale_apply *a, const struct frame *f, size_t first_kept,
		       double *const *x, struct span *const *level)
{
	struct job j = { .a = a, .f = f, .first_kept = first_kept, .x = x, .level = level };

	run(&j, next_rows, transform_rows);
}
