/* SPDX-License-Identifier: MIT */
/*
 * seg-scale: fit or apply a transformation of columns.
 *
 * Reads   a stream of rows; with -m a parameter file; with --merge and --final
 *         parts of such a reading.
 * Writes  the key, kept columns, then the transformed columns; with -w the
 *         parameters; with --partial and --merge a part, with --final the
 *         parameters.
 * Memory  fitting: the chosen columns, 8 bytes a value, and 8 bytes a row to
 *         work in; applying with -m: one record; parts: sums, and where
 *         quantiles are wanted 32 MiB, in the end the distinct values.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "model/scale_apply.h"
#include "model/scale_final.h"
#include "model/scale_fit.h"
#include "model/scale_part.h"
#include "model/scale_rows.h"
#include "model/scale_shard.h"
#include "model/scale_spec.h"
#include "model/transform.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/header.h"
#include "table/names.h"
#include "table/param.h"

#define PROGRAM "seg-scale"
#define FILL_ADVICE "fit with --impute to fill them"
/* What the process holds besides the values of parts: buffers, readers, the program. */
#define PARTS_BYTES ((uint64_t)40 << 20)

struct opts {
	struct opt_list features, keep, log1p, yeo_johnson, onehot, ordinal;
	const char *key, *write, *model, *impute;
	int method; /* enum scale_method */
	double pca; /* components, or a share of variance below 1; 0: none */
	bool drop_first, strict, inverse;
	bool partial, merge, final, bare;
	int64_t expect_shards;
	struct scale_how how;
};

struct job {
	struct opts *o;
	struct opt_common common;
	const struct opt_page *page;
	struct tsv_in *in;
	struct tsv_out *out;
	struct transform t;
	ptrdiff_t key;
	struct columns keep;
	struct scale_choice choice;
	struct scale_control control; /* of parts */
	struct buf line;
};

static void create_output(struct job *j)
{
	char *line = opt_provenance(j->page, NULL);
	char *chain = tsv_chain(tsv_provenance(j->in), line);
	struct tsv_create how = { j->common.plain, j->common.level, chain };

	j->out = j->o->bare && !j->o->final ? tsv_create_bare(&how) : tsv_create(&how);
	free(line);
	free(chain);
}

static void put_header(struct job *j)
{
	struct header h = { 0 };

	create_output(j);
	if (j->key >= 0)
		header_put(&h, j->out, j->in->name[j->key]);
	for (size_t i = 0; i < j->keep.n; i++)
		header_put(&h, j->out, j->in->name[j->keep.index[i]]);
	for (size_t i = 0; i < (j->o->inverse ? j->t.scale.n : j->t.n_outputs); i++) {
		char *made = j->o->inverse ? strdup(transform_input(&j->t, i))
					   : transform_output(&j->t, i);
		mem_need(made);
		header_put(&h, j->out, span_of(made));
		free(made);
	}
	header_end(&h, j->out);
}

/* Of a fit that fills none. */
static void check_missing(const struct job *j, const struct transform_column *found)
{
	size_t n = j->t.scale.n + j->t.n_onehot;
	const char **name = mem_array(n + 1, sizeof *name);
	uint64_t *missing = mem_zero(n + 1, sizeof *missing);

	for (size_t i = 0; i < n; i++) {
		name[i] = transform_input(&j->t, i);
		missing[i] = found[i].n_missing;
	}
	header_check_missing(j->in->file, name, missing, n, FILL_ADVICE);
	free(name);
	free(missing);
}

/* The parameters of -m; their columns in the stream. */
static size_t *bind(struct job *j)
{
	struct param_list p = { 0 };
	struct transform *t = &j->t;
	size_t *column, n = 0;
	char error[200];

	param_read(&p, j->o->model, NULL);
	if (transform_load(t, &p, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", j->o->model, error);
	if (j->o->inverse && t->encode.n)
		msg_die(MSG_FAILED, "%s: --inverse knows no way back to the category column %s",
			j->o->model, t->encode.column[0].name);
	param_free(&p);
	column = mem_array(t->scale.n + t->n_onehot + t->n_outputs + 1, sizeof *column);
	for (size_t i = 0; i < t->n_outputs && j->o->inverse; i++) {
		char *made = transform_output(t, i);
		mem_need(made);
		column[n++] = columns_one(j->in, made);
		free(made);
	}
	for (size_t i = 0; i < t->scale.n + t->n_onehot && !j->o->inverse; i++)
		column[n++] = columns_one(j->in, transform_input(t, i));
	return column;
}

/* The key and the kept columns, as one list. */
static struct columns copied(const struct job *j)
{
	struct columns c = { mem_array(j->keep.n + 2, sizeof *c.index), 0 };

	if (j->key >= 0)
		c.index[c.n++] = (size_t)j->key;
	for (size_t i = 0; i < j->keep.n; i++)
		c.index[c.n++] = j->keep.index[i];
	return c;
}

/* -m: block by block. */
static void apply(struct job *j)
{
	struct columns through = copied(j);
	struct scale_apply a = { .t = &j->t, .in = j->in, .threads = (int)j->common.threads,
				 .copied = &through, .inverse = j->o->inverse,
				 .strict = j->o->strict };

	a.column = bind(j);
	put_header(j);
	a.out = j->out;
	scale_apply_stream(&a);
	header_check_missing(j->in->file, j->in->text, a.missing, j->in->n_columns, FILL_ADVICE);
	if (a.warning)
		msg_warn("%s", a.warning);
	tsv_finish(j->out);
}

static void choose(struct job *j)
{
	struct opts *o = j->o;
	char *wrong;

	j->choice = (struct scale_choice){ &o->features, &o->log1p, &o->yeo_johnson, &o->onehot,
					   o->drop_first, NULL, NULL };
	wrong = scale_choose(&j->choice, &j->t, j->in);
	if (wrong)
		msg_die(MSG_FAILED, "%s", wrong);
}

static void check_rows(const struct job *j, uint64_t n_rows)
{
	if (n_rows == 0)
		msg_die(MSG_FAILED, "%s: no rows to fit", j->in->file);
}

/* Dies when the components of the features cannot fit beside so many bytes. */
static void check_components(const struct job *j, uint64_t n_bytes)
{
	uint64_t need = pca_bytes(j->t.n_features) + n_bytes;

	if (j->o->write)
		need += 128 * (uint64_t)j->t.n_features * j->t.n_features; /* rows of parameters */
	if (j->common.mem && need > j->common.mem)
		msg_die(MSG_FAILED, "the components of %zu columns need %lluM, more than --mem %lluM "
			"allows", j->t.n_features, (unsigned long long)(need >> 20) + 1,
			(unsigned long long)(j->common.mem >> 20));
}

/* What a fit found, `f` being the rows if they are there: warns or dies. */
static void judge(struct job *j, const struct transform_column *found, const struct frame *f)
{
	size_t n = j->t.scale.n + j->t.n_onehot;
	char text[200];

	if (j->o->how.impute == SCALE_KEEP_MISSING)
		check_missing(j, found);
	for (size_t i = 0; i < n; i++) {
		enum transform_verdict verdict = transform_judge(&found[i], text);
		if (verdict == TRANSFORM_DOUBTFUL)
			msg_warn("%s", text);
		if (verdict == TRANSFORM_FAILED && found[i].status == SCALE_NO_IMAGE && f)
			msg_die(MSG_FAILED, "%s:%llu: %s", f->file[found[i].bad],
				(unsigned long long)f->line[found[i].bad], text);
		if (verdict == TRANSFORM_FAILED)
			msg_die(MSG_FAILED, "%s: %s", j->in->file, text);
	}
	mem_need(transform_ready(&j->t) == 0);
}

static void fit_all(struct job *j, const struct scale_rows *rows)
{
	struct transform *t = &j->t;
	struct transform_column *found = mem_zero(t->scale.n + t->n_onehot + 1, sizeof *found);
	size_t n = rows->f.n_rows;
	char text[200];

	transform_fit(t, rows->x, rows->level, n, &j->o->how,
		      j->common.mem ? 1 : (int)j->common.threads, found);
	judge(j, found, &rows->f);
	free(found);
	if (j->o->pca == 0)
		return;
	check_components(j, frame_bytes(&rows->f));
	if (transform_fit_pca(t, rows->x, rows->level, n, j->o->pca, (int)j->common.threads, text))
		msg_die(MSG_FAILED, "%s: %s", j->in->file, text);
	msg_note("components: %zu, with %.4g%% of the variance", t->n_outputs,
		 100 * pca_share(&t->pca));
}

/* Parts */

static void put_entry(void *ctx, struct span key, const struct scale_entry *e)
{
	struct job *j = ctx;

	j->line.n = 0;
	scale_part_line(&j->line, key, e);
	tsv_put_rows(j->out, j->line.s, j->line.n, 1);
}

static void put_part_header(struct job *j)
{
	struct opt_list names = { 0 };

	create_output(j);
	scale_part_names(&names);
	names_put(&names, j->out);
}

static void check_expected(const struct job *j)
{
	char error[200];

	if (!scale_control_is_expected(&j->control, j->common.expect_rows, j->o->expect_shards,
				       error))
		msg_die(MSG_FAILED, "%s", error);
}

/* The end of a part: the control record. */
static void finish_part(struct job *j)
{
	j->line.n = 0;
	if (j->control.n_shards) {
		scale_part_control(&j->line, &j->control);
		tsv_put_rows(j->out, j->line.s, j->line.n, 1);
	}
	check_expected(j);
	tsv_finish(j->out);
}

/* Rows to a part. */
static void make_part(struct job *j)
{
	struct scale_merge merge = { .ctx = j, .entry = put_entry };
	struct scale_shard shard = { .t = &j->t, .how = &j->o->how, .merge = &merge };
	struct buf spec = { 0 };

	choose(j);
	shard.numeric = j->choice.numeric;
	shard.category = j->choice.category;
	scale_shard_init(&shard);
	put_part_header(j);
	while (tsv_next(j->in))
		scale_shard_take(&shard, j->in);
	scale_shard_finish(&shard);
	scale_merge_finish(&merge);
	scale_spec_encode(&j->o->how, j->o->drop_first, &j->t, &spec);
	buf_char(&spec, '\0');
	j->control = (struct scale_control){ spec.s, 1, j->in->n_rows };
	finish_part(j);
}

/* Parts to a part, or to parameters. */
static void take_parts(struct job *j, char **paths, size_t n_paths, const struct tsv_open *how)
{
	struct scale_final final = { 0 };
	struct scale_merge merge = { .ctx = j, .entry = put_entry };
	struct scale_parts parts = { .paths = paths, .n_paths = n_paths, .how = how,
				     .bare = j->o->bare, .merge = &merge, .control = &j->control };
	struct transform_column *found;

	if (j->common.mem)
		final.mem = j->common.mem - PARTS_BYTES;
	if (j->o->final)
		merge = (struct scale_merge){ .ctx = &final, .entry = scale_final_take };
	scale_parts_open(&parts);
	j->in = parts.in;
	if (!j->o->final)
		put_part_header(j);
	scale_parts_read(&parts);
	scale_merge_finish(&merge);
	if (!j->o->final) {
		finish_part(j);
		return;
	}
	if (!j->control.n_shards)
		msg_die(MSG_FAILED, "no control record in the parts");
	check_expected(j);
	check_rows(j, j->control.n_rows);
	if (scale_final_fit(&final, &j->control, &j->o->how, &j->t, &found) != 0)
		msg_die(MSG_FAILED, "%s: %s", j->in->file, final.error);
	judge(j, found, NULL);
	create_output(j);
	transform_write(&j->t, &j->o->how, j->control.n_rows, j->out);
}

/* Fits, writes the parameters, transforms the rows in memory. */
static void fit(struct job *j)
{
	struct scale_apply a = { .t = &j->t, .threads = (int)j->common.threads };
	struct tsv_create how = { j->common.plain, j->common.level, NULL };
	struct tsv_out *side = j->o->write ? tsv_create_file(j->o->write, &how) : NULL;
	struct scale_rows rows;

	choose(j);
	if (j->o->pca > 0)
		check_components(j, FRAME_FIXED_BYTES);
	if (j->t.n_onehot == 0 && j->o->pca == 0)
		put_header(j);
	scale_rows_read(&rows, j->in, &j->t, &j->choice, j->key, &j->keep, &j->o->how,
			j->common.mem, (int)j->common.threads);
	check_rows(j, rows.f.n_rows);
	fit_all(j, &rows);
	if (!j->out)
		put_header(j);
	if (side)
		transform_write(&j->t, &j->o->how, rows.f.n_rows, side);
	a.out = j->out;
	scale_apply_frame(&a, &rows.f, rows.first_kept, rows.x, rows.level);
	tsv_finish(j->out);
	frame_free(&rows.f);
}

/* What is fitted is said to --partial; rows go in there alone. */
static void check_modes(const struct opts *o, const struct opt_page *page)
{
	bool parts = o->partial || o->merge || o->final;

	if (o->partial + o->merge + o->final > 1)
		opt_die("only one of --partial, --merge and --final can be given");
	if (parts && o->pca > 0)
		opt_die("option --pca: components are not made from parts; fit them to rows that "
			"the parameters of --final have scaled");
	if (parts)
		opt_refuse(page, "key keep write model inverse strict", "the fit or -m");
	if (o->merge || o->final)
		opt_refuse(page, "c method log1p yeo-johnson winsor impute onehot drop-first ordinal",
			   "--partial");
	if (o->bare && !parts)
		opt_die("option --bare needs --partial, --merge or --final");
	if (o->expect_shards >= 0 && !o->merge && !o->final)
		opt_die("option --expect-shards needs --merge or --final");
}

static void check_options(struct job *j)
{
	struct opts *o = j->o;

	check_modes(o, j->page);
	if (o->model)
		opt_refuse(j->page, "c method log1p yeo-johnson winsor impute onehot drop-first "
			   "ordinal pca write", "the fit and -m applies one");
	if (o->inverse && !o->model)
		opt_die("option --inverse needs -m");
	if (o->strict && !o->model)
		opt_die("option --strict needs -m");
	if (o->drop_first && !o->onehot.n)
		opt_die("option --drop-first needs --onehot");
	for (size_t i = 0; i < o->ordinal.n; i++)
		if (!encode_add_ordinal(&j->t.encode, o->ordinal.item[i]))
			opt_die("option --ordinal: not COL=a<b<c with each level once: %s",
				o->ordinal.item[i]);
	if (o->pca > 1 && o->pca != floor(o->pca))
		opt_die("option --pca: neither a whole number nor a share below 1: %.15g", o->pca);
	o->how.method = (enum scale_method)o->method;
	if (o->impute && !scale_how_impute(&o->how, o->impute))
		opt_die("option --impute: neither mean, median, mode nor a number: %s", o->impute);
}

static struct opts given = { .how.winsor = (double)NAN, .expect_shards = -1 };

static const struct opt table[] = {
	{ "c", 'c', OPT_LIST, &given.features, "COLS", 0, 0, OPT_RESULT,
	  "columns to scale; default: *_scaled, else recency_days,frequency,monetary" },
	{ "key", 0, OPT_TEXT, &given.key, "COL", 0, 0, OPT_RESULT,
	  "the rows' key, put first; default: customer_id if there is one" },
	{ "keep", 0, OPT_LIST, &given.keep, "COLS", 0, 0, OPT_RESULT,
	  "columns that go through as they are, behind the key" },
	{ "method", 0, OPT_CHOICE, &given.method, SCALE_METHODS, 0, 0, OPT_RESULT,
	  "how to scale; default: zscore" },
	{ "log1p", 0, OPT_LIST, &given.log1p, "COLS", 0, 0, OPT_RESULT,
	  "take log(1 + x) of these columns before scaling" },
	{ "yeo-johnson", 0, OPT_LIST, &given.yeo_johnson, "COLS", 0, 0, OPT_RESULT,
	  "take the power of Yeo and Johnson, fitted to each of these columns, before scaling" },
	{ "winsor", 0, OPT_REAL, &given.how.winsor, "P", 0, 0.49, OPT_RESULT,
	  "cut values at the quantiles P and 1 - P before scaling" },
	{ "impute", 0, OPT_TEXT, &given.impute, "mean|median|mode|VALUE", 0, 0, OPT_RESULT,
	  "fill missing values, categories by the most frequent level; default: an error" },
	{ "onehot", 0, OPT_LIST, &given.onehot, "COLS", 0, 0, OPT_RESULT,
	  "a 0/1 column COL=LEVEL for each level of these columns" },
	{ "drop-first", 0, OPT_FLAG, &given.drop_first, NULL, 0, 0, OPT_RESULT,
	  "one-hot without the first level" },
	{ "ordinal", 0, OPT_MANY, &given.ordinal, "COL=a<b<c", 0, 0, OPT_RESULT,
	  "take the levels of COL as 0, 1, 2, ... and scale them" },
	{ "pca", 0, OPT_REAL, &given.pca, "N|SHARE", 1e-9, 100000, OPT_RESULT,
	  "N principal components instead, pc1, pc2, ..., or enough for a SHARE of variance" },
	{ "write", 'w', OPT_TEXT, &given.write, "FILE", 0, 0, 0,
	  "write the fitted parameters" },
	{ "model", 'm', OPT_TEXT, &given.model, "FILE", 0, 0, OPT_INPUT,
	  "apply the parameters in FILE; nothing is fitted" },
	{ "inverse", 0, OPT_FLAG, &given.inverse, NULL, 0, 0, OPT_RESULT,
	  "with -m: from the scaled columns back to the raw ones" },
	{ "strict", 0, OPT_FLAG, &given.strict, NULL, 0, 0, OPT_RESULT,
	  "with -m: a level that the fit did not see is an error" },
	{ "partial", 0, OPT_FLAG, &given.partial, NULL, 0, 0, OPT_RESULT,
	  "write a part, for --merge and --final, instead of rows" },
	{ "merge", 0, OPT_FLAG, &given.merge, NULL, 0, 0, OPT_RESULT, "parts into one part" },
	{ "final", 0, OPT_FLAG, &given.final, NULL, 0, 0, OPT_RESULT,
	  "parts into parameters, those of one fit to all rows" },
	{ "bare", 0, OPT_FLAG, &given.bare, NULL, 0, 0, OPT_RESULT,
	  "parts without a header line, in and out" },
	{ "expect-shards", 0, OPT_INT, &given.expect_shards, "N", 0, INFINITY, 0,
	  "fail unless the parts come from N --partial runs" },
};

static int run(struct job *j, char **operands, size_t n_operands)
{
	struct tsv_open how = { .read_ahead = true, .expect_rows = j->common.expect_rows,
				.progress = true };

	check_options(j);
	if (j->o->merge || j->o->final) {
		how.expect_rows = -1;
		take_parts(j, operands, n_operands, &how);
		return MSG_OK;
	}
	j->in = tsv_open(operands, n_operands, &how);
	j->key = columns_key(j->in, j->o->key, false);
	columns_choose(&j->keep, j->in, &j->o->keep);
	if (j->o->partial)
		make_part(j);
	else if (j->o->model)
		apply(j);
	else
		fit(j);
	tsv_close(j->in);
	return MSG_OK;
}

int main(int argc, char **argv)
{
	const struct opt_page page = { PROGRAM, "fit or apply a transformation of columns",
				       "[FILE...]", table, sizeof table / sizeof *table, NULL };
	static struct job j = { .o = &given };
	size_t n_operands;
	char **operands;

	msg_init(PROGRAM);
	operands = opt_parse(&page, &j.common, argc, argv, &n_operands);
	j.page = &page;
	return run(&j, operands, n_operands);
}
