/* SPDX-License-Identifier: MIT */
#include "value/date.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/tap.h"

/* The date after, by the calendar's rules alone. */
static void next_day(int *year, int *month, int *day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int length = lengths[*month - 1];
	if (*month == 2 && ((*year % 4 == 0 && *year % 100 != 0) || *year % 400 == 0))
		length = 29;
	if (++*day <= length)
		return;
	*day = 1;
	if (++*month <= 12)
		return;
	*month = 1;
	++*year;
}

static void test_every_day(void)
{
	int year = 1, month = 1, day = 1, n_bad = 0, n_invalid = 0, n_text = 0;
	int64_t days = -719162;
	for (; year <= 9999; days++, next_day(&year, &month, &day)) {
		int y, m, d;
		date_civil(days, &y, &m, &d);
		n_bad += date_days(year, month, day) != days || y != year || m != month || d != day;
		n_invalid += !date_valid(year, month, day);
		if (days % 53 != 0)
			continue;
		char expected[40], text[DATE_MAX];
		int64_t seconds = 0, rest = (days * 7919 % DATE_DAY + DATE_DAY) % DATE_DAY;
		bool has_time = true;
		snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d", year, month,
			 day, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
		n_text += date_print_days(text, days) != 10 || memcmp(text, expected, 10) != 0;
		n_text += !date_parse(text, 10, &seconds, &has_time) ||
			  seconds != days * DATE_DAY || has_time;
		n_text += date_print_seconds(text, days * DATE_DAY + rest) != 19 ||
			  memcmp(text, expected, 19) != 0;
		n_text += !date_parse(text, 19, &seconds, &has_time) ||
			  seconds != days * DATE_DAY + rest || !has_time;
		n_text += date_day_of(seconds) != days;
	}
	tap_ok(days == 2932897, "years 1 to 9999 have 3652059 days");
	tap_ok(n_bad == 0, "each day has its number and each number its day");
	tap_ok(n_invalid == 0, "each day is valid");
	tap_ok(n_text == 0, "every 53rd day prints and reads back, with and without a time");
}

static void test_valid(void)
{
	static const int bad[][3] = {
		{ 2011, 2, 29 }, { 1900, 2, 29 }, { 2100, 2, 29 }, { 2012, 2, 30 },
		{ 2011, 4, 31 }, { 2011, 6, 31 }, { 2011, 9, 31 }, { 2011, 11, 31 },
		{ 2011, 1, 32 }, { 2011, 0, 1 }, { 2011, 13, 1 }, { 2011, 1, 0 }, { 0, 1, 1 },
		{ 10000, 1, 1 }, { 2011, -1, 1 }, { 2011, 1, -1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		tap_ok(!date_valid(bad[i][0], bad[i][1], bad[i][2]), "no day %d-%d-%d", bad[i][0],
		       bad[i][1], bad[i][2]);
	tap_ok(date_valid(2000, 2, 29) && date_valid(2012, 2, 29), "leap days of 2000 and 2012");
}

static void test_parse(void)
{
	static const char *const bad[] = {
		"", "2010", "2010-12-1", "2010-1-01", "10-12-01", "2010/12/01", "01-12-2010",
		"2010-12-01T", "2010-12-01T08:26", "2010-12-01T08:26:00Z",
		"2010-12-01T08:26:00.5", "2010-12-01t08:26:00", "2010-12-01  8:26:00",
		"2010-12-01T24:00:00", "2010-12-01T08:60:00", "2010-12-01T08:26:60",
		"2010-12-01T08-26-00", "2010-12-01T08:26-00", " 2010-12-01", "2010-12-01 ",
		"2010-02-30", "0000-01-01",
		"-010-12-01", "+201-12-01", "20l0-12-01", "2010-12-0:", "2010-12-01_08:26:00",
		"2010-12-01T0:26:000", "2010-12-01T08:26:0/",
	};
	int64_t seconds = 42;
	bool has_time = false;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t n = strlen(bad[i]);
		char *exact = malloc(n + 1);
		if (!exact)
			abort();
		memcpy(exact + 1, bad[i], n);
		tap_ok(!date_parse(exact + 1, n, &seconds, &has_time) && seconds == 42,
		       "no date: \"%s\"", bad[i]);
		free(exact);
	}
	tap_ok(date_parse("2010-12-01 08:26:00", 19, &seconds, NULL) && seconds == 1291191960,
	       "a blank for the T; 2010-12-01 08:26:00 is 1291191960");
	tap_ok(date_parse("1969-12-31T23:59:59", 19, &seconds, NULL) && seconds == -1 &&
		       date_day_of(-1) == -1,
	       "the second before the epoch is on day -1");
	tap_ok(date_parse("2010-12-01junk", 10, &seconds, &has_time) && !has_time &&
		       seconds == 14944 * DATE_DAY,
	       "no byte after the length is looked at");
}

static void test_against_libc(void)
{
	int n_bad = 0;
	for (int64_t t = -62135596800; t < 253402300800; t += 123456789) {
		time_t clock = (time_t)t;
		struct tm tm;
		char expected[64], text[DATE_MAX];
		gmtime_r(&clock, &tm);
		snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d",
			 tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
		n_bad += date_print_seconds(text, t) != 19 || memcmp(text, expected, 19) != 0;
	}
	tap_ok(n_bad == 0, "the same as gmtime");
}

int main(void)
{
	test_every_day();
	test_valid();
	test_parse();
	test_against_libc();
	return tap_done();
}
