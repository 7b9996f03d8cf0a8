/* SPDX-License-Identifier: MIT */
#ifndef TABLE_TRADE_LOG_H
#define TABLE_TRADE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The invoices, days and products of all customers, from which each one's
 * distinct ones come in the end.  What lines tell is written behind what came
 * before, whoever the customer is: a set for each customer would cost several
 * cache misses for each invoice, which is most of what a run does otherwise.
 * trade_log_sort finds each customer's records; trade_log_compact drops what is
 * repeated.  Members are 32-bit numbers >= 1, such as codes (table/code.h).
 */
enum trade_kind { TRADE_PRODUCT, TRADE_INVOICE, TRADE_DAY, TRADE_KINDS };

struct trade_log {
	uint32_t **chunk; /* [n_chunks], of records; see trade_log.c */
	uint32_t *used;   /* [n_chunks] */
	size_t n_chunks, capacity;
	size_t n_records, n_bytes; /* in records */
	size_t n_packed_bytes;     /* after trade_log_compact */
	/* set by trade_log_sort: records order[start[i]..start[i + 1]) are customer i's */
	uint32_t *start, *order;
	size_t n_customers;
};

/* Adds what a customer's lines of one invoice tell; invoice, day 0: nothing. */
void trade_log_add(struct trade_log *l, uint32_t customer, uint32_t invoice, uint32_t day,
		 const uint32_t *product, size_t n_products);

/* Adds members of one kind. */
void trade_log_list(struct trade_log *l, uint32_t customer, enum trade_kind kind,
		  const uint32_t *member, size_t n);

/* Orders the records by customer, of whom there are n_customers, and as they
 * came.  Valid until the next addition.  O(records + customers), on at most
 * two of the threads. */
void trade_log_sort(struct trade_log *l, size_t n_customers, int threads);

/* A part of the records of a customer at order[from..to), no more than can be
 * in memory once more: where it ends. */
size_t trade_log_slice(const struct trade_log *l, size_t from, size_t to);

/* The distinct members of one customer, by kind; invoices and days ascend if
 * they did so in the log.  Zeroed struct = empty; used again and again. */
struct trade_sets {
	struct trade_ids {
		uint32_t *id; /* [n] */
		size_t n, capacity;
	} of[TRADE_KINDS];
	uint64_t *seen; /* stamp and member: what has another stamp is free */
	size_t n_seen;  /* a power of two, or 0 */
	uint32_t stamp;
};

/* Of the records order[from..to).  O(their members), O(n log n) beyond 32768. */
void trade_log_sets(const struct trade_log *l, size_t from, size_t to, struct trade_sets *s);
void trade_sets_free(struct trade_sets *s);

/* Keeps each member of a customer once.  To be called when the log is large and
 * has doubled since it was done last, which makes it amortised O(1) a record.
 * Needs as much memory once more. */
bool trade_log_has_doubled(const struct trade_log *l);
void trade_log_compact(struct trade_log *l, size_t n_customers);

/* Memory in use, and what sorting will need, in bytes; 4 MiB more are held. */
size_t trade_log_memory(const struct trade_log *l, size_t n_customers);

/* Empties it; keeps a chunk for the next records.  trade_log_free does not. */
void trade_log_reset(struct trade_log *l);
void trade_log_free(struct trade_log *l);

#endif
