/* SPDX-License-Identifier: MIT */
#include "model/quality.h"

#include <math.h>
#include <stdlib.h>

#include "model/elbow.h"
#include "model/quality_core.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

enum { N = 900, D = 3, K = 4, K_MOST = 7 }; /* a cluster fills more than a tile of the pairs */
static double data[D][N], *column[D] = { data[0], data[1], data[2] };
static uint32_t label[N];

static void make(void)
{
	for (size_t i = 0; i < N; i++) {
		label[i] = (uint32_t)rng_below(K - 1, 5, RNG_TEST, i, 9);
		for (size_t j = 0; j < D; j++)
			data[j][i] = rng_unit(5, RNG_TEST, i, (uint32_t)j) + label[i];
	}
	label[17] = K - 1; /* a cluster of one row */
}

static double squared(size_t a, size_t b)
{
	double sum = 0;

	for (size_t j = 0; j < D; j++)
		sum += (data[j][a] - data[j][b]) * (data[j][a] - data[j][b]);
	return sum;
}

/* Rousseeuw 1987, by all pairs, of distances or squared distances in d columns. */
static double pairwise_silhouette(size_t d, size_t k, bool square)
{
	double total = 0;

	for (size_t i = 0; i < N; i++) {
		double sum[K_MOST] = { 0 }, b = (double)INFINITY, a;
		size_t n[K_MOST] = { 0 };
		for (size_t o = 0; o < N; o++) {
			double s = 0;
			for (size_t j = 0; j < d; j++)
				s += (data[j][i] - data[j][o]) * (data[j][i] - data[j][o]);
			sum[label[o]] += square ? s : sqrt(s);
			n[label[o]]++;
		}
		if (n[label[i]] == 1)
			continue;
		a = sum[label[i]] / (double)(n[label[i]] - 1);
		for (size_t c = 0; c < k; c++)
			if (c != label[i] && n[c])
				b = fmin(b, sum[c] / (double)n[c]);
		total += fmax(a, b) > 0 ? (b - a) / fmax(a, b) : 0;
	}
	return total / N;
}

static bool near(double a, double b, double relative)
{
	return fabs(a - b) <= relative * fabs(b);
}

/* Between and within sums by pairs: W = sum over clusters of the squared
 * distances of all pairs / (2 n), and likewise for all rows. */
static double pairwise_ch(void)
{
	double within[K] = { 0 }, all = 0, w = 0;
	size_t n[K] = { 0 };

	for (size_t i = 0; i < N; i++) {
		n[label[i]]++;
		for (size_t o = 0; o < N; o++) {
			all += squared(i, o) / (2.0 * N);
			if (label[i] == label[o])
				within[label[i]] += squared(i, o) / 2;
		}
	}
	for (size_t c = 0; c < K; c++)
		w += within[c] / (double)n[c];
	return (all - w) / (K - 1) / (w / (N - K));
}

static void indices(void)
{
	struct kmeans_rows rows = { .n = N, .d = D, .column = column };
	struct quality q, three;

	quality_of(&rows, label, K, QUALITY_AUTO, 1, 1, &q);
	quality_of(&rows, label, K, QUALITY_EXACT, 1, 3, &three);
	tap_ok(q.kind == QUALITY_EXACT && near(q.silhouette, pairwise_silhouette(D, K, false), 1e-13),
	       "exact silhouette: all pairs, %.15g", q.silhouette);
	tap_ok(q.silhouette == three.silhouette, "the same bits on 3 threads");
	tap_ok(near(q.calinski_harabasz, pairwise_ch(), 1e-12), "Calinski-Harabasz by pairs");
	quality_of(&rows, label, K, QUALITY_SQ, 1, 1, &q);
	tap_ok(q.kind == QUALITY_SQ && near(q.silhouette, pairwise_silhouette(D, K, true), 1e-12),
	       "squared silhouette: all pairs, %.15g", q.silhouette);
	quality_of(&rows, label, K, QUALITY_NONE, 1, 1, &q);
	tap_ok(isnan(q.silhouette) && q.kind == QUALITY_NONE, "no silhouette asked for");
}

/* Clusters of one row, of none, of more than a tile, and other numbers of columns. */
static void many_shapes(void)
{
	struct kmeans_rows rows = { .n = N, .d = D, .column = column };
	struct quality q, seven;
	size_t bad = 0;

	for (size_t i = 0; i < N; i++)
		label[i] = i < 600 ? 0 : i == 700 ? 3 : 1; /* 2 has no row */
	for (rows.d = 1; rows.d <= D; rows.d++) {
		quality_of(&rows, label, K, QUALITY_EXACT, 1, 1, &q);
		quality_of(&rows, label, K, QUALITY_EXACT, 1, 7, &seven);
		bad += !near(q.silhouette, pairwise_silhouette(rows.d, K, false), 1e-13) ||
		       q.silhouette != seven.silhouette;
	}
	tap_ok(bad == 0, "exact silhouettes of uneven clusters in 1 to 3 columns, 1 and 7 threads");
	make();
}

/* Seven heaps, some near each other, then what a case does to them. */
enum { PLAIN, SCRAMBLED, OFFSET, GRID, SAME, FAR, FARTHEST, FAR_INSIDE, CASES };
static const char *const case_name[CASES] = {
	"heaps", "labels that mean nothing", "an offset of 1e8", "integers, many of them equal",
	"clusters of one point", "a row at 1e14", "a row at 1e150", "a row at 1e14 with others",
};

static void make_case(int which)
{
	for (size_t i = 0; i < N; i++) {
		label[i] = (uint32_t)rng_below(K_MOST, 8, RNG_TEST, i, 9);
		for (size_t j = 0; j < D; j++) {
			data[j][i] = 4 * rng_unit(8, RNG_TEST, label[i], (uint32_t)(20 + j)) +
				     (which == SAME ? 0 : rng_unit(8, RNG_TEST, i, (uint32_t)j));
			data[j][i] = which == GRID ? floor(data[j][i]) : data[j][i];
			data[j][i] += which == OFFSET ? 1e8 : 0;
		}
		if (which == SCRAMBLED)
			label[i] = (uint32_t)(i % K_MOST);
		else if (which == FAR || which == FARTHEST)
			label[i] = i == 5 ? 6 : label[i] % 6;
	}
	if (which >= FAR)
		data[1][5] = which == FARTHEST ? 1e150 : 1e14;
}

static void find_means(const struct kmeans_rows *rows, uint64_t *size, double *mean,
		       double *squares)
{
	for (size_t l = 0; l < K_MOST; l++) {
		size[l] = 0;
		squares[l] = 0;
		for (size_t i = 0; i < N; i++)
			size[l] += label[i] == l;
		for (size_t j = 0; j < rows->d; j++) {
			long double sum = 0;
			for (size_t i = 0; i < N; i++)
				sum += label[i] == l ? (long double)rows->column[j][i] : 0;
			mean[l * rows->d + j] = (double)(sum / (long double)size[l]);
			for (size_t i = 0; i < N; i++) {
				double t = rows->column[j][i] - mean[l * rows->d + j];
				squares[l] += label[i] == l ? t * t : 0;
			}
		}
	}
}

/* What is ruled out by the means makes no difference, not even in the last bit. */
static void ruled_out(void)
{
	struct kmeans_rows rows = { .n = N, .d = D, .column = column };
	uint64_t size[K_MOST];
	double mean[K_MOST * D], squares[K_MOST], with[N], without[N];
	struct quality_clusters c = { &rows, label, K_MOST, size, NULL, squares, NULL };
	struct quality q, seven;
	uint32_t row[N];

	for (uint32_t i = 0; i < N; i++)
		row[i] = i;
	for (int which = 0; which < CASES; which++) {
		double want, total = 0;
		size_t bad = 0;
		make_case(which);
		want = pairwise_silhouette(D, K_MOST, false);
		quality_of(&rows, label, K_MOST, QUALITY_EXACT, 1, 1, &q);
		quality_of(&rows, label, K_MOST, QUALITY_EXACT, 1, 7, &seven);
		tap_ok(fabs(q.silhouette - want) < 1e-13 && q.silhouette == seven.silhouette,
		       "exact silhouette of %s: %.15g by all pairs", case_name[which], want);
		find_means(&rows, size, mean, squares);
		c.mean = NULL;
		quality_silhouettes(&c, row, N, 3, without);
		c.mean = mean;
		quality_silhouettes(&c, row, N, 1, with);
		for (size_t i = 0; i < N; i++) {
			bad += with[i] != without[i];
			total += with[i] / N;
		}
		tap_ok(bad == 0 && fabs(total - want) < 1e-13, "and row by row, with means or without");
	}
	make();
}

/* Two pairs of points on a line: everything by hand. */
static void by_hand(void)
{
	double x[4] = { 0, 2, 10, 14 }, *one[1] = { x };
	uint32_t l[4] = { 0, 0, 1, 1 };
	struct kmeans_rows rows = { .n = 4, .d = 1, .column = one };
	struct quality q;

	quality_of(&rows, l, 2, QUALITY_EXACT, 1, 1, &q);
	/* means 1 and 12: spreads 1 and 2, apart 11; B = 2 * 5.5^2 * 2, W = 2 + 8 */
	tap_ok(near(q.davies_bouldin, 3.0 / 11, 1e-15), "Davies-Bouldin by hand");
	tap_ok(near(q.calinski_harabasz, 121 / (10.0 / 2), 1e-15), "Calinski-Harabasz by hand");
	/* a 2, 2, 4, 4; b 12, 10, 9, 13 */
	tap_ok(near(q.silhouette, (10.0 / 12 + 8.0 / 10 + 5.0 / 9 + 9.0 / 13) / 4, 1e-15),
	       "silhouette by hand");
	l[2] = l[3] = 0;
	quality_of(&rows, l, 1, QUALITY_EXACT, 1, 1, &q);
	tap_ok(isnan(q.silhouette) && isnan(q.calinski_harabasz) && isnan(q.davies_bouldin) &&
	       q.kind == QUALITY_NONE, "one cluster has no index");
}

/* The sample's error covers the exact value: within 3 errors in 20 of 20. */
static void sample(void)
{
	enum { ROWS = 6000 };
	double *x = malloc(ROWS * sizeof *x), *y = malloc(ROWS * sizeof *y), *xy[2] = { x, y };
	uint32_t *l = malloc(ROWS * sizeof *l);
	struct kmeans_rows rows = { .n = ROWS, .d = 2, .column = xy };
	struct quality exact, q;
	size_t bad = 0;

	for (size_t i = 0; i < ROWS; i++) {
		l[i] = (uint32_t)(i % 3);
		x[i] = rng_unit(6, RNG_TEST, i, 0) * 2 + (double)l[i];
		y[i] = rng_unit(6, RNG_TEST, i, 1);
	}
	quality_of(&rows, l, 3, QUALITY_EXACT, 1, 1, &exact);
	for (uint64_t seed = 1; seed <= 20; seed++) {
		quality_of(&rows, l, 3, QUALITY_SAMPLE, seed, 1, &q);
		bad += q.kind != QUALITY_SAMPLE || !(q.silhouette_se > 0) ||
		       fabs(q.silhouette - exact.silhouette) > 3 * q.silhouette_se;
	}
	tap_ok(bad == 0, "sampled silhouettes are within 3 standard errors");
	free(x);
	free(y);
	free(l);
}

static void elbows(void)
{
	/* Figure 2 of Satopaa 2011, turned over: y = 1 - (-1 / x + 5) / 5 */
	double x[10], y[10], line[10], k[10];
	/* the inertias of a study whose knees the kneed package puts at 4 and 6 */
	double inertia[10] = { 13116, 8988.440239, 7157.044927, 5754.521305, 4605.817244,
			       3467.284420, 2825.301193, 2341.634233, 2058.314551, 1792.251070 };

	for (size_t i = 0; i < 10; i++) {
		x[i] = 0.1 + 0.1 * (double)i;
		y[i] = 1 / x[i];
		line[i] = -(double)i;
		k[i] = (double)(i + 1);
	}
	tap_ok(elbow_find(x, y, 10) == 2, "1 / x on 0.1..1: knee at 0.3");
	tap_ok(elbow_find(k, inertia, 10) == 3, "k = 4 on 1..10");
	tap_ok(elbow_find(k + 1, inertia + 1, 9) == 4, "k = 6 on 2..10");
	tap_ok(elbow_find(x, line, 10) == -1, "a straight line has no knee");
	tap_ok(elbow_find(x, y, 2) == -1, "two points have no knee");
	for (size_t i = 0; i < 10; i++)
		line[i] = 1;
	tap_ok(elbow_find(x, line, 10) == -1, "a flat curve has no knee");
}

int main(void)
{
	make();
	indices();
	many_shapes();
	ruled_out();
	by_hand();
	sample();
	elbows();
	return tap_done();
}
