/* SPDX-License-Identifier: MIT */
#ifndef TABLE_IDSET_H
#define TABLE_IDSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

/*
 * Very many small sets of non-zero 32-bit numbers, such as the products of
 * each customer, in about 5 bytes a member: two members lie in the set itself,
 * up to eight in an array that is searched in turn, more in an open-addressing
 * table at most three quarters full that grows by a half.  Keeping each
 * customer's members together costs one cache miss an invoice, where one
 * global table of pairs costs one a line.
 *
 * A map gives each member a value of `width` bytes (a multiple of 8) behind
 * the members; width 0 is a set.  Zeroed struct = empty.
 */
struct idset {
	union {
		uint32_t few[2];
		uint32_t *many;
	} at;
	uint32_t n;
	uint32_t class; /* of size; see idset.c */
};

/* Where the members of all sets of one width lie; freed blocks are used again. */
struct idset_pool {
	size_t width;
	struct mem_arena arena;
	void *unused[64]; /* by class: a list through the blocks' first bytes */
	/* idset_pack's table, of stamp and member: what has another stamp is free */
	uint64_t *seen;
	size_t n_seen; /* a power of two, or 0 */
	uint32_t stamp;
};

/* Adds `id` >= 1 to a set (pool->width 0); returns 1 if it is new, else 0. */
int idset_add(struct idset *s, struct idset_pool *pool, uint32_t id);

/*
 * The other way to fill a set, for members that come often and are asked for
 * at the end only: they are put behind each other, one line of cache, and only
 * when there is no room are repeated ones dropped.  Until idset_pack, n is not
 * the number of members and idset_next may repeat them; idset_add is not for
 * such a set.  Amortised O(1).
 */
void idset_append(struct idset *s, struct idset_pool *pool, uint32_t id);
void idset_pack(struct idset *s, struct idset_pool *pool);

/* Asks for the memory that appending will need. */
static inline void idset_near_end(const struct idset *s)
{
	if (s->class)
		__builtin_prefetch(&s->at.many[s->n]);
}

/* Asks for the memory that adding `id` will need first. */
void idset_near(const struct idset *s, uint32_t id);

/*
 * The value of member `id` >= 1 of a map, zeroed if the member is new.  Valid
 * until the map's next idset_value.
 */
void *idset_value(struct idset *s, struct idset_pool *pool, uint32_t id);

/*
 * Walks the members in no stated order: *at starts at 0; returns 0 at the end,
 * else the member and, for a map, its value in *value (may be NULL).
 */
uint32_t idset_next(const struct idset *s, const struct idset_pool *pool, size_t *at,
		    const void **value);

/* Forgets all sets of the pool at once; the sets themselves are dead. */
void idset_pool_free(struct idset_pool *pool);

#endif
