/* SPDX-License-Identifier: MIT */
#ifndef MATH_DIST_H
#define MATH_DIST_H

/*
 * Distributions.  Relative error at most 1e-12 wherever the value is above
 * 1e-300 and degrees of freedom are up to 1e7 (upper tails are computed as
 * such, not as 1 - p); checked against mpmath and R.  The same bits on every
 * x86-64 CPU: transcendental functions are math/fn's, the rest is + - * / and
 * square roots in 64-bit mantissas.  Arguments out of range give NaN.  Normal:
 * some 60 ns; the others O(sqrt(degrees of freedom)): 1 us for small ones, 50 us at 1e6.
 */
#define DIST_NORMAL_975 1.959963984540054 /* dist_normal_quantile(0.975), for 95% limits */
double dist_normal_cdf(double x);
double dist_normal_upper(double x);           /* P(Z > x) */
double dist_normal_quantile(double p);        /* Wichura 1988, AS 241, refined; -inf at 0, inf at 1 */
double dist_chi2_upper(double x, double df);  /* P(X > x), df > 0; 1 for x <= 0 */
double dist_f_upper(double x, double df1, double df2); /* P(F > x), df1, df2 > 0 */
double dist_t_two_sided(double t, double df); /* P(|T| > |t|), df > 0 */
double dist_gamma_upper(double a, double x);  /* Q(a, x), regularised, a > 0 */
double dist_beta(double x, double a, double b); /* I_x(a, b), regularised, 0 <= x <= 1 */
/* P(Q > q) for the studentized range of k means with df degrees of freedom
 * (Tukey's and Games-Howell's pairs); relative error 1e-12 above 1e-100 for
 * k up to 200; 1 to 5 ms. */
double dist_tukey_upper(double q, double k, double df);
double dist_log_gamma(double x);              /* log of Gamma(x), x > 0 */

#endif
