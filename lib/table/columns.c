/* SPDX-License-Identifier: MIT */
#include "table/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "value/text.h"

/* A header that is one name with delimiters in it tells what went wrong. */
static void refuse_csv(const struct tsv_in *in)
{
	char quoted[MSG_QUOTE_MAX];

	if (in->n_columns == 1 && strpbrk(in->text[0], ",;|"))
		msg_die(MSG_FAILED, "%s: one column %s: this looks like CSV; seg-clean makes a stream of it",
			in->file, msg_quote(quoted, in->name[0].s, in->name[0].n));
}

static _Noreturn void die_unknown(const struct tsv_in *in, const char *name)
{
	const char *near = *name ? msg_nearest(name, in->text, in->n_columns) : NULL;

	refuse_csv(in);
	if (near)
		msg_die(MSG_FAILED, "%s: no column \"%s\"; did you mean %s?", in->file, name, near);
	msg_die(MSG_FAILED, "%s: no column \"%s\"", in->file, name);
}

size_t columns_one(const struct tsv_in *in, const char *name)
{
	ptrdiff_t i = tsv_column(in, name);

	if (i < 0)
		die_unknown(in, name);
	return (size_t)i;
}

static void add(struct columns *c, size_t index)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->index[i] == index)
			return;
	c->index = mem_resize(c->index, c->n + 1, sizeof *c->index);
	c->index[c->n++] = index;
}

static void add_range(struct columns *c, const struct tsv_in *in, const char *item,
		      const char *dots)
{
	char *first = mem_copy(item, (size_t)(dots - item));
	size_t from = columns_one(in, first), to = columns_one(in, dots + 2);

	if (from > to)
		msg_die(MSG_FAILED, "%s: column range %s: %s stands behind %s", in->file, item,
			first, dots + 2);
	for (size_t i = from; i <= to; i++)
		add(c, i);
	free(first);
}

static void add_glob(struct columns *c, const struct tsv_in *in, const char *item)
{
	bool found = false;

	for (size_t i = 0; i < in->n_columns; i++)
		if (text_glob(item, in->name[i])) {
			add(c, i);
			found = true;
		}
	if (!found)
		msg_die(MSG_FAILED, "%s: no column matches \"%s\"", in->file, item);
}

void columns_choose(struct columns *c, const struct tsv_in *in, const struct opt_list *items)
{
	*c = (struct columns){ 0 };
	for (size_t i = 0; i < items->n; i++) {
		const char *item = items->item[i], *dots = strstr(item, "..");

		/* a column whose very name has dots or stars comes first */
		if (tsv_column(in, item) >= 0)
			add(c, columns_one(in, item));
		else if (dots)
			add_range(c, in, item, dots);
		else if (strpbrk(item, "*?"))
			add_glob(c, in, item);
		else
			die_unknown(in, item);
	}
}

static const char *const rfm[] = { "recency_days", "frequency", "monetary" };

bool columns_has_features(const struct tsv_in *in)
{
	size_t n_rfm = 0;

	for (size_t i = 0; i < in->n_columns; i++)
		if (text_glob("*_scaled", in->name[i]))
			return true;
	for (size_t i = 0; i < 3; i++)
		n_rfm += tsv_column(in, rfm[i]) >= 0;
	return n_rfm == 3;
}

void columns_features(struct columns *c, const struct tsv_in *in, const struct opt_list *items)
{

	if (items->n) {
		columns_choose(c, in, items);
		return;
	}
	*c = (struct columns){ 0 };
	for (size_t i = 0; i < in->n_columns; i++)
		if (text_glob("*_scaled", in->name[i]))
			add(c, i);
	if (c->n)
		return;
	for (size_t i = 0; i < 3; i++) {
		ptrdiff_t index = tsv_column(in, rfm[i]);

		if (index < 0)
			refuse_csv(in);
		if (index < 0)
			msg_die(MSG_FAILED,
				"%s: no *_scaled columns and no %s; name the columns with -c",
				in->file, rfm[i]);
		add(c, (size_t)index);
	}
}

ptrdiff_t columns_key(const struct tsv_in *in, const char *name, bool required)
{
	ptrdiff_t i;

	if (name)
		return (ptrdiff_t)columns_one(in, name);
	i = tsv_column(in, "customer_id");
	if (i < 0 && required)
		refuse_csv(in);
	if (i < 0 && required)
		msg_die(MSG_FAILED, "%s: no column customer_id; name the key with --key", in->file);
	return i;
}

void columns_remove(struct columns *c, ptrdiff_t index)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		if ((ptrdiff_t)c->index[i] != index)
			c->index[n++] = c->index[i];
	c->n = n;
}

void columns_append(struct columns *c, size_t index)
{
	c->index = mem_resize(c->index, c->n + 1, sizeof *c->index);
	c->index[c->n++] = index;
}

void columns_free(struct columns *c)
{
	free(c->index);
	*c = (struct columns){ 0 };
}
