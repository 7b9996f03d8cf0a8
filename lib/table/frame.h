/* SPDX-License-Identifier: MIT */
#ifndef TABLE_FRAME_H
#define TABLE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "value/span.h"

/*
 * Numeric columns in memory, one array each (structure of arrays), with the
 * row keys and chosen text columns beside them.  8 bytes a value, 16 a key or
 * text and its bytes.
 */
struct frame {
	size_t n_rows, n_columns;
	double **column;     /* [n_columns][n_rows]; a missing value is a NaN */
	char **name;         /* [n_columns], raw */
	size_t *n_missing;   /* [n_columns] */
	struct span *key;    /* [n_rows], raw, or NULL without a key */
	struct span **text;  /* [n_texts][n_rows], raw */
	size_t n_texts;
	uint64_t *line;      /* the row's line in its file; NULL unless asked for */
	const char **file;   /* the row's file, for messages; NULL unless asked for */
	struct mem_arena keys; /* the bytes of keys and texts */
	size_t capacity;
};

struct frame_read {
	ptrdiff_t key;        /* column of the stream, or -1 */
	const struct columns *text; /* further columns kept as they are, or NULL */
	bool lines;           /* keep each row's file and line */
	uint64_t mem;         /* ceiling in bytes for the whole process, 0: none */
	size_t work_bytes;    /* what the caller will need beside the frame, for each row */
	bool missing_is_error;/* die at the end of input with the number of missing cells by column */
	int threads;          /* that parse; of more than FRAME_THREADS no use is made */
};

/*
 * Reads the rest of the stream.  Dies (status 1) on a value that is no
 * number, with file, line and column, and when the frame would pass `mem`:
 *
 *	seg-kmeans: the frame needs more than --mem 96M allows: 3 columns, 12000000 rows so far
 */
void frame_read(struct frame *f, struct tsv_in *in, const struct columns *c,
		const struct frame_read *how);

/* Dies with the place of the first value of a column that is not above 0; `what`
 * it is, "a weight"; with frame_read.lines. */
void frame_positive(const struct frame *f, size_t column, const char *what);

/* One thread cuts what eight can parse; their blocks are counted in `mem` as
 * long as they are more than work_bytes. */
#define FRAME_THREADS 8

/* What the process holds with this frame, without work_bytes: its arrays and
 * FRAME_FIXED_BYTES of buffers, the program and its libraries. */
#define FRAME_FIXED_BYTES ((uint64_t)12 << 20)
uint64_t frame_bytes(const struct frame *f);
void frame_free(struct frame *f);

#endif
