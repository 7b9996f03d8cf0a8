/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_fitting.h"

#define CHI2_95 3.841458820694124 /* the 95% quantile of chi-squared, 1 df */
#define MAX_STEPS 200
#define FAR 2.0     /* no step moves a standardised coefficient by more */
#define NEAR 1e-9   /* an end is found when none moves by more */

static double product(size_t n, const double *square, const double *a, const double *b)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			sum += a[i] * square[i * n + j] * b[j];
	return sum;
}

/*
 * The step of Venzon & Moolgavkar (1988), equation 6, for the point where the
 * objective is `target` and falls only along the functional g; as Heinze &
 * Schemper (2002) do with Firth's likelihood.  Returns its largest part.
 */
static double step(struct logit_fitting *f, const double *g, double target, int side)
{
	size_t n = f->space.n;
	const double *score = f->pass.gradient;
	double room = target - f->objective + product(n, f->square, score, score), largest = 0;
	double lambda = room > 0 ? side * sqrt(room / product(n, f->square, g, g)) : 0;

	for (size_t i = 0; i < n; i++) {
		f->step[i] = 0;
		for (size_t j = 0; j < n; j++)
			f->step[i] += f->square[i * n + j] * (score[j] + lambda * g[j]);
		largest = fmax(largest, fabs(f->step[i] * logit_standard(&f->space, i)));
	}
	for (size_t i = 0; i < n && largest > FAR; i++)
		f->step[i] *= FAR / largest;
	return largest;
}

/* One end for the functional g, from f->beta.  NaN: not found. */
static double find_end(struct logit_fitting *f, const double *g, double target, int side,
		       int *no_memory)
{
	size_t n = f->space.n;
	double end = 0;

	memcpy(f->trial, f->beta, n * sizeof *f->trial);
	for (int i = 0; i < MAX_STEPS; i++) {
		int status = logit_evaluate(f, f->trial);
		double largest;
		*no_memory |= status < 0;
		if (status != 0)
			return NAN;
		largest = step(f, g, target, side);
		for (size_t j = 0; j < n; j++)
			f->trial[j] += f->step[j];
		if (!(largest > NEAR)) {
			for (size_t j = 0; j < n; j++)
				end += g[j] * f->trial[j];
			return fabs(f->objective - target) < 1e-6 ? end : (double)NAN;
		}
	}
	return NAN;
}

int logit_profile(struct logit_fitting *f)
{
	size_t n = f->space.n;
	double *raw = calloc(n * n, sizeof *raw), *g = malloc(n * sizeof *g);
	double target = f->objective + CHI2_95;
	int no_memory = !raw || !g;

	/* Row i of the map to raw units: the functional that is estimate i. */
	for (size_t j = 0; !no_memory && j < n; j++) {
		raw[j * n + j] = 1;
		logit_to_raw(&f->space, raw + j * n);
	}
	for (size_t i = 0; i < n && !no_memory; i++) {
		struct logit_term *t = &f->fit->term[f->space.term[i]];
		for (size_t j = 0; j < n; j++)
			g[j] = raw[j * n + i];
		t->ci_low = find_end(f, g, target, -1, &no_memory);
		t->ci_high = find_end(f, g, target, 1, &no_memory);
	}
	free(raw);
	free(g);
	return no_memory || logit_evaluate(f, f->beta) < 0 ? -1 : 0;
}
