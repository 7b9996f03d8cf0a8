/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_sums.h"

/*
 * A direction separates when no row lies on the wrong side of 0 by more than
 * this share of the farthest row on its right side.
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

/* Rows beyond the point that the ranges have in common are settled. */
static void settle(const struct logit_data *data, size_t term, const struct range *r, int direction,
		   uint8_t *gone)
{
	size_t n_rows = data->design->n_rows;
	double x[DESIGN_BLOCK];

	for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
		size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
		design_expand(data->design, term, first, n, 0, 1, x);
		for (size_t i = 0; i < n; i++)
			gone[first + i] |= (data->y[first + i] == 1) == (direction > 0) ?
						   x[i] > r->high[direction < 0] :
						   x[i] < r->low[direction > 0];
	}
}

/* Albert & Anderson (1984) for a single column: the outcomes' ranges do not
 * overlap by more than a point. */
static int by_column(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space, uint8_t *gone)
{
	int found = 0;

	for (size_t j = 1; j < space->n; j++) {
		struct logit_term *t = &fit->term[space->term[j]];
		struct range r = range_of(data, space->term[j]);
		int up = r.high[0] <= r.low[1], below = up ? 0 : 1;
		t->separated = up ? 1 : r.high[1] <= r.low[0] ? -1 : 0;
		if (t->separated)
			settle(data, space->term[j], &r, t->separated, gone);
		/* The rows part at a point; if that cannot be 0, the intercept has
		 * to run off as well. */
		if (t->separated && !(r.high[below] <= 0 && r.low[!below] >= 0))
			fit->term[0].drawn = true;
		found |= t->separated;
	}
	return found;
}

/* The rows of a category's reference level, which has no column of its own. */
static void at_reference(const struct design *d, size_t source, uint8_t *there)
{
	const struct design_factor reference = { source, 0, 1 };
	double x[DESIGN_BLOCK];

	for (size_t first = 0; first < d->n_rows; first += DESIGN_BLOCK) {
		size_t n = d->n_rows - first < DESIGN_BLOCK ? d->n_rows - first : DESIGN_BLOCK;
		design_factor_values(d, &reference, first, n, x);
		for (size_t i = 0; i < n; i++)
			there[first + i] = x[i] > 0;
	}
}

static int by_reference(struct logit_fit *fit, const struct logit_data *data, uint8_t *gone)
{
	const struct design *d = data->design;
	uint8_t *there = malloc(d->n_rows);
	int found = 0;

	for (size_t s = 0; there && s < d->n_sources; s++) {
		size_t n_by[2] = { 0, 0 };
		struct logit_reference *grown;
		if (!d->source[s].category || d->source[s].n_levels < 2 || !design_has_main(d, s))
			continue;
		at_reference(d, s, there);
		for (size_t i = 0; i < d->n_rows; i++)
			if (there[i] && counts(data, i))
				n_by[data->y[i]]++;
		if ((n_by[0] == 0) == (n_by[1] == 0))
			continue;
		grown = realloc(fit->reference, (fit->n_references + 1) * sizeof *grown);
		if (!grown) {
			free(there);
			return -1;
		}
		fit->reference = grown;
		grown[fit->n_references++] = (struct logit_reference){ s, n_by[0] ? -1 : 1 };
		for (size_t i = 0; i < d->n_rows; i++)
			gone[i] |= there[i];
		found = 1;
	}
	free(there);
	return there ? found : -1;
}

/* Marks the terms that take part in a separating direction, in place turned
 * into one of the u; what an earlier direction has said stands. */
static void name_columns(struct logit_fit *fit, const struct logit_space *space, double *b)
{
	double largest = 0;

	logit_unfold(space, b);
	for (size_t j = 1; j < space->n; j++)
		largest = fmax(largest, fabs(b[j] * logit_standard(space, j)));
	for (size_t j = 1; j < space->n; j++)
		b[0] -= b[j] * space->factor[j] * space->center[j];
	fit->term[0].drawn |= fabs(b[0]) > TAKES_PART * largest;
	for (size_t j = 1; j < space->n; j++) {
		struct logit_term *t = &fit->term[space->term[j]];
		if (fabs(b[j] * logit_standard(space, j)) > TAKES_PART * largest && !t->separated)
			t->separated = b[j] > 0 ? 1 : -1;
	}
}

/* The margins of the rows in question in direction b: whether it separates.
 * Those that it moves are then settled. */
static int certify(const struct logit_data *data, const struct logit_space *space, const double *b,
		   uint8_t *gone)
{
	size_t n_rows = data->design->n_rows;
	double *u = malloc(space->n * DESIGN_BLOCK * sizeof *u), eta[DESIGN_BLOCK];
	double wrong = 0, right = 0;

	for (int round = 0; u && round < 2; round++)
		for (size_t first = 0; first < n_rows; first += DESIGN_BLOCK) {
			size_t n = n_rows - first < DESIGN_BLOCK ? n_rows - first : DESIGN_BLOCK;
			logit_columns(data->design, space, first, n, u);
			logit_eta(space->n, n, u, b, eta);
			for (size_t i = 0; i < n; i++) {
				double margin = data->y[first + i] ? eta[i] : -eta[i];
				if (gone[first + i])
					continue;
				if (round == 1 && wrong <= WRONG_SIDE * right) {
					gone[first + i] = margin > WRONG_SIDE * right;
				} else if (round == 0) {
					right = margin > right ? margin : right;
					wrong = -margin > wrong ? -margin : wrong;
				}
			}
		}
	free(u);
	return !u ? -1 : right > 0 && wrong <= WRONG_SIDE * right;
}

/* Each direction settles a row at least. */
static int by_direction(struct logit_fit *fit, const struct logit_data *data,
			const struct logit_space *space, uint8_t *gone)
{
	double *b = malloc(space->n * sizeof *b);
	int found = 0, status = b ? 1 : -1;

	while (status == 1) {
		status = logit_cone(data, space, gone, b) == 0 ? certify(data, space, b, gone) : -1;
		if (status == 1)
			name_columns(fit, space, b);
		found |= status == 1;
	}
	free(b);
	return status < 0 ? -1 : found;
}

/*
 * A reference level that runs off takes the intercept and the other levels'
 * terms with it, which are measured from it.  Where every row is settled no
 * row is left that any estimate could be told from.
 */
static void draw_along(struct logit_fit *fit, const struct design *d, const uint8_t *gone)
{
	size_t n_left = 0;

	for (size_t i = 0; i < d->n_rows; i++)
		n_left += !gone[i];
	for (size_t t = 0; t < fit->n_terms && n_left == 0; t++)
		fit->term[t].drawn = true;
	for (size_t k = 0; k < fit->n_references; k++)
		for (size_t t = 0; t < fit->n_terms; t++)
			fit->term[t].drawn |= t == 0 ||
					      (d->term[t].n_factors == 1 &&
					       d->term[t].factor[0].source == fit->reference[k].source);
}

int logit_separation(struct logit_fit *fit, const struct logit_data *data,
		     const struct logit_space *space)
{
	uint8_t *gone = malloc(data->design->n_rows);
	int column, reference = -1, direction = -1;

	if (!gone)
		return -1;
	for (size_t i = 0; i < data->design->n_rows; i++)
		gone[i] = !counts(data, i);
	column = by_column(fit, data, space, gone);
	reference = by_reference(fit, data, gone);
	if (reference >= 0)
		direction = by_direction(fit, data, space, gone);
	draw_along(fit, data->design, gone);
	free(gone);
	fit->separated = column || reference > 0 || direction > 0;
	return direction < 0 ? -1 : 0;
}
