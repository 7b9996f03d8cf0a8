/* SPDX-License-Identifier: MIT */
#include "table/unique.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

__extension__ typedef unsigned __int128 wide;

/* What a hash may take in the set: 16 bytes, 8/7 for free slots, twice that
 * behind growth, and a part that is held twice. */
#define HASH_BYTES 40

/* A deferred hash and its number. */
struct deferred {
	struct hash_128 hash;
	uint64_t number;
};

/* The high half's first bits choose the part. */
#define PART_SHIFT 60
_Static_assert(UNIQUE_PARTS == 1 << (64 - PART_SHIFT), "parts");

/* Slots of one line of the cache: a search ends in the first that is not full. */
#define LINE 4

/* The low half spreads over the part's lines, so that a part that grows is
 * copied in the order of its lines. */
static size_t first_line(struct hash_128 h, size_t room)
{
	return (size_t)((wide)h.lo * (room / LINE) >> 64) * LINE;
}

/* Zero marks an empty slot. */
static struct hash_128 never_empty(struct hash_128 h)
{
	h.lo += !h.lo;
	return h;
}

/* Slots of a line that are taken, which are the first ones. */
static size_t n_taken(const struct hash_128 *line)
{
	return (size_t)(line[0].lo != 0) + (line[1].lo != 0) + (line[2].lo != 0) +
	       (line[3].lo != 0);
}

/* Slots of a line with this low half, a bit each. */
static unsigned with_low(const struct hash_128 *line, uint64_t lo)
{
	return (unsigned)(line[0].lo == lo) | (unsigned)(line[1].lo == lo) << 1 |
	       (unsigned)(line[2].lo == lo) << 2 | (unsigned)(line[3].lo == lo) << 3;
}

/* The slot that holds h, or the free one where it belongs.  The room is not
 * full.  Nothing here branches on where in a line that is: it cannot be guessed. */
static struct hash_128 *find(const struct unique_part *p, struct hash_128 h)
{
	for (size_t k = first_line(h, p->room);; k = k + LINE == p->room ? 0 : k + LINE) {
		struct hash_128 *line = p->slot + k;
		for (unsigned same = with_low(line, h.lo); same; same &= same - 1) {
			struct hash_128 *s = line + __builtin_ctz(same);
			if (s->hi == h.hi)
				return s;
		}
		size_t n = n_taken(line);
		if (n < LINE)
			return line + n;
	}
}

/* Where a hash belongs that is not there. */
static struct hash_128 *free_slot(const struct unique_part *p, struct hash_128 h)
{
	for (size_t k = first_line(h, p->room);; k = k + LINE == p->room ? 0 : k + LINE) {
		size_t n = n_taken(p->slot + k);
		if (n < LINE)
			return p->slot + k + n;
	}
}

/* A part smaller than a huge page doubles. */
#define HUGE ((size_t)2 << 20)

static size_t part_bytes(size_t room)
{
	return room * sizeof(struct hash_128);
}

/* The room of a part behind `room`: twice as much, or half as much again, to
 * the end of its last page. */
static size_t more_room(size_t room)
{
	size_t bytes = room ? part_bytes(room + (part_bytes(room) < HUGE ? room : room / 2)) : 1;
	size_t page = mem_page(bytes);

	return (bytes + page - 1) / page * page / sizeof(struct hash_128);
}

static void grow(struct unique_part *p)
{
	struct unique_part more = { .n = p->n, .room = more_room(p->room) };

	more.slot = mem_pages(part_bytes(more.room));
	for (size_t k = 0; k < p->room; k += LINE)
		for (size_t i = 0, n = n_taken(p->slot + k); i < n; i++)
			*free_slot(&more, p->slot[k + i]) = p->slot[k + i];
	mem_pages_free(p->slot, part_bytes(p->room));
	*p = more;
}

/* Whether n hashes are more than a room takes. */
static bool is_crowded(size_t n, size_t room)
{
	return 8 * n > 7 * room;
}

static struct unique_part *part_of(struct unique *u, struct hash_128 h)
{
	return &u->part[h.hi >> PART_SHIFT];
}

static bool holds(const struct unique_part *p, struct hash_128 h)
{
	return p->n > 0 && find(p, h)->lo;
}

/* Any part may be the one that all n go to; while it grows it is held twice. */
bool unique_full(struct unique *u, size_t n)
{
	size_t bytes = 0, twice = 0;

	for (int i = 0; i < UNIQUE_PARTS && u->limit && !u->is_full; i++) {
		const struct unique_part *p = &u->part[i];
		size_t room = p->room;
		while (is_crowded(p->n + n, room) && part_bytes(room) <= u->limit)
			room = more_room(room);
		bytes += part_bytes(room);
		if (room > p->room && part_bytes(p->room) > twice)
			twice = part_bytes(p->room);
	}
	u->is_full |= bytes + twice > u->limit && u->limit;
	return u->is_full;
}

bool unique_add(struct unique *u, struct hash_128 h)
{
	struct unique_part *p = part_of(u, h = never_empty(h));
	struct hash_128 *slot;

	if (is_crowded(p->n + 1, p->room)) {
		if (holds(p, h))
			return false;
		grow(p);
	}
	slot = find(p, h);
	if (slot->lo)
		return false;
	*slot = h;
	p->n++;
	u->n++;
	return true;
}

void unique_fetch(const struct unique *u, struct hash_128 h)
{
	const struct unique_part *p = &u->part[h.hi >> PART_SHIFT];
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
		mem_pages_free(u->part[i].slot, part_bytes(u->part[i].room));
		u->part[i] = (struct unique_part){ NULL, 0, 0 };
	}
	u->n = 0;
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
