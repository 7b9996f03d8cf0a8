/* SPDX-License-Identifier: MIT */
#include "view/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "view/format.h"

/* Columns beside the components that the scatter can show: each costs every point some bytes. */
#define AXES_MAX 12

uint64_t points_bytes(size_t n_columns)
{
	uint64_t rows = PORTRAIT_ALL + 200 * (PORTRAIT_LEAST + 1);
	return rows * (8 * (n_columns + PORTRAIT_COMPONENTS) + 64);
}

static struct portrait_column by_z_score(const struct report_column *c, const double *x)
{
	static const char tail[] = "_scaled";
	const struct figures_cell *all = &c->figures.all;
	size_t m = sizeof tail - 1;
	bool scaled = c->raw.n > m && memcmp(c->raw.s + c->raw.n - m, tail, m) == 0;
	double n = (double)all->n, unit = n > 1 ? sqrt(all->ss / n) : 0;
	if (scaled)
		return (struct portrait_column){ x, NULL, 0, 1 };
	return (struct portrait_column){ x, NULL, n > 0 ? all->mean : 0, unit > 0 ? unit : 1 };
}

/* The model's columns among the report's, or 0 when not all are there. */
static size_t of_model(const struct report *r, double *const *x, struct portrait_column *column, size_t *from)
{
	const struct kmodel *m = r->model;
	for (size_t j = 0; m && j < m->n_columns; j++) {
		size_t c = 0;
		while (c < r->n_columns && !span_is(r->column[c].raw, m->column[j].name) &&
		       !span_is(r->column[c].raw, m->column[j].raw))
			c++;
		if (c == r->n_columns)
			return 0;
		bool scaled = span_is(r->column[c].raw, m->column[j].name);
		column[j] = (struct portrait_column){ x[c], scaled ? NULL : kmodel_scale(m, j), 0, 1 };
		from[j] = c;
	}
	return m ? m->n_columns : 0;
}

static size_t of_columns(const struct report *r, double *const *x, bool fitted, struct portrait_column *column,
			 size_t *from)
{
	size_t n = 0;
	for (size_t c = 0; c < r->n_columns; c++)
		if (r->column[c].figures.all.n && (!fitted || r->column[c].fitted)) {
			column[n] = by_z_score(&r->column[c], x[c]);
			from[n++] = c;
		}
	return n;
}

void points_take(struct report_points *p, const struct report *r, struct doc *d,
		 const struct figures_groups *g, int threads, uint64_t *n_checked)
{
	size_t most = r->n_columns + (r->model ? r->model->n_columns : 0) + 1;
	struct portrait_column *column = doc_alloc(d, most, sizeof *column);
	size_t *from = doc_alloc(d, most, sizeof *from);
	char **name = doc_alloc(d, most, sizeof *name);
	size_t n = of_model(r, p->x, column, from);
	p->of_model = n;
	if (n == 0)
		n = of_columns(r, p->x, true, column, from);
	if (n == 0)
		n = of_columns(r, p->x, false, column, from);
	p->columns = "";
	for (size_t c = 0; c < n; c++) {
		name[c] = mem_arena_copy(&d->arena, r->column[from[c]].title, strlen(r->column[from[c]].title));
		p->columns = doc_printf(d, "%s%s%s", p->columns, c == 0 ? "" : c + 1 < n ? ", " : " and ", name[c]);
	}
	if (portrait_take(&p->portrait, column, n, name, g, threads))
		msg_die(MSG_FAILED, "out of memory");
	if (p->fault && p->portrait.n)
		p->portrait.silhouette[0] += 1;
	const char *wrong = portrait_check(&p->portrait, n_checked);
	if (wrong)
		msg_die(MSG_FAILED, "self-check: %s computed twice differs", wrong);
}

static const char *space_text(struct doc *d, const struct report_points *p)
{
	return p->of_model ? doc_printf(d, "the model's own distances, over %s", p->columns)
			   : doc_printf(d, "distances over the z-scores of %s", p->columns);
}

/* "1,000 of 4,339 customers": said where not all are there. */
static void say_sample(struct doc *d, struct doc_section *sec, const struct report *r, size_t n,
		       const char *verb)
{
	char some[FORMAT_MAX], all[FORMAT_MAX];
	const struct portrait *p = &r->points->portrait;
	if (n < p->n_complete)
		doc_note(d, sec, doc_printf(d, "%s: %s of %s %s, from each segment its share and ten at least; "
					       "a hash of the values chooses them, not chance.", verb,
					    format_int(some, (int64_t)n), format_int(all, (int64_t)p->n_complete),
					    r->noun));
	if (p->n_complete < r->n_rows)
		doc_note(d, sec, doc_printf(d, "Left out for a missing value: %s.",
					    format_int(some, (int64_t)(r->n_rows - p->n_complete))));
}

static const char **kind_names(struct doc *d, const struct report *r)
{
	const char **name = doc_alloc(d, r->n_segments, sizeof *name);
	for (size_t s = 0; s < r->n_segments; s++)
		name[s] = r->segment[s].label;
	return name;
}

static void put_scatter_chart(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct portrait *p = &r->points->portrait;
	size_t n_pc = p->pca.n_out, n_columns = r->n_columns < AXES_MAX ? r->n_columns : AXES_MAX;
	if (n_pc + n_columns < 2 || p->n_shown == 0)
		return;
	struct chart *c = doc_chart(d, sec, CHART_SCATTER, "chart-scatter", "Segments as points", p->n_shown,
				    n_pc + n_columns);
	for (size_t i = 0; i < p->n_shown; i++) {
		for (size_t j = 0; j < n_pc; j++)
			c->series[j].y[i] = p->score[i * n_pc + j];
		for (size_t j = 0; j < n_columns; j++)
			c->series[n_pc + j].y[i] = r->points->x[j][p->row[i]];
	}
	for (size_t j = 0; j < n_pc; j++)
		c->series[j].name = doc_printf(d, "Component %zu", j + 1);
	for (size_t j = 0; j < n_columns; j++)
		c->series[n_pc + j].name = r->column[j].title;
	c->x_title = c->series[0].name;
	c->y_title = c->series[1].name;
	c->kind_of = p->group;
	c->kind_name = kind_names(d, r);
	c->n_kinds = r->n_segments;
	c->desc = doc_printf(d, "%zu points in the colours of their segments, %s against %s.", p->n_shown,
			     c->y_title, c->x_title);
}

static void put_components(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct pca *p = &r->points->portrait.pca;
	if (p->n_out == 0)
		return;
	struct doc_table *t = doc_table(d, sec, "components", "What the components are made of", DOC_PEOPLE);
	doc_column(d, t, "", "Component", false);
	doc_column(d, t, "", "Share of variance", true);
	for (size_t c = 0; c < p->n_in; c++)
		doc_column(d, t, "", p->input[c], true);
	for (size_t i = 0; i < p->n_out; i++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_text(doc_printf(d, "Component %zu", i + 1));
		row[1] = doc_cell_share(p->variance[i] / p->total);
		for (size_t c = 0; c < p->n_in; c++) {
			row[2 + c] = doc_cell_real(p->loading[i * p->n_in + c]);
			row[2 + c].digits = 3;
			row[2 + c].heat = row[2 + c].real;
		}
	}
}

static void put_scatter_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct portrait *p = &r->points->portrait;
	size_t n_pc = p->pca.n_out;
	struct doc_table *t = doc_table(d, sec, "scatter-all", "", DOC_RECORDS);
	report_segment_column(d, t, r);
	for (size_t j = 0; j < n_pc; j++)
		doc_column(d, t, doc_printf(d, "pc%zu", j + 1), "", true);
	for (size_t c = 0; c < r->n_columns; c++)
		doc_column(d, t, doc_clean(d, r->column[c].raw), "", true);
	for (size_t i = 0; i < p->n_shown; i++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = report_segment_cell(r, p->group[i]);
		for (size_t j = 0; j < n_pc; j++)
			row[1 + j] = doc_cell_real(p->score[i * n_pc + j]);
		for (size_t c = 0; c < r->n_columns; c++)
			row[1 + n_pc + c] = doc_cell_real(r->points->x[c][p->row[i]]);
	}
}

void points_scatter(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "scatter", "The segments as points");
	doc_para(d, sec, doc_printf(d, "Each point is one of the %s. The axes are the principal components of %s: "
				       "the directions in which they differ most.", r->noun,
				    space_text(d, r->points)));
	put_scatter_chart(d, sec, r);
	say_sample(d, sec, r, r->points->portrait.n_shown, "Shown");
	put_components(d, sec, r);
	put_scatter_records(d, sec, r);
}

static int falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

static void put_silhouette_chart(struct doc *d, struct doc_section *sec, const struct report *r)
{
	const struct portrait *p = &r->points->portrait;
	char number[FORMAT_MAX];
	if (p->n == 0)
		return;
	struct chart *c = doc_chart(d, sec, CHART_SILHOUETTE, "chart-silhouettes", "Silhouette of each of the rows",
				    p->n, 1);
	uint32_t *kind = doc_alloc(d, p->n, sizeof *kind);
	size_t at = 0, from = 0;
	for (uint32_t k = 0; k < p->n_groups; k++, from = at) {
		for (size_t i = 0; i < p->n; i++)
			if (p->group[i] == k) {
				kind[at] = k;
				c->series[0].y[at++] = p->silhouette[i];
			}
		qsort(c->series[0].y + from, at - from, sizeof(double), falling);
	}
	c->kind_of = kind;
	c->kind_name = kind_names(d, r);
	c->n_kinds = p->n_groups;
	c->kind_mean = p->mean;
	c->kind_share = doc_alloc(d, p->n_groups, sizeof(double));
	for (size_t k = 0; k < p->n_groups; k++)
		c->kind_share[k] = (double)p->complete[k] / (double)p->n_complete;
	c->mark_x = p->all;
	c->mark = doc_printf(d, "mean %s", format_real(number, p->all, 3));
	c->x_title = "Silhouette";
	c->desc = "Rows of each segment from the clearest to the least clear; the figures are in the table below.";
}

static void put_silhouettes(struct doc *d, struct doc_section *sec, const struct report *r, unsigned use)
{
	const struct portrait *p = &r->points->portrait;
	struct doc_table *t = doc_table(d, sec, use == DOC_RECORDS ? "silhouette-all" : "silhouettes",
					"Silhouettes by segment", use);
	uint64_t below = 0;
	report_segment_column(d, t, r);
	doc_column(d, t, "judged", "Judged", true);
	doc_column(d, t, "silhouette", "Mean silhouette", true);
	doc_column(d, t, "below_0", "Nearer to another segment", true);
	for (size_t k = 0; k <= p->n_groups; k++) {
		uint64_t negative = 0;
		for (size_t i = 0; i < p->n; i++)
			negative += p->group[i] == k && p->silhouette[i] < 0;
		below += negative;
		bool all = k == p->n_groups;
		struct doc_cell *row = doc_row(d, t);
		row[0] = !all ? report_segment_cell(r, k) : use == DOC_RECORDS ? row[0] : doc_cell_text("All");
		row[1] = doc_cell_int((int64_t)(all ? p->n : p->size[k]));
		row[2] = doc_cell_real(all ? p->all : p->mean[k]);
		row[2].digits = 3;
		row[3] = doc_cell_int((int64_t)(all ? below : negative));
	}
	t->n_foot = use == DOC_RECORDS ? 0 : 1;
}

void points_silhouette(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "silhouette", "How clear are the segments?");
	doc_para(d, sec, doc_printf(d, "The silhouette compares how far a row lies from its own segment with how far "
				       "from the nearest other one: 1 is clear, 0 between the two, below 0 nearer to "
				       "the other (Rousseeuw 1987). Measured in %s.", space_text(d, r->points)));
	put_silhouette_chart(d, sec, r);
	say_sample(d, sec, r, r->points->portrait.n, "Judged");
	if (r->n_segments < 2)
		doc_note(d, sec, "One segment alone has no other to lie apart from: its silhouette is 0.");
	put_silhouettes(d, sec, r, DOC_PEOPLE);
	put_silhouettes(d, sec, r, DOC_RECORDS);
}
