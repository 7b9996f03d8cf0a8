/* SPDX-License-Identifier: MIT */
#include "stream/tsv_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/scan.h"
#include "value/text.h"

void tsv_lines_init(struct tsv_lines *l, size_t capacity)
{
	*l = (struct tsv_lines){ .capacity = capacity };
	l->s = (char *)mem_alloc(TSV_BEFORE + capacity + TSV_BEHIND) + TSV_BEFORE;
	l->index = (uint32_t *)mem_array(capacity + SCAN_SLACK + 1, sizeof *l->index) + 1;
	tsv_lines_empty(l);
}

void tsv_lines_free(struct tsv_lines *l)
{
	free(l->s - TSV_BEFORE);
	free(l->index - 1);
}

void tsv_lines_empty(struct tsv_lines *l)
{
	l->pos = l->end = l->at = l->n_index = 0;
	l->index[-1] = UINT32_MAX;
	l->special = false;
	l->bad = SIZE_MAX;
}

void tsv_lines_room(struct tsv_lines *l, size_t capacity)
{
	if (capacity <= l->capacity)
		return;
	l->capacity = capacity;
	l->s = (char *)mem_resize(l->s - TSV_BEFORE, TSV_BEFORE + capacity + TSV_BEHIND, 1) + TSV_BEFORE;
	l->index = (uint32_t *)mem_resize(l->index - 1, capacity + SCAN_SLACK + 1, sizeof *l->index) + 1;
}

void tsv_lines_shift(struct tsv_lines *l)
{
	size_t keep = l->end - l->pos;

	if (keep)
		memmove(l->s, l->s + l->pos, keep);
	memmove(l->index, l->index + l->at, (l->n_index - l->at) * sizeof *l->index);
	l->n_index -= l->at;
	for (size_t i = 0; i < l->n_index; i++)
		l->index[i] -= (uint32_t)l->pos;
	l->at = 0;
	l->pos = 0;
	l->end = keep;
}

/* Offset of the first byte that seg-tsv(5) does not allow in s[0..n), or n:
 * a CR, a backslash that starts no escape, a byte that is not UTF-8. */
static size_t first_bad(const char *s, size_t n)
{
	const char *cr = n ? memchr(s, '\r', n) : NULL;
	const char *at = s, *b;

	n = cr ? (size_t)(cr - s) : n;
	n = text_utf8_prefix(s, n);
	while ((b = memchr(at, '\\', (size_t)(s + n - at))) != NULL) {
		if (b + 1 == s + n || !b[1] || !strchr("tnr\\", b[1]))
			return (size_t)(b - s);
		at = b + 2;
	}
	return n;
}

void tsv_lines_index(struct tsv_lines *l, size_t from)
{
	size_t whole = l->end, n;

	l->n_index += scan_separators(l->s, from, l->end, l->index + l->n_index, &l->special);
	if (!l->special)
		return;
	while (whole > 0 && l->s[whole - 1] != '\n')
		whole--;
	n = first_bad(l->s, whole);
	l->bad = n < whole ? n : SIZE_MAX;
	/* the line that is not complete yet is looked at with the next bytes */
	l->special = l->end > whole;
}

bool tsv_lines_whole(const struct tsv_lines *l, size_t n_columns, size_t n_lines)
{
	if (l->bad != SIZE_MAX || l->n_index != n_lines * n_columns)
		return false;
	/* as many LFs as lines: none is elsewhere if each has one at its end */
	for (size_t at = n_columns - 1; at < l->n_index; at += n_columns)
		if (l->s[l->index[at]] != '\n')
			return false;
	return true;
}

enum tsv_got tsv_lines_next(struct tsv_lines *l, struct tsv_in *in)
{
	const uint32_t *separator = l->index + l->at;
	size_t n = in->n_columns, start = l->pos;
	char *s = l->s;

	if (l->n_index - l->at < n || s[separator[n - 1]] != '\n')
		return tsv_lines_fields(l) ? TSV_FAULT : TSV_MORE;
	for (size_t i = 0; i < n; i++) {
		size_t end = separator[i];

		if (i + 1 < n && s[end] != '\t')
			return TSV_FAULT;
		in->field[i] = (struct span){ s + start, end - start };
		start = end + 1;
	}
	if (l->bad < start)
		return TSV_FAULT;
	l->at += n;
	l->pos = start;
	return TSV_RECORD;
}

size_t tsv_lines_fields(const struct tsv_lines *l)
{
	for (size_t i = l->at; i < l->n_index; i++)
		if (l->s[l->index[i]] == '\n')
			return i - l->at + 1;
	return 0;
}

bool tsv_lines_bad(const struct tsv_lines *l, size_t n)
{
	return l->bad < l->index[l->at + n - 1];
}

void tsv_lines_die_bad(const struct tsv_lines *l, const struct tsv_in *in)
{
	const char *s = l->s + l->bad;
	ptrdiff_t column = -1;

	if (in->name) {
		column = 0;
		for (size_t i = l->pos; i < l->bad; i++)
			column += l->s[i] == '\t';
		if ((size_t)column >= in->n_columns)
			column = -1;
	}
	if (*s == '\r' && s[1] == '\n')
		tsv_die(in, -1, "carriage return at the end of the line; seg-clean repairs that");
	if (*s == '\r')
		tsv_die(in, column, "carriage return inside a value; it is written \\r");
	if (*s == '\\')
		tsv_die(in, column, "backslash that is none of \\t \\n \\r \\\\; a plain one is written \\\\");
	tsv_die(in, column, "not valid UTF-8: byte 0x%02x", (unsigned char)*s);
}

void tsv_lines_die(const struct tsv_lines *l, const struct tsv_in *in)
{
	size_t n = tsv_lines_fields(l);

	if (tsv_lines_bad(l, n))
		tsv_lines_die_bad(l, in);
	if (l->index[l->at + n - 1] == l->pos)
		tsv_die(in, -1, "empty line; %zu fields expected", in->n_columns);
	tsv_die(in, -1, "%zu field%s, %zu expected", n, n == 1 ? "" : "s", in->n_columns);
}
