/* SPDX-License-Identifier: MIT */
#ifndef VIEW_READING_TERMS_H
#define VIEW_READING_TERMS_H

#include "table/record.h"
#include "view/reading.h"

/*
 * The terms of a regression; for reading.c.  Declares them in r->design and
 * appends the columns of their values to the record, in the same order.
 *
 * As R orders them: columns by themselves, first -c in its order, a category
 * in its place there, then the rest of --onehot and --poly; then powers; then
 * interactions. */
void reading_terms(struct logit_rows *r, struct record *record, const struct tsv_in *in,
		   const struct reading *how);

/* Scoring finds terms by name: two of one name would be scored as one. */
void reading_refuse_namesakes(const struct design *d);

#endif
