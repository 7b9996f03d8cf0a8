/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stddef.h>

#include "math/polygamma.h"
#include "model/bgnbd.h"
#include "model/gamma_gamma.h"
#include "tests/unit/tap.h"

/*
 * Reference values: mpmath 1.2 at 60 digits, from the papers' equations as
 * they stand there (beta and gamma functions and powers, the hypergeometric
 * function of equation (10) at 150 digits and, at its pole a = 1, 1e-40 beside
 * it), parameters taken as the doubles they are.  The maxima: loggamma, Newton's
 * method on numerical derivatives at 50 digits until nothing moved.
 */
#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool fitted = true; /* no fit was without memory */

static double error_rel(double got, double want)
{
	return want == 0 ? fabs(got) : fabs(got - want) / fabs(want);
}

static void polygamma_values(void)
{
	static const struct {
		double x, digamma, trigamma;
	} test[] = {
		{1e-08, -100000000.57721564636, 10000000000000001.226},
		{0.1, -10.423754940411076232, 101.4332991507927477},
		{0.5, -1.9635100260214234794, 4.9348022005446793094},
		{1, -0.57721566490153286061, 1.6449340668482264365},
		{1.4616321449683622, -9.2412655217294275168e-17, 0.967672245447621255},
		{1.5, 0.036489973978576520559, 0.93480220054467930942},
		{2, 0.42278433509846713939, 0.64493406684822643647},
		{3.7, 1.1671535393615114409, 0.31003785767003830216},
		{11.999, 2.4425747743291192489, 0.086909420732240824282},
		{12, 2.4426616799758120167, 0.08690187287176839075},
		{50, 3.901989673427892197, 0.020201333226697125806},
		{1000.0, 6.9072551956488120521, 0.0010005001666666333334},
		{100000000.0, 18.420680738952365464, 1.0000000050000000167e-8},
		{1e+300, 690.77552789821370526, 9.999999999999999475e-301},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		double d = polygamma_digamma(test[i].x);
		double e0 = fabs(d - test[i].digamma) / fmax(1, fabs(test[i].digamma));
		double e1 = error_rel(polygamma_trigamma(test[i].x), test[i].trigamma);
		tap_ok(e0 <= 4e-16 && e1 <= 4e-16, "digamma, trigamma of %g: errors %.1e %.1e",
		       test[i].x, e0, e1);
	}
	tap_ok(isnan(polygamma_digamma(0)) && isnan(polygamma_trigamma(-1)), "none below 0");
	tap_ok(isinf(polygamma_digamma(INFINITY)) && polygamma_trigamma(INFINITY) == 0,
	       "at infinity");
}

static void histories(void)
{
	static const struct {
		struct bgnbd m;
		uint32_t x, t_x, T;
		double days, log_likelihood, alive, expected;
	} test[] = {
		{{0.243, 4.414, 0.793, 2.426}, 0, 0, 39, 365,
		 -0.5554981608414632817, 1.0, 1.1572105002798099976},
		{{0.243, 4.414, 0.793, 2.426}, 2, 30, 39, 365,
		 -9.4561317912458844164, 0.71955090314744334206, 5.9584067931813817104},
		{{0.25, 31, 0.8, 2.4}, 26, 270, 273, 365,
		 -93.655570230906596579, 0.96350329244428863457, 21.986134855646628699},
		{{0.8, 60, 0.9, 2.5}, 3, 100, 730, 365,
		 -16.932496321943631971, 0.01144573028691868085, 0.017529797109789108899},
		{{0.8, 60, 1, 2.5}, 3, 100, 730, 365,
		 -16.898090566231958401, 0.010312961195457079034, 0.015596307982574619108},
		{{0.8, 60, 1.000001, 2.5}, 3, 100, 730, 365,
		 -16.898090266300017079, 0.010312950988863154369, 0.015596290607050533705},
		{{5.5, 12.25, 30, 400}, 120, 900, 1000, 365,
		 -376.59785636444861867, 0.000037042806513605291884, 0.0006296465631115515956},
		{{0.01, 0.5, 0.001, 0.01}, 1, 0, 0, 365,
		 -3.9120230054281460378, 0.90909090909090909091, 665.87482582528409214},
		{{10000.0, 1000000.0, 1000.0, 100000.0}, 300, 3000, 3650, 365,
		 -1415.4333014813238267, 0.11257968936674350571, 0.41400190892041018603},
		{{2, 0.125, 0.02, 50}, 1, 1, 1, 365,
		 -3.8190850097688769107, 0.99960015993602558976, 929.09277177756282095},
		{{0.8, 60, 3, 0.5}, 1, 5, 2000, 365,
		 -4.6153844903962586942, 0.0003311219466991703028, 0.000090591350020587403197},
		{{0.3, 20, 7, 0.001}, 2, 365, 365, 365,
		 -22.58915680163134893, 0.12510936132983377078, 0.11699529873908429561},
		{{0.243, 4.414, 0.793, 2.426}, 2, 30, 39, 1,
		 -9.4561317912458844164, 0.71955090314744334206, 0.036966839737300798487},
		{{0.243, 4.414, 0.793, 2.426}, 2, 30, 39, 36600,
		 -9.4561317912458844164, 0.71955090314744334206, 36.332464581247253683},
		{{5.5, 12.25, 30, 400}, 120, 900, 1000, 3650,
		 -376.59785636444861867, 0.000037042806513605291884, 0.00070125861508692193634},
		{{40, 80, 0.001, 9}, 0, 0, 1, 36600,
		 -0.49690079994228613245, 1.0, 17953.788907571449825},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		const struct bgnbd *m = &test[i].m;
		uint32_t x = test[i].x, t_x = test[i].t_x, T = test[i].T;
		double e0 = error_rel(bgnbd_log_likelihood(m, x, t_x, T), test[i].log_likelihood);
		double e1 = error_rel(bgnbd_alive(m, x, t_x, T), test[i].alive);
		double e2 = error_rel(bgnbd_expected(m, x, t_x, T, test[i].days), test[i].expected);
		tap_ok(e0 <= 2e-15 && e1 <= 2e-15 && e2 <= 2e-15,
		       "x %u t_x %u T %u: log-likelihood, alive, expected: errors %.1e %.1e %.1e",
		       x, t_x, T, e0, e1, e2);
	}
	tap_ok(bgnbd_expected(&test[0].m, 2, 30, 39, 0) == 0, "nothing in no time");
}

static void spending(void)
{
	static const struct {
		struct gamma_gamma m;
		uint32_t x;
		double sum, log_likelihood;
	} test[] = {
		{{6.25, 3.74, 15.44}, 2, 60, -3.8470479256227243749},
		{{6.25, 3.74, 15.44}, 1, 1e-06, -83.552734989849693523},
		{{0.5, 1.5, 100}, 300, 12345.678, -4.5240927306073242036},
		{{1000, 2000, 300}, 12, 1900, -4.7338714626343872282},
		{{0.01, 0.02, 3}, 1, 1000000000.0, -26.126072258699962951},
		{{2.5, 12, 4000000.0}, 40, 100000000.0, -19.355237548623988401},
	};
	for (size_t i = 0; i < COUNT(test); i++) {
		const struct gamma_gamma *g = &test[i].m;
		double got = gamma_gamma_log_likelihood(g, test[i].x, test[i].sum);
		double e = fabs(got - test[i].log_likelihood);
		tap_ok(e <= 1e-15 * (g->p * test[i].x + g->q + fabs(got)),
		       "x %u, sum %g: log-likelihood, error %.1e", test[i].x, test[i].sum, e);
	}
	/* p gamma / (q - 1), and the note's weighted mean of it and of the customer's own */
	const struct gamma_gamma m = { 6.25, 3.74, 15.44 };
	double mean = 6.25 * 15.44 / 2.74, own = 2 * 6.25 / (2 * 6.25 + 2.74);
	tap_ok(error_rel(gamma_gamma_expected(&m, 0, 0), mean) <= 1e-15, "a value of nobody known");
	tap_ok(error_rel(gamma_gamma_expected(&m, 2, 60), (1 - own) * mean + own * 30) <= 1e-15,
	       "a value is a weighted mean");
}

struct known {
	double estimate, std_error;
};

static void compare(const struct mlfit *fit, const struct known *known, double log_likelihood)
{
	tap_ok(fit->stop == NEWTON_CONVERGED && fit->gradient <= 1e-10,
	       "converged in %d steps, gradient %.1e", fit->n_steps, fit->gradient);
	for (size_t i = 0; i < fit->n; i++) {
		double e0 = error_rel(fit->estimate[i], known[i].estimate);
		double e1 = error_rel(fit->std_error[i], known[i].std_error);
		tap_ok(e0 <= 1e-12 && e1 <= 1e-12, "%s: estimate, error: errors %.1e %.1e",
		       fit->name[i], e0, e1);
		tap_ok(fit->ci_low[i] * fit->ci_high[i] / pow(fit->estimate[i], 2) - 1 < 1e-12,
		       "its interval is even in logarithms");
	}
	double e = error_rel(fit->log_likelihood, log_likelihood);
	tap_ok(e <= 1e-14, "log-likelihood: error %.1e", e);
}

static const struct bgnbd_cell cells[] = {
	{200, 0, 0, 45}, {200, 25, 1, 18}, {200, 25, 2, 7}, {200, 25, 3, 2}, {200, 25, 4, 2},
	{200, 50, 1, 16}, {200, 50, 2, 4}, {200, 50, 3, 4}, {200, 50, 4, 3}, {200, 50, 6, 1},
	{200, 75, 1, 11}, {200, 75, 2, 4}, {200, 75, 3, 4}, {200, 75, 4, 2}, {200, 100, 1, 12},
	{200, 100, 2, 5}, {200, 100, 3, 3}, {200, 100, 4, 1}, {200, 100, 5, 1}, {200, 100, 9,
	1}, {200, 125, 1, 5}, {200, 125, 2, 3}, {200, 125, 3, 5}, {200, 125, 7, 1}, {200, 150,
	1, 6}, {200, 150, 2, 5}, {200, 150, 3, 1}, {200, 150, 4, 3}, {200, 150, 6, 1}, {200,
	150, 8, 1}, {200, 175, 2, 4}, {200, 175, 3, 3}, {200, 175, 4, 5}, {200, 175, 5, 2},
	{200, 175, 7, 2}, {200, 175, 9, 1}, {200, 175, 11, 1}, {200, 200, 1, 1}, {200, 200, 2,
	1}, {200, 200, 3, 4}, {200, 200, 4, 2}, {200, 200, 5, 4}, {200, 200, 7, 3}, {200, 200,
	8, 2}, {200, 200, 9, 2}, {200, 200, 10, 1}, {200, 200, 12, 1}, {200, 200, 14, 2}, {200,
	200, 18, 1}, {200, 200, 26, 1}, {300, 0, 0, 26}, {300, 25, 1, 17}, {300, 25, 2, 7},
	{300, 25, 3, 1}, {300, 50, 1, 10}, {300, 50, 2, 2}, {300, 50, 3, 3}, {300, 50, 4, 2},
	{300, 75, 1, 6}, {300, 75, 9, 1}, {300, 100, 1, 2}, {300, 100, 2, 4}, {300, 100, 3, 3},
	{300, 100, 4, 1}, {300, 100, 6, 1}, {300, 100, 25, 1}, {300, 125, 1, 3}, {300, 125, 2,
	7}, {300, 125, 3, 1}, {300, 125, 4, 3}, {300, 125, 11, 1}, {300, 125, 12, 1}, {300, 150,
	1, 2}, {300, 150, 2, 3}, {300, 150, 4, 1}, {300, 150, 13, 1}, {300, 175, 1, 5}, {300,
	175, 2, 2}, {300, 200, 1, 2}, {300, 200, 2, 2}, {300, 225, 1, 2}, {300, 225, 3, 2},
	{300, 225, 4, 1}, {300, 225, 5, 1}, {300, 225, 6, 3}, {300, 225, 8, 1}, {300, 250, 1,
	5}, {300, 250, 3, 2}, {300, 250, 4, 1}, {300, 250, 5, 1}, {300, 250, 6, 2}, {300, 250,
	7, 1}, {300, 250, 19, 1}, {300, 275, 1, 1}, {300, 275, 2, 2}, {300, 275, 3, 5}, {300,
	275, 4, 1}, {300, 275, 5, 1}, {300, 275, 6, 2}, {300, 275, 10, 1}, {300, 275, 11, 1},
	{300, 275, 18, 1}, {300, 275, 21, 1}, {300, 300, 2, 2}, {300, 300, 3, 1}, {300, 300, 4,
	2}, {300, 300, 5, 2}, {300, 300, 7, 4}, {300, 300, 8, 1}, {300, 300, 9, 1}, {300, 300,
	12, 1}, {300, 300, 14, 3}, {300, 300, 16, 1}, {300, 300, 24, 1}, {300, 300, 34, 1},};

/* Customers whose dropout probabilities differ less than chance alone would
 * make them: a and b run off together. */
static const struct bgnbd_cell alike[] = {
	{200, 0, 0, 55}, {200, 50, 1, 40}, {200, 50, 2, 7}, {200, 50, 3, 3}, {200, 100, 1, 10},
	{200, 100, 2, 8}, {200, 100, 3, 3}, {200, 100, 4, 6}, {200, 150, 1, 13}, {200, 150, 2,
	14}, {200, 150, 3, 7}, {200, 150, 4, 8}, {200, 150, 5, 1}, {200, 200, 1, 6}, {200, 200,
	2, 7}, {200, 200, 3, 4}, {200, 200, 4, 4}, {200, 200, 6, 1}, {300, 0, 0, 42}, {300, 50,
	1, 23}, {300, 50, 2, 21}, {300, 50, 3, 6}, {300, 50, 4, 1}, {300, 100, 1, 11}, {300,
	100, 2, 5}, {300, 100, 3, 1}, {300, 100, 4, 1}, {300, 150, 1, 8}, {300, 150, 2, 2},
	{300, 150, 3, 1}, {300, 150, 4, 4}, {300, 200, 1, 7}, {300, 200, 2, 6}, {300, 200, 3,
	4}, {300, 200, 4, 4}, {300, 200, 5, 3}, {300, 200, 6, 1}, {300, 250, 1, 10}, {300, 250,
	2, 2}, {300, 250, 3, 2}, {300, 250, 4, 9}, {300, 250, 6, 1}, {300, 250, 7, 2}, {300,
	300, 1, 4}, {300, 300, 2, 4}, {300, 300, 3, 2}, {300, 300, 4, 9}, {300, 300, 5, 3},
	{300, 300, 6, 2}, {300, 300, 7, 1}, {300, 300, 12, 1},};

static const struct gamma_gamma_customer spend[] = {
	{8, 1}, {10, 1}, {12, 1}, {13, 1}, {13, 1}, {19, 1}, {20, 1}, {24, 1}, {26, 1}, {27, 1},
	{29, 1}, {36, 1}, {63, 1}, {74, 1}, {29, 2}, {31, 2}, {34, 2}, {38, 2}, {39, 2}, {49,
	2}, {52, 2}, {53, 2}, {59, 2}, {62, 2}, {70, 2}, {86, 2}, {63, 3}, {66, 3}, {100, 3},
	{122, 3}, {328, 3}, {92, 5}, {99, 5}, {140, 5}, {168, 5}, {171, 5}, {173, 5}, {176, 5},
	{194, 5}, {263, 5},};

/* Sums without a maximum: p runs off. */
static const struct gamma_gamma_customer even[] = {
	{12, 1}, {13, 1}, {15, 1}, {16, 1}, {16, 1}, {18, 1}, {20, 1}, {24, 1}, {28, 1}, {61,
	1}, {77, 1}, {111, 1}, {19, 2}, {22, 2}, {33, 2}, {34, 2}, {41, 2}, {50, 2}, {52, 2},
	{99, 2}, {112, 2}, {273, 2}, {42, 3}, {43, 3}, {53, 3}, {53, 3}, {57, 3}, {59, 3}, {70,
	3}, {83, 3}, {93, 3}, {95, 3}, {107, 3}, {132, 3}, {156, 3}, {79, 5}, {105, 5}, {121,
	5}, {163, 5}, {256, 5},};

static void maxima(void)
{
	static const struct known bgnbd[] = {
		{0.89300153281227446862, 0.0862335544794124303},
		{43.316770123518763305, 5.35760791323985987},
		{0.60617712887554574864, 0.153992033363153549},
		{1.9014402438861063734, 0.642616789838649968},
	}, gamma[] = {
		{5.0353252495728698159, 2.849230023649192},
		{8.1538273529263983095, 3.92596340069147519},
		{43.340979178568045115, 44.200813809074886},
	};
	struct mlfit fit, again;

	fitted &= bgnbd_fit(&fit, cells, COUNT(cells));
	compare(&fit, bgnbd, -5880.3875911737581551);
	tap_ok(fit.n_customers == 400 && fit.n_cells == COUNT(cells), "customers and cells");
	fitted &= gamma_gamma_fit(&again, spend, COUNT(spend));
	compare(&again, gamma, -158.79729052139138344);
	fitted &= bgnbd_fit(&again, alike, COUNT(alike));
	tap_ok(again.stop == NEWTON_OUTSIDE && again.outside_up &&
		       again.outside >= 2 && isnan(again.std_error[0]),
	       "no maximum: %s runs off", again.name[again.outside]);
	fitted &= gamma_gamma_fit(&again, even, COUNT(even));
	tap_ok(again.stop == NEWTON_OUTSIDE && isnan(again.ci_low[1]), "no maximum: %s runs off",
	       again.name[again.outside]);
}

/* A customer in two cells, or in one counted twice, is the same. */
static void split_cells(void)
{
	struct bgnbd_cell half[2 * COUNT(cells)];
	struct mlfit one, two;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(cells); i++) {
		half[n] = half[n + 1] = cells[i];
		half[n++].n = cells[i].n / 3;
		half[n++].n = cells[i].n - cells[i].n / 3;
	}
	fitted &= bgnbd_fit(&one, cells, COUNT(cells));
	fitted &= bgnbd_fit(&two, half, n);
	for (size_t i = 0; i < one.n; i++)
		tap_ok(error_rel(two.estimate[i], one.estimate[i]) <= 1e-11, "%s of split cells",
		       one.name[i]);
}

/* Other units of time and money: scales change, shapes do not, and the
 * densities by the units' logarithms. */
static void other_units(void)
{
	struct bgnbd_cell weeks[COUNT(cells)];
	struct gamma_gamma_customer cents[COUNT(spend)];
	struct mlfit one, other;
	double purchases = 0;

	for (size_t i = 0; i < COUNT(cells); i++) {
		weeks[i] = cells[i];
		weeks[i].T *= 7;
		weeks[i].t_x *= 7;
		purchases += (double)cells[i].n * cells[i].x;
	}
	fitted &= bgnbd_fit(&one, cells, COUNT(cells));
	fitted &= bgnbd_fit(&other, weeks, COUNT(weeks));
	for (size_t i = 0; i < one.n; i++)
		tap_ok(error_rel(other.estimate[i], (i == 1 ? 7 : 1) * one.estimate[i]) <= 1e-11,
		       "%s in other units of time", one.name[i]);
	tap_ok(error_rel(other.log_likelihood, one.log_likelihood - purchases * log(7)) <= 1e-13,
	       "and the likelihood");
	for (size_t i = 0; i < COUNT(spend); i++)
		cents[i] = (struct gamma_gamma_customer){ 100 * spend[i].sum, spend[i].x };
	fitted &= gamma_gamma_fit(&one, spend, COUNT(spend));
	fitted &= gamma_gamma_fit(&other, cents, COUNT(cents));
	for (size_t i = 0; i < one.n; i++)
		tap_ok(error_rel(other.estimate[i], (i == 2 ? 100 : 1) * one.estimate[i]) <= 1e-11,
		       "%s in other units of money", one.name[i]);
}

int main(void)
{
	polygamma_values();
	histories();
	spending();
	maxima();
	split_cells();
	other_units();
	tap_ok(fitted, "all fits had memory");
	return tap_done();
}
