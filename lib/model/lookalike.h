/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOOKALIKE_H
#define MODEL_LOOKALIKE_H

#include <stddef.h>

#include "model/assign.h"
#include "value/span.h"

/* A row outside the seed segment. */
struct lookalike_row {
	double distance;    /* to the seed segment's centre */
	struct span id;     /* ties of distance go by id, as bytes; points into text */
	struct assigned own;
	char *text;         /* owned */
	size_t n_text;
	double *x;          /* [d] features, owned */
};

/*
 * The audience like a seed segment: the n_top rows outside it that are nearest
 * to its centre, and what is needed to score them.  Memory: 8 bytes a member
 * of the segment, and n_top rows.
 */
struct lookalike {
	const struct assign *a;
	size_t segment, n_top;
	struct lookalike_row *row; /* [n]; a heap, the farthest first, until lookalike_finish */
	size_t n;
	double *member;            /* distances of the segment's own members */
	size_t n_members, capacity;
	double *largest;           /* [d] largest |x - c| of all rows */
	size_t n_bytes;            /* held, the allocator's own included */
};

/* 0, or -1 without memory.  segment in 1..k, n_top >= 1. */
int lookalike_init(struct lookalike *l, const struct assign *a, size_t segment, size_t n_top);

/*
 * Takes a row with its label.  `text` holds the id in its bytes id_at, id_n;
 * it is copied when the row is kept.  Returns 0, or -1 without memory.
 * O(d + log n_top).
 */
int lookalike_add(struct lookalike *l, const double *x, const struct assigned *own,
		  struct span text, size_t id_at, size_t id_n);

/* After the last row: row[] is sorted, the nearest first. */
void lookalike_finish(struct lookalike *l);

/* The percentage of the members that lie at least as far from the centre; NaN
 * without members. */
double lookalike_score(const struct lookalike *l, double distance);

/* 100 (1 - |x - c| / largest |x - c|) of feature j; 100 where all are equal. */
double lookalike_match(const struct lookalike *l, const struct lookalike_row *r, size_t j);

void lookalike_free(struct lookalike *l);

#endif
