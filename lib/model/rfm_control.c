/* SPDX-License-Identifier: MIT */
#include "model/rfm_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/date.h"
#include "value/num.h"

static const char *const fate_name[RFM_N_FATES] = {
	[RFM_USED] = "used",	 [RFM_LABEL] = "label", [RFM_NO_KEY] = "no_key",
	[RFM_ZERO] = "zero",	 [RFM_AFTER] = "after", [RFM_OUTSIDE] = "outside",
};

void rfm_tally_init(struct rfm_tally *t)
{
	*t = (struct rfm_tally){ .last_day = INT64_MIN, .last_window_day = INT64_MIN };
}

void rfm_control_look(struct rfm_control *c, const struct trade_line *line)
{
	const struct rfm_period *p = &c->period;
	struct rfm_tally *t = &c->tally;

	c->stretch = line->stretch;
	c->sign = line->sign;
	c->fate = rfm_period_fate(p, line);
	if (line->day > t->last_day)
		t->last_day = line->day;
	if (line->day > t->last_window_day && line->day >= p->from_day && line->day < p->to_day)
		t->last_window_day = line->day;
}

bool rfm_tally_is_whole(const struct rfm_tally *t)
{
	uint64_t n = 0;
	for (int i = 0; i < RFM_N_FATES; i++)
		n += t->fate[i];
	return n == t->n_rows;
}

bool rfm_tally_is_expected(const struct rfm_tally *t, int64_t n_rows, int64_t n_shards,
			   char error[200])
{
	if (n_rows >= 0 && t->n_rows != (uint64_t)n_rows) {
		snprintf(error, 200, "the parts hold %llu rows, --expect-rows says %lld",
			 (unsigned long long)t->n_rows, (long long)n_rows);
		return false;
	}
	if (n_shards >= 0 && t->n_shards != (uint64_t)n_shards) {
		snprintf(error, 200, "the parts hold %llu shards, --expect-shards says %lld",
			 (unsigned long long)t->n_shards, (long long)n_shards);
		return false;
	}
	return true;
}

void rfm_tally_merge(struct rfm_tally *t, const struct rfm_tally *from)
{
	t->n_shards += from->n_shards;
	t->n_rows += from->n_rows;
	for (int i = 0; i < RFM_N_FATES; i++)
		t->fate[i] += from->fate[i];
	if (from->last_day > t->last_day)
		t->last_day = from->last_day;
	if (from->last_window_day > t->last_window_day)
		t->last_window_day = from->last_window_day;
}

/* What it begins with; the number is the version. */
#define HEAD "seg-rfm 1"
#define PIVOT " pivot="

enum { N_SETTINGS = 9 };

static const char *const setting_name[N_SETTINGS] = {
	"all", "invoice", "product", "quantity", "from", "to", "as_of", "horizon",
	"match",
};

static void put(struct buf *to, const char *name, int64_t v)
{
	buf_char(to, ' ');
	buf_put(to, name, strlen(name));
	buf_char(to, '=');
	to->n += num_print_int(buf_room(to, NUM_MAX), v);
}

void rfm_control_encode(const struct rfm_control *c, struct buf *to)
{
	const struct rfm_period *p = &c->period;
	const struct rfm_tally *t = &c->tally;
	const int64_t setting[N_SETTINGS] = {
		c->count_returns, c->has_invoice, c->has_product, c->has_quantity,
		p->from_day,	  p->to_day,	  p->as_of_day,	  p->horizon_days,
		c->match,
	};

	buf_put(to, HEAD, sizeof HEAD - 1);
	for (int i = 0; i < N_SETTINGS; i++)
		put(to, setting_name[i], setting[i]);
	put(to, "shards", (int64_t)t->n_shards);
	put(to, "rows", (int64_t)t->n_rows);
	for (int i = 0; i < RFM_N_FATES; i++)
		put(to, fate_name[i], (int64_t)t->fate[i]);
	put(to, "last_day", t->last_day);
	put(to, "last_window_day", t->last_window_day);
	if (c->pivot) {
		buf_put(to, PIVOT, sizeof PIVOT - 1);
		buf_put(to, c->pivot, strlen(c->pivot));
	}
}

/* " name=number" at the start of *rest, which moves behind it. */
static bool get(struct span *rest, const char *name, int64_t least, int64_t *v)
{
	size_t n = strlen(name);

	if (rest->n < n + 2 || rest->s[0] != ' ' || memcmp(rest->s + 1, name, n) != 0 ||
	    rest->s[n + 1] != '=')
		return false;
	rest->s += n + 2;
	rest->n -= n + 2;
	const char *blank = memchr(rest->s, ' ', rest->n);
	n = blank ? (size_t)(blank - rest->s) : rest->n;
	if (!num_parse_int(rest->s, n, v) || *v < least)
		return false;
	rest->s += n;
	rest->n -= n;
	return true;
}

bool rfm_control_decode(struct rfm_control *c, struct span text)
{
	int64_t setting[N_SETTINGS], n_shards, n_rows, fate[RFM_N_FATES];
	struct rfm_tally *t = &c->tally;

	if (text.n < sizeof HEAD - 1 || memcmp(text.s, HEAD, sizeof HEAD - 1) != 0)
		return false;
	text.s += sizeof HEAD - 1;
	text.n -= sizeof HEAD - 1;
	for (int i = 0; i < N_SETTINGS; i++)
		if (!get(&text, setting_name[i], INT64_MIN, &setting[i]))
			return false;
	if (!get(&text, "shards", 0, &n_shards) || !get(&text, "rows", 0, &n_rows))
		return false;
	for (int i = 0; i < RFM_N_FATES; i++)
		if (!get(&text, fate_name[i], 0, &fate[i]))
			return false;
	if (!get(&text, "last_day", INT64_MIN, &t->last_day) ||
	    !get(&text, "last_window_day", INT64_MIN, &t->last_window_day))
		return false;
	c->pivot = NULL;
	if (text.n >= sizeof PIVOT && memcmp(text.s, PIVOT, sizeof PIVOT - 1) == 0)
		c->pivot = mem_copy(text.s + sizeof PIVOT - 1, text.n - (sizeof PIVOT - 1));
	else if (text.n)
		return false;

	t->n_shards = (uint64_t)n_shards;
	t->n_rows = (uint64_t)n_rows;
	for (int i = 0; i < RFM_N_FATES; i++)
		t->fate[i] = (uint64_t)fate[i];
	c->count_returns = setting[0] != 0;
	c->has_invoice = setting[1] != 0;
	c->has_product = setting[2] != 0;
	c->has_quantity = setting[3] != 0;
	c->match = setting[8] != 0;
	c->period = (struct rfm_period){ setting[4], setting[5], setting[6], setting[7] };
	return true;
}

bool rfm_control_same(const struct rfm_control *a, const struct rfm_control *b)
{
	const struct rfm_period *p = &a->period, *q = &b->period;
	if (!a->pivot != !b->pivot || (a->pivot && strcmp(a->pivot, b->pivot) != 0))
		return false;
	return a->match == b->match && a->count_returns == b->count_returns && a->has_invoice == b->has_invoice &&
	       a->has_product == b->has_product && a->has_quantity == b->has_quantity &&
	       p->from_day == q->from_day && p->to_day == q->to_day &&
	       p->as_of_day == q->as_of_day && p->horizon_days == q->horizon_days;
}

const char *rfm_control_merge(struct rfm_control *c, struct span text, bool invoices)
{
	struct rfm_control from;

	if (!rfm_control_decode(&from, text))
		return "not a control record of this version of seg-rfm";
	if (c->tally.n_shards && !rfm_control_same(&from, c))
		return "a part made with other options than those before";
	if (!from.has_invoice && invoices)
		return "made without a column invoice; for --frequency there are lines|days";
	rfm_tally_merge(&from.tally, &c->tally);
	free(c->pivot);
	*c = from;
	return NULL;
}

bool rfm_control_as_of(const struct rfm_control *c, int64_t plus_days, bool allow_censored,
		       int64_t *day, char error[200])
{
	const struct rfm_period *p = &c->period;
	const struct rfm_tally *t = &c->tally;
	int64_t own_day = *day;
	char last[DATE_MAX + 1] = "no day", own[DATE_MAX + 1] = "";

	*day = rfm_period_as_of(p, own_day, t->last_window_day, plus_days);
	if (t->last_day > INT64_MIN)
		last[date_print_days(last, t->last_day)] = '\0';
	if (own_day != RFM_OPEN_DAY)
		own[date_print_days(own, own_day)] = '\0';
	if (own_day != RFM_OPEN_DAY && own_day != *day)
		snprintf(error, 200, "the parts were made with another --as-of");
	else if (own_day != RFM_OPEN_DAY && p->as_of_day == RFM_OPEN_DAY && *day < t->last_window_day)
		snprintf(error, 200, "the parts hold lines up to %s; --as-of %s leaves lines out and "
			 "must be given to --partial", last, own);
	else if (p->horizon_days && !allow_censored && *day + p->horizon_days > t->last_day + 1)
		snprintf(error, 200, "the data end on %s, before the %lld days from --as-of are "
			 "over; --allow-censored goes on", last, (long long)p->horizon_days);
	else
		return true;
	return false;
}
