/* SPDX-License-Identifier: MIT */
#include "model/assign.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/nearest.h"
#include "table/param.h"

int assign_load(struct assign *a, const struct param_list *p, char error[KMODEL_ERROR])
{
	size_t d;

	*a = (struct assign){ 0 };
	if (kmodel_load(&a->model, p, error) != 0)
		return -1;
	if (encode_load(&a->encode, p, error) != 0)
		goto failed;
	d = a->model.n_columns;
	a->feature = calloc(d, sizeof *a->feature);
	a->centre = calloc(a->model.k * d, sizeof *a->centre);
	if (!a->feature || !a->centre) {
		snprintf(error, KMODEL_ERROR, "out of memory");
		goto failed;
	}
	for (size_t s = 0; s < a->model.k; s++)
		memcpy(a->centre + s * d, a->model.segment[s].centre, d * sizeof *a->centre);
	return 0;
failed:
	assign_free(a);
	return -1;
}

static ptrdiff_t find(const char *const *name, size_t n, const char *wanted)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name[i], wanted) == 0)
			return (ptrdiff_t)i;
	return -1;
}

/* The one-hot column and level that a feature `column=level` stands for. */
static const struct encode_column *find_level(const struct encode *e, const char *feature,
					      struct span *level)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct encode_column *c = &e->column[i];
		size_t n = strlen(c->name);
		if (c->kind != ENCODE_ONEHOT || strncmp(feature, c->name, n) != 0 ||
		    feature[n] != '=')
			continue;
		*level = span_of(feature + n + 1);
		if (encode_level(c, *level) >= 0)
			return c;
	}
	return NULL;
}

static int bind_feature(struct assign *a, size_t j, const char *const *name, size_t n)
{
	struct assign_feature *f = &a->feature[j];
	const char *feature = a->model.column[j].name, *raw = a->model.column[j].raw;
	ptrdiff_t at = find(name, n, feature);

	*f = (struct assign_feature){ .source = ASSIGN_AS_IS };
	if (at < 0 && strcmp(feature, raw) != 0) {
		f->scale = kmodel_scale(&a->model, j);
		f->encode = encode_find(&a->encode, ENCODE_ORDINAL, raw);
		f->source = f->encode ? ASSIGN_ORDER : ASSIGN_SCALE;
		at = f->scale ? find(name, n, raw) : -1;
	} else if (at < 0) {
		f->encode = find_level(&a->encode, feature, &f->level);
		f->source = ASSIGN_LEVEL;
		at = f->encode ? find(name, n, f->encode->name) : -1;
	}
	f->column = (size_t)at;
	return at < 0 ? -1 : 0;
}

int assign_bind(struct assign *a, const char *const *name, size_t n, char error[KMODEL_ERROR])
{
	for (size_t j = 0; j < a->model.n_columns; j++) {
		const struct assign_feature *f = &a->feature[j];
		const char *feature = a->model.column[j].name;
		if (bind_feature(a, j, name, n) == 0)
			continue;
		if (f->scale || f->encode)
			snprintf(error, KMODEL_ERROR, "no column \"%.60s\", nor \"%.60s\" to make it of",
				 feature, f->scale ? f->scale->name : f->encode->name);
		else
			snprintf(error, KMODEL_ERROR, "no column \"%.120s\"", feature);
		return -1;
	}
	return 0;
}

enum assign_status assign_value(const struct assign_feature *f, double number, struct span field,
				double *value)
{
	ptrdiff_t at = 0;

	if (f->source == ASSIGN_ORDER || f->source == ASSIGN_LEVEL)
		at = encode_level(f->encode, field);
	if (f->source == ASSIGN_LEVEL) {
		struct span level = field.n ? field : f->encode->fill;
		*value = level.s && span_equal(level, f->level);
		if (at >= 0)
			return ASSIGN_OK;
		if (field.n)
			return ASSIGN_UNSEEN;
		*value = (double)NAN;
		return ASSIGN_MISSING;
	}
	if (f->source == ASSIGN_ORDER)
		number = at < 0 ? (double)NAN : (double)at;
	if (at < 0 && field.n) {
		*value = number;
		return ASSIGN_UNSEEN;
	}
	*value = f->scale ? scale_apply(f->scale, number) : number;
	if (!isnan(*value))
		return ASSIGN_OK;
	return isnan(number) && (!f->scale || isnan(f->scale->fill)) ? ASSIGN_MISSING
								     : ASSIGN_NO_IMAGE;
}

struct assigned assign_row(const struct assign *a, const double *x)
{
	struct nearest r = nearest_row(x, a->centre, a->model.k, a->model.n_columns);
	double distance = sqrt(r.squared);

	if (a->model.k == 1)
		return (struct assigned){ 1, 0, distance, (double)NAN };
	return (struct assigned){ r.index + 1, r.second + 1, distance,
				  sqrt(r.squared_second) - distance };
}

double assign_distance(const struct assign *a, const double *x, size_t segment)
{
	size_t d = a->model.n_columns;

	return sqrt(nearest_squared(x, a->centre + (segment - 1) * d, d));
}

void assign_free(struct assign *a)
{
	kmodel_free(&a->model);
	encode_free(&a->encode);
	free(a->feature);
	free(a->centre);
	*a = (struct assign){ 0 };
}
