/* SPDX-License-Identifier: MIT */
#ifndef VIEW_PROFILES_H
#define VIEW_PROFILES_H

#include "view/report.h"

/* Means, medians, quartiles, shares of missing, in the columns' own units. */
void profiles_build(struct doc *d, const struct report *r);

/* Each segment's mean against the population's, as a heat map. */
void profiles_index(struct doc *d, const struct report *r);

/* Analysis of variance of each column over the segments. */
void profiles_anova(struct doc *d, const struct report *r);

#endif
