/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_BATCH_H
#define MODEL_CLEAN_BATCH_H

#include "model/clean_work.h"

/*
 * A column's loop returns the records that it cannot do as bits: record j is
 * bit j.  Those go to clean_one_record, whatever the other columns say.
 */

enum { CLEAN_ROWS = CSV_ROWS };

/* A cell that is written here, and not a piece of the record; 32 bytes of it are readable. */
#define CLEAN_TEXT_MAX 48

struct clean_numbers {
	int64_t v[CLEAN_ROWS];       /* at most eight digits */
	uint64_t n_part[CLEAN_ROWS]; /* how many of them stand behind the point */
	int64_t micro[CLEAN_ROWS];
};

struct clean_batch {
	const struct clean_column *column; /* the plan's */
	int (*kind_of)(struct span f, char delimiter); /* these two: as the processor has them */
	char *(*put_cells)(char *to, const struct span *cell, const struct span *end);
	struct csv_rows rows;
	uint64_t careful;      /* records with bytes above 127 */
	uint64_t no_customer;  /* records that have only that against them */
	uint8_t n_trimmed[CLEAN_ROWS], n_decimal[CLEAN_ROWS];
	bool trimmed, decimal; /* of any record */
	struct clean_numbers quantity, price, amount;
	struct {
		const int64_t *quantity, *amount, *price; /* in micro: of the three above, or of the two below */
	} worth;
	int64_t nothing[CLEAN_ROWS], one[CLEAN_ROWS];
	char amount_text[CLEAN_ROWS][CLEAN_TEXT_MAX], date_text[CLEAN_ROWS][CLEAN_TEXT_MAX];
	struct span *field;    /* [n_fields][CLEAN_ROWS]: as they stand */
	char (*text)[CLEAN_ROWS][16]; /* [n_columns]: numbers with a point for the comma */
	struct span cell[][CLEAN_ROWS]; /* [n_columns]: as they are written */
};

/* One column's cells from its fields.  *empty: the records without an id; *to: what numbers with a role are. */
uint64_t clean_put_texts(struct clean_batch *b, const struct span *field, struct span *cell);
uint64_t clean_put_ids(struct clean_batch *b, const struct span *field, struct span *cell,
		       uint64_t *empty);
uint64_t clean_put_dates(struct clean_work *w, size_t column, const struct span *field,
			 struct span *cell);
uint64_t clean_put_roles(const struct clean_batch *b, size_t column, const struct span *field,
			 struct span *cell, struct clean_numbers *to);
uint64_t clean_put_numbers(const struct clean_batch *b, size_t column, const struct span *field,
			   struct span *cell);

/* quantity * price, exactly, of records that are not rare. */
void clean_put_amounts(struct clean_batch *b, uint64_t rare, struct span *cell);

/* The records whose given amount is another. */
uint64_t clean_other_amounts(const struct clean_batch *b);

#endif
