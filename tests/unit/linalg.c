/* SPDX-License-Identifier: MIT */
#include "math/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

static double uniform(void)
{
	return 2.0 * rand() / RAND_MAX - 1;
}

static bool near(double got, double want, double tol)
{
	return fabs(got - want) <= tol * fmax(1, fabs(want));
}

static void eigenvalues(void)
{
	/* Second differences: 2 - 2 cos(k pi / (n + 1)), vectors sin(i k pi / (n + 1)). */
	enum { N = 12 };
	double a[N * N] = {0}, value[N], vector[N * N];
	const double pi = acos(-1);
	for (size_t i = 0; i < N; i++) {
		a[i * N + i] = 2;
		if (i)
			a[i * N + i - 1] = a[(i - 1) * N + i] = -1;
	}
	tap_ok(linalg_eigen(N, a, value, vector) == 0, "second differences");
	int bad_values = 0, bad_vectors = 0, bad_signs = 0;
	for (size_t k = 0; k < N; k++) {
		const double *v = vector + k * N;
		bad_values += !near(value[k], 2 - 2 * cos((double)(k + 1) * pi / (N + 1)), 1e-14);
		double largest = 0, sign = 0;
		for (size_t i = 0; i < N; i++) {
			double s = sqrt(2.0 / (N + 1)) * sin((double)((i + 1) * (k + 1)) * pi / (N + 1));
			bad_vectors += !near(fabs(v[i]), fabs(s), 1e-13);
			if (fabs(v[i]) > largest * (1 + 1e-8)) {
				largest = fabs(v[i]);
				sign = v[i];
			}
		}
		bad_signs += sign <= 0;
	}
	tap_ok(!bad_values, "eigenvalues 2 - 2 cos, ascending");
	tap_ok(!bad_vectors, "eigenvectors in the rows");
	tap_ok(!bad_signs, "largest entry positive, the first of equals");

	/* Hilbert 3 x 3; mpmath 1.3 at 40 digits. */
	double h[9], hv[3], hvec[9];
	for (size_t i = 0; i < 9; i++)
		h[i] = 1.0 / (double)(i / 3 + i % 3 + 1);
	linalg_eigen(3, h, hv, hvec);
	tap_ok(fabs(hv[0] - 0.00268734035577352) < 1e-16 && fabs(hv[1] - 0.12232706585390584) < 1e-15 &&
		fabs(hv[2] - 1.4083189271236538) < 1e-15, "Hilbert 3 x 3: %.15g %.15g %.15g", hv[0], hv[1],
		hv[2]);
}

static void hilbert(void)
{
	/* Savage & Lukacs 1954: the inverse has integer entries; 6 x 6, condition 1.5e7. */
	static const double inverse[6][6] = {
		{36, -630, 3360, -7560, 7560, -2772},
		{-630, 14700, -88200, 211680, -220500, 83160},
		{3360, -88200, 564480, -1411200, 1512000, -582120},
		{-7560, 211680, -1411200, 3628800, -3969000, 1552320},
		{7560, -220500, 1512000, -3969000, 4410000, -1746360},
		{-2772, 83160, -582120, 1552320, -1746360, 698544},
	};
	double a[36], b[6], x[36];
	for (size_t i = 0; i < 36; i++)
		x[i] = a[i] = 1.0 / (double)(i / 6 + i % 6 + 1);
	int bad = 0, lopsided = 0;
	tap_ok(linalg_inverse(6, a) == 0, "Hilbert 6 x 6 has an inverse");
	for (size_t i = 0; i < 36; i++) {
		bad += fabs(a[i] / inverse[i / 6][i % 6] - 1) > 1e-9;
		lopsided += a[i] != a[i % 6 * 6 + i / 6];
	}
	tap_ok(!bad && !lopsided, "its integers to 9 digits, symmetric");
	for (size_t i = 0; i < 6; i++) {
		b[i] = 0;
		for (size_t j = 0; j < 6; j++)
			b[i] += x[i * 6 + j];
	}
	tap_ok(linalg_solve(6, x, b) == 0, "solving against its row sums");
	for (size_t i = 0; i < 6; i++)
		bad += fabs(b[i] - 1) > 1e-9;
	tap_ok(!bad, "gives ones");
	double indefinite[4] = {1, 2, 2, 1}, again[4] = {1, 2, 2, 1}, two[2] = {1, 1};
	tap_ok(linalg_solve(2, indefinite, two) == -1 && linalg_inverse(2, again) == -1,
		"an indefinite matrix is refused");
}

static void not_finite(void)
{
	double a[4] = {1, NAN, NAN, 2}, b[2] = {1, 1}, value[2], vector[4];
	tap_ok(linalg_eigen(2, a, value, vector) == -1 && linalg_solve(2, a, b) == -1 &&
		linalg_inverse(2, a) == -1, "an entry that is not finite is refused");
}

enum { ROWS = 1000, COLS = 7 };
static double design[ROWS * COLS];

/* Columns: 1, u, v, 2u - 3v + 4 + gap e, w, 1e12 (w + gap f), 0. */
static void fill(double gap)
{
	for (size_t i = 0; i < ROWS; i++) {
		double *x = design + i * COLS;
		x[0] = 1;
		x[1] = uniform();
		x[2] = 100 * uniform();
		x[4] = uniform();
		x[3] = 2 * x[1] - 3 * x[2] + 4 + gap * uniform();
		x[5] = 1e12 * (x[4] + gap * uniform());
		x[6] = 0;
	}
}

static void aliasing(void)
{
	static const struct {
		double gap;
		const char *screen;
	} test[] = {
		{1, "0000001"},
		{1e-4, "0000001"},
		{1e-8, "0001011"},
		{0, "0001011"},
	};
	for (size_t t = 0; t < sizeof test / sizeof *test; t++) {
		int alias[COLS];
		char got[COLS + 1] = "";
		fill(test[t].gap);
		double a[COLS * COLS] = {0};
		for (size_t i = 0; i < ROWS; i++)
			for (size_t j = 0; j < COLS * COLS; j++)
				a[j] += design[i * COLS + j / COLS] * design[i * COLS + j % COLS];
		linalg_aliased(COLS, a, 1e-11, alias);
		for (size_t j = 0; j < COLS; j++)
			got[j] = (char)('0' + alias[j]);
		tap_ok(!strcmp(got, test[t].screen), "gap %g: suspects %s by cross products", test[t].gap, got);
	}
	tap_ok(linalg_aliased_floor(20) < 3e-7, "the screen's floor for 20 columns is below 3e-7");
}

int main(void)
{
	srand(1);
	eigenvalues();
	hilbert();
	not_finite();
	aliasing();
	return tap_done();
}
