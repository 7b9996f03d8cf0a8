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

void nearest_block(double *const *column, size_t first, size_t n, const double *centre, size_t k,
		   size_t d, uint32_t *label, double *squared)
{
	size_t whole = n - n % WHOLE;

	nearest_whole(column, first, whole, centre, k, d, label, squared);
	for (size_t i = whole; i < n; i++) {
		squared[i] = (double)INFINITY;
		label[i] = 0;
		for (size_t c = 0; c < k; c++) {
			double s = 0;
			for (size_t j = 0; j < d; j++) {
				double t = column[j][first + i] - centre[c * d + j];
				s += t * t;
			}
			if (s < squared[i]) {
				squared[i] = s;
				label[i] = (uint32_t)c;
			}
		}
	}
}
