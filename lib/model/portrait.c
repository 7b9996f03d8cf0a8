/* SPDX-License-Identifier: MIT */
#include "model/portrait.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/quality_core.h"
#include "value/hash.h"

/* A row that may be taken: the greatest hash of a group's heap is the first to go. */
struct candidate {
	uint64_t hash;
	size_t row;
};

struct heap {
	struct candidate *at;
	size_t n, room;
};

static void sift_down(struct heap *h, size_t i)
{
	for (;;) {
		size_t big = i, left = 2 * i + 1;
		for (size_t c = left; c < left + 2 && c < h->n; c++)
			big = h->at[c].hash > h->at[big].hash ? c : big;
		if (big == i)
			return;
		struct candidate swap = h->at[i];
		h->at[i] = h->at[big];
		h->at[big] = swap;
		i = big;
	}
}

/* Rows of equal hash have equal values: any of them is as good. */
static void offer(struct heap *h, struct candidate c)
{
	if (h->n == h->room) {
		if (h->room == 0 || c.hash >= h->at[0].hash)
			return;
		h->at[0] = c;
		sift_down(h, 0);
		return;
	}
	size_t i = h->n++;
	while (i > 0 && h->at[(i - 1) / 2].hash < c.hash) {
		h->at[i] = h->at[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->at[i] = c;
}

static int by_hash(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The hash of a row's values; false when one is missing. */
static bool hash_row(const struct portrait_column *column, size_t n_columns, size_t row, double *room,
		     uint64_t *hash)
{
	for (size_t c = 0; c < n_columns; c++) {
		room[c] = column[c].x[row] + 0.0; /* -0 is 0 */
		if (isnan(room[c]))
			return false;
	}
	*hash = hash_64(room, n_columns * sizeof *room);
	return true;
}

/* Of `n` rows in a group of `all`: its share of `want`, a few at least. */
static size_t quota(uint64_t n, uint64_t all, size_t want)
{
	double share = ceil((double)want * (double)n / (double)all);
	size_t least = n < PORTRAIT_LEAST ? (size_t)n : PORTRAIT_LEAST;
	return share > (double)least ? (size_t)share : least;
}

static void count_complete(struct portrait *p, const struct portrait_column *column,
			   const struct figures_groups *g)
{
	for (size_t i = 0; i < g->n_rows; i++) {
		bool whole = g->group[i] != FIGURES_NO_GROUP;
		for (size_t c = 0; whole && c < p->n_columns; c++)
			whole = !isnan(column[c].x[i]);
		if (whole)
			p->complete[g->group[i]]++;
		p->n_complete += whole;
	}
}

/* The shown rows of all groups first, group by group, then the others. */
static void lay_out(struct portrait *p, struct heap *heap)
{
	for (size_t k = 0; k < p->n_groups; k++)
		qsort(heap[k].at, heap[k].n, sizeof *heap[k].at, by_hash);
	for (int rest = 0; rest < 2; rest++)
		for (size_t k = 0; k < p->n_groups; k++) {
			size_t shown = p->n_complete ? quota(p->complete[k], p->n_complete, PORTRAIT_SHOWN) : 0;
			shown = shown < heap[k].n ? shown : heap[k].n;
			for (size_t i = rest ? shown : 0; i < (rest ? heap[k].n : shown); i++) {
				p->row[p->n] = heap[k].at[i].row;
				p->group[p->n++] = (uint32_t)k;
			}
			p->n_shown += rest ? 0 : shown;
			p->size[k] = heap[k].n;
		}
}

static int choose_rows(struct portrait *p, const struct portrait_column *column,
		       const struct figures_groups *g)
{
	struct heap *heap = calloc(p->n_groups + 1, sizeof *heap);
	double *room = malloc((p->n_columns + 1) * sizeof *room);
	size_t n = 0;
	bool memory = heap && room;
	count_complete(p, column, g);
	size_t want = p->n_complete > PORTRAIT_ALL ? PORTRAIT_ROWS : PORTRAIT_ALL;
	for (size_t k = 0; memory && k < p->n_groups; k++) {
		heap[k].room = p->n_complete ? quota(p->complete[k], p->n_complete, want) : 0;
		heap[k].at = malloc((heap[k].room + 1) * sizeof *heap[k].at);
		n += heap[k].room;
		memory = heap[k].at;
	}
	p->row = malloc((n + 1) * sizeof *p->row);
	p->group = malloc((n + 1) * sizeof *p->group);
	memory = memory && p->row && p->group;
	for (size_t i = 0; memory && i < g->n_rows; i++) {
		struct candidate c = { 0, i };
		if (g->group[i] != FIGURES_NO_GROUP && hash_row(column, p->n_columns, i, room, &c.hash))
			offer(&heap[g->group[i]], c);
	}
	if (memory)
		lay_out(p, heap);
	for (size_t k = 0; heap && k < p->n_groups; k++)
		free(heap[k].at);
	free(heap);
	free(room);
	return memory ? 0 : -1;
}

/* False without memory.  A transformation without a value there gives 0, its centre. */
static bool fill_space(struct portrait *p, const struct portrait_column *column)
{
	p->z = calloc(p->n_columns + 1, sizeof *p->z);
	for (size_t c = 0; p->z && c < p->n_columns; c++) {
		const struct portrait_column *from = &column[c];
		p->z[c] = malloc((p->n + 1) * sizeof **p->z);
		if (!p->z[c])
			return false;
		for (size_t i = 0; i < p->n; i++) {
			double x = from->x[p->row[i]];
			double z = from->scale ? scale_apply(from->scale, x) : (x - from->center) / from->unit;
			p->z[c][i] = isfinite(z) ? z : 0;
		}
	}
	return p->z;
}

static int find_components(struct portrait *p, char *const *name)
{
	struct pca_sums sums;
	double want = p->n_columns < PORTRAIT_COMPONENTS ? (double)p->n_columns : PORTRAIT_COMPONENTS;
	double *row = malloc((p->n_columns + 1) * sizeof *row);
	char error[200];
	if (!row || pca_sums_init(&sums, p->n_columns, 1)) {
		free(row);
		return -1;
	}
	for (size_t i = 0; i < 2 * p->n; i++) { /* once for the means, once for the products */
		for (size_t c = 0; c < p->n_columns; c++)
			row[c] = p->z[c][i % p->n];
		(i < p->n ? pca_sums_see : pca_sums_add)(&sums, row);
	}
	if (pca_fit(&p->pca, &sums, name, want, error)) /* too few rows, nothing varies */
		p->pca = (struct pca){ 0 };
	p->score = malloc((p->n_shown * p->pca.n_out + 1) * sizeof *p->score);
	for (size_t i = 0; p->score && p->pca.n_out && i < p->n_shown; i++) {
		for (size_t c = 0; c < p->n_columns; c++)
			row[c] = p->z[c][i];
		pca_apply(&p->pca, row, p->score + i * p->pca.n_out);
	}
	pca_sums_free(&sums);
	free(row);
	return p->score ? 0 : -1;
}

static int find_silhouettes(struct portrait *p, int threads)
{
	struct kmeans_rows rows = { .n = p->n, .d = p->n_columns, .column = p->z };
	struct quality_clusters clusters = { .rows = &rows, .label = p->group, .k = p->n_groups,
					     .size = p->size };
	uint32_t *number = malloc((p->n + 1) * sizeof *number);
	p->silhouette = malloc((p->n + 1) * sizeof *p->silhouette);
	for (size_t i = 0; number && i < p->n; i++)
		number[i] = (uint32_t)i;
	int status = number && p->silhouette
			     ? quality_silhouettes(&clusters, number, p->n, threads, p->silhouette) : -1;
	free(number);
	for (size_t k = 0; status == 0 && k < p->n_groups; k++)
		p->mean[k] = p->size[k] ? 0 : NAN;
	for (size_t i = 0; status == 0 && i < p->n; i++)
		p->mean[p->group[i]] += p->silhouette[i] / (double)p->size[p->group[i]];
	for (size_t k = 0; status == 0 && k < p->n_groups; k++)
		if (p->size[k])
			p->all += p->mean[k] * (double)p->complete[k] / (double)p->n_complete;
	return status;
}

int portrait_take(struct portrait *p, const struct portrait_column *column, size_t n_columns,
		  char *const *name, const struct figures_groups *g, int threads)
{
	*p = (struct portrait){ .n_columns = n_columns, .n_groups = g->n_groups };
	p->size = calloc(g->n_groups + 1, sizeof *p->size);
	p->complete = calloc(g->n_groups + 1, sizeof *p->complete);
	p->mean = calloc(g->n_groups + 1, sizeof *p->mean);
	bool memory = p->size && p->complete && p->mean && choose_rows(p, column, g) == 0 &&
		      fill_space(p, column) && find_components(p, name) == 0 &&
		      find_silhouettes(p, threads) == 0;
	if (!memory)
		portrait_free(p);
	return memory ? 0 : -1;
}

/* s(i) from all distances, one after the other. */
static double plain_silhouette(const struct portrait *p, size_t i, double *sum)
{
	double nearest = (double)INFINITY;
	size_t own = p->group[i];
	memset(sum, 0, p->n_groups * sizeof *sum);
	for (size_t j = 0; j < p->n; j++) {
		double squared = 0;
		for (size_t c = 0; c < p->n_columns; c++)
			squared += (p->z[c][i] - p->z[c][j]) * (p->z[c][i] - p->z[c][j]);
		sum[p->group[j]] += sqrt(squared);
	}
	for (size_t k = 0; k < p->n_groups; k++)
		if (k != own && p->size[k])
			nearest = fmin(nearest, sum[k] / (double)p->size[k]);
	if (p->size[own] < 2 || isinf(nearest))
		return 0;
	return quality_ratio(sum[own] / (double)(p->size[own] - 1), nearest);
}

/* Whether the scores of the rows sampled vary by what the component says. */
static bool component_agrees(const struct portrait *p, size_t component)
{
	double mean = 0, squares = 0, trace = p->pca.total;
	for (size_t i = 0; i < p->n; i++) {
		double s = 0;
		for (size_t c = 0; c < p->n_columns; c++)
			s += (p->z[c][i] - p->pca.mean[c]) * p->pca.loading[component * p->n_columns + c];
		double before = s - mean;
		mean += before / (double)(i + 1);
		squares += before * (s - mean);
	}
	return fabs(squares / (double)(p->n - 1) - p->pca.variance[component]) <= 1e-9 * trace;
}

const char *portrait_check(const struct portrait *p, uint64_t *n_checked)
{
	double *sum = malloc((p->n_groups + 1) * sizeof *sum), total = 0;
	const char *wrong = sum ? NULL : "out of memory";
	for (size_t i = 0; !wrong && i < p->n; i += 16, ++*n_checked)
		if (fabs(plain_silhouette(p, i, sum) - p->silhouette[i]) > 1e-9)
			wrong = "silhouette";
	for (size_t c = 0; !wrong && c < p->pca.n_out; c++, ++*n_checked) {
		total += p->pca.variance[c];
		if (!component_agrees(p, c))
			wrong = "principal components";
	}
	if (!wrong && total > p->pca.total * (1 + 1e-12))
		wrong = "principal components";
	free(sum);
	return wrong;
}

void portrait_free(struct portrait *p)
{
	for (size_t c = 0; p->z && c < p->n_columns; c++)
		free(p->z[c]);
	free(p->z);
	free(p->row);
	free(p->group);
	free(p->score);
	free(p->silhouette);
	free(p->size);
	free(p->complete);
	free(p->mean);
	pca_free(&p->pca);
	*p = (struct portrait){ 0 };
}
