/* SPDX-License-Identifier: MIT */
#include "model/kmeans_model.h"

#include <math.h>
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

struct job {
	struct kmodel *m;
	const struct kmeans_rows *rows;
	const uint32_t *label;
	struct exact *sum;  /* [n_columns][k] raw values, then [k] w * squared distances */
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

static void sort_segments(struct kmodel *m, size_t order_by)
{
	for (size_t i = 1; i < m->k; i++) {
		struct kmodel_segment g = m->segment[i];
		size_t at = i;
		for (; at && compare_segments(&g, &m->segment[at - 1], m->n_columns, order_by) < 0;
		     at--)
			m->segment[at] = m->segment[at - 1];
		m->segment[at] = g;
	}
}

static void count_sizes(struct kmodel *m, const uint32_t *label, size_t n)
{
	for (size_t s = 0; s < m->k; s++)
		m->segment[s].size = 0;
	for (size_t i = 0; i < n; i++)
		m->segment[label[i]].size++;
	for (size_t s = 0; s < m->k; s++)
		m->segment[s].share = (double)m->segment[s].size / (double)n;
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

static void sum_raw(struct job *j, size_t column)
{
	const struct scale_column *c = kmodel_scale(j->m, column);
	const double *x = j->rows->column[column];
	struct exact *sum = j->sum + column * j->m->k;

	for (size_t first = 0; first < j->rows->n; first += BLOCK) {
		size_t n = j->rows->n - first < BLOCK ? j->rows->n - first : BLOCK;
		double raw[BLOCK];
		for (size_t i = 0; i < n; i++)
			raw[i] = c ? scale_invert(c, x[first + i]) : x[first + i];
		exact_add_each(sum, j->label + first, raw, n);
	}
	for (size_t s = 0; s < j->m->k; s++) {
		struct kmodel_segment *g = &j->m->segment[s];
		g->mean_raw[column] = exact_round(&sum[s]) / (double)g->size;
	}
}

static void sum_inertia(struct job *j)
{
	const struct kmeans_rows *r = j->rows;
	struct exact *sum = j->sum + r->d * j->m->k, total = { { 0 }, 0, 0 };

	for (size_t first = 0; first < r->n; first += BLOCK) {
		size_t n = r->n - first < BLOCK ? r->n - first : BLOCK;
		double squared[BLOCK] = { 0 };
		for (size_t f = 0; f < r->d; f++)
			for (size_t i = 0; i < n; i++) {
				double t = r->column[f][first + i] -
					   j->m->segment[j->label[first + i]].centre[f];
				squared[i] += t * t;
			}
		for (size_t i = 0; r->weight && i < n; i++)
			squared[i] *= r->weight[first + i];
		exact_add_each(sum, j->label + first, squared, n);
	}
	for (size_t s = 0; s < j->m->k; s++) {
		j->m->segment[s].inertia = exact_round(&sum[s]);
		exact_merge(&total, &sum[s]);
	}
	j->m->inertia = exact_round(&total);
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

/* Column i's raw means and deciles; after the last column the inertia. */
static void describe_column(void *ctx, size_t i)
{
	struct job *j = ctx;

	if (i == j->rows->d) {
		sum_inertia(j);
		return;
	}
	sum_raw(j, i);
	if (count_deciles(&j->m->column[i], j->rows->column[i], j->rows->n))
		__atomic_store_n(&j->failed, 1, __ATOMIC_RELAXED);
}

static int label_rows(struct kmodel *m, const struct kmeans_rows *rows, int threads,
		      uint32_t *label)
{
	double *centre = centres_of(m);

	if (!centre)
		return -1;
	kmeans_label(rows, centre, m->k, threads, label);
	free(centre);
	count_sizes(m, label, rows->n);
	return 0;
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
		 size_t order_by, int threads, uint32_t *label)
{
	struct job j = { m, rows, label, NULL, 0 };

	for (size_t s = 0; s < m->k; s++)
		memcpy(m->segment[s].centre, centre + s * rows->d, rows->d * sizeof *centre);
	kmodel_invert(m);
	m->n_rows = rows->n;
	if (order_by == KMEANS_BY_SIZE && label_rows(m, rows, threads, label))
		return -1;
	sort_segments(m, order_by);
	if (label_rows(m, rows, threads, label))
		return -1;
	j.sum = calloc((rows->d + 1) * m->k, sizeof *j.sum);
	if (!j.sum)
		return -1;
	par_for(threads > 2 && rows->n > MANY_ROWS ? 2 : threads, rows->d + 1, describe_column, &j);
	free(j.sum);
	return j.failed ? -1 : 0;
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
