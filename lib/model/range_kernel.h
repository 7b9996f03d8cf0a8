/* SPDX-License-Identifier: MIT */
/* For kmeans_space.c alone, once for each width of vectors (model/lanes.h). */

LANES_FUNCTION void LANES_NAME(range)(const double *x, size_t n, double *low, double *high)
{
	size_t i = 0;

	*low = *high = x[0];
	if (n >= LANES) {
		lanes_real least = lanes_load(x), most = least;
		for (i = LANES; i + LANES <= n; i += LANES) {
			lanes_real v = lanes_load(x + i);
			least = lanes_least(v, least);
			most = lanes_most(v, most);
		}
		for (size_t l = 0; l < LANES; l++) {
			*low = least[l] < *low ? least[l] : *low;
			*high = most[l] > *high ? most[l] : *high;
		}
	}
	for (; i < n; i++) {
		*low = x[i] < *low ? x[i] : *low;
		*high = x[i] > *high ? x[i] : *high;
	}
}
