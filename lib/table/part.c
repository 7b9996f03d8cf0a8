/* SPDX-License-Identifier: MIT */
#include "table/part.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/msg.h"
#include "value/text.h"

static void add_name(struct opt_list *names, struct span raw)
{
	names->item = mem_resize(names->item, names->n + 1, sizeof *names->item);
	names->item[names->n++] = mem_copy(raw.s, raw.n);
}

void part_open(struct part *p, char **paths, size_t n_paths, const struct tsv_open *how)
{
	p->in_order = p->key_end && n_paths <= PART_MERGE_MAX;
	p->n = p->in_order ? n_paths : 1;
	for (size_t i = 0; i < p->n; i++) {
		size_t n = p->in_order ? 1 : n_paths;
		p->in[i] = p->bare ? tsv_open_bare(paths + i, n, how, p->bare->item, p->bare->n) :
				     tsv_open(paths + i, n, how);
	}
}

void part_columns(const struct part *p, struct opt_list *key, struct opt_list *further)
{
	const struct tsv_in *in = p->in[0];
	char *save, *names = mem_copy(in->name[0].s, in->name[0].n);
	bool is_part = in->n_columns >= p->n_state + 2 &&
		       span_is(in->name[in->n_columns - 1], "control");

	for (size_t i = 0; is_part && i < p->n_state; i++)
		is_part = span_is(in->name[1 + i], p->state_name[i]);
	if (!is_part)
		msg_die(MSG_FAILED, "%s: not a part: %s --partial makes them", in->file,
			p->program);
	names[text_unescape(names, names, strlen(names))] = '\0';
	for (char *s = strtok_r(names, "\t", &save); s; s = strtok_r(NULL, "\t", &save))
		add_name(key, span_of(s));
	for (size_t i = 1 + p->n_state; i + 1 < in->n_columns; i++)
		add_name(further, in->name[i]);
	free(names);
}

static void take_control(const struct part *p, struct tsv_in *in)
{
	ptrdiff_t last = (ptrdiff_t)in->n_columns - 1;
	const char *wrong = p->control(p->ctx, in->field[last]);

	if (wrong)
		tsv_die(in, last, "%s", wrong);
}

static void take_state(const struct part *p, struct tsv_in *in, struct buf *room)
{
	struct span f = in->field[0];
	const char *wrong;
	size_t column;

	room->n = 0;
	size_t n = text_unescape(buf_room(room, f.n), f.s, f.n);
	wrong = p->state(p->ctx, (struct span){ room->s, n }, in->field + 1, &column);
	if (wrong)
		tsv_die(in, (ptrdiff_t)column + 1, "%s", wrong);
}

static _Noreturn void die_cut(const char *file)
{
	msg_die(MSG_FAILED, "%s: no control record at the end: not a whole part", file);
}

static void read_in_turn(const struct part *p)
{
	struct tsv_in *in = p->in[0];
	bool in_control = false;
	uint64_t line = 0;
	struct buf room = { 0 };

	for (;;) {
		const char *file = in->file;
		bool more = tsv_next(in);
		/* Lines are numbered from 1 in each file. */
		if ((!more || in->line <= line) && !in_control && !p->bare)
			die_cut(file);
		if (!more)
			break;
		bool is_control = part_is_reserved(in->field[0]);
		if (in_control && !is_control && in->line > line)
			tsv_die(in, -1, "a record behind the control record");
		in_control = is_control;
		line = in->line;
		if (is_control)
			take_control(p, in);
		else
			take_state(p, in, &room);
	}
	free(room.s);
}

/* An operand and the key of its record before. */
struct head {
	struct tsv_in *in;
	struct buf key;
	bool is_open, in_control;
};

static void advance(const struct part *p, struct head *h)
{
	struct span before = { h->key.s, h->key.n };
	bool first = h->in->n_rows == 0;

	h->is_open = tsv_next(h->in);
	if (!h->is_open) {
		if (!h->in_control && !p->bare)
			die_cut(h->in->file);
		return;
	}
	struct span key = h->in->field[0];
	if (h->in_control && !part_is_reserved(key))
		tsv_die(h->in, -1, "a record behind the control record");
	if (!first && span_compare(key, before) < 0)
		tsv_die(h->in, 0, "not sorted, as the records of a part are");
	h->in_control = part_is_reserved(key);
	h->key.n = 0;
	buf_put(&h->key, key.s, key.n);
}

static void check_columns(const struct tsv_in *in, const struct tsv_in *first)
{
	bool same = in->n_columns == first->n_columns;

	for (size_t i = 0; same && i < in->n_columns; i++)
		same = span_equal(in->name[i], first->name[i]);
	if (!same)
		msg_die(MSG_FAILED, "%s: other columns than in %s", in->file, first->file);
}

/* The open head with the least key, the first of equal ones; n if none is. */
static size_t least_head(const struct head *head, size_t n)
{
	size_t least = n;

	for (size_t i = 0; i < n; i++)
		if (head[i].is_open && (least == n || span_compare(head[i].in->field[0],
								   head[least].in->field[0]) < 0))
			least = i;
	return least;
}

static void read_in_order(const struct part *p)
{
	struct tsv_in *const *in = p->in;
	size_t n = p->n;
	struct head *head = mem_zero(n, sizeof *head);
	struct buf room = { 0 }, key = { 0 };
	bool has_state = false;

	for (size_t i = 0; i < n; i++) {
		check_columns(in[i], in[0]);
		head[i].in = in[i];
		advance(p, &head[i]);
	}
	for (size_t i; (i = least_head(head, n)) < n; advance(p, &head[i])) {
		struct span next = head[i].in->field[0];
		if (has_state && !span_equal(next, (struct span){ key.s, key.n })) {
			p->key_end(p->ctx);
			has_state = false;
		}
		if (part_is_reserved(next)) {
			take_control(p, head[i].in);
			continue;
		}
		take_state(p, head[i].in, &room);
		has_state = true;
		key.n = 0;
		buf_put(&key, next.s, next.n);
	}
	if (has_state)
		p->key_end(p->ctx);
	for (size_t i = 0; i < n; i++) {
		free(head[i].key.s);
		if (i)
			tsv_close(in[i]);
	}
	free(head);
	free(room.s);
	free(key.s);
}

void part_read(const struct part *p)
{
	if (p->in_order)
		read_in_order(p);
	else
		read_in_turn(p);
}
