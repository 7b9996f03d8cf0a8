/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/multinomial_sums.h"

struct prediction {
	const struct multinomial_fit *fit;
	const struct design *design;
	const uint32_t *part;
	uint32_t wanted;
	double *const *p;
	int status;
};

/* The predictors of a block of rows, [n_outcomes][DESIGN_BLOCK], the reference's 0. */
static void predictors(const struct prediction *p, size_t first, size_t n, double *eta)
{
	const struct multinomial_fit *fit = p->fit;
	double x[DESIGN_BLOCK];

	memset(eta, 0, fit->n_outcomes * DESIGN_BLOCK * sizeof *eta);
	for (size_t t = 0; t < fit->n_terms; t++) {
		if (fit->term[t].aliased)
			continue;
		design_expand(p->design, t, first, n, 0, 1, x);
		for (size_t o = 1; o < fit->n_outcomes; o++) {
			double b = fit->term[(o - 1) * fit->n_terms + t].estimate;
			for (size_t i = 0; i < n; i++)
				eta[o * DESIGN_BLOCK + i] += b * x[i];
		}
	}
}

static void put(const struct prediction *p, size_t first, size_t n, const double *probability)
{
	for (size_t o = 0; o < p->fit->n_outcomes; o++)
		for (size_t i = 0; i < n; i++)
			if (!p->part || p->part[first + i] == p->wanted)
				p->p[o][first + i] = probability[o * DESIGN_BLOCK + i];
}

static void predict_chunk(void *ctx, size_t chunk)
{
	struct prediction *p = ctx;
	size_t n_rows = p->design->n_rows;
	size_t end = (chunk + 1) * DESIGN_CHUNK < n_rows ? (chunk + 1) * DESIGN_CHUNK : n_rows;
	double *eta = malloc(p->fit->n_outcomes * DESIGN_BLOCK * sizeof *eta);
	double top[DESIGN_BLOCK], sum[DESIGN_BLOCK];

	if (!eta)
		__atomic_store_n(&p->status, -1, __ATOMIC_RELAXED);
	for (size_t first = chunk * DESIGN_CHUNK; eta && first < end; first += DESIGN_BLOCK) {
		size_t n = end - first < DESIGN_BLOCK ? end - first : DESIGN_BLOCK;
		predictors(p, first, n, eta);
		multinomial_softmax(eta, p->fit->n_outcomes, n, top, sum);
		put(p, first, n, eta);
	}
	free(eta);
}

int multinomial_predict(const struct multinomial_fit *fit, const struct design *design,
			const uint32_t *part, uint32_t wanted, int threads, double *const *p)
{
	struct prediction all = { fit, design, part, wanted, p, 0 };

	par_for(threads, (design->n_rows + DESIGN_CHUNK - 1) / DESIGN_CHUNK, predict_chunk, &all);
	return all.status;
}

/* Whether each outcome has a row of positive weight; else *lacking is one that has none. */
static bool has_all(const struct multinomial_data *data, size_t *lacking)
{
	bool seen[MULTINOMIAL_MAX] = { false };

	for (size_t i = 0; i < data->design->n_rows; i++)
		seen[data->y[i]] |= !data->weight || data->weight[i] > 0;
	for (*lacking = 0; *lacking < data->n_outcomes && seen[*lacking]; ++*lacking)
		;
	return *lacking == data->n_outcomes;
}

enum logit_status multinomial_fit_part(struct multinomial_fit *fit,
				       const struct multinomial_data *data,
				       const struct logit_options *options, size_t *lacking)
{
	*fit = (struct multinomial_fit){ 0 };
	return has_all(data, lacking) ? multinomial_fit(fit, data, options) : LOGIT_ONE_CLASS;
}

enum logit_status multinomial_cross_validate(const struct logit_rows *r, size_t n_outcomes,
					     const struct multinomial_parts *parts,
					     const struct logit_options *options,
					     double *const *p, bool *settled, size_t *lacking)
{
	enum logit_status status = LOGIT_OK;

	for (uint32_t f = 0; f < parts->n && status == LOGIT_OK; f++) {
		double *w = logit_rows_weights(r, parts->part, f, parts->n, false);
		const struct multinomial_data data = { &r->design, r->y, w, n_outcomes };
		struct multinomial_fit fit = { 0 };
		status = w ? multinomial_fit_part(&fit, &data, options, lacking) : LOGIT_NO_MEMORY;
		if (status == LOGIT_OK && multinomial_predict(&fit, &r->design, parts->part, f,
							      options->threads, p) != 0)
			status = LOGIT_NO_MEMORY;
		settled[f] = status == LOGIT_OK && multinomial_converged(&fit);
		multinomial_free(&fit);
		free(w);
	}
	return status;
}
