/* SPDX-License-Identifier: MIT */
#ifndef VIEW_CURVES_H
#define VIEW_CURVES_H

#include "view/report.h"

/* The sweep over k of seg-kmeans: elbow and silhouette. */
void curves_choosing_k(struct doc *d, const struct report_extra *sweep);

/* The lift table of seg-logit: gains and lift. */
void curves_lift(struct doc *d, const struct report_extra *lift);

#endif
