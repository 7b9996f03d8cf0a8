/* SPDX-License-Identifier: MIT */
/* For nearest.c alone, once for each width of vectors (model/lanes.h). */

/*
 * The loop of nearest_row with a lane for each row, and two vectors at a time,
 * so that a centre is fetched once for both.
 */
LANES_INLINE void LANES_NAME(nearest_rows)(double *const *column, size_t first, size_t n,
					   const double *centre, size_t k, size_t d,
					   uint32_t *label, double *squared, bool *tied)
{
	lanes_int ties = lanes_all_int(0);

	for (size_t row = 0; row < n; row += 2 * LANES) {
		lanes_real best0 = lanes_all((double)INFINITY), best1 = best0;
		lanes_real second0 = best0, second1 = best0;
		lanes_int index0 = lanes_all_int(0), index1 = index0;
		for (size_t c = 0; c < k; c++) {
			lanes_real s0 = lanes_all(0.0), s1 = s0;
			lanes_mask less0, less1;
			lanes_int number = lanes_all_int((int64_t)c);
			for (size_t j = 0; j < d; j++) {
				const double *x = column[j] + first + row;
				lanes_real at = lanes_all(centre[c * d + j]);
				lanes_real t0 = lanes_load(x) - at;
				lanes_real t1 = lanes_load(x + LANES) - at;
				s0 = j ? s0 + t0 * t0 : t0 * t0;
				s1 = j ? s1 + t1 * t1 : t1 * t1;
			}
			less0 = lanes_less(s0, best0);
			less1 = lanes_less(s1, best1);
			if (tied) {
				second0 = lanes_least(second0, lanes_most(s0, best0));
				second1 = lanes_least(second1, lanes_most(s1, best1));
			}
			best0 = lanes_pick(less0, s0, best0);
			best1 = lanes_pick(less1, s1, best1);
			index0 = lanes_pick_int(less0, number, index0);
			index1 = lanes_pick_int(less1, number, index1);
		}
		lanes_store(squared + row, best0);
		lanes_store(squared + row + LANES, best1);
		if (tied) {
			ties |= lanes_pick_int(lanes_less(best0, second0), lanes_all_int(0),
					       lanes_all_int(1));
			ties |= lanes_pick_int(lanes_less(best1, second1), lanes_all_int(0),
					       lanes_all_int(1));
		}
		for (size_t i = 0; i < LANES; i++) {
			label[row + i] = (uint32_t)index0[i];
			label[row + LANES + i] = (uint32_t)index1[i];
		}
	}
	for (size_t i = 0; tied && i < LANES; i++)
		*tied |= ties[i] != 0;
}

/* Few columns are named, so that a row's values stay in registers. */
LANES_INLINE void LANES_NAME(nearest_columns)(double *const *column, size_t first, size_t n,
					      const double *centre, size_t k, size_t d,
					      uint32_t *label, double *squared, bool *tied)
{
	switch (d) {
	case 1:
		LANES_NAME(nearest_rows)(column, first, n, centre, k, 1, label, squared, tied);
		break;
	case 2:
		LANES_NAME(nearest_rows)(column, first, n, centre, k, 2, label, squared, tied);
		break;
	case 3:
		LANES_NAME(nearest_rows)(column, first, n, centre, k, 3, label, squared, tied);
		break;
	case 4:
		LANES_NAME(nearest_rows)(column, first, n, centre, k, 4, label, squared, tied);
		break;
	default:
		LANES_NAME(nearest_rows)(column, first, n, centre, k, d, label, squared, tied);
		break;
	}
}

LANES_FUNCTION void LANES_NAME(nearest_whole)(double *const *column, size_t first, size_t n,
					      const double *centre, size_t k, size_t d,
					      uint32_t *label, double *squared)
{
	LANES_NAME(nearest_columns)(column, first, n, centre, k, d, label, squared, NULL);
}

LANES_FUNCTION void LANES_NAME(nearest_whole_ties)(double *const *column, size_t first, size_t n,
						   const double *centre, size_t k, size_t d,
						   uint32_t *label, double *squared, bool *tied)
{
	LANES_NAME(nearest_columns)(column, first, n, centre, k, d, label, squared, tied);
}
