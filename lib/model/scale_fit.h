/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_FIT_H
#define MODEL_SCALE_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/scale.h"
#include "value/span.h"

enum scale_method {
	SCALE_ZSCORE, /* (x - mean) / population standard deviation */
	SCALE_MINMAX, /* (x - min) / (max - min) */
	SCALE_MAXABS, /* x / max |x| */
	SCALE_ROBUST, /* (x - median) / (q75 - q25), type-7 quantiles */
	SCALE_NONE,   /* x */
};

enum scale_impute {
	SCALE_KEEP_MISSING,
	SCALE_MEAN,
	SCALE_MEDIAN,
	SCALE_MODE,  /* the most frequent value, the smallest of equals */
	SCALE_CONSTANT,
};

#define SCALE_METHODS "zscore|minmax|maxabs|robust|none" /* in the order of the enum */

struct scale_how {
	enum scale_method method;
	enum scale_impute impute;
	double constant; /* for SCALE_CONSTANT */
	double winsor;   /* cut at the quantiles winsor and 1 - winsor; NaN: no cut */
};

/* Sets impute and constant from "mean", "median", "mode" or a number; false
 * when it is none of these. */
bool scale_how_impute(struct scale_how *how, const char *text);

/* Parameter rows of kind `fit`: rows, method, winsor, impute; for the reader. */
void scale_how_store(const struct scale_how *how, size_t n_rows, struct param_list *p);

/* The same as fields with TABs between them, and back; false when they are none. */
#define SCALE_HOW_FIELDS 4
void scale_how_encode(const struct scale_how *how, struct buf *to);
bool scale_how_decode(struct scale_how *how, const struct span field[SCALE_HOW_FIELDS]);

enum scale_status {
	SCALE_OK = 0,
	SCALE_IS_CONSTANT,     /* fitted, with scale 1: one value, or for maxabs all 0 */
	SCALE_EQUAL_QUARTILES, /* fitted by the robust method, with scale 1: q25 = q75 */
	SCALE_NO_VALUES,       /* nothing fitted: every value is missing */
	SCALE_NO_IMAGE,        /* nothing fitted: the shape has no value at row *bad */
	SCALE_BEYOND,          /* nothing fitted: the spread is beyond what doubles hold */
	SCALE_FAR,             /* nothing fitted: only all values at once could be (scale_fit_sums) */
	SCALE_NO_MEMORY,
};

/*
 * Fits fill, low, high, lambda (when c->shape is SCALE_YEO_JOHNSON), center
 * and scale, in this order, each to the values as the steps before leave
 * them.  x[0..n) are raw values, NaN is missing.  Sums are exact, so the order
 * of rows does not matter.  O(n) on average, 8 n bytes of working memory.
 */
enum scale_status scale_fit(struct scale_column *c, const double *x, size_t n,
			    const struct scale_how *how, size_t *bad);

/* The first step: a column but for its name and shape as it was added. */
void scale_fit_start(struct scale_column *c);

/* What values up to `most` in absolute value are divided by, as a power of 2,
 * before they are squared: 0 where squares are exact as it is. */
int scale_squares_exponent(double most);

/*
 * The last step of a fit, once c has center and scale of values from least to
 * most: what is constant, or has `status`, gets scale 1; SCALE_BEYOND where an
 * end has no finite scaled value.
 */
enum scale_status scale_settle(struct scale_column *c, enum scale_method method, double least,
			       double most, enum scale_status status);

#endif
