/* SPDX-License-Identifier: MIT */
/*
 * Konis' linear program (2007): maximise the sum of the rows' margins
 * s_i u_i'b, s_i = 1 or -1 by the outcome, over |b_j| <= 1 and no margin below
 * 0.  The optimum is 0 exactly when the outcomes overlap.
 *
 * Its dual has one equation a column and one variable a row: minimise
 * |c + sum_i lambda_i s_i u_i|_1 over lambda >= 0, c the sum of the s_i u_i.
 * So a revised simplex needs an inverse of a few columns squared, however many
 * rows there are; its multipliers are b, and the price of row i is its margin:
 * a pass over the rows finds those that should enter.  (A general solver of
 * Debian's would be GLPK, under the GPL, holding n x p numbers.)
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/linalg.h"
#include "model/logit_sums.h"

#define POOL 64         /* rows that may enter between two passes */
#define MAX_PASSES 1000
#define PRICE 1e-10     /* margins above -PRICE are not below 0 */
#define PIVOT 1e-9
#define DEPENDENT 1e-6  /* of a column's norm left over among the rows in use */

struct cone {
	const struct logit_data *data;
	const struct logit_space *space;
	const uint8_t *gone;
	size_t n, *column; /* columns in use, of the space */
	double *u;         /* [space->n][DESIGN_BLOCK] */
	double *inverse;   /* [n][n] of the basis */
	double *value, *cost; /* [n] of the basic variables */
	double *b;         /* [space->n], 0 where not in use */
	double *pool, *margin; /* [POOL][n] and their margins in the pass */
	size_t n_pool;
	double *enter, *share; /* [n] */
};

static void multipliers(struct cone *c)
{
	for (size_t j = 0; j < c->n; j++) {
		double sum = 0;
		for (size_t k = 0; k < c->n; k++)
			sum += c->cost[k] * c->inverse[k * c->n + j];
		c->b[c->column[j]] = sum;
	}
}

/* The column c->enter takes the place of the basic variable that falls to 0
 * first.  False when none falls. */
static bool pivot(struct cone *c, double cost)
{
	size_t n = c->n, out = n;
	double best = INFINITY;

	for (size_t k = 0; k < n; k++) {
		double sum = 0;
		for (size_t j = 0; j < n; j++)
			sum += c->inverse[k * n + j] * c->enter[j];
		c->share[k] = sum;
		if (sum > PIVOT && (c->value[k] / sum < best ||
				    (c->value[k] / sum <= best && sum > c->share[out]))) {
			best = c->value[k] / sum;
			out = k;
		}
	}
	if (out == n)
		return false;
	for (size_t j = 0; j < n; j++)
		c->inverse[out * n + j] /= c->share[out];
	for (size_t k = 0; k < n; k++) {
		if (k == out)
			continue;
		for (size_t j = 0; j < n; j++)
			c->inverse[k * n + j] -= c->share[k] * c->inverse[out * n + j];
		c->value[k] = fmax(c->value[k] - c->share[k] * best, 0);
	}
	c->value[out] = best;
	c->cost[out] = cost;
	return true;
}

/* The cheapest of the pool and of the bounds |b_j| <= 1 into c->enter with its
 * cost; false when all prices are 0 or more. */
static bool price(struct cone *c, double *cost)
{
	double best = -PRICE;

	for (size_t i = 0; i < c->n_pool; i++) {
		double margin = 0;
		for (size_t j = 0; j < c->n; j++)
			margin += c->pool[i * c->n + j] * c->b[c->column[j]];
		if (margin >= best)
			continue;
		best = margin;
		*cost = 0;
		for (size_t j = 0; j < c->n; j++)
			c->enter[j] = -c->pool[i * c->n + j];
	}
	for (size_t j = 0; j < c->n; j++) {
		double b = c->b[c->column[j]];
		if (1 - fabs(b) >= best)
			continue;
		best = 1 - fabs(b);
		*cost = 1;
		memset(c->enter, 0, c->n * sizeof *c->enter);
		c->enter[j] = b > 0 ? 1 : -1;
	}
	return best < -PRICE;
}

static void to_pool(struct cone *c, size_t row, double sign, double margin)
{
	size_t at = c->n_pool;

	if (at == POOL) {
		at = 0;
		for (size_t i = 1; i < POOL; i++)
			at = c->margin[i] > c->margin[at] ? i : at;
		if (margin >= c->margin[at])
			return;
	} else {
		c->n_pool++;
	}
	c->margin[at] = margin;
	for (size_t j = 0; j < c->n; j++)
		c->pool[at * c->n + j] = sign * c->u[c->column[j] * DESIGN_BLOCK + row];
}

/* The worst row of each block that is below 0 comes into the pool. */
static void look_at_rows(struct cone *c)
{
	const struct logit_data *data = c->data;
	size_t n_rows = data->design->n_rows;
	double eta[DESIGN_BLOCK];

	c->n_pool = 0;
	for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		size_t worst = n;
		double least = -PRICE;
		logit_columns(data->design, c->space, first, n, c->u);
		logit_eta(c->space->n, n, c->u, c->b, eta);
		for (size_t i = 0; i < n; i++) {
			double margin = data->y[first + i] ? eta[i] : -eta[i];
			if (c->gone[first + i] || margin >= least)
				continue;
			least = margin;
			worst = i;
		}
		if (worst < n)
			to_pool(c, worst, data->y[first + worst] ? 1 : -1, least);
	}
}

/* The sum of the rows and their cross products; of dependent columns the last
 * is left out.  The number of rows in use; negative: no memory. */
static double start(struct cone *c)
{
	size_t m = c->space->n, n_rows = c->data->design->n_rows;
	double *sum = calloc(m + m * m, sizeof *sum), *cross = sum + m, used = 0;
	int *alias = calloc(m, sizeof *alias), status = sum && alias ? 0 : -1;

	for (size_t first = 0; status == 0 && first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		logit_columns(c->data->design, c->space, first, n, c->u);
		for (size_t i = 0; i < n; i++) {
			double sign = c->data->y[first + i] ? 1 : -1;
			if (c->gone[first + i])
				continue;
			used++;
			for (size_t j = 0; j < m; j++)
				sum[j] += sign * c->u[j * DESIGN_BLOCK + i];
			for (size_t j = 0; j < m; j++)
				for (size_t k = 0; k < m; k++)
					cross[j * m + k] += c->u[j * DESIGN_BLOCK + i] *
							    c->u[k * DESIGN_BLOCK + i];
		}
	}
	if (status == 0 && used > 0)
		status = linalg_aliased(m, cross, DEPENDENT, alias);
	for (size_t j = 0; status == 0 && j < m; j++)
		if (!alias[j] && used > 0)
			c->column[c->n++] = j;
	for (size_t k = 0; k < c->n; k++) {
		double s = sum[c->column[k]] / used;
		c->value[k] = fabs(s);
		c->cost[k] = 1;
		c->inverse[k * c->n + k] = s < 0 ? -1 : 1;
	}
	free(sum);
	free(alias);
	return status == 0 ? used : -1;
}

static void solve(struct cone *c)
{
	double cost;

	for (int pass = 0; pass < MAX_PASSES; pass++) {
		multipliers(c);
		look_at_rows(c);
		if (c->n_pool == 0)
			return;
		/* A cycle is not likely, but possible: then another pass's rows. */
		for (size_t pivots = 0; pivots < POOL + 4 * c->n && price(c, &cost); pivots++) {
			if (!pivot(c, cost))
				return;
			multipliers(c);
		}
	}
}

int logit_cone(const struct logit_data *data, const struct logit_space *space, const uint8_t *gone,
	       double *b)
{
	size_t m = space->n;
	struct cone c = { .data = data, .space = space, .gone = gone, .b = b };
	int status = -1;

	c.column = calloc(m, sizeof *c.column);
	c.u = malloc(m * DESIGN_BLOCK * sizeof *c.u);
	c.inverse = calloc(m * m + 4 * m, sizeof *c.inverse);
	c.pool = malloc((m + 1) * POOL * sizeof *c.pool);
	memset(b, 0, m * sizeof *b);
	if (c.column && c.u && c.inverse && c.pool) {
		c.value = c.inverse + m * m;
		c.cost = c.value + m;
		c.enter = c.cost + m;
		c.share = c.enter + m;
		c.margin = c.pool + m * POOL;
		double used = start(&c);
		status = used < 0 ? -1 : 0;
		if (used > 0)
			solve(&c);
	}
	free(c.column);
	free(c.u);
	free(c.inverse);
	free(c.pool);
	return status;
}
