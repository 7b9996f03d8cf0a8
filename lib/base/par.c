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
 * Each thread owns a slot and goes round: produce in turn, work, consume in
 * turn.  `next_in` hands out sequence numbers under the lock of the input,
 * `next_out` is the number whose turn it is to be consumed.
 */
struct ring {
	const struct par_pipe *pipe;
	pthread_mutex_t in, out;
	pthread_cond_t turn;
	size_t next_in, next_out;
	bool ended;
};

struct worker {
	struct ring *ring;
	void *slot;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	struct ring *r = w->ring;
	const struct par_pipe *p = r->pipe;

	for (;;) {
		size_t number;

		pthread_mutex_lock(&r->in);
		r->ended = r->ended || !p->produce(p->ctx, w->slot);
		if (r->ended) {
			pthread_mutex_unlock(&r->in);
			return NULL;
		}
		number = r->next_in++;
		pthread_mutex_unlock(&r->in);

		p->work(p->ctx, w->slot);

		pthread_mutex_lock(&r->out);
		while (r->next_out != number)
			pthread_cond_wait(&r->turn, &r->out);
		p->consume(p->ctx, w->slot);
		r->next_out++;
		pthread_cond_broadcast(&r->turn);
		pthread_mutex_unlock(&r->out);
	}
}

void par_run(const struct par_pipe *p)
{
	struct ring ring = { .pipe = p, .in = PTHREAD_MUTEX_INITIALIZER,
			     .out = PTHREAD_MUTEX_INITIALIZER, .turn = PTHREAD_COND_INITIALIZER };
	pthread_t *thread = mem_array(p->n_slots, sizeof *thread);
	struct worker *worker = mem_array(p->n_slots, sizeof *worker);

	for (size_t i = 0; i < p->n_slots; i++) {
		worker[i] = (struct worker){ &ring, (char *)p->slot + i * p->slot_size };
		if (i > 0 && pthread_create(&thread[i], NULL, work, &worker[i]) != 0)
			msg_die(MSG_FAILED, "cannot start a thread");
	}
	work(&worker[0]);
	for (size_t i = 1; i < p->n_slots; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	free(worker);
}
