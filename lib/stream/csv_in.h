/* SPDX-License-Identifier: MIT */
#ifndef STREAM_CSV_IN_H
#define STREAM_CSV_IN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stream/csv.h"
#include "stream/tape.h"

/*
 * CSV operands as blocks of whole records, in order.  gzip or plain; a byte
 * order mark is taken off and, when it is UTF-16's, decides the encoding.
 */

/* One operand; lives until csv_close. */
struct csv_source {
	const char *name;     /* for messages */
	struct csv_dialect dialect;
	struct span header;   /* the header record as it stands */
	struct span *column;  /* its fields */
	size_t n_columns;
	uint64_t header_line; /* the file begins with 1 */
	uint64_t first_line;  /* of the first block: behind the header */
	struct csv_source *next;
};

struct csv_open {
	char delimiter;       /* 0: the one that csv_guess_delimiter finds */
	char quote;
	const struct csv_fixed *fixed; /* fixed-width columns, and no header line; or NULL */
	const char *encoding; /* a name for iconv(3), or NULL: bytes as they are */
	size_t max_field;     /* see csv_cut */
};

struct csv_in;

/* Opens the first operand and reads its header.  Dies when there is none. */
struct csv_in *csv_open(char *const *paths, size_t n_paths, const struct csv_open *how);

/* The operand that the next block comes from. */
const struct csv_source *csv_source(const struct csv_in *in);

struct csv_block {
	const struct csv_source *source;
	enum csv_cut kind;    /* not CSV_CUT_MORE */
	char *s;              /* owned by the struct, kept between calls; CSV_SLACK bytes behind n */
	size_t n, room;
};

/*
 * The next block, about `size` bytes unless a record is larger; false at the
 * verified end of the last operand.  O(n).
 */
bool csv_block(struct csv_in *in, struct csv_block *b, size_t size);
void csv_block_free(struct csv_block *b);

/* Keeps a block for later, and gives the blocks kept back in order; false: none is left. */
void csv_block_keep(struct tape *tape, const struct csv_block *b);
bool csv_block_back(struct tape *tape, struct csv_block *b);

/* Bytes of the current operand taken so far (compressed, if so) and in all; 0: not known. */
uint64_t csv_bytes_read(const struct csv_in *in);
uint64_t csv_bytes_total(const struct csv_in *in);

void csv_close(struct csv_in *in);

#endif
