/* SPDX-License-Identifier: MIT */
#include "table/idmap.h"

#include <stdlib.h>
#include <string.h>

/*
 * Classes of size: 0 is empty, 1 and 2 are arrays of 4 and 8, the others
 * tables of 16, 24, 32, 48, 64 ...
 */
enum { CLASS_TABLE = 3 };

static size_t class_room(uint32_t class)
{
	if (class < CLASS_TABLE)
		return (size_t)2 << class;
	uint32_t step = class - CLASS_TABLE;
	return (size_t)(step % 2 ? 24 : 16) << (step / 2);
}

static size_t class_limit(uint32_t class)
{
	size_t room = class_room(class);
	return class < CLASS_TABLE ? room : room - room / 4;
}

static uint32_t *take_block(struct idmap_pool *pool, uint32_t class)
{
	size_t room = class_room(class), n_bytes = room * (sizeof(uint32_t) + pool->width);
	uint32_t *block = pool->unused[class];

	if (block)
		memcpy(&pool->unused[class], block, sizeof(void *));
	else
		block = mem_arena_alloc(&pool->arena, n_bytes);
	return block;
}

static void give_block(struct idmap_pool *pool, uint32_t *block, uint32_t class)
{
	memcpy(block, &pool->unused[class], sizeof(void *));
	pool->unused[class] = block;
}

/* Where `id` is or belongs in a table: Fibonacci hashing scaled to the room
 * (Knuth, volume 3, 6.4; Lemire 2016), as the room is no power of two. */
static size_t first_slot(size_t room, uint32_t id)
{
	uint32_t hash = id * UINT32_C(2654435769);
	return (size_t)((uint64_t)hash * room >> 32);
}

static size_t table_slot(const uint32_t *table, size_t room, uint32_t id)
{
	size_t i = first_slot(room, id);

	while (table[i] && table[i] != id)
		i = i + 1 == room ? 0 : i + 1;
	return i;
}

/* The values start behind the members: every room is even, so aligned. */
static char *values_of(uint32_t *block, size_t room)
{
	return (char *)(block + room);
}

/* The same members and values in a map of the next class. */
static void grow(struct idmap *m, struct idmap_pool *pool)
{
	uint32_t class = m->class + 1, *old = m->member, *block = take_block(pool, class);
	size_t room = class_room(class), old_room = m->class ? class_room(m->class) : 0;
	size_t width = pool->width, next = 0;

	memset(block, 0, room * (sizeof *block + width));
	for (size_t i = 0; i < old_room; i++) {
		if (!old[i])
			continue;
		size_t to = class < CLASS_TABLE ? next++ : table_slot(block, room, old[i]);
		block[to] = old[i];
		memcpy(values_of(block, room) + to * width, values_of(old, old_room) + i * width,
		       width);
	}
	if (m->class)
		give_block(pool, old, m->class);
	m->member = block;
	m->class = class;
}

/* The member's place in its block, new or not. */
static size_t place(struct idmap *m, struct idmap_pool *pool, uint32_t id)
{
	for (;; grow(m, pool)) {
		size_t i = 0;
		if (!m->class)
			continue;
		if (m->class < CLASS_TABLE)
			while (i < m->n && m->member[i] != id)
				i++;
		else
			i = table_slot(m->member, class_room(m->class), id);
		if (m->class < CLASS_TABLE ? i < m->n : m->member[i] != 0)
			return i;
		if (m->n < class_limit(m->class)) {
			m->member[i] = id;
			m->n++;
			return i;
		}
	}
}

void *idmap_value(struct idmap *m, struct idmap_pool *pool, uint32_t id)
{
	size_t i = place(m, pool, id);
	return values_of(m->member, class_room(m->class)) + i * pool->width;
}

uint32_t idmap_next(const struct idmap *m, const struct idmap_pool *pool, size_t *at,
		    const void **value)
{
	size_t room = m->class ? class_room(m->class) : 0;
	size_t n = m->class < CLASS_TABLE ? m->n : room;

	while (*at < n) {
		size_t i = (*at)++;
		if (!m->member[i])
			continue;
		*value = (const char *)(m->member + room) + i * pool->width;
		return m->member[i];
	}
	return 0;
}

void idmap_pool_free(struct idmap_pool *pool)
{
	mem_arena_free(&pool->arena);
	memset(pool->unused, 0, sizeof pool->unused);
}
