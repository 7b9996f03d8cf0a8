/* SPDX-License-Identifier: MIT */
#include "model/products.h"

#include <string.h>

#include "model/design.h"
#include "model/vector.h"

typedef double lanes __attribute__((vector_size(32)));
typedef uint64_t counts __attribute__((vector_size(32)));

/*
 * x + SHIFT for |x| <= 1 lies in [5, 7], where doubles are 2^-50 apart, so the
 * bits of the sum less the bits of SHIFT count units of 2^-50, rounded to even.
 */
#define SHIFT 6.0
#define SHIFT_BITS 0x4018000000000000U

#define LOAD(v, p) memcpy(&(v), (p), sizeof(lanes))
#define LANES (sizeof(lanes) / sizeof(double))

/*
 * sum[j] += units of work * row * u[j] over a block, for four columns at a time: with
 * variables of their own, and 32 bytes wide, since the compiler keeps an array
 * of accumulators, or wider ones, in memory.
 */
VECTOR_INLINE void add_products_any(const double *work, const double *row, const double *u,
				    size_t n_columns, uint64_t *sum)
{
	double a[DESIGN_BLOCK];
	size_t j = 0;

	for (size_t i = 0; i < DESIGN_BLOCK; i += LANES) {
		lanes v, x;
		LOAD(v, work + i);
		LOAD(x, row + i);
		v *= x;
		memcpy(a + i, &v, sizeof v);
	}

	for (; j + 4 <= n_columns; j += 4) {
		const double *x = u + j * DESIGN_BLOCK;
		counts s0 = { 0 }, s1 = s0, s2 = s0, s3 = s0;
		for (size_t i = 0; i < DESIGN_BLOCK; i += LANES) {
			lanes v, x0, x1, x2, x3;
			LOAD(v, a + i);
			LOAD(x0, x + i);
			LOAD(x1, x + DESIGN_BLOCK + i);
			LOAD(x2, x + 2 * DESIGN_BLOCK + i);
			LOAD(x3, x + 3 * DESIGN_BLOCK + i);
			s0 += (counts)(v * x0 + SHIFT);
			s1 += (counts)(v * x1 + SHIFT);
			s2 += (counts)(v * x2 + SHIFT);
			s3 += (counts)(v * x3 + SHIFT);
		}
		for (size_t i = 0; i < LANES; i++) {
			sum[j] += s0[i];
			sum[j + 1] += s1[i];
			sum[j + 2] += s2[i];
			sum[j + 3] += s3[i];
		}
	}
	for (; j < n_columns; j++) {
		counts s = { 0 };
		for (size_t i = 0; i < DESIGN_BLOCK; i += LANES) {
			lanes v, x;
			LOAD(v, a + i);
			LOAD(x, u + j * DESIGN_BLOCK + i);
			s += (counts)(v * x + SHIFT);
		}
		for (size_t i = 0; i < LANES; i++)
			sum[j] += s[i];
	}
	/* The block's SHIFTs; the sums are taken modulo 2^64. */
	for (size_t k = 0; k < n_columns; k++)
		sum[k] -= DESIGN_BLOCK * SHIFT_BITS;
}

VECTOR_VARIANTS(add_products,
		(const double *work, const double *row, const double *u, size_t n_columns,
		 uint64_t *sum),
		(work, row, u, n_columns, sum))

void products_add(const double *work, const double *row, const double *u, size_t n_columns,
		  uint64_t *sum)
{
	add_products(work, row, u, n_columns, sum);
}

/* PRODUCTS_ROWS summands of at most 2^50 units stay within 63 bits. */
void products_flush(products_wide *sum, uint64_t *fresh, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum[i] += (int64_t)fresh[i];
		fresh[i] = 0;
	}
}

void products_run(size_t n_rows, size_t n_parts, size_t i, size_t *first, size_t *end)
{
	size_t n_chunks = (n_rows + DESIGN_CHUNK - 1) / DESIGN_CHUNK;

	*first = n_chunks * i / n_parts * DESIGN_CHUNK;
	*end = n_chunks * (i + 1) / n_parts * DESIGN_CHUNK;
	if (*end > n_rows)
		*end = n_rows;
}
