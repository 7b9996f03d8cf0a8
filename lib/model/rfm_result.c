/* SPDX-License-Identifier: MIT */
#include "model/rfm_result.h"

#include <stdlib.h>
#include <string.h>

#include "model/rfm_row.h"

/* Whether customer i is in the result, and if so figures and scored values. */
static enum rfm_verdict judge(struct rfm_result *r, uint32_t i, struct rfm_figures *f,
			      double x[SCORE_DIMS])
{
	const struct rfm_customer *c = rfm_customer(r->rfm, i);

	if (!c->n_sales && !c->n_returns)
		return RFM_LABEL_ONLY;
	if (!c->n_sales && !r->rfm->count_returns)
		return RFM_NO_SALE;
	if (!rfm_figures(f, r->rfm, i, &r->rule))
		r->error = "a customer's net value passes 128 bits";
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

static bool history(struct rfm_result *r, uint32_t i, const struct rfm_figures *f,
		    struct clv_history *h)
{
	bool fits = clv_history(h, r->rfm, i, f, r->rule.gross);

	if (!fits)
		r->error = "a part without the sales of a customer's first day";
	return fits;
}

static void add_history(struct rfm_result *r, uint32_t i, const struct rfm_figures *f)
{
	struct clv_history h;

	if (!history(r, i, f, &h))
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
	enum rfm_verdict verdict = judge(r, i, &f, x);

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
		score_fit(&r->naming->cuts, r->naming->cuts.n, r->value, r->n_values);
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

/* Fills line with the fields before the scores and tail with the carried ones. */
static void make_fields(struct rfm_result *r, uint32_t i, struct span key,
			const struct rfm_figures *f)
{
	char room[CODE_ROOM];

	r->line.n = r->tail.n = 0;
	buf_put(&r->line, key.s, key.n);
	rfm_row_put(&r->line, r->control, f);
	for (size_t k = 0; k < r->rfm->n_carried; k++) {
		struct span value = rfm_carried(r->rfm, i, k, room);
		buf_char(&r->tail, '\t');
		buf_put(&r->tail, value.s, value.n);
	}
}

static void write_row(struct rfm_result *r, const struct waiting *w, const char *carried,
		      struct span blob)
{
	naming_put(&r->line, r->naming, w->has_sale ? w->x : NULL);
	buf_put(&r->line, carried, w->n_carried);
	if (r->pivot)
		rfm_pivot_put(r->pivot, &r->line, blob);
	if (r->control->period.horizon_days)
		buf_put(&r->line, w->bought ? "\t1" : "\t0", 2);
	if (r->clv)
		clv_put(&r->line, r->clv, w->has_sale ? &w->history : NULL);
	buf_char(&r->line, '\n');
	r->row(r->ctx, r->line.s, r->line.n);
}

static void write_customer(struct rfm_result *r, uint32_t i)
{
	struct waiting w = { .n_before = 0 };
	struct rfm_figures f;
	struct span blob = { NULL, 0 };
	char room[GROUP_SHORT];

	if (judge(r, i, &f, w.x) != RFM_WRITTEN)
		return;
	if (r->pivot && !rfm_pivot_take(r->pivot, r->rfm, i, &f, r->rule.gross, false, &blob))
		return;
	if (r->clv && f.has_sale && !history(r, i, &f, &w.history))
		return;
	struct span key = group_bytes(&r->rfm->customers, i, room);
	make_fields(r, i, key, &f);
	w.n_before = r->line.n;
	w.n_carried = r->tail.n;
	w.has_sale = f.has_sale;
	w.bought = rfm_customer(r->rfm, i)->bought;
	if (!r->spill->used) {
		write_row(r, &w, r->tail.s, blob);
		return;
	}
	r->record.n = 0;
	buf_put(&r->record, &w, sizeof w);
	buf_put(&r->record, r->line.s, r->line.n);
	buf_put(&r->record, r->tail.s, r->tail.n);
	buf_put(&r->record, blob.s, blob.n);
	runs_put(&r->runs, key, (struct span){ r->record.s, r->record.n });
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
	size_t n = r->rfm->customers.n;
	uint32_t *order = group_sorted(&r->rfm->customers);

	for (uint32_t i = 0; i < n; i++)
		count_customer(r, i);
	trade_log_reset(&r->rfm->log);
	if (!r->spill->used)
		fix_cuts(r);
	for (size_t i = 0; i < n && !r->error; i++)
		write_customer(r, order[i]);
	if (!r->spill->in_order)
		runs_break(&r->runs);
	free(order);
	rfm_reset(r->rfm);
}

void rfm_result_finish(struct rfm_result *r)
{
	struct span key, record;
	struct waiting w;

	if (r->spill->used)
		fix_cuts(r);
	while (!r->error && runs_next(&r->runs, &key, &record)) {
		memcpy(&w, record.s, sizeof w);
		const char *before = record.s + sizeof w, *carried = before + w.n_before;
		const char *blob = carried + w.n_carried;
		r->line.n = 0;
		buf_put(&r->line, before, w.n_before);
		write_row(r, &w, carried, (struct span){ blob, (size_t)(record.s + record.n - blob) });
	}
	runs_close(&r->runs);
	free(r->line.s);
	free(r->tail.s);
	free(r->record.s);
}
