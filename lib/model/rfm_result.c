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

static void count_customer(struct rfm_result *r, uint32_t i)
{
	const struct rfm_customer *c = rfm_customer(r->rfm, i);
	struct rfm_figures f;
	double x[SCORE_DIMS];
	enum rfm_verdict verdict = judge(r, i, &f, x);

	r->n_verdict[verdict]++;
	r->n_lines += c->n_sales + c->n_returns;
	if (verdict == RFM_WRITTEN && f.has_sale && r->fit_cuts)
		add_value(r, x);
}

static void fix_cuts(struct rfm_result *r)
{
	if (r->fit_cuts && r->n_values)
		score_fit(&r->naming->cuts, r->naming->cuts.n, r->value, r->n_values);
	for (int d = 0; d < SCORE_DIMS; d++)
		free(r->value[d]);
	r->cuts_ready(r->ctx);
}

/* A row that waits for the cut points: the fields before the scores and those
 * behind them follow. */
struct waiting {
	double x[SCORE_DIMS];
	size_t n_before;
	bool has_sale;
};

/* Fills line with the fields before the scores and tail with those behind. */
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
	if (r->control->period.horizon_days)
		buf_put(&r->tail, rfm_customer(r->rfm, i)->bought ? "\t1" : "\t0", 2);
}

static void write_row(struct rfm_result *r, const double *x, struct span tail)
{
	naming_put(&r->line, r->naming, x);
	buf_put(&r->line, tail.s, tail.n);
	buf_char(&r->line, '\n');
	r->row(r->ctx, r->line.s, r->line.n);
}

static void write_customer(struct rfm_result *r, uint32_t i)
{
	struct waiting w = { .n_before = 0 };
	struct rfm_figures f;
	char room[GROUP_SHORT];

	if (judge(r, i, &f, w.x) != RFM_WRITTEN)
		return;
	struct span key = group_bytes(&r->rfm->customers, i, room);
	make_fields(r, i, key, &f);
	if (!r->spill->used) {
		write_row(r, f.has_sale ? w.x : NULL, (struct span){ r->tail.s, r->tail.n });
		return;
	}
	w.n_before = r->line.n;
	w.has_sale = f.has_sale;
	r->record.n = 0;
	buf_put(&r->record, &w, sizeof w);
	buf_put(&r->record, r->line.s, r->line.n);
	buf_put(&r->record, r->tail.s, r->tail.n);
	runs_put(&r->runs, key, (struct span){ r->record.s, r->record.n });
}

void rfm_result_share(void *result)
{
	struct rfm_result *r = result;
	rfm_flush(r->rfm);
	if (r->rfm->overflow)
		r->error = "a customer's sum passes 128 bits";
	size_t n = r->rfm->customers.n;
	uint32_t *order = group_sorted(&r->rfm->customers);

	for (uint32_t i = 0; i < n; i++)
		count_customer(r, i);
	if (!r->spill->used)
		fix_cuts(r);
	for (size_t i = 0; i < n && !r->error; i++)
		write_customer(r, order[i]);
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
		const char *before = record.s + sizeof w, *tail = before + w.n_before;
		r->line.n = 0;
		buf_put(&r->line, before, w.n_before);
		write_row(r, w.has_sale ? w.x : NULL,
			  (struct span){ tail, (size_t)(record.s + record.n - tail) });
	}
	runs_close(&r->runs);
	free(r->line.s);
	free(r->tail.s);
	free(r->record.s);
}
