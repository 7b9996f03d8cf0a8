/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/unit/tap.h"
#include "value/date.h"
#include "value/datefmt.h"

static bool reads(const char *format, const char *text, const char *want)
{
	struct datefmt f;
	char got[DATE_MAX + 1] = "";
	int64_t seconds;
	bool has_time;
	if (datefmt_compile(&f, format) != 0)
		return false;
	if (datefmt_parse(&f, text, strlen(text), &seconds, &has_time))
		got[has_time ? date_print_seconds(got, seconds) :
			       date_print_days(got, date_day_of(seconds))] = '\0';
	return strcmp(got, want) == 0;
}

static void formats(void)
{
	static const char *const good[][3] = {
		{ "%Y-%m-%d", "2010-12-01", "2010-12-01" },
		{ "%Y-%m-%d", "2010-2-3", "2010-02-03" },
		{ "%Y-%m-%d", "2012-02-29 23:59:59", "2012-02-29T23:59:59" },
		{ "%Y-%m-%d", "2012-02-29T00:00", "2012-02-29T00:00:00" },
		{ "%Y-%m-%d", "2012-02-29t1:02:03.456+05:30", "2012-02-29T01:02:03" },
		{ "%Y-%m-%d", "2012-02-29 12:00 AM", "2012-02-29T00:00:00" },
		{ "%Y-%m-%d", "2012-02-29 12:00pm", "2012-02-29T12:00:00" },
		{ "%m/%d/%Y", "12/1/2010 8:26", "2010-12-01T08:26:00" },
		{ "%d-%b-%y", "11-Feb-13", "2013-02-11" },
		{ "%d-%b-%y", "1-sept-99", "1999-09-01" },
		{ "%B %d, %Y", "DECEMBER 1,  2010", "2010-12-01" },
		{ "%Y%m%d", "20101201", "2010-12-01" },
		{ "%Y%m%d%H%M%S", "20101201082600", "2010-12-01T08:26:00" },
		{ "%s", "1291191960", "2010-12-01T08:26:00" },
		{ "%d.%m.%Y %H.%M", "1.12.2010 8.26", "2010-12-01T08:26:00" },
		{ "%I%p %d/%m/%Y", "3PM 1/2/2010", "2010-02-01T15:00:00" },
		{ "%Y-%m-%dT%H:%M:%S.%fZ", "2010-12-01T08:26:00.123Z", "2010-12-01T08:26:00" },
		{ "100%% %Y %m %d", "100% 2010 12 01", "2010-12-01" },
	};
	static const char *const bad[][2] = {
		{ "%Y-%m-%d", "2011-02-29" }, { "%Y-%m-%d", "2010-13-01" }, { "%Y-%m-%d", "10-12-01" },
		{ "%Y-%m-%d", "2010-12-01x" }, { "%Y-%m-%d", "2010-12-01 " }, { "%Y-%m-%d", "2010-12" },
		{ "%Y-%m-%d", "2010-12-01 24:00" }, { "%Y-%m-%d", "2010-12-01 8:60" },
		{ "%Y-%m-%d", "2010-12-01 13:00 PM" }, { "%Y-%m-%d", "2010/12/01" },
		{ "%Y-%m-%d", "" }, { "%Y-%m-%d", "0000-01-01" }, { "%d-%b-%y", "11-Fex-13" },
		{ "%m/%d/%y", "1/2/2010" }, { "%s", "12345678" }, { "%Y-%m-%d", "2010-12-01 8:26+25:00" },
	};
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		tap_ok(reads(good[i][0], good[i][1], good[i][2]), "%s reads %s", good[i][0], good[i][1]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		tap_ok(reads(bad[i][0], bad[i][1], ""), "%s refuses \"%s\"", bad[i][0], bad[i][1]);
	struct datefmt f;
	tap_ok(datefmt_compile(&f, "%H:%M") && datefmt_compile(&f, "%Y-%m") && datefmt_compile(&f, "%Y-%m-%q") &&
	       datefmt_compile(&f, "%Y-%m-%d%"), "what is no format of a whole date is refused");
}

static const char *proved(const char *const *values, bool *conflict, bool *settled)
{
	struct datefmt_set set;
	datefmt_set_init(&set, DATEFMT_LOOSE);
	for (; *values; values++)
		datefmt_set_add(&set, *values, strlen(*values));
	*conflict = datefmt_set_conflict(&set);
	*settled = datefmt_set_settled(&set);
	return datefmt_set_format(&set, 0);
}

static void proofs(void)
{
	static const struct {
		const char *values[5], *format;
		bool conflict, open; /* open: another value may still change it */
	} cases[] = {
		{ { "1/2/2010", "13/2/2010" }, "%d/%m/%Y", false, false },
		{ { "1/2/2010", "2/13/2010" }, "%m/%d/%Y", false, false },
		{ { "1/2/2010", "2/1/2010" }, "%m/%d/%Y", true, true },
		{ { "1/1/2010", "2/2/2010" }, "%m/%d/%Y", false, true },
		{ { "1/2/2010", "rubbish", "2/13/2010", "14/13/2010" }, "%m/%d/%Y", false, false },
		{ { "2010-12-01" }, "%Y-%m-%d", false, false },
		{ { "04-09-2012", "21-09-2012" }, "%d-%m-%Y", false, false },
		{ { "6/16/14" }, "%m/%d/%y", false, false },
		{ { "20101201" }, "%Y%m%d", false, false },
		{ { "1291191960" }, "%s", false, false },
		{ { "11-Feb-13" }, "%d-%b-%y", false, false },
		/* a two-digit year comes first only where it has to, or may rather */
		{ { "13-11-10" }, "%d-%m-%y", false, true },
		{ { "30/4/21", "1/5/21" }, "%d/%m/%y", false, false },
		{ { "30/4/21", "01/5/22" }, "%d/%m/%y", false, true },
		{ { "30/4/21", "1/5/22" }, "%d/%m/%y", false, false },
		{ { "21/4/30", "21/4/1" }, "%y/%m/%d", false, false },
		{ { "21/4/30", "21/4/29" }, "%d/%m/%y", true, true },
		{ { "21/4/30", "21/4/29", "20/5/01", "19/5/01" }, "%d/%m/%y", false, true },
		{ { "32/11/10" }, "%y/%m/%d", false, false },
		{ { "21-04-30", "99-12-31" }, "%y-%m-%d", false, false },
		/* the third reading falls, the first two still differ on the first value */
		{ { "10/11/12", "12/12/45" }, "%m/%d/%y", true, true },
		{ { "10/10/12", "10/11/12", "12/12/45" }, "%m/%d/%y", true, true },
		{ { "10/10/12", "12/12/45" }, "%m/%d/%y", false, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool conflict, settled;
		const char *format = proved(cases[i].values, &conflict, &settled);
		tap_ok(strcmp(format, cases[i].format) == 0 && conflict == cases[i].conflict &&
		       settled == !cases[i].open, "%s and more prove %s", cases[i].values[0], cases[i].format);
	}
}

static void ranges(void)
{
	static const char *const two = "10.1.12", *const four = "10.1.2012", *const plain = "20120110";
	tap_ok(!datefmt_known(two, strlen(two), DATEFMT_CLEAR) && datefmt_known(two, strlen(two), DATEFMT_TIGHT),
	       "a version like 10.1.12 is no clear date");
	tap_ok(datefmt_known(four, strlen(four), DATEFMT_CLEAR) && datefmt_known("1-Feb-12", 8, DATEFMT_CLEAR),
	       "a year of four digits or a month's name makes it clear");
	tap_ok(!datefmt_known(plain, strlen(plain), DATEFMT_TIGHT) && datefmt_known(plain, strlen(plain), DATEFMT_LOOSE),
	       "a plain number is a date only where one is expected");
}

int main(void)
{
	formats();
	proofs();
	ranges();
	return tap_done();
}
