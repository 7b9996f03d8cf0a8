/* SPDX-License-Identifier: MIT */
#ifndef TABLE_BOXES_H
#define TABLE_BOXES_H

#include <stddef.h>

/*
 * Named boxes of cells in three whole-numbered dimensions, such as scores of
 * recency, frequency and monetary value.
 */
#define BOXES_DIMS 3

struct box {
	const char *name; /* raw */
	int lo[BOXES_DIMS], hi[BOXES_DIMS]; /* inclusive */
};

/*
 * Reads a stream with the columns name r_lo r_hi f_lo f_hi and, or else 1 and
 * `n`, m_lo m_hi.  The boxes and names are never freed.  Dies (status 1) with
 * file, line and column on what is missing or no whole number; numbers below 0
 * are read as 0 and those above 1000 as 1000.
 */
struct box *boxes_read(const char *path, int n, size_t *n_boxes);

#endif
