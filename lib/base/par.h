/* SPDX-License-Identifier: MIT */
#ifndef BASE_PAR_H
#define BASE_PAR_H

#include <stdbool.h>
#include <stddef.h>

/* Processors this process may run on, at least 1. */
int par_cpus(void);

/*
 * Calls fn(ctx, i) once for each i in 0..n-1 on at most `threads` threads,
 * in no stated order; returns when all are done.  fn must write only to what
 * i owns, so that nothing depends on the number of threads.
 */
void par_for(int threads, size_t n, void (*fn)(void *ctx, size_t i), void *ctx);

/*
 * An ordered pipeline over chunks: produce() fills a slot (called one at a
 * time, in order, false at the end of the input), work() transforms it (in
 * parallel), consume() takes it (one at a time, in the order produced).
 * `slot` has n_slots elements of slot_size bytes, at least one for each thread;
 * with more, threads go on while an earlier chunk is not done or the consumer
 * waits.  One thread: everything runs in the caller.
 */
struct par_pipe {
	void *ctx;
	bool (*produce)(void *ctx, void *slot);
	void (*work)(void *ctx, void *slot);
	void (*consume)(void *ctx, void *slot);
	void *slot;
	size_t slot_size, n_slots;
	size_t n_threads; /* 1..n_slots; 0: n_slots */
};
void par_run(const struct par_pipe *p);

/* Slots for n threads whose consumer may wait: for a pipe, say, whose reader is
 * runnable but gets its processor some milliseconds later. */
static inline size_t par_slots(size_t n_threads)
{
	return n_threads > 1 ? n_threads + 6 : 1;
}

#endif
