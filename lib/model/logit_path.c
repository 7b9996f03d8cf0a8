/* SPDX-License-Identifier: MIT */
#include "model/logit_path.h"

#include <math.h>
#include <stdlib.h>

#include "math/exact.h"
#include "math/fn.h"

/* All points on the rows but those of folds `skip` and k. */
static enum logit_status fit_all(struct logit_fit *fit, double *scale, size_t n,
				 const struct logit_rows *r, const uint32_t *fold, uint32_t skip,
				 uint32_t k, const struct logit_options *options)
{
	double *w = logit_rows_weights(r, fold, skip, k, options->balanced);
	const struct logit_data data = { &r->design, r->y, w };
	enum logit_status status = w ? logit_fit_path(fit, &data, options, scale, n) : LOGIT_NO_MEMORY;

	free(w);
	return status;
}

/* The mean log-loss of a fold and its weight. */
static double loss_of(const struct logit_rows *r, const uint32_t *fold, uint32_t f, const double *p,
		      double *weight)
{
	struct exact loss = { 0 }, sum = { 0 };

	for (size_t i = 0; i < r->n; i++) {
		double w = r->weight ? r->weight[i] : 1, q = r->y[i] ? p[i] : 1 - p[i];
		if (fold[i] != f)
			continue;
		exact_add(&sum, w);
		exact_add(&loss, -w * fn_log(fmax(q, 0x1p-52)));
	}
	*weight = exact_round(&sum);
	return exact_round(&loss) / *weight;
}

/* Mean and standard error over the folds, as glmnet's. */
static void over_folds(struct logit_point *at, const double *loss, const double *weight, uint32_t k)
{
	double sum = 0, mean = 0, square = 0;

	for (uint32_t f = 0; f < k; f++) {
		sum += weight[f];
		mean += weight[f] * loss[f];
	}
	mean /= sum;
	for (uint32_t f = 0; f < k; f++)
		square += weight[f] * (loss[f] - mean) * (loss[f] - mean);
	at->log_loss = mean;
	at->std_error = sqrt(square / sum / (k - 1));
}

static void choose(struct logit_path *path)
{
	double limit;

	for (size_t i = 1; i < path->n; i++)
		if (path->point[i].log_loss < path->point[path->min].log_loss)
			path->min = i;
	limit = path->point[path->min].log_loss + path->point[path->min].std_error;
	while (path->point[path->one_se].log_loss > limit)
		path->one_se++;
}

struct room {
	struct logit_fit *fit;
	double *scale, *p, *loss, *weight; /* loss [n][k] */
};

static void free_fits(struct logit_fit *fit, size_t n)
{
	for (size_t i = 0; i < n; i++)
		logit_free(&fit[i]);
}

static enum logit_status run(struct logit_path *path, struct room *m, const struct logit_rows *r,
			     const uint32_t *fold, uint32_t k, const struct logit_options *options)
{
	enum logit_status status = fit_all(m->fit, m->scale, path->n, r, fold, k, k, options);

	for (size_t i = 0; i < path->n && status == LOGIT_OK; i++) {
		const struct logit_fit *fit = &m->fit[i];
		path->point[i] = (struct logit_point){ .scale = m->scale[i], .deviance = fit->deviance };
		for (size_t t = 1; t < fit->n_terms; t++)
			path->point[i].n_terms += !fit->term[t].aliased && fit->term[t].estimate != 0;
	}
	free_fits(m->fit, path->n);
	for (uint32_t f = 0; f < k && status == LOGIT_OK; f++) {
		status = fit_all(m->fit, m->scale, path->n, r, fold, f, k, options);
		for (size_t i = 0; i < path->n && status == LOGIT_OK; i++) {
			logit_predict(&m->fit[i], &r->design, options->threads, m->p);
			m->loss[i * k + f] = loss_of(r, fold, f, m->p, &m->weight[f]);
		}
		free_fits(m->fit, path->n);
	}
	for (size_t i = 0; i < path->n && status == LOGIT_OK; i++)
		over_folds(&path->point[i], m->loss + i * k, m->weight, k);
	if (status == LOGIT_OK)
		choose(path);
	return status;
}

enum logit_status logit_path(struct logit_path *path, const struct logit_rows *r,
			     const uint32_t *fold, uint32_t k, const struct logit_options *options)
{
	struct room m = { 0 };
	enum logit_status status = LOGIT_NO_MEMORY;

	path->min = path->one_se = 0;
	path->point = calloc(path->n, sizeof *path->point);
	m.fit = calloc(path->n, sizeof *m.fit);
	m.scale = calloc(path->n, sizeof *m.scale);
	m.p = malloc((r->n + 1) * sizeof *m.p);
	m.loss = malloc(path->n * k * sizeof *m.loss);
	m.weight = malloc(k * sizeof *m.weight);
	if (path->point && m.fit && m.scale && m.p && m.loss && m.weight)
		status = run(path, &m, r, fold, k, options);
	free(m.fit);
	free(m.scale);
	free(m.p);
	free(m.loss);
	free(m.weight);
	return status;
}
