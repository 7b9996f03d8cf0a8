/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_H
#define STREAM_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/span.h"

/*
 * CSV records.  libcsv is the arbiter: LF, CR or CR LF ends a record, empty
 * lines are no records, a field that begins with a quote runs to the next one,
 * two quotes inside it are one, a quote in the middle of a bare field is a
 * byte like any other, nothing is trimmed.  Where neither a delimiter nor a
 * line's end follows the closing quote, libcsv would go on inside the field,
 * over any number of lines: here the line is a fault, and never a record.
 * Records without a quote byte, or with quotes only around whole fields and
 * doubled inside them, are split by a vectorised scan, with the same fields;
 * all others go through libcsv itself.
 */

struct csv_dialect {
	char delimiter, quote; /* two different bytes, neither CR nor LF */
	const struct csv_fixed *fixed; /* if not NULL, fields stand at places: no delimiter, no quote */
};

/*
 * Fixed-width columns: bytes start..end - 1 of each line, counted from 0.  A
 * line that ends before a column begins has too few fields; bytes outside the
 * columns are passed over.
 */
struct csv_fixed {
	struct csv_place {
		struct span name;
		size_t start, end;
	} *column;
	size_t n, capacity;
};

/* Appends "NAME=first-last", bytes counted from 1; false: it is not that. */
bool csv_fixed_add(struct csv_fixed *f, const char *item);
void csv_fixed_free(struct csv_fixed *f);

static inline bool csv_ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* Bytes that must be readable behind a block's end; their values do not matter. */
#define CSV_SLACK 64

/* What csv_scan finds in n bytes; the room is the caller's. */
struct csv_marks {
	size_t n;        /* delimiters, quotes, CRs and LFs: the structural bytes */
	uint32_t *at;    /* [n + 64]: where they are, ascending */
	uint64_t *other; /* [n / 64 + 3] bits: bit i says that the byte at[i] is no delimiter */
	/* [n / 64 + 2] each: how many of the first i groups of 64 bytes ... */
	uint32_t *care;   /* want care: have a control byte that is not structural, a backslash, a byte above 127 */
	uint64_t *quoted; /* have a quote; times CSV_SPECIAL: have more than delimiters and other text in a quoted field */
};

/* A line's end, two quotes that are one, a TAB that delimits. */
#define CSV_SPECIAL ((uint64_t)1 << 32)

/*
 * The marks of s[0..n); s[n] is readable.  Text without what wants care is
 * valid and needs no escapes.  `which` -1: the best the processor has; 0 plain
 * C, 1 AVX2, 2 AVX-512 (all give the same; for tests): falls back when the
 * processor lacks it.  Nothing is special.
 */
void csv_scan(const char *s, size_t n, const struct csv_dialect *d, int which, struct csv_marks *to);

/*
 * The same of bytes that begin a record, without quotes and what stands in
 * quoted fields.  Returns of how many bytes: less than n where a quote is
 * neither the first nor the last byte of a field nor doubled.
 */
size_t csv_scan_fields(const char *s, size_t n, const struct csv_dialect *d, int which, struct csv_marks *to);

/* LFs in s[0..n). */
uint64_t csv_count_lf(const char *s, size_t n);

/* Whether the processor has the variant. */
bool csv_scan_has(int which);

enum csv_cut {
	CSV_CUT_MORE,     /* no whole record yet: more bytes are needed */
	CSV_CUT_RECORDS,  /* whole records */
	CSV_CUT_UNCLOSED, /* one line that opens a quoted field which does not close */
	CSV_CUT_STRAY,    /* one line that opens a quoted field which goes on behind its closing quote */
};

/* What csv_cut has found out: a quoted field that opens at `from` or later does not close before `until`. */
struct csv_stuck {
	size_t from, until;
};

/*
 * The longest prefix of s[0..n) that holds whole records only; s[0] begins a
 * record, `end` says that no bytes follow.  A quoted field that does not
 * close within max_field bytes, or at all, makes its record's first line
 * (alone) a CSV_CUT_UNCLOSED, one that goes on a CSV_CUT_STRAY; records before it come first.  *length is 0 for
 * CSV_CUT_MORE.  O(n) by memchr.  *stuck, zeroed at first, is kept for the
 * next call, moved by csv_stuck_move when bytes are taken off the front: so
 * that many quotes that do not close cost O(n) together.
 */
enum csv_cut csv_cut(const char *s, size_t n, bool end, const struct csv_dialect *d,
		     size_t max_field, struct csv_stuck *stuck, size_t *length);
void csv_stuck_move(struct csv_stuck *stuck, size_t n);

/*
 * The records of a block that csv_cut made.  Set s, n and dialect of a zeroed
 * struct by csv_begin; buffers are kept between blocks until csv_records_free.
 */
struct csv_records {
	/* of the current record; valid until the next csv_next */
	struct span *field;
	size_t n_fields;
	struct span record;  /* as it stands, without its line's end */
	uint64_t line;       /* of its first byte; the block's first line is 0 */
	bool quoted;         /* some byte of it is a quote: equal fields may be other bytes */

	/* at the end of the block */
	uint64_t n_lines;    /* line ends; a last line without one counts */
	uint64_t n_blank;    /* empty lines outside quoted fields */
	uint64_t first_blank; /* the line of the first one */
	uint64_t n_records;

	/* private */
	const char *s, *end, *next;
	struct csv_dialect dialect;
	struct csv_marks marks; /* from `base` on; at[-1] is there, and the byte before `base` */
	size_t i_at, room_at, window; /* the next one; bytes of room; bytes scanned */
	enum { CSV_FOR_ALL, CSV_FOR_RECORDS, CSV_FOR_ROWS } use; /* by csv_scan, by csv_scan_fields; without quotes: the same */
	size_t row_window;   /* how far to look for rows */
	uint64_t n_inside;   /* line ends in quoted fields of the record */
	const char *base;
	size_t room_field;
	char *undoubled;     /* quoted fields with "" made "; as much room as `at` has positions */
	size_t n_undoubled;
	struct csv_quoted *quoted_parser;
};

void csv_begin(struct csv_records *r, const char *s, size_t n, const struct csv_dialect *d);

/*
 * Records by columns.  Each has n_fields fields, no line end inside a quoted
 * one, and no TAB that is the delimiter.  Spans are valid until the next call
 * of csv_next_rows.
 */
#define CSV_ROWS 32

struct csv_rows {
	size_t n;
	struct span *field;          /* [csv_row_room(n_fields)][CSV_ROWS]; the caller's */
	struct span record[CSV_ROWS]; /* as they stand, without the line's end */
	uint64_t line;               /* of the first; each takes one line */
	uint64_t quoted;             /* bit j: some byte of record j is a quote */
	uint64_t care;               /* bit j: perhaps a control byte, a backslash, a byte above 127 */
};

/* Fields are written by fours. */
static inline size_t csv_row_room(size_t n_fields)
{
	return (n_fields + 3) / 4 * 4;
}

/*
 * As many of the next records as can be had so, at most CSV_ROWS: they are
 * counted and passed over, as csv_next would.  0: csv_next has to say what
 * comes next.
 */
size_t csv_next_rows(struct csv_records *r, size_t n_fields, struct csv_rows *rows);

/* False at the end of the block. */
bool csv_next(struct csv_records *r);
void csv_records_free(struct csv_records *r);

/* The fields of the record r->record.s..end by r->dialect.fixed. */
void csv_fixed_split(struct csv_records *r, const char *end);

/*
 * The offset of the quote that ends a quoted field whose content begins at
 * s[0] (the first that is not doubled), or n when none does; a quote at n - 1
 * only with `end`.
 */
size_t csv_close_quote(const char *s, size_t n, bool end, const struct csv_dialect *d);

/*
 * The delimiter, of comma, semicolon, TAB and pipe, under which most of the
 * first records of s[0..n) have as many fields as the first one, more than
 * one; the earlier in this list of equals; comma when there is none.
 */
char csv_guess_delimiter(const char *s, size_t n, bool end, char quote);

#endif
