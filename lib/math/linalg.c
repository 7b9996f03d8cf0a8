/* SPDX-License-Identifier: MIT */
#include "math/linalg.h"

#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "math/fn.h"

/* LAPACK counts in ints of 32 bits and stores by columns, which for a
 * symmetric matrix is the same as by rows. */

/* Entries that differ by rounding alone must not decide the sign. */
#define SIGN_TIE_REL 1e-8

/*
 * LAPACKE looks for NaNs itself only where an environment variable does not
 * tell it otherwise; the answer must not depend on that.
 */
static bool all_finite(const double *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(a[i]))
			return false;
	return true;
}

static void fix_sign(size_t n, double *v)
{
	double largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fmax(largest, fabs(v[i]));
	size_t first = 0;
	while (first + 1 < n && fabs(v[first]) < largest * (1 - SIGN_TIE_REL))
		first++;
	if (v[first] < 0)
		for (size_t i = 0; i < n; i++)
			v[i] = -v[i];
}

int linalg_eigen(size_t n, double *a, double *value, double *vector)
{
	lapack_int order = (lapack_int)n;
	if (!all_finite(a, n * n) || LAPACKE_dsyev(LAPACK_COL_MAJOR, 'V', 'L', order, a, order, value))
		return -1;
	memcpy(vector, a, n * n * sizeof *a);
	for (size_t i = 0; i < n; i++)
		fix_sign(n, vector + i * n);
	return 0;
}

int linalg_solve(size_t n, double *a, double *b)
{
	lapack_int order = (lapack_int)n;
	if (!all_finite(a, n * n) || !all_finite(b, n) ||
	    LAPACKE_dposv(LAPACK_COL_MAJOR, 'L', order, 1, a, order, b, order))
		return -1;
	return 0;
}

int linalg_inverse(size_t n, double *a)
{
	lapack_int order = (lapack_int)n;
	if (!all_finite(a, n * n) || LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', order, a, order) ||
	    LAPACKE_dpotri(LAPACK_COL_MAJOR, 'L', order, a, order))
		return -1;
	for (size_t j = 0; j < n; j++)
		for (size_t i = j + 1; i < n; i++)
			a[i * n + j] = a[j * n + i];
	return 0;
}

double linalg_aliased_floor(size_t n)
{
	/* Rounding of X'X and of n steps of elimination, as a squared length. */
	return sqrt(16 * (double)n * DBL_EPSILON);
}

int linalg_aliased(size_t n, const double *a, double tol, int *alias)
{
	double *l = calloc(n * n + 1, sizeof *l);
	if (!l)
		return -1;
	double least = fmax(tol, linalg_aliased_floor(n));
	for (size_t j = 0; j < n; j++) {
		double norm_j = sqrt(a[j * n + j]), rest = 1;
		alias[j] = !(norm_j > 0);
		for (size_t k = 0; k < j && !alias[j]; k++) {
			if (alias[k])
				continue;
			double s = a[j * n + k] / norm_j / sqrt(a[k * n + k]);
			for (size_t i = 0; i < k; i++)
				s -= l[j * n + i] * l[k * n + i];
			l[j * n + k] = s / l[k * n + k];
			rest -= l[j * n + k] * l[j * n + k];
		}
		alias[j] |= !(rest > least * least);
		if (!alias[j])
			l[j * n + j] = sqrt(rest);
	}
	free(l);
	return 0;
}
