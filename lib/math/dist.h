/* SPDX-License-Identifier: MIT */
#ifndef MATH_DIST_H
#define MATH_DIST_H

/*
 * Distributions.  Relative error at most 1e-12 wherever the value is above
 * 1e-300 (upper tails are computed as such, not as 1 - p), checked against R.
 */
double dist_normal_cdf(double x);
double dist_normal_upper(double x);           /* P(Z > x) */
double dist_normal_quantile(double p);        /* Wichura 1988, AS 241, refined */
double dist_chi2_upper(double x, double df);  /* P(X > x) */
double dist_f_upper(double x, double df1, double df2);
double dist_t_two_sided(double t, double df); /* P(|T| > |t|) */
double dist_gamma_upper(double a, double x);  /* Q(a, x), regularised */
double dist_beta(double x, double a, double b); /* I_x(a, b), regularised */
double dist_log_gamma(double x);              /* x > 0 */

#endif
