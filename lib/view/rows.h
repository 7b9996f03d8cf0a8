/* SPDX-License-Identifier: MIT */
#ifndef VIEW_ROWS_H
#define VIEW_ROWS_H

#include "table/columns.h"
#include "table/distinct.h"
#include "view/points.h"
#include "view/report.h"

/*
 * From labelled rows to the figures of a report.  Segments and levels are
 * numbered as they come while reading, and put in order afterwards, so that
 * nothing depends on the order of the rows.  Dies as stream and table do.
 */
struct rows_how {
	const char *by;             /* the column of segments */
	const char *value;          /* summed exactly, or NULL: each row counts 1 */
	const struct opt_list *columns, *share, *fitted;
	bool features;              /* whether the numeric columns are wanted at all */
	bool pairs;                 /* and all pairs of segments on them, */
	bool pairs_of_many;         /* even of more than 12 segments */
	bool points;                /* and a sample of the rows */
	struct asked_how asked;
	int threads;
	uint64_t mem;               /* ceiling in bytes, 0: none */
	int64_t expect_rows;        /* -1: any number */
	const char *fault;          /* for tests of the self-check: "median", "value", "share", "category",
				       "word", "event", "cell" or "silhouette" is made wrong after it was computed; NULL: none */
};

struct rows {
	struct tsv_in *in;
	size_t by;
	ptrdiff_t value, key;
	uint64_t n_rounded;             /* values with more than 12 decimals, */
	char *first_rounded;            /* file and line of the first */
	struct columns features, share;
	struct levels segments;
	struct report_segment *segment; /* [segments.n], in the order they came */
	size_t segment_capacity;
	uint32_t *group;                /* [n_rows] */
	double **x;                     /* [features.n][n_rows] */
	size_t n_rows, capacity;
	struct distinct keys;
	struct asked asked;
	struct report_column *column;   /* [features.n] */
	struct report_points points;
	struct report r;
};

/*
 * Reads the stream to its verified end.  A row whose segment is missing is
 * counted and left out.  Memory: 8 bytes a value, 4 a row, 8 to 24 a row while
 * the keys differ, 24 for each level of the share columns and segment (these
 * rounded up to a power of two), 60 for each level and its text; dies as soon as that, with what the
 * figures will take, passes `mem`.
 */
void rows_read(struct rows *p, char *const *paths, size_t n_paths, const struct rows_how *how);

/*
 * Orders the segments, names things, computes all figures (24 bytes a row and
 * thread on top) and computes them a second time by another path; dies
 * (status 1) naming the column, the segment and the figure that differs.
 * r.model, when set before, gives names and fitted columns.  Texts go to the
 * document.
 */
void rows_figures(struct rows *p, struct doc *d, const struct rows_how *how);

/* Closes the stream; r is no longer valid. */
void rows_free(struct rows *p);

#endif
