/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_COHORT_H
#define MODEL_RFM_COHORT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/rfm.h"
#include "stream/tsv.h"
#include "table/group.h"
#include "value/dec.h"

/*
 * Customers by the month of their first sale, and what became of them in the
 * months after.  Zeroed struct = no customer.
 */
struct rfm_cohorts {
	struct group cells; /* of (first month, month) */
	struct buf marks;
};

/*
 * Adds a customer who has a sale, from a table with months; f its figures.
 * revenue: gross, or gross - returned.  False when a sum passes 128 bits.
 */
bool rfm_cohorts_add(struct rfm_cohorts *c, struct rfm *t, uint32_t customer,
		     const struct rfm_figures *f, bool gross) __attribute__((warn_unused_result));

/*
 * Puts the stream cohort (2011-12, the month of the first sale), months_since
 * (below 0: returns of sales that the data do not hold), customers (with a sale
 * in that month), revenue; by cohort, then month.
 */
void rfm_cohorts_put(const struct rfm_cohorts *c, struct tsv_out *out);

void rfm_cohorts_free(struct rfm_cohorts *c);

#endif
