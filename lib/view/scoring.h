/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SCORING_H
#define VIEW_SCORING_H

#include <stdbool.h>

#include "base/opt.h"
#include "stream/tsv.h"
#include "view/judged.h"

/*
 * A logistic model at work on a stream.
 */
struct scoring {
	const char *model;      /* the file */
	const struct opt_list *elasticity; /* price columns */
	const char *evaluate;   /* the outcome's column, or NULL */
	bool ci;                /* the 95% interval of the probability too */
	bool strict;            /* missing values and unknown levels are errors */
	int threads;
};

/*
 * Writes the rows with their probability to standard output and, with
 * `evaluate`, judges them into the tables, which are closed before.  Memory:
 * a block of rows a thread; with `evaluate` 9 bytes a row, 97 while the tables
 * are made (8 more for each further outcome of a multinomial model).  Where
 * the stream is broken and a row before the break cannot be scored, either may
 * be what is said.
 */
void scoring_run(struct tsv_in *in, const struct scoring *how, const struct tsv_create *create,
		 struct judged *tables);

#endif
