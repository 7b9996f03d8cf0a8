/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PCA_H
#define MODEL_PCA_H

#include <stddef.h>
#include <stdint.h>

#include "math/exact.h"
#include "value/dec.h"

struct param_list;

/*
 * Principal components: the eigenvectors of the covariance (ddof 1), the
 * largest absolute loading of each positive, by falling variance.  Zeroed
 * struct = none.
 */
struct pca {
	size_t n_in, n_out;
	char **input;      /* [n_in] names */
	double *mean;      /* [n_in] */
	double *loading;   /* [n_out][n_in], unit rows */
	double *variance;  /* [n_out], the eigenvalues */
	double total;      /* variance of all n_in components */
};

/*
 * Sums over rows, each seen twice: first their range and mean, then their
 * products, in fixed point with the unit that the range allows (math/fixed.h:
 * 2^-51 of a column's largest deviation, 2^-50 above 2^26 rows and so on).
 * So neither the order of rows nor the number of threads matters.
 */
struct pca_sums {
	size_t n_in, n;  /* n: rows of the second pass, */
	size_t n_seen;   /* of the first */
	double *least, *most, *mean; /* [n_in] */
	double *unit;                /* [n_in], after the first pass */
	dec_wide *sum, *product;     /* [n_in], [n_in (n_in + 1) / 2], lower triangle */
	int64_t *row;                /* [n_in][n_room] deviations in units that wait */
	size_t n_wait, n_room;
	int threads;
	struct exact *exact;         /* [n_in], while rows are seen */
};

/* The memory that components of n_in columns take, sums included. */
uint64_t pca_bytes(size_t n_in);

/* 0, or -1 without memory. */
int pca_sums_init(struct pca_sums *s, size_t n_in, int threads);

/* One row of n_in finite values: first all rows, then all once more.  The
 * second pass takes about n_in^2 / 2 ns a row on one thread. */
void pca_sums_see(struct pca_sums *s, const double *x);
void pca_sums_add(struct pca_sums *s, const double *x);
void pca_sums_free(struct pca_sums *s);

/*
 * `want` of 1 and more is the number of components (at most n_in are made),
 * below 1 the share of variance that they reach together.  input[n_in] are
 * copied.  0, or -1 with a message: fewer than 2 rows, no variance, no memory.
 * O(n_in^3): half a second for 600 columns, six for 1200.
 */
int pca_fit(struct pca *p, struct pca_sums *s, char *const *input, double want,
	    char error[200]);

/* The share of the variance that the components hold together. */
double pca_share(const struct pca *p);

/* Components of a row: z[n_out] from x[n_in], and x again from z (exactly up
 * to rounding when n_out = n_in). */
void pca_apply(const struct pca *p, const double *x, double *z);
void pca_invert(const struct pca *p, const double *z, double *x);

/*
 * Parameter rows and back: kind `pca`, name the input, key `mean`, pc1, pc2,
 * ... with the loading as value; kind `component`, name pc1, ..., keys
 * `variance` and `share`.  pca_load returns 0, or -1 with a message; no rows
 * is no component.
 */
void pca_store(const struct pca *p, struct param_list *list);
int pca_load(struct pca *p, const struct param_list *list, char error[200]);
void pca_free(struct pca *p);

#endif
