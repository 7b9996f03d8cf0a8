/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_CORE_H
#define MODEL_KMEANS_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "math/fixed.h"
#include "model/kmeans.h"
#include "value/dec.h"

/* Shared by the parts of k-means; not for callers. */

/*
 * A column in fixed point (math/fixed): x stands for the whole number of units
 * nearest to w * (x - shift), at most 2^51 in size.
 */
struct kmeans_unit {
	double shift, magic, unit;
};

static inline int64_t kmeans_quantum(const struct kmeans_unit *u, double x)
{
	return fixed_count(x - u->shift, u->magic);
}

static inline int64_t kmeans_quantum_weighted(const struct kmeans_unit *u, double x, double w)
{
	return fixed_count(w * (x - u->shift), u->magic);
}

/* Numbers of at most 2^51 that an int64_t can add up: rows a block. */
#define KMEANS_BLOCK FIXED_BLOCK

/* The sum of w[i] * x[i] in units (w may be NULL: 1), i in 0..n-1. */
dec_wide kmeans_units_of(const struct kmeans_unit *u, const double *x, const double *w, size_t n);

/* Rows whose distances are added up together while seeding. */
#define KMEANS_SEED_BLOCK 1024

/* Rows of so many columns are put in an order in space before they are seeded. */
#define KMEANS_ORDER_COLUMNS 8

struct kmeans_space {
	const struct kmeans_rows *rows;
	struct kmeans_unit *unit;  /* [d], then the weight's */
	double *low, *high;        /* [d], of the rows */
	double mean_variance;      /* of the columns, by n, unweighted */
	dec_wide *total;           /* [d + 1] of all rows in units, then weight or rows */
	double *box;               /* NULL, or of each KMEANS_SEED_BLOCK rows lows and highs [2][d] */
	double *middle;            /* [d] of low and high */
	double squares;            /* sum of w * squared distances to the middle */
	double off;                /* the most that an inertia made of it and of
				    * kmeans_sums differs from the exact sum over rows */
};

/* The coordinates of a row into x[d]. */
static inline void kmeans_row(const struct kmeans_rows *r, size_t row, double *x)
{
	for (size_t j = 0; j < r->d; j++)
		x[j] = r->column[j][row];
}

/* The least and the largest of n >= 1 values. */
void kmeans_range(const double *x, size_t n, double *low, double *high);

/* KMEANS_OK, KMEANS_RANGE, KMEANS_TINY or KMEANS_NO_MEMORY. O(n d) */
enum kmeans_status kmeans_space_init(struct kmeans_space *s, const struct kmeans_rows *rows,
				     int threads);

/* The boxes of the rows as they are ordered now.  0, or -1 without memory. */
int kmeans_space_boxes(struct kmeans_space *s, int threads);

/* The units alone, from ranges that were found elsewhere.  KMEANS_OK or KMEANS_NO_MEMORY. */
enum kmeans_status kmeans_space_units(struct kmeans_space *s, const struct kmeans_rows *rows,
				      const double *low, const double *high,
				      double largest_weight);
void kmeans_space_free(struct kmeans_space *s);

/* What a pass over the rows leaves for each centre. */
struct kmeans_sums {
	size_t k, d;
	dec_wide *sum;   /* [k][d + 1], in units; the last is the weight, or the rows */
	uint64_t *rows;  /* [k] */
};

int kmeans_sums_init(struct kmeans_sums *s, size_t k, size_t d); /* 0, or -1 without memory */
void kmeans_sums_clear(struct kmeans_sums *s);
void kmeans_sums_add(struct kmeans_sums *to, const struct kmeans_sums *from);
void kmeans_sums_free(struct kmeans_sums *s);

/* Adds one row (coordinates x, weight w) to centre c. */
void kmeans_sums_put(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		     double w, size_t c);

/* Moves one row (coordinates x, weight w) from centre `from` to centre `to`. */
void kmeans_sums_move(const struct kmeans_space *s, struct kmeans_sums *sums, const double *x,
		      double w, size_t from, size_t to);

/* The weight of centre c's rows, or their number. */
double kmeans_sums_mass(const struct kmeans_space *s, const struct kmeans_sums *sums, size_t c);

/* The mean of centre c's rows into mean[d]; it must have rows. */
void kmeans_sums_mean(const struct kmeans_space *s, const struct kmeans_sums *sums, size_t c,
		      double *mean);

/*
 * Rows first..first+n-1 to their nearest centres, by plain Lloyd.  The sums are
 * those of the rows when the sums of all parts of the rows are added up; in one
 * part alone the first row's part has what the others lack.
 */
int kmeans_lloyd(const struct kmeans_space *s, const double *centre, struct kmeans_sums *sums,
		 size_t first, size_t n);

/*
 * The k-d tree of Kanungo, Mount et al. (2002), "An efficient k-means
 * clustering algorithm: analysis and implementation".
 */
struct kmeans_tree;

/*
 * Reorders the rows of each cell so that each node's are together; with large
 * leaves unless the passes will be many.  NULL without memory.  O(n log n)
 */
struct kmeans_order;
struct kmeans_tree *kmeans_tree_build(const struct kmeans_space *s, struct kmeans_rows *rows,
				      const struct kmeans_order *o, bool many_passes,
				      int threads);
void kmeans_tree_free(struct kmeans_tree *t);

/*
 * Initial centres of n_restarts restarts from `restart` on, to + i * width, for
 * every k of k_first..k_last, one after the other: k_first * d values, then
 * (k_first + 1) * d, ...  Memory: where distances are held (up to 2^20 rows,
 * without boxes, for more than 64 centres) 8 bytes a row, else less than 1 a
 * restart.
 */
enum kmeans_status kmeans_seed(const struct kmeans_space *s, const struct kmeans_options *o,
			       size_t restart, size_t n_restarts, size_t k_first, size_t k_last,
			       double *to, size_t width, size_t *n_distinct);

/*
 * KMEANS_OK when there are k distinct rows, else KMEANS_FEW_ROWS and how many
 * there are.  O(n d) at most; memory O(k).
 */
enum kmeans_status kmeans_distinct(const struct kmeans_rows *rows, size_t k, size_t *n_distinct);

/* The same by k-means||.  Memory: 8 bytes a row. */
enum kmeans_status kmeans_seed_parallel(const struct kmeans_space *s,
					const struct kmeans_options *o, size_t n_restarts,
					size_t k_first, size_t k_last, double *to, size_t width,
					size_t *n_distinct);

#endif
