/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "model/clean_expr.h"
#include "value/date.h"

__extension__ typedef unsigned __int128 wide;

#define PICO ((wide)1000000000000u)
#define WIDE_MAX (((wide)1 << 127) - 1)

/* *high, *low = a * b, from products of halves. */
static void multiply(wide a, wide b, wide *high, wide *low)
{
	const wide mask = UINT64_MAX;
	wide a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
	wide p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
	wide middle = (p00 >> 64) + (p01 & mask) + (p10 & mask);
	*low = (p00 & mask) | middle << 64;
	*high = p11 + (p01 >> 64) + (p10 >> 64) + (middle >> 64);
}

/* a * b / c, rounded half to even, and whether it was; false when it does not fit or c is 0. */
static bool scaled(wide a, wide b, wide c, wide *result, bool *rounded)
{
	wide high, low, quotient, rest;
	multiply(a, b, &high, &low);
	if (c == 0 || high >= c)
		return false;
	if (high == 0) {
		quotient = low / c;
		rest = low % c;
	} else {
		quotient = 0;
		rest = high;
		for (int bit = 127; bit >= 0; bit--) {
			bool carry = rest >> 127;
			rest = rest << 1 | (low >> bit & 1);
			quotient <<= 1;
			if (carry || rest >= c) {
				rest -= c;
				quotient |= 1;
			}
		}
	}
	*rounded |= rest != 0;
	quotient += rest > c - rest || (rest == c - rest && (quotient & 1));
	*result = quotient;
	return quotient <= WIDE_MAX;
}

struct value {
	enum clean_value_state state;
	dec_wide v;
	bool rounded;    /* it, or what it was made from */
};

static wide magnitude(dec_wide x)
{
	return x < 0 ? -(wide)x : (wide)x;
}

static bool scaled_signed(dec_wide a, dec_wide b, dec_wide c, struct value *result)
{
	wide u;
	if (!scaled(magnitude(a), magnitude(b), magnitude(c), &u, &result->rounded))
		return false;
	result->v = ((a < 0) ^ (b < 0) ^ (c < 0)) ? -(dec_wide)u : (dec_wide)u;
	return true;
}

static struct value cell_value(struct span f)
{
	struct value x = { .state = CLEAN_VALUE_MISSING };
	if (f.n == 0)
		return x;
	enum dec_status status = dec_parse_pico(f.s, f.n, &x.v);
	x.state = status == DEC_OK || status == DEC_ROUNDED ? CLEAN_VALUE_OK : CLEAN_VALUE_BAD;
	x.rounded = status == DEC_ROUNDED;
	return x;
}

static struct value over_list(const struct clean_step *s, const size_t *list, const struct span *cell)
{
	struct value total = { .state = CLEAN_VALUE_MISSING };
	int64_t n = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct value x = cell_value(cell[list[s->first + i]]);
		if (x.state == CLEAN_VALUE_BAD)
			return x;
		if (x.state == CLEAN_VALUE_MISSING)
			continue;
		bool first = n++ == 0;
		if (s->what == STEP_MIN)
			total = first || x.v < total.v ? x : total;
		else if (s->what == STEP_MAX)
			total = first || x.v > total.v ? x : total;
		else if (!dec_add(&total.v, x.v))
			return (struct value){ .state = CLEAN_VALUE_BAD };
		total.rounded |= x.rounded && s->what != STEP_MIN && s->what != STEP_MAX;
	}
	if (n == 0)
		return total;
	total.state = CLEAN_VALUE_OK;
	if (s->what == STEP_MEAN && !scaled_signed(total.v, 1, n, &total))
		total.state = CLEAN_VALUE_BAD;
	return total;
}

static struct value picked(const struct clean_plan *p, const struct clean_expr *e,
			   const struct clean_step *s, const struct span *cell)
{
	size_t n = strlen(e->prefix);
	struct span by = cell[s->column];
	for (size_t i = 0; i < s->n && by.n > 0; i++) {
		size_t column = e->list[s->first + i];
		if (span_is(by, p->column[column].name + n))
			return cell_value(cell[column]);
	}
	return (struct value){ .state = CLEAN_VALUE_MISSING };
}

static struct value year_of(struct span f)
{
	struct value x = { .state = CLEAN_VALUE_MISSING };
	int64_t seconds;
	int year, month, day;
	if (f.n == 0)
		return x;
	x.state = CLEAN_VALUE_BAD;
	if (date_parse(f.s, f.n, &seconds, NULL)) {
		date_civil(date_day_of(seconds), &year, &month, &day);
		x = (struct value){ .state = CLEAN_VALUE_OK, .v = (dec_wide)year * (dec_wide)PICO };
	}
	return x;
}

static struct value combine(enum clean_operation what, struct value a, struct value b)
{
	struct value x = { .state = CLEAN_VALUE_OK, .rounded = a.rounded || b.rounded };
	bool fits = false;
	if (a.state != CLEAN_VALUE_OK || b.state != CLEAN_VALUE_OK) {
		x.state = a.state > b.state ? a.state : b.state;
		return x;
	}
	switch (what) {
	case STEP_ADD:
		fits = !__builtin_add_overflow(a.v, b.v, &x.v);
		break;
	case STEP_SUBTRACT:
		fits = !__builtin_sub_overflow(a.v, b.v, &x.v);
		break;
	case STEP_MULTIPLY:
		fits = scaled_signed(a.v, b.v, (dec_wide)PICO, &x);
		break;
	default:
		if (b.v == 0)
			return (struct value){ .state = CLEAN_VALUE_BY_ZERO };
		fits = scaled_signed(a.v, (dec_wide)PICO, b.v, &x);
		break;
	}
	x.state = fits ? CLEAN_VALUE_OK : CLEAN_VALUE_BAD;
	return x;
}

enum clean_value_state clean_expr_value(const struct clean_plan *p, const struct clean_expr *e,
					const struct span *cell, dec_wide *value, bool *rounded)
{
	struct value stack[CLEAN_DEPTH];
	size_t n = 0;
	for (size_t i = 0; i < e->n_steps; i++) {
		const struct clean_step *s = &e->step[i];
		switch (s->what) {
		case STEP_NUMBER:
			stack[n++] = (struct value){ .state = CLEAN_VALUE_OK, .v = s->number };
			break;
		case STEP_CELL:
			stack[n++] = cell_value(cell[s->column]);
			break;
		case STEP_NEGATE:
			stack[n - 1].v = -stack[n - 1].v;
			break;
		case STEP_PICK:
			stack[n++] = picked(p, e, s, cell);
			break;
		case STEP_YEAR:
			stack[n++] = year_of(cell[s->column]);
			break;
		case STEP_SUM:
		case STEP_MEAN:
		case STEP_MIN:
		case STEP_MAX:
			stack[n++] = over_list(s, e->list, cell);
			break;
		default:
			n--;
			stack[n - 1] = combine(s->what, stack[n - 1], stack[n]);
			break;
		}
	}
	*value = stack[0].v;
	*rounded = stack[0].rounded;
	return stack[0].state;
}

bool clean_where_holds(const struct clean_where *w, const struct span *cell)
{
	struct span f = cell[w->column], want = span_of(w->text);
	int order;
	if (f.n == 0 || want.n == 0) {
		bool equal = f.n == want.n;
		return (w->op == WHERE_EQ && want.n == 0 && equal) ||
		       (w->op == WHERE_NE && (want.n == 0) != equal);
	}
	if (w->is_number) {
		struct value x = cell_value(f);
		if (x.state != CLEAN_VALUE_OK)
			return w->op == WHERE_NE;
		order = (x.v > w->number) - (x.v < w->number);
	} else {
		f.n = w->is_day && f.n > want.n ? want.n : f.n;
		order = span_compare(f, want);
	}
	switch (w->op) {
	case WHERE_EQ:
		return order == 0;
	case WHERE_NE:
		return order != 0;
	case WHERE_LT:
		return order < 0;
	case WHERE_LE:
		return order <= 0;
	case WHERE_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}
