/* SPDX-License-Identifier: MIT */
/* Scores, cut points in parameter files, and maps of named segments. */
#include "model/score.h"

#include <stdlib.h>
#include <string.h>

#include "model/naming.h"
#include "model/segmap.h"
#include "table/param.h"
#include "tests/unit/tap.h"

static struct score_cuts fit(int n, const double *x, size_t n_rows)
{
	struct score_cuts c;
	double *value[SCORE_DIMS];
	for (int d = 0; d < SCORE_DIMS; d++) {
		value[d] = malloc(n_rows * sizeof *x);
		memcpy(value[d], x, n_rows * sizeof *x);
	}
	score_fit(&c, n, value, n_rows, 1 + n % 2);
	for (int d = 0; d < SCORE_DIMS; d++)
		free(value[d]);
	return c;
}

static void test_cuts(void)
{
	/* R: quantile(c(1,2,4,8,16,32), 1:4/5) is 2 4 8 16 */
	const double six[] = { 32, 1, 16, 2, 8, 4 };
	struct score_cuts c = fit(5, six, 6);
	const double want[] = { 2, 4, 8, 16 };
	tap_ok(memcmp(c.cut[SCORE_F], want, sizeof want) == 0, "cut points that are rows");

	/* R: quantile(c(1,2,4,8), 1:4/5) is 1.6 2.4 3.6 5.6 */
	const double four[] = { 1, 2, 4, 8 }, between[] = { 1.6, 2.4, 3.6, 5.6 };
	bool near = true;
	c = fit(5, four, 4);
	for (int i = 0; i < 4; i++)
		near &= c.cut[SCORE_M][i] > between[i] - 1e-14 &&
			c.cut[SCORE_M][i] < between[i] + 1e-14;
	tap_ok(near, "cut points between rows");

	int score[SCORE_DIMS];
	const double x[SCORE_DIMS] = { 2.4000000000000001, 2.5, 9 };
	score_rows(&c, x, score);
	tap_ok(score[SCORE_F] == 3 && score[SCORE_M] == 5, "frequency, monetary: 1 + cuts below");
	tap_ok(score[SCORE_R] == 5 - 2 || score[SCORE_R] == 5 - 1, "recency: n - cuts below");

	const double one[] = { 7 };
	c = fit(9, one, 1);
	const double same[SCORE_DIMS] = { 7, 7, 7 };
	score_rows(&c, same, score);
	tap_ok(score[SCORE_R] == 9 && score[SCORE_F] == 1 && score[SCORE_M] == 1, "a lone row");
	score_opposite(&c, same, score);
	tap_ok(score[SCORE_R] == 1 && score[SCORE_F] == 9 && score[SCORE_M] == 9,
	       "and under the opposite tie rule");
}

static void test_store(void)
{
	const double x[] = { 0.1, 1e300, -3, 2.0 / 3, 5 };
	struct score_cuts c = fit(4, x, 5), back;
	struct param_list p = { 0 };
	char error[200] = "";

	param_add(&p, "model", "seg-rfm", "version", "1");
	score_store(&c, &p);
	tap_ok(score_load(&back, &p, error) == 0 && back.n == 4 &&
	       memcmp(back.cut[1], c.cut[1], 3 * sizeof(double)) == 0, "stored and loaded");
	param_add(&p, "cut", "frequency", "4", "9");
	tap_ok(score_load(&back, &p, error) == -1, "refused: %s", error);
	param_add(&p, "cut", "frequency", "7", "9");
	tap_ok(score_load(&back, &p, error) == -1, "refused: %s", error);
	param_add(&p, "cut", "aov", "1", "9");
	param_free(&p);
	p = (struct param_list){ 0 };
	param_add(&p, "cut", "aov", "1", "9");
	tap_ok(score_load(&back, &p, error) == -1, "refused: %s", error);
	param_free(&p);
}

static void test_map(void)
{
	struct segmap m;
	char error[200] = "";
	int cells = 0;

	tap_ok(segmap_build(&m, 5, segmap_default, segmap_n_default, error) == 0,
	       "the default map covers every cell once");
	for (int r = 1; r <= 5; r++)
		for (int f = 1; f <= 5; f++)
			cells += strcmp(segmap_name(&m, (int[]){ r, f, 1 }), "Hibernating") == 0;
	tap_ok(cells == 4, "Hibernating is R1-2 F1-2");
	tap_ok(!strcmp(segmap_name(&m, (int[]){ 5, 4, 1 }), "Champions") &&
	       !strcmp(segmap_name(&m, (int[]){ 2, 5, 3 }), "Can't Lose") &&
	       !strcmp(segmap_name(&m, (int[]){ 3, 3, 5 }), "Need Attention"), "names of cells");

	struct box gap[] = { { "a", { 1, 1, 1 }, { 2, 2, 2 } } };
	tap_ok(segmap_build(&m, 3, gap, 1, error) == -1 &&
	       !strcmp(error, "no segment covers R1 F1 M3"), "%s", error);
	struct box twice[] = { { "a", { 1, 1, 1 }, { 2, 2, 2 } }, { "b", { 2, 2, 1 }, { 2, 2, 1 } } };
	tap_ok(segmap_build(&m, 2, twice, 2, error) == -1 &&
	       !strcmp(error, "R2 F2 M1 is in both a and b"), "%s", error);
	struct box wide[] = { { "a", { 1, 0, 1 }, { 2, 2, 2 } } };
	tap_ok(segmap_build(&m, 2, wide, 1, error) == -1 &&
	       !strcmp(error, "segment a: F0-2 is not within 1..2"), "%s", error);
}

int main(void)
{
	test_cuts();
	test_store();
	test_map();
	return tap_done();
}
