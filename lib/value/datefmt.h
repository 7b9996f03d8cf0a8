/* SPDX-License-Identifier: MIT */
#ifndef VALUE_DATEFMT_H
#define VALUE_DATEFMT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Date formats as people write them, and the proof of which one a column is
 * in.  A format is made of %Y (four digits), %y (two; 69..99 are 19xx, 00..68
 * 20xx, as in POSIX strptime), %m %d %H %I %M %S (one or two digits), %b (an
 * English month name, short or full, any case), %p (AM or PM), %f (a
 * fraction of a second, cut), %z (Z or an offset, dropped: the civil time as
 * written counts), %s (seconds since 1970-01-01), %% and literal bytes; a
 * blank stands for one or more blanks.  A format without a time of day also
 * takes a value with one behind a blank or T: H:MM[:SS[.fraction]] [AM|PM] [zone].
 */
#define DATEFMT_OPS 24

struct datefmt {
	char op[DATEFMT_OPS + 1]; /* directive letters in upper or lower case, or 0: literal[i] */
	char literal[DATEFMT_OPS];
	int n;
	bool has_time;            /* the format names a time of day */
};

/* 0, or -1 when the text is not a format with a whole date in it. */
int datefmt_compile(struct datefmt *f, const char *format);

/*
 * The whole of s[0..n) under the format; *seconds since 1970-01-01 and whether
 * a time of day was there.  False when it does not fit or is no date.  O(n).
 */
bool datefmt_parse(const struct datefmt *f, const char *s, size_t n, int64_t *seconds,
		   bool *has_time);

/*
 * The readings of a column that are still possible.  A value that no
 * surviving reading takes is bad and refutes nothing; a value that some take
 * refutes the others.
 *
 * A two-digit year that comes first would survive with every day that does
 * (30/4/21), and hardly anybody writes it: so it counts only where no other
 * reading is left (99/4/21), or where it is the likelier one, the numbers that
 * come first being fewer than those that come last: years are few, days many.
 * Until they are more, the column is not settled.
 */
#define DATEFMT_CANDIDATES 40
#define DATEFMT_KEPT 4

struct datefmt_set {
	uint64_t alive;       /* bit i: candidate i survives */
	uint64_t n_values;    /* values taken so far */
	bool has_time;        /* of any value taken */
	const char *value;    /* see datefmt_set_conflict */

	/* private */
	uint64_t first[2], last[2]; /* bit v: number v stood first, or last, in what a year-first reading takes */
	uint64_t differ[DATEFMT_CANDIDATES]; /* bit j: j gave another date than this one somewhere */
	char kept[DATEFMT_KEPT][48];         /* values that showed a difference first */
	size_t n_kept;
};

/* Which readings count: those with a year of four digits or a month's name; two digits; plain numbers (20101201, 1291191960). */
enum datefmt_range { DATEFMT_CLEAR, DATEFMT_TIGHT, DATEFMT_LOOSE };

void datefmt_set_init(struct datefmt_set *set, enum datefmt_range range);

/* False when no survivor takes the value. */
bool datefmt_set_add(struct datefmt_set *set, const char *s, size_t n);

/* The first candidate that takes the value, or NULL. */
const char *datefmt_known(const char *s, size_t n, enum datefmt_range range);

/* One reading is left, and no value can bring another one back. */
bool datefmt_set_settled(const struct datefmt_set *set);

/* Two survivors differ on set->value, NUL-ended, or NULL: it was too long to be kept. */
bool datefmt_set_conflict(struct datefmt_set *set);

/*
 * The i-th surviving candidate's format, or NULL; i = 0 is the one to use.
 * The order is fixed: ISO first, then month first, day first, year first.
 */
const char *datefmt_set_format(const struct datefmt_set *set, int i);

#endif
