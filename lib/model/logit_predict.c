/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/par.h"
#include "math/fn.h"
#include "model/logit.h"

double logit_probability(double eta)
{
	double e = fn_exp(-fabs(eta)), d = 1 / (1 + e);

	return eta > 0 ? d : e * d;
}

struct prediction {
	const struct logit_fit *fit;
	const struct design *design;
	double *probability;
};

static void predict_chunk(void *ctx, size_t chunk)
{
	const struct prediction *p = ctx;
	const struct design *d = p->design;
	size_t end = (chunk + 1) * DESIGN_CHUNK < d->n_rows ? (chunk + 1) * DESIGN_CHUNK : d->n_rows;
	double x[DESIGN_BLOCK], eta[DESIGN_BLOCK];

	for (size_t first = chunk * DESIGN_CHUNK; first < end; first += DESIGN_BLOCK) {
		size_t n = end - first < DESIGN_BLOCK ? end - first : DESIGN_BLOCK;
		memset(eta, 0, sizeof eta);
		for (size_t t = 0; t < d->n_terms; t++) {
			double b = p->fit->term[t].estimate;
			if (p->fit->term[t].aliased)
				continue;
			design_expand(d, t, first, n, 0, 1, x);
			for (size_t i = 0; i < n; i++)
				eta[i] += b * x[i];
		}
		for (size_t i = 0; i < n; i++)
			x[i] = -fabs(eta[i]);
		fn_exp_many(x, x, n);
		for (size_t i = 0; i < n; i++)
			p->probability[first + i] = (eta[i] > 0 ? 1 : x[i]) * (1 / (1 + x[i]));
	}
}

void logit_predict(const struct logit_fit *fit, const struct design *design, int threads,
		   double *probability)
{
	struct prediction p = { fit, design, probability };

	par_for(threads, (design->n_rows + DESIGN_CHUNK - 1) / DESIGN_CHUNK, predict_chunk, &p);
}
