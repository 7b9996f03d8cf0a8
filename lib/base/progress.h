/* SPDX-License-Identifier: MIT */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A line on standard error, rewritten twice a second, when that is a terminal
 * and -q was not given: rows, MB/s, and per cent and time left when the size
 * is known.  Zeroed struct, then progress_start.
 */
struct progress {
	bool on, shown;
	double started, next; /* seconds */
};

void progress_start(struct progress *p, bool wanted);

/* n_total_bytes 0: not known.  Cheap enough for each block of input. */
void progress_tick(struct progress *p, uint64_t n_rows, uint64_t n_bytes, uint64_t n_total_bytes);

/* Wipes the line. */
void progress_end(struct progress *p);

#endif
