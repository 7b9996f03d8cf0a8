/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_ROWS_H
#define MODEL_SCALE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/transform.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/frame.h"

/* The columns of a stream that a transformation is to be fitted to. */
struct scale_choice {
	/* set by the caller: the user's words */
	const struct opt_list *features, *log1p, *yeo_johnson, *onehot;
	bool drop_first;

	size_t *numeric;  /* the stream's column of t->scale.column[i] */
	size_t *category; /* the stream's column of t->onehot[i] */
};

/*
 * The columns named, into t, which holds the ordinal ones with their levels
 * already and is ready then.  Without features: the default ones, or none
 * where only categories are named.  Returns NULL, or what is wrong, to be
 * freed; dies (status 1) on a name that is not there.
 */
char *scale_choose(struct scale_choice *c, struct transform *t, const struct tsv_in *in);

/* The rows, in memory. */
struct scale_rows {
	struct frame f;        /* texts: ordinal columns, then one-hot, then kept */
	double **x;            /* [scale.n][n_rows] raw; ordinal ones by their positions */
	struct span **level;   /* [n_onehot][n_rows] raw */
	size_t first_kept;     /* of f.text */
};

/* Reads the rest of the stream; `mem` is the ceiling, 0: none.  Dies as
 * frame_read does, and (status 1) on what is no ordered level. */
void scale_rows_read(struct scale_rows *rows, struct tsv_in *in, const struct transform *t,
		     const struct scale_choice *c, ptrdiff_t key, const struct columns *keep,
		     const struct scale_how *how, uint64_t mem, int threads);

#endif
