/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "model/anova.h"
#include "model/figures.h"
#include "tests/unit/tap.h"
#include "value/dec.h"

static double distance(double got, double want)
{
	return fabs(got - want) / fabs(want);
}

/* NIST StRD, one-way analysis of variance, SiRstv: certified F and eta^2. */
static void certified_small(void)
{
	static const double x[25] = {
		196.3052, 196.1240, 196.1890, 196.2569, 196.3403, 196.3042, 196.3825, 196.1669, 196.3257,
		196.0422, 196.1303, 196.2005, 196.2889, 196.0343, 196.1811, 196.2795, 196.1748, 196.1494,
		196.1485, 195.9885, 196.2119, 196.1051, 196.1850, 196.0052, 196.2090,
	};
	uint32_t group[25];
	for (uint32_t i = 0; i < 25; i++)
		group[i] = i / 5;
	struct figures_groups g = { 5, 25, group };
	struct figures f;
	struct anova a;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	tap_ok(distance(a.f, 1.18046237440255) < 1e-13, "SiRstv: F");
	tap_ok(distance(a.eta_squared, 0.190999039051129) < 1e-13, "SiRstv: R squared");
	tap_ok(a.df_between == 4 && a.df_within == 20, "SiRstv: degrees of freedom");
	tap_ok(distance(sqrt(a.within / a.df_within), 0.104076068334656) < 1e-13, "SiRstv: residual deviation");
	figures_free(&f);
}

/* NIST StRD AtmWtAg (Powell, Murphy & Gramlich 1982): two instruments, eight digits in common. */
static void certified_average(void)
{
	static const double x[48] = {
		107.8681568, 107.8681465, 107.8681572, 107.8681785, 107.8681446, 107.8681903, 107.8681526, 107.8681494,
		107.8681616, 107.8681587, 107.8681519, 107.8681486, 107.8681419, 107.8681569, 107.8681508, 107.8681672,
		107.8681385, 107.8681518, 107.8681662, 107.8681424, 107.8681360, 107.8681333, 107.8681610, 107.8681477,
		107.8681079, 107.8681344, 107.8681513, 107.8681197, 107.8681604, 107.8681385, 107.8681642, 107.8681365,
		107.8681151, 107.8681082, 107.8681517, 107.8681448, 107.8681198, 107.8681482, 107.8681334, 107.8681609,
		107.8681101, 107.8681512, 107.8681469, 107.8681360, 107.8681254, 107.8681261, 107.8681450, 107.8681368,
	};
	uint32_t group[48];
	for (uint32_t i = 0; i < 48; i++)
		group[i] = i / 24;
	struct figures_groups g = { 2, 48, group };
	struct figures f;
	struct anova a;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	/* a last digit of the data is 1e-7 of 108; its double is off by 1e-14 / 1e-5 of a deviation */
	tap_ok(distance(a.f, 15.9467335677930) < 1e-9, "AtmWtAg: F, %.15g", a.f);
	figures_free(&f);
}

/*
 * NIST StRD SmLs01-09 (Simon & Lesage 1989): nine treatments around 1.4, 1.3
 * or 1.5, each with its mean once and then mean - 0.1, mean + 0.1 in turns;
 * offsets 0, 10^6, 10^12.  Certified F = the number of replicates.
 */
static void fill_simon_lesage(double *x, uint32_t *group, size_t n, const char *offset)
{
	for (size_t t = 0; t < 9; t++)
		for (size_t i = 0; i < n; i++) {
			int tenth = t == 0 ? 4 : t % 2 ? 3 : 5;
			char text[40];
			tenth += i == 0 ? 0 : i % 2 ? -1 : 1;
			snprintf(text, sizeof text, "%s.%d", offset, tenth);
			x[t * n + i] = strtod(text, NULL);
			group[t * n + i] = (uint32_t)t;
		}
}

/*
 * F of the doubles themselves in whole numbers: x - base counts units of
 * 2^-53 at least for every offset here, so all sums are exact.
 */
static double exact_f(const double *x, size_t n, double base, double unit)
{
	dec_wide within = 0, between = 0, total = 0;
	for (size_t t = 0; t < 9; t++) {
		dec_wide sum = 0, squares = 0;
		for (size_t i = 0; i < n; i++) {
			dec_wide u = (dec_wide)((x[t * n + i] - base) / unit);
			sum += u;
			squares += u * u;
		}
		within += (dec_wide)n * squares - sum * sum;
		between += sum * sum;
		total += sum;
	}
	between = 9 * between - total * total;
	return (double)((long double)between / 9 / 8 / ((long double)within / (9 * ((long double)n - 1))));
}

static void certified_large(void)
{
	static const struct {
		const char *name, *offset;
		size_t n;
		double base, unit, tolerance;
	} set[] = {
		{ "SmLs01", "1", 21, 1.4, 0x1p-52, 1e-13 },
		{ "SmLs02", "1", 201, 1.4, 0x1p-52, 1e-13 },
		{ "SmLs03", "1", 2001, 1.4, 0x1p-52, 1e-12 },
		{ "SmLs04", "1000000", 21, 1e6, 0x1p-33, 1e-8 },
		{ "SmLs05", "1000000", 201, 1e6, 0x1p-33, 1e-8 },
		{ "SmLs06", "1000000", 2001, 1e6, 0x1p-33, 1e-8 },
		{ "SmLs07", "1000000000000", 21, 1e12, 0x1p-13, 1e-2 },
		{ "SmLs08", "1000000000000", 201, 1e12, 0x1p-13, 1e-2 },
		{ "SmLs09", "1000000000000", 2001, 1e12, 0x1p-13, 1e-2 },
	};
	double *x = malloc(9 * 2001 * sizeof *x);
	uint32_t *group = malloc(9 * 2001 * sizeof *group);
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		struct figures f;
		struct anova a;
		fill_simon_lesage(x, group, set[i].n, set[i].offset);
		struct figures_groups g = { 9, 9 * set[i].n, group };
		figures_column(&f, x, &g);
		anova_oneway(&a, &f);
		double exact = exact_f(x, set[i].n, set[i].base, set[i].unit);
		tap_ok(distance(a.f, exact) < 4e-15, "%s: F of the doubles, %.17g against %.17g", set[i].name,
		       a.f, exact);
		tap_ok(distance(a.f, (double)set[i].n) < set[i].tolerance,
		       "%s: certified F as far as doubles carry it", set[i].name);
		figures_free(&f);
	}
	free(x);
	free(group);
}

/* For two groups Welch's F is the square of his t (1947), with its degrees. */
static void welch_of_two(void)
{
	static const double x[9] = { 3, 5, 4, 8, 2, 9, 11, 14, 10 };
	static const uint32_t group[9] = { 0, 0, 0, 0, 0, 1, 1, 1, 1 };
	struct figures_groups g = { 2, 9, group };
	struct figures f;
	struct anova a;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	/* means 4.4 and 11; variances 5.3 and 14/3 */
	double u = 5.3 / 5, v = 14.0 / 3 / 4, t = (11 - 4.4) / sqrt(u + v);
	double df = (u + v) * (u + v) / (u * u / 4 + v * v / 3);
	tap_ok(distance(a.welch_f, t * t) < 1e-14, "Welch's F of two groups is t squared");
	tap_ok(distance(a.welch_df_within, df) < 1e-14, "and its degrees Satterthwaite's");
	tap_ok(distance(a.welch_p, dist_t_two_sided(t, df)) < 1e-10, "and its p that of t");
	figures_free(&f);
}

static void edges(void)
{
	static const double same[6] = { 1, 1, 1, 2, 2, 2 }, gaps[6] = { 1, NAN, 3, NAN, NAN, NAN };
	static const uint32_t group[6] = { 0, 0, 0, 1, 1, 1 };
	struct figures_groups g = { 2, 6, group };
	struct figures f;
	struct anova a;
	figures_column(&f, same, &g);
	anova_oneway(&a, &f);
	tap_ok(isnan(a.f) && isnan(a.p) && isnan(a.welch_f), "no F when nothing varies inside");
	tap_ok(a.eta_squared == 1, "then eta squared is 1");
	figures_free(&f);
	figures_column(&f, gaps, &g);
	anova_oneway(&a, &f);
	tap_ok(isnan(a.f) && isnan(a.eta_squared), "no F with one group of values");
	tap_ok(f.cell[1].n_missing == 3 && f.cell[0].n_missing == 1, "missing values are counted");
	tap_ok(isnan(f.cell[1].mean) && f.cell[0].mean == 2, "a group without values has no mean");
	figures_free(&f);
}

/* Hollander & Wolfe (1973), p. 116, as in R's page of kruskal.test: 0.77143, df 2, p 0.68. */
static void ranks(void)
{
	static const double x[14] = { 2.9, 3.0, 2.5, 2.6, 3.2, 3.8, 2.7, 4.0, 2.4, 2.8, 3.4, 3.7, 2.2, 2.0 };
	static const uint32_t group[14] = { 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2 };
	/* mid-ranks 2 2 2 | 4.5 4.5 6: H = 12/42 (36/3 + 225/3) - 21 over 1 - (24 + 6)/210 */
	static const double tied[6] = { -0.0, 0, 0, 1, 1, 5 };
	static const uint32_t half[6] = { 0, 0, 0, 1, 1, 1 };
	struct figures_groups g = { 3, 14, group }, h = { 2, 6, half };
	struct figures f;
	struct anova a;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	tap_ok(fabs(a.kruskal_h - 0.77143) < 5e-6 && fabs(a.kruskal_p - 0.68) < 0.0005, "Kruskal-Wallis");
	tap_ok(f.cell[0].rank_sum + f.cell[1].rank_sum + f.cell[2].rank_sum == 105, "sums of ranks");
	figures_free(&f);
	figures_column(&f, tied, &h);
	tap_ok(f.cell[0].rank_sum == 6 && f.cell[1].rank_sum == 15, "mid-ranks of ties, -0 being 0");
	tap_ok(distance(f.kruskal_h, (12.0 / 42 * 87 - 21) / (1 - 30.0 / 210)) < 1e-14, "H with ties");
	figures_free(&f);
}

/* R: p.adjust(c(.01, .04, .03, .005), "holm") is .03 .06 .06 .02. */
static void holm(void)
{
	static const double p[5] = { .01, .04, NAN, .03, .005 };
	static const double want[5] = { .03, .06, 0, .06, .02 };
	double q[5];
	anova_holm(p, 5, q);
	tap_ok(isnan(q[2]), "a missing p stays missing");
	for (int i = 0; i < 5; i++)
		if (i != 2)
			tap_ok(distance(q[i], want[i]) < 1e-15, "Holm %d", i);
	static const double ties[3] = { .5, .5, .02 };
	anova_holm(ties, 3, q);
	tap_ok(distance(q[2], .06) < 1e-15 && q[0] == 1 && q[1] == 1, "Holm with ties, at most 1");
}

int main(void)
{
	certified_small();
	certified_average();
	certified_large();
	welch_of_two();
	edges();
	ranks();
	holm();
	return tap_done();
}
