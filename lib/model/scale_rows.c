/* SPDX-License-Identifier: MIT */
#include "model/scale_rows.h"

#include <stdlib.h>

#include "base/mem.h"

/* Column `index` of the stream becomes a column to scale, unless it is one. */
static bool add_numeric(struct scale_choice *c, struct scale *s, const struct tsv_in *in,
			size_t index)
{
	if (scale_find(s, in->text[index]))
		return true;
	c->numeric[s->n] = index;
	return scale_add(s, in->text[index]) != NULL;
}

static char *set_shapes(struct scale *s, const struct tsv_in *in, const struct opt_list *items,
			enum scale_shape shape)
{
	struct columns chosen;
	char *wrong = NULL;

	columns_choose(&chosen, in, items);
	for (size_t i = 0; i < chosen.n && !wrong; i++) {
		const char *name = in->text[chosen.index[i]];
		struct scale_column *c = scale_find(s, name);
		if (!c)
			wrong = mem_printf("%s: column %s is not among the columns to scale; name "
					   "it in -c too", in->file, name);
		else if (c->shape != SCALE_LINEAR)
			wrong = mem_printf("%s: column %s is both in --log1p and in --yeo-johnson",
					   in->file, name);
		else
			c->shape = shape;
	}
	columns_free(&chosen);
	return wrong;
}

static bool add_columns(struct scale_choice *c, struct transform *t, const struct tsv_in *in,
			const struct columns *features, const struct columns *onehot)
{
	size_t n_ordinal = t->encode.n;
	bool there = true;

	for (size_t i = 0; i < onehot->n && there; i++) {
		struct encode_column *e = encode_add(&t->encode, ENCODE_ONEHOT,
						     in->text[onehot->index[i]]);
		there = e != NULL;
		if (e)
			e->drop_first = c->drop_first;
		c->category[i] = onehot->index[i];
	}
	for (size_t i = 0; i < features->n && there; i++)
		if (!encode_find(&t->encode, ENCODE_ONEHOT, in->text[features->index[i]]))
			there = add_numeric(c, &t->scale, in, features->index[i]);
	for (size_t i = 0; i < n_ordinal && there; i++)
		there = add_numeric(c, &t->scale, in, columns_one(in, t->encode.column[i].name));
	return there;
}

char *scale_choose(struct scale_choice *c, struct transform *t, const struct tsv_in *in)
{
	struct columns features = { 0 }, onehot;
	char *wrong = NULL;

	if (c->features->n || !(c->onehot->n || t->encode.n) || columns_has_features(in))
		columns_features(&features, in, c->features);
	columns_choose(&onehot, in, c->onehot);
	c->numeric = mem_array(features.n + t->encode.n + 1, sizeof *c->numeric);
	c->category = mem_array(onehot.n + 1, sizeof *c->category);
	if (!add_columns(c, t, in, &features, &onehot))
		wrong = mem_printf("out of memory");
	columns_free(&features);
	columns_free(&onehot);
	if (!wrong)
		wrong = set_shapes(&t->scale, in, c->log1p, SCALE_LOG1P);
	if (!wrong)
		wrong = set_shapes(&t->scale, in, c->yeo_johnson, SCALE_YEO_JOHNSON);
	if (!wrong && transform_ready(t) != 0)
		wrong = mem_printf("out of memory");
	return wrong;
}

/* Dies about a field of a row in memory as if it were the current record's. */
static _Noreturn void refuse(const struct tsv_in *in, const struct frame *f, size_t row,
			     size_t column, struct span field)
{
	struct tsv_in view = *in;

	view.file = f->file[row];
	view.line = f->line[row];
	view.field = mem_zero(in->n_columns, sizeof *view.field);
	view.field[column] = field;
	tsv_die_value(&view, column, "is none of its ordered levels");
}

/* Ordinal columns come as text and become numbers. */
static void take_numbers(struct scale_rows *rows, const struct tsv_in *in,
			 const struct transform *t, const struct scale_choice *c)
{
	const struct frame *f = &rows->f;
	size_t number = 0, at = 0, bad;

	rows->x = mem_array(t->scale.n + 1, sizeof *rows->x);
	for (size_t i = 0; i < t->scale.n; i++) {
		if (!t->ordinal[i]) {
			rows->x[i] = f->column[number++];
			continue;
		}
		const struct span *field = f->text[at++];
		rows->x[i] = mem_array(f->n_rows + 1, sizeof **rows->x);
		bad = transform_positions(t, i, field, f->n_rows, rows->x[i]);
		if (bad < f->n_rows)
			refuse(in, f, bad, c->numeric[i], field[bad]);
	}
}

void scale_rows_read(struct scale_rows *rows, struct tsv_in *in, const struct transform *t,
		     const struct scale_choice *c, ptrdiff_t key, const struct columns *keep,
		     const struct scale_how *how, uint64_t mem, int threads)
{
	size_t n_all = t->scale.n + t->n_onehot + keep->n, n_ordinal = t->encode.n - t->n_onehot;
	struct columns numbers = { mem_array(n_all + 1, sizeof(size_t)), 0 };
	struct columns text = { mem_array(n_all + 1, sizeof(size_t)), 0 };
	struct frame_read read = { .key = key, .text = &text, .mem = mem, .threads = threads };

	for (size_t i = 0; i < t->scale.n; i++) {
		struct columns *to = t->ordinal[i] ? &text : &numbers;
		to->index[to->n++] = c->numeric[i];
		read.lines |= t->ordinal[i] || t->scale.column[i].shape == SCALE_LOG1P;
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		text.index[text.n++] = c->category[i];
	for (size_t i = 0; i < keep->n; i++)
		text.index[text.n++] = keep->index[i];
	/* One column to work in, twice for a sort, and the ordinal ones as numbers. */
	read.work_bytes = sizeof(double) * (1u + (how->impute == SCALE_MODE) + n_ordinal);
	*rows = (struct scale_rows){ .first_kept = t->encode.n };
	frame_read(&rows->f, in, &numbers, &read);
	columns_free(&numbers);
	columns_free(&text);
	rows->level = rows->f.text + n_ordinal;
	take_numbers(rows, in, t, c);
}
