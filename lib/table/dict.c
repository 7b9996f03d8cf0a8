/* SPDX-License-Identifier: MIT */
#include "table/dict.h"

#include <stdlib.h>

#include "base/msg.h"
#include "value/hash.h"

/* The slot of a text: where it is, or the free one where it would go. */
static size_t probe(const struct dict *d, struct span text, uint64_t hash)
{
	size_t mask = d->n_slots - 1;
	size_t at = (size_t)hash & mask;

	for (; d->slot[at]; at = (at + 1) & mask) {
		size_t i = d->slot[at] - 1;
		if (d->hash[i] == hash && span_equal(d->text[i], text))
			break;
	}
	return at;
}

/* At most half full, so that a probe is short. */
static void grow_slots(struct dict *d)
{
	size_t n_slots = d->n_slots ? 2 * d->n_slots : 64;
	uint32_t *slot = mem_zero(n_slots, sizeof *slot);

	for (size_t i = 0; i < d->n; i++) {
		size_t at = (size_t)d->hash[i] & (n_slots - 1);
		while (slot[at])
			at = (at + 1) & (n_slots - 1);
		slot[at] = (uint32_t)i + 1;
	}
	free(d->slot);
	d->slot = slot;
	d->n_slots = n_slots;
}

static void grow_entries(struct dict *d)
{
	d->capacity = d->capacity ? 2 * d->capacity : 32;
	d->text = mem_resize(d->text, d->capacity, sizeof *d->text);
	d->hash = mem_resize(d->hash, d->capacity, sizeof *d->hash);
}

size_t dict_add(struct dict *d, struct span text, bool *is_new)
{
	uint64_t hash = hash_64(text.s, text.n);

	if (2 * d->n >= d->n_slots)
		grow_slots(d);
	size_t at = probe(d, text, hash);
	if (is_new)
		*is_new = d->slot[at] == 0;
	if (d->slot[at])
		return d->slot[at] - 1;
	if (d->n == UINT32_MAX - 1)
		msg_die(MSG_FAILED, "more than %zu distinct values", d->n);
	if (d->n == d->capacity)
		grow_entries(d);
	d->text[d->n] = (struct span){ mem_arena_copy(&d->bytes, text.s, text.n), text.n };
	d->hash[d->n] = hash;
	d->slot[at] = (uint32_t)d->n + 1;
	return d->n++;
}

ptrdiff_t dict_find(const struct dict *d, struct span text)
{
	if (!d->n_slots)
		return -1;
	return (ptrdiff_t)d->slot[probe(d, text, hash_64(text.s, text.n))] - 1;
}

size_t dict_bytes(const struct dict *d)
{
	return d->bytes.n_bytes + d->n_slots * sizeof *d->slot +
	       d->capacity * (sizeof *d->text + sizeof *d->hash);
}

void dict_free(struct dict *d)
{
	free(d->text);
	free(d->hash);
	free(d->slot);
	mem_arena_free(&d->bytes);
	*d = (struct dict){ 0 };
}
