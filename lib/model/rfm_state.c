/* SPDX-License-Identifier: MIT */
#include "model/rfm_state.h"

#include <stdlib.h>
#include <string.h>

#include "value/date.h"
#include "value/num.h"
#include "value/text.h"

const char *const rfm_state_name[RFM_STATE_FIELDS] = {
	"n_sales", "n_returns", "quantity", "gross", "returned",
	"bought",  "invoices",  "days",     "products", "pivot",    "months", "moves",
	"first",
};

enum {
	N_SALES, N_RETURNS, QUANTITY, GROSS, RETURNED, BOUGHT,
	INVOICES, DAYS, PRODUCTS, PIVOT, MONTHS, MOVES, FIRST,
};

#define MICRO_TO_PICO 1000000

/* A member of a list and the value of a map's. */
struct item {
	struct span text;
	const void *value;
	/* The bytes of a short one move with its item when it is sorted. */
	size_t room_at;
	char room[CODE_ROOM];
};

static struct span item_text(const struct item *x)
{
	return (struct span){ x->text.s ? x->text.s : x->room + x->room_at, x->text.n };
}

static int compare_items(const void *a, const void *b)
{
	return span_compare(item_text(a), item_text(b));
}

static void put_int(struct buf *to, uint64_t n)
{
	to->n += num_print_uint(buf_room(to, NUM_MAX), n);
}

static void put_pico(struct buf *to, dec_wide pico)
{
	to->n += dec_print_pico(buf_room(to, DEC_MAX), pico);
}

/* What follows a map's member: lines of a carried value, or sums. */
static void put_value(struct buf *to, size_t width, const void *value)
{
	const struct rfm_sum *sum = value;

	if (!width)
		return;
	buf_put(to, "\\t", 2);
	if (width == sizeof(uint64_t)) {
		put_int(to, *(const uint64_t *)value);
		return;
	}
	put_pico(to, sum->gross_pico);
	buf_put(to, "\\t", 2);
	put_pico(to, sum->returned_pico);
}

static void set_item(struct item *x, const struct code *names, uint32_t id, const void *value)
{
	x->text = code_bytes(names, id, x->room);
	x->room_at = 0;
	if (x->text.s >= x->room && x->text.s < x->room + CODE_ROOM) {
		x->room_at = (size_t)(x->text.s - x->room);
		x->text.s = NULL;
	}
	x->value = value;
}

static void put_items(struct buf *to, struct item *item, size_t n, size_t width, bool sorts)
{
	if (sorts && n)
		qsort(item, n, sizeof *item, compare_items);
	for (size_t i = 0; i < n; i++) {
		struct span s = item_text(&item[i]);
		if (i)
			buf_put(to, "\\t", 2);
		to->n += text_escape(buf_room(to, 2 * s.n), s.s, s.n);
		put_value(to, width, item[i].value);
	}
}

static struct item *items(struct buf *scratch, size_t n)
{
	scratch->n = 0;
	return (struct item *)(void *)buf_room(scratch, n * sizeof(struct item));
}

/* The members and values of a map, sorted, as a list. */
static void put_map(struct buf *to, struct buf *scratch, const struct idmap *map,
		    const struct idmap_pool *pool, const struct code *names)
{
	struct item *item = items(scratch, map->n);
	const void *value;
	size_t at = 0, n = 0;
	uint32_t id;

	while ((id = idmap_next(map, pool, &at, &value)))
		set_item(&item[n++], names, id, value);
	put_items(to, item, n, pool->width, true);
}

static void put_set(struct buf *to, struct buf *scratch, const struct trade_ids *set,
		    const struct code *names, bool sorts)
{
	struct item *item = items(scratch, set->n);

	for (size_t i = 0; i < set->n; i++)
		set_item(&item[i], names, set->id[i], NULL);
	put_items(to, item, set->n, 0, sorts);
}

static int compare_days(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void put_days(struct buf *to, struct buf *scratch, const struct trade_ids *days)
{
	size_t n_bytes = days->n * sizeof(uint32_t);
	uint32_t *day;

	scratch->n = 0;
	day = (uint32_t *)(void *)buf_room(scratch, n_bytes);
	if (n_bytes) {
		memcpy(day, days->id, n_bytes);
		qsort(day, days->n, sizeof *day, compare_days);
	}
	for (size_t i = 0; i < days->n; i++) {
		if (i)
			buf_put(to, "\\t", 2);
		to->n += date_print_days(buf_room(to, DATE_MAX), rfm_member_day(day[i]));
	}
}

static void put_code(struct buf *to, const struct code *names, uint32_t code)
{
	char room[CODE_ROOM];

	if (!code)
		return;
	struct span s = code_bytes(names, code, room);
	to->n += text_escape(buf_room(to, 2 * s.n), s.s, s.n);
}

static void put_move(struct buf *to, const struct rfm *t, const struct rfm_move *m)
{
	put_code(to, &t->products, m->product);
	buf_put(to, "\\t", 2);
	to->n += date_print_seconds(buf_room(to, DATE_MAX), m->seconds);
	buf_put(to, "\\t", 2);
	put_code(to, &t->invoices, m->invoice);
	buf_put(to, "\\t", 2);
	put_pico(to, (dec_wide)m->quantity_micro * MICRO_TO_PICO);
}

static int compare_spans(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The lines in byte order of their texts. */
static void put_moves(struct buf *to, struct rfm *t, const struct rfm_moves *moves)
{
	size_t n = 0, at = 0;

	t->texts.n = t->scratch.n = 0;
	for (const struct rfm_moves *m = moves; m; m = m->next)
		for (uint32_t i = 0; i < m->n; i++, n++) {
			size_t start = t->texts.n;
			put_move(&t->texts, t, &m->move[i]);
			buf_put(&t->scratch, &(struct span){ NULL, t->texts.n - start },
				sizeof(struct span));
		}
	struct span *text = (struct span *)(void *)t->scratch.s;
	for (size_t i = 0; i < n; at += text[i++].n)
		text[i].s = t->texts.s + at;
	if (n)
		qsort(text, n, sizeof *text, compare_spans);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_put(to, "\\t", 2);
		buf_put(to, text[i].s, text[i].n);
	}
}

static void put_first(struct buf *to, const struct rfm_first *f)
{
	if (!f->day)
		return;
	to->n += date_print_days(buf_room(to, DATE_MAX), rfm_member_day(f->day));
	buf_put(to, "\\t", 2);
	put_pico(to, f->gross_pico);
}

static void put_sums(struct buf *to, const struct rfm_customer *c)
{
	put_int(to, c->n_sales);
	buf_char(to, '\t');
	put_int(to, c->n_returns);
	buf_char(to, '\t');
	put_pico(to, c->quantity_micro * MICRO_TO_PICO);
	buf_char(to, '\t');
	put_pico(to, c->gross_pico);
	buf_char(to, '\t');
	put_pico(to, c->returned_pico);
	buf_char(to, '\t');
	put_int(to, c->bought);
}

static void put_sets(struct buf *to, struct rfm *t, const struct trade_sets *s, bool sorts)
{
	buf_char(to, '\t');
	put_set(to, &t->scratch, &s->of[TRADE_INVOICE], &t->invoices, sorts);
	buf_char(to, '\t');
	put_days(to, &t->scratch, &s->of[TRADE_DAY]);
	buf_char(to, '\t');
	put_set(to, &t->scratch, &s->of[TRADE_PRODUCT], &t->products, sorts);
}

static void put_details(struct buf *to, struct rfm *t, uint32_t i)
{
	buf_char(to, '\t');
	if (t->has_pivot)
		put_map(to, &t->scratch, rfm_pivot_sums(t, i), &t->sums, &t->pivot_values);
	buf_char(to, '\t');
	if (t->has_months)
		put_map(to, &t->scratch, rfm_month_sums(t, i), &t->sums, &(struct code){ 0 });
	buf_char(to, '\t');
	put_moves(to, t, rfm_customer(t, i)->moves);
	buf_char(to, '\t');
	if (t->has_first)
		put_first(to, rfm_first(t, i));
	for (size_t k = 0; k < t->n_carried; k++) {
		buf_char(to, '\t');
		put_map(to, &t->scratch, &rfm_counts(t, i)[k], &t->counts, &t->values[k]);
	}
}

void rfm_state_encode(struct rfm *t, uint32_t i, struct buf *to)
{
	put_sums(to, rfm_customer(t, i));
	put_sets(to, t, rfm_customer_sets(t, i), true);
	put_details(to, t, i);
}

void rfm_state_encode_some(struct rfm *t, uint32_t i, size_t from, size_t end, struct buf *to)
{
	static const struct rfm_customer none;
	bool is_first = from == t->log.start[i];

	trade_log_sets(&t->log, from, end, &t->sets);
	put_sums(to, is_first ? rfm_customer(t, i) : &none);
	put_sets(to, t, &t->sets, false);
	if (is_first)
		put_details(to, t, i);
	else
		for (size_t k = PIVOT; k < RFM_STATE_FIELDS + t->n_carried; k++)
			buf_char(to, '\t');
}

static bool get_count(struct span s, uint64_t *sum)
{
	int64_t n;
	return num_parse_int(s.s, s.n, &n) && n >= 0 &&
	       !__builtin_add_overflow(*sum, (uint64_t)n, sum);
}

static bool get_sum(struct span s, dec_wide unit, dec_wide *sum)
{
	dec_wide pico;
	return dec_parse_pico(s.s, s.n, &pico) == DEC_OK && pico % unit == 0 &&
	       dec_add(sum, pico / unit);
}

/* The next member of a list in *rest; false when there is none. */
static bool next_member(struct span *rest, struct span *member)
{
	if (!rest->s)
		return false;
	const char *tab = memchr(rest->s, '\t', rest->n);
	*member = (struct span){ rest->s, tab ? (size_t)(tab - rest->s) : rest->n };
	if (tab)
		*rest = (struct span){ tab + 1, rest->n - member->n - 1 };
	else
		rest->s = NULL;
	return true;
}

static struct span open_list(struct buf *scratch, struct span field)
{
	scratch->n = 0;
	char *to = buf_room(scratch, field.n);
	return (struct span){ field.n ? to : NULL, text_unescape(to, field.s, field.n) };
}

static void add_code(struct buf *codes, uint32_t code)
{
	buf_put(codes, &code, sizeof code);
}

static void log_codes(struct rfm *t, uint32_t customer, enum trade_kind kind)
{
	trade_log_list(&t->log, customer, kind, (const uint32_t *)(const void *)t->texts.s,
		     t->texts.n / sizeof(uint32_t));
}

static bool get_days(struct rfm *t, uint32_t customer, struct span field)
{
	struct span rest = open_list(&t->scratch, field), member;
	int64_t seconds;

	t->texts.n = 0;
	while (next_member(&rest, &member)) {
		if (!date_parse(member.s, member.n, &seconds, NULL))
			return false;
		add_code(&t->texts, rfm_day_member(date_day_of(seconds)));
	}
	log_codes(t, customer, TRADE_DAY);
	return true;
}

static bool get_set(struct rfm *t, uint32_t customer, enum trade_kind kind, struct code *names,
		    struct span field)
{
	struct span rest = open_list(&t->scratch, field), member;

	t->texts.n = 0;
	while (next_member(&rest, &member)) {
		if (!member.n)
			return false;
		add_code(&t->texts, code_of(names, member));
	}
	log_codes(t, customer, kind);
	return true;
}

static bool get_counts(struct rfm *t, struct idmap *map, struct code *names, struct span field)
{
	struct span rest = open_list(&t->scratch, field), member, count;

	while (next_member(&rest, &member)) {
		if (!member.n || !next_member(&rest, &count))
			return false;
		uint32_t id = code_of(names, member);
		if (!get_count(count, idmap_value(map, &t->counts, id)))
			return false;
	}
	return true;
}

static bool get_sums(struct rfm *t, struct idmap *map, struct code *names, struct span field)
{
	struct span rest = open_list(&t->scratch, field), member, gross, returned;

	while (next_member(&rest, &member)) {
		if (!member.n || !next_member(&rest, &gross) || !next_member(&rest, &returned))
			return false;
		struct rfm_sum *sum = idmap_value(map, &t->sums, code_of(names, member));
		if (!get_sum(gross, 1, &sum->gross_pico) ||
		    !get_sum(returned, 1, &sum->returned_pico))
			return false;
	}
	return true;
}

static bool get_months(struct rfm *t, struct idmap *map, struct span field)
{
	struct code none = { 0 };
	const void *value;
	size_t at = 0;
	uint32_t month;

	if (!get_sums(t, map, &none, field))
		return false;
	while ((month = idmap_next(map, &t->sums, &at, &value)))
		if (month > 999913 || (month - 1) % 100 < 1 || (month - 1) % 100 > 12)
			return false;
	return true;
}

static bool get_moves(struct rfm *t, struct rfm_customer *c, struct span field)
{
	struct span rest = open_list(&t->scratch, field), product, time, invoice, quantity;
	struct rfm_move m;

	while (next_member(&rest, &product)) {
		if (!next_member(&rest, &time) || !next_member(&rest, &invoice) ||
		    !next_member(&rest, &quantity) ||
		    !date_parse(time.s, time.n, &m.seconds, NULL) ||
		    dec_parse_micro(quantity.s, quantity.n, &m.quantity_micro) != DEC_OK)
			return false;
		m.product = product.n ? code_of(&t->products, product) : 0;
		m.invoice = invoice.n ? code_of(&t->invoices, invoice) : 0;
		rfm_add_move(t, c, &m);
	}
	return true;
}

static bool get_first(struct rfm *t, struct rfm_first *f, struct span field)
{
	struct span rest = open_list(&t->scratch, field), day, gross;
	dec_wide pico = 0;
	int64_t seconds;

	return next_member(&rest, &day) && next_member(&rest, &gross) && !rest.s &&
	       date_parse(day.s, day.n, &seconds, NULL) && get_sum(gross, 1, &pico) &&
	       rfm_first_add(f, rfm_day_member(date_day_of(seconds)), pico);
}

const char *rfm_state_merge(struct rfm *t, struct span key, const struct span *field,
			    size_t *column)
{
	uint32_t i = rfm_find(t, key);
	struct rfm_customer *c = rfm_customer(t, i);
	uint64_t bought = 0;
	const bool ok[RFM_STATE_FIELDS] = {
		[N_SALES] = get_count(field[N_SALES], &c->n_sales),
		[N_RETURNS] = get_count(field[N_RETURNS], &c->n_returns),
		[QUANTITY] = get_sum(field[QUANTITY], MICRO_TO_PICO, &c->quantity_micro),
		[GROSS] = get_sum(field[GROSS], 1, &c->gross_pico),
		[RETURNED] = get_sum(field[RETURNED], 1, &c->returned_pico),
		[BOUGHT] = get_count(field[BOUGHT], &bought),
		[INVOICES] = get_set(t, i, TRADE_INVOICE, &t->invoices, field[INVOICES]),
		[DAYS] = get_days(t, i, field[DAYS]),
		[PRODUCTS] = get_set(t, i, TRADE_PRODUCT, &t->products, field[PRODUCTS]),
		[PIVOT] = !field[PIVOT].n || (t->has_pivot &&
			  get_sums(t, rfm_pivot_sums(t, i), &t->pivot_values, field[PIVOT])),
		[MONTHS] = !field[MONTHS].n || (t->has_months &&
			   get_months(t, rfm_month_sums(t, i), field[MONTHS])),
		[MOVES] = !field[MOVES].n || (t->has_moves && get_moves(t, c, field[MOVES])),
		[FIRST] = !field[FIRST].n ||
			  (t->has_first && get_first(t, rfm_first(t, i), field[FIRST])),
	};

	c->bought |= bought > 0;
	for (size_t k = 0; k < RFM_STATE_FIELDS; k++) {
		if (ok[k])
			continue;
		*column = k;
		return "not a state of seg-rfm, or a sum that passes 128 bits";
	}
	for (size_t k = 0; k < t->n_carried; k++) {
		*column = RFM_STATE_FIELDS + k;
		if (!get_counts(t, &rfm_counts(t, i)[k], &t->values[k], field[*column]))
			return "not a list of values and their numbers of lines";
	}
	return NULL;
}
