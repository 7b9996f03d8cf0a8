/* SPDX-License-Identifier: MIT */
#ifndef TABLE_TRADE_H
#define TABLE_TRADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/opt.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "value/dec.h"
#include "value/span.h"

/*
 * A stream of transactions by role: who, which invoice, when, what, how many,
 * how much.  The columns are found by the names that seg-clean gives them:
 * date, and amount or both of quantity and price, are required; invoice and
 * product are used when they are there.
 */
struct trade_line {
	struct span key; /* raw; of several columns joined by TABs; empty when any is missing */
	bool is_next_key; /* of sorted lines: the key is another than that before */
	/*
	 * Consecutive lines with the same number have the same key, invoice, date,
	 * pivot and carried values; 0: not known.
	 */
	uint64_t stretch;
	struct span invoice, product; /* raw; empty: missing or no such column */
	struct span pivot;            /* raw; likewise */
	struct span *carried;         /* [carry.n] raw, empty: missing */
	int64_t seconds, day; /* since 1970-01-01; seconds of the day are 0 where none are given */
	int sign;        /* 1 sale, -1 return, 0 neither: of the quantity, else of the amount */
	int64_t quantity_micro; /* 0 without the column */
	dec_wide amount_pico;   /* quantity * price where the stream has no amount */
};

struct trade {
	struct tsv_in *in;
	struct columns key, carry;
	/* set by the caller after trade_open */
	ptrdiff_t pivot; /* -1: none */
	bool is_sorted;  /* the lines come in byte order of their keys */

	ptrdiff_t date, invoice, product, quantity, price, amount; /* -1: not there */

	/* The line at hand; what lines of one invoice share points to `shared`. */
	struct trade_line line;
	struct trade_shared *shared; /* [n_shared] in the order of the columns */
	size_t n_shared;
	struct buf last_key;
	struct buf joined; /* a key of several columns */

	uint64_t n_contrary; /* lines whose quantity and amount differ in sign, */
	const char *contrary_file; /* and where the first one was */
	uint64_t contrary_line;
};

/*
 * Finds the columns: those of the key are `by`, or if that is empty the one
 * named `key`, or if that is NULL customer_id; the carried ones are `carry`.
 * Dies (status 1) by name when one that is needed is missing.
 */
void trade_open(struct trade *t, struct tsv_in *in, const struct opt_list *by, const char *key,
		const struct opt_list *carry);

/*
 * The next line, valid until the one after; NULL at the verified end, with a
 * warning when amounts had not the sign of their quantities.  Dies
 * with file, line and column on a value that is missing or not of its kind,
 * on a key that is reserved (table/part.h), and where lines are not sorted.
 */
const struct trade_line *trade_next(struct trade *t);

void trade_free(struct trade *t);

#endif
