/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_FINAL_H
#define MODEL_SCALE_FINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/scale_part.h"
#include "model/transform.h"

/*
 * A transformation from the records of parts.  Memory: 16 bytes a distinct
 * value where a fit needs the values, and 16 bytes a row for one column after
 * the other.  Zeroed struct with `mem` set = no record yet.
 */
struct scale_final {
	uint64_t mem; /* ceiling in bytes for all this, 0: none */
	struct scale_final_column *column;
	size_t n, capacity;
	uint64_t n_bytes;
	char error[200]; /* not empty: what is wrong with the records */
};

/* entry() of a struct scale_merge, ctx being the struct scale_final. */
void scale_final_take(void *ctx, struct span key, const struct scale_entry *e);

/*
 * Fits a zeroed t, as transform_fit would to all rows; *found, to be freed, as
 * there.  0, or -1 with a message in f->error.  Frees the records.
 */
int scale_final_fit(struct scale_final *f, const struct scale_control *control,
		    struct scale_how *how, struct transform *t, struct transform_column **found);

#endif
