/* SPDX-License-Identifier: MIT */
#include "model/rfm_cohort.h"

#include <stdio.h>
#include <stdlib.h>

/* Months since the year 0, in the byte order of a key. */
struct key {
	uint32_t first_be, month_be;
};

struct cell {
	dec_wide revenue_pico;
	uint64_t n_customers;
};

static uint32_t month_number(uint32_t month)
{
	return (month - 1) / 100 * 12 + (month - 1) % 100 - 1;
}

static struct cell *find(struct rfm_cohorts *c, uint32_t first, uint32_t month)
{
	const struct key key = { __builtin_bswap32(first), __builtin_bswap32(month) };

	c->cells.width = sizeof(struct cell);
	uint32_t i = group_id(&c->cells, (struct span){ (const char *)&key, sizeof key });
	return group_value(&c->cells, i);
}

/* A customer counts once in each month of its days of sale. */
static void count_months(struct rfm_cohorts *c, const struct trade_ids *days, uint32_t first,
			 uint32_t last)
{
	size_t n = last - first + 1;

	c->marks.n = 0;
	memset(buf_room(&c->marks, n), 0, n);
	for (size_t i = 0; i < days->n; i++)
		c->marks.s[month_number(rfm_month(rfm_member_day(days->id[i]))) - first] = 1;
	for (uint32_t i = 0; i < n; i++)
		if (c->marks.s[i])
			find(c, first, first + i)->n_customers++;
}

bool rfm_cohorts_add(struct rfm_cohorts *c, struct rfm *t, uint32_t i,
		     const struct rfm_figures *f, bool gross)
{
	uint32_t first = month_number(rfm_month(f->first_day)), month;
	const void *value;
	size_t at = 0;

	count_months(c, &rfm_customer_sets(t, i)->of[TRADE_DAY], first,
		     month_number(rfm_month(f->last_day)));
	while ((month = idmap_next(rfm_month_sums(t, i), &t->sums, &at, &value))) {
		const struct rfm_sum *s = value;
		dec_wide revenue = s->gross_pico;
		if (!gross && !dec_add(&revenue, -s->returned_pico))
			return false;
		if (!dec_add(&find(c, first, month_number(month))->revenue_pico, revenue))
			return false;
	}
	return true;
}

void rfm_cohorts_put(const struct rfm_cohorts *c, struct tsv_out *out)
{
	static const char *const column[] = { "cohort", "months_since", "customers", "revenue" };
	uint32_t *order = group_sorted(&c->cells);
	char room[GROUP_SHORT], text[32];
	struct key key;

	for (size_t i = 0; i < sizeof column / sizeof *column; i++)
		tsv_put_text(out, column[i]);
	tsv_end_row(out);
	for (size_t k = 0; k < c->cells.n; k++) {
		const struct cell *sum = group_value(&c->cells, order[k]);
		memcpy(&key, group_bytes(&c->cells, order[k], room).s, sizeof key);
		uint32_t first = __builtin_bswap32(key.first_be);
		uint32_t month = __builtin_bswap32(key.month_be);
		snprintf(text, sizeof text, "%04u-%02u", first / 12, first % 12 + 1);
		tsv_put_text(out, text);
		tsv_put_int(out, (int64_t)month - first);
		tsv_put_int(out, (int64_t)sum->n_customers);
		tsv_put_pico(out, sum->revenue_pico);
		tsv_end_row(out);
	}
	free(order);
}

void rfm_cohorts_free(struct rfm_cohorts *c)
{
	group_free(&c->cells);
	free(c->marks.s);
	*c = (struct rfm_cohorts){ 0 };
}
