/* SPDX-License-Identifier: MIT */
#include "view/asked.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "table/columns.h"
#include "value/text.h"

void asked_open(struct asked *a, const struct tsv_in *in, const struct asked_how *how)
{
	a->words = how->words ? (ptrdiff_t)columns_one(in, how->words) : -1;
	a->arm = how->ab->n ? (ptrdiff_t)columns_one(in, how->ab->item[0]) : -1;
	a->outcome = how->ab->n ? (ptrdiff_t)columns_one(in, how->ab->item[1]) : -1;
	a->r = how->grid ? tsv_column(in, "r_score") : -1;
	a->f = how->grid ? tsv_column(in, "f_score") : -1;
	if (how->grid_named && a->r < 0)
		columns_one(in, "r_score");
	if (how->grid_named && a->f < 0)
		columns_one(in, "f_score");
	if (a->f < 0)
		a->r = -1;
	a->name = a->r < 0 ? -1 : tsv_column(in, "rfm_segment");
}

static void count(struct asked *a, const struct tsv_in *in, ptrdiff_t column, struct shares *s,
		  uint32_t level, uint32_t group, dec_wide value)
{
	int status = shares_add(s, level, group, value);
	if (status == -1)
		msg_die(MSG_FAILED, "out of memory");
	if (status)
		tsv_die(in, column, "the sum is too large");
	a->n_said += s == &a->said;
}

/* Letters, digits, and whatever is beyond ASCII make words. */
static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 128;
}

/* Words of two letters and more; numbers are none. */
static void add_words(struct asked *a, const struct tsv_in *in, uint32_t segment)
{
	struct span raw = in->field[a->words];
	if (raw.n > a->text_capacity)
		a->text = mem_resize(a->text, a->text_capacity = 2 * raw.n, 1);
	size_t n = text_unescape(a->text, raw.s, raw.n);
	for (size_t i = 0; i < n; i++)
		if (a->text[i] >= 'A' && a->text[i] <= 'Z')
			a->text[i] = (char)(a->text[i] - 'A' + 'a');
	for (size_t from = 0, to; from < n; from = to + 1) {
		bool letter = false;
		for (to = from; to < n && in_word(a->text[to]); to++)
			letter = letter || a->text[to] > '9' || a->text[to] < '0';
		if (letter && to - from > 1)
			count(a, in, a->words, &a->said,
			      levels_number(&a->vocabulary, (struct span){ a->text + from, to - from }),
			      segment, 1);
	}
}

static void add_outcome(struct asked *a, const struct tsv_in *in, uint32_t segment)
{
	struct span arm = in->field[a->arm], outcome = in->field[a->outcome];
	if (arm.n == 0 || outcome.n == 0) {
		a->n_untested++;
		return;
	}
	double y = tsv_real(in, (size_t)a->outcome);
	if (y != 0 && y != 1)
		tsv_die(in, a->outcome, "neither 0 nor 1: \"%.*s\"", (int)outcome.n, outcome.s);
	count(a, in, a->outcome, &a->trial, levels_number(&a->arms, arm), segment, y != 0);
	if (a->arms.n > 20)
		tsv_die(in, a->arm, "more than 20 different values: no arms of a test");
}

static uint32_t score(const struct tsv_in *in, ptrdiff_t column)
{
	int64_t s = tsv_int(in, (size_t)column);
	if (s < 1 || s > ASKED_SCORES)
		tsv_die(in, column, "%lld is not in 1..%d", (long long)s, ASKED_SCORES);
	return (uint32_t)s;
}

static void add_scores(struct asked *a, const struct tsv_in *in, dec_wide value)
{
	if (in->field[a->r].n == 0 || in->field[a->f].n == 0) {
		a->n_unscored++;
		return;
	}
	uint32_t r = score(in, a->r), f = score(in, a->f);
	struct span name = a->name < 0 ? (struct span){ "", 0 } : in->field[a->name];
	count(a, in, a->r, &a->cells, (r - 1) * ASKED_SCORES + f - 1, levels_number(&a->names, name),
	      value);
}

void asked_add(struct asked *a, const struct tsv_in *in, uint32_t segment, dec_wide value)
{
	if (a->words >= 0)
		add_words(a, in, segment);
	if (a->arm >= 0)
		add_outcome(a, in, segment);
	if (a->r >= 0)
		add_scores(a, in, value);
}

uint64_t asked_bytes(const struct asked *a, uint32_t segment)
{
	uint64_t words = a->words < 0 ? 0 : levels_bytes(&a->vocabulary) +
					    shares_bytes(&a->said, a->vocabulary.n, segment);
	uint64_t names = a->r < 0 ? 0 : levels_bytes(&a->names) +
					shares_bytes(&a->cells, a->cells.n_levels, (uint32_t)a->names.n);
	return words + names + a->text_capacity;
}

/* Levels by place. */
static uint32_t *order_of(const struct levels *l)
{
	uint32_t *place = mem_array(l->n + 1, sizeof *place), *order = mem_array(l->n + 1, sizeof *order);
	levels_order(l, place);
	for (size_t i = 0; i < l->n; i++)
		order[place[i]] = (uint32_t)i;
	free(place);
	return order;
}

void asked_order(struct asked *a, const uint32_t *place, size_t n)
{
	if (shares_reorder(&a->said, place, n) || shares_reorder(&a->trial, place, n))
		msg_die(MSG_FAILED, "out of memory");
	a->arm_order = order_of(&a->arms);
	a->name_order = order_of(&a->names);
}

const char *asked_check(const struct asked *a, uint64_t *n_checked)
{
	size_t level, group;
	if (!shares_check(&a->said, &level, &group) || a->said.total != (dec_wide)a->n_said)
		return "words: the segments' counts are not the total";
	if (!shares_check(&a->trial, &level, &group))
		return "ab: the arms' events are not the total";
	if (!shares_check(&a->cells, &level, &group))
		return "rf-grid: the cells are not the whole";
	*n_checked += a->said.n_levels + a->trial.n_levels + a->cells.n_levels;
	return NULL;
}

void asked_free(struct asked *a)
{
	levels_free(&a->vocabulary);
	levels_free(&a->arms);
	levels_free(&a->names);
	shares_free(&a->said);
	shares_free(&a->trial);
	shares_free(&a->cells);
	free(a->arm_order);
	free(a->name_order);
	free(a->text);
}
