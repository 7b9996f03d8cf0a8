/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_POWER_H
#define MODEL_SCALE_POWER_H

#include <stddef.h>

/*
 * The power transformation of Yeo & Johnson (2000, Biometrika 87, equation
 * 2.1): log(1 + x) at lambda = 0 for x >= 0, x at lambda = 1.
 */
double scale_power(double x, double lambda);
double scale_power_inverse(double y, double lambda);

/*
 * The same seen from `origin`: (power(x) - power(origin)) / its slope there
 * times 1 + |origin|, which is expm1(p log((1 + |x|) / (1 + |origin|))) / p
 * for x on the origin's side of 0, p being lambda, or 2 - lambda below 0, with
 * the origin's sign.  No digit is lost where the powers of a narrow column far
 * from 0 crowd together (years) or overflow; what centres and scales its
 * values makes the same of both.  An origin of NaN: the plain one.
 */
double scale_power_about(double x, double lambda, double origin);

/* The x of a y; NaN where there is none, as beyond the asymptote of lambda < 0. */
double scale_power_about_inverse(double y, double lambda, double origin);

/* The values of a column as logarithms, which is all that a fit needs. */
struct scale_logs {
	double *a;   /* [n] log((1 + |x|) / (1 + |origin|)); of both signs: +-log(1 + |x|) */
	size_t n;
	int sign;    /* 1: no value below 0, -1: none above, 0: of both signs */
	double origin; /* with 1 + |origin| exact, near the geometric mean; NaN for both signs */
	double mean, least, most; /* of a */
};

/* Turns x[0..n) into logarithms in place; n >= 1.  Sums are exact. */
void scale_logs_make(struct scale_logs *logs, double *x, size_t n);

/*
 * The derivative, by lambda, of the profile log-likelihood of the values being
 * normal after the transformation (equation 3.1 there), divided by n.  Sums
 * are exact and powers are scaled where they would overflow, so it is finite
 * for every lambda, unless all values are equal.  About 60 ns a value.
 */
double scale_power_gradient(const struct scale_logs *logs, double lambda);

/*
 * The lambda of the greatest likelihood: the zero of the gradient, to the last
 * bits.  There is one whenever two values differ: by the largest one the
 * likelihood falls as lambda grows, by the least one as it falls.  0, or -1
 * when all values are equal.  Some 20 gradients.
 */
int scale_power_fit(const struct scale_logs *logs, double *lambda);

#endif
