/* SPDX-License-Identifier: MIT */
#include "view/scoring_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/dist.h"
#include "value/num.h"
#include "value/num_column.h"


void scoring_rows_init(struct scoring_rows *r, const struct scoring_plan *plan)
{
	const struct logit_model *m = plan->model;

	*r = (struct scoring_rows){ .n = 0 };
	r->p = mem_array(plan->n_outcomes, sizeof *r->p);
	r->number = mem_array(m->n + 1, sizeof *r->number);
	r->code = mem_array(m->n + 1, sizeof *r->code);
	r->room = mem_array(m->n_slots + 1, sizeof *r->room);
}

static void free_columns(struct scoring_rows *r)
{
	void *all[] = { r->added, r->y, r->unseen, r->missing, r->numbers, r->codes };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
}

void scoring_rows_free(struct scoring_rows *r)
{
	free_columns(r);
	free(r->p);
	free(r->number);
	free(r->code);
	free(r->room);
	free(r->out);
}

static void make_room(struct scoring_rows *r, const struct scoring_plan *plan, size_t n)
{
	size_t n_inputs = plan->model->n, n_numbers = 0, n_codes = 0;

	if (n <= r->capacity)
		return;
	free_columns(r);
	r->capacity = n;
	r->added = mem_array(n * plan->n_added, sizeof *r->added);
	r->y = mem_array(n, sizeof *r->y);
	r->unseen = mem_array(n, sizeof *r->unseen);
	r->missing = mem_array(n, sizeof *r->missing);
	r->numbers = mem_array(n * n_inputs, sizeof *r->numbers);
	r->codes = mem_array(n * n_inputs, sizeof *r->codes);
	for (size_t i = 0; i < n_inputs; i++) {
		r->number[i] = r->numbers + n * n_numbers;
		r->code[i] = r->codes + n * n_codes;
		n_numbers += !plan->model->input[i].category;
		n_codes += plan->model->input[i].category;
	}
	for (size_t k = 0; k < plan->n_outcomes; k++)
		r->p[k] = r->added + k * n;
}

/* The rows before the first record that is none. */
static size_t count_records(struct tsv_block *b)
{
	if (tsv_block_whole(b))
		tsv_block_pass(b);
	else
		while (tsv_block_next(b))
			;
	return b->record.n_rows;
}

/* The rows end before this one, if no fault was found in an earlier one, or in an
 * earlier cell of the same. */
static void fault_at(struct scoring_rows *r, size_t row, size_t cell, enum scoring_fault fault)
{
	if (row > r->n || (row == r->n && r->fault != SCORING_FINE))
		return;
	r->n = row;
	r->fault_cell = cell;
	r->fault = fault;
}

static void read_numbers(struct scoring_rows *r, const struct scoring_plan *plan,
			 const struct tsv_block *b, size_t i)
{
	const double *x = r->number[i];
	size_t n_empty = 0, n;

	n = num_column(b->s, b->place + plan->column[i], b->record.n_columns, r->n, r->number[i], &n_empty);
	if (n < r->n)
		fault_at(r, n, i, SCORING_NUMBER);
	for (size_t row = 0; n_empty && row < r->n; row++)
		r->missing[row] |= isnan(x[row]);
}

static void read_levels(struct scoring_rows *r, const struct scoring_plan *plan,
			const struct tsv_block *b, size_t i)
{
	for (size_t row = 0; row < r->n; row++) {
		struct span s = tsv_block_cell(b, row, plan->column[i]);
		int64_t code = design_dictionary_find(plan->model->input[i].level, s);
		r->code[i][row] = code;
		r->missing[row] |= s.n == 0;
		if (code < 0 && s.n && r->unseen[row] < 0)
			r->unseen[row] = (ptrdiff_t)i;
	}
}

/* With --strict the first row that is not scored as it stands. */
static void be_strict(struct scoring_rows *r, const struct scoring_plan *plan, const struct tsv_block *b)
{
	size_t row = 0, cell = 0;

	while (row < r->n && !r->missing[row] && r->unseen[row] < 0)
		row++;
	if (row == r->n)
		return;
	if (!r->missing[row]) {
		fault_at(r, row, (size_t)r->unseen[row], SCORING_LEVEL);
		return;
	}
	while (tsv_block_cell(b, row, plan->column[cell]).n)
		cell++;
	fault_at(r, row, cell, SCORING_MISSING);
}

/* The outcome to judge by: 0 or 1; of a multinomial model its place. */
static void read_outcome(struct scoring_rows *r, const struct scoring_plan *plan,
			 const struct tsv_block *b, size_t row)
{
	size_t cell = (size_t)plan->outcome;
	struct span s = tsv_block_cell(b, row, plan->column[cell]);
	double x;

	r->y[row] = -1;
	if (s.n == 0)
		return;
	if (plan->model->outcome) {
		for (size_t k = 0; k <= plan->model->n_linear; k++)
			if (span_equal(s, span_of(plan->model->outcome_raw[k])))
				r->y[row] = (int)k;
		if (r->y[row] < 0)
			fault_at(r, row, cell, SCORING_OUTCOME);
		return;
	}
	if (!num_parse(s.s, s.n, &x))
		fault_at(r, row, cell, SCORING_NUMBER);
	else if (x != 0 && x != 1)
		fault_at(r, row, cell, SCORING_OUTCOME);
	else
		r->y[row] = x == 1;
}

/* Column by column, each up to the first fault so far: what is left is the first
 * row with one, and of it the first cell. */
static void read_cells(struct scoring_rows *r, const struct scoring_plan *plan, const struct tsv_block *b)
{
	memset(r->missing, 0, r->n * sizeof *r->missing);
	for (size_t row = 0; row < r->n; row++)
		r->unseen[row] = -1;
	for (size_t i = 0; i < plan->model->n; i++)
		if (plan->model->input[i].category)
			read_levels(r, plan, b, i);
		else
			read_numbers(r, plan, b, i);
	if (plan->how->strict)
		be_strict(r, plan, b);
	for (size_t row = 0; plan->outcome >= 0 && row < r->n; row++)
		read_outcome(r, plan, b, row);
	for (size_t row = 0; row < r->n; row++) {
		r->unseen[row] = r->missing[row] ? -1 : r->unseen[row];
		r->n_missing += r->missing[row];
		r->n_unseen += r->unseen[row] >= 0;
	}
}

/* The logits that bound the interval. */
static void set_bounds(struct scoring_rows *r, const struct scoring_plan *plan,
		       const struct logit_inputs *in, double *low, double *high)
{
	for (size_t row = 0; row < r->n; row++) {
		double half = r->missing[row] ? (double)NAN :
						DIST_NORMAL_975 * logit_model_error(plan->model, in, row, r->room);
		low[row] = r->p[0][row] - half;
		high[row] = r->p[0][row] + half;
	}
}

/* Price times slope of each predictor. */
static void set_slopes(struct scoring_rows *r, const struct scoring_plan *plan,
		       const struct logit_inputs *in, double *to)
{
	const struct logit_model *m = plan->model;

	for (size_t e = 0; e < plan->n_prices; e++)
		for (size_t k = 0; k < plan->n_outcomes; k++, to += r->capacity)
			for (size_t row = 0; row < r->n; row++)
				to[row] = r->missing[row] ? (double)NAN :
					  k == m->n_linear ? 0 :
					  in->number[plan->price[e]][row] *
						logit_model_slope(m, k, plan->price[e], in, row);
}

/* x dP/dx / P: price times slope, less the mean of that over the outcomes, the
 * reference's (last, or not there) being 0. */
static void set_elasticities(struct scoring_rows *r, const struct scoring_plan *plan, double *to)
{
	size_t k = plan->n_outcomes;

	for (size_t e = 0; e < plan->n_prices; e++, to += k * r->capacity)
		for (size_t i = 0; i < r->n; i++) {
			double mean = 0;
			if (k == 1) {
				to[i] *= 1 - r->p[0][i];
				continue;
			}
			for (size_t j = 0; j < k; j++)
				mean += r->p[j][i] * to[j * r->capacity + i];
			for (size_t j = 0; j < k; j++)
				to[j * r->capacity + i] -= mean;
		}
}

static void score(struct scoring_rows *r, const struct scoring_plan *plan)
{
	const struct logit_inputs in = { r->number, r->code };
	const struct logit_model *m = plan->model;
	double *low = r->added + plan->n_outcomes * r->capacity, *high = low + r->capacity;
	double *prices = plan->how->ci ? high + r->capacity : low;

	for (size_t k = 0; k < m->n_linear; k++) {
		logit_model_eta(m, k, &in, r->n, r->p[k]);
		for (size_t row = 0; r->n_missing && row < r->n; row++)
			if (r->missing[row])
				r->p[k][row] = (double)NAN;
	}
	if (plan->how->ci)
		set_bounds(r, plan, &in, low, high);
	set_slopes(r, plan, &in, prices);
	logit_model_probabilities(m, r->p, r->n);
	if (plan->how->ci) {
		logit_model_probabilities(m, &low, r->n);
		logit_model_probabilities(m, &high, r->n);
	}
	set_elasticities(r, plan, prices);
}

/* Rows are copied by so many bytes at first, which can be read behind them. */
#define COPY TSV_BEHIND

static void print_rows(struct scoring_rows *r, const struct scoring_plan *plan, const struct tsv_block *b)
{
	size_t n_columns = b->record.n_columns, need;
	const uint32_t *place = b->place;
	char *to;

	if (r->n == 0) {
		r->n_out = 0;
		return;
	}
	need = place[r->n * n_columns - 1] + 1 + r->n * plan->n_added * (NUM_MAX + 1) + COPY;
	if (need > r->out_capacity) {
		r->out_capacity = need + need / 4;
		free(r->out);
		r->out = mem_alloc(r->out_capacity);
	}
	to = r->out;
	for (size_t i = 0; i < r->n; i++, place += n_columns) {
		const char *row = b->s + (uint32_t)(place[-1] + 1);
		size_t n = (size_t)(b->s + place[n_columns - 1] - row);
		memcpy(to, row, COPY);
		if (n > COPY)
			memcpy(to + COPY, row + COPY, n - COPY);
		to += n;
		for (size_t c = 0; c < plan->n_added; c++) {
			*to++ = '\t';
			to += num_print(to, r->added[c * r->capacity + i]);
		}
		*to++ = '\n';
	}
	r->n_out = (size_t)(to - r->out);
}

void scoring_rows_score(struct scoring_rows *r, const struct scoring_plan *plan, struct tsv_block *b)
{
	make_room(r, plan, b->n_lines);
	r->n = count_records(b);
	r->fault = SCORING_FINE;
	r->n_unseen = r->n_missing = 0;
	read_cells(r, plan, b);
	score(r, plan);
	print_rows(r, plan, b);
}
