/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_QUOTED_H
#define STREAM_CSV_QUOTED_H

#include <stddef.h>

#include "stream/csv.h"

/* libcsv over one record. */
struct csv_quoted;

struct csv_quoted *csv_quoted_new(const struct csv_dialect *d);

/*
 * The fields of the record s[0..n), which holds exactly one record without
 * its line's end: the array and the texts are the parser's, valid until the
 * next call.  Dies when libcsv does not see one record.
 */
const struct span *csv_quoted_split(struct csv_quoted *q, const char *s, size_t n,
				    size_t *n_fields);
void csv_quoted_free(struct csv_quoted *q);

#endif
