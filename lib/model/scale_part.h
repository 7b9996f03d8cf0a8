/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_PART_H
#define MODEL_SCALE_PART_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/scale_spec.h"
#include "model/scale_sums.h"
#include "stream/tsv.h"
#include "table/names.h"
#include "table/part.h"
#include "table/runs.h"

/*
 * Parts (table/part.h) of a fit.  The key is the column's name, a TAB and a
 * value; the records of a column are
 *
 *	kind number    no value; the sums of the column
 *	kind category  no value; how many rows have a level, and how many none
 *	kind value     where quantiles and the like are wanted: a distinct value, as
 *	               16 hexadecimal digits that sort like the numbers, and its rows
 *	kind level     a level of a category and its rows
 */
enum scale_kind { SCALE_NUMBER, SCALE_CATEGORY, SCALE_VALUE, SCALE_LEVEL };

struct scale_entry {
	enum scale_kind kind;
	struct scale_sums sums; /* of value and level: n alone */
};

/* The columns of a part. */
void scale_part_names(struct opt_list *names);

/* A line of a part, with its LF; the key escaped. */
void scale_part_line(struct buf *to, struct span key, const struct scale_entry *e);

/* The control record's line. */
void scale_part_control(struct buf *to, const struct scale_control *c);

/*
 * Brings records together: those of one key become one, and entry() gets them
 * in byte order of their (escaped) keys.  Within a run keys do not descend;
 * with more than one run all go through a temporary file (table/runs.h).
 */
struct scale_merge {
	/* set by the caller */
	void *ctx;
	void (*entry)(void *ctx, struct span key, const struct scale_entry *e);
	bool has_runs; /* there will be more than one; may be set until the first put */

	/* private */
	struct runs runs;
	struct buf key, text;
	struct scale_entry waits;
	bool has_entry;
};
void scale_merge_put(struct scale_merge *m, struct span key, const struct scale_entry *e);
void scale_merge_break(struct scale_merge *m);
void scale_merge_finish(struct scale_merge *m);

/* Any number of parts: PART_MERGE_MAX at a time. */
struct scale_parts {
	/* set by the caller */
	char **paths;
	size_t n_paths;
	const struct tsv_open *how;
	bool bare;
	struct scale_merge *merge;
	struct scale_control *control;

	struct tsv_in *in; /* the first, for its name and provenance */

	/* private */
	struct opt_list names;
	struct part part;
	struct buf key;
};

/* Opens the first ones and checks that they are parts; dies (status 1). */
void scale_parts_open(struct scale_parts *p);

/* Reads all of them, into merge and control; dies as part_read does. */
void scale_parts_read(struct scale_parts *p);

#endif
