/* SPDX-License-Identifier: MIT */
#include "model/logit_folds.h"

#include <stdlib.h>

/* The penalty that the rows of the other folds choose, into *options. */
static enum logit_status choose_without(const struct logit_rows *r, const struct logit_folds *folds,
					uint32_t out, struct logit_options *options)
{
	struct logit_path path = { .n = folds->path };
	uint32_t k = folds->k, *inner = malloc((r->n + 1) * sizeof *inner);
	enum logit_status status = LOGIT_NO_MEMORY;

	/* The last fold takes the number of the one left out. */
	for (size_t i = 0; inner && i < r->n; i++) {
		uint32_t f = folds->fold[i];
		inner[i] = f == out || f == k ? k - 1 : f == k - 1 ? out : f;
	}
	if (inner)
		status = logit_path(&path, r, inner, k - 1, options);
	if (status == LOGIT_OK) {
		double scale = path.point[folds->one_se ? path.one_se : path.min].scale;
		options->l1 *= scale;
		options->l2 *= scale;
	}
	free(path.point);
	free(inner);
	return status;
}

static enum logit_status judge_fold(const struct logit_rows *r, const struct logit_folds *folds,
				    uint32_t f, const struct logit_options *options,
				    double *predicted, bool *settled)
{
	double *w = logit_rows_weights(r, folds->fold, f, folds->k, options->balanced);
	const struct logit_data data = { &r->design, r->y, w };
	struct logit_options own = *options;
	struct logit_fit fit = { 0 };
	enum logit_status status = w ? LOGIT_OK : LOGIT_NO_MEMORY;

	own.profile = false;
	if (status == LOGIT_OK && folds->path)
		status = choose_without(r, folds, f, &own);
	if (status == LOGIT_OK)
		status = logit_fit(&fit, &data, &own);
	if (status == LOGIT_OK)
		logit_predict(&fit, &r->design, options->threads, predicted);
	*settled = status == LOGIT_OK && logit_converged(&fit);
	logit_free(&fit);
	free(w);
	return status;
}

enum logit_status logit_cross_validate(const struct logit_rows *r, const struct logit_folds *folds,
				       const struct logit_options *options, double *p, bool *settled)
{
	double *predicted = malloc((r->n + 1) * sizeof *predicted);
	enum logit_status status = predicted ? LOGIT_OK : LOGIT_NO_MEMORY;

	for (size_t i = 0; i < r->n; i++)
		p[i] = 0;
	for (uint32_t f = 0; f < folds->k && status == LOGIT_OK; f++) {
		status = judge_fold(r, folds, f, options, predicted, &settled[f]);
		for (size_t i = 0; i < r->n && status == LOGIT_OK; i++)
			if (folds->fold[i] == f)
				p[i] = predicted[i];
	}
	free(predicted);
	return status;
}
