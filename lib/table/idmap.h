/* SPDX-License-Identifier: MIT */
#ifndef TABLE_IDMAP_H
#define TABLE_IDMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * Very many small maps from non-zero 32-bit numbers, such as each customer's
 * months, to values of one width: up to eight members are searched in turn,
 * more are an open-addressing table at most three quarters full that grows by
 * a half.  Zeroed struct = empty.
 */
struct idmap {
	uint32_t *member; /* the values lie behind the members */
	uint32_t n;
	uint32_t class; /* of size; see idmap.c */
};

/* Where the members of all maps of one width lie; freed blocks are used again. */
struct idmap_pool {
	size_t width; /* a multiple of 8 */
	struct mem_arena arena;
	void *unused[64]; /* by class: a list through the blocks' first bytes */
};

/*
 * The value of member `id` >= 1, zeroed if the member is new.  Valid until the
 * map's next idmap_value.
 */
void *idmap_value(struct idmap *m, struct idmap_pool *pool, uint32_t id);

/*
 * Walks the members in no stated order: *at starts at 0; returns 0 at the end,
 * else the member, and its value in *value.
 */
uint32_t idmap_next(const struct idmap *m, const struct idmap_pool *pool, size_t *at,
		    const void **value);

/* Forgets all maps of the pool at once; the maps themselves are dead. */
void idmap_pool_free(struct idmap_pool *pool);

#endif
