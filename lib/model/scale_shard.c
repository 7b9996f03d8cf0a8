/* SPDX-License-Identifier: MIT */
#include "model/scale_shard.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "math/quantile.h"
#include "table/group.h"
#include "value/text.h"

#define HEX_DIGITS 16

struct scale_shard_column {
	struct buf key;        /* escaped name and TAB; what follows is a value's */
	size_t n_name;         /* bytes of the key before a value */
	bool by_values;
	struct scale_entry head;
	double *value;         /* [n_values] of capacity, by_values */
	size_t n_values;
	struct group levels;   /* of a category; uint64_t rows */
};

static bool before(const struct scale_shard *s, size_t a, size_t b)
{
	const struct buf *x = &s->column[a].key, *y = &s->column[b].key;

	return span_compare((struct span){ x->s, x->n }, (struct span){ y->s, y->n }) < 0;
}

static void name_column(struct scale_shard_column *c, const char *name)
{
	size_t n = strlen(name);

	c->key.n += text_escape(buf_room(&c->key, 2 * n), name, n);
	buf_put(&c->key, "\\t", 2);
	c->n_name = c->key.n;
}

void scale_shard_init(struct scale_shard *s)
{
	size_t n = s->t->scale.n + s->t->n_onehot, n_by_values = 0;

	s->column = mem_zero(n, sizeof *s->column);
	s->order = mem_array(n, sizeof *s->order);
	for (size_t i = 0; i < n; i++) {
		struct scale_shard_column *c = &s->column[i];
		bool is_number = i < s->t->scale.n;
		name_column(c, transform_input(s->t, i));
		c->head.kind = is_number ? SCALE_NUMBER : SCALE_CATEGORY;
		c->levels.width = sizeof(uint64_t);
		c->by_values = is_number &&
			       scale_fit_needs_values(&s->t->scale.column[i], s->how);
		n_by_values += c->by_values;
		size_t at = i;
		for (; at > 0 && before(s, i, s->order[at - 1]); at--)
			s->order[at] = s->order[at - 1];
		s->order[at] = i;
	}
	s->capacity = SCALE_SHARD_BYTES / sizeof(double) / (n_by_values + 1);
	for (size_t i = 0; i < n; i++)
		if (s->column[i].by_values)
			s->column[i].value = mem_array(s->capacity, sizeof(double));
}

/* The key of a value of the column, to the merge. */
static void put(struct scale_shard *s, struct scale_shard_column *c, enum scale_kind kind,
		uint64_t rows)
{
	struct scale_entry e;

	e.kind = kind;
	e.sums.n = rows;
	e.sums.n_missing = 0;
	scale_merge_put(s->merge, (struct span){ c->key.s, c->key.n }, &e);
	c->key.n = c->n_name;
}

static void put_values(struct scale_shard *s, struct scale_shard_column *c)
{
	static const char digits[] = "0123456789abcdef";

	if (c->n_values)
		quantile_sort(c->value, c->n_values);
	for (size_t i = 0, end; i < c->n_values; i = end) {
		for (end = i + 1; end < c->n_values && c->value[end] == c->value[i];)
			end++;
		uint64_t u = quantile_key(c->value[i]);
		for (int d = HEX_DIGITS; d-- > 0;)
			buf_char(&c->key, digits[u >> 4 * d & 15]);
		put(s, c, SCALE_VALUE, end - i);
	}
	c->n_values = 0;
}

static void put_levels(struct scale_shard *s, struct scale_shard_column *c)
{
	uint32_t *order = group_sorted(&c->levels);
	char room[GROUP_SHORT];

	for (size_t i = 0; i < c->levels.n; i++) {
		struct span level = group_bytes(&c->levels, order[i], room);
		uint64_t rows;
		memcpy(&rows, group_value(&c->levels, order[i]), sizeof rows);
		c->key.n += text_escape(buf_room(&c->key, 2 * level.n), level.s, level.n);
		put(s, c, SCALE_LEVEL, rows);
	}
	free(order);
}

static void spill(struct scale_shard *s)
{
	s->merge->has_runs = true;
	for (size_t i = 0; i < s->t->scale.n + s->t->n_onehot; i++)
		put_values(s, &s->column[s->order[i]]);
	scale_merge_break(s->merge);
}

static void take_number(struct scale_shard *s, size_t i, const struct tsv_in *in)
{
	struct scale_shard_column *c = &s->column[i];
	size_t at = s->numeric[i];
	double x = s->t->ordinal[i] ? transform_position(s->t, i, in->field[at]) : tsv_real(in, at);

	if (s->t->ordinal[i] && x < 0)
		tsv_die_value(in, at, "is none of its ordered levels");
	if (!c->by_values && !scale_sums_add(&c->head.sums, &s->t->scale.column[i], x))
		tsv_die(in, (ptrdiff_t)at, "log1p has no value at %.15g", x);
	if (!c->by_values)
		return;
	if (isnan(x)) {
		c->head.sums.n_missing++;
		return;
	}
	if (c->n_values == s->capacity)
		spill(s);
	c->value[c->n_values++] = x;
	c->head.sums.n++;
}

void scale_shard_take(struct scale_shard *s, const struct tsv_in *in)
{
	for (size_t i = 0; i < s->t->scale.n; i++)
		take_number(s, i, in);
	for (size_t i = 0; i < s->t->n_onehot; i++) {
		struct scale_shard_column *c = &s->column[s->t->scale.n + i];
		struct span level = in->field[s->category[i]];
		uint64_t rows;
		if (level.n == 0) {
			c->head.sums.n_missing++;
			continue;
		}
		char *count = group_value(&c->levels, group_id(&c->levels, level));
		if (c->levels.n > ENCODE_LEVELS_MAX)
			tsv_die(in, (ptrdiff_t)s->category[i],
				"more levels than the %d that one-hot takes", ENCODE_LEVELS_MAX);
		memcpy(&rows, count, sizeof rows);
		rows++;
		memcpy(count, &rows, sizeof rows);
		c->head.sums.n++;
	}
}

void scale_shard_finish(struct scale_shard *s)
{
	for (size_t i = 0; i < s->t->scale.n + s->t->n_onehot; i++) {
		struct scale_shard_column *c = &s->column[s->order[i]];
		scale_merge_put(s->merge, (struct span){ c->key.s, c->key.n }, &c->head);
		put_values(s, c);
		put_levels(s, c);
		free(c->key.s);
		free(c->value);
		group_free(&c->levels);
	}
	free(s->column);
	free(s->order);
}
