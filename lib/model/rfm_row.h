/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_ROW_H
#define MODEL_RFM_ROW_H

#include "base/buf.h"
#include "model/rfm.h"
#include "model/rfm_control.h"

/*
 * A customer's figures as the fields of a stream's row: recency_days to
 * gap_days.
 */
#define RFM_ROW_FIELDS 17
extern const char *const rfm_row_name[RFM_ROW_FIELDS];

/* Appends the fields, each with a TAB before it; figures that the input has no
 * column for are missing. */
void rfm_row_put(struct buf *to, const struct rfm_control *c, const struct rfm_figures *f);

#endif
