/* SPDX-License-Identifier: MIT */
#ifndef MATH_LINALG_H
#define MATH_LINALG_H

#include <stddef.h>

/*
 * Dense linear algebra on reference LAPACK, for the small matrices of a few
 * to some hundred columns, n >= 1.  Matrices are row by row; symmetric ones
 * full.  All return 0, or -1 when there is no answer (stated at each; also an
 * entry that is not finite) or no memory.
 */

/* Eigenvalues ascending in `value`, unit eigenvectors in the ROWS of
 * `vector`, of the symmetric n x n matrix a (destroyed).  Sign: the largest
 * absolute entry of each vector is positive; where others come within 1e-8
 * of it (relatively), the first of these.  O(n^3). */
int linalg_eigen(size_t n, double *a, double *value, double *vector);

/* Solves a x = b for symmetric positive definite a (destroyed); b becomes x;
 * -1 when a is not positive definite. */
int linalg_solve(size_t n, double *a, double *b);

/* The inverse of a symmetric positive definite matrix, in place, symmetric to
 * the bit; -1 when it is not positive definite. */
int linalg_inverse(size_t n, double *a);

/*
 * Which columns of a design with cross-product matrix a (X'X, not destroyed)
 * are linear combinations of the columns before them: alias[j] = 1 when the
 * residual of column j on the columns kept has norm below tol of the column's
 * own.  Cholesky without pivoting on the scaled matrix.
 *
 * A cross product holds squares, so residuals below linalg_aliased_floor(n)
 * (about 1e-7) of a column cannot be told from 0 here: a smaller tol is
 * raised to it.  R's rule, 1e-11, needs the rows; this is the quick screen
 * before it: when it names no column, R's rule names none.
 */
int linalg_aliased(size_t n, const double *a, double tol, int *alias);
double linalg_aliased_floor(size_t n);

#endif
