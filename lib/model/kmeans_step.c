/* SPDX-License-Identifier: MIT */
#include "model/kmeans_step.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_core.h"
#include "model/nearest.h"
#include "model/quality_core.h"

#define CHUNKS_MAX 16

/* One pass over a shard's rows, in chunks with sums of their own. */
struct pass {
	const struct kmeans_step *s;
	const struct kmeans_rows *rows;
	struct kmeans_space space; /* its units */
	struct exact *sum;         /* [n_chunks][n_sums] */
	double *x;                 /* [n_chunks][d] */
	size_t n_chunks, n_sums;
};

const char *kmeans_stage_name(enum kmeans_stage stage)
{
	static const char *const name[] = { "ranges", "sums", "means", "squares", "silhouette" };

	return name[stage];
}

int kmeans_step_init(struct kmeans_step *s, char *const *name, size_t d, const char *weights)
{
	bool good = true;

	*s = (struct kmeans_step){
		.d = d, .name = calloc(d, sizeof *s->name), .low = malloc(d * sizeof *s->low),
		.high = malloc(d * sizeof *s->high), .largest_weight = weights ? 0 : 1,
		.weights = weights ? strdup(weights) : NULL, .silhouette = (double)NAN,
		.inertia = (double)NAN, .shift = (double)NAN,
	};
	good = s->name && s->low && s->high && (s->weights || !weights);
	for (size_t j = 0; good && j < d; j++) {
		s->name[j] = strdup(name[j]);
		s->low[j] = (double)INFINITY;
		s->high[j] = -(double)INFINITY;
		good = s->name[j] != NULL;
	}
	if (!good)
		kmeans_step_free(s);
	return good ? 0 : -1;
}

void kmeans_step_free(struct kmeans_step *s)
{
	for (size_t j = 0; s->name && j < s->d; j++)
		free(s->name[j]);
	free(s->name);
	free(s->weights);
	free(s->low);
	free(s->high);
	free(s->centre);
	free(s->sum);
	free(s->size);
	free(s->mean);
	free(s->squares);
	*s = (struct kmeans_step){ 0 };
}

int kmeans_step_centres(struct kmeans_step *s, const double *centre, size_t k)
{
	s->k = k;
	s->centre = malloc(k * s->d * sizeof *s->centre);
	s->size = calloc(k, sizeof *s->size);
	s->mean = calloc(k * s->d, sizeof *s->mean);
	s->squares = calloc(k, sizeof *s->squares);
	if (!s->centre || !s->size || !s->mean || !s->squares)
		return -1;
	memcpy(s->centre, centre, k * s->d * sizeof *centre);
	return 0;
}

size_t kmeans_step_sums(const struct kmeans_step *s)
{
	switch (s->stage) {
	case KMEANS_SUMS:
		return (s->d + 1) * s->k + 1;
	case KMEANS_MEANS:
		return (s->d + 1) * s->k;
	case KMEANS_SQUARES:
		return s->k;
	case KMEANS_SILHOUETTES:
		return 1;
	default:
		return 0;
	}
}

enum kmeans_stage kmeans_step_after(const struct kmeans_step *s)
{
	return s->stage == KMEANS_MEANS ? KMEANS_SQUARES
	     : s->stage == KMEANS_SQUARES ? KMEANS_SILHOUETTES : KMEANS_MEANS;
}

/* w * x in units for each column, then w, by label; w * squared distance behind. */
static void add_sums(const struct pass *p, struct exact *sum, size_t first, size_t n,
		     const uint32_t *label, double *squared)
{
	const struct kmeans_rows *r = p->rows;
	size_t d = r->d, k = p->s->k;
	double units[KMEANS_BLOCK];

	for (size_t j = 0; j <= d; j++) {
		const struct kmeans_unit *u = &p->space.unit[j];
		for (size_t i = 0; i < n; i++) {
			double w = r->weight ? r->weight[first + i] : 1;
			if (j == d)
				units[i] = r->weight ? (double)kmeans_quantum(u, w) : 1;
			else if (r->weight)
				units[i] = (double)kmeans_quantum_weighted(u, r->column[j][first + i], w);
			else
				units[i] = (double)kmeans_quantum(u, r->column[j][first + i]);
		}
		exact_add_each(sum + j * k, label, units, n);
	}
	for (size_t i = 0; r->weight && i < n; i++)
		squared[i] *= r->weight[first + i];
	exact_add_many(sum + (d + 1) * k, squared, n);
}

static void add_means(const struct pass *p, struct exact *sum, size_t first, size_t n,
		      const uint32_t *label)
{
	size_t d = p->rows->d, k = p->s->k;
	double one[KMEANS_BLOCK];

	for (size_t j = 0; j < d; j++)
		exact_add_each(sum + j * k, label, p->rows->column[j] + first, n);
	for (size_t i = 0; i < n; i++)
		one[i] = 1;
	exact_add_each(sum + d * k, label, one, n);
}

/* Squared distances to the segment's mean, or the silhouettes from all of them. */
static void add_rows(const struct pass *p, struct exact *sum, size_t first, size_t n,
		     const uint32_t *label, double *x)
{
	const struct kmeans_step *s = p->s;

	for (size_t i = 0; i < n; i++) {
		kmeans_row(p->rows, first + i, x);
		if (s->stage == KMEANS_SQUARES)
			exact_add(&sum[label[i]],
				  nearest_squared(x, s->mean + label[i] * s->d, s->d));
		else
			exact_add(sum, quality_sq_of(x, label[i], s->mean, s->squares, s->size,
						     s->k, s->d));
	}
}

static void pass_chunk(void *ctx, size_t chunk)
{
	struct pass *p = ctx;
	const struct kmeans_rows *r = p->rows;
	size_t share = r->n / p->n_chunks, first = chunk * share;
	size_t end = chunk + 1 == p->n_chunks ? r->n : first + share;
	struct exact *sum = p->sum + chunk * p->n_sums;
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK], *x = p->x + chunk * r->d;

	for (; first < end; first += KMEANS_BLOCK) {
		size_t n = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		nearest_block(r->column, first, n, p->s->centre, p->s->k, r->d, label, squared);
		if (p->s->stage == KMEANS_SUMS)
			add_sums(p, sum, first, n, label, squared);
		else if (p->s->stage == KMEANS_MEANS)
			add_means(p, sum, first, n, label);
		else
			add_rows(p, sum, first, n, label, x);
	}
}

static void widen(struct kmeans_step *s, const struct kmeans_rows *r)
{
	for (size_t j = 0; j < s->d; j++) {
		double low, high;
		kmeans_range(r->column[j], r->n, &low, &high);
		s->low[j] = fmin(s->low[j], low);
		s->high[j] = fmax(s->high[j], high);
	}
	for (size_t i = 0; r->weight && i < r->n; i++)
		s->largest_weight = fmax(s->largest_weight, r->weight[i]);
}

static bool within(const struct kmeans_step *s, const struct kmeans_rows *r)
{
	for (size_t j = 0; j < s->d; j++) {
		double low, high;
		kmeans_range(r->column[j], r->n, &low, &high);
		if (low < s->low[j] || high > s->high[j])
			return false;
	}
	for (size_t i = 0; r->weight && i < r->n; i++)
		if (r->weight[i] > s->largest_weight)
			return false;
	return true;
}

enum kmeans_status kmeans_step_part(struct kmeans_step *s, enum kmeans_stage stage,
				    const struct kmeans_rows *rows, int threads)
{
	struct pass p = { .s = s, .rows = rows };
	enum kmeans_status status;

	s->stage = stage;
	s->finished = false;
	s->n_rows = (int64_t)rows->n;
	s->n_shards = 1;
	if (stage == KMEANS_RANGES) {
		widen(s, rows);
		return KMEANS_OK;
	}
	if (!within(s, rows))
		return KMEANS_RANGE;
	p.n_sums = kmeans_step_sums(s);
	p.n_chunks = threads < 1 ? 1 : threads > CHUNKS_MAX ? CHUNKS_MAX : (size_t)threads;
	p.sum = calloc(p.n_chunks * p.n_sums, sizeof *p.sum);
	p.x = malloc(p.n_chunks * s->d * sizeof *p.x);
	s->sum = calloc(p.n_sums, sizeof *s->sum);
	status = kmeans_space_units(&p.space, rows, s->low, s->high, s->largest_weight);
	if (!p.sum || !p.x || !s->sum)
		status = KMEANS_NO_MEMORY;
	if (status == KMEANS_OK) {
		par_for(threads, p.n_chunks, pass_chunk, &p);
		for (size_t i = 0; i < p.n_chunks * p.n_sums; i++)
			exact_merge(&s->sum[i % p.n_sums], &p.sum[i]);
	}
	kmeans_space_free(&p.space);
	free(p.sum);
	free(p.x);
	return status;
}

static bool same_reals(const double *a, const double *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static bool same_step(const struct kmeans_step *a, const struct kmeans_step *b)
{
	if (a->stage != b->stage || a->d != b->d || a->k != b->k || a->finished || b->finished ||
	    a->iterations != b->iterations || !a->weights != !b->weights ||
	    (a->weights && strcmp(a->weights, b->weights) != 0))
		return false;
	for (size_t j = 0; j < a->d; j++)
		if (strcmp(a->name[j], b->name[j]) != 0)
			return false;
	if (a->stage == KMEANS_RANGES)
		return true;
	return same_reals(a->low, b->low, a->d) && same_reals(a->high, b->high, a->d) &&
	       a->largest_weight == b->largest_weight &&
	       same_reals(a->centre, b->centre, a->k * a->d) &&
	       same_reals(a->size, b->size, a->k) && same_reals(a->mean, b->mean, a->k * a->d) &&
	       same_reals(a->squares, b->squares, a->k);
}

int kmeans_step_merge(struct kmeans_step *to, const struct kmeans_step *from)
{
	size_t n = kmeans_step_sums(to);

	if (!same_step(to, from))
		return -1;
	to->n_rows += from->n_rows;
	to->n_shards += from->n_shards;
	for (size_t j = 0; to->stage == KMEANS_RANGES && j < to->d; j++) {
		to->low[j] = fmin(to->low[j], from->low[j]);
		to->high[j] = fmax(to->high[j], from->high[j]);
	}
	to->largest_weight = fmax(to->largest_weight, from->largest_weight);
	for (size_t i = 0; i < n; i++)
		exact_merge(&to->sum[i], &from->sum[i]);
	return 0;
}

/* As kmeans_sums_mean and kmeans_run have it, from the same whole numbers. */
static int move_centres(struct kmeans_step *s)
{
	struct kmeans_rows rows = { .n = 1, .d = s->d };
	struct kmeans_space space = { 0 };
	double *mean = malloc(s->d * sizeof *mean), largest = 0;

	if (!mean || kmeans_space_units(&space, &rows, s->low, s->high, s->largest_weight) ==
			     KMEANS_NO_MEMORY) {
		free(mean);
		return -1;
	}
	s->n_empty = 0;
	for (size_t c = 0; c < s->k; c++) {
		double mass = exact_round(&s->sum[s->d * s->k + c]), shift;
		s->n_empty += mass == 0;
		if (mass == 0)
			continue;
		if (s->weights)
			mass *= space.unit[s->d].unit;
		for (size_t j = 0; j < s->d; j++)
			mean[j] = space.unit[j].shift + exact_round(&s->sum[j * s->k + c]) / mass *
							space.unit[j].unit;
		shift = nearest_squared(s->centre + c * s->d, mean, s->d);
		largest = fmax(largest, shift);
		memcpy(s->centre + c * s->d, mean, s->d * sizeof *mean);
	}
	s->inertia = exact_round(&s->sum[(s->d + 1) * s->k]);
	s->shift = sqrt(largest);
	s->iterations++;
	kmeans_space_free(&space);
	free(mean);
	return 0;
}

int kmeans_step_finish(struct kmeans_step *s)
{
	int status = 0;

	if (s->stage == KMEANS_SUMS)
		status = move_centres(s);
	for (size_t c = 0; s->stage == KMEANS_MEANS && c < s->k; c++) {
		s->size[c] = exact_round(&s->sum[s->d * s->k + c]);
		for (size_t j = 0; j < s->d; j++)
			s->mean[c * s->d + j] = s->size[c] > 0 ?
				exact_round(&s->sum[j * s->k + c]) / s->size[c] : 0;
	}
	for (size_t c = 0; s->stage == KMEANS_SQUARES && c < s->k; c++)
		s->squares[c] = exact_round(&s->sum[c]);
	if (s->stage == KMEANS_SILHOUETTES)
		s->silhouette = exact_round(s->sum) / (double)s->n_rows;
	free(s->sum);
	s->sum = NULL;
	s->finished = true;
	return status;
}
