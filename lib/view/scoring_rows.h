/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SCORING_ROWS_H
#define VIEW_SCORING_ROWS_H

#include "model/logit_model.h"
#include "stream/tsv_blocks.h"
#include "view/scoring.h"

/*
 * A block of a stream's rows that is scored by one thread among several.  For
 * scoring.c.
 */

/* What is to be known of the rows: cells are the model's inputs in their
 * order, then the outcome to judge by. */
struct scoring_plan {
	const struct scoring *how;
	const struct logit_model *model;
	const size_t *column;  /* [n_cells] of the stream */
	size_t n_cells;
	ptrdiff_t outcome;     /* the cell to judge by, or -1 */
	const size_t *price;   /* [n_prices] inputs of the elasticities */
	size_t n_prices;
	size_t n_outcomes;     /* probabilities a row: 1 of a binary model */
	size_t n_added;        /* columns added */
};

enum scoring_fault { SCORING_FINE, SCORING_NUMBER, SCORING_MISSING, SCORING_LEVEL, SCORING_OUTCOME };

struct scoring_rows {
	size_t n, capacity;
	double **p;          /* [n_outcomes][capacity]; NaN: a value is missing */
	double *added;       /* [n_added][capacity], the probabilities among them */
	int *y;              /* [capacity] to judge by; -1: missing */
	ptrdiff_t *unseen;   /* [capacity] the first cell whose level is unknown, or -1 */
	bool *missing;       /* [capacity] whether a value is */
	size_t n_unseen, n_missing; /* rows */
	char *out;           /* the rows with what is added */
	size_t n_out, out_capacity;

	enum scoring_fault fault; /* of row n, with which the block ends */
	size_t fault_cell;

	double **number, *numbers; /* [inputs][capacity], as struct logit_inputs has them */
	int64_t **code, *codes;
	double *room;        /* [n_slots] */
};

void scoring_rows_init(struct scoring_rows *r, const struct scoring_plan *plan);

/* Scores the records of the block up to the first fault. */
void scoring_rows_score(struct scoring_rows *r, const struct scoring_plan *plan, struct tsv_block *b);

void scoring_rows_free(struct scoring_rows *r);

#endif
