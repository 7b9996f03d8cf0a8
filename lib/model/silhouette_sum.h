/* SPDX-License-Identifier: MIT */
/* For the kernels of silhouettes alone, once for each width of vectors (model/lanes.h). */

/*
 * The distances of a point (coordinate j at point[j * apart]) to rows 0..n-1 (row i's
 * at x[j * width + i], filled up to whole LANES_EIGHT) added up in eight lanes, and
 * each one added to each[i] unless that is NULL.
 *
 * The divider sets the pace: roots take twice the time of the rest.  (A root of floats
 * and a step of Newton's in doubles takes more, for the conversions, and so do steps
 * from a start by the bits; so does a part of the roots in these ways beside the divider.)
 */
LANES_INLINE double LANES_NAME(distance_sum)(const double *x, size_t width, size_t n,
					     const double *point, size_t apart, size_t d,
					     double *each)
{
	lanes_real sum[LANES_EIGHT / LANES];
	double lane[LANES_EIGHT], total = 0;

	for (size_t h = 0; h < LANES_EIGHT / LANES; h++)
		sum[h] = lanes_all(0.0);
	for (size_t i = 0; i < n; i += LANES_EIGHT) {
#pragma GCC unroll 4
		for (size_t h = 0; h < LANES_EIGHT / LANES; h++) {
			size_t at = i + h * LANES;
			int64_t left = (int64_t)n - (int64_t)at;
			lanes_real s = lanes_all(0.0), t;
			for (size_t j = 0; j < d; j++) {
				t = lanes_load(x + j * width + at) - lanes_all(point[j * apart]);
				s += t * t;
			}
			s = lanes_root(s);
			if (each) {
				t = lanes_load(each + at) + s;
				lanes_store(each + at, t);
			}
			if (left < LANES)
				s = lanes_pick(lanes_less_int(LANES_NUMBERS, lanes_all_int(left)),
					       s, lanes_all(0.0));
			sum[h] += s;
		}
	}
	for (size_t h = 0; h < LANES_EIGHT / LANES; h++)
		lanes_store(lane + h * LANES, sum[h]);
	for (size_t i = 0; i < LANES_EIGHT; i++)
		total += lane[i];
	return total;
}
