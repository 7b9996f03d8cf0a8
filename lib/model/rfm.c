/* SPDX-License-Identifier: MIT */
#include "model/rfm.h"

#include <math.h>
#include <stdlib.h>

void rfm_init(struct rfm *t)
{
	t->customers.width = sizeof(struct rfm_customer) + t->n_carried * sizeof(struct idset);
	t->counts.width = sizeof(uint64_t);
	t->seen_customer = UINT32_MAX;
}

uint32_t rfm_find(struct rfm *t, struct span key)
{
	if (!t->customers.n || !group_is(&t->customers, t->last_customer, key))
		t->last_customer = group_id(&t->customers, key);
	return t->last_customer;
}

/* Lines come clustered by invoice: what the line before has added is not
 * looked up again. */
static void add_to_sets(struct rfm *t, struct rfm_customer *c, uint32_t i,
			const struct trade_line *line, bool is_sale)
{
	bool same = i == t->seen_customer;

	if (line->invoice.n) {
		if (!t->invoices.n || !group_is(&t->invoices, t->last_invoice, line->invoice))
			t->last_invoice = group_id(&t->invoices, line->invoice);
		if (!same || t->seen_invoice != t->last_invoice + 1)
			idset_add(&c->invoices, &t->sets, t->last_invoice + 1);
		t->seen_invoice = t->last_invoice + 1;
	} else if (!same) {
		t->seen_invoice = 0;
	}
	if (is_sale && (!same || t->seen_day != line->day)) {
		idset_add(&c->days, &t->sets, rfm_day_member(line->day));
		t->seen_day = line->day;
	} else if (!same) {
		t->seen_day = INT64_MIN;
	}
	if (line->product.n)
		idset_add(&c->products, &t->sets, group_id(&t->products, line->product) + 1);
	t->seen_customer = i;
}

bool rfm_add(struct rfm *t, const struct trade_line *line, enum rfm_fate fate,
	     const struct span *carried)
{
	bool is_sale = line->sign > 0, counted = is_sale || t->count_returns;

	if (fate == RFM_LABEL && !is_sale)
		return true;
	uint32_t i = rfm_find(t, line->key);
	struct rfm_customer *c = rfm_customer(t, i);
	if (fate == RFM_LABEL) {
		c->bought = 1;
		return true;
	}
	c->n_sales += is_sale;
	c->n_returns += !is_sale;
	if (!dec_add(is_sale ? &c->gross_pico : &c->returned_pico,
		     is_sale ? line->amount_pico : -line->amount_pico))
		return false;
	if (!counted)
		return true;
	if (!dec_add(&c->quantity_micro, line->quantity_micro))
		return false;
	add_to_sets(t, c, i, line, is_sale);
	for (size_t k = 0; k < t->n_carried; k++) {
		if (!carried[k].n)
			continue;
		uint32_t id = group_id(&t->values[k], carried[k]) + 1;
		++*(uint64_t *)idset_value(&rfm_counts(t, i)[k], &t->counts, id);
	}
	return true;
}

size_t rfm_memory(const struct rfm *t, size_t n_more)
{
	const struct group *named[] = { &t->customers, &t->invoices, &t->products };
	size_t bytes = t->sets.arena.n_bytes + t->counts.arena.n_bytes + t->scratch.capacity;

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		bytes += group_memory(named[i]) + group_growth(named[i], n_more);
	for (size_t k = 0; k < t->n_carried; k++)
		bytes += group_memory(&t->values[k]) + group_growth(&t->values[k], n_more);
	return bytes;
}

void rfm_reset(struct rfm *t)
{
	group_free(&t->customers);
	group_free(&t->invoices);
	group_free(&t->products);
	for (size_t k = 0; k < t->n_carried; k++)
		group_free(&t->values[k]);
	idset_pool_free(&t->sets);
	idset_pool_free(&t->counts);
	t->last_customer = t->last_invoice = 0;
	t->seen_customer = UINT32_MAX;
}

void rfm_free(struct rfm *t)
{
	rfm_reset(t);
	free(t->scratch.s);
	t->scratch = (struct buf){ 0 };
}

static void find_days(struct rfm_figures *f, const struct idset *days,
		      const struct idset_pool *pool)
{
	uint32_t first = UINT32_MAX, last = 0, day;
	size_t at = 0;

	while ((day = idset_next(days, pool, &at, NULL))) {
		first = day < first ? day : first;
		last = day > last ? day : last;
	}
	f->first_day = rfm_member_day(first);
	f->last_day = rfm_member_day(last);
}

bool rfm_figures(struct rfm_figures *f, const struct rfm *t, uint32_t i,
		 const struct rfm_rule *rule)
{
	const struct rfm_customer *c = rfm_customer(t, i);

	*f = (struct rfm_figures){
		.has_sale = c->n_sales > 0,
		.n_invoices = c->invoices.n,
		.n_days = c->days.n,
		.n_products = c->products.n,
		.n_lines = c->n_sales + (t->count_returns ? c->n_returns : 0),
		.gross_pico = c->gross_pico,
		.returned_pico = c->returned_pico,
		.quantity_micro = c->quantity_micro,
		.monetary_pico = c->gross_pico,
	};
	f->frequency = rule->frequency == RFM_INVOICES ? f->n_invoices :
		       rule->frequency == RFM_DAYS     ? f->n_days :
							 f->n_lines;
	if (f->has_sale) {
		find_days(f, &c->days, &t->sets);
		f->recency_days = rule->as_of_day - f->last_day;
		f->tenure_days = rule->as_of_day - f->first_day;
	}
	return rule->gross || dec_add(&f->monetary_pico, -c->returned_pico);
}

/* The unit of pico counts cancels when the count is in it too. */
static double per_count(dec_wide pico, uint64_t n)
{
	return n ? dec_ratio(pico, (dec_wide)n * 1000000000000) : NAN;
}

double rfm_aov(const struct rfm_figures *f)
{
	return per_count(f->monetary_pico, f->n_invoices);
}

double rfm_line_value(const struct rfm_figures *f)
{
	return per_count(f->monetary_pico, f->n_lines);
}

double rfm_return_rate(const struct rfm_figures *f)
{
	return f->gross_pico ? dec_ratio(f->returned_pico, f->gross_pico) : NAN;
}

double rfm_gap_days(const struct rfm_figures *f)
{
	return f->n_days < 2 ? NAN :
			       dec_ratio(f->last_day - f->first_day, (dec_wide)(f->n_days - 1));
}

struct span rfm_carried(const struct rfm *t, uint32_t i, size_t column, char room[GROUP_SHORT])
{
	const struct group *values = &t->values[column];
	struct span best = { NULL, 0 };
	uint64_t most = 0;
	const void *value;
	size_t at = 0;
	uint32_t id;

	while ((id = idset_next(&rfm_counts(t, i)[column], &t->counts, &at, &value))) {
		char other_room[GROUP_SHORT];
		uint64_t n = *(const uint64_t *)value;
		if (n < most)
			continue;
		struct span other = group_bytes(values, id - 1, other_room);
		if (n == most && span_compare(other, best) > 0)
			continue;
		most = n;
		best = other;
		if (other.s == other_room) {
			memcpy(room, other_room, other.n);
			best.s = room;
		}
	}
	return best;
}
