/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RANKS_H
#define MODEL_RANKS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Sorts x[n] (no NaN; -0 becomes 0) ascending and carries group[n] along,
 * n < 2^32; stable.  spare_x and spare_group have n elements each and end as rubbish.
 * By radix, 8 bits a pass, passes in which all agree left out: O(n).
 */
void ranks_sort(double *x, uint32_t *group, double *spare_x, uint32_t *spare_group, size_t n);

/*
 * Of sorted values with their groups (0..n_groups-1): the sums of mid-ranks
 * 1..n by group, and H of Kruskal & Wallis (1952), corrected for ties; NaN
 * with fewer than two groups or when all values are equal.  Sums of ranks are
 * whole numbers of halves until the last division.  rank_sum[n_groups] and
 * count[n_groups] (values by group, given).
 */
double ranks_kruskal(const double *x, const uint32_t *group, size_t n, const uint64_t *count,
		     size_t n_groups, double *rank_sum);

#endif
