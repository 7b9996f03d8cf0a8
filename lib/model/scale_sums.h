/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_SUMS_H
#define MODEL_SCALE_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "math/exact.h"
#include "model/scale_fit.h"
#include "value/span.h"

/*
 * What the methods that need no order statistics have to know of a column:
 * mergeable, and exact, so that any split and any tree of merges fits the same
 * bits as all rows at once (model/scale_fit.h).  Zeroed struct = no row.
 */
struct scale_sums {
	uint64_t n, n_missing;
	double least, most;        /* of the shaped values; 0 when n is 0 */
	struct exact sum, squares; /* of the shaped values */
	struct exact raw;          /* sum of the raw ones; of log1p only, else 0 */
};

/* Whether a fit must see the values themselves: for quantiles, the most
 * frequent value, or a lambda. */
bool scale_fit_needs_values(const struct scale_column *c, const struct scale_how *how);

/* One raw value of a column with a shape but no limits; NaN: missing.  False,
 * and nothing added, where the shape has no value.  About 25 ns. */
bool scale_sums_add(struct scale_sums *s, const struct scale_column *c, double x);

/* s += from. */
void scale_sums_merge(struct scale_sums *s, const struct scale_sums *from);

/* As scale_fit of these rows; SCALE_FAR where the squares of the values are
 * not exact (math/moments.h), which scale_fit can avoid. */
enum scale_status scale_fit_sums(struct scale_column *c, const struct scale_sums *s,
				 const struct scale_how *how);

/*
 * The sums as SCALE_SUMS_FIELDS fields with TABs between them, equal sums by
 * equal text, and back: -1, or the number of the field that is none.
 */
#define SCALE_SUMS_FIELDS 7
extern const char *const scale_sums_name[SCALE_SUMS_FIELDS];
void scale_sums_encode(const struct scale_sums *s, struct buf *to);
int scale_sums_decode(struct scale_sums *s, const struct span field[SCALE_SUMS_FIELDS]);

#endif
