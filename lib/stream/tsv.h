/* SPDX-License-Identifier: MIT */
#ifndef STREAM_TSV_H
#define STREAM_TSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/dec.h"
#include "value/span.h"

/*
 * The strict stream: seg-tsv(5).  Fields are handed out and taken raw, that
 * is escaped: equality and byte order of raw fields are what keys use, and
 * copying a field through needs no work.  The empty field is missing.
 */

#define TSV_BEFORE 16
#define TSV_BEHIND 32

struct tsv_in {
	/* of the current record; valid until the next tsv_next */
	struct span *field; /* side by side in one line, a byte between two; TSV_BEFORE
			     * bytes before each and TSV_BEHIND behind may be read */
	uint64_t line;      /* in the current file, the header is line 1 */
	const char *file;   /* for messages */

	/* of the stream; valid until tsv_close */
	struct span *name;  /* column names, raw; [n_columns] */
	const char **text;  /* the same, NUL-ended */
	size_t n_columns;
	uint64_t n_rows;    /* records handed out so far */
	struct tsv_reader *reader;
};

struct tsv_open {
	bool read_ahead;      /* inflate in a thread of its own */
	int64_t expect_rows;  /* -1, or: die at the end unless there were so many */
	bool progress;        /* on standard error, when it is a terminal */
};

/*
 * Opens the operands ("-": standard input), read one after the other as one
 * stream; each must carry the same columns as the first.  Reads the first
 * header.  Dies (status 1) on anything that seg-tsv(5) does not allow.
 */
struct tsv_in *tsv_open(char *const *paths, size_t n_paths, const struct tsv_open *how);

/* The same for operands without a header, whose columns are raw names, copied. */
struct tsv_in *tsv_open_bare(char *const *paths, size_t n_paths, const struct tsv_open *how,
			     char *const *columns, size_t n_columns);

/* The next record in in->field[0..n_columns); false at the verified end. */
bool tsv_next(struct tsv_in *in);

/* The provenance lines of the first operand ("" when none). */
const char *tsv_provenance(const struct tsv_in *in);

void tsv_close(struct tsv_in *in);

/* Index of the column with this name, or -1. */
ptrdiff_t tsv_column(const struct tsv_in *in, const char *name);

/*
 * "FILE:LINE: column NAME: TEXT" about field `column` of the current record;
 * column < 0: "FILE:LINE: TEXT".  Ends the process with status 1.
 */
_Noreturn void tsv_die(const struct tsv_in *in, ptrdiff_t column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Likewise "FILE:LINE: column NAME: "VALUE" TEXT", with the field quoted. */
_Noreturn void tsv_die_value(const struct tsv_in *in, size_t column, const char *text);

/* "FILE:LINE: column NAME: "VALUE"", to be freed: for a warning's first place. */
char *tsv_place(const struct tsv_in *in, size_t column);

/*
 * The value of a field of the current record; anything else dies with
 * "not a number: "12,5"" and the like.  Missing: see each.
 */
double tsv_real(const struct tsv_in *in, size_t column);       /* missing: NaN */
int64_t tsv_int(const struct tsv_in *in, size_t column);       /* missing: dies */
dec_wide tsv_pico(const struct tsv_in *in, size_t column);     /* missing: dies; 10^-12 */
dec_wide tsv_pico_near(const struct tsv_in *in, size_t column, uint64_t *n_rounded); /* the
	same; more than 12 decimals are rounded half to even and counted */
int64_t tsv_seconds(const struct tsv_in *in, size_t column);   /* a date or date and time; missing: dies */

struct tsv_out;

struct tsv_create {
	bool plain;             /* -p */
	int64_t level;          /* -z, or -1 */
	const char *provenance; /* what goes into the extra field, or NULL */
};

/* The stream on standard output. */
struct tsv_out *tsv_create(const struct tsv_create *how);

/* The same without a header: the first row is taken, but not written. */
struct tsv_out *tsv_create_bare(const struct tsv_create *how);

/*
 * A side output: written to a temporary beside `path`, renamed when
 * tsv_finish has synced it.  Side outputs are finished before standard output.
 */
struct tsv_out *tsv_create_file(const char *path, const struct tsv_create *how);

/* The input's provenance with one more line; to be freed. */
char *tsv_chain(const char *input_provenance, const char *line);

/*
 * One row: a value for each column in turn, then tsv_end_row.  The first row
 * is the header; its tsv_end_row also flushes.  The number of fields of each
 * row is checked against the header's (a programming error: dies).
 */
void tsv_put(struct tsv_out *out, const char *s, size_t n);      /* raw */
void tsv_put_span(struct tsv_out *out, struct span raw);
void tsv_put_record(struct tsv_out *out, const struct tsv_in *in); /* all fields of the record at hand */
void tsv_put_text(struct tsv_out *out, const char *s);           /* NUL-ended, escaped here */
void tsv_put_real(struct tsv_out *out, double x);                /* NaN: missing */
void tsv_put_int(struct tsv_out *out, int64_t v);
void tsv_put_micro(struct tsv_out *out, int64_t micro);
void tsv_put_pico(struct tsv_out *out, dec_wide pico);
void tsv_put_days(struct tsv_out *out, int64_t days);
void tsv_put_missing(struct tsv_out *out);

/* n fields, raw with TABs between them; empty text: all missing. */
void tsv_put_fields(struct tsv_out *out, struct span text, size_t n);
void tsv_end_row(struct tsv_out *out);

/* Whole rows already in stream form, LF-ended; n_rows of them. */
void tsv_put_rows(struct tsv_out *out, const char *s, size_t n, uint64_t n_rows);

/* Data rows put so far (without the header). */
uint64_t tsv_rows(const struct tsv_out *out);

/* The end mark, close, and for a file sync and rename.  Frees out. */
void tsv_finish(struct tsv_out *out);

#endif
