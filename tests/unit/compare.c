/* SPDX-License-Identifier: MIT */
/* Pairs of groups, words of a group, shares of events: figures of R 4.2
 * (TukeyHSD, ptukey, prop.test) and of the papers. */
#include <math.h>
#include <stdint.h>

#include "model/anova.h"
#include "model/figures.h"
#include "model/logodds.h"
#include "model/pairs.h"
#include "model/proportions.h"
#include "tests/unit/tap.h"

static double distance(double got, double want)
{
	return fabs(got - want) / fabs(want);
}

/* R's PlantGrowth: control and two treatments. */
static void plant_growth(void)
{
	static const double x[30] = {
		4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14,
		4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69,
		6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26,
	};
	static const struct {
		size_t i, j;
		double difference, tukey_p, games_howell_df, games_howell_p;
	} want[] = {
		{ 0, 1, 0.371, 0.390871144202125, 16.5235850568593, 0.47455492219398 },
		{ 0, 2, -0.494, 0.197995991299708, 16.7857644826057, 0.112889176854217 },
		{ 1, 2, -0.865, 0.0120064239794527, 14.1035691227603, 0.0237034547392031 },
	};
	uint32_t group[30];
	for (uint32_t i = 0; i < 30; i++)
		group[i] = i / 10;
	struct figures_groups g = { 3, 30, group };
	struct figures f;
	struct anova a;
	struct pair p;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	for (size_t w = 0; w < sizeof want / sizeof *want; w++) {
		pairs_compare(&p, &f, &a, want[w].i, want[w].j, true);
		tap_ok(distance(p.difference, want[w].difference) < 1e-12, "PlantGrowth %zu: difference", w);
		tap_ok(distance(p.tukey_p, want[w].tukey_p) < 1e-10, "PlantGrowth %zu: Tukey", w);
		tap_ok(distance(p.games_howell_df, want[w].games_howell_df) < 1e-12,
		       "PlantGrowth %zu: Games and Howell's df", w);
		tap_ok(distance(p.games_howell_p, want[w].games_howell_p) < 1e-10,
		       "PlantGrowth %zu: Games and Howell", w);
	}
	pairs_compare(&p, &f, &a, 0, 1, false);
	tap_ok(isnan(p.tukey_p) && p.tukey_q > 0, "no p when none is asked for");
	figures_free(&f);
}

static void degenerate_pairs(void)
{
	static const double x[5] = { 1, 1, 2, 3, NAN };
	static const uint32_t group[5] = { 0, 0, 1, 2, 3 };
	struct figures_groups g = { 4, 5, group };
	struct figures f;
	struct anova a;
	struct pair p;
	figures_column(&f, x, &g);
	anova_oneway(&a, &f);
	pairs_compare(&p, &f, &a, 0, 1, true);
	tap_ok(p.difference == -1 && isnan(p.tukey_p) && isnan(p.games_howell_p), "nothing varies");
	pairs_compare(&p, &f, &a, 0, 3, true);
	tap_ok(isnan(p.difference), "a group without values");
	figures_free(&f);
}

static void words(void)
{
	/* by hand: alpha = 500 * 30 / 3000 = 5; (25/1475) / (15/2485) */
	struct logodds w = logodds_word(20, 1000, 10, 2000);
	double want = log(25.0 / 1475) - log(15.0 / 2485);
	tap_ok(distance(w.log_odds, want) < 1e-14, "log-odds");
	tap_ok(distance(w.z, want / sqrt(1 / 25.0 + 1 / 15.0)) < 1e-14, "z");
	struct logodds v = logodds_word(10, 2000, 20, 1000);
	tap_ok(v.log_odds == -w.log_odds && v.z == -w.z, "the other side is the opposite");
	tap_ok(fabs(logodds_word(10, 1000, 20, 2000).log_odds) < 0.2, "the same rate is about nothing");
	tap_ok(isnan(logodds_word(5, 5, 0, 0).z), "no other side");
}

static void proportions(void)
{
	/* prop.test(c(15, 30), c(100, 120), correct = FALSE), without continuity */
	struct proportion a = proportions_one(15, 100), b = proportions_one(30, 120);
	struct proportions_test t = proportions_two(&a, &b);
	tap_ok(distance(t.p, 0.0671078820481868) < 1e-13, "pooled p");
	tap_ok(distance(t.z * t.z, 3.35238095238095) < 1e-13, "z squared is chi-square");
	tap_ok(distance(a.low, 0.0930598528365663) < 1e-13 && distance(a.high, 0.232835595908324) < 1e-13,
	       "Wilson");
	/* Newcombe (1998), table II: 56/70 - 48/80 = 0.2, 0.0524 to 0.3339 */
	a = proportions_one(48, 80);
	b = proportions_one(56, 70);
	t = proportions_two(&a, &b);
	tap_ok(fabs(t.difference - 0.2) < 1e-15 && fabs(t.low - 0.0524) < 5e-5 &&
	       fabs(t.high - 0.3339) < 5e-5, "Newcombe's example a");
	a = proportions_one(0, 10);
	b = proportions_one(10, 10);
	t = proportions_two(&a, &b);
	tap_ok(a.low == 0 && b.high == 1 && fabs(t.low - 0.6075) < 5e-5 && fabs(t.high - 1) < 1e-15,
	       "Newcombe's example h");
	b = proportions_one(0, 12);
	t = proportions_two(&a, &b);
	tap_ok(t.difference == 0 && isnan(t.p), "no event anywhere: no p");
	tap_ok(isnan(proportions_one(0, 0).rate), "no rows: no rate");
}

static void planning(void)
{
	double rise = proportions_detectable(0.1, 3841, 3841);
	tap_ok(proportions_sample_size(0.10, 0.12) == 3841, "10%% against 12%%: 3,841 an arm");
	tap_ok(proportions_sample_size(0.12, 0.10) == 3841, "the same the other way round");
	tap_ok(rise <= 0.02 && rise > 0.0199, "3,841 an arm show 10%% against 12%%: %.6f", rise);
	tap_ok(isnan(proportions_sample_size(0.1, 0.1)), "equal rates need no size");
	tap_ok(isnan(proportions_detectable(0.9, 3, 3)), "three rows show nothing above 90%%");
	tap_ok(proportions_detectable(0.1, 1000, 4000) < proportions_detectable(0.1, 1000, 1000),
	       "a larger second arm shows less");
}

int main(void)
{
	plant_growth();
	degenerate_pairs();
	words();
	proportions();
	planning();
	return tap_done();
}
