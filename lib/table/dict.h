/* SPDX-License-Identifier: MIT */
#ifndef TABLE_DICT_H
#define TABLE_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "value/span.h"

/*
 * Distinct texts, numbered 0, 1, ... in the order of their coming: levels of
 * a category, keys of a join.  Zeroed struct = empty.  About 40 bytes an entry
 * and its text.
 */
struct dict {
	struct span *text;   /* [n] */
	uint64_t *hash;      /* [n] */
	size_t n, capacity;
	uint32_t *slot;      /* open addressing, linear; 0: free, else number + 1 */
	size_t n_slots;      /* a power of two, or 0 */
	struct mem_arena bytes;
};

/* The number of a text, which is copied and added when it is new (*is_new,
 * may be NULL).  Amortised O(1).  Dies when there are 2^32 - 2 texts. */
size_t dict_add(struct dict *d, struct span text, bool *is_new);

/* The number, or -1. */
ptrdiff_t dict_find(const struct dict *d, struct span text);

/* Bytes held. */
size_t dict_bytes(const struct dict *d);

void dict_free(struct dict *d);

#endif
