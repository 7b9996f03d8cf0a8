/* SPDX-License-Identifier: MIT */
#ifndef VIEW_OVERVIEW_H
#define VIEW_OVERVIEW_H

#include "view/report.h"

/* Key figures, a card for each segment, sizes and shares of value. */
void overview_build(struct doc *d, const struct report *r);

#endif
