/* SPDX-License-Identifier: MIT */
#include "view/html.h"

#include <math.h>

#include "base/opt.h"
#include "value/num.h"
#include "view/format.h"
#include "view/svg.h"

static void put_tagged(struct buf *b, const char *open, const char *text, const char *close)
{
	buf_text(b, open);
	svg_escape(b, text);
	buf_text(b, close);
}

/* The number behind a cell, for sorting. */
static void put_sort_value(struct buf *b, const struct doc_cell *c)
{
	char to[NUM_MAX];
	double x = c->kind == DOC_INT ? (double)c->integer
		   : c->kind == DOC_MONEY ? dec_to_double(c->pico)
					  : c->real;
	if (c->kind == DOC_NONE || c->kind == DOC_TEXT)
		return;
	buf_text(b, " data-v=\"");
	buf_put(b, to, num_print(to, x));
	buf_text(b, "\"");
}

static void put_look(struct buf *b, const struct doc_cell *c, bool numeric)
{
	if (!isnan(c->bar))
		buf_printf(b, " class=\"bar\" style=\"--w:%.4f\"", fmax(0, fmin(1, c->bar)));
	else if (!isnan(c->heat) && fabs(c->heat) >= 0.02)
		buf_printf(b, " class=\"%s%s\" style=\"--h:%.2f\"", numeric ? "" : "t ", c->heat > 0 ? "hot" : "cold",
			   fabs(c->heat));
	else if (!numeric)
		buf_text(b, " class=\"t\"");
}

static void put_content(struct buf *b, const struct doc_cell *c)
{
	char number[FORMAT_MAX];
	if (c->kind == DOC_TEXT && c->data)
		put_tagged(b, "<bdi>", c->text, "</bdi>");
	else
		svg_escape(b, format_any(number, c));
}

static void put_row(struct buf *b, const struct doc_table *t, size_t row)
{
	buf_text(b, "<tr>");
	for (size_t c = 0; c < t->n_columns; c++) {
		const struct doc_cell *x = &t->cell[row * t->n_columns + c];
		if (c == 0) {
			buf_printf(b, "<th scope=\"row\"%s", t->column[c].numeric ? "" : " class=\"t\"");
			put_sort_value(b, x);
			buf_text(b, ">");
			put_content(b, x);
			buf_text(b, "</th>");
			continue;
		}
		buf_text(b, "<td");
		put_look(b, x, t->column[c].numeric);
		put_sort_value(b, x);
		buf_text(b, ">");
		put_content(b, x);
		buf_text(b, "</td>");
	}
	buf_text(b, "</tr>\n");
}

static void put_table(struct buf *b, const struct doc_table *t)
{
	bool folded = t->use & DOC_DETAILS;
	if (folded)
		put_tagged(b, "<details><summary>", t->caption, "</summary>\n");
	buf_printf(b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"cap-%s\">\n<table>"
		      "<caption id=\"cap-%s\">", t->id, t->id);
	put_tagged(b, "", t->caption, "</caption>\n<thead><tr>");
	for (size_t c = 0; c < t->n_columns; c++)
		put_tagged(b, t->column[c].numeric ? "<th scope=\"col\">" : "<th scope=\"col\" class=\"t\">",
			   t->column[c].title, "</th>");
	buf_text(b, "</tr></thead>\n<tbody>\n");
	for (size_t r = 0; r < t->n_rows; r++) {
		if (t->n_foot && r == t->n_rows - t->n_foot)
			buf_text(b, "</tbody>\n<tfoot>\n");
		put_row(b, t, r);
	}
	buf_printf(b, "</t%s>\n</table></div>\n%s", t->n_foot ? "foot" : "body",
		   folded ? "</details>\n" : "");
}

static void put_keys(struct buf *b, const struct doc_block *k)
{
	buf_text(b, "<ul class=\"keys\">\n");
	for (size_t i = 0; i < k->n; i++) {
		put_tagged(b, "<li><span>", k->pair[i].label, "</span>");
		put_tagged(b, " <strong>", k->pair[i].value, "</strong>");
		if (k->pair[i].note)
			put_tagged(b, " <small>", k->pair[i].note, "</small>");
		buf_text(b, "</li>\n");
	}
	buf_text(b, "</ul>\n");
}

/* Colours of the style sheet. */
#define COLOURS 8

static void put_card(struct buf *b, const struct doc_card *c)
{
	buf_printf(b, "<article class=\"card c%d\">", c->number % COLOURS);
	put_tagged(b, "<h3><bdi>", c->title, "</bdi></h3>\n<ul class=\"facts\">");
	for (size_t i = 0; i < c->n_facts; i++) {
		put_tagged(b, "<li><span>", c->fact[i].label, "</span>");
		put_tagged(b, " <strong>", c->fact[i].value, "</strong>");
		if (c->fact[i].note)
			put_tagged(b, " <small>", c->fact[i].note, "</small>");
		buf_text(b, "</li>");
	}
	buf_text(b, "</ul>\n");
	if (c->n_lines)
		buf_text(b, "<ul class=\"lines\">");
	for (size_t i = 0; i < c->n_lines; i++)
		put_tagged(b, "<li>", c->line[i], "</li>");
	buf_printf(b, "%s</article>\n", c->n_lines ? "</ul>" : "");
}

static void put_figure(struct buf *b, const struct chart *c)
{
	put_tagged(b, c->kind == CHART_SCATTER ? "<figure class=\"wide\"><figcaption>" : "<figure><figcaption>",
		   c->title, "</figcaption>\n");
	svg_chart(b, c, false);
	buf_text(b, "</figure>\n");
}

static void put_block(struct buf *b, const struct doc_block *k)
{
	switch (k->kind) {
	case DOC_PARA:
		put_tagged(b, "<p>", k->text, "</p>\n");
		break;
	case DOC_NOTE:
		put_tagged(b, "<p class=\"note\">", k->text, "</p>\n");
		break;
	case DOC_KEYS:
		put_keys(b, k);
		break;
	case DOC_CARDS:
		buf_text(b, "<div class=\"cards\">\n");
		for (size_t i = 0; i < k->n; i++)
			put_card(b, &k->card[i]);
		buf_text(b, "</div>\n");
		break;
	case DOC_TABLE:
		if (!(k->table->use & DOC_RECORDS))
			put_table(b, k->table);
		break;
	case DOC_CHART:
		put_figure(b, k->chart);
		break;
	case DOC_LINES:
		buf_text(b, "<pre>");
		for (size_t i = 0; i < k->n; i++)
			put_tagged(b, i ? "\n" : "", k->line[i], "");
		buf_text(b, "</pre>\n");
		break;
	}
}

/* Neighbouring charts share a grid. */
static void put_section(struct buf *b, const struct doc_section *s)
{
	buf_printf(b, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", s->id, s->id);
	put_tagged(b, "", s->title, "</h2>\n");
	for (size_t i = 0; i < s->n_blocks; i++) {
		bool chart = s->block[i].kind == DOC_CHART;
		if (chart && (i == 0 || s->block[i - 1].kind != DOC_CHART))
			buf_text(b, "<div class=\"charts\">\n");
		put_block(b, &s->block[i]);
		if (chart && (i + 1 == s->n_blocks || s->block[i + 1].kind != DOC_CHART))
			buf_text(b, "</div>\n");
	}
	buf_text(b, "</section>\n");
}

static void put_head(struct buf *b, const struct doc *d)
{
	buf_text(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
		    "<meta name=\"generator\" content=\"seg-report " OPT_VERSION "\">\n");
	put_tagged(b, "<title>", d->title, "</title>\n<style>\n");
	for (const char *const *s = html_style; *s; s++)
		buf_text(b, *s);
	put_tagged(b, "</style>\n</head>\n<body>\n<header>\n<h1>", d->title, "</h1>\n");
	put_tagged(b, "<p class=\"sub\">", d->subtitle, "</p>\n");
	for (size_t i = 0; i < d->n_notes; i++)
		put_tagged(b, "<p class=\"note\">", d->note[i], "</p>\n");
	buf_text(b, "<nav aria-label=\"Sections\"><ul>\n");
	for (size_t s = 0; s < d->n_sections; s++) {
		buf_printf(b, "<li><a href=\"#%s\">", d->section[s].id);
		put_tagged(b, "", d->section[s].title, "</a></li>\n");
	}
	buf_text(b, "</ul></nav>\n</header>\n<main>\n");
}

void html_render(struct buf *b, const struct doc *d)
{
	put_head(b, d);
	for (size_t s = 0; s < d->n_sections; s++)
		put_section(b, &d->section[s]);
	buf_text(b, "</main>\n<footer><p>Made by seg-report " OPT_VERSION
		    ". This page is complete in itself: it asks nothing of any network.</p></footer>\n"
		    "<script>\n");
	for (const char *const *s = html_script; *s; s++)
		buf_text(b, *s);
	buf_text(b, "</script>\n</body>\n</html>\n");
}
