/* SPDX-License-Identifier: MIT */
#include "model/transform_in.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

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

static void read_raw(struct transform_in *r, const struct tsv_in *in)
{
	const struct transform *t = r->t;

	for (size_t i = 0; i < t->scale.n; i++) {
		size_t c = r->column[i];
		if (c == TRANSFORM_NOT_USED)
			continue;
		r->number[i] = t->ordinal[i] ? transform_position(t, i, in->field[c])
					     : tsv_real(in, c);
		if (t->ordinal[i] && r->number[i] < 0)
			tsv_die_value(in, c, "is none of its ordered levels");
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		if (r->column[t->scale.n + i] != TRANSFORM_NOT_USED)
			r->level[i] = in->field[r->column[t->scale.n + i]];
}

static void note_unseen(struct transform_in *r, const struct tsv_in *in, size_t column)
{
	if (r->strict)
		tsv_die_value(in, column, "is no level of the fit");
	if (r->n_unseen++ == 0)
		r->first_unseen = tsv_place(in, column);
}

/* What transform_row found wrong, cell by cell; whether features are there. */
static bool note_flaws(struct transform_in *r, const struct tsv_in *in)
{
	const struct transform *t = r->t;
	uint64_t n_missing = 0;

	for (size_t i = 0; i < t->scale.n; i++) {
		const struct scale_column *c = &t->scale.column[i];
		bool missing = isnan(r->number[i]) && isnan(c->fill);
		double x = isnan(r->number[i]) ? c->fill : r->number[i];
		if (!missing && isnan(scale_shaped(c, x)) && c->shape == SCALE_LOG1P)
			tsv_die(in, (ptrdiff_t)r->column[i], "log1p has no value at %.15g", x);
		if (!missing && !isfinite(scale_apply(c, x)))
			tsv_die(in, (ptrdiff_t)r->column[i], "%.15g is beyond what doubles hold when "
				"it is scaled", x);
		if (missing)
			n_missing += ++r->missing[r->column[i]];
	}
	for (size_t i = 0; i < t->n_onehot; i++) {
		size_t column = r->column[t->scale.n + i];
		if (encode_level(t->onehot[i], r->level[i]) >= 0)
			continue;
		if (r->level[i].n == 0)
			n_missing += ++r->missing[column];
		else
			note_unseen(r, in, column);
	}
	return n_missing == 0;
}

bool transform_in_take(struct transform_in *r, const struct tsv_in *in)
{
	read_raw(r, in);
	return transform_row(r->t, r->number, r->level, r->y) == 0 || note_flaws(r, in);
}

const double *transform_in_outputs(struct transform_in *r)
{
	return transform_project(r->t, r->y, r->z);
}

char *transform_in_warning(const struct transform_in *r)
{
	return r->n_unseen ? mem_printf("levels that the fit did not see, all zeros now: %llu; "
					"the first: %s", (unsigned long long)r->n_unseen,
					r->first_unseen) : NULL;
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
