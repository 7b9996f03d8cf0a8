/* SPDX-License-Identifier: MIT */
#ifndef TABLE_JOIN_H
#define TABLE_JOIN_H

#include <stddef.h>
#include <stdint.h>

#include "base/opt.h"
#include "stream/tsv.h"
#include "table/dict.h"
#include "value/span.h"

/*
 * The columns of one stream, held in memory by key, to be attached to the rows
 * of another.  Memory: about 56 bytes a row and its bytes.
 */
struct join {
	char **name;        /* the columns attached, raw; [n_columns] */
	size_t n_columns;
	size_t n_rows;
	const char *path;
	struct dict keys;
	struct span *row;   /* the fields, each ended by a TAB; [n_rows] */
	size_t capacity;
	struct mem_arena bytes;
	uint64_t n_unmatched;  /* rows without a match so far; */
	struct dict unmatched; /* the first of their keys */
};

/*
 * Reads `path` whole and keeps the columns chosen by `items`, all but the key
 * when there are none.  Dies (status 1) when it has no column `key`, when a
 * key is missing or comes twice, and when it would pass `mem` bytes (0: no
 * ceiling):
 *
 *	seg-assign: resp.gz:9: column id: the key "C1" comes twice, first in row 3
 */
void join_read(struct join *j, const char *path, const char *key, const struct opt_list *items,
	       uint64_t mem);

/* The joined fields of a key, separated by TABs (raw); s is NULL when the
 * key is not there.  O(1). */
struct span join_find(const struct join *j, struct span key);

/* Dies when a column to attach is in the other stream too: it is not attached
 * in silence, nor under another name. */
void join_check_names(const struct join *j, const struct tsv_in *in);

/* The fields that belong to the current record of `in`, missing and counted
 * when there are none; with `strict` that dies. */
void join_put(struct join *j, const struct tsv_in *in, ptrdiff_t key, bool strict,
	      struct tsv_out *out);

/* "rows without a match in FILE: 2 of 9: "C1" "C7"", if there were any. */
void join_warn(const struct join *j, uint64_t n_rows);

void join_free(struct join *j);

#endif
