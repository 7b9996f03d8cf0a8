/* SPDX-License-Identifier: MIT */
#include "model/elbow.h"

#include <stdlib.h>

/* A curve this near to the diagonal is on it. */
#define ROUNDING 1e-12

/*
 * The difference curve: after both axes are brought to 0..1 and the curve is
 * turned over, how far it lies above the diagonal (steps 2 and 3 of the paper).
 */
static void differences(const double *x, const double *y, size_t n, double *difference)
{
	double low = y[0], high = y[0];

	for (size_t i = 1; i < n; i++) {
		low = y[i] < low ? y[i] : low;
		high = y[i] > high ? y[i] : high;
	}
	for (size_t i = 0; i < n; i++) {
		double t = (high - y[i]) / (high - low) - (x[i] - x[0]) / (x[n - 1] - x[0]);
		difference[i] = t < ROUNDING && t > -ROUNDING ? 0 : t;
	}
}

ptrdiff_t elbow_find(const double *x, const double *y, size_t n)
{
	double *d, threshold = 0, step;
	ptrdiff_t candidate = -1, knee = -1;

	if (n < 3 || !(y[n - 1] < y[0]))
		return -1;
	d = malloc(n * sizeof *d);
	if (!d)
		return -1;
	differences(x, y, n, d);
	/* The mean step of the normalised x, equation of T_lmx with S = 1. */
	step = 1 / (double)(n - 1);
	for (size_t i = 1; i + 1 < n && knee < 0; i++) {
		if (d[i] >= d[i - 1] && d[i] >= d[i + 1]) {
			threshold = d[i] - step;
			candidate = (ptrdiff_t)i;
		}
		if (candidate >= 0 && d[i] <= d[i - 1] && d[i] <= d[i + 1])
			threshold = 0;
		if (candidate >= 0 && d[i + 1] < threshold)
			knee = candidate;
	}
	free(d);
	return knee;
}
