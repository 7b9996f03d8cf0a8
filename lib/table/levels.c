/* SPDX-License-Identifier: MIT */
#include "table/levels.h"

#include <stdbool.h>
#include <stdlib.h>

#include "value/hash.h"
#include "value/num.h"

static void insert_slot(struct levels *l, uint32_t number)
{
	size_t mask = l->n_slots - 1;
	size_t at = hash_64(l->text[number].s, l->text[number].n) & mask;
	while (l->slot[at])
		at = (at + 1) & mask;
	l->slot[at] = number + 1;
}

static void grow_slots(struct levels *l)
{
	free(l->slot);
	l->n_slots = l->n_slots ? 2 * l->n_slots : 64;
	l->slot = mem_zero(l->n_slots, sizeof *l->slot);
	for (size_t i = 0; i < l->n; i++)
		insert_slot(l, (uint32_t)i);
}

uint32_t levels_number(struct levels *l, struct span raw)
{
	if (l->n && span_equal(l->text[l->last], raw))
		return l->last;
	if (2 * (l->n + 1) > l->n_slots)
		grow_slots(l);
	size_t mask = l->n_slots - 1;
	for (size_t at = hash_64(raw.s, raw.n) & mask; l->slot[at]; at = (at + 1) & mask)
		if (span_equal(l->text[l->slot[at] - 1], raw))
			return l->last = l->slot[at] - 1;
	l->text = mem_grow(l->text, l->n, &l->capacity, sizeof *l->text);
	l->text[l->n] = (struct span){ mem_arena_copy(&l->arena, raw.s, raw.n), raw.n };
	l->last = (uint32_t)l->n++;
	insert_slot(l, l->last);
	return l->last;
}

uint64_t levels_bytes(const struct levels *l)
{
	size_t n_slots = 2 * (l->n + 1) > l->n_slots ? 2 * l->n_slots : l->n_slots;
	return (l->n + 1) * sizeof *l->text + n_slots * sizeof *l->slot + l->arena.n_bytes;
}

struct entry {
	struct span text;
	int64_t whole;
	uint32_t number;
};

static int by_bytes(const void *a, const void *b)
{
	return span_compare(((const struct entry *)a)->text, ((const struct entry *)b)->text);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = ((const struct entry *)a)->whole, y = ((const struct entry *)b)->whole;
	return x != y ? (x > y) - (x < y) : by_bytes(a, b);
}

void levels_order(const struct levels *l, uint32_t *place)
{
	struct entry *e = mem_array(l->n + 1, sizeof *e);
	bool whole = true;
	for (size_t i = 0; i < l->n; i++) {
		e[i] = (struct entry){ l->text[i], 0, (uint32_t)i };
		whole = whole && num_parse_int(e[i].text.s, e[i].text.n, &e[i].whole);
	}
	qsort(e, l->n, sizeof *e, whole ? by_number : by_bytes);
	for (size_t i = 0; i < l->n; i++)
		place[e[i].number] = (uint32_t)i;
	free(e);
}

void levels_free(struct levels *l)
{
	free(l->text);
	free(l->slot);
	mem_arena_free(&l->arena);
	*l = (struct levels){ 0 };
}
