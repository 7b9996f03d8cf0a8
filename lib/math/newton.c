/* SPDX-License-Identifier: MIT */
#include "math/newton.h"

#include <math.h>
#include <string.h>

#include "math/linalg.h"

#define STEPS_MAX 500
#define TOLERANCE 1e-10
#define TOLERANCE_ERRORS 1e-5
/* Below this a change of f, relatively, may be rounding: sums of large terms cancel. */
#define ROUNDING 1e-10
/* In log parameters: a factor of e at most in one step. */
#define STEP_MAX 1.0

static double norm(const double *x, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += x[i] * x[i];
	return sqrt(sum);
}

/* step = (damping I - h)^-1 g; false when that is not positive definite. */
static bool solve(const struct newton *m, size_t n, double damping, double *step)
{
	double a[NEWTON_MAX * NEWTON_MAX];

	for (size_t i = 0; i < n * n; i++)
		a[i] = -m->h[i];
	for (size_t i = 0; i < n; i++)
		a[i * n + i] += damping;
	memcpy(step, m->g, n * sizeof *step);
	return linalg_solve(n, a, step) == 0;
}

static bool is_converged(const struct newton *m, const struct newton_function *f)
{
	double step[NEWTON_MAX], decrement = 0;

	if (!(m->gradient <= TOLERANCE * fmax(1, fabs(m->f))) || !solve(m, f->n, 0, step))
		return false;
	for (size_t i = 0; i < f->n; i++)
		decrement += m->g[i] * step[i];
	return sqrt(f->n_observations * decrement) <= TOLERANCE_ERRORS;
}

/* What the quadratic model says a step gains. */
static double promised(const struct newton *m, size_t n, const double *step)
{
	double gain = 0;
	for (size_t i = 0; i < n; i++) {
		gain += m->g[i] * step[i];
		for (size_t j = 0; j < n; j++)
			gain += step[i] * m->h[i * n + j] * step[j] / 2;
	}
	return gain;
}

static void look(struct newton *m, const struct newton_function *f)
{
	m->f = f->value(f->ctx, m->x, m->g, m->h);
	m->gradient = norm(m->g, f->n);
}

/*
 * One accepted step; false when there is none.  Where the promised gain is
 * below the rounding of f, a smaller gradient will do as well.
 */
static bool advance(struct newton *m, const struct newton_function *f, double *damping)
{
	double step[NEWTON_MAX], least = 0;

	for (size_t i = 0; i < f->n; i++)
		least = fmax(least, 1e-4 * fabs(m->h[i * f->n + i]));
	for (int tries = 0; tries < 80; tries++, *damping = fmax(4 * *damping, least)) {
		struct newton to = *m;
		if (!solve(m, f->n, *damping, step))
			continue;
		double scale = fmin(1, STEP_MAX / norm(step, f->n));
		for (size_t i = 0; i < f->n; i++)
			to.x[i] += step[i] *= scale;
		look(&to, f);
		double gain = to.f - m->f, promise = promised(m, f->n, step);
		if (!isfinite(to.f) || !isfinite(to.gradient))
			continue;
		if (gain < 1e-3 * promise && (promise > ROUNDING * (1 + fabs(m->f)) ||
					      to.gradient >= m->gradient))
			continue;
		*damping = gain > 0.5 * promise ? *damping / 8 : *damping;
		if (*damping < least * 1e-6)
			*damping = 0;
		*m = to;
		return true;
	}
	return false;
}

/*
 * At a maximum what is left of the gradient is rounding: one more step, which
 * stays if it takes most of it.  A damped one would only be shorter, and is
 * not looked for: it would cost an evaluation for each that does not help.
 */
static bool polish(struct newton *m, const struct newton_function *f)
{
	double step[NEWTON_MAX];
	struct newton to = *m;

	if (!solve(m, f->n, 0, step) || !(norm(step, f->n) <= STEP_MAX))
		return false;
	for (size_t i = 0; i < f->n; i++)
		to.x[i] += step[i];
	look(&to, f);
	if (!isfinite(to.f) || !(to.gradient < m->gradient / 4))
		return false;
	*m = to;
	return true;
}

void newton_maximise(struct newton *m, const struct newton_function *f)
{
	int steps_max = f->steps_max ? f->steps_max : STEPS_MAX;
	double damping = 0;

	look(m, f);
	m->n_steps = 0;
	for (;;) {
		m->stop = NEWTON_CONVERGED;
		if (is_converged(m, f))
			break;
		m->stop = NEWTON_STEPS;
		if (m->n_steps == steps_max)
			break;
		m->stop = NEWTON_STUCK;
		if (!advance(m, f, &damping))
			break;
		m->n_steps++;
		m->stop = NEWTON_OUTSIDE;
		for (m->outside = 0; m->outside < f->n; m->outside++)
			if (m->x[m->outside] < f->low[m->outside] ||
			    m->x[m->outside] > f->high[m->outside])
				return;
	}
	while (m->stop == NEWTON_CONVERGED && m->n_steps < steps_max && polish(m, f))
		m->n_steps++;
}

void newton_from_all(struct newton *m, const struct newton_function *f,
		     const double (*start)[NEWTON_MAX], size_t n_starts)
{
	for (size_t i = 0; i < n_starts; i++) {
		struct newton other;
		memcpy(other.x, start[i], sizeof other.x);
		newton_maximise(&other, f);
		bool better = other.stop == NEWTON_CONVERGED &&
			      (m->stop != NEWTON_CONVERGED || other.f > m->f);
		if (i == 0 || better)
			*m = other;
	}
}

bool newton_errors(const struct newton *m, const struct newton_function *f, double se[NEWTON_MAX])
{
	double a[NEWTON_MAX * NEWTON_MAX];

	for (size_t i = 0; i < f->n * f->n; i++)
		a[i] = -m->h[i] * f->n_observations;
	if (linalg_inverse(f->n, a) != 0)
		return false;
	for (size_t i = 0; i < f->n; i++)
		se[i] = sqrt(a[i * f->n + i]);
	return true;
}
