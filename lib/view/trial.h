/* SPDX-License-Identifier: MIT */
#ifndef VIEW_TRIAL_H
#define VIEW_TRIAL_H

#include "view/report.h"

/* The section ab: each arm of a test against the first, over all rows and by
 * segment, with Holm's adjustment over the segments' tests. */
void trial_build(struct doc *d, const struct report *r);

#endif
