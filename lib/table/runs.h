/* SPDX-License-Identifier: MIT */
#ifndef TABLE_RUNS_H
#define TABLE_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table/spool.h"
#include "value/span.h"

/*
 * Sorting in bounded memory: runs of (key, payload), each in byte order of
 * its keys, go to a temporary file and are merged into one sequence.  Memory:
 * one block a run.  Zeroed struct = no runs.
 */
struct runs {
	struct spool spool;
	bool is_open;   /* there is a run at all */
	bool in_run;
	struct buf record;
	struct spool_reader *reader; /* while merging: [spool.n_streams] */
	struct runs_head *heap;
	size_t n_heap;
	bool taken; /* the head of the heap has been handed out */
};

/* Appends to the current run; keys must not descend within it. */
void runs_put(struct runs *r, struct span key, struct span payload);

/* The next runs_put begins a new run. */
void runs_break(struct runs *r);

/* The records of all runs in byte order of keys, equal keys in the order of
 * the runs; valid until the next call.  No runs_put after the first call. */
bool runs_next(struct runs *r, struct span *key, struct span *payload);

void runs_close(struct runs *r);

#endif
