/* SPDX-License-Identifier: MIT */
#include "model/emit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/num.h"
#include "value/text.h"

bool emit_reads_raw(const struct assign *a)
{
	const struct transform *t = &a->transform;

	for (size_t j = 0; j < a->model.n_columns; j++) {
		const struct scale_column *c = kmodel_scale(&a->model, j);
		if (!c || c->shape != SCALE_LINEAR ||
		    encode_find(&t->encode, ENCODE_ORDINAL, c->name))
			return false;
	}
	return true;
}

const char *emit_column(const struct assign *a, size_t j)
{
	return emit_reads_raw(a) ? a->model.column[j].raw : a->model.column[j].name;
}

__attribute__((format(printf, 2, 3))) static void put(struct buf *to, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(buf_room(to, 256), 256, format, ap);
	va_end(ap);
	to->n += (size_t)n;
}

/*
 * A double.  An exponent makes it one in every dialect of SQL, not a decimal;
 * brackets keep two minus signs from becoming a comment.
 */
static void put_real(struct buf *to, double x)
{
	char text[NUM_MAX];
	size_t n = num_print(text, x);

	buf_put(to, "(", x < 0);
	buf_put(to, text, n);
	buf_put(to, "e0", memchr(text, 'e', n) ? 0 : 2);
	buf_put(to, ")", x < 0);
}

/* Text between quotes of a kind, which `escape` stands before inside. */
static void put_quoted(struct buf *to, const char *text, char quote, char escape)
{
	buf_char(to, quote);
	for (; *text; text++) {
		if (*text == quote || *text == escape)
			buf_char(to, escape);
		buf_char(to, *text);
	}
	buf_char(to, quote);
}

/* The squared distance to segment s as nearest_squared computes it. */
static void put_squared(struct buf *to, const struct assign *a, size_t s)
{
	size_t d = a->model.n_columns;

	for (size_t j = 0; j < d; j++) {
		put(to, "%s(x%zu - ", j ? " + " : "", j + 1);
		put_real(to, a->centre[s * d + j]);
		put(to, ") * (x%zu - ", j + 1);
		put_real(to, a->centre[s * d + j]);
		put(to, ")");
	}
}

static bool has_names(const struct assign *a)
{
	bool named = false;

	for (size_t s = 0; s < a->model.k; s++)
		named |= a->model.segment[s].name != NULL;
	return named;
}

/* The scaling of feature j where the program does it, or NULL. */
static const struct scale_column *scaling(const struct assign *a, size_t j)
{
	return emit_reads_raw(a) ? kmodel_scale(&a->model, j) : NULL;
}

static void sql_values(struct buf *to, const struct assign *a)
{
	for (size_t j = 0; j < a->model.n_columns; j++) {
		const struct scale_column *c = scaling(a, j);
		bool fill = c && !isnan(c->fill);
		put(to, ",\n\t%sCAST(", fill ? "COALESCE(" : "");
		put_quoted(to, emit_column(a, j), '"', '"');
		put(to, " AS DOUBLE PRECISION)");
		if (fill) {
			put(to, ", ");
			put_real(to, c->fill);
			put(to, ")");
		}
		put(to, " AS x%zu", j + 1);
	}
}

static void sql_cut(struct buf *to, const struct scale_column *c, size_t j)
{
	put(to, "CASE");
	for (int high = 0; high < 2; high++) {
		double limit = high ? c->high : c->low;
		if (isinf(limit))
			continue;
		put(to, " WHEN x%zu %c ", j + 1, high ? '>' : '<');
		put_real(to, limit);
		put(to, " THEN ");
		put_real(to, limit);
	}
	put(to, " ELSE x%zu END", j + 1);
}

static void sql_scaled(struct buf *to, const struct assign *a)
{
	for (size_t j = 0; j < a->model.n_columns; j++) {
		const struct scale_column *c = scaling(a, j);
		put(to, ",\n\t");
		if (c)
			put(to, "(");
		if (c && !(isinf(c->low) && isinf(c->high)))
			sql_cut(to, c, j);
		else
			put(to, "x%zu", j + 1);
		if (c) {
			put(to, " - ");
			put_real(to, c->center);
			put(to, ") / ");
			put_real(to, c->scale);
		}
		put(to, " AS x%zu", j + 1);
	}
}

/* The lowest segment that is as near as any other; NULL for a missing value. */
static void sql_nearest(struct buf *to, size_t k)
{
	put(to, "CASE WHEN d1 IS NULL THEN NULL");
	for (size_t s = 0; s + 1 < k; s++) {
		put(to, "\n\t\tWHEN ");
		for (size_t i = s + 1; i < k; i++)
			put(to, "%sd%zu <= d%zu", i > s + 1 ? " AND " : "", s + 1, i + 1);
		put(to, " THEN %zu", s + 1);
	}
	put(to, "\n\t\tELSE %zu END AS segment", k);
}

static void sql_names(struct buf *to, const struct assign *a)
{
	put(to, ",\n\tCASE segment");
	for (size_t s = 0; s < a->model.k; s++) {
		if (!a->model.segment[s].name)
			continue;
		put(to, " WHEN %zu THEN ", s + 1);
		put_quoted(to, a->model.segment[s].name, '\'', '\'');
	}
	put(to, " END AS segment_name");
}

void emit_sql(struct buf *to, const struct assign *a, const char *key)
{
	put(to, "-- The segments of the rows of seg_rows, by seg-assign.\n"
		"WITH numbers AS (SELECT ");
	put_quoted(to, key, '"', '"');
	put(to, " AS seg_key");
	sql_values(to, a);
	put(to, "\n\tFROM seg_rows),\nscaled AS (SELECT seg_key");
	sql_scaled(to, a);
	put(to, "\n\tFROM numbers),\nsquared AS (SELECT seg_key");
	for (size_t s = 0; s < a->model.k; s++) {
		put(to, ",\n\t");
		put_squared(to, a, s);
		put(to, " AS d%zu", s + 1);
	}
	put(to, "\n\tFROM scaled),\nlabelled AS (SELECT seg_key,\n\t");
	sql_nearest(to, a->model.k);
	put(to, "\n\tFROM squared)\nSELECT seg_key AS ");
	put_quoted(to, key, '"', '"');
	put(to, ", segment");
	if (has_names(a))
		sql_names(to, a);
	put(to, "\nFROM labelled;\n");
}

/* A name as it stands in a stream. */
static void awk_name(struct buf *to, const char *name)
{
	size_t n = strlen(name);
	char *raw = mem_zero(2 * n + 1, 1);

	text_escape(raw, name, n);
	put_quoted(to, raw, '"', '\\');
	free(raw);
}

/* Columns by name, and the header with one more. */
static void awk_header(struct buf *to, const struct assign *a)
{
	put(to, "# Adds the segments to the rows of a stream as text, by seg-assign.\n"
		"function column(name)\n{\n\tif (name in at)\n\t\treturn at[name]\n"
		"\tprint \"no column \" name > \"/dev/stderr\"\n\texit 1\n}\n"
		"BEGIN { FS = OFS = \"\\t\"");
	for (size_t s = 0; s < a->model.k; s++)
		if (a->model.segment[s].name) {
			put(to, "\n\tname[%zu] = ", s + 1);
			awk_name(to, a->model.segment[s].name);
		}
	put(to, "\n}\nNR == 1 {\n\tfor (i = 1; i <= NF; i++)\n\t\tat[$i] = i\n");
	for (size_t j = 0; j < a->model.n_columns; j++) {
		put(to, "\tc%zu = column(", j + 1);
		put_quoted(to, emit_column(a, j), '"', '\\');
		put(to, ")\n");
	}
	put(to, "\tprint $0, \"segment\"%s\n\tnext\n}\n", has_names(a) ? ", \"segment_name\"" : "");
}

static void awk_limit(struct buf *to, size_t j, char sign, double limit)
{
	if (isinf(limit))
		return;
	put(to, "\tif (x%zu %c ", j + 1, sign);
	put_real(to, limit);
	put(to, ")\n\t\tx%zu = ", j + 1);
	put_real(to, limit);
	put(to, "\n");
}

static void awk_value(struct buf *to, const struct assign *a, size_t j)
{
	const struct scale_column *c = scaling(a, j);

	put(to, "\tx%zu = ", j + 1);
	if (c && !isnan(c->fill)) {
		put(to, "$c%zu == \"\" ? ", j + 1);
		put_real(to, c->fill);
		put(to, " : ");
	}
	put(to, "$c%zu + 0\n", j + 1);
	if (!c)
		return;
	awk_limit(to, j, '<', c->low);
	awk_limit(to, j, '>', c->high);
	put(to, "\tx%zu = (x%zu - ", j + 1, j + 1);
	put_real(to, c->center);
	put(to, ") / ");
	put_real(to, c->scale);
	put(to, "\n");
}

/* A row with a missing value that has no fill gets no segment. */
static void awk_missing(struct buf *to, const struct assign *a)
{
	bool any = false;

	for (size_t j = 0; j < a->model.n_columns; j++) {
		const struct scale_column *c = scaling(a, j);
		if (c && !isnan(c->fill))
			continue;
		put(to, "%s$c%zu == \"\"", any ? " || " : "\tif (", j + 1);
		any = true;
	}
	if (any)
		put(to, ") {\n\t\tprint $0, \"\"%s\n\t\tnext\n\t}\n", has_names(a) ? ", \"\"" : "");
}

void emit_awk(struct buf *to, const struct assign *a)
{
	awk_header(to, a);
	put(to, "{\n");
	awk_missing(to, a);
	for (size_t j = 0; j < a->model.n_columns; j++)
		awk_value(to, a, j);
	for (size_t s = 0; s < a->model.k; s++) {
		put(to, "\td = ");
		put_squared(to, a, s);
		put(to, s ? "\n\tif (d < least) {\n\t\tleast = d\n\t\tsegment = %zu\n\t}\n"
			  : "\n\tleast = d\n\tsegment = %zu\n", s + 1);
	}
	put(to, "\tprint $0, segment%s\n}\n", has_names(a) ? ", name[segment]" : "");
}
