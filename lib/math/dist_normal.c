/* SPDX-License-Identifier: MIT */
#include "math/dist.h"

#include <math.h>

#include "math/dist_kernel.h"
#include "math/fn.h"

#define INVERSE_SQRT_2PI 0.3989422804014326779399L

static double polynomial(const double *c, int n, double x)
{
	double sum = c[n - 1];
	for (int i = n - 2; i >= 0; i--)
		sum = sum * x + c[i];
	return sum;
}

/*
 * P(0 < Z < x), |x| <= 0.66291: W. J. Cody (1969), "Rational Chebyshev
 * approximations for the error function", as arranged in his ANORM (1993).
 */
static double centre(double x)
{
	static const double a[] = {18154.981253343561249, 1067.6894854603709582, 161.02823106855587881,
		2.2352520354606839287, 0.065682337918207449113};
	static const double b[] = {45507.789335026729956, 10260.932208618978205, 976.09855173777669322,
		47.20258190468824187, 1};
	double square = x * x;
	return x * polynomial(a, 5, square) / polynomial(b, 5, square);
}

/* P(Z > x) e^(x^2/2) for x > 0.66291, same source. */
static double tail(double x)
{
	static const double c[] = {9842.7148383839780218, 11602.651437647350124, 6848.1904505362823326,
		2494.5375852903726711, 597.27027639480026226, 93.506656132177855979, 8.8831497943883759412,
		0.39894151208813466764, 1.0765576773720192317e-8};
	static const double d[] = {19685.429676859990727, 38912.003286093271411, 34900.952721145977266,
		18615.571640885098091, 6485.558298266760755, 1519.377599407554805, 235.38790178262499861,
		22.266688044328115691, 1};
	static const double p[] = {2.9112874951168792e-5, 0.001421619193227893466,
		0.022235277870649807, 0.1274011611602473639, 0.21589853405795699, 0.02307344176494017303};
	static const double q[] = {7.29751555083966205e-5, 0.00378239633202758244, 0.0659881378689285515,
		0.468238212480865118, 1.28426009614491121, 1};
	if (x <= 5.656854249492380195)
		return polynomial(c, 9, x) / polynomial(d, 9, x);
	double w = 1 / (x * x);
	return (double)((INVERSE_SQRT_2PI - w * polynomial(p, 6, w) / polynomial(q, 6, w)) / x);
}

/* e^(-x^2/2): the square must not be rounded before it is large. */
static double gauss(double x)
{
	return (double)dist_wide_exp(-0.5L * x * x);
}

double dist_normal_upper(double x)
{
	if (fabs(x) <= 0.66291)
		return 0.5 - centre(x);
	if (x < 0)
		return 1 - dist_normal_upper(-x);
	return isinf(x) ? 0 : gauss(x) * tail(x);
}

double dist_normal_cdf(double x)
{
	return dist_normal_upper(-x);
}

/* M. J. Wichura (1988), algorithm AS 241, PPND16, p < 1/2. */
static double wichura(double p)
{
	static const double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2,
		1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4,
		6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
	static const double b[] = {1, 4.2313330701600911252e1, 6.8718700749205790830e2,
		5.3941960214247511077e3, 2.1213794301586595867e4, 3.9307895800092710610e4,
		2.8729085735721942674e4, 5.2264952788528545610e3};
	static const double c[] = {1.42343711074968357734e0, 4.63033784615654529590e0,
		5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0,
		2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
	static const double d[] = {1, 2.05319162663775882187e0, 1.67638483018380384940e0,
		6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
		5.47593808499534494600e-4, 1.05075007164441684324e-9};
	static const double e[] = {6.65790464350110377720e0, 5.46378491116411436990e0,
		1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
		1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
	static const double f[] = {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
		1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
		1.42151175831644588870e-7, 2.04426310338993978564e-15};
	double q = p - 0.5;
	if (q >= -0.425) {
		double r = 0.180625 - q * q;
		return q * polynomial(a, 8, r) / polynomial(b, 8, r);
	}
	double r = sqrt(-fn_log(p));
	if (r <= 5)
		return -polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6);
	return -polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
}

double dist_normal_quantile(double p)
{
	if (!(p >= 0 && p <= 1))
		return NAN;
	if (p == 0 || p == 1)
		return p == 0 ? -INFINITY : INFINITY;
	if (p > 0.5)
		return -dist_normal_quantile(1 - p);
	double x = wichura(p);
	if (x == 0 || p < 1e-300)
		return x;
	/* One step of Halley's method. */
	long double step = ((long double)dist_normal_cdf(x) - p) / (INVERSE_SQRT_2PI * gauss(x));
	return (double)(x - step / (1 + x * step / 2));
}
