/* SPDX-License-Identifier: MIT */
#ifndef MODEL_DESIGN_H
#define MODEL_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/span.h"

/*
 * The design of a regression: numbers and categories in, one column of the
 * design matrix for each term out.  Term 0 is `(intercept)`; a numeric source
 * gives one term of its name; a category gives `source=level` for each level
 * but the first in byte order, the reference (treatment coding, as in R).
 * Powers of a number, `source^2`, and products of two sources, `a:b`,
 * `g=level:b`, come behind them.
 *
 * The matrix is never held: rows are kept as they came, 8 bytes a number and
 * 4 a category, in chunks, and expanded a block at a time.
 */
#define DESIGN_BLOCK 256  /* rows expanded at once: 20 terms are 40 KiB, within the second-level cache */
#define DESIGN_CHUNK 4096 /* rows allocated at once; a multiple of the block */

struct design_source {
	char *name;         /* raw (escaped) */
	bool category;
	size_t at;          /* among the numbers, or among the categories, of a row */
	struct span *level; /* raw; after design_finish in byte order, level[0] the reference */
	size_t n_levels;
	struct design_dictionary *dictionary; /* of the levels while rows are added */
};

struct design_factor {
	size_t source;
	size_t level;   /* of a category */
	unsigned power; /* of a number; 1 for a category */
};

struct design_term {
	char *name;      /* raw; "(intercept)" for term 0 */
	size_t n_factors; /* 0 for term 0; 2 for an interaction; else 1 */
	struct design_factor factor[2];
};

/* What gives terms: a source by itself, a power of a number, or two sources. */
struct design_part {
	size_t source[2];
	size_t n_sources;
	unsigned power;
};

/*
 * Where the rows are kept, if not on the heap.  `rest` may be told by any
 * thread that bytes once taken are not needed soon.
 */
struct design_memory {
	void *(*take)(void *ctx, size_t n_bytes); /* a multiple of 4096; NULL: no memory */
	void (*rest)(void *ctx, void *at, size_t n_bytes);
	void *ctx;
};

struct design {
	struct design_memory memory; /* to be set before the first row; zeroed: the heap */
	struct design_source *source;
	size_t n_sources, n_numbers, n_categories;
	struct design_part *part; /* in the order of the terms */
	size_t n_parts;
	bool every_level;   /* the reference level gives terms as well */
	struct design_term *term; /* after design_finish */
	size_t n_terms;
	size_t n_rows;
	struct design_chunk *chunk;
	size_t n_chunks, chunk_capacity;
};

/*
 * Columns are declared before the first row, in the order of a row's values;
 * then the terms they give, in order.  Zeroed struct = no column.  All return
 * 0, or -1: no memory.
 */
int design_column(struct design *d, const char *name, bool category);
int design_main(struct design *d, size_t source);
int design_power(struct design *d, size_t source, unsigned power); /* of a number, >= 2 */

/*
 * The products of two sources' terms.  As in R, a category has a product for
 * each level but the reference where the other source is a term by itself,
 * else one for each level.
 */
int design_interaction(struct design *d, size_t a, size_t b);

/* A level (raw) of a category that rows may not have. */
int design_level(struct design *d, size_t source, struct span level);

/* A column and the terms it gives by itself. */
int design_source(struct design *d, const char *name, bool category);

/*
 * One more row: the numbers (finite) and the categories (raw, not empty,
 * copied) in the order of their sources.  Returns 0, or -1: no memory, or
 * 2^32 - 1 levels.
 */
int design_add(struct design *d, const double *number, const struct span *category);

/* n rows at once: value i of a source in number[at * stride + i], or category. */
int design_add_many(struct design *d, size_t n, const double *number, const struct span *category,
		    size_t stride);

/* After the last row: sorts the levels and makes the terms.  0, or -1. */
int design_finish(struct design *d);

/*
 * One term of rows first..first+n-1, first a multiple of DESIGN_BLOCK and
 * n <= DESIGN_BLOCK: (value - center) * factor into x[0..n).
 */
void design_expand(const struct design *d, size_t term, size_t first, size_t n, double center,
		   double factor, double *x);

/* The same of one factor as it is: the power of a number, or 1 where the
 * category has the level, else 0. */
void design_factor_values(const struct design *d, const struct design_factor *factor, size_t first,
			  size_t n, double *x);

/* Whether the source is a term by itself. */
bool design_has_main(const struct design *d, size_t source);

/* Bytes held for the rows. */
size_t design_bytes(const struct design *d);

void design_free(struct design *d);

/*
 * The codes of category texts: 0, 1, ... in the order first seen.  Used while
 * a design is read and when a model is applied.
 */
struct design_dictionary *design_dictionary_new(void);      /* NULL: no memory */
int64_t design_dictionary_add(struct design_dictionary *t, struct span text);  /* -1: no memory */
int64_t design_dictionary_find(const struct design_dictionary *t, struct span text); /* -1: not there */
size_t design_dictionary_size(const struct design_dictionary *t);
struct span design_dictionary_text(const struct design_dictionary *t, size_t code);
void design_dictionary_free(struct design_dictionary *t);

#endif
