/* SPDX-License-Identifier: MIT */
#ifndef VIEW_AUDIENCE_H
#define VIEW_AUDIENCE_H

#include "view/report.h"

/*
 * The rows most like a seed, from seg-assign --lookalike or --seed-column: how score and
 * distance are spread, with the cut behind the first `top` rows (0: all are the
 * audience), and how well each column matches.
 */
void audience_build(struct doc *d, const struct report_extra *x, uint64_t top);

#endif
