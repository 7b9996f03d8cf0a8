/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_H
#define MODEL_SCALE_H

#include <stdbool.h>
#include <stddef.h>

struct param_list;

/*
 * A column's transformation: fill a missing value, cut to [low, high], apply
 * the shape, then (x - center) / scale.  Fitted by seg-scale, carried in its
 * parameter file and inside k-means models, so that raw rows can be scored.
 */
enum scale_shape { SCALE_LINEAR, SCALE_LOG1P, SCALE_YEO_JOHNSON };

struct scale_column {
	char *name;          /* of the raw column; the scaled one is NAME_scaled */
	enum scale_shape shape;
	double lambda;       /* Yeo-Johnson, */
	double origin;       /* seen from there (model/scale_power.h); NaN: the plain power */
	double low, high;    /* winsorising limits; -inf, +inf: none */
	double fill;         /* for missing values; NaN: none */
	double center, scale;
};

struct scale {
	struct scale_column *column;
	size_t n;
};

/* The transformed value; NaN when x is NaN and there is no fill, or where the
 * shape has no value (log1p at -1 and below). */
double scale_apply(const struct scale_column *c, double x);

/* The same before centring and scaling: filled, cut and shaped. */
double scale_shaped(const struct scale_column *c, double x);

/* The raw value whose transformation is y (limits and fill have no inverse). */
double scale_invert(const struct scale_column *c, double y);

/* Parameter rows of all columns, and back: kind `scale`, name = the raw
 * column, keys shape lambda origin low high fill center scale.  scale_load takes the
 * rows of kind `scale` wherever they stand in the list, in their order;
 * returns 0, or -1 with a message in error[200]. */
void scale_store(const struct scale *s, struct param_list *p);
int scale_load(struct scale *s, const struct param_list *p, char error[200]);
void scale_free(struct scale *s);

/* Appends a column that changes nothing, its name copied; NULL without memory.
 * Pointers to other columns become invalid. */
struct scale_column *scale_add(struct scale *s, const char *name);

/* The column of this raw name, or NULL. O(n). */
struct scale_column *scale_find(const struct scale *s, const char *name);

#endif
