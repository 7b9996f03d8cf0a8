/* SPDX-License-Identifier: MIT */
#ifndef TABLE_SPOOL_H
#define TABLE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "value/span.h"

/*
 * Streams of records in one unlinked file in $TMPDIR (else /tmp): what does
 * not fit in memory.  Each stream is written to its end, sealed, and read in
 * order.  A full disk or any other failure dies (status 1) and names the
 * directory.
 */
struct spool {
	int fd;
	uint64_t end; /* of the file */
	struct spool_stream *stream;
	size_t n_streams, capacity;
};

/* A stream that is being written holds so much in memory, and so does each
 * reader. */
#define SPOOL_BLOCK ((size_t)32 << 10)

void spool_open(struct spool *s);

/* A new stream; its number. */
size_t spool_add(struct spool *s);

/* Appends a record of n < 2^32 bytes. */
void spool_put(struct spool *s, size_t stream, const char *record, size_t n);

/* Nothing more will be put to the stream; frees its memory. */
void spool_seal(struct spool *s, size_t stream);

struct spool_reader {
	struct spool *spool;
	size_t stream, block; /* the next block to read */
	char *bytes;
	size_t at, n;         /* of the block in memory */
	struct buf record;
};

/* The records of a sealed stream, from the first. */
void spool_read(struct spool_reader *r, struct spool *s, size_t stream);

/* The next one, valid until the one after; false at the end. */
bool spool_next(struct spool_reader *r, struct span *record);
void spool_read_end(struct spool_reader *r);

void spool_close(struct spool *s);

#endif
