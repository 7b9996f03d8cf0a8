/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"

#define FIRST_AFTER_S 1.0
#define EVERY_S 0.5

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_start(struct progress *p, bool wanted)
{
	p->on = wanted && !msg_is_quiet() && isatty(STDERR_FILENO);
	if (p->on) {
		p->started = now();
		p->next = p->started + FIRST_AFTER_S;
	}
}

void progress_tick(struct progress *p, uint64_t n_rows, uint64_t n_bytes, uint64_t n_total_bytes)
{
	double t, seconds, share;

	if (!p->on || (t = now()) < p->next)
		return;
	p->next = t + EVERY_S;
	p->shown = true;
	seconds = t - p->started;
	fprintf(stderr, "\r%s: %llu rows, %.0f MB/s", msg_program(), (unsigned long long)n_rows,
		(double)n_bytes / 1e6 / seconds);
	if (n_total_bytes && n_bytes) {
		share = (double)n_bytes / (double)n_total_bytes;
		fprintf(stderr, ", %.0f%%, %.0f s left", 100 * share,
			seconds * (1 - share) / share);
	}
	fputs("\033[K", stderr);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->on = p->shown = false;
}
