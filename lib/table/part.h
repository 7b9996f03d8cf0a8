/* SPDX-License-Identifier: MIT */
#ifndef TABLE_PART_H
#define TABLE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/opt.h"
#include "stream/tsv.h"
#include "value/span.h"

/*
 * Parts: partial results as ordinary streams.  The first column is the key:
 * the raw fields of the key's columns with TABs between them, escaped once
 * more; the next are the state of the key.  The last, `control`, is empty but
 * in control records, whose key is U+10FFFF: no valid UTF-8 sorts behind it.
 * Each file ends in at least one, unless it is bare: without a header, which
 * is what sorting and joining tools want to be given and hand on.
 */
#define PART_CONTROL_KEY "\xf4\x8f\xbf\xbf"

/* Whether a key is, or would sort behind, the control record's. */
static inline bool part_is_reserved(struct span key)
{
	return key.n >= 4 && key.s[0] == '\xf4' && memcmp(key.s, PART_CONTROL_KEY, 4) == 0;
}

#define PART_MERGE_MAX 24

struct part {
	const char *program;            /* that makes such parts, for messages */
	const char *const *state_name;  /* the columns of the state that are always there */
	size_t n_state;
	const struct opt_list *bare;    /* NULL, or the columns of bare parts */

	void *ctx;
	/* Both return NULL, or what is wrong; *column counts from the state's first. */
	const char *(*state)(void *ctx, struct span key, const struct span *field, size_t *column);
	const char *(*control)(void *ctx, struct span text);
	/*
	 * NULL, or: all states of the key there was are added.  Then up to
	 * PART_MERGE_MAX operands are read side by side.
	 */
	void (*key_end)(void *ctx);

	/* after part_open */
	struct tsv_in *in[PART_MERGE_MAX]; /* [n], one operand each, or the first for all */
	size_t n;
	bool in_order; /* the first: part_read goes by keys */
};

/* Opens the operands. */
void part_open(struct part *p, char **paths, size_t n_paths, const struct tsv_open *how);

/*
 * Checks the header of a part; appends the raw names of the key's columns and
 * those of the further columns of the state.  Dies (status 1) if it is no part.
 */
void part_columns(const struct part *p, struct opt_list *key, struct opt_list *further);

/*
 * Reads all records to the verified end of the last operand; in order: those
 * of all operands in byte order of their keys, and key_end() behind each key.
 * Dies (status 1) where a file ends without a control record or has others
 * behind it, on what state() and control() refuse and, in order, where an
 * operand is not sorted or has other columns than the first.
 */
void part_read(const struct part *p);

#endif
