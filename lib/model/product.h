/* SPDX-License-Identifier: MIT */
#ifndef MODEL_PRODUCT_H
#define MODEL_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Nearest centres by a matrix product in single precision: |x - c|^2 =
 * |x|^2 + |c|^2 - 2 x.c, about the middle of the rows' box and scaled to it,
 * with a bound on what rounding does.  It names the nearest centre only when it
 * is nearer than any other by more than that bound, so that its answer is
 * always that of nearest_row; near ties are left to the caller.
 */

#define PRODUCT_LANES 16 /* rows at a time */
#define PRODUCT_NONE UINT32_MAX

struct product {
	size_t k, d;
	size_t n_tiles;  /* of centres */
	bool usable;     /* false: the range of rows or centres is beyond single precision */
	double scale;    /* a power of two */
	double *middle;  /* [d] */
	float *centre;   /* [n_tiles][d][4]: -2 times the centres */
	float *squares;  /* [n_tiles * 4] |c|^2, infinity beyond k */
	double farthest; /* the largest |c| */
};

/* low[d], high[d]: the box of all rows.  Returns 0, or -1 without memory. */
int product_init(struct product *p, const double *low, const double *high, size_t k, size_t d);
void product_free(struct product *p);

/* The centres, [k][d], from now on. O(k d) */
void product_centres(struct product *p, const double *centre);

/*
 * For the m rows row[0..m) of the columns: nearest[i] is the nearest centre, or
 * PRODUCT_NONE when the product cannot tell; others[i] is no larger than the
 * distance to any other centre (where there is an answer).  room[d *
 * PRODUCT_LANES] is scratch.  O(m k d)
 */
void product_nearest(const struct product *p, double *const *column, const uint32_t *row,
		     size_t m, float *room, uint32_t *nearest, double *others);

#endif
