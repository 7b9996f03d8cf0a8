/* SPDX-License-Identifier: MIT */
#ifndef VIEW_MIX_H
#define VIEW_MIX_H

#include "view/report.h"

/* Value by segment and product, country or brand: mix, split, part, index,
 * each with its check sum. */
void mix_build(struct doc *d, const struct report *r);

/* Chi-square and Cramer's V of the same columns, by rows. */
void mix_categories(struct doc *d, const struct report *r);

#endif
