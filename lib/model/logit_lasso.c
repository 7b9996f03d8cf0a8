/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/linalg.h"
#include "model/logit_fitting.h"

/*
 * Proximal Newton steps (Lee, Sun & Saunders 2014): the quadratic model with
 * the penalty is solved by coordinate descent (Friedman, Hastie & Tibshirani
 * 2010), and, once that has found which coefficients are 0, exactly.
 */
#define MAX_ITER 200
#define MAX_HALVINGS 40
#define KKT 1e-11       /* of the mean over the rows, columns at most 1 in size */
#define MAX_ROUNDS 1000
#define SWEEPS 20       /* of coordinate descent between two exact attempts */
#define SAME 1e-15
#define ROUNDING 1e-14  /* of the objective */

struct model {
	size_t n;
	const double *lasso, *beta, *score;
	double *h;        /* [n][n] with the ridge */
	double *z, *left; /* [n] the minimiser; score - h (z - beta) */
	double *square, *rhs;
	size_t *active;
};

static double shrink(double a, double by)
{
	return a > by ? a - by : a < -by ? a + by : 0;
}

static void set_left(struct model *m)
{
	for (size_t i = 0; i < m->n; i++) {
		m->left[i] = m->score[i];
		for (size_t j = 0; j < m->n; j++)
			m->left[i] -= m->h[i * m->n + j] * (m->z[j] - m->beta[j]);
	}
}

/* Whether a coefficient has changed. */
static bool sweep(struct model *m)
{
	bool changed = false;

	for (size_t j = 0; j < m->n; j++) {
		double own = m->h[j * m->n + j], old = m->z[j];
		if (!(own > 0))
			continue;
		m->z[j] = shrink(m->left[j] + own * old, m->lasso[j]) / own;
		changed |= fabs(m->z[j] - old) > SAME * fabs(old);
		for (size_t i = 0; m->z[j] != old && i < m->n; i++)
			m->left[i] -= m->h[i * m->n + j] * (m->z[j] - old);
	}
	return changed;
}

/* Solves for the coefficients that are not 0 with their signs; whether that is
 * the model's minimum. */
static bool polish(struct model *m)
{
	size_t k = 0, n = m->n;

	for (size_t j = 0; j < n; j++)
		if (m->z[j] != 0 || m->lasso[j] <= 0)
			m->active[k++] = j;
	for (size_t a = 0; a < k; a++) {
		size_t i = m->active[a];
		double sign = m->z[i] > 0 ? 1 : m->z[i] < 0 ? -1 : 0;
		m->rhs[a] = m->left[i] - sign * m->lasso[i];
		for (size_t b = 0; b < k; b++)
			m->square[a * k + b] = m->h[i * n + m->active[b]];
	}
	if (linalg_solve(k, m->square, m->rhs) != 0)
		return false;
	for (size_t a = 0; a < k; a++) {
		size_t i = m->active[a];
		if (m->lasso[i] > 0 && (m->z[i] + m->rhs[a] > 0) != (m->z[i] > 0))
			return false;
	}
	for (size_t a = 0; a < k; a++)
		m->z[m->active[a]] += m->rhs[a];
	set_left(m);
	for (size_t j = 0; j < n; j++)
		if (m->z[j] == 0 && fabs(m->left[j]) > m->lasso[j] * (1 + 1e-9))
			return false;
	return true;
}

static void minimise(struct model *m)
{
	memcpy(m->z, m->beta, m->n * sizeof *m->z);
	set_left(m);
	for (int round = 0; round < MAX_ROUNDS; round++) {
		bool changed = true;
		for (int i = 0; i < SWEEPS && changed; i++)
			changed = sweep(m);
		if (polish(m) || !changed)
			return;
	}
}

/* The largest breach of the conditions of Karush, Kuhn and Tucker at f->beta,
 * with the score. */
static double breach(const struct logit_fitting *f, double *score)
{
	double worst = 0;

	for (size_t j = 0; j < f->space.n; j++) {
		double b = f->beta[j], l = f->lasso[j];
		score[j] = f->pass.gradient[j] - f->penalty[j] * b;
		worst = fmax(worst, b != 0 ? fabs(score[j] - (b > 0 ? l : -l)) :
					     fmax(fabs(score[j]) - l, 0));
	}
	return worst;
}

/* 0 moved, 2 stuck, -1 no memory. */
static int move(struct logit_fitting *f, const double *z, double old)
{
	size_t n = f->space.n;

	for (int halvings = 0; halvings <= MAX_HALVINGS; halvings++) {
		for (size_t j = 0; j < n; j++)
			f->trial[j] = halvings ? f->beta[j] + ldexp(z[j] - f->beta[j], -halvings) : z[j];
		if (logit_evaluate(f, f->trial) < 0)
			return -1;
		if (f->objective <= old + ROUNDING * fabs(old)) {
			memcpy(f->beta, f->trial, n * sizeof *f->beta);
			return 0;
		}
	}
	return 2;
}

static int iterate(struct logit_fitting *f, struct model *m, double *score)
{
	size_t n = f->space.n;
	double enough = KKT * f->fit->sum_weights;
	int status = logit_evaluate(f, f->beta);

	f->fit->stop = LOGIT_MAX_ITER;
	for (int i = 0; status == 0 && i < MAX_ITER; i++) {
		if (breach(f, score) <= enough) {
			f->fit->stop = LOGIT_DEVIANCE;
			return 0;
		}
		memcpy(m->h, f->pass.information, n * n * sizeof *m->h);
		for (size_t j = 0; j < n; j++)
			m->h[j * n + j] += f->penalty[j];
		minimise(m);
		f->fit->iterations++;
		status = move(f, m->z, f->objective);
	}
	if (status == 2)
		f->fit->stop = LOGIT_STUCK;
	return status < 0 ? -1 : 0;
}

int logit_lasso(struct logit_fitting *f)
{
	size_t n = f->space.n;
	double *room = malloc((2 * n * n + 4 * n) * sizeof *room);
	size_t *active = malloc(n * sizeof *active);
	int status = -1;

	if (room && active) {
		double *score = room + 2 * n * n;
		struct model m = { n, f->lasso, f->beta, score, room, score + n, score + 2 * n,
				   room + n * n, score + 3 * n, active };
		status = iterate(f, &m, score);
	}
	free(room);
	free(active);
	return status;
}
