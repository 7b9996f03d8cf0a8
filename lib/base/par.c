/* SPDX-License-Identifier: MIT */
#include "base/par.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"

int par_cpus(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;

	return n > 0 ? n : 1;
}

void par_for(int threads, size_t n, void (*fn)(void *ctx, size_t i), void *ctx)
{
	if (threads <= 1 || n <= 1) {
		for (size_t i = 0; i < n; i++)
			fn(ctx, i);
		return;
	}
#pragma omp parallel for schedule(dynamic) num_threads(threads)
	for (size_t i = 0; i < n; i++)
		fn(ctx, i);
}

/*
 * A thread takes a free slot, produces in turn, works, and leaves the slot for
 * its turn to be consumed: whoever finds the next one done consumes it and what
 * follows, so that no thread waits while there are free slots.
 */
struct ring {
	const struct par_pipe *pipe;
	pthread_mutex_t in, lock; /* of the input; of what follows */
	pthread_cond_t changed;
	void **free, **done; /* [n_slots]; done by number % n_slots, or NULL */
	size_t n_free, next_in, next_out;
	bool ended, is_consuming;
};

static void *take_slot(struct ring *r)
{
	void *slot = NULL;

	pthread_mutex_lock(&r->lock);
	while (!r->n_free && !r->ended)
		pthread_cond_wait(&r->changed, &r->lock);
	if (!r->ended)
		slot = r->free[--r->n_free];
	pthread_mutex_unlock(&r->lock);
	return slot;
}

/* False at the end of the input; else *number is the turn of what was produced. */
static bool produce(struct ring *r, void *slot, size_t *number)
{
	bool more;

	pthread_mutex_lock(&r->in);
	more = !r->ended && r->pipe->produce(r->pipe->ctx, slot);
	*number = r->next_in;
	r->next_in += more;
	if (!more) {
		pthread_mutex_lock(&r->lock);
		r->ended = true;
		pthread_cond_broadcast(&r->changed);
		pthread_mutex_unlock(&r->lock);
	}
	pthread_mutex_unlock(&r->in);
	return more;
}

static void leave_slot(struct ring *r, void *slot, size_t number)
{
	const struct par_pipe *p = r->pipe;

	pthread_mutex_lock(&r->lock);
	r->done[number % p->n_slots] = slot;
	while (!r->is_consuming && (slot = r->done[r->next_out % p->n_slots])) {
		r->done[r->next_out % p->n_slots] = NULL;
		r->is_consuming = true;
		pthread_mutex_unlock(&r->lock);
		p->consume(p->ctx, slot);
		pthread_mutex_lock(&r->lock);
		r->is_consuming = false;
		r->next_out++;
		r->free[r->n_free++] = slot;
		pthread_cond_signal(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *work(void *arg)
{
	struct ring *r = arg;
	size_t number;
	void *slot;

	while ((slot = take_slot(r)) && produce(r, slot, &number)) {
		r->pipe->work(r->pipe->ctx, slot);
		leave_slot(r, slot, number);
	}
	return NULL;
}

void par_run(const struct par_pipe *p)
{
	struct ring ring = { .pipe = p, .in = PTHREAD_MUTEX_INITIALIZER,
			     .lock = PTHREAD_MUTEX_INITIALIZER,
			     .changed = PTHREAD_COND_INITIALIZER, .n_free = p->n_slots };
	size_t n = p->n_threads && p->n_threads < p->n_slots ? p->n_threads : p->n_slots;
	pthread_t *thread = mem_array(n, sizeof *thread);

	ring.free = mem_array(p->n_slots, sizeof *ring.free);
	ring.done = mem_zero(p->n_slots, sizeof *ring.done);
	for (size_t i = 0; i < p->n_slots; i++)
		ring.free[i] = (char *)p->slot + (p->n_slots - 1 - i) * p->slot_size;
	for (size_t i = 1; i < n; i++)
		if (pthread_create(&thread[i], NULL, work, &ring) != 0)
			msg_die(MSG_FAILED, "cannot start a thread");
	work(&ring);
	for (size_t i = 1; i < n; i++)
		pthread_join(thread[i], NULL);
	free(ring.free);
	free(ring.done);
	free(thread);
}
