/* SPDX-License-Identifier: MIT */
#include "model/nearest.h"

#include <math.h>

#include "model/vector.h"

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

/* Eight rows: the loop of nearest_row with a lane for each row. */
VECTOR_INLINE void nearest_lanes(double *const *column, size_t row, const double *centre, size_t k,
				 size_t d, uint32_t *label, double *squared)
{
	vector_real best, s;
	vector_int index = { 0 }, less;

	vector_squared(&best, column, row, centre, d);
	for (size_t c = 1; c < k; c++) {
		vector_squared(&s, column, row, centre + c * d, d);
		less = s < best;
		best = vector_select(less, s, best);
		index = (less & (int64_t)c) | (~less & index);
	}
	vector_store(squared, best);
	for (size_t i = 0; i < VECTOR_LANES; i++)
		label[i] = (uint32_t)index[i];
}

VECTOR_INLINE void nearest_rows(double *const *column, size_t first, size_t n,
				const double *centre, size_t k, size_t d, uint32_t *label,
				double *squared)
{
	for (size_t i = 0; i < n; i += VECTOR_LANES)
		nearest_lanes(column, first + i, centre, k, d, label + i, squared + i);
}

/* Few columns are named, so that a row's values stay in registers. */
VECTOR_INLINE void nearest_whole_any(double *const *column, size_t first, size_t n,
				     const double *centre, size_t k, size_t d, uint32_t *label,
				     double *squared)
{
	switch (d) {
	case 1:
		nearest_rows(column, first, n, centre, k, 1, label, squared);
		break;
	case 2:
		nearest_rows(column, first, n, centre, k, 2, label, squared);
		break;
	case 3:
		nearest_rows(column, first, n, centre, k, 3, label, squared);
		break;
	case 4:
		nearest_rows(column, first, n, centre, k, 4, label, squared);
		break;
	default:
		nearest_rows(column, first, n, centre, k, d, label, squared);
		break;
	}
}

VECTOR_VARIANTS(nearest_whole,
		(double *const *column, size_t first, size_t n, const double *centre, size_t k,
		 size_t d, uint32_t *label, double *squared),
		(column, first, n, centre, k, d, label, squared))

void nearest_block(double *const *column, size_t first, size_t n, const double *centre, size_t k,
		   size_t d, uint32_t *label, double *squared)
{
	size_t whole = n - n % VECTOR_LANES;

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
