/* SPDX-License-Identifier: MIT */
#ifndef MATH_LINALG_H
#define MATH_LINALG_H

#include <stddef.h>

/*
 * Dense symmetric linear algebra on reference LAPACK.  Matrices are n x n,
 * row by row; symmetric ones full.  All return 0, or -1 when there is no
 * answer (stated at each) or no memory.
 */

/* Eigenvalues ascending in `value`, unit eigenvectors in the ROWS of
 * `vector`, of the symmetric a (destroyed).  Sign: the largest absolute entry
 * of each vector is positive (the first one of equals). */
int linalg_eigen(size_t n, double *a, double *value, double *vector);

/* Solves a x = b for symmetric positive definite a (destroyed); b becomes x;
 * -1 when a is not positive definite. */
int linalg_solve(size_t n, double *a, double *b);

/* The inverse of a symmetric positive definite matrix, in place; -1 when it
 * is not positive definite. */
int linalg_inverse(size_t n, double *a);

/*
 * Which columns of a design with cross-product matrix a (X'X, not destroyed)
 * are linear combinations of the columns before them: alias[j] = 1 when the
 * residual of column j has norm below tol (R: 1e-11) of the column's own.
 * Uses Cholesky without pivoting on the scaled matrix; returns 0.
 */
int linalg_aliased(size_t n, const double *a, double tol, int *alias);

#endif
