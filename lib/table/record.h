/* SPDX-License-Identifier: MIT */
#ifndef TABLE_RECORD_H
#define TABLE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/tsv.h"
#include "table/columns.h"
#include "value/span.h"

/*
 * Chosen columns of one record after another, numbers parsed and categories as
 * they are, with a count of the missing cells by column.
 */
struct record {
	size_t n, n_numbers, n_texts;
	size_t *column;      /* [n] of the stream */
	bool *is_text;       /* [n] */
	double *number;      /* [n_numbers] of the current record, in order; missing: NaN */
	struct span *text;   /* [n_texts] raw, in order; missing: empty */
	size_t *n_missing; /* [n] cells */
	size_t n_incomplete; /* records with a missing cell */
};

/* Starts with no column; record_add appends one. */
void record_add(struct record *r, size_t column, bool is_text);

/* Takes the current record of the stream; dies on what is no number.  Whether
 * no cell is missing. */
bool record_take(struct record *r, const struct tsv_in *in);

/* The stream's first chosen column that is missing in the current record, or -1. */
ptrdiff_t record_missing(const struct record *r, const struct tsv_in *in);

/*
 * Dies when any cell was missing:
 *
 *	seg-logit: x.tsv: missing values: price 4, age 12; --drop-missing leaves 15 rows out
 */
void record_refuse_missing(const struct record *r, const struct tsv_in *in, const char *remedy);

/* An outcome: 0, 1, or -1 where it is missing; dies on anything else. */
int record_binary(const struct tsv_in *in, size_t column);

void record_free(struct record *r);

#endif
