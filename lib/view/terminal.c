/* SPDX-License-Identifier: MIT */
#include "view/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "view/format.h"

#define BAR_WIDTH 12
#define LABEL_WIDTH 32
#define GAP 2

static void put_times(struct buf *b, const char *s, size_t n)
{
	while (n--)
		buf_text(b, s);
}

static size_t width_of(const char *text, size_t n)
{
	char *copy = mem_copy(text, n);
	size_t w = format_width(copy);
	free(copy);
	return w;
}

/* Words of `text` in lines of `width`, from and back to column `indent`. */
static void wrap(struct buf *b, const char *text, size_t width, size_t indent)
{
	size_t at = indent;
	while (*text) {
		size_t word = strcspn(text, " ");
		size_t w = width_of(text, word);
		if (w > width - indent) { /* no line holds it: cut where this one ends */
			size_t cut = format_prefix(text, width - (at > indent && at + 2 < width ? at + 1 : indent));
			word = cut ? cut : word;
			w = width_of(text, word);
		}
		if (at > indent && at + 1 + w > width) {
			buf_text(b, "\n");
			buf_fill(b, ' ', indent);
			at = indent;
		} else if (at > indent) {
			buf_text(b, " ");
			at++;
		}
		buf_put(b, text, word);
		at += w;
		text += word + strspn(text + word, " ");
	}
	buf_text(b, "\n");
}

static void heading(struct buf *b, const char *text, const char *rule, size_t width)
{
	size_t w = format_width(text);
	wrap(b, text, width, 0);
	put_times(b, rule, w < width ? w : width);
	buf_text(b, "\n");
}

/* A bar of eighths of a character cell. */
static void put_bar(struct buf *b, double share)
{
	static const char *const part[] = { "", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d",
					    "\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a",
					    "\xe2\x96\x89" };
	share = share < 0 ? 0 : share > 1 ? 1 : share;
	long eighths = lround(share * BAR_WIDTH * 8);
	if (eighths == 0 && share > 0)
		eighths = 1;
	put_times(b, "\xe2\x96\x88", (size_t)(eighths / 8));
	buf_text(b, part[eighths % 8]);
	size_t used = (size_t)(eighths / 8) + (eighths % 8 > 0);
	buf_fill(b, ' ', BAR_WIDTH - used);
}

static const char *heat_mark(double heat)
{
	return isnan(heat) || fabs(heat) < 0.2 ? " " : heat > 0 ? "\xe2\x96\xb2" : "\xe2\x96\xbc";
}

struct layout {
	size_t text;  /* width of the figures or words */
	bool bar, heat;
};

static size_t layout_width(const struct layout *l)
{
	return l->text + (l->bar ? BAR_WIDTH + 1 : 0) + (l->heat ? 2 : 0);
}

/* A title stands above the number and its bar together; titles and texts are cut
 * to what the first column leaves on a line, numbers never. */
static void lay_out(struct layout *l, const struct doc_table *t, size_t width)
{
	char number[FORMAT_MAX];
	for (size_t c = 0; c < t->n_columns; c++) {
		l[c] = (struct layout){ 0 };
		for (size_t r = 0; r < t->n_rows; r++) {
			const struct doc_cell *x = &t->cell[r * t->n_columns + c];
			size_t w = format_width(format_any(number, x));
			l[c].text = w > l[c].text ? w : l[c].text;
			l[c].bar = l[c].bar || !isnan(x->bar);
			l[c].heat = l[c].heat || !isnan(x->heat);
		}
		size_t label = LABEL_WIDTH < width / 2 ? LABEL_WIDTH : width / 2;
		size_t room = c ? width - 2 - layout_width(&l[0]) - GAP : label;
		size_t title = format_width(t->column[c].title);
		if (!t->column[c].numeric && l[c].text > label)
			l[c].text = label;
		l[c].bar = l[c].bar && layout_width(&l[c]) <= room;
		title = title < room ? title : room;
		size_t used = layout_width(&l[c]);
		l[c].text += title > used ? title - used : 0;
	}
}

/* `s` in `width` columns, cut with an ellipsis when longer. */
static void put_cell(struct buf *b, const char *s, size_t width, bool right)
{
	size_t w = format_width(s);
	if (w > width) {
		size_t n = format_prefix(s, width - 1);
		char *head = mem_copy(s, n);
		w = format_width(head) + 1;
		free(head);
		buf_put(b, s, n);
		buf_text(b, "\xe2\x80\xa6");
		buf_fill(b, ' ', width - w);
		return;
	}
	if (right)
		buf_fill(b, ' ', width - w);
	buf_text(b, s);
	if (!right)
		buf_fill(b, ' ', width - w);
}

static void trim_line(struct buf *b)
{
	while (b->n && b->s[b->n - 1] == ' ')
		b->n--;
	buf_text(b, "\n");
}

static void put_rule(struct buf *b, const struct layout *l, size_t from, size_t to)
{
	size_t n = layout_width(&l[0]);
	for (size_t c = from; c < to; c++)
		n += GAP + layout_width(&l[c]);
	buf_text(b, "  ");
	put_times(b, "\xe2\x94\x80", n);
	buf_text(b, "\n");
}

static void put_head(struct buf *b, const struct doc_table *t, const struct layout *l, size_t from,
		     size_t to)
{
	buf_text(b, "  ");
	for (size_t c = 0; c < to; c = c ? c + 1 : from) {
		buf_fill(b, ' ', c ? GAP : 0);
		put_cell(b, t->column[c].title, layout_width(&l[c]), t->column[c].numeric);
	}
	trim_line(b);
}

static void put_row(struct buf *b, const struct doc_table *t, const struct layout *l, size_t row,
		    size_t from, size_t to)
{
	char number[FORMAT_MAX];
	buf_text(b, "  ");
	for (size_t c = 0; c < to; c = c ? c + 1 : from) {
		const struct doc_cell *x = &t->cell[row * t->n_columns + c];
		buf_fill(b, ' ', c ? GAP : 0);
		put_cell(b, format_any(number, x), l[c].text, t->column[c].numeric);
		if (l[c].heat)
			buf_printf(b, " %s", heat_mark(x->heat));
		if (l[c].bar) {
			buf_text(b, " ");
			if (isnan(x->bar))
				buf_fill(b, ' ', BAR_WIDTH);
			else
				put_bar(b, x->bar);
		}
	}
	trim_line(b);
}

static void put_block(struct buf *b, const struct doc_table *t, const struct layout *l, size_t from,
		      size_t to)
{
	put_head(b, t, l, from, to);
	put_rule(b, l, from, to);
	for (size_t r = 0; r < t->n_rows; r++) {
		if (t->n_foot && r == t->n_rows - t->n_foot)
			put_rule(b, l, from, to);
		put_row(b, t, l, r, from, to);
	}
}

static void put_table(struct buf *b, const struct doc_table *t, size_t width)
{
	struct layout *l = mem_array(t->n_columns + 1, sizeof *l);
	lay_out(l, t, width);
	wrap(b, t->caption, width, 0);
	buf_text(b, "\n");
	size_t from = t->n_columns > 1 ? 1 : t->n_columns;
	do {
		size_t used = 2 + layout_width(&l[0]), to = from;
		while (to < t->n_columns &&
		       (to == from || used + GAP + layout_width(&l[to]) <= width))
			used += GAP + layout_width(&l[to++]);
		put_block(b, t, l, from, to);
		buf_text(b, "\n");
		from = to;
	} while (from < t->n_columns);
	free(l);
}

static void put_keys(struct buf *b, const struct doc_block *k, size_t width)
{
	size_t label = 0, value = 0;
	for (size_t i = 0; i < k->n; i++) {
		size_t w = format_width(k->pair[i].label), v = format_width(k->pair[i].value);
		label = w > label ? w : label;
		value = v > value ? v : value;
	}
	if (label + value + 4 > width)
		label = width > value + 12 ? width - value - 4 : 8;
	for (size_t i = 0; i < k->n; i++) {
		const char *note = k->pair[i].note ? k->pair[i].note : "";
		buf_text(b, "  ");
		put_cell(b, k->pair[i].label, label, false);
		buf_text(b, "  ");
		put_cell(b, k->pair[i].value, value, true);
		if (label + value + format_width(note) + 6 > width)
			buf_text(b, "\n    ");
		else
			buf_text(b, "  ");
		if (*note)
			wrap(b, note, width - 4, 4);
		else
			trim_line(b);
	}
	buf_text(b, "\n");
}

/* The cards' facts stand in the tables as well; a terminal gets the sentences. */
static void put_cards(struct buf *b, const struct doc_block *k, size_t width)
{
	size_t n_lines = 0;
	for (size_t i = 0; i < k->n; i++) {
		const struct doc_card *c = &k->card[i];
		n_lines += c->n_lines;
		if (c->n_lines == 0)
			continue;
		buf_text(b, "  ");
		wrap(b, c->title, width - 2, 2);
		for (size_t j = 0; j < c->n_lines; j++) {
			buf_text(b, "    ");
			wrap(b, c->line[j], width - 4, 4);
		}
	}
	if (n_lines)
		buf_text(b, "\n");
}

static void put_section_block(struct buf *b, const struct doc_block *k, size_t width)
{
	switch (k->kind) {
	case DOC_PARA:
	case DOC_NOTE:
		wrap(b, k->text, width, 0);
		buf_text(b, "\n");
		break;
	case DOC_KEYS:
		put_keys(b, k, width);
		break;
	case DOC_CARDS:
		put_cards(b, k, width);
		break;
	case DOC_TABLE:
		if (!(k->table->use & DOC_RECORDS))
			put_table(b, k->table, width);
		break;
	case DOC_LINES:
		for (size_t i = 0; i < k->n; i++)
			buf_printf(b, "  %s\n", k->line[i]);
		buf_text(b, "\n");
		break;
	case DOC_CHART:
		break;
	}
}

void terminal_render(struct buf *b, const struct doc *d, size_t width)
{
	heading(b, d->title, "\xe2\x95\x90", width);
	wrap(b, d->subtitle, width, 0);
	for (size_t i = 0; i < d->n_notes; i++)
		wrap(b, d->note[i], width, 0);
	buf_text(b, "\n");
	for (size_t s = 0; s < d->n_sections; s++) {
		heading(b, d->section[s].title, "\xe2\x94\x80", width);
		buf_text(b, "\n");
		for (size_t i = 0; i < d->section[s].n_blocks; i++)
			put_section_block(b, &d->section[s].block[i], width);
	}
	while (b->n > 1 && b->s[b->n - 1] == '\n' && b->s[b->n - 2] == '\n')
		b->n--;
}
