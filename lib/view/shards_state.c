/* SPDX-License-Identifier: MIT */
#include "view/shards_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "model/logit_model.h"
#include "value/num.h"
#include "value/text.h"

char *shards_plain(const char *raw, size_t n)
{
	char *s = logit_plain(raw, n);

	mem_need(s != NULL);
	return s;
}

char *shards_raw(const char *text)
{
	char *raw = mem_alloc(2 * strlen(text) + 1);

	raw[text_escape(raw, text, strlen(text))] = '\0';
	return raw;
}

char **shards_names(const struct design *d)
{
	char **name = mem_array(d->n_terms, sizeof *name);

	for (size_t t = 0; t < d->n_terms; t++)
		name[t] = shards_plain(d->term[t].name, strlen(d->term[t].name));
	return name;
}

void shards_free_names(char **name, size_t n)
{
	for (size_t t = 0; t < n; t++)
		free(name[t]);
	free(name);
}

size_t shards_count_sums(const struct param_list *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += strcmp(p->row[i].kind, "gradient") == 0 ||
		     strcmp(p->row[i].kind, "information") == 0 ||
		     (strcmp(p->row[i].kind, "sum") == 0 && strcmp(p->row[i].key, "sums") != 0);
	return n;
}

struct design_dictionary *shards_index(char *const *name, size_t n)
{
	struct design_dictionary *index = design_dictionary_new();

	mem_need(index != NULL);
	for (size_t t = 0; t < n; t++)
		mem_need(design_dictionary_add(index, span_of(name[t])) == (int64_t)t);
	return index;
}

void shards_place_init(struct shards_place *w, size_t n)
{
	w->all = mem_zero(4 * n, sizeof *w->all);
	w->at = (struct logit_at){ w->all, w->all + n, w->all + 2 * n };
	w->round = (struct logit_round){ .previous = w->all + 3 * n, .deviance_before = NAN };
	for (size_t t = 0; t < n; t++)
		w->at.factor[t] = 1;
}

void shards_take_state(struct shards_place *w, const struct param *r, const struct design_dictionary *index,
		       const char *file)
{
	const struct {
		const char *key;
		double *to;
	} keys[] = { { "estimate", w->at.estimate }, { "center", w->at.center },
		     { "factor", w->at.factor }, { "previous", w->round.previous } };
	int64_t t = *r->name ? design_dictionary_find(index, span_of(r->name)) : -1;
	double x;

	if (!num_parse(r->value, strlen(r->value), &x))
		msg_die(MSG_FAILED, "%s: state %s, %s: not a number: \"%s\"", file, r->name, r->key,
			r->value);
	if (!*r->name && strcmp(r->key, "round") == 0)
		w->round.number = (int)x;
	if (!*r->name && strcmp(r->key, "deviance") == 0)
		w->round.deviance_before = x;
	for (size_t k = 0; t >= 0 && k < sizeof keys / sizeof *keys; k++)
		if (strcmp(r->key, keys[k].key) == 0)
			keys[k].to[t] = x;
}
