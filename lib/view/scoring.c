/* SPDX-License-Identifier: MIT */
#include "view/scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "table/columns.h"
#include "table/param.h"
#include "value/text.h"
#include "view/scoring_rows.h"

struct job {
	const struct scoring *o;
	struct tsv_in *in;
	struct tsv_out *out;
	struct logit_model model;
	struct scoring_plan plan;
	size_t n_missing, n_unseen, n_unjudged; /* rows */
	double **p;              /* [n_outcomes] of the judged rows */
	size_t *p_capacity;
	uint8_t *y;
	size_t n, y_capacity;
};

static void load_model(struct job *s)
{
	struct param_list list = { 0 };
	char error[200];

	param_read(&list, s->o->model, LOGIT_MODEL_PROGRAM);
	if (logit_model_load(&s->model, &list, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", s->o->model, error);
	param_free(&list);
	if (s->o->ci && s->model.outcome)
		msg_die(MSG_FAILED, "%s: no --ci of a multinomial model", s->o->model);
	if (s->o->ci && !s->model.covariance)
		msg_die(MSG_FAILED, "%s: no covariance for --ci: fit with --covariance", s->o->model);
}

/* Which columns are wanted, and what comes of them. */
static void make_plan(struct job *s)
{
	const struct opt_list *prices = s->o->elasticity;
	const struct logit_model *m = &s->model;
	size_t *column = mem_array(m->n + 1, sizeof *column), n = 0;
	size_t *price = mem_array(prices->n + 1, sizeof *price);

	for (size_t i = 0; i < m->n; i++)
		column[n++] = columns_one(s->in, m->input[i].name);
	if (s->o->evaluate)
		column[n++] = columns_one(s->in, s->o->evaluate);
	for (size_t i = 0; i < prices->n; i++) {
		ptrdiff_t input = logit_model_input(m, prices->item[i]);
		if (input < 0 || m->input[input].category)
			msg_die(MSG_FAILED, "%s: no numeric term %s for --elasticity", s->o->model,
				prices->item[i]);
		price[i] = (size_t)input;
	}
	s->plan = (struct scoring_plan){ s->o, m, column, n, s->o->evaluate ? (ptrdiff_t)m->n : -1,
					 price, prices->n, m->outcome ? m->n_linear + 1 : 1, 0 };
}

/* The outcome whose probability comes at place k: the reference is the last. */
static const char *outcome_at(const struct job *s, size_t k)
{
	return s->model.outcome[k == s->model.n_linear ? 0 : k + 1];
}

/* The columns added, by name; each to be freed, and the array. */
static char **added_names(struct job *s)
{
	const struct opt_list *prices = s->o->elasticity;
	size_t k = s->plan.n_outcomes, n = 0;
	char **added = mem_array((prices->n + 1) * k + 2, sizeof *added);

	for (size_t j = 0; j < k; j++)
		added[n++] = k == 1 ? mem_printf("probability") :
				      mem_printf("probability_%s", outcome_at(s, j));
	if (s->o->ci) {
		added[n++] = mem_printf("probability_low");
		added[n++] = mem_printf("probability_high");
	}
	for (size_t i = 0; i < prices->n; i++)
		for (size_t j = 0; j < k; j++)
			added[n++] = k == 1 ? mem_printf("elasticity_%s", prices->item[i]) :
					      mem_printf("elasticity_%s_%s", prices->item[i],
							 outcome_at(s, j));
	s->plan.n_added = n;
	return added;
}

static void put_header(struct job *s, const struct tsv_create *create)
{
	char **added = added_names(s);
	size_t n_added = s->plan.n_added;

	for (size_t i = 0; i < n_added; i++)
		if (tsv_column(s->in, added[i]) >= 0)
			msg_die(MSG_FAILED, "%s: column %s is there already", s->in->file, added[i]);
	s->out = tsv_create(create);
	for (size_t i = 0; i < s->in->n_columns; i++)
		tsv_put_span(s->out, s->in->name[i]);
	for (size_t i = 0; i < n_added; i++) {
		tsv_put_text(s->out, added[i]);
		free(added[i]);
	}
	tsv_end_row(s->out);
	free(added);
}

static void die_of_fault(const struct job *s, const struct scoring_rows *r, const struct tsv_block *b)
{
	static const char *const says[] = { [SCORING_NUMBER] = "not a number: ",
					    [SCORING_OUTCOME] = "not 0 or 1: ",
					    [SCORING_LEVEL] = "level ", [SCORING_MISSING] = "missing value" };
	size_t column = s->plan.column[r->fault_cell];
	struct span text = tsv_block_cell(b, r->n, column);
	bool unknown = r->fault == SCORING_LEVEL || (r->fault == SCORING_OUTCOME && s->model.outcome);
	char quoted[MSG_QUOTE_MAX] = "";

	if (r->fault != SCORING_MISSING)
		msg_quote(quoted, text.s, text.n);
	msg_die(MSG_FAILED, "%s:%llu: column %s: %s%s%s", b->record.file,
		(unsigned long long)(b->first_line + r->n), s->in->text[column],
		unknown && r->fault == SCORING_OUTCOME ? "outcome " : says[r->fault], quoted,
		unknown ? " is not in the model" : "");
}

static void warn_unseen(const struct job *s, const struct scoring_rows *r, const struct tsv_block *b)
{
	char quoted[MSG_QUOTE_MAX];
	size_t row = 0, column;
	struct span text;

	while (r->unseen[row] < 0)
		row++;
	column = s->plan.column[r->unseen[row]];
	text = tsv_block_cell(b, row, column);
	msg_quote(quoted, text.s, text.n);
	msg_warn("%s:%llu: column %s: level %s is not in the model: taken as the reference",
		 b->record.file, (unsigned long long)(b->first_line + row), s->in->text[column], quoted);
}

static void keep_judged(struct job *s, const struct scoring_rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->y[i] < 0 || isnan(r->p[0][i])) {
			s->n_unjudged++;
			continue;
		}
		for (size_t k = 0; k < s->plan.n_outcomes; k++) {
			s->p[k] = mem_grow(s->p[k], s->n, &s->p_capacity[k], sizeof **s->p);
			s->p[k][s->n] = r->p[k][i];
		}
		s->y = mem_grow(s->y, s->n, &s->y_capacity, sizeof *s->y);
		s->y[s->n++] = (uint8_t)r->y[i];
	}
}

static void score_block(void *ctx, void *slot, struct tsv_block *b)
{
	const struct job *s = ctx;

	scoring_rows_score(slot, &s->plan, b);
}

static void take_block(void *ctx, void *slot, struct tsv_block *b)
{
	struct job *s = ctx;
	const struct scoring_rows *r = slot;

	if (r->n_unseen && s->n_unseen == 0)
		warn_unseen(s, r, b);
	s->n_unseen += r->n_unseen;
	s->n_missing += r->n_missing;
	if (r->fault != SCORING_FINE)
		die_of_fault(s, r, b);
	tsv_put_rows(s->out, r->out, r->n_out, r->n);
	if (s->plan.outcome >= 0)
		keep_judged(s, r);
}

static void score_all(struct job *s)
{
	const struct tsv_blocks blocks = { .ctx = s, .work = score_block, .take = take_block };
	size_t n_threads = (size_t)s->o->threads, n = tsv_blocks_slots(n_threads);
	struct scoring_rows *rows = mem_array(n, sizeof *rows);

	for (size_t i = 0; i < n; i++)
		scoring_rows_init(&rows[i], &s->plan);
	tsv_blocks_run(s->in, &blocks, rows, sizeof *rows, n_threads);
	for (size_t i = 0; i < n; i++)
		scoring_rows_free(&rows[i]);
	free(rows);
}

/* The probabilities by places, the reference's first. */
static void judge_outcomes(const struct job *s, struct judged *tables)
{
	size_t n = s->plan.n_outcomes;
	double **p = mem_array(n, sizeof *p);
	const struct judged_outcomes rows = { .p = p, .y = s->y, .name = s->model.outcome, .n = s->n,
					      .n_outcomes = n, .threads = s->o->threads };

	p[0] = s->p[n - 1];
	for (size_t o = 1; o < n; o++)
		p[o] = s->p[o - 1];
	judged_add_outcomes(tables, "scored", &rows, NULL, 0);
	free(p);
}

static void judge(const struct job *s, struct judged *tables)
{
	if (s->n == 0)
		msg_die(MSG_FAILED, "%s: no rows to judge", s->in->file);
	if (s->model.outcome)
		judge_outcomes(s, tables);
	else
		judged_add(tables, "scored",
			   &(struct judged_rows){ s->p[0], s->y, NULL, s->n, s->o->threads }, NULL, 0);
}

static void free_job(struct job *s)
{
	for (size_t k = 0; k < s->plan.n_outcomes; k++)
		free(s->p[k]);
	logit_model_free(&s->model);
	free((size_t *)(uintptr_t)s->plan.column);
	free((size_t *)(uintptr_t)s->plan.price);
	free(s->p);
	free(s->p_capacity);
	free(s->y);
}

void scoring_run(struct tsv_in *in, const struct scoring *how, const struct tsv_create *create,
		 struct judged *tables)
{
	struct job s = { .o = how, .in = in };

	load_model(&s);
	make_plan(&s);
	put_header(&s, create);
	s.p = mem_zero(s.plan.n_outcomes, sizeof *s.p);
	s.p_capacity = mem_zero(s.plan.n_outcomes, sizeof *s.p_capacity);
	score_all(&s);
	if (s.n_missing)
		msg_warn("%zu rows with missing values have no probability", s.n_missing);
	if (s.n_unseen > 1)
		msg_warn("%zu rows hold levels that are not in the model", s.n_unseen);
	if (s.n_unjudged)
		msg_warn("%zu rows without outcome or probability are not judged", s.n_unjudged);
	if (s.plan.outcome >= 0)
		judge(&s, tables);
	judged_close(tables);
	tsv_finish(s.out);
	free_job(&s);
}
