/* SPDX-License-Identifier: MIT */
/* For product.c alone, once for each width of vectors (model/lanes.h). */

/* A centre's value of |c|^2 - 2 x.c for one vector of rows, into the two least. */
#define CONSIDER(s, number) \
	do { \
		lanes_float_mask less = lanes_less_float(s, best[h]); \
		lanes_float other = lanes_pick_float(less, best[h], s); \
		next[h] = lanes_least_float(other, next[h]); \
		best[h] = lanes_pick_float(less, s, best[h]); \
		at[h] = lanes_pick_float(less, lanes_all_bits(number), at[h]); \
	} while (0)

/*
 * |c|^2 - 2 x.c of sixteen rows: the least, its centre, and the second least.
 * Where products are rounded with their sums they are nearer to the truth.
 */
LANES_FUNCTION void LANES_NAME(two_least)(const struct product *p, const float *x, float *least,
					  float *second, int32_t *index)
{
	enum { VECTORS = PRODUCT_LANES / LANES_FLOATS };
	lanes_float best[VECTORS], next[VECTORS], at[VECTORS], s[VECTORS][TILE];

	for (size_t h = 0; h < VECTORS; h++) {
		best[h] = next[h] = lanes_all_float(INFINITY);
		at[h] = lanes_all_bits(0);
	}
	for (size_t t = 0; t < p->n_tiles; t++) {
		const float *c = p->centre + t * TILE * p->d;
#pragma GCC unroll 4
		for (size_t h = 0; h < VECTORS; h++)
#pragma GCC unroll 4
			for (size_t i = 0; i < TILE; i++)
				s[h][i] = lanes_all_float(p->squares[t * TILE + i]);
		for (size_t j = 0; j < p->d; j++)
#pragma GCC unroll 4
			for (size_t i = 0; i < TILE; i++) {
				lanes_float v = lanes_all_float(c[j * TILE + i]);
#pragma GCC unroll 4
				for (size_t h = 0; h < VECTORS; h++) {
					const float *at_x = x + j * PRODUCT_LANES + h * LANES_FLOATS;
					s[h][i] = lanes_add_product(s[h][i],
								    lanes_load_float(at_x), v);
				}
			}
#pragma GCC unroll 4
		for (size_t h = 0; h < VECTORS; h++)
#pragma GCC unroll 4
			for (size_t i = 0; i < TILE; i++)
				CONSIDER(s[h][i], (int32_t)(t * TILE + i));
	}
	for (size_t h = 0; h < VECTORS; h++) {
		lanes_store_float(least + h * LANES_FLOATS, best[h]);
		lanes_store_float(second + h * LANES_FLOATS, next[h]);
		memcpy(index + h * LANES_FLOATS, &at[h], sizeof at[h]);
	}
}

#undef CONSIDER
