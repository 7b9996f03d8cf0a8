/* SPDX-License-Identifier: MIT */
#include "model/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/fn.h"
#include "model/scale_power.h"
#include "table/param.h"
#include "value/num.h"

static const char *const shape_name[] = { "linear", "log1p", "yeo-johnson" };
/* With an origin; a name of its own, as readers pass over keys that they do not know. */
static const char about_name[] = "yeo-johnson-about";

double scale_shaped(const struct scale_column *c, double x)
{
	if (isnan(x))
		x = c->fill;
	if (x < c->low)
		x = c->low;
	if (x > c->high)
		x = c->high;
	switch (c->shape) {
	case SCALE_LOG1P:
		return x > -1 ? fn_log1p(x) : (double)NAN;
	case SCALE_YEO_JOHNSON:
		return scale_power_about(x, c->lambda, c->origin);
	case SCALE_LINEAR:
		break;
	}
	return x;
}

double scale_apply(const struct scale_column *c, double x)
{
	return (scale_shaped(c, x) - c->center) / c->scale;
}

double scale_invert(const struct scale_column *c, double y)
{
	double x = y * c->scale + c->center;

	switch (c->shape) {
	case SCALE_LOG1P:
		return fn_expm1(x);
	case SCALE_YEO_JOHNSON:
		return scale_power_about_inverse(x, c->lambda, c->origin);
	case SCALE_LINEAR:
		break;
	}
	return x;
}

void scale_store(const struct scale *s, struct param_list *p)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct scale_column *c = &s->column[i];
		bool about = c->shape == SCALE_YEO_JOHNSON && !isnan(c->origin);
		param_add(p, "scale", c->name, "shape", about ? about_name : shape_name[c->shape]);
		if (c->shape == SCALE_YEO_JOHNSON)
			param_add_real(p, "scale", c->name, "lambda", c->lambda);
		if (about)
			param_add_real(p, "scale", c->name, "origin", c->origin);
		param_add_real(p, "scale", c->name, "low", isinf(c->low) ? (double)NAN : c->low);
		param_add_real(p, "scale", c->name, "high", isinf(c->high) ? (double)NAN : c->high);
		param_add_real(p, "scale", c->name, "fill", c->fill);
		param_add_real(p, "scale", c->name, "center", c->center);
		param_add_real(p, "scale", c->name, "scale", c->scale);
	}
}

struct scale_column *scale_add(struct scale *s, const char *name)
{
	struct scale_column *grown = realloc(s->column, (s->n + 1) * sizeof *grown);
	char *copy = grown ? strdup(name) : NULL;

	if (grown)
		s->column = grown;
	if (!copy)
		return NULL;
	grown[s->n] = (struct scale_column){
		.name = copy, .shape = SCALE_LINEAR, .lambda = 1,
		.origin = (double)NAN, .low = -(double)INFINITY,
		.high = (double)INFINITY, .fill = (double)NAN, .center = 0, .scale = 1,
	};
	return &grown[s->n++];
}

struct scale_column *scale_find(const struct scale *s, const char *name)
{
	for (size_t i = s->n; i-- > 0;)
		if (strcmp(s->column[i].name, name) == 0)
			return &s->column[i];
	return NULL;
}

static int load_shape(struct scale_column *c, const char *value)
{
	for (size_t i = 0; i < sizeof shape_name / sizeof *shape_name; i++)
		if (strcmp(value, shape_name[i]) == 0) {
			c->shape = (enum scale_shape)i;
			return 0;
		}
	c->shape = SCALE_YEO_JOHNSON;
	return strcmp(value, about_name) == 0 ? 0 : -1;
}

/* One key of a column, passed over when it is not known.  low, high and fill may
 * be empty: there is none. */
static int load_key(struct scale_column *c, const char *key, const char *value)
{
	const struct {
		const char *key;
		double *to;
		bool optional;
	} reals[] = {
		{ "lambda", &c->lambda, false }, { "origin", &c->origin, false },
		{ "low", &c->low, true },	 { "high", &c->high, true },
		{ "fill", &c->fill, true },
		{ "center", &c->center, false }, { "scale", &c->scale, false },
	};

	if (strcmp(key, "shape") == 0)
		return load_shape(c, value);
	for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
		if (strcmp(key, reals[i].key) == 0) {
			if (reals[i].optional && !*value)
				return 0;
			return num_parse(value, strlen(value), reals[i].to) ? 0 : -1;
		}
	return 0;
}

/* A damaged or half-edited file must not pass for a transformation. */
static int check_column(const struct scale_column *c, const struct param_list *p, char error[200])
{
	const char *const needed[] = {
		"shape", "low", "high", "fill", "center", "scale",
		c->shape == SCALE_YEO_JOHNSON ? "lambda" : "shape",
	};
	const char *shape = param_get(p, "scale", c->name, "shape");

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!param_get(p, "scale", c->name, needed[i])) {
			snprintf(error, 200, "column %.120s: no row with the key %s", c->name,
				 needed[i]);
			return -1;
		}
	if ((strcmp(shape, about_name) == 0) != !isnan(c->origin)) {
		snprintf(error, 200, "column %.120s: %s with the shape %s", c->name,
			 isnan(c->origin) ? "no origin" : "an origin", shape);
		return -1;
	}
	if (!(c->scale > 0)) {
		snprintf(error, 200, "column %.120s: the scale is not positive", c->name);
		return -1;
	}
	if (c->low > c->high) {
		snprintf(error, 200, "column %.120s: low is above high", c->name);
		return -1;
	}
	return 0;
}

int scale_load(struct scale *s, const struct param_list *p, char error[200])
{
	*s = (struct scale){ 0 };
	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		if (strcmp(r->kind, "scale") != 0)
			continue;
		struct scale_column *c = scale_find(s, r->name);
		if (!c && !(c = scale_add(s, r->name))) {
			snprintf(error, 200, "out of memory");
			goto failed;
		}
		if (load_key(c, r->key, r->value) != 0) {
			snprintf(error, 200, "column %.60s: key %.40s: cannot use the value %.60s",
				 r->name, r->key, r->value);
			goto failed;
		}
	}
	for (size_t i = 0; i < s->n; i++)
		if (check_column(&s->column[i], p, error) != 0)
			goto failed;
	return 0;
failed:
	scale_free(s);
	return -1;
}

void scale_free(struct scale *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->column[i].name);
	free(s->column);
	*s = (struct scale){ 0 };
}
