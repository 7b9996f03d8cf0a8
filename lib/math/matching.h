/* SPDX-License-Identifier: MIT */
#ifndef MATH_MATCHING_H
#define MATH_MATCHING_H

#include <stddef.h>
#include <stdint.h>

/*
 * The assignment problem: pairs each row of a table with a column of its own,
 * and each column with at most one row, so that the sum of weight[row * n_cols
 * + col] over the pairs is as large as can be.  Pairs of weight 0 are left out.
 * match[n_rows] gets the column, or MATCHING_NONE.  Returns 0, or -1 without
 * memory.  Weights are below 2^62.  Shortest augmenting paths with dual
 * variables: Kuhn 1955, "The Hungarian method for the assignment problem", in
 * the form of Jonker & Volgenant 1987.  O(min(rows, cols)^2 max(rows, cols))
 */
#define MATCHING_NONE SIZE_MAX
int matching_max(size_t n_rows, size_t n_cols, const uint64_t *weight, size_t *match);

#endif
