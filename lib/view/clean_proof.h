/* SPDX-License-Identifier: MIT */
#ifndef VIEW_CLEAN_PROOF_H
#define VIEW_CLEAN_PROOF_H

#include "model/clean.h"
#include "stream/csv_in.h"
#include "stream/tape.h"

/* Where the plan's columns are in each operand: one map an operand, for the life of the process. */
struct clean_maps {
	const struct clean_plan *plan;
	const struct csv_source *first;  /* the operand that the plan was made from */
	const struct csv_source *of;     /* the one asked for last, */
	const struct clean_map *map;     /* and its map */
};

/* Dies when the operand has not the first one's columns. */
const struct clean_map *clean_maps_get(struct clean_maps *m, const struct csv_source *source);

/*
 * Reads blocks of about `size` bytes, and keeps them on the tape, until no
 * column has two readings; settles the plan.  Gives up behind `most` bytes (0:
 * never).  Dies when the readings of a date differ to the end, and when an
 * option does not suit what a column turns out to be.  Memory: the tape's.
 */
void clean_prove(struct clean_plan *p, struct clean_maps *maps, struct csv_in *in, struct tape *spool,
		 size_t size, uint64_t most);

#endif
