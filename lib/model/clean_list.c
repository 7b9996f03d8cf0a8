/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/clean_expr.h"
#include "value/text.h"

static size_t by_glob(const struct clean_plan *p, const char *pattern, size_t *list)
{
	size_t n = 0;
	for (size_t i = 0; i < p->n_columns; i++)
		if (p->column[i].name && text_glob(pattern, span_of(p->column[i].name)))
			list[n++] = i;
	return n;
}

static ptrdiff_t column(const struct clean_plan *p, struct span name)
{
	name = text_trim(name);
	ptrdiff_t i = name.n > 0 ? clean_cell_index(p, name.s, name.n) : -1;
	return i < (ptrdiff_t)p->n_columns ? i : -1;
}

static size_t none(const char *what, struct span name, char error[CLEAN_ERROR])
{
	snprintf(error, CLEAN_ERROR, "%s \"%.*s\"", what, (int)(name.n < 100 ? name.n : 100), name.s);
	return 0;
}

static size_t by_range(const struct clean_plan *p, struct span first, struct span last, size_t *list,
		       char error[CLEAN_ERROR])
{
	ptrdiff_t from = column(p, first), to = column(p, last);
	size_t n = 0;
	if (from < 0 || to < 0)
		return none("no such column:", text_trim(from < 0 ? first : last), error);
	if (from > to)
		return none("the last column comes before the first:", text_trim(first), error);
	for (ptrdiff_t i = from; i <= to; i++)
		list[n++] = (size_t)i;
	return n;
}

size_t clean_columns_of(const struct clean_plan *p, struct span item, size_t *list, char error[CLEAN_ERROR])
{
	const char *dots = memmem(item.s, item.n, "..", 2);
	ptrdiff_t i = dots ? -1 : column(p, item);
	if (i >= 0) {
		*list = (size_t)i;
		return 1;
	}
	if (dots) {
		struct span first = { item.s, (size_t)(dots - item.s) };
		struct span last = { dots + 2, (size_t)(item.s + item.n - dots - 2) };
		return by_range(p, first, last, list, error);
	}
	if (!memchr(item.s, '*', item.n) && !memchr(item.s, '?', item.n))
		return none("no such column:", item, error);
	char *pattern = strndup(item.s, item.n), *spelled = clean_name_pattern(item);
	size_t n = pattern ? by_glob(p, pattern, list) : 0;
	if (n == 0 && spelled)
		n = by_glob(p, spelled, list);
	free(pattern);
	free(spelled);
	return n > 0 ? n : none("no such column:", item, error);
}
