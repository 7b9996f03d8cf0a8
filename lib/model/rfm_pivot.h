/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_PIVOT_H
#define MODEL_RFM_PIVOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/rfm.h"
#include "table/group.h"
#include "value/dec.h"
#include "value/span.h"

/*
 * Revenue by the values of a column, as columns of the customers' rows: the
 * most valuable value first, by the revenue of the customers written, ties in
 * byte order.  Together they come to `monetary`: what is beyond the top, and
 * the lines without a value, is the rest.  Zeroed struct = no customer.
 */
#define RFM_PIVOT_MAX 10000

struct rfm_pivot {
	size_t top; /* columns at most, 0: all; set by the caller */

	/* after rfm_pivot_fix */
	uint32_t *order; /* [n_columns] values */
	size_t n_columns;
	bool has_rest;

	/* private */
	struct group values;
	struct buf pairs, cells;
};

/*
 * What the customer spent on each value, as a blob that rfm_pivot_put takes;
 * valid until the next call.  f: its figures.  With `count` it is added to the
 * values' totals.  False when a sum passes 128 bits.
 */
bool rfm_pivot_take(struct rfm_pivot *p, const struct rfm *t, uint32_t customer,
		    const struct rfm_figures *f, bool gross, bool count, struct span *blob)
	__attribute__((warn_unused_result));

/* Fixes the columns, once all customers are counted.  False when they are more
 * than RFM_PIVOT_MAX. */
bool rfm_pivot_fix(struct rfm_pivot *p) __attribute__((warn_unused_result));

/* The raw value of a column; `room` as for group_bytes. */
struct span rfm_pivot_value(const struct rfm_pivot *p, size_t column, char room[GROUP_SHORT]);

/* Appends the n_columns + has_rest fields, each with a TAB before it. */
void rfm_pivot_put(struct rfm_pivot *p, struct buf *to, struct span blob);

void rfm_pivot_free(struct rfm_pivot *p);

#endif
