/* SPDX-License-Identifier: MIT */
#include "model/rfm.h"

#include <math.h>
#include <stdlib.h>

#include "base/par.h"
#include "value/date.h"

/*
 * Consecutive lines that differ in product, quantity and amount alone, such as
 * most of an invoice: they wait as one, and reach their customer at once.  The
 * key's bytes are kept, as those of the stream are gone with the next line.
 */
struct rfm_run {
	dec_wide amount_pico, quantity_micro; /* sums of n_lines lines */
	uint64_t n_lines, stretch;
	int64_t day, seconds;
	uint64_t hash;
	size_t key_at, key_n; /* in waiting_keys; of the run before if it is the same */
	size_t products_end;  /* in waiting_products, where the next run's start */
	uint32_t invoice, pivot; /* codes, 0: missing */
	uint32_t customer;
	bool is_same_key, is_sale, is_label, is_counted;
};

/* Products of the runs that wait. */
#define PRODUCTS_MAX (8 * RFM_BATCH)

void rfm_init(struct rfm *t)
{
	t->customers.width = sizeof(struct rfm_customer) + t->has_first * sizeof(struct rfm_first) +
			     (t->n_carried + t->has_pivot + t->has_months) * sizeof(struct idmap);
	t->counts.width = sizeof(uint64_t);
	t->sums.width = sizeof(struct rfm_sum);
	t->month_day = INT64_MIN;
	t->waiting = mem_zero(RFM_BATCH, sizeof *t->waiting);
	t->waiting_products = mem_array(PRODUCTS_MAX, sizeof *t->waiting_products);
	t->waiting_carried = mem_zero(RFM_BATCH * t->n_carried, sizeof *t->waiting_carried);
}

uint32_t rfm_find(struct rfm *t, struct span key)
{
	if (!t->customers.n || !group_is(&t->customers, t->last_customer, key))
		t->last_customer = group_id(&t->customers, key);
	return t->last_customer;
}

static struct span waiting_key(const struct rfm *t, const struct rfm_run *run)
{
	return (struct span){ t->waiting_keys.s + run->key_at, run->key_n };
}

static void take_key(struct rfm *t, struct rfm_run *run, struct span key)
{
	run->key_n = key.n;
	if (t->n_waiting && span_equal(waiting_key(t, run - 1), key)) {
		run->is_same_key = true;
		run->key_at = run[-1].key_at;
		return;
	}
	run->key_at = t->waiting_keys.n;
	buf_put(&t->waiting_keys, key.s, key.n);
	run->hash = group_hash(&t->customers, key);
}

static uint32_t code_if(struct code *names, struct span s)
{
	return s.n ? code_of(names, s) : 0;
}

static struct rfm_run *begin_run(struct rfm *t, const struct trade_line *line, bool is_label)
{
	if (t->n_waiting == RFM_BATCH)
		rfm_flush(t);
	struct rfm_run *run = &t->waiting[t->n_waiting];
	bool is_sale = line->sign > 0;
	*run = (struct rfm_run){
		.stretch = line->stretch, .day = line->day, .seconds = line->seconds,
		.is_sale = is_sale, .is_label = is_label,
		.is_counted = !is_label && (is_sale || t->count_returns),
		.products_end = t->n_products,
	};
	take_key(t, run, line->key);
	if (run->is_counted) {
		run->invoice = code_if(&t->invoices, line->invoice);
		for (size_t k = 0; k < t->n_carried; k++)
			t->waiting_carried[t->n_waiting * t->n_carried + k] =
				code_if(&t->values[k], line->carried[k]);
	}
	if (t->has_pivot && !is_label)
		run->pivot = code_if(&t->pivot_values, line->pivot);
	t->n_waiting++;
	return run;
}

/* Whether a line may be added to the run before it: matching needs each line
 * by itself. */
static bool goes_on(const struct rfm *t, const struct trade_line *line)
{
	const struct rfm_run *run = &t->waiting[t->n_waiting - 1];

	return t->n_waiting && line->stretch && line->stretch == run->stretch &&
	       (line->sign > 0) == run->is_sale && !t->has_moves;
}

void rfm_add(struct rfm *t, const struct trade_line *line, enum rfm_fate fate)
{
	if (fate == RFM_LABEL && line->sign <= 0)
		return;
	if (t->n_products == PRODUCTS_MAX)
		rfm_flush(t);
	struct rfm_run *run = goes_on(t, line) ? &t->waiting[t->n_waiting - 1] :
						 begin_run(t, line, fate == RFM_LABEL);
	run->n_lines++;
	run->quantity_micro += line->quantity_micro;
	t->overflow |= !dec_add(&run->amount_pico, line->amount_pico);
	if (line->product.n && (run->is_counted || (t->has_moves && !run->is_label))) {
		t->waiting_products[t->n_products++] = code_of(&t->products, line->product);
		run->products_end = t->n_products;
	}
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

static void add_sum(struct rfm *t, struct idmap *map, uint32_t id, const struct rfm_run *run)
{
	struct rfm_sum *s = idmap_value(map, &t->sums, id);

	t->overflow |= !dec_add(run->is_sale ? &s->gross_pico : &s->returned_pico,
				run->is_sale ? run->amount_pico : -run->amount_pico);
}

/* What only some options ask for, of sales and returns. */
static void add_detail(struct rfm *t, struct rfm_customer *c, const struct rfm_run *run,
		       const uint32_t *product, size_t n_products)
{
	if (run->pivot)
		add_sum(t, rfm_pivot_sums(t, run->customer), run->pivot, run);
	if (t->has_months) {
		if (run->day != t->month_day)
			t->month = rfm_month(run->day);
		t->month_day = run->day;
		add_sum(t, rfm_month_sums(t, run->customer), t->month, run);
	}
	if (t->has_first && run->is_sale)
		t->overflow |= !rfm_first_add(rfm_first(t, run->customer),
					      rfm_day_member(run->day), run->amount_pico);
	if (t->has_moves)
		rfm_add_move(t, c, &(struct rfm_move){ run->seconds, (int64_t)run->quantity_micro,
						       n_products ? *product : 0,
						       run->is_sale ? run->invoice : 0 });
}

static void add_run(struct rfm *t, const struct rfm_run *run, const uint32_t *product,
		    size_t n_products, const uint32_t *carried)
{
	struct rfm_customer *c = rfm_customer(t, run->customer);

	if (run->is_label) {
		c->bought = true;
		return;
	}
	*(run->is_sale ? &c->n_sales : &c->n_returns) += run->n_lines;
	t->overflow |= !dec_add(run->is_sale ? &c->gross_pico : &c->returned_pico,
				run->is_sale ? run->amount_pico : -run->amount_pico);
	add_detail(t, c, run, product, n_products);
	if (!run->is_counted)
		return;
	t->overflow |= !dec_add(&c->quantity_micro, run->quantity_micro);
	trade_log_add(&t->log, run->customer, run->invoice,
		    run->is_sale ? rfm_day_member(run->day) : 0, product, n_products);
	for (size_t k = 0; k < t->n_carried; k++)
		if (carried[k])
			*(uint64_t *)idmap_value(&rfm_counts(t, run->customer)[k], &t->counts,
						 carried[k]) += run->n_lines;
}

void rfm_flush(struct rfm *t)
{
	struct rfm_run *run = t->waiting;
	size_t product = 0;

	for (size_t i = 0; i < t->n_waiting; i++)
		if (!run[i].is_same_key)
			group_near(&t->customers, run[i].hash);
	for (size_t i = 0; i < t->n_waiting; i++) {
		run[i].customer = run[i].is_same_key ?
			run[i - 1].customer :
			group_id_hashed(&t->customers, waiting_key(t, &run[i]), run[i].hash);
		add_run(t, &run[i], &t->waiting_products[product], run[i].products_end - product,
			&t->waiting_carried[i * t->n_carried]);
		product = run[i].products_end;
	}
	t->n_waiting = t->n_products = t->waiting_keys.n = 0;
	if (!t->has_ceiling && trade_log_has_doubled(&t->log))
		trade_log_compact(&t->log, t->customers.n);
}

static void count_distinct(struct rfm_customer *c, const struct trade_sets *s)
{
	const struct trade_ids *days = &s->of[TRADE_DAY];

	c->n_invoices = (uint32_t)s->of[TRADE_INVOICE].n;
	c->n_products = (uint32_t)s->of[TRADE_PRODUCT].n;
	c->n_days = (uint32_t)days->n;
	c->first_day = UINT32_MAX;
	c->last_day = 0;
	for (size_t i = 0; i < days->n; i++) {
		c->first_day = days->id[i] < c->first_day ? days->id[i] : c->first_day;
		c->last_day = days->id[i] > c->last_day ? days->id[i] : c->last_day;
	}
}

/* Customers that a thread takes at once. */
enum { SHARE = 4096 };

static void settle_share(void *ctx, size_t share)
{
	struct rfm *t = ctx;
	const uint32_t *start = t->log.start;
	size_t from = share * SHARE;
	size_t to = from + SHARE < t->customers.n ? from + SHARE : t->customers.n;
	struct trade_sets sets = { 0 };

	for (size_t i = from; i < to; i++) {
		trade_log_sets(&t->log, start[i], start[i + 1], &sets);
		count_distinct(rfm_customer(t, (uint32_t)i), &sets);
	}
	trade_sets_free(&sets);
}

void rfm_settle(struct rfm *t)
{
	rfm_flush(t);
	trade_log_sort(&t->log, t->customers.n, t->threads);
	par_for(t->threads, (t->customers.n + SHARE - 1) / SHARE, settle_share, t);
}

const struct trade_sets *rfm_customer_sets(struct rfm *t, uint32_t i)
{
	trade_log_sets(&t->log, t->log.start[i], t->log.start[i + 1], &t->sets);
	return &t->sets;
}

size_t rfm_memory(const struct rfm *t, size_t n_more)
{
	const struct group *named[] = { &t->customers, &t->invoices.others, &t->products.others,
					&t->pivot_values.others };
	size_t bytes = trade_log_memory(&t->log, t->customers.n) + t->counts.arena.n_bytes + t->sums.arena.n_bytes +
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
	trade_log_reset(&t->log);
	idmap_pool_free(&t->counts);
	idmap_pool_free(&t->sums);
	mem_arena_free(&t->moves);
	t->last_customer = 0;
}

void rfm_free(struct rfm *t)
{
	rfm_reset(t);
	trade_log_free(&t->log);
	trade_sets_free(&t->sets);
	free(t->waiting);
	free(t->waiting_products);
	free(t->waiting_carried);
	free(t->waiting_keys.s);
	free(t->scratch.s);
	free(t->texts.s);
	t->scratch = t->texts = t->waiting_keys = (struct buf){ 0 };
}

bool rfm_figures(struct rfm_figures *f, const struct rfm *t, uint32_t i,
		 const struct rfm_rule *rule)
{
	const struct rfm_customer *c = rfm_customer(t, i);

	*f = (struct rfm_figures){
		.has_sale = c->n_sales > 0,
		.n_invoices = c->n_invoices - c->n_whole,
		.n_days = c->n_days,
		.n_products = c->n_products,
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
		f->first_day = rfm_member_day(c->first_day);
		f->last_day = rfm_member_day(c->last_day);
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

	while ((id = idmap_next(&rfm_counts(t, i)[column], &t->counts, &at, &value))) {
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
