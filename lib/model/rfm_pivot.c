/* SPDX-License-Identifier: MIT */
#include "model/rfm_pivot.h"

#include <stdlib.h>

struct value {
	dec_wide total_pico;
	size_t column1; /* its column + 1; 0: none */
};

/* A blob is the customer's monetary value, then pairs. */
struct pair {
	dec_wide revenue_pico;
	uint32_t value;
};

static struct value *value_of(const struct rfm_pivot *p, uint32_t i)
{
	return group_value(&p->values, i);
}

bool rfm_pivot_take(struct rfm_pivot *p, const struct rfm *t, uint32_t i,
		    const struct rfm_figures *f, bool gross, bool count, struct span *blob)
{
	dec_wide rest = f->monetary_pico;
	const void *value;
	size_t at = 0;
	uint32_t code;

	p->values.width = sizeof(struct value);
	p->pairs.n = 0;
	buf_put(&p->pairs, &f->monetary_pico, sizeof f->monetary_pico);
	while ((code = idmap_next(rfm_pivot_sums(t, i), &t->sums, &at, &value))) {
		const struct rfm_sum *s = value;
		char room[CODE_ROOM];
		struct pair pair = { .revenue_pico = s->gross_pico };
		if (!gross && !dec_add(&pair.revenue_pico, -s->returned_pico))
			return false;
		pair.value = group_id(&p->values, code_bytes(&t->pivot_values, code, room));
		buf_put(&p->pairs, &pair, sizeof pair);
		if (!dec_add(&rest, -pair.revenue_pico))
			return false;
		if (count && !dec_add(&value_of(p, pair.value)->total_pico, pair.revenue_pico))
			return false;
	}
	p->has_rest |= rest != 0;
	*blob = (struct span){ p->pairs.s, p->pairs.n };
	return true;
}

static int compare_values(const void *a, const void *b, void *ctx)
{
	const struct rfm_pivot *p = ctx;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	dec_wide x = value_of(p, i)->total_pico, y = value_of(p, k)->total_pico;
	char i_room[GROUP_SHORT], k_room[GROUP_SHORT];

	if (x != y)
		return x > y ? -1 : 1;
	return span_compare(group_bytes(&p->values, i, i_room), group_bytes(&p->values, k, k_room));
}

bool rfm_pivot_fix(struct rfm_pivot *p)
{
	size_t n = p->values.n;

	p->order = mem_array(n, sizeof *p->order);
	for (uint32_t i = 0; i < n; i++)
		p->order[i] = i;
	if (n)
		qsort_r(p->order, n, sizeof *p->order, compare_values, p);
	p->n_columns = p->top && p->top < n ? p->top : n;
	p->has_rest |= p->top > 0;
	for (size_t k = 0; k < p->n_columns; k++)
		value_of(p, p->order[k])->column1 = k + 1;
	return p->n_columns <= RFM_PIVOT_MAX;
}

struct span rfm_pivot_value(const struct rfm_pivot *p, size_t column, char room[GROUP_SHORT])
{
	return group_bytes(&p->values, p->order[column], room);
}

static void put_pico(struct buf *to, dec_wide pico)
{
	buf_char(to, '\t');
	to->n += dec_print_pico(buf_room(to, DEC_MAX), pico);
}

void rfm_pivot_put(struct rfm_pivot *p, struct buf *to, struct span blob)
{
	size_t n_pairs = (blob.n - sizeof(dec_wide)) / sizeof(struct pair);
	size_t n_bytes = (p->n_columns + 1) * sizeof(dec_wide);
	struct pair pair;
	dec_wide rest;

	p->cells.n = 0;
	dec_wide *cell = (dec_wide *)(void *)buf_room(&p->cells, n_bytes);
	memset(cell, 0, n_bytes);
	memcpy(&rest, blob.s, sizeof rest);
	for (size_t i = 0; i < n_pairs; i++) {
		memcpy(&pair, blob.s + sizeof rest + i * sizeof pair, sizeof pair);
		size_t column1 = value_of(p, pair.value)->column1;
		if (!column1)
			continue;
		cell[column1 - 1] = pair.revenue_pico;
		rest -= pair.revenue_pico;
	}
	for (size_t k = 0; k < p->n_columns; k++)
		put_pico(to, cell[k]);
	if (p->has_rest)
		put_pico(to, rest);
}

void rfm_pivot_free(struct rfm_pivot *p)
{
	group_free(&p->values);
	free(p->order);
	free(p->pairs.s);
	free(p->cells.s);
	*p = (struct rfm_pivot){ .top = p->top };
}
