/* SPDX-License-Identifier: MIT */
#include "math/dist.h"

#include <math.h>
#include <stddef.h>

#include "tests/unit/tap.h"

/*
 * Reference values: mpmath 1.3 at 345 digits (series of positive terms for
 * the incomplete beta and gamma functions, erfc, loggamma), arguments taken as
 * the doubles they are; printed to 20 digits.
 */
#define COUNT(a) (sizeof(a) / sizeof *(a))

static double error_rel(double got, double want)
{
	return want == 0 ? fabs(got) : fabs(got - want) / fabs(want);
}

static void f_values(void)
{
	static const struct {
		double x, df1, df2, p;
	} test[] = {
		{3.1, 4, 4995, 1.4693197207541170942e-2},
		{1, 1, 1, 5.0e-1},
		{0.001, 3, 7, 9.9995186339789414538e-1},
		{5000, 4, 10, 1.8695406127089708521e-16},
		{16.5, 1, 30, 3.2191769121187471881e-4},
		{1e6, 2, 40, 1.0481566576674670292e-94},
		{1.001, 1e6, 1e6, 3.0862554957109747196e-1},
		{1.05, 1e6, 1e6, 9.9336861806989247906e-132},
		{400, 3, 1e6, 1.0499387318711882203e-259},
		{1e6, 1, 9, 5.0916066078969348059e-24},
		{0.9, 5e5, 7, 6.4740137325667747005e-1},
		{30.25, 2.5, 17.3, 8.9016029140155604846e-7},
		{2, 1e4, 3, 3.1772101501666998869e-1},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double e = error_rel(dist_f_upper(test[i].x, test[i].df1, test[i].df2), test[i].p);
		tap_ok(e <= 1e-13, "F(%g, %g) > %g: %.3g, error %.1e", test[i].df1, test[i].df2, test[i].x,
			test[i].p, e);
	}
}

static void t_values(void)
{
	static const struct {
		double t, df, p;
	} test[] = {
		{2, 10, 7.3388034770740365618e-2},
		{0.001, 5, 9.9924078677219765061e-1},
		{12.7062047364, 1, 4.9999999999117084314e-2},
		{37, 1e6, 1.8299730861802263061e-299},
		{30, 400, 2.0106571435779816546e-104},
		{1.96, 1e6, 4.9996067585269790686e-2},
		{1e10, 3, 2.205315581687168198e-30},
		{1e200, 1.2, 6.7015068800733131183e-241},
		{5, 0.5, 2.8599140315885880082e-1},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double e = error_rel(dist_t_two_sided(test[i].t, test[i].df), test[i].p);
		tap_ok(e <= 1e-13, "|t(%g)| > %g: %.3g, error %.1e", test[i].df, test[i].t, test[i].p, e);
		tap_ok(dist_t_two_sided(-test[i].t, test[i].df) == dist_t_two_sided(test[i].t, test[i].df),
			"and for -%g", test[i].t);
	}
}

static void chi2_values(void)
{
	static const struct {
		double x, df, p;
	} test[] = {
		{3.84, 1, 5.0043521248705103189e-2},
		{1000, 10, 1.8702907209159496958e-208},
		{1300, 2, 5.1119519486511562468e-283},
		{1e6, 1e6, 4.9981193680339449952e-1},
		{1.05e6, 1e6, 2.1856384174897259957e-265},
		{9e5, 1e6, 1.0},
		{1e-5, 3, 9.9999999158958349121e-1},
		{50.5, 40, 1.2349983459578955014e-1},
		{20, 0.7, 3.7667091332417544167e-6},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double e = error_rel(dist_chi2_upper(test[i].x, test[i].df), test[i].p);
		tap_ok(e <= 1e-13, "chi2(%g) > %g: %.3g, error %.1e", test[i].df, test[i].x, test[i].p, e);
	}
}

static void beta_values(void)
{
	static const struct {
		double x, a, b, p;
	} test[] = {
		{0.5, 2, 3, 6.875e-1},
		{1e-10, 3, 4, 1.9999999995500002186e-29},
		{0.999, 200, 0.5, 5.2724410702523517387e-1},
		{0.25, 1000, 1500, 4.5657437619335383297e-61},
		{0.3, 0.2, 0.1, 2.8367301700413883384e-1},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double e = error_rel(dist_beta(test[i].x, test[i].a, test[i].b), test[i].p);
		tap_ok(e <= 1e-13, "I_%g(%g, %g): %.3g, error %.1e", test[i].x, test[i].a, test[i].b, test[i].p,
			e);
	}
}

struct pair {
	double x, y;
};

static void check(const char *name, double (*f)(double), const struct pair *test, size_t n, double tol)
{
	for (size_t i = 0; i < n; i++) {
		double e = error_rel(f(test[i].x), test[i].y);
		tap_ok(e <= tol, "%s(%g) = %.5g, error %.1e", name, test[i].x, test[i].y, e);
	}
}

static void normal_values(void)
{
	static const struct pair upper[] = {
		{-3, 9.9865010196836990547e-1},
		{-0.5, 6.9146246127401310364e-1},
		{0.1, 4.6017216272297101633e-1},
		{0.66291, 2.5369409838973993983e-1},
		{0.663, 2.5366527703861649795e-1},
		{1.96, 2.4997895148220436213e-2},
		{3, 1.3498980316300945267e-3},
		{5.6568, 7.7110648569755535651e-9},
		{5.6569, 7.7065752450713863423e-9},
		{10, 7.619853024160526066e-24},
		{20, 2.7536241186062336951e-89},
		{37, 5.7255712225245768227e-300},
	};
	static const struct pair quantile[] = {
		{1e-300, -3.7047096299361199237e+1},
		{1e-100, -2.1273453560965324294e+1},
		{1e-20, -9.2623400897984075796},
		{1e-5, -4.2648907939228246102},
		{0.025, -1.9599639845400542118},
		{0.0749, -1.4402382675279636631},
		{0.0751, -1.4388253927525399824},
		{0.1, -1.2815515655446004353},
		{0.3, -5.2440051270804081597e-1},
		{0.49999, -2.5066282748960008527e-5},
		{0.5, 0},
		{0.975, 1.9599639845400538556},
		{0.999999, 4.7534243088170877657},
	};
	check("P(Z > x)", dist_normal_upper, upper, COUNT(upper), 1e-15);
	check("normal quantile", dist_normal_quantile, quantile, COUNT(quantile), 1e-15);
	int bad = 0;
	for (size_t i = 0; i < COUNT(upper); i++)
		bad += dist_normal_cdf(-upper[i].x) != dist_normal_upper(upper[i].x);
	tap_ok(!bad, "the lower tail mirrors the upper one");
	tap_ok(dist_normal_quantile(0) == -INFINITY && dist_normal_quantile(1) == INFINITY &&
		isnan(dist_normal_quantile(1.1)) && isnan(dist_normal_quantile(NAN)), "quantiles at the ends");
	tap_ok(dist_normal_upper(INFINITY) == 0 && dist_normal_upper(-INFINITY) == 1 &&
		isnan(dist_normal_upper(NAN)), "tails at the ends");
}

static void log_gamma_values(void)
{
	static const struct pair value[] = {
		{1e-10, 2.3025850929882735237e+1},
		{0.1, 2.252712651734205902},
		{0.5, 5.7236494292470008707e-1},
		{1, 0.0},
		{1.0000000000009095, -5.2497458900760178148e-13},
		{1.25, -9.8271836421813161464e-2},
		{1.999999, -4.2278401259658537019e-7},
		{2, 0.0},
		{2.5, 2.8468287047291915963e-1},
		{3, 6.9314718055994530942e-1},
		{9.99, 1.277931521435019336e+1},
		{10, 1.2801827480081469611e+1},
		{100.5, 3.6143554046777762156e+2},
		{1e6, 1.281550456914761166e+7},
		{1e300, 6.8977552789821374147e+302},
	};
	/* 1.0000000000009095 stands for 1 + 2^-40, 9.0949470177292824e-13. */
	for (size_t i = 0; i < COUNT(value); i++) {
		double x = fabs(value[i].x - 1) < 1e-12 && value[i].x != 1 ? 1 + 0x1p-40 : value[i].x;
		double e = error_rel(dist_log_gamma(x), value[i].y);
		tap_ok(e <= 1e-15, "log gamma(%.17g) = %.5g, error %.1e", x, value[i].y, e);
	}
	tap_ok(isnan(dist_log_gamma(0)) && isnan(dist_log_gamma(-1.5)) && isinf(dist_log_gamma(INFINITY)),
		"log gamma outside its range");
}

/*
 * Two means: Q = sqrt(2) |T|.  The others: Gauss-Legendre quadrature in mpmath
 * of the plain form of both integrals, which R's ptukey meets to 1e-8 or so.
 */
static void tukey_values(void)
{
	static const struct {
		double q, k, df, p;
	} test[] = {
		{3.5, 10, 2, 0.52595368139886317},
		{5, 5, 10, 0.034206858049941561},
		{3.314, 3, 120, 0.053748091905663476},
		{10, 3, 1, 0.13382638577257703},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double e = error_rel(dist_tukey_upper(test[i].q, test[i].k, test[i].df), test[i].p);
		tap_ok(e <= 1e-14, "studentized range(%g, %g) > %g: %.5g, error %.1e", test[i].k, test[i].df,
			test[i].q, test[i].p, e);
	}
	double worst = 0;
	static const double df[] = {0.5, 1, 2, 5, 10, 30, 1000, 1e6};
	for (size_t i = 0; i < COUNT(df); i++)
		for (double q = 0.1; q < 30; q *= 2.3) {
			double t = dist_t_two_sided(q / sqrt(2), df[i]);
			if (t > 1e-100)
				worst = fmax(worst, error_rel(dist_tukey_upper(q, 2, df[i]), t));
		}
	tap_ok(worst < 1e-13, "studentized range of two is sqrt(2) |t| (%.1e)", worst);
	/* Where the sum over the pairs takes over from the integral: at either side of 1e-100 the same curve. */
	for (double k = 3; k < 50; k += 23) {
		double above = dist_tukey_upper(30.0, k, 1e6), q = 30.6;
		double below = dist_tukey_upper(q, k, 1e6);
		double pairs = dist_t_two_sided(30.0 / sqrt(2), 1e6) * k * (k - 1) / 2;
		tap_ok(above > 1e-100 && error_rel(above, pairs) < 1e-12, "far out a sum over pairs, %g means", k);
		tap_ok(below < 1e-100 && below > 0, "and so beyond");
	}
	tap_ok(dist_tukey_upper(1e4, 6, 1e6) == 0, "0 where it is less than any double");
	tap_ok(dist_tukey_upper(0, 3, 5) == 1 && dist_tukey_upper(INFINITY, 3, 5) == 0 &&
		isnan(dist_tukey_upper(1, 1, 5)) && isnan(dist_tukey_upper(1, 3, 0)), "its ends");
}

/* Closed forms and identities hold over whole ranges, not at chosen points. */
static void identities(void)
{
	double exponential = 0, cauchy = 0, two = 0, mirror = 0, square = 0, recurrence = 0;
	for (int i = 1; i < 2000; i++) {
		double x = i * 0.35, f = i * 0.01, a = 0.3 + i % 37, b = 0.7 + i % 23, u = (i % 997 + 0.5) / 998;
		exponential = fmax(exponential, error_rel(dist_chi2_upper(x, 2), exp(-x / 2)));
		cauchy = fmax(cauchy, error_rel(dist_t_two_sided(f, 1), 1 - 2 * atan(f) / acos(-1)));
		two = fmax(two, error_rel(dist_f_upper(f, 2, a), pow(1 + 2 * f / a, -a / 2)));
		mirror = fmax(mirror, fabs(dist_beta(u, a, b) + dist_beta(1 - u, b, a) - 1));
		square = fmax(square, error_rel(dist_chi2_upper(f * f, 1), 2 * dist_normal_upper(f)));
		recurrence = fmax(recurrence, error_rel(dist_log_gamma(a + u + 3),
			dist_log_gamma(a + u + 2) + log(a + u + 2)));
	}
	tap_ok(exponential < 2e-13, "chi2(2) is exponential (%.1e)", exponential);
	tap_ok(cauchy < 2e-14, "t(1) is Cauchy (%.1e)", cauchy);
	tap_ok(two < 2e-14, "F(2, m) is a power (%.1e)", two);
	tap_ok(mirror < 1e-14, "I_x(a, b) + I_1-x(b, a) = 1 (%.1e)", mirror);
	tap_ok(square < 1e-13, "chi2(1) is the square of a normal (%.1e)", square);
	tap_ok(recurrence < 1e-15, "log gamma(x + 1) = log gamma(x) + log x (%.1e)", recurrence);
}

static void ranges(void)
{
	tap_ok(isnan(dist_chi2_upper(1, 0)) && isnan(dist_f_upper(1, 0, 3)) && isnan(dist_f_upper(1, 3, -1)) &&
		isnan(dist_t_two_sided(1, 0)) && isnan(dist_beta(1.5, 1, 1)) && isnan(dist_beta(0.5, 0, 1)) &&
		isnan(dist_gamma_upper(-1, 1)) && isnan(dist_t_two_sided(NAN, 3)), "out of range is NaN");
	tap_ok(dist_chi2_upper(0, 3) == 1 && dist_chi2_upper(-1, 3) == 1 && dist_f_upper(0, 2, 2) == 1 &&
		dist_t_two_sided(0, 4) == 1, "nothing is above 0 with more than certainty");
	tap_ok(dist_chi2_upper(INFINITY, 3) == 0 && dist_f_upper(INFINITY, 2, 2) == 0 &&
		dist_t_two_sided(INFINITY, 2) == 0 && dist_chi2_upper(1e9, 5) == 0, "nothing is above infinity");
	tap_ok(dist_beta(0, 2, 3) == 0 && dist_beta(1, 2, 3) == 1, "the ends of the beta distribution");
}

int main(void)
{
	f_values();
	t_values();
	chi2_values();
	beta_values();
	normal_values();
	log_gamma_values();
	tukey_values();
	identities();
	ranges();
	return tap_done();
}
