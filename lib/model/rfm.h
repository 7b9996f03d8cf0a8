/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_H
#define MODEL_RFM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/rfm_period.h"
#include "table/code.h"
#include "table/group.h"
#include "table/idmap.h"
#include "table/trade.h"
#include "table/trade_log.h"
#include "value/dec.h"
#include "value/span.h"

/*
 * Recency, frequency, monetary value: lines of sale and return are added up
 * per customer.  Everything held is exact - 128-bit sums, sets of invoices,
 * days and products - so that sums of parts, in any order and any tree of
 * merges, are the sum of the whole.
 */

struct rfm_customer {
	/* with its key one line of the cache, which most lines of sale need alone */
	dec_wide gross_pico, quantity_micro; /* quantity: of the counted lines */
	uint64_t n_sales;                    /* lines */
	bool bought;                         /* has a sale in the label's period */

	dec_wide returned_pico; /* as a positive amount */
	uint64_t n_returns;
	struct rfm_moves *moves; /* with t->has_moves, newest first, or NULL */
	uint32_t n_whole;        /* invoices returned whole, after rfm_match_all */

	/* after rfm_settle: distinct ones of the counted lines; days of sales */
	uint32_t n_invoices, n_days, n_products;
	uint32_t first_day, last_day; /* rfm_day_member */
};

/* The sales of the first day that has any. */
struct rfm_first {
	dec_wide gross_pico;
	uint32_t day; /* rfm_day_member; 0: no sale yet */
};

/* Adds sales of a day, or the first day of other lines.  False when the sum
 * passes 128 bits. */
static inline bool rfm_first_add(struct rfm_first *f, uint32_t day, dec_wide gross_pico)
{
	if (f->day && day > f->day)
		return true;
	if (day != f->day)
		*f = (struct rfm_first){ 0, day };
	return dec_add(&f->gross_pico, gross_pico);
}

/* What lines of one value of a column, or of one month, come to. */
struct rfm_sum {
	dec_wide gross_pico, returned_pico;
};

/* A line of sale or return, by the sign of its quantity. */
struct rfm_move {
	int64_t seconds, quantity_micro;
	uint32_t product, invoice; /* codes, 0: missing; of returns no invoice is kept */
};

#define RFM_CARRIED_MAX 16

/*
 * All customers.  The caller sets the first block in a zeroed struct, then
 * calls rfm_init.
 */
struct rfm {
	bool count_returns; /* --count all: lines, quantity, invoices and products of returns too */
	size_t n_carried;   /* columns, at most RFM_CARRIED_MAX, of which the most
			     * frequent value is kept */
	struct code *values; /* [n_carried]: their distinct values; owned by the caller, zeroed */
	bool has_pivot;      /* sums by value of a column are kept */
	bool has_months;     /* sums by month */
	bool has_moves;      /* the lines themselves */
	bool has_first;      /* sales of the first day */
	bool has_ceiling;    /* the caller spills: the log is not compacted */
	int threads;         /* of rfm_settle and of the result */

	struct group customers; /* of struct rfm_customer, rfm_first if asked for, then n_carried
				 * maps of lines by value, then the map of struct rfm_sum by
				 * value, then that by month */
	struct code invoices, products, pivot_values;
	struct trade_log log; /* by customer's number */
	struct idmap_pool counts, sums;
	struct mem_arena moves;
	bool overflow; /* a sum has passed 128 bits: nothing is right any more */

	/* Lines that wait to be added together. */
	struct rfm_run *waiting;     /* [RFM_BATCH] */
	uint32_t *waiting_carried;   /* [RFM_BATCH][n_carried], codes */
	uint32_t *waiting_products;  /* [n_products], codes */
	size_t n_waiting, n_products;
	struct buf waiting_keys;

	uint32_t last_customer, month;
	int64_t month_day; /* what `month` is of */
	struct buf scratch, texts;
	struct trade_sets sets;
};

static inline struct rfm_customer *rfm_customer(const struct rfm *t, uint32_t i)
{
	return group_value(&t->customers, i);
}

/* With t->has_first. */
static inline struct rfm_first *rfm_first(const struct rfm *t, uint32_t i)
{
	return (struct rfm_first *)(rfm_customer(t, i) + 1);
}

/* Lines by value's code of each carried column: [n_carried]. */
static inline struct idmap *rfm_counts(const struct rfm *t, uint32_t i)
{
	return (struct idmap *)(rfm_first(t, i) + t->has_first);
}

/* Sums by the value's code of the pivoted column, with t->has_pivot. */
static inline struct idmap *rfm_pivot_sums(const struct rfm *t, uint32_t i)
{
	return rfm_counts(t, i) + t->n_carried;
}

/* Sums by rfm_month, with t->has_months. */
static inline struct idmap *rfm_month_sums(const struct rfm *t, uint32_t i)
{
	return rfm_counts(t, i) + t->n_carried + t->has_pivot;
}

/* The month of a day as a number: that code_of gives to "201112". */
uint32_t rfm_month(int64_t day);

void rfm_init(struct rfm *t);

/*
 * Adds a line of fate RFM_USED or RFM_LABEL; up to RFM_BATCH stretches of
 * lines wait for rfm_flush.  line->carried: [n_carried], missing ones do not
 * count.  Sets t->overflow when a sum passes 128 bits.  Amortised O(1).
 */
#define RFM_BATCH 64
void rfm_add(struct rfm *t, const struct trade_line *line, enum rfm_fate fate);

/* Adds what waits. */
void rfm_flush(struct rfm *t);

/* The same, sorts the log and counts what is distinct.  To be called before the
 * customers are looked at.  O(what was added). */
void rfm_settle(struct rfm *t);

/* The distinct members of a customer, after rfm_settle; valid until the next call. */
const struct trade_sets *rfm_customer_sets(struct rfm *t, uint32_t i);

/* Adds a line to a customer's moves. */
void rfm_add_move(struct rfm *t, struct rfm_customer *c, const struct rfm_move *move);

/* Lines of a customer, and those that came before. */
struct rfm_moves {
	struct rfm_moves *next;
	uint32_t n, capacity;
	struct rfm_move move[];
};

/* The number of the customer `key`, new with a zero state or not. */
uint32_t rfm_find(struct rfm *t, struct span key);

/* The member of a `days` set that stands for a day, and back. */
#define RFM_DAY_BASE 800000
static inline uint32_t rfm_day_member(int64_t day)
{
	return (uint32_t)(day + RFM_DAY_BASE);
}
static inline int64_t rfm_member_day(uint32_t member)
{
	return (int64_t)member - RFM_DAY_BASE;
}

/* Memory held, in bytes, and what n_more lines may add at once where tables
 * double. */
size_t rfm_memory(const struct rfm *t, size_t n_more);

/* Forgets all customers; the settings stay. */
void rfm_reset(struct rfm *t);
void rfm_free(struct rfm *t);

enum rfm_frequency { RFM_INVOICES, RFM_DAYS, RFM_LINES };

struct rfm_rule {
	enum rfm_frequency frequency;
	bool gross;        /* monetary is gross, else gross - returned */
	int64_t as_of_day;
};

/* A customer's figures, as DEFINITIONS of seg-rfm(1) say. */
struct rfm_figures {
	bool has_sale;     /* else recency, dates, tenure and gap are missing */
	int64_t recency_days, tenure_days, first_day, last_day;
	uint64_t frequency, n_invoices, n_days, n_lines, n_products;
	dec_wide monetary_pico, gross_pico, returned_pico, quantity_micro;
};

/* False when gross - returned passes 128 bits. */
bool rfm_figures(struct rfm_figures *f, const struct rfm *t, uint32_t customer,
		 const struct rfm_rule *rule) __attribute__((warn_unused_result));

/* Correctly rounded; NaN where the denominator is 0. */
double rfm_aov(const struct rfm_figures *f);         /* monetary / n_invoices */
double rfm_line_value(const struct rfm_figures *f);  /* monetary / n_lines */
double rfm_return_rate(const struct rfm_figures *f); /* returned / gross */
double rfm_gap_days(const struct rfm_figures *f);    /* between distinct purchase days */

/* The customer's most frequent value of a carried column, ties to the first in
 * byte order; empty when it has none.  `room` as for code_bytes. */
struct span rfm_carried(const struct rfm *t, uint32_t customer, size_t column,
			char room[CODE_ROOM]);

#endif
