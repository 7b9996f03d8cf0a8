/* SPDX-License-Identifier: MIT */
/* For silhouette.c alone, once for each width of vectors (model/lanes.h). */

/* The distances of one query to the rows start..end of a block, in eight lanes. */
LANES_INLINE double LANES_NAME(run_sum)(const double *x, size_t width, size_t start, size_t end,
					const double *query, size_t d)
{
	double part[LANES_EIGHT] = { 0 }, total = 0;

	for (size_t i = start; i < end; i += LANES) {
		double *to = part + (i - start) % LANES_EIGHT;
		lanes_real s = lanes_all(0.0), t;
		for (size_t j = 0; j < d; j++) {
			t = lanes_load(x + j * width + i) - lanes_all(query[j]);
			s += t * t;
		}
		s = lanes_root(s);
		if (end - i < LANES)
			s = lanes_pick(lanes_less_int(LANES_NUMBERS,
						      lanes_all_int((int64_t)(end - i))),
				       s, lanes_all(0.0));
		s += lanes_load(to);
		lanes_store(to, s);
	}
	for (size_t i = 0; i < LANES_EIGHT; i++)
		total += part[i];
	return total;
}

LANES_FUNCTION void LANES_NAME(block_sums)(const struct task *t, const struct work *w, size_t n)
{
	size_t k = t->c->k, d = t->c->rows->d;

	for (size_t q = 0; q < n; q++)
		for (size_t c = 0; c < k; c++) {
			const double *query = w->query + q * d;
			w->sum[q * k + c] += d == 3
				? LANES_NAME(run_sum)(w->x, t->width, w->start[c], w->end[c], query, 3)
				: LANES_NAME(run_sum)(w->x, t->width, w->start[c], w->end[c], query, d);
		}
}
