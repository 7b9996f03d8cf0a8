/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_SUMMARY_H
#define MODEL_RFM_SUMMARY_H

#include "model/rfm_control.h"
#include "model/rfm_result.h"

/*
 * What became of all lines and, unless r is NULL, of all customers: lines
 * ended by LF; counts of 0 are left out.  To be freed.
 */
char *rfm_summary(const struct rfm_control *c, const struct rfm_result *r);

#endif
