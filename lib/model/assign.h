/* SPDX-License-Identifier: MIT */
#ifndef MODEL_ASSIGN_H
#define MODEL_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

#include "model/encode.h"
#include "model/kmodel.h"
#include "value/span.h"

struct param_list;

/*
 * A k-means model made ready to label rows: where each feature comes from, and
 * the centres in one block.  Labels are nearest_row's (model/nearest.h), and so
 * those of the fit.
 */
enum assign_source {
	ASSIGN_AS_IS, /* the number in the column of the feature's own name */
	ASSIGN_SCALE, /* the raw number, transformed */
	ASSIGN_ORDER, /* the raw level's position, transformed */
	ASSIGN_LEVEL, /* 1 when the raw level is this one, else 0 */
};

struct assign_feature {
	enum assign_source source;
	size_t column; /* of the rows */
	const struct scale_column *scale;
	const struct encode_column *encode;
	struct span level;
};

struct assign {
	struct kmodel model;
	struct encode encode;
	struct assign_feature *feature; /* [model.n_columns] */
	double *centre;                 /* [model.k][model.n_columns] */
};

/* From a model's parameter rows.  0, or -1 with a message and *a empty. */
int assign_load(struct assign *a, const struct param_list *p, char error[KMODEL_ERROR]);

/*
 * Finds the features among the columns of the rows: a column of the feature's
 * own name (`monetary_scaled`) is taken as it is; else the raw column
 * (`monetary`) is transformed by the parameters in the model.  Returns 0, or
 * -1 with a message that names the column.
 */
int assign_bind(struct assign *a, const char *const *name, size_t n, char error[KMODEL_ERROR]);

enum assign_status {
	ASSIGN_OK,
	ASSIGN_MISSING,  /* no value, and no fill: NaN */
	ASSIGN_UNSEEN,   /* one-hot: a level of no feature: 0; ordinal: NaN */
	ASSIGN_NO_IMAGE, /* log1p has no value there: NaN */
};

/* The feature's value from its column's number (AS_IS, SCALE; NaN: missing)
 * or raw field (ORDER, LEVEL). */
enum assign_status assign_value(const struct assign_feature *f, double number, struct span field,
				double *value);

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
