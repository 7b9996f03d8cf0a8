/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_sums.h"

/*
 * A direction separates when no row lies on the wrong side of 0 by more than
 * this share of the farthest row on its right side: Newton steps move rows that
 * run off by about 1 and settle the others quadratically.
 */
#define WRONG_SIDE 1e-6
/* A column belongs to the direction when its standardised part is at least
 * this share of the largest. */
#define TAKES_PART 1e-3

/* The range of a column among the rows of either outcome. */
struct range {
	double low[2], high[2];
};

static bool counts(const struct logit_data *data, size_t row)
{
	return !data->weight || data->weight[row] > 0;
}

static struct range range_of(const struct logit_data *data, size_t term)
{
	struct range r = { { INFINITY, INFINITY }, { -INFINITY, -INFINITY } };
	size_t n_rows = data->design->n_rows;
	double x[DESIGN_BLOCK];

	for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		design_expand(data->design, term, first, n, 0, 1, x);
		for (size_t i = 0; i < n; i++) {
			int y = data->y[first + i];
			if (!counts(data, first + i))
				continue;
			r.low[y] = x[i] < r.low[y] ? x[i] : r.low[y];
			r.high[y] = x[i] > r.high[y] ? x[i] : r.high[y];
		}
	}
	return r;
}

/* Albert & Anderson (1984) for a single column: the outcomes' ranges do not
 * overlap by more than a point. */
static int by_column(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space)
{
	int found = 0;

	for (size_t j = 1; j < space->n; j++) {
		struct logit_term *t = &fit->term[space->term[j]];
		struct range r = range_of(data, space->term[j]);
		t->separated = r.high[0] <= r.low[1] ? 1 : r.high[1] <= r.low[0] ? -1 : 0;
		found |= t->separated;
	}
	return found;
}

/*
 * The reference level of a category has no column of its own: its rows are
 * those where all the category's terms are 0.
 */
static int by_reference(struct logit_fit *fit, const struct logit_data *data)
{
	const struct design *d = data->design;
	int found = 0;

	for (size_t s = 0; s < d->n_sources; s++) {
		size_t n_by[2] = { 0, 0 }, first_term = 1;
		double x[DESIGN_BLOCK], sum[DESIGN_BLOCK];
		struct logit_reference *grown;
		if (!d->source[s].category || d->source[s].n_levels < 2)
			continue;
		while (d->term[first_term].source != s)
			first_term++;
		for (size_t first = 0; first < d->n_rows; first += DESIGN_BLOCK) {
			size_t n = d->n_rows - first < DESIGN_BLOCK ? d->n_rows - first : DESIGN_BLOCK;
			memset(sum, 0, sizeof sum);
			for (size_t t = 0; t + 1 < d->source[s].n_levels; t++) {
				design_expand(d, first_term + t, first, n, 0, 1, x);
				for (size_t i = 0; i < n; i++)
					sum[i] += x[i];
			}
			for (size_t i = 0; i < n; i++)
				if (sum[i] == 0 && counts(data, first + i))
					n_by[data->y[first + i]]++;
		}
		if ((n_by[0] == 0) == (n_by[1] == 0))
			continue;
		grown = realloc(fit->reference, (fit->n_references + 1) * sizeof *grown);
		if (!grown)
			return -1;
		fit->reference = grown;
		grown[fit->n_references++] = (struct logit_reference){ s, n_by[0] ? -1 : 1 };
		found = 1;
	}
	return found;
}

/* Marks the terms that take part in a separating direction.  1, or -1. */
static int name_columns(struct logit_fit *fit, const struct logit_space *space, const double *step)
{
	double *unfolded = malloc(space->n * sizeof *unfolded), largest = 0;

	if (!unfolded)
		return -1;
	memcpy(unfolded, step, space->n * sizeof *unfolded);
	logit_unfold(space, unfolded);
	for (size_t j = 1; j < space->n; j++)
		largest = fmax(largest, fabs(unfolded[j] * logit_standard(space, j)));
	for (size_t j = 1; j < space->n; j++)
		if (fabs(unfolded[j] * logit_standard(space, j)) > TAKES_PART * largest)
			fit->term[space->term[j]].separated = unfolded[j] > 0 ? 1 : -1;
	free(unfolded);
	return 1;
}

/* Whether the rows certify that `step` separates; names the columns in it. */
static int by_direction(struct logit_fit *fit, const struct logit_data *data,
			const struct logit_space *space, const double *step)
{
	size_t n_rows = data->design->n_rows;
	double *u = malloc(space->n * DESIGN_BLOCK * sizeof *u), eta[DESIGN_BLOCK];
	double wrong = 0, right = 0;

	if (!u)
		return -1;
	for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		logit_columns(data->design, space, first, n, u);
		logit_eta(space->n, n, u, step, eta);
		for (size_t i = 0; i < n; i++) {
			double margin = data->y[first + i] ? eta[i] : -eta[i];
			if (!counts(data, first + i))
				continue;
			right = margin > right ? margin : right;
			wrong = -margin > wrong ? -margin : wrong;
		}
	}
	free(u);
	return right > 0 && wrong <= WRONG_SIDE * right ? name_columns(fit, space, step) : 0;
}

int logit_separation(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space, const double *step)
{
	int column = by_column(fit, data, space), reference = by_reference(fit, data);
	int direction = 0;

	if (!column && !reference)
		direction = by_direction(fit, data, space, step);
	fit->separated = column || reference || direction > 0;
	return reference < 0 || direction < 0 ? -1 : 0;
}
