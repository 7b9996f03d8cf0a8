/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "math/fn.h"
#include "model/logit_model.h"

static double factor(const struct logit_model *m, const struct logit_product *p, size_t i,
		     const struct logit_inputs *in, size_t row)
{
	size_t at = p->input[i];

	return m->input[at].category ? in->code[at][row] == p->level[i] : in->number[at][row];
}

static double value_of(const struct logit_model *m, const struct logit_product *p,
		       const struct logit_inputs *in, size_t row)
{
	double base = factor(m, p, 0, in, row), x = base;

	for (unsigned i = 1; i < p->power; i++)
		x *= base;
	return p->n == 2 ? x * factor(m, p, 1, in, row) : x;
}

/* Each row's terms are added in the order of the model. */
void logit_model_eta(const struct logit_model *m, size_t linear, const struct logit_inputs *in,
		     size_t n, double *eta)
{
	const struct logit_linear *l = &m->linear[linear];

	for (size_t row = 0; row < n; row++)
		eta[row] = l->intercept;
	for (size_t i = 0; i < m->n; i++) {
		const double *x = in->number[i], estimate = l->estimate[i];
		const int64_t *code = in->code[i];
		for (size_t row = 0; !m->input[i].category && row < n; row++)
			eta[row] += estimate * x[row];
		for (size_t row = 0; m->input[i].category && row < n; row++)
			if (code[row] >= 0)
				eta[row] += l->level_estimate[i][code[row]];
	}
	for (size_t i = 0; i < l->n_products; i++)
		for (size_t row = 0; row < n; row++)
			eta[row] += l->product[i].estimate * value_of(m, &l->product[i], in, row);
}

static double power_slope(double x, unsigned power)
{
	double slope = power;

	for (unsigned i = 1; i < power; i++)
		slope *= x;
	return slope;
}

double logit_model_slope(const struct logit_model *m, size_t linear, size_t input,
			 const struct logit_inputs *in, size_t row)
{
	const struct logit_linear *l = &m->linear[linear];
	double slope = l->estimate[input], x = in->number[input][row];

	for (size_t i = 0; i < l->n_products; i++) {
		const struct logit_product *p = &l->product[i];
		for (size_t k = 0; k < p->n; k++)
			if (p->input[k] == input && p->n == 2)
				slope += p->estimate * factor(m, p, 1 - k, in, row);
			else if (p->input[k] == input)
				slope += p->estimate * power_slope(x, p->power);
	}
	return slope;
}

/* As logit_probability. */
static void of_two(double *p, size_t n)
{
	for (size_t at = 0; at < n; at += DESIGN_BLOCK) {
		size_t m = n - at < DESIGN_BLOCK ? n - at : DESIGN_BLOCK;
		double e[DESIGN_BLOCK];
		for (size_t i = 0; i < m; i++)
			e[i] = -fabs(p[at + i]);
		fn_exp_many(e, e, m);
		for (size_t i = 0; i < m; i++) {
			double d = 1 / (1 + e[i]);
			p[at + i] = p[at + i] > 0 ? d : e[i] * d;
		}
	}
}

void logit_model_probabilities(const struct logit_model *m, double *const *p, size_t n)
{
	size_t k = m->n_linear;

	if (!m->outcome) {
		of_two(p[0], n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		double top = 0, sum = 0;
		for (size_t j = 0; j < k; j++)
			top = fmax(top, p[j][i]);
		for (size_t j = 0; j < k; j++)
			p[j][i] -= top;
		p[k][i] = -top;
		for (size_t j = 0; j <= k; j++)
			sum += p[j][i] = fn_exp(p[j][i]);
		for (size_t j = 0; j <= k; j++)
			p[j][i] = isnan(top) ? (double)NAN : p[j][i] / sum;
	}
}

/* The row's value of each slot. */
static void fill(const struct logit_model *m, const struct logit_inputs *in, size_t row, double *room)
{
	const struct logit_linear *l = &m->linear[0];

	for (size_t i = 0; i < m->n_slots; i++)
		room[i] = i == 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct logit_input *input = &m->input[i];
		if (!input->category && input->slot)
			room[input->slot] = in->number[i][row];
		else if (input->category && in->code[i][row] >= 0 && input->level_slot[in->code[i][row]])
			room[input->level_slot[in->code[i][row]]] = 1;
	}
	for (size_t i = 0; i < l->n_products; i++)
		room[l->product[i].slot] = value_of(m, &l->product[i], in, row);
}

double logit_model_error(const struct logit_model *m, const struct logit_inputs *in, size_t row,
			 double *room)
{
	size_t n = m->n_slots;
	double variance = 0;

	fill(m, in, row, room);
	for (size_t a = 0; a < n; a++)
		for (size_t b = 0; room[a] != 0 && b < n; b++)
			variance += room[a] * m->covariance[a * n + b] * room[b];
	return sqrt(variance);
}
