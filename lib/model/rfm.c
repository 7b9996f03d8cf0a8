/* SPDX-License-Identifier: MIT */
#include "model/rfm.h"

#include <math.h>
#include <stdlib.h>

#include "value/date.h"

/* A line that waits: all of it but the key's bytes, as those of the stream are
 * gone with the next line. */
struct rfm_waiting {
	dec_wide amount_pico;
	int64_t quantity_micro, day, seconds;
	uint64_t hash;
	size_t key_at, key_n; /* in waiting_keys; of the line before if it is the same */
	uint32_t invoice, product, pivot; /* codes, 0: missing */
	uint32_t customer;
	bool is_same_key, is_sale, is_label;
};

void rfm_init(struct rfm *t)
{
	t->customers.width = sizeof(struct rfm_customer) + t->has_first * sizeof(struct rfm_first) +
			     (t->n_carried + t->has_pivot + t->has_months) * sizeof(struct idset);
	t->counts.width = sizeof(uint64_t);
	t->sums.width = sizeof(struct rfm_sum);
	t->month_day = INT64_MIN;
	t->seen_customer = UINT32_MAX;
	t->waiting = mem_zero(RFM_BATCH, sizeof *t->waiting);
	t->waiting_carried = mem_zero(RFM_BATCH * t->n_carried, sizeof *t->waiting_carried);
}

uint32_t rfm_find(struct rfm *t, struct span key)
{
	if (!t->customers.n || !group_is(&t->customers, t->last_customer, key))
		t->last_customer = group_id(&t->customers, key);
	return t->last_customer;
}

static struct span waiting_key(const struct rfm *t, const struct rfm_waiting *w)
{
	return (struct span){ t->waiting_keys.s + w->key_at, w->key_n };
}

void rfm_add(struct rfm *t, const struct trade_line *line, enum rfm_fate fate)
{
	bool is_sale = line->sign > 0;

	if (fate == RFM_LABEL && !is_sale)
		return;
	struct rfm_waiting *w = &t->waiting[t->n_waiting];
	*w = (struct rfm_waiting){
		.amount_pico = line->amount_pico, .quantity_micro = line->quantity_micro,
		.day = line->day, .seconds = line->seconds, .is_sale = is_sale, .is_label = fate == RFM_LABEL,
	};
	if (t->n_waiting && span_equal(waiting_key(t, w - 1), line->key)) {
		w->is_same_key = true;
		w->key_at = w[-1].key_at;
	} else {
		w->key_at = t->waiting_keys.n;
		buf_put(&t->waiting_keys, line->key.s, line->key.n);
		w->hash = group_hash(&t->customers, line->key);
	}
	w->key_n = line->key.n;
	if (!w->is_label && (is_sale || t->count_returns)) {
		w->invoice = line->invoice.n ? code_of(&t->invoices, line->invoice) : 0;
		w->product = line->product.n ? code_of(&t->products, line->product) : 0;
		for (size_t k = 0; k < t->n_carried; k++)
			t->waiting_carried[t->n_waiting * t->n_carried + k] =
				line->carried[k].n ? code_of(&t->values[k], line->carried[k]) : 0;
	}
	if (t->has_pivot && !w->is_label && line->pivot.n)
		w->pivot = code_of(&t->pivot_values, line->pivot);
	if (t->has_moves && !w->is_label && !w->product && line->product.n)
		w->product = code_of(&t->products, line->product);
	if (++t->n_waiting == RFM_BATCH)
		rfm_flush(t);
}

/* Lines come clustered by invoice: what the line before has added is not
 * looked up again. */
static void add_to_sets(struct rfm *t, struct rfm_customer *c, const struct rfm_waiting *w)
{
	bool same = w->customer == t->seen_customer;

	if (!same) {
		t->seen_customer = w->customer;
		t->seen_invoice = 0;
		t->seen_day = INT64_MIN;
	}
	if (w->invoice && w->invoice != t->seen_invoice) {
		idset_add(&c->invoices, &t->sets, w->invoice);
		t->seen_invoice = w->invoice;
	}
	if (w->is_sale && w->day != t->seen_day) {
		idset_add(&c->days, &t->sets, rfm_day_member(w->day));
		t->seen_day = w->day;
	}
	if (w->product)
		idset_append(&c->products, &t->sets, w->product);
}

uint32_t rfm_month(int64_t day)
{
	int year, month, of_month;
	date_civil(day, &year, &month, &of_month);
	return (uint32_t)(1 + year * 100 + month);
}

void rfm_add_move(struct rfm *t, struct rfm_customer *c, const struct rfm_move *move)
{
	struct rfm_moves *m = c->moves;

	if (!m || m->n == m->capacity) {
		uint32_t capacity = !m ? 4 : m->capacity < 512 ? 2 * m->capacity : 512;
		m = mem_arena_alloc(&t->moves, sizeof *m + capacity * sizeof *m->move);
		*m = (struct rfm_moves){ c->moves, 0, capacity };
		c->moves = m;
	}
	m->move[m->n++] = *move;
}

static void add_sum(struct rfm *t, struct idset *map, uint32_t id, const struct rfm_waiting *w)
{
	struct rfm_sum *s = idset_value(map, &t->sums, id);

	t->overflow |= !dec_add(w->is_sale ? &s->gross_pico : &s->returned_pico,
				w->is_sale ? w->amount_pico : -w->amount_pico);
}

/* What only some options ask for, of sales and returns. */
static void add_detail(struct rfm *t, struct rfm_customer *c, const struct rfm_waiting *w)
{
	if (w->pivot)
		add_sum(t, rfm_pivot_sums(t, w->customer), w->pivot, w);
	if (t->has_months) {
		if (w->day != t->month_day)
			t->month = rfm_month(w->day);
		t->month_day = w->day;
		add_sum(t, rfm_month_sums(t, w->customer), t->month, w);
	}
	if (t->has_first && w->is_sale)
		t->overflow |= !rfm_first_add(rfm_first(t, w->customer), rfm_day_member(w->day),
					      w->amount_pico);
	if (t->has_moves)
		rfm_add_move(t, c, &(struct rfm_move){ w->seconds, w->quantity_micro, w->product,
						       w->is_sale ? w->invoice : 0 });
}

static void add_line(struct rfm *t, const struct rfm_waiting *w, const uint32_t *carried)
{
	struct rfm_customer *c = rfm_customer(t, w->customer);

	if (w->is_label) {
		c->bought = true;
		return;
	}
	c->n_sales += w->is_sale;
	c->n_returns += !w->is_sale;
	t->overflow |= !dec_add(w->is_sale ? &c->gross_pico : &c->returned_pico,
				w->is_sale ? w->amount_pico : -w->amount_pico);
	add_detail(t, c, w);
	if (!w->is_sale && !t->count_returns)
		return;
	t->overflow |= !dec_add(&c->quantity_micro, w->quantity_micro);
	add_to_sets(t, c, w);
	for (size_t k = 0; k < t->n_carried; k++)
		if (carried[k])
			++*(uint64_t *)idset_value(&rfm_counts(t, w->customer)[k], &t->counts,
						   carried[k]);
}

void rfm_flush(struct rfm *t)
{
	struct rfm_waiting *w = t->waiting;
	size_t n = t->n_waiting;

	for (size_t i = 0; i < n; i++)
		if (!w[i].is_same_key)
			group_near(&t->customers, w[i].hash);
	for (size_t i = 0; i < n; i++) {
		w[i].customer = w[i].is_same_key ? w[i - 1].customer :
						   group_id_hashed(&t->customers,
								   waiting_key(t, &w[i]), w[i].hash);
		const struct rfm_customer *c = rfm_customer(t, w[i].customer);
		if (w[i].is_same_key)
			continue;
		idset_near_end(&c->products);
		idset_near(&c->invoices, w[i].invoice);
		idset_near(&c->days, rfm_day_member(w[i].day));
	}
	for (size_t i = 0; i < n; i++)
		add_line(t, &w[i], &t->waiting_carried[i * t->n_carried]);
	t->n_waiting = t->waiting_keys.n = 0;
}

void rfm_settle(struct rfm *t)
{
	rfm_flush(t);
	for (uint32_t i = 0; i < t->customers.n; i++)
		idset_pack(&rfm_customer(t, i)->products, &t->sets);
}

size_t rfm_memory(const struct rfm *t, size_t n_more)
{
	const struct group *named[] = { &t->customers, &t->invoices.others, &t->products.others,
					&t->pivot_values.others };
	size_t bytes = t->sets.arena.n_bytes + t->sets.n_seen * sizeof *t->sets.seen +
		       t->counts.arena.n_bytes + t->sums.arena.n_bytes +
		       t->moves.n_bytes + t->scratch.capacity + t->texts.capacity;

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		bytes += group_memory(named[i]) + group_growth(named[i], n_more);
	for (size_t k = 0; k < t->n_carried; k++)
		bytes += group_memory(&t->values[k].others) +
			 group_growth(&t->values[k].others, n_more);
	return bytes;
}

void rfm_reset(struct rfm *t)
{
	group_free(&t->customers);
	code_free(&t->invoices);
	code_free(&t->products);
	code_free(&t->pivot_values);
	for (size_t k = 0; k < t->n_carried; k++)
		code_free(&t->values[k]);
	idset_pool_free(&t->sets);
	idset_pool_free(&t->counts);
	idset_pool_free(&t->sums);
	mem_arena_free(&t->moves);
	t->last_customer = 0;
	t->seen_customer = UINT32_MAX;
}

void rfm_free(struct rfm *t)
{
	rfm_reset(t);
	free(t->waiting);
	free(t->waiting_carried);
	free(t->waiting_keys.s);
	free(t->scratch.s);
	free(t->texts.s);
	t->scratch = t->texts = t->waiting_keys = (struct buf){ 0 };
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
		.n_invoices = c->invoices.n - c->n_whole,
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

struct span rfm_carried(const struct rfm *t, uint32_t i, size_t column, char room[CODE_ROOM])
{
	const struct code *values = &t->values[column];
	struct span best = { NULL, 0 };
	uint64_t most = 0;
	const void *value;
	size_t at = 0;
	uint32_t id;

	while ((id = idset_next(&rfm_counts(t, i)[column], &t->counts, &at, &value))) {
		char other_room[CODE_ROOM];
		uint64_t n = *(const uint64_t *)value;
		if (n < most)
			continue;
		struct span other = code_bytes(values, id, other_room);
		if (n == most && span_compare(other, best) > 0)
			continue;
		most = n;
		best = other;
		if (other.s >= other_room && other.s < other_room + CODE_ROOM) {
			memcpy(room, other.s, other.n);
			best.s = room;
		}
	}
	return best;
}
