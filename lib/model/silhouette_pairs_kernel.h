/* SPDX-License-Identifier: MIT */
/* For silhouette_pairs.c alone, once for each width of vectors (model/lanes.h). */

/*
 * The distances of the rows of tile a to those of tile b, added up by row, in
 * eight lanes, and by column.  Both are filled up to whole lanes.
 */
LANES_INLINE void LANES_NAME(pairs)(const double *a, size_t n_a, const double *b, size_t n_b,
				    size_t d, double *by_row, double *by_column)
{
	for (size_t p = 0; p < n_a; p++) {
		lanes_real sum[LANES_EIGHT / LANES];
		double lane[LANES_EIGHT];
		for (size_t h = 0; h < LANES_EIGHT / LANES; h++)
			sum[h] = lanes_all(0.0);
		for (size_t q = 0; q < n_b; q += LANES_EIGHT) {
#pragma GCC unroll 4
			for (size_t h = 0; h < LANES_EIGHT / LANES; h++) {
				size_t at = q + h * LANES;
				int64_t left = (int64_t)n_b - (int64_t)at;
				lanes_real s = lanes_all(0.0), t;
				for (size_t j = 0; j < d; j++) {
					t = lanes_load(b + j * TILE + at) - lanes_all(a[j * TILE + p]);
					s += t * t;
				}
				s = lanes_root(s);
				t = lanes_load(by_column + at) + s;
				lanes_store(by_column + at, t);
				if (left < LANES)
					s = lanes_pick(lanes_less_int(LANES_NUMBERS,
								      lanes_all_int(left)),
						       s, lanes_all(0.0));
				sum[h] += s;
			}
		}
		for (size_t h = 0; h < LANES_EIGHT / LANES; h++)
			lanes_store(lane + h * LANES, sum[h]);
		by_row[p] = 0;
		for (size_t i = 0; i < LANES_EIGHT; i++)
			by_row[p] += lane[i];
	}
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
