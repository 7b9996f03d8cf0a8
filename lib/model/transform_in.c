/* SPDX-License-Identifier: MIT */
#include "model/transform_in.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "value/num.h"

void transform_in_init(struct transform_in *r, const struct transform *t, size_t *column,
		       uint64_t *missing, bool strict)
{
	*r = (struct transform_in){ .t = t, .column = column, .missing = missing, .strict = strict };
	r->number = mem_zero(t->scale.n + 1, sizeof *r->number);
	r->level = mem_zero(t->n_onehot + 1, sizeof *r->level);
	r->y = mem_array(t->n_features + 1, sizeof *r->y);
	r->z = mem_array(t->n_features + 1, sizeof *r->z);
	for (size_t i = 0; i < t->n_onehot; i++)
		r->level[i] = t->onehot[i]->level[0];
}

/* False when a value is no number or no ordered level. */
static bool read_raw(struct transform_in *r, const struct tsv_in *in)
{
	const struct transform *t = r->t;

	for (size_t i = 0; i < t->scale.n; i++) {
		size_t c = r->column[i];
		if (c == TRANSFORM_NOT_USED)
			continue;
		struct span f = in->field[c];
		r->number[i] = t->ordinal[i] ? transform_position(t, i, f) : (double)NAN;
		if (t->ordinal[i] ? r->number[i] < 0 : f.n && !num_parse(f.s, f.n, &r->number[i]))
			return false;
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		if (r->column[t->scale.n + i] != TRANSFORM_NOT_USED)
			r->level[i] = in->field[r->column[t->scale.n + i]];
	return true;
}

static bool is_missing(const struct transform_in *r, size_t i)
{
	return isnan(r->number[i]) && isnan(r->t->scale.column[i].fill);
}

/* Whether what transform_row found wrong cannot be let pass. */
static bool is_refused(const struct transform_in *r)
{
	const struct transform *t = r->t;

	for (size_t i = 0; i < t->scale.n; i++)
		if (!is_missing(r, i) && !isfinite(r->y[i]))
			return true;
	for (size_t i = 0; i < t->n_onehot && r->strict; i++)
		if (r->level[i].n && encode_level(t->onehot[i], r->level[i]) < 0)
			return true;
	return false;
}

/* Counts it, cell by cell; whether features are there. */
static bool count_flaws(struct transform_in *r, const struct tsv_in *in)
{
	const struct transform *t = r->t;
	uint64_t n_missing = 0;

	for (size_t i = 0; i < t->scale.n; i++)
		if (is_missing(r, i))
			n_missing += ++r->missing[r->column[i]];
	for (size_t i = 0; i < t->n_onehot; i++) {
		size_t column = r->column[t->scale.n + i];
		if (encode_level(t->onehot[i], r->level[i]) >= 0)
			continue;
		if (r->level[i].n == 0)
			n_missing += ++r->missing[column];
		else if (r->n_unseen++ == 0)
			r->first_unseen = tsv_place(in, column);
	}
	return n_missing == 0;
}

enum transform_in_state transform_in_try(struct transform_in *r, const struct tsv_in *in)
{
	if (!read_raw(r, in))
		return TRANSFORM_IN_REFUSED;
	if (transform_row(r->t, r->number, r->level, r->y) == 0)
		return TRANSFORM_IN_WHOLE;
	if (is_refused(r))
		return TRANSFORM_IN_REFUSED;
	return count_flaws(r, in) ? TRANSFORM_IN_WHOLE : TRANSFORM_IN_INCOMPLETE;
}

void transform_in_die(struct transform_in *r, const struct tsv_in *in)
{
	const struct transform *t = r->t;

	for (size_t i = 0; i < t->scale.n; i++) {
		if (r->column[i] == TRANSFORM_NOT_USED)
			continue;
		if (!t->ordinal[i])
			tsv_real(in, r->column[i]);
		else if (transform_position(t, i, in->field[r->column[i]]) < 0)
			tsv_die_value(in, r->column[i], "is none of its ordered levels");
	}
	for (size_t i = 0; i < t->scale.n; i++) {
		const struct scale_column *c = &t->scale.column[i];
		double x = isnan(r->number[i]) ? c->fill : r->number[i];
		if (isnan(x) || isfinite(scale_apply(c, x)))
			continue;
		if (c->shape == SCALE_LOG1P && isnan(scale_shaped(c, x)))
			tsv_die(in, (ptrdiff_t)r->column[i], "log1p has no value at %.15g", x);
		tsv_die(in, (ptrdiff_t)r->column[i], "%.15g is beyond what doubles hold once it is "
			"scaled", x);
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		if (r->level[i].n && encode_level(t->onehot[i], r->level[i]) < 0)
			tsv_die_value(in, r->column[t->scale.n + i], "is no level of the fit");
	tsv_die(in, -1, "cannot be transformed");
}

bool transform_in_take(struct transform_in *r, const struct tsv_in *in)
{
	enum transform_in_state state = transform_in_try(r, in);

	if (state == TRANSFORM_IN_REFUSED)
		transform_in_die(r, in);
	return state == TRANSFORM_IN_WHOLE;
}

const double *transform_in_outputs(struct transform_in *r)
{
	return transform_project(r->t, r->y, r->z);
}

char *transform_in_unseen(uint64_t n, const char *first)
{
	return n ? mem_printf("levels that the fit did not see, all zeros now: %llu; the first: %s",
			      (unsigned long long)n, first) : NULL;
}

char *transform_in_warning(const struct transform_in *r)
{
	return transform_in_unseen(r->n_unseen, r->first_unseen);
}

void transform_in_free(struct transform_in *r)
{
	free(r->number);
	free(r->level);
	free(r->y);
	free(r->z);
	free(r->first_unseen);
	*r = (struct transform_in){ 0 };
}
