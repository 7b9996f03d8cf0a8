/* SPDX-License-Identifier: MIT */
#include "table/trade.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "table/columns.h"
#include "table/part.h"
#include "value/date.h"

static const int64_t POWER_10[] = {
	1,       10,       100,       1000,       10000,       100000,       1000000,
	10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
};

static void choose_columns(struct trade *t, const struct opt_list *by, const char *key,
			   const struct opt_list *carry)
{
	if (by->n) {
		columns_choose(&t->key, t->in, by);
	} else {
		t->key = (struct columns){ mem_array(1, sizeof(size_t)), 1 };
		t->key.index[0] = (size_t)columns_key(t->in, key, true);
	}
	columns_choose(&t->carry, t->in, carry);
	t->carried = mem_zero(t->carry.n, sizeof *t->carried);
}

void trade_open(struct trade *t, struct tsv_in *in, const struct opt_list *by, const char *key,
		const struct opt_list *carry)
{
	*t = (struct trade){ .in = in, .pivot = -1 };
	choose_columns(t, by, key, carry);
	t->date = (ptrdiff_t)columns_one(in, "date");
	t->invoice = tsv_column(in, "invoice");
	t->product = tsv_column(in, "product");
	t->quantity = tsv_column(in, "quantity");
	t->price = tsv_column(in, "price");
	t->amount = tsv_column(in, "amount");
	if (t->amount < 0 && (t->quantity < 0 || t->price < 0))
		msg_die(MSG_FAILED, "%s: no column amount, nor both of quantity and price",
			in->file);
}

/*
 * [-] digits [. digits] of at most 17 digits, `places` of them at most behind
 * the point, as a count of 10^-places: nearly every quantity and amount there
 * is.  False: left to the full grammar.
 */
static inline bool parse_short(struct span f, int places, int64_t *mantissa, int *left)
{
	const char *s = f.s, *end = s + f.n;
	bool minus = f.n && *s == '-';
	int64_t v = 0;

	s += minus;
	if (s == end || end - s > 18)
		return false;
	const char *start = s;
	while (s < end && (unsigned char)(*s - '0') < 10)
		v = v * 10 + (*s++ - '0');
	if (s == start)
		return false;
	*left = places;
	if (s < end) {
		if (*s != '.' || end - s - 1 > places || end - s == 1)
			return false;
		*left = places - (int)(end - s - 1);
		for (s++; s < end && (unsigned char)(*s - '0') < 10; s++)
			v = v * 10 + (*s - '0');
		if (s < end)
			return false;
	}
	*mantissa = minus ? -v : v;
	return true;
}

static dec_wide parse_amount(const struct trade *t, ptrdiff_t column)
{
	int64_t mantissa;
	int left;
	if (parse_short(t->in->field[column], 12, &mantissa, &left))
		return (dec_wide)mantissa * POWER_10[left];
	return tsv_pico(t->in, (size_t)column);
}

static int64_t parse_micro(const struct trade *t, ptrdiff_t column)
{
	struct span f = t->in->field[column];
	int64_t micro;
	int left;

	if (parse_short(f, 6, &micro, &left) &&
	    !__builtin_mul_overflow(micro, POWER_10[left], &micro))
		return micro;
	if (!f.n)
		tsv_die(t->in, column, "missing value");
	switch (dec_parse_micro(f.s, f.n, &micro)) {
	case DEC_OK:
	case DEC_ROUNDED:
		return micro;
	case DEC_OVERFLOW: {
		char quoted[MSG_QUOTE_MAX];
		tsv_die(t->in, column, "number too large: %s", msg_quote(quoted, f.s, f.n));
	}
	case DEC_SYNTAX:
		break;
	}
	char quoted[MSG_QUOTE_MAX];
	tsv_die(t->in, column, "not a number: %s", msg_quote(quoted, f.s, f.n));
}

static int64_t parse_day(struct trade *t)
{
	struct span f = t->in->field[t->date];

	if (f.n && f.n == t->date_n && memcmp(f.s, t->date_text, f.n) == 0)
		return t->date_day;
	t->date_seconds = tsv_seconds(t->in, (size_t)t->date);
	t->date_day = date_day_of(t->date_seconds);
	t->date_n = f.n <= sizeof t->date_text ? f.n : 0;
	memcpy(t->date_text, f.s, t->date_n);
	return t->date_day;
}

static struct span join_key(struct trade *t)
{
	t->joined.n = 0;
	for (size_t i = 0; i < t->key.n; i++) {
		struct span f = t->in->field[t->key.index[i]];
		if (!f.n)
			return (struct span){ NULL, 0 };
		if (i)
			buf_char(&t->joined, '\t');
		buf_put(&t->joined, f.s, f.n);
	}
	return (struct span){ t->joined.s, t->joined.n };
}

/* Whether a line begins the next key. */
static bool follow_key(struct trade *t, struct span key)
{
	int c = span_compare(key, (struct span){ t->last_key.s, t->last_key.n });

	if (!key.n || !c)
		return false;
	if (c < 0)
		tsv_die(t->in, (ptrdiff_t)t->key.index[0],
			"below the line before in byte order; --sorted wants sorted customers");
	t->last_key.n = 0;
	buf_put(&t->last_key, key.s, key.n);
	return true;
}

/* A sale of negative worth, or a return that earns: taken as it is, and said. */
static void note_contrary(struct trade *t, const struct trade_line *line)
{
	if (line->sign * ((line->amount_pico > 0) - (line->amount_pico < 0)) >= 0)
		return;
	if (t->n_contrary++ == 0) {
		t->contrary_file = t->in->file;
		t->contrary_line = t->in->line;
	}
}

static void warn_contrary(const struct trade *t)
{
	if (t->n_contrary)
		msg_warn("lines whose amount has not the sign of their quantity: %llu (first at %s:%llu)",
			 (unsigned long long)t->n_contrary, t->contrary_file,
			 (unsigned long long)t->contrary_line);
}

bool trade_next(struct trade *t, struct trade_line *line)
{
	struct tsv_in *in = t->in;
	const struct span none = { NULL, 0 };

	if (!tsv_next(in)) {
		warn_contrary(t);
		return false;
	}
	line->key = t->key.n == 1 ? in->field[t->key.index[0]] : join_key(t);
	if (part_is_reserved(line->key))
		tsv_die(in, (ptrdiff_t)t->key.index[0],
			"U+10FFFF marks the end of a part and cannot be a key");
	line->is_next_key = t->is_sorted && follow_key(t, line->key);
	line->invoice = t->invoice < 0 ? none : in->field[t->invoice];
	line->product = t->product < 0 ? none : in->field[t->product];
	line->pivot = t->pivot < 0 ? none : in->field[t->pivot];
	for (size_t k = 0; k < t->carry.n; k++)
		t->carried[k] = in->field[t->carry.index[k]];
	line->carried = t->carried;
	line->day = parse_day(t);
	line->seconds = t->date_seconds;
	line->quantity_micro = t->quantity < 0 ? 0 : parse_micro(t, t->quantity);
	if (t->amount >= 0)
		line->amount_pico = parse_amount(t, t->amount);
	else
		line->amount_pico = dec_mul(line->quantity_micro, parse_micro(t, t->price));
	if (t->quantity >= 0) {
		line->sign = (line->quantity_micro > 0) - (line->quantity_micro < 0);
		note_contrary(t, line);
	} else {
		line->sign = (line->amount_pico > 0) - (line->amount_pico < 0);
	}
	return true;
}

void trade_free(struct trade *t)
{
	columns_free(&t->key);
	columns_free(&t->carry);
	free(t->carried);
	free(t->joined.s);
	free(t->last_key.s);
}
