/* SPDX-License-Identifier: MIT */
#include "math/matching.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * n sources, not more than m targets; cost = -weight.  Everything counts from
 * 1; target 0 stands for the source that a path starts from.
 */
struct problem {
	const uint64_t *weight;
	size_t n, m;
	bool turned;          /* sources are the table's columns */
	int64_t *u, *v;       /* duals of sources and targets */
	int64_t *least;       /* [m + 1] least reduced cost of reaching a target */
	size_t *owner, *from; /* [m + 1] source of a target, 0: none; target before it */
	bool *done;
};

static int64_t reduced(const struct problem *p, size_t i, size_t j)
{
	uint64_t w = p->turned ? p->weight[(j - 1) * p->n + i - 1]
			       : p->weight[(i - 1) * p->m + j - 1];
	return -(int64_t)w - p->u[i] - p->v[j];
}

/* The nearest target that is not done, seen from target j0's source. */
static size_t scan(struct problem *p, size_t j0, int64_t *delta)
{
	size_t next = 0;

	*delta = INT64_MAX;
	for (size_t j = 1; j <= p->m; j++) {
		int64_t cost;
		if (p->done[j])
			continue;
		cost = reduced(p, p->owner[j0], j);
		if (cost < p->least[j]) {
			p->least[j] = cost;
			p->from[j] = j0;
		}
		if (p->least[j] < *delta) {
			*delta = p->least[j];
			next = j;
		}
	}
	return next;
}

/* Gives source i a target, moving others along the shortest path. */
static void augment(struct problem *p, size_t i)
{
	size_t j = 0;

	p->owner[0] = i;
	for (size_t t = 0; t <= p->m; t++) {
		p->least[t] = INT64_MAX;
		p->done[t] = false;
	}
	do {
		int64_t delta;
		size_t next;
		p->done[j] = true;
		next = scan(p, j, &delta);
		for (size_t t = 0; t <= p->m; t++) {
			if (p->done[t]) {
				p->u[p->owner[t]] += delta;
				p->v[t] -= delta;
			} else {
				p->least[t] -= delta;
			}
		}
		j = next;
	} while (p->owner[j]);
	for (; j; j = p->from[j])
		p->owner[j] = p->owner[p->from[j]];
}

static void give(const struct problem *p, size_t *match)
{
	for (size_t j = 1; j <= p->m; j++) {
		size_t i = p->owner[j], row = p->turned ? j : i, col = p->turned ? i : j;
		size_t n_cols = p->turned ? p->n : p->m;
		if (i && p->weight[(row - 1) * n_cols + col - 1])
			match[row - 1] = col - 1;
	}
}

int matching_max(size_t n_rows, size_t n_cols, const uint64_t *weight, size_t *match)
{
	struct problem p = { .weight = weight, .turned = n_rows > n_cols };
	int status = -1;

	p.n = p.turned ? n_cols : n_rows;
	p.m = p.turned ? n_rows : n_cols;
	p.u = calloc(p.n + 1, sizeof *p.u);
	p.v = calloc(p.m + 1, sizeof *p.v);
	p.least = calloc(p.m + 1, sizeof *p.least);
	p.owner = calloc(p.m + 1, sizeof *p.owner);
	p.from = calloc(p.m + 1, sizeof *p.from);
	p.done = calloc(p.m + 1, sizeof *p.done);
	if (p.u && p.v && p.least && p.owner && p.from && p.done) {
		for (size_t i = 1; i <= p.n; i++)
			augment(&p, i);
		for (size_t r = 0; r < n_rows; r++)
			match[r] = MATCHING_NONE;
		give(&p, match);
		status = 0;
	}
	free(p.u);
	free(p.v);
	free(p.least);
	free(p.owner);
	free(p.from);
	free(p.done);
	return status;
}
