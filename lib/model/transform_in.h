/* SPDX-License-Identifier: MIT */
#ifndef MODEL_TRANSFORM_IN_H
#define MODEL_TRANSFORM_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/transform.h"
#include "stream/tsv.h"

/*
 * A transformation applied to one record of a stream after the other, with a
 * count of what was missing and of levels that the fit did not see.
 */
#define TRANSFORM_NOT_USED SIZE_MAX

struct transform_in {
	const struct transform *t;
	size_t *column;    /* of the stream, for each input of t; or TRANSFORM_NOT_USED */
	bool strict;       /* a level that the fit did not see dies */
	double *number;    /* the current record: [scale.n] raw, */
	struct span *level;/* [n_onehot] raw, */
	double *y, *z;     /* [n_features] transformed; room for components */
	uint64_t *missing; /* cells without a fill so far; [columns of the stream], the caller's */
	uint64_t n_unseen;
	char *first_unseen;/* "FILE:LINE: column NAME: "LEVEL"" */
};

/* `column` and `missing` are the caller's and stay so; inputs that are not
 * used get values that do no harm. */
void transform_in_init(struct transform_in *r, const struct transform *t, size_t *column,
		       uint64_t *missing, bool strict);

/*
 * The features y of the current record: whole, or not all there because of
 * missing values, or refused; then transform_in_die says why.
 */
enum transform_in_state { TRANSFORM_IN_WHOLE, TRANSFORM_IN_INCOMPLETE, TRANSFORM_IN_REFUSED };
enum transform_in_state transform_in_try(struct transform_in *r, const struct tsv_in *in);
_Noreturn void transform_in_die(struct transform_in *r, const struct tsv_in *in);

/*
 * The features y of the current record; whether all are there.  Dies on what
 * is no number, no ordered level, and where log1p has no value or the scaled
 * value is not finite.
 */
bool transform_in_take(struct transform_in *r, const struct tsv_in *in);

/* The outputs of the features taken last. */
const double *transform_in_outputs(struct transform_in *r);

/* "levels that the fit did not see, all zeros now: 3; the first: ..." to be
 * freed; NULL when there were none. */
char *transform_in_warning(const struct transform_in *r);
char *transform_in_unseen(uint64_t n, const char *first);

void transform_in_free(struct transform_in *r);

#endif
