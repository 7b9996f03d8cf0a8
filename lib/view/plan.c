/* SPDX-License-Identifier: MIT */
#include "view/plan.h"

#include <math.h>
#include <string.h>

#include "base/msg.h"
#include "model/rules.h"
#include "value/num.h"
#include "view/format.h"

enum field { SEGMENT, ACTION, TARGETING, POSITIONING, EFFECT, LIFT, START, DAYS, N_FIELDS };
#define DAYS_MAX 100000

static const char *const field_name[N_FIELDS] = { "segment", "action", "targeting", "positioning",
						  "effect", "lift", "start", "days" };

/* A row of the playbook that fits a segment (n_segments: everybody). */
struct step {
	size_t row, segment;
	double lift;         /* per cent of the value, NaN: none */
	int64_t start, days; /* days 0: not on the roadmap */
};

struct plan {
	const struct report *r;
	const struct report_extra *x;
	const char *file;
	ptrdiff_t column[N_FIELDS];
	struct step *step;
	size_t n, n_unfit;
};

static struct span cell(const struct plan *p, size_t row, enum field f)
{
	return p->column[f] < 0 ? (struct span){ "", 0 }
				: p->x->cell[row * p->x->n_columns + (size_t)p->column[f]];
}

static const char *text(struct doc *d, const struct plan *p, size_t row, enum field f)
{
	return cell(p, row, f).n ? doc_clean(d, cell(p, row, f)) : "";
}

static void find_columns(struct plan *p)
{
	for (size_t f = 0; f < N_FIELDS; f++) {
		p->column[f] = -1;
		for (size_t c = 0; c < p->x->n_columns; c++)
			if (span_is(p->x->name[c], field_name[f]))
				p->column[f] = (ptrdiff_t)c;
		if (f <= ACTION && p->column[f] < 0)
			msg_die(MSG_FAILED, "%s: no column \"%s\"", p->file, field_name[f]);
	}
}

static _Noreturn void die_at(struct doc *d, const struct plan *p, size_t row, enum field f, const char *what)
{
	msg_die(MSG_FAILED, "%s:%zu: column %s: %s: \"%s\"", p->file, row + 2, field_name[f], what,
		text(d, p, row, f));
}

static int64_t days_at(struct doc *d, const struct plan *p, size_t row, enum field f, int64_t least)
{
	int64_t v;
	struct span s = cell(p, row, f);
	if (!num_parse_int(s.s, s.n, &v) || v < least || v > DAYS_MAX)
		die_at(d, p, row, f, "not a number of days");
	return v;
}

static struct step read_step(struct doc *d, const struct plan *p, size_t row)
{
	struct step s = { .row = row, .lift = NAN };
	struct span lift = cell(p, row, LIFT);
	if (lift.n && !num_parse(lift.s, lift.n, &s.lift))
		die_at(d, p, row, LIFT, "not a number");
	if (cell(p, row, START).n || cell(p, row, DAYS).n) {
		s.start = days_at(d, p, row, START, 0);
		s.days = days_at(d, p, row, DAYS, 1);
	}
	if (cell(p, row, ACTION).n == 0)
		die_at(d, p, row, ACTION, "missing");
	return s;
}

static bool holds(const struct rules_term *t, const struct report *r, size_t segment)
{
	for (size_t c = 0; c < r->n_columns; c++) {
		const struct figures *f = &r->column[c].figures;
		if (!span_is(r->column[c].raw, t->column))
			continue;
		double x = f->cell[segment].mean;
		double to = t->factor * (t->of == RULES_MEAN ? f->all.mean
					 : t->of == RULES_MEDIAN ? f->all.median : 1);
		switch (t->op) {
		case RULES_LT: return x < to;
		case RULES_LE: return x <= to;
		case RULES_GT: return x > to;
		case RULES_GE: return x >= to;
		case RULES_EQ: return x == to;
		case RULES_NE: return x != to;
		}
	}
	return false;
}

/* Whether the row's first cell names the segment or is a condition it meets. */
static bool fits(const struct plan *p, const char *who, const struct rules *rules, size_t segment)
{
	const struct report *r = p->r;
	if (segment == r->n_segments)
		return strcmp(who, "*") == 0;
	if (strcmp(who, r->segment[segment].label) == 0 || span_is(r->segment[segment].raw, who))
		return true;
	for (size_t i = 0; i < rules->n; i++) {
		bool all = rules->rule[i].n > 0;
		for (size_t t = 0; t < rules->rule[i].n; t++)
			all = all && holds(&rules->rule[i].term[t], r, segment);
		if (all)
			return true;
	}
	return false;
}

static void find_steps(struct plan *p, struct doc *d)
{
	char error[RULES_ERROR];
	p->step = doc_alloc(d, p->x->n_rows * (p->r->n_segments + 1) + 1, sizeof *p->step);
	for (size_t row = 0; row < p->x->n_rows; row++) {
		struct step s = read_step(d, p, row);
		struct rules rules = { 0 };
		const char *who = text(d, p, row, SEGMENT);
		size_t before = p->n;
		if (rules_parse(&rules, doc_printf(d, "%s -> x\n", who), error))
			rules = (struct rules){ 0 };
		for (s.segment = 0; s.segment <= p->r->n_segments; s.segment++)
			if (fits(p, who, &rules, s.segment))
				p->step[p->n++] = s;
		p->n_unfit += p->n == before;
		rules_free(&rules);
	}
}

static const char *label(const struct plan *p, size_t segment)
{
	return segment < p->r->n_segments ? p->r->segment[segment].label : "Everybody";
}

static struct doc_cell segment_cell(const struct plan *p, size_t segment)
{
	return segment < p->r->n_segments ? report_segment_cell(p->r, segment) : doc_cell_text("Everybody");
}

static double value_of(const struct plan *p, size_t segment)
{
	return dec_to_double(segment < p->r->n_segments ? p->r->segment[segment].value : p->r->value);
}

static const char *step_line(struct doc *d, const struct plan *p, const struct step *s)
{
	const char *line = text(d, p, s->row, ACTION), *effect = text(d, p, s->row, EFFECT);
	if (*effect)
		line = doc_printf(d, "%s Expected: %s.", line, effect);
	if (s->days)
		line = doc_printf(d, "%s Days %lld to %lld.", line, (long long)s->start + 1,
				  (long long)(s->start + s->days));
	return line;
}

static void put_cards(struct doc *d, struct doc_section *sec, const struct plan *p)
{
	struct doc_block *b = doc_add(d, sec, DOC_CARDS);
	char n[FORMAT_MAX];
	b->card = doc_alloc(d, p->r->n_segments + 1, sizeof *b->card);
	for (size_t g = 0; g <= p->r->n_segments; g++) {
		struct doc_card *card = &b->card[b->n];
		card->line = doc_alloc(d, p->n + 1, sizeof *card->line);
		for (size_t i = 0; i < p->n; i++)
			if (p->step[i].segment == g)
				card->line[card->n_lines++] = step_line(d, p, &p->step[i]);
		if (card->n_lines == 0)
			continue;
		card->title = label(p, g);
		card->number = (int)g;
		card->fact = doc_alloc(d, 1, sizeof *card->fact);
		uint64_t rows = g < p->r->n_segments ? p->r->segment[g].n : p->r->n_rows;
		card->fact[card->n_facts++] = (struct doc_pair){
			p->r->noun, doc_printf(d, "%s", format_int(n, (int64_t)rows)), NULL };
		b->n++;
	}
}

static void put_positions(struct doc *d, struct doc_section *sec, const struct plan *p)
{
	struct doc_table *t = doc_table(d, sec, "stp", "Segment, targeting, positioning", DOC_PEOPLE);
	report_segment_column(d, t, p->r);
	doc_column(d, t, "", "Targeting", false);
	doc_column(d, t, "", "Positioning", false);
	for (size_t g = 0; g <= p->r->n_segments; g++)
		for (size_t i = 0; i < p->n; i++) {
			size_t row = p->step[i].row;
			if (p->step[i].segment != g ||
			    cell(p, row, TARGETING).n + cell(p, row, POSITIONING).n == 0)
				continue;
			struct doc_cell *c = doc_row(d, t);
			c[0] = segment_cell(p, g);
			c[1] = doc_cell_data(text(d, p, row, TARGETING), cell(p, row, TARGETING));
			c[2] = doc_cell_data(text(d, p, row, POSITIONING), cell(p, row, POSITIONING));
		}
}

/* The arithmetic shown: value, assumed rise, product. */
static void put_projections(struct doc *d, struct doc_section *sec, const struct plan *p)
{
	struct doc_table *t = doc_table(d, sec, "projections", "What if: the assumed rise times the segment's own figures",
					DOC_PEOPLE);
	report_segment_column(d, t, p->r);
	doc_column(d, t, "", "Action", false);
	doc_column(d, t, "", p->r->value_title, true);
	doc_column(d, t, "", "Assumed rise", true);
	doc_column(d, t, "", doc_printf(d, "%s x rise", p->r->value_title), true);
	for (size_t g = 0; g <= p->r->n_segments; g++)
		for (size_t i = 0; i < p->n; i++) {
			const struct step *s = &p->step[i];
			if (s->segment != g || isnan(s->lift))
				continue;
			struct doc_cell *c = doc_row(d, t);
			c[0] = segment_cell(p, g);
			c[1] = doc_cell_data(text(d, p, s->row, ACTION), cell(p, s->row, ACTION));
			c[2] = doc_cell_real(value_of(p, g));
			c[3] = doc_cell_share(s->lift / 100);
			c[4] = doc_cell_real(value_of(p, g) * s->lift / 100);
		}
	if (t->n_rows)
		doc_note(d, sec, "The rises are the playbook's assumptions, not findings: they are to be tested "
				 "(section ab), and do not add up where they act on the same customers.");
}

static void put_roadmap(struct doc *d, struct doc_section *sec, const struct plan *p)
{
	size_t n = 0, at = 0;
	for (size_t i = 0; i < p->n; i++)
		n += p->step[i].days > 0;
	if (n == 0)
		return;
	struct chart *c = doc_chart(d, sec, CHART_GANTT, "chart-roadmap", "Roadmap in days from the start", n, 2);
	c->x_title = "Day";
	c->group = doc_alloc(d, n, sizeof *c->group);
	c->series[0].name = "start";
	c->series[1].name = "end";
	for (size_t g = 0; g <= p->r->n_segments; g++)
		for (size_t i = 0; i < p->n; i++) {
			const struct step *s = &p->step[i];
			if (s->segment != g || s->days == 0)
				continue;
			c->label[at] = text(d, p, s->row, ACTION);
			c->group[at] = label(p, g);
			c->series[0].y[at] = (double)s->start;
			c->series[1].y[at++] = (double)(s->start + s->days);
		}
	c->desc = doc_printf(d, "%zu actions; their days stand on the cards above.", n);
}

static void put_records(struct doc *d, struct doc_section *sec, const struct plan *p)
{
	struct doc_table *t = doc_table(d, sec, "playbook-all", "", DOC_RECORDS);
	report_segment_column(d, t, p->r);
	for (size_t f = ACTION; f < N_FIELDS; f++)
		doc_column(d, t, field_name[f], field_name[f], f >= LIFT);
	doc_column(d, t, "value", "value", true);
	doc_column(d, t, "projected", "projected", true);
	for (size_t g = 0; g <= p->r->n_segments; g++)
		for (size_t i = 0; i < p->n; i++) {
			const struct step *s = &p->step[i];
			if (s->segment != g)
				continue;
			struct doc_cell *c = doc_row(d, t);
			if (g < p->r->n_segments)
				c[0] = report_segment_cell(p->r, g);
			for (size_t f = ACTION; f < LIFT; f++)
				c[f] = doc_cell_data("", cell(p, s->row, f));
			c[LIFT] = doc_cell_real(s->lift);
			if (s->days) {
				c[START] = doc_cell_int(s->start);
				c[DAYS] = doc_cell_int(s->days);
			}
			if (!p->r->valued)
				continue;
			c[N_FIELDS] = doc_cell_real(value_of(p, g));
			c[N_FIELDS + 1] = doc_cell_real(value_of(p, g) * s->lift / 100);
		}
}

void plan_build(struct doc *d, const struct report *r, const char *file)
{
	struct plan p = { .r = r, .x = r->playbook, .file = file };
	struct doc_section *sec = doc_add_section(d, "playbook", "What to do");
	find_columns(&p);
	find_steps(&p, d);
	doc_para(d, sec, "The rows of the playbook that fit each segment, by its name or by its profile.");
	put_cards(d, sec, &p);
	put_positions(d, sec, &p);
	if (r->valued)
		put_projections(d, sec, &p);
	put_roadmap(d, sec, &p);
	if (p.n_unfit)
		doc_note(d, sec, doc_printf(d, "Rows of the playbook that fit no segment here: %zu of %zu.",
					    p.n_unfit, p.x->n_rows));
	put_records(d, sec, &p);
}
