/* SPDX-License-Identifier: MIT */
#ifndef STREAM_TSV_READER_H
#define STREAM_TSV_READER_H

#include "base/progress.h"
#include "stream/gz.h"
#include "stream/tsv_lines.h"

/* For stream/tsv_*.c: what a tsv_in is made of, and how it goes from operand to operand. */
struct tsv_reader {
	struct tsv_in in;      /* what the user sees */
	char *const *paths;
	size_t n_paths, n_opened;
	struct tsv_open how;
	bool is_bare;          /* no header lines */
	struct gz_in *gz;      /* NULL at the end of the last operand */
	char *provenance;
	struct progress progress;
	uint64_t bytes_before; /* compressed bytes of the operands already closed */
	struct tsv_lines lines;
};

#define TSV_LINE_BYTES_MAX ((size_t)1 << 30)
_Noreturn void tsv_reader_die_long(const struct tsv_reader *r);

void tsv_reader_tick(struct tsv_reader *r);

/*
 * Behind the verified end of an operand, of which r->lines holds what came
 * behind its last LF: opens the next one and reads its header.  False: there is
 * none, and the number of rows is the one expected.
 */
bool tsv_reader_next(struct tsv_reader *r);

#endif
