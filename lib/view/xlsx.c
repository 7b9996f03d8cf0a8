/* SPDX-License-Identifier: MIT */
#include "view/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/scratch.h"
#include "value/text.h"
#include "view/format.h"

#define CREATED 946684800 /* 2000-01-01 */
#define TEXT_MAX 32767    /* what a cell can hold */
#define TINTS 4           /* to each side of none */
#define WIDE 9            /* columns that running text spans */
#define WIDEST 44         /* letters */
#define WIDE_LETTERS 110  /* about what WIDE columns hold */

/* How a cell looks; each look is one format of the workbook. */
struct look {
	enum doc_kind kind;
	int digits, tint;
	bool strong, head, wrap, right;
	lxw_format *format;
};

struct book {
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_row_t row; /* the next one */
	double *width; /* [n_width] letters of the sheet's columns */
	size_t n_width;
	struct look *look;
	size_t n_looks, capacity;
};

static void check(lxw_error error)
{
	if (error != LXW_NO_ERROR)
		msg_die(MSG_FAILED, "the workbook: %s", lxw_strerror(error));
}

static void set_numbers(lxw_format *f, enum doc_kind kind, int digits)
{
	char form[40] = "#,##0";
	if (kind == DOC_SHARE)
		snprintf(form, sizeof form, digits > 0 ? "0.%0*d%%" : "0%%", digits < 0 ? 1 : digits, 0);
	else if (kind == DOC_P)
		snprintf(form, sizeof form, "0.0000");
	else if ((kind == DOC_REAL || kind == DOC_MONEY) && digits > 0)
		snprintf(form, sizeof form, "#,##0.%0*d", digits, 0);
	if (kind != DOC_TEXT && kind != DOC_NONE)
		format_set_num_format(f, form);
}

static lxw_format *format_of(struct book *b, struct look look)
{
	static const lxw_color_t hot[TINTS] = { 0xFBEDE4, 0xF5D3BC, 0xEFB994, 0xE99F6C };
	static const lxw_color_t cold[TINTS] = { 0xE6EFF9, 0xC4DAF1, 0xA1C5E9, 0x7FB0E1 };
	for (size_t i = 0; i < b->n_looks; i++) {
		const struct look *l = &b->look[i];
		if (l->kind == look.kind && l->digits == look.digits && l->tint == look.tint &&
		    l->strong == look.strong && l->head == look.head && l->wrap == look.wrap &&
		    l->right == look.right)
			return l->format;
	}
	look.format = workbook_add_format(b->workbook);
	set_numbers(look.format, look.kind, look.digits);
	if (look.tint)
		format_set_bg_color(look.format, look.tint > 0 ? hot[look.tint - 1] : cold[-look.tint - 1]);
	if (look.strong)
		format_set_bold(look.format);
	if (look.right)
		format_set_align(look.format, LXW_ALIGN_RIGHT);
	if (look.head)
		format_set_bottom(look.format, LXW_BORDER_THIN);
	if (look.wrap) {
		format_set_text_wrap(look.format);
		format_set_align(look.format, LXW_ALIGN_VERTICAL_TOP);
	}
	b->look = mem_grow(b->look, b->n_looks, &b->capacity, sizeof *b->look);
	b->look[b->n_looks++] = look;
	return look.format;
}

/* A text as it is, whatever it begins with; what no cell can hold is cut. */
static void put_text(struct book *b, lxw_col_t column, const char *text, lxw_format *format)
{
	size_t n = strlen(text);
	if (n == 0)
		return;
	char *cut = mem_copy(text, n > TEXT_MAX ? text_utf8_prefix(text, TEXT_MAX) : n);
	check(worksheet_write_string(b->sheet, b->row, column, cut, format));
	free(cut);
}

static void widen(struct book *b, size_t column, const char *text, bool head)
{
	double width = fmin(WIDEST, (double)format_width(text) + 3);
	if (head) /* headings are wrapped between words */
		width = fmin(width, 16);
	if (column < b->n_width)
		b->width[column] = fmax(b->width[column], width);
}

/* Running text over several columns, as high as it needs to be. */
static void put_para(struct book *b, const char *text, bool strong)
{
	lxw_format *format = format_of(b, (struct look){ .kind = DOC_TEXT, .wrap = true, .strong = strong });
	double lines = ceil((double)(format_width(text) + 1) / WIDE_LETTERS);
	size_t n = strlen(text);
	char *cut = mem_copy(text, n > TEXT_MAX ? text_utf8_prefix(text, TEXT_MAX) : n);
	check(worksheet_merge_range(b->sheet, b->row, 0, b->row, WIDE - 1, cut, format));
	check(worksheet_set_row(b->sheet, b->row++, 15 * fmin(lines, 20), NULL));
	free(cut);
}

static void put_number(struct book *b, lxw_col_t column, const struct doc_cell *c, lxw_format *format)
{
	double x = c->kind == DOC_INT ? (double)c->integer
		   : c->kind == DOC_MONEY ? dec_to_double(c->pico) : c->real;
	check(worksheet_write_number(b->sheet, b->row, column, x, format));
}

static void put_table(struct book *b, const struct doc_table *t)
{
	char number[FORMAT_MAX];
	struct look head = { .kind = DOC_TEXT, .strong = true, .head = true, .wrap = true };
	if (*t->caption)
		put_para(b, t->caption, true);
	for (size_t c = 0; c < t->n_columns; c++) {
		head.right = t->column[c].numeric;
		put_text(b, (lxw_col_t)c, t->column[c].title, format_of(b, head));
		widen(b, c, t->column[c].title, true);
	}
	b->row++;
	for (size_t r = 0; r < t->n_rows; r++, b->row++)
		for (size_t c = 0; c < t->n_columns; c++) {
			const struct doc_cell *x = &t->cell[r * t->n_columns + c];
			struct look look = { .kind = x->kind, .digits = x->digits,
					     .strong = r >= t->n_rows - t->n_foot };
			if (isfinite(x->heat))
				look.tint = (int)round(fmax(-1, fmin(1, x->heat)) * TINTS);
			widen(b, c, format_any(number, x), false);
			if (x->kind == DOC_TEXT)
				put_text(b, (lxw_col_t)c, x->text, format_of(b, look));
			else if (x->kind != DOC_NONE)
				put_number(b, (lxw_col_t)c, x, format_of(b, look));
		}
	b->row++;
}

static void put_pairs(struct book *b, const struct doc_pair *pair, size_t n)
{
	for (size_t i = 0; i < n; i++, b->row++) {
		put_text(b, 0, pair[i].label, NULL);
		put_text(b, 1, pair[i].value, NULL);
		put_text(b, 2, pair[i].note ? pair[i].note : "", NULL);
		widen(b, 0, pair[i].label, false);
		widen(b, 1, pair[i].value, false);
	}
}

static void put_block(struct book *b, const struct doc_block *k)
{
	switch (k->kind) {
	case DOC_PARA:
	case DOC_NOTE:
		put_para(b, k->text, false);
		break;
	case DOC_KEYS:
		put_pairs(b, k->pair, k->n);
		b->row++;
		break;
	case DOC_CARDS:
		for (size_t i = 0; i < k->n; i++) {
			put_para(b, k->card[i].title, true);
			put_pairs(b, k->card[i].fact, k->card[i].n_facts);
			for (size_t j = 0; j < k->card[i].n_lines; j++)
				put_para(b, k->card[i].line[j], false);
			b->row++;
		}
		break;
	case DOC_TABLE:
		if (!(k->table->use & DOC_RECORDS) && k->table->n_columns)
			put_table(b, k->table);
		break;
	case DOC_LINES:
		for (size_t i = 0; i < k->n; i++)
			put_para(b, k->line[i], false);
		break;
	case DOC_CHART: /* its figures stand in the tables */
		break;
	}
}

static size_t most_columns(const struct doc_section *s)
{
	size_t most = WIDE;
	for (size_t i = 0; i < s->n_blocks; i++)
		if (s->block[i].table && s->block[i].table->n_columns > most)
			most = s->block[i].table->n_columns;
	return most;
}

static void put_section(struct book *b, const struct doc *d, const struct doc_section *s)
{
	b->sheet = workbook_add_worksheet(b->workbook, s->id);
	if (!b->sheet)
		msg_die(MSG_FAILED, "out of memory");
	b->row = 0;
	b->n_width = most_columns(s);
	b->width = mem_array(b->n_width, sizeof *b->width);
	for (size_t c = 0; c < b->n_width; c++)
		b->width[c] = 12;
	if (s == d->section) {
		put_para(b, d->title, true);
		put_para(b, d->subtitle, false);
		for (size_t i = 0; i < d->n_notes; i++)
			put_para(b, d->note[i], false);
		b->row++;
	}
	put_para(b, s->title, true);
	for (size_t i = 0; i < s->n_blocks; i++)
		put_block(b, &s->block[i]);
	for (size_t c = 0; c < b->n_width; c++)
		check(worksheet_set_column(b->sheet, (lxw_col_t)c, (lxw_col_t)c, b->width[c], NULL));
	worksheet_set_landscape(b->sheet);
	worksheet_fit_to_pages(b->sheet, 1, 0);
	free(b->width);
}

/* The file that the library has written to the descriptor, whole. */
static void take_file(struct buf *b, int fd)
{
	struct stat st;
	if (fstat(fd, &st))
		scratch_die("read", "fstat");
	char *whole = mem_alloc((size_t)st.st_size + 1);
	scratch_read(fd, whole, (size_t)st.st_size, 0);
	buf_put(b, whole, (size_t)st.st_size);
	free(whole);
}

void xlsx_render(struct buf *b, const struct doc *d)
{
	char path[40], title[256];
	int fd = scratch_open(); /* the library wants a name: that of a file without one */
	lxw_workbook_options how = { .tmpdir = getenv("TMPDIR") };
	size_t n = strlen(d->title);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	snprintf(title, sizeof title, "%.*s", (int)(n > 200 ? text_utf8_prefix(d->title, 200) : n), d->title);
	struct book book = { .workbook = workbook_new_opt(path, &how) };
	if (!book.workbook)
		msg_die(MSG_FAILED, "out of memory");
	lxw_doc_properties properties = { .title = title, .created = CREATED };
	check(workbook_set_properties(book.workbook, &properties));
	for (size_t s = 0; s < d->n_sections; s++)
		put_section(&book, d, &d->section[s]);
	check(workbook_close(book.workbook));
	take_file(b, fd);
	close(fd);
	free(book.look);
}
