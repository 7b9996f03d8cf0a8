/* SPDX-License-Identifier: MIT */
#ifndef VIEW_READING_H
#define VIEW_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/opt.h"
#include "model/logit_rows.h"
#include "stream/pages.h"
#include "stream/tsv.h"

/*
 * The outcomes of a multinomial fit: values of the outcome's column, the
 * reference first, the others in byte order.
 */
struct reading_outcomes {
	const char *reference; /* plain; NULL: the first in byte order */
	char **raw;            /* [n], owned; set by reading_rows */
	size_t n;
};

/*
 * The rows of a regression from a stream.
 */
struct reading {
	const char *outcome, *weights;      /* columns; weights may be NULL */
	const struct opt_list *features;    /* -c, interactions a:b among them */
	const struct opt_list *onehot;      /* --onehot */
	const struct opt_list *poly;        /* --poly, whose items reading_power knows */
	struct reading_outcomes *outcomes;  /* NULL: the outcome is 0 or 1 */
	bool drop_missing;
	uint64_t mem;                       /* bytes, 0: no ceiling */
	int threads;                        /* that parse */
	uint64_t bytes_row;                 /* what a row will take beside itself */
	uint64_t bytes_outcome;             /* and for each of the outcomes */
};

/* The power of an item COLUMN=POWER, 2 to 9; 0: it is not of this form. */
unsigned reading_power(const char *item);

/*
 * Reads all rows into r, whose design keeps them in pages; these move to a
 * file when they would not fit into mem.  Rows of weight 0 say nothing and are
 * left out.  With `outcomes` r->y are places among
 * them.  Dies on what cannot be a row or a term, and when not even the
 * outcomes fit.  r is freed before pages.
 */
void reading_rows(struct logit_rows *r, struct pages *pages, struct tsv_in *in,
		  const struct reading *how);

#endif
