/* SPDX-License-Identifier: MIT */
/* Distinct members by customer against marks in an array. */
#include "table/trade_log.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "value/rng.h"

enum { N_CUSTOMERS = 40, RANGE = 60000, PRODUCTS_MAX = 12 };

static unsigned char there[TRADE_KINDS][N_CUSTOMERS][RANGE + 1];

static uint32_t draw(uint64_t n, uint64_t index, uint32_t what)
{
	return (uint32_t)rng_below(n, 1, RNG_TEST, index, what);
}

/* The first customer is heavy: a third of all records. */
static void fill(struct trade_log *l, size_t n_records, uint32_t range)
{
	uint32_t product[PRODUCTS_MAX], day = 0;

	memset(there, 0, sizeof there);
	for (size_t i = 0; i < n_records; i++) {
		uint32_t c = draw(3, i, 1) ? draw(N_CUSTOMERS - 1, i, 2) : 0;
		uint32_t invoice = draw(range + 1, i, 3);
		size_t n = draw(PRODUCTS_MAX + 1, i, 4);
		day = draw(10, i, 5) ? day : draw(range + 1, i, 6);
		for (size_t k = 0; k < n; k++) {
			product[k] = 1 + draw(range, i * PRODUCTS_MAX + k, 7);
			there[TRADE_PRODUCT][c][product[k]] = 1;
		}
		there[TRADE_INVOICE][c][invoice] = invoice > 0;
		there[TRADE_DAY][c][day] = day > 0;
		trade_log_add(l, c, invoice, day, product, n);
	}
}

static bool is_right(const struct trade_sets *s, size_t c)
{
	for (int kind = 0; kind < TRADE_KINDS; kind++) {
		const struct trade_ids *set = &s->of[kind];
		unsigned char *mark = there[kind][c];
		size_t n_there = 0;
		bool right = true;
		for (size_t i = 0; i <= RANGE; i++)
			n_there += mark[i];
		for (size_t i = 0; i < set->n; i++) {
			right &= mark[set->id[i]] == 1;
			mark[set->id[i]] = 2; /* a second time is wrong */
		}
		for (size_t i = 0; i < set->n; i++)
			mark[set->id[i]] = 1;
		if (!right || set->n != n_there)
			return false;
	}
	return true;
}

static bool all_right(struct trade_log *l)
{
	struct trade_sets s = { 0 };
	bool right = true;

	trade_log_sort(l, N_CUSTOMERS, 1);
	uint32_t *order = malloc(l->n_records * sizeof *order);
	memcpy(order, l->order, l->n_records * sizeof *order);
	trade_log_sort(l, N_CUSTOMERS, 2);
	right &= memcmp(order, l->order, l->n_records * sizeof *order) == 0;
	free(order);
	for (size_t c = 0; c < N_CUSTOMERS; c++) {
		trade_log_sets(l, l->start[c], l->start[c + 1], &s);
		right &= is_right(&s, c);
	}
	trade_sets_free(&s);
	return right;
}

/* What slices hold, added to another log, is the whole. */
static void slice(struct trade_log *l, struct trade_log *to)
{
	struct trade_sets s = { 0 };

	trade_log_sort(l, N_CUSTOMERS, 2);
	for (uint32_t c = 0; c < N_CUSTOMERS; c++)
		for (size_t at = l->start[c], next; at < l->start[c + 1]; at = next) {
			next = trade_log_slice(l, at, l->start[c + 1]);
			trade_log_sets(l, at, next, &s);
			for (int kind = 0; kind < TRADE_KINDS; kind++)
				trade_log_list(to, c, (enum trade_kind)kind, s.of[kind].id, s.of[kind].n);
		}
	trade_sets_free(&s);
}

static void test(size_t n_records, uint32_t range)
{
	struct trade_log l = { 0 }, other = { 0 };

	fill(&l, n_records, range);
	tap_ok(all_right(&l), "%zu records of members up to %u", n_records, (unsigned)range);
	slice(&l, &other);
	tap_ok(all_right(&other), "the same through slices");
	trade_log_compact(&l, N_CUSTOMERS);
	tap_ok(all_right(&l) && l.n_bytes <= other.n_bytes, "and compacted");
	trade_log_reset(&l);
	fill(&l, 100, range);
	tap_ok(all_right(&l), "and after it was emptied");
	trade_log_free(&l);
	trade_log_free(&other);
}

int main(void)
{
	test(0, 10);
	test(1000, 10);
	test(20000, 500);
	test(400000, RANGE);
	return tap_done();
}
