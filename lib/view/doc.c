/* SPDX-License-Identifier: MIT */
#include "view/doc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/text.h"

void *doc_alloc(struct doc *d, size_t n, size_t size)
{
	size_t bytes = 0;
	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = SIZE_MAX / 2; /* fails cleanly */
	return memset(mem_arena_alloc(&d->arena, bytes), 0, bytes);
}

char *doc_printf(struct doc *d, const char *format, ...)
{
	va_list ap, again;
	va_start(ap, format);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	char *s = mem_arena_alloc(&d->arena, (size_t)(n > 0 ? n : 0) + 1);
	s[0] = '\0';
	if (n > 0)
		vsnprintf(s, (size_t)n + 1, format, again);
	va_end(again);
	return s;
}

/* Control characters of two bytes (U+0080..9F) and marks of writing direction. */
static size_t hidden_sequence(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	if (n >= 2 && u[0] == 0xc2 && u[1] < 0xa0)
		return 2;
	if (n >= 3 && u[0] == 0xe2 && u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae)
		return 3;
	if (n >= 3 && u[0] == 0xe2 && u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9)
		return 3;
	return 0;
}

static size_t put_clean(char *to, const char *s, size_t n)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t m = 0, valid = text_utf8_prefix(s, n);
	for (size_t i = 0; i < n;) {
		unsigned char c = (unsigned char)s[i];
		size_t hidden = i < valid ? hidden_sequence(s + i, valid - i) : 1;
		if (c == '\t' || c == '\n' || c == '\r') {
			to[m++] = ' ';
			i++;
		} else if (hidden || c < 0x20 || c == 0x7f) {
			memcpy(to + m, replacement, 3);
			m += 3;
			i += hidden ? hidden : 1;
		} else {
			to[m++] = s[i++];
		}
		if (i > valid || (i == valid && i < n))
			valid = i + text_utf8_prefix(s + i, n - i);
	}
	return m;
}

const char *doc_clean(struct doc *d, struct span raw)
{
	if (raw.n == 0)
		return "(missing)";
	char *plain = mem_alloc(raw.n);
	size_t n = text_unescape(plain, raw.s, raw.n);
	char *clean = mem_array(n + 1, 3);
	size_t m = put_clean(clean, plain, n), blank = 0;
	while (blank < m && clean[blank] == ' ')
		blank++;
	const char *kept = blank == m ? "(blank)" : mem_arena_copy(&d->arena, clean, m);
	free(clean);
	free(plain);
	return kept;
}

struct doc_section *doc_add_section(struct doc *d, const char *id, const char *title)
{
	d->section = mem_grow(d->section, d->n_sections, &d->capacity, sizeof *d->section);
	struct doc_section *s = &d->section[d->n_sections++];
	*s = (struct doc_section){ .id = id, .title = title };
	return s;
}

struct doc_block *doc_add(struct doc *d, struct doc_section *s, enum doc_block_kind kind)
{
	(void)d;
	s->block = mem_grow(s->block, s->n_blocks, &s->capacity, sizeof *s->block);
	struct doc_block *b = &s->block[s->n_blocks++];
	*b = (struct doc_block){ .kind = kind };
	return b;
}

void doc_para(struct doc *d, struct doc_section *s, const char *text)
{
	doc_add(d, s, DOC_PARA)->text = text;
}

void doc_note(struct doc *d, struct doc_section *s, const char *text)
{
	doc_add(d, s, DOC_NOTE)->text = text;
}

struct doc_table *doc_table(struct doc *d, struct doc_section *s, const char *id,
			    const char *caption, unsigned use)
{
	struct doc_table *t = doc_alloc(d, 1, sizeof *t);
	t->id = id;
	t->caption = caption;
	t->use = use;
	doc_add(d, s, DOC_TABLE)->table = t;
	return t;
}

struct chart *doc_chart(struct doc *d, struct doc_section *s, enum chart_kind kind, const char *id,
			const char *title, size_t n, size_t n_series)
{
	struct chart *c = doc_alloc(d, 1, sizeof *c);
	*c = (struct chart){ .kind = kind, .id = id, .title = title, .desc = "", .x_title = "",
			     .y_title = "", .n = n, .n_series = n_series, .mark_x = NAN, .mark = "" };
	c->label = doc_alloc(d, n, sizeof *c->label);
	c->x = doc_alloc(d, n, sizeof *c->x);
	c->series = doc_alloc(d, n_series, sizeof *c->series);
	for (size_t i = 0; i < n_series; i++) {
		c->series[i].name = "";
		c->series[i].y = doc_alloc(d, n, sizeof(double));
	}
	doc_add(d, s, DOC_CHART)->chart = c;
	return c;
}

void doc_column(struct doc *d, struct doc_table *t, const char *name, const char *title,
		bool numeric)
{
	struct doc_column *wider = doc_alloc(d, t->n_columns + 1, sizeof *wider);
	if (t->n_columns)
		memcpy(wider, t->column, t->n_columns * sizeof *wider);
	wider[t->n_columns++] = (struct doc_column){ name, title, numeric };
	t->column = wider;
}

struct doc_cell *doc_row(struct doc *d, struct doc_table *t)
{
	(void)d;
	t->cell = mem_grow(t->cell, t->n_rows, &t->capacity, t->n_columns * sizeof *t->cell);
	struct doc_cell *row = t->cell + t->n_rows++ * t->n_columns;
	for (size_t c = 0; c < t->n_columns; c++)
		row[c] = (struct doc_cell){ .kind = DOC_NONE, .bar = NAN, .heat = NAN };
	return row;
}

struct doc_cell doc_cell_text(const char *clean)
{
	return (struct doc_cell){ .kind = DOC_TEXT, .text = clean, .bar = NAN, .heat = NAN };
}

struct doc_cell doc_cell_data(const char *clean, struct span raw)
{
	return (struct doc_cell){ .kind = DOC_TEXT, .text = clean, .raw = raw, .data = true,
				  .bar = NAN, .heat = NAN };
}

struct doc_cell doc_cell_int(int64_t v)
{
	return (struct doc_cell){ .kind = DOC_INT, .integer = v, .bar = NAN, .heat = NAN };
}

static struct doc_cell real_cell(enum doc_kind kind, double x)
{
	return (struct doc_cell){ .kind = isfinite(x) ? kind : DOC_NONE, .real = x, .digits = -1,
				  .bar = NAN, .heat = NAN };
}

struct doc_cell doc_cell_real(double x)
{
	return real_cell(DOC_REAL, x);
}

struct doc_cell doc_cell_money(dec_wide pico)
{
	return (struct doc_cell){ .kind = DOC_MONEY, .pico = pico, .digits = -1, .bar = NAN,
				  .heat = NAN };
}

struct doc_cell doc_cell_share(double x)
{
	return real_cell(DOC_SHARE, x);
}

struct doc_cell doc_cell_p(double p)
{
	return real_cell(DOC_P, p);
}

/*
 * By the magnitude below which a quarter of the column lies: two decimals, none
 * from 1000 on, three figures below 1.  So one giant does not take the decimals
 * from the rest, and one dwarf does not give them twelve.
 */
static int by_magnitude(const double *sorted, size_t n)
{
	double typical = sorted[n / 4];
	if (typical >= 1000)
		return 0;
	if (typical >= 1)
		return 2;
	if (typical == 0)
		return 2;
	int digits = 2 - (int)floor(log10(typical));
	return digits > 8 ? 8 : digits;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Decimals for the cells of columns from..to-1 together. */
static void finish_columns(struct doc_table *t, size_t from, size_t to)
{
	double *size = mem_array(t->n_rows * (to - from) + 1, sizeof *size);
	size_t n = 0;
	bool whole = true, money = false;
	for (size_t i = 0; i < t->n_rows * (to - from); i++) {
		const struct doc_cell *c = &t->cell[i / (to - from) * t->n_columns + from + i % (to - from)];
		double x = c->kind == DOC_MONEY ? dec_to_double(c->pico) : c->real;
		if ((c->kind != DOC_REAL && c->kind != DOC_MONEY) || c->digits >= 0)
			continue;
		whole = whole && x == floor(x);
		money = money || c->kind == DOC_MONEY;
		if (x != 0)
			size[n++] = fabs(x);
	}
	qsort(size, n, sizeof *size, ascending);
	int digits = whole || n == 0 ? 0 : by_magnitude(size, n);
	if (money && digits > 0)
		digits = 2;
	for (size_t i = 0; i < t->n_rows * (to - from); i++) {
		struct doc_cell *c = &t->cell[i / (to - from) * t->n_columns + from + i % (to - from)];
		if (c->digits < 0)
			c->digits = c->kind == DOC_SHARE ? 1 : c->kind == DOC_P ? 4 : digits;
	}
	free(size);
}

static void finish_table(struct doc_table *t)
{
	if (t->use & DOC_ONE_UNIT)
		finish_columns(t, 0, t->n_columns);
	else
		for (size_t c = 0; c < t->n_columns; c++)
			finish_columns(t, c, c + 1);
}

void doc_finish(struct doc *d)
{
	for (size_t s = 0; s < d->n_sections; s++)
		for (size_t b = 0; b < d->section[s].n_blocks; b++) {
			struct doc_table *t = d->section[s].block[b].table;
			if (t && t->n_columns && !t->fill)
				finish_table(t);
			if (t && t->n_rows == 0) /* nothing for people to see */
				t->use |= DOC_RECORDS;
		}
}

struct doc_section *doc_find(struct doc *d, const char *id)
{
	for (size_t s = 0; s < d->n_sections; s++)
		if (strcmp(d->section[s].id, id) == 0)
			return &d->section[s];
	return NULL;
}

void doc_free(struct doc *d)
{
	for (size_t s = 0; s < d->n_sections; s++) {
		for (size_t b = 0; b < d->section[s].n_blocks; b++)
			if (d->section[s].block[b].table)
				free(d->section[s].block[b].table->cell);
		free(d->section[s].block);
	}
	free(d->section);
	mem_arena_free(&d->arena);
	*d = (struct doc){ 0 };
}
