/* SPDX-License-Identifier: MIT */
#include "model/logit_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/exact.h"
#include "math/fn.h"
#include "model/products.h"
#include "model/vector.h"

/* Rows are shared out in runs of whole chunks, one run a thread. */
struct part {
	size_t first, end;
	products_wide *sum;         /* information, lower triangle by rows; then the gradient */
	uint64_t *fresh;   /* the same in units, since the last flush */
	double *u;         /* [columns][DESIGN_BLOCK] */
	struct exact deviance;
	double eta_max;
};

struct job {
	const struct logit_data *data;
	const struct logit_space *space;
	const double *beta, *hat;
	struct part *part;
	size_t n_parts;
};

static size_t n_sums(size_t n)
{
	return n * (n + 1) / 2 + n;
}

void logit_columns(const struct design *d, const struct logit_space *space, size_t first, size_t n,
		   double *u)
{
	for (size_t j = 0; j < space->n; j++) {
		double *to = u + j * DESIGN_BLOCK;
		design_expand(d, space->term[j], first, n, space->center[j], space->factor[j], to);
		for (size_t i = n; i < DESIGN_BLOCK; i++)
			to[i] = 0;
		for (size_t a = 0; space->less[j] && a < j; a++)
			for (size_t i = 0; i < n; i++)
				to[i] -= space->less[j][a] * u[a * DESIGN_BLOCK + i];
		for (size_t i = 0; space->less[j] && i < n; i++)
			to[i] *= space->gain[j];
	}
}

void logit_unfold(const struct logit_space *s, double *beta)
{
	for (size_t j = s->n; j-- > 1;) {
		beta[j] *= s->gain[j];
		for (size_t a = 0; s->less[j] && a < j; a++)
			beta[a] -= s->less[j][a] * beta[j];
	}
}

VECTOR_INLINE void eta_any(size_t n_columns, size_t n, const double *u, const double *beta,
			   double *eta)
{
	memset(eta, 0, n * sizeof *eta);
	for (size_t j = 0; j < n_columns; j++) {
		const double *x = u + j * DESIGN_BLOCK;
		double b = beta[j];
#pragma omp simd
		for (size_t i = 0; i < n; i++)
			eta[i] += b * x[i];
	}
}

VECTOR_VARIANTS(eta,
		(size_t n_columns, size_t n, const double *u, const double *beta, double *to),
		(n_columns, n, u, beta, to))

void logit_eta(size_t n_columns, size_t n, const double *u, const double *beta, double *to)
{
	eta(n_columns, n, u, beta, to);
}

/* Variance of a row's linear predictor: u' hat u for each row of a block. */
static void block_leverage(size_t n_columns, size_t n, const double *u, const double *hat,
			   double *room, double *leverage)
{
	memset(leverage, 0, n * sizeof *leverage);
	for (size_t j = 0; j < n_columns; j++) {
		logit_eta(n_columns, n, u, hat + j * n_columns, room);
		for (size_t i = 0; i < n; i++)
			leverage[i] += room[i] * u[j * DESIGN_BLOCK + i];
	}
}

struct block {
	double eta[DESIGN_BLOCK];
	double residual[DESIGN_BLOCK]; /* weight * (y - mu) over the weight's unit */
	double work[DESIGN_BLOCK];     /* weight * 4 mu (1 - mu) over the same */
	double a[DESIGN_BLOCK];
	double deviance[DESIGN_BLOCK];
	double leverage[DESIGN_BLOCK];
	double e[DESIGN_BLOCK];        /* exp(-|eta|) */
	double log1p_e[DESIGN_BLOCK];
};

static void weigh_rows(const struct job *job, struct part *p, size_t first, size_t n,
		       struct block *b)
{
	const uint8_t *y = job->data->y + first;
	const double *weight = job->data->weight ? job->data->weight + first : NULL;
	double unit = job->space->weight_unit;

	for (size_t i = 0; i < n; i++)
		b->e[i] = -fabs(b->eta[i]);
	fn_exp_many(b->e, b->e, n);
	fn_log1p_many(b->log1p_e, b->e, n);
	for (size_t i = 0; i < n; i++) {
		double w = weight ? weight[i] : 1, eta = fabs(b->eta[i]);
		double e = b->e[i], d = 1 / (1 + e);
		double likely = d, unlikely = e * d;
		/* The probability of the outcome that did not happen, without
		 * cancellation. */
		double miss = (b->eta[i] > 0) == y[i] ? unlikely : likely;
		b->residual[i] = w / unit * (y[i] ? miss : -miss);
		b->work[i] = w / unit * (4 * likely * unlikely);
		b->deviance[i] = 2 * w * (b->log1p_e[i] + ((b->eta[i] > 0) == y[i] ? 0 : eta));
		if (w > 0 && eta > p->eta_max)
			p->eta_max = eta;
		if (job->hat) {
			/* Firth (1993): y - mu + h (1/2 - mu), h the leverage; at
			 * most 1 in size as 0 <= h <= 1. */
			double h = w * likely * unlikely * b->leverage[i];
			double tilt = b->eta[i] > 0 ? 0.5 - likely : 0.5 - unlikely;
			b->residual[i] += h / unit * tilt;
		}
	}
	for (size_t i = n; i < DESIGN_BLOCK; i++)
		b->residual[i] = b->work[i] = 0;
}

static void pass_block(const struct job *job, struct part *p, size_t first, size_t n,
		       struct block *b)
{
	const struct logit_space *space = job->space;
	size_t sums = n_sums(space->n);
	double *u = p->u;

	logit_columns(job->data->design, space, first, n, u);
	logit_eta(space->n, n, u, job->beta, b->eta);
	if (job->hat)
		block_leverage(space->n, n, u, job->hat, b->a, b->leverage);
	weigh_rows(job, p, first, n, b);
	exact_add_many(&p->deviance, b->deviance, n);
	for (size_t j = 0; j < space->n; j++)
		products_add(b->work, u + j * DESIGN_BLOCK, u, j + 1, p->fresh + j * (j + 1) / 2);
	/* The intercept is 1, so that it leaves the residuals as they are. */
	products_add(b->residual, u, u, space->n, p->fresh + sums - space->n);
	if ((first + n) % PRODUCTS_ROWS == 0 || first + n == p->end)
		products_flush(p->sum, p->fresh, sums);
}

static void pass_part(void *ctx, size_t i)
{
	const struct job *job = ctx;
	struct part *p = &job->part[i];
	struct block b;

	for (size_t first = p->first; first < p->end; first += DESIGN_BLOCK) {
		size_t n = p->end - first < DESIGN_BLOCK ? p->end - first : DESIGN_BLOCK;
		pass_block(job, p, first, n, &b);
	}
}

static void parts_free(struct part *part, size_t n)
{
	for (size_t i = 0; part && i < n; i++) {
		free(part[i].sum);
		free(part[i].fresh);
		free(part[i].u);
	}
	free(part);
}

static struct part *parts_new(const struct logit_data *data, size_t n_columns, size_t n_parts)
{
	struct part *part = calloc(n_parts, sizeof *part);
	size_t sums = n_sums(n_columns);

	for (size_t i = 0; part && i < n_parts; i++) {
		struct part *p = &part[i];
		products_run(data->design->n_rows, n_parts, i, &p->first, &p->end);
		p->sum = calloc(sums, sizeof *p->sum);
		p->fresh = calloc(sums, sizeof *p->fresh);
		p->u = malloc(n_columns * DESIGN_BLOCK * sizeof *p->u);
		if (!p->sum || !p->fresh || !p->u) {
			parts_free(part, n_parts);
			return NULL;
		}
	}
	return part;
}

int logit_pass(struct logit_pass *pass, const struct logit_data *data,
	       const struct logit_space *space, const double *beta, const double *hat, int threads)
{
	size_t n = space->n, n_parts = threads > 1 ? (size_t)threads : 1, at = 0;
	struct job job = { data, space, beta, hat, parts_new(data, n, n_parts), n_parts };
	struct part *p = job.part;

	if (!p)
		return -1;
	par_for(threads, n_parts, pass_part, &job);
	pass->eta_max = p->eta_max;
	for (size_t i = 1; i < n_parts; i++) {
		for (size_t k = 0; k < n_sums(n); k++)
			p->sum[k] += p[i].sum[k];
		exact_merge(&p->deviance, &p[i].deviance);
		if (p[i].eta_max > pass->eta_max)
			pass->eta_max = p[i].eta_max;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++, at++)
			pass->information[i * n + j] = pass->information[j * n + i] =
				(double)p->sum[at] * (PRODUCTS_UNIT * 0.25 * space->weight_unit);
	for (size_t i = 0; i < n; i++, at++)
		pass->gradient[i] = (double)p->sum[at] * (PRODUCTS_UNIT * space->weight_unit);
	pass->deviance = exact_round(&p->deviance);
	parts_free(p, n_parts);
	return 0;
}
