/* SPDX-License-Identifier: MIT */
#include "table/spill.h"

#include <stdlib.h>

#include "base/msg.h"
#include "value/hash.h"

enum { SHARE_BITS = 5, DEPTH_MAX = 6 };

static void empty_table(struct spill *s)
{
	if (!s->spool) {
		if (s->depth == DEPTH_MAX)
			msg_die(MSG_FAILED, "the lines of one key need more than --mem allows");
		s->used = true;
		s->spool = mem_alloc(sizeof *s->spool);
		spool_open(s->spool);
		for (int i = 0; i < SPILL_SHARES; i++)
			spool_add(s->spool);
	}
	s->empty(s->ctx, s);
}

void spill_look(struct spill *s)
{
	s->n_since = 0;
	if (s->ceiling && s->memory(s->ctx) > s->ceiling)
		empty_table(s);
}

void spill_key_end(struct spill *s)
{
	if (!s->spool) {
		s->used = s->in_order = true;
		s->spool = mem_alloc(sizeof *s->spool);
		spool_open(s->spool);
		spool_add(s->spool);
	}
	s->empty(s->ctx, s);
}

void spill_put(struct spill *s, struct span key, const char *record, size_t n)
{
	if (s->in_order) {
		spool_put(s->spool, 0, record, n);
		return;
	}
	/* From the top: a table places its keys by the low half of the same hash. */
	uint64_t hash = hash_64(key.s, key.n) >> (64 - SHARE_BITS * (s->depth + 1));
	spool_put(s->spool, hash % SPILL_SHARES, record, n);
}

static void finish_share(const struct spill *parent, size_t share)
{
	struct spill s = *parent;
	struct spool_reader reader;
	struct span record;

	s.spool = NULL;
	s.depth = parent->depth + 1;
	spool_read(&reader, parent->spool, share);
	while (spool_next(&reader, &record)) {
		if (!s.merge(s.ctx, record))
			msg_die(MSG_FAILED, "temporary file: not a record of %s", msg_program());
		spill_check(&s);
	}
	spool_read_end(&reader);
	spill_finish(&s);
}

/* A record a key, in order. */
static void finish_keys(struct spill *s)
{
	struct spool_reader reader;
	struct span record;

	spool_seal(s->spool, 0);
	spool_read(&reader, s->spool, 0);
	while (spool_next(&reader, &record)) {
		if (!s->merge(s->ctx, record))
			msg_die(MSG_FAILED, "temporary file: not a record of %s", msg_program());
		s->emit(s->emit_ctx);
	}
	spool_read_end(&reader);
}

void spill_finish(struct spill *s)
{
	if (!s->spool) {
		s->emit(s->emit_ctx);
		return;
	}
	s->empty(s->ctx, s);
	if (s->in_order)
		finish_keys(s);
	for (size_t i = 0; !s->in_order && i < SPILL_SHARES; i++)
		spool_seal(s->spool, i);
	for (size_t i = 0; !s->in_order && i < SPILL_SHARES; i++)
		finish_share(s, i);
	spool_close(s->spool);
	free(s->spool);
	s->spool = NULL;
}
