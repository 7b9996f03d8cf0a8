/* SPDX-License-Identifier: MIT */
#include "model/product.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Centres at a time: a row's value is loaded once for four of them. */
#define TILE 4

/* Half ranges whose squares, and small parts of them, are normal doubles. */
#define RANGE_MIN 1e-100
#define RANGE_MAX 1e140
/* Scaled centres whose squares single precision holds. */
#define CENTRE_MAX 1e15

int product_init(struct product *p, const double *low, const double *high, size_t k, size_t d)
{
	double largest = 0;
	int exponent;

	*p = (struct product){ .k = k, .d = d, .n_tiles = (k + TILE - 1) / TILE };
	p->middle = malloc(d * sizeof *p->middle);
	p->centre = malloc(p->n_tiles * TILE * d * sizeof *p->centre);
	p->squares = malloc(p->n_tiles * TILE * sizeof *p->squares);
	if (!p->middle || !p->centre || !p->squares) {
		product_free(p);
		return -1;
	}
	for (size_t j = 0; j < d; j++) {
		p->middle[j] = low[j] + (high[j] - low[j]) / 2;
		largest = fmax(largest, fmax(high[j] - p->middle[j], p->middle[j] - low[j]));
	}
	p->usable = largest > RANGE_MIN && largest < RANGE_MAX;
	frexp(largest, &exponent);
	p->scale = p->usable ? ldexp(1, -exponent) : 1;
	return 0;
}

void product_free(struct product *p)
{
	free(p->middle);
	free(p->centre);
	free(p->squares);
	*p = (struct product){ 0 };
}

void product_centres(struct product *p, const double *centre)
{
	p->farthest = 0;
	for (size_t c = 0; c < p->n_tiles * TILE; c++) {
		float *to = p->centre + c / TILE * TILE * p->d + c % TILE;
		double squares = 0;
		for (size_t j = 0; j < p->d; j++) {
			double v = c < p->k ? (centre[c * p->d + j] - p->middle[j]) * p->scale : 0;
			squares += v * v;
			to[j * TILE] = fabs(v) < CENTRE_MAX ? (float)(-2 * v) : 0;
		}
		p->squares[c] = c < p->k && squares < CENTRE_MAX * CENTRE_MAX ? (float)squares
									       : INFINITY;
		p->farthest = fmax(p->farthest, sqrt(squares));
	}
}

/* Rows as floats, by columns, and their squares; lanes beyond m repeat the last. */
static void gather(const struct product *p, double *const *column, const uint32_t *row, size_t m,
		   float *to, double *squares)
{
	for (size_t i = 0; i < PRODUCT_LANES; i++)
		squares[i] = 0;
	for (size_t j = 0; j < p->d; j++)
		for (size_t i = 0; i < PRODUCT_LANES; i++) {
			double v = column[j][row[i < m ? i : m - 1]];
			v = (v - p->middle[j]) * p->scale;
			squares[i] += v * v;
			to[j * PRODUCT_LANES + i] = (float)v;
		}
}

#define LANES_KERNEL "model/product_kernel.h"
#include "model/lanes_each.h"

LANES_CHOOSE(two_least,
	     (const struct product *p, const float *x, float *least, float *second,
	      int32_t *index),
	     (p, x, least, second, index))

/*
 * The sums of products are off by at most (d + 4) 2^-24 (|c|^2 + 2 |x| |c|)
 * (Higham 2002, section 3.1), besides underflow; twice as much, and of
 * (|x| + |c|)^2, also covers the rounding of what nearest_row compares.
 */
void product_nearest(const struct product *p, double *const *column, const uint32_t *row,
		     size_t m, float *room, uint32_t *nearest, double *others)
{
	float least[PRODUCT_LANES], second[PRODUCT_LANES];
	double squares[PRODUCT_LANES], units = (2 * (double)p->d + 16) * 0x1p-24;
	int32_t index[PRODUCT_LANES];
	bool usable = p->usable && p->farthest < CENTRE_MAX;

	for (size_t i = 0; !usable && i < m; i++)
		nearest[i] = PRODUCT_NONE;
	for (size_t i = 0; usable && i < m; i += PRODUCT_LANES) {
		size_t n = m - i < PRODUCT_LANES ? m - i : PRODUCT_LANES;
		gather(p, column, row + i, n, room, squares);
		two_least(p, room, least, second, index);
		for (size_t l = 0; l < n; l++) {
			double reach = sqrt(squares[l]) + p->farthest, square;
			double error = units * reach * reach + ldexp((double)p->d + 4, -147);
			bool clear = (double)second[l] - (double)least[l] > 2 * error;
			nearest[i + l] = clear ? (uint32_t)index[l] : PRODUCT_NONE;
			square = squares[l] + (double)second[l] - error;
			others[i + l] = square > 0 ? sqrt(square) / p->scale : 0;
		}
	}
}
