/* SPDX-License-Identifier: MIT */
#include "model/kmeans_model.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "math/quantile.h"
#include "model/nearest.h"

#define DECILES 9

/* From here on two columns at once are copied for their deciles, not more. */
#define MANY_ROWS 1000000

/* Rows at a time. */
#define BLOCK 1024

/* A thread has its sums for each centre once more: rows for a centre that make that
 * less than the rows take. */
#define ROWS_A_CENTRE 128

/* Parts of the rows for each thread, so that all end at about the same time. */
#define PARTS_A_THREAD 8

/* What some of the rows leave for each segment. */
struct part {
	struct exact *sum; /* [n_columns + 1][k] raw values, w * squared distances */
	size_t *size;      /* [k] rows */
	size_t *start;     /* [k + 1] scratch */
	bool tied;         /* a label depends on the order of the centres */
};

struct job {
	struct kmodel *m;
	const struct kmeans_rows *rows;
	const double *centre; /* [k][d] */
	struct part *part;    /* [n_parts] */
	size_t n_parts, n_lists;
	int failed;
};

/* < 0 when a comes first. */
static int compare_segments(const struct kmodel_segment *a, const struct kmodel_segment *b,
			    size_t n_columns, size_t order_by)
{
	if (order_by == KMEANS_BY_SIZE && a->size != b->size)
		return a->size > b->size ? -1 : 1;
	if (order_by != KMEANS_BY_SIZE && a->centre_raw[order_by] != b->centre_raw[order_by])
		return a->centre_raw[order_by] > b->centre_raw[order_by] ? -1 : 1;
	for (size_t j = 0; j < n_columns; j++)
		if (a->centre_raw[j] != b->centre_raw[j])
			return a->centre_raw[j] > b->centre_raw[j] ? -1 : 1;
	return 0;
}

/* Whether any of them moved. */
static bool sort_segments(struct kmodel *m, size_t order_by)
{
	bool moved = false;

	for (size_t i = 1; i < m->k; i++) {
		struct kmodel_segment g = m->segment[i];
		size_t at = i;
		for (; at && compare_segments(&g, &m->segment[at - 1], m->n_columns, order_by) < 0;
		     at--)
			m->segment[at] = m->segment[at - 1];
		m->segment[at] = g;
		moved |= at < i;
	}
	return moved;
}

/* The centres of the segments, one after the other. */
static double *centres_of(const struct kmodel *m)
{
	size_t d = m->n_columns;
	double *centre = malloc(m->k * d * sizeof *centre);

	for (size_t s = 0; centre && s < m->k; s++)
		memcpy(centre + s * d, m->segment[s].centre, d * sizeof *centre);
	return centre;
}

/* A block of rows, numbered by segment. */
struct sorted {
	size_t n;
	uint16_t row[BLOCK];
	const size_t *start; /* [k + 1] of each segment's among them */
};

static void sort_block(struct sorted *b, struct part *p, const uint32_t *label, size_t n, size_t k)
{
	memset(p->start, 0, (k + 1) * sizeof *p->start);
	for (size_t i = 0; i < n; i++)
		p->start[label[i] + 1]++;
	for (size_t s = 0; s < k; s++) {
		p->size[s] += p->start[s + 1];
		p->start[s + 1] += p->start[s];
	}
	for (size_t i = 0; i < n; i++)
		b->row[p->start[label[i]]++] = (uint16_t)i;
	memmove(p->start + 1, p->start, k * sizeof *p->start);
	p->start[0] = 0;
	b->start = p->start;
	b->n = n;
}

static void add_sorted(struct exact *sum, const struct sorted *b, const double *x, size_t k)
{
	double value[BLOCK];

	for (size_t i = 0; i < b->n; i++)
		value[i] = x[b->row[i]];
	for (size_t s = 0; s < k; s++)
		exact_add_many(&sum[s], value + b->start[s], b->start[s + 1] - b->start[s]);
}

static void add_block(const struct job *j, struct part *p, size_t first, size_t n)
{
	const struct kmeans_rows *r = j->rows;
	size_t k = j->m->k;
	uint32_t label[BLOCK];
	double x[BLOCK];
	struct sorted b;

	p->tied |= nearest_block_ties(r->column, first, n, j->centre, k, r->d, label, x);
	sort_block(&b, p, label, n, k);
	for (size_t i = 0; r->weight && i < n; i++)
		x[i] *= r->weight[first + i];
	add_sorted(p->sum + r->d * k, &b, x, k);
	for (size_t c = 0; c < r->d; c++) {
		const struct scale_column *scale = kmodel_scale(j->m, c);
		const double *column = r->column[c] + first;
		for (size_t i = 0; scale && i < n; i++)
			x[i] = scale_invert(scale, column[i]);
		add_sorted(p->sum + c * k, &b, scale ? x : column, k);
	}
}

static void add_part(const struct job *j, size_t part)
{
	size_t n = j->rows->n, share = (n / j->n_parts / BLOCK + 1) * BLOCK;
	size_t end = (part + 1) * share < n ? (part + 1) * share : n;

	for (size_t first = part * share; first < end; first += BLOCK)
		add_block(j, &j->part[part], first, end - first < BLOCK ? end - first : BLOCK);
}

/* Cuts at the deciles, equal ones merged, and the rows between them. */
static int count_deciles(struct kmodel_column *c, const double *x, size_t n)
{
	double p[DECILES], cut[DECILES];
	size_t at_most[DECILES], below = 0;

	c->cut = malloc(DECILES * sizeof *c->cut);
	c->count = calloc(DECILES + 1, sizeof *c->count);
	for (size_t i = 0; i < DECILES; i++)
		p[i] = (double)(i + 1) / (DECILES + 1);
	if (!c->cut || !c->count || quantile_of(x, n, p, DECILES, cut, at_most))
		return -1;
	c->n_cuts = 0;
	for (size_t i = 0; i < DECILES; i++) {
		if (c->n_cuts && cut[i] <= c->cut[c->n_cuts - 1])
			continue;
		c->count[c->n_cuts] = at_most[i] - below;
		c->cut[c->n_cuts++] = cut[i];
		below = at_most[i];
	}
	c->count[c->n_cuts] = n - below;
	return 0;
}

/* Every n_lists-th column's deciles from i on; after the lists the parts of the rows. */
static void describe_part(void *ctx, size_t i)
{
	struct job *j = ctx;

	if (i >= j->n_lists)
		add_part(j, i - j->n_lists);
	for (size_t c = i; i < j->n_lists && c < j->rows->d; c += j->n_lists)
		if (count_deciles(&j->m->column[c], j->rows->column[c], j->rows->n))
			__atomic_store_n(&j->failed, 1, __ATOMIC_RELAXED);
}

static int parts_init(struct job *j, int threads)
{
	size_t k = j->m->k, n_sums = (j->rows->d + 1) * k;

	j->n_parts = threads > 1 ? (size_t)threads * PARTS_A_THREAD : 1;
	if (j->n_parts > j->rows->n / (ROWS_A_CENTRE * k) + 1)
		j->n_parts = j->rows->n / (ROWS_A_CENTRE * k) + 1;
	j->part = calloc(j->n_parts, sizeof *j->part);
	for (size_t i = 0; j->part && i < j->n_parts; i++) {
		struct part *p = &j->part[i];
		p->sum = calloc(n_sums, sizeof *p->sum);
		p->size = calloc(k, sizeof *p->size);
		p->start = calloc(k + 1, sizeof *p->start);
		if (!p->sum || !p->size || !p->start)
			return -1;
	}
	return j->part ? 0 : -1;
}

static void parts_free(struct job *j)
{
	for (size_t i = 0; j->part && i < j->n_parts; i++) {
		free(j->part[i].sum);
		free(j->part[i].size);
		free(j->part[i].start);
	}
	free(j->part);
	j->part = NULL;
}

/* All parts into the first. */
static void merge_parts(struct job *j)
{
	size_t k = j->m->k, n_sums = (j->rows->d + 1) * k;
	struct part *to = &j->part[0];

	for (size_t i = 1; i < j->n_parts; i++) {
		const struct part *from = &j->part[i];
		for (size_t s = 0; s < n_sums; s++)
			exact_merge(&to->sum[s], &from->sum[s]);
		for (size_t s = 0; s < k; s++)
			to->size[s] += from->size[s];
		to->tied |= from->tied;
	}
}

static void take_sums(struct job *j)
{
	struct kmodel *m = j->m;
	size_t d = j->rows->d;
	const struct part *p = &j->part[0];
	struct exact total = { { 0 }, 0, 0 };

	for (size_t s = 0; s < m->k; s++) {
		struct kmodel_segment *g = &m->segment[s];
		g->size = p->size[s];
		g->share = (double)g->size / (double)j->rows->n;
		g->inertia = exact_round(&p->sum[d * m->k + s]);
		exact_merge(&total, &p->sum[d * m->k + s]);
		for (size_t c = 0; c < d; c++)
			g->mean_raw[c] = exact_round(&p->sum[c * m->k + s]) / (double)g->size;
	}
	m->inertia = exact_round(&total);
}

/*
 * The segments' rows and, with n_lists, the columns' deciles.  *tied: a row may belong
 * to another segment when they come in another order.
 */
static int describe(struct kmodel *m, const struct kmeans_rows *rows, size_t n_lists, int threads,
		    bool *tied)
{
	double *centre = centres_of(m);
	struct job j = { m, rows, centre, NULL, 0, n_lists, 0 };
	int status = centre ? parts_init(&j, threads) : -1;

	if (status == 0) {
		par_for(threads, n_lists + j.n_parts, describe_part, &j);
		merge_parts(&j);
		take_sums(&j);
		*tied = j.part[0].tied;
		status = j.failed ? -1 : 0;
	}
	parts_free(&j);
	free(centre);
	return status;
}

ptrdiff_t kmeans_order_by(char *const *name, size_t d, const char *wanted)
{
	size_t n = strlen(wanted);

	if (strcmp(wanted, "size") == 0)
		return KMEANS_SIZE_ORDER;
	for (size_t i = 0; i < d; i++)
		if (strncmp(name[i], wanted, n) == 0 &&
		    (!name[i][n] || strcmp(name[i] + n, "_scaled") == 0))
			return (ptrdiff_t)i;
	return KMEANS_NO_ORDER;
}

int kmeans_model(struct kmodel *m, const struct kmeans_rows *rows, const double *centre,
		 size_t order_by, int threads)
{
	size_t n_lists = rows->n > MANY_ROWS && rows->d > 2 ? 2 : rows->d;
	bool tied;

	for (size_t s = 0; s < m->k; s++)
		memcpy(m->segment[s].centre, centre + s * rows->d, rows->d * sizeof *centre);
	kmodel_invert(m);
	m->n_rows = rows->n;
	if (order_by != KMEANS_BY_SIZE)
		sort_segments(m, order_by);
	if (describe(m, rows, n_lists, threads, &tied))
		return -1;
	if (order_by != KMEANS_BY_SIZE || !sort_segments(m, order_by) || !tied)
		return 0;
	return describe(m, rows, 0, threads, &tied);
}

void kmeans_model_stability(struct kmodel *m, const struct kmeans_fit *fit,
			    const double *stability)
{
	size_t d = m->n_columns;

	for (size_t s = 0; s < m->k; s++)
		for (size_t c = 0; c < m->k; c++)
			if (memcmp(m->segment[s].centre, fit->centre + c * d,
				   d * sizeof(double)) == 0)
				m->segment[s].stability = stability[c];
}
