/* SPDX-License-Identifier: MIT */
#include "model/scale_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/moments.h"
#include "math/quantile.h"
#include "model/scale_power.h"
#include "table/param.h"
#include "value/num.h"

static const char *const method_name[] = { "zscore", "minmax", "maxabs", "robust", "none" };
static const char *const impute_name[] = { "none", "mean", "median", "mode", "constant" };

bool scale_how_impute(struct scale_how *how, const char *text)
{
	for (int i = SCALE_MEAN; i <= SCALE_MODE; i++)
		if (strcmp(text, impute_name[i]) == 0) {
			how->impute = (enum scale_impute)i;
			return true;
		}
	how->impute = SCALE_CONSTANT;
	return num_parse(text, strlen(text), &how->constant);
}

void scale_how_store(const struct scale_how *how, size_t n_rows, struct param_list *p)
{
	param_add_int(p, "fit", "", "rows", (int64_t)n_rows);
	param_add(p, "fit", "", "method", method_name[how->method]);
	param_add_real(p, "fit", "", "winsor", how->winsor);
	param_add(p, "fit", "", "impute", impute_name[how->impute]);
}

int scale_squares_exponent(double most)
{
	return most > 0 && (most > 1e150 || most < 1e-140) ? ilogb(most) : 0;
}

/*
 * Center and scale that the moments of the values give, times 2^-exponent.
 * Squares are exact between 1e-145 and 1e154: beyond, values are multiplied
 * by a power of 2 that brings the largest near 1.
 */
static void fit_zscore(struct scale_column *c, const double *y, size_t n, double most)
{
	int exponent = scale_squares_exponent(most);
	struct moments m = { 0 };

	for (size_t i = 0; i < n; i++)
		moments_add(&m, exponent ? ldexp(y[i], -exponent) : y[i]);
	c->center = ldexp(moments_mean(&m), exponent);
	c->scale = ldexp(moments_deviation(&m, 0), exponent);
}

void scale_how_encode(const struct scale_how *how, struct buf *to)
{
	const char *method = method_name[how->method], *impute = impute_name[how->impute];

	buf_put(to, method, strlen(method));
	buf_char(to, '\t');
	to->n += num_print(buf_room(to, NUM_MAX), how->winsor);
	buf_char(to, '\t');
	buf_put(to, impute, strlen(impute));
	buf_char(to, '\t');
	to->n += num_print(buf_room(to, NUM_MAX), how->impute == SCALE_CONSTANT ? how->constant
										 : (double)NAN);
}

static bool find_name(const char *const *name, int n, struct span text, int *at)
{
	for (*at = 0; *at < n; ++*at)
		if (span_is(text, name[*at]))
			return true;
	return false;
}

bool scale_how_decode(struct scale_how *how, const struct span field[SCALE_HOW_FIELDS])
{
	int method, impute;

	*how = (struct scale_how){ .winsor = (double)NAN, .constant = (double)NAN };
	if (!find_name(method_name, SCALE_NONE + 1, field[0], &method) ||
	    !find_name(impute_name, SCALE_CONSTANT + 1, field[2], &impute) ||
	    (field[1].n && !num_parse(field[1].s, field[1].n, &how->winsor)))
		return false;
	how->method = (enum scale_method)method;
	how->impute = (enum scale_impute)impute;
	return impute == SCALE_CONSTANT ? num_parse(field[3].s, field[3].n, &how->constant)
					: field[3].n == 0;
}

static double mean_of(const double *x, size_t n)
{
	struct exact sum = { 0 };

	exact_add_many(&sum, x, n);
	return moments_ratio(&sum, n);
}

/* x is sorted. */
static double mode(const double *x, size_t n)
{
	double best = x[0];
	size_t best_run = 0;

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && x[end] == x[i];)
			end++;
		if (end - i > best_run) {
			best_run = end - i;
			best = x[i];
		}
	}
	return best;
}

static double fill_value(const struct scale_how *how, double *values, size_t n)
{
	double half = 0.5, q = (double)NAN;

	switch (how->impute) {
	case SCALE_MEAN:
		return mean_of(values, n);
	case SCALE_MEDIAN:
		quantile_select(values, n, &half, 1, &q);
		return q;
	case SCALE_MODE:
		quantile_sort(values, n);
		return mode(values, n);
	case SCALE_CONSTANT:
		return how->constant;
	case SCALE_KEEP_MISSING:
		break;
	}
	return (double)NAN;
}

static enum scale_status fit_robust(struct scale_column *c, double *y, size_t n)
{
	static const double quartile[] = { 0.25, 0.5, 0.75 };
	double q[3];

	quantile_select(y, n, quartile, 3, q);
	c->center = q[1];
	c->scale = q[2] - q[0];
	return c->scale != 0 ? SCALE_OK : SCALE_EQUAL_QUARTILES;
}

/* Center and scale of the shaped values y, n >= 1, which are permuted. */
static enum scale_status fit_linear(struct scale_column *c, double *y, size_t n,
				    enum scale_method method)
{
	enum scale_status status = SCALE_OK;
	double least = y[0], most = y[0];

	for (size_t i = 1; i < n; i++) {
		least = y[i] < least ? y[i] : least;
		most = y[i] > most ? y[i] : most;
	}
	switch (method) {
	case SCALE_ZSCORE:
		fit_zscore(c, y, n, fmax(-least, most));
		break;
	case SCALE_MINMAX:
		c->center = least;
		c->scale = most - least;
		break;
	case SCALE_MAXABS:
		c->scale = fmax(-least, most);
		break;
	case SCALE_ROBUST:
		status = fit_robust(c, y, n);
		break;
	case SCALE_NONE:
		break;
	}
	return scale_settle(c, method, least, most, status);
}

/* Every step rises with the value, so the ends tell for all between. */
enum scale_status scale_settle(struct scale_column *c, enum scale_method method, double least,
			       double most, enum scale_status status)
{
	if (least == most && method != SCALE_NONE)
		status = method == SCALE_MAXABS && most != 0 ? SCALE_OK : SCALE_IS_CONSTANT;
	else if (!isfinite(c->scale) || !isfinite(c->center) ||
		 (c->scale == 0 && status == SCALE_OK))
		return SCALE_BEYOND;
	if (status != SCALE_OK)
		c->scale = 1;
	return isfinite((least - c->center) / c->scale) && isfinite((most - c->center) / c->scale) ?
		       status : SCALE_BEYOND;
}

/* Of the filled and cut values; a constant column stays as it is. */
static void fit_lambda(struct scale_column *c, const double *x, size_t n, double *work,
		       enum scale_method method)
{
	struct scale_column cut = *c;
	struct scale_logs logs;
	size_t m = 0;

	cut.shape = SCALE_LINEAR;
	c->lambda = 1;
	for (size_t i = 0; i < n; i++) {
		work[m] = scale_shaped(&cut, x[i]);
		m += isnan(work[m]) ? 0 : 1;
	}
	scale_logs_make(&logs, work, m);
	if (scale_power_fit(&logs, &c->lambda) == 0 && method != SCALE_MAXABS && method != SCALE_NONE)
		c->origin = logs.origin;
}

static enum scale_status fit(struct scale_column *c, const double *x, size_t n,
			     const struct scale_how *how, double *work, size_t *bad)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			work[m++] = x[i];
	if (m == 0)
		return SCALE_NO_VALUES;
	c->fill = fill_value(how, work, m);
	if (!isnan(how->winsor)) {
		double p[] = { how->winsor, 1 - how->winsor }, q[2];
		m = 0;
		for (size_t i = 0; i < n; i++)
			if (!isnan(x[i]) || !isnan(c->fill))
				work[m++] = isnan(x[i]) ? c->fill : x[i];
		quantile_select(work, m, p, 2, q);
		c->low = q[0];
		c->high = q[1];
	}
	if (c->shape == SCALE_YEO_JOHNSON)
		fit_lambda(c, x, n, work, how->method);
	m = 0;
	for (size_t i = 0; i < n; i++) {
		work[m] = scale_shaped(c, x[i]);
		if (!isnan(work[m])) {
			m++;
		} else if (!isnan(x[i]) || !isnan(c->fill)) {
			*bad = i;
			return SCALE_NO_IMAGE;
		}
	}
	return fit_linear(c, work, m, how->method);
}

void scale_fit_start(struct scale_column *c)
{
	c->low = -(double)INFINITY;
	c->high = (double)INFINITY;
	c->fill = (double)NAN;
	c->origin = (double)NAN;
	c->center = 0;
	c->scale = 1;
}

enum scale_status scale_fit(struct scale_column *c, const double *x, size_t n,
			    const struct scale_how *how, size_t *bad)
{
	double *work = malloc((n ? n : 1) * sizeof *work);
	enum scale_status status;

	if (!work)
		return SCALE_NO_MEMORY;
	scale_fit_start(c);
	status = fit(c, x, n, how, work, bad);
	free(work);
	return status;
}
