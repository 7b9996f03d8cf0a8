/* SPDX-License-Identifier: MIT */
#include "table/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "table/columns.h"

#define KEYS_SHOWN 8 /* of the rows without a match */

/* The columns to attach, never the key. */
static void choose(struct columns *c, const struct tsv_in *in, size_t key,
		   const struct opt_list *items)
{
	struct opt_list all = { (char *[]){ "*" }, 1 };
	size_t n = 0;

	columns_choose(c, in, items->n ? items : &all);
	for (size_t i = 0; i < c->n; i++)
		if (c->index[i] != key)
			c->index[n++] = c->index[i];
	c->n = n;
}

/* The fields chosen, with a TAB between them. */
static struct span pack(struct join *j, const struct tsv_in *in, const struct columns *c)
{
	size_t n = c->n + 1; /* not NULL, which means no match, when there is nothing to attach */
	char *s, *to;

	for (size_t i = 0; i < c->n; i++)
		n += in->field[c->index[i]].n;
	s = to = mem_arena_alloc(&j->bytes, n);
	for (size_t i = 0; i < c->n; i++) {
		struct span f = in->field[c->index[i]];

		if (i > 0)
			*to++ = '\t';
		memcpy(to, f.s, f.n);
		to += f.n;
	}
	return (struct span){ s, (size_t)(to - s) };
}

static void add_row(struct join *j, const struct tsv_in *in, size_t key, const struct columns *c)
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
	j->row[j->n_rows++] = pack(j, in, c);
}

void join_read(struct join *j, const char *path, const char *key, const struct opt_list *items,
	       uint64_t mem)
{
	char *paths[] = { (char *)path };
	struct tsv_open how = { .read_ahead = true, .expect_rows = -1 };
	struct tsv_in *in = tsv_open(paths, 1, &how);
	size_t at = columns_one(in, key);
	struct columns c;

	*j = (struct join){ .path = path };
	choose(&c, in, at, items);
	j->name = mem_array(c.n, sizeof *j->name);
	for (size_t i = 0; i < c.n; i++)
		j->name[j->n_columns++] = mem_copy(in->name[c.index[i]].s, in->name[c.index[i]].n);
	while (tsv_next(in)) {
		add_row(j, in, at, &c);
		if (mem && j->bytes.n_bytes + dict_bytes(&j->keys) +
				   j->capacity * sizeof *j->row > mem)
			tsv_die(in, -1, "the joined rows need more memory than --mem allows:"
					" %zu rows so far", j->n_rows);
	}
	columns_free(&c);
	tsv_close(in);
}

struct span join_find(const struct join *j, struct span key)
{
	ptrdiff_t i = dict_find(&j->keys, key);
	return i < 0 ? (struct span){ NULL, 0 } : j->row[i];
}

void join_check_names(const struct join *j, const struct tsv_in *in)
{
	for (size_t i = 0; i < j->n_columns; i++)
		if (tsv_column(in, j->name[i]) >= 0)
			msg_die(MSG_FAILED, "%s: column %s is in the input too; name the columns "
				"to attach with -c", j->path, j->name[i]);
}

void join_put(struct join *j, const struct tsv_in *in, ptrdiff_t key, bool strict,
	      struct tsv_out *out)
{
	struct span k = in->field[key], rest = join_find(j, k);
	char quoted[MSG_QUOTE_MAX];

	if (!rest.s && strict)
		tsv_die(in, key, "no match in %s: %s", j->path, msg_quote(quoted, k.s, k.n));
	if (!rest.s) {
		j->n_unmatched++;
		if (j->unmatched.n <= KEYS_SHOWN)
			dict_add(&j->unmatched, k, NULL);
	}
	tsv_put_fields(out, rest, j->n_columns);
}

void join_warn(const struct join *j, uint64_t n_rows)
{
	char *list = mem_printf("%s", ""), quoted[MSG_QUOTE_MAX];

	for (size_t i = 0; i < j->unmatched.n; i++) {
		char *longer = mem_printf("%s %s", list, i == KEYS_SHOWN ? "..." :
			msg_quote(quoted, j->unmatched.text[i].s, j->unmatched.text[i].n));
		free(list);
		list = longer;
	}
	if (j->n_unmatched)
		msg_warn("rows without a match in %s: %llu of %llu:%s", j->path,
			 (unsigned long long)j->n_unmatched, (unsigned long long)n_rows, list);
	free(list);
}

void join_free(struct join *j)
{
	for (size_t i = 0; i < j->n_columns; i++)
		free(j->name[i]);
	free(j->name);
	free(j->row);
	dict_free(&j->keys);
	dict_free(&j->unmatched);
	mem_arena_free(&j->bytes);
	*j = (struct join){ 0 };
}
