/* SPDX-License-Identifier: MIT */
#include "model/rfm_period.h"

#include <stdio.h>
#include <string.h>

#include "value/date.h"

enum rfm_fate rfm_period_fate(const struct rfm_period *p, const struct trade_line *line)
{
	if (!line->key.n)
		return RFM_NO_KEY;
	if (!line->sign)
		return RFM_ZERO;
	if (p->horizon_days) {
		if (line->day >= p->as_of_day + p->horizon_days)
			return RFM_AFTER;
		if (line->day >= p->as_of_day)
			return RFM_LABEL;
	} else if (line->day > p->as_of_day) {
		return RFM_AFTER;
	}
	return line->day < p->from_day || line->day >= p->to_day ? RFM_OUTSIDE : RFM_USED;
}

static int parse_date(int64_t *day, const char *option, const char *s, size_t n, char error[200])
{
	int64_t seconds;
	bool has_time;

	if (!date_parse(s, n, &seconds, &has_time) || has_time) {
		snprintf(error, 200, "option --%s: not a date such as 2011-12-10: \"%.*s\"", option,
			 n < 40 ? (int)n : 40, s);
		return -1;
	}
	*day = date_day_of(seconds);
	return 0;
}

static int parse_window(struct rfm_period *p, const char *window, char error[200])
{
	const char *dots = strstr(window, "..");

	if (!dots) {
		snprintf(error, 200, "option --window: not FROM..TO: \"%.40s\"", window);
		return -1;
	}
	if (parse_date(&p->from_day, "window", window, (size_t)(dots - window), error) != 0 ||
	    parse_date(&p->to_day, "window", dots + 2, strlen(dots + 2), error) != 0)
		return -1;
	if (p->from_day < p->to_day)
		return 0;
	snprintf(error, 200, "option --window: %.40s holds no day: TO is excluded", window);
	return -1;
}

int rfm_period_parse(struct rfm_period *p, const char *as_of, const char *window,
		     int64_t horizon_days, char error[200])
{
	*p = (struct rfm_period){ INT64_MIN, INT64_MAX, RFM_OPEN_DAY, horizon_days };
	if (strcmp(as_of, "max") != 0 && strcmp(as_of, "max+1") != 0 &&
	    parse_date(&p->as_of_day, "as-of", as_of, strlen(as_of), error) != 0)
		return -1;
	if (window && parse_window(p, window, error) != 0)
		return -1;
	if (horizon_days && p->as_of_day == RFM_OPEN_DAY) {
		snprintf(error, 200, "option --horizon needs a date in --as-of");
		return -1;
	}
	return 0;
}

int64_t rfm_period_as_of(const struct rfm_period *p, int64_t own_day, int64_t last_window_day,
			 int64_t plus_days)
{
	if (p->as_of_day != RFM_OPEN_DAY)
		return p->as_of_day;
	if (own_day != RFM_OPEN_DAY)
		return own_day;
	return last_window_day == INT64_MIN ? RFM_OPEN_DAY : last_window_day + plus_days;
}
