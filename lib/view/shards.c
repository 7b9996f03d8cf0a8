/* SPDX-License-Identifier: MIT */
/*
 * A part is a stream of parameters: `model seg-logit-part`, the columns with
 * the levels that the shard has, what the terms are made of, and the sums as
 * exact text by the names of their terms, where no row says 0, with the number of
 * these rows.  In the first round every level has its sums, as the reference is
 * not known before all levels are.  Rows of kind `state` are those of the model
 * that the round began with; they come back in the next model.
 */
#include "view/shards.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/logit_model.h"
#include "view/shards_state.h"

/* The model a round begins with: its state rows as they are, and the rows' place. */
static void read_at(struct param_list *list, const struct design *d, const char *at)
{
	param_read(list, at, LOGIT_MODEL_PROGRAM);
	if (!param_get(list, "state", "", "round"))
		msg_die(MSG_FAILED, "%s: not a model that --merge has left for another round", at);
	for (size_t s = 0; s < d->n_sources; s++) {
		char *name = shards_plain(d->source[s].name, strlen(d->source[s].name));
		const char *type = param_get(list, "column", name, "type");
		if (!type || strcmp(type, d->source[s].category ? "category" : "number") != 0)
			msg_die(MSG_FAILED, "%s: column %s is not in the model, or of another type", at,
				name);
		free(name);
	}
}

static void put_design(struct param_list *p, const struct design *d)
{
	for (size_t s = 0; s < d->n_sources; s++) {
		const struct design_source *c = &d->source[s];
		char *name = shards_plain(c->name, strlen(c->name));
		param_add(p, "column", name, "type", c->category ? "category" : "number");
		for (size_t i = 0; c->category && i < c->n_levels; i++) {
			char *level = shards_plain(c->level[i].s, c->level[i].n);
			param_add(p, "level", name, "", level);
			free(level);
		}
		free(name);
	}
	for (size_t i = 0; i < d->n_parts; i++) {
		const struct design_part *part = &d->part[i];
		char *number = mem_printf("%zu", i);
		param_add_int(p, "part", number, "column", (int64_t)part->source[0]);
		if (part->n_sources == 2)
			param_add_int(p, "part", number, "times_column", (int64_t)part->source[1]);
		if (part->power > 1)
			param_add_int(p, "part", number, "power", part->power);
		free(number);
	}
}

static void put_exact(struct param_list *p, const char *kind, const char *name, const char *key,
		      const struct exact *sum)
{
	char text[EXACT_TEXT_MAX + 1];
	size_t n = exact_store(text, sum);

	text[n] = '\0';
	if (strcmp(text, "0") != 0)
		param_add(p, kind, name, key, text);
}

static void put_sums(struct param_list *p, const struct logit_part *part, char *const *name)
{
	param_add_int(p, "sum", "", "rows", (int64_t)part->n_rows);
	param_add_int(p, "sum", "", "events", (int64_t)part->n_events);
	param_add_real(p, "sum", "", "eta", part->eta_max);
	put_exact(p, "sum", "", "deviance", &part->deviance);
	put_exact(p, "sum", "", "weights", &part->weights);
	put_exact(p, "sum", "", "event_weights", &part->events);
	for (size_t t = 0; t < part->n; t++)
		put_exact(p, "gradient", name[t], "", &part->gradient[t]);
	for (size_t t = 0; t < part->n; t++)
		for (size_t s = 0; s <= t; s++)
			put_exact(p, "information", name[t], name[s],
				  &part->information[logit_part_pair(t, s)]);
	param_add_int(p, "sum", "", "sums", (int64_t)shards_count_sums(p));
}

/* Levels that the model of later rounds does not have cannot be placed. */
static void refuse_levels(const struct design *d, const struct param_list *list, const char *at)
{
	for (size_t t = 1; t < d->n_terms; t++) {
		char *name = shards_plain(d->term[t].name, strlen(d->term[t].name));
		if (!param_get(list, "state", name, "estimate"))
			msg_die(MSG_FAILED, "%s: term %s was not there in the first round", at, name);
		free(name);
	}
}

/* The state of the model `at`, into the place and the part. */
static void continue_from(const char *at, struct shards_place *w, struct param_list *list,
			  const struct design *d, const struct design_dictionary *index)
{
	struct param_list before = { 0 };

	read_at(&before, d, at);
	refuse_levels(d, &before, at);
	for (size_t i = 0; i < before.n; i++) {
		const struct param *row = &before.row[i];
		if (strcmp(row->kind, "state") != 0)
			continue;
		shards_take_state(w, row, index, at);
		param_add(list, "state", row->name, row->key, row->value);
	}
	param_free(&before);
}

void shards_part(struct tsv_in *in, const struct reading *how, const char *at,
		 const struct tsv_create *create)
{
	struct param_list list = { 0 };
	struct logit_rows r = { .design = { .every_level = true } };
	struct pages pages = { 0 };
	struct logit_part part;
	struct shards_place w;

	reading_rows(&r, &pages, in, how);
	char **name = shards_names(&r.design);
	struct design_dictionary *index = shards_index(name, r.design.n_terms);
	shards_place_init(&w, r.design.n_terms);
	param_add_int(&list, "model", SHARDS_PART, "version", 1);
	param_add(&list, "model", SHARDS_PART, "outcome", how->outcome);
	param_add(&list, "model", SHARDS_PART, "weights", how->weights ? how->weights : "");
	if (at)
		continue_from(at, &w, &list, &r.design, index);
	put_design(&list, &r.design);
	const struct logit_data data = { &r.design, r.y, r.weight };
	mem_need(logit_part_init(&part, r.design.n_terms) == 0 &&
		    logit_part_rows(&part, &data, &w.at) == 0);
	put_sums(&list, &part, name);
	struct tsv_out *out = tsv_create(create);
	param_write(&list, out);
	tsv_finish(out);
	msg_note("%zu rows, round %d", r.n, w.round.number);
	logit_part_free(&part);
	design_dictionary_free(index);
	shards_free_names(name, r.design.n_terms);
	free(w.all);
	param_free(&list);
	logit_rows_free(&r);
	pages_free(&pages);
}
