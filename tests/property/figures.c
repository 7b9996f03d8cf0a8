/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/figures.h"
#include "model/ranks.h"
#include "model/shares.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

enum { MOST = 400 };

static double x[MOST], y[MOST];
static uint32_t group[MOST], other[MOST];

static uint64_t below(uint64_t n, uint64_t trial, uint32_t i)
{
	return rng_below(n, 1, RNG_TEST, trial, i);
}

static void make(uint64_t trial, size_t n, size_t k)
{
	double offset = below(2, trial, 1) ? 1e8 : 0, scale = below(2, trial, 2) ? 1e-3 : 1e3;
	for (uint32_t i = 0; i < n; i++) {
		x[i] = offset + scale * (double)below(50, trial, 10 + i);
		if (below(9, trial, 1000 + i) == 0)
			x[i] = NAN;
		group[i] = (uint32_t)below(k + 1, trial, 2000 + i);
		if (group[i] == k)
			group[i] = FIGURES_NO_GROUP;
	}
}

static bool same_cell(const struct figures_cell *a, const struct figures_cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

/* The same bits for any order of the rows. */
static bool order_free(const struct figures *f, size_t n, size_t k)
{
	struct figures_groups g = { k, n, other };
	struct figures h;
	bool same = true;
	for (size_t i = 0; i < n; i++) {
		y[i] = x[n - 1 - i];
		other[i] = group[n - 1 - i];
	}
	figures_column(&h, y, &g);
	for (size_t j = 0; j < k; j++)
		same = same && same_cell(&f->cell[j], &h.cell[j]);
	same = same && same_cell(&f->all, &h.all);
	figures_free(&h);
	return same;
}

/* Every figure that is made wrong is found, and named. */
static bool fault_found(struct figures *f, const struct figures_groups *g, size_t j, int which)
{
	static const char *const name[] = { "n", "missing", "mean", "sd", "min", "q25", "median", "q75", "max" };
	struct figures_cell *c = j < f->n_groups ? &f->cell[j] : &f->all, kept = *c;
	const char *what = NULL;
	double far = 1 + 2 * (c->max - c->min) + 1e-3 * fabs(c->max);
	if (c->n == 0)
		return true;
	switch (which) {
	case 0: c->n++; break;
	case 1: c->n_missing++; break;
	case 2: c->mean += 1e-9 * far; break;
	case 3: c->ss = 1.001 * c->ss + 1e-9 * far * far * (double)c->n; break;
	case 4: c->min -= far; break;
	case 5: c->q25 += far; break;
	case 6: c->median -= far; break;
	case 7: c->q75 += far; break;
	default: c->max += far; break;
	}
	int cell = figures_check(f, x, g, &what);
	*c = kept;
	return cell == (int)j + 1 && what && strcmp(what, name[which]) == 0;
}

static void columns(void)
{
	bool order = true, agrees = true, found = true, adds = true;
	for (uint64_t trial = 0; trial < 200; trial++) {
		size_t n = 1 + (size_t)below(MOST - 1, trial, 3), k = 1 + (size_t)below(6, trial, 4);
		struct figures_groups g = { k, n, group };
		struct figures f;
		const char *what;
		make(trial, n, k);
		figures_column(&f, x, &g);
		agrees = agrees && figures_check(&f, x, &g, &what) == 0;
		order = order && order_free(&f, n, k);
		found = found && fault_found(&f, &g, (size_t)below(k + 1, trial, 5), (int)(trial % 9));
		uint64_t sum = 0;
		for (size_t j = 0; j < k; j++)
			sum += f.cell[j].n;
		adds = adds && sum == f.all.n;
		figures_free(&f);
	}
	tap_ok(agrees, "the second path agrees on 200 columns");
	tap_ok(order, "the same bits when the rows are reversed");
	tap_ok(found, "a figure made wrong is found and named");
	tap_ok(adds, "the groups' numbers add up");
}

static void sorting(void)
{
	static double v[5000], spare[5000];
	static uint32_t g[5000], spare_group[5000];
	bool sorted = true;
	for (uint64_t trial = 0; trial < 20; trial++) {
		for (uint32_t i = 0; i < 5000; i++) {
			double wide = ldexp((double)below(1000, trial, i) - 500, (int)below(600, trial, 9000 + i) - 300);
			v[i] = trial % 2 ? wide : (double)below(30, trial, i) - 15;
			g[i] = i;
		}
		ranks_sort(v, g, spare, spare_group, 5000);
		for (size_t i = 1; i < 5000; i++)
			sorted = sorted && (v[i - 1] < v[i] || (v[i - 1] == v[i] && g[i - 1] < g[i]));
	}
	tap_ok(sorted, "radix order is the order of doubles, and stable");
}

static void quartiles(void)
{
	static const double v[6] = { 7, 1, 3, 9, 5, 11 };
	static const uint32_t one[6] = { 0 };
	struct figures_groups g = { 1, 6, one };
	struct figures f;
	figures_column(&f, v, &g);
	const struct figures_cell *c = &f.cell[0];
	tap_ok(c->min == 1 && c->q25 == 3.5 && c->median == 6 && c->q75 == 8.5 && c->max == 11,
	       "type-7 quantiles");
	tap_ok(c->mean == 6 && c->ss == 70 && fabs(c->sd - sqrt(14)) < 1e-15, "mean and deviation");
	figures_free(&f);
}

static void shares(void)
{
	struct shares s = { 0 }, half = { 0 }, whole = { 0 };
	static const uint32_t same[40] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13,
					   14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
					   28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39 };
	size_t level, group_at;
	for (uint32_t i = 0; i < 5000; i++) {
		uint32_t l = (uint32_t)below(40, 1, i), g = (uint32_t)below(20, 2, i);
		dec_wide v = (dec_wide)below(1000000, 3, i) * 1000000 - 1000;
		shares_add(&s, l, g, v);
		shares_add(i % 2 ? &half : &whole, l, g, v);
	}
	tap_ok(shares_check(&s, &level, &group_at), "the parts are the whole");
	shares_merge(&whole, &half, same, same);
	bool equal = whole.total == s.total;
	double mix = 0, split = 0, part = 0;
	for (size_t l = 0; l < 40; l++)
		for (size_t g = 0; g < 20; g++) {
			equal = equal && shares_value(&s, l, g) == shares_value(&whole, l, g) &&
				shares_rows(&s, l, g) == shares_rows(&whole, l, g);
			mix += g == 7 ? shares_mix(&s, l, g) : 0;
			split += l == 7 ? shares_split(&s, l, g) : 0;
			part += shares_part(&s, l, g);
		}
	tap_ok(equal, "two halves merged are the single run");
	tap_ok(fabs(mix - 1) < 1e-12, "mix adds up to 1 in a segment");
	tap_ok(fabs(split - 1) < 1e-12, "split adds up to 1 in a level");
	tap_ok(fabs(part - 1) < 1e-12, "part adds up to 1 in all");
	s.value[3]++;
	tap_ok(!shares_check(&s, &level, &group_at) && level == 0, "a cell that is wrong is found");
	shares_free(&s);
	shares_free(&half);
	shares_free(&whole);
	shares_add(&s, 0, 0, 0);
	tap_ok(isnan(shares_mix(&s, 0, 0)) && isnan(shares_index(&s, 0, 0)), "no share of nothing");
	dec_wide most = ((dec_wide)1 << 126) - 1 + ((dec_wide)1 << 126);
	tap_ok(shares_add(&s, 0, 0, most) == 0 && shares_add(&s, 0, 0, 1) == -2, "overflow is refused");
	shares_free(&s);
}

int main(void)
{
	columns();
	sorting();
	quartiles();
	shares();
	return tap_done();
}
