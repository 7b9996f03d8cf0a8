/* SPDX-License-Identifier: MIT */
#include "model/figures.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "math/exact.h"
#include "math/quantile.h"
#include "model/ranks.h"

/* A column's values with their groups, sorted. */
struct sorted {
	double *value, *spare;  /* [n_rows] */
	uint32_t *group, *spare_group;
	uint64_t *count;        /* [n_groups] */
	size_t *start;          /* [n_groups + 1] where each group's values begin in `spare` */
	double *rank_sum;       /* [n_groups] */
	size_t n;
};

static void sorted_free(struct sorted *s)
{
	free(s->value);
	free(s->spare);
	free(s->group);
	free(s->spare_group);
	free(s->count);
	free(s->start);
	free(s->rank_sum);
}

static int sorted_init(struct sorted *s, const struct figures_groups *g)
{
	size_t n = g->n_rows + 1, k = g->n_groups + 2;
	s->value = malloc(n * sizeof *s->value);
	s->spare = malloc(n * sizeof *s->spare);
	s->group = malloc(n * sizeof *s->group);
	s->spare_group = malloc(n * sizeof *s->spare_group);
	s->count = calloc(k, sizeof *s->count);
	s->start = calloc(k, sizeof *s->start);
	s->rank_sum = calloc(k, sizeof *s->rank_sum);
	bool all = s->value && s->spare && s->group && s->spare_group && s->count && s->start &&
		   s->rank_sum;
	return all ? 0 : -1;
}

/* Sorts all, then lays each group's values, still sorted, side by side. */
static void sort_groups(struct sorted *s, struct figures *f, const double *x,
			const struct figures_groups *g)
{
	for (size_t i = 0; i < g->n_rows; i++) {
		if (g->group[i] == FIGURES_NO_GROUP)
			continue;
		if (isnan(x[i])) {
			f->cell[g->group[i]].n_missing++;
			continue;
		}
		s->value[s->n] = x[i];
		s->group[s->n++] = g->group[i];
		s->count[g->group[i]]++;
	}
	ranks_sort(s->value, s->group, s->spare, s->spare_group, s->n);
	f->kruskal_h = ranks_kruskal(s->value, s->group, s->n, s->count, g->n_groups, s->rank_sum);
	size_t *next = s->start + 1; /* start[] shifted by one while values are placed */
	for (size_t k = 0; k < g->n_groups; k++)
		next[k + 1] = next[k] + s->count[k];
	for (size_t i = 0; i < s->n; i++)
		s->spare[next[s->group[i]]++] = s->value[i];
}

/* sum(x) - n * center, exactly, rounded once. */
static double sum_about(const struct exact *sum, uint64_t n, double center)
{
	struct exact shifted = *sum;
	exact_add_product(&shifted, -(double)n, center);
	return exact_round(&shifted);
}

static double squares_about_mean(const double *x, size_t n, const struct exact *sum, double mean)
{
	struct exact squares = { 0 };
	for (size_t i = 0; i < n; i++) {
		double d = x[i] - mean;
		exact_add_product(&squares, d, d);
	}
	double rest = sum_about(sum, n, mean);
	exact_add(&squares, -(rest * rest / (double)n));
	double ss = exact_round(&squares);
	return ss > 0 ? ss : 0;
}

/* x ascending */
static void fill_cell(struct figures_cell *c, const double *x, size_t n, const struct exact *sum)
{
	c->n = n;
	c->mean = c->ss = c->sd = c->deviation = NAN;
	c->min = c->q25 = c->median = c->q75 = c->max = NAN;
	c->sum = exact_round(sum);
	if (n == 0)
		return;
	c->mean = c->sum / (double)n;
	c->ss = squares_about_mean(x, n, sum, c->mean);
	c->sd = n > 1 ? sqrt(c->ss / (double)(n - 1)) : NAN;
	c->min = x[0];
	c->q25 = quantile_sorted(x, n, 0.25);
	c->median = quantile_sorted(x, n, 0.5);
	c->q75 = quantile_sorted(x, n, 0.75);
	c->max = x[n - 1];
}

/* The mean itself is rounded (at 10^12 to 1e-4): what it lacks is taken into account. */
static void place_deviations(struct figures *f, const struct exact *sum, const struct exact *all)
{
	double rest = sum_about(all, f->all.n, f->all.mean) / (double)f->all.n;
	f->all.deviation = 0;
	for (size_t k = 0; k < f->n_groups; k++) {
		struct figures_cell *c = &f->cell[k];
		if (c->n)
			c->deviation = sum_about(&sum[k], c->n, f->all.mean) / (double)c->n - rest;
	}
}

int figures_column(struct figures *f, const double *x, const struct figures_groups *g)
{
	struct sorted s = { 0 };
	*f = (struct figures){ .n_groups = g->n_groups, .kruskal_h = NAN };
	f->cell = calloc(g->n_groups + 1, sizeof *f->cell);
	struct exact *sum = calloc(g->n_groups + 1, sizeof *sum), *all = sum ? sum + g->n_groups : NULL;
	int status = f->cell && sum ? sorted_init(&s, g) : -1;
	if (status == 0)
		sort_groups(&s, f, x, g);
	for (size_t k = 0; status == 0 && k < g->n_groups; k++) {
		const double *from = s.spare + s.start[k];
		exact_add_many(&sum[k], from, s.count[k]);
		exact_merge(all, &sum[k]);
		fill_cell(&f->cell[k], from, s.count[k], &sum[k]);
		f->cell[k].rank_sum = s.rank_sum[k];
		f->all.rank_sum += s.rank_sum[k];
		f->all.n_missing += f->cell[k].n_missing;
	}
	if (status == 0)
		fill_cell(&f->all, s.value, s.n, all);
	if (status == 0 && f->all.n)
		place_deviations(f, sum, all);
	sorted_free(&s);
	free(sum);
	return status;
}

/* Running figures of one cell by other means than above. */
struct walk {
	uint64_t n, n_missing, below[3], up_to[3];
	double mean, squares, min, max, size;
};

static void walk_add(struct walk *w, const struct figures_cell *c, double x)
{
	if (isnan(x)) {
		w->n_missing++;
		return;
	}
	const double q[3] = { c->q25, c->median, c->q75 };
	for (int i = 0; i < 3; i++) {
		w->below[i] += x < q[i];
		w->up_to[i] += x <= q[i];
	}
	w->n++;
	double before = x - w->mean;
	w->mean += before / (double)w->n;
	w->squares += before * (x - w->mean);
	w->size += (fabs(x) - w->size) / (double)w->n;
	w->min = w->n == 1 || x < w->min ? x : w->min;
	w->max = w->n == 1 || x > w->max ? x : w->max;
}

/*
 * Welford's own error: about n * 2^-53 of the mean's size, and for the squares
 * the same of n * size^2; one per cent of a million rows' worth is no wrong figure.
 */
static const char *walk_differs(const struct walk *w, const struct figures_cell *c)
{
	static const double p[3] = { 0.25, 0.5, 0.75 };
	static const char *const name[3] = { "q25", "median", "q75" };
	if (w->n != c->n)
		return "n";
	if (w->n_missing != c->n_missing)
		return "missing";
	if (w->n == 0)
		return NULL;
	if (w->min != c->min)
		return "min";
	if (w->max != c->max)
		return "max";
	double n = (double)w->n, slack = 1e-15 * (n + 100);
	if (!(fabs(w->mean - c->mean) <= slack * w->size))
		return "mean";
	if (!(fabs(w->squares - c->ss) <= slack * (c->ss + 1e-3 * n * w->size * w->size)))
		return "sd";
	for (int i = 0; i < 3; i++)
		if ((double)w->below[i] > ceil((n - 1) * p[i]) ||
		    (double)w->up_to[i] < floor((n - 1) * p[i]) + ((n - 1) * p[i] == floor((n - 1) * p[i])))
			return name[i];
	return NULL;
}

int figures_check(const struct figures *f, const double *x, const struct figures_groups *g,
		  const char **what)
{
	struct walk *w = calloc(g->n_groups + 1, sizeof *w);
	if (!w)
		return -1;
	for (size_t i = 0; i < g->n_rows; i++) {
		uint32_t k = g->group[i];
		if (k == FIGURES_NO_GROUP)
			continue;
		walk_add(&w[k], &f->cell[k], x[i]);
		walk_add(&w[g->n_groups], &f->all, x[i]);
	}
	int bad = 0;
	for (size_t k = 0; bad == 0 && k <= g->n_groups; k++) {
		*what = walk_differs(&w[k], k < g->n_groups ? &f->cell[k] : &f->all);
		bad = *what ? (int)k + 1 : 0;
	}
	double n = (double)f->all.n;
	if (bad == 0 && f->all.rank_sum != n * (n + 1) / 2) {
		*what = "rank sum";
		bad = (int)g->n_groups + 1;
	}
	free(w);
	return bad;
}

void figures_free(struct figures *f)
{
	free(f->cell);
	*f = (struct figures){ 0 };
}
