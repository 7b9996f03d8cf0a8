/* SPDX-License-Identifier: MIT */
#include "table/runs.h"

#include <stdlib.h>
#include <string.h>

/* The first record of a run that is not handed out yet. */
struct runs_head {
	struct span key, payload;
	size_t run;
};

void runs_put(struct runs *r, struct span key, struct span payload)
{
	uint32_t n = (uint32_t)key.n;

	if (!r->is_open) {
		spool_open(&r->spool);
		r->is_open = true;
	}
	if (!r->in_run) {
		spool_add(&r->spool);
		r->in_run = true;
	}
	r->record.n = 0;
	buf_put(&r->record, &n, sizeof n);
	buf_put(&r->record, key.s, key.n);
	buf_put(&r->record, payload.s, payload.n);
	spool_put(&r->spool, r->spool.n_streams - 1, r->record.s, r->record.n);
}

void runs_break(struct runs *r)
{
	if (r->in_run)
		spool_seal(&r->spool, r->spool.n_streams - 1);
	r->in_run = false;
}

static bool load(struct runs *r, struct runs_head *h)
{
	struct span record;
	uint32_t n;

	if (!spool_next(&r->reader[h->run], &record))
		return false;
	memcpy(&n, record.s, sizeof n);
	h->key = (struct span){ record.s + sizeof n, n };
	h->payload = (struct span){ h->key.s + n, record.n - sizeof n - n };
	return true;
}

static bool before(const struct runs_head *a, const struct runs_head *b)
{
	int c = span_compare(a->key, b->key);
	return c ? c < 0 : a->run < b->run;
}

/* Moves the head at i down to where it belongs. */
static void sift(struct runs *r, size_t i)
{
	struct runs_head h = r->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;
		if (child >= r->n_heap)
			break;
		if (child + 1 < r->n_heap && before(&r->heap[child + 1], &r->heap[child]))
			child++;
		if (!before(&r->heap[child], &h))
			break;
		r->heap[i] = r->heap[child];
		i = child;
	}
	r->heap[i] = h;
}

static void start(struct runs *r)
{
	runs_break(r);
	r->reader = mem_zero(r->spool.n_streams, sizeof *r->reader);
	r->heap = mem_zero(r->spool.n_streams, sizeof *r->heap);
	for (size_t i = 0; i < r->spool.n_streams; i++) {
		spool_read(&r->reader[i], &r->spool, i);
		r->heap[r->n_heap].run = i;
		r->n_heap += load(r, &r->heap[r->n_heap]);
	}
	for (size_t i = r->n_heap; i-- > 0;)
		sift(r, i);
}

bool runs_next(struct runs *r, struct span *key, struct span *payload)
{
	if (!r->is_open)
		return false;
	if (!r->reader)
		start(r);
	if (r->taken) {
		if (!load(r, &r->heap[0]))
			r->heap[0] = r->heap[--r->n_heap];
		if (r->n_heap)
			sift(r, 0);
	}
	r->taken = r->n_heap > 0;
	if (!r->taken)
		return false;
	*key = r->heap[0].key;
	*payload = r->heap[0].payload;
	return true;
}

void runs_close(struct runs *r)
{
	if (!r->is_open)
		return;
	for (size_t i = 0; r->reader && i < r->spool.n_streams; i++)
		spool_read_end(&r->reader[i]);
	free(r->reader);
	free(r->heap);
	free(r->record.s);
	spool_close(&r->spool);
	*r = (struct runs){ 0 };
}
