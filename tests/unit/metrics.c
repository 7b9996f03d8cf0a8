/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "model/folds.h"
#include "model/metrics.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

#define N 400

static double p[3 * N], w[3 * N];
static uint8_t y[3 * N];

/* DeLong's estimator from every pair, as it is defined. */
static double delong(size_t n, double *auc)
{
	double n1 = 0, n0 = 0, s1 = 0, s0 = 0;

	*auc = 0;
	for (size_t i = 0; i < n; i++)
		*(y[i] ? &n1 : &n0) += 1;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < n; i++) {
			double v = 0;
			for (size_t j = 0; j < n; j++)
				if (y[i] != y[j]) {
					double d = y[i] ? p[i] - p[j] : p[j] - p[i];
					v += d > 0 ? 1 : d == 0 ? 0.5 : 0;
				}
			v /= y[i] ? n0 : n1;
			if (!round)
				*auc += y[i] ? v / n1 : 0;
			else
				*(y[i] ? &s1 : &s0) += (v - *auc) * (v - *auc);
		}
	return sqrt(s1 / (n1 - 1) / n1 + s0 / (n0 - 1) / n0);
}

static bool near(double a, double b, double tol)
{
	return fabs(a - b) <= tol * fabs(b);
}

static void random_rows(int k)
{
	struct metrics m, repeated;
	struct metrics_ranking r;
	double auc, se, threshold, low, high;
	size_t total = 0;

	for (size_t i = 0; i < N; i++) {
		double u = rng_unit(3, RNG_TEST, (uint64_t)k * N + i, 0);
		/* few distinct values: ties in most pairs of the even problems */
		p[i] = k % 2 ? u : (1 + floor(u * 9)) / 11;
		y[i] = rng_unit(3, RNG_TEST, (uint64_t)k * N + i, 1) < p[i];
		w[i] = floor(3 * rng_unit(3, RNG_TEST, (uint64_t)k * N + i, 2));
	}
	se = delong(N, &auc);
	metrics_compute(&m, &r, p, y, NULL, N, 1);
	tap_ok(near(m.auc, auc, 1e-13) && near(m.auc_se, se, 1e-12), "%d: AUC and DeLong's error by pairs", k);
	low = metrics_gains(&r, 0.37, &threshold);
	high = metrics_gains(&r, 0.371, &threshold);
	tap_ok(low <= high && near(metrics_gains(&r, 1, &threshold), 1, 1e-14), "%d: gains rise to 1", k);
	free(r.group);
	metrics_compute(&m, &r, p, y, w, N, 1);
	free(r.group);
	for (size_t i = N; i-- > 0;)
		for (int c = 0; c < (int)w[i]; c++, total++) {
			p[N + total] = p[i];
			y[N + total] = y[i];
		}
	metrics_compute(&repeated, &r, p + N, y + N, NULL, total, 1);
	free(r.group);
	tap_ok(near(m.auc, repeated.auc, 1e-13) && near(m.auc_se, repeated.auc_se, 1e-12) &&
		       near(m.brier, repeated.brier, 1e-14) && near(m.log_loss, repeated.log_loss, 1e-13) &&
		       near(m.average_precision, repeated.average_precision, 1e-13) &&
		       near(m.calibration_slope, repeated.calibration_slope, 1e-9),
	       "%d: weights count rows, whatever their order", k);
}

static void edges(void)
{
	struct metrics m;
	struct metrics_ranking r;
	double certain[] = { 0, 1, 1, 0 }, flat[] = { 0.5, 0.5, 0.5, 0.5 };
	uint8_t outcome[] = { 0, 1, 1, 0 }, wrong[] = { 1, 1, 1, 0 }, none[] = { 0, 0, 0, 0 };

	metrics_compute(&m, &r, certain, outcome, NULL, 4, 1);
	tap_ok(m.auc == 1 && m.brier == 0 && m.log_loss < 1e-15 && m.average_precision == 1,
	       "certainty that is right");
	tap_ok(isnan(m.calibration_slope), "and has no finite calibration");
	free(r.group);
	metrics_compute(&m, &r, certain, wrong, NULL, 4, 1);
	tap_ok(near(m.log_loss, -log(0x1p-52) / 4, 1e-12), "certainty that is wrong costs 52 bits");
	free(r.group);
	metrics_compute(&m, &r, flat, outcome, NULL, 4, 1);
	tap_ok(m.auc == 0.5 && m.average_precision == 0.5 && near(m.log_loss, log(2), 1e-15),
	       "no knowledge");
	free(r.group);
	metrics_compute(&m, &r, flat, none, NULL, 4, 1);
	tap_ok(isnan(m.auc) && isnan(m.auc_se) && isnan(m.average_precision) && m.brier == 0.25,
	       "one class only: what ranks is missing");
	free(r.group);
}

static void parts(void)
{
	uint32_t fold[N], held[N], other[N];
	size_t size[2][7] = { { 0 } }, n_held[2] = { 0, 0 }, class[2] = { 0, 0 }, differ = 0;
	bool fair = true;

	for (size_t i = 0; i < N; i++) {
		y[i] = i % 11 == 0;
		class[y[i]]++;
	}
	folds_holdout(held, y, N, 2, 0.25, 1);
	folds_assign(fold, y, held, N, 2, 7, 1);
	folds_assign(other, y, held, N, 2, 7, 2);
	for (size_t i = 0; i < N; i++) {
		n_held[y[i]] += held[i];
		fair &= held[i] ? fold[i] == 7 : fold[i] < 7;
		differ += fold[i] != other[i];
		if (fold[i] < 7)
			size[y[i]][fold[i]]++;
	}
	tap_ok(n_held[0] == (size_t)llrint(0.25 * (double)class[0]) &&
		       n_held[1] == (size_t)llrint(0.25 * (double)class[1]),
	       "a quarter of each class is held out");
	for (int f = 1; f < 7; f++)
		for (int c = 0; c < 2; c++)
			fair &= size[c][f] + 1 >= size[c][0] && size[c][f] <= size[c][0] + 1;
	tap_ok(fair, "folds of each class differ by one at most, held-out rows have none");
	tap_ok(differ > N / 3, "another seed, other folds");
}

int main(void)
{
	for (int k = 0; k < 12; k++)
		random_rows(k);
	edges();
	parts();
	return tap_done();
}
