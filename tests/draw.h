/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DRAW_H
#define TESTS_DRAW_H

#include <math.h>

#include "math/dist.h"
#include "math/fn.h"
#include "value/rng.h"

/*
 * Random variates for generators and tests: a source of numbers whose draws
 * follow each other.
 */
struct source {
	uint64_t seed;
	uint32_t purpose;
	uint64_t index;
	uint32_t draw;
};

/* In (0, 1). */
static inline double draw_unit(struct source *s)
{
	return rng_unit(s->seed, s->purpose, s->index, s->draw++) * (1 - 0x1p-53) + 0x1p-54;
}

static inline double draw_exponential(struct source *s)
{
	return -fn_log(draw_unit(s));
}

/* Gamma distributed, scale 1: Marsaglia & Tsang 2000; below shape 1 by a
 * power of a uniform. */
static inline double draw_gamma(struct source *s, double shape)
{
	double power = shape < 1 ? fn_pow(draw_unit(s), 1 / shape) : 1;
	double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);

	for (;;) {
		double x = dist_normal_quantile(draw_unit(s)), v = 1 + c * x;
		if (v <= 0)
			continue;
		v = v * v * v;
		if (fn_log(draw_unit(s)) < x * x / 2 + d - d * v + d * fn_log(v))
			return d * v * power;
	}
}

static inline double draw_beta(struct source *s, double a, double b)
{
	double x = draw_gamma(s, a);
	return x / (x + draw_gamma(s, b));
}

#endif
