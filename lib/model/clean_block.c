/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "model/clean_expr.h"
#include "model/clean_work.h"
#include "value/text.h"

static bool room_for(char **buffer, size_t *room, size_t need, size_t size)
{
	if (need <= *room)
		return true;
	size_t more = need + need / 2 + 64;
	char *p = realloc(*buffer, more * size);
	if (!p)
		return false;
	*buffer = p;
	*room = more;
	return true;
}

bool clean_more_room(struct clean_work *w, size_t n)
{
	struct clean_result *to = w->to;
	w->no_memory |= !room_for(&to->out, &to->room_out, to->n_out + n, 1);
	return !w->no_memory;
}

static const struct span no_value = { "", 0 };

void clean_add_sum(struct clean_ledger *l, struct clean_sum *to, const struct clean_sum *x)
{
	to->rows += x->rows;
	to->unparsable += x->unparsable;
	l->overflow |= !dec_add(&to->quantity_micro, x->quantity_micro);
	l->overflow |= !dec_add(&to->amount_pico, x->amount_pico);
}

static struct span source_field(const struct clean_work *w, size_t column)
{
	ptrdiff_t i = w->map->field[column];
	return i < 0 ? no_value : w->to->records.field[i];
}

void clean_leave_out(struct clean_work *w, enum clean_reason why, ptrdiff_t column, const struct clean_sum *sum)
{
	struct clean_result *to = w->to;
	clean_add_sum(&to->ledger, &to->ledger.left[why], sum);
	if (to->ledger.left_at[why].line == 0) {
		struct span value = column >= 0 ? clean_trim(source_field(w, (size_t)column)) : no_value;
		value.n = text_utf8_prefix(value.s, value.n < CLEAN_SHOWN ? value.n : CLEAN_SHOWN);
		clean_mark(&to->ledger.left_at[why], to->records.line + 1, value);
	}
	if (!w->want_left)
		return;
	if (!room_for((char **)&to->left, &to->room_left, to->n_left + 1, sizeof *to->left)) {
		w->no_memory = true;
		return;
	}
	to->left[to->n_left++] = (struct clean_left){
		.line = to->records.line, .why = why, .record = to->records.record,
		.n_fields = to->records.n_fields, .column = column,
	};
}

static void parse_role(struct clean_work *w, enum clean_role role, struct clean_number *x)
{
	ptrdiff_t i = w->plan->by_role[role];
	x->state = CLEAN_MISSING;
	if (i >= 0 && w->plan->column[i].source >= 0)
		clean_parse_number(&w->row, (size_t)i, source_field(w, (size_t)i), x);
}

bool clean_cancels(const struct clean_plan *p, struct span invoice)
{
	size_t n = strlen(p->rules.cancel_prefix);
	struct span f = clean_trim(invoice);
	return f.n >= n && memcmp(f.s, p->rules.cancel_prefix, n) == 0;
}

/* Whether the record's invoice begins with --cancel-prefix. */
static bool cancels(const struct clean_work *w)
{
	ptrdiff_t invoice = w->plan->by_role[CLEAN_INVOICE];
	return w->plan->rules.cancel_prefix && invoice >= 0 &&
	       clean_cancels(w->plan, source_field(w, (size_t)invoice));
}

/* A positive quantity or amount of a line that cancels. */
static void turn(struct clean_row *row, struct clean_number *x)
{
	if (x->state != CLEAN_OK || x->micro <= 0)
		return;
	x->micro = -x->micro;
	x->as_is = false;
	row->repaired |= 1u << CLEAN_CANCELLED;
	row->repair[CLEAN_CANCELLED] = 1;
}

/* What the record is worth, before anything is decided about it. */
static void parse_sums(struct clean_work *w, struct clean_sum *sum)
{
	const struct clean_plan *p = w->plan;
	struct clean_row *row = &w->row;
	sum->rows = 1;
	sum->unparsable = 0;
	sum->quantity_micro = sum->amount_pico = 0;
	if (!p->transactions)
		return;
	parse_role(w, CLEAN_QUANTITY, &row->quantity);
	parse_role(w, CLEAN_PRICE, &row->price);
	parse_role(w, CLEAN_AMOUNT, &row->amount);
	if (cancels(w)) {
		turn(row, &row->quantity);
		turn(row, &row->amount);
	}
	bool readable = p->by_role[CLEAN_QUANTITY] < 0 || row->quantity.state == CLEAN_OK;
	if (row->quantity.state == CLEAN_OK)
		sum->quantity_micro = row->quantity.micro;
	if (p->amount_computed && row->quantity.state == CLEAN_OK && row->price.state == CLEAN_OK) {
		sum->amount_pico = dec_mul(row->quantity.micro, row->price.micro);
		if (row->amount.state == CLEAN_OK && dec_mul(row->amount.micro, 1000000) != sum->amount_pico)
			clean_note(row, CLEAN_AMOUNT_DIFFERS);
	} else if (!p->amount_computed && row->amount.state == CLEAN_OK) {
		sum->amount_pico = dec_mul(row->amount.micro, 1000000);
	} else {
		readable = false;
	}
	sum->unparsable = !readable;
}

static char *put_parsed(struct clean_row *row, const struct clean_number *x, enum clean_reason missing,
			char *to)
{
	if (x->state != CLEAN_OK) {
		row->why = x->state == CLEAN_MISSING ? missing : missing + 1;
		return NULL;
	}
	return clean_put_parsed(x, to);
}

static char *put_cell(struct clean_work *w, size_t i, const struct clean_sum *sum, char *to)
{
	const struct clean_column *c = &w->plan->column[i];
	struct clean_row *row = &w->row;
	switch (c->role) {
	case CLEAN_QUANTITY:
		return put_parsed(row, &row->quantity, CLEAN_MISSING_QUANTITY, to);
	case CLEAN_PRICE:
		return put_parsed(row, &row->price, CLEAN_MISSING_PRICE, to);
	case CLEAN_AMOUNT:
		if (!w->plan->amount_computed)
			return put_parsed(row, &row->amount, CLEAN_MISSING_AMOUNT, to);
		if (row->quantity.state != CLEAN_OK)
			return put_parsed(row, &row->quantity, CLEAN_MISSING_QUANTITY, to);
		if (row->price.state != CLEAN_OK)
			return put_parsed(row, &row->price, CLEAN_MISSING_PRICE, to);
		return clean_put_pico(sum->amount_pico, to);
	default:
		break;
	}
	struct span f = source_field(w, i);
	switch (c->type) {
	case CLEAN_TEXT:
		return clean_put_text(row, f, to);
	case CLEAN_ID:
		return clean_put_id(row, c, f, to);
	case CLEAN_DATE:
		return clean_put_date(row, i, f, to);
	default:
		return clean_put_number(row, i, f, to);
	}
}

static bool is_return(const struct clean_work *w)
{
	const struct clean_row *row = &w->row;
	if (cancels(w))
		return true;
	if (w->plan->by_role[CLEAN_QUANTITY] >= 0)
		return row->quantity.state == CLEAN_OK && row->quantity.micro < 0;
	return row->amount.state == CLEAN_OK && row->amount.micro < 0;
}

static enum clean_reason rules(const struct clean_work *w)
{
	const struct clean_rules *r = &w->plan->rules;
	if (!w->plan->transactions)
		return CLEAN_KEPT;
	if (w->plan->by_role[CLEAN_PRICE] >= 0 && !r->any_price) {
		int64_t price = w->row.price.micro;
		if (r->has_min_price ? price < r->min_price_micro : price <= 0)
			return CLEAN_PRICE_RULE;
	}
	return r->drop_returns && is_return(w) ? CLEAN_RETURN : CLEAN_KEPT;
}

/* The derived cells over the hidden ones, which are no longer needed. */
static char *put_derived(struct clean_work *w, char *to)
{
	const struct clean_plan *p = w->plan;
	char *at = to;
	for (size_t i = 0; i < p->n_derive; i++) {
		char text[DEC_MAX];
		dec_wide value;
		bool rounded = false;
		size_t n = 0;
		switch (clean_expr_value(p, &p->derive[i], w->cell, &value, &rounded)) {
		case CLEAN_VALUE_BAD:
			w->row.why = CLEAN_BAD_VALUE;
			return NULL;
		case CLEAN_VALUE_OK:
			n = dec_print_pico(text, value);
			if (rounded)
				clean_note(&w->row, CLEAN_QUOTIENT);
			break;
		case CLEAN_VALUE_BY_ZERO:
			clean_note(&w->row, CLEAN_BY_ZERO);
			break;
		case CLEAN_VALUE_MISSING:
			break;
		}
		memcpy(at, text, n);
		w->cell[p->n_columns + i] = (struct span){ at, n };
		at += n + 1; /* room for the TAB that append_derived sets before it */
	}
	return at;
}

/* The derived cells, moved behind the visible ones. */
static char *append_derived(const struct clean_work *w, char *to)
{
	const struct clean_plan *p = w->plan;
	for (size_t i = 0; i < p->n_derive; i++) {
		struct span f = w->cell[p->n_columns + i];
		*to++ = '\t';
		memmove(to, f.s, f.n);
		to += f.n;
	}
	return to;
}

enum clean_reason clean_checks(const struct clean_work *w, ptrdiff_t *column)
{
	const struct clean_plan *p = w->plan;
	for (size_t i = 0; i < p->n_check; i++) {
		enum clean_reason why = clean_check_cell(&p->check[i], w->cell);
		*column = (ptrdiff_t)p->check[i].column;
		if (why != CLEAN_KEPT)
			return why;
	}
	*column = -1;
	return CLEAN_KEPT;
}

char *clean_put_rest(struct clean_work *w, char *visible, char *to)
{
	const struct clean_plan *p = w->plan;
	if (p->n_derive > 0 && !put_derived(w, to))
		return NULL;
	w->row.why = CLEAN_WHERE;
	for (size_t i = 0; i < p->n_where; i++)
		if (!clean_where_holds(&p->where[i], w->cell))
			return NULL;
	w->row.why = CLEAN_KEPT;
	return append_derived(w, visible);
}

/* The row without its line's end at `to`; NULL with row.why and *column. */
static char *put_row(struct clean_work *w, const struct clean_sum *sum, char *to, ptrdiff_t *column)
{
	const struct clean_plan *p = w->plan;
	char *visible = to;
	for (size_t i = 0; i < p->n_columns; i++) {
		char *at = to;
		if (p->column[i].skipped)
			continue;
		*column = (ptrdiff_t)i;
		to = put_cell(w, i, sum, to);
		if (!to)
			return NULL;
		if (w->want_cells)
			w->cell[i] = (struct span){ at, (size_t)(to - at) };
		if (i < p->n_visible)
			visible = to;
		*to++ = '\t';
	}
	w->row.why = clean_checks(w, column);
	if (w->row.why == CLEAN_KEPT)
		w->row.why = rules(w);
	if (w->row.why != CLEAN_KEPT)
		return NULL;
	return w->want_cells ? clean_put_rest(w, visible, to) : visible;
}

/* One text for equal fields however they were quoted: quotes only where needed. */
static size_t canonical(const struct clean_work *w, char *to)
{
	const struct csv_records *r = &w->to->records;
	const struct csv_dialect *d = &w->map->dialect;
	char *p = to;
	for (size_t i = 0; i < r->n_fields; i++) {
		struct span f = r->field[i];
		bool quote = memchr(f.s, d->delimiter, f.n) || memchr(f.s, d->quote, f.n) ||
			     memchr(f.s, '\n', f.n) || memchr(f.s, '\r', f.n);
		if (i > 0)
			*p++ = d->delimiter;
		if (quote)
			*p++ = d->quote;
		for (size_t k = 0; k < f.n; k++) {
			if (f.s[k] == d->quote)
				*p++ = d->quote;
			*p++ = f.s[k];
		}
		if (quote)
			*p++ = d->quote;
	}
	return (size_t)(p - to);
}

void clean_remember(struct clean_work *w, const struct clean_sum *sum)
{
	struct clean_result *to = w->to;
	struct span f = to->records.record;
	if (!room_for((char **)&to->kept, &to->room_kept, to->n_kept + 1, sizeof *to->kept)) {
		w->no_memory = true;
		return;
	}
	struct clean_kept *k = &to->kept[to->n_kept];
	k->line = to->records.line;
	k->end = to->n_out;
	k->sum = *sum;
	k->record = f;
	if (to->records.quoted) {
		if (!clean_room(w, CLEAN_CELL_ROOM(f.n)))
			return;
		f = (struct span){ to->out + to->n_out, canonical(w, to->out + to->n_out) };
	}
	k->hash = hash_128(f.s, f.n);
	to->n_kept++;
}

void clean_commit_repairs(struct clean_work *w)
{
	struct clean_ledger *l = &w->to->ledger;
	for (unsigned left = w->row.repaired; left; left &= left - 1) {
		enum clean_repair kind = (enum clean_repair)__builtin_ctz(left);
		if (kind == CLEAN_AS_TEXT && l->repair[kind] == 0) {
			struct span value = w->row.odd;
			value.n = text_utf8_prefix(value.s, value.n < CLEAN_SHOWN ? value.n : CLEAN_SHOWN);
			l->as_text_column = w->row.odd_column;
			clean_mark(&l->repair_at[kind], w->to->records.line + 1, value);
		}
		clean_count_repair(w, kind, w->row.repair[kind]);
	}
}

/* A record whose values are not looked at. */
static const struct clean_sum unread = { .rows = 1, .unparsable = 1 };

void clean_one_record(struct clean_work *w, bool lose)
{
	struct clean_result *to = w->to;
	struct csv_records *r = &to->records;
	if (r->n_fields != w->map->n_fields) {
		clean_add_sum(&to->ledger, &to->ledger.in, &unread);
		clean_leave_out(w, r->n_fields < w->map->n_fields ? CLEAN_TOO_FEW : CLEAN_TOO_MANY, -1, &unread);
		return;
	}
	if (clean_is_header(w->map, r->record)) {
		clean_add_sum(&to->ledger, &to->ledger.in, &unread);
		clean_leave_out(w, CLEAN_HEADER, -1, &unread);
		return;
	}
	clean_forget_repairs(&w->row);
	w->row.record = r->record;
	w->row.line = r->line + 1;
	w->row.encoding = RECORD_UNKNOWN;
	struct clean_sum sum; /* filled in place: a copy would wait for the stores */
	parse_sums(w, &sum);
	clean_add_sum(&to->ledger, &to->ledger.in, &sum);
	if (!clean_room(w, CLEAN_CELL_ROOM(r->record.n) + w->n_fixed))
		return;
	ptrdiff_t column;
	char *end = put_row(w, &sum, to->out + to->n_out, &column);
	if (!end) {
		clean_leave_out(w, w->row.why, column, &sum);
		return;
	}
	if (lose)
		return;
	clean_end_row(w, end);
	clean_add_sum(&to->ledger, &to->ledger.out, &sum);
	if (w->plan->rules.dedup)
		clean_remember(w, &sum);
}

static void start(struct clean_result *to)
{
	to->n_out = to->n_left = to->n_kept = 0;
	to->n_rows = to->n_lines = to->n_records = 0;
	memset(&to->ledger, 0, sizeof to->ledger);
}

int clean_block(const struct clean_plan *p, const struct clean_map *m, const char *s, size_t n,
		bool first_block, bool want_left, struct clean_result *to)
{
	struct clean_work w = { .plan = p, .map = m, .to = to, .want_left = want_left,
			  .want_cells = p->n_derive > 0 || p->n_where > 0 || p->n_check > 0,
			  .n_fixed = 64 * (p->n_columns + p->n_derive + 2) };
	struct csv_records *r = &to->records;
	start(to);
	w.row.plan = p;
	w.row.ledger = &to->ledger;
	w.row.last = calloc(p->n_columns, sizeof *w.row.last);
	w.cell = calloc(p->n_columns + p->n_derive, sizeof *w.cell);
	w.no_memory = !w.row.last || !w.cell || clean_marks_begin(to, p->n_columns) != 0;
	w.row.marks = to->marks;
	if (!(first_block && p->rules.drop_record))
		clean_batch_begin(&w);
	csv_begin(r, s, n, &m->dialect);
	while (!w.no_memory) {
		if (clean_next_batch(&w))
			continue;
		if (!csv_next(r))
			break;
		clean_one_record(&w, first_block && r->n_records == p->rules.drop_record);
	}
	to->marked = w.row.marked;
	to->n_lines = r->n_lines;
	to->n_records = r->n_records;
	if (r->n_blank > 0) {
		to->ledger.repair[CLEAN_BLANK_LINE] = r->n_blank;
		to->ledger.repair_at[CLEAN_BLANK_LINE].line = r->first_blank + 1;
	}
	free(w.row.last);
	free(w.cell);
	free(w.batch);
	return w.no_memory ? -1 : 0;
}

int clean_no_record(const char *s, size_t n, enum clean_reason why, bool want_left, struct clean_result *to)
{
	struct clean_work w = { .to = to, .want_left = want_left };
	start(to);
	while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\r'))
		n--;
	to->records.line = 0;
	to->records.record = (struct span){ s, n };
	to->records.n_fields = 0;
	to->n_lines = to->n_records = 1;
	clean_add_sum(&to->ledger, &to->ledger.in, &unread);
	clean_leave_out(&w, why, -1, &unread);
	return w.no_memory ? -1 : 0;
}

void clean_result_free(struct clean_result *r)
{
	csv_records_free(&r->records);
	free(r->out);
	free(r->left);
	free(r->kept);
	free(r->marks);
	memset(r, 0, sizeof *r);
}
