/* SPDX-License-Identifier: MIT */
#include "model/rfm_part.h"

#include <stdlib.h>
#include <string.h>

#include "model/rfm_state.h"
#include "table/part.h"
#include "value/text.h"

static void put_escaped(struct buf *to, struct span s)
{
	to->n += text_escape(buf_room(to, 2 * s.n), s.s, s.n);
}

void rfm_part_names(struct opt_list *names, const struct opt_list *key,
		    const struct opt_list *carried)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < key->n; i++) {
		if (i)
			buf_put(&text, "\\t", 2);
		put_escaped(&text, span_of(key->item[i]));
	}
	buf_char(&text, '\0');
	names_add(names, (const char *const[]){ text.s }, 1);
	names_add(names, rfm_state_name, RFM_STATE_FIELDS);
	names_add_list(names, carried);
	names_add(names, (const char *const[]){ "control" }, 1);
	free(text.s);
}

/* The line of a customer behind its key. */
static void put_state(struct rfm_part *p, uint32_t i)
{
	buf_char(&p->line, '\t');
	rfm_state_encode(p->rfm, i, &p->line);
	buf_put(&p->line, "\t\n", 2);
}

/* Escaping changes the order of keys that hold TABs or backslashes, so it is
 * the escaped keys that are sorted. */
static struct group escaped_keys(struct rfm_part *p)
{
	struct group escaped = { .width = sizeof(uint64_t) };
	char room[GROUP_SHORT];

	for (uint32_t i = 0; i < p->rfm->customers.n; i++) {
		p->key.n = 0;
		put_escaped(&p->key, group_bytes(&p->rfm->customers, i, room));
		uint32_t at = group_id(&escaped, (struct span){ p->key.s, p->key.n });
		memcpy(group_value(&escaped, at), &i, sizeof i);
	}
	return escaped;
}

void rfm_part_share(void *part)
{
	struct rfm_part *p = part;
	rfm_settle(p->rfm);
	p->overflow |= p->rfm->overflow;
	struct group escaped = escaped_keys(p);
	uint32_t *order = group_sorted(&escaped), i;
	char room[GROUP_SHORT];

	for (size_t k = 0; k < escaped.n; k++) {
		struct span key = group_bytes(&escaped, order[k], room);
		memcpy(&i, group_value(&escaped, order[k]), sizeof i);
		p->line.n = 0;
		if (p->spill->used && !p->spill->in_order) {
			put_state(p, i);
			runs_put(&p->runs, key, (struct span){ p->line.s, p->line.n });
			continue;
		}
		buf_put(&p->line, key.s, key.n);
		put_state(p, i);
		p->row(p->ctx, p->line.s, p->line.n, 1);
	}
	runs_break(&p->runs);
	free(order);
	group_free(&escaped);
	rfm_reset(p->rfm);
}

void rfm_part_finish(struct rfm_part *p)
{
	struct span key, rest;

	while (runs_next(&p->runs, &key, &rest)) {
		p->line.n = 0;
		buf_put(&p->line, key.s, key.n);
		buf_put(&p->line, rest.s, rest.n);
		p->row(p->ctx, p->line.s, p->line.n, 1);
	}
	runs_close(&p->runs);
	if (p->control->tally.n_shards) {
		p->line.n = 0;
		buf_put(&p->line, PART_CONTROL_KEY, 4);
		for (size_t i = 0; i < RFM_STATE_FIELDS + p->rfm->n_carried + 1; i++)
			buf_char(&p->line, '\t');
		rfm_control_encode(p->control, &p->line);
		buf_char(&p->line, '\n');
		p->row(p->ctx, p->line.s, p->line.n, 1);
	}
	free(p->line.s);
	free(p->key.s);
}
