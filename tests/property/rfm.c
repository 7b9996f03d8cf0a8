/* SPDX-License-Identifier: MIT */
/*
 * Any order of the lines, any split, any tree of merges and any ceiling of
 * memory: the same rows, which a plain search over all lines confirms.
 */
#include "model/rfm.h"

#include <stdlib.h>

#include "model/rfm_control.h"
#include "model/rfm_part.h"
#include "model/rfm_result.h"
#include "model/rfm_spill.h"
#include "model/rfm_state.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

enum { N_LINES = 1500, N_CUSTOMERS = 40, N_TRIALS = 500 };

static struct trade_line line[N_LINES];
static struct span country[N_LINES];
static char text[N_LINES][4][40];

static uint64_t draw(uint64_t n, uint64_t index, uint32_t what)
{
	return rng_below(n, 2, RNG_TEST, index, what);
}

static struct span word(size_t i, int which, const char *format, uint64_t n)
{
	int length = snprintf(text[i][which], sizeof text[i][which], format, (int)n);
	return (struct span){ text[i][which], (size_t)length };
}

static void make_lines(void)
{
	for (size_t i = 0; i < N_LINES; i++) {
		uint64_t customer = draw(N_CUSTOMERS, i, 0);
		struct trade_line *l = &line[i];
		/* some ids, invoices and products are too long to lie in an entry */
		l->key = word(i, 0, customer % 3 ? "%d" : "a customer with number %d", customer);
		l->invoice = word(i, 1, i % 5 ? "5%d" : "an\\\\invoice number %d", draw(90, i, 1));
		l->product = word(i, 2, i % 7 ? "%dA" : "", draw(30, i, 2));
		l->carried = &country[i];
		country[i] = word(i, 3, i % 11 ? "Country %d" : "", draw(3, i, 3));
		l->day = 15000 + (int64_t)draw(60, i, 4);
		l->sign = draw(8, i, 5) ? 1 : -1;
		l->quantity_micro = l->sign * (int64_t)(1 + draw(20, i, 6)) * 1000000;
		l->amount_pico = dec_mul(l->quantity_micro, (int64_t)draw(5000000, i, 7));
	}
}

struct table {
	struct rfm rfm;
	struct code values[1];
	struct spill spill;
	struct rfm_control control;
	struct naming naming;
	struct rfm_result result;
	struct rfm_pivot pivot;
	struct rfm_cohorts cohorts;
	struct clv clv;
	struct buf rows;
};

static void collect(void *ctx, const char *s, size_t n, uint64_t n_rows)
{
	struct table *t = ctx;
	(void)n_rows;
	buf_put(&t->rows, s, n);
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void open_table(struct table *t, bool count_returns, size_t ceiling)
{
	*t = (struct table){ 0 };
	t->rfm.count_returns = count_returns;
	t->rfm.n_carried = 1;
	t->rfm.values = t->values;
	t->rfm.has_pivot = t->rfm.has_months = t->rfm.has_moves = t->rfm.has_first = true;
	rfm_init(&t->rfm);
	rfm_spill(&t->spill, &t->rfm, ceiling);
	t->control = (struct rfm_control){
		.count_returns = count_returns, .has_invoice = true, .has_product = true,
		.has_quantity = true, .match = true, .pivot = "country",
	};
	t->clv.days = 100;
	t->naming.has_scores = true;
	t->naming.cuts.n = 5;
	t->result = (struct rfm_result){
		.rfm = &t->rfm, .control = &t->control, .spill = &t->spill, .naming = &t->naming,
		.rule = { RFM_INVOICES, false, 15100 }, .fit_cuts = true, .ctx = t,
		.cuts_ready = nothing, .row = collect, .pivot = &t->pivot, .cohorts = &t->cohorts,
		.clv = &t->clv,
	};
	t->spill.emit = rfm_result_share;
	t->spill.emit_ctx = &t->result;
}

static void add_line(struct table *t, size_t i)
{
	rfm_add(&t->rfm, &line[i], RFM_USED);
	if (i % 3 == 0)
		spill_look(&t->spill);
}

static void close_table(struct table *t)
{
	spill_finish(&t->spill);
	rfm_result_finish(&t->result);
	buf_char(&t->rows, '\0');
	if (t->result.error)
		abort();
	rfm_free(&t->rfm);
}

/* All customers of `from` into `to`, as text. */
static bool merge_table(struct table *to, struct table *from)
{
	bool right = true;
	char room[GROUP_SHORT];

	rfm_settle(&from->rfm);
	for (uint32_t i = 0; i < from->rfm.customers.n; i++) {
		struct span field[RFM_STATE_FIELDS + 1];
		struct buf state = { 0 };
		size_t n = 0, column;
		rfm_state_encode(&from->rfm, i, &state);
		buf_char(&state, '\0');
		for (char *s = state.s, *next; s; s = next) {
			next = strchr(s, '\t');
			field[n++] = (struct span){ s, next ? (size_t)(next - s) : strlen(s) };
			next += next != NULL;
		}
		right &= n == RFM_STATE_FIELDS + 1 &&
			 !rfm_state_merge(&to->rfm, group_bytes(&from->rfm.customers, i, room),
					  field, &column);
		free(state.s);
		spill_look(&to->spill);
	}
	rfm_free(&from->rfm);
	return right;
}

static void shuffled(size_t *order, uint64_t trial)
{
	for (size_t i = 0; i < N_LINES; i++)
		order[i] = i;
	for (size_t i = N_LINES - 1; i > 0; i--) {
		size_t k = draw(i + 1, trial * N_LINES + i, 8), swap = order[i];
		order[i] = order[k];
		order[k] = swap;
	}
}

/* One way of adding everything up. */
static char *rows_of_trial(uint64_t trial, bool count_returns, bool *right)
{
	static size_t order[N_LINES];
	enum { PARTS_MAX = 9 };
	struct table part[PARTS_MAX];
	size_t n_parts = 1 + draw(PARTS_MAX, trial, 9);
	size_t ceiling = draw(3, trial, 10) ? 0 : (size_t)1 << (13 + draw(7, trial, 11));

	shuffled(order, trial);
	for (size_t k = 0; k < n_parts; k++)
		open_table(&part[k], count_returns, k ? 0 : ceiling);
	for (size_t i = 0; i < N_LINES; i++)
		add_line(&part[draw(n_parts, trial * N_LINES + i, 12)], order[i]);
	while (n_parts > 1) { /* a random tree that ends in the first */
		size_t to = draw(n_parts - 1, trial * 100 + n_parts, 13);
		*right &= merge_table(&part[to], &part[n_parts - 1]);
		n_parts--;
	}
	close_table(&part[0]);
	return part[0].rows.s;
}

/* Distinct texts among the counted lines of a customer. */
static size_t distinct(struct span key, bool count_returns, int which)
{
	size_t n = 0;
	for (size_t i = 0; i < N_LINES; i++) {
		bool fresh = span_equal(line[i].key, key) && (line[i].sign > 0 || count_returns) &&
			     text[i][which][0];
		for (size_t k = 0; fresh && k < i; k++)
			fresh = !(span_equal(line[k].key, key) && (line[k].sign > 0 || count_returns) &&
				  !strcmp(text[i][which], text[k][which]));
		n += fresh;
	}
	return n;
}

static void test_figures(bool count_returns)
{
	struct table t;
	bool right = true;
	char room[GROUP_SHORT];

	open_table(&t, count_returns, 0);
	for (size_t i = 0; i < N_LINES; i++)
		add_line(&t, i);
	rfm_settle(&t.rfm);
	for (uint32_t c = 0; c < t.rfm.customers.n; c++) {
		struct span key = group_bytes(&t.rfm.customers, c, room);
		struct rfm_figures f;
		dec_wide net = 0, quantity = 0;
		int64_t first = INT64_MAX, last = 0;
		uint64_t n = 0;
		for (size_t i = 0; i < N_LINES; i++) {
			if (!span_equal(line[i].key, key))
				continue;
			net += line[i].amount_pico;
			if (line[i].sign > 0 || count_returns) {
				n++;
				quantity += line[i].quantity_micro;
			}
			if (line[i].sign > 0) {
				first = line[i].day < first ? line[i].day : first;
				last = line[i].day > last ? line[i].day : last;
			}
		}
		right &= rfm_figures(&f, &t.rfm, c, &t.result.rule) && f.monetary_pico == net &&
			 f.quantity_micro == quantity && f.n_lines == n && f.first_day == first &&
			 f.last_day == last && f.recency_days == 15100 - last &&
			 f.n_invoices == distinct(key, count_returns, 1) &&
			 f.n_products == distinct(key, count_returns, 2);
	}
	tap_ok(right && t.rfm.customers.n == N_CUSTOMERS, "%d customers' figures, %s",
	       N_CUSTOMERS, count_returns ? "all lines" : "sales");
	rfm_free(&t.rfm);
}

static void test_control(void)
{
	struct rfm_control back, c = {
		.count_returns = true, .has_invoice = true, .has_quantity = true, .match = true,
		.period = { INT64_MIN, 5, -3, 90 },
		.tally = { 2, 30, { 10, 1, 2, 3, 4, 10 }, 15000, INT64_MIN },
	};
	struct buf to = { 0 };

	rfm_control_encode(&c, &to);
	tap_ok(rfm_control_decode(&back, (struct span){ to.s, to.n }) &&
	       rfm_control_same(&c, &back) && back.tally.fate[RFM_OUTSIDE] == 10 &&
	       back.tally.last_window_day == INT64_MIN && rfm_tally_is_whole(&back.tally),
	       "control records come back");
	bool refused = true;
	for (size_t n = 0; n < to.n - 2; n++)
		if (to.s[n + 1] != '-' && (to.s[n] < '0' || to.s[n] > '9'))
			refused &= !rfm_control_decode(&back, (struct span){ to.s, n + 1 });
	tap_ok(refused, "and are refused when cut between numbers");
	free(to.s);
}

int main(void)
{
	make_lines();
	for (int all = 0; all < 2; all++) {
		bool right = true;
		char *first = rows_of_trial(0, all, &right);
		test_figures(all);
		tap_ok(strlen(first) > 1000, "rows of %d customers", N_CUSTOMERS);
		for (uint64_t trial = 1; trial < N_TRIALS; trial++) {
			char *rows = rows_of_trial(trial, all, &right);
			right &= strcmp(rows, first) == 0;
			free(rows);
		}
		tap_ok(right, "%d orders, splits, merge trees and ceilings, one result", N_TRIALS);
		free(first);
	}
	test_control();
	return tap_done();
}
