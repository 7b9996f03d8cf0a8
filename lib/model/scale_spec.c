/* SPDX-License-Identifier: MIT */
#include "model/scale_spec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/num.h"
#include "value/text.h"

/* What a control record begins with; the number is the version. */
#define HEAD "seg-scale 1"

static const char *const shape_name[] = { "linear", "log1p", "yeo-johnson" };

static void put(struct buf *to, struct span s)
{
	buf_char(to, '\t');
	buf_put(to, s.s, s.n);
}

static void put_count(struct buf *to, uint64_t n)
{
	buf_char(to, '\t');
	to->n += num_print_uint(buf_room(to, NUM_MAX), n);
}

void scale_spec_encode(const struct scale_how *how, bool drop_first, const struct transform *t,
		       struct buf *to)
{
	scale_how_encode(how, to);
	put(to, span_of(drop_first ? "drop" : "keep"));
	for (size_t i = 0; i < t->encode.n; i++) {
		const struct encode_column *c = &t->encode.column[i];
		put(to, span_of(c->kind == ENCODE_ONEHOT ? "onehot" : "ordinal"));
		put(to, span_of(c->name));
		if (c->kind == ENCODE_ONEHOT)
			continue;
		put_count(to, c->n_levels);
		for (size_t l = 0; l < c->n_levels; l++)
			put(to, c->level[l]);
	}
	for (size_t i = 0; i < t->scale.n; i++) {
		put(to, span_of(shape_name[t->scale.column[i].shape]));
		put(to, span_of(t->scale.column[i].name));
	}
}

/* The next of the fields with TABs between them; false at the end. */
static bool next(const char **at, struct span *field)
{
	if (!*at)
		return false;
	*field = (struct span){ *at, strcspn(*at, "\t") };
	*at = (*at)[field->n] ? *at + field->n + 1 : NULL;
	return true;
}

static bool take_levels(struct encode_column *c, const char **at)
{
	struct span field;
	int64_t n;

	if (!next(at, &field) || !num_parse_int(field.s, field.n, &n))
		return false;
	for (; n > 0; n--)
		if (!next(at, &field) || encode_add_level(c, field) != 0)
			return false;
	return true;
}

static bool take_column(struct transform *t, struct span what, bool drop_first, const char **at)
{
	struct span field;

	if (!next(at, &field))
		return false;
	char *name = strndup(field.s, field.n);
	bool taken = false;
	for (int shape = SCALE_LINEAR; name && shape <= SCALE_YEO_JOHNSON; shape++)
		if (span_is(what, shape_name[shape])) {
			struct scale_column *c = scale_add(&t->scale, name);
			taken = c != NULL;
			if (c)
				c->shape = (enum scale_shape)shape;
		}
	if (name && (span_is(what, "onehot") || span_is(what, "ordinal"))) {
		bool onehot = span_is(what, "onehot");
		struct encode_column *c = encode_add(&t->encode, onehot ? ENCODE_ONEHOT :
									  ENCODE_ORDINAL, name);
		if (c)
			c->drop_first = onehot && drop_first;
		taken = c && (onehot || take_levels(c, at));
	}
	free(name);
	return taken;
}

bool scale_spec_decode(struct scale_how *how, struct transform *t, const char *spec)
{
	struct span field[SCALE_HOW_FIELDS + 1];
	const char *at = spec;

	for (size_t i = 0; i < SCALE_HOW_FIELDS + 1; i++)
		if (!next(&at, &field[i]))
			return false;
	if (!scale_how_decode(how, field))
		return false;
	while (at) {
		struct span what;
		next(&at, &what);
		if (!take_column(t, what, span_is(field[SCALE_HOW_FIELDS], "drop"), &at))
			return false;
	}
	return transform_ready(t) == 0;
}

void scale_control_encode(const struct scale_control *c, struct buf *to)
{
	buf_put(to, HEAD, sizeof HEAD - 1);
	put_count(to, c->n_shards);
	put_count(to, c->n_rows);
	put(to, span_of(c->spec));
}

static bool get_count(const char **at, uint64_t *n)
{
	struct span field;
	int64_t v;

	if (!next(at, &field) || !num_parse_int(field.s, field.n, &v) || v < 0)
		return false;
	*n = (uint64_t)v;
	return true;
}

const char *scale_control_merge(struct scale_control *c, struct span text)
{
	char *plain = malloc(text.n + 1);
	const char *at = plain, *wrong = NULL;
	uint64_t n_shards, n_rows;
	struct span head;

	if (!plain)
		return "out of memory";
	plain[text_unescape(plain, text.s, text.n)] = '\0';
	if (!next(&at, &head) || !span_is(head, HEAD) || !get_count(&at, &n_shards) ||
	    !get_count(&at, &n_rows) || !at)
		wrong = "not a control record of this version of seg-scale";
	else if (c->spec && strcmp(c->spec, at) != 0)
		wrong = "a part made with other options than those before";
	else if (!c->spec && !(c->spec = strdup(at)))
		wrong = "out of memory";
	if (!wrong) {
		c->n_shards += n_shards;
		c->n_rows += n_rows;
	}
	free(plain);
	return wrong;
}

bool scale_control_is_expected(const struct scale_control *c, int64_t n_rows, int64_t n_shards,
			       char error[200])
{
	if (n_rows >= 0 && c->n_rows != (uint64_t)n_rows)
		snprintf(error, 200, "the parts hold %llu rows, --expect-rows says %lld",
			 (unsigned long long)c->n_rows, (long long)n_rows);
	else if (n_shards >= 0 && c->n_shards != (uint64_t)n_shards)
		snprintf(error, 200, "the parts hold %llu shards, --expect-shards says %lld",
			 (unsigned long long)c->n_shards, (long long)n_shards);
	else
		return true;
	return false;
}
