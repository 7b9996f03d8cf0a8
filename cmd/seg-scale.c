/* SPDX-License-Identifier: MIT */
/*
 * seg-scale: fit or apply a transformation of columns.
 *
 * Reads   a stream of rows; with -m a parameter file.
 * Writes  the key, kept columns, then the transformed columns; with -w the
 *         parameters.
 * Memory  fitting: the chosen columns, 8 bytes a value, and 8 bytes a row to
 *         work in; applying with -m: one record.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "model/scale_fit.h"
#include "model/transform.h"
#include "model/transform_in.h"
#include "stream/tsv.h"
#include "table/columns.h"
#include "table/frame.h"
#include "table/header.h"
#include "table/param.h"

#define PROGRAM "seg-scale"
#define FILL_ADVICE "fit with --impute to fill them"

struct opts {
	struct opt_list features, keep, log1p, yeo_johnson, onehot, ordinal;
	const char *key, *write, *model, *impute;
	int method; /* enum scale_method */
	double pca; /* components, or a share of variance below 1; 0: none */
	bool drop_first, strict, inverse;
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
	size_t *numeric;    /* the stream's column of t.scale.column[i] */
	size_t *category;   /* the stream's column of t.onehot[i] */
	struct transform_in record; /* applying */
	double **values;    /* while fitting: [scale.n][n_rows] raw */
	double *x;          /* a row: [scale.n] raw, */
	struct span *level; /* [n_onehot] raw, */
	double *y, *z;      /* [n_features] transformed, [n_features] room for components */
	uint64_t *missing;  /* cells without a fill: [scale.n + n_onehot] while fitting */
};

static void need_memory(bool there)
{
	if (!there)
		msg_die(MSG_FAILED, "out of memory");
}

static void put_header(struct job *j)
{
	struct header h = { 0 };
	char *line = opt_provenance(j->page, NULL);
	char *chain = tsv_chain(tsv_provenance(j->in), line);
	struct tsv_create how = { j->common.plain, j->common.level, chain };

	j->out = tsv_create(&how);
	if (j->key >= 0)
		header_put(&h, j->out, j->in->name[j->key]);
	for (size_t i = 0; i < j->keep.n; i++)
		header_put(&h, j->out, j->in->name[j->keep.index[i]]);
	for (size_t i = 0; i < (j->o->inverse ? j->t.scale.n : j->t.n_outputs); i++) {
		char *made = j->o->inverse ? strdup(transform_input(&j->t, i))
					   : transform_output(&j->t, i);
		need_memory(made);
		header_put(&h, j->out, span_of(made));
		free(made);
	}
	header_end(&h, j->out);
	free(line);
	free(chain);
}

static void make_room(struct job *j)
{
	j->x = mem_array(j->t.scale.n + 1, sizeof *j->x);
	j->level = mem_array(j->t.n_onehot + 1, sizeof *j->level);
	j->y = mem_array(j->t.n_features + 1, sizeof *j->y);
	j->z = mem_array(j->t.n_features + 1, sizeof *j->z);
}

static void put_features(struct job *j, const double *z)
{
	for (size_t i = 0; i < (j->o->inverse ? j->t.scale.n : j->t.n_outputs); i++)
		tsv_put_real(j->out, z[i]);
	tsv_end_row(j->out);
}

static void check_missing(const struct job *j)
{
	const struct transform *t = &j->t;
	size_t n = t->scale.n + t->n_onehot;
	const char **name = mem_array(n + 1, sizeof *name);

	for (size_t i = 0; i < n; i++)
		name[i] = transform_input(t, i);
	header_check_missing(j->in->file, name, j->missing, n, FILL_ADVICE);
	free(name);
}

/* The parameters of -m, and their columns in the stream. */
static void bind(struct job *j)
{
	struct param_list p = { 0 };
	struct transform *t = &j->t;
	char error[200];

	param_read(&p, j->o->model, NULL);
	if (transform_load(t, &p, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", j->o->model, error);
	if (j->o->inverse && t->encode.n)
		msg_die(MSG_FAILED, "%s: --inverse knows no way back to the category column %s",
			j->o->model, t->encode.column[0].name);
	param_free(&p);
	j->numeric = mem_array(t->scale.n + t->n_onehot + 1, sizeof *j->numeric);
	j->category = j->numeric + t->scale.n;
	for (size_t i = 0; i < t->scale.n && !j->o->inverse; i++)
		j->numeric[i] = columns_one(j->in, t->scale.column[i].name);
	for (size_t i = 0; i < t->n_outputs && j->o->inverse; i++) {
		char *made = transform_output(t, i);
		need_memory(made);
		j->numeric[i] = columns_one(j->in, made);
		free(made);
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		j->category[i] = columns_one(j->in, t->onehot[i]->name);
}

/* The current record's values, transformed or, with --inverse, taken back. */
static const double *transform_record(struct job *j)
{
	if (!j->o->inverse) {
		transform_in_take(&j->record, j->in);
		return transform_in_outputs(&j->record);
	}
	for (size_t i = 0; i < j->t.n_outputs; i++)
		j->z[i] = tsv_real(j->in, j->numeric[i]);
	transform_invert(&j->t, j->z, j->y, j->x);
	return j->x;
}

/* -m: one record at a time. */
static void apply(struct job *j)
{
	struct tsv_in *in = j->in;
	char *warning;

	bind(j);
	make_room(j);
	j->missing = mem_zero(in->n_columns, sizeof *j->missing);
	transform_in_init(&j->record, &j->t, j->numeric, j->missing, j->o->strict);
	put_header(j);
	while (tsv_next(in)) {
		if (j->key >= 0)
			tsv_put_span(j->out, in->field[j->key]);
		for (size_t i = 0; i < j->keep.n; i++)
			tsv_put_span(j->out, in->field[j->keep.index[i]]);
		put_features(j, transform_record(j));
	}
	header_check_missing(in->file, in->text, j->missing, in->n_columns, FILL_ADVICE);
	if ((warning = transform_in_warning(&j->record)))
		msg_warn("%s", warning);
	free(warning);
	transform_in_free(&j->record);
	tsv_finish(j->out);
}

/* Column `index` of the stream becomes a column to scale, unless it is one. */
static void add_numeric(struct job *j, size_t index)
{
	struct scale *s = &j->t.scale;

	if (scale_find(s, j->in->text[index]))
		return;
	j->numeric[s->n] = index;
	need_memory(scale_add(s, j->in->text[index]));
}

static void set_shapes(struct job *j, const struct opt_list *items, enum scale_shape shape)
{
	struct columns chosen;

	columns_choose(&chosen, j->in, items);
	for (size_t i = 0; i < chosen.n; i++) {
		const char *name = j->in->text[chosen.index[i]];
		struct scale_column *c = scale_find(&j->t.scale, name);
		if (!c)
			msg_die(MSG_FAILED, "%s: column %s is not among the columns to scale; name "
				"it in -c too", j->in->file, name);
		if (c->shape != SCALE_LINEAR)
			msg_die(MSG_FAILED, "%s: column %s is both in --log1p and in --yeo-johnson",
				j->in->file, name);
		c->shape = shape;
	}
	columns_free(&chosen);
}

/* The columns of the stream that the options name, into j->t and the lists. */
static void choose(struct job *j)
{
	const struct opts *o = j->o;
	struct columns features = { 0 }, onehot;

	if (o->features.n || !(o->onehot.n || o->ordinal.n) || columns_has_features(j->in))
		columns_features(&features, j->in, &o->features);
	columns_choose(&onehot, j->in, &o->onehot);
	j->numeric = mem_array(features.n + o->ordinal.n + 1, sizeof *j->numeric);
	j->category = mem_array(onehot.n + 1, sizeof *j->category);
	for (size_t i = 0; i < onehot.n; i++) {
		struct encode_column *c = encode_add(&j->t.encode, ENCODE_ONEHOT,
						     j->in->text[onehot.index[i]]);
		need_memory(c);
		c->drop_first = o->drop_first;
		j->category[i] = onehot.index[i];
	}
	for (size_t i = 0; i < features.n; i++)
		if (!encode_find(&j->t.encode, ENCODE_ONEHOT, j->in->text[features.index[i]]))
			add_numeric(j, features.index[i]);
	for (size_t i = 0; i < o->ordinal.n; i++)
		add_numeric(j, columns_one(j->in, j->t.encode.column[i].name));
	set_shapes(j, &o->log1p, SCALE_LOG1P);
	set_shapes(j, &o->yeo_johnson, SCALE_YEO_JOHNSON);
	need_memory(transform_ready(&j->t) == 0);
	columns_free(&features);
	columns_free(&onehot);
}

/* The numbers of an ordinal column; they live as long as the process. */
static double *ordinal_values(const struct job *j, size_t i, const struct frame *f,
			      const struct span *field)
{
	double *x = mem_array(f->n_rows + 1, sizeof *x);
	size_t bad = transform_positions(&j->t, i, field, f->n_rows, x);
	char quoted[MSG_QUOTE_MAX];

	if (bad < f->n_rows)
		msg_die(MSG_FAILED, "%s:%llu: column %s: %s is none of its ordered levels",
			f->file[bad], (unsigned long long)f->line[bad], transform_input(&j->t, i),
			msg_quote(quoted, field[bad].s, field[bad].n));
	return x;
}

/*
 * The rows, in memory: f->text holds the ordinal columns, which become numbers
 * in j->values like the others, then the one-hot and the kept ones.
 */
static void read_frame(struct job *j, struct frame *f)
{
	const struct transform *t = &j->t;
	size_t n_all = t->scale.n + t->n_onehot + j->keep.n, number = 0, at = 0;
	struct columns numbers = { mem_array(n_all + 1, sizeof(size_t)), 0 };
	struct columns text = { mem_array(n_all + 1, sizeof(size_t)), 0 };
	struct frame_read how = { .key = j->key, .text = &text, .mem = j->common.mem };

	for (size_t i = 0; i < t->scale.n; i++) {
		struct columns *c = t->ordinal[i] ? &text : &numbers;
		c->index[c->n++] = j->numeric[i];
		how.lines |= t->ordinal[i] || t->scale.column[i].shape == SCALE_LOG1P;
	}
	for (size_t i = 0; i < t->n_onehot; i++)
		text.index[text.n++] = j->category[i];
	for (size_t i = 0; i < j->keep.n; i++)
		text.index[text.n++] = j->keep.index[i];
	how.work_bytes = sizeof(double) * (1 + t->encode.n - t->n_onehot);
	frame_read(f, j->in, &numbers, &how, NULL);
	if (f->n_rows == 0)
		msg_die(MSG_FAILED, "%s: no rows to fit", j->in->file);
	j->values = mem_array(t->scale.n + 1, sizeof *j->values);
	for (size_t i = 0; i < t->scale.n; i++)
		j->values[i] = t->ordinal[i] ? ordinal_values(j, i, f, f->text[at++])
					     : f->column[number++];
	columns_free(&numbers);
	columns_free(&text);
}

static void fit_all(struct job *j, const struct frame *f)
{
	struct transform *t = &j->t;
	size_t n = t->scale.n + t->n_onehot;
	struct transform_column *found = mem_zero(n + 1, sizeof *found);
	struct span *const *level = f->text + (t->encode.n - t->n_onehot);
	char text[200];

	j->missing = mem_zero(n + 1, sizeof *j->missing);
	transform_fit(t, j->values, level, f->n_rows, &j->o->how, found);
	for (size_t i = 0; i < n && j->o->how.impute == SCALE_KEEP_MISSING; i++)
		j->missing[i] = found[i].n_missing;
	check_missing(j);
	for (size_t i = 0; i < n; i++) {
		enum transform_verdict verdict = transform_judge(&found[i], text);
		if (verdict == TRANSFORM_DOUBTFUL)
			msg_warn("%s", text);
		if (verdict == TRANSFORM_FAILED && found[i].status == SCALE_NO_IMAGE)
			msg_die(MSG_FAILED, "%s:%llu: %s", f->file[found[i].bad],
				(unsigned long long)f->line[found[i].bad], text);
		if (verdict == TRANSFORM_FAILED)
			msg_die(MSG_FAILED, "%s: %s", j->in->file, text);
	}
	need_memory(transform_ready(t) == 0);
	if (j->o->pca > 0 && transform_fit_pca(t, j->values, level, f->n_rows, j->o->pca,
					      (int)j->common.threads, text))
		msg_die(MSG_FAILED, "%s: %s", j->in->file, text);
	if (j->o->pca > 0)
		msg_note("components: %zu, with %.4g%% of the variance", t->n_outputs,
			 100 * pca_share(&t->pca));
	free(found);
}

static void write_parameters(const struct job *j, struct tsv_out *side, size_t n_rows)
{
	struct param_list p = { 0 };

	param_add_int(&p, "model", PROGRAM, "version", 1);
	scale_how_store(&j->o->how, n_rows, &p);
	transform_store(&j->t, &p);
	param_write(&p, side);
	tsv_finish(side);
	param_free(&p);
}

/* Fits, writes the parameters, transforms the rows in memory. */
static void fit(struct job *j)
{
	struct transform *t = &j->t;
	struct tsv_create how = { j->common.plain, j->common.level, NULL };
	struct tsv_out *side = j->o->write ? tsv_create_file(j->o->write, &how) : NULL;
	struct frame f;

	choose(j);
	if (t->n_onehot == 0 && j->o->pca == 0)
		put_header(j);
	read_frame(j, &f);
	fit_all(j, &f);
	if (!j->out)
		put_header(j);
	make_room(j);
	if (side)
		write_parameters(j, side, f.n_rows);
	for (size_t r = 0; r < f.n_rows; r++) {
		if (j->key >= 0)
			tsv_put_span(j->out, f.key[r]);
		for (size_t i = 0; i < j->keep.n; i++)
			tsv_put_span(j->out, f.text[t->encode.n + i][r]);
		transform_row_at(t, j->values, f.text + j->o->ordinal.n, r, j->x, j->level, j->y);
		put_features(j, transform_project(t, j->y, j->z));
	}
	tsv_finish(j->out);
	frame_free(&f);
}

static void check_options(struct job *j)
{
	static const char *const of_fit[] = { "c", "method", "log1p", "yeo-johnson", "winsor", "impute", "onehot",
					      "drop-first", "ordinal", "pca", "write" };
	struct opts *o = j->o;

	for (size_t i = 0; o->model && i < sizeof of_fit / sizeof *of_fit; i++)
		if (opt_given(j->page, of_fit[i]))
			opt_die("option %s%s belongs to the fit and -m applies one",
				i ? "--" : "-", of_fit[i]);
	if (o->inverse && !o->model)
		opt_die("option --inverse needs -m");
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

static struct opts given = { .how.winsor = (double)NAN };

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
};

static int run(struct job *j, char **operands, size_t n_operands)
{
	struct tsv_open how = { .read_ahead = true, .expect_rows = j->common.expect_rows,
				.progress = true };

	check_options(j);
	j->in = tsv_open(operands, n_operands, &how);
	j->key = columns_key(j->in, j->o->key, false);
	columns_choose(&j->keep, j->in, &j->o->keep);
	if (j->o->model)
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
