/* SPDX-License-Identifier: MIT */
/* For kmeans_seed.c alone, once for each width of vectors (model/lanes.h). */

#define GROUPS (LANES_EIGHT / LANES)

/* Squared distances of rows at..at+LANES-1 to m <= TILE points c[m][d]. */
LANES_INLINE void LANES_NAME(tile)(const struct kmeans_rows *r, size_t at, const double *c,
				   size_t m, size_t d, lanes_real *s)
{
#pragma GCC unroll 4
	for (size_t q = 0; q < m; q++)
		s[q] = lanes_all(0.0);
	for (size_t j = 0; j < d; j++) {
		lanes_real x = lanes_load(r->column[j] + at);
#pragma GCC unroll 4
		for (size_t q = 0; q < m; q++) {
			lanes_real t = x - lanes_all(c[q * d + j]);
			s[q] += t * t;
		}
	}
}

/*
 * For each of m <= TILE points the sum over a block of w * min(squared, squared
 * distance to it), in eight lanes, whatever the width.
 */
LANES_INLINE void LANES_NAME(try_of)(const struct kmeans_rows *r, size_t first, size_t n,
				     const double *c, size_t m, size_t d, const double *squared,
				     bool weighted, double *mass)
{
	double lane[TILE][LANES_EIGHT];
	lanes_real sum[TILE][GROUPS], s[TILE];
	size_t i = 0;

#pragma GCC unroll 4
	for (size_t q = 0; q < m; q++)
		for (size_t g = 0; g < GROUPS; g++)
			sum[q][g] = lanes_all(0.0);
	for (; i + LANES_EIGHT <= n; i += LANES_EIGHT)
#pragma GCC unroll 4
		for (size_t g = 0; g < GROUPS; g++) {
			size_t at = i + g * LANES;
			lanes_real old = lanes_load(squared + at);
			LANES_NAME(tile)(r, first + at, c, m, d, s);
#pragma GCC unroll 4
			for (size_t q = 0; q < m; q++) {
				s[q] = lanes_least(s[q], old);
				if (weighted)
					s[q] *= lanes_load(r->weight + first + at);
				sum[q][g] += s[q];
			}
		}
	for (size_t q = 0; q < m; q++) {
		for (size_t g = 0; g < GROUPS; g++)
			lanes_store(lane[q] + g * LANES, sum[q][g]);
		for (size_t l = i; l < n; l++) {
			double one = row_squared(r, first + l, c + q * d);
			one = one < squared[l] ? one : squared[l];
			lane[q][l % LANES_EIGHT] += weighted ? one * r->weight[first + l] : one;
		}
		mass[q] = lane_sum(lane[q]);
	}
}

/*
 * Squared becomes the least of itself, unless it is fresh, and the squared
 * distances to m <= TILE points; then its sum of w * squared, as above, and its
 * largest.
 */
LANES_INLINE void LANES_NAME(keep_of)(const struct kmeans_rows *r, size_t first, size_t n,
				      const double *c, size_t m, size_t d, bool fresh,
				      double *squared, bool weighted, double *mass, double *most)
{
	double lane[LANES_EIGHT];
	lanes_real sum[GROUPS], s[TILE], top = lanes_all(0.0);
	size_t i = 0;

	for (size_t g = 0; g < GROUPS; g++)
		sum[g] = lanes_all(0.0);
	for (; i + LANES_EIGHT <= n; i += LANES_EIGHT)
#pragma GCC unroll 4
		for (size_t g = 0; g < GROUPS; g++) {
			size_t at = i + g * LANES;
			lanes_real least = fresh ? lanes_all((double)INFINITY) : lanes_load(squared + at);
			LANES_NAME(tile)(r, first + at, c, m, d, s);
#pragma GCC unroll 4
			for (size_t q = 0; q < m; q++)
				least = lanes_least(s[q], least);
			lanes_store(squared + at, least);
			top = lanes_most(least, top);
			if (weighted)
				least *= lanes_load(r->weight + first + at);
			sum[g] += least;
		}
	*most = 0;
	for (size_t l = 0; l < LANES; l++)
		*most = top[l] > *most ? top[l] : *most;
	for (size_t g = 0; g < GROUPS; g++)
		lanes_store(lane + g * LANES, sum[g]);
	for (; i < n; i++) {
		double least = fresh ? (double)INFINITY : squared[i];
		for (size_t q = 0; q < m; q++) {
			double one = row_squared(r, first + i, c + q * d);
			least = one < least ? one : least;
		}
		squared[i] = least;
		*most = least > *most ? least : *most;
		lane[i % LANES_EIGHT] += weighted ? least * r->weight[first + i] : least;
	}
	*mass = lane_sum(lane);
}

LANES_INLINE void LANES_NAME(keep_some)(const struct kmeans_rows *r, size_t first, size_t n,
					const double *c, size_t m, bool fresh, double *squared,
					double *mass, double *most)
{
	if (r->weight)
		LANES_NAME(keep_of)(r, first, n, c, m, r->d, fresh, squared, true, mass, most);
	else if (r->d == 2)
		LANES_NAME(keep_of)(r, first, n, c, m, 2, fresh, squared, false, mass, most);
	else if (r->d == 3)
		LANES_NAME(keep_of)(r, first, n, c, m, 3, fresh, squared, false, mass, most);
	else
		LANES_NAME(keep_of)(r, first, n, c, m, r->d, fresh, squared, false, mass, most);
}

LANES_INLINE void LANES_NAME(try_some)(const struct kmeans_rows *r, size_t first, size_t n,
				       const double *c, size_t m, const double *squared,
				       double *mass)
{
	if (r->weight)
		LANES_NAME(try_of)(r, first, n, c, m, r->d, squared, true, mass);
	else if (r->d == 2)
		LANES_NAME(try_of)(r, first, n, c, m, 2, squared, false, mass);
	else if (r->d == 3)
		LANES_NAME(try_of)(r, first, n, c, m, 3, squared, false, mass);
	else
		LANES_NAME(try_of)(r, first, n, c, m, r->d, squared, false, mass);
}

LANES_FUNCTION void LANES_NAME(block_keep)(const struct kmeans_rows *r, size_t first, size_t n,
					   const double *c, size_t m, bool fresh,
					   double *squared, double *mass, double *most)
{
	switch (m) {
	case 1:
		LANES_NAME(keep_some)(r, first, n, c, 1, fresh, squared, mass, most);
		break;
	case 2:
		LANES_NAME(keep_some)(r, first, n, c, 2, fresh, squared, mass, most);
		break;
	case 3:
		LANES_NAME(keep_some)(r, first, n, c, 3, fresh, squared, mass, most);
		break;
	default:
		LANES_NAME(keep_some)(r, first, n, c, 4, fresh, squared, mass, most);
		break;
	}
}

LANES_FUNCTION void LANES_NAME(block_try)(const struct kmeans_rows *r, size_t first, size_t n,
					  const double *c, size_t m, const double *squared,
					  double *mass)
{
	switch (m) {
	case 1:
		LANES_NAME(try_some)(r, first, n, c, 1, squared, mass);
		break;
	case 2:
		LANES_NAME(try_some)(r, first, n, c, 2, squared, mass);
		break;
	case 3:
		LANES_NAME(try_some)(r, first, n, c, 3, squared, mass);
		break;
	default:
		LANES_NAME(try_some)(r, first, n, c, 4, squared, mass);
		break;
	}
}

#undef GROUPS
