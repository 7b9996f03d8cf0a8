/* SPDX-License-Identifier: MIT */
#ifndef MODEL_MIGRATION_H
#define MODEL_MIGRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/tsv.h"
#include "table/dict.h"
#include "table/join.h"
#include "value/span.h"

/*
 * Rows of an earlier assignment by their segments then and now, and the
 * matching of old to new segments that keeps most rows, so that a segment's
 * identity survives a refit.  8 (k + 1) bytes for each old segment.
 */
struct migration {
	size_t k;          /* new segments, 1..k */
	struct join earlier; /* key to old segment */
	bool *seen;        /* [earlier.n_rows] among the rows now */
	struct dict old;   /* their labels, raw, in the order of their coming */
	uint64_t *count;   /* [old.n][k + 1]; column 0: not among the rows now */
	uint64_t *came;    /* [k + 1]: rows that were not there before */
};

/* Reads the earlier assignment, a stream with the columns `key` and segment,
 * as join_read does. */
void migration_read(struct migration *m, size_t k, const char *path, const char *key,
		    uint64_t mem);

/* A row now: its key and its segment. */
void migration_add(struct migration *m, struct span key, size_t segment);

/*
 * After the last row: the table to an output that has none yet: old, new, rows, share (of the old
 * segment's rows), matched (1 or 0); without cells that are 0.  Old segments
 * ascend, numbers before other labels.  *n_both gets the rows that were and are
 * there, *n_kept those of them in the segment that is matched with their old
 * one.  Returns 0, or -1 without memory.
 */
int migration_put(struct migration *m, struct tsv_out *out, uint64_t *n_kept, uint64_t *n_both);

void migration_free(struct migration *m);

#endif
