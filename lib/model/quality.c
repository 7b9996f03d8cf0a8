/* SPDX-License-Identifier: MIT */
#include "model/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "model/nearest.h"
#include "model/quality_core.h"
#include "value/rng.h"

const struct quality quality_unknown = {
	(double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN, (double)NAN,
	QUALITY_NONE,
};

const char *quality_kind_name(enum quality_kind kind)
{
	static const char *const name[] = { "auto", "exact", "sample", "sq", "none" };

	return name[kind];
}

static void clusters_free(struct quality_clusters *c)
{
	free(c->size);
	free(c->mean);
	free(c->squares);
	free(c->spread);
}

/* Sums over the rows, exact, so that neither order nor threads play a part. */
struct summing {
	struct quality_clusters *c;
	struct exact *sum; /* [columns][k], then [chunks][2][k] */
	size_t n_chunks;
};

static void sum_column(void *ctx, size_t j)
{
	struct summing *s = ctx;
	struct quality_clusters *c = s->c;
	struct exact *sum = s->sum + j * c->k;

	exact_add_each(sum, c->label, c->rows->column[j], c->rows->n);
	for (size_t l = 0; l < c->k; l++)
		c->mean[l * c->rows->d + j] = exact_round(&sum[l]) / (double)c->size[l];
}

static int cluster_means(struct quality_clusters *c, int threads)
{
	struct summing s = { c, calloc(c->k * c->rows->d, sizeof *s.sum), 0 };

	if (!s.sum)
		return -1;
	for (size_t i = 0; i < c->rows->n; i++)
		c->size[c->label[i]]++;
	par_for(threads, c->rows->d, sum_column, &s);
	free(s.sum);
	return 0;
}

/* Squared distances of rows first..first+n-1 to their means. */
static void own_squared(const struct quality_clusters *c, size_t first, size_t n, double *squared)
{
	size_t d = c->rows->d;

	for (size_t i = 0; i < n; i++)
		squared[i] = 0;
	for (size_t j = 0; j < d; j++) {
		const double *x = c->rows->column[j] + first;
		for (size_t i = 0; i < n; i++) {
			double t = x[i] - c->mean[c->label[first + i] * d + j];
			squared[i] += t * t;
		}
	}
}

static void sum_chunk(void *ctx, size_t chunk)
{
	struct summing *s = ctx;
	const struct quality_clusters *c = s->c;
	size_t n = c->rows->n, end = n / s->n_chunks * (chunk + 1);
	struct exact *sum = s->sum + chunk * 2 * c->k;
	double squared[KMEANS_BLOCK];

	if (chunk + 1 == s->n_chunks)
		end = n;
	for (size_t first = n / s->n_chunks * chunk; first < end; first += KMEANS_BLOCK) {
		size_t m = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		own_squared(c, first, m, squared);
		exact_add_each(sum, c->label + first, squared, m);
		for (size_t i = 0; i < m; i++)
			squared[i] = sqrt(squared[i]);
		exact_add_each(sum + c->k, c->label + first, squared, m);
	}
}

/* Sums of squared distances and mean distances to the means. */
static int cluster_spreads(struct quality_clusters *c, int threads)
{
	struct summing s = { c, NULL, threads < 1 ? 1 : threads > 16 ? 16 : (size_t)threads };

	s.sum = calloc(s.n_chunks * 2 * c->k, sizeof *s.sum);
	if (!s.sum)
		return -1;
	par_for(threads, s.n_chunks, sum_chunk, &s);
	for (size_t i = 2 * c->k; i < s.n_chunks * 2 * c->k; i++)
		exact_merge(&s.sum[i % (2 * c->k)], &s.sum[i]);
	for (size_t l = 0; l < c->k; l++) {
		double distance = exact_round(&s.sum[c->k + l]);
		c->squares[l] = exact_round(&s.sum[l]);
		c->spread[l] = c->size[l] ? distance / (double)c->size[l] : 0;
	}
	free(s.sum);
	return 0;
}

static int clusters_init(struct quality_clusters *c, const struct kmeans_rows *rows,
			 const uint32_t *label, size_t k, int threads)
{
	*c = (struct quality_clusters){
		rows, label, k, calloc(k, sizeof *c->size), calloc(k * rows->d, sizeof *c->mean),
		calloc(k, sizeof *c->squares), calloc(k, sizeof *c->spread),
	};
	if (c->size && c->mean && c->squares && c->spread && cluster_means(c, threads) == 0 &&
	    cluster_spreads(c, threads) == 0)
		return 0;
	clusters_free(c);
	return -1;
}

/* [B / (k - 1)] / [W / (n - k)] with B the weighted squares of the means about
 * the mean of all rows. */
static double calinski_harabasz(const struct quality_clusters *c)
{
	size_t d = c->rows->d, n = c->rows->n;
	double between = 0, within = 0;

	for (size_t l = 0; l < c->k; l++)
		within += c->squares[l];
	for (size_t j = 0; j < d; j++) {
		double mean = 0;
		for (size_t l = 0; l < c->k; l++)
			mean += c->size[l] ? (double)c->size[l] * c->mean[l * d + j] : 0;
		mean /= (double)n;
		for (size_t l = 0; l < c->k; l++) {
			double t = c->size[l] ? c->mean[l * d + j] - mean : 0;
			between += (double)c->size[l] * t * t;
		}
	}
	if (c->k < 2 || n <= c->k || !(within > 0))
		return (double)NAN;
	return between / (double)(c->k - 1) / (within / (double)(n - c->k));
}

/* The mean over the clusters of the largest (spread + spread) / distance. */
static double davies_bouldin(const struct quality_clusters *c)
{
	size_t d = c->rows->d;
	double sum = 0;
	size_t n = 0;

	for (size_t a = 0; a < c->k; a++) {
		double worst = 0;
		if (c->size[a] == 0)
			continue;
		n++;
		for (size_t b = 0; b < c->k; b++) {
			double apart, ratio;
			if (b == a || c->size[b] == 0)
				continue;
			apart = sqrt(nearest_squared(c->mean + a * d, c->mean + b * d, d));
			ratio = (c->spread[a] + c->spread[b]) / apart;
			worst = apart > 0 && ratio > worst ? ratio : worst;
		}
		sum += worst;
	}
	return c->k < 2 ? (double)NAN : sum / (double)n;
}

static int silhouette_sq(const struct quality_clusters *c, double *mean)
{
	size_t d = c->rows->d;
	struct exact sum = { { 0 }, 0, 0 };
	double *x = malloc((d + c->k) * sizeof *x), *size = x + d;

	if (!x)
		return -1;
	for (size_t l = 0; l < c->k; l++)
		size[l] = (double)c->size[l];
	for (size_t i = 0; i < c->rows->n; i++) {
		kmeans_row(c->rows, i, x);
		exact_add(&sum, quality_sq_of(x, c->label[i], c->mean, c->squares, size, c->k, d));
	}
	free(x);
	*mean = exact_round(&sum) / (double)c->rows->n;
	return 0;
}

static int silhouette_exact(const struct quality_clusters *c, int threads, double *mean)
{
	struct exact sum = { { 0 }, 0, 0 };
	int status = quality_all_silhouettes(c, threads, &sum);

	*mean = exact_round(&sum) / (double)c->rows->n;
	return status;
}

/* A row of the sample: the rows of least key of each cluster are taken. */
struct drawn {
	uint64_t key;
	uint32_t row;
};

/* A heap with the largest key on top keeps the `room` least. */
static void keep_least(struct drawn *heap, size_t *n, size_t room, struct drawn one)
{
	size_t at = *n;

	if (room == 0)
		return;
	if (*n < room) {
		for ((*n)++; at > 0 && heap[(at - 1) / 2].key < one.key; at = (at - 1) / 2)
			heap[at] = heap[(at - 1) / 2];
		heap[at] = one;
		return;
	}
	if (one.key >= heap[0].key)
		return;
	at = 0;
	for (size_t child; (child = 2 * at + 1) < room; at = child) {
		if (child + 1 < room && heap[child + 1].key > heap[child].key)
			child++;
		if (heap[child].key <= one.key)
			break;
		heap[at] = heap[child];
	}
	heap[at] = one;
}

static int by_row(const void *a, const void *b)
{
	const struct drawn *p = a, *q = b;

	return (p->row > q->row) - (p->row < q->row);
}

/*
 * Rows of a cluster in the sample: its share, rounded up, at least two so that
 * a variance can be had.
 */
static size_t stratum(const struct quality_clusters *c, size_t l)
{
	uint64_t n = c->rows->n, share = (c->size[l] * QUALITY_SAMPLE_ROWS + n - 1) / n;

	share = share < 2 ? 2 : share;
	return (size_t)(share < c->size[l] ? share : c->size[l]);
}

/* The stratified mean and its variance (Cochran 1977, equations 5.1 and 5.7). */
static void stratified(const struct quality_clusters *c, const double *s, double *mean,
		       double *error)
{
	double total = 0, variance = 0;

	for (size_t l = 0; l < c->k; l++) {
		size_t m = stratum(c, l);
		double share = (double)c->size[l] / (double)c->rows->n, own = 0, squares = 0;
		for (size_t i = 0; i < m; i++)
			own += s[i] / (double)m;
		for (size_t i = 0; i < m; i++)
			squares += (s[i] - own) * (s[i] - own);
		total += share * own;
		if (m > 1)
			variance += share * share * squares / (double)(m - 1) / (double)m *
				    (1 - (double)m / (double)c->size[l]);
		s += m;
	}
	*mean = total;
	*error = sqrt(variance);
}

static int silhouette_sample(const struct quality_clusters *c, uint64_t seed, int threads,
			     double *mean, double *error)
{
	size_t n = 0, *first = malloc((c->k + 1) * sizeof *first);
	size_t *used = calloc(c->k, sizeof *used);
	struct drawn *drawn = NULL;
	uint32_t *row = NULL;
	double *s = NULL;
	int status = -1;

	for (size_t l = 0; first && l < c->k; l++) {
		first[l] = n;
		n += stratum(c, l);
	}
	drawn = malloc(n * sizeof *drawn);
	row = malloc(n * sizeof *row);
	s = malloc(n * sizeof *s);
	if (first && used && drawn && row && s) {
		for (size_t i = 0; i < c->rows->n; i++) {
			size_t l = c->label[i];
			struct drawn one = { rng_bits(seed, RNG_SILHOUETTE, i, 0), (uint32_t)i };
			keep_least(drawn + first[l], &used[l], stratum(c, l), one);
		}
		for (size_t l = 0; l < c->k; l++)
			qsort(drawn + first[l], used[l], sizeof *drawn, by_row);
		for (size_t i = 0; i < n; i++)
			row[i] = drawn[i].row;
		status = quality_silhouettes(c, row, n, threads, s);
	}
	if (status == 0)
		stratified(c, s, mean, error);
	free(first);
	free(used);
	free(drawn);
	free(row);
	free(s);
	return status;
}

int quality_of(const struct kmeans_rows *rows, const uint32_t *label, size_t k,
	       enum quality_kind kind, uint64_t seed, int threads, struct quality *q)
{
	struct quality_clusters c;
	int status = 0;

	*q = quality_unknown;
	if (clusters_init(&c, rows, label, k, threads) != 0)
		return -1;
	q->calinski_harabasz = calinski_harabasz(&c);
	q->davies_bouldin = davies_bouldin(&c);
	if (kind == QUALITY_AUTO)
		kind = rows->n <= QUALITY_EXACT_ROWS ? QUALITY_EXACT : QUALITY_SAMPLE;
	if (kind == QUALITY_SAMPLE && rows->n <= QUALITY_SAMPLE_ROWS)
		kind = QUALITY_EXACT;
	q->kind = k > 1 ? kind : QUALITY_NONE;
	if (q->kind == QUALITY_EXACT)
		status = silhouette_exact(&c, threads, &q->silhouette);
	else if (q->kind == QUALITY_SAMPLE)
		status = silhouette_sample(&c, seed, threads, &q->silhouette, &q->silhouette_se);
	else if (q->kind == QUALITY_SQ)
		status = silhouette_sq(&c, &q->silhouette);
	clusters_free(&c);
	return status;
}
