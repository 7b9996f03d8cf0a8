/* SPDX-License-Identifier: MIT */
#include "table/unique.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

__extension__ typedef unsigned __int128 wide;

/* What a hash may take in the set: 16 bytes, 8/7 for free slots, a quarter for growth. */
#define HASH_BYTES 24

/* A deferred hash and its number. */
struct deferred {
	struct hash_128 hash;
	uint64_t number;
};

/* Slots of one line of the cache: a search ends at a free one, mostly in the first line. */
#define LINE 4

/* The low half spreads over the part's lines, the high half's first byte chose the part. */
static size_t first_line(struct hash_128 h, size_t room)
{
	return (size_t)((wide)h.lo * (room / LINE) >> 64) * LINE;
}

static bool empty(struct hash_128 h)
{
	return h.lo == 0 && h.hi == 0;
}

static struct hash_128 never_empty(struct hash_128 h)
{
	h.lo += empty(h); /* all zero marks an empty slot */
	return h;
}

/* The slot that holds h, or the free one where it belongs.  The room is not full. */
static struct hash_128 *find(const struct unique_part *p, struct hash_128 h)
{
	for (size_t k = first_line(h, p->room);; k = k + LINE == p->room ? 0 : k + LINE)
		for (struct hash_128 *s = p->slot + k; s < p->slot + k + LINE; s++)
			if ((s->lo == h.lo && s->hi == h.hi) || empty(*s))
				return s;
}

static void grow(struct unique_part *p)
{
	size_t room = (p->room + p->room / 4) / LINE * LINE + 64;
	struct unique_part more = { .n = p->n, .room = room };
	more.slot = mem_large(more.room, sizeof *more.slot);
	memset(more.slot, 0, more.room * sizeof *more.slot);
	for (size_t i = 0; i < p->room; i++)
		if (!empty(p->slot[i]))
			*find(&more, p->slot[i]) = p->slot[i];
	free(p->slot);
	*p = more;
}

static struct unique_part *part_of(struct unique *u, struct hash_128 h)
{
	return &u->part[h.hi >> 56];
}

static bool holds(const struct unique_part *p, struct hash_128 h)
{
	return p->n > 0 && !empty(*find(p, h));
}

bool unique_full(struct unique *u, size_t n)
{
	/* a part that grows is held twice, and parts are a 256th each, about */
	size_t bytes = (u->room + u->room / 64 + UNIQUE_PARTS) * sizeof(struct hash_128);
	u->is_full |= u->limit > 0 && bytes + n * HASH_BYTES > u->limit;
	return u->is_full;
}

bool unique_add(struct unique *u, struct hash_128 h)
{
	struct unique_part *p = part_of(u, h = never_empty(h));
	struct hash_128 *slot = p->room > 0 ? find(p, h) : NULL;
	if (slot && !empty(*slot))
		return false;
	if (8 * (p->n + 1) > 7 * p->room) {
		u->room -= p->room;
		grow(p);
		u->room += p->room;
		slot = find(p, h);
	}
	*slot = h;
	p->n++;
	u->n++;
	return true;
}

void unique_fetch(const struct unique *u, struct hash_128 h)
{
	const struct unique_part *p = &u->part[h.hi >> 56];
	if (p->room > 0)
		__builtin_prefetch(p->slot + first_line(h, p->room), 1);
}

static void is_duplicate(struct unique *u, uint64_t number)
{
	uint64_t big_endian = __builtin_bswap64(number);
	runs_put(&u->duplicate, (struct span){ (const char *)&big_endian, sizeof big_endian },
		 (struct span){ "", 0 });
}

void unique_defer(struct unique *u, struct hash_128 h)
{
	struct deferred d = { never_empty(h), u->n_deferred++ };
	size_t share = d.hash.hi % UNIQUE_SHARES;
	if (!u->is_spilled) {
		spool_open(&u->share);
		for (size_t i = 0; i < UNIQUE_SHARES; i++)
			spool_add(&u->share);
		u->is_spilled = true;
	}
	if (holds(part_of(u, d.hash), d.hash)) {
		is_duplicate(u, d.number);
		return;
	}
	spool_put(&u->share, share, (const char *)&d, sizeof d);
	u->n_share[share]++;
}

static void forget(struct unique *u)
{
	for (int i = 0; i < UNIQUE_PARTS; i++) {
		free(u->part[i].slot);
		u->part[i] = (struct unique_part){ NULL, 0, 0 };
	}
	u->n = u->room = 0;
}

/* Those hashes of a share whose `pass` of n_passes it is: a run of duplicates. */
static void settle_share(struct unique *u, size_t share, uint64_t pass, uint64_t n_passes)
{
	struct spool_reader reader;
	struct span record;
	runs_break(&u->duplicate);
	spool_read(&reader, &u->share, share);
	while (spool_next(&reader, &record)) {
		struct deferred d;
		memcpy(&d, record.s, sizeof d);
		if ((d.hash.hi >> 32) % n_passes == pass && !unique_add(u, d.hash))
			is_duplicate(u, d.number);
	}
	spool_read_end(&reader);
	forget(u);
}

static void next_duplicate(struct unique *u)
{
	struct span key, payload;
	uint64_t big_endian;
	u->next_duplicate = UINT64_MAX;
	if (!runs_next(&u->duplicate, &key, &payload))
		return;
	memcpy(&big_endian, key.s, sizeof big_endian);
	u->next_duplicate = __builtin_bswap64(big_endian);
}

void unique_settle(struct unique *u)
{
	size_t n_fit = u->limit / HASH_BYTES;
	forget(u);
	if (u->is_spilled) {
		for (size_t i = 0; i < UNIQUE_SHARES; i++)
			spool_seal(&u->share, i);
		for (size_t i = 0; i < UNIQUE_SHARES; i++) {
			uint64_t n_passes = 1 + (n_fit ? u->n_share[i] / n_fit : 0);
			for (uint64_t k = 0; k < n_passes; k++)
				settle_share(u, i, k, n_passes);
		}
		spool_close(&u->share);
	}
	next_duplicate(u);
}

bool unique_next(struct unique *u)
{
	if (u->next++ != u->next_duplicate)
		return true;
	next_duplicate(u);
	return false;
}

void unique_free(struct unique *u)
{
	forget(u);
	runs_close(&u->duplicate);
	memset(u, 0, sizeof *u);
}
