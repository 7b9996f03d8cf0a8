/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "model/clean.h"

__extension__ typedef unsigned __int128 wide;

/* The low half spreads over the part's room, the high half's first byte chose the part. */
static size_t place(struct hash_128 h, size_t room)
{
	return (size_t)((wide)h.lo * room >> 64);
}

static bool empty(struct hash_128 h)
{
	return h.lo == 0 && h.hi == 0;
}

static void insert(struct clean_part *p, struct hash_128 h)
{
	size_t k = place(h, p->room);
	while (!empty(p->slot[k]))
		k = k + 1 == p->room ? 0 : k + 1;
	p->slot[k] = h;
}

static int grow(struct clean_part *p)
{
	struct clean_part more = { .n = p->n, .room = p->room + p->room / 4 + 64 };
	more.slot = calloc(more.room, sizeof *more.slot);
	if (!more.slot)
		return -1;
	for (size_t i = 0; i < p->room; i++)
		if (!empty(p->slot[i]))
			insert(&more, p->slot[i]);
	free(p->slot);
	*p = more;
	return 0;
}

int clean_seen_add(struct clean_seen *s, struct hash_128 h)
{
	struct clean_part *p = &s->part[h.hi >> 56];
	if (empty(h))
		h.lo = 1; /* all zero marks an empty slot */
	if (8 * (p->n + 1) > 7 * p->room) {
		s->room -= p->room;
		if (grow(p) != 0)
			return -1;
		s->room += p->room;
	}
	size_t k = place(h, p->room);
	for (; !empty(p->slot[k]); k = k + 1 == p->room ? 0 : k + 1)
		if (p->slot[k].lo == h.lo && p->slot[k].hi == h.hi)
			return 0;
	p->slot[k] = h;
	p->n++;
	s->n++;
	return 1;
}

size_t clean_seen_bytes(const struct clean_seen *s)
{
	/* a part that grows is held twice, and parts are a 256th each, about */
	return (s->room + s->room / 64 + 256) * sizeof(struct hash_128);
}

void clean_seen_free(struct clean_seen *s)
{
	for (int i = 0; i < CLEAN_PARTS; i++)
		free(s->part[i].slot);
	*s = (struct clean_seen){ .n = 0 };
}
