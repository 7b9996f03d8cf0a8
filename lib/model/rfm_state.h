/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_STATE_H
#define MODEL_RFM_STATE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/rfm.h"

/*
 * A customer's state as text: what is spilled, and what parts are made of.
 * The columns n_sales n_returns quantity gross returned bought invoices days
 * products pivot months moves first, then one for each carried column.  Numbers are
 * exact decimals.  A list is its members with TABs between them, the whole
 * escaped as any field; of a carried column each value is followed by its
 * number of lines, of pivot and months each value or month (201112) by gross
 * and returned, moves are product, time, invoice, quantity of each line, first
 * is the first day of sale and its sales.  The last four are empty unless the
 * table holds them.
 */
#define RFM_STATE_FIELDS 13
extern const char *const rfm_state_name[RFM_STATE_FIELDS];

/*
 * Appends the RFM_STATE_FIELDS + n_carried fields with TABs between them.
 * Lists are sorted, so equal states give equal text.  O(members log members).
 */
void rfm_state_encode(struct rfm *t, uint32_t customer, struct buf *to);

/*
 * A part of it for spilling, its lists in no order: of the records
 * t->log.order[from..end) of the customer, and if they are the first also all
 * that is not in the log.  The sum of the parts is the customer.
 */
void rfm_state_encode_some(struct rfm *t, uint32_t customer, size_t from, size_t end,
			   struct buf *to);

/*
 * Adds an encoded state, as fields, to the state of `key`.  Returns NULL, or
 * what is wrong with field *column (then t is of no more use).
 */
const char *rfm_state_merge(struct rfm *t, struct span key, const struct span *field,
			    size_t *column) __attribute__((warn_unused_result));

#endif
