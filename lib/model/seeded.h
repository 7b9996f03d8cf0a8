/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SEEDED_H
#define MODEL_SEEDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "model/lookalike.h"

/*
 * The audience like a seed that a flag of the rows names.  Its centre is the
 * mean of the members' features, known after the last row only, so all rows
 * are held: their text, 8 bytes a feature and about 150 a row.
 */
#define SEEDED_FOLDS 10

struct seeded {
	const struct assign *a;
	struct lookalike_row *row; /* [n]; text and id in `text`, x not set */
	bool *member;              /* [n] */
	double *x;                 /* [n][d] */
	size_t n, n_members, capacity, member_capacity, x_capacity;
	struct mem_arena text;
	double *centre;            /* [d], after seeded_finish */
};

/* A row, its text and features copied.  Amortised O(d). */
void seeded_add(struct seeded *s, const double *x, const struct lookalike_row *row, bool member);

/* Bytes held, and needed beside them by seeded_finish. */
size_t seeded_bytes(const struct seeded *s, size_t n_top);

/*
 * The audience of n_top rows, finished, and how well the seed predicts itself.
 * The members are dealt into tenths (fewer when there are fewer members) in the
 * order of a hash of their ids; for each tenth the centre is that of the other
 * members, and *recall is the share of all members that are among the n_top
 * nearest rows outside those others; *chance is that share for rows drawn at
 * random.  Both NaN for fewer than two members.  Neither depends on the order
 * of the rows.  Returns 0, or -1 without memory.  O(n (d + log n_top)) a tenth.
 */
int seeded_finish(struct seeded *s, size_t n_top, struct lookalike *audience, double *recall,
		  double *chance);

void seeded_free(struct seeded *s);

#endif
