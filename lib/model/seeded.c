/* SPDX-License-Identifier: MIT */
#include "model/seeded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/exact.h"
#include "value/hash.h"

void seeded_add(struct seeded *s, const double *x, const struct lookalike_row *row, bool member)
{
	size_t d = s->a->model.n_columns;
	char *copy = mem_arena_copy(&s->text, row->text, row->n_text);

	s->row = mem_grow(s->row, s->n, &s->capacity, sizeof *s->row);
	s->member = mem_grow(s->member, s->n, &s->member_capacity, sizeof *s->member);
	s->x = mem_grow(s->x, s->n, &s->x_capacity, d * sizeof *s->x);
	s->row[s->n] = *row;
	s->row[s->n].text = copy;
	s->row[s->n].id.s = copy + (row->id.s - row->text);
	s->member[s->n] = member;
	memcpy(s->x + s->n++ * d, x, d * sizeof *x);
	s->n_members += member;
}

struct dealt {
	uint64_t hash;
	struct span id, text;
	size_t row;
};

size_t seeded_bytes(const struct seeded *s, size_t n_top)
{
	size_t d = s->a->model.n_columns;
	size_t held = s->text.n_bytes + s->capacity * sizeof *s->row +
		      s->member_capacity * sizeof *s->member +
		      s->x_capacity * d * sizeof *s->x;
	size_t n_kept = n_top < s->n ? n_top : s->n;

	return held + s->n + s->n_members * (sizeof(struct dealt) + 2 * sizeof(double)) +
	       (s->n ? n_kept * (held / s->n + 64) : 0);
}

static int compare(const void *a, const void *b)
{
	const struct dealt *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (span_compare(x->id, y->id) != 0)
		return span_compare(x->id, y->id);
	return span_compare(x->text, y->text);
}

/* fold[n]: the tenth of each member; SEEDED_FOLDS for other rows. */
static size_t deal(const struct seeded *s, unsigned char *fold)
{
	struct dealt *member = mem_array(s->n_members + 1, sizeof *member);
	size_t n_folds = s->n_members < SEEDED_FOLDS ? s->n_members : SEEDED_FOLDS, n = 0;

	for (size_t i = 0; i < s->n; i++) {
		struct span id = s->row[i].id, text = { s->row[i].text, s->row[i].n_text };
		fold[i] = SEEDED_FOLDS;
		if (s->member[i])
			member[n++] = (struct dealt){ hash_64(id.s, id.n), id, text, i };
	}
	if (n)
		qsort(member, n, sizeof *member, compare);
	for (size_t i = 0; i < n; i++)
		fold[member[i].row] = (unsigned char)(i % n_folds);
	free(member);
	return n_folds;
}

/* The mean of the members outside one tenth, of all for SEEDED_FOLDS. */
static void find_centre(const struct seeded *s, const unsigned char *fold, size_t without)
{
	size_t d = s->a->model.n_columns, n = 0;
	struct exact *sum = mem_zero(d, sizeof *sum);

	for (size_t i = 0; i < s->n; i++) {
		if (!s->member[i] || fold[i] == without)
			continue;
		n++;
		for (size_t j = 0; j < d; j++)
			exact_add(&sum[j], s->x[i * d + j]);
	}
	for (size_t j = 0; j < d; j++)
		s->centre[j] = exact_round(&sum[j]) / (double)n;
	free(sum);
}

/* The audience of the seed without one tenth, which is among the others. */
static int find_audience(const struct seeded *s, const unsigned char *fold, size_t without,
			 size_t n_top, struct lookalike *l)
{
	size_t d = s->a->model.n_columns;

	find_centre(s, fold, without);
	if (lookalike_init(l, s->a, s->centre, n_top) != 0)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		struct lookalike_row row = s->row[i];
		row.held_out = s->member[i] && fold[i] == without;
		if (lookalike_add(l, s->x + i * d, &row, s->member[i] && !row.held_out) != 0)
			return -1;
	}
	lookalike_finish(l);
	return 0;
}

int seeded_finish(struct seeded *s, size_t n_top, struct lookalike *audience, double *recall,
		  double *chance)
{
	unsigned char *fold = mem_alloc(s->n + 1);
	size_t n_folds = deal(s, fold);
	double back = 0, expected = 0;
	int status = 0;

	s->centre = mem_array(s->a->model.n_columns, sizeof *s->centre);
	for (size_t f = 0; f < n_folds && n_folds > 1 && status == 0; f++) {
		struct lookalike l = { 0 };
		size_t n_held = s->n_members / n_folds + (f < s->n_members % n_folds);
		size_t n_others = s->n - s->n_members + n_held;
		status = find_audience(s, fold, f, n_top, &l);
		for (size_t i = 0; i < l.n; i++)
			back += l.row[i].held_out;
		expected += (double)n_held * fmin(1, (double)n_top / (double)n_others);
		lookalike_free(&l);
	}
	*recall = n_folds > 1 ? back / (double)s->n_members : (double)NAN;
	*chance = n_folds > 1 ? expected / (double)s->n_members : (double)NAN;
	if (status == 0 && s->n_members)
		status = find_audience(s, fold, SEEDED_FOLDS, n_top, audience);
	free(fold);
	return status;
}

void seeded_free(struct seeded *s)
{
	free(s->row);
	free(s->member);
	free(s->x);
	free(s->centre);
	mem_arena_free(&s->text);
	*s = (struct seeded){ 0 };
}
