/* SPDX-License-Identifier: MIT */
/* For the kernels of silhouettes alone, once for each width of vectors (model/lanes.h). */

#define GROUPS (LANES_EIGHT / LANES)

/*
 * The distances of a point (coordinate j at point[j * apart], d >= 1 of them) to eight
 * rows (x[j * width]...).
 *
 * The divider sets the pace: roots take twice the time of the rest.  (A root of floats
 * and a step of Newton's in doubles takes more, for the conversions, and so do steps
 * from a start by the bits; so does a part of the roots in these ways beside the divider.)
 */
LANES_INLINE void LANES_NAME(distances)(const double *restrict x, size_t width,
					const double *restrict point, size_t apart, size_t d,
					lanes_real *distance)
{
	lanes_real s[GROUPS], t;

#pragma GCC unroll 4
	for (size_t g = 0; g < GROUPS; g++)
		s[g] = lanes_all(0.0);
#pragma GCC unroll 4
	for (size_t j = 0; j < d; j++)
#pragma GCC unroll 4
		for (size_t g = 0; g < GROUPS; g++) {
			t = lanes_load(x + j * width + g * LANES) - lanes_all(point[j * apart]);
			s[g] += t * t;
		}
#pragma GCC unroll 4
	for (size_t g = 0; g < GROUPS; g++)
		distance[g] = lanes_root(s[g]);
}

/*
 * The distances of a point to rows 0..n-1 (filled up to whole LANES_EIGHT) added up in
 * eight lanes, and each one added to each[i] unless that is NULL.
 */
LANES_INLINE double LANES_NAME(distance_sum)(const double *restrict x, size_t width, size_t n,
					     const double *restrict point, size_t apart, size_t d,
					     double *restrict each)
{
	lanes_real sum[GROUPS], s[GROUPS], t;
	double lane[LANES_EIGHT], total = 0;

	for (size_t g = 0; g < GROUPS; g++)
		sum[g] = lanes_all(0.0);
	for (size_t i = 0; i < n; i += LANES_EIGHT) {
		LANES_NAME(distances)(x + i, width, point, apart, d, s);
#pragma GCC unroll 4
		for (size_t g = 0; g < GROUPS; g++) {
			size_t at = i + g * LANES;
			if (each) {
				t = lanes_load(each + at) + s[g];
				lanes_store(each + at, t);
			}
			if (at + LANES > n)
				s[g] = lanes_pick(lanes_less_int(LANES_NUMBERS,
								 lanes_all_int((int64_t)n - (int64_t)at)),
						  s[g], lanes_all(0.0));
			sum[g] += s[g];
		}
	}
	for (size_t g = 0; g < GROUPS; g++)
		lanes_store(lane + g * LANES, sum[g]);
	for (size_t i = 0; i < LANES_EIGHT; i++)
		total += lane[i];
	return total;
}

#undef GROUPS
