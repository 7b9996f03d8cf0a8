/* SPDX-License-Identifier: MIT */
#ifndef VALUE_NUM_COLUMN_H
#define VALUE_NUM_COLUMN_H

#include <stddef.h>
#include <stdint.h>

/*
 * num_parse for a column of a table: cell i of n is s[separator[i * stride - 1] + 1 ..
 * separator[i * stride]), offsets modulo 2^32, and NUM_BEFORE bytes before each
 * are readable.  An empty cell is NaN and counted in *n_empty.  Returns n, or which
 * cell is the first that is no number (x[i] before it are set).  Short ones are
 * taken four at a time where the processor has AVX2; the same bits.
 */
size_t num_column(const char *s, const uint32_t *separator, size_t stride, size_t n, double *x,
		  size_t *n_empty);

#endif
