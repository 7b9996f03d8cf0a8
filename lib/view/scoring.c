/* SPDX-License-Identifier: MIT */
#include "view/scoring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/logit_model.h"
#include "table/columns.h"
#include "table/param.h"
#include "table/record.h"

#define NORMAL_975 1.959963984540054 /* the 97.5% quantile of the normal */

struct job {
	const struct scoring *o;
	struct tsv_in *in;
	struct logit_model model;
	struct record record;    /* the model's inputs */
	ptrdiff_t evaluate;      /* column, or -1 */
	size_t *price;           /* columns of the elasticities */
	double *slope;           /* of these prices */
	size_t n_unseen, n_unjudged; /* rows */
	double *p;               /* of the judged rows */
	uint8_t *y;
	size_t n, p_capacity, y_capacity;
};

static void load_model(struct job *s)
{
	struct param_list list = { 0 };
	const struct opt_list *prices = s->o->elasticity;
	char error[200];

	param_read(&list, s->o->model, LOGIT_MODEL_PROGRAM);
	if (logit_model_load(&s->model, &list, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", s->o->model, error);
	param_free(&list);
	if (s->o->ci && !s->model.covariance)
		msg_die(MSG_FAILED, "%s: no covariance for --ci: fit with --covariance", s->o->model);
	for (size_t i = 0; i < s->model.n; i++)
		record_add(&s->record, columns_one(s->in, s->model.input[i].name),
			   s->model.input[i].category);
	s->evaluate = s->o->evaluate ? (ptrdiff_t)columns_one(s->in, s->o->evaluate) : -1;
	s->price = mem_array(prices->n + 1, sizeof *s->price);
	s->slope = mem_array(prices->n + 1, sizeof *s->slope);
	for (size_t i = 0; i < prices->n; i++) {
		const double *slope = logit_model_estimate(&s->model, prices->item[i]);
		if (!slope)
			msg_die(MSG_FAILED, "%s: no numeric term %s for --elasticity", s->o->model,
				prices->item[i]);
		s->slope[i] = *slope;
		s->price[i] = columns_one(s->in, prices->item[i]);
	}
}

/* The columns added, by name; each to be freed, and the array. */
static char **added_names(const struct scoring *o, size_t *n)
{
	char **added = mem_array(o->elasticity->n + 3, sizeof *added);

	*n = 0;
	added[(*n)++] = mem_printf("probability");
	if (o->ci) {
		added[(*n)++] = mem_printf("probability_low");
		added[(*n)++] = mem_printf("probability_high");
	}
	for (size_t i = 0; i < o->elasticity->n; i++)
		added[(*n)++] = mem_printf("elasticity_%s", o->elasticity->item[i]);
	return added;
}

static struct tsv_out *put_header(const struct job *s, const struct tsv_create *create)
{
	size_t n_added;
	char **added = added_names(s->o, &n_added);
	struct tsv_out *out;

	for (size_t i = 0; i < n_added; i++)
		if (tsv_column(s->in, added[i]) >= 0)
			msg_die(MSG_FAILED, "%s: column %s is there already", s->in->file, added[i]);
	out = tsv_create(create);
	for (size_t i = 0; i < s->in->n_columns; i++)
		tsv_put_span(out, s->in->name[i]);
	for (size_t i = 0; i < n_added; i++) {
		tsv_put_text(out, added[i]);
		free(added[i]);
	}
	tsv_end_row(out);
	free(added);
	return out;
}

static void note_unseen(struct job *s, ptrdiff_t category)
{
	char quoted[MSG_QUOTE_MAX];
	struct span level = s->record.text[category];
	size_t column = 0;

	while (s->in->field[column].s != level.s)
		column++;
	msg_quote(quoted, level.s, level.n);
	if (s->o->strict)
		tsv_die(s->in, (ptrdiff_t)column, "level %s is not in the model", quoted);
	if (s->n_unseen++ == 0)
		msg_warn("%s:%llu: column %s: level %s is not in the model: taken as the reference",
			 s->in->file, (unsigned long long)s->in->line, s->in->text[column], quoted);
}

/* NaN when a value is missing. */
static double probability(struct job *s)
{
	ptrdiff_t unseen;
	double p;

	if (!record_take(&s->record, s->in)) {
		if (s->o->strict)
			tsv_die(s->in, record_missing(&s->record, s->in), "missing value");
		return NAN;
	}
	p = logit_model_apply(&s->model, s->record.number, s->record.text, &unseen);
	if (unseen >= 0)
		note_unseen(s, unseen);
	return p;
}

static void keep_judged(struct job *s, double p)
{
	int y = record_binary(s->in, (size_t)s->evaluate);

	if (y < 0 || isnan(p)) {
		s->n_unjudged++;
		return;
	}
	s->p = mem_grow(s->p, s->n, &s->p_capacity, sizeof *s->p);
	s->y = mem_grow(s->y, s->n, &s->y_capacity, sizeof *s->y);
	s->p[s->n] = p;
	s->y[s->n++] = (uint8_t)y;
}

/* Wald's, on the scale of the logit. */
static void put_interval(struct job *s, struct tsv_out *out, bool missing)
{
	const double *x = s->record.number;
	const struct span *text = s->record.text;
	double eta = missing ? (double)NAN : logit_model_eta(&s->model, x, text);
	double half = missing ? (double)NAN : NORMAL_975 * logit_model_error(&s->model, x, text);

	tsv_put_real(out, missing ? (double)NAN : logit_probability(eta - half));
	tsv_put_real(out, missing ? (double)NAN : logit_probability(eta + half));
}

static void score_row(struct job *s, struct tsv_out *out)
{
	double p = probability(s);

	tsv_put_record(out, s->in);
	tsv_put_real(out, p);
	if (s->o->ci)
		put_interval(s, out, isnan(p));
	for (size_t i = 0; i < s->o->elasticity->n; i++)
		tsv_put_real(out, s->slope[i] * tsv_real(s->in, s->price[i]) * (1 - p));
	tsv_end_row(out);
	if (s->evaluate >= 0)
		keep_judged(s, p);
}

void scoring_run(struct tsv_in *in, const struct scoring *how, const struct tsv_create *create,
		 struct judged *tables)
{
	struct job s = { .o = how, .in = in };
	struct tsv_out *out;

	load_model(&s);
	out = put_header(&s, create);
	while (tsv_next(in))
		score_row(&s, out);
	if (s.record.n_incomplete)
		msg_warn("%zu rows with missing values have no probability", s.record.n_incomplete);
	if (s.n_unseen > 1)
		msg_warn("%zu rows hold levels that are not in the model", s.n_unseen);
	if (s.n_unjudged)
		msg_warn("%zu rows without outcome or probability are not judged", s.n_unjudged);
	if (s.evaluate >= 0 && s.n == 0)
		msg_die(MSG_FAILED, "%s: no rows to judge", in->file);
	const struct judged_rows rows = { s.p, s.y, NULL, s.n, how->threads };
	if (s.evaluate >= 0)
		judged_add(tables, "scored", &rows, NULL, 0);
	judged_close(tables);
	tsv_finish(out);
	logit_model_free(&s.model);
	record_free(&s.record);
	free(s.price);
	free(s.slope);
	free(s.p);
	free(s.y);
}
