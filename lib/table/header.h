/* SPDX-License-Identifier: MIT */
#ifndef TABLE_HEADER_H
#define TABLE_HEADER_H

#include <stddef.h>
#include <stdint.h>

#include "stream/tsv.h"
#include "table/dict.h"
#include "value/span.h"

/*
 * The header of an output, name by name; a name that comes twice dies:
 *
 *	seg-assign: column segment would come twice in the output
 *
 * Zeroed struct = no name yet.
 */
struct header {
	struct dict names;
};
void header_put(struct header *h, struct tsv_out *out, struct span name);

/* Ends the header's row and frees the names. */
void header_end(struct header *h, struct tsv_out *out);

/*
 * Dies when a count is not 0, and says where: "FILE: missing values: income
 * 24, age 3; ADVICE".
 */
void header_check_missing(const char *file, const char *const *name, const uint64_t *count,
			  size_t n, const char *advice);

#endif
