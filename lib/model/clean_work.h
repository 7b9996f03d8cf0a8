/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLEAN_WORK_H
#define MODEL_CLEAN_WORK_H

#include "model/clean_cell.h"

/* One block's work: shared by clean_block.c, which takes any record, and clean_batch.c. */
struct clean_work {
	const struct clean_plan *plan;
	const struct clean_map *map;
	struct clean_result *to;
	struct clean_row row;
	struct span *cell;    /* [n_columns + n_derive]: the cleaned cells */
	bool want_cells, want_left;
	size_t n_fixed;       /* room a row needs whatever its length */
	struct clean_batch *batch; /* NULL: each record by clean_one_record */
	bool no_memory;
};

/* The record that to->records holds: a row, or left out with its reason. */
void clean_one_record(struct clean_work *w, bool lose);

/* Room for n more bytes of rows in to->out; false, with no_memory set: there is none. */
bool clean_more_room(struct clean_work *w, size_t n);

static inline bool clean_room(struct clean_work *w, size_t n)
{
	return w->to->n_out + n <= w->to->room_out || clean_more_room(w, n);
}

/* Whether an invoice, as it stands, begins with --cancel-prefix, which is given. */
bool clean_cancels(const struct clean_plan *p, struct span invoice);

/* What the schema says of w->cell: CLEAN_KEPT, or what is wrong with *column. */
enum clean_reason clean_checks(const struct clean_work *w, ptrdiff_t *column);

/*
 * The derived cells behind the visible ones, which end at `visible`; they are
 * made at `to`, behind that.  The row's end, or NULL with row.why: also when a
 * condition does not hold.
 */
char *clean_put_rest(struct clean_work *w, char *visible, char *to);

/* Counts what w->row says was repaired in the record of to->records. */
void clean_commit_repairs(struct clean_work *w);

/* The row of to->records ends at `end` in to->out, and is kept. */
static inline void clean_end_row(struct clean_work *w, char *end)
{
	struct clean_result *to = w->to;
	*end++ = '\n';
	to->n_out = (size_t)(end - to->out);
	to->n_rows++;
	if (w->row.repaired)
		clean_commit_repairs(w);
}

/* n repairs of a kind in the record of to->records, which is kept. */
static inline void clean_count_repair(struct clean_work *w, enum clean_repair kind, unsigned n)
{
	struct clean_place *at = &w->to->ledger.repair_at[kind];
	if (n > 0 && at->line == 0)
		at->line = w->to->records.line + 1;
	w->to->ledger.repair[kind] += n;
}

/* With --dedup: keeps the hash of the record of to->records, whose row has just ended. */
void clean_remember(struct clean_work *w, const struct clean_sum *sum);

void clean_add_sum(struct clean_ledger *l, struct clean_sum *to, const struct clean_sum *x);

/* Counts and shows the record of to->records, with the plan's column at fault (-1: none). */
void clean_leave_out(struct clean_work *w, enum clean_reason why, ptrdiff_t column,
		     const struct clean_sum *sum);

/*
 * Columns instead of rows: the next records that csv_next_rows gives.  A
 * record whose cells are as they should be, or want one of the two commonest
 * repairs (blanks cut, an id's ".0"), is done here; each other one goes to
 * clean_one_record.  Bytes out, ledger and places are as if all had gone
 * there.  False: no record was taken.
 */
bool clean_next_batch(struct clean_work *w);

/* Whether the plan and the map can be worked on so; w->batch is set. */
void clean_batch_begin(struct clean_work *w);

#endif
