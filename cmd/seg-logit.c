/* SPDX-License-Identifier: MIT */
/*
 * seg-logit: fit a logistic regression, judge it, score rows with it.
 *
 * Reads   a stream of rows; with -m a model.
 * Writes  fitting: the model; scoring: the rows with probability (and
 *         elasticity) added; tables of metrics, lift and calibration.
 * Memory  fitting: the rows, 8 bytes a number, 4 a category (in a file beyond
 *         --mem), 1 for the outcome; tables: 88 bytes a row more.  Scoring: some
 *         rows a thread; with --evaluate 9 bytes a row, and 80 while the tables are made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "model/folds.h"
#include "model/logit_folds.h"
#include "model/logit_model.h"
#include "stream/pages.h"
#include "stream/tsv.h"
#include "table/param.h"
#include "value/num.h"
#include "view/choice.h"
#include "view/judged.h"
#include "view/penalties.h"
#include "view/reading.h"
#include "view/scoring.h"
#include "view/shards.h"

#define PROGRAM "seg-logit"
#define JUDGE_BYTES_ROW 88 /* probability, sorted copy, groups, calibration fit */

struct opts {
	const char *outcome, *weights, *model, *evaluate;
	const char *metrics, *lift, *calibration;
	struct opt_list features, onehot, poly, profit, elasticity;
	struct logit_options fit;
	bool drop_missing, strict, ci, covariance, multinomial, partial, merge;
	const char *at;
	const char *reference;
	double holdout;
	int64_t cv, seed, path;
	int rule;
	const char *penalties;
};

struct job {
	struct opts *o;
	struct opt_common common;
	struct tsv_in *in;
	char *provenance;
	struct judged tables;
	bool judging;
	double l1_min, l1_1se; /* of a path */
	struct metrics_value value; /* of --profit */
	int status;
};

static void check_fit(enum logit_status status, const struct logit_fit *fit, const struct job *j)
{
	mem_need(status != LOGIT_NO_MEMORY);
	if (status == LOGIT_RANGE)
		msg_die(MSG_FAILED, "%s: a term's values span more than 1e301", j->in->file);
	if (status == LOGIT_NO_ROWS)
		msg_die(MSG_FAILED, "%s: no rows to fit", j->in->file);
	if (status == LOGIT_ONE_CLASS)
		msg_die(MSG_FAILED, "%s: the outcome %s is %d in all %zu rows", j->in->file,
			j->o->outcome, fit->n_events > 0, fit->n_rows);
}

static void report_fit(struct job *j, const struct logit_fit *fit, const struct design *d)
{
	char text[LOGIT_PROBLEM_MAX];

	for (size_t i = 0; logit_problem(fit, d, i, text); i++)
		msg_warn("%s", text);
	if (!logit_converged(fit))
		j->status = MSG_NO_ANSWER;
	msg_note("%zu rows, %zu events, %zu terms; deviance %.10g, null %.10g; %d iterations",
		 fit->n_rows, fit->n_events, fit->rank, fit->deviance, fit->null_deviance,
		 fit->iterations);
}

static uint32_t *draw_folds(const struct job *j, const struct logit_rows *r, const uint32_t *held)
{
	uint32_t *fold = mem_array(r->n + 1, sizeof *fold);

	mem_need(folds_assign(fold, r->y, held, r->n, 2, (uint32_t)j->o->cv,
				 (uint64_t)j->o->seed) == 0);
	return fold;
}

static void check_folds(enum logit_status status, const struct job *j)
{
	mem_need(status != LOGIT_NO_MEMORY);
	if (status != LOGIT_OK)
		msg_die(MSG_FAILED, "%s: too few rows of one outcome for %lld folds", j->in->file,
			(long long)j->o->cv);
}

/* Puts the penalty that the path's rule chooses into the options of the fit. */
static void choose_penalty(struct job *j, const struct logit_rows *r, const uint32_t *held)
{
	struct logit_options *fit = &j->o->fit;
	struct tsv_create how = { j->common.plain, j->common.level, j->provenance };
	struct logit_path path = { .n = (size_t)j->o->path };
	uint32_t *fold = draw_folds(j, r, held);
	double scale;

	check_folds(logit_path(&path, r, fold, (uint32_t)j->o->cv, fit), j);
	j->l1_min = fit->l1 * path.point[path.min].scale;
	j->l1_1se = fit->l1 * path.point[path.one_se].scale;
	if (j->o->penalties)
		penalties_write(j->o->penalties, &how, &path, fit);
	msg_note("path of %zu penalties: log-loss %.6g at --l1 %.6g; within one standard error "
		 "at --l1 %.6g",
		 path.n, path.point[path.min].log_loss, j->l1_min, j->l1_1se);
	scale = path.point[j->o->rule ? path.one_se : path.min].scale;
	fit->l1 *= scale;
	fit->l2 *= scale;
	free(path.point);
	free(fold);
}

/* Judges each fold by the fit without it, and all rows together. */
static void cross_validate(struct job *j, const struct logit_rows *r, const uint32_t *held,
			   const struct logit_options *options)
{
	uint32_t k = (uint32_t)j->o->cv, *fold = draw_folds(j, r, held);
	const struct logit_folds folds = { fold, k, (size_t)j->o->path, j->o->rule == 1 };
	double *p = mem_array(r->n + 1, sizeof *p);
	bool *settled = mem_zero(k, sizeof *settled);
	const struct judged_rows rows = { p, r->y, r->weight, r->n, options->threads };

	check_folds(logit_cross_validate(r, &folds, options, p, settled), j);
	if (!judged_check_folds(settled, k))
		j->status = MSG_NO_ANSWER;
	for (uint32_t f = 0; f < k; f++) {
		char set[16];
		snprintf(set, sizeof set, "fold%u", f + 1);
		judged_add(&j->tables, set, &rows, fold, f);
	}
	judged_add(&j->tables, "cv", &rows, held, 0);
	free(fold);
	free(p);
	free(settled);
}

static void write_model(const struct job *j, const struct logit_fit *fit, const struct design *d)
{
	const struct opts *o = j->o;
	const struct logit_about about = { o->outcome, o->weights,
					   o->cv || o->holdout > 0 ? o->seed : -1, o->holdout,
					   o->covariance, j->l1_min, j->l1_1se };
	struct tsv_create how = { j->common.plain, j->common.level, j->provenance };
	struct param_list model = { 0 };
	struct tsv_out *out;

	mem_need(logit_model_store(&model, fit, d, &o->fit, &about) == 0);
	out = tsv_create(&how);
	param_write(&model, out);
	tsv_finish(out);
	param_free(&model);
}

/* What a row takes beside itself: weights made up, its part, the tables. */
static uint64_t bytes_row(const struct job *j)
{
	const struct opts *o = j->o;

	return (o->weights || o->holdout > 0 || o->cv || o->fit.balanced ? sizeof(double) : 0) +
	       (o->holdout > 0 ? sizeof(uint32_t) : 0) + (j->judging ? JUDGE_BYTES_ROW : 0);
}

static struct reading reading_of(const struct job *j)
{
	const struct opts *o = j->o;

	return (struct reading){ .outcome = o->outcome, .weights = o->weights,
				 .features = &o->features, .onehot = &o->onehot, .poly = &o->poly,
				 .drop_missing = o->drop_missing, .mem = j->common.mem,
				 .threads = (int)j->common.threads,
				 .bytes_row = bytes_row(j) };
}

static void fit_choice(struct job *j, const struct tsv_create *create)
{
	struct reading_outcomes outcomes = { .reference = j->o->reference };
	struct reading how = reading_of(j);
	const struct choice choice = { &how, &j->o->fit, j->judging, j->o->holdout,
				       (uint32_t)j->o->cv, j->o->seed };

	how.outcomes = &outcomes;
	how.bytes_outcome = j->judging ? sizeof(double) : 0;
	if (!choice_run(j->in, &choice, &j->tables, create))
		j->status = MSG_NO_ANSWER;
}

static void fit_part(struct job *j, const struct tsv_create *create)
{
	const struct reading how = reading_of(j);

	shards_part(j->in, &how, j->o->at, create);
}

static void fit_and_judge(struct job *j)
{
	struct logit_rows r = { .n = 0 };
	struct pages pages = { 0 };
	const struct logit_options asked = j->o->fit;
	struct logit_fit fit;
	uint32_t *held = NULL;
	double *w = NULL;
	const struct reading how = reading_of(j);

	reading_rows(&r, &pages, j->in, &how);
	if (j->o->holdout > 0) {
		held = mem_array(r.n + 1, sizeof *held);
		mem_need(folds_holdout(held, r.y, r.n, 2, j->o->holdout,
					  (uint64_t)j->o->seed) == 0);
	}
	if (held || r.weight || j->o->fit.balanced)
		mem_need((w = logit_rows_weights(&r, held, 1, 1, j->o->fit.balanced)) != NULL);
	if (j->o->path)
		choose_penalty(j, &r, held);
	const struct logit_data data = { &r.design, r.y, w };
	check_fit(logit_fit(&fit, &data, &j->o->fit), &fit, j);
	report_fit(j, &fit, &r.design);
	if (j->judging) {
		double *p = mem_array(r.n + 1, sizeof *p);
		const struct judged_rows rows = { p, r.y, r.weight, r.n, j->o->fit.threads };
		logit_predict(&fit, &r.design, j->o->fit.threads, p);
		judged_add(&j->tables, "train", &rows, held, 0);
		if (held)
			judged_add(&j->tables, "holdout", &rows, held, 1);
		free(p);
	}
	if (j->o->cv)
		cross_validate(j, &r, held, &asked);
	judged_close(&j->tables);
	write_model(j, &fit, &r.design);
	free(w);
	free(held);
	logit_free(&fit);
	logit_rows_free(&r);
	pages_free(&pages);
}

static struct opts given = { .seed = 1, .fit = { .max_iter = 25, .tol = 1e-8 } };

/* The first options are a fit's, the last ones of scoring. */
enum { N_FIT_OPTIONS = 23, N_SCORE_OPTIONS = 4 };
static const struct opt table[] = {
	{ "y", 'y', OPT_TEXT, &given.outcome, "COL", 0, 0, OPT_RESULT,
	  "fit: the outcome, 0 or 1" },
	{ "c", 'c', OPT_LIST, &given.features, "COLS", 0, 0, OPT_RESULT,
	  "fit: the terms, and interactions A:B; default: *_scaled,\nelse recency_days,frequency,monetary" },
	{ "onehot", 0, OPT_LIST, &given.onehot, "COLS", 0, 0, OPT_RESULT,
	  "categories: a 0/1 term COL=LEVEL for each level but the first in byte order" },
	{ "poly", 0, OPT_LIST, &given.poly, "COL=N", 0, 0, OPT_RESULT,
	  "powers of a column too, up to N: COL^2, ..., COL^N" },
	{ "drop-missing", 0, OPT_FLAG, &given.drop_missing, NULL, 0, 0, OPT_RESULT,
	  "leave out rows with missing values; else they are an error" },
	{ "multinomial", 0, OPT_FLAG, &given.multinomial, NULL, 0, 0, OPT_RESULT,
	  "the outcome is any of several values: softmax against a reference" },
	{ "reference", 0, OPT_TEXT, &given.reference, "VALUE", 0, 0, OPT_RESULT,
	  "of --multinomial: this outcome; default: the first in byte order" },
	{ "weights", 0, OPT_TEXT, &given.weights, "COL", 0, 0, OPT_RESULT,
	  "case weights: how many times a row counts" },
	{ "balanced", 0, OPT_FLAG, &given.fit.balanced, NULL, 0, 0, OPT_RESULT,
	  "weigh the classes so that each has half of the sum" },
	{ "l2", 0, OPT_REAL, &given.fit.l2, "L", 0, 1e12, OPT_RESULT,
	  "penalty L/2 times the squared coefficients, added to the mean log-loss" },
	{ "l1", 0, OPT_REAL, &given.fit.l1, "L", 0, 1e12, OPT_RESULT,
	  "penalty L times the absolute coefficients: lasso; with --l2 elastic net" },
	{ "path", 0, OPT_INT, &given.path, "N", 2, 1000, OPT_RESULT,
	  "choose among N penalties down to --l1 and --l2 by --cv" },
	{ "rule", 0, OPT_CHOICE, &given.rule, "min|1se", 0, 0, OPT_RESULT,
	  "of --path: the smallest log-loss, or the largest penalty within\none standard error of it; default: min" },
	{ "penalties", 0, OPT_TEXT, &given.penalties, "FILE", 0, 0, 0,
	  "write the log-loss and the number of terms along the path" },
	{ "penalise-standardised", 0, OPT_FLAG, &given.fit.penalise_standardised, NULL, 0, 0,
	  OPT_RESULT, "penalise the coefficients of the standardised columns" },
	{ "firth", 0, OPT_FLAG, &given.fit.firth, NULL, 0, 0, OPT_RESULT,
	  "Firth's penalised likelihood: finite estimates under separation" },
	{ "covariance", 0, OPT_FLAG, &given.covariance, NULL, 0, 0, OPT_RESULT,
	  "write the covariance of the estimates too: --ci needs it" },
	{ "cv", 0, OPT_INT, &given.cv, "K", 2, 1000, OPT_RESULT,
	  "judge by stratified cross-validation with K folds" },
	{ "holdout", 0, OPT_REAL, &given.holdout, "SHARE", 0, 0.99, OPT_RESULT,
	  "fit without this share of the rows, and judge on it" },
	{ "seed", 0, OPT_INT, &given.seed, "S", 0, 9007199254740992, OPT_RESULT,
	  "of folds and holdout; default: 1" },
	{ "partial", 0, OPT_FLAG, &given.partial, NULL, 0, 0, OPT_RESULT,
	  "of a shard: write the sums that one step of the fit takes" },
	{ "at", 0, OPT_TEXT, &given.at, "MODEL", 0, 0, OPT_INPUT,
	  "of --partial: at the coefficients of the model that --merge left" },
	{ "merge", 0, OPT_FLAG, &given.merge, NULL, 0, 0, OPT_RESULT,
	  "take a step from the parts of all shards and write the model" },
	{ "metrics", 0, OPT_TEXT, &given.metrics, "FILE", 0, 0, 0,
	  "write AUC, average precision, log-loss, Brier score, calibration" },
	{ "profit", 0, OPT_LIST, &given.profit, "TP,FP,FN,TN", 0, 0, OPT_RESULT,
	  "what a true positive, ... is worth: --metrics say the threshold that pays most" },
	{ "lift", 0, OPT_TEXT, &given.lift, "FILE", 0, 0, 0,
	  "write lift and gains for each per cent of the rows" },
	{ "calibration", 0, OPT_TEXT, &given.calibration, "FILE", 0, 0, 0,
	  "write observed against predicted in ten bins" },
	{ "model", 'm', OPT_TEXT, &given.model, "FILE", 0, 0, OPT_INPUT,
	  "score: add the probability by this model" },
	{ "elasticity", 0, OPT_LIST, &given.elasticity, "COLS", 0, 0, OPT_RESULT,
	  "score: add the elasticity of the probability to each of these prices" },
	{ "evaluate", 0, OPT_TEXT, &given.evaluate, "COL", 0, 0, 0,
	  "score: judge against this outcome" },
	{ "ci", 0, OPT_FLAG, &given.ci, NULL, 0, 0, OPT_RESULT,
	  "score: add the 95% interval of the probability" },
	{ "strict", 0, OPT_FLAG, &given.strict, NULL, 0, 0, OPT_RESULT,
	  "score: a missing value or a level not in the model is an error" },
};

/* What a step over shards has no use for. */
static void check_shards(const struct opt_page *page, const struct opts *o)
{
	static const char of_rows[] = "l1 l2 path rule penalties penalise-standardised firth balanced cv "
				      "holdout seed metrics profit lift calibration multinomial";

	if (o->at && !o->partial)
		opt_die("--at needs --partial");
	if (o->partial && o->merge)
		opt_die("--partial and --merge exclude each other");
	if (o->partial)
		opt_refuse(page, "covariance", "--merge, not to --partial");
	if (o->partial || o->merge)
		opt_refuse(page, of_rows, "a fit of all rows, not to --partial and --merge");
	if (o->merge)
		opt_refuse(page, "y c onehot poly drop-missing weights model", "a fit or scoring, not to --merge");
}

static void check_options(const struct opt_page *page, const struct opts *o)
{
	const struct opt *last = table + sizeof table / sizeof *table;

	check_shards(page, o);
	if (!o->model && !o->outcome && !o->merge)
		opt_die("-y is needed to fit, or -m to score");
	for (const struct opt *p = table; o->model && p < table + N_FIT_OPTIONS; p++)
		if (opt_given(page, p->name))
			opt_die("option %s%s fits a model, but -m scores with one",
				p->letter ? "-" : "--", p->name);
	for (const struct opt *p = last - N_SCORE_OPTIONS; !o->model && p < last; p++)
		if (opt_given(page, p->name))
			opt_die("option --%s needs -m", p->name);
	for (size_t i = 1; i < o->elasticity.n; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(o->elasticity.item[i], o->elasticity.item[k]) == 0)
				opt_die("option --elasticity: %s is named twice",
					o->elasticity.item[i]);
	for (size_t i = 0; i < o->poly.n; i++)
		if (!reading_power(o->poly.item[i]))
			opt_die("option --poly: COLUMN=POWER is needed, POWER from 2 to 9, not \"%s\"",
				o->poly.item[i]);
	if (o->model && !o->evaluate && (o->metrics || o->lift || o->calibration))
		opt_die("--metrics, --lift and --calibration of scored rows need --evaluate");
	if (logit_penalised(&o->fit) && o->fit.firth)
		opt_die("--%s and --firth exclude each other", o->fit.l2 > 0 ? "l2" : "l1");
	if (o->fit.penalise_standardised && !logit_penalised(&o->fit))
		opt_die("--penalise-standardised needs --l1 or --l2");
	if (o->reference && !o->multinomial)
		opt_die("--reference needs --multinomial");
	if (o->multinomial)
		opt_refuse(page, "l1 path rule penalties firth balanced covariance", "a fit of 0 and 1, not to --multinomial");
	if (o->path && !(o->cv && o->fit.l1 > 0))
		opt_die("--path needs --l1 and --cv");
	if (o->path && o->cv < 3)
		opt_die("--path needs --cv 3 or more: a fold is judged by a penalty that the others choose");
	if (!o->path && (opt_given(page, "rule") || o->penalties))
		opt_die("--%s needs --path", o->penalties ? "penalties" : "rule");
}

static void read_profit(struct job *j)
{
	const struct opt_list *l = &j->o->profit;
	double *to[] = { &j->value.tp, &j->value.fp, &j->value.fn, &j->value.tn };

	if (l->n == 0)
		return;
	if (!j->o->metrics)
		opt_die("--profit needs --metrics");
	if (l->n != 4)
		opt_die("option --profit: four values are needed, not %zu", l->n);
	for (size_t i = 0; i < 4; i++)
		if (!num_parse(l->item[i], strlen(l->item[i]), to[i]))
			opt_die("option --profit: not a number: \"%s\"", l->item[i]);
	j->tables.value = &j->value;
}

static void run(struct job *j, const struct opt_page *page, char *const *paths, size_t n_paths)
{
	struct tsv_open how = { true, j->common.expect_rows, true };
	struct tsv_create out = { j->common.plain, j->common.level, NULL };
	char *line = opt_provenance(page, NULL);
	struct opts *o = j->o;

	if (o->merge) {
		out.provenance = line;
		if (!shards_merge(paths, n_paths, o->covariance, &out))
			j->status = MSG_NO_ANSWER;
		free(line);
		return;
	}
	j->in = tsv_open(paths, n_paths, &how);
	j->provenance = tsv_chain(tsv_provenance(j->in), line);
	out.provenance = j->provenance;
	judged_open(&j->tables, o->metrics, o->lift, o->calibration, &out);
	j->judging = o->metrics || o->lift || o->calibration || o->holdout > 0 || o->cv;
	if (o->model)
		scoring_run(j->in,
			    &(struct scoring){ o->model, &o->elasticity, o->evaluate, o->ci,
					       o->strict, o->fit.threads },
			    &out, &j->tables);
	else if (o->multinomial)
		fit_choice(j, &out);
	else if (o->partial)
		fit_part(j, &out);
	else
		fit_and_judge(j);
	tsv_close(j->in);
	free(line);
	free(j->provenance);
}

int main(int argc, char **argv)
{
	static const struct opt_page page = {
		PROGRAM, "fit a logistic regression, judge it, score rows with it", "[FILE...]",
		table, sizeof table / sizeof *table,
		"  seg-logit -y bought -c recency_days,frequency,monetary train.tsv.gz >purchase.tsv.gz\n"
		"  seg-logit -m purchase.tsv.gz rfm.tsv.gz >scored.tsv.gz\n",
	};
	struct job j = { .o = &given };
	size_t n_paths;
	char **paths;

	msg_init(PROGRAM);
	paths = opt_parse(&page, &j.common, argc, argv, &n_paths);
	check_options(&page, &given);
	read_profit(&j);
	given.fit.profile = given.fit.firth;
	given.fit.threads = (int)j.common.threads;
	run(&j, &page, paths, n_paths);
	return j.status;
}
