/* SPDX-License-Identifier: MIT */
/* For silhouette_pairs.c alone, once for each width of vectors (model/lanes.h). */
#include "model/silhouette_sum.h"

/* The distances of the rows of tile a to those of tile b, added up by row and by column. */
LANES_INLINE void LANES_NAME(pairs)(const double *a, size_t n_a, const double *b, size_t n_b,
				    size_t d, double *by_row, double *by_column)
{
	for (size_t p = 0; p < n_a; p++)
		by_row[p] = LANES_NAME(distance_sum)(b, WIDTH, n_b, a + p, WIDTH, d, by_column);
}

LANES_FUNCTION void LANES_NAME(tile_sums)(const double *a, size_t n_a, const double *b, size_t n_b,
					  size_t d, double *by_row, double *by_column)
{
	switch (d) {
	case 2:
		LANES_NAME(pairs)(a, n_a, b, n_b, 2, by_row, by_column);
		break;
	case 3:
		LANES_NAME(pairs)(a, n_a, b, n_b, 3, by_row, by_column);
		break;
	case 4:
		LANES_NAME(pairs)(a, n_a, b, n_b, 4, by_row, by_column);
		break;
	default:
		LANES_NAME(pairs)(a, n_a, b, n_b, d, by_row, by_column);
		break;
	}
}
