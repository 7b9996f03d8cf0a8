/* SPDX-License-Identifier: MIT */
#include "view/trial.h"

#include <math.h>

#include "model/proportions.h"
#include "view/format.h"

/* One arm in one segment (or in all rows) against the control. */
struct line {
	size_t segment;             /* n_segments: all rows */
	size_t arm;                 /* place; 0: the control */
	struct proportion own;
	struct proportions_test test;
	double p_holm, detectable, sample_size;
};

struct lines {
	struct line *line;
	size_t n;
};

static struct proportion count_of(const struct asked *a, size_t place, size_t segment, size_t n_segments)
{
	size_t arm = a->arm_order[place];
	double n = 0, events = 0;
	for (size_t s = 0; s < a->trial.n_groups; s++)
		if (s == segment || segment == n_segments) {
			n += (double)shares_rows(&a->trial, arm, s);
			events += (double)shares_value(&a->trial, arm, s);
		}
	return proportions_one(events, n);
}

static void adjust(struct lines *l, struct doc *d, size_t n_segments)
{
	double *p = doc_alloc(d, 2 * (l->n + 1), sizeof *p), *holm = p + l->n;
	for (size_t i = 0; i < l->n; i++)
		p[i] = l->line[i].segment == n_segments ? NAN : l->line[i].test.p;
	anova_holm(p, l->n, holm);
	for (size_t i = 0; i < l->n; i++)
		l->line[i].p_holm = holm[i];
}

static struct lines compute(struct doc *d, const struct report *r)
{
	const struct asked *a = r->asked;
	struct lines l = { doc_alloc(d, (r->n_segments + 1) * a->arms.n + 1, sizeof *l.line), 0 };
	for (size_t k = 0; k <= r->n_segments; k++) {
		size_t segment = k == 0 ? r->n_segments : k - 1;
		struct proportion control = { 0 };
		for (size_t arm = 0; arm < a->arms.n; arm++) {
			struct line *x = &l.line[l.n++];
			*x = (struct line){ segment, arm, count_of(a, arm, segment, r->n_segments),
					    { NAN, NAN, NAN, NAN, NAN }, NAN, NAN, NAN };
			if (arm == 0) {
				control = x->own;
				continue;
			}
			x->test = proportions_two(&control, &x->own);
			x->detectable = proportions_detectable(control.rate, control.n, x->own.n);
			x->sample_size = proportions_sample_size(control.rate, x->own.rate);
		}
	}
	adjust(&l, d, r->n_segments);
	return l;
}

static struct doc_cell arm_cell(struct doc *d, const struct asked *a, size_t place)
{
	struct span raw = a->arms.text[a->arm_order[place]];
	return doc_cell_data(doc_clean(d, raw), raw);
}

static struct doc_cell count_cell(double n)
{
	return isnan(n) ? doc_cell_real(n) : doc_cell_int((int64_t)n);
}

static void put_records(struct doc *d, struct doc_section *sec, const struct report *r, const struct lines *l)
{
	static const char *const name[] = { "n", "events", "rate", "rate_low", "rate_high", "difference",
					    "ci_low", "ci_high", "z", "p", "p_holm", "detectable",
					    "sample_size" };
	struct doc_table *t = doc_table(d, sec, "ab-all", "", DOC_RECORDS);
	report_segment_column(d, t, r);
	doc_column(d, t, "arm", "Arm", false);
	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		doc_column(d, t, name[i], name[i], true);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->line[i];
		struct doc_cell *row = doc_row(d, t);
		if (x->segment < r->n_segments)
			row[0] = report_segment_cell(r, x->segment);
		row[1] = arm_cell(d, r->asked, x->arm);
		row[2] = doc_cell_int((int64_t)x->own.n);
		row[3] = doc_cell_int((int64_t)x->own.events);
		row[4] = doc_cell_real(x->own.rate);
		row[5] = doc_cell_real(x->own.low);
		row[6] = doc_cell_real(x->own.high);
		row[7] = doc_cell_real(x->test.difference);
		row[8] = doc_cell_real(x->test.low);
		row[9] = doc_cell_real(x->test.high);
		row[10] = doc_cell_real(x->test.z);
		row[11] = doc_cell_p(x->test.p);
		row[12] = doc_cell_p(x->p_holm);
		row[13] = doc_cell_real(x->detectable);
		row[14] = count_cell(x->sample_size);
	}
}

static struct doc_cell all_or_segment(const struct report *r, size_t segment)
{
	return segment < r->n_segments ? report_segment_cell(r, segment) : doc_cell_text("All");
}

static const char *interval(struct doc *d, double low, double high)
{
	char from[FORMAT_MAX], to[FORMAT_MAX];
	if (isnan(low))
		return "\xe2\x80\x93";
	return doc_printf(d, "%s to %s", format_share(from, low, 1), format_share(to, high, 1));
}

static void put_rates(struct doc *d, struct doc_section *sec, const struct report *r, const struct lines *l)
{
	struct doc_table *t = doc_table(d, sec, "ab-rates", "Rates by arm", DOC_PEOPLE);
	report_segment_column(d, t, r);
	doc_column(d, t, "", "Arm", false);
	doc_column(d, t, "", "Rows", true);
	doc_column(d, t, "", "Events", true);
	doc_column(d, t, "", "Rate", true);
	doc_column(d, t, "", "95% interval", true);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->line[i];
		struct doc_cell *row = doc_row(d, t);
		row[0] = all_or_segment(r, x->segment);
		row[1] = arm_cell(d, r->asked, x->arm);
		row[2] = doc_cell_int((int64_t)x->own.n);
		row[3] = doc_cell_int((int64_t)x->own.events);
		row[4] = doc_cell_share(x->own.rate);
		row[5] = doc_cell_text(interval(d, x->own.low, x->own.high));
	}
}

static void put_tests(struct doc *d, struct doc_section *sec, const struct report *r, const struct lines *l)
{
	static const char *const title[] = { "Difference", "95% interval", "p", "p (Holm)",
					     "Detectable rise", "Rows an arm needed" };
	struct doc_table *t = doc_table(d, sec, "ab", "Each arm against the control", DOC_PEOPLE);
	report_segment_column(d, t, r);
	doc_column(d, t, "", "Arm", false);
	for (size_t i = 0; i < sizeof title / sizeof *title; i++)
		doc_column(d, t, "", title[i], true);
	for (size_t i = 0; i < l->n; i++) {
		const struct line *x = &l->line[i];
		if (x->arm == 0)
			continue;
		struct doc_cell *row = doc_row(d, t);
		row[0] = all_or_segment(r, x->segment);
		row[1] = arm_cell(d, r->asked, x->arm);
		row[2] = doc_cell_share(x->test.difference);
		row[3] = doc_cell_text(interval(d, x->test.low, x->test.high));
		row[4] = doc_cell_p(x->test.p);
		row[5] = doc_cell_p(x->p_holm);
		row[6] = doc_cell_share(x->detectable);
		row[7] = count_cell(x->sample_size);
	}
}

void trial_build(struct doc *d, const struct report *r)
{
	struct lines l = compute(d, r);
	char n[FORMAT_MAX];
	struct doc_section *sec = doc_add_section(d, "ab", "Did the test work?");
	const char *control = doc_clean(d, r->asked->arms.n ? r->asked->arms.text[r->asked->arm_order[0]]
							    : (struct span){ "", 0 });
	doc_para(d, sec, doc_printf(d, "Rates with Wilson's intervals; each arm against %s, the first in order: "
				       "difference with Newcombe's interval, pooled z-test. p (Holm) allows for the "
				       "number of tests by segment. Detectable: the smallest rise above the control "
				       "that arms of these sizes show with a power of 80%% at the 5%% level. Needed: the "
				       "rows in each of two equal arms to show the difference observed.", control));
	put_tests(d, sec, r, &l);
	put_rates(d, sec, r, &l);
	if (r->asked->n_untested)
		doc_note(d, sec, doc_printf(d, "Rows without an arm or an outcome, left out: %s.",
					    format_int(n, (int64_t)r->asked->n_untested)));
	put_records(d, sec, r, &l);
}
