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

/* Chunks that wait to be worked on. */
enum { STOCK = 1 };

/*
 * A thread produces while chunks are short and nobody else does, works on the
 * oldest chunk, and leaves it for its turn to be consumed: whoever finds the
 * next one done consumes it and what follows.  The stock of chunks to work on
 * carries the others over the time that a producing thread is off its processor.
 */
struct ring {
	const struct par_pipe *pipe;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	void **free, **made, **done; /* [n_slots]; made and done by number % n_slots; done: or NULL */
	size_t n_free, next_in, next_work, next_out;
	bool ended, is_producing, is_consuming;
};

/* With the lock, which is not held while it produces. */
static void produce(struct ring *r)
{
	void *slot = r->free[--r->n_free];
	bool more;

	r->is_producing = true;
	pthread_mutex_unlock(&r->lock);
	more = r->pipe->produce(r->pipe->ctx, slot);
	pthread_mutex_lock(&r->lock);
	r->is_producing = false;
	r->ended = !more;
	if (more)
		r->made[r->next_in++ % r->pipe->n_slots] = slot;
	pthread_cond_broadcast(&r->changed);
}

static bool wants_more(const struct ring *r)
{
	return r->next_in - r->next_work <= STOCK && r->n_free && !r->is_producing && !r->ended;
}

/* The next chunk to work on, its turn in *number; NULL: there is none any more. */
static void *take_chunk(struct ring *r, size_t *number)
{
	void *slot = NULL;

	pthread_mutex_lock(&r->lock);
	for (;;) {
		if (wants_more(r))
			produce(r);
		else if (r->next_work == r->next_in && !r->ended)
			pthread_cond_wait(&r->changed, &r->lock);
		else
			break;
	}
	if (r->next_work < r->next_in) {
		*number = r->next_work++;
		slot = r->made[*number % r->pipe->n_slots];
	}
	pthread_mutex_unlock(&r->lock);
	return slot;
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

	while ((slot = take_chunk(r, &number))) {
		r->pipe->work(r->pipe->ctx, slot);
		leave_slot(r, slot, number);
	}
	return NULL;
}

void par_run(const struct par_pipe *p)
{
	struct ring ring = { .pipe = p, .lock = PTHREAD_MUTEX_INITIALIZER,
			     .changed = PTHREAD_COND_INITIALIZER, .n_free = p->n_slots };
	size_t n = p->n_threads && p->n_threads < p->n_slots ? p->n_threads : p->n_slots;
	pthread_t *thread = mem_array(n, sizeof *thread);

	ring.free = mem_array(p->n_slots, sizeof *ring.free);
	ring.made = mem_zero(p->n_slots, sizeof *ring.made);
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
	free(ring.made);
	free(ring.done);
	free(thread);
}
