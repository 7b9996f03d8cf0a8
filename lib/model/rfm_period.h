/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_PERIOD_H
#define MODEL_RFM_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "table/trade.h"

/*
 * Which lines count, by their days, and the as-of date.
 */
#define RFM_OPEN_DAY INT64_MAX /* an as-of date that only the data's end tells */

struct rfm_period {
	int64_t from_day, to_day; /* the window [from, to); INT64_MIN, INT64_MAX: open */
	int64_t as_of_day;        /* D, or RFM_OPEN_DAY */
	int64_t horizon_days;     /* 0: none, else figures are of lines before D only */
};

/* What a line is to the run. */
enum rfm_fate {
	RFM_USED,    /* counts in the customer's figures */
	RFM_LABEL,   /* in [D, D + horizon): counts for `bought` alone */
	RFM_NO_KEY,  /* no customer */
	RFM_ZERO,    /* neither sale nor return */
	RFM_AFTER,   /* after the as-of date, or after the horizon */
	RFM_OUTSIDE, /* outside the window */
	RFM_N_FATES,
};

/* The first that holds of no key, zero, label, after, outside; else used. */
enum rfm_fate rfm_period_fate(const struct rfm_period *p, const struct trade_line *line);

/*
 * From the texts of --as-of (a date, max or max+1) and --window (FROM..TO, or
 * NULL).  Returns 0, or -1 with a message in error[200].
 */
int rfm_period_parse(struct rfm_period *p, const char *as_of, const char *window,
		     int64_t horizon_days, char error[200]);

/*
 * The as-of day once all lines are known: that of the period, or the user's
 * own date, or the last day within the window plus plus_days.  RFM_OPEN_DAY
 * if there is no line.
 */
int64_t rfm_period_as_of(const struct rfm_period *p, int64_t own_day, int64_t last_window_day,
			 int64_t plus_days);

#endif
