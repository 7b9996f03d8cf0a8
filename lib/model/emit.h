/* SPDX-License-Identifier: MIT */
#ifndef MODEL_EMIT_H
#define MODEL_EMIT_H

#include <stdbool.h>

#include "base/buf.h"
#include "model/assign.h"

/*
 * A model as a program of another language that gives rows the labels of
 * assign_row: the same operations on doubles in the same order, ties to the
 * lowest segment.
 */

/*
 * Whether the program reads the raw columns: every feature is a number, scaled
 * without log1p, Yeo-Johnson, ordered levels or components.  Else it reads the
 * features themselves (`monetary_scaled`), since their transformation has no
 * exact counterpart.
 */
bool emit_reads_raw(const struct assign *a);

/* The name of the column that feature j is read from. */
const char *emit_column(const struct assign *a, size_t j);

/* A query over the table or view seg_rows: key, segment and, when there are
 * names, segment_name. */
void emit_sql(struct buf *to, const struct assign *a, const char *key);

/* A program that copies a stream as text and adds the same columns. */
void emit_awk(struct buf *to, const struct assign *a);

#endif
