/* SPDX-License-Identifier: MIT */
#include "view/reading.h"

#include <string.h>

#include "base/msg.h"
#include "table/columns.h"
#include "table/record.h"

/* Beside the rows: code, buffers. */
#define OWN_BYTES ((uint64_t)24 << 20)

static void need_memory(bool there)
{
	if (!there)
		msg_die(MSG_FAILED, "out of memory");
}

static void *take(void *ctx, size_t n_bytes)
{
	return pages_take(ctx, n_bytes);
}

static void rest(void *ctx, void *at, size_t n_bytes)
{
	pages_rest(ctx, at, n_bytes);
}

static void check_memory(const struct logit_rows *r, struct pages *pages, const struct reading *how)
{
	uint64_t row = sizeof *r->y + (how->weights ? sizeof *r->weight : 0) + how->bytes_row;
	uint64_t kept = r->n * row + OWN_BYTES;

	if (!how->mem)
		return;
	if (kept > how->mem)
		msg_die(MSG_FAILED,
			"the rows need more than --mem %lluM allows: %llu bytes each stay in memory, "
			"%zu rows so far",
			(unsigned long long)(how->mem >> 20), (unsigned long long)row, r->n);
	if (kept + design_bytes(&r->design) > how->mem)
		pages_spill(pages);
}

static bool has_column(const struct columns *c, size_t column)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->index[i] == column)
			return true;
	return false;
}

static void add_source(struct logit_rows *r, struct record *record, const struct tsv_in *in,
		       const struct reading *how, size_t column, bool category)
{
	const char *name = in->text[column];
	bool outcome = strcmp(name, how->outcome) == 0;

	if (outcome || (how->weights && strcmp(name, how->weights) == 0))
		msg_die(MSG_FAILED, "%s: column %s cannot be a term: it is the %s", in->file, name,
			outcome ? "outcome" : "weight");
	need_memory(design_source(&r->design, name, category) == 0);
	record_add(record, column, category);
}

/* -c in its order, a category in its place there; then the rest of --onehot. */
static void choose_terms(struct logit_rows *r, struct record *record, const struct tsv_in *in,
			 const struct reading *how)
{
	struct columns features = { 0 }, onehot = { 0 };

	if (how->features->n > 0 || how->onehot->n == 0 || columns_has_features(in))
		columns_features(&features, in, how->features);
	if (how->onehot->n > 0)
		columns_choose(&onehot, in, how->onehot);
	for (size_t i = 0; i < features.n; i++)
		add_source(r, record, in, how, features.index[i],
			   has_column(&onehot, features.index[i]));
	for (size_t i = 0; i < onehot.n; i++)
		if (!has_column(&features, onehot.index[i]))
			add_source(r, record, in, how, onehot.index[i], true);
	columns_free(&features);
	columns_free(&onehot);
}

/* Scoring finds terms by name: two of one name would be scored as one. */
static void refuse_namesakes(const struct design *d)
{
	for (size_t t = 1; t < d->n_terms; t++)
		for (size_t u = 0; u < t; u++)
			if (strcmp(d->term[t].name, d->term[u].name) == 0)
				msg_die(MSG_FAILED, "two terms would both be named %s; rename a column",
					d->term[t].name);
}

void reading_rows(struct logit_rows *r, struct pages *pages, struct tsv_in *in,
		  const struct reading *how)
{
	size_t outcome = columns_one(in, how->outcome), at, n_weightless = 0;
	bool weighted = how->weights;
	struct record record = { 0 };

	r->design.memory = (struct design_memory){ take, rest, pages };
	choose_terms(r, &record, in, how);
	/* Behind the terms' numbers, which the design takes from the front. */
	at = record.n_numbers;
	record_add(&record, outcome, false);
	if (weighted)
		record_add(&record, columns_one(in, how->weights), false);
	while (tsv_next(in)) {
		bool complete = record_take(&record, in);
		double w = weighted ? record.number[at + 1] : 1;
		int y = record_binary(in, outcome);
		if (w < 0)
			tsv_die(in, (ptrdiff_t)record.column[record.n - 1], "a weight below 0");
		n_weightless += complete && !(w > 0);
		if (!complete || !(w > 0))
			continue;
		need_memory(logit_rows_add(r, record.number, record.text, y, weighted, w) == 0);
		if (r->n % DESIGN_CHUNK == 0)
			check_memory(r, pages, how);
	}
	if (!how->drop_missing)
		record_refuse_missing(&record, in, "--drop-missing");
	if (record.n_incomplete)
		msg_note("%zu rows with missing values left out", record.n_incomplete);
	if (n_weightless)
		msg_note("%zu rows of weight 0 left out", n_weightless);
	check_memory(r, pages, how);
	need_memory(design_finish(&r->design) == 0);
	refuse_namesakes(&r->design);
	record_free(&record);
}
