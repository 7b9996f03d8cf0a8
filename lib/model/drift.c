/* SPDX-License-Identifier: MIT */
#include "model/drift.h"

#include <math.h>
#include <stdlib.h>

#include "math/fn.h"

int drift_init(struct drift *d, const struct kmodel *model)
{
	*d = (struct drift){ .model = model };
	d->count = calloc(model->n_columns + 1, sizeof *d->count);
	if (!d->count)
		return -1;
	for (size_t j = 0; j < model->n_columns; j++) {
		d->count[j] = calloc(model->column[j].n_cuts + 1, sizeof **d->count);
		if (!d->count[j]) {
			drift_free(d);
			return -1;
		}
	}
	return 0;
}

void drift_add(struct drift *d, const double *x)
{
	d->n++;
	for (size_t j = 0; j < d->model->n_columns; j++) {
		const struct kmodel_column *c = &d->model->column[j];
		size_t lo = 0, hi = c->n_cuts;
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			if (c->cut[mid] < x[j])
				lo = mid + 1;
			else
				hi = mid;
		}
		d->count[j][lo]++;
	}
}

size_t drift_bins(const struct drift *d, size_t j)
{
	const struct kmodel_column *c = &d->model->column[j];

	return c->count ? c->n_cuts + 1 : 0;
}

double drift_psi(const struct drift *d, size_t j)
{
	const struct kmodel_column *c = &d->model->column[j];
	size_t bins = drift_bins(d, j);
	double n_fit = 0, psi = bins && d->n ? 0 : (double)NAN;

	for (size_t b = 0; b < bins; b++)
		n_fit += (double)c->count[b];
	for (size_t b = 0; b < bins; b++) {
		double a = ((double)d->count[j][b] + 0.5) / ((double)d->n + 0.5 * (double)bins);
		double e = ((double)c->count[b] + 0.5) / (n_fit + 0.5 * (double)bins);
		psi += (a - e) * fn_log(a / e);
	}
	return psi;
}

void drift_put(const struct drift *d, struct tsv_out *out)
{
	static const char *const name[] = { "column", "bins", "psi" };

	for (size_t i = 0; i < 3; i++)
		tsv_put_text(out, name[i]);
	tsv_end_row(out);
	for (size_t j = 0; j < d->model->n_columns; j++) {
		tsv_put_span(out, span_of(d->model->column[j].raw));
		if (drift_bins(d, j))
			tsv_put_int(out, (int64_t)drift_bins(d, j));
		else
			tsv_put_missing(out);
		tsv_put_real(out, drift_psi(d, j));
		tsv_end_row(out);
	}
}

void drift_free(struct drift *d)
{
	for (size_t j = 0; d->count && j < d->model->n_columns; j++)
		free(d->count[j]);
	free(d->count);
	*d = (struct drift){ 0 };
}
