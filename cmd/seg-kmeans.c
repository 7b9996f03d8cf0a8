/* SPDX-License-Identifier: MIT */
/*
 * seg-kmeans: rows to a model of k segments.
 *
 * Reads   a stream of rows; with --scaled-by the parameters they were scaled by, with
 *         --init FILE initial centres; for a step a shard and the step, or parts.
 * Writes  the model, a part or a step; with --sweep a row of figures for each k; with --history
 *         the course of each restart.
 * Memory  the features, 8 bytes a value, and 28 bytes a row to work in, 40 with --swaps.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "model/kmeans_gap.h"
#include "model/kmeans_model.h"
#include "model/kmeans_pick.h"
#include "model/kmeans_stability.h"
#include "model/kmeans_step.h"
#include "model/transform.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/frame.h"
#include "table/param.h"
#include "table/points.h"
#include "value/hash.h"
#include "value/num.h"
#include "view/spread.h"
#include "view/steps.h"
#include "view/sweep.h"

#define PROGRAM "seg-kmeans"
#define K_MAX 10000
#define WORK_BYTES 28 /* a row, beside the features */
#define SWAP_BYTES 40 /* the same with swaps */

struct opts {
	bool partial, merge, final; /* one step over shards */
	const char *k, *key, *scaled_by, *init, *weights, *order_by, *sweep, *history;
	struct opt_list features;
	int64_t restarts, swaps, seed, max_iterations, gap, stability;
	double tol;
	int algorithm, pick, silhouette;
};

struct job {
	struct opts *o;
	struct opt_common common;
	const struct opt_page *page;
	struct tsv_in *in;
	size_t k_first, k_last, n_k;
	struct columns columns; /* the features, then the weights */
	size_t d;               /* features */
	struct frame frame;
	struct kmeans_rows rows;
	struct transform transform;
	char **raw;             /* [d] names in the original data */
	struct kmeans_options fit_options;
	double *given;          /* [k_first][d] */
	struct kmeans_fit *fit;    /* [n_k] */
	struct quality *quality;   /* [n_k] */
	double **stability;        /* [n_k][k], or NULL */
	size_t picked;
	const char *picked_by;
	int threads, status;
};

static char *copy(const char *s)
{
	return mem_copy(s, strlen(s));
}

static bool is_given_init(const struct opts *o)
{
	return strcmp(o->init, "kmeans++") != 0 && strcmp(o->init, "random") != 0 &&
	       strcmp(o->init, "parallel") != 0;
}

/* -k 5 or -k 2..10. */
static void parse_k(struct job *j)
{
	const char *s = j->o->k;
	int64_t first, last;

	if (!s)
		opt_die("option -k is required: a number of segments, or a range as in 2..10");
	if (!num_parse_range(s, &first, &last))
		opt_die("option -k: neither a whole number nor a range A..B: \"%s\"", s);
	if (first < 1 || last > K_MAX || last < first)
		opt_die("option -k: %s is not in 1..%d, ascending", s, K_MAX);
	j->k_first = (size_t)first;
	j->k_last = (size_t)last;
	j->n_k = j->k_last - j->k_first + 1;
}

/* A step has its columns from the first part on, its centres from --final on. */
static void check_step(const struct job *j)
{
	const struct opts *o = j->o;

	if (o->partial + o->merge + o->final > 1)
		opt_die("only one of --partial, --merge and --final can be given");
	opt_refuse(j->page, "k scaled-by restarts swaps seed tol max-iter algorithm order-by pick "
		   "sweep gap stability history", "a fit, not to a step of one");
	if (!o->partial)
		opt_refuse(j->page, "c key weights silhouette", "--partial");
	if (o->merge)
		opt_refuse(j->page, "init", "--partial or --final");
	if (o->partial && is_given_init(o))
		opt_refuse(j->page, "c weights", "the first part: a step knows its columns");
	if (o->silhouette != QUALITY_AUTO && (o->silhouette != QUALITY_SQ || !is_given_init(o)))
		opt_die("option --partial: of silhouettes sq alone, with --init");
}

static void check_options(struct job *j)
{
	const struct opts *o = j->o;

	j->threads = (int)j->common.threads;
	if (o->partial || o->merge || o->final) {
		check_step(j);
		return;
	}
	parse_k(j);
	if (j->n_k == 1 && opt_given(j->page, "pick"))
		opt_die("option --pick needs a range of -k");
	if (o->pick == KMEANS_SILHOUETTE && o->silhouette == QUALITY_NONE)
		opt_die("option --pick silhouette needs a --silhouette");
	if (o->pick == KMEANS_GAP && !o->gap)
		opt_die("option --pick gap needs a --gap");
	if (is_given_init(o) && j->n_k > 1)
		opt_die("option --init: centres are given for one k, not for %s", o->k);
	if (is_given_init(o) && opt_given(j->page, "restarts"))
		opt_die("option --restarts: given centres leave nothing to draw");
	j->fit_options = (struct kmeans_options){
		.init = is_given_init(o) ? KMEANS_GIVEN
			: strcmp(o->init, "random") == 0 ? KMEANS_RANDOM
			: strcmp(o->init, "parallel") == 0 ? KMEANS_PARALLEL : KMEANS_PLUSPLUS,
		.restarts = (size_t)o->restarts, .swaps = (size_t)o->swaps,
		.seed = (uint64_t)o->seed, .tol = o->tol, .max_iterations = o->max_iterations,
		.algorithm = (enum kmeans_algorithm)o->algorithm,
		.threads = j->threads, .trace = o->history != NULL,
		/* what else follows is the same in any order of the rows */
		.rows_may_move = o->silhouette == QUALITY_NONE && !o->gap && !o->stability,
	};
}

/* The features, without key and weights, and the weights behind them. */
static void choose_columns(struct job *j)
{
	ptrdiff_t key = columns_key(j->in, j->o->key, false), weights = -1;
	struct columns *c = &j->columns;

	columns_features(c, j->in, &j->o->features);
	if (j->o->weights)
		weights = (ptrdiff_t)columns_one(j->in, j->o->weights);
	columns_remove(c, key);
	columns_remove(c, weights);
	j->d = c->n;
	if (c->n == 0)
		msg_die(MSG_FAILED, "%s: no features besides key and weights", j->in->file);
	if (weights >= 0)
		columns_append(c, (size_t)weights);
}

static void read_rows(struct job *j)
{
	struct frame_read how = { .key = -1, .lines = j->o->weights != NULL,
				  .mem = j->common.mem, .work_bytes = j->o->swaps ? SWAP_BYTES : WORK_BYTES,
				  .missing_is_error = true, .threads = j->threads };
	struct frame *f = &j->frame;

	/* reference sets and samples are rows of their own */
	if (j->o->gap || j->o->stability)
		how.work_bytes += 8 * (j->d + 1) + 16;
	/* k-means|| draws by the rows' keys, so that rows can be in any order or place */
	if (j->fit_options.init == KMEANS_PARALLEL) {
		how.key = columns_key(j->in, j->o->key, false);
		how.work_bytes += 8;
	}
	frame_read(f, j->in, &j->columns, &how);
	if (f->n_rows == 0)
		msg_die(MSG_FAILED, "%s: no rows", j->in->file);
	if (f->n_rows > UINT32_MAX)
		msg_die(MSG_FAILED, "%s: more than %u rows", j->in->file, UINT32_MAX);
	j->rows = (struct kmeans_rows){ .n = f->n_rows, .d = j->d, .column = f->column,
					.variance = mem_array(j->d, sizeof(double)) };
	if (how.key >= 0) {
		j->rows.key = mem_array(f->n_rows, sizeof *j->rows.key);
		for (size_t i = 0; i < f->n_rows; i++)
			j->rows.key[i] = hash_64(f->key[i].s, f->key[i].n);
	}
	if (!j->o->weights)
		return;
	j->rows.weight = f->column[j->d];
	frame_positive(f, j->d, "a weight");
}

static void read_scaling(struct job *j)
{
	struct param_list p = { 0 };
	char error[200];

	if (j->o->scaled_by) {
		param_read(&p, j->o->scaled_by, NULL);
		if (transform_load(&j->transform, &p, error) != 0)
			msg_die(MSG_FAILED, "%s: %s", j->o->scaled_by, error);
		param_free(&p);
	}
	j->raw = mem_array(j->d, sizeof *j->raw);
	for (size_t i = 0; i < j->d; i++)
		if (!(j->raw[i] = transform_raw_name(&j->transform, j->frame.name[i])))
			msg_die(MSG_FAILED, "%s: column %s is none that these parameters make",
				j->o->scaled_by, j->frame.name[i]);
}

static void read_centres(struct job *j)
{
	size_t n;

	j->given = points_read(j->o->init, j->frame.name, j->d, &n);
	if (n != j->k_first)
		msg_die(MSG_FAILED, "%s: %zu centres, not %zu", j->o->init, n, j->k_first);
	j->fit_options.given = j->given;
}

static void fit(struct job *j)
{
	size_t n_distinct = 0;
	enum kmeans_status status;

	j->fit = mem_zero(j->n_k, sizeof *j->fit);
	status = kmeans_sweep(&j->rows, j->k_first, j->k_last, &j->fit_options, j->fit, &n_distinct);
	if (status == KMEANS_FEW_ROWS)
		msg_die(MSG_FAILED, "%s: only %zu distinct rows, fewer than k = %zu", j->in->file,
			n_distinct, j->k_last);
	if (status == KMEANS_RANGE || status == KMEANS_TINY)
		msg_die(MSG_FAILED, "%s: %s", j->in->file, steps_range_message(status));
	mem_need(status == KMEANS_OK);
	for (size_t i = 0; i < j->n_k; i++) {
		if (j->fit[i].stopped != KMEANS_BY_ITERATIONS)
			continue;
		msg_warn("k = %zu: not converged after %lld iterations", j->fit[i].k,
			 (long long)j->o->max_iterations);
		j->status = MSG_NO_ANSWER;
	}
}

static void judge(struct job *j)
{
	const struct opts *o = j->o;

	j->quality = mem_array(j->n_k, sizeof *j->quality);
	for (size_t i = 0; i < j->n_k; i++)
		j->quality[i] = quality_unknown;
	if (j->fit_options.rows_may_move && j->n_k == 1 && !o->sweep)
		return; /* nobody asks for any of it */
	mem_need(!kmeans_judge(&j->rows, j->fit, j->n_k, (enum quality_kind)o->silhouette,
			       (uint64_t)o->seed, j->threads, j->quality));
	mem_need(!o->gap || kmeans_gap(&j->rows, &j->fit_options, (size_t)o->gap, j->fit, j->n_k,
				       j->quality) == KMEANS_OK);
	if (!o->stability)
		return;
	j->stability = mem_array(j->n_k, sizeof *j->stability);
	for (size_t i = 0; i < j->n_k; i++)
		j->stability[i] = mem_array(j->fit[i].k, sizeof **j->stability);
	mem_need(kmeans_stability(&j->rows, &j->fit_options, (size_t)o->stability, j->fit, j->n_k,
				  j->stability) == KMEANS_OK);
	for (size_t i = 0; i < j->n_k; i++)
		j->quality[i].stability = kmeans_least(j->stability[i], j->fit[i].k);
}

/* One k of several by the rule asked for, or by another one; it is said which. */
static void pick(struct job *j)
{
	char text[KMEANS_VERDICT];

	j->picked_by = "k";
	if (j->n_k == 1)
		return;
	j->picked = kmeans_choose_fit((enum kmeans_rule)j->o->pick, j->fit, j->quality, j->n_k,
				      &j->picked_by, text);
	msg_note("%s", text);
	if (strcmp(j->picked_by, kmeans_rule_name((enum kmeans_rule)j->o->pick)) != 0)
		j->status = MSG_NO_ANSWER;
}

static void describe(struct job *j, struct kmodel *m)
{
	const struct kmeans_fit *f = &j->fit[j->picked];
	const struct quality *q = &j->quality[j->picked];
	const struct opts *o = j->o;
	ptrdiff_t by = kmeans_order_by(j->frame.name, j->d, o->order_by ? o->order_by : "monetary");
	size_t order = by < 0 ? KMEANS_BY_SIZE : (size_t)by;

	if (by == KMEANS_NO_ORDER && o->order_by)
		msg_die(MSG_FAILED, "%s: --order-by: no feature \"%s\"", j->in->file, o->order_by);
	mem_need(kmodel_init(m, f->k, j->d) == 0);
	for (size_t i = 0; i < j->d; i++) {
		m->column[i].name = copy(j->frame.name[i]);
		m->column[i].raw = copy(j->raw[i]);
	}
	m->scale = j->transform.scale;
	m->seed = (uint64_t)o->seed;
	m->restarts = is_given_init(o) ? 1 : o->restarts;
	m->swaps = o->swaps;
	m->max_iterations = o->max_iterations;
	m->iterations = f->iterations;
	m->tol = o->tol;
	m->algorithm = copy(kmeans_algorithm_name(
		kmeans_choose(&j->fit_options, j->rows.n, j->d, j->k_first, j->k_last)));
	m->init = copy(is_given_init(o) ? "given" : o->init);
	m->stopped = copy(kmeans_stop_name(f->stopped));
	m->converged = f->stopped != KMEANS_BY_ITERATIONS;
	m->silhouette = q->silhouette;
	m->silhouette_kind = copy(quality_kind_name(q->kind));
	m->silhouette_se = q->silhouette_se;
	m->picked_by = copy(j->picked_by);
	m->order_by = copy(order == KMEANS_BY_SIZE ? "size" : j->raw[order]);
	m->weights = o->weights ? copy(o->weights) : NULL;
	mem_need(kmeans_model(m, &j->rows, f->centre, order, j->threads) == 0);
	if (j->stability)
		kmeans_model_stability(m, f, j->stability[j->picked]);
}

static void write_model(struct job *j, const struct kmodel *m)
{
	char *init = opt_given(j->page, "init") ? mem_printf("--init %s", m->init) : NULL;
	char *line = opt_provenance(j->page, init);
	char *chain = tsv_chain(tsv_provenance(j->in), line);
	struct tsv_create how = { j->common.plain, j->common.level, chain };
	struct tsv_out *out = tsv_create(&how);
	struct param_list p = { 0 };

	kmodel_store(m, &p);
	encode_store(&j->transform.encode, &p);
	pca_store(&j->transform.pca, &p);
	param_write(&p, out);
	tsv_finish(out);
	param_free(&p);
	free(init);
	free(line);
	free(chain);
}

/* The step that --init names: its columns are the features. */
static void open_step(struct job *j, struct kmeans_step *s)
{
	steps_open(s, j->o->init);
	j->o->features = (struct opt_list){ s->name, s->d };
	j->o->weights = s->weights;
	if (!s->k)
		msg_die(MSG_FAILED, "%s: no centres yet: --final --init FILE takes them", j->o->init);
}

static void part_of_step(struct job *j, struct kmeans_step *s, char **operands, size_t n)
{
	struct tsv_open how = { .read_ahead = true, .expect_rows = j->common.expect_rows,
				.progress = true };
	enum kmeans_stage stage = KMEANS_RANGES;
	enum kmeans_status status;

	if (is_given_init(j->o)) {
		open_step(j, s);
		stage = j->o->silhouette == QUALITY_SQ ? kmeans_step_after(s) : KMEANS_SUMS;
	}
	j->in = tsv_open(operands, n, &how);
	choose_columns(j);
	read_rows(j);
	if (stage == KMEANS_RANGES && kmeans_step_init(s, j->frame.name, j->d, j->o->weights))
		msg_die(MSG_FAILED, "out of memory");
	status = kmeans_step_part(s, stage, &j->rows, j->threads);
	if (status == KMEANS_RANGE)
		msg_die(MSG_FAILED, "%s: values beyond the ranges that %s knows", j->in->file,
			j->o->init);
	mem_need(status == KMEANS_OK);
	tsv_close(j->in);
}

static int run_step(struct job *j, char **operands, size_t n)
{
	struct tsv_create how = { j->common.plain, j->common.level, opt_provenance(j->page, NULL) };
	struct kmeans_step s = { 0 };

	if (j->o->partial)
		part_of_step(j, &s, operands, n);
	else
		steps_merge(&s, operands, n, j->common.expect_rows);
	if (j->o->final)
		steps_finish(&s, is_given_init(j->o) ? j->o->init : NULL);
	steps_write(&s, &how);
	return 0;
}

static struct opts given = { .init = "kmeans++", .restarts = 10, .seed = 1, .tol = 1e-4,
			     .max_iterations = 300 };

static const struct opt table[] = {
	{ "k", 'k', OPT_TEXT, &given.k, "K|A..B", 0, 0, OPT_RESULT,
	  "number of segments, or a range to pick from" },
	{ "c", 'c', OPT_LIST, &given.features, "COLS", 0, 0, OPT_RESULT,
	  "features; default: *_scaled, else recency_days,frequency,monetary" },
	{ "key", 0, OPT_TEXT, &given.key, "COL", 0, 0, OPT_RESULT,
	  "the rows' key, never a feature; default: customer_id if there is one" },
	{ "scaled-by", 0, OPT_TEXT, &given.scaled_by, "FILE", 0, 0, OPT_INPUT,
	  "the rows were scaled by these parameters of seg-scale; they go into\n"
	  "the model and give original units" },
	{ "restarts", 0, OPT_INT, &given.restarts, "N", 1, 100000, OPT_RESULT,
	  "runs from other initial centres; default: 10" },
	{ "swaps", 0, OPT_INT, &given.swaps, "N", 0, 10000000, OPT_RESULT,
	  "rounds of random swap on the best restart; default: 0" },
	{ "seed", 0, OPT_INT, &given.seed, "S", 0, 9007199254740992, OPT_RESULT,
	  "of all random numbers; default: 1" },
	{ "tol", 0, OPT_REAL, &given.tol, "T", 0, 1, OPT_RESULT,
	  "stop when the sum of squared centre shifts is at most T times the\n"
	  "mean column variance, the best restart at T / 100; 0: at the fixed\n"
	  "point; default: 0.0001" },
	{ "max-iter", 0, OPT_INT, &given.max_iterations, "N", 1, 1000000, OPT_RESULT,
	  "iterations of a run; status 3 when they do not do; default: 300" },
	{ "init", 0, OPT_TEXT, &given.init, "kmeans++|random|parallel|FILE", 0, 0, 0,
	  "greedy k-means++, random rows, k-means||, or the centres in FILE;\n"
	  "default: kmeans++" },
	{ "algorithm", 0, OPT_CHOICE, &given.algorithm, "auto|lloyd|hamerly|kdtree", 0, 0, OPT_RESULT,
	  "how; the segments are the same to the bit; default: auto" },
	{ "weights", 0, OPT_TEXT, &given.weights, "COL", 0, 0, OPT_RESULT,
	  "rows count this much, above 0" },
	{ "order-by", 0, OPT_TEXT, &given.order_by, "COL|size", 0, 0, OPT_RESULT,
	  "number the segments by this feature of the centres, descending;\n"
	  "default: monetary if there, else size" },
	{ "pick", 0, OPT_CHOICE, &given.pick, "elbow|silhouette|gap|ch|db", 0, 0, OPT_RESULT,
	  "which k of a range becomes the model; default: elbow" },
	{ "sweep", 0, OPT_TEXT, &given.sweep, "FILE", 0, 0, 0,
	  "write the figures of each k" },
	{ "silhouette", 0, OPT_CHOICE, &given.silhouette, "auto|exact|sample|sq|none", 0, 0,
	  OPT_RESULT, "auto: exact up to 20,000 rows, else a sample of 2,000; sq: squared\n"
	  "distances; default: auto" },
	{ "gap", 0, OPT_INT, &given.gap, "B", 1, 100000, OPT_RESULT,
	  "the gap statistic, from B reference sets fitted likewise" },
	{ "stability", 0, OPT_INT, &given.stability, "B", 1, 100000, OPT_RESULT,
	  "how well each segment is found again in B bootstrap samples" },
	{ "partial", 0, OPT_FLAG, &given.partial, NULL, 0, 0, OPT_RESULT,
	  "write this shard's part of one step: the ranges of the columns, with\n"
	  "--init STEP one iteration, with --silhouette sq the silhouette" },
	{ "merge", 0, OPT_FLAG, &given.merge, NULL, 0, 0, OPT_RESULT,
	  "merge parts into a part" },
	{ "final", 0, OPT_FLAG, &given.final, NULL, 0, 0, OPT_RESULT,
	  "merge parts, and finish the step: move the centres to the means" },
	{ "history", 0, OPT_TEXT, &given.history, "FILE", 0, 0, 0,
	  "write restart, iteration, inertia and largest shift of each run" },
};

static int run(struct job *j, char **operands, size_t n_operands)
{
	struct tsv_open how = { .read_ahead = true, .expect_rows = j->common.expect_rows,
				.progress = true };
	struct kmodel model = { 0 };

	check_options(j);
	if (j->o->partial || j->o->merge || j->o->final)
		return run_step(j, operands, n_operands);
	j->in = tsv_open(operands, n_operands, &how);
	choose_columns(j);
	read_rows(j);
	read_scaling(j);
	if (is_given_init(j->o))
		read_centres(j);
	fit(j);
	judge(j);
	pick(j);
	describe(j, &model);
	spread_warn(j->frame.name, j->rows.variance, j->d);
	if (j->n_k == 1)
		msg_note("k = %zu: %zu rows, inertia %.6g, %lld iterations", j->fit->k, j->rows.n,
			 j->fit->inertia, (long long)j->fit->iterations);
	sweep_write_sides(j->o->sweep, j->o->history,
			  &(struct tsv_create){ j->common.plain, j->common.level, NULL }, j->fit,
			  j->quality, j->n_k, j->picked, j->picked_by);
	write_model(j, &model);
	tsv_close(j->in);
	return j->status;
}

int main(int argc, char **argv)
{
	const struct opt_page page = { PROGRAM, "find segments by k-means", "[FILE...]", table,
				       sizeof table / sizeof *table, NULL };
	struct job j = { .o = &given, .page = &page };
	size_t n_operands;
	char **operands;

	msg_init(PROGRAM);
	operands = opt_parse(&page, &j.common, argc, argv, &n_operands);
	return run(&j, operands, n_operands);
}
