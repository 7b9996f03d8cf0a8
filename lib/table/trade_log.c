/* SPDX-License-Identifier: MIT */
#include "table/trade_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/par.h"

/*
 * A record is its head and then its members, which are products unless the
 * head says another kind.  Records lie in chunks, none on a border.
 */
enum { CUSTOMER, INVOICE, DAY, N_AND_KIND, HEAD };
enum { KIND_BITS = 2, MEMBERS_MAX = 1 << 12 };

/* 4 MiB: two huge pages; as many as 32 bits can tell the words of. */
enum { CHUNK_BITS = 20 };
#define CHUNK_WORDS ((size_t)1 << CHUNK_BITS)
#define CHUNKS_MAX ((size_t)1 << (32 - CHUNK_BITS))

/* Slices of more words go with the next slice. */
enum { SLICE_WORDS = 1 << 16 };

/* Sets of more are packed by sorting, as the table of those seen would be
 * larger than the second-level cache. */
enum { SEEN_MAX = 1 << 15 };

/* Records that are asked for before they are read. */
enum { AHEAD = 16 };

/* The log is not compacted before it has grown so large. */
#define COMPACT_BYTES ((size_t)256 << 20)

static const uint32_t *record_at(const struct trade_log *l, uint32_t at)
{
	return l->chunk[at >> CHUNK_BITS] + (at & (CHUNK_WORDS - 1));
}

static size_t record_words(const uint32_t *record)
{
	return HEAD + (record[N_AND_KIND] >> KIND_BITS);
}

static void add_chunk(struct trade_log *l)
{
	if (l->n_chunks == CHUNKS_MAX)
		msg_die(MSG_FAILED, "more than 16 GiB of invoices, days and products; "
			"--mem sets how much is held");
	size_t capacity = l->capacity;
	l->chunk = mem_grow(l->chunk, l->n_chunks, &capacity, sizeof *l->chunk);
	l->used = mem_grow(l->used, l->n_chunks, &l->capacity, sizeof *l->used);
	l->chunk[l->n_chunks] = mem_large(CHUNK_WORDS, sizeof **l->chunk);
	l->used[l->n_chunks++] = 0;
}

static void add_record(struct trade_log *l, const uint32_t head[HEAD], const uint32_t *member)
{
	size_t n = head[N_AND_KIND] >> KIND_BITS;

	if (!l->n_chunks || l->used[l->n_chunks - 1] + HEAD + n > CHUNK_WORDS)
		add_chunk(l);
	uint32_t *to = l->chunk[l->n_chunks - 1] + l->used[l->n_chunks - 1];
	memcpy(to, head, HEAD * sizeof *to);
	for (size_t i = 0; i < n; i++)
		to[HEAD + i] = member[i];
	l->used[l->n_chunks - 1] += (uint32_t)(HEAD + n);
	l->n_bytes += (HEAD + n) * sizeof *to;
	l->n_records++;
}

void trade_log_add(struct trade_log *l, uint32_t customer, uint32_t invoice, uint32_t day,
		 const uint32_t *product, size_t n_products)
{
	size_t n = n_products < MEMBERS_MAX ? n_products : MEMBERS_MAX;

	add_record(l, (const uint32_t[]){ customer, invoice, day, (uint32_t)(n << KIND_BITS) },
		   product);
	if (n < n_products)
		trade_log_list(l, customer, TRADE_PRODUCT, product + n, n_products - n);
}

void trade_log_list(struct trade_log *l, uint32_t customer, enum trade_kind kind,
		  const uint32_t *member, size_t n)
{
	for (size_t from = 0, part; from < n; from += part) {
		part = n - from < MEMBERS_MAX ? n - from : MEMBERS_MAX;
		add_record(l, (const uint32_t[]){ customer, 0, 0,
						  (uint32_t)(part << KIND_BITS | kind) },
			   member + from);
	}
}

/*
 * Sorting is two passes over the records: how many a customer has, then where
 * they are.  Each of two threads does half of the chunks, with numbers of its
 * own; more would wait for memory.
 */
enum { SORTERS = 2 };

struct sorter {
	struct trade_log *l;
	uint32_t *next; /* by customer: the records in these chunks, then where the next goes */
	size_t from, to;
	bool places;
};

static void sort_part(void *ctx, size_t part)
{
	struct sorter *s = (struct sorter *)ctx + part;

	for (size_t c = s->from; c < s->to; c++)
		for (size_t at = 0; at < s->l->used[c];) {
			const uint32_t *record = s->l->chunk[c] + at;
			if (s->places)
				s->l->order[s->next[record[CUSTOMER]]++] =
					(uint32_t)(c << CHUNK_BITS | at);
			else
				s->next[record[CUSTOMER]]++;
			at += record_words(record);
		}
}

void trade_log_sort(struct trade_log *l, size_t n_customers, int threads)
{
	size_t n = threads > 1 && l->n_chunks > 1 ? SORTERS : 1;
	struct sorter s[SORTERS];
	uint32_t at = 0;

	free(l->start);
	free(l->order);
	l->order = mem_large(l->n_records, sizeof *l->order);
	l->start = mem_array(n_customers + 1, sizeof *l->start);
	l->n_customers = n_customers;
	for (size_t i = 0; i < n; i++)
		s[i] = (struct sorter){ l, mem_zero(n_customers, sizeof *s->next),
					l->n_chunks * i / n, l->n_chunks * (i + 1) / n, false };
	par_for(threads, n, sort_part, s);
	for (size_t c = 0; c < n_customers; c++) {
		l->start[c] = at;
		for (size_t i = 0; i < n; i++) {
			uint32_t here = s[i].next[c];
			s[i].next[c] = at;
			at += here;
		}
	}
	l->start[n_customers] = at;
	for (size_t i = 0; i < n; i++)
		s[i].places = true;
	par_for(threads, n, sort_part, s);
	for (size_t i = 0; i < n; i++)
		free(s[i].next);
}

size_t trade_log_slice(const struct trade_log *l, size_t from, size_t to)
{
	size_t n_words = 0;

	while (from < to && n_words < SLICE_WORDS)
		n_words += record_words(record_at(l, l->order[from++]));
	return from;
}

static void append(struct trade_ids *s, const uint32_t *member, size_t n)
{
	if (s->capacity - s->n < n) {
		s->capacity = 2 * s->capacity + n;
		s->id = mem_resize(s->id, s->capacity, sizeof *s->id);
	}
	for (size_t i = 0; i < n; i++)
		s->id[s->n + i] = member[i];
	s->n += n;
}

/* Lines of one invoice, and so invoices of one day, stand together. */
static void append_one(struct trade_ids *s, uint32_t member)
{
	if (member && (!s->n || s->id[s->n - 1] != member))
		append(s, &member, 1);
}

static bool is_ascending(const struct trade_ids *s)
{
	bool ascends = true;

	for (size_t i = 1; i < s->n; i++)
		ascends &= s->id[i - 1] < s->id[i];
	return ascends;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* At most half full, so that linear probing stays short. */
static void prepare_seen(struct trade_sets *s, size_t n)
{
	if (2 * n > s->n_seen || s->stamp == UINT32_MAX) {
		size_t room = s->n_seen ? s->n_seen : 64;
		while (room < 2 * n)
			room *= 2;
		free(s->seen);
		s->seen = mem_zero(room, sizeof *s->seen);
		s->n_seen = room;
		s->stamp = 0;
	}
	s->stamp++;
}

/* Whether `id` comes for the first time under this stamp. */
static bool is_first(struct trade_sets *s, uint32_t id)
{
	uint64_t mark = (uint64_t)s->stamp << 32 | id;
	size_t mask = s->n_seen - 1, i = (id * UINT32_C(2654435769)) >> 7 & mask;

	while (s->seen[i] >> 32 == s->stamp) {
		if (s->seen[i] == mark)
			return false;
		i = (i + 1) & mask;
	}
	s->seen[i] = mark;
	return true;
}

/* In a dump that is in the order of time invoices and days ascend already. */
static void drop_repeated(struct trade_sets *s, struct trade_ids *set)
{
	bool sorts = set->n > SEEN_MAX;
	size_t n = 0;

	if (is_ascending(set))
		return;
	if (sorts)
		qsort(set->id, set->n, sizeof *set->id, compare_ids);
	else
		prepare_seen(s, set->n);
	for (size_t i = 0; i < set->n; i++)
		if (sorts ? !n || set->id[n - 1] != set->id[i] : is_first(s, set->id[i]))
			set->id[n++] = set->id[i];
	set->n = n;
}

void trade_log_sets(const struct trade_log *l, size_t from, size_t to, struct trade_sets *s)
{
	for (int kind = 0; kind < TRADE_KINDS; kind++)
		s->of[kind].n = 0;
	for (size_t i = from; i < to; i++) {
		const uint32_t *record = record_at(l, l->order[i]);
		uint32_t kind = record[N_AND_KIND] & ((1 << KIND_BITS) - 1);
		if (i + AHEAD < l->n_records)
			__builtin_prefetch(record_at(l, l->order[i + AHEAD]));
		append_one(&s->of[TRADE_INVOICE], record[INVOICE]);
		append_one(&s->of[TRADE_DAY], record[DAY]);
		append(&s->of[kind], record + HEAD, record[N_AND_KIND] >> KIND_BITS);
	}
	for (int kind = 0; kind < TRADE_KINDS; kind++)
		drop_repeated(s, &s->of[kind]);
}

void trade_sets_free(struct trade_sets *s)
{
	for (int kind = 0; kind < TRADE_KINDS; kind++)
		free(s->of[kind].id);
	free(s->seen);
	*s = (struct trade_sets){ 0 };
}

bool trade_log_has_doubled(const struct trade_log *l)
{
	return l->n_bytes >= COMPACT_BYTES && l->n_bytes >= 2 * l->n_packed_bytes;
}

void trade_log_compact(struct trade_log *l, size_t n_customers)
{
	struct trade_log packed = { 0 };
	struct trade_sets s = { 0 };

	trade_log_sort(l, n_customers, 1);
	for (uint32_t i = 0; i < n_customers; i++) {
		trade_log_sets(l, l->start[i], l->start[i + 1], &s);
		for (int kind = 0; kind < TRADE_KINDS; kind++)
			trade_log_list(&packed, i, (enum trade_kind)kind, s.of[kind].id, s.of[kind].n);
	}
	trade_sets_free(&s);
	trade_log_free(l);
	*l = packed;
	l->n_packed_bytes = l->n_bytes;
}

size_t trade_log_memory(const struct trade_log *l, size_t n_customers)
{
	return l->n_bytes + l->n_records * sizeof *l->order +
	       (1 + SORTERS) * n_customers * sizeof *l->start;
}

void trade_log_reset(struct trade_log *l)
{
	uint32_t **chunk = l->chunk, *used = l->used;
	size_t capacity = l->capacity, n = l->n_chunks;

	while (n > 1)
		free(chunk[--n]);
	if (n)
		used[0] = 0;
	free(l->start);
	free(l->order);
	*l = (struct trade_log){ .chunk = chunk, .used = used, .n_chunks = n, .capacity = capacity };
}

void trade_log_free(struct trade_log *l)
{
	trade_log_reset(l);
	if (l->n_chunks)
		free(l->chunk[0]);
	free(l->chunk);
	free(l->used);
	*l = (struct trade_log){ 0 };
}
