/* SPDX-License-Identifier: MIT */
#ifndef MODEL_NEAREST_H
#define MODEL_NEAREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one place that decides which centre a row belongs to.  The squared
 * distance is ((x0-c0)^2 + (x1-c1)^2) + ..., each operation rounded, columns
 * in order; the nearest centre is the one of the smallest such value, the
 * lowest index of equals.  Same bits on any CPU and for one row or many.
 */
struct nearest {
	size_t index, second;       /* second = index when k = 1 */
	double squared, squared_second; /* squared_second: infinity when k = 1 */
};

/* x[d], centre[k][d] row by row, k >= 1. O(k d) */
struct nearest nearest_row(const double *x, const double *centre, size_t k, size_t d);

/* The squared distance of two points as nearest_row computes it. */
double nearest_squared(const double *x, const double *c, size_t d);

/*
 * Rows first..first+n-1 of the columns column[d][] at once: label[i] and
 * squared[i] for i in 0..n-1.
 * Vectorised over rows.
 */
void nearest_block(double *const *column, size_t first, size_t n, const double *centre, size_t k,
		   size_t d, uint32_t *label, double *squared);

/* The same; true when one of the rows is as near to another centre as to its own, so
 * that its label depends on the order of the centres. */
bool nearest_block_ties(double *const *column, size_t first, size_t n, const double *centre,
			size_t k, size_t d, uint32_t *label, double *squared);

#endif
