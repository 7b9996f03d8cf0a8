/* SPDX-License-Identifier: MIT */
/* For kmeans_seed.c alone, once for each width of vectors (model/lanes.h). */

/*
 * For each of m <= TILE points c[m][d] the sum over a block of w *
 * min(squared, squared distance to c), in eight lanes, whatever the width; with
 * `keep` and one point, squared becomes that minimum, and *most the largest.
 */
LANES_INLINE void LANES_NAME(mass_of)(const struct kmeans_rows *r, size_t first, size_t n,
				      const double *c, size_t m, size_t d, double *squared,
				      bool keep, bool weighted, double *mass, double *most)
{
	double lane[TILE][LANES_EIGHT] = { { 0 } };
	lanes_real top = lanes_all(0.0);
	size_t i = 0;

	for (; i + LANES <= n; i += LANES) {
		lanes_real s[TILE], old = lanes_load(squared + i), w = old;
#pragma GCC unroll 4
		for (size_t q = 0; q < m; q++) {
			lanes_real t = lanes_load(r->column[0] + first + i) - lanes_all(c[q * d]);
			s[q] = t * t;
		}
		for (size_t j = 1; j < d; j++) {
			lanes_real x = lanes_load(r->column[j] + first + i);
#pragma GCC unroll 4
			for (size_t q = 0; q < m; q++) {
				lanes_real t = x - lanes_all(c[q * d + j]);
				s[q] += t * t;
			}
		}
		if (weighted)
			w = lanes_load(r->weight + first + i);
#pragma GCC unroll 4
		for (size_t q = 0; q < m; q++) {
			double *to = lane[q] + i % LANES_EIGHT;
			s[q] = lanes_least(s[q], old);
			if (keep) {
				lanes_store(squared + i, s[q]);
				top = lanes_most(s[q], top);
			}
			if (weighted)
				s[q] *= w;
			s[q] += lanes_load(to);
			lanes_store(to, s[q]);
		}
	}
	if (keep)
		*most = 0;
	for (size_t l = 0; keep && l < LANES; l++)
		*most = top[l] > *most ? top[l] : *most;
	for (; i < n; i++)
		for (size_t q = 0; q < m; q++) {
			double one = row_squared(r, first + i, c + q * d);
			one = one < squared[i] ? one : squared[i];
			if (keep) {
				squared[i] = one;
				*most = one > *most ? one : *most;
			}
			lane[q][i % LANES_EIGHT] += weighted ? one * r->weight[first + i] : one;
		}
	for (size_t q = 0; q < m; q++)
		mass[q] = lane_sum(lane[q]);
}

LANES_INLINE void LANES_NAME(mass)(const struct kmeans_rows *r, size_t first, size_t n,
				   const double *c, size_t m, double *squared, bool keep,
				   double *mass, double *most)
{
	if (r->weight)
		LANES_NAME(mass_of)(r, first, n, c, m, r->d, squared, keep, true, mass, most);
	else if (r->d == 2)
		LANES_NAME(mass_of)(r, first, n, c, m, 2, squared, keep, false, mass, most);
	else if (r->d == 3)
		LANES_NAME(mass_of)(r, first, n, c, m, 3, squared, keep, false, mass, most);
	else
		LANES_NAME(mass_of)(r, first, n, c, m, r->d, squared, keep, false, mass, most);
}

LANES_FUNCTION void LANES_NAME(block_keep)(const struct kmeans_rows *r, size_t first, size_t n,
					   const double *c, double *squared, double *mass,
					   double *most)
{
	LANES_NAME(mass)(r, first, n, c, 1, squared, true, mass, most);
}

LANES_FUNCTION void LANES_NAME(block_try)(const struct kmeans_rows *r, size_t first, size_t n,
					  const double *c, size_t m, double *squared,
					  double *mass)
{
	switch (m) {
	case 1:
		LANES_NAME(mass)(r, first, n, c, 1, squared, false, mass, NULL);
		break;
	case 2:
		LANES_NAME(mass)(r, first, n, c, 2, squared, false, mass, NULL);
		break;
	case 3:
		LANES_NAME(mass)(r, first, n, c, 3, squared, false, mass, NULL);
		break;
	default:
		LANES_NAME(mass)(r, first, n, c, 4, squared, false, mass, NULL);
		break;
	}
}
