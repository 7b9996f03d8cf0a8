/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PRODUCTS_H
#define MODEL_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sums over rows of products that are at most 1 in size, in fixed point with
 * the unit 2^-50: whole numbers, so that no order of the rows and no number of
 * threads shows.
 */
__extension__ typedef __int128 products_wide;
#define PRODUCTS_UNIT 0x1p-50

/*
 * sum[j] += units of (work * row) * u[j] over a block of DESIGN_BLOCK rows,
 * u[j * DESIGN_BLOCK + i]; each product is at most 1 in size, and 0 behind the
 * rows there are.
 */
void products_add(const double *work, const double *row, const double *u, size_t n_columns,
		  uint64_t *sum);

/* To be called before another PRODUCTS_ROWS rows are added: sum += fresh, and
 * fresh is 0. */
#define PRODUCTS_ROWS 4096
void products_flush(products_wide *sum, uint64_t *fresh, size_t n);

/* Rows are shared out in runs of whole chunks: the i-th of n_parts. */
void products_run(size_t n_rows, size_t n_parts, size_t i, size_t *first, size_t *end);

#endif
