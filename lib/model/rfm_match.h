/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_MATCH_H
#define MODEL_RFM_MATCH_H

#include <stdint.h>

#include "model/rfm.h"
#include "value/dec.h"

/*
 * Returns set against the sales they undo.  In the order of time each return
 * cancels, up to its quantity, what is left of the customer's sales of the
 * same product that are not later: the latest first, of one time those of the
 * invoice that is last in byte order.  A return without a product matches
 * nothing.  An invoice is returned whole when nothing is left of any of its
 * lines of sale.
 */
struct rfm_matched {
	dec_wide matched_micro, open_micro; /* quantities of returns, positive */
	uint64_t n_whole;                   /* invoices */
};

/*
 * Matches the moves of all customers in the table, sets their n_whole and
 * adds to *sum.  O(lines log lines) a customer.
 */
void rfm_match_all(struct rfm *t, struct rfm_matched *sum);

#endif
