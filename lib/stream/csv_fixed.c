/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/csv.h"

/* Digits at *s, as a number up to 10^9; 0 when there are none or too many. */
static size_t number(const char **s)
{
	size_t v = 0;
	while (**s >= '0' && **s <= '9' && v <= 100000000)
		v = 10 * v + (size_t)(*(*s)++ - '0');
	return **s >= '0' && **s <= '9' ? 0 : v;
}

bool csv_fixed_add(struct csv_fixed *f, const char *item)
{
	const char *equals = strrchr(item, '='), *s = equals ? equals + 1 : item;
	struct csv_place place = { .start = number(&s) };
	if (!equals || equals == item || *s++ != '-')
		return false;
	place.end = number(&s);
	if (*s != '\0' || place.start == 0 || place.end < place.start)
		return false;
	place.name = (struct span){ mem_copy(item, (size_t)(equals - item)), (size_t)(equals - item) };
	place.start--;
	f->column = mem_grow(f->column, f->n, &f->capacity, sizeof *f->column);
	f->column[f->n++] = place;
	return true;
}

void csv_fixed_split(struct csv_records *r, const char *end)
{
	const struct csv_fixed *f = r->dialect.fixed;
	size_t n = (size_t)(end - r->record.s), k = 0;
	while (f->n > r->room_field)
		r->field = mem_grow(r->field, r->room_field, &r->room_field, sizeof *r->field);
	for (; k < f->n && f->column[k].start < n; k++) {
		size_t to = f->column[k].end < n ? f->column[k].end : n;
		r->field[k] = (struct span){ r->record.s + f->column[k].start, to - f->column[k].start };
	}
	r->n_fields = k;
}

void csv_fixed_free(struct csv_fixed *f)
{
	for (size_t i = 0; i < f->n; i++)
		free((char *)(uintptr_t)f->column[i].name.s);
	free(f->column);
	*f = (struct csv_fixed){ .n = 0 };
}
