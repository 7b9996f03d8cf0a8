/* SPDX-License-Identifier: MIT */
#include "value/datefmt.h"

#include <string.h>

#include "value/date.h"

static const char *const candidates[] = {
	"%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d",
	"%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%m.%d.%Y", "%d.%m.%Y",
	"%m/%d/%y", "%d/%m/%y", "%y/%m/%d", "%m-%d-%y", "%d-%m-%y", "%y-%m-%d",
	"%m.%d.%y", "%d.%m.%y", "%y.%m.%d",
	"%d-%b-%Y", "%d %b %Y", "%d/%b/%Y", "%d-%b-%y", "%d %b %y", "%d/%b/%y",
	"%b %d, %Y", "%b %d %Y", "%b-%d-%Y", "%Y-%b-%d", "%Y %b %d", "%d%b%Y",
	/* plain numbers, only where a date is expected */
	"%Y%m%d", "%s",
};
enum { N_CANDIDATES = sizeof candidates / sizeof *candidates, N_TIGHT = N_CANDIDATES - 2 };

_Static_assert(N_CANDIDATES <= DATEFMT_CANDIDATES, "room for the pairs of candidates");

struct parts {
	int year, month, day, hour, minute, second;
	bool half, pm, time, epoch;
	int64_t seconds; /* of %s */
};

int datefmt_compile(struct datefmt *f, const char *format)
{
	bool year = false, month = false, day = false, epoch = false;
	memset(f, 0, sizeof *f);
	for (const char *p = format; *p; p++) {
		if (f->n == DATEFMT_OPS)
			return -1;
		if (*p != '%' || p[1] == '%') {
			p += *p == '%';
			f->literal[f->n++] = *p;
			continue;
		}
		char c = *++p;
		if (c == '\0' || !strchr("YymdbBHIMSpfzsejT", c))
			return -1;
		if (c == 'j' || c == 'T')
			return -1;
		c = c == 'B' ? 'b' : c == 'e' ? 'd' : c;
		year |= c == 'Y' || c == 'y';
		month |= c == 'm' || c == 'b';
		day |= c == 'd';
		epoch |= c == 's';
		f->has_time |= c == 'H' || c == 'I' || c == 's';
		f->op[f->n++] = c;
	}
	return epoch || (year && month && day) ? 0 : -1;
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

/* At least `least` and at most `most` digits at *s; false when there are fewer. */
static bool digits(const char **s, const char *end, int least, int most, int *v)
{
	const char *p = *s;
	int n = 0, x = 0;
	while (p < end && n < most && digit(*p)) {
		x = 10 * x + (*p++ - '0');
		n++;
	}
	*s = p;
	*v = x;
	return n >= least;
}

static bool month_name(const char **s, const char *end, int *month)
{
	static const char names[12][10] = {
		"january", "february", "march", "april", "may", "june", "july", "august",
		"september", "october", "november", "december",
	};
	char word[10];
	size_t n = 0;
	while (*s + n < end && n < sizeof word && ((*s)[n] | 0x20) >= 'a' && ((*s)[n] | 0x20) <= 'z') {
		word[n] = (char)((*s)[n] | 0x20);
		n++;
	}
	for (int i = 0; i < 12; i++) {
		bool sept = i == 8 && n == 4 && memcmp(word, "sept", 4) == 0;
		if (sept || ((n == 3 || n == strlen(names[i])) && memcmp(word, names[i], n) == 0)) {
			*month = i + 1;
			*s += n;
			return true;
		}
	}
	return false;
}

static bool half_day(const char **s, const char *end, struct parts *t)
{
	if (end - *s < 2 || ((*s)[1] | 0x20) != 'm')
		return false;
	char c = (char)((*s)[0] | 0x20);
	if (c != 'a' && c != 'p')
		return false;
	t->half = true;
	t->pm = c == 'p';
	*s += 2;
	return true;
}

static bool zone(const char **s, const char *end)
{
	const char *p = *s;
	int h, m = 0;
	if (p < end && (*p == 'Z' || *p == 'z')) {
		*s = p + 1;
		return true;
	}
	if (p == end || (*p != '+' && *p != '-'))
		return false;
	p++;
	if (!digits(&p, end, 2, 2, &h) || h > 23)
		return false;
	if (p < end && *p == ':') {
		p++;
		if (!digits(&p, end, 2, 2, &m))
			return false;
	} else if (p < end && digit(*p) && !digits(&p, end, 2, 2, &m)) {
		return false;
	}
	*s = p;
	return m <= 59;
}

static bool epoch(const char **s, const char *end, struct parts *t)
{
	const char *p = *s;
	int64_t x = 0;
	while (p < end && digit(*p) && p - *s < 11)
		x = 10 * x + (*p++ - '0');
	if (p - *s < 9 || p - *s > 10)
		return false;
	*s = p;
	t->seconds = x;
	t->epoch = t->time = true;
	return true;
}

static void fraction(const char **s, const char *end)
{
	while (*s < end && digit(**s))
		++*s;
}

static void blanks(const char **s, const char *end)
{
	while (*s < end && **s == ' ')
		++*s;
}

/* [T| ]H:MM[:SS[.f]] [AM|PM] [zone] up to the end of the value. */
static bool time_suffix(const char *s, const char *end, struct parts *t)
{
	const char *at = s;
	if (*s == 'T' || *s == 't')
		s++;
	else
		blanks(&s, end);
	if (s == at || !digits(&s, end, 1, 2, &t->hour) || s == end || *s++ != ':' ||
	    !digits(&s, end, 2, 2, &t->minute))
		return false;
	if (s < end && *s == ':') {
		s++;
		if (!digits(&s, end, 2, 2, &t->second))
			return false;
		if (s < end && *s == '.') {
			s++;
			fraction(&s, end);
		}
	}
	t->time = true;
	blanks(&s, end);
	if (half_day(&s, end, t))
		blanks(&s, end);
	return s == end || (zone(&s, end) && s == end);
}

static bool directive(char op, const char **s, const char *end, struct parts *t)
{
	switch (op) {
	case 'Y':
		return digits(s, end, 4, 4, &t->year);
	case 'y':
		if (!digits(s, end, 2, 2, &t->year))
			return false;
		t->year += t->year < 69 ? 2000 : 1900;
		return true;
	case 'm':
		return digits(s, end, 1, 2, &t->month);
	case 'd':
		return digits(s, end, 1, 2, &t->day);
	case 'b':
		return month_name(s, end, &t->month);
	case 'H':
	case 'I':
		t->time = true;
		return digits(s, end, 1, 2, &t->hour);
	case 'M':
		return digits(s, end, 1, 2, &t->minute);
	case 'S':
		return digits(s, end, 1, 2, &t->second);
	case 'p':
		return half_day(s, end, t);
	case 'f':
		fraction(s, end);
		return true;
	case 'z':
		return zone(s, end);
	default:
		return epoch(s, end, t);
	}
}

static bool whole(const struct parts *t, int64_t *seconds, bool *has_time)
{
	int hour = t->hour;
	*has_time = t->time;
	if (t->epoch) {
		*seconds = t->seconds;
		return true;
	}
	if (t->half) {
		if (hour < 1 || hour > 12)
			return false;
		hour = hour % 12 + (t->pm ? 12 : 0);
	}
	if (!date_valid(t->year, t->month, t->day) || hour > 23 || t->minute > 59 || t->second > 59)
		return false;
	*seconds = date_days(t->year, t->month, t->day) * DATE_DAY + hour * 3600 + t->minute * 60 +
		   t->second;
	return true;
}

bool datefmt_parse(const struct datefmt *f, const char *s, size_t n, int64_t *seconds,
		   bool *has_time)
{
	const char *end = s + n;
	struct parts t = { 0 };
	for (int i = 0; i < f->n; i++) {
		if (f->op[i]) {
			if (!directive(f->op[i], &s, end, &t))
				return false;
		} else if (s == end || *s != f->literal[i]) {
			return false;
		} else if (*s == ' ') {
			blanks(&s, end);
		} else {
			s++;
		}
	}
	if (s != end && (f->has_time || !time_suffix(s, end, &t)))
		return false;
	return whole(&t, seconds, has_time);
}

void datefmt_set_init(struct datefmt_set *set, enum datefmt_range range)
{
	memset(set, 0, sizeof *set);
	for (int i = 0; i < (range == DATEFMT_LOOSE ? N_CANDIDATES : N_TIGHT); i++)
		if (range != DATEFMT_CLEAR || strpbrk(candidates[i], "Yb"))
			set->alive |= (uint64_t)1 << i;
}

/* Candidates of `which` that take the value, with their readings. */
static uint64_t takers(uint64_t which, const char *s, size_t n, int64_t reading[DATEFMT_CANDIDATES],
		       bool *has_time)
{
	uint64_t takes = 0;
	for (uint64_t left = which; left; left &= left - 1) {
		struct datefmt f;
		int i = __builtin_ctzll(left);
		bool time;
		datefmt_compile(&f, candidates[i]);
		if (!datefmt_parse(&f, s, n, &reading[i], &time))
			continue;
		*has_time |= time;
		takes |= (uint64_t)1 << i;
	}
	return takes;
}

/* Those of `which` whose reading is another than i's. */
static uint64_t others(uint64_t which, int i, const int64_t reading[DATEFMT_CANDIDATES])
{
	uint64_t result = 0;
	for (uint64_t left = which; left; left &= left - 1)
		if (reading[__builtin_ctzll(left)] != reading[i])
			result |= left & -left;
	return result;
}

static uint64_t year_first(uint64_t which)
{
	uint64_t result = 0;
	for (uint64_t left = which; left; left &= left - 1)
		if (strncmp(candidates[__builtin_ctzll(left)], "%y", 2) == 0)
			result |= left & -left;
	return result;
}

/* The first and the last number of a value that a year-first reading takes. */
static void note_ends(struct datefmt_set *set, const char *s, size_t n)
{
	const char *at = s, *end = s + n;
	int first, middle, last;
	digits(&at, end, 2, 2, &first);
	at++;
	digits(&at, end, 1, 2, &middle);
	at++;
	digits(&at, end, 1, 2, &last);
	set->first[first / 64] |= (uint64_t)1 << first % 64;
	set->last[last / 64] |= (uint64_t)1 << last % 64;
}

static int population(const uint64_t bits[2])
{
	return __builtin_popcountll(bits[0]) + __builtin_popcountll(bits[1]);
}

/* The survivors that count. */
static uint64_t standing(const struct datefmt_set *set)
{
	uint64_t behind = set->alive & ~year_first(set->alive);
	return behind && population(set->first) >= population(set->last) ? behind : set->alive;
}

bool datefmt_set_conflict(struct datefmt_set *set)
{
	uint64_t which = standing(set);
	bool conflict = false;
	set->value = NULL;
	for (uint64_t left = which; left && !conflict; left &= left - 1)
		conflict = set->differ[__builtin_ctzll(left)] & which;
	for (size_t k = 0; conflict && k < set->n_kept; k++) {
		int64_t reading[DATEFMT_CANDIDATES];
		bool has_time = false;
		set->value = set->kept[k];
		takers(which, set->value, strlen(set->value), reading, &has_time);
		if (others(which, __builtin_ctzll(which), reading))
			break;
	}
	return conflict;
}

bool datefmt_set_add(struct datefmt_set *set, const char *s, size_t n)
{
	int64_t reading[DATEFMT_CANDIDATES] = { 0 };
	bool has_time = false, news = false;
	uint64_t takes = takers(set->alive, s, n, reading, &has_time);
	if (!takes)
		return false;
	set->has_time |= has_time;
	set->n_values++;
	for (uint64_t left = takes; left; left &= left - 1) {
		int i = __builtin_ctzll(left);
		uint64_t more = others(takes, i, reading) & ~set->differ[i];
		set->differ[i] |= more;
		news |= more != 0;
	}
	if (news && n < sizeof set->kept[0] && set->n_kept < DATEFMT_KEPT) {
		memcpy(set->kept[set->n_kept], s, n);
		set->kept[set->n_kept++][n] = '\0';
	}
	set->alive = takes;
	if (year_first(takes))
		note_ends(set, s, n);
	return true;
}

const char *datefmt_known(const char *s, size_t n, enum datefmt_range range)
{
	int64_t reading[DATEFMT_CANDIDATES];
	struct datefmt_set set;
	bool has_time = false;
	datefmt_set_init(&set, range);
	set.alive = takers(set.alive, s, n, reading, &has_time);
	return datefmt_set_format(&set, 0);
}

bool datefmt_set_settled(const struct datefmt_set *set)
{
	uint64_t which = standing(set);
	return (which & (which - 1)) == 0 &&
	       (which == set->alive || population(set->first) > population(set->last));
}

const char *datefmt_set_format(const struct datefmt_set *set, int i)
{
	uint64_t left = standing(set);
	while (left && i-- > 0)
		left &= left - 1;
	return left ? candidates[__builtin_ctzll(left)] : NULL;
}
