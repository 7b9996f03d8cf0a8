/* SPDX-License-Identifier: MIT */
#include "view/report.h"

#include <math.h>
#include <string.h>

#include "view/audience.h"
#include "view/curves.h"
#include "view/fits.h"
#include "view/format.h"
#include "view/grid.h"
#include "view/mix.h"
#include "view/overview.h"
#include "view/paired.h"
#include "view/plan.h"
#include "view/points.h"
#include "view/profiles.h"
#include "view/trial.h"
#include "view/vocabulary.h"

const char *const report_section_name[REPORT_N_SECTIONS] = {
	"overview", "profiles", "index", "rf-grid", "shares", "words", "anova", "pairs", "categories",
	"choosing-k", "silhouette", "scatter", "logit", "lift", "calibration", "migration",
	"lookalike", "ab", "playbook",
	"provenance", "self-check",
};

double report_index(const struct figures *f, size_t segment)
{
	if (!(f->all.mean > 0.01 * f->all.sd))
		return NAN;
	return 100 * f->cell[segment].mean / f->all.mean;
}

void report_segment_column(struct doc *d, struct doc_table *t, const struct report *r)
{
	doc_column(d, t, "segment", format_title(d, r->by), false);
}

struct doc_cell report_segment_cell(const struct report *r, size_t segment)
{
	return doc_cell_data(r->segment[segment].label, r->segment[segment].raw);
}

char *report_word(struct doc *d, const char *title)
{
	char *word = doc_printf(d, "%s", title);
	if (word[0] >= 'A' && word[0] <= 'Z' && !(word[1] >= 'A' && word[1] <= 'Z'))
		word[0] = (char)(word[0] - 'A' + 'a');
	return word;
}

/* The chain of filters, one line each; continuation of a report, not of data. */
static void build_provenance(struct doc *d, const struct report *r)
{
	struct doc_section *s = doc_add_section(d, "provenance", "How this was made");
	struct doc_table *t = doc_table(d, s, "provenance", "Filters the data went through",
					DOC_RECORDS);
	size_t n = 0;
	for (const char *p = r->provenance; *p; p++)
		n += *p == '\n';
	doc_column(d, t, "step", "Step", true);
	doc_column(d, t, "command", "Command", false);
	const char **line = doc_alloc(d, n + 1, sizeof *line);
	size_t m = 0;
	for (const char *p = r->provenance; *p && m < n;) {
		size_t length = strcspn(p, "\n");
		line[m++] = length ? doc_clean(d, (struct span){ p, length }) : "";
		struct doc_cell *row = doc_row(d, t);
		row[0] = doc_cell_int((int64_t)m);
		row[1] = doc_cell_text(line[m - 1]);
		p += length + 1;
	}
	if (m == 0) {
		doc_note(d, s, "The input carried no provenance: it was not written by these filters, "
			       "or went through another program as plain text.");
		return;
	}
	doc_para(d, s, "Every filter that the data went through, with the options that determine "
		       "the result. The same input and options give the same report, byte for byte.");
	struct doc_block *b = doc_add(d, s, DOC_LINES);
	b->line = line;
	b->n = m;
}

static void build_check(struct doc *d, const struct report *r)
{
	char number[FORMAT_MAX];
	struct doc_section *s = doc_add_section(d, "self-check", "Self-check");
	doc_para(d, s, doc_printf(d, "%s figures were computed a second time by another path - the "
				     "rows one by one, other algorithms, the sums of the parts "
				     "against the whole - and all agree.",
				  format_int(number, (int64_t)r->n_checked)));
	struct doc_table *t = doc_table(d, s, "self-check", "Figures recomputed", DOC_RECORDS);
	doc_column(d, t, "figures", "Figures", true);
	doc_column(d, t, "differ", "Differ", true);
	struct doc_cell *row = doc_row(d, t);
	row[0] = doc_cell_int((int64_t)r->n_checked);
	row[1] = doc_cell_int(0);
}

void report_build(struct doc *d, const struct report *r, const bool want[REPORT_N_SECTIONS])
{
	char rows[FORMAT_MAX], left[FORMAT_MAX];
	d->title = r->title;
	const char *named = strcmp(r->by, "segment") == 0 ? "" : doc_printf(d, " by %s", r->by);
	d->subtitle = doc_printf(d, "%s %s in %zu segment%s%s", format_int(rows, (int64_t)r->n_rows),
				 r->noun, r->n_segments, r->n_segments == 1 ? "" : "s", named);
	if (r->n_left_out)
		d->subtitle = doc_printf(d, "%s; %s without a segment left out of every figure: %s", d->subtitle,
					 r->n_left_out == 1 ? "row" : "rows",
					 format_int(left, (int64_t)r->n_left_out));
	if (want[REPORT_OVERVIEW])
		overview_build(d, r);
	if (want[REPORT_PROFILES] && r->n_columns)
		profiles_build(d, r);
	if (want[REPORT_INDEX] && r->n_columns)
		profiles_index(d, r);
	if (want[REPORT_GRID] && r->asked->r >= 0)
		grid_build(d, r);
	if (want[REPORT_SHARES] && r->n_shares)
		mix_build(d, r);
	if (want[REPORT_WORDS] && r->asked->words >= 0)
		vocabulary_build(d, r);
	if (want[REPORT_ANOVA] && r->n_columns)
		profiles_anova(d, r);
	if (want[REPORT_PAIRS] && r->n_columns && r->column[0].pair)
		paired_build(d, r);
	if (want[REPORT_CATEGORIES] && r->n_shares)
		mix_categories(d, r);
	if (want[REPORT_CHOOSING_K] && r->sweep)
		curves_choosing_k(d, r->sweep);
	if (want[REPORT_SILHOUETTE] && r->points)
		points_silhouette(d, r);
	if (want[REPORT_SCATTER] && r->points)
		points_scatter(d, r);
	if (want[REPORT_LOGIT] && r->logit)
		fits_logit(d, r->logit);
	if (want[REPORT_LIFT] && r->lift)
		curves_lift(d, r->lift);
	if (want[REPORT_CALIBRATION] && r->calibration)
		fits_calibration(d, r->calibration);
	if (want[REPORT_MIGRATION] && r->migration)
		fits_migration(d, r->migration);
	if (want[REPORT_LOOKALIKE] && r->lookalike)
		audience_build(d, r->lookalike, r->top);
	if (want[REPORT_AB] && r->asked->arm >= 0)
		trial_build(d, r);
	if (want[REPORT_PLAYBOOK] && r->playbook)
		plan_build(d, r, r->playbook_file);
	if (want[REPORT_PROVENANCE])
		build_provenance(d, r);
	if (want[REPORT_SELF_CHECK])
		build_check(d, r);
	doc_finish(d);
}
