/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "model/design.h"
#include "value/hash.h"

/* Open addressing, linear probing, at most half full. */
struct design_dictionary {
	struct span *text; /* [n], owned, in the order of the codes */
	size_t n, capacity;
	uint32_t *slot;    /* code + 1, 0: free */
	size_t n_slots;    /* a power of two */
};

struct design_dictionary *design_dictionary_new(void)
{
	struct design_dictionary *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->n_slots = 64;
	t->slot = calloc(t->n_slots, sizeof *t->slot);
	if (!t->slot) {
		free(t);
		return NULL;
	}
	return t;
}

static size_t slot_of(const struct design_dictionary *t, struct span text)
{
	size_t i = hash_64(text.s, text.n) & (t->n_slots - 1);

	while (t->slot[i] && !span_equal(t->text[t->slot[i] - 1], text))
		i = (i + 1) & (t->n_slots - 1);
	return i;
}

int64_t design_dictionary_find(const struct design_dictionary *t, struct span text)
{
	return (int64_t)t->slot[slot_of(t, text)] - 1;
}

static int rehash(struct design_dictionary *t)
{
	uint32_t *slot = calloc(t->n_slots * 2, sizeof *slot);

	if (!slot)
		return -1;
	free(t->slot);
	t->slot = slot;
	t->n_slots *= 2;
	for (size_t i = 0; i < t->n; i++)
		t->slot[slot_of(t, t->text[i])] = (uint32_t)i + 1;
	return 0;
}

int64_t design_dictionary_add(struct design_dictionary *t, struct span text)
{
	size_t at = slot_of(t, text);
	char *copy;

	if (t->slot[at])
		return (int64_t)t->slot[at] - 1;
	if (t->n >= UINT32_MAX - 1 || (t->n * 2 >= t->n_slots && rehash(t) != 0))
		return -1;
	if (t->n == t->capacity) {
		size_t capacity = t->capacity ? t->capacity * 2 : 16;
		struct span *grown = realloc(t->text, capacity * sizeof *grown);
		if (!grown)
			return -1;
		t->text = grown;
		t->capacity = capacity;
	}
	copy = malloc(text.n + 1);
	if (!copy)
		return -1;
	memcpy(copy, text.s, text.n);
	copy[text.n] = '\0';
	t->text[t->n++] = (struct span){ copy, text.n };
	t->slot[slot_of(t, text)] = (uint32_t)t->n;
	return (int64_t)t->n - 1;
}

size_t design_dictionary_size(const struct design_dictionary *t)
{
	return t->n;
}

struct span design_dictionary_text(const struct design_dictionary *t, size_t code)
{
	return t->text[code];
}

void design_dictionary_free(struct design_dictionary *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free((char *)(uintptr_t)t->text[i].s);
	free(t->text);
	free(t->slot);
	free(t);
}
