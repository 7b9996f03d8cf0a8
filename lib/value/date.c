/* SPDX-License-Identifier: MIT */
#include "value/date.h"

#include "value/short.h"

/*
 * Hinnant 2013, "chrono-compatible low-level date algorithms": years begin in
 * March, so that the leap day is the last of its year; an era is 400 years.
 * From year 1 on everything counted from 0000-03-01 is positive and fits into
 * 32 bits, whose divisions are the cheap ones.
 */
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468 /* 0000-03-01 to 1970-01-01 */

int64_t date_days(int year, int month, int day)
{
	uint32_t y = (uint32_t)(year - (month <= 2));
	uint32_t era = y / 400, year_of_era = y % 400;
	uint32_t march_month = (uint32_t)(month > 2 ? month - 3 : month + 9);
	uint32_t day_of_year = (153 * march_month + 2) / 5 + (uint32_t)day - 1;
	uint32_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return (int64_t)(era * ERA_DAYS + day_of_era) - EPOCH_DAYS;
}

void date_civil(int64_t days, int *year, int *month, int *day)
{
	uint32_t z = (uint32_t)(days + EPOCH_DAYS);
	uint32_t era = z / ERA_DAYS, day_of_era = z % ERA_DAYS;
	uint32_t leap_days = day_of_era / 1460 - day_of_era / 36524 + day_of_era / 146096;
	uint32_t year_of_era = (day_of_era - leap_days) / 365;
	uint32_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	uint32_t march_month = (5 * day_of_year + 2) / 153;
	*day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_era + era * 400) + (*month <= 2);
}

bool date_valid(int year, int month, int day)
{
	static const char length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
		return false;
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day <= length[month - 1] + (month == 2 && leap);
}

/*
 * Eight bytes with the marks of `mask` where its bytes are not 0, and digits
 * elsewhere, as a number in which a mark counts as 0.
 */
static bool take_eight(const char *s, uint64_t mask, uint64_t marks, uint32_t *v)
{
	uint64_t word = short_load64(s);

	if ((word & mask) != marks)
		return false;
	word = (word & ~mask) | (SHORT_ZEROS & mask);
	*v = (uint32_t)short_digits(word);
	return short_are_digits(word);
}

/* "YYYY-MM-" and "DDTHH:MM", the first byte in the lowest. */
#define FF UINT64_C(0xff)
#define DATE_MASK (FF << 32 | FF << 56)
#define DATE_MARKS ((uint64_t)'-' << 32 | (uint64_t)'-' << 56)
#define TIME_MASK (FF << 16 | FF << 40)
#define TIME_MARKS ((uint64_t)'T' << 16 | (uint64_t)':' << 40)
#define BLANK_MARKS ((uint64_t)' ' << 16 | (uint64_t)':' << 40)

bool date_parse(const char *s, size_t n, int64_t *seconds, bool *has_time)
{
	bool time = n == 19;
	uint32_t v, day, hour = 0, minute = 0, second = 0;

	if ((n != 10 && !time) || !take_eight(s, DATE_MASK, DATE_MARKS, &v))
		return false;
	int year = (int)(v / 10000), month = (int)(v / 10 % 100);
	if (time) {
		unsigned tens = (unsigned char)s[17] - (unsigned)'0';
		unsigned ones = (unsigned char)s[18] - (unsigned)'0';
		if (!take_eight(s + 8, TIME_MASK, s[10] == ' ' ? BLANK_MARKS : TIME_MARKS, &day) ||
		    s[16] != ':' || tens > 5 || ones > 9)
			return false;
		hour = day / 1000 % 100;
		minute = day % 100;
		second = 10 * tens + ones;
		day /= 1000000;
	} else {
		unsigned tens = (unsigned char)s[8] - (unsigned)'0';
		unsigned ones = (unsigned char)s[9] - (unsigned)'0';
		day = tens > 9 || ones > 9 ? 0 : 10 * tens + ones;
	}
	if (!date_valid(year, month, (int)day) || hour > 23 || minute > 59)
		return false;
	*seconds = date_days(year, month, (int)day) * DATE_DAY + hour * 3600 + minute * 60 + second;
	if (has_time)
		*has_time = time;
	return true;
}

/* 0 <= v <= 99 */
static void put_two(char *to, uint32_t v)
{
	to[0] = (char)('0' + v / 10);
	to[1] = (char)('0' + v % 10);
}

size_t date_print_days(char to[DATE_MAX], int64_t days)
{
	int year, month, day;
	date_civil(days, &year, &month, &day);
	put_two(to, (uint32_t)year / 100);
	put_two(to + 2, (uint32_t)year % 100);
	to[4] = to[7] = '-';
	put_two(to + 5, (uint32_t)month);
	put_two(to + 8, (uint32_t)day);
	return 10;
}

size_t date_print_seconds(char to[DATE_MAX], int64_t seconds)
{
	int64_t days = date_day_of(seconds);
	uint32_t rest = (uint32_t)(seconds - days * DATE_DAY);
	date_print_days(to, days);
	to[10] = 'T';
	put_two(to + 11, rest / 3600);
	to[13] = to[16] = ':';
	put_two(to + 14, rest / 60 % 60);
	put_two(to + 17, rest % 60);
	return 19;
}
