/* SPDX-License-Identifier: MIT */
#ifndef VIEW_FITS_H
#define VIEW_FITS_H

#include "view/report.h"

/* What seg-logit and seg-assign write, for people. */

/* The coefficients of a seg-logit model, with their intervals. */
void fits_logit(struct doc *d, const struct report_extra *x);

/* Predicted against observed shares of events, by bins and set. */
void fits_calibration(struct doc *d, const struct report_extra *x);

/* From which segment to which, since an earlier assignment. */
void fits_migration(struct doc *d, const struct report_extra *x);

/* The ROC curve of a lift table, one for each set; with the lift's section. */
void fits_roc(struct doc *d, struct doc_section *sec, const struct report_extra *x);

#endif
