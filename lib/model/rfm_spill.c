/* SPDX-License-Identifier: MIT */
#include "model/rfm_spill.h"

#include <stdlib.h>
#include <string.h>

#include "model/rfm_state.h"

static size_t spill_memory(void *ctx)
{
	rfm_flush(ctx);
	return rfm_memory(ctx, SPILL_STEP);
}

/*
 * A spilled record: the length of the key, the key, the state.  A customer of
 * many lines has several records, so that none is larger than what --mem
 * leaves room for; but keys in order have one each.
 */
static void spill_customer(struct rfm *t, uint32_t i, struct spill *to, struct buf *record)
{
	char room[GROUP_SHORT];
	struct span key = group_bytes(&t->customers, i, room);
	size_t from = t->log.start[i], end = t->log.start[i + 1], next;
	uint32_t n = (uint32_t)key.n;

	do {
		next = to->in_order ? end : trade_log_slice(&t->log, from, end);
		record->n = 0;
		buf_put(record, &n, sizeof n);
		buf_put(record, key.s, key.n);
		rfm_state_encode_some(t, i, from, next, record);
		spill_put(to, key, record->s, record->n);
		from = next;
	} while (from < end);
}

static void spill_empty(void *ctx, struct spill *to)
{
	struct rfm *t = ctx;
	struct buf record = { 0 };

	rfm_flush(t);
	trade_log_sort(&t->log, t->customers.n, t->threads);
	for (uint32_t i = 0; i < t->customers.n; i++)
		spill_customer(t, i, to, &record);
	free(record.s);
	rfm_reset(t);
}

static bool spill_merge(void *ctx, struct span record)
{
	struct rfm *t = ctx;
	struct span field[RFM_STATE_FIELDS + RFM_CARRIED_MAX];
	size_t n_fields = RFM_STATE_FIELDS + t->n_carried, column;
	const char *at, *tab, *end = record.s + record.n;
	uint32_t n;

	memcpy(&n, record.s, sizeof n);
	at = record.s + sizeof n + n;
	for (size_t i = 0; i < n_fields; i++) {
		tab = i + 1 < n_fields ? memchr(at, '\t', (size_t)(end - at)) : end;
		if (!tab)
			return false;
		field[i] = (struct span){ at, (size_t)(tab - at) };
		at = tab + 1;
	}
	return !rfm_state_merge(t, (struct span){ record.s + sizeof n, n }, field, &column);
}

void rfm_spill(struct spill *s, struct rfm *t, size_t ceiling)
{
	t->has_ceiling = ceiling > 0;
	s->ceiling = ceiling;
	s->ctx = t;
	s->memory = spill_memory;
	s->empty = spill_empty;
	s->merge = spill_merge;
}
