/* SPDX-License-Identifier: MIT */
#ifndef VIEW_PAIRED_H
#define VIEW_PAIRED_H

#include "view/report.h"

/* Of more segments the pairs are compared on request only: 200 segments have
 * 19,900. */
#define PAIRED_SEGMENTS 12

/* Compares all pairs of segments on every column: report_column.pair; the
 * p-values of columns that are not fitted, some ms each, by `threads`. */
void paired_compute(struct report *r, struct doc *d, int threads);

/* The section pairs. */
void paired_build(struct doc *d, const struct report *r);

#endif
