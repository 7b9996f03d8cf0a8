/* SPDX-License-Identifier: MIT */
#ifndef VIEW_VOCABULARY_H
#define VIEW_VOCABULARY_H

#include "view/report.h"

/* The section words: what each segment's texts say more often than the
 * others'.  For records every word of every segment, else the first ones. */
void vocabulary_build(struct doc *d, const struct report *r);

#endif
