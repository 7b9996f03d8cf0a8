/* SPDX-License-Identifier: MIT */
#include "table/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "table/columns.h"

static void keep_names(struct join *j, const struct tsv_in *in, size_t key)
{
	j->name = mem_array(in->n_columns, sizeof *j->name);
	for (size_t i = 0; i < in->n_columns; i++)
		if (i != key)
			j->name[j->n_columns++] = mem_copy(in->name[i].s, in->name[i].n);
}

/* The fields but the key, with a TAB between them. */
static struct span pack(struct join *j, const struct tsv_in *in, size_t key)
{
	size_t n = in->n_columns;
	char *s, *to;

	for (size_t i = 0; i < in->n_columns; i++)
		n += in->field[i].n;
	n -= in->field[key].n;
	s = to = mem_arena_alloc(&j->bytes, n);
	for (size_t i = 0; i < in->n_columns; i++) {
		if (i == key)
			continue;
		if (to != s)
			*to++ = '\t';
		memcpy(to, in->field[i].s, in->field[i].n);
		to += in->field[i].n;
	}
	return (struct span){ s, (size_t)(to - s) };
}

static void add_row(struct join *j, const struct tsv_in *in, size_t key)
{
	struct span k = in->field[key];
	bool is_new;
	size_t i;

	if (k.n == 0)
		tsv_die(in, (ptrdiff_t)key, "the key is missing");
	i = dict_add(&j->keys, k, &is_new);
	if (!is_new) {
		char quoted[MSG_QUOTE_MAX];
		tsv_die(in, (ptrdiff_t)key, "the key %s comes twice, first in row %zu",
			msg_quote(quoted, k.s, k.n), i + 1);
	}
	j->row = mem_grow(j->row, j->n_rows, &j->capacity, sizeof *j->row);
	j->row[j->n_rows++] = pack(j, in, key);
}

void join_read(struct join *j, const char *path, const char *key, uint64_t mem)
{
	char *paths[] = { (char *)path };
	struct tsv_open how = { .read_ahead = true, .expect_rows = -1 };
	struct tsv_in *in = tsv_open(paths, 1, &how);
	size_t at = columns_one(in, key);

	*j = (struct join){ .path = path };
	keep_names(j, in, at);
	while (tsv_next(in)) {
		add_row(j, in, at);
		if (mem && j->bytes.n_bytes + dict_bytes(&j->keys) +
				   j->capacity * sizeof *j->row > mem)
			tsv_die(in, -1, "the joined rows need more memory than --mem allows:"
					" %zu rows so far", j->n_rows);
	}
	tsv_close(in);
}

struct span join_find(const struct join *j, struct span key)
{
	ptrdiff_t i = dict_find(&j->keys, key);
	return i < 0 ? (struct span){ NULL, 0 } : j->row[i];
}

void join_free(struct join *j)
{
	for (size_t i = 0; i < j->n_columns; i++)
		free(j->name[i]);
	free(j->name);
	free(j->row);
	dict_free(&j->keys);
	mem_arena_free(&j->bytes);
	*j = (struct join){ 0 };
}
