/* SPDX-License-Identifier: MIT */
#include "view/reading_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "table/columns.h"

static bool has_column(const struct columns *c, size_t column)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->index[i] == column)
			return true;
	return false;
}

/* What makes up the design while its columns are declared. */
struct choosing {
	struct logit_rows *r;
	struct record *record;
	const struct tsv_in *in;
	const struct reading *how;
	struct columns onehot;
	struct columns declared; /* in the order of the design's sources */
};

/* The design's source for a column, declared if it is not yet. */
static size_t source_of(struct choosing *c, size_t column)
{
	const char *name = c->in->text[column];
	bool outcome = strcmp(name, c->how->outcome) == 0, category = has_column(&c->onehot, column);

	for (size_t i = 0; i < c->declared.n; i++)
		if (c->declared.index[i] == column)
			return i;
	if (outcome || (c->how->weights && strcmp(name, c->how->weights) == 0))
		msg_die(MSG_FAILED, "%s: column %s cannot be a term: it is the %s", c->in->file, name,
			outcome ? "outcome" : "weight");
	mem_need(design_column(&c->r->design, name, category) == 0);
	record_add(c->record, column, category);
	c->declared.index = mem_resize(c->declared.index, c->declared.n + 1, sizeof(size_t));
	c->declared.index[c->declared.n] = column;
	return c->declared.n++;
}

static void add_main(struct choosing *c, size_t column)
{
	size_t source = source_of(c, column);

	if (!design_has_main(&c->r->design, source))
		mem_need(design_main(&c->r->design, source) == 0);
}

/* An item of -c that is no column's name but has a colon. */
static bool is_interaction(const struct tsv_in *in, const char *item)
{
	return strchr(item, ':') && tsv_column(in, item) < 0;
}

/* "a:b"; a colon may also be part of a name, so each is tried. */
static void add_interaction(struct choosing *c, const char *item)
{
	ptrdiff_t a = -1, b = -1;
	const char *colon = strchr(item, ':');

	for (const char *at = colon; at && (a < 0 || b < 0); at = strchr(at + 1, ':')) {
		char *first = mem_copy(item, (size_t)(at - item));
		a = tsv_column(c->in, first);
		b = tsv_column(c->in, at + 1);
		free(first);
	}
	if (a < 0 || b < 0) {
		char *first = mem_copy(item, (size_t)(colon - item));
		a = (ptrdiff_t)columns_one(c->in, first);
		b = (ptrdiff_t)columns_one(c->in, colon + 1);
		free(first);
	}
	if (a == b)
		msg_die(MSG_FAILED, "interaction %s: two different columns are needed; --poly gives powers",
			item);
	size_t one = source_of(c, (size_t)a), two = source_of(c, (size_t)b);
	mem_need(design_interaction(&c->r->design, one, two) == 0);
}

/* The column of --poly's i-th item. */
static size_t poly_column(const struct choosing *c, size_t i)
{
	const char *item = c->how->poly->item[i];
	char *name = mem_copy(item, (size_t)(strrchr(item, '=') - item));
	size_t column = columns_one(c->in, name);

	if (has_column(&c->onehot, column))
		msg_die(MSG_FAILED, "%s: column %s is a category: --poly takes numbers", c->in->file, name);
	free(name);
	return column;
}

static void add_powers(struct choosing *c)
{
	const struct opt_list *poly = c->how->poly;

	for (size_t i = 0; i < poly->n; i++) {
		size_t source = source_of(c, poly_column(c, i));
		unsigned top = reading_power(poly->item[i]);
		for (unsigned power = 2; power <= top; power++)
			mem_need(design_power(&c->r->design, source, power) == 0);
	}
}

unsigned reading_power(const char *item)
{
	const char *equals = strrchr(item, '=');

	if (!equals || equals == item || equals[1] < '2' || equals[1] > '9' || equals[2])
		return 0;
	return (unsigned)(equals[1] - '0');
}

/* The items of -c that are columns by themselves. */
static struct opt_list plain_items(const struct tsv_in *in, const struct opt_list *all)
{
	struct opt_list plain = { mem_array(all->n + 1, sizeof *plain.item), 0 };

	for (size_t i = 0; i < all->n; i++)
		if (!is_interaction(in, all->item[i]))
			plain.item[plain.n++] = all->item[i];
	return plain;
}

void reading_terms(struct logit_rows *r, struct record *record, const struct tsv_in *in,
		   const struct reading *how)
{
	struct choosing c = { r, record, in, how, { 0 }, { 0 } };
	struct opt_list plain = plain_items(in, how->features);
	struct columns features = { 0 };

	if (plain.n > 0 || (how->features->n == 0 && how->poly->n == 0 &&
			    (how->onehot->n == 0 || columns_has_features(in))))
		columns_features(&features, in, &plain);
	if (how->onehot->n > 0)
		columns_choose(&c.onehot, in, how->onehot);
	for (size_t i = 0; i < features.n; i++)
		add_main(&c, features.index[i]);
	for (size_t i = 0; i < c.onehot.n; i++)
		add_main(&c, c.onehot.index[i]);
	for (size_t i = 0; i < how->poly->n; i++)
		add_main(&c, poly_column(&c, i));
	add_powers(&c);
	for (size_t i = 0; i < how->features->n; i++)
		if (is_interaction(in, how->features->item[i]))
			add_interaction(&c, how->features->item[i]);
	columns_free(&features);
	columns_free(&c.onehot);
	columns_free(&c.declared);
	free(plain.item);
}

void reading_refuse_namesakes(const struct design *d)
{
	for (size_t t = 1; t < d->n_terms; t++)
		for (size_t u = 0; u < t; u++)
			if (strcmp(d->term[t].name, d->term[u].name) == 0)
				msg_die(MSG_FAILED, "two terms would both be named %s; rename a column",
					d->term[t].name);
}
