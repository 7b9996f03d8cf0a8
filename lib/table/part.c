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

void part_columns(const struct part *p, struct opt_list *key, struct opt_list *further)
{
	const struct tsv_in *in = p->in;
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

void part_read(const struct part *p)
{
	struct tsv_in *in = p->in;
	ptrdiff_t last = (ptrdiff_t)in->n_columns - 1;
	bool in_control = false;
	uint64_t line = 0;
	struct buf key = { 0 };

	for (;;) {
		const char *file = in->file, *wrong;
		bool more = tsv_next(in);
		size_t column;
		/* Lines are numbered from 1 in each file. */
		if ((!more || in->line <= line) && !in_control)
			msg_die(MSG_FAILED, "%s: no control record at the end: not a whole part",
				file);
		if (!more)
			break;
		struct span f = in->field[0];
		bool is_control = part_is_reserved(f);
		if (in_control && !is_control && in->line > line)
			tsv_die(in, -1, "a record behind the control record");
		in_control = is_control;
		line = in->line;
		if (is_control) {
			wrong = p->control(p->ctx, in->field[last]);
			if (wrong)
				tsv_die(in, last, "%s", wrong);
			continue;
		}
		key.n = 0;
		size_t n = text_unescape(buf_room(&key, f.n), f.s, f.n);
		wrong = p->state(p->ctx, (struct span){ key.s, n }, in->field + 1, &column);
		if (wrong)
			tsv_die(in, (ptrdiff_t)column + 1, "%s", wrong);
	}
	free(key.s);
}
