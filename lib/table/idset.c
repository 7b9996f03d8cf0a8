/* SPDX-License-Identifier: MIT */
#include "table/idset.h"

#include <stdlib.h>
#include <string.h>

/*
 * Classes of size: 0 holds two members in place (sets only), 1 and 2 are
 * arrays of 4 and 8, 3, 4, 5 ... are tables of 16, 24, 32, 48, 64, 96 ...
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

static uint32_t *take_block(struct idset_pool *pool, uint32_t class)
{
	size_t room = class_room(class), n_bytes = room * (sizeof(uint32_t) + pool->width);
	uint32_t *block = pool->unused[class];

	if (block)
		memcpy(&pool->unused[class], block, sizeof(void *));
	else
		block = mem_arena_alloc(&pool->arena, n_bytes);
	memset(block, 0, n_bytes);
	return block;
}

static void give_block(struct idset_pool *pool, uint32_t *block, uint32_t class)
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

static void grow(struct idset *s, struct idset_pool *pool)
{
	uint32_t old_class = s->class, class = old_class + 1;
	uint32_t few[2] = { s->at.few[0], s->at.few[1] };
	uint32_t *old = old_class ? s->at.many : few;
	uint32_t *block = take_block(pool, class);
	size_t room = class_room(class), n = old_class ? class_room(old_class) : s->n;
	size_t width = pool->width, next = 0;

	for (size_t i = 0; i < n; i++) {
		if (!old[i])
			continue;
		size_t to = class < CLASS_TABLE ? next++ : table_slot(block, room, old[i]);
		block[to] = old[i];
		if (width)
			memcpy(values_of(block, room) + to * width, values_of(old, n) + i * width,
			       width);
	}
	if (old_class)
		give_block(pool, old, old_class);
	s->at.many = block;
	s->class = class;
}

/* The member's place in its block, new or not. */
static size_t place(struct idset *s, struct idset_pool *pool, uint32_t id, int *is_new)
{
	if (pool->width && !s->class)
		grow(s, pool);
	for (;;) {
		uint32_t *member = s->class ? s->at.many : s->at.few;
		size_t i = 0;
		if (s->class < CLASS_TABLE) {
			while (i < s->n && member[i] != id)
				i++;
			*is_new = i == s->n;
		} else {
			i = table_slot(member, class_room(s->class), id);
			*is_new = member[i] == 0;
		}
		if (!*is_new)
			return i;
		if (s->n < class_limit(s->class)) {
			member[i] = id;
			s->n++;
			return i;
		}
		grow(s, pool);
	}
}

void idset_near(const struct idset *s, uint32_t id)
{
	if (s->class >= CLASS_TABLE)
		__builtin_prefetch(&s->at.many[first_slot(class_room(s->class), id)]);
	else if (s->class)
		__builtin_prefetch(s->at.many);
}

int idset_add(struct idset *s, struct idset_pool *pool, uint32_t id)
{
	int is_new;
	place(s, pool, id, &is_new);
	return is_new;
}

/* Whether `id` comes for the first time under this stamp. */
static int is_first(struct idset_pool *pool, uint32_t id)
{
	uint64_t mark = (uint64_t)pool->stamp << 32 | id;
	size_t mask = pool->n_seen - 1, i = (id * UINT32_C(2654435769)) >> 7 & mask;

	while (pool->seen[i] >> 32 == pool->stamp) {
		if (pool->seen[i] == mark)
			return 0;
		i = (i + 1) & mask;
	}
	pool->seen[i] = mark;
	return 1;
}

/* At most half full, so that linear probing stays short. */
static void prepare_seen(struct idset_pool *pool, size_t n)
{
	if (2 * n > pool->n_seen || pool->stamp == UINT32_MAX) {
		size_t room = pool->n_seen ? pool->n_seen : 64;
		while (room < 2 * n)
			room *= 2;
		free(pool->seen);
		pool->seen = mem_zero(room, sizeof *pool->seen);
		pool->n_seen = room;
		pool->stamp = 0;
	}
	pool->stamp++;
}

void idset_pack(struct idset *s, struct idset_pool *pool)
{
	uint32_t *member = s->class ? s->at.many : s->at.few, n = 0;

	prepare_seen(pool, s->n);
	for (uint32_t i = 0; i < s->n; i++)
		if (is_first(pool, member[i]))
			member[n++] = member[i];
	memset(member + n, 0, (s->n - n) * sizeof *member);
	s->n = n;
}

/* Room for one more: what packing frees, if it is a quarter at least. */
static void make_room(struct idset *s, struct idset_pool *pool)
{
	size_t room = class_room(s->class);
	uint32_t old_class = s->class, *old = s->at.many;

	idset_pack(s, pool);
	if (s->n <= room - (room + 3) / 4)
		return;
	uint32_t *block = take_block(pool, old_class + 1);
	memcpy(block, old_class ? old : s->at.few, s->n * sizeof *block);
	if (old_class)
		give_block(pool, old, old_class);
	s->at.many = block;
	s->class = old_class + 1;
}

void idset_append(struct idset *s, struct idset_pool *pool, uint32_t id)
{
	if (s->n == class_room(s->class))
		make_room(s, pool);
	(s->class ? s->at.many : s->at.few)[s->n++] = id;
}

void *idset_value(struct idset *s, struct idset_pool *pool, uint32_t id)
{
	int is_new;
	size_t i = place(s, pool, id, &is_new);
	return values_of(s->at.many, class_room(s->class)) + i * pool->width;
}

uint32_t idset_next(const struct idset *s, const struct idset_pool *pool, size_t *at,
		    const void **value)
{
	const uint32_t *member = s->class ? s->at.many : s->at.few;
	size_t room = class_room(s->class), n = s->class < CLASS_TABLE ? s->n : room;

	while (*at < n) {
		size_t i = (*at)++;
		if (!member[i])
			continue;
		if (value)
			*value = (const char *)(member + room) + i * pool->width;
		return member[i];
	}
	return 0;
}

void idset_pool_free(struct idset_pool *pool)
{
	mem_arena_free(&pool->arena);
	memset(pool->unused, 0, sizeof pool->unused);
	free(pool->seen);
	pool->seen = NULL;
	pool->n_seen = 0;
}
