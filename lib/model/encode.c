/* SPDX-License-Identifier: MIT */
#include "model/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/param.h"
#include "value/num.h"

static const char *const kind_name[] = { "onehot", "ordinal" };

struct encode_column *encode_find(const struct encode *e, enum encode_kind kind, const char *name)
{
	for (size_t i = e->n; i-- > 0;)
		if (e->column[i].kind == kind && strcmp(e->column[i].name, name) == 0)
			return &e->column[i];
	return NULL;
}

struct encode_column *encode_add(struct encode *e, enum encode_kind kind, const char *name)
{
	struct encode_column *grown = realloc(e->column, (e->n + 1) * sizeof *grown);
	char *copy = grown ? strdup(name) : NULL;

	if (grown)
		e->column = grown;
	if (!copy)
		return NULL;
	grown[e->n] = (struct encode_column){ .name = copy, .kind = kind };
	return &grown[e->n++];
}

static int copy_span(struct span *to, struct span from)
{
	char *s = malloc(from.n + 1);

	if (!s)
		return -1;
	memcpy(s, from.s, from.n);
	s[from.n] = '\0';
	*to = (struct span){ s, from.n };
	return 0;
}

/* Room for one more level at powers of two. */
static int grow_levels(struct encode_column *c)
{
	struct span *grown;

	if ((c->n_levels & (c->n_levels - 1)) != 0)
		return 0;
	grown = realloc(c->level, (c->n_levels ? 2 * c->n_levels : 1) * sizeof *grown);
	if (!grown)
		return -1;
	c->level = grown;
	return 0;
}

static int append_level(struct encode_column *c, struct span level)
{
	if (grow_levels(c) != 0 || copy_span(&c->level[c->n_levels], level) != 0)
		return -1;
	c->n_levels++;
	return 0;
}

int encode_add_level(struct encode_column *c, struct span level)
{
	for (size_t i = 0; i < c->n_levels; i++)
		if (span_equal(c->level[i], level))
			return -1;
	return append_level(c, level);
}

/* The first of the sorted levels that is not below `value`. */
static size_t lower_bound(const struct encode_column *c, struct span value)
{
	size_t lo = 0, hi = c->n_levels;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (span_compare(c->level[mid], value) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_at(const struct encode_column *c, size_t at, struct span value)
{
	return at < c->n_levels && span_equal(c->level[at], value);
}

/* Puts a level in its place, with a count of 0. */
static int insert_level(struct encode_column *c, size_t at, struct span level, size_t *count)
{
	struct span *l;

	if (append_level(c, level) != 0)
		return -1;
	l = c->level;
	level = l[c->n_levels - 1];
	memmove(l + at + 1, l + at, (c->n_levels - 1 - at) * sizeof *l);
	memmove(count + at + 1, count + at, (c->n_levels - 1 - at) * sizeof *count);
	l[at] = level;
	count[at] = 0;
	return 0;
}

/* All levels are there, `mode` being the most frequent. */
static enum encode_status end_fit(struct encode_column *c, bool fill, size_t mode)
{
	if (c->n_levels == 0)
		return ENCODE_NO_VALUES;
	return fill && copy_span(&c->fill, c->level[mode]) != 0 ? ENCODE_NO_MEMORY : ENCODE_OK;
}

enum encode_status encode_fit(struct encode_column *c, const struct span *field, size_t n,
			      bool fill, size_t *n_missing)
{
	size_t count[ENCODE_LEVELS_MAX + 1], mode = 0;

	*n_missing = 0;
	for (size_t i = 0; i < n; i++) {
		size_t at = lower_bound(c, field[i]);
		if (field[i].n == 0) {
			++*n_missing;
			continue;
		}
		if (!is_at(c, at, field[i])) {
			if (c->n_levels == ENCODE_LEVELS_MAX)
				return ENCODE_TOO_MANY;
			if (insert_level(c, at, field[i], count) != 0)
				return ENCODE_NO_MEMORY;
		}
		count[at]++;
	}
	for (size_t i = 1; i < c->n_levels; i++)
		if (count[i] > count[mode])
			mode = i;
	return end_fit(c, fill, mode);
}

enum encode_status encode_fit_counts(struct encode_column *c, const struct span *level,
				     const uint64_t *count, size_t n, bool fill)
{
	size_t mode = 0;

	for (size_t i = 0; i < n; i++) {
		if (c->n_levels == ENCODE_LEVELS_MAX)
			return ENCODE_TOO_MANY;
		if (append_level(c, level[i]) != 0)
			return ENCODE_NO_MEMORY;
		if (count[i] > count[mode])
			mode = i;
	}
	return end_fit(c, fill, mode);
}

struct encode_column *encode_add_ordinal(struct encode *e, const char *text)
{
	const char *at = strchr(text, '=');
	char *name = at && at > text ? strndup(text, (size_t)(at - text)) : NULL;
	struct encode_column *c = name ? encode_add(e, ENCODE_ORDINAL, name) : NULL;

	free(name);
	while (c) {
		struct span level = { at + 1, strcspn(at + 1, "<") };
		if (level.n == 0 || encode_add_level(c, level) != 0)
			return NULL;
		at = level.s + level.n;
		if (!*at)
			break;
	}
	return c;
}

ptrdiff_t encode_level(const struct encode_column *c, struct span value)
{
	if (value.n == 0 && c->fill.s)
		value = c->fill;
	if (c->kind == ENCODE_ONEHOT) {
		size_t at = lower_bound(c, value);
		return is_at(c, at, value) ? (ptrdiff_t)at : -1;
	}
	for (size_t i = 0; i < c->n_levels; i++)
		if (span_equal(c->level[i], value))
			return (ptrdiff_t)i;
	return -1;
}

size_t encode_width(const struct encode_column *c)
{
	return c->n_levels - (c->drop_first && c->n_levels);
}

bool encode_onehot(const struct encode_column *c, struct span value, double *y)
{
	ptrdiff_t at = encode_level(c, value);
	ptrdiff_t first = c->drop_first;

	for (size_t i = 0; i < encode_width(c); i++)
		y[i] = 0;
	if (at >= first)
		y[at - first] = 1;
	return at >= 0;
}

char *encode_output_name(const struct encode_column *c, size_t i)
{
	struct span level = c->level[i + c->drop_first];
	size_t room = strlen(c->name) + level.n + 2;
	char *name = malloc(room);

	if (name)
		snprintf(name, room, "%s=%s", c->name, level.s);
	return name;
}

void encode_store(const struct encode *e, struct param_list *p)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct encode_column *c = &e->column[i];
		const char *kind = kind_name[c->kind];
		char key[NUM_MAX + 1];
		for (size_t l = 0; l < c->n_levels; l++) {
			key[num_print_uint(key, l + 1)] = '\0';
			param_add(p, kind, c->name, key, c->level[l].s);
		}
		if (c->drop_first)
			param_add(p, kind, c->name, "drop", "first");
		if (c->fill.s)
			param_add(p, kind, c->name, "fill", c->fill.s);
	}
}

/* One parameter row into its column; 0, or -1 when it makes no sense there. */
static int load_row(struct encode_column *c, const struct param *r)
{
	struct span value = span_of(r->value);
	int64_t position;

	if (strcmp(r->key, "drop") == 0 && strcmp(r->value, "first") == 0) {
		c->drop_first = true;
		return 0;
	}
	if (strcmp(r->key, "fill") == 0 && !c->fill.s)
		return copy_span(&c->fill, value);
	if (!num_parse_int(r->key, strlen(r->key), &position))
		return strcmp(r->key, "drop") == 0 || strcmp(r->key, "fill") == 0 ? -1 : 0;
	if (position != (int64_t)c->n_levels + 1 || value.n == 0)
		return -1;
	if (c->kind == ENCODE_ONEHOT && c->n_levels &&
	    span_compare(c->level[c->n_levels - 1], value) >= 0)
		return -1;
	return c->kind == ENCODE_ONEHOT ? append_level(c, value) : encode_add_level(c, value);
}

int encode_load(struct encode *e, const struct param_list *p, char error[200])
{
	*e = (struct encode){ 0 };
	for (size_t i = 0; i < p->n; i++) {
		const struct param *r = &p->row[i];
		enum encode_kind kind = ENCODE_ONEHOT;
		if (strcmp(r->kind, kind_name[ENCODE_ORDINAL]) == 0)
			kind = ENCODE_ORDINAL;
		else if (strcmp(r->kind, kind_name[ENCODE_ONEHOT]) != 0)
			continue;
		struct encode_column *c = encode_find(e, kind, r->name);
		if (!c)
			c = encode_add(e, kind, r->name);
		if (!c || load_row(c, r) != 0) {
			snprintf(error, 200, "column %.60s: key %.40s: cannot use the value %.60s",
				 r->name, r->key, r->value);
			encode_free(e);
			return -1;
		}
	}
	return 0;
}

void encode_free(struct encode *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct encode_column *c = &e->column[i];
		for (size_t l = 0; l < c->n_levels; l++)
			free((char *)c->level[l].s);
		free((char *)c->fill.s);
		free(c->level);
		free(c->name);
	}
	free(e->column);
	*e = (struct encode){ 0 };
}
