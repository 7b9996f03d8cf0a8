/* SPDX-License-Identifier: MIT */
#include "view/markdown.h"

#include <ctype.h>
#include <string.h>

#include "view/format.h"

/*
 * Backslashes before whatever CommonMark or its tables could take for markup,
 * entities for what HTML could, and for the three signs that GitHub's
 * automatic links hang on: "://", "www." and "@".
 */
static void put_escaped(struct buf *b, const char *s)
{
	const char *start = s;
	for (; *s; s++) {
		bool line_start = s == start;
		if (*s == '<')
			buf_text(b, "&lt;");
		else if (*s == '>')
			buf_text(b, "&gt;");
		else if (*s == '&')
			buf_text(b, "&amp;");
		else if (*s == '@')
			buf_text(b, "&#64;");
		else if (*s == ':' && s[1] == '/')
			buf_text(b, "&#58;");
		else if (*s == '.' && s - start >= 3 && strncasecmp(s - 3, "www", 3) == 0)
			buf_text(b, "&#46;");
		else if (strchr("\\`*_[]|~$", *s) || (line_start && strchr("#+-=", *s)))
			buf_printf(b, "\\%c", *s);
		else if ((*s == '.' || *s == ')') && s > start && isdigit((unsigned char)s[-1]) &&
			 strspn(start, "0123456789") == (size_t)(s - start) && (s[1] == ' ' || !s[1]))
			buf_printf(b, "\\%c", *s);
		else
			buf_char(b, *s);
	}
}

static void put_line(struct buf *b, const char *before, const char *text, const char *after)
{
	buf_text(b, before);
	put_escaped(b, text);
	buf_text(b, after);
}

static void put_row(struct buf *b, const struct doc_table *t, size_t row)
{
	static const char *const bold[] = { "", "**" };
	bool foot = row >= t->n_rows - t->n_foot;
	char number[FORMAT_MAX];
	buf_text(b, "|");
	for (size_t c = 0; c < t->n_columns; c++) {
		const char *text = format_any(number, &t->cell[row * t->n_columns + c]);
		buf_printf(b, " %s", bold[foot && *text]);
		put_escaped(b, text);
		buf_printf(b, "%s |", bold[foot && *text]);
	}
	buf_text(b, "\n");
}

static void put_table(struct buf *b, const struct doc_table *t)
{
	put_line(b, "**", t->caption, "**\n\n|");
	for (size_t c = 0; c < t->n_columns; c++)
		put_line(b, " ", t->column[c].title, " |");
	buf_text(b, "\n|");
	for (size_t c = 0; c < t->n_columns; c++)
		buf_text(b, t->column[c].numeric ? " ---: |" : " :--- |");
	buf_text(b, "\n");
	for (size_t r = 0; r < t->n_rows; r++)
		put_row(b, t, r);
	buf_text(b, "\n");
}

static void put_keys(struct buf *b, const struct doc_block *k)
{
	for (size_t i = 0; i < k->n; i++) {
		put_line(b, "- ", k->pair[i].label, ": **");
		put_line(b, "", k->pair[i].value, "**");
		if (k->pair[i].note)
			put_line(b, " (", k->pair[i].note, ")");
		buf_text(b, "\n");
	}
	buf_text(b, "\n");
}

static void put_cards(struct buf *b, const struct doc_block *k)
{
	size_t n_lines = 0;
	for (size_t i = 0; i < k->n; i++) {
		n_lines += k->card[i].n_lines;
		if (k->card[i].n_lines == 0)
			continue;
		put_line(b, "- **", k->card[i].title, "**:");
		for (size_t j = 0; j < k->card[i].n_lines; j++)
			put_line(b, " ", k->card[i].line[j], "");
		buf_text(b, "\n");
	}
	buf_text(b, n_lines ? "\n" : "");
}

/* A fence longer than any run of backquotes inside. */
static void put_lines(struct buf *b, const struct doc_block *k)
{
	size_t fence = 3;
	for (size_t i = 0; i < k->n; i++)
		for (const char *s = k->line[i]; (s = strchr(s, '`')); s += strspn(s, "`"))
			fence = strspn(s, "`") >= fence ? strspn(s, "`") + 1 : fence;
	buf_fill(b, '`', fence);
	buf_text(b, "text\n");
	for (size_t i = 0; i < k->n; i++)
		buf_printf(b, "%s\n", k->line[i]);
	buf_fill(b, '`', fence);
	buf_text(b, "\n\n");
}

/* Letters, digits, blanks and a few signs: all that a Mermaid label holds
 * without a meaning of its own. */
static void put_label(struct buf *b, const char *s)
{
	for (; *s; s++)
		buf_char(b, isalnum((unsigned char)*s) || (unsigned char)*s >= 128 || strchr("-.+()/'", *s) ? *s : ' ');
}

/* Mermaid's Gantt chart; day 1 is the first of 2001, of which only the number
 * of the day is shown. */
static void put_gantt(struct buf *b, const struct chart *c)
{
	buf_text(b, "```mermaid\ngantt\n    title ");
	put_label(b, c->title);
	buf_text(b, "\n    dateFormat X\n    axisFormat %j\n");
	for (size_t i = 0; i < c->n; i++) {
		if (i == 0 || strcmp(c->group[i], c->group[i - 1]) != 0) {
			buf_text(b, "    section ");
			put_label(b, c->group[i]);
			buf_text(b, "\n");
		}
		buf_text(b, "    ");
		put_label(b, c->label[i]);
		/* seconds since 1970, at noon: the same day in every zone */
		buf_printf(b, " :%.0f, %.0f\n", 978350400 + 86400 * c->series[0].y[i],
			   978350400 + 86400 * c->series[1].y[i]);
	}
	buf_text(b, "```\n\n");
}

static void put_block(struct buf *b, const struct doc_block *k)
{
	switch (k->kind) {
	case DOC_PARA:
		put_line(b, "", k->text, "\n\n");
		break;
	case DOC_NOTE:
		put_line(b, "> ", k->text, "\n\n");
		break;
	case DOC_KEYS:
		put_keys(b, k);
		break;
	case DOC_CARDS:
		put_cards(b, k);
		break;
	case DOC_TABLE:
		if (!(k->table->use & DOC_RECORDS))
			put_table(b, k->table);
		break;
	case DOC_LINES:
		put_lines(b, k);
		break;
	case DOC_CHART:
		if (k->chart->kind == CHART_GANTT)
			put_gantt(b, k->chart);
		break;
	}
}

void markdown_render(struct buf *b, const struct doc *d)
{
	put_line(b, "# ", d->title, "\n\n");
	put_line(b, "", d->subtitle, "\n\n");
	for (size_t i = 0; i < d->n_notes; i++)
		put_line(b, "> ", d->note[i], "\n\n");
	for (size_t s = 0; s < d->n_sections; s++) {
		put_line(b, "## ", d->section[s].title, "\n\n");
		for (size_t i = 0; i < d->section[s].n_blocks; i++)
			put_block(b, &d->section[s].block[i]);
	}
	while (b->n > 1 && b->s[b->n - 1] == '\n' && b->s[b->n - 2] == '\n')
		b->n--;
}
