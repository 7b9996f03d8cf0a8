/* SPDX-License-Identifier: MIT */
#include "view/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/folds.h"
#include "model/multinomial.h"
#include "table/param.h"

struct job {
	const struct tsv_in *in;
	const struct choice *how;
	struct judged *tables;
	struct logit_rows r;
	char **raw, **name; /* [n_outcomes] */
	size_t n_outcomes;
	double **p;         /* [n_outcomes][r.n], when judging */
	uint32_t *held;     /* [r.n] 1: held out; NULL */
};

static void check(enum logit_status status, const struct job *j, size_t lacking, const char *where)
{
	mem_need(status != LOGIT_NO_MEMORY);
	if (status == LOGIT_RANGE)
		msg_die(MSG_FAILED, "%s: a term's values span more than 1e301", j->in->file);
	if (status == LOGIT_ONE_CLASS)
		msg_die(MSG_FAILED, "%s: too few rows of outcome \"%s\": a fit without %s has none",
			j->in->file, j->raw[lacking], where);
}

static void report(const struct multinomial_fit *fit, const struct job *j)
{
	const struct reading *how = j->how->reading;
	char text[LOGIT_PROBLEM_MAX];

	for (size_t i = 0; multinomial_problem(fit, &j->r.design, how->outcome, j->raw, i, text); i++)
		msg_warn("%s", text);
	msg_note("%zu rows, %zu outcomes, %zu terms each; deviance %.10g, null %.10g; %d iterations",
		 fit->n_rows, fit->n_outcomes, fit->rank, fit->deviance, fit->null_deviance,
		 fit->iterations);
}

static void write_model(const struct multinomial_fit *fit, const struct job *j,
			const struct tsv_create *create)
{
	const struct choice *how = j->how;
	const struct logit_about about = { .outcome = how->reading->outcome,
					   .weights = how->reading->weights,
					   .holdout = how->holdout,
					   .seed = how->cv || how->holdout > 0 ? how->seed : -1 };
	struct param_list model = { 0 };
	struct tsv_out *out;

	mem_need(multinomial_model_store(&model, fit, &j->r.design, j->raw, how->options, &about) == 0);
	out = tsv_create(create);
	param_write(&model, out);
	tsv_finish(out);
	param_free(&model);
}

/* The rows of `part` that are `wanted`, by the probabilities in j->p. */
static void judge(const struct job *j, const char *set, const uint32_t *part, uint32_t wanted)
{
	const struct judged_outcomes rows = { j->p, j->r.y, j->r.weight, j->name, j->r.n,
					      j->n_outcomes, j->how->options->threads };

	judged_add_outcomes(j->tables, set, &rows, part, wanted);
}

static void judge_fit(const struct job *j, const struct multinomial_fit *fit)
{
	mem_need(multinomial_predict(fit, &j->r.design, NULL, 0, j->how->options->threads, j->p) == 0);
	judge(j, "train", j->held, 0);
	if (j->held)
		judge(j, "holdout", j->held, 1);
}

/* Judges each fold by the fit without it, and all together.  Whether each is an answer. */
static bool cross_validate(const struct job *j)
{
	const struct logit_rows *r = &j->r;
	uint32_t k = j->how->cv, *fold = mem_array(r->n + 1, sizeof *fold);
	const struct multinomial_parts parts = { fold, k };
	bool *settled = mem_zero(k, sizeof *settled), all;
	enum logit_status status;
	size_t lacking = 0;

	mem_need(folds_assign(fold, r->y, j->held, r->n, j->n_outcomes, k,
				 (uint64_t)j->how->seed) == 0);
	status = multinomial_cross_validate(r, j->n_outcomes, &parts, j->how->options, j->p, settled,
					    &lacking);
	check(status, j, lacking, "a fold");
	all = judged_check_folds(settled, k);
	for (uint32_t f = 0; f < k; f++) {
		char *set = mem_printf("fold%u", f + 1);
		judge(j, set, fold, f);
		free(set);
	}
	judge(j, "cv", j->held, 0);
	free(settled);
	free(fold);
	return all;
}

/* The outcomes' names, room for probabilities, the rows held out. */
static void prepare(struct job *j)
{
	const struct choice *how = j->how;

	j->name = mem_array(j->n_outcomes, sizeof *j->name);
	for (size_t i = 0; i < j->n_outcomes; i++)
		mem_need((j->name[i] = logit_plain(j->raw[i], strlen(j->raw[i]))) != NULL);
	if (how->judging) {
		j->p = mem_array(j->n_outcomes, sizeof *j->p);
		for (size_t i = 0; i < j->n_outcomes; i++)
			j->p[i] = mem_array(j->r.n + 1, sizeof **j->p);
	}
	if (how->holdout > 0) {
		j->held = mem_array(j->r.n + 1, sizeof *j->held);
		mem_need(folds_holdout(j->held, j->r.y, j->r.n, j->n_outcomes, how->holdout,
					  (uint64_t)how->seed) == 0);
	}
}

static void free_job(struct job *j)
{
	for (size_t i = 0; i < j->n_outcomes; i++) {
		free(j->raw[i]);
		free(j->name[i]);
		if (j->p)
			free(j->p[i]);
	}
	free(j->raw);
	free(j->name);
	free(j->p);
	free(j->held);
	logit_rows_free(&j->r);
}

bool choice_run(struct tsv_in *in, const struct choice *how, struct judged *tables,
		const struct tsv_create *create)
{
	struct job j = { .in = in, .how = how, .tables = tables };
	struct multinomial_fit fit;
	struct pages pages = { 0 };
	enum logit_status status;
	bool converged;
	double *w = NULL;
	size_t lacking = 0;

	reading_rows(&j.r, &pages, in, how->reading);
	j.raw = how->reading->outcomes->raw;
	j.n_outcomes = how->reading->outcomes->n;
	if (j.r.n == 0)
		msg_die(MSG_FAILED, "%s: no rows to fit", in->file);
	if (j.n_outcomes == 1)
		msg_die(MSG_FAILED, "%s: the outcome %s is \"%s\" in all %zu rows", in->file,
			how->reading->outcome, j.raw[0], j.r.n);
	prepare(&j);
	if (j.held)
		mem_need((w = logit_rows_weights(&j.r, j.held, 1, 1, false)) != NULL);
	const struct multinomial_data data = { &j.r.design, j.r.y, w ? w : j.r.weight, j.n_outcomes };
	status = multinomial_fit_part(&fit, &data, how->options, &lacking);
	check(status, &j, lacking, "what is held out");
	report(&fit, &j);
	converged = multinomial_converged(&fit);
	if (how->judging)
		judge_fit(&j, &fit);
	if (how->cv)
		converged &= cross_validate(&j);
	judged_close(tables);
	write_model(&fit, &j, create);
	multinomial_free(&fit);
	free(w);
	free_job(&j);
	pages_free(&pages);
	return converged;
}
