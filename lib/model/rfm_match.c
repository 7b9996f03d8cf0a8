/* SPDX-License-Identifier: MIT */
#include "model/rfm_match.h"

#include <stdlib.h>

#include "base/buf.h"

static int compare_invoices(const struct rfm *t, uint32_t a, uint32_t b)
{
	char a_room[CODE_ROOM], b_room[CODE_ROOM];
	const struct span none = { NULL, 0 };

	if (a == b)
		return 0;
	return span_compare(a ? code_bytes(&t->invoices, a, a_room) : none,
			    b ? code_bytes(&t->invoices, b, b_room) : none);
}

/* By product and time; at one time sales stand before returns. */
static int compare_moves(const void *a, const void *b, void *ctx)
{
	const struct rfm_move *x = a, *y = b;

	if (x->product != y->product)
		return x->product < y->product ? -1 : 1;
	if (x->seconds != y->seconds)
		return x->seconds < y->seconds ? -1 : 1;
	if ((x->quantity_micro > 0) != (y->quantity_micro > 0))
		return x->quantity_micro > 0 ? -1 : 1;
	return compare_invoices(ctx, x->invoice, y->invoice);
}

static int compare_codes(const void *a, const void *b)
{
	const struct rfm_move *x = a, *y = b;
	return (x->invoice > y->invoice) - (x->invoice < y->invoice);
}

/* One return against the open sales, the latest on top; what it leaves. */
static size_t cancel(struct rfm_move *m, const uint32_t *open, size_t n_open,
		     struct rfm_move *back)
{
	while (n_open && back->quantity_micro < 0) {
		struct rfm_move *sale = &m[open[n_open - 1]];
		int64_t rest = sale->quantity_micro + back->quantity_micro;
		sale->quantity_micro = rest > 0 ? rest : 0;
		back->quantity_micro = rest > 0 ? 0 : rest;
		n_open -= rest <= 0;
	}
	return n_open;
}

/* m: in the order of compare_moves; quantities become what is left of them. */
static void match(struct rfm_move *m, uint32_t n, uint32_t *open, struct rfm_matched *sum)
{
	size_t n_open = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (i && m[i].product != m[i - 1].product)
			n_open = 0;
		if (m[i].quantity_micro > 0) {
			open[n_open++] = i;
			continue;
		}
		sum->matched_micro -= m[i].quantity_micro;
		if (m[i].product)
			n_open = cancel(m, open, n_open, &m[i]);
		sum->matched_micro += m[i].quantity_micro;
		sum->open_micro -= m[i].quantity_micro;
		m[i].invoice = 0;
	}
}

/* Invoices of which nothing is left; sorts m. */
static uint32_t count_whole(struct rfm_move *m, uint32_t n)
{
	uint32_t n_whole = 0;

	if (n)
		qsort(m, n, sizeof *m, compare_codes);
	for (uint32_t i = 0, end; i < n; i = end) {
		bool whole = m[i].invoice != 0;
		for (end = i; end < n && m[end].invoice == m[i].invoice; end++)
			whole &= m[end].quantity_micro == 0;
		n_whole += whole;
	}
	return n_whole;
}

void rfm_match_all(struct rfm *t, struct rfm_matched *sum)
{
	struct buf moves = { 0 }, open = { 0 };

	for (uint32_t i = 0; i < t->customers.n; i++) {
		struct rfm_customer *c = rfm_customer(t, i);
		moves.n = 0;
		for (const struct rfm_moves *m = c->moves; m; m = m->next)
			buf_put(&moves, m->move, m->n * sizeof *m->move);
		struct rfm_move *m = (struct rfm_move *)(void *)moves.s;
		uint32_t n = (uint32_t)(moves.n / sizeof *m);
		if (!n || !c->n_returns) {
			c->n_whole = 0;
			continue;
		}
		qsort_r(m, n, sizeof *m, compare_moves, t);
		match(m, n, (uint32_t *)(void *)buf_room(&open, n * sizeof(uint32_t)), sum);
		c->n_whole = count_whole(m, n);
		sum->n_whole += c->n_whole;
	}
	free(moves.s);
	free(open.s);
}
