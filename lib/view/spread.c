/* SPDX-License-Identifier: MIT */
#include "view/spread.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/par.h"

#define WIDE 100.0 /* ratio of variances: one standard deviation against ten */

/* About the first value, so that a constant column has none, in two passes and in
 * lanes: a warning needs no last bit, and the rows may be in any order. */
static double variance(const double *x, size_t n)
{
	double sum[8] = { 0 }, squares[8] = { 0 }, mean;
	for (size_t i = 0; i < n; i++)
		sum[i % 8] += (x[i] - x[0]) / (double)n;
	mean = sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
	for (size_t i = 0; i < n; i++)
		squares[i % 8] += (x[i] - x[0] - mean) * (x[i] - x[0] - mean);
	return (squares[0] + squares[1] + squares[2] + squares[3] + squares[4] + squares[5] +
		squares[6] + squares[7]) / (double)n;
}

struct spread {
	double *const *x;
	size_t n_rows;
	double *variance; /* [columns] */
};

static void find_variance(void *ctx, size_t c)
{
	const struct spread *s = ctx;

	s->variance[c] = variance(s->x[c], s->n_rows);
}

void spread_warn(char *const *name, double *const *x, size_t n_columns, size_t n_rows, int threads)
{
	struct spread s = { x, n_rows, mem_array(n_columns, sizeof *s.variance) };
	size_t widest = n_columns, narrowest = n_columns;
	double most = 0, least = 0;
	par_for(threads, n_columns, find_variance, &s);
	for (size_t c = 0; c < n_columns; c++) {
		double v = s.variance[c];
		if (!(v > 0)) {
			msg_warn("feature %s is constant: it tells no rows apart", name[c]);
			continue;
		}
		if (widest == n_columns || v > most)
			widest = c, most = v;
		if (narrowest == n_columns || v < least)
			narrowest = c, least = v;
	}
	if (most > WIDE * least)
		msg_warn("feature %s varies %.3g times as much as %s (variances), which hardly counts: "
			 "seg-scale makes them comparable", name[widest], most / least, name[narrowest]);
	free(s.variance);
}
