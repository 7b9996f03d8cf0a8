/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_SPLIT_H
#define STREAM_CSV_SPLIT_H

#include "stream/csv.h"

/* One record after another, and many at once: shared by csv.c and csv_rows.c. */

/* Marks from the record that begins at `from`, in a window that grows when it was too small. */
void csv_refill(struct csv_records *r, const char *from);

enum csv_plain { CSV_PLAIN_NO, CSV_PLAIN_YES, CSV_PLAIN_SHORT };

/*
 * A quoted field whose opening quote is position *i: what libcsv gives is what
 * stands between the quotes, two in a row being one.  Moves *i to the
 * structural byte behind it.  CSV_PLAIN_SHORT: the window ends before that;
 * CSV_PLAIN_NO: libcsv has to say.
 */
enum csv_plain csv_plain_quoted(struct csv_records *r, size_t *i, struct span *field);

#endif
