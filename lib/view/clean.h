/* SPDX-License-Identifier: MIT */
#ifndef VIEW_CLEAN_H
#define VIEW_CLEAN_H

#include <stddef.h>
#include <stdint.h>

#include "model/clean.h"
#include "stream/tsv.h"

/* What seg-clean tells beside its rows. */

/* Rejects: line, reason, record as it stood (in UTF-8), detail, file. */
void clean_rejects_header(struct tsv_out *t);

/* left->line is counted from base_line of `file`, whose header has n_columns. */
void clean_rejects_put(struct tsv_out *t, const struct clean_plan *p, const struct clean_left *left,
		       uint64_t base_line, const char *file, size_t n_columns);

/*
 * The ledger: reason, rows, quantity, amount, unparsable; in and out first.
 * n_records and n_lines as reader and writer counted them.  Finishes t.
 */
void clean_ledger_put(struct tsv_out *t, const struct clean_plan *p, const struct clean_ledger *l,
		      uint64_t n_records, uint64_t n_lines);

/*
 * The same for people, as notes on standard error: with places, the repairs,
 * and how dates and numbers were read; a warning for numbers that may be others.
 */
void clean_summary(const struct clean_plan *p, const struct clean_ledger *l, const struct clean_marks *marks,
		   uint64_t n_records, uint64_t n_lines);

#endif
