/* SPDX-License-Identifier: MIT */
#include "table/schema.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "stream/tsv.h"
#include "value/text.h"

enum field { NAME, SOURCE, TYPE, REQUIRED, MIN, MAX, LEVELS, FIELDS };
static const char *const field_names[FIELDS] = { "name", "source", "type", "required", "min", "max", "levels" };

struct layout {
	ptrdiff_t at[FIELDS]; /* -1: the file has no such column */
};

static void find_fields(struct layout *l, const struct tsv_in *in)
{
	for (int f = 0; f < FIELDS; f++)
		l->at[f] = tsv_column(in, field_names[f]);
	for (size_t i = 0; i < in->n_columns; i++) {
		int f = 0;
		while (f < FIELDS && l->at[f] != (ptrdiff_t)i)
			f++;
		if (f == FIELDS)
			msg_die(MSG_FAILED, "%s:1: column %s: not one of name, source, type, required, min, max, levels",
				in->file, in->text[i]);
	}
	if (l->at[NAME] < 0)
		msg_die(MSG_FAILED, "%s:1: no column name", in->file);
}

/* The unescaped text of a field, or NULL when it is missing; to be freed. */
static char *text_of(const struct tsv_in *in, const struct layout *l, enum field f)
{
	if (l->at[f] < 0 || in->field[l->at[f]].n == 0)
		return NULL;
	struct span raw = in->field[l->at[f]];
	char *text = mem_copy(raw.s, raw.n);
	text[text_unescape(text, raw.s, raw.n)] = '\0';
	return text;
}

static void check_type(const struct tsv_in *in, const struct layout *l, const char *type)
{
	static const char *const types[] = { "text", "id", "int", "number", "money", "date", "category" };
	for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
		if (strcmp(type, types[i]) == 0)
			return;
	if (type)
		tsv_die(in, l->at[TYPE], "not text, id, int, number, money, date or category: \"%s\"", type);
}

static bool yes_or_no(const struct tsv_in *in, const struct layout *l)
{
	static const char *const words[] = { "no", "false", "0", "yes", "true", "1" };
	char *text = text_of(in, l, REQUIRED);
	int i = 0;
	while (text && i < 6 && !text_same_word(span_of(text), words[i]))
		i++;
	if (i == 6)
		tsv_die(in, l->at[REQUIRED], "neither yes nor no: \"%s\"", text);
	free(text);
	return i >= 3;
}

void schema_read(struct schema *s, const char *path)
{
	char *name = mem_copy(path, strlen(path));
	struct tsv_in *in = tsv_open(&name, 1, &(struct tsv_open){ .expect_rows = -1 });
	struct layout l;
	*s = (struct schema){ .n = 0 };
	find_fields(&l, in);
	while (tsv_next(in)) {
		struct schema_column c = { .line = in->line };
		c.name = text_of(in, &l, NAME);
		if (!c.name)
			tsv_die(in, l.at[NAME], "missing");
		c.source = text_of(in, &l, SOURCE);
		c.type = text_of(in, &l, TYPE);
		c.min = text_of(in, &l, MIN);
		c.max = text_of(in, &l, MAX);
		c.required = yes_or_no(in, &l);
		check_type(in, &l, c.type);
		/* a backslash before a comma is one of the list's, not one of the stream's */
		if (l.at[LEVELS] >= 0 && in->field[l.at[LEVELS]].n > 0) {
			char *levels = text_of(in, &l, LEVELS);
			opt_split(&c.levels, levels);
			free(levels);
		}
		s->column = mem_grow(s->column, s->n, &s->capacity, sizeof *s->column);
		s->column[s->n++] = c;
	}
	if (s->n == 0)
		msg_die(MSG_FAILED, "%s: no columns", path);
	tsv_close(in);
	free(name);
}

void schema_items(const struct schema *s, struct opt_list *items)
{
	items->item = mem_resize(items->item, items->n + s->n, sizeof *items->item);
	for (size_t i = 0; i < s->n; i++) {
		const struct schema_column *c = &s->column[i];
		items->item[items->n++] = mem_printf("%s%s%s%s%s", c->name, c->source ? "=" : "",
						     c->source ? c->source : "", c->type ? ":" : "",
						     c->type ? c->type : "");
	}
}

void schema_free(struct schema *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct schema_column *c = &s->column[i];
		free(c->name);
		free(c->source);
		free(c->type);
		free(c->min);
		free(c->max);
	}
	free(s->column);
	*s = (struct schema){ .n = 0 };
}
