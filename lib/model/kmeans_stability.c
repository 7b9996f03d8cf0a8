/* SPDX-License-Identifier: MIT */
#include "model/kmeans_stability.h"

#include <stdlib.h>
#include <string.h>

#include "value/rng.h"

/* A sample: its distinct rows, weighted by how often they were drawn. */
struct sample {
	const struct kmeans_rows *rows;
	uint32_t *count;          /* [n] */
	struct kmeans_rows drawn; /* room for n rows */
	uint32_t *old, *new;      /* [n] labels of the drawn rows */
};

static int sample_init(struct sample *s, const struct kmeans_rows *rows)
{
	size_t n = rows->n, d = rows->d;

	*s = (struct sample){
		.rows = rows, .count = malloc(n * sizeof *s->count),
		.drawn = { .d = d, .column = calloc(d, sizeof(double *)),
			   .weight = malloc(n * sizeof(double)) },
		.old = malloc(n * sizeof *s->old), .new = malloc(n * sizeof *s->new),
	};
	if (!s->count || !s->drawn.column || !s->drawn.weight || !s->old || !s->new)
		return -1;
	for (size_t j = 0; j < d; j++) {
		s->drawn.column[j] = malloc(n * sizeof(double));
		if (!s->drawn.column[j])
			return -1;
	}
	return 0;
}

static void sample_free(struct sample *s)
{
	for (size_t j = 0; s->drawn.column && j < s->drawn.d; j++)
		free(s->drawn.column[j]);
	free(s->drawn.column);
	free(s->drawn.weight);
	free(s->count);
	free(s->old);
	free(s->new);
}

static void draw(struct sample *s, uint64_t seed, size_t number)
{
	const struct kmeans_rows *r = s->rows;
	size_t m = 0;

	memset(s->count, 0, r->n * sizeof *s->count);
	for (size_t i = 0; i < r->n; i++)
		s->count[rng_below(r->n, seed, RNG_BOOTSTRAP, i, (uint32_t)number)]++;
	for (size_t i = 0; i < r->n; i++) {
		if (s->count[i] == 0)
			continue;
		for (size_t j = 0; j < r->d; j++)
			s->drawn.column[j][m] = r->column[j][i];
		s->drawn.weight[m++] = s->count[i] * (r->weight ? r->weight[i] : 1);
	}
	s->drawn.n = m;
}

/* Adds to stability[k] each old cluster's largest Jaccard coefficient. */
static int compare(const struct sample *s, size_t k, double *stability)
{
	uint64_t *both = calloc(k * k + 2 * k, sizeof *both), *old = both + k * k, *new = old + k;

	if (!both)
		return -1;
	for (size_t i = 0; i < s->drawn.n; i++) {
		both[s->old[i] * k + s->new[i]]++;
		old[s->old[i]]++;
		new[s->new[i]]++;
	}
	for (size_t a = 0; a < k; a++) {
		double largest = 0;
		for (size_t b = 0; b < k; b++) {
			double shared = (double)both[a * k + b];
			double either = (double)(old[a] + new[b]) - shared;
			if (shared > largest * either)
				largest = shared / either;
		}
		stability[a] += largest;
	}
	free(both);
	return 0;
}

static enum kmeans_status one_sample(struct sample *s, const struct kmeans_options *o,
				     const struct kmeans_fit *fit, size_t n, struct kmeans_fit *again,
				     double *const *stability)
{
	size_t k_last = fit[n - 1].k, n_distinct = 0;
	enum kmeans_status status = kmeans_sweep(&s->drawn, fit[0].k, k_last, o, again, &n_distinct);

	if (status == KMEANS_FEW_ROWS) {
		if (n_distinct < fit[0].k)
			return KMEANS_OK;
		k_last = n_distinct;
		status = kmeans_sweep(&s->drawn, fit[0].k, k_last, o, again, &n_distinct);
	}
	for (size_t i = 0; i <= k_last - fit[0].k; i++) {
		if (status == KMEANS_OK) {
			kmeans_label(&s->drawn, fit[i].centre, fit[i].k, o->threads, s->old);
			kmeans_label(&s->drawn, again[i].centre, fit[i].k, o->threads, s->new);
			if (compare(s, fit[i].k, stability[i]))
				status = KMEANS_NO_MEMORY;
		}
		kmeans_fit_free(&again[i]);
	}
	return status;
}

enum kmeans_status kmeans_stability(const struct kmeans_rows *rows, const struct kmeans_options *o,
				    size_t n_samples, const struct kmeans_fit *fit, size_t n,
				    double *const *stability)
{
	struct kmeans_options own = *o;
	struct kmeans_fit *again = malloc(n * sizeof *again);
	struct sample s;
	enum kmeans_status status = KMEANS_OK;

	own.trace = false;
	for (size_t i = 0; i < n; i++)
		memset(stability[i], 0, fit[i].k * sizeof **stability);
	if (sample_init(&s, rows) || !again)
		status = KMEANS_NO_MEMORY;
	for (size_t i = 0; status == KMEANS_OK && i < n_samples; i++) {
		draw(&s, o->seed, i);
		status = one_sample(&s, &own, fit, n, again, stability);
	}
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < fit[i].k; c++)
			stability[i][c] /= (double)n_samples;
	sample_free(&s);
	free(again);
	return status;
}

double kmeans_least(const double *x, size_t n)
{
	double least = x[0];

	for (size_t i = 1; i < n; i++)
		least = x[i] < least ? x[i] : least;
	return least;
}
