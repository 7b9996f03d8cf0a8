/* SPDX-License-Identifier: MIT */
#ifndef VIEW_DOC_H
#define VIEW_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "value/dec.h"
#include "value/span.h"

/*
 * A report as a tree that knows no format: sections of blocks, a block being
 * a paragraph, key figures, cards, a table, a chart or lines.  Everything
 * lives in the document's arena until doc_free.  All text is clean: valid
 * UTF-8 without control bytes (doc_clean makes it so), but not escaped for
 * any format; that is each renderer's own duty.
 */

enum doc_kind {
	DOC_NONE,  /* missing */
	DOC_TEXT,
	DOC_INT,
	DOC_REAL,
	DOC_MONEY, /* an exact decimal, 10^-12 */
	DOC_SHARE, /* 0..1, shown as per cent */
	DOC_P,     /* a probability of a test */
};

struct doc_cell {
	enum doc_kind kind;
	const char *text; /* DOC_TEXT */
	struct span raw;  /* DOC_TEXT from data: the stream's own bytes; s NULL: none */
	bool data;        /* the text comes from the data */
	int64_t integer;
	dec_wide pico;
	double real;      /* DOC_REAL, DOC_SHARE, DOC_P; NaN shows as missing */
	int digits;       /* decimals shown; -1: doc_finish chooses for the column */
	double bar;       /* length of a bar beside the number, 0..1; NaN: none */
	double heat;      /* -1 (far below) .. 0 .. 1 (far above); NaN: none */
};

struct doc_column {
	const char *name;  /* in TSV */
	const char *title; /* for people */
	bool numeric;      /* right aligned */
};

enum doc_use {
	DOC_EVERYWHERE = 0,
	DOC_PEOPLE = 1,  /* not in TSV */
	DOC_RECORDS = 2, /* in TSV only */
	DOC_DETAILS = 4, /* for people who open it: folded in HTML */
	DOC_ONE_UNIT = 8, /* all its numbers have the same decimals */
};

struct doc_table {
	const char *id, *caption;
	unsigned use; /* enum doc_use, or-ed */
	struct doc_column *column;
	size_t n_columns;
	struct doc_cell *cell; /* [n_rows][n_columns] */
	size_t n_rows, n_foot; /* the last n_foot rows are sums and checks; not in TSV */
	/* DOC_RECORDS only: fills row r on demand where there may be very many; cell is NULL */
	void (*fill)(const void *ctx, size_t r, struct doc_cell *row);
	const void *ctx;
	size_t capacity;
};

enum chart_kind {
	CHART_BARS,
	CHART_LINE,
	CHART_RANGE,
	CHART_GANTT,
	CHART_SCATTER,    /* points; series are what can be an axis, the first two are drawn */
	CHART_SILHOUETTE, /* one series, -1..1, falling within each kind of points */
};

struct chart_series {
	const char *name;
	double *y; /* [n]; NaN: no point */
};

struct chart {
	enum chart_kind kind;
	const char *id, *title, *desc; /* desc says in words what can be seen */
	const char *x_title, *y_title;
	const char **label;            /* [n] CHART_BARS and CHART_RANGE: one group each */
	const char **group;            /* [n] CHART_GANTT: who, equal ones together */
	double *x;                     /* [n] CHART_LINE */
	size_t n;
	/* CHART_GANTT: two series, first and last day + 1, from 0 */
	/* CHART_RANGE: five series: min (unused), q25, median, q75, max (unused) */
	struct chart_series *series;
	size_t n_series;
	double mark_x;                 /* CHART_LINE: a vertical mark; NaN: none */
	const char *mark;              /* its label */
	bool percent;                  /* values are shares */
	/* CHART_SCATTER, CHART_SILHOUETTE: points in the order of their kinds */
	const uint32_t *kind_of;       /* [n] below n_kinds, ascending */
	const char **kind_name;        /* [n_kinds] */
	double *kind_share, *kind_mean; /* [n_kinds] CHART_SILHOUETTE: height, and what is said */
	size_t n_kinds;
	bool diagonal;                 /* CHART_LINE: the line of no effect from (0,0) to (1,1) */
};

struct doc_pair {
	const char *label, *value, *note; /* note may be NULL */
};

struct doc_card {
	const char *title;    /* from the data */
	int number;           /* which colour, 0-based */
	struct doc_pair *fact;
	size_t n_facts;
	const char **line;    /* sentences */
	size_t n_lines;
};

enum doc_block_kind { DOC_PARA, DOC_NOTE, DOC_KEYS, DOC_CARDS, DOC_TABLE, DOC_CHART, DOC_LINES };

struct doc_block {
	enum doc_block_kind kind;
	const char *text;         /* DOC_PARA, DOC_NOTE */
	struct doc_pair *pair;    /* DOC_KEYS */
	struct doc_card *card;    /* DOC_CARDS */
	const char **line;        /* DOC_LINES */
	size_t n;                 /* of pairs, cards or lines */
	struct doc_table *table;
	struct chart *chart;
};

struct doc_section {
	const char *id, *title;
	struct doc_block *block;
	size_t n_blocks, capacity;
};

struct doc {
	const char *title, *subtitle;
	const char **note; /* [n_notes] below the subtitle */
	size_t n_notes;
	struct doc_section *section;
	size_t n_sections, capacity;
	struct mem_arena arena;
};

/* Memory of the document: zeroed, 16-byte aligned, valid until doc_free. */
void *doc_alloc(struct doc *d, size_t n, size_t size);
char *doc_printf(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Text from the data (raw, as in a stream) made fit to show: unescaped, bytes
 * that are no valid UTF-8 become U+FFFD, control characters and the marks that
 * turn the direction of writing (U+202A..E, U+2066..9) as well, TAB and line
 * ends a blank; the empty text becomes "(missing)", one of
 * blanks alone "(blank)".
 */
const char *doc_clean(struct doc *d, struct span raw);

struct doc_section *doc_add_section(struct doc *d, const char *id, const char *title);

/* Appended to the section given; the results stay where they are, a section
 * only until the next doc_add_section. */
struct doc_block *doc_add(struct doc *d, struct doc_section *s, enum doc_block_kind kind);
void doc_para(struct doc *d, struct doc_section *s, const char *text);
void doc_note(struct doc *d, struct doc_section *s, const char *text);
struct doc_table *doc_table(struct doc *d, struct doc_section *s, const char *id,
			    const char *caption, unsigned use);
struct chart *doc_chart(struct doc *d, struct doc_section *s, enum chart_kind kind, const char *id,
			const char *title, size_t n, size_t n_series);

/* All columns before the first row. */
void doc_column(struct doc *d, struct doc_table *t, const char *name, const char *title,
		bool numeric);

/* The cells of a new row, all missing; valid until the next doc_row. */
struct doc_cell *doc_row(struct doc *d, struct doc_table *t);

struct doc_cell doc_cell_text(const char *clean);                /* our own words */
struct doc_cell doc_cell_data(const char *clean, struct span raw);
struct doc_cell doc_cell_int(int64_t v);
struct doc_cell doc_cell_real(double x);
struct doc_cell doc_cell_money(dec_wide pico);
struct doc_cell doc_cell_share(double x);
struct doc_cell doc_cell_p(double p);

/* Chooses the decimals of the cells that have none, column by column; tables
 * without rows are for records alone. */
void doc_finish(struct doc *d);

/* The section with this id, or NULL. */
struct doc_section *doc_find(struct doc *d, const char *id);
void doc_free(struct doc *d);

#endif
