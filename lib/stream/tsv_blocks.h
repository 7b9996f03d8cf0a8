/* SPDX-License-Identifier: MIT */
#ifndef STREAM_TSV_BLOCKS_H
#define STREAM_TSV_BLOCKS_H

#include "base/par.h"
#include "stream/tsv.h"

/*
 * The rest of a stream in blocks of whole lines: each is worked on by one of
 * several threads, then taken, in the order of the stream.  Whatever is wrong -
 * a record that is none, a value that the caller refuses, a truncated file -
 * is said when everything before it has been taken, so that the first fault in
 * the order of the input is the one that is reported, whatever the number of
 * threads and the size of the blocks.  Spans into a block hold until it has been
 * taken.
 */
struct tsv_block {
	/* the stream as it stands at the record at hand: fields, line, file, names;
	 * for tsv_die and the like.  n_rows counts the records of the block so far. */
	struct tsv_in record;
	uint64_t first_line; /* of its first record */
	size_t n_lines;      /* records, if all are */
	struct tsv_lines *lines;

	/* of a whole block: cell c of record i lies between two places in s,
	 * place[i * n_columns + c - 1] + 1 and place[i * n_columns + c], as
	 * value/num_column takes them */
	const char *s;
	const uint32_t *place;
};

/*
 * The next record of the block into b->record; false at its end, and before a
 * record that is none, which is reported once the block has been taken.  For
 * `work`, or for `take` where `work` found something wrong: there what dies does
 * so in its turn.
 */
bool tsv_block_next(struct tsv_block *b);

/*
 * Whether all lines of the block are records: then `work` may look at its cells
 * a column at a time instead, and say by tsv_block_pass that it did.
 */
bool tsv_block_whole(const struct tsv_block *b);
void tsv_block_pass(struct tsv_block *b);

static inline struct span tsv_block_cell(const struct tsv_block *b, size_t row, size_t column)
{
	const uint32_t *place = b->place + row * b->record.n_columns + column;
	uint32_t start = place[-1] + 1;

	return (struct span){ b->s + start, place[0] - start };
}

struct tsv_blocks {
	void *ctx;
	void (*work)(void *ctx, void *slot, struct tsv_block *b); /* several at once */
	void (*take)(void *ctx, void *slot, struct tsv_block *b); /* one at a time, in order */
	size_t block_bytes; /* 0: TSV_BLOCK_BYTES; a longer line has a block of its own */
};

/* Enough that handing over a block costs nothing, and its text, places and
 * numbers stay in the second-level cache. */
#define TSV_BLOCK_BYTES ((size_t)128 << 10)

/* The most a slot has of text and places, while no line is longer than a block. */
#define TSV_BLOCK_MEMORY (6 * TSV_BLOCK_BYTES)

/*
 * Runs to the verified end of the last operand with n_threads >= 1; slot has
 * tsv_blocks_slots(n_threads) elements of slot_size bytes.  in->n_rows and
 * in->line count the records taken.
 */
void tsv_blocks_run(struct tsv_in *in, const struct tsv_blocks *how, void *slot, size_t slot_size,
		    size_t n_threads);
static inline size_t tsv_blocks_slots(size_t n_threads)
{
	return par_slots(n_threads);
}

#endif
