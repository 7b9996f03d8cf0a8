/* SPDX-License-Identifier: MIT */
#include "model/design.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/vector.h"

/* One block of memory; each column of it fills whole pages. */
struct design_chunk {
	double *number; /* [n_numbers][DESIGN_CHUNK] */
	uint32_t *code; /* [n_categories][DESIGN_CHUNK], behind the numbers */
};

int design_column(struct design *d, const char *name, bool category)
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

static int add_part(struct design *d, struct design_part part)
{
	struct design_part *grown = realloc(d->part, (d->n_parts + 1) * sizeof *grown);

	if (!grown)
		return -1;
	d->part = grown;
	grown[d->n_parts++] = part;
	return 0;
}

int design_main(struct design *d, size_t source)
{
	return add_part(d, (struct design_part){ { source, 0 }, 1, 1 });
}

int design_power(struct design *d, size_t source, unsigned power)
{
	return add_part(d, (struct design_part){ { source, 0 }, 1, power });
}

int design_interaction(struct design *d, size_t a, size_t b)
{
	return add_part(d, (struct design_part){ { a, b }, 2, 1 });
}

int design_level(struct design *d, size_t source, struct span level)
{
	return design_dictionary_add(d->source[source].dictionary, level) < 0 ? -1 : 0;
}

int design_source(struct design *d, const char *name, bool category)
{
	return design_column(d, name, category) == 0 ? design_main(d, d->n_sources - 1) : -1;
}

bool design_has_main(const struct design *d, size_t source)
{
	for (size_t i = 0; i < d->n_parts; i++)
		if (d->part[i].n_sources == 1 && d->part[i].power == 1 &&
		    d->part[i].source[0] == source)
			return true;
	return false;
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

/* Codes of n categories behind row `row` of the chunk. */
static int add_codes(struct design *d, const struct design_chunk *c, size_t row, size_t n,
		     const struct span *category, size_t stride)
{
	for (size_t i = 0; i < d->n_sources; i++) {
		const struct design_source *s = &d->source[i];
		if (!s->category)
			continue;
		for (size_t k = 0; k < n; k++) {
			int64_t code = design_dictionary_add(s->dictionary, category[s->at * stride + k]);
			if (code < 0)
				return -1;
			c->code[s->at * DESIGN_CHUNK + row + k] = (uint32_t)code;
		}
	}
	return 0;
}

int design_add_many(struct design *d, size_t n, const double *number, const struct span *category,
		    size_t stride)
{
	for (size_t i = 0, m; i < n; i += m) {
		size_t row = d->n_rows % DESIGN_CHUNK;
		const struct design_chunk *c;

		m = n - i < DESIGN_CHUNK - row ? n - i : DESIGN_CHUNK - row;
		if (row == 0 && d->n_chunks > 0)
			rest(d, d->chunk[d->n_chunks - 1].number, chunk_bytes(d) / DESIGN_CHUNK);
		if (row == 0 && chunk_add(d) != 0)
			return -1;
		c = &d->chunk[d->n_chunks - 1];
		for (size_t j = 0; j < d->n_numbers; j++)
			memcpy(c->number + j * DESIGN_CHUNK + row, number + j * stride + i,
			       m * sizeof *number);
		if (d->n_categories && add_codes(d, c, row, m, category + i, stride) != 0)
			return -1;
		d->n_rows += m;
	}
	return 0;
}

int design_add(struct design *d, const double *number, const struct span *category)
{
	return design_add_many(d, 1, number, category, 1);
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
	size_t n = design_dictionary_size(s->dictionary);
	struct ranked *r = malloc((n + 1) * sizeof *r);
	uint32_t *place = malloc((n + 1) * sizeof *place);

	s->level = malloc((n + 1) * sizeof *s->level);
	if (!r || !place || !s->level) {
		free(r);
		free(place);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		r[i] = (struct ranked){ design_dictionary_text(s->dictionary, i), (uint32_t)i };
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

/* "g=level", "a^2", "a"; to be freed, or NULL. */
static char *factor_name(const struct design *d, const struct design_factor *f)
{
	const struct design_source *s = &d->source[f->source];
	struct span level = s->category ? s->level[f->level] : (struct span){ "", 0 };
	size_t room = strlen(s->name) + level.n + 16;
	char *name = malloc(room);

	if (!name)
		return NULL;
	if (s->category)
		snprintf(name, room, "%s=%.*s", s->name, (int)level.n, level.s);
	else if (f->power > 1)
		snprintf(name, room, "%s^%u", s->name, f->power);
	else
		snprintf(name, room, "%s", s->name);
	return name;
}

static char *term_name(const struct design *d, const struct design_term *t)
{
	char *a = factor_name(d, &t->factor[0]), *b = NULL, *both = NULL;

	if (t->n_factors == 1)
		return a;
	b = factor_name(d, &t->factor[1]);
	if (a && b && (both = malloc(strlen(a) + strlen(b) + 2)))
		sprintf(both, "%s:%s", a, b);
	free(a);
	free(b);
	return both;
}

/* The levels of a source that give terms of a part. */
struct level_range {
	size_t first, end;
};

static struct level_range levels_of(const struct design *d, const struct design_part *p, size_t i)
{
	const struct design_source *s = &d->source[p->source[i]];
	bool contrasts = p->n_sources == 1 || design_has_main(d, p->source[1 - i]);

	if (!s->category)
		return (struct level_range){ 0, 1 };
	return (struct level_range){ contrasts && !d->every_level, s->n_levels };
}

static int add_term(struct design *d, const struct design_part *p, size_t a, size_t b)
{
	struct design_term *t = &d->term[d->n_terms];

	*t = (struct design_term){ NULL, p->n_sources,
				   { { p->source[0], a, p->power }, { p->source[1], b, 1 } } };
	t->name = term_name(d, t);
	if (!t->name)
		return -1;
	d->n_terms++;
	return 0;
}

static size_t terms_of(const struct design *d, const struct design_part *p)
{
	size_t n = 1;

	for (size_t i = 0; i < p->n_sources; i++) {
		struct level_range r = levels_of(d, p, i);
		n *= r.end > r.first ? r.end - r.first : 0;
	}
	return n;
}

/* As in R, the first factor of an interaction varies fastest. */
static int add_terms(struct design *d, const struct design_part *p)
{
	struct level_range one = levels_of(d, p, 0), two = { 0, 1 };

	if (p->n_sources == 2)
		two = levels_of(d, p, 1);
	for (size_t b = two.first; b < two.end; b++)
		for (size_t a = one.first; a < one.end; a++)
			if (add_term(d, p, a, b) != 0)
				return -1;
	return 0;
}

int design_finish(struct design *d)
{
	size_t n = 1;

	for (size_t i = 0; i < d->n_sources; i++)
		if (d->source[i].category && sort_levels(d, &d->source[i]) != 0)
			return -1;
	for (size_t i = 0; i < d->n_parts; i++)
		n += terms_of(d, &d->part[i]);
	d->term = calloc(n, sizeof *d->term);
	if (!d->term || !(d->term[0].name = strdup("(intercept)")))
		return -1;
	d->n_terms = 1;
	for (size_t i = 0; i < d->n_parts; i++)
		if (add_terms(d, &d->part[i]) != 0)
			return -1;
	return 0;
}

/* Tells that the source's column of the chunk is not needed soon when its last
 * rows have been read. */
static void rest_behind(const struct design *d, size_t source, size_t first, size_t n)
{
	const struct design_chunk *c = &d->chunk[first / DESIGN_CHUNK];
	const struct design_source *s = &d->source[source];

	if (first % DESIGN_CHUNK + n != DESIGN_CHUNK && first + n != d->n_rows)
		return;
	if (s->category)
		rest(d, c->code + s->at * DESIGN_CHUNK, sizeof *c->code);
	else
		rest(d, c->number + s->at * DESIGN_CHUNK, sizeof *c->number);
}

VECTOR_INLINE void place_any(const double *number, size_t n, double center, double factor,
			     double *x)
{
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		x[i] = (number[i] - center) * factor;
}

VECTOR_VARIANTS(place, (const double *number, size_t n, double center, double factor, double *x),
		(number, n, center, factor, x))

/* One factor of term, as (value - center) * factor. */
static void expand_one(const struct design *d, const struct design_factor *f, size_t first,
		       size_t n, double center, double factor, double *x)
{
	const struct design_chunk *c = &d->chunk[first / DESIGN_CHUNK];
	const struct design_source *s = &d->source[f->source];
	size_t row = s->at * DESIGN_CHUNK + first % DESIGN_CHUNK;

	if (s->category) {
		const uint32_t *code = c->code + row;
		double of_indicator[2] = { (0 - center) * factor, (1 - center) * factor };
		uint32_t level = (uint32_t)f->level;
		for (size_t i = 0; i < n; i++)
			x[i] = of_indicator[code[i] == level];
	} else {
		place(c->number + row, n, center, factor, x);
	}
	rest_behind(d, f->source, first, n);
}

void design_factor_values(const struct design *d, const struct design_factor *f, size_t first,
			  size_t n, double *x)
{
	double base[DESIGN_BLOCK];

	expand_one(d, f, first, n, 0, 1, x);
	memcpy(base, x, n * sizeof *x);
	for (unsigned power = 1; power < f->power; power++)
		for (size_t i = 0; i < n; i++)
			x[i] *= base[i];
}

void design_expand(const struct design *d, size_t term, size_t first, size_t n, double center,
		   double factor, double *x)
{
	const struct design_term *t = &d->term[term];
	double other[DESIGN_BLOCK];

	if (t->n_factors == 1 && t->factor[0].power == 1) {
		expand_one(d, &t->factor[0], first, n, center, factor, x);
		return;
	}
	if (t->n_factors == 0)
		for (size_t i = 0; i < n; i++)
			x[i] = 1;
	else
		design_factor_values(d, &t->factor[0], first, n, x);
	if (t->n_factors == 2) {
		design_factor_values(d, &t->factor[1], first, n, other);
		for (size_t i = 0; i < n; i++)
			x[i] *= other[i];
	}
	for (size_t i = 0; i < n; i++)
		x[i] = (x[i] - center) * factor;
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
	free(d->part);
	free(d->term);
	free(d->chunk);
	*d = (struct design){ 0 };
}
