/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "tests/unit/tap.h"
#include "view/buf.h"
#include "view/doc.h"
#include "view/format.h"
#include "view/html.h"
#include "view/markdown.h"
#include "view/svg.h"
#include "view/terminal.h"

#define PICO ((dec_wide)1000000 * 1000000)

static char to[FORMAT_MAX];

static void is(const char *got, const char *want)
{
	tap_ok(strcmp(got, want) == 0, "\"%s\" is \"%s\"", got, want);
}

static void numbers(void)
{
	is(format_int(to, 0), "0");
	is(format_int(to, -1234567), "-1,234,567");
	is(format_int(to, 999), "999");
	is(format_real(to, 1234.5, 2), "1,234.50");
	is(format_real(to, -0.001, 2), "-0.001");
	is(format_real(to, 1.234e-9, 8), "1.23e-09");
	is(format_real(to, 0.3, 0), "0.3");
	is(format_real(to, 1e-17, 2), "0.00");
	is(format_real(to, 1e20, 2), "1e+20");
	is(format_real(to, NAN, 2), "\xe2\x80\x93");
	is(format_money(to, 8911407904 * (PICO / 1000), 2), "8,911,407.90");
	is(format_money(to, 125 * (PICO / 1000), 2), "0.12");
	is(format_money(to, 135 * (PICO / 1000), 2), "0.14");
	is(format_money(to, -125 * (PICO / 1000) - 1, 2), "-0.13");
	is(format_money(to, -1 * (PICO / 1000), 2), "-0.001");
	is(format_money(to, PICO / 100, 0), "0.01");
	is(format_money(to, 25, 2), "2.5e-11");
	is(format_money(to, 2 * PICO + PICO / 2, 0), "2");
	is(format_share(to, 0.1234, 1), "12.3%");
	is(format_share(to, 0.0001, 1), "<0.1%");
	is(format_share(to, 0.99999, 1), ">99.9%");
	is(format_share(to, 1 - 1e-12, 1), "100.0%");
	is(format_share(to, 0, 1), "0.0%");
	is(format_p(to, 1e-5), "<0.0001");
	is(format_p(to, 0.23786), "0.2379");
}

static void text(void)
{
	struct doc d = { 0 };
	is(doc_clean(&d, span_of("plain")), "plain");
	is(doc_clean(&d, span_of("")), "(missing)");
	is(doc_clean(&d, span_of("a\\tb\\\\c")), "a b\\c");
	is(doc_clean(&d, span_of("\x1b[31mred")), "\xef\xbf\xbd[31mred");
	is(doc_clean(&d, span_of("caf\xc3\xa9 \xff!")), "caf\xc3\xa9 \xef\xbf\xbd!");
	is(doc_clean(&d, span_of("\xe2\x80\xae" "abc")), "\xef\xbf\xbd" "abc");
	is(doc_clean(&d, span_of("\xe2\x82")), "\xef\xbf\xbd\xef\xbf\xbd");
	is(format_title(&d, "recency_days"), "Recency (days)");
	is(format_title(&d, "monetary"), "Revenue");
	is(format_title(&d, "n_lines"), "Lines");
	is(format_title(&d, "A"), "A");
	is(format_title(&d, "a"), "a");
	is(format_title(&d, "MntWines_2020"), "MntWines_2020");
	is(format_title(&d, "frequency_scaled"), "Frequency (scaled)");
	tap_ok(format_width("caf\xc3\xa9") == 4 && format_width("\xe6\xbc\xa2") == 2, "width of UTF-8 text");
	tap_ok(format_prefix("\xe6\xbc\xa2\xe5\xad\x97", 3) == 3, "a prefix does not split a wide letter");
	doc_free(&d);
}

/* A document whose every text from the data is hostile. */
static void hostile(struct doc *d, const char *bad)
{
	struct doc_section *s = doc_add_section(d, "s", "Section");
	d->title = bad;
	d->subtitle = bad;
	doc_para(d, s, bad);
	struct doc_table *t = doc_table(d, s, "t", bad, 0);
	doc_column(d, t, "a", bad, false);
	doc_column(d, t, "b", bad, false);
	struct doc_cell *row = doc_row(d, t);
	row[0] = doc_cell_data(bad, span_of(bad));
	row[1] = doc_cell_data(bad, span_of(bad));
	struct chart *c = doc_chart(d, s, CHART_BARS, "c", bad, 1, 2);
	c->label[0] = c->desc = c->series[0].name = c->series[1].name = bad;
	c = doc_chart(d, s, CHART_RANGE, "r", bad, 1, 3);
	c->label[0] = c->desc = bad;
	c = doc_chart(d, s, CHART_LINE, "l", bad, 2, 1);
	c->desc = c->x_title = c->y_title = c->mark = bad;
	c->x[1] = c->mark_x = 1;
	struct doc_block *b = doc_add(d, s, DOC_CARDS);
	b->card = doc_alloc(d, 1, sizeof *b->card);
	b->n = 1;
	b->card->title = bad;
	b = doc_add(d, s, DOC_LINES);
	b->line = doc_alloc(d, 1, sizeof *b->line);
	b->line[0] = bad;
	b->n = 1;
	doc_finish(d);
}

static size_t count(const struct buf *b, const char *what)
{
	size_t n = 0;
	for (const char *s = b->s; (s = memmem(s, b->n - (size_t)(s - b->s), what, strlen(what))); s++)
		n++;
	return n;
}

static void escapes(void)
{
	static const char bad[] = "</title><script>alert(\"1\")</script><img src=x onerror='a'>&amp;";
	struct doc d = { 0 };
	struct buf b = { 0 };
	hostile(&d, bad);
	html_render(&b, &d);
	tap_ok(count(&b, "<script>") == 1, "one script in the page, our own");
	tap_ok(count(&b, "<img") == 0 && count(&b, "onerror='") == 0, "no element, no attribute from the data");
	tap_ok(count(&b, "&lt;script&gt;alert(&quot;1&quot;)") > 8, "the data is shown as text");
	tap_ok(count(&b, "http") == 1 && count(&b, "http-equiv") == 1, "no address in the page");
	buf_free(&b);
	markdown_render(&b, &d);
	tap_ok(count(&b, "<") == 4, "Markdown: no tag but the four in the fence");
	buf_free(&b);
	doc_free(&d);

	static const char marks[] = "a|b *c* _d_ `e` [f](http://g) www.h.i j@k ``` l";
	hostile(&d, marks);
	markdown_render(&b, &d);
	tap_ok(count(&b, "| a\\|b \\*c\\* \\_d\\_ \\`e\\` \\[f\\](http&#58;//g) www&#46;h.i j&#64;k "
			 "\\`\\`\\` l |") == 4, "Markdown: no markup from the data");
	tap_ok(count(&b, "````text\n") == 1, "Markdown: a fence longer than the text's");
	buf_free(&b);
	doc_free(&d);
}

static void lines(void)
{
	struct doc d = { .title = "T", .subtitle = "" };
	struct buf b = { 0 };
	struct doc_section *s = doc_add_section(&d, "s", "S");
	struct doc_table *t = doc_table(&d, s, "t", "C", DOC_PEOPLE);
	doc_column(&d, t, "", "name", false);
	for (int i = 0; i < 12; i++)
		doc_column(&d, t, "", "figure", true);
	struct doc_cell *row = doc_row(&d, t);
	row[0] = doc_cell_text("a name that is far too long for any column of a terminal");
	for (int i = 1; i <= 12; i++)
		row[i] = doc_cell_int(1234567);
	row[3].bar = 0.5;
	doc_finish(&d);
	terminal_render(&b, &d, 60);
	buf_char(&b, 0);
	size_t widest = 0;
	for (char *line = strtok(b.s, "\n"); line; line = strtok(NULL, "\n"))
		widest = format_width(line) > widest ? format_width(line) : widest;
	tap_ok(widest <= 60 && widest > 50, "no line wider than asked for: %zu", widest);
	buf_free(&b);
	doc_free(&d);
}

/* Figures that are hard to draw leave no "nan" or "inf" in a chart. */
static void charts(void)
{
	static const double hard[][3] = { { 0, 0, 0 }, { NAN, NAN, NAN }, { 5, 5, 5 }, { -3, 0, 1e300 },
					  { 1e-300, 1, 2 }, { -1e300, 0, 1e300 } };
	for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
		for (int kind = CHART_BARS; kind <= CHART_RANGE; kind++) {
			struct doc d = { 0 };
			struct buf b = { 0 };
			struct chart *c = doc_chart(&d, doc_add_section(&d, "s", "S"), (enum chart_kind)kind,
						    "c", "", 3, 3);
			for (int j = 0; j < 9; j++)
				c->series[j / 3].y[j % 3] = hard[i][j / 3];
			for (int j = 0; j < 3; j++) {
				c->label[j] = "";
				c->x[j] = hard[i][j];
			}
			svg_chart(&b, c, true);
			tap_ok(count(&b, "nan") == 0 && count(&b, "\"inf") == 0 && count(&b, "-inf") == 0,
			       "chart %d of hard figures %zu", kind, i);
			buf_free(&b);
			doc_free(&d);
		}
}

int main(void)
{
	numbers();
	text();
	escapes();
	lines();
	charts();
	return tap_done();
}
