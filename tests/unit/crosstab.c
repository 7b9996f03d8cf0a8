/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "model/crosstab.h"
#include "tests/unit/tap.h"

static void fill(struct shares *s, const uint64_t *count, uint32_t levels, uint32_t groups)
{
	*s = (struct shares){ 0 };
	for (uint32_t l = 0; l < levels; l++)
		for (uint32_t g = 0; g < groups; g++)
			for (uint64_t i = 0; i < count[l * groups + g]; i++)
				shares_add(s, l, g, 0);
}

/* Every level in one group: chi-square is n (groups - 1), whatever the order. */
static void many_levels(void)
{
	struct shares up = { 0 }, down = { 0 };
	struct crosstab a, b;
	for (uint32_t i = 0; i < 70000; i++) {
		shares_add(&up, i, i * 7919 % 5, 0);
		shares_add(&down, 69999 - i, i * 7919 % 5, 0);
	}
	crosstab_test(&a, &up);
	crosstab_test(&b, &down);
	tap_ok(fabs(a.chi_squared / 280000 - 1) < 1e-15, "chi-square of 70,000 levels");
	tap_ok(a.chi_squared == b.chi_squared, "the same in another order");
	tap_ok(crosstab_check(&a, &up) == 1, "the second path agrees for many levels");
	shares_free(&up);
	shares_free(&down);
}

int main(void)
{
	/* Agresti (2007), p. 39, as in R's page of chisq.test: 30.07, df 2, p 2.954e-07 */
	static const uint64_t party[6] = { 762, 327, 468, 484, 239, 477 };
	/* without the empty level and group: 2 x 2 with n (ad - bc)^2 / (row and column sums) */
	static const uint64_t gaps[12] = { 10, 0, 3, 0, 0, 0, 2, 0, 9, 0, 0, 0 };
	static const uint64_t flat[2] = { 5, 7 };
	struct shares s;
	struct crosstab c;

	fill(&s, party, 2, 3);
	crosstab_test(&c, &s);
	tap_ok(fabs(c.chi_squared - 30.07) < 0.005 && c.df == 2, "chi-square of Agresti's table");
	tap_ok(fabs(c.p / 2.954e-7 - 1) < 2e-4, "its p");
	tap_ok(fabs(c.cramers_v - sqrt(c.chi_squared / 2757)) < 1e-15, "Cramer's V of a table with two rows");
	tap_ok(fabs(c.least_expected - 566.0 * 1200 / 2757) < 1e-9 && c.n_below_5 == 0, "least expected");
	tap_ok(crosstab_check(&c, &s), "the second path agrees");
	c.chi_squared += 1e-6;
	tap_ok(!crosstab_check(&c, &s), "a figure made wrong is found");
	shares_free(&s);

	fill(&s, gaps, 4, 3);
	crosstab_test(&c, &s);
	double want = 24.0 * (90 - 6) * (90 - 6) / (13.0 * 11 * 12 * 12);
	tap_ok(fabs(c.chi_squared / want - 1) < 1e-14 && c.df == 1, "empty levels and groups do not count");
	tap_ok(c.n_cells == 4 && c.n_below_5 == 0 && crosstab_check(&c, &s), "four cells");
	shares_free(&s);

	fill(&s, flat, 1, 2);
	crosstab_test(&c, &s);
	tap_ok(isnan(c.chi_squared) && isnan(c.p) && isnan(c.cramers_v), "no test with one level");
	tap_ok(crosstab_check(&c, &s), "nor anything to check");
	shares_free(&s);
	many_levels();
	return tap_done();
}
