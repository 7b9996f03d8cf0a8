/* SPDX-License-Identifier: MIT */
#include "model/scale_part.h"

#include <stdlib.h>
#include <string.h>

#include "value/num.h"
#include "value/text.h"

#define KEY_NAME "column\\tvalue"
#define N_STATE (SCALE_SUMS_FIELDS + 1)

static const char *const kind_name[] = { "number", "category", "value", "level" };

static const char *const state_name[N_STATE] = {
	"kind", "rows", "missing", "least", "greatest", "sum", "sum_of_squares", "sum_of_raw",
};

void scale_part_names(struct opt_list *names)
{
	names_add(names, (const char *const[]){ KEY_NAME }, 1);
	names_add(names, state_name, N_STATE);
	names_add(names, (const char *const[]){ "control" }, 1);
}

/* The fields of the state with TABs between them. */
static void put_state(struct buf *to, const struct scale_entry *e)
{
	const char *kind = kind_name[e->kind];

	buf_put(to, kind, strlen(kind));
	buf_char(to, '\t');
	if (e->kind == SCALE_NUMBER) {
		scale_sums_encode(&e->sums, to);
		return;
	}
	to->n += num_print_uint(buf_room(to, NUM_MAX), e->sums.n);
	buf_char(to, '\t');
	if (e->kind == SCALE_CATEGORY)
		to->n += num_print_uint(buf_room(to, NUM_MAX), e->sums.n_missing);
	buf_put(to, "\t\t\t\t\t", SCALE_SUMS_FIELDS - 2);
}

/* NULL, or what is wrong with field *column. */
static const char *get_state(struct scale_entry *e, const struct span *field, size_t *column)
{
	int kind = 0, bad = -1;
	int64_t n, missing = 0;

	*column = 0;
	while (kind <= SCALE_LEVEL && !span_is(field[0], kind_name[kind]))
		kind++;
	if (kind > SCALE_LEVEL)
		return "none of number, category, value and level";
	e->kind = (enum scale_kind)kind;
	if (kind == SCALE_NUMBER) {
		bad = scale_sums_decode(&e->sums, field + 1);
		*column = 1 + (size_t)bad;
		return bad < 0 ? NULL : "not what --partial writes";
	}
	if (!num_parse_int(field[1].s, field[1].n, &n) || n < 0)
		bad = 1;
	else if (kind == SCALE_CATEGORY ? !num_parse_int(field[2].s, field[2].n, &missing) ||
						  missing < 0 : field[2].n != 0)
		bad = 2;
	for (int i = 3; i < N_STATE && bad < 0; i++)
		bad = field[i].n ? i : -1;
	*column = (size_t)bad;
	e->sums.n = (uint64_t)n;
	e->sums.n_missing = (uint64_t)missing;
	return bad < 0 ? NULL : "not what --partial writes";
}

void scale_part_line(struct buf *to, struct span key, const struct scale_entry *e)
{
	buf_put(to, key.s, key.n);
	buf_char(to, '\t');
	put_state(to, e);
	buf_put(to, "\t\n", 2);
}

void scale_part_control(struct buf *to, const struct scale_control *c)
{
	struct buf text = { 0 };

	scale_control_encode(c, &text);
	buf_put(to, PART_CONTROL_KEY, 4);
	for (int i = 0; i < N_STATE + 1; i++)
		buf_char(to, '\t');
	to->n += text_escape(buf_room(to, 2 * text.n), text.s, text.n);
	buf_char(to, '\n');
	free(text.s);
}

/* Only numbers have more than counts to be copied and added. */
static void copy(struct scale_entry *to, const struct scale_entry *from)
{
	if (from->kind == SCALE_NUMBER) {
		*to = *from;
		return;
	}
	to->kind = from->kind;
	to->sums.n = from->sums.n;
	to->sums.n_missing = from->sums.n_missing;
}

static void add(struct scale_entry *to, const struct scale_entry *from)
{
	if (to->kind == SCALE_NUMBER && from->kind == SCALE_NUMBER) {
		scale_sums_merge(&to->sums, &from->sums);
		return;
	}
	to->sums.n += from->sums.n;
	to->sums.n_missing += from->sums.n_missing;
}

static void hand_over(struct scale_merge *m)
{
	if (m->has_entry)
		m->entry(m->ctx, (struct span){ m->key.s, m->key.n }, &m->waits);
	m->has_entry = false;
}

/* In order of all keys. */
static void take(struct scale_merge *m, struct span key, const struct scale_entry *e)
{
	if (m->has_entry && span_equal(key, (struct span){ m->key.s, m->key.n })) {
		add(&m->waits, e);
		return;
	}
	hand_over(m);
	m->key.n = 0;
	buf_put(&m->key, key.s, key.n);
	copy(&m->waits, e);
	m->has_entry = true;
}

void scale_merge_put(struct scale_merge *m, struct span key, const struct scale_entry *e)
{
	if (!m->has_runs) {
		take(m, key, e);
		return;
	}
	m->text.n = 0;
	put_state(&m->text, e);
	runs_put(&m->runs, key, (struct span){ m->text.s, m->text.n });
}

void scale_merge_break(struct scale_merge *m)
{
	if (m->has_runs)
		runs_break(&m->runs);
}

void scale_merge_finish(struct scale_merge *m)
{
	struct span key, text, field[N_STATE];
	struct scale_entry e;
	size_t column;

	while (m->has_runs && runs_next(&m->runs, &key, &text)) {
		for (size_t i = 0; i < N_STATE; i++) {
			const char *tab = memchr(text.s, '\t', text.n);
			field[i] = (struct span){ text.s, tab ? (size_t)(tab - text.s) : text.n };
			text = (struct span){ text.s + field[i].n + 1, text.n - field[i].n - 1 };
		}
		if (!get_state(&e, field, &column))
			take(m, key, &e);
	}
	hand_over(m);
	runs_close(&m->runs);
	free(m->key.s);
	free(m->text.s);
	m->key = m->text = (struct buf){ 0 };
}

static const char *add_state(void *ctx, struct span key, const struct span *field, size_t *column)
{
	struct scale_parts *p = ctx;
	struct scale_entry e;
	const char *wrong = get_state(&e, field, column);

	p->key.n = 0;
	p->key.n = text_escape(buf_room(&p->key, 2 * key.n), key.s, key.n);
	if (!wrong)
		scale_merge_put(p->merge, (struct span){ p->key.s, p->key.n }, &e);
	return wrong;
}

static const char *add_control(void *ctx, struct span text)
{
	struct scale_parts *p = ctx;
	return scale_control_merge(p->control, text);
}

/* The merge sees the ends of keys by itself. */
static void end_key(void *ctx)
{
	(void)ctx;
}

static void open_from(struct scale_parts *p, size_t first)
{
	size_t n = p->n_paths - first < PART_MERGE_MAX ? p->n_paths - first : PART_MERGE_MAX;
	struct opt_list key = { 0 }, further = { 0 };

	p->part = (struct part){ .program = "seg-scale", .state_name = state_name,
				 .n_state = N_STATE, .bare = p->bare ? &p->names : NULL, .ctx = p,
				 .state = add_state, .control = add_control, .key_end = end_key };
	part_open(&p->part, p->paths + first, n, p->how);
	part_columns(&p->part, &key, &further);
	free(key.item);
	free(further.item);
}

void scale_parts_open(struct scale_parts *p)
{
	scale_part_names(&p->names);
	p->merge->has_runs = p->n_paths > PART_MERGE_MAX;
	open_from(p, 0);
	p->in = p->part.in[0];
}

void scale_parts_read(struct scale_parts *p)
{
	for (size_t first = 0; first < p->n_paths; first += PART_MERGE_MAX) {
		if (first)
			open_from(p, first);
		part_read(&p->part);
		scale_merge_break(p->merge);
		if (first)
			tsv_close(p->part.in[0]);
	}
	free(p->key.s);
}
