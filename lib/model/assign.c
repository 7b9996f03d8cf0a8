/* SPDX-License-Identifier: MIT */
#include "model/assign.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/nearest.h"
#include "table/param.h"

static size_t *unused(size_t n)
{
	size_t *at = malloc((n + 1) * sizeof *at);

	for (size_t i = 0; at && i < n; i++)
		at[i] = ASSIGN_NOT_USED;
	return at;
}

/* The transformation, if the model holds one. */
static int load_transform(struct assign *a, const struct param_list *p, char error[KMODEL_ERROR])
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->row[i].kind, "scale") == 0 || strcmp(p->row[i].kind, "onehot") == 0)
			return transform_load(&a->transform, p, error);
	return 0;
}

int assign_load(struct assign *a, const struct param_list *p, char error[KMODEL_ERROR])
{
	size_t d;

	*a = (struct assign){ 0 };
	if (kmodel_load(&a->model, p, error) != 0)
		return -1;
	if (load_transform(a, p, error) != 0)
		goto failed;
	d = a->model.n_columns;
	a->column = unused(d);
	a->output = unused(d);
	a->input = unused(a->transform.scale.n + a->transform.n_onehot);
	a->centre = calloc(a->model.k * d, sizeof *a->centre);
	if (!a->column || !a->output || !a->input || !a->centre) {
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

static size_t find(const char *const *name, size_t n, const char *wanted)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name[i], wanted) == 0)
			return i;
	return ASSIGN_NOT_USED;
}

static size_t find_output(const struct transform *t, const char *wanted)
{
	for (size_t i = 0; i < t->n_outputs; i++) {
		char *name = transform_output(t, i);
		bool same = name && strcmp(name, wanted) == 0;
		free(name);
		if (same)
			return i;
	}
	return ASSIGN_NOT_USED;
}

/* Whether output `o` is made of input `i`. */
static bool uses(const struct transform *t, size_t o, size_t i)
{
	if (t->pca.n_out)
		return true;
	if (o < t->scale.n)
		return o == i;
	o -= t->scale.n;
	for (size_t j = 0; j < t->n_onehot; j++) {
		size_t width = encode_width(t->onehot[j]);
		if (o < width)
			return i == t->scale.n + j;
		o -= width;
	}
	return false;
}

int assign_bind(struct assign *a, const char *const *name, size_t n, char error[KMODEL_ERROR])
{
	const struct transform *t = &a->transform;
	size_t n_inputs = t->scale.n + t->n_onehot;

	for (size_t j = 0; j < a->model.n_columns; j++) {
		const char *feature = a->model.column[j].name;
		a->column[j] = find(name, n, feature);
		if (a->column[j] != ASSIGN_NOT_USED)
			continue;
		a->output[j] = find_output(t, feature);
		if (a->output[j] == ASSIGN_NOT_USED) {
			snprintf(error, KMODEL_ERROR, "no column \"%.120s\"", feature);
			return -1;
		}
		for (size_t i = 0; i < n_inputs; i++) {
			if (!uses(t, a->output[j], i))
				continue;
			a->input[i] = find(name, n, transform_input(t, i));
			if (a->input[i] != ASSIGN_NOT_USED)
				continue;
			snprintf(error, KMODEL_ERROR, "no column \"%.60s\", nor \"%.60s\" to make it of",
				 feature, transform_input(t, i));
			return -1;
		}
	}
	return 0;
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
	transform_free(&a->transform);
	free(a->column);
	free(a->output);
	free(a->input);
	free(a->centre);
	*a = (struct assign){ 0 };
}
