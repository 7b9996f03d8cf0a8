/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_core.h"
#include "model/lanes.h"

/* Rows whose share a thread takes at a time. */
#define SHARE_ROWS ((size_t)1 << 16)

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

#define LANES_KERNEL "model/range_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(range, (const double *x, size_t n, double *low, double *high), (x, n, low, high))

void kmeans_range(const double *x, size_t n, double *low, double *high)
{
	range(x, n, low, high);
}

dec_wide kmeans_units_of(const struct kmeans_unit *u, const double *x, const double *w, size_t n)
{
	dec_wide sum = 0;

	for (size_t i = 0; i < n;) {
		size_t end = n - i < KMEANS_BLOCK ? n : i + KMEANS_BLOCK;
		int64_t part = 0;
		for (; i < end && w; i++)
			part += kmeans_quantum_weighted(u, x[i], w[i]);
		for (; i < end; i++)
			part += kmeans_quantum(u, x[i]);
		sum += part;
	}
	return sum;
}

/* What is found of a column in a share of the rows. */
struct found {
	double low, high;
	dec_wide total;             /* as in struct kmeans_space */
	dec_wide squares, weighted; /* about the middle; times the weight */
	dec_wide about;             /* with weights: values about the middle, without them */
};

struct measuring {
	struct kmeans_space *s;
	struct found *found;      /* [shares][d] */
	struct kmeans_unit *unit; /* [3][d] of squares, weighted ones, values about the middle */
	double largest_weight;
};

static size_t share_end(const struct kmeans_rows *r, size_t first)
{
	return r->n - first < SHARE_ROWS ? r->n : first + SHARE_ROWS;
}

static void find_ranges(void *ctx, size_t share)
{
	const struct measuring *m = ctx;
	const struct kmeans_rows *r = m->s->rows;
	size_t first = share * SHARE_ROWS, n = share_end(r, first) - first;
	struct found *f = m->found + share * r->d;

	for (size_t j = 0; j < r->d; j++)
		kmeans_range(r->column[j] + first, n, &f[j].low, &f[j].high);
}

/* Of rows that an int64_t can add up. */
static void add_block(const struct measuring *m, size_t j, size_t first, size_t n,
		      struct found *f)
{
	const struct kmeans_space *s = m->s;
	const double *x = s->rows->column[j] + first, middle = s->middle[j];
	const struct kmeans_unit *square = &m->unit[j];
	int64_t squares = 0;

	for (size_t i = 0; i < n; i++) {
		double t = x[i] - middle;
		squares += fixed_count(t * t, square->magic);
	}
	f->total += kmeans_units_of(&s->unit[j], x, NULL, n);
	f->squares += squares;
}

static void add_block_weighted(const struct measuring *m, size_t j, size_t first, size_t n,
			       struct found *f)
{
	const struct kmeans_space *s = m->s;
	const double *x = s->rows->column[j] + first, *w = s->rows->weight + first;
	const struct kmeans_unit *square = &m->unit[j], *weighted = &m->unit[s->rows->d + j],
				 *about = &m->unit[2 * s->rows->d + j];

	for (size_t i = 0; i < n; i++) {
		double t = x[i] - s->middle[j];
		f->total += kmeans_quantum_weighted(&s->unit[j], x[i], w[i]);
		f->squares += fixed_count(t * t, square->magic);
		f->weighted += fixed_count(w[i] * (t * t), weighted->magic);
		f->about += fixed_count(t, about->magic);
	}
}

static void find_sums(void *ctx, size_t share)
{
	const struct measuring *m = ctx;
	const struct kmeans_rows *r = m->s->rows;
	size_t first = share * SHARE_ROWS, end = share_end(r, first);

	for (size_t j = 0; j < r->d; j++)
		for (size_t i = first; i < end; i += KMEANS_BLOCK)
			(r->weight ? add_block_weighted : add_block)(
				m, j, i, end - i < KMEANS_BLOCK ? end - i : KMEANS_BLOCK,
				m->found + share * r->d + j);
}

/*
 * Below 2^-1022 doubles lose bits.  Bounds of distances hold 122 bits down from 2^-900;
 * sums are of whole numbers of units some 60 bits down, and these are doubles from 2^-1000.
 */
enum kmeans_status kmeans_check_ranges(const double *low, const double *high, size_t d, size_t n,
				       double largest_weight)
{
	double squares = 0;
	bool equal = true;

	for (size_t j = 0; j < d; j++) {
		squares += (high[j] - low[j]) * (high[j] - low[j]);
		equal = equal && !(high[j] > low[j]);
	}
	if (!isfinite(squares * (double)n * largest_weight))
		return KMEANS_RANGE;
	return !equal && (squares < 0x1p-900 || squares * largest_weight < 0x1p-1000)
		? KMEANS_TINY : KMEANS_OK;
}

/* The ranges of all rows. */
static enum kmeans_status take_ranges(const struct measuring *m, size_t n_shares)
{
	struct kmeans_space *s = m->s;
	size_t d = s->rows->d;

	for (size_t j = 0; j < d; j++) {
		double low = m->found[j].low, high = m->found[j].high;
		for (size_t i = 1; i < n_shares; i++) {
			low = fmin(low, m->found[i * d + j].low);
			high = fmax(high, m->found[i * d + j].high);
		}
		s->low[j] = low;
		s->high[j] = high;
		s->middle[j] = low + (high - low) / 2;
	}
	return kmeans_check_ranges(s->low, s->high, d, s->rows->n, m->largest_weight);
}

static void choose_units(const struct measuring *m)
{
	struct kmeans_space *s = m->s;
	size_t d = s->rows->d;

	for (size_t j = 0; j < d; j++) {
		/* the middle is rounded: a little more than half the range */
		double reach = (s->high[j] - s->low[j]) * (0.5 + 0x1p-40);
		s->unit[j] = unit_of_column(s->low[j], s->high[j], m->largest_weight);
		m->unit[j] = unit_for(0, reach * reach);
		m->unit[d + j] = unit_for(0, reach * reach * m->largest_weight);
		m->unit[2 * d + j] = unit_for(0, reach);
	}
}

/*
 * An inertia from sums is off by the counts, each of which is less than 2^-50 of
 * the largest w * 2 range of the column, times twice |c - middle| <= range, and
 * by a dozen roundings of terms that are no more than w range^2: together less
 * than 64 (d + 4) 2^-53 n w range^2, of the largest weight and all columns.
 */
static void take_sums(const struct measuring *m, size_t n_shares)
{
	struct kmeans_space *s = m->s;
	size_t d = s->rows->d;
	double n = (double)s->rows->n, ranges = 0;

	for (size_t j = 0; j < d; j++) {
		struct found all = { 0 };
		double squares, about, variance, range = s->high[j] - s->low[j];
		for (size_t i = 0; i < n_shares; i++) {
			const struct found *f = &m->found[i * d + j];
			all.total += f->total;
			all.squares += f->squares;
			all.weighted += f->weighted;
			all.about += f->about;
		}
		s->total[j] = all.total;
		squares = (double)all.squares * m->unit[j].unit;
		about = s->rows->weight ? (double)all.about / n * m->unit[2 * d + j].unit
			: (double)all.total / n * s->unit[j].unit + (s->unit[j].shift - s->middle[j]);
		variance = fmax(squares / n - about * about, 0);
		if (s->rows->variance)
			s->rows->variance[j] = variance;
		s->mean_variance += variance / (double)d;
		s->squares += s->rows->weight ? (double)all.weighted * m->unit[d + j].unit : squares;
		ranges += range * range;
	}
	s->off = 64 * (double)(d + 4) * 0x1p-53 * n * m->largest_weight * ranges;
}

static enum kmeans_status measure(struct measuring *m, int threads)
{
	const struct kmeans_rows *rows = m->s->rows;
	size_t n_shares = (rows->n + SHARE_ROWS - 1) / SHARE_ROWS;
	enum kmeans_status status;

	m->found = calloc(n_shares * rows->d, sizeof *m->found);
	m->unit = calloc(3 * rows->d, sizeof *m->unit);
	if (!m->found || !m->unit)
		return KMEANS_NO_MEMORY;
	par_for(threads, n_shares, find_ranges, m);
	status = take_ranges(m, n_shares);
	if (status != KMEANS_OK)
		return status;
	choose_units(m);
	par_for(threads, n_shares, find_sums, m);
	take_sums(m, n_shares);
	return KMEANS_OK;
}

enum kmeans_status kmeans_space_init(struct kmeans_space *s, const struct kmeans_rows *rows,
				     int threads)
{
	struct measuring m = { .s = s, .largest_weight = 1 };
	enum kmeans_status status = KMEANS_NO_MEMORY;

	*s = (struct kmeans_space){ .rows = rows };
	s->unit = malloc((rows->d + 1) * sizeof *s->unit);
	s->low = malloc(rows->d * sizeof *s->low);
	s->high = malloc(rows->d * sizeof *s->high);
	s->middle = malloc(rows->d * sizeof *s->middle);
	s->total = malloc((rows->d + 1) * sizeof *s->total);
	if (s->unit && s->low && s->high && s->middle && s->total) {
		for (size_t i = 0; rows->weight && i < rows->n; i++)
			m.largest_weight = i ? fmax(m.largest_weight, rows->weight[i])
					     : rows->weight[i];
		s->unit[rows->d] = unit_for(0, m.largest_weight);
		s->total[rows->d] = !rows->weight ? (dec_wide)rows->n
			: kmeans_units_of(&s->unit[rows->d], rows->weight, NULL, rows->n);
		status = measure(&m, threads);
	}
	free(m.found);
	free(m.unit);
	if (status != KMEANS_OK)
		kmeans_space_free(s);
	return status;
}

static void find_box(void *ctx, size_t block)
{
	struct kmeans_space *s = ctx;
	const struct kmeans_rows *r = s->rows;
	size_t first = block * KMEANS_SEED_BLOCK;
	size_t n = r->n - first < KMEANS_SEED_BLOCK ? r->n - first : KMEANS_SEED_BLOCK;
	double *box = s->box + block * 2 * r->d;

	for (size_t j = 0; j < r->d; j++)
		kmeans_range(r->column[j] + first, n, &box[j], &box[r->d + j]);
}

int kmeans_space_boxes(struct kmeans_space *s, int threads)
{
	size_t n_blocks = (s->rows->n + KMEANS_SEED_BLOCK - 1) / KMEANS_SEED_BLOCK;

	s->box = malloc(n_blocks * 2 * s->rows->d * sizeof *s->box);
	if (!s->box)
		return -1;
	par_for(threads, n_blocks, find_box, s);
	return 0;
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
	free(s->middle);
	free(s->box);
	free(s->total);
	*s = (struct kmeans_space){ 0 };
}
