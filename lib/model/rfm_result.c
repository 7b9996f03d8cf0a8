/* SPDX-License-Identifier: MIT */
#include "model/rfm_result.h"

#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/rfm_row.h"

/* Rows that a thread makes at once: so many customers come to 100 KB. */
enum { BLOCK = 1024 };

/* Customers that are asked for before their row is made: the table's order is
 * that of the lines, and the rows' that of the keys. */
enum { AHEAD = 8 };

struct rfm_rows {
	size_t from, to; /* in r->order */
	struct buf text, tail, record;
	uint64_t n_rows, n_ties;
	const char *error;
};

/* Whether customer i is in the result, and if so figures and scored values. */
static enum rfm_verdict judge(const struct rfm_result *r, uint32_t i, struct rfm_figures *f,
			      double x[SCORE_DIMS], const char **error)
{
	const struct rfm_customer *c = rfm_customer(r->rfm, i);

	if (!c->n_sales && !c->n_returns)
		return RFM_LABEL_ONLY;
	if (!c->n_sales && !r->rfm->count_returns)
		return RFM_NO_SALE;
	if (!rfm_figures(f, r->rfm, i, &r->rule))
		*error = "a customer's net value passes 128 bits";
	if (r->has_min_monetary && f->monetary_pico < r->min_monetary_pico)
		return RFM_BELOW;
	x[SCORE_R] = (double)f->recency_days;
	x[SCORE_F] = (double)f->frequency;
	x[SCORE_M] = dec_to_double(f->monetary_pico);
	return RFM_WRITTEN;
}

static void add_value(struct rfm_result *r, const double x[SCORE_DIMS])
{
	if (r->n_values == r->capacity) {
		size_t capacity = r->capacity ? 2 * r->capacity : 64;
		size_t ceiling = r->spill->ceiling;
		if (ceiling && capacity * SCORE_DIMS * sizeof *x > ceiling) {
			r->error = "the cut points need more than --mem allows: 24 bytes a customer";
			return;
		}
		r->capacity = capacity;
		for (int d = 0; d < SCORE_DIMS; d++)
			r->value[d] = mem_resize(r->value[d], capacity, sizeof *x);
	}
	for (int d = 0; d < SCORE_DIMS; d++)
		r->value[d][r->n_values] = x[d];
	r->n_values++;
}

static bool history(const struct rfm_result *r, uint32_t i, const struct rfm_figures *f,
		    struct clv_history *h, const char **error)
{
	bool fits = clv_history(h, r->rfm, i, f, r->rule.gross);

	if (!fits)
		*error = "a part without the sales of a customer's first day";
	return fits;
}

static void add_history(struct rfm_result *r, uint32_t i, const struct rfm_figures *f)
{
	struct clv_history h;

	if (!history(r, i, f, &h, &r->error))
		return;
	clv_add(r->clv, &h);
	if (r->spill->ceiling && clv_memory(r->clv) > r->spill->ceiling)
		r->error = "--clv needs more than --mem allows: 16 bytes a customer, "
			   "and 80 for each distinct history";
}

static void count_customer(struct rfm_result *r, uint32_t i)
{
	const struct rfm_customer *c = rfm_customer(r->rfm, i);
	struct rfm_figures f;
	double x[SCORE_DIMS];
	enum rfm_verdict verdict = judge(r, i, &f, x, &r->error);

	r->n_verdict[verdict]++;
	r->n_lines += c->n_sales + c->n_returns;
	if (verdict != RFM_WRITTEN)
		return;
	if (f.has_sale && r->fit_cuts)
		add_value(r, x);
	bool fits = !r->pivot || rfm_pivot_take(r->pivot, r->rfm, i, &f, r->rule.gross, true,
						&(struct span){ 0 });
	if (r->cohorts && f.has_sale)
		fits &= rfm_cohorts_add(r->cohorts, r->rfm, i, &f, r->rule.gross);
	if (!fits)
		r->error = "a sum over customers passes 128 bits";
	if (r->clv && f.has_sale)
		add_history(r, i, &f);
}

static void fix_cuts(struct rfm_result *r)
{
	if (r->fit_cuts && r->n_values)
		score_fit(&r->naming->cuts, r->naming->cuts.n, r->value, r->n_values,
			  r->rfm->threads);
	for (int d = 0; d < SCORE_DIMS; d++)
		free(r->value[d]);
	if (r->pivot && !rfm_pivot_fix(r->pivot))
		r->error = "more than 10000 columns of --pivot; --pivot-top takes fewer";
	if (!r->error && r->clv && !clv_fit(r->clv))
		r->error = r->clv->error;
	if (!r->error)
		r->cuts_ready(r->ctx);
}

/* A row that waits for the cut points and the pivot's columns: the fields
 * before the scores, the carried ones and the pivot's blob follow. */
struct waiting {
	double x[SCORE_DIMS];
	size_t n_before, n_carried;
	struct clv_history history; /* with r->clv, of a customer with a sale */
	bool has_sale, bought;
};

/* Appends the fields before the scores to text; tail: the carried ones. */
static void put_fields(const struct rfm_result *r, struct rfm_rows *rows, uint32_t i,
		       struct span key, const struct rfm_figures *f)
{
	char room[CODE_ROOM];

	rows->tail.n = 0;
	buf_put(&rows->text, key.s, key.n);
	rfm_row_put(&rows->text, r->control, f);
	for (size_t k = 0; k < r->rfm->n_carried; k++) {
		struct span value = rfm_carried(r->rfm, i, k, room);
		buf_char(&rows->tail, '\t');
		buf_put(&rows->tail, value.s, value.n);
	}
}

/* The rest of the row whose first fields end text. */
static void end_row(const struct rfm_result *r, struct rfm_rows *rows, const struct waiting *w,
		    const char *carried, struct span blob)
{
	struct buf *to = &rows->text;

	naming_put(to, r->naming, w->has_sale ? w->x : NULL, &rows->n_ties);
	buf_put(to, carried, w->n_carried);
	if (r->pivot)
		rfm_pivot_put(r->pivot, to, blob);
	if (r->control->period.horizon_days)
		buf_put(to, w->bought ? "\t1" : "\t0", 2);
	if (r->clv)
		clv_put(to, r->clv, w->has_sale ? &w->history : NULL);
	buf_char(to, '\n');
	rows->n_rows++;
}

/* The customer's row, or where something was spilled what waits for the end. */
static void put_customer(struct rfm_result *r, struct rfm_rows *rows, uint32_t i)
{
	struct waiting w = { .n_before = 0 };
	struct rfm_figures f;
	struct span blob = { NULL, 0 };
	char room[GROUP_SHORT];
	size_t start = rows->text.n;

	if (judge(r, i, &f, w.x, &rows->error) != RFM_WRITTEN)
		return;
	if (r->pivot && !rfm_pivot_take(r->pivot, r->rfm, i, &f, r->rule.gross, false, &blob))
		return;
	if (r->clv && f.has_sale && !history(r, i, &f, &w.history, &rows->error))
		return;
	struct span key = group_bytes(&r->rfm->customers, i, room);
	put_fields(r, rows, i, key, &f);
	w.n_before = rows->text.n - start;
	w.n_carried = rows->tail.n;
	w.has_sale = f.has_sale;
	w.bought = rfm_customer(r->rfm, i)->bought;
	if (!r->spill->used) {
		end_row(r, rows, &w, rows->tail.s, blob);
		return;
	}
	rows->record.n = 0;
	buf_put(&rows->record, &w, sizeof w);
	buf_put(&rows->record, rows->text.s, rows->text.n);
	buf_put(&rows->record, rows->tail.s, rows->tail.n);
	buf_put(&rows->record, blob.s, blob.n);
	runs_put(&r->runs, key, (struct span){ rows->record.s, rows->record.n });
	rows->text.n = 0;
}

static bool next_block(void *ctx, void *slot)
{
	struct rfm_result *r = ctx;
	struct rfm_rows *rows = slot;
	size_t left = r->rfm->customers.n - r->at;

	rows->from = r->at;
	rows->to = r->at += left < BLOCK ? left : BLOCK;
	rows->text.n = 0;
	return left > 0;
}

static void make_block(void *ctx, void *slot)
{
	struct rfm_result *r = ctx;
	struct rfm_rows *rows = slot;

	for (size_t k = rows->from; k < rows->to && !rows->error; k++) {
		if (k + AHEAD < rows->to) {
			const char *next = (const char *)rfm_customer(r->rfm, r->order[k + AHEAD]);
			__builtin_prefetch(next);
			__builtin_prefetch(next + 64);
		}
		put_customer(r, rows, r->order[k]);
	}
}

static void hand_over(struct rfm_result *r, struct rfm_rows *rows)
{
	if (!r->error)
		r->error = rows->error;
	r->naming->n_ties += rows->n_ties;
	if (rows->n_rows && !r->error)
		r->row(r->ctx, rows->text.s, rows->text.n, rows->n_rows);
	rows->n_rows = rows->n_ties = 0;
}

static void take_block(void *ctx, void *slot)
{
	hand_over(ctx, slot);
}

static void free_rows(struct rfm_rows *rows)
{
	free(rows->text.s);
	free(rows->tail.s);
	free(rows->record.s);
}

/* One thread where customers share a room to work in, or a file. */
static void put_customers(struct rfm_result *r)
{
	size_t n = r->pivot || r->spill->used || r->rfm->threads < 1 ? 1 : (size_t)r->rfm->threads;
	size_t n_slots = par_slots(n);
	struct rfm_rows *slot = mem_zero(n_slots, sizeof *slot);

	r->at = 0;
	par_run(&(struct par_pipe){ .ctx = r, .produce = next_block, .work = make_block,
				    .consume = take_block, .slot = slot,
				    .slot_size = sizeof *slot, .n_slots = n_slots,
				    .n_threads = n });
	for (size_t i = 0; i < n_slots; i++)
		free_rows(&slot[i]);
	free(slot);
}

static void name_pivot(struct opt_list *names, const struct rfm_pivot *p)
{
	char room[GROUP_SHORT];

	for (size_t k = 0; k < p->n_columns; k++) {
		struct span value = rfm_pivot_value(p, k, room);
		char *name = mem_printf("rev_%.*s", (int)value.n, value.s);
		names_add(names, (const char *const[]){ name }, 1);
		free(name);
	}
	names_add(names, (const char *const[]){ "rev_other" }, p->has_rest);
}

void rfm_result_names(struct opt_list *names, const struct rfm_result *r,
		      const struct opt_list *key, const struct opt_list *carried)
{
	names_add_list(names, key);
	names_add(names, rfm_row_name, RFM_ROW_FIELDS);
	names_add(names, naming_field, !r->naming->has_scores ? 0 : r->naming->has_map ? 5 : 4);
	names_add_list(names, carried);
	if (r->pivot)
		name_pivot(names, r->pivot);
	names_add(names, (const char *const[]){ "bought" }, r->control->period.horizon_days > 0);
	names_add(names, clv_field, r->clv ? CLV_FIELDS : 0);
}

void rfm_result_share(void *result)
{
	struct rfm_result *r = result;
	rfm_settle(r->rfm);
	if (r->rfm->overflow)
		r->error = "a customer's sum passes 128 bits";
	if (r->control->match)
		rfm_match_all(r->rfm, &r->matched);
	for (uint32_t i = 0; i < r->rfm->customers.n; i++)
		count_customer(r, i);
	trade_log_reset(&r->rfm->log);
	if (!r->spill->used)
		fix_cuts(r);
	if (!r->error) {
		r->order = group_sorted(&r->rfm->customers);
		put_customers(r);
		free(r->order);
	}
	if (!r->spill->in_order)
		runs_break(&r->runs);
	rfm_reset(r->rfm);
}

void rfm_result_finish(struct rfm_result *r)
{
	struct rfm_rows rows = { .from = 0 };
	struct span key, record;
	struct waiting w;

	if (r->spill->used)
		fix_cuts(r);
	while (!r->error && runs_next(&r->runs, &key, &record)) {
		memcpy(&w, record.s, sizeof w);
		const char *before = record.s + sizeof w, *carried = before + w.n_before;
		const char *blob = carried + w.n_carried;
		rows.text.n = 0;
		buf_put(&rows.text, before, w.n_before);
		end_row(r, &rows, &w, carried,
			(struct span){ blob, (size_t)(record.s + record.n - blob) });
		hand_over(r, &rows);
	}
	runs_close(&r->runs);
	free_rows(&rows);
}
