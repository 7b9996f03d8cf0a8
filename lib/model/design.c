/* SPDX-License-Identifier: MIT */
#include "model/design.h"

#include <stdlib.h>
#include <string.h>

#include "value/hash.h"

/* One block of memory; each column of it fills whole pages. */
struct design_chunk {
	double *number; /* [n_numbers][DESIGN_CHUNK] */
	uint32_t *code; /* [n_categories][DESIGN_CHUNK], behind the numbers */
};

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

int design_source(struct design *d, const char *name, bool category)
{
	struct design_source *grown = realloc(d->source, (d->n_sources + 1) * sizeof *grown);
	struct design_source *s;

	if (!grown)
		return -1;
	d->source = grown;
	s = &grown[d->n_sources];
	*s = (struct design_source){ .name = strdup(name), .category = category };
	if (!s->name)
		return -1;
	d->n_sources++;
	s->at = category ? d->n_categories++ : d->n_numbers++;
	if (category)
		s->dictionary = design_dictionary_new();
	return category && !s->dictionary ? -1 : 0;
}

/* Never 0. */
static size_t chunk_bytes(const struct design *d)
{
	size_t n = d->n_numbers * sizeof(double) + d->n_categories * sizeof(uint32_t);

	return (n ? n : 1) * DESIGN_CHUNK;
}

static void rest(const struct design *d, const void *at, size_t size)
{
	if (d->memory.rest)
		d->memory.rest(d->memory.ctx, (void *)(uintptr_t)at, size * DESIGN_CHUNK);
}

static int chunk_add(struct design *d)
{
	struct design_chunk c = { NULL, NULL };

	if (d->n_chunks == d->chunk_capacity) {
		size_t capacity = d->chunk_capacity ? d->chunk_capacity * 2 : 64;
		struct design_chunk *grown = realloc(d->chunk, capacity * sizeof *grown);
		if (!grown)
			return -1;
		d->chunk = grown;
		d->chunk_capacity = capacity;
	}
	c.number = d->memory.take ? d->memory.take(d->memory.ctx, chunk_bytes(d)) :
				    malloc(chunk_bytes(d));
	if (!c.number)
		return -1;
	c.code = (uint32_t *)(void *)(c.number + d->n_numbers * DESIGN_CHUNK);
	d->chunk[d->n_chunks++] = c;
	return 0;
}

int design_add(struct design *d, const double *number, const struct span *category)
{
	size_t row = d->n_rows % DESIGN_CHUNK;
	struct design_chunk *c;

	if (row == 0 && d->n_chunks > 0)
		rest(d, d->chunk[d->n_chunks - 1].number, chunk_bytes(d) / DESIGN_CHUNK);
	if (row == 0 && chunk_add(d) != 0)
		return -1;
	c = &d->chunk[d->n_chunks - 1];
	for (size_t j = 0; j < d->n_numbers; j++)
		c->number[j * DESIGN_CHUNK + row] = number[j];
	for (size_t i = 0; i < d->n_sources; i++) {
		const struct design_source *s = &d->source[i];
		if (!s->category)
			continue;
		int64_t code = design_dictionary_add(s->dictionary, category[s->at]);
		if (code < 0)
			return -1;
		c->code[s->at * DESIGN_CHUNK + row] = (uint32_t)code;
	}
	d->n_rows++;
	return 0;
}

struct ranked {
	struct span text;
	uint32_t code;
};

static int by_text(const void *a, const void *b)
{
	return span_compare(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Levels in byte order; codes in the chunks become places in that order. */
static int sort_levels(struct design *d, struct design_source *s)
{
	size_t n = s->dictionary->n;
	struct ranked *r = malloc((n + 1) * sizeof *r);
	uint32_t *place = malloc((n + 1) * sizeof *place);

	s->level = malloc((n + 1) * sizeof *s->level);
	if (!r || !place || !s->level) {
		free(r);
		free(place);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ s->dictionary->text[i], (uint32_t)i };
	qsort(r, n, sizeof *r, by_text);
	for (size_t i = 0; i < n; i++) {
		s->level[i] = r[i].text;
		place[r[i].code] = (uint32_t)i;
	}
	s->n_levels = n;
	for (size_t row = 0; row < d->n_rows; row++) {
		uint32_t *code = d->chunk[row / DESIGN_CHUNK].code + s->at * DESIGN_CHUNK +
				 row % DESIGN_CHUNK;
		*code = place[*code];
		if ((row + 1) % DESIGN_CHUNK == 0)
			rest(d, code + 1 - DESIGN_CHUNK, sizeof *code);
	}
	free(r);
	free(place);
	return 0;
}

static char *term_name(const struct design_source *s, size_t level)
{
	size_t n = strlen(s->name);
	char *name;

	if (!s->category)
		return strdup(s->name);
	name = malloc(n + s->level[level].n + 2);
	if (name) {
		memcpy(name, s->name, n);
		name[n] = '=';
		memcpy(name + n + 1, s->level[level].s, s->level[level].n);
		name[n + 1 + s->level[level].n] = '\0';
	}
	return name;
}

int design_finish(struct design *d)
{
	size_t n = 1;

	for (size_t i = 0; i < d->n_sources; i++) {
		struct design_source *s = &d->source[i];
		if (s->category && sort_levels(d, s) != 0)
			return -1;
		n += !s->category ? 1 : s->n_levels ? s->n_levels - 1 : 0;
	}
	d->term = calloc(n, sizeof *d->term);
	if (!d->term || !(d->term[0].name = strdup("(intercept)")))
		return -1;
	d->n_terms = 1;
	for (size_t i = 0; i < d->n_sources; i++) {
		const struct design_source *s = &d->source[i];
		size_t n_levels = s->category ? s->n_levels : 2;
		for (size_t level = 1; level < n_levels; level++) {
			char *name = term_name(s, level);
			if (!name)
				return -1;
			d->term[d->n_terms++] = (struct design_term){ name, i, level };
		}
	}
	return 0;
}

void design_expand(const struct design *d, size_t term, size_t first, size_t n, double center,
		   double factor, double *x)
{
	const struct design_chunk *c = &d->chunk[first / DESIGN_CHUNK];
	const struct design_source *s = d->source + d->term[term].source;
	size_t row = first % DESIGN_CHUNK;
	bool last = row + n == DESIGN_CHUNK || first + n == d->n_rows;
	double of_indicator[2] = { (0 - center) * factor, (1 - center) * factor };

	if (term == 0) {
		for (size_t i = 0; i < n; i++)
			x[i] = of_indicator[1];
	} else if (!s->category) {
		const double *number = c->number + s->at * DESIGN_CHUNK + row;
		for (size_t i = 0; i < n; i++)
			x[i] = (number[i] - center) * factor;
		if (last)
			rest(d, number - row, sizeof *number);
	} else {
		const uint32_t *code = c->code + s->at * DESIGN_CHUNK + row;
		uint32_t level = (uint32_t)d->term[term].level;
		for (size_t i = 0; i < n; i++)
			x[i] = of_indicator[code[i] == level];
		if (last)
			rest(d, code - row, sizeof *code);
	}
}

size_t design_bytes(const struct design *d)
{
	return d->n_chunks * chunk_bytes(d);
}

void design_free(struct design *d)
{
	for (size_t i = 0; i < d->n_sources; i++) {
		free(d->source[i].name);
		free(d->source[i].level);
		design_dictionary_free(d->source[i].dictionary);
	}
	for (size_t t = 0; t < d->n_terms; t++)
		free(d->term[t].name);
	for (size_t i = 0; i < d->n_chunks && !d->memory.take; i++)
		free(d->chunk[i].number);
	free(d->source);
	free(d->term);
	free(d->chunk);
	*d = (struct design){ 0 };
}
