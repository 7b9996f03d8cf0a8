/* SPDX-License-Identifier: MIT */
#include "table/group.h"

#include <stdlib.h>

#include "base/msg.h"
#include "value/hash.h"

/*
 * The low half of the hash both places a key and, kept here, spares looking
 * at most entries that are not the key.  Growing needs nothing else.
 */
struct group_slot {
	uint32_t hash;
	uint32_t index1; /* the key's number + 1; 0: free */
};

enum { SLOTS_MIN = 64 };

static struct group_key make_key(struct span s, uint64_t hash)
{
	if (s.n <= GROUP_SHORT)
		return group_short(s);
	return (struct group_key){ (uint64_t)(uintptr_t)s.s, (uint32_t)(hash >> 32),
				   (uint32_t)s.n };
}

static bool same_key(const struct group_key *a, const struct group_key *b)
{
	if (a->n != b->n || a->tail != b->tail)
		return false;
	if (a->n <= GROUP_SHORT)
		return a->head == b->head;
	return memcmp((const char *)(uintptr_t)a->head, (const char *)(uintptr_t)b->head, a->n) ==
	       0;
}

static void grow_slots(struct group *g)
{
	size_t n = g->n_slots ? 2 * g->n_slots : SLOTS_MIN;
	struct group_slot *slot = mem_large(n, sizeof *slot);

	memset(slot, 0, n * sizeof *slot);
	for (size_t i = 0; i < g->n_slots; i++) {
		if (!g->slot[i].index1)
			continue;
		size_t at = g->slot[i].hash & (n - 1);
		while (slot[at].index1)
			at = (at + 1) & (n - 1);
		slot[at] = g->slot[i];
	}
	free(g->slot);
	g->slot = slot;
	g->n_slots = n;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct group_slot *find_slot(const struct group *g, const struct group_key *k,
				    uint32_t hash)
{
	size_t mask = g->n_slots - 1, at = hash & mask;
	while (g->slot[at].index1) {
		const struct group_slot *s = &g->slot[at];
		if (s->hash == hash && same_key(group_key(g, s->index1 - 1), k))
			break;
		at = (at + 1) & mask;
	}
	return &g->slot[at];
}

static size_t entry_bytes(const struct group *g)
{
	return sizeof(struct group_key) + g->width;
}

static void add_entry(struct group *g, struct group_key k)
{
	if (g->n == g->capacity) {
		size_t capacity = g->capacity ? 2 * g->capacity : 16;
		char *entry = mem_large(capacity, entry_bytes(g));
		if (g->n)
			memcpy(entry, g->entry, g->n * entry_bytes(g));
		free(g->entry);
		g->entry = entry;
		g->capacity = capacity;
	}
	*group_key(g, (uint32_t)g->n) = k;
	memset(group_value(g, (uint32_t)g->n), 0, g->width);
	g->n++;
}

uint64_t group_hash(const struct group *g, struct span s)
{
	uint64_t hash = hash_64(s.s, s.n);
	if (g->n_slots)
		__builtin_prefetch(&g->slot[(uint32_t)hash & (g->n_slots - 1)]);
	return hash;
}

void group_near(const struct group *g, uint64_t hash)
{
	size_t mask = g->n_slots - 1, at = (uint32_t)hash & mask;

	if (!g->n_slots)
		return;
	while (g->slot[at].index1 && g->slot[at].hash != (uint32_t)hash)
		at = (at + 1) & mask;
	if (!g->slot[at].index1)
		return;
	__builtin_prefetch(group_key(g, g->slot[at].index1 - 1));
}

uint32_t group_id(struct group *g, struct span s)
{
	return group_id_hashed(g, s, hash_64(s.s, s.n));
}

uint32_t group_id_hashed(struct group *g, struct span s, uint64_t hash)
{
	/* Three quarters full at most: linear probing then looks at 2.5 slots
	 * for a hit and 8.5 for a miss on average (Knuth, volume 3, 6.4). */
	if (4 * (g->n + 1) > 3 * g->n_slots)
		grow_slots(g);

	struct group_key k = make_key(s, hash);
	struct group_slot *slot = find_slot(g, &k, (uint32_t)hash);
	if (slot->index1)
		return slot->index1 - 1;

	if (g->n >= UINT32_MAX - 1 || s.n > UINT32_MAX)
		msg_die(MSG_FAILED, "more than %u different keys", UINT32_MAX - 1);
	if (s.n > GROUP_SHORT)
		k.head = (uint64_t)(uintptr_t)mem_arena_copy(&g->longs, s.s, s.n);
	add_entry(g, k);
	*slot = (struct group_slot){ (uint32_t)hash, (uint32_t)g->n };
	return (uint32_t)g->n - 1;
}

int64_t group_find(const struct group *g, struct span s)
{
	if (!g->n_slots)
		return -1;
	uint64_t hash = hash_64(s.s, s.n);
	struct group_key k = make_key(s, hash);
	return (int64_t)find_slot(g, &k, (uint32_t)hash)->index1 - 1;
}

struct span group_bytes(const struct group *g, uint32_t i, char room[GROUP_SHORT])
{
	const struct group_key *k = group_key(g, i);
	uint32_t n = k->n;

	if (n > GROUP_SHORT)
		return (struct span){ (const char *)(uintptr_t)k->head, n };
	if (n >= 8) {
		memcpy(room, &k->head, 8);
		memcpy(room + n - 4, &k->tail, 4);
	} else if (n >= 4) {
		uint32_t first = (uint32_t)k->head, last = (uint32_t)(k->head >> 32);
		memcpy(room, &first, 4);
		memcpy(room + n - 4, &last, 4);
	} else if (n) {
		room[n / 2] = (char)(k->head >> 8);
		room[0] = (char)k->head;
		room[n - 1] = (char)(k->head >> 16);
	}
	return (struct span){ room, n };
}

/* Eight bytes of the key, from some byte on, as a number that compares as they do. */
struct order {
	uint64_t prefix;
	uint32_t index;
};

static int compare_order(const void *a, const void *b, void *ctx)
{
	const struct order *x = a, *y = b;
	const struct group *g = ctx;
	char x_room[GROUP_SHORT], y_room[GROUP_SHORT];

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return span_compare(group_bytes(g, x->index, x_room), group_bytes(g, y->index, y_room));
}

/* Fewer are sorted by comparing them: 8 counts of 256 would cost more. */
enum { RADIX_LEAST = 256 };

/* Keys that are alike in so many times eight bytes are as well: what is left
 * may differ in its length alone. */
enum { DEPTH_MAX = 8 };

/* By the prefixes, from the lowest byte up; bytes that are the same in all cost
 * nothing.  The result is in `order`. */
static void sort_by_prefix(struct order *order, struct order *room, size_t n)
{
	size_t count[8][256] = { { 0 } };
	struct order *from = order, *to = room;

	for (size_t i = 0; i < n; i++)
		for (int b = 0; b < 8; b++)
			count[b][order[i].prefix >> 8 * b & 255]++;
	for (int b = 0; b < 8; b++) {
		size_t at = 0;
		if (count[b][from[0].prefix >> 8 * b & 255] == n)
			continue;
		for (int v = 0; v < 256; v++) {
			size_t here = count[b][v];
			count[b][v] = at;
			at += here;
		}
		for (size_t i = 0; i < n; i++)
			to[count[b][from[i].prefix >> 8 * b & 255]++] = from[i];
		struct order *other = from;
		from = to;
		to = other;
	}
	if (from != order)
		memcpy(order, from, n * sizeof *order);
}

static void sort_keys(const struct group *g, struct order *order, struct order *room, size_t n,
		      size_t depth)
{
	for (size_t i = 0; i < n; i++) {
		char short_room[GROUP_SHORT], head[8] = { 0 };
		struct span s = group_bytes(g, order[i].index, short_room);
		if (s.n > 8 * depth)
			memcpy(head, s.s + 8 * depth, s.n - 8 * depth < 8 ? s.n - 8 * depth : 8);
		order[i].prefix = __builtin_bswap64(short_load64(head));
	}
	if (n < RADIX_LEAST || depth == DEPTH_MAX) {
		qsort_r(order, n, sizeof *order, compare_order, (void *)(uintptr_t)g);
		return;
	}
	sort_by_prefix(order, room, n);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && order[end].prefix == order[i].prefix;)
			end++;
		if (end - i > 1)
			sort_keys(g, order + i, room, end - i, depth + 1);
	}
}

uint32_t *group_sorted(const struct group *g)
{
	struct order *order = mem_array(g->n, sizeof *order), *room = mem_array(g->n, sizeof *room);
	for (uint32_t i = 0; i < g->n; i++)
		order[i].index = i;
	sort_keys(g, order, room, g->n, 0);
	free(room);

	uint32_t *index = mem_array(g->n, sizeof *index);
	for (size_t i = 0; i < g->n; i++)
		index[i] = order[i].index;
	free(order);
	return index;
}

size_t group_memory(const struct group *g)
{
	return g->n_slots * sizeof *g->slot + g->capacity * entry_bytes(g) + g->longs.n_bytes;
}

size_t group_growth(const struct group *g, size_t n_more)
{
	size_t bytes = 0;
	if (4 * (g->n + n_more) > 3 * g->n_slots)
		bytes += 2 * g->n_slots * sizeof *g->slot;
	if (g->n + n_more > g->capacity)
		bytes += g->capacity * entry_bytes(g);
	return bytes;
}

void group_free(struct group *g)
{
	free(g->slot);
	free(g->entry);
	mem_arena_free(&g->longs);
	*g = (struct group){ .width = g->width };
}
