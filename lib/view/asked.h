/* SPDX-License-Identifier: MIT */
#ifndef VIEW_ASKED_H
#define VIEW_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "model/shares.h"
#include "stream/tsv.h"
#include "table/levels.h"

/*
 * What some reports ask of the rows beside the columns and shares: the words
 * of a text column, the outcome of a test by arm, the grid of recency and
 * frequency scores.  Groups are segments as numbered while reading, until
 * asked_order; of the grid, names.
 */
struct asked_how {
	const char *words;         /* a text column, or NULL */
	const struct opt_list *ab; /* the arm and the outcome, or empty */
	bool grid, grid_named;     /* whether to count scores; and whether they must be there */
};

#define ASKED_SCORES 9

struct asked {
	ptrdiff_t words, arm, outcome, r, f, name; /* columns, -1: not asked for */
	struct levels vocabulary, arms, names;
	struct shares said;        /* word by segment; the value counts the word, 10^-12 */
	uint64_t n_said;           /* words, counted apart */
	struct shares trial;       /* arm by segment: rows, and events as the value, 10^-12 */
	uint64_t n_untested;       /* rows without an arm or an outcome */
	uint32_t *arm_order;       /* [arms.n] by place: the control first */
	uint32_t *name_order;      /* [names.n] likewise */
	struct shares cells;       /* (r - 1) * ASKED_SCORES + f - 1 by name: rows and value */
	uint64_t n_unscored;
	char *text;                /* one field without escapes, lower case */
	size_t text_capacity;
};

void asked_open(struct asked *a, const struct tsv_in *in, const struct asked_how *how);

/* The row at hand, of this segment and value. */
void asked_add(struct asked *a, const struct tsv_in *in, uint32_t segment, dec_wide value);

/* The most bytes held while a row of this segment is added. */
uint64_t asked_bytes(const struct asked *a, uint32_t segment);

/* The numbers of the n segments become their places. */
void asked_order(struct asked *a, const uint32_t *place, size_t n);

/* What does not add up, or NULL.  Adds the figures checked to *n_checked. */
const char *asked_check(const struct asked *a, uint64_t *n_checked);
void asked_free(struct asked *a);

#endif
