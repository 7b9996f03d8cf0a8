/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_SHARD_H
#define MODEL_SCALE_SHARD_H

#include <stddef.h>
#include <stdint.h>

#include "model/scale_part.h"
#include "model/transform.h"
#include "stream/tsv.h"

/*
 * The records of a part from rows.  Memory: sums of a column; where a fit
 * needs the values (scale_fit_needs_values), SCALE_SHARD_BYTES for all columns
 * together, beyond which their distinct values go to a temporary file.
 */
#define SCALE_SHARD_BYTES ((size_t)32 << 20)

struct scale_shard {
	/* set by the caller, and stay his */
	const struct transform *t;   /* names, shapes, ordered levels; ready */
	const struct scale_how *how;
	const size_t *numeric;       /* the stream's column of t->scale.column[i] */
	const size_t *category;      /* the stream's column of t->onehot[i] */
	struct scale_merge *merge;

	/* private */
	struct scale_shard_column *column; /* [scale.n + n_onehot] */
	size_t *order;                     /* these by their keys */
	size_t capacity;                   /* values that a column holds */
};

void scale_shard_init(struct scale_shard *s);

/* The current record.  Dies (status 1) on what is no number, no ordered level,
 * where log1p has no value, and at a level too many. */
void scale_shard_take(struct scale_shard *s, const struct tsv_in *in);

/* All records of the rows to the merge, which is not finished; frees s. */
void scale_shard_finish(struct scale_shard *s);

#endif
