/* SPDX-License-Identifier: MIT */
#include "table/param.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "table/dict.h"
#include "value/num.h"
#include "value/text.h"

#define VERSION 1

static const char *const column_name[] = { "kind", "name", "key", "value" };

static const char *keep(struct param_list *p, const char *s, size_t n)
{
	return mem_arena_copy(&p->text, s, n);
}

static struct param *new_row(struct param_list *p)
{
	p->row = mem_grow(p->row, p->n, &p->capacity, sizeof *p->row);
	return &p->row[p->n++];
}

void param_add(struct param_list *p, const char *kind, const char *name, const char *key,
	       const char *value)
{
	struct param *r = new_row(p);

	r->kind = keep(p, kind, strlen(kind));
	r->name = keep(p, name, strlen(name));
	r->key = keep(p, key, strlen(key));
	r->value = keep(p, value, strlen(value));
}

void param_add_real(struct param_list *p, const char *kind, const char *name, const char *key,
		    double value)
{
	char text[NUM_MAX + 1];

	text[num_print(text, value)] = '\0';
	param_add(p, kind, name, key, text);
}

void param_add_int(struct param_list *p, const char *kind, const char *name, const char *key,
		   int64_t value)
{
	char text[NUM_MAX + 1];

	text[num_print_int(text, value)] = '\0';
	param_add(p, kind, name, key, text);
}

const char *param_get(const struct param_list *p, const char *kind, const char *name,
		      const char *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->row[i].kind, kind) == 0 && strcmp(p->row[i].name, name) == 0 &&
		    strcmp(p->row[i].key, key) == 0)
			return p->row[i].value;
	return NULL;
}

static const char *need(const struct param_list *p, const char *kind, const char *name,
			const char *key)
{
	const char *value = param_get(p, kind, name, key);

	if (!value)
		msg_die(MSG_FAILED, "%s: no row %s %s %s", p->file ? p->file : "parameters", kind,
			name, key);
	return value;
}

static _Noreturn void die_value(const struct param_list *p, const char *kind, const char *name,
				const char *key, const char *value)
{
	char quoted[MSG_QUOTE_MAX];

	msg_die(MSG_FAILED, "%s: row %s %s %s: not a number: %s",
		p->file ? p->file : "parameters", kind, name, key,
		msg_quote(quoted, value, strlen(value)));
}

double param_real(const struct param_list *p, const char *kind, const char *name, const char *key)
{
	const char *value = need(p, kind, name, key);
	double x = NAN;

	if (*value && !num_parse(value, strlen(value), &x))
		die_value(p, kind, name, key, value);
	return x;
}

int64_t param_int(const struct param_list *p, const char *kind, const char *name, const char *key)
{
	const char *value = need(p, kind, name, key);
	int64_t v;

	if (!num_parse_int(value, strlen(value), &v))
		die_value(p, kind, name, key, value);
	return v;
}

static const char *plain(struct param_list *p, struct span raw)
{
	char *s = mem_arena_copy(&p->text, raw.s, raw.n);

	s[text_unescape(s, s, raw.n)] = '\0';
	return s;
}

static void check_first(const struct param_list *p, const char *program)
{
	const struct param *r = p->row;
	int64_t version = 0;

	if (p->n == 0 || strcmp(r->kind, "model") != 0 || strcmp(r->key, "version") != 0)
		msg_die(MSG_FAILED, "%s: not a parameter file: the first row is no model version",
			p->file);
	if (program && strcmp(r->name, program) != 0)
		msg_die(MSG_FAILED, "%s: made by %s, but one of %s is needed", p->file, r->name,
			program);
	if (!num_parse_int(r->value, strlen(r->value), &version) || version < 1 ||
	    version > VERSION)
		msg_die(MSG_FAILED, "%s: version %s is not known here; the newest is %d", p->file,
			r->value, VERSION);
}

/* Edited by hand, or two files one behind the other. */
static _Noreturn void die_twice(const struct tsv_in *in)
{
	const struct span *f = in->field;

	tsv_die(in, -1, "row %.*s %.*s %.*s comes twice", (int)f[0].n, f[0].s, (int)f[1].n, f[1].s,
		(int)f[2].n, f[2].s);
}

void param_read(struct param_list *p, const char *path, const char *program)
{
	struct tsv_open how = { .expect_rows = -1 };
	char *paths[] = { (char *)(uintptr_t)path };
	struct tsv_in *in = tsv_open(paths, 1, &how);
	struct dict places = { 0 }; /* kind, name and key of the rows so far */

	*p = (struct param_list){ 0 };
	p->file = keep(p, in->file, strlen(in->file));
	for (size_t i = 0; i < 4; i++)
		if (in->n_columns != 4 || !span_is(in->name[i], column_name[i]))
			msg_die(MSG_FAILED,
				"%s: not a parameter file: its columns are not kind, name, key, value",
				in->file);
	while (tsv_next(in)) {
		struct span place = { in->field[0].s, (size_t)(in->field[3].s - in->field[0].s) };
		struct param *r = new_row(p);
		bool is_new = true;

		if (in->field[2].n) /* without a key: one of a list */
			dict_add(&places, place, &is_new);
		if (!is_new)
			die_twice(in);

		r->kind = plain(p, in->field[0]);
		r->name = plain(p, in->field[1]);
		r->key = plain(p, in->field[2]);
		r->value = plain(p, in->field[3]);
	}
	dict_free(&places);
	tsv_close(in);
	check_first(p, program);
}

void param_write(const struct param_list *p, struct tsv_out *out)
{
	for (size_t i = 0; i < 4; i++)
		tsv_put_text(out, column_name[i]);
	tsv_end_row(out);
	for (size_t i = 0; i < p->n; i++) {
		tsv_put_text(out, p->row[i].kind);
		tsv_put_text(out, p->row[i].name);
		tsv_put_text(out, p->row[i].key);
		tsv_put_text(out, p->row[i].value);
		tsv_end_row(out);
	}
}

void param_free(struct param_list *p)
{
	free(p->row);
	mem_arena_free(&p->text);
	*p = (struct param_list){ 0 };
}
