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

/* log |a| of a symmetric positive definite matrix (destroyed) in *value;
 * -1 when it is not positive definite. */
int linalg_log_det(size_t n, double *a, double *value);

/*
 * Which columns of a design with cross-product matrix a (X'X, not destroyed)
 * are linear combinations of the columns before them: alias[j] = 1 when the
 * residual of column j on the columns kept has norm below tol of the column's
 * own.  Cholesky without pivoting on the scaled matrix.
 *
 * A cross product holds squares, so residuals below linalg_aliased_floor(n)
 * (about 1e-7) of a column cannot be told from 0 here: a smaller tol is
 * raised to it.  R's rule, 1e-11, needs linalg_qr below; this is the quick
 * screen before it: when it names no column, R's rule names none.
 */
int linalg_aliased(size_t n, const double *a, double tol, int *alias);
double linalg_aliased_floor(size_t n);

/*
 * The R factor of a tall matrix by Householder reflections, a block of rows
 * at a time (Golub & Van Loan, section 5.2; LAPACK's dgeqrf on [R; block]):
 * X'X = R'R, with the error of a column about 1e-15 of its norm.  The bits
 * depend on the order of the rows and on where the blocks are cut, so cut at
 * fixed row numbers (LINALG_QR_ROWS); for threads, one factor a fixed range of
 * rows, combined in range order by linalg_qr_merge.
 */
#define LINALG_QR_ROWS 256
struct linalg_qr {
	size_t n;     /* columns */
	double *r;    /* n x n, upper triangle, row by row; 0 below; owned */
	double *room; /* (n + LINALG_QR_ROWS) x n, by columns; owned */
	double *tau;  /* n; owned */
};

/* All of R is 0.  -1 without memory. */
int linalg_qr_init(struct linalg_qr *q, size_t n);
void linalg_qr_free(struct linalg_qr *q);

/* Adds n_rows <= LINALG_QR_ROWS rows of n values each; about
 * 2 (n_rows + n) n^2 operations. */
int linalg_qr_add(struct linalg_qr *q, const double *row, size_t n_rows);

/* q becomes the factor of its rows and the other's. n <= LINALG_QR_ROWS. */
int linalg_qr_merge(struct linalg_qr *q, const struct linalg_qr *other);

/*
 * R's rule (limited pivoting, LINPACK's dqrdc2 as changed by R): columns enter
 * in the given order; one whose residual on the columns kept has norm below
 * tol (1e-11 in glm) of its own is dropped, alias[j] = 1, and is not used for
 * the later ones.  A column of zeros is dropped.
 */
int linalg_qr_aliased(const struct linalg_qr *q, double tol, int *alias);

#endif
