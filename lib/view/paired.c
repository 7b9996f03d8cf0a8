/* SPDX-License-Identifier: MIT */
#include "view/paired.h"

#include <math.h>

#include "base/par.h"
#include "view/format.h"

/* Rows of the table for people: more cannot be read. */
#define PAIRS_SHOWN 120

static size_t n_pairs(const struct report *r)
{
	return r->n_segments * (r->n_segments - 1) / 2;
}

/* The pairs in the order (0,1), (0,2), ..., (1,2), ... */
static void pair_at(size_t n_segments, size_t number, size_t *i, size_t *j)
{
	*i = 0;
	while (number >= n_segments - 1 - *i)
		number -= n_segments - 1 - (*i)++;
	*j = *i + 1 + number;
}

static void compute(void *ctx, size_t n)
{
	struct report *r = ctx;
	struct report_column *x = &r->column[n / n_pairs(r)];
	size_t number = n % n_pairs(r), i, j;
	pair_at(r->n_segments, number, &i, &j);
	pairs_compare(&x->pair[number], &x->figures, &x->anova, i, j, !x->fitted);
}

void paired_compute(struct report *r, struct doc *d, int threads)
{
	for (size_t c = 0; c < r->n_columns; c++)
		r->column[c].pair = doc_alloc(d, n_pairs(r) + 1, sizeof *r->column[c].pair);
	par_for(threads, r->n_columns * n_pairs(r), compute, r);
}

static void put_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const name[] = { "difference", "tukey_q", "tukey_df", "tukey_p",
					    "games_howell_q", "games_howell_df", "games_howell_p" };
	struct doc_table *t = doc_table(d, sec, "pairs-all", "", DOC_RECORDS);
	struct doc_cell circular = doc_cell_text("circular");
	doc_column(d, t, "column", "Column", false);
	doc_column(d, t, "segment", "Segment", false);
	doc_column(d, t, "other", "Other", false);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	for (size_t n = 0; n < r->n_columns * n_pairs(r); n++) {
		const struct report_column *x = &r->column[n / n_pairs(r)];
		const struct pair *p = &x->pair[n % n_pairs(r)];
		struct doc_cell *row = doc_row(d, t);
		size_t i, j;
		pair_at(r->n_segments, n % n_pairs(r), &i, &j);
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = report_segment_cell(r, i);
		row[2] = report_segment_cell(r, j);
		row[3] = doc_cell_real(p->difference);
		row[4] = doc_cell_real(p->tukey_q);
		row[5] = doc_cell_real(p->tukey_df);
		row[6] = x->fitted ? circular : doc_cell_p(p->tukey_p);
		row[7] = doc_cell_real(p->games_howell_q);
		row[8] = doc_cell_real(p->games_howell_df);
		row[9] = x->fitted ? circular : doc_cell_p(p->games_howell_p);
	}
}

static void put_shown(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const title[] = { "Difference of means", "p (Tukey)", "p (Games-Howell)" };
	struct doc_table *t = doc_table(d, sec, "pairs", "Pairs of segments", DOC_PEOPLE);
	doc_column(d, t, "", "Column", false);
	doc_column(d, t, "", "Segment", false);
	doc_column(d, t, "", "Other", false);
	for (size_t i = 0; i < sizeof title / sizeof *title; i++)
		doc_column(d, t, "", title[i], true);
	for (size_t n = 0; n < r->n_columns * n_pairs(r) && t->n_rows < PAIRS_SHOWN; n++) {
		const struct report_column *x = &r->column[n / n_pairs(r)];
		const struct pair *p = &x->pair[n % n_pairs(r)];
		size_t i, j;
		if (x->fitted)
			continue;
		pair_at(r->n_segments, n % n_pairs(r), &i, &j);
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = report_segment_cell(r, i);
		row[2] = report_segment_cell(r, j);
		row[3] = doc_cell_real(p->difference);
		row[4] = doc_cell_p(p->tukey_p);
		row[5] = doc_cell_p(p->games_howell_p);
	}
	if (t->n_rows == PAIRS_SHOWN)
		doc_note(d, sec, "The first 120 pairs; --format tsv has all of them.");
	if (t->n_rows == 0 && n_pairs(r) > 0)
		doc_note(d, sec, "The segments were made from every column here: p-values of pairs would be "
				 "circular.");
}

void paired_build(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "pairs", "Which segments differ?");
	doc_para(d, sec, "Every pair of segments on every column that the segments were not made from. "
			 "Both p-values allow for the number of pairs: Tukey's takes the variances as "
			 "equal, Games and Howell's does not.");
	put_shown(d, sec, r);
	put_records(d, sec, r);
}
