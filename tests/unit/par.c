/* SPDX-License-Identifier: MIT */
/* Chunks go through in order, each once, whatever the threads and slots. */
#include "base/par.h"

#include <stdint.h>
#include <unistd.h>

#include "base/msg.h"
#include "tests/unit/tap.h"

enum { N_CHUNKS = 500, SLOTS_MAX = 8 };

struct slot {
	int number, is_used;
	uint64_t square;
};

struct line {
	int n_chunks, n_produced, n_consumed;
	bool produced_right, consumed_right;
	int at_work, at_work_most; /* slots between produce and consume */
};

static bool produce(void *ctx, void *slot)
{
	struct line *l = ctx;
	struct slot *s = slot;
	int now = __atomic_add_fetch(&l->at_work, 1, __ATOMIC_SEQ_CST);

	l->produced_right &= !s->is_used;
	l->at_work_most = now > l->at_work_most ? now : l->at_work_most;
	if (l->n_produced == l->n_chunks)
		return false;
	*s = (struct slot){ l->n_produced++, 1, 0 };
	return true;
}

/* Some chunks take longer, so that those behind are done first. */
static void work(void *ctx, void *slot)
{
	struct slot *s = slot;

	(void)ctx;
	if (s->number % 7 == 0)
		usleep(300);
	s->square = (uint64_t)s->number * (uint64_t)s->number;
}

static void consume(void *ctx, void *slot)
{
	struct line *l = ctx;
	struct slot *s = slot;

	if (s->number % 5 == 0)
		usleep(100);
	l->consumed_right &= s->number == l->n_consumed &&
		    s->square == (uint64_t)s->number * (uint64_t)s->number;
	l->n_consumed++;
	s->is_used = 0;
	__atomic_sub_fetch(&l->at_work, 1, __ATOMIC_SEQ_CST);
}

static void test(int n_chunks, size_t n_threads, size_t n_slots)
{
	struct line l = { .n_chunks = n_chunks, .produced_right = true, .consumed_right = true };
	struct slot slot[SLOTS_MAX] = { { 0 } };

	par_run(&(struct par_pipe){ &l, produce, work, consume, slot, sizeof *slot, n_slots, n_threads });
	tap_ok(l.produced_right && l.consumed_right && l.n_consumed == n_chunks &&
		       l.at_work_most <= (int)n_slots,
	       "%d chunks, %zu threads, %zu slots", n_chunks, n_threads, n_slots);
}

int main(void)
{
	msg_init("par");
	for (size_t threads = 1; threads <= 4; threads++)
		for (size_t slots = threads; slots <= SLOTS_MAX; slots += 2) {
			test(0, threads, slots);
			test(1, threads, slots);
			test(N_CHUNKS, threads, slots);
		}
	test(N_CHUNKS, 0, 3);
	return tap_done();
}
