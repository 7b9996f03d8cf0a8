/* SPDX-License-Identifier: MIT */
#include "view/overview.h"

#include <math.h>
#include <string.h>

#include "view/format.h"

#define CARDS_MAX 12

static double value_share(const struct report *r, size_t s)
{
	return r->value > 0 ? dec_ratio(r->segment[s].value, r->value) : NAN;
}

static double row_share(const struct report *r, size_t s)
{
	return (double)r->segment[s].n / (double)r->n_rows;
}

/* value / n as the nearest double; NaN for n = 0. */
static double per_row(dec_wide value, uint64_t n)
{
	return n ? dec_to_double(value) / (double)n : NAN;
}

static const char *real_text(struct doc *d, double x)
{
	char to[FORMAT_MAX];
	double size = fabs(x);
	int digits = size > 0 && size < 1e-4 ? 8 : size >= 1000 || size == floor(size) ? 0 : size >= 100 ? 1 : 2;
	return doc_printf(d, "%s", format_real(to, x, digits));
}

static const char *money_text(struct doc *d, dec_wide value)
{
	char to[FORMAT_MAX];
	return doc_printf(d, "%s",
			  format_money(to, value, fabs(dec_to_double(value)) >= 1000 ? 0 : 2));
}

static const char *share_text(struct doc *d, double x)
{
	char to[FORMAT_MAX];
	return doc_printf(d, "%s", format_share(to, x, 1));
}

static const char *int_text(struct doc *d, uint64_t n)
{
	char to[FORMAT_MAX];
	return doc_printf(d, "%s", format_int(to, (int64_t)n));
}

/* "customers" -> "customer" */
static const char *singular(struct doc *d, const char *noun)
{
	return doc_printf(d, "%.*s", (int)strlen(noun) - 1, noun);
}

static size_t richest(const struct report *r)
{
	size_t best = 0;
	for (size_t s = 1; s < r->n_segments; s++)
		if (r->valued ? r->segment[s].value > r->segment[best].value
			      : r->segment[s].n > r->segment[best].n)
			best = s;
	return best;
}

/* Whether another segment is as rich as the richest. */
static bool tied(const struct report *r, size_t top)
{
	for (size_t s = 0; s < r->n_segments; s++)
		if (s != top && (r->valued ? r->segment[s].value == r->segment[top].value
					   : r->segment[s].n == r->segment[top].n))
			return true;
	return false;
}

static void put_keys(struct doc *d, struct doc_section *sec, const struct report *r)
{
	struct doc_block *b = doc_add(d, sec, DOC_KEYS);
	b->pair = doc_alloc(d, 5, sizeof *b->pair);
	char *noun = doc_printf(d, "%s", r->noun);
	noun[0] = (char)(noun[0] - 'a' + 'A');
	b->pair[b->n++] = (struct doc_pair){ noun, int_text(d, r->n_rows), NULL };
	b->pair[b->n++] = (struct doc_pair){ "Segments", int_text(d, r->n_segments), NULL };
	if (r->valued) {
		b->pair[b->n++] = (struct doc_pair){ doc_printf(d, "%s, total", r->value_title),
						     money_text(d, r->value), NULL };
		b->pair[b->n++] = (struct doc_pair){
			doc_printf(d, "%s per %s", r->value_title, singular(d, r->noun)),
			real_text(d, per_row(r->value, r->n_valued)),
			r->n_valued < r->n_rows ? doc_printf(d, "of %s with %s", int_text(d, r->n_valued),
							     r->value_word) : NULL };
	}
	size_t top = richest(r);
	double share = r->valued ? value_share(r, top) : row_share(r, top);
	if (tied(r, top) || r->n_segments < 2 || isnan(share))
		return;
	b->pair[b->n++] = (struct doc_pair){
		r->valued ? "Most valuable segment" : "Largest segment", share_text(d, share),
		r->valued ? doc_printf(d, "of %s: %s, %s of %s", r->value_word, r->segment[top].label,
				       share_text(d, row_share(r, top)), r->noun)
			  : doc_printf(d, "of %s: %s", r->noun, r->segment[top].label) };
}

/* How far the segment lies from the population on a column: log of the ratio
 * of means, or standard deviations where a ratio says nothing. */
static double distinction(const struct report_column *c, size_t s)
{
	double index = report_index(&c->figures, s);
	if (index > 0)
		return log(index / 100);
	return c->figures.all.sd > 0 ? c->figures.cell[s].deviation / c->figures.all.sd : 0;
}

static const char *distinction_text(struct doc *d, const struct report_column *c, size_t s)
{
	const struct figures_cell *cell = &c->figures.cell[s];
	double index = report_index(&c->figures, s);
	if (index > 0) {
		char ratio[FORMAT_MAX];
		format_real(ratio, index / 100, index >= 1000 ? 0 : index >= 100 ? 1 : 2);
		return doc_printf(d, "%s: %s times the average (mean %s, median %s).", c->title, ratio,
				  real_text(d, cell->mean), real_text(d, cell->median));
	}
	double z = cell->deviation / c->figures.all.sd;
	return doc_printf(d, "%s: %.1f standard deviations %s the average (mean %s).", c->title, fabs(z),
			  z < 0 ? "below" : "above", real_text(d, cell->mean));
}

/* The three columns on which the segment differs most, by a quarter at least. */
static void put_distinctions(struct doc *d, struct doc_card *card, const struct report *r, size_t s)
{
	bool *said = doc_alloc(d, r->n_columns + 1, sizeof *said);
	card->line = doc_alloc(d, 4, sizeof *card->line);
	while (card->n_lines < 3) {
		size_t best = r->n_columns;
		for (size_t c = 0; c < r->n_columns; c++)
			if (!said[c] && r->column[c].figures.cell[s].n &&
			    fabs(distinction(&r->column[c], s)) > 0.22 &&
			    (best == r->n_columns || fabs(distinction(&r->column[c], s)) >
							     fabs(distinction(&r->column[best], s))))
				best = c;
		if (best == r->n_columns)
			break;
		said[best] = true;
		card->line[card->n_lines++] = distinction_text(d, &r->column[best], s);
	}
	if (card->n_lines == 0 && r->n_columns)
		card->line[card->n_lines++] = "Close to the average on every measure.";
}

static void put_cards(struct doc *d, struct doc_section *sec, const struct report *r)
{
	struct doc_block *b = doc_add(d, sec, DOC_CARDS);
	b->card = doc_alloc(d, r->n_segments, sizeof *b->card);
	b->n = r->n_segments;
	for (size_t s = 0; s < r->n_segments; s++) {
		struct doc_card *card = &b->card[s];
		card->title = r->segment[s].label;
		card->number = (int)s;
		card->fact = doc_alloc(d, 3, sizeof *card->fact);
		card->fact[card->n_facts++] = (struct doc_pair){ r->noun, int_text(d, r->segment[s].n),
			share_text(d, row_share(r, s)) };
		if (r->valued) {
			card->fact[card->n_facts++] = (struct doc_pair){ r->value_word,
				money_text(d, r->segment[s].value), share_text(d, value_share(r, s)) };
			card->fact[card->n_facts++] = (struct doc_pair){
				doc_printf(d, r->n_valued < r->n_rows ? "per %s with %s" : "per %s",
					   singular(d, r->noun), r->value_word),
				real_text(d, per_row(r->segment[s].value, r->segment[s].n_valued)), NULL };
		}
		put_distinctions(d, card, r, s);
	}
}

/* People see how many rows have a value where it is not all. */
static void put_sizes(struct doc *d, struct doc_section *sec, const struct report *r,
		      enum doc_use use)
{
	struct doc_table *t = doc_table(d, sec, "sizes", "Segments: size and value", use);
	bool counted = use == DOC_RECORDS || r->n_valued < r->n_rows;
	const char *noun = r->noun;
	report_segment_column(d, t, r);
	doc_column(d, t, "rows", doc_printf(d, "%c%s", noun[0] - 'a' + 'A', noun + 1), true);
	doc_column(d, t, "share_rows", doc_printf(d, "Share of %s", noun), true);
	if (r->valued) {
		doc_column(d, t, "value", r->value_title, true);
		doc_column(d, t, "share_value", doc_printf(d, "Share of %s", r->value_word), true);
		doc_column(d, t, "value_per_row", doc_printf(d, "Per %s", singular(d, noun)), true);
		if (counted)
			doc_column(d, t, "rows_valued", doc_printf(d, "With %s", r->value_word), true);
	}
	double sum_rows = 0, sum_value = 0;
	for (size_t s = 0; s <= r->n_segments; s++) {
		bool foot = s == r->n_segments;
		struct doc_cell *row = doc_row(d, t);
		row[0] = foot ? doc_cell_text("All") : report_segment_cell(r, s);
		row[1] = doc_cell_int((int64_t)(foot ? r->n_rows : r->segment[s].n));
		row[2] = doc_cell_share(foot ? sum_rows : row_share(r, s));
		row[2].bar = foot ? NAN : row[2].real;
		sum_rows += foot ? 0 : row[2].real;
		if (!r->valued)
			continue;
		dec_wide value = foot ? r->value : r->segment[s].value;
		row[3] = doc_cell_money(value);
		row[4] = doc_cell_share(foot ? sum_value : value_share(r, s));
		row[4].bar = foot || row[4].kind == DOC_NONE ? NAN : row[4].real;
		sum_value += foot ? 0 : value_share(r, s);
		uint64_t n_valued = foot ? r->n_valued : r->segment[s].n_valued;
		row[5] = doc_cell_real(per_row(value, n_valued));
		if (counted)
			row[6] = doc_cell_int((int64_t)n_valued);
	}
	t->n_foot = 1;
}

static void put_bars(struct doc *d, struct doc_section *sec, const struct report *r)
{
	size_t top = richest(r);
	bool shared = r->valued && r->value > 0;
	struct chart *c = doc_chart(d, sec, CHART_BARS, "chart-shares",
				    shared ? doc_printf(d, "Share of %s and of %s by segment", r->noun,
							   r->value_word)
					      : doc_printf(d, "Share of %s by segment", r->noun),
				    r->n_segments, shared ? 2 : 1);
	c->percent = true;
	c->series[0].name = doc_printf(d, "Share of %s", r->noun);
	for (size_t s = 0; s < r->n_segments; s++) {
		c->label[s] = r->segment[s].label;
		c->series[0].y[s] = row_share(r, s);
		if (shared)
			c->series[1].y[s] = value_share(r, s);
	}
	if (shared)
		c->series[1].name = doc_printf(d, "Share of %s", r->value_word);
	if (!shared)
		for (size_t s = top = 0; s < r->n_segments; s++)
			top = r->segment[s].n > r->segment[top].n ? s : top;
	c->desc = shared ? doc_printf(d, "%s holds %s of %s and %s of %s.", r->segment[top].label,
					 share_text(d, row_share(r, top)), r->noun,
					 share_text(d, value_share(r, top)), r->value_word)
			    : doc_printf(d, "The largest segment is %s with %s of %s.",
					 r->segment[top].label, share_text(d, row_share(r, top)), r->noun);
}

/* What the segments' numbers go by. */
static void put_order(struct doc *d, struct doc_section *sec, const char *order_by)
{
	if (strcmp(order_by, "size") == 0)
		doc_note(d, sec, "The model numbered the segments by their size, the largest first.");
	else
		doc_note(d, sec, doc_printf(d, "The model numbered the segments by the %s of their centres, "
					       "the highest first; on a log scale means and totals may "
					       "come in another order.", order_by));
}

void overview_build(struct doc *d, const struct report *r)
{
	struct doc_section *sec = doc_add_section(d, "overview", "Overview");
	put_keys(d, sec, r);
	if (r->n_segments <= CARDS_MAX)
		put_cards(d, sec, r);
	put_sizes(d, sec, r, DOC_PEOPLE);
	put_sizes(d, sec, r, DOC_RECORDS);
	if (r->valued && r->n_valued < r->n_rows)
		doc_note(d, sec, doc_printf(d, "Without %s: %s; counted as %s, not towards %s. \"Per %s\" is "
					       "%s over those with %s.", r->value_word,
					    int_text(d, r->n_rows - r->n_valued), r->noun, r->value_word,
					    singular(d, r->noun), r->value_word, r->value_word));
	if (r->valued && r->value <= 0)
		doc_note(d, sec, doc_printf(d, "All %s together is not above 0: it has no shares.",
					    r->value_word));
	if (r->model && r->model->order_by)
		put_order(d, sec, r->model->order_by);
	put_bars(d, sec, r);
}
