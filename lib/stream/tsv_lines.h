/* SPDX-License-Identifier: MIT */
#ifndef STREAM_TSV_LINES_H
#define STREAM_TSV_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/tsv.h"

/*
 * Lines in a buffer, taken one after the other as records.  For stream/tsv_*.c:
 * what a record is, and what is said of one that is none, is here alone.
 */
struct tsv_lines {
	char *s;                   /* TSV_BEFORE bytes before and TSV_BEHIND behind may be read */
	size_t capacity, pos, end; /* the next record starts at pos; bytes up to end */
	uint32_t *index;           /* separators at and behind pos: index[at..n_index);
				    * index[-1] is the byte before s, modulo 2^32 */
	size_t at, n_index;
	bool special;              /* bytes behind pos want to be looked at */
	size_t bad;                /* offset of the first byte that is not allowed, or SIZE_MAX */
};

void tsv_lines_init(struct tsv_lines *l, size_t capacity);
void tsv_lines_free(struct tsv_lines *l);

/* No bytes. */
void tsv_lines_empty(struct tsv_lines *l);

/* Room for so many bytes in all; never less than there is. */
void tsv_lines_room(struct tsv_lines *l, size_t capacity);

/* The bytes from pos on to the front. */
void tsv_lines_shift(struct tsv_lines *l);

/* Finds the separators in s[from..end), the bytes before having been indexed,
 * and what is not allowed in whole lines. */
void tsv_lines_index(struct tsv_lines *l, size_t from);

enum tsv_got { TSV_MORE, TSV_RECORD, TSV_FAULT };

/*
 * The record at pos into in->field, and behind it; or: its LF is not there yet
 * (TSV_MORE); or it is none, and stays (TSV_FAULT).
 */
enum tsv_got tsv_lines_next(struct tsv_lines *l, struct tsv_in *in);

/* Whether the buffer is n_lines lines that are all records; nothing of it has
 * been taken. */
bool tsv_lines_whole(const struct tsv_lines *l, size_t n_columns, size_t n_lines);

/* Fields of the line at pos, or 0 when its LF is not there yet. */
size_t tsv_lines_fields(const struct tsv_lines *l);

/* Whether the line of n fields at pos has a byte that is not allowed. */
bool tsv_lines_bad(const struct tsv_lines *l, size_t n);

/* About the line at pos, number in->line: what byte is not allowed, or what is
 * wrong with its fields.  in->name may be NULL: a header. */
_Noreturn void tsv_lines_die_bad(const struct tsv_lines *l, const struct tsv_in *in);
_Noreturn void tsv_lines_die(const struct tsv_lines *l, const struct tsv_in *in);

#endif
