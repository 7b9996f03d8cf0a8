/* SPDX-License-Identifier: MIT */
#ifndef MODEL_ASSIGN_H
#define MODEL_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

#include "model/kmodel.h"
#include "model/transform.h"

struct param_list;

/*
 * A k-means model made ready to label rows: where each feature comes from, and
 * the centres in one block.  Labels are nearest_row's (model/nearest.h), and so
 * those of the fit.
 */
#define ASSIGN_NOT_USED SIZE_MAX /* also TRANSFORM_NOT_USED */
struct assign {
	struct kmodel model;
	struct transform transform; /* of raw rows; n_outputs = 0: none */
	size_t *column; /* of the rows, for each feature that is taken as it is; or NOT_USED */
	size_t *output; /* of the transformation, for each feature that is made; or NOT_USED */
	size_t *input;  /* column of the rows for each input of the transformation; or NOT_USED */
	double *centre; /* [model.k][model.n_columns] */
};

/* From a model's parameter rows.  0, or -1 with a message and *a empty. */
int assign_load(struct assign *a, const struct param_list *p, char error[KMODEL_ERROR]);

/*
 * Finds the features among the columns of the rows: a column of the feature's
 * own name (`monetary_scaled`) is taken as it is; else it is made of the raw
 * columns (`monetary`) by the parameters in the model.  Returns 0, or -1 with a
 * message that names the column.
 */
int assign_bind(struct assign *a, const char *const *name, size_t n, char error[KMODEL_ERROR]);

struct assigned {
	size_t segment, second; /* 1..k; second 0 when k = 1 */
	double distance;        /* Euclidean, in the model's space */
	double margin;          /* second distance - distance; NaN when k = 1 */
};

/* The label of a row of features.  O(k d) */
struct assigned assign_row(const struct assign *a, const double *x);

/* The distance of a row to the centre of segment 1..k. */
double assign_distance(const struct assign *a, const double *x, size_t segment);

void assign_free(struct assign *a);

#endif
