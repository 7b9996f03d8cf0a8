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
 * The derivative, by lambda, of the profile log-likelihood of x[0..n) being
 * normal after the transformation (equation 3.1 there), divided by n; sums are
 * exact.  NaN where powers overflow.  About 300 ns a value.
 */
double scale_power_gradient(const double *x, size_t n, double lambda);

/*
 * The lambda of the greatest likelihood: the zero of the gradient, to the last
 * bits.  0, or -1 when there is none within -64..64, as for a constant.
 */
int scale_power_fit(const double *x, size_t n, double *lambda);

#endif
