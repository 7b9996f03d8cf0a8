/* SPDX-License-Identifier: MIT */
#ifndef VIEW_RECORDS_H
#define VIEW_RECORDS_H

#include "stream/tsv.h"
#include "view/doc.h"

/*
 * A table as an ordinary stream: the machine's column names, numbers at full
 * precision, shares as fractions, labels with the bytes they came with; rows
 * of sums and checks are left out.  Puts header and rows; does not finish.
 */
void records_put(struct tsv_out *out, const struct doc_table *t);

#endif
