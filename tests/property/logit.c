/* SPDX-License-Identifier: MIT */
/* What holds for every logistic fit: 60 random problems. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_folds.h"
#include "tests/unit/tap.h"
#include "value/rng.h"

#define N_MAX 3000
#define D_MAX 6

struct problem {
	size_t n, d;
	double x[N_MAX][D_MAX], w[N_MAX];
	uint8_t y[N_MAX];
	bool weighted;
};

static struct problem p, q;
static uint64_t n_drawn;

static double uniform(void)
{
	return rng_unit(11, RNG_TEST, n_drawn++, 0);
}

/* Columns of very different scale and skewness, a steepness of up to 2. */
static void draw(struct problem *to)
{
	double b[D_MAX];

	to->n = 60 + (size_t)(uniform() * (N_MAX - 60));
	to->d = 1 + (size_t)(uniform() * D_MAX);
	to->weighted = uniform() < 0.5;
	for (size_t j = 0; j < to->d; j++)
		b[j] = (uniform() - 0.5) * 2;
	for (size_t i = 0; i < to->n; i++) {
		double eta = -1;
		for (size_t j = 0; j < to->d; j++) {
			double v = uniform() + uniform() + uniform() - 1.5;
			eta += b[j] * v;
			to->x[i][j] = j % 3 == 1 ? 1e5 + v : j % 3 == 2 ? 1e-4 * v : v;
		}
		to->y[i] = uniform() < 1 / (1 + exp(-eta));
		to->w[i] = floor(uniform() * 4);
	}
}

static void load(struct logit_rows *r, const struct problem *from)
{
	memset(r, 0, sizeof *r);
	for (size_t j = 0; j < from->d; j++)
		design_source(&r->design, "x", false);
	for (size_t i = 0; i < from->n; i++)
		if (!from->weighted || from->w[i] > 0)
			logit_rows_add(r, from->x[i], NULL, from->y[i], from->weighted, from->w[i]);
	design_finish(&r->design);
}

static void fit_with(struct logit_fit *fit, const struct problem *from, struct logit_options o)
{
	struct logit_rows r;

	load(&r, from);
	const struct logit_data data = { &r.design, r.y, r.weight };
	if (logit_fit(fit, &data, &o) != LOGIT_OK)
		tap_ok(false, "the fit has an answer");
	logit_rows_free(&r);
}

static const struct logit_options plain = { .max_iter = 25, .tol = 1e-8, .threads = 1 };

static bool same(const struct logit_fit *a, const struct logit_fit *b)
{
	bool equal = a->deviance == b->deviance && a->n_terms == b->n_terms;

	for (size_t t = 0; equal && t < a->n_terms; t++)
		equal = a->term[t].estimate == b->term[t].estimate &&
			a->term[t].std_error == b->term[t].std_error;
	return equal;
}

static bool near(double a, double b, double tol)
{
	return fabs(a - b) <= tol * fabs(b);
}

/* The score equations, each against the sum of its terms' sizes. */
static double worst_score(const struct logit_fit *fit, const struct problem *of)
{
	double worst = 0;

	for (size_t j = 0; j <= of->d; j++) {
		long double sum = 0, size = 0;
		for (size_t i = 0; i < of->n; i++) {
			long double eta = fit->term[0].estimate, v = j ? of->x[i][j - 1] : 1, g;
			for (size_t k = 0; k < of->d; k++)
				eta += (long double)fit->term[k + 1].estimate * of->x[i][k];
			g = (of->weighted ? of->w[i] : 1) * v * (of->y[i] - 1 / (1 + expl(-eta)));
			sum += g;
			size += fabsl(g);
		}
		worst = fmax(worst, (double)(fabsl(sum) / size));
	}
	return worst;
}

static void check_order_and_threads(int k, const struct logit_fit *want)
{
	struct logit_fit got;
	struct logit_options threaded = plain;

	q = p;
	for (size_t i = p.n; i > 1; i--) {
		size_t j = (size_t)(uniform() * (double)i), d = p.d;
		double w = q.w[i - 1];
		uint8_t y = q.y[i - 1];
		for (size_t c = 0; c < d; c++) {
			double x = q.x[i - 1][c];
			q.x[i - 1][c] = q.x[j][c];
			q.x[j][c] = x;
		}
		q.w[i - 1] = q.w[j];
		q.w[j] = w;
		q.y[i - 1] = q.y[j];
		q.y[j] = y;
	}
	threaded.threads = 3;
	fit_with(&got, &q, threaded);
	tap_ok(same(&got, want), "problem %d: rows shuffled, three threads: the same bits", k);
	logit_free(&got);
}

static void check_scale(int k, const struct logit_fit *want)
{
	struct logit_fit got;
	bool holds = true;

	q = p;
	for (size_t i = 0; i < q.n; i++)
		q.x[i][0] = q.x[i][0] * 0x1p40;
	fit_with(&got, &q, plain);
	tap_ok(got.term[1].estimate == want->term[1].estimate * 0x1p-40 &&
		       got.deviance == want->deviance,
	       "problem %d: a column times 2^40: the coefficient times 2^-40, exactly", k);
	logit_free(&got);
	for (size_t i = 0; i < q.n; i++)
		q.x[i][0] = 1000 - 3 * p.x[i][0];
	fit_with(&got, &q, plain);
	holds = near(got.term[1].estimate, want->term[1].estimate / -3, 1e-9) &&
		near(got.term[1].z, -want->term[1].z, 1e-9) &&
		near(got.deviance, want->deviance, 1e-13);
	tap_ok(holds, "problem %d: 1000 - 3 x: a third of the coefficient, the other sign", k);
	logit_free(&got);
	q = p;
	for (size_t i = 0; i < q.n; i++)
		q.y[i] = !p.y[i];
	fit_with(&got, &q, plain);
	holds = true;
	for (size_t t = 0; t < got.n_terms; t++)
		holds &= near(got.term[t].estimate, -want->term[t].estimate, 1e-10);
	tap_ok(holds, "problem %d: the outcome turned round: all signs change", k);
	logit_free(&got);
}

/* A random hyperplane decides every row. */
static void check_separable(int k)
{
	struct logit_fit fit;
	double b[D_MAX], n_one = 0;

	for (size_t j = 0; j < p.d; j++)
		b[j] = uniform() - 0.5;
	q = p;
	q.weighted = false;
	for (size_t i = 0; i < q.n; i++) {
		double side = 0;
		for (size_t j = 0; j < q.d; j++)
			side += b[j] * (j % 3 == 1 ? q.x[i][j] - 1e5 : j % 3 == 2 ? 1e4 * q.x[i][j] : q.x[i][j]);
		q.y[i] = side > 0.02;
		n_one += q.y[i];
	}
	if (n_one == 0 || n_one == (double)q.n)
		return;
	fit_with(&fit, &q, plain);
	tap_ok(fit.separated && !logit_converged(&fit), "problem %d: a separating plane is found", k);
	logit_free(&fit);
}

/*
 * Column 1 is column 0 and a little noise: the fit is that of column 0 and the
 * noise, down to R's tolerance; below it the column is dropped.
 */
static void check_nearly_aliased(int k)
{
	double little = pow(10, -(double)(k % 12));
	struct logit_fit near_fit, plain_fit;
	/* the noise itself is known to the rounding of column 1 */
	double tol = 1e-9 + 1e-14 / little;

	q = p;
	q.d = 2;
	for (size_t i = 0; i < q.n; i++) {
		double noise = uniform() - 0.5;
		q.x[i][1] = q.x[i][0] + little * noise;
		q.y[i] = uniform() < 1 / (1 + exp(-q.x[i][0] - noise));
	}
	fit_with(&near_fit, &q, plain);
	for (size_t i = 0; i < q.n; i++)
		q.x[i][1] = (q.x[i][1] - q.x[i][0]) / little;
	fit_with(&plain_fit, &q, plain);
	if (near_fit.term[2].aliased)
		tap_ok(little < 1e-9, "problem %d: dropped at %g", k, little);
	else
		tap_ok(little > 1e-11 && near(near_fit.deviance, plain_fit.deviance, tol) &&
			       fabs(near_fit.term[0].estimate - plain_fit.term[0].estimate) <
				       tol * plain_fit.term[0].std_error &&
			       fabs(near_fit.term[2].z - plain_fit.term[2].z) < tol &&
			       near(near_fit.term[2].std_error * little, plain_fit.term[2].std_error, tol),
		       "problem %d: nearly aliased by %g", k, little);
	logit_free(&near_fit);
	logit_free(&plain_fit);
}

/*
 * A fold's probabilities under a path: the same whatever the outcomes of its
 * own rows are, and those of a path over the other rows alone.
 */
static void check_nested(int k)
{
	enum { FOLDS = 4, POINTS = 6 };
	static uint32_t fold[N_MAX], inner[N_MAX];
	static double was[N_MAX], now[N_MAX], alone[N_MAX];
	const struct logit_options lasso = { .max_iter = 25, .tol = 1e-8, .threads = 1, .l1 = 1e-4,
					     .penalise_standardised = true };
	const struct logit_folds folds = { fold, FOLDS, POINTS, k % 2 };
	struct logit_path path = { .n = POINTS };
	bool settled[FOLDS], holds = true;
	struct logit_options own = lasso;
	struct logit_rows r;
	struct logit_fit fit;
	size_t n = 0;

	p.weighted = false;
	for (size_t i = 0; i < p.n; i++)
		fold[i] = (uint32_t)(i % FOLDS);
	load(&r, &p);
	logit_cross_validate(&r, &folds, &lasso, was, settled);
	for (size_t i = 2; i < p.n; i += FOLDS)
		r.y[i] = !r.y[i];
	logit_cross_validate(&r, &folds, &lasso, now, settled);
	for (size_t i = 2; i < p.n; i += FOLDS)
		holds &= was[i] == now[i] && settled[2];
	tap_ok(holds, "problem %d: a fold's outcomes do not reach its probabilities", k);
	q = p;
	for (size_t i = 0; i < p.n; i++) {
		if (fold[i] == 2)
			continue;
		memcpy(q.x[n], p.x[i], sizeof q.x[n]);
		q.y[n] = p.y[i];
		inner[n++] = fold[i] == 3 ? 2 : fold[i];
	}
	q.n = n;
	logit_rows_free(&r);
	load(&r, &q);
	logit_path(&path, &r, inner, FOLDS - 1, &lasso);
	own.l1 *= path.point[folds.one_se ? path.one_se : path.min].scale;
	free(path.point);
	fit_with(&fit, &q, own);
	logit_rows_free(&r);
	load(&r, &p);
	logit_predict(&fit, &r.design, 1, alone);
	holds = true;
	for (size_t i = 2; i < p.n; i += FOLDS)
		holds &= near(alone[i], was[i], 1e-9);
	tap_ok(holds, "problem %d: and they are those of the other rows' own path", k);
	logit_rows_free(&r);
	logit_free(&fit);
}

int main(void)
{
	for (int k = 0; k < 60; k++) {
		struct logit_fit fit, ridge;
		struct logit_options l2 = plain;

		draw(&p);
		fit_with(&fit, &p, plain);
		tap_ok(logit_converged(&fit), "problem %d: an answer, nothing separates", k);
		tap_ok(worst_score(&fit, &p) < 1e-10, "problem %d: the score is 0: %g", k,
		       worst_score(&fit, &p));
		tap_ok(fit.deviance <= fit.null_deviance, "problem %d: no worse than the null", k);
		check_order_and_threads(k, &fit);
		check_scale(k, &fit);
		check_separable(k);
		check_nearly_aliased(k);
		l2.l2 = 1e-14;
		l2.penalise_standardised = true;
		fit_with(&ridge, &p, l2);
		tap_ok(near(ridge.deviance, fit.deviance, 1e-10) && isnan(ridge.term[1].std_error),
		       "problem %d: a vanishing penalty changes nothing but has no errors", k);
		logit_free(&ridge);
		logit_free(&fit);
		if (k < 6)
			check_nested(k);
	}
	return tap_done();
}
