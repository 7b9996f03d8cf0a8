/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/quality_core.h"
#include "model/lanes.h"

/*
 * Rows are taken in blocks, sorted by cluster, so that a block's coordinates
 * stay in the cache while the queries of a chunk go over it, and a cluster's
 * rows are neighbours.
 */
#define BLOCK 2048
#define CHUNK 128

struct task {
	const struct quality_clusters *c;
	const uint32_t *row;
	/* queries; rows of a block, each cluster's filled up to whole lanes, and so many that
	 * columns do not share places in the cache */
	size_t n, width;
	double *silhouette;
	int failed;
};

struct work {
	double *x;      /* [d][width] of the block */
	size_t *start;  /* [k + 1], whole lanes */
	size_t *end;    /* [k]: where the cluster's rows end */
	double *query;  /* [CHUNK][d] */
	double *sum;    /* [CHUNK][k] distances to each cluster's rows */
	bool *out;      /* [CHUNK][k] those that make no difference */
};

#define LANES_KERNEL "model/silhouette_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(block_sums, (const struct task *t, const struct work *w, size_t n), (t, w, n))

/* Rows first..first+n-1 into w->x, each cluster's together. */
static void sort_block(const struct task *t, struct work *w, size_t first, size_t n)
{
	const struct quality_clusters *c = t->c;
	const uint32_t *label = c->label + first;

	memset(w->start, 0, (c->k + 1) * sizeof *w->start);
	for (size_t i = 0; i < n; i++)
		w->start[label[i] + 1]++;
	for (size_t l = 0; l < c->k; l++) {
		size_t whole = (w->start[l + 1] + LANES_EIGHT - 1) / LANES_EIGHT * LANES_EIGHT;
		w->start[l + 1] = w->start[l] + whole;
		w->end[l] = w->start[l];
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = w->end[label[i]]++;
		for (size_t j = 0; j < c->rows->d; j++)
			w->x[j * t->width + at] = c->rows->column[j][first + i];
	}
}

/* Clusters that are farther from a row than another one that is not its own. */
static void rule_out(const struct quality_clusters *c, uint32_t row, bool *out)
{
	double least = (double)INFINITY;

	memset(out, 0, c->k * sizeof *out);
	if (!c->mean)
		return;
	for (size_t l = 0; l < c->k; l++)
		if (l != c->label[row] && c->size[l])
			least = fmin(least, quality_most(c, row, l));
	for (size_t l = 0; l < c->k; l++)
		out[l] = l != c->label[row] && c->size[l] && quality_least(c, row, l) > least;
}

static double silhouette_of(const struct quality_clusters *c, uint32_t row, const double *sum,
			    const bool *out)
{
	size_t own = c->label[row];
	double a, b = (double)INFINITY;

	if (c->size[own] < 2)
		return 0;
	a = sum[own] / (double)(c->size[own] - 1);
	for (size_t l = 0; l < c->k; l++)
		if (l != own && c->size[l] && !out[l] && sum[l] / (double)c->size[l] < b)
			b = sum[l] / (double)c->size[l];
	return isfinite(b) ? quality_ratio(a, b) : 0;
}

static void chunk_silhouettes(struct task *t, struct work *w, size_t first, size_t n)
{
	const struct kmeans_rows *r = t->c->rows;
	size_t k = t->c->k;

	memset(w->sum, 0, n * k * sizeof *w->sum);
	for (size_t q = 0; q < n; q++) {
		for (size_t j = 0; j < r->d; j++)
			w->query[q * r->d + j] = r->column[j][t->row[first + q]];
		rule_out(t->c, t->row[first + q], w->out + q * k);
	}
	for (size_t row = 0; row < r->n; row += BLOCK) {
		sort_block(t, w, row, r->n - row < BLOCK ? r->n - row : BLOCK);
		block_sums(t, w, n);
	}
	for (size_t q = 0; q < n; q++)
		t->silhouette[first + q] = silhouette_of(t->c, t->row[first + q], w->sum + q * k,
							   w->out + q * k);
}

static void silhouette_chunk(void *ctx, size_t chunk)
{
	struct task *t = ctx;
	size_t k = t->c->k, d = t->c->rows->d, first = chunk * CHUNK;
	struct work w = { calloc(d * t->width, sizeof(double)), malloc((k + 1) * sizeof(size_t)),
			  malloc(k * sizeof(size_t)), malloc(CHUNK * d * sizeof(double)),
			  malloc(CHUNK * k * sizeof(double)), malloc(CHUNK * k * sizeof(bool)) };

	if (w.x && w.start && w.end && w.query && w.sum && w.out)
		chunk_silhouettes(t, &w, first, t->n - first < CHUNK ? t->n - first : CHUNK);
	else
		__atomic_store_n(&t->failed, 1, __ATOMIC_RELAXED);
	free(w.x);
	free(w.start);
	free(w.end);
	free(w.query);
	free(w.sum);
	free(w.out);
}

int quality_silhouettes(const struct quality_clusters *c, const uint32_t *row, size_t n,
			int threads, double *silhouette)
{
	struct task t = { c, row, n, (BLOCK + c->k * LANES_EIGHT) | LANES_EIGHT, silhouette, 0 };

	par_for(threads, (n + CHUNK - 1) / CHUNK, silhouette_chunk, &t);
	return t.failed ? -1 : 0;
}
