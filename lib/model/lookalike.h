/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOOKALIKE_H
#define MODEL_LOOKALIKE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/assign.h"
#include "stream/tsv.h"
#include "table/header.h"
#include "value/span.h"

/* A row outside the seed. */
struct lookalike_row {
	double distance;    /* to the seed's centre */
	struct span id;     /* ties of distance go by id, as bytes; points into text */
	struct assigned own;
	char *text;         /* the record, raw; owned in an audience */
	size_t n_text;
	double *x;          /* [d] features, owned */
	bool held_out;      /* the caller's mark */
};

enum lookalike_kind { LOOKALIKE_PERCENTILE, LOOKALIKE_INVERSE, LOOKALIKE_COSINE };
#define LOOKALIKE_KINDS "percentile|inverse|cosine"

/*
 * The audience like a seed, such as a segment: the n_top rows outside it that
 * are nearest to its centre, and what is needed to score them.  Memory: 8 bytes
 * a member of the seed, and n_top rows.
 */
struct lookalike {
	const struct assign *a;
	const double *centre;      /* [d], the caller's */
	size_t n_top;
	struct lookalike_row *row; /* [n]; a heap, the farthest first, until lookalike_finish */
	size_t n;
	double *member;            /* distances of the seed's own members */
	size_t n_members, capacity;
	double *largest;           /* [d] largest |x - c| of all rows */
	size_t n_bytes;            /* held, the allocator's own included */
};

/* 0, or -1 without memory.  n_top >= 1. */
int lookalike_init(struct lookalike *l, const struct assign *a, const double *centre, size_t n_top);

/*
 * Takes a row with features x, a member of the seed or not; of *row the text,
 * the id, the label and the mark, copied when the row is kept.  Returns 0, or
 * -1 without memory.  O(d + log n_top).
 */
int lookalike_add(struct lookalike *l, const double *x, const struct lookalike_row *row,
		  bool member);

/* After the last row: row[] is sorted, the nearest first. */
void lookalike_finish(struct lookalike *l);

/*
 * How like the seed a row is.  Percentile: the percentage of the members that
 * lie at least as far from the centre, NaN without members.  Inverse: 100 / (1 +
 * distance).  Cosine: 100 times that of the angle between row and centre, seen
 * from the origin of the model's space; NaN when one is the origin.
 */
double lookalike_score(const struct lookalike *l, const struct lookalike_row *r,
		       enum lookalike_kind kind);

/* 100 (1 - |x - c| / largest |x - c|) of feature j; 100 where all are equal. */
double lookalike_match(const struct lookalike *l, const struct lookalike_row *r, size_t j);

/* The columns lookalike_distance, lookalike_score and match_COLUMN, and their
 * values in a row of the audience. */
void lookalike_put_names(const struct lookalike *l, struct header *h, struct tsv_out *out);
void lookalike_put(const struct lookalike *l, const struct lookalike_row *r,
		   enum lookalike_kind kind, struct tsv_out *out);

void lookalike_free(struct lookalike *l);

#endif
