/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SCORING_ROWS_H
#define VIEW_SCORING_ROWS_H

#include "model/logit_model.h"
#include "view/scoring.h"

/*
 * Rows of a stream that are scored together, by one thread among several:
 * filled in the order of the stream, scored, taken in the same order.  For
 * scoring.c.
 */
#define SCORING_ROWS 512
/* A block ends early when its text is longer. */
#define SCORING_TEXT ((size_t)256 << 10)

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

struct scoring_cell {
	size_t at, n; /* in the text */
};

struct scoring_rows {
	char *text;          /* the rows as they came, LF-ended */
	size_t n_text, text_capacity;
	size_t n;
	size_t *end;         /* [SCORING_ROWS] of the rows in the text, before the LF */
	uint64_t *line;      /* [SCORING_ROWS] for messages, in `file` */
	const char *file;
	struct scoring_cell *cell; /* [SCORING_ROWS][n_cells] */

	double **p;          /* [n_outcomes] of SCORING_ROWS; NaN: a value is missing */
	double *added;       /* [n_added][SCORING_ROWS], the probabilities among them */
	int *y;              /* [SCORING_ROWS] to judge by; -1: missing */
	ptrdiff_t *unseen;   /* [SCORING_ROWS] the first cell whose level is unknown, or -1 */
	size_t n_unseen, n_missing; /* rows */
	char *out;           /* the rows with what is added */
	size_t n_out, out_capacity;

	enum scoring_fault fault; /* of row fault_row, which ends the block */
	size_t fault_row, fault_cell;

	double *number, *room; /* [inputs] of the row at hand; [n_slots] */
	int64_t *code;         /* [inputs] */
};

void scoring_rows_init(struct scoring_rows *r, const struct scoring_plan *plan);

/* The next rows of the stream, of one file; false when there are none.  *held:
 * whether the stream's current record is not yet taken, kept between calls. */
bool scoring_rows_fill(struct scoring_rows *r, const struct scoring_plan *plan, struct tsv_in *in,
		       bool *held);

/* Scores them, up to the first fault. */
void scoring_rows_score(struct scoring_rows *r, const struct scoring_plan *plan);

/* The text of a cell. */
struct span scoring_rows_cell(const struct scoring_rows *r, const struct scoring_plan *plan,
			      size_t row, size_t cell);

void scoring_rows_free(struct scoring_rows *r);

#endif
