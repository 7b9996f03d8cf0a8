/* SPDX-License-Identifier: MIT */
#ifndef TABLE_GROUP_H
#define TABLE_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "value/short.h"
#include "value/span.h"

/*
 * Numbers distinct byte strings 0, 1, 2 ... in the order they first appear:
 * the keys of a grouping, or the values of a column.  Open addressing, linear
 * probing, XXH3; at most 2^32 - 2 strings.  Zeroed struct = empty.  With `width`
 * set beforehand each key has so many bytes of the caller's, zero at first.
 *
 * A key of up to GROUP_SHORT bytes lives inside its 16-byte entry, the
 * caller's bytes behind it, so that finding both costs two cache lines (slot,
 * entry) and no call of memcmp; a longer one is copied to the arena.
 */
#define GROUP_SHORT 12

struct group_key {
	uint64_t head; /* the first bytes; of a long key the address of its bytes */
	uint32_t tail; /* the last bytes; of a long key further bits of its hash */
	uint32_t n;
};

struct group {
	struct group_slot *slot; /* [n_slots], a power of two, or NULL */
	size_t n_slots;
	char *entry; /* [n] of a group_key and `width` bytes; at 64-byte addresses */
	size_t n, capacity;
	struct mem_arena longs;
	size_t width; /* a multiple of 8; of 16 if the caller's bytes need it */
};

static inline struct group_key *group_key(const struct group *g, uint32_t i)
{
	return (struct group_key *)(void *)(g->entry + i * (sizeof(struct group_key) + g->width));
}

/* The number of the key; g->n before the call if it is new.  Amortised O(1). */
uint32_t group_id(struct group *g, struct span key);

/*
 * The same in three steps, for many keys at once: a table larger than the
 * caches answers each look-up after two or three misses, which overlap when
 * every step is taken for all keys before the next (group prefetching, Chen,
 * Ailamaki, Gibbons & Mowry 2004).  group_hash asks for the slot, group_near
 * for what it points to.
 */
uint64_t group_hash(const struct group *g, struct span key);
void group_near(const struct group *g, uint64_t hash);
uint32_t group_id_hashed(struct group *g, struct span key, uint64_t hash);

/* The caller's bytes of key i; valid until the next group_id. */
static inline void *group_value(const struct group *g, uint32_t i)
{
	return group_key(g, i) + 1;
}

/* The number of the key, or -1. */
int64_t group_find(const struct group *g, struct span key);

/*
 * The bytes of key i.  A short key is written to `room`, which the result
 * then points to; a long one lies in the group until it is freed.
 */
struct span group_bytes(const struct group *g, uint32_t i, char room[GROUP_SHORT]);

/* Whether `key` is key i: no call, no memory but the entry for short keys. */
static inline bool group_is(const struct group *g, uint32_t i, struct span key);

/* The numbers 0..n-1 in the byte order of their keys; to be freed.
 * O(n) of keys that differ in their first bytes, 32 n bytes. */
uint32_t *group_sorted(const struct group *g);

/* Memory held, in bytes. */
size_t group_memory(const struct group *g);

/* Memory that n_more keys may add at once by tables that double. */
size_t group_growth(const struct group *g, size_t n_more);

/* Empties it; the width stays. */
void group_free(struct group *g);

/* What follows is for group_is alone. */

/*
 * A short key as an entry.  The loads overlap instead of branching on every
 * length, which with n known is still one to one; none reads outside s[0..n).
 */
static inline struct group_key group_short(struct span s)
{
	struct group_key k = { 0, 0, (uint32_t)s.n };
	if (s.n >= 8) {
		k.head = short_load64(s.s);
		k.tail = short_load32(s.s + s.n - 4);
	} else if (s.n >= 4) {
		k.head = short_load32(s.s) | (uint64_t)short_load32(s.s + s.n - 4) << 32;
	} else if (s.n) {
		k.head = (uint64_t)(unsigned char)s.s[0] |
			 (uint64_t)(unsigned char)s.s[s.n / 2] << 8 |
			 (uint64_t)(unsigned char)s.s[s.n - 1] << 16;
	}
	return k;
}

static inline bool group_is(const struct group *g, uint32_t i, struct span key)
{
	const struct group_key *k = group_key(g, i);
	if (k->n != key.n)
		return false;
	if (key.n > GROUP_SHORT)
		return memcmp((const char *)(uintptr_t)k->head, key.s, key.n) == 0;
	struct group_key want = group_short(key);
	return k->head == want.head && k->tail == want.tail;
}

#endif
