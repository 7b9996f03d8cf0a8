/* SPDX-License-Identifier: MIT */
/* For kmeans_leaf.c alone, once for each width of vectors (model/lanes.h). */

/* The positions in the list of the nearest centres of LANES rows. */
LANES_INLINE lanes_int LANES_NAME(leaf_label)(const struct kmeans_leaf *f, const lanes_real *x,
					      const uint32_t *list, size_t m, size_t d)
{
	lanes_real best = lanes_all(0.0);
	lanes_int index = lanes_all_int(0);

	for (size_t i = 0; i < m; i++) {
		const double *c = f->centre + list[i] * d;
		lanes_real t = x[0] - lanes_all(c[0]), s = t * t;
		lanes_mask less;
		for (size_t j = 1; j < d; j++) {
			t = x[j] - lanes_all(c[j]);
			s += t * t;
		}
		if (i == 0) {
			best = s;
			continue;
		}
		less = lanes_less(s, best);
		best = lanes_pick(less, s, best);
		index = lanes_pick_int(less, lanes_all_int((int64_t)i), index);
	}
	return index;
}

/*
 * What is added for column j of a row, or with j = d for its weight: its units
 * above the bits of the magic number, which are taken off when the rows counted
 * are known.
 */
LANES_INLINE lanes_int LANES_NAME(leaf_bits)(const struct kmeans_leaf *f, const lanes_real *x,
					     lanes_real w, size_t j, size_t d, bool weighted)
{
	const struct kmeans_unit *u = &f->s->unit[j];
	lanes_real y = j < d ? x[j] - lanes_all(u->shift) : w;

	if (weighted && j < d)
		y *= w;
	y += lanes_all(u->magic);
	return (lanes_int)y;
}

/* Takes the rows added up in sum[columns], rows from the first candidate to `to`. */
LANES_INLINE void LANES_NAME(leaf_move)(const struct kmeans_leaf *f, const lanes_int *sum,
					lanes_int rows, size_t n_columns, size_t from, size_t to)
{
	int64_t *minus = KMEANS_LEAF_LANE(f, from, 0), *plus = KMEANS_LEAF_LANE(f, to, 0);

	for (size_t j = 0; j <= n_columns; j++) {
		size_t at = (j < n_columns ? j : f->d + 1) * LANES_EIGHT;
		lanes_int one = j < n_columns ? sum[j] : rows;
		lanes_int less = lanes_minus_int(lanes_load_int(minus + at), one);
		lanes_int more = lanes_plus_int(lanes_load_int(plus + at), one);
		lanes_store_int(minus + at, less);
		lanes_store_int(plus + at, more);
	}
}

/* Two candidates: the rows of the second one are added up as they are found. */
LANES_INLINE void LANES_NAME(leaf_two)(const struct kmeans_leaf *f, double *const *column,
				       size_t first, size_t n, const uint32_t *list, size_t d)
{
	const lanes_int none = lanes_all_int(0);
	lanes_int sum[3] = { none, none, none }, rows = none;
	lanes_real x[3];

	for (size_t i = 0; i < n; i += LANES) {
		lanes_int label;
		for (size_t j = 0; j < d; j++)
			x[j] = lanes_load(column[j] + first + i);
		label = LANES_NAME(leaf_label)(f, x, list, 2, d);
		if (n - i < LANES)
			label = lanes_pick_int(lanes_less_int(LANES_NUMBERS,
							      lanes_all_int((int64_t)(n - i))),
					       label, none);
		rows += label;
		for (size_t j = 0; j < d; j++) {
			lanes_int q = LANES_NAME(leaf_bits)(f, x, x[0], j, d, false);
			sum[j] = lanes_plus_int(sum[j], q & (none - label));
		}
	}
	LANES_NAME(leaf_move)(f, sum, rows, d, list[0], list[1]);
}

/* Any number of candidates: labels and units of all rows, then each one's sums. */
LANES_INLINE void LANES_NAME(leaf_many)(const struct kmeans_leaf *f, double *const *column,
					size_t first, size_t n, const uint32_t *list, size_t m,
					size_t d, bool weighted)
{
	const lanes_int none = lanes_all_int(0), one = lanes_all_int(1);
	size_t n_columns = d + weighted;
	lanes_real *x = (lanes_real *)f->room, w = lanes_all(0.0);
	lanes_int *sum = (lanes_int *)(x + d), *q = sum + n_columns;

	for (size_t i = 0; i < n; i += LANES, q += n_columns + 1) {
		for (size_t j = 0; j < d; j++)
			x[j] = lanes_load(column[j] + first + i);
		if (weighted)
			w = lanes_load(column[d] + first + i);
		q[n_columns] = LANES_NAME(leaf_label)(f, x, list, m, d);
		if (n - i < LANES)
			q[n_columns] = lanes_pick_int(
				lanes_less_int(LANES_NUMBERS, lanes_all_int((int64_t)(n - i))),
				q[n_columns], none);
		for (size_t j = 0; j < n_columns; j++)
			q[j] = LANES_NAME(leaf_bits)(f, x, w, j, d, weighted);
	}
	for (size_t p = 1; p < m; p++) {
		lanes_int rows = none, number = lanes_all_int((int64_t)p);
		for (size_t j = 0; j < n_columns; j++)
			sum[j] = none;
		q = sum + n_columns;
		for (size_t i = 0; i < n; i += LANES, q += n_columns + 1) {
			lanes_mask own = lanes_equal_int(q[n_columns], number);
			rows += lanes_pick_int(own, one, none);
			for (size_t j = 0; j < n_columns; j++)
				sum[j] = lanes_plus_int(sum[j],
							lanes_pick_int(own, q[j], none));
		}
		LANES_NAME(leaf_move)(f, sum, rows, n_columns, list[0], list[p]);
	}
}

LANES_FUNCTION void LANES_NAME(leaf_lanes)(const struct kmeans_leaf *f, double *const *column,
					   size_t first, size_t n, const uint32_t *list, size_t m)
{
	if (f->s->rows->weight)
		LANES_NAME(leaf_many)(f, column, first, n, list, m, f->d, true);
	else if (f->d == 2 && m == 2)
		LANES_NAME(leaf_two)(f, column, first, n, list, 2);
	else if (f->d == 2)
		LANES_NAME(leaf_many)(f, column, first, n, list, m, 2, false);
	else if (f->d == 3 && m == 2)
		LANES_NAME(leaf_two)(f, column, first, n, list, 3);
	else if (f->d == 3)
		LANES_NAME(leaf_many)(f, column, first, n, list, m, 3, false);
	else
		LANES_NAME(leaf_many)(f, column, first, n, list, m, f->d, false);
}
