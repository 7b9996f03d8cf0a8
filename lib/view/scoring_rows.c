/* SPDX-License-Identifier: MIT */
#include "view/scoring_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "value/num.h"

#define NORMAL_975 1.959963984540054 /* the 97.5% quantile of the normal */

void scoring_rows_init(struct scoring_rows *r, const struct scoring_plan *plan)
{
	const struct logit_model *m = plan->model;

	*r = (struct scoring_rows){ .n = 0 };
	r->end = mem_array(SCORING_ROWS, sizeof *r->end);
	r->line = mem_array(SCORING_ROWS, sizeof *r->line);
	r->cell = mem_array(SCORING_ROWS * (plan->n_cells + 1), sizeof *r->cell);
	r->added = mem_array(SCORING_ROWS * plan->n_added, sizeof *r->added);
	r->p = mem_array(plan->n_outcomes, sizeof *r->p);
	for (size_t k = 0; k < plan->n_outcomes; k++)
		r->p[k] = r->added + k * SCORING_ROWS;
	r->y = mem_array(SCORING_ROWS, sizeof *r->y);
	r->unseen = mem_array(SCORING_ROWS, sizeof *r->unseen);
	r->number = mem_array(m->n + 1, sizeof *r->number);
	r->code = mem_array(m->n + 1, sizeof *r->code);
	r->room = mem_array(m->n_slots + 1, sizeof *r->room);
}

void scoring_rows_free(struct scoring_rows *r)
{
	void *all[] = { r->text, r->end, r->line, r->cell, r->p, r->added, r->y, r->unseen, r->out,
			r->number, r->code, r->room };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

/* The current record behind the rows. */
static void take(struct scoring_rows *r, const struct scoring_plan *plan, const struct tsv_in *in)
{
	const struct span *last = &in->field[in->n_columns - 1];
	const char *line = in->field[0].s;
	size_t n = (size_t)(last->s + last->n - line);
	struct scoring_cell *cell = r->cell + r->n * plan->n_cells;

	if (r->n_text + n + 1 > r->text_capacity) {
		r->text_capacity = 2 * (r->n_text + n + 1) + SCORING_TEXT;
		r->text = mem_resize(r->text, r->text_capacity, 1);
	}
	memcpy(r->text + r->n_text, line, n);
	for (size_t i = 0; i < plan->n_cells; i++) {
		const struct span *f = &in->field[plan->column[i]];
		cell[i] = (struct scoring_cell){ r->n_text + (size_t)(f->s - line), f->n };
	}
	r->line[r->n] = in->line;
	r->n_text += n;
	r->end[r->n++] = r->n_text;
	r->text[r->n_text++] = '\n';
}

bool scoring_rows_fill(struct scoring_rows *r, const struct scoring_plan *plan, struct tsv_in *in,
		       bool *held)
{
	r->n = r->n_text = 0;
	while (r->n < SCORING_ROWS && r->n_text < SCORING_TEXT && (*held || tsv_next(in))) {
		*held = r->n > 0 && in->file != r->file;
		if (*held)
			break;
		r->file = in->file;
		take(r, plan, in);
	}
	return r->n > 0;
}

struct span scoring_rows_cell(const struct scoring_rows *r, const struct scoring_plan *plan,
			      size_t row, size_t cell)
{
	const struct scoring_cell *c = &r->cell[row * plan->n_cells + cell];

	return (struct span){ r->text + c->at, c->n };
}

static enum scoring_fault fault_at(struct scoring_rows *r, size_t row, size_t cell,
				   enum scoring_fault fault)
{
	r->fault = fault;
	r->fault_row = row;
	r->fault_cell = cell;
	return fault;
}

/* The inputs of a row; *missing: the stream's first that is missing, or -1. */
static enum scoring_fault read_inputs(struct scoring_rows *r, const struct scoring_plan *plan,
				      size_t row, ptrdiff_t *missing)
{
	const struct logit_model *m = plan->model;

	*missing = r->unseen[row] = -1;
	for (size_t i = 0; i < m->n; i++) {
		struct span s = scoring_rows_cell(r, plan, row, i);
		if (s.n == 0 && *missing < 0)
			*missing = (ptrdiff_t)i;
		if (m->input[i].category) {
			r->code[i] = design_dictionary_find(m->input[i].level, s);
			if (r->code[i] < 0 && s.n && r->unseen[row] < 0)
				r->unseen[row] = (ptrdiff_t)i;
		} else if (s.n && !num_parse(s.s, s.n, &r->number[i])) {
			return fault_at(r, row, i, SCORING_NUMBER);
		}
	}
	if (*missing >= 0)
		r->unseen[row] = -1;
	if (plan->how->strict && *missing >= 0)
		return fault_at(r, row, (size_t)*missing, SCORING_MISSING);
	if (plan->how->strict && r->unseen[row] >= 0)
		return fault_at(r, row, (size_t)r->unseen[row], SCORING_LEVEL);
	return SCORING_FINE;
}

/* The outcome to judge by: 0 or 1; of a multinomial model its place. */
static enum scoring_fault read_outcome(struct scoring_rows *r, const struct scoring_plan *plan,
				       size_t row)
{
	struct span s = scoring_rows_cell(r, plan, row, (size_t)plan->outcome);
	double x;

	r->y[row] = -1;
	if (s.n == 0)
		return SCORING_FINE;
	if (plan->model->outcome) {
		for (size_t k = 0; k <= plan->model->n_linear; k++)
			if (span_equal(s, span_of(plan->model->outcome_raw[k])))
				r->y[row] = (int)k;
		return r->y[row] < 0 ? fault_at(r, row, (size_t)plan->outcome, SCORING_OUTCOME) :
				       SCORING_FINE;
	}
	if (!num_parse(s.s, s.n, &x))
		return fault_at(r, row, (size_t)plan->outcome, SCORING_NUMBER);
	if (x != 0 && x != 1)
		return fault_at(r, row, (size_t)plan->outcome, SCORING_OUTCOME);
	r->y[row] = x == 1;
	return SCORING_FINE;
}

/* Behind the probabilities: the logits that bound the interval, price times
 * slope of each predictor. */
static void score_row(struct scoring_rows *r, const struct scoring_plan *plan, size_t row,
		      bool missing)
{
	const struct logit_model *m = plan->model;
	double *to = r->added + plan->n_outcomes * SCORING_ROWS + row;

	for (size_t k = 0; k < m->n_linear; k++)
		r->p[k][row] = missing ? (double)NAN : logit_model_eta(m, k, r->number, r->code);
	if (plan->how->ci) {
		double half = missing ? (double)NAN :
					NORMAL_975 * logit_model_error(m, r->number, r->code, r->room);
		to[0] = r->p[0][row] - half;
		to[SCORING_ROWS] = r->p[0][row] + half;
		to += (ptrdiff_t)2 * SCORING_ROWS;
	}
	for (size_t e = 0; e < plan->n_prices; e++)
		for (size_t k = 0; k < plan->n_outcomes; k++, to += SCORING_ROWS) {
			size_t input = plan->price[e];
			*to = missing	      ? (double)NAN :
			      k == m->n_linear ? 0 :
						 r->number[input] * logit_model_slope(m, k, input, r->number,
										      r->code);
		}
}

/* x dP/dx / P: price times slope, less the mean of that over the outcomes, the
 * reference's (last, or not there) being 0. */
static void set_elasticities(struct scoring_rows *r, const struct scoring_plan *plan, size_t n,
			     double *to)
{
	size_t k = plan->n_outcomes;

	for (size_t e = 0; e < plan->n_prices; e++, to += k * SCORING_ROWS)
		for (size_t i = 0; i < n; i++) {
			double mean = 0;
			if (k == 1) {
				to[i] *= 1 - r->p[0][i];
				continue;
			}
			for (size_t j = 0; j < k; j++)
				mean += r->p[j][i] * to[j * SCORING_ROWS + i];
			for (size_t j = 0; j < k; j++)
				to[j * SCORING_ROWS + i] -= mean;
		}
}

static void print_rows(struct scoring_rows *r, const struct scoring_plan *plan, size_t n)
{
	size_t need = r->n_text + n * plan->n_added * (NUM_MAX + 1), from = 0;
	char *to;

	if (need > r->out_capacity) {
		r->out_capacity = need + need / 4;
		free(r->out);
		r->out = mem_alloc(r->out_capacity);
	}
	to = r->out;
	for (size_t i = 0; i < n; i++) {
		memcpy(to, r->text + from, r->end[i] - from);
		to += r->end[i] - from;
		from = r->end[i] + 1;
		for (size_t c = 0; c < plan->n_added; c++) {
			*to++ = '\t';
			to += num_print(to, r->added[c * SCORING_ROWS + i]);
		}
		*to++ = '\n';
	}
	r->n_out = (size_t)(to - r->out);
}

void scoring_rows_score(struct scoring_rows *r, const struct scoring_plan *plan)
{
	double *behind = r->added + plan->n_outcomes * SCORING_ROWS;
	size_t n = 0;

	r->fault = SCORING_FINE;
	r->n_unseen = r->n_missing = 0;
	for (; n < r->n; n++) {
		ptrdiff_t missing;
		if (read_inputs(r, plan, n, &missing) != SCORING_FINE)
			break;
		if (plan->outcome >= 0 && read_outcome(r, plan, n) != SCORING_FINE)
			break;
		r->n_missing += missing >= 0;
		r->n_unseen += r->unseen[n] >= 0;
		score_row(r, plan, n, missing >= 0);
	}
	logit_model_probabilities(plan->model, r->p, n);
	if (plan->how->ci) {
		double *low[] = { behind }, *high[] = { behind + SCORING_ROWS };
		logit_model_probabilities(plan->model, low, n);
		logit_model_probabilities(plan->model, high, n);
		behind += (ptrdiff_t)2 * SCORING_ROWS;
	}
	set_elasticities(r, plan, n, behind);
	print_rows(r, plan, n);
}
