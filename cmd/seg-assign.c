/* SPDX-License-Identifier: MIT */
/*
 * seg-assign: rows to segments; columns of another stream by key.
 *
 * Reads   a stream of rows; a k-means model (-m); rules that name its segments
 *         (--names); a stream to join (--join).
 * Writes  the rows with joined columns, segment, distance, second_segment,
 *         margin and segment_name; the audience of --lookalike; the table of
 *         --drift and of --migration; the named model (-w); a program (--emit).
 * Memory  one record and the model, O(k); with --join or --migration that
 *         stream, about 56 bytes a row and its text; with --lookalike N rows, and 8 bytes for
 *         each member of the segment; with --seed-column all rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "model/assign.h"
#include "model/drift.h"
#include "model/emit.h"
#include "model/lookalike.h"
#include "model/migration.h"
#include "model/rules.h"
#include "model/seeded.h"
#include "model/transform_in.h"
#include "stream/gz.h"
#include "stream/tsv.h"
#include "stream/whole.h"
#include "table/columns.h"
#include "table/header.h"
#include "table/join.h"
#include "table/param.h"
#include "table/record.h"

#define PROGRAM "seg-assign"
#define FIXED_BYTES ((uint64_t)12 << 20) /* the reader's buffers and the program */

struct opts {
	const char *model, *names, *write, *key, *join, *drift, *migration, *migration_out, *seed_column;
	struct opt_list columns; /* of --join's file */
	int64_t lookalike, top; /* segment, rows; 0: not given */
	int score; /* enum lookalike_kind */
	int emit;  /* enum emit */
	bool distances, strict;
};

enum emit { EMIT_SQL, EMIT_AWK };

struct job {
	struct opts *o;
	struct opt_common common;
	const struct opt_page *page;
	struct tsv_in *in;
	struct tsv_out *out, *drift_out, *migration_out;
	struct assign a;
	bool named;        /* the segments have names */
	struct transform_in record;
	double *x;         /* a row: features */
	uint64_t *missing; /* cells without a fill so far, by column of the stream */
	struct lookalike audience;
	struct seeded seeded;
	size_t seed_column;
	struct drift drift;
	struct join join;
	struct migration migration;
	ptrdiff_t key;
};

/* A side output, opened before the first row: a path that will not do is said at once. */
static struct tsv_out *create_side(const struct job *j, const char *path)
{
	const struct tsv_create how = { j->common.plain, j->common.level, NULL };

	return path ? tsv_create_file(path, &how) : NULL;
}

/* --names: the segments' names, also into the model that -w writes. */
static void name_segments(struct job *j, const struct param_list *p)
{
	struct tsv_out *side = create_side(j, j->o->write);
	struct rules rules;
	struct param_list named = { 0 };
	char error[RULES_ERROR];
	size_t n;
	char *text = whole_read(j->o->names, &n);

	if (rules_parse(&rules, text, error) != 0 || rules_apply(&rules, &j->a.model, error) != 0)
		msg_die(MSG_FAILED, "%s:%s", j->o->names, error);
	if (side) {
		rules_store(&j->a.model, p, &named);
		param_write(&named, side);
		tsv_finish(side);
	}
	param_free(&named);
	rules_free(&rules);
	free(text);
}

static void load_model(struct job *j)
{
	struct param_list p = { 0 };
	char error[KMODEL_ERROR];

	param_read(&p, j->o->model, KMODEL_PROGRAM);
	if (assign_load(&j->a, &p, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", j->o->model, error);
	if (j->o->names)
		name_segments(j, &p);
	param_free(&p);
}

/* What the rows need to be labelled. */
static void prepare(struct job *j)
{
	char error[KMODEL_ERROR];

	if (assign_bind(&j->a, j->in->text, j->in->n_columns, error) != 0)
		msg_die(MSG_FAILED, "%s: %s", j->in->file, error);
	for (size_t i = 0; i < j->a.model.k; i++)
		j->named |= j->a.model.segment[i].name != NULL;
	transform_in_init(&j->record, &j->a.transform, j->a.input, j->missing, j->o->strict);
	j->x = mem_array(j->a.model.n_columns, sizeof *j->x);
	mem_need(drift_init(&j->drift, &j->a.model) == 0);
	if (j->o->lookalike > (int64_t)j->a.model.k)
		msg_die(MSG_FAILED, "%s: no segment %lld, only 1 to %zu", j->o->model,
			(long long)j->o->lookalike, j->a.model.k);
	if (j->o->top)
		j->key = columns_key(j->in, j->o->key, true);
	if (j->o->seed_column) {
		j->seed_column = columns_one(j->in, j->o->seed_column);
		j->seeded.a = &j->a;
	} else if (j->o->top) {
		size_t at = (size_t)(j->o->lookalike - 1) * j->a.model.n_columns;
		mem_need(lookalike_init(&j->audience, &j->a, j->a.centre + at,
					   (size_t)j->o->top) == 0);
	}
}

static void put_header(struct job *j)
{
	static const char *const added[] = { "segment", "distance", "second_segment", "margin" };
	struct header h = { 0 };
	char *line = opt_provenance(j->page, NULL);
	char *chain = tsv_chain(tsv_provenance(j->in), line);
	struct tsv_create how = { j->common.plain, j->common.level, chain };

	j->out = tsv_create(&how);
	for (size_t i = 0; i < j->in->n_columns; i++)
		header_put(&h, j->out, j->in->name[i]);
	for (size_t i = 0; i < j->join.n_columns; i++)
		header_put(&h, j->out, span_of(j->join.name[i]));
	for (size_t i = 0; j->o->model && i < 4; i++)
		header_put(&h, j->out, span_of(added[i]));
	if (j->named)
		header_put(&h, j->out, span_of("segment_name"));
	for (size_t s = 1; j->o->distances && s <= j->a.model.k; s++) {
		char *name = mem_printf("distance_%zu", s);
		header_put(&h, j->out, span_of(name));
		free(name);
	}
	if (j->o->top)
		lookalike_put_names(&(struct lookalike){ .a = &j->a }, &h, j->out);
	header_end(&h, j->out);
	free(line);
	free(chain);
}

/* The features of the current record; whether all are there. */
static bool read_features(struct job *j)
{
	bool whole = transform_in_take(&j->record, j->in);
	const double *made = transform_in_outputs(&j->record);

	for (size_t i = 0; i < j->a.model.n_columns; i++) {
		size_t c = j->a.column[i];
		j->x[i] = c == ASSIGN_NOT_USED ? made[j->a.output[i]] : tsv_real(j->in, c);
		if (c != ASSIGN_NOT_USED && isnan(j->x[i])) {
			j->missing[c]++;
			whole = false;
		}
	}
	return whole;
}

static void put_number(struct tsv_out *out, size_t n)
{
	if (n)
		tsv_put_int(out, (int64_t)n);
	else
		tsv_put_missing(out);
}

static void put_name(struct job *j, size_t segment)
{
	const char *name = segment ? j->a.model.segment[segment - 1].name : NULL;

	if (name)
		tsv_put_text(j->out, name);
	else
		tsv_put_missing(j->out);
}

/* A label and, with --distances, the distances of features x; NULL: missing. */
static void put_segment(struct job *j, const struct assigned *r, const double *x)
{
	put_number(j->out, r->segment);
	tsv_put_real(j->out, r->distance);
	put_number(j->out, r->second);
	tsv_put_real(j->out, r->margin);
	if (j->named)
		put_name(j, r->segment);
	for (size_t s = 1; j->o->distances && s <= j->a.model.k; s++)
		tsv_put_real(j->out, x ? assign_distance(&j->a, x, s) : (double)NAN);
}

/* The current record, a row of the population, for the audience. */
static void consider(struct job *j, const struct assigned *own)
{
	const struct span *field = j->in->field, *last = &field[j->in->n_columns - 1];
	struct lookalike_row row = { .id = field[j->key], .own = *own, .text = (char *)field[0].s };
	size_t n_bytes;

	row.n_text = (size_t)(last->s - row.text) + last->n;
	if (j->o->seed_column) {
		seeded_add(&j->seeded, j->x, &row, record_binary(j->in, j->seed_column) == 1);
		n_bytes = seeded_bytes(&j->seeded, (size_t)j->o->top);
	} else {
		mem_need(lookalike_add(&j->audience, j->x, &row,
					  own->segment == (size_t)j->o->lookalike) == 0);
		n_bytes = j->audience.n_bytes;
	}
	if (j->common.mem && n_bytes + FIXED_BYTES > j->common.mem)
		msg_die(MSG_FAILED, "%s: the audience needs more memory than --mem allows: %zu rows"
			" and %zu members so far", j->in->file, j->audience.n + j->seeded.n,
			j->audience.n_members + j->seeded.n_members);
}

/* The audience complete: j->audience; the seed in words. */
static char *finish_audience(struct job *j)
{
	double recall, chance;

	if (!j->o->seed_column) {
		lookalike_finish(&j->audience);
		return mem_printf("segment %lld", (long long)j->o->lookalike);
	}
	mem_need(seeded_finish(&j->seeded, (size_t)j->o->top, &j->audience, &recall, &chance) == 0);
	if (!isnan(recall))
		msg_note("recall of the seed's held-out tenths among the nearest %lld: %.4g%%; by "
			 "chance %.4g%%", (long long)j->o->top, 100 * recall, 100 * chance);
	return mem_printf("the seed of %s", j->o->seed_column);
}

static void put_audience(struct job *j)
{
	struct lookalike *l = &j->audience;
	char *seed = finish_audience(j);

	if (l->n_members == 0)
		msg_die(MSG_FAILED, "%s: no row in %s: nothing to be like", j->in->file, seed);
	for (size_t i = 0; i < l->n; i++) {
		const struct lookalike_row *r = &l->row[i];
		tsv_put_fields(j->out, (struct span){ r->text, r->n_text }, j->in->n_columns);
		put_segment(j, &r->own, r->x);
		lookalike_put(l, r, (enum lookalike_kind)j->o->score, j->out);
		tsv_end_row(j->out);
	}
	if (l->n < l->n_top)
		msg_warn("only %zu rows are outside %s", l->n, seed);
	free(seed);
}

static void write_migration(struct job *j)
{
	uint64_t n_kept, n_both;

	mem_need(migration_put(&j->migration, j->migration_out, &n_kept, &n_both) == 0);
	tsv_finish(j->migration_out);
	msg_note("rows in the segment that matches their earlier one: %llu of %llu",
		 (unsigned long long)n_kept, (unsigned long long)n_both);
}

/* After the last row: what must be said, then the end mark. */
static void finish(struct job *j)
{
	char *warning = j->o->model ? transform_in_warning(&j->record) : NULL;

	header_check_missing(j->in->file, j->in->text, j->missing, j->in->n_columns,
			     "no segment without them");
	if (warning)
		msg_warn("%s", warning);
	free(warning);
	if (j->o->join)
		join_warn(&j->join, j->in->n_rows);
	if (j->o->top)
		put_audience(j);
	if (j->o->migration)
		write_migration(j);
	if (j->o->drift) {
		drift_put(&j->drift, j->drift_out);
		tsv_finish(j->drift_out);
	}
	tsv_finish(j->out);
}

static void put_row(struct job *j)
{
	struct assigned r = { 0, 0, (double)NAN, (double)NAN };
	bool whole = j->o->model && read_features(j);

	if (whole) {
		r = assign_row(&j->a, j->x);
		if (!isfinite(r.distance))
			tsv_die(j->in, -1, "values too large: their squared distances overflow");
		if (j->o->drift)
			drift_add(&j->drift, j->x);
		if (j->o->migration)
			migration_add(&j->migration, j->in->field[j->key], r.segment);
	}
	if (j->o->top) {
		if (whole)
			consider(j, &r);
		return;
	}
	for (size_t i = 0; i < j->in->n_columns; i++)
		tsv_put_span(j->out, j->in->field[i]);
	if (j->o->join)
		join_put(&j->join, j->in, j->key, j->o->strict, j->out);
	if (j->o->model)
		put_segment(j, &r, whole ? j->x : NULL);
	tsv_end_row(j->out);
}

static void check_options(const struct opts *o, const struct opt_page *page)
{
	if (!o->model && !o->join)
		opt_die("-m MODEL or --join FILE is needed");
	if (o->columns.n && !o->join)
		opt_die("option -c needs --join");
	if (o->distances && !o->model)
		opt_die("option --distances needs -m");
	if (o->names && !o->model)
		opt_die("option --names needs -m");
	if (o->write && !o->names)
		opt_die("option -w needs --names");
	if (o->drift && !o->model)
		opt_die("option --drift needs -m");
	if (!o->migration != !o->migration_out)
		opt_die("options --migration and --migration-out need each other");
	if (o->migration && !o->model)
		opt_die("option --migration needs -m");
	if (o->lookalike && o->seed_column)
		opt_die("options --lookalike and --seed-column do not go together");
	if (o->seed_column && !o->top)
		opt_die("option --seed-column needs --top");
	if (!o->seed_column && !o->lookalike != !o->top)
		opt_die("options --lookalike and --top need each other");
	if (o->top && (!o->model || o->join))
		opt_die("option %s needs -m and does not go with --join",
			o->lookalike ? "--lookalike" : "--seed-column");
	if (opt_given(page, "score") && !o->top)
		opt_die("option --score needs --top");
}

/* --emit: the model as a program, on standard output. */
static void emit(struct job *j, const char *operand)
{
	const struct opts *o = j->o;
	struct buf text = { 0 };
	struct gz_out *out;

	if (strcmp(operand, "-") != 0)
		opt_die("option --emit reads no rows, so no %s", operand);
	if (!o->model || o->join || o->top || o->drift || o->distances || o->migration || o->strict ||
	    j->common.expect_rows >= 0 || (o->key && o->emit == EMIT_AWK))
		opt_die("option --emit needs -m and goes with --names, -w and, of sql, --key only");
	load_model(j);
	if (!emit_reads_raw(&j->a))
		msg_note("it reads the features as seg-scale writes them: %s, ...",
			 emit_column(&j->a, 0));
	if (o->emit == EMIT_SQL)
		emit_sql(&text, &j->a, o->key ? o->key : "customer_id");
	else
		emit_awk(&text, &j->a);
	out = gz_create(1, "standard output", GZ_PLAIN, -1, NULL);
	gz_write(out, text.s, text.n);
	gz_finish(out);
	free(text.s);
	assign_free(&j->a);
}

static int run(struct job *j, char **operands, size_t n_operands)
{
	const struct opts *o = j->o;
	struct tsv_open how = { .read_ahead = true, .expect_rows = j->common.expect_rows,
				.progress = true };

	check_options(o, j->page);
	if (opt_given(j->page, "emit")) {
		emit(j, operands[0]);
		return MSG_OK;
	}
	j->in = tsv_open(operands, n_operands, &how);
	j->missing = mem_zero(j->in->n_columns, sizeof *j->missing);
	if (o->model) {
		load_model(j);
		prepare(j);
	}
	if (o->join) {
		j->key = columns_key(j->in, o->key, true);
		join_read(&j->join, o->join, j->in->text[j->key], &o->columns, j->common.mem);
		join_check_names(&j->join, j->in);
	}
	if (o->migration) {
		j->key = columns_key(j->in, o->key, true);
		migration_read(&j->migration, j->a.model.k, o->migration, j->in->text[j->key],
			       j->common.mem);
	}
	if (o->key && j->key < 0)
		j->key = columns_key(j->in, o->key, true);
	j->drift_out = create_side(j, o->drift);
	j->migration_out = create_side(j, o->migration_out);
	put_header(j);
	while (tsv_next(j->in))
		put_row(j);
	finish(j);
	tsv_close(j->in);
	lookalike_free(&j->audience);
	seeded_free(&j->seeded);
	drift_free(&j->drift);
	transform_in_free(&j->record);
	assign_free(&j->a);
	join_free(&j->join);
	migration_free(&j->migration);
	return MSG_OK;
}

static struct opts given;

static const struct opt table[] = {
	{ "model", 'm', OPT_TEXT, &given.model, "FILE", 0, 0, OPT_INPUT,
	  "the k-means model; raw rows are transformed by the parameters inside it" },
	{ "names", 0, OPT_TEXT, &given.names, "FILE", 0, 0, OPT_INPUT,
	  "rules that name the segments by their centres; adds segment_name" },
	{ "write", 'w', OPT_TEXT, &given.write, "FILE", 0, 0, 0,
	  "with --names: write the model with the names in it, for seg-report -m" },
	{ "distances", 0, OPT_FLAG, &given.distances, NULL, 0, 0, OPT_RESULT,
	  "add the distance to each centre: distance_1, distance_2, ..." },
	{ "lookalike", 0, OPT_INT, &given.lookalike, "SEGMENT", 1, 1e9, OPT_RESULT,
	  "instead of all rows only those outside this segment that are nearest to its centre" },
	{ "seed-column", 0, OPT_TEXT, &given.seed_column, "COL", 0, 0, OPT_RESULT,
	  "likewise for the rows where COL is 1, with the recall of held-out tenths of them" },
	{ "score", 0, OPT_CHOICE, &given.score, LOOKALIKE_KINDS, 0, 0, OPT_RESULT,
	  "what lookalike_score is; default: percentile" },
	{ "top", 0, OPT_INT, &given.top, "N", 1, 1e9, OPT_RESULT,
	  "how many" },
	{ "drift", 0, OPT_TEXT, &given.drift, "FILE", 0, 0, 0,
	  "write how far the rows have drifted from the fit: column, bins, psi" },
	{ "migration", 0, OPT_TEXT, &given.migration, "FILE", 0, 0, OPT_INPUT,
	  "an earlier assignment of the rows: columns key and segment" },
	{ "migration-out", 0, OPT_TEXT, &given.migration_out, "FILE", 0, 0, 0,
	  "write how many went from where to where, and which segments are matched" },
	{ "emit", 0, OPT_CHOICE, &given.emit, "sql|awk", 0, 0, 0,
	  "read no rows; write the model as a query or program that gives the same segments" },
	{ "join", 0, OPT_TEXT, &given.join, "FILE", 0, 0, OPT_INPUT,
	  "attach the columns of FILE by key; rows without a match are kept and counted" },
	{ "c", 'c', OPT_LIST, &given.columns, "COLS", 0, 0, OPT_RESULT,
	  "with --join: the columns of FILE to attach; default: all but the key" },
	{ "key", 0, OPT_TEXT, &given.key, "COL", 0, 0, OPT_RESULT,
	  "the key of --join and --migration, the id of an audience; default: customer_id" },
	{ "strict", 0, OPT_FLAG, &given.strict, NULL, 0, 0, OPT_RESULT,
	  "a row without a match, or a level that the fit did not see, is an error" },
};

int main(int argc, char **argv)
{
	const struct opt_page page = { PROGRAM, "give rows the segments of a model", "[FILE...]",
				       table, sizeof table / sizeof *table, NULL };
	static struct job j = { .key = -1 };
	size_t n_operands;
	char **operands;

	msg_init(PROGRAM);
	operands = opt_parse(&page, &j.common, argc, argv, &n_operands);
	j.o = &given;
	j.page = &page;
	return run(&j, operands, n_operands);
}
