/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmeans_step.h"
#include "value/num.h"

#define TEXT_NUMBER 24

/* The parameters in the order in which they are stored, while they are read. */
struct reading {
	const struct param_list *p;
	size_t at;
	bool bad;
};

static void number_text(char to[TEXT_NUMBER], size_t i)
{
	snprintf(to, TEXT_NUMBER, "%zu", i + 1);
}

static void store_segments(const struct kmeans_step *s, struct param_list *p)
{
	char number[TEXT_NUMBER];

	for (size_t c = 0; c < s->k; c++) {
		number_text(number, c);
		for (size_t j = 0; j < s->d; j++)
			param_add_real(p, "centre", number, s->name[j], s->centre[c * s->d + j]);
		param_add_real(p, "segment", number, "size", s->size[c]);
		param_add_real(p, "segment", number, "squares", s->squares[c]);
		for (size_t j = 0; j < s->d; j++)
			param_add_real(p, "mean", number, s->name[j], s->mean[c * s->d + j]);
	}
}

void kmeans_step_store(const struct kmeans_step *s, struct param_list *p)
{
	char number[TEXT_NUMBER];

	param_add(p, "model", "seg-kmeans-step", "version", "1");
	param_add(p, "step", "", "stage", kmeans_stage_name(s->stage));
	param_add(p, "step", "", "is", s->finished ? "finished" : "part");
	param_add_int(p, "step", "", "columns", (int64_t)s->d);
	param_add_int(p, "step", "", "k", (int64_t)s->k);
	param_add(p, "step", "", "weights", s->weights ? s->weights : "");
	param_add_int(p, "step", "", "rows", s->n_rows);
	param_add_int(p, "step", "", "shards", s->n_shards);
	param_add_int(p, "step", "", "iterations", s->iterations);
	param_add_int(p, "step", "", "empty", (int64_t)s->n_empty);
	param_add_real(p, "step", "", "inertia", s->inertia);
	param_add_real(p, "step", "", "largest_shift", s->shift);
	param_add_real(p, "step", "", "silhouette_sq", s->silhouette);
	param_add_real(p, "step", "", "largest_weight", s->largest_weight);
	for (size_t j = 0; j < s->d; j++) {
		param_add_real(p, "column", s->name[j], "low", s->low[j]);
		param_add_real(p, "column", s->name[j], "high", s->high[j]);
	}
	store_segments(s, p);
	for (size_t i = 0; s->sum && i < kmeans_step_sums(s); i++) {
		char text[EXACT_TEXT_MAX + 1];
		text[exact_store(text, &s->sum[i])] = '\0';
		number_text(number, i);
		param_add(p, "sum", number, "", text);
	}
}

/* The next parameter, if it is of this kind and key. */
static const struct param *next(struct reading *r, const char *kind, const char *key)
{
	const struct param *p = r->at < r->p->n ? &r->p->row[r->at++] : NULL;

	if (p && strcmp(p->kind, kind) == 0 && (!key || strcmp(p->key, key) == 0))
		return p;
	r->bad = true;
	return NULL;
}

static double next_real(struct reading *r, const char *kind, const char *key)
{
	const struct param *p = next(r, kind, key);
	double x = 0;

	if (p && !p->value[0])
		return (double)NAN;
	if (p && !num_parse(p->value, strlen(p->value), &x))
		r->bad = true;
	return x;
}

static int64_t next_int(struct reading *r, const char *key)
{
	const struct param *p = next(r, "step", key);
	int64_t x = 0;

	if (!p || !num_parse_int(p->value, strlen(p->value), &x) || x < 0)
		r->bad = true;
	return x;
}

static const char *load_segments(struct kmeans_step *s, struct reading *r, size_t k)
{
	double *centre = calloc(k * s->d + 1, sizeof *centre);
	size_t first = r->at;

	if (!centre || kmeans_step_centres(s, centre, k)) {
		free(centre);
		return "out of memory";
	}
	free(centre);
	r->at = first;
	for (size_t c = 0; c < k && !r->bad; c++) {
		for (size_t j = 0; j < s->d; j++)
			s->centre[c * s->d + j] = next_real(r, "centre", s->name[j]);
		s->size[c] = next_real(r, "segment", "size");
		s->squares[c] = next_real(r, "segment", "squares");
		for (size_t j = 0; j < s->d; j++)
			s->mean[c * s->d + j] = next_real(r, "mean", s->name[j]);
	}
	return NULL;
}

static const char *load_sums(struct kmeans_step *s, struct reading *r)
{
	size_t n = kmeans_step_sums(s);

	s->sum = calloc(n + 1, sizeof *s->sum);
	if (!s->sum)
		return "out of memory";
	for (size_t i = 0; i < n && !r->bad; i++) {
		const struct param *p = next(r, "sum", "");
		if (p && exact_load(&s->sum[i], p->value, strlen(p->value)))
			r->bad = true;
	}
	return NULL;
}

/* What is said of the step as a whole; *d and *k are checked against the rows there are. */
static bool load_head(struct kmeans_step *s, struct reading *r, size_t *d, size_t *k,
		      const char **weights)
{
	const struct param *stage = next(r, "step", "stage"), *is = next(r, "step", "is"), *w;
	int64_t columns = next_int(r, "columns"), segments = next_int(r, "k");

	w = next(r, "step", "weights");
	*weights = w && w->value[0] ? w->value : NULL;
	while (stage && s->stage < KMEANS_STAGES &&
	       strcmp(stage->value, kmeans_stage_name(s->stage)) != 0)
		s->stage++;
	s->finished = is && strcmp(is->value, "finished") == 0;
	s->n_rows = next_int(r, "rows");
	s->n_shards = next_int(r, "shards");
	s->iterations = next_int(r, "iterations");
	s->n_empty = (size_t)next_int(r, "empty");
	s->inertia = next_real(r, "step", "inertia");
	s->shift = next_real(r, "step", "largest_shift");
	s->silhouette = next_real(r, "step", "silhouette_sq");
	s->largest_weight = next_real(r, "step", "largest_weight");
	*d = (size_t)columns;
	*k = (size_t)segments;
	return !r->bad && s->stage < KMEANS_STAGES && columns > 0 &&
	       (uint64_t)columns < r->p->n && (uint64_t)segments < r->p->n;
}

const char *kmeans_step_load(struct kmeans_step *s, const struct param_list *p)
{
	struct reading r = { p, 1, false };
	struct kmeans_step head = { 0 };
	const char *weights = NULL, *error = NULL;
	char **name;
	size_t d, k, first;

	if (!load_head(&head, &r, &d, &k, &weights) || r.at + 2 * d > p->n)
		return "no step of seg-kmeans, or not whole";
	name = malloc(d * sizeof *name);
	first = r.at;
	for (size_t j = 0; name && j < d; j++)
		name[j] = (char *)p->row[first + 2 * j].name;
	if (!name || kmeans_step_init(s, name, d, weights)) {
		free(name);
		return "out of memory";
	}
	free(name);
	s->stage = head.stage, s->finished = head.finished, s->n_rows = head.n_rows;
	s->n_shards = head.n_shards, s->iterations = head.iterations, s->n_empty = head.n_empty;
	s->inertia = head.inertia, s->shift = head.shift, s->silhouette = head.silhouette;
	s->largest_weight = head.largest_weight;
	for (size_t j = 0; j < d; j++) {
		s->low[j] = next_real(&r, "column", "low");
		s->high[j] = next_real(&r, "column", "high");
	}
	if (k)
		error = load_segments(s, &r, k);
	if (!error && !s->finished)
		error = load_sums(s, &r);
	if (!error && (r.bad || r.at != p->n))
		error = "no step of seg-kmeans, or not whole";
	return error;
}
