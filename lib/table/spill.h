/* SPDX-License-Identifier: MIT */
#ifndef TABLE_SPILL_H
#define TABLE_SPILL_H

#include <stdbool.h>
#include <stddef.h>

#include "table/spool.h"
#include "value/span.h"

/*
 * Grouping in bounded memory.  A table whose states can be written as records
 * and merged again is emptied into SPILL_SHARES streams by the hash of its
 * keys whenever it has reached the ceiling; in the end each share is merged
 * in turn, by the same rule with the next bits of the hash where a share is
 * too large itself.
 */
#define SPILL_SHARES 32
#define SPILL_STEP 256 /* lines between two looks at the ceiling */

struct spill {
	/* set by the caller; ctx is the table */
	void *ctx;
	size_t ceiling;                    /* bytes; 0: none */
	size_t (*memory)(void *ctx);       /* bytes held now or after SPILL_STEP lines more */
	void (*empty)(void *ctx, struct spill *to); /* spill_put for each key, then reset */
	bool (*merge)(void *ctx, struct span record); /* false: not such a record */
	void (*emit)(void *emit_ctx); /* all lines of the keys in the table are there; reset it */
	void *emit_ctx;

	/* The keys come in their order, and the table holds one at a time; set by
	 * the caller, or by spill_key_end. */
	bool in_order;

	bool used; /* something was spilled: emit() will be called for many shares */

	/* private */
	struct spool *spool;
	int depth;
	unsigned n_since;
};

void spill_look(struct spill *s);

/* To be called after each line. */
static inline void spill_check(struct spill *s)
{
	if (++s->n_since == SPILL_STEP)
		spill_look(s);
}

/* From empty(): a record that merge() understands, of `key`. */
void spill_put(struct spill *s, struct span key, const char *record, size_t n);

/*
 * All lines of the one key in the table are there: it is emptied into a single
 * stream, from which spill_finish hands the keys to emit() one by one.
 */
void spill_key_end(struct spill *s);

/* The end of the lines: emit() for the whole, or for each share in turn. */
void spill_finish(struct spill *s);

#endif
