/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "model/kmeans_core.h"
#include "model/kmeans_leaf.h"
#include "model/kmeans_tree.h"
#include "model/nearest.h"

/* The unit for values of size at most `largest`: 2^51 of them are no less. */
static struct kmeans_unit unit_for(double shift, double largest)
{
	double unit = fixed_unit(largest);

	return (struct kmeans_unit){ shift, fixed_magic(unit), unit };
}

/*
 * A column is taken about 0 unless its values are far from 0 for their spread:
 * then about the middle, so that bits are not spent on the offset.
 */
static struct kmeans_unit unit_of_column(double low, double high, double largest_weight)
{
	double largest = fmax(fabs(low), fabs(high)), shift = 0;

	if (largest > 2 * (high - low)) {
		shift = low + (high - low) / 2;
		largest = fmax(high - shift, shift - low);
	}
	return unit_for(shift, largest * largest_weight);
}

/* Up to so many centres each one looks at all rows, a vector at a time. */
#define FEW_CENTRES 12

#define LANES_KERNEL "model/range_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(range, (const double *x, size_t n, double *low, double *high), (x, n, low, high))

void kmeans_range(const double *x, size_t n, double *low, double *high)
{
	range(x, n, low, high);
}

static double column_variance(const double *x, size_t n, double mean)
{
	struct exact sum = { { 0 }, 0, 0 };
	double squares[KMEANS_BLOCK];

	for (size_t first = 0; first < n; first += KMEANS_BLOCK) {
		size_t m = n - first < KMEANS_BLOCK ? n - first : KMEANS_BLOCK;
		for (size_t i = 0; i < m; i++)
			squares[i] = (x[first + i] - mean) * (x[first + i] - mean);
		exact_add_many(&sum, squares, m);
	}
	return exact_round(&sum) / (double)n;
}

static double column_mean(const double *x, size_t n, const struct kmeans_unit *u)
{
	dec_wide sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += kmeans_quantum(u, x[i]);
	return u->shift + (double)sum / (double)n * u->unit;
}

static dec_wide column_total(const struct kmeans_rows *rows, const double *x,
			     const struct kmeans_unit *u)
{
	dec_wide sum = 0;

	for (size_t first = 0; first < rows->n; first += KMEANS_BLOCK) {
		size_t end = rows->n - first < KMEANS_BLOCK ? rows->n : first + KMEANS_BLOCK;
		int64_t part = 0;
		for (size_t i = first; i < end; i++)
			part += rows->weight ? kmeans_quantum_weighted(u, x[i], rows->weight[i])
					     : kmeans_quantum(u, x[i]);
		sum += part;
	}
	return sum;
}

/* The weights' units, or the rows. */
static dec_wide weight_total(const struct kmeans_rows *rows, const struct kmeans_unit *u)
{
	dec_wide sum = 0;

	for (size_t i = 0; rows->weight && i < rows->n; i++)
		sum += kmeans_quantum(u, rows->weight[i]);
	return rows->weight ? sum : (dec_wide)rows->n;
}

struct measuring {
	struct kmeans_space *s;
	double largest_weight, *variance; /* [d] */
};

static void measure_column(void *ctx, size_t j)
{
	struct measuring *m = ctx;
	const struct kmeans_rows *rows = m->s->rows;
	const double *x = rows->column[j];
	struct kmeans_unit unit;
	double low, high;

	kmeans_range(x, rows->n, &low, &high);
	m->s->low[j] = low;
	m->s->high[j] = high;
	unit = unit_of_column(low, high, 1);
	m->variance[j] = column_variance(x, rows->n, column_mean(x, rows->n, &unit));
	m->s->unit[j] = unit_of_column(low, high, m->largest_weight);
	m->s->total[j] = column_total(rows, x, &m->s->unit[j]);
}

/* Whether squared distances, and sums of them, are finite. */
static bool in_range(const struct kmeans_space *s, double largest_weight)
{
	double squares = 0;

	for (size_t j = 0; j < s->rows->d; j++)
		squares += (s->high[j] - s->low[j]) * (s->high[j] - s->low[j]);
	return isfinite(squares * (double)s->rows->n * largest_weight);
}

enum kmeans_status kmeans_space_init(struct kmeans_space *s, const struct kmeans_rows *rows,
				     int threads)
{
	struct measuring m = { s, 1, malloc(rows->d * sizeof *m.variance) };
	enum kmeans_status status = KMEANS_NO_MEMORY;

	*s = (struct kmeans_space){ .rows = rows };
	s->unit = malloc((rows->d + 1) * sizeof *s->unit);
	s->low = malloc(rows->d * sizeof *s->low);
	s->high = malloc(rows->d * sizeof *s->high);
	s->total = malloc((rows->d + 1) * sizeof *s->total);
	if (s->unit && s->low && s->high && s->total && m.variance) {
		for (size_t i = 0; rows->weight && i < rows->n; i++)
			m.largest_weight = i ? fmax(m.largest_weight, rows->weight[i])
					     : rows->weight[i];
		s->unit[rows->d] = unit_for(0, m.largest_weight);
		s->total[rows->d] = weight_total(rows, &s->unit[rows->d]);
		par_for(threads, rows->d, measure_column, &m);
		for (size_t j = 0; j < rows->d; j++)
			s->mean_variance += m.variance[j];
		s->mean_variance /= (double)rows->d;
		status = in_range(s, m.largest_weight) ? KMEANS_OK : KMEANS_RANGE;
	}
	free(m.variance);
	if (status != KMEANS_OK)
		kmeans_space_free(s);
	return status;
}

enum kmeans_status kmeans_space_units(struct kmeans_space *s, const struct kmeans_rows *rows,
				      const double *low, const double *high,
				      double largest_weight)
{
	*s = (struct kmeans_space){ .rows = rows };
	s->unit = malloc((rows->d + 1) * sizeof *s->unit);
	if (!s->unit)
		return KMEANS_NO_MEMORY;
	s->unit[rows->d] = unit_for(0, largest_weight);
	for (size_t j = 0; j < rows->d; j++)
		s->unit[j] = unit_of_column(low[j], high[j], largest_weight);
	return KMEANS_OK;
}

void kmeans_space_free(struct kmeans_space *s)
{
	free(s->unit);
	free(s->low);
	free(s->high);
	free(s->total);
	*s = (struct kmeans_space){ 0 };
}

int kmeans_sums_init(struct kmeans_sums *s, size_t k, size_t d)
{
	*s = (struct kmeans_sums){ k, d, calloc(k * (d + 1), sizeof *s->sum),
				   calloc(k, sizeof *s->rows) };
	if (s->sum && s->rows)
		return 0;
	kmeans_sums_free(s);
	return -1;
}

void kmeans_sums_clear(struct kmeans_sums *s)
{
	memset(s->sum, 0, s->k * (s->d + 1) * sizeof *s->sum);
	memset(s->rows, 0, s->k * sizeof *s->rows);
}

void kmeans_sums_add(struct kmeans_sums *to, const struct kmeans_sums *from)
{
	for (size_t i = 0; i < to->k * (to->d + 1); i++)
		to->sum[i] += from->sum[i];
	for (size_t c = 0; c < to->k; c++)
		to->rows[c] += from->rows[c];
}

void kmeans_sums_free(struct kmeans_sums *s)
{
	free(s->sum);
	free(s->rows);
	*s = (struct kmeans_sums){ 0 };
}

/* A row's units, `sign` times, to a centre's sums. */
static void add_row(const struct kmeans_space *s, const double *x, double w, dec_wide *sum,
		    int sign)
{
	bool weighted = s->rows->weight != NULL;
	size_t d = s->rows->d;

	for (size_t j = 0; j < d; j++)
		sum[j] += sign * (weighted ? kmeans_quantum_weighted(&s->unit[j], x[j], w)
					   : kmeans_quantum(&s->unit[j], x[j]));
	sum[d] += sign * (weighted ? kmeans_quantum(&s->unit[d], w) : 1);
}

void kmeans_sums_put(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		     double w, size_t c)
{
	add_row(s, x, w, sums->sum + c * (sums->d + 1), 1);
	sums->rows[c]++;
}

void kmeans_sums_move(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		      double w, size_t from, size_t to)
{
	add_row(s, x, w, sums->sum + from * (sums->d + 1), -1);
	sums->rows[from]--;
	kmeans_sums_put(s, sums, x, w, to);
}

void kmeans_sums_mean(const struct kmeans_space *s, const struct kmeans_sums *sums, size_t c,
		      double *mean)
{
	const dec_wide *sum = sums->sum + c * (sums->d + 1);
	double mass = (double)sum[sums->d];

	if (s->rows->weight)
		mass *= s->unit[sums->d].unit;
	for (size_t j = 0; j < sums->d; j++)
		mean[j] = s->unit[j].shift + (double)sum[j] / mass * s->unit[j].unit;
}

static void lloyd_block(const struct kmeans_space *s, const uint32_t *label, size_t first,
			size_t n, int64_t *sum, uint64_t *rows)
{
	size_t d = s->rows->d;

	for (size_t i = 0; i < n; i++) {
		int64_t *a = sum + (size_t)label[i] * (d + 1);
		for (size_t j = 0; j < d; j++)
			a[j] += kmeans_quantum(&s->unit[j], s->rows->column[j][first + i]);
		a[d]++;
		rows[label[i]]++;
	}
}

static void lloyd_block_weighted(const struct kmeans_space *s, const uint32_t *label,
				 size_t first, size_t n, int64_t *sum, uint64_t *rows)
{
	size_t d = s->rows->d;

	for (size_t i = 0; i < n; i++) {
		int64_t *a = sum + (size_t)label[i] * (d + 1);
		double w = s->rows->weight[first + i];
		for (size_t j = 0; j < d; j++)
			a[j] += kmeans_quantum_weighted(&s->unit[j],
							s->rows->column[j][first + i], w);
		a[d] += kmeans_quantum(&s->unit[d], w);
		rows[label[i]]++;
	}
}

/* Row by row; a centre's sums are looked up. */
static int lloyd_many(const struct kmeans_space *s, const double *centre,
		      struct kmeans_sums *sums, size_t first, size_t n)
{
	size_t width = sums->k * (sums->d + 1);
	int64_t *sum = malloc(width * sizeof *sum);
	uint32_t label[KMEANS_BLOCK];
	double squared[KMEANS_BLOCK];

	if (!sum)
		return -1;
	for (size_t end = first + n; first < end; first += KMEANS_BLOCK) {
		size_t m = end - first < KMEANS_BLOCK ? end - first : KMEANS_BLOCK;
		nearest_block(s->rows->column, first, m, centre, sums->k, sums->d, label, squared);
		memset(sum, 0, width * sizeof *sum);
		(s->rows->weight ? lloyd_block_weighted : lloyd_block)(s, label, first, m, sum,
								       sums->rows);
		for (size_t i = 0; i < width; i++)
			sums->sum[i] += sum[i];
	}
	free(sum);
	return 0;
}

/* All rows count for centre 0 but those that are moved from there. */
static int lloyd_few(const struct kmeans_space *s, const double *centre,
		     struct kmeans_sums *sums, size_t first, size_t n)
{
	struct kmeans_leaf leaf;
	uint32_t list[FEW_CENTRES];

	if (first == 0 && n > 0) {
		for (size_t j = 0; j <= sums->d; j++)
			sums->sum[j] += s->total[j];
		sums->rows[0] += s->rows->n;
	}
	if (sums->k == 1)
		return 0;
	if (kmeans_leaf_init(&leaf, s, centre, sums->k))
		return -1;
	for (size_t c = 0; c < sums->k; c++)
		list[c] = (uint32_t)c;
	for (size_t end = first + n; first < end; first += KMEANS_LEAF)
		kmeans_leaf_add(&leaf, first, end - first < KMEANS_LEAF ? end - first : KMEANS_LEAF,
				list, sums->k, sums);
	kmeans_leaf_flush(&leaf, sums);
	kmeans_leaf_free(&leaf);
	return 0;
}

int kmeans_lloyd(const struct kmeans_space *s, const double *centre, struct kmeans_sums *sums,
		 size_t first, size_t n)
{
	return sums->k <= FEW_CENTRES ? lloyd_few(s, centre, sums, first, n)
				      : lloyd_many(s, centre, sums, first, n);
}
