/* SPDX-License-Identifier: MIT */
#ifndef VALUE_DATE_H
#define VALUE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Civil dates: proleptic Gregorian, years 1..9999, days or seconds since
 * 1970-01-01, no time zone.
 */

#define DATE_DAY 86400

/* Days since 1970-01-01 of a valid civil date (Hinnant 2013, days_from_civil). */
int64_t date_days(int year, int month, int day);
void date_civil(int64_t days, int *year, int *month, int *day);

/* Whether year-month-day exists, 1 <= year <= 9999. */
bool date_valid(int year, int month, int day);

/*
 * The stream's two forms: "2010-12-01" and "2010-12-01T08:26:00" (a blank for
 * the T is taken too).  *seconds gets the seconds since the epoch, *has_time
 * (may be NULL) whether a time of day was there.  False when it is neither.
 */
bool date_parse(const char *s, size_t n, int64_t *seconds, bool *has_time);

/* Whole days of a number of seconds, rounded down. */
static inline int64_t date_day_of(int64_t seconds)
{
	int64_t d = seconds / DATE_DAY;
	return d - (seconds % DATE_DAY < 0);
}

/* "2010-12-01": 10 bytes; "2010-12-01T08:26:00": 19 bytes.  No NUL. */
#define DATE_MAX 24
size_t date_print_days(char to[DATE_MAX], int64_t days);
size_t date_print_seconds(char to[DATE_MAX], int64_t seconds);

#endif
