/* SPDX-License-Identifier: MIT */
/* Where Newton's method ends, and how often it looks at the function. */
#include "math/newton.h"

#include <math.h>

#include "tests/unit/tap.h"

struct seen {
	int n;
	double noise;
};

/*
 * -sum (e^(x_i) - c_i x_i), whose maximum is at log c_i, with a gradient that
 * errs by the noise, up and down in turn, as rounding does: at the maximum no
 * step makes it smaller.
 */
static const double c[] = { 0.2, 1, 30 };

static double value(void *ctx, const double *x, double *g, double *h)
{
	struct seen *s = ctx;
	double f = 0;

	s->n++;
	for (int i = 0; i < 3; i++) {
		double e = exp(x[i]);
		f -= e - c[i] * x[i];
		g[i] = c[i] - e + (s->n % 2 ? s->noise : -s->noise);
		for (int j = 0; j < 3; j++)
			h[3 * i + j] = i == j ? -e : 0;
	}
	return f;
}

static void test(double noise, double tolerance)
{
	struct seen s = { 0, noise };
	const struct newton_function f = {
		.value = value, .ctx = &s, .n = 3, .n_observations = 1000,
		.low = { -20, -20, -20 }, .high = { 20, 20, 20 },
	};
	struct newton m = { .x = { 0, 0, 0 } };

	newton_maximise(&m, &f);
	double error = 0;
	for (int i = 0; i < 3; i++)
		error = fmax(error, fabs(m.x[i] - log(c[i])));
	tap_ok(m.stop == NEWTON_CONVERGED && error <= tolerance,
	       "noise %g: the maximum within %.1e", noise, error);
	/* the start, a look for each step, and one that does not help any more */
	tap_ok(s.n <= m.n_steps + 2 && m.n_steps <= 9, "after %d steps, %d looks", m.n_steps, s.n);
}

/* No maximum: x_0 runs off upwards. */
static double runs_off(void *ctx, const double *x, double *g, double *h)
{
	double e = exp(-x[0]);

	(void)ctx;
	g[0] = e;
	h[0] = -e;
	return -e;
}

int main(void)
{
	const struct newton_function none = {
		.value = runs_off, .n = 1, .n_observations = 10, .low = { -5 }, .high = { 5 },
	};
	struct newton m = { .x = { 0 } };

	test(0, 1e-14);
	test(1e-13, 1e-12);
	newton_maximise(&m, &none);
	tap_ok(m.stop == NEWTON_OUTSIDE && m.outside == 0 && m.x[0] > 5, "what runs off is named");
	return tap_done();
}
