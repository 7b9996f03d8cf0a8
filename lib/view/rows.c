/* SPDX-License-Identifier: MIT */
#include "view/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/par.h"
#include "value/num.h"
#include "view/format.h"
#include "view/paired.h"

/* More are no segments, and a table of them is no report. */
#define SEGMENTS_MAX 200

/* The program, its libraries, the reader's buffers. */
#define OWN_BYTES ((uint64_t)14 << 20)

/* While a column's figures are computed; each thread has a column. */
#define WORK_BYTES_ROW 24

/* To put the levels of a share column in order, and to test them. */
#define WORK_BYTES_LEVEL 24

/* What is held once the current row, of segment s, has been taken. */
static uint64_t bytes_held(const struct rows *p, uint32_t s)
{
	uint64_t bytes = OWN_BYTES + levels_bytes(&p->segments) + distinct_bytes(&p->keys) +
			 asked_bytes(&p->asked, s) + points_bytes(p->features.n) +
			 (p->n_rows + 1) * (8 * p->features.n + sizeof *p->group);
	for (size_t c = 0; c < p->share.n; c++) {
		const struct report_share *x = &p->r.share[c];
		bytes += levels_bytes(&x->levels) + shares_bytes(&x->shares, x->levels.n, s) +
			 (x->levels.n + 1) * WORK_BYTES_LEVEL;
	}
	return bytes;
}

static void check_memory(const struct rows *p, uint32_t s, uint64_t mem)
{
	size_t n_levels = 0;
	uint64_t work = p->features.n ? (p->n_rows + 1) * WORK_BYTES_ROW : 0;
	if (!mem || bytes_held(p, s) + work <= mem)
		return;
	for (size_t c = 0; c < p->share.n; c++)
		n_levels += p->r.share[c].levels.n;
	msg_die(MSG_FAILED, "the rows need more than --mem %lluM allows: %zu columns, %zu values to share "
			    "by, %zu rows so far",
		(unsigned long long)(mem >> 20), p->features.n, n_levels, p->n_rows);
}

/* So many columns at once as --mem allows, one at least. */
static int threads_within(const struct rows *p, const struct rows_how *how)
{
	uint64_t held = bytes_held(p, 0), left = how->mem > held ? how->mem - held : 0;
	uint64_t most = left / ((p->n_rows + 1) * WORK_BYTES_ROW);
	if (!how->mem || most >= (uint64_t)how->threads)
		return how->threads;
	return most ? (int)most : 1;
}

static void grow_rows(struct rows *p)
{
	size_t n = p->capacity ? 2 * p->capacity : 4096;
	p->group = mem_resize(p->group, n, sizeof *p->group);
	for (size_t c = 0; c < p->features.n; c++)
		p->x[c] = mem_resize(p->x[c], n, sizeof **p->x);
	p->capacity = n;
}

static uint32_t segment_of(struct rows *p)
{
	uint32_t s = levels_number(&p->segments, p->in->field[p->by]);
	if (s == p->r.n_segments) {
		if (s == SEGMENTS_MAX)
			tsv_die(p->in, (ptrdiff_t)p->by, "more than %d different values: no segments",
				SEGMENTS_MAX);
		p->segment = mem_grow(p->segment, s, &p->segment_capacity, sizeof *p->segment);
		p->segment[s] = (struct report_segment){ .raw = p->segments.text[s] };
		p->r.n_segments++;
	}
	return s;
}

static dec_wide add_value(struct rows *p, struct report_segment *s)
{
	if (p->value < 0 || p->in->field[p->value].n == 0)
		return 0;
	dec_wide value = tsv_pico_near(p->in, (size_t)p->value, &p->n_rounded);
	if (p->n_rounded == 1 && !p->first_rounded)
		p->first_rounded = mem_printf("%s:%llu", p->in->file, (unsigned long long)p->in->line);
	s->n_valued++;
	p->r.n_valued++;
	if (!dec_add(&s->value, value) || !dec_add(&p->r.value, value))
		tsv_die(p->in, p->value, "the sum is too large");
	return value;
}

/* Without a value column each row counts 1. */
static void add_share(struct rows *p, struct report_share *x, size_t column, uint32_t s,
		      dec_wide value)
{
	static const dec_wide one = (dec_wide)1000000 * 1000000;
	uint32_t level = levels_number(&x->levels, p->in->field[column]);
	int status = shares_add(&x->shares, level, s, p->value < 0 ? one : value);
	if (status == -1)
		msg_die(MSG_FAILED, "out of memory");
	if (status)
		tsv_die(p->in, p->value, "the sum is too large");
}

static void add_row(struct rows *p, uint64_t mem)
{
	if (p->in->field[p->by].n == 0) {
		p->r.n_left_out++;
		return;
	}
	if (p->n_rows == p->capacity)
		grow_rows(p);
	uint32_t s = segment_of(p);
	check_memory(p, s, mem);
	p->group[p->n_rows] = s;
	p->segment[s].n++;
	for (size_t c = 0; c < p->features.n; c++)
		p->x[c][p->n_rows] = tsv_real(p->in, p->features.index[c]);
	p->n_rows++;
	dec_wide value = add_value(p, &p->segment[s]);
	for (size_t c = 0; c < p->share.n; c++)
		add_share(p, &p->r.share[c], p->share.index[c], s, value);
	asked_add(&p->asked, p->in, s, value);
	if (p->key >= 0)
		distinct_add(&p->keys, p->in->field[p->key]);
}

static void open_input(struct rows *p, const struct rows_how *how, char *const *paths, size_t n_paths)
{
	struct tsv_open open = { .read_ahead = how->threads > 1,
				.expect_rows = how->expect_rows, .progress = true };
	p->in = tsv_open(paths, n_paths, &open);
	p->by = columns_one(p->in, how->by);
	p->value = how->value ? (ptrdiff_t)columns_one(p->in, how->value) : -1;
	p->key = columns_key(p->in, NULL, false);
	if (how->features)
		columns_features(&p->features, p->in, how->columns);
	columns_choose(&p->share, p->in, how->share);
	asked_open(&p->asked, p->in, &how->asked);
	p->r.asked = &p->asked;
	p->x = mem_zero(p->features.n + 1, sizeof *p->x);
	p->r.share = mem_zero(p->share.n + 1, sizeof *p->r.share);
	p->r.n_shares = p->share.n;
}

/* The numbers of segments become their places in order. */
static void order_segments(struct rows *p, struct doc *d)
{
	size_t n = p->r.n_segments;
	uint32_t *place = mem_array(n, sizeof *place);
	levels_order(&p->segments, place);
	p->r.segment = doc_alloc(d, n, sizeof *p->r.segment);
	for (size_t s = 0; s < n; s++)
		p->r.segment[place[s]] = p->segment[s];
	for (size_t i = 0; i < p->n_rows; i++)
		p->group[i] = place[p->group[i]];
	asked_order(&p->asked, place, n);
	for (size_t c = 0; c < p->r.n_shares; c++)
		if (shares_reorder(&p->r.share[c].shares, place, n))
			msg_die(MSG_FAILED, "out of memory");
	free(place);
}

/* Most valuable levels first, ties by bytes. */
static int by_value(const void *a, const void *b, void *share)
{
	const struct report_share *x = share;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	dec_wide u = x->shares.of_level[i], v = x->shares.of_level[j];
	if (u != v)
		return u < v ? 1 : -1;
	return span_compare(x->levels.text[i], x->levels.text[j]);
}

/* The model's name, or "Segment 3" for a number, else the label itself. */
static const char *segment_label(struct doc *d, const struct report *r, struct span raw)
{
	const char *label = doc_clean(d, raw);
	int64_t s;
	if (r->model && num_parse_int(raw.s, raw.n, &s) && s >= 1 && (uint64_t)s <= r->model->k &&
	    r->model->segment[s - 1].name)
		return doc_clean(d, span_of(r->model->segment[s - 1].name));
	bool number = strspn(label, "0123456789") == strlen(label);
	return number ? doc_printf(d, "%s %s", format_title(d, r->by), label) : label;
}

/* Money by its usual names; anything else by its own. */
static const char *value_title(struct doc *d, const char *name)
{
	static const char *const revenue[] = { "amount", "net", "gross" };
	for (size_t i = 0; i < sizeof revenue / sizeof *revenue; i++)
		if (strcmp(name, revenue[i]) == 0)
			return "Revenue";
	return format_title(d, name);
}

static void name_things(struct rows *p, struct doc *d)
{
	struct report *r = &p->r;
	r->by = doc_clean(d, p->in->name[p->by]);
	r->noun = p->key >= 0 && !p->keys.repeated ? "customers" : "rows";
	distinct_free(&p->keys);
	r->valued = p->value >= 0;
	r->value_title = r->valued ? value_title(d, doc_clean(d, p->in->name[p->value])) : "Rows";
	bool own = r->valued && strcmp(r->value_title, doc_clean(d, p->in->name[p->value])) == 0;
	r->value_word = own ? r->value_title : report_word(d, r->value_title);
	r->provenance = tsv_provenance(p->in);
	for (size_t s = 0; s < r->n_segments; s++)
		r->segment[s].label = segment_label(d, r, r->segment[s].raw);
	for (size_t c = 0; c < r->n_shares; c++) {
		struct report_share *x = &r->share[c];
		x->raw = p->in->name[p->share.index[c]];
		x->word = doc_clean(d, x->raw);
		x->title = format_title(d, x->word);
		x->order = doc_alloc(d, x->levels.n, sizeof *x->order);
		for (size_t l = 0; l < x->levels.n; l++)
			x->order[l] = l;
		qsort_r(x->order, x->levels.n, sizeof *x->order, by_value, x);
	}
}

/* What figures_check found: a cell, and which of its figures. */
struct bad {
	int cell;
	const char *what;
};

struct column_job {
	struct rows *p;
	struct figures_groups groups;
	struct bad *bad; /* [columns] */
	bool fault;
};

static void compute_column(void *ctx, size_t c)
{
	struct column_job *job = ctx;
	struct report_column *x = &job->p->r.column[c];
	job->bad[c].cell = figures_column(&x->figures, job->p->x[c], &job->groups);
	if (job->bad[c].cell)
		return;
	if (job->fault)
		x->figures.cell[0].median += 1 + fabs(x->figures.cell[0].max);
	anova_oneway(&x->anova, &x->figures);
	job->bad[c].cell = figures_check(&x->figures, job->p->x[c], &job->groups, &job->bad[c].what);
}

static _Noreturn void die_differs(const struct rows *p, size_t column, struct bad bad)
{
	const struct figures_cell *all = &p->r.column[column].figures.all;
	size_t s = (size_t)bad.cell - 1;
	if (bad.cell < 0)
		msg_die(MSG_FAILED, "out of memory");
	if (fmax(all->max, -all->min) > 1e150)
		msg_die(MSG_FAILED, "column %s: values up to %g are too large: their squares are no numbers",
			p->in->text[p->features.index[column]], fmax(all->max, -all->min));
	msg_die(MSG_FAILED, "self-check: column %s, %s: %s computed twice differs",
		p->in->text[p->features.index[column]],
		s < p->r.n_segments ? p->r.segment[s].label : "(all)", bad.what);
}

static size_t unscaled(const char *s, size_t n)
{
	static const char tail[] = "_scaled";
	size_t m = sizeof tail - 1;
	return n > m && memcmp(s + n - m, tail, m) == 0 ? n - m : n;
}

/* Whether `name` is this feature, raw or scaled, or the category that it is a level of. */
static bool same_column(struct span name, const char *feature)
{
	size_t n = unscaled(name.s, name.n);
	if (strncmp(feature, name.s, n) != 0)
		return false;
	return n == unscaled(feature, strlen(feature)) || feature[n] == '=';
}

static bool was_fitted(const struct rows_how *how, const struct kmodel *m, struct span name)
{
	bool fitted = false;
	for (size_t i = 0; i < how->fitted->n; i++)
		fitted = fitted || same_column(name, how->fitted->item[i]);
	for (size_t i = 0; m && i < m->n_columns; i++)
		fitted = fitted || same_column(name, m->column[i].raw) ||
			 same_column(name, m->column[i].name);
	return fitted;
}

static void compute_columns(struct rows *p, struct doc *d, const struct rows_how *how)
{
	size_t n = p->features.n;
	struct report *r = &p->r;
	struct column_job job = { p, { r->n_segments, p->n_rows, p->group }, NULL,
				  how->fault && strcmp(how->fault, "median") == 0 };
	double *pv = mem_array(6 * (n + 1), sizeof *pv), *welch = pv + n, *kruskal = welch + n;
	double *holm = kruskal + n;
	job.bad = mem_zero(n + 1, sizeof *job.bad);
	r->n_columns = n;
	r->column = p->column = mem_zero(n + 1, sizeof *r->column);
	par_for(threads_within(p, how), n, compute_column, &job);
	for (size_t c = 0; c < n; c++) {
		struct report_column *x = &r->column[c];
		if (job.bad[c].cell)
			die_differs(p, c, job.bad[c]);
		x->raw = p->in->name[p->features.index[c]];
		x->title = format_title(d, doc_clean(d, x->raw));
		for (size_t i = 0; i < c; i++) /* `monetary` beside `Revenue` */
			if (strcmp(x->title, r->column[i].title) == 0) {
				x->title = doc_clean(d, x->raw);
				r->column[i].title = doc_clean(d, r->column[i].raw);
			}
		x->fitted = was_fitted(how, r->model, x->raw);
		pv[c] = x->fitted ? NAN : x->anova.p;
		welch[c] = x->fitted ? NAN : x->anova.welch_p;
		kruskal[c] = x->fitted ? NAN : x->anova.kruskal_p;
		r->n_checked += 9 * (r->n_segments + 1) + 1;
	}
	anova_holm(pv, n, holm);
	anova_holm(welch, n, holm + n);
	anova_holm(kruskal, n, holm + 2 * n);
	for (size_t c = 0; c < n; c++) {
		r->column[c].p_holm = holm[c];
		r->column[c].welch_p_holm = holm[n + c];
		r->column[c].kruskal_p_holm = holm[2 * n + c];
	}
	if (how->pairs && (how->pairs_of_many || r->n_segments <= PAIRED_SEGMENTS))
		paired_compute(r, d, how->threads);
	free(pv);
	free(job.bad);
}

static void test_categories(struct rows *p, const struct rows_how *how)
{
	struct report *r = &p->r;
	double *pv = mem_array(2 * (r->n_shares + 1), sizeof *pv), *holm = pv + r->n_shares;
	for (size_t c = 0; c < r->n_shares; c++) {
		struct report_share *x = &r->share[c];
		x->fitted = was_fitted(how, r->model, x->raw);
		if (crosstab_test(&x->crosstab, &x->shares))
			msg_die(MSG_FAILED, "out of memory");
		if (how->fault && strcmp(how->fault, "category") == 0)
			x->crosstab.chi_squared++;
		int agree = crosstab_check(&x->crosstab, &x->shares);
		if (agree < 0)
			msg_die(MSG_FAILED, "out of memory");
		if (!agree)
			msg_die(MSG_FAILED, "self-check: categories of %s: chi-square computed twice differs",
				p->in->text[p->share.index[c]]);
		pv[c] = x->fitted ? NAN : x->crosstab.p;
		r->n_checked++;
	}
	anova_holm(pv, r->n_shares, holm);
	for (size_t c = 0; c < r->n_shares; c++)
		r->share[c].p_holm = holm[c];
	free(pv);
}

/* The parts against the whole, to the last digit. */
static void check_sums(struct rows *p, struct doc *d)
{
	struct report *r = &p->r;
	dec_wide value = 0;
	uint64_t rows = 0;
	size_t level, group;
	for (size_t s = 0; s < r->n_segments; s++) {
		value += r->segment[s].value;
		rows += r->segment[s].n;
	}
	if (value != r->value)
		msg_die(MSG_FAILED, "self-check: %s: the segments' sum is not the total",
			r->value_word);
	if (rows != r->n_rows || rows + r->n_left_out != p->in->n_rows)
		msg_die(MSG_FAILED, "self-check: rows: the segments' sum is not the total");
	const char *wrong = asked_check(&p->asked, &r->n_checked);
	if (wrong)
		msg_die(MSG_FAILED, "self-check: %s", wrong);
	r->n_checked += 2 * (r->n_segments + 1);
	for (size_t c = 0; c < r->n_shares; c++) {
		const struct report_share *x = &r->share[c];
		if (!shares_check(&x->shares, &level, &group) ||
		    (r->valued && x->shares.total != r->value))
			msg_die(MSG_FAILED, "self-check: shares by %s, %s: the parts are not the whole",
				x->word,
				level < x->levels.n ? doc_clean(d, x->levels.text[level])
				: group < r->n_segments ? r->segment[group].label : "(all)");
		r->n_checked += (x->levels.n + 1) * (r->n_segments + 1);
	}
}

void rows_read(struct rows *p, char *const *paths, size_t n_paths, const struct rows_how *how)
{
	open_input(p, how, paths, n_paths);
	while (tsv_next(p->in))
		add_row(p, how->mem);
	if (p->n_rounded)
		msg_warn("column %s: values with more than 12 decimals, rounded to 12: %llu; the first: %s",
			 how->value, (unsigned long long)p->n_rounded, p->first_rounded);
	if (p->n_rows == 0)
		msg_die(MSG_FAILED, "%s: no row has a value in column %s", p->in->file, how->by);
	p->r.n_rows = p->n_rows;
}

void rows_figures(struct rows *p, struct doc *d, const struct rows_how *how)
{
	order_segments(p, d);
	name_things(p, d);
	compute_columns(p, d, how);
	test_categories(p, how);
	if (how->points && p->features.n) {
		const struct figures_groups g = { p->r.n_segments, p->n_rows, p->group };
		p->points.x = p->x;
		p->points.fault = how->fault && strcmp(how->fault, "silhouette") == 0;
		points_take(&p->points, &p->r, d, &g, threads_within(p, how), &p->r.n_checked);
		p->r.points = &p->points;
	}
	if (how->fault && strcmp(how->fault, "value") == 0)
		p->r.segment[0].value++;
	if (how->fault && strcmp(how->fault, "word") == 0)
		p->asked.n_said++;
	if (how->fault && strcmp(how->fault, "event") == 0)
		p->asked.trial.value[0]++;
	if (how->fault && strcmp(how->fault, "cell") == 0)
		p->asked.cells.n[0]++, p->asked.cells.value[0]++;
	if (how->fault && strcmp(how->fault, "share") == 0)
		p->r.share[0].shares.value[0]++;
	check_sums(p, d);
}

void rows_free(struct rows *p)
{
	for (size_t c = 0; c < p->features.n; c++) {
		free(p->x[c]);
		figures_free(&p->column[c].figures);
	}
	for (size_t c = 0; c < p->share.n; c++) {
		levels_free(&p->r.share[c].levels);
		shares_free(&p->r.share[c].shares);
	}
	free(p->x);
	free(p->column);
	free(p->group);
	free(p->first_rounded);
	free(p->segment);
	free(p->r.share);
	levels_free(&p->segments);
	distinct_free(&p->keys);
	asked_free(&p->asked);
	portrait_free(&p->points.portrait);
	columns_free(&p->features);
	columns_free(&p->share);
	tsv_close(p->in);
}
