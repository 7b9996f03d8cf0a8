/* SPDX-License-Identifier: MIT */
#include "view/profiles.h"

#include <math.h>

#include "view/format.h"

static const struct figures_cell *cell_of(const struct report *r, size_t column, size_t segment)
{
	const struct figures *f = &r->column[column].figures;
	return segment < r->n_segments ? &f->cell[segment] : &f->all;
}

/* One statistic, segments down, columns across, the population last. */
static void put_wide(struct doc *d, struct doc_section *sec, const struct report *r, const char *id,
		     const char *caption, double (*figure)(const struct figures_cell *))
{
	struct doc_table *t = doc_table(d, sec, id, caption, DOC_PEOPLE);
	report_segment_column(d, t, r);
	for (size_t c = 0; c < r->n_columns; c++)
		doc_column(d, t, "", r->column[c].title, true);
	for (size_t s = 0; s <= r->n_segments; s++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = s < r->n_segments ? report_segment_cell(r, s) : doc_cell_text("All");
		for (size_t c = 0; c < r->n_columns; c++)
			row[c + 1] = doc_cell_real(figure(cell_of(r, c, s)));
	}
	t->n_foot = 1;
}

static double median_of(const struct figures_cell *c)
{
	return c->median;
}

static double mean_of(const struct figures_cell *c)
{
	return c->mean;
}

static void fill_details(struct doc_cell *row, const struct figures_cell *x)
{
	uint64_t rows = x->n + x->n_missing;
	row[0] = doc_cell_int((int64_t)x->n);
	row[1] = doc_cell_int((int64_t)x->n_missing);
	row[2] = doc_cell_share(rows ? (double)x->n_missing / (double)rows : NAN);
	row[3] = doc_cell_real(x->mean);
	row[4] = doc_cell_real(x->sd);
	row[5] = doc_cell_real(x->min);
	row[6] = doc_cell_real(x->q25);
	row[7] = doc_cell_real(x->median);
	row[8] = doc_cell_real(x->q75);
	row[9] = doc_cell_real(x->max);
}

static void detail_columns(struct doc *d, struct doc_table *t)
{
	static const char *const name[][2] = {
		{ "n", "Values" }, { "missing", "Missing" }, { "share_missing", "Share missing" },
		{ "mean", "Mean" }, { "sd", "Std. dev." }, { "min", "Min" }, { "q25", "Quartile 1" },
		{ "median", "Median" }, { "q75", "Quartile 3" }, { "max", "Max" },
	};
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i][0], name[i][1], true);
}

/* One table a column for people, so that its decimals suit its unit. */
static void put_details(struct doc *d, struct doc_section *sec, const struct report *r, size_t c)
{
	struct doc_table *t = doc_table(d, sec, doc_printf(d, "profile-%zu", c + 1),
					doc_printf(d, "%s in detail", r->column[c].title),
					DOC_PEOPLE | DOC_DETAILS | DOC_ONE_UNIT);
	report_segment_column(d, t, r);
	detail_columns(d, t);
	for (size_t s = 0; s <= r->n_segments; s++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = s < r->n_segments ? report_segment_cell(r, s) : doc_cell_text("All");
		fill_details(row + 1, cell_of(r, c, s));
	}
	t->n_foot = 1;
}

/* All of it in one long table; the population has a missing segment. */
static void put_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	struct doc_table *t = doc_table(d, sec, "profiles", "Profiles", DOC_RECORDS);
	report_segment_column(d, t, r);
	doc_column(d, t, "column", "Column", false);
	detail_columns(d, t);
	for (size_t s = 0; s <= r->n_segments; s++)
		for (size_t c = 0; c < r->n_columns; c++) {
			struct doc_cell *row = doc_row(d, t);
			if (s < r->n_segments)
				row[0] = report_segment_cell(r, s);
			row[1] = doc_cell_data(r->column[c].title, r->column[c].raw);
			fill_details(row + 2, cell_of(r, c, s));
		}
}

static void put_ranges(struct doc *d, struct doc_section *sec, const struct report *r, size_t c)
{
	const char *title = r->column[c].title;
	struct chart *x = doc_chart(d, sec, CHART_RANGE, doc_printf(d, "chart-range-%zu", c + 1), title,
				    r->n_segments + 1, 3);
	x->desc = doc_printf(d, "Median and middle half of %s in each segment and in all.", title);
	x->x_title = title;
	x->series[0].name = "Lower quartile";
	x->series[1].name = "Median";
	x->series[2].name = "Upper quartile";
	for (size_t s = 0; s <= r->n_segments; s++) {
		const struct figures_cell *cell = cell_of(r, c, s);
		x->label[s] = s < r->n_segments ? r->segment[s].label : "All";
		x->series[0].y[s] = cell->q25;
		x->series[1].y[s] = cell->median;
		x->series[2].y[s] = cell->q75;
	}
}

/* What the model holds: where each segment's centre lies. */
static void put_centres(struct doc *d, struct doc_section *sec, const struct kmodel *m)
{
	struct doc_table *t = doc_table(d, sec, "centres", "Centres in the k-means model, original units",
					DOC_PEOPLE);
	doc_column(d, t, "", "Segment", false);
	doc_column(d, t, "", "Fitted rows", true);
	for (size_t c = 0; c < m->n_columns; c++)
		doc_column(d, t, "", format_title(d, doc_clean(d, span_of(m->column[c].raw))), true);
	for (size_t s = 0; s < m->k; s++) {
		const struct kmodel_segment *x = &m->segment[s];
		struct doc_cell *row = doc_row(d, t);
		const char *name = x->name ? doc_clean(d, span_of(x->name)) : NULL;
		row[0] = doc_cell_text(name ? name : doc_printf(d, "Segment %zu", s + 1));
		row[1] = doc_cell_int((int64_t)x->size);
		for (size_t c = 0; c < m->n_columns; c++)
			row[c + 2] = doc_cell_real(x->centre_raw[c]);
	}
}

void profiles_build(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "profiles", "Profiles");
	doc_para(d, sec, "What a typical member of each segment looks like, in the units of the input. "
			 "The median is the member in the middle; the mean is pulled up by a few large "
			 "values, so where the two part, trust the median for \"typical\".");
	put_wide(d, sec, r, "medians", "Medians", median_of);
	put_wide(d, sec, r, "means", "Means", mean_of);
	if (r->model)
		put_centres(d, sec, r->model);
	if (r->model && r->model->scale.n)
		doc_note(d, sec, "A centre is the mean of the scaled values put back into original units: "
				 "on a log scale, or with values cut or filled before the fit, it is not the "
				 "mean of its rows.");
	for (size_t c = 0; c < r->n_columns; c++)
		put_ranges(d, sec, r, c);
	for (size_t c = 0; c < r->n_columns; c++)
		put_details(d, sec, r, c);
	put_records(d, sec, r);
}

/* Full colour at a tenth and at ten times the average. */
static double heat_of(double index)
{
	if (!(index > 0))
		return isnan(index) ? NAN : -1;
	double heat = log10(index / 100);
	return heat < -1 ? -1 : heat > 1 ? 1 : heat;
}

static void put_index_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	struct doc_table *t = doc_table(d, sec, "index", "Index", DOC_RECORDS);
	report_segment_column(d, t, r);
	doc_column(d, t, "column", "Column", false);
	doc_column(d, t, "mean", "Mean", true);
	doc_column(d, t, "population_mean", "Population mean", true);
	doc_column(d, t, "index", "Index", true);
	for (size_t s = 0; s < r->n_segments; s++)
		for (size_t c = 0; c < r->n_columns; c++) {
			struct doc_cell *row = doc_row(d, t);
			row[0] = report_segment_cell(r, s);
			row[1] = doc_cell_data(r->column[c].title, r->column[c].raw);
			row[2] = doc_cell_real(cell_of(r, c, s)->mean);
			row[3] = doc_cell_real(r->column[c].figures.all.mean);
			row[4] = doc_cell_real(report_index(&r->column[c].figures, s));
		}
}

void profiles_index(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "index", "Index against the population");
	doc_para(d, sec, "The mean of the segment as a percentage of the mean of everybody: 100 is the "
			 "average, 200 is twice the average, 50 is half of it.");
	struct doc_table *t = doc_table(d, sec, "heat", "Index, population = 100", DOC_PEOPLE);
	bool hidden = false;
	report_segment_column(d, t, r);
	for (size_t c = 0; c < r->n_columns; c++)
		doc_column(d, t, "", r->column[c].title, true);
	for (size_t s = 0; s < r->n_segments; s++) {
		struct doc_cell *row = doc_row(d, t);
		row[0] = report_segment_cell(r, s);
		for (size_t c = 0; c < r->n_columns; c++) {
			double index = report_index(&r->column[c].figures, s);
			row[c + 1] = doc_cell_real(index);
			row[c + 1].digits = 0;
			row[c + 1].heat = heat_of(index);
			hidden = hidden || isnan(index);
		}
	}
	if (hidden)
		doc_note(d, sec, "No index where the population's mean is not above a hundredth of its "
				 "standard deviation (columns around zero, such as scaled ones), or where "
				 "a segment has no values.");
	put_index_records(d, sec, r);
}

/* Everything, for programs; people get the short one. */
static void put_anova_records(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const name[] = { "f", "df_between", "df_within", "p", "eta_squared",
		"welch_f", "welch_df_between", "welch_df_within", "welch_p", "p_holm", "welch_p_holm",
		"kruskal_h", "kruskal_p", "kruskal_p_holm" };
	struct doc_table *t = doc_table(d, sec, "anova-all", "Analysis of variance", DOC_RECORDS);
	struct doc_cell circular = doc_cell_text("circular");
	doc_column(d, t, "column", "Column", false);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	for (size_t c = 0; c < r->n_columns; c++) {
		const struct report_column *x = &r->column[c];
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = doc_cell_real(x->anova.f);
		row[2] = doc_cell_real(x->anova.df_between);
		row[3] = doc_cell_real(x->anova.df_within);
		row[4] = x->fitted ? circular : doc_cell_p(x->anova.p);
		row[5] = doc_cell_real(x->anova.eta_squared);
		row[6] = doc_cell_real(x->anova.welch_f);
		row[7] = doc_cell_real(x->anova.welch_df_between);
		row[8] = doc_cell_real(x->anova.welch_df_within);
		row[9] = x->fitted ? circular : doc_cell_p(x->anova.welch_p);
		row[10] = x->fitted ? circular : doc_cell_p(x->p_holm);
		row[11] = x->fitted ? circular : doc_cell_p(x->welch_p_holm);
		row[12] = doc_cell_real(x->anova.kruskal_h);
		row[13] = x->fitted ? circular : doc_cell_p(x->anova.kruskal_p);
		row[14] = x->fitted ? circular : doc_cell_p(x->kruskal_p_holm);
	}
}

static struct doc_cell df_cell(struct doc *d, const struct anova *a)
{
	char between[FORMAT_MAX], within[FORMAT_MAX];
	if (a->n_groups == 0)
		return doc_cell_real(NAN);
	return doc_cell_text(doc_printf(d, "%s; %s", format_real(between, a->df_between, 0),
					format_real(within, a->df_within, 0)));
}

static void put_anova(struct doc *d, struct doc_section *sec, const struct report *r)
{
	static const char *const title[] = { "F", "df", "p", "p (Holm)", "\xce\xb7\xc2\xb2", "Welch p",
					     "Kruskal H", "Kruskal p" };
	struct doc_table *t = doc_table(d, sec, "anova", "Analysis of variance", DOC_PEOPLE);
	struct doc_cell circular = doc_cell_text("circular");
	doc_column(d, t, "", "Column", false);
	for (size_t i = 0; i < sizeof title / sizeof *title; i++)
		doc_column(d, t, "", title[i], true);
	for (size_t c = 0; c < r->n_columns; c++) {
		const struct report_column *x = &r->column[c];
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_data(x->title, x->raw);
		row[1] = doc_cell_real(x->anova.f);
		row[2] = df_cell(d, &x->anova);
		row[3] = x->fitted ? circular : doc_cell_p(x->anova.p);
		row[4] = x->fitted ? circular : doc_cell_p(x->p_holm);
		row[5] = doc_cell_real(x->anova.eta_squared);
		row[6] = x->fitted ? circular : doc_cell_p(x->welch_p_holm);
		row[7] = doc_cell_real(x->anova.kruskal_h);
		row[8] = x->fitted ? circular : doc_cell_p(x->kruskal_p_holm);
		row[1].digits = row[5].digits = row[7].digits = 3;
	}
}

static void anova_notes(struct doc *d, struct doc_section *sec, const struct report *r)
{
	bool fitted = false, absent = false;
	for (size_t c = 0; c < r->n_columns; c++) {
		fitted = fitted || r->column[c].fitted;
		absent = absent || isnan(r->column[c].anova.f) || isnan(r->column[c].anova.welch_f) ||
			 isnan(r->column[c].anova.kruskal_h);
	}
	if (fitted)
		doc_note(d, sec, "\"circular\": the segments were made from this column, so they differ in "
				 "it by construction and a p-value would mean nothing (Gao, Bien & Witten 2022).");
	else
		doc_note(d, sec, "If the segments were made from one of these columns, its p-value means "
				 "nothing: name such columns with --fitted.");
	if (absent)
		doc_note(d, sec, "A dash: the figure does not exist, because fewer than two segments have "
				 "values, nothing varies inside the segments, or a segment has one row.");
}

void profiles_anova(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "anova", "Do the segments differ?");
	doc_para(d, sec, "One-way analysis of variance of each column over the segments. \xce\xb7\xc2\xb2 is "
			 "the share of the column's variance that the segments account for. Welch's test "
			 "does not assume equal variances, Kruskal and Wallis' test goes by ranks and does "
			 "not mind a few giants. All p but the first allow for the number of columns (Holm).");
	put_anova(d, sec, r);
	put_anova_records(d, sec, r);
	anova_notes(d, sec, r);
}
