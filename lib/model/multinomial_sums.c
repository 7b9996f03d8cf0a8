/* SPDX-License-Identifier: MIT */
#include "model/multinomial_sums.h"

#include <math.h>
#include <stdlib.h>

#include "base/par.h"
#include "math/exact.h"
#include "math/fn.h"
#include "model/products.h"

/*
 * The information is a block [k][l] for each pair of outcomes, X' W_kl X with
 * w p_k ((k == l) - p_l) of each row in W_kl, at most w/4: summed four times
 * as large, the lower triangle of blocks l <= k, each symmetric in itself.
 */
struct part {
	size_t first, end;
	products_wide *sum; /* blocks, then the gradient */
	uint64_t *fresh;
	double *u;          /* [columns][DESIGN_BLOCK] */
	double *p;          /* [outcomes][DESIGN_BLOCK] */
	struct exact deviance;
	double extreme;
};

struct job {
	const struct multinomial_data *data;
	const struct logit_space *space;
	const double *beta;
	struct part *part;
};

static size_t triangle(size_t n)
{
	return n * (n + 1) / 2;
}

static size_t n_sums(size_t n, size_t k)
{
	return triangle(k) * triangle(n) + k * n;
}

void multinomial_softmax(double *eta, size_t n_outcomes, size_t n, double *top, double *sum)
{
	for (size_t i = 0; i < n; i++)
		top[i] = sum[i] = 0;
	for (size_t j = 0; j < n_outcomes; j++)
		for (size_t i = 0; i < n; i++)
			top[i] = fmax(top[i], eta[j * DESIGN_BLOCK + i]);
	for (size_t j = 0; j < n_outcomes; j++) {
		double *p = eta + j * DESIGN_BLOCK;
		for (size_t i = 0; i < n; i++)
			p[i] -= top[i];
		fn_exp_many(p, p, n);
		for (size_t i = 0; i < n; i++)
			sum[i] += p[i];
	}
	for (size_t j = 0; j < n_outcomes; j++)
		for (size_t i = 0; i < n; i++)
			eta[j * DESIGN_BLOCK + i] /= sum[i];
}

/* Predictors to probabilities, the reference's behind the others'. */
static void softmax(const struct job *job, struct part *part, size_t first, size_t n)
{
	const struct multinomial_data *data = job->data;
	size_t k = data->n_outcomes - 1;
	double top[DESIGN_BLOCK], sum[DESIGN_BLOCK], deviance[DESIGN_BLOCK], own_eta[DESIGN_BLOCK];

	for (size_t i = 0; i < n; i++) {
		uint8_t y = data->y[first + i];
		part->p[k * DESIGN_BLOCK + i] = 0;
		own_eta[i] = y ? part->p[(y - 1U) * DESIGN_BLOCK + i] : 0;
	}
	multinomial_softmax(part->p, k + 1, n, top, sum);
	fn_log_many(sum, sum, n);
	for (size_t i = 0; i < n; i++) {
		double w = data->weight ? data->weight[first + i] : 1;
		uint8_t y = data->y[first + i];
		double own = part->p[(y ? y - 1U : k) * DESIGN_BLOCK + i];
		deviance[i] = 2 * w * (top[i] - own_eta[i] + sum[i]);
		if (w > 0 && own < part->extreme)
			part->extreme = own;
	}
	exact_add_many(&part->deviance, deviance, n);
}

/* The block of outcomes k >= l into fresh. */
static void add_block(const struct job *job, struct part *part, const double *weight, size_t k,
		      size_t l, uint64_t *fresh)
{
	size_t n = job->space->n;
	const double *pk = part->p + k * DESIGN_BLOCK, *pl = part->p + l * DESIGN_BLOCK;
	double work[DESIGN_BLOCK];

	for (size_t i = 0; i < DESIGN_BLOCK; i++)
		work[i] = weight[i] * (4 * pk[i] * ((k == l) - pl[i]));
	for (size_t j = 0; j < n; j++)
		products_add(work, part->u + j * DESIGN_BLOCK, part->u, j + 1, fresh + triangle(j));
}

static void pass_block(const struct job *job, struct part *part, size_t first, size_t rows)
{
	const struct multinomial_data *data = job->data;
	size_t n = job->space->n, k = data->n_outcomes - 1, at = 0;
	double weight[DESIGN_BLOCK] = { 0 }, residual[DESIGN_BLOCK];

	logit_columns(data->design, job->space, first, rows, part->u);
	for (size_t j = 0; j < k; j++)
		logit_eta(n, rows, part->u, job->beta + j * n, part->p + j * DESIGN_BLOCK);
	softmax(job, part, first, rows);
	for (size_t i = 0; i < rows; i++)
		weight[i] = (data->weight ? data->weight[first + i] : 1) / job->space->weight_unit;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++, at += triangle(n))
			add_block(job, part, weight, i, j, part->fresh + at);
	for (size_t j = 0; j < k; j++, at += n) {
		for (size_t i = 0; i < DESIGN_BLOCK; i++)
			residual[i] = i < rows ? weight[i] * ((data->y[first + i] == j + 1) -
							      part->p[j * DESIGN_BLOCK + i]) :
						 0;
		/* times the 1 of the intercept */
		products_add(residual, part->u, part->u, n, part->fresh + at);
	}
	if ((first + rows) % PRODUCTS_ROWS == 0 || first + rows == part->end)
		products_flush(part->sum, part->fresh, at);
}

static void pass_part(void *ctx, size_t i)
{
	const struct job *job = ctx;
	struct part *p = &job->part[i];

	for (size_t first = p->first; first < p->end; first += DESIGN_BLOCK)
		pass_block(job, p, first,
			   p->end - first < DESIGN_BLOCK ? p->end - first : DESIGN_BLOCK);
}

static void parts_free(struct part *part, size_t n)
{
	for (size_t i = 0; part && i < n; i++) {
		free(part[i].sum);
		free(part[i].fresh);
		free(part[i].u);
		free(part[i].p);
	}
	free(part);
}

static struct part *parts_new(const struct multinomial_data *data, size_t n, size_t n_parts)
{
	struct part *part = calloc(n_parts, sizeof *part);
	size_t sums = n_sums(n, data->n_outcomes - 1);

	for (size_t i = 0; part && i < n_parts; i++) {
		struct part *p = &part[i];
		products_run(data->design->n_rows, n_parts, i, &p->first, &p->end);
		p->extreme = 1;
		p->sum = calloc(sums, sizeof *p->sum);
		p->fresh = calloc(sums, sizeof *p->fresh);
		p->u = malloc(n * DESIGN_BLOCK * sizeof *p->u);
		p->p = calloc(data->n_outcomes * DESIGN_BLOCK, sizeof *p->p);
		if (!p->sum || !p->fresh || !p->u || !p->p) {
			parts_free(part, n_parts);
			return NULL;
		}
	}
	return part;
}

static void unpack(struct multinomial_pass *pass, const products_wide *sum, size_t n, size_t k,
		   double unit)
{
	size_t m = n * k;

	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b <= a; b++)
			for (size_t i = 0; i < n; i++)
				for (size_t j = 0; j <= i; j++) {
					double x = (double)*sum++ * (unit * 0.25);
					pass->information[(a * n + i) * m + b * n + j] = x;
					pass->information[(a * n + j) * m + b * n + i] = x;
					pass->information[(b * n + i) * m + a * n + j] = x;
					pass->information[(b * n + j) * m + a * n + i] = x;
				}
	for (size_t i = 0; i < m; i++)
		pass->gradient[i] = (double)*sum++ * unit;
}

int multinomial_pass(struct multinomial_pass *pass, const struct multinomial_data *data,
		     const struct logit_space *space, const double *beta, int threads)
{
	size_t n = space->n, k = data->n_outcomes - 1, n_parts = threads > 1 ? (size_t)threads : 1;
	struct job job = { data, space, beta, parts_new(data, n, n_parts) };
	struct part *p = job.part;

	if (!p)
		return -1;
	par_for(threads, n_parts, pass_part, &job);
	for (size_t i = 1; i < n_parts; i++) {
		for (size_t s = 0; s < n_sums(n, k); s++)
			p->sum[s] += p[i].sum[s];
		exact_merge(&p->deviance, &p[i].deviance);
		p->extreme = fmin(p->extreme, p[i].extreme);
	}
	unpack(pass, p->sum, n, k, PRODUCTS_UNIT * space->weight_unit);
	pass->deviance = exact_round(&p->deviance);
	pass->extreme = p->extreme;
	parts_free(p, n_parts);
	return 0;
}
