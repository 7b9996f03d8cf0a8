/* SPDX-License-Identifier: MIT */
#include "view/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/multinomial.h"
#include "table/columns.h"
#include "table/record.h"
#include "value/text.h"

/* So that the sum of 2^53 of them is a number. */
#define WEIGHT_MAX 1e290

/* Beside the rows: code, buffers. */
#define OWN_BYTES ((uint64_t)24 << 20)

static void need_memory(bool there)
{
	if (!there)
		msg_die(MSG_FAILED, "out of memory");
}

static void *take(void *ctx, size_t n_bytes)
{
	return pages_take(ctx, n_bytes);
}

static void rest(void *ctx, void *at, size_t n_bytes)
{
	pages_rest(ctx, at, n_bytes);
}

static void check_memory(const struct logit_rows *r, struct pages *pages, const struct reading *how,
			 const struct design_dictionary *outcomes)
{
	uint64_t row = sizeof *r->y + (how->weights ? sizeof *r->weight : 0) + how->bytes_row +
		       (outcomes ? design_dictionary_size(outcomes) * how->bytes_outcome : 0);
	uint64_t kept = r->n * row + OWN_BYTES;

	if (!how->mem)
		return;
	if (kept > how->mem)
		msg_die(MSG_FAILED,
			"the rows need more than --mem %lluM allows: %llu bytes each stay in memory, "
			"%zu rows so far",
			(unsigned long long)(how->mem >> 20), (unsigned long long)row, r->n);
	if (kept + design_bytes(&r->design) > how->mem)
		pages_spill(pages);
}

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
	need_memory(design_column(&c->r->design, name, category) == 0);
	record_add(c->record, column, category);
	c->declared.index = mem_resize(c->declared.index, c->declared.n + 1, sizeof(size_t));
	c->declared.index[c->declared.n] = column;
	return c->declared.n++;
}

static void add_main(struct choosing *c, size_t column)
{
	size_t source = source_of(c, column);

	if (!design_has_main(&c->r->design, source))
		need_memory(design_main(&c->r->design, source) == 0);
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
	need_memory(design_interaction(&c->r->design, one, two) == 0);
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
			need_memory(design_power(&c->r->design, source, power) == 0);
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

/* As R orders them: columns by themselves, first -c in its order, a category
 * in its place there, then the rest of --onehot and --poly; then powers; then
 * interactions. */
static void choose_terms(struct logit_rows *r, struct record *record, const struct tsv_in *in,
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

/* Scoring finds terms by name: two of one name would be scored as one. */
static void refuse_namesakes(const struct design *d)
{
	for (size_t t = 1; t < d->n_terms; t++)
		for (size_t u = 0; u < t; u++)
			if (strcmp(d->term[t].name, d->term[u].name) == 0)
				msg_die(MSG_FAILED, "two terms would both be named %s; rename a column",
					d->term[t].name);
}

struct ranked {
	struct span text;
	size_t code;
};

static int by_text(const void *a, const void *b)
{
	return span_compare(((const struct ranked *)a)->text, ((const struct ranked *)b)->text);
}

/* Puts the outcomes in order, and their places into r->y instead of codes. */
static void order_outcomes(struct logit_rows *r, const struct design_dictionary *seen,
			   const struct tsv_in *in, const struct reading *how)
{
	struct reading_outcomes *o = how->outcomes;
	size_t n = design_dictionary_size(seen), first = 0;
	struct ranked *rank = mem_array(n + 1, sizeof *rank);
	uint8_t *place = mem_array(n + 1, sizeof *place);
	char *wanted = o->reference ? mem_alloc(2 * strlen(o->reference) + 1) : NULL;

	for (size_t i = 0; i < n; i++)
		rank[i] = (struct ranked){ design_dictionary_text(seen, i), i };
	qsort(rank, n, sizeof *rank, by_text);
	if (wanted) {
		size_t length = text_escape(wanted, o->reference, strlen(o->reference));
		while (first < n && !span_equal(rank[first].text, (struct span){ wanted, length }))
			first++;
		if (first == n)
			msg_die(MSG_FAILED, "%s: option --reference: column %s is never \"%s\"",
				in->file, how->outcome, o->reference);
	}
	o->raw = mem_array(n + 1, sizeof *o->raw);
	o->n = n;
	for (size_t i = 0; i < n; i++) {
		size_t at = i == first ? 0 : i < first ? i + 1 : i;
		o->raw[at] = mem_copy(rank[i].text.s, rank[i].text.n);
		place[rank[i].code] = (uint8_t)at;
	}
	for (size_t i = 0; i < r->n; i++)
		r->y[i] = place[r->y[i]];
	free(rank);
	free(place);
	free(wanted);
}

/* What a reading keeps from row to row. */
struct under_way {
	struct logit_rows *r;
	struct tsv_in *in;
	const struct reading *how;
	struct record record;
	size_t outcome, weight_at, text_at; /* column; places among the numbers and texts */
	struct design_dictionary *seen;     /* outcomes */
	size_t n_weightless;
};

/* 0 or 1, or a code among the outcomes seen. */
static int outcome_of(struct under_way *u)
{
	int64_t code;

	if (!u->seen)
		return record_binary(u->in, u->outcome);
	code = design_dictionary_add(u->seen, u->record.text[u->text_at]);
	need_memory(code >= 0);
	if (code >= MULTINOMIAL_MAX)
		tsv_die(u->in, (ptrdiff_t)u->outcome, "more than %d outcomes", MULTINOMIAL_MAX);
	return (int)code;
}

static void read_row(struct under_way *u)
{
	bool complete = record_take(&u->record, u->in), weighted = u->how->weights;
	double w = weighted ? u->record.number[u->weight_at] : 1;
	int y = !u->seen || (complete && w > 0) ? outcome_of(u) : 0;

	if (w < 0)
		tsv_die(u->in, (ptrdiff_t)u->record.column[u->record.n - 1], "a weight below 0");
	if (w > WEIGHT_MAX)
		tsv_die(u->in, (ptrdiff_t)u->record.column[u->record.n - 1], "a weight above 1e290");
	u->n_weightless += complete && !(w > 0);
	if (complete && w > 0)
		need_memory(logit_rows_add(u->r, u->record.number, u->record.text, y, weighted, w) == 0);
}

void reading_rows(struct logit_rows *r, struct pages *pages, struct tsv_in *in,
		  const struct reading *how)
{
	struct under_way u = { .r = r, .in = in, .how = how, .outcome = columns_one(in, how->outcome) };

	r->design.memory = (struct design_memory){ take, rest, pages };
	choose_terms(r, &u.record, in, how);
	/* Behind the terms' values, which the design takes from the front. */
	u.text_at = u.record.n_texts;
	record_add(&u.record, u.outcome, how->outcomes != NULL);
	u.weight_at = u.record.n_numbers;
	if (how->weights && strcmp(how->weights, how->outcome) == 0)
		msg_die(MSG_FAILED, "%s: column %s cannot be the weight: it is the outcome", in->file,
			how->weights);
	if (how->weights)
		record_add(&u.record, columns_one(in, how->weights), false);
	if (how->outcomes)
		need_memory((u.seen = design_dictionary_new()) != NULL);
	while (tsv_next(in)) {
		size_t before = r->n;
		read_row(&u);
		if (r->n > before && r->n % DESIGN_CHUNK == 0)
			check_memory(r, pages, how, u.seen);
	}
	if (!how->drop_missing)
		record_refuse_missing(&u.record, in, "--drop-missing");
	if (u.record.n_incomplete)
		msg_note("%zu rows with missing values left out", u.record.n_incomplete);
	if (u.n_weightless)
		msg_note("%zu rows of weight 0 left out", u.n_weightless);
	check_memory(r, pages, how, u.seen);
	need_memory(design_finish(&r->design) == 0);
	refuse_namesakes(&r->design);
	if (u.seen && r->n)
		order_outcomes(r, u.seen, in, how);
	design_dictionary_free(u.seen);
	record_free(&u.record);
}
