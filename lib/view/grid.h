/* SPDX-License-Identifier: MIT */
#ifndef VIEW_GRID_H
#define VIEW_GRID_H

#include "view/report.h"

/* The section rf-grid: rows by recency and frequency score, with the named
 * segment of each cell. */
void grid_build(struct doc *d, const struct report *r);

#endif
