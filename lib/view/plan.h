/* SPDX-License-Identifier: MIT */
#ifndef VIEW_PLAN_H
#define VIEW_PLAN_H

#include "view/report.h"

/*
 * The section playbook: the rows of the table that fit each segment, as
 * cards, as the segment-targeting-positioning table, as projections and as a
 * roadmap.  A row is for a segment by its name (label or raw value), for the
 * segments that meet a condition (model/rules.h, on the profile of the rows at
 * hand), or with `*` for everybody.  Dies (status 1) on a table without the
 * columns segment and action, or with a lift, start or days that is none;
 * `file` is its name in the message.
 */
void plan_build(struct doc *d, const struct report *r, const char *file);

#endif
