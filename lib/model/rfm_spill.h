/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_SPILL_H
#define MODEL_RFM_SPILL_H

#include <stddef.h>

#include "model/rfm.h"
#include "table/spill.h"

/* Sets ctx, ceiling (bytes, 0: none), memory, empty and merge of a spill of
 * this table; the records are states (model/rfm_state.h) in parts. */
void rfm_spill(struct spill *s, struct rfm *t, size_t ceiling);

#endif
