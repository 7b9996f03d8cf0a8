/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/logit_model.h"
#include "view/shards.h"
#include "view/shards_state.h"

#define ETA_EXTREME 18.420680743952367 /* log(1e8) */

/* For the next round.  Terms of reference levels are there too, with nothing,
 * so that a shard's levels are known to be known. */
static void put_state(struct param_list *p, const struct shards_place *w, char *const *name, size_t n,
		      char *const *every, size_t n_every, uint64_t n_rows)
{
	struct design_dictionary *index = shards_index(name, n);

	param_add_int(p, "state", "", "round", w->round.number + 1);
	param_add_real(p, "state", "", "deviance", w->round.deviance_before);
	param_add_int(p, "state", "", "rows", (int64_t)n_rows);
	for (size_t i = 0; i < n_every; i++) {
		int64_t t = design_dictionary_find(index, span_of(every[i]));
		param_add_real(p, "state", every[i], "estimate", t < 0 ? 0 : w->at.estimate[t]);
		param_add_real(p, "state", every[i], "previous", t < 0 ? 0 : w->round.previous[t]);
		param_add_real(p, "state", every[i], "center", t < 0 ? 0 : w->at.center[t]);
		param_add_real(p, "state", every[i], "factor", t < 0 ? 1 : w->at.factor[t]);
	}
	design_dictionary_free(index);
}

/* All parts in memory, and what they have in common. */
struct merging {
	char *const *path;
	struct param_list *list; /* [n] */
	size_t n;
};

static void declare_levels(struct design *d, const struct param_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		char *name, *level;
		if (strcmp(list->row[i].kind, "level") != 0)
			continue;
		name = shards_raw(list->row[i].name);
		level = shards_raw(list->row[i].value);
		for (size_t s = 0; s < d->n_sources; s++)
			if (d->source[s].category && strcmp(d->source[s].name, name) == 0)
				mem_need(design_level(d, s, span_of(level)) == 0);
		free(name);
		free(level);
	}
}

static void declare_terms(struct design *d, const struct param_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct param *r = &list->row[i];
		int status;
		if (strcmp(r->kind, "part") != 0 || strcmp(r->key, "column") != 0)
			continue;
		size_t a = (size_t)param_int(list, "part", r->name, "column");
		if (param_get(list, "part", r->name, "times_column"))
			status = design_interaction(d, a, (size_t)param_int(list, "part", r->name,
									    "times_column"));
		else if (param_get(list, "part", r->name, "power"))
			status = design_power(d, a, (unsigned)param_int(list, "part", r->name, "power"));
		else
			status = design_main(d, a);
		mem_need(status == 0);
	}
}

/* The columns, the levels of all parts, the terms: a design without rows. */
static void declare(struct design *d, const struct merging *m)
{
	const struct param_list *first = &m->list[0];

	for (size_t i = 0; i < first->n; i++) {
		const struct param *r = &first->row[i];
		char *raw = shards_raw(r->name);
		if (strcmp(r->kind, "column") == 0)
			mem_need(design_column(d, raw, strcmp(r->value, "category") == 0) == 0);
		free(raw);
	}
	for (size_t k = 0; k < m->n; k++)
		declare_levels(d, &m->list[k]);
	declare_terms(d, first);
	mem_need(design_finish(d) == 0);
}

/* The next row from *i on that has to be the same in all parts: everything but
 * the levels and the sums. */
static const struct param *common_row(const struct param_list *list, size_t *i)
{
	static const char *const same[] = { "model", "state", "column", "part" };

	for (; *i < list->n; ++*i)
		for (size_t s = 0; s < sizeof same / sizeof *same; s++)
			if (strcmp(list->row[*i].kind, same[s]) == 0)
				return &list->row[(*i)++];
	return NULL;
}

static void compare(const struct merging *m, size_t k)
{
	const struct param *a, *b;
	size_t i = 0, j = 0;

	do {
		a = common_row(&m->list[0], &i);
		b = common_row(&m->list[k], &j);
		if ((a && b && strcmp(a->kind, b->kind) == 0 && strcmp(a->name, b->name) == 0 &&
		     strcmp(a->key, b->key) == 0 && strcmp(a->value, b->value) == 0) ||
		    (!a && !b))
			continue;
		msg_die(MSG_FAILED, "%s: not of the same fit and round as %s", m->path[k], m->path[0]);
	} while (a && b);
}

static void add_exact(struct exact *to, const struct param *r, const char *file)
{
	struct exact sum = { 0 };

	if (exact_load(&sum, r->value, strlen(r->value)) != 0 || !isfinite(exact_round(&sum)))
		msg_die(MSG_FAILED, "%s: %s %s %s: not a sum: \"%.40s\"", file, r->kind, r->name, r->key,
			r->value);
	exact_merge(to, &sum);
}

static void add_counts(struct logit_part *to, const struct param_list *list, const char *file)
{
	int64_t rows = param_int(list, "sum", "", "rows"), events = param_int(list, "sum", "", "events");

	if (events < 0 || events > rows)
		msg_die(MSG_FAILED, "%s: %lld rows with %lld events", file, (long long)rows,
			(long long)events);
	to->n_rows += (uint64_t)rows;
	to->n_events += (uint64_t)events;
}

/* The place of a term in the fit, -1 for that of a reference level. */
static int64_t place_of(const char *term, const struct design_dictionary *index,
			const struct design_dictionary *every, const char *file)
{
	if (design_dictionary_find(every, span_of(term)) < 0)
		msg_die(MSG_FAILED, "%s: a sum of the term %s, which its columns do not make", file, term);
	return design_dictionary_find(index, span_of(term));
}

static void add_part(struct logit_part *to, const struct param_list *list, const char *file,
		     const struct design_dictionary *index, const struct design_dictionary *every)
{
	add_counts(to, list, file);
	to->eta_max = fmax(to->eta_max, param_real(list, "sum", "", "eta"));
	for (size_t i = 0; i < list->n; i++) {
		const struct param *r = &list->row[i];
		bool gradient = strcmp(r->kind, "gradient") == 0;
		bool information = strcmp(r->kind, "information") == 0;
		int64_t a = gradient || information ? place_of(r->name, index, every, file) : -1;
		int64_t b = information ? place_of(r->key, index, every, file) : -1;
		if (gradient && a >= 0)
			add_exact(&to->gradient[a], r, file);
		else if (information && a >= 0 && b >= 0)
			add_exact(&to->information[logit_part_pair((size_t)a, (size_t)b)], r, file);
		else if (strcmp(r->kind, "sum") == 0 && strcmp(r->key, "deviance") == 0)
			add_exact(&to->deviance, r, file);
		else if (strcmp(r->kind, "sum") == 0 && strcmp(r->key, "weights") == 0)
			add_exact(&to->weights, r, file);
		else if (strcmp(r->kind, "sum") == 0 && strcmp(r->key, "event_weights") == 0)
			add_exact(&to->events, r, file);
	}
}

static void read_parts(struct merging *m)
{
	m->list = mem_zero(m->n, sizeof *m->list);
	for (size_t k = 0; k < m->n; k++) {
		param_read(&m->list[k], m->path[k], SHARDS_PART);
		if ((size_t)param_int(&m->list[k], "sum", "", "sums") != shards_count_sums(&m->list[k]))
			msg_die(MSG_FAILED, "%s: %zu rows of sums, but it was written with %s", m->path[k],
				shards_count_sums(&m->list[k]), param_get(&m->list[k], "sum", "", "sums"));
		compare(m, k);
	}
}

/* The sums of all parts for the terms, whose names are given. */
static void add_parts(struct logit_part *part, const struct merging *m, char *const *name, size_t n,
		      char *const *every_name, size_t n_every)
{
	struct design_dictionary *index = shards_index(name, n);
	struct design_dictionary *every = shards_index(every_name, n_every);

	mem_need(logit_part_init(part, n) == 0);
	for (size_t k = 0; k < m->n; k++)
		add_part(part, &m->list[k], m->path[k], index, every);
	design_dictionary_free(index);
	design_dictionary_free(every);
}

/* The place that the round began with. */
static void read_place(struct shards_place *w, const struct merging *m, char *const *name, size_t n,
		       uint64_t n_rows)
{
	const struct param_list *list = &m->list[0];
	struct design_dictionary *index = shards_index(name, n);

	shards_place_init(w, n);
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->row[i].kind, "state") == 0)
			shards_take_state(w, &list->row[i], index, m->path[0]);
	design_dictionary_free(index);
	if (w->round.number && (uint64_t)param_int(list, "state", "", "rows") != n_rows)
		msg_die(MSG_FAILED, "the parts hold %llu rows, but %s in the round before",
			(unsigned long long)n_rows, param_get(list, "state", "", "rows"));
}

static void check_step(enum logit_status status, const struct logit_fit *fit,
		       const struct merging *m)
{
	mem_need(status != LOGIT_NO_MEMORY);
	if (status == LOGIT_NO_ROWS)
		msg_die(MSG_FAILED, "%s: no rows to fit", m->path[0]);
	if (status == LOGIT_ONE_CLASS)
		msg_die(MSG_FAILED, "%s: the outcome %s is %d in all %zu rows", m->path[0],
			param_get(&m->list[0], "model", SHARDS_PART, "outcome"), fit->n_events > 0,
			fit->n_rows);
}

static void report(const struct logit_fit *fit, const struct design *d, const struct shards_place *w,
		   double eta_max)
{
	char text[LOGIT_PROBLEM_MAX];

	for (size_t i = 0; w->round.done && logit_problem(fit, d, i, text); i++)
		msg_warn("%s", text);
	if (w->round.done && eta_max > ETA_EXTREME)
		msg_warn("a probability is within 1e-8 of 0 or 1: whether a column separates the "
			 "outcomes, parts do not tell");
	msg_note("round %d: %zu rows, deviance %.10g%s", w->round.number, fit->n_rows, fit->deviance,
		 w->round.done ? "" : "; another round is needed");
}

static void write_model(const struct logit_fit *fit, const struct design *d, const struct merging *m,
			const struct param_list *state, bool covariance,
			const struct tsv_create *create)
{
	const struct param_list *first = &m->list[0];
	const char *weights = param_get(first, "model", SHARDS_PART, "weights");
	const struct logit_options options = { .max_iter = 25 };
	const struct logit_about about = {
		.outcome = param_get(first, "model", SHARDS_PART, "outcome"),
		.weights = weights && *weights ? weights : NULL,
		.seed = -1,
		.covariance = covariance,
	};
	struct param_list model = { 0 };
	struct tsv_out *out;

	mem_need(logit_model_store(&model, fit, d, &options, &about) == 0);
	for (size_t i = 0; i < state->n; i++)
		param_add(&model, "state", state->row[i].name, state->row[i].key, state->row[i].value);
	out = tsv_create(create);
	param_write(&model, out);
	tsv_finish(out);
	param_free(&model);
}

bool shards_merge(char *const *path, size_t n_paths, bool covariance,
		  const struct tsv_create *create)
{
	struct merging m = { .path = path, .n = n_paths };
	struct design every = { .every_level = true }, d = { .n_rows = 0 };
	struct param_list state = { 0 };
	struct logit_part part;
	struct logit_fit fit;
	struct shards_place w;
	bool good;

	read_parts(&m);
	declare(&d, &m);
	declare(&every, &m);
	char **name = shards_names(&d), **every_name = shards_names(&every);
	add_parts(&part, &m, name, d.n_terms, every_name, every.n_terms);
	read_place(&w, &m, name, d.n_terms, part.n_rows);
	check_step(logit_part_step(&fit, &part, &d, &w.at, &w.round), &fit, &m);
	report(&fit, &d, &w, part.eta_max);
	good = w.round.done && logit_converged(&fit);
	if (!w.round.done)
		put_state(&state, &w, name, d.n_terms, every_name, every.n_terms, part.n_rows);
	write_model(&fit, &d, &m, &state, covariance, create);
	param_free(&state);
	shards_free_names(name, d.n_terms);
	shards_free_names(every_name, every.n_terms);
	design_free(&d);
	design_free(&every);
	free(w.all);
	logit_part_free(&part);
	logit_free(&fit);
	for (size_t k = 0; k < m.n; k++)
		param_free(&m.list[k]);
	free(m.list);
	return good;
}
