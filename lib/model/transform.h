/* SPDX-License-Identifier: MIT */
#ifndef MODEL_TRANSFORM_H
#define MODEL_TRANSFORM_H

#include <stddef.h>

#include "model/encode.h"
#include "model/pca.h"
#include "model/scale.h"
#include "model/scale_fit.h"
#include "stream/tsv.h"
#include "value/span.h"

struct param_list;

/*
 * A raw row to features, by what a parameter file holds: the scaled columns
 * (`monetary_scaled`, ordinal columns among them), then the one-hot columns
 * (`country=Spain`); the components of all these (`pc1`), if there are any,
 * take their place.  Zeroed struct = nothing.
 */
struct transform {
	struct scale scale;
	struct encode encode;
	struct pca pca;

	/* made by transform_ready from those above, pointing into them */
	const struct encode_column **ordinal; /* [scale.n]; NULL: a number */
	const struct encode_column **onehot;  /* [n_onehot] */
	size_t n_onehot;
	size_t n_features; /* scaled and one-hot columns */
	size_t n_outputs;  /* the same, or the components */
};

/* To be called when scale and encode are complete, and again when they have
 * changed; 0, or -1 without memory. */
int transform_ready(struct transform *t);

/* The name of feature i, of output i; to be freed, NULL without memory. */
char *transform_feature(const struct transform *t, size_t i);
char *transform_output(const struct transform *t, size_t i);

/* What can be wrong with a row; bits. */
enum {
	TRANSFORM_MISSING = 1,  /* a missing value without a fill: NaN, or zeros */
	TRANSFORM_UNSEEN = 2,   /* a level that one-hot does not know: zeros */
	TRANSFORM_NO_IMAGE = 4, /* the shape has no value there, or no finite one */
};

/*
 * Input i of the row is x[i] for a column of t->scale (NaN: missing; an
 * ordinal column as transform_position gives it) and level[i] for one of
 * t->onehot.  y[0..n_features) gets the features.  Returns the bits.
 */
unsigned transform_row(const struct transform *t, const double *x, const struct span *level,
		       double *y);

/* Row r of n rows given by column: raw[scale.n] and field[n_onehot] are filled
 * and go through transform_row. */
unsigned transform_row_at(const struct transform *t, double *const *x, struct span *const *level,
			  size_t r, double *raw, struct span *field, double *y);

/* The outputs of features y: z, filled with the components, or y itself. */
const double *transform_project(const struct transform *t, const double *y, double *z);

/* The raw x[scale.n] of outputs z; y[n_features] is room to work in. */
void transform_invert(const struct transform *t, const double *z, double *y, double *x);

/* What transform_fit found in one column. */
struct transform_column {
	const char *name;
	size_t n_missing;
	enum scale_status status;  /* of a column of t->scale */
	size_t bad;                /* row of SCALE_NO_IMAGE, */
	double bad_value;          /* and what is there */
	enum encode_status levels; /* of a column of t->onehot */
};

/*
 * Fits t, whose columns have names and shapes and, ordinal ones, levels, to n
 * raw rows, given by column as in transform_row.  found[scale.n + n_onehot]
 * tells how it went, one column after the other; missing values are counted
 * and, where `how` fills none, left out.  Each thread needs the memory of
 * scale_fit.
 */
void transform_fit(struct transform *t, double *const *x, struct span *const *level, size_t n,
		   const struct scale_how *how, int threads, struct transform_column *found);

/*
 * Fits components to the features of n rows, see pca_fit; the rest of t is
 * fitted, and t is ready again afterwards.  Rows as in transform_fit.  0, or -1
 * with a message.
 */
int transform_fit_pca(struct transform *t, double *const *x, struct span *const *level, size_t n,
		      double want, int threads, char error[200]);

/* What transform_fit found in words: "column x is constant; its scale is 1". */
enum transform_verdict { TRANSFORM_FITTED, TRANSFORM_DOUBTFUL, TRANSFORM_FAILED };
enum transform_verdict transform_judge(const struct transform_column *found, char text[200]);

/* The name of input i: of t->scale, then of t->onehot. */
const char *transform_input(const struct transform *t, size_t i);

/* The number of ordinal column i for a raw field: its position, or NaN when
 * missing; -1 when it is no level. */
double transform_position(const struct transform *t, size_t i, struct span field);

/* The numbers of n fields of ordinal column i; returns n, or the first row that
 * holds no level. */
size_t transform_positions(const struct transform *t, size_t i, const struct span *field, size_t n,
			   double *x);

/* Parameter rows and back; transform_load calls transform_ready and returns 0,
 * or -1 with a message, also when there is nothing of a transformation. */
void transform_store(const struct transform *t, struct param_list *p);
int transform_load(struct transform *t, const struct param_list *p, char error[200]);
void transform_free(struct transform *t);

/*
 * The name in the original data of the column that the parameters make as
 * `name`, or `name` itself where no single column has another one; NULL where they
 * make none of this name.  A transform of nothing makes all.  To be freed.
 */
char *transform_raw_name(const struct transform *t, const char *name);

/* The parameter file of a fit to n_rows rows, to an output that has nothing
 * yet, which is finished. */
void transform_write(const struct transform *t, const struct scale_how *how, uint64_t n_rows,
		     struct tsv_out *out);

#endif
