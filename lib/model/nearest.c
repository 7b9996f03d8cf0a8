/* SPDX-License-Identifier: MIT */
#include "model/nearest.h"

#include <math.h>

#define LANES_KERNEL "model/nearest_kernel.h"
#include "model/lanes_each.h"

/* Rows that any width takes as a whole: two of the widest vectors. */
#define WHOLE (2 * LANES_EIGHT)

double nearest_squared(const double *x, const double *c, size_t d)
{
	double sum = 0;

	for (size_t j = 0; j < d; j++)
		sum += (x[j] - c[j]) * (x[j] - c[j]);
	return sum;
}

struct nearest nearest_row(const double *x, const double *centre, size_t k, size_t d)
{
	struct nearest r = { 0, 0, nearest_squared(x, centre, d), (double)INFINITY };

	for (size_t c = 1; c < k; c++) {
		double s = nearest_squared(x, centre + c * d, d);
		if (s < r.squared) {
			r.second = r.index;
			r.squared_second = r.squared;
			r.index = c;
			r.squared = s;
		} else if (s < r.squared_second) {
			r.second = c;
			r.squared_second = s;
		}
	}
	return r;
}

LANES_CHOOSE(nearest_whole,
	     (double *const *column, size_t first, size_t n, const double *centre, size_t k,
	      size_t d, uint32_t *label, double *squared),
	     (column, first, n, centre, k, d, label, squared))

LANES_CHOOSE(nearest_whole_ties,
	     (double *const *column, size_t first, size_t n, const double *centre, size_t k,
	      size_t d, uint32_t *label, double *squared, bool *tied),
	     (column, first, n, centre, k, d, label, squared, tied))

/* What the vectors leave of rows 0..n-1 of a block. */
static bool nearest_rest(double *const *column, size_t first, size_t n, const double *centre,
			 size_t k, size_t d, uint32_t *label, double *squared)
{
	bool tied = false;

	for (size_t i = n - n % WHOLE; i < n; i++) {
		double second = (double)INFINITY;
		squared[i] = second;
		label[i] = 0;
		for (size_t c = 0; c < k; c++) {
			double s = 0;
			for (size_t j = 0; j < d; j++) {
				double t = column[j][first + i] - centre[c * d + j];
				s += t * t;
			}
			if (s < squared[i]) {
				second = squared[i];
				squared[i] = s;
				label[i] = (uint32_t)c;
			} else if (s < second) {
				second = s;
			}
		}
		tied |= second == squared[i];
	}
	return tied;
}

void nearest_block(double *const *column, size_t first, size_t n, const double *centre, size_t k,
		   size_t d, uint32_t *label, double *squared)
{
	nearest_whole(column, first, n - n % WHOLE, centre, k, d, label, squared);
	nearest_rest(column, first, n, centre, k, d, label, squared);
}

bool nearest_block_ties(double *const *column, size_t first, size_t n, const double *centre,
			size_t k, size_t d, uint32_t *label, double *squared)
{
	bool tied = false;

	nearest_whole_ties(column, first, n - n % WHOLE, centre, k, d, label, squared, &tied);
	return nearest_rest(column, first, n, centre, k, d, label, squared) || tied;
}
