/* SPDX-License-Identifier: MIT */
/*
 * seg-report: labelled rows to a report that people read.
 *
 * Reads:  a stream with a column of segments; optionally a sweep of
 *         seg-kmeans, a lift table and a model.
 * Writes: text, Markdown, HTML or a workbook as they are; or one section as a stream.
 *         The report is made whole in memory and written after the verified
 *         end of the input: a failed run leaves nothing.
 * Memory: 8 bytes for each value of -c, 4 a row, 8 to 24 a row while the keys
 *         are distinct, 24 a row and thread while figures are computed; 24 for
 *         each level of --share and segment.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/opt.h"
#include "stream/gz.h"
#include "stream/side.h"
#include "stream/tsv.h"
#include "table/param.h"
#include "view/html.h"
#include "view/markdown.h"
#include "view/proof.h"
#include "view/records.h"
#include "view/report.h"
#include "view/rows.h"
#include "view/svg.h"
#include "view/terminal.h"
#include "view/xlsx.h"

enum format { FORMAT_TEXT, FORMAT_MD, FORMAT_HTML, FORMAT_TSV, FORMAT_XLSX };

struct opts {
	const char *by, *value, *sweep, *lift, *model, *title, *output, *svg, *words, *playbook;
	const char *logit, *calibration, *migration, *lookalike;
	struct opt_list columns, share, section, fitted, notes, ab;
	int format;
	int64_t width, top;
	bool want[REPORT_N_SECTIONS];
	struct opt_common common;
};

static struct opts options = { .by = "segment", .width = 100 };

static const struct opt table[] = {
	{ "by", 0, OPT_TEXT, &options.by, "COL", 0, 0, OPT_RESULT,
	  "column that names the segments (default segment)" },
	{ "c", 'c', OPT_LIST, &options.columns, "COLS", 0, 0, OPT_RESULT,
	  "columns to profile (default: *_scaled if there are any,\n"
	  "else recency_days,frequency,monetary)" },
	{ "value", 0, OPT_TEXT, &options.value, "COL", 0, 0, OPT_RESULT, "revenue, summed exactly" },
	{ "share", 0, OPT_LIST, &options.share, "COLS", 0, 0, OPT_RESULT,
	  "product, country, brand: mix, split, part, index; chi-square" },
	{ "words", 0, OPT_TEXT, &options.words, "COL", 0, 0, OPT_RESULT,
	  "a text column: the words that tell the segments apart" },
	{ "ab", 0, OPT_LIST, &options.ab, "GROUP,OUTCOME", 0, 0, OPT_RESULT,
	  "a test's arm and its outcome, 0 or 1: rates, differences, sample size" },
	{ "fitted", 0, OPT_LIST, &options.fitted, "COLS", 0, 0, OPT_RESULT,
	  "columns the segments were made from: their p is circular" },
	{ "model", 'm', OPT_TEXT, &options.model, "FILE", 0, 0, OPT_INPUT,
	  "k-means model: names and centres of the segments, fitted columns" },
	{ "from-sweep", 0, OPT_TEXT, &options.sweep, "FILE", 0, 0, OPT_INPUT,
	  "sweep over k of seg-kmeans: elbow and silhouette" },
	{ "from-lift", 0, OPT_TEXT, &options.lift, "FILE", 0, 0, OPT_INPUT,
	  "lift table of seg-logit" },
	{ "from-logit", 0, OPT_TEXT, &options.logit, "FILE", 0, 0, OPT_INPUT,
	  "model of seg-logit: coefficients with intervals" },
	{ "from-calibration", 0, OPT_TEXT, &options.calibration, "FILE", 0, 0, OPT_INPUT,
	  "calibration table of seg-logit" },
	{ "from-migration", 0, OPT_TEXT, &options.migration, "FILE", 0, 0, OPT_INPUT,
	  "migration table of seg-assign" },
	{ "from-lookalike", 0, OPT_TEXT, &options.lookalike, "FILE", 0, 0, OPT_INPUT,
	  "audience of seg-assign --lookalike or --seed-column" },
	{ "top", 0, OPT_INT, &options.top, "N", 1, 1e9, OPT_RESULT,
	  "of --from-lookalike: its first N rows are the audience; default: all" },
	{ "playbook", 0, OPT_TEXT, &options.playbook, "FILE", 0, 0, OPT_INPUT,
	  "what to do with which segment: cards, positioning, roadmap" },
	{ "section", 0, OPT_LIST, &options.section, "LIST", 0, 0, OPT_RESULT,
	  "of overview, profiles, index, rf-grid, shares, words, anova, pairs,\n"
	  "categories, choosing-k, silhouette, scatter, logit, lift,\n"
	  "calibration, migration, lookalike, ab, playbook, provenance,\n"
	  "self-check "
	  "(default: all that there are figures for)" },
	{ "format", 0, OPT_CHOICE, &options.format, "text|md|html|tsv|xlsx", 0, 0, OPT_RESULT,
	  "default: by the name of -o, else text; tsv: one section as a\n"
	  "stream; xlsx: a workbook" },
	{ "title", 0, OPT_TEXT, &options.title, "T", 0, 0, OPT_RESULT, "title of the report" },
	{ "note", 0, OPT_MANY, &options.notes, "TEXT", 0, 0, OPT_RESULT,
	  "a note below the title; may be given again" },
	{ "width", 0, OPT_INT, &options.width, "N", 40, 1000, OPT_RESULT,
	  "columns of text (default 100)" },
	{ "o", 'o', OPT_TEXT, &options.output, "FILE", 0, 0, 0,
	  "write FILE, which appears when it is complete" },
	{ "svg", 0, OPT_TEXT, &options.svg, "DIR", 0, 0, 0, "write each chart to DIR as well, as CHART.svg" },
};

static const struct opt_page page = {
	"seg-report", "rows to something people read", "[FILE...]", table, sizeof table / sizeof *table,
	"seg-report --value monetary -o report.html segments.tsv.gz\n"
};

/* What the components were made of joins the fitted columns. */
static void read_model(struct kmodel *m, const char *path, struct opt_list *fitted)
{
	struct param_list list = { 0 };
	char error[KMODEL_ERROR];
	param_read(&list, path, KMODEL_PROGRAM);
	if (kmodel_load(m, &list, error))
		msg_die(MSG_FAILED, "%s: %s", path, error);
	char **item = mem_array(fitted->n + list.n + 1, sizeof *item);
	for (size_t i = 0; i < fitted->n; i++)
		item[i] = fitted->item[i];
	fitted->item = item;
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.row[i].kind, "pca") == 0 && strcmp(list.row[i].key, "mean") == 0)
			item[fitted->n++] = mem_copy(list.row[i].name, strlen(list.row[i].name));
	param_free(&list);
}

/* A small stream, kept whole in the document; `what` has these columns (NULL: any). */
static struct report_extra *read_extra(struct doc *d, const char *path, const char *const *names,
				       const char *what)
{
	struct tsv_open how = { .expect_rows = -1 };
	struct report_extra *x = doc_alloc(d, 1, sizeof *x);
	struct tsv_in *in = tsv_open((char *[]){ (char *)path }, 1, &how);
	size_t capacity = 0;
	struct span *cell = NULL;
	for (; names && *names; names++)
		if (tsv_column(in, *names) < 0)
			msg_die(MSG_FAILED, "%s: no column \"%s\": not %s", path, *names, what);
	x->file = mem_arena_copy(&d->arena, in->file, strlen(in->file));
	x->n_columns = in->n_columns;
	x->name = doc_alloc(d, in->n_columns, sizeof *x->name);
	for (size_t c = 0; c < in->n_columns; c++)
		x->name[c] = span_of(mem_arena_copy(&d->arena, in->name[c].s, in->name[c].n));
	while (tsv_next(in))
		for (size_t c = 0; c < in->n_columns; c++) {
			size_t at = x->n_rows * in->n_columns + c;
			cell = mem_grow(cell, at, &capacity, sizeof *cell);
			cell[at] = (struct span){ mem_arena_copy(&d->arena, in->field[c].s, in->field[c].n),
						  in->field[c].n };
			x->n_rows += c + 1 == in->n_columns;
		}
	x->cell = doc_alloc(d, x->n_rows * x->n_columns, sizeof *cell);
	if (cell)
		memcpy(x->cell, cell, x->n_rows * x->n_columns * sizeof *cell);
	free(cell);
	tsv_close(in);
	return x;
}

static void read_extras(struct doc *d, struct report *r, const struct opts *o)
{
	static const char *const of_sweep[] = { "k", "inertia", NULL }, *const of_lift[] = { "share", "gains", NULL },
		*const of_model[] = { "kind", "name", "key", "value", NULL },
		*const of_calibration[] = { "mean_probability", "observed", NULL },
		*const of_migration[] = { "old", "new", "rows", NULL },
		*const of_lookalike[] = { "lookalike_distance", "lookalike_score", NULL };
	r->playbook = o->playbook ? read_extra(d, o->playbook, NULL, NULL) : NULL;
	r->playbook_file = o->playbook;
	r->sweep = o->sweep ? read_extra(d, o->sweep, of_sweep, "the sweep of seg-kmeans") : NULL;
	r->lift = o->lift ? read_extra(d, o->lift, of_lift, "a lift table of seg-logit") : NULL;
	r->logit = o->logit ? read_extra(d, o->logit, of_model, "a model of seg-logit") : NULL;
	if (r->logit && !(r->logit->n_rows && span_is(r->logit->cell[1], "seg-logit")))
		msg_die(MSG_FAILED, "%s: not a model of seg-logit", o->logit);
	r->calibration = o->calibration
		? read_extra(d, o->calibration, of_calibration, "a calibration table of seg-logit") : NULL;
	r->migration = o->migration
		? read_extra(d, o->migration, of_migration, "a migration table of seg-assign") : NULL;
	r->lookalike = o->lookalike
		? read_extra(d, o->lookalike, of_lookalike, "an audience of seg-assign") : NULL;
	r->top = (uint64_t)o->top;
	proof_files(r);
}

static void write_records(const struct doc *d, const struct opts *o, const char *provenance)
{
	char *line = opt_provenance(&page, opt_given(&page, "format") ? NULL : "--format tsv"),
	     *chain = tsv_chain(provenance, line);
	struct tsv_create how = { o->common.plain, o->common.level, chain };
	struct tsv_out *out = o->output ? tsv_create_file(o->output, &how) : tsv_create(&how);
	const struct doc_section *s = &d->section[0];
	size_t i = 0;
	while (!s->block[i].table || s->block[i].table->use & DOC_PEOPLE)
		i++;
	records_put(out, s->block[i].table);
	tsv_finish(out);
	free(chain);
	free(line);
}

static void write_side(const char *path, const struct buf *b)
{
	struct side side;
	side_open(&side, path);
	struct gz_out *out = gz_create(side.fd, path, GZ_PLAIN, -1, NULL);
	gz_write(out, b->s, b->n);
	gz_finish(out);
	side_close(&side);
}

static void write_charts(const struct doc *d, const char *folder)
{
	for (size_t s = 0; s < d->n_sections; s++)
		for (size_t i = 0; i < d->section[s].n_blocks; i++) {
			const struct chart *c = d->section[s].block[i].chart;
			struct buf b = { 0 };
			if (!c)
				continue;
			char *path = mem_printf("%s/%s.svg", folder, c->id);
			svg_chart(&b, c, true);
			write_side(path, &b);
			free(path);
			buf_free(&b);
		}
}

static void write_page(const struct doc *d, const struct opts *o)
{
	struct buf b = { 0 };
	if (o->format == FORMAT_HTML)
		html_render(&b, d);
	else if (o->format == FORMAT_XLSX)
		xlsx_render(&b, d);
	else if (o->format == FORMAT_MD)
		markdown_render(&b, d);
	else
		terminal_render(&b, d, (size_t)o->width);
	if (o->output) {
		write_side(o->output, &b);
	} else {
		struct gz_out *out = gz_create(1, "standard output", GZ_PLAIN, -1, NULL);
		gz_write(out, b.s, b.n);
		gz_finish(out);
	}
	buf_free(&b);
}

/* What the file is called tells what it is to be: text that is named x.html helps nobody. */
static int format_of_name(const char *path)
{
	static const struct { const char *ending; enum format format; } known[] = {
		{ ".html", FORMAT_HTML }, { ".htm", FORMAT_HTML }, { ".md", FORMAT_MD }, { ".tsv", FORMAT_TSV },
		{ ".tsv.gz", FORMAT_TSV }, { ".xlsx", FORMAT_XLSX },
	};
	size_t n = strlen(path);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t m = strlen(known[i].ending);
		if (n > m && strcasecmp(path + n - m, known[i].ending) == 0)
			return known[i].format;
	}
	return FORMAT_TEXT;
}

/* Sections asked for must have what they are made of. */
static void choose_sections(struct opts *o)
{
	if (o->ab.n && o->ab.n != 2)
		opt_die("option --ab: two columns, the arm and the outcome, not %zu", o->ab.n);
	if (o->top && !o->lookalike)
		opt_die("option --top needs --from-lookalike");
	const char *const needs[REPORT_N_SECTIONS] = {
		[REPORT_SHARES] = o->share.n ? NULL : "--share",
		[REPORT_CATEGORIES] = o->share.n ? NULL : "--share",
		[REPORT_CHOOSING_K] = o->sweep ? NULL : "--from-sweep",
		[REPORT_WORDS] = o->words ? NULL : "--words",
		[REPORT_AB] = o->ab.n ? NULL : "--ab",
		[REPORT_PLAYBOOK] = o->playbook ? NULL : "--playbook",
		[REPORT_LOGIT] = o->logit ? NULL : "--from-logit",
		[REPORT_LIFT] = o->lift ? NULL : "--from-lift",
		[REPORT_CALIBRATION] = o->calibration ? NULL : "--from-calibration",
		[REPORT_MIGRATION] = o->migration ? NULL : "--from-migration",
		[REPORT_LOOKALIKE] = o->lookalike ? NULL : "--from-lookalike",
	};
	for (size_t s = 0; s < REPORT_N_SECTIONS && o->section.n == 0; s++)
		o->want[s] = !needs[s];
	for (size_t i = 0; i < o->section.n; i++) {
		const char *name = o->section.item[i];
		size_t s = 0;
		while (s < REPORT_N_SECTIONS && strcmp(name, report_section_name[s]) != 0)
			s++;
		if (s == REPORT_N_SECTIONS)
			opt_die("option --section: no section \"%s\"; there are overview, profiles, index, "
				"rf-grid, shares, words, anova, pairs, categories, choosing-k, silhouette, "
				"scatter, logit, lift, calibration, migration, lookalike, ab, playbook, "
				"provenance, self-check", name);
		if (needs[s])
			opt_die("option --section: %s needs %s", name, needs[s]);
		o->want[s] = true;
	}
	size_t n = 0;
	for (size_t s = 0; s < REPORT_N_SECTIONS; s++)
		n += o->want[s];
	if (o->format == FORMAT_TSV && n != 1)
		opt_die("option %s: tsv is one table: name one section with --section",
			opt_given(&page, "format") ? "--format" : "-o");
}

static void run(struct opts *o, char **paths, size_t n_paths)
{
	struct opt_list fitted = o->fitted;
	struct rows rows = { 0 };
	struct doc d = { 0 };
	if (o->common.mem) /* what is freed must go back to the system */
		mallopt(M_MMAP_THRESHOLD, 1 << 16);
	struct kmodel model = { 0 };
	const struct opt_list none = { 0 };
	const struct rows_how how = { o->by, o->value, &o->columns, &o->share, &fitted,
		o->want[REPORT_PROFILES] || o->want[REPORT_INDEX] || o->want[REPORT_ANOVA] ||
			o->want[REPORT_PAIRS] || o->want[REPORT_SILHOUETTE] || o->want[REPORT_SCATTER] ||
			(o->want[REPORT_PLAYBOOK] && o->columns.n),
		o->want[REPORT_PAIRS], o->want[REPORT_PAIRS] && o->section.n,
		o->want[REPORT_SILHOUETTE] || o->want[REPORT_SCATTER],
		{ o->want[REPORT_WORDS] ? o->words : NULL, o->want[REPORT_AB] ? &o->ab : &none,
		  o->want[REPORT_GRID], o->want[REPORT_GRID] && o->section.n },
		(int)o->common.threads, o->common.mem, o->common.expect_rows,
		getenv("SEG_TEST_FAULT") };
	rows_read(&rows, paths, n_paths, &how);
	if (o->model) {
		read_model(&model, o->model, &fitted);
		rows.r.model = &model;
	}
	rows_figures(&rows, &d, &how);
	rows.r.all_words = o->format == FORMAT_TSV;
	rows.r.title = o->title && *o->title ? doc_clean(&d, span_of(o->title)) : "Customer segments";
	d.note = doc_alloc(&d, o->notes.n, sizeof *d.note);
	for (; d.n_notes < o->notes.n; d.n_notes++)
		d.note[d.n_notes] = doc_clean(&d, span_of(o->notes.item[d.n_notes]));
	read_extras(&d, &rows.r, o);
	report_build(&d, &rows.r, o->want);
	if (o->svg)
		write_charts(&d, o->svg);
	if (o->format == FORMAT_TSV)
		write_records(&d, o, rows.r.provenance);
	else
		write_page(&d, o);
	doc_free(&d);
	kmodel_free(&model);
	rows_free(&rows);
}

int main(int argc, char **argv)
{
	size_t n;
	msg_init("seg-report");
	char **paths = opt_parse(&page, &options.common, argc, argv, &n);
	if (options.output && !opt_given(&page, "format"))
		options.format = format_of_name(options.output);
	choose_sections(&options);
	run(&options, paths, n);
	return MSG_OK;
}
