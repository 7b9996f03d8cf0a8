/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_APPLY_H
#define MODEL_SCALE_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/transform.h"
#include "stream/tsv.h"
#include "table/frame.h"

/*
 * Rows through a transformation, block by block on several threads, in their
 * order.  Memory: a block of some hundred rows and its text a thread.
 */
struct scale_apply {
	const struct transform *t;
	struct tsv_out *out;
	int threads;

	/* of a stream */
	struct tsv_in *in;
	const struct columns *copied; /* of the stream: they go through, first */
	size_t *column;               /* for each input of t; inverse: for each output */
	bool inverse;                 /* outputs back to inputs */
	bool strict;                  /* a level that the fit did not see dies */

	/* results */
	uint64_t *missing;  /* cells without a fill, [in->n_columns]; to be freed */
	char *warning;      /* about levels that the fit did not see, or NULL; to be freed */
};

/*
 * The rest of the stream.  Dies (status 1) with file, line and column on what
 * is no number, no ordered level, and what has no finite value.
 */
void scale_apply_stream(struct scale_apply *a);

/*
 * The rows of a frame: its key, the texts from text[first_kept] on, then the
 * outputs of x and level, by column as in transform_fit.
 */
void scale_apply_frame(struct scale_apply *a, const struct frame *f, size_t first_kept,
		       double *const *x, struct span *const *level);

#endif
