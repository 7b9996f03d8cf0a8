/* SPDX-License-Identifier: MIT */
#ifndef VIEW_REPORT_H
#define VIEW_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/anova.h"
#include "model/crosstab.h"
#include "model/figures.h"
#include "model/kmodel.h"
#include "model/pairs.h"
#include "model/shares.h"
#include "table/levels.h"
#include "view/asked.h"
#include "view/doc.h"

/* What a report is made of: figures, already computed, with their names. */

struct report_segment {
	struct span raw;     /* the label as in the stream */
	const char *label;   /* for people */
	uint64_t n;          /* rows */
	uint64_t n_valued;   /* rows that have a value */
	dec_wide value;
};

struct report_column {
	struct span raw;     /* the column's name */
	const char *title;
	bool fitted;         /* the segments were made from it: its p is circular */
	struct figures figures;
	struct anova anova;
	double p_holm, welch_p_holm, kruskal_p_holm;
	struct pair *pair;   /* [n_segments (n_segments - 1) / 2], see paired.c; NULL: not wanted */
};

struct report_share {
	struct span raw;     /* the column's name */
	const char *title, *word; /* in a heading, in a sentence */
	struct levels levels;
	struct shares shares; /* groups numbered as in report.place */
	size_t *order;       /* [levels.n] levels, most valuable first, ties by bytes */
	bool fitted;
	struct crosstab crosstab;
	double p_holm;
};

/* A small table from another filter: a sweep, a lift table. */
struct report_extra {
	const char *file;
	size_t n_columns, n_rows;
	struct span *name;   /* [n_columns] raw */
	struct span *cell;   /* [n_rows][n_columns] raw */
};

struct report_points;

struct report {
	const char *title;
	const char *by;      /* clean name of the column that names the segments */
	const char *noun;    /* "customers" or "rows" */
	size_t n_segments;
	struct report_segment *segment;
	uint64_t n_rows;     /* with a segment */
	uint64_t n_left_out; /* without */
	bool valued;         /* --value was given */
	const char *value_title; /* "Revenue" */
	const char *value_word;  /* "revenue" */
	dec_wide value;
	uint64_t n_valued;
	size_t n_columns;
	struct report_column *column;
	size_t n_shares;
	struct report_share *share;
	const struct asked *asked;
	const struct report_points *points; /* see points.h; NULL: not wanted */
	bool all_words;      /* records of every word are wanted */
	const struct kmodel *model;        /* NULL: not given */
	struct report_extra *sweep, *lift, *playbook, *logit, *calibration, *migration,
		*lookalike;                /* NULL: not given */
	uint64_t top;                      /* of lookalike: the audience; 0: all */
	const char *playbook_file;
	const char *provenance;            /* of the input, LF-ended lines */
	uint64_t n_checked;                /* figures recomputed by the second path */
};

enum report_section {
	REPORT_OVERVIEW,
	REPORT_PROFILES,
	REPORT_INDEX,
	REPORT_GRID,
	REPORT_SHARES,
	REPORT_WORDS,
	REPORT_ANOVA,
	REPORT_PAIRS,
	REPORT_CATEGORIES,
	REPORT_CHOOSING_K,
	REPORT_SILHOUETTE,
	REPORT_SCATTER,
	REPORT_LOGIT,
	REPORT_LIFT,
	REPORT_CALIBRATION,
	REPORT_MIGRATION,
	REPORT_LOOKALIKE,
	REPORT_AB,
	REPORT_PLAYBOOK,
	REPORT_PROVENANCE,
	REPORT_SELF_CHECK,
	REPORT_N_SECTIONS
};

/* "overview", "profiles", ... */
extern const char *const report_section_name[REPORT_N_SECTIONS];

/*
 * Builds the document of the sections wanted (of those that there are figures
 * for).  A section's first table fit for records is what --format tsv prints.
 */
void report_build(struct doc *d, const struct report *r, const bool want[REPORT_N_SECTIONS]);

/* The index 100 mean / population mean, or NaN where the population's mean is
 * not above a hundredth of its standard deviation: a ratio to about nothing. */
double report_index(const struct figures *f, size_t segment);

/* The first column of a table about segments, and its cells. */
void report_segment_column(struct doc *d, struct doc_table *t, const struct report *r);
struct doc_cell report_segment_cell(const struct report *r, size_t segment);

/* A title as it stands inside a sentence: "Country" as "country". */
char *report_word(struct doc *d, const char *title);

#endif
