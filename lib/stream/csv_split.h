/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_SPLIT_H
#define STREAM_CSV_SPLIT_H

#include "stream/csv.h"

/* One record after another, and many at once: shared by csv.c and csv_rows.c. */

/* A window's positions (4 bytes each) stay in the first-level cache. */
#define CSV_WINDOW 8192

/* Marks by csv_scan_fields from the record that begins at `from`, in a window of r->row_window bytes. */
void csv_refill_rows(struct csv_records *r, const char *from);

/* s[0..n) with each "" made ", in r->undoubled, which has room for the whole window. */
struct span csv_undouble(struct csv_records *r, const char *s, size_t n);

#endif
