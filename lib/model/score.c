/* SPDX-License-Identifier: MIT */
#include "model/score.h"

#include <stdio.h>
#include <string.h>

#include "base/par.h"
#include "math/quantile.h"
#include "table/param.h"
#include "value/num.h"

static const char *const dim_name[SCORE_DIMS] = { "recency_days", "frequency", "monetary" };

/*
 * The quantile at i/n with (n_rows - 1) i / n in whole numbers: in doubles a
 * position that is a row could fall just beside it, and move the customers
 * who are equal to that row to the next score.
 */
static double cut_point(const double *sorted, size_t n_rows, size_t i, size_t n)
{
	size_t at = (n_rows - 1) * i, k = at / n;

	if (at % n == 0)
		return sorted[k];
	return sorted[k] + (double)(at % n) / (double)n * (sorted[k + 1] - sorted[k]);
}

struct fit {
	struct score_cuts *c;
	double *const *value;
	size_t n_rows;
};

static void fit_dim(void *ctx, size_t d)
{
	const struct fit *f = ctx;

	quantile_sort(f->value[d], f->n_rows);
	for (int i = 1; i < f->c->n; i++)
		f->c->cut[d][i - 1] = cut_point(f->value[d], f->n_rows, (size_t)i, (size_t)f->c->n);
}

void score_fit(struct score_cuts *c, int n, double *const value[SCORE_DIMS], size_t n_rows,
	       int threads)
{
	c->n = n;
	par_for(threads, SCORE_DIMS, fit_dim, &(struct fit){ c, value, n_rows });
}

void score_rows(const struct score_cuts *c, const double x[SCORE_DIMS], int score[SCORE_DIMS])
{
	for (int d = 0; d < SCORE_DIMS; d++) {
		int below = 0;
		for (int i = 0; i < c->n - 1; i++)
			below += c->cut[d][i] < x[d];
		score[d] = d == SCORE_R ? c->n - below : 1 + below;
	}
}

void score_opposite(const struct score_cuts *c, const double x[SCORE_DIMS], int score[SCORE_DIMS])
{
	for (int d = 0; d < SCORE_DIMS; d++) {
		int below = 0;
		for (int i = 0; i < c->n - 1; i++)
			below += c->cut[d][i] <= x[d];
		score[d] = d == SCORE_R ? c->n - below : 1 + below;
	}
}

void score_store(const struct score_cuts *c, struct param_list *p)
{
	for (int d = 0; d < SCORE_DIMS; d++) {
		for (int i = 1; i < c->n; i++) {
			char key[2] = { (char)('0' + i), '\0' };
			param_add_real(p, "cut", dim_name[d], key, c->cut[d][i - 1]);
		}
	}
}

static int load_cut(struct score_cuts *c, const struct param *row, int seen[SCORE_DIMS],
		    char error[200])
{
	int d = 0;
	double *cut;

	while (d < SCORE_DIMS && strcmp(row->name, dim_name[d]) != 0)
		d++;
	if (d == SCORE_DIMS) {
		snprintf(error, 200, "cut of \"%.60s\": not recency_days, frequency or monetary",
			 row->name);
		return -1;
	}
	if (seen[d] == SCORE_MAX - 1 || row->key[0] != '1' + seen[d] || row->key[1]) {
		snprintf(error, 200, "cuts of %s: \"%.20s\" where 1..8 in turn was expected",
			 dim_name[d], row->key);
		return -1;
	}
	cut = &c->cut[d][seen[d]++];
	if (!num_parse(row->value, strlen(row->value), cut)) {
		snprintf(error, 200, "cut %s of %s: not a number: \"%.60s\"", row->key,
			 dim_name[d], row->value);
		return -1;
	}
	if (seen[d] > 1 && cut[0] < cut[-1]) {
		snprintf(error, 200, "cuts of %s: %s is below the one before", dim_name[d],
			 row->key);
		return -1;
	}
	return 0;
}

int score_load(struct score_cuts *c, const struct param_list *p, char error[200])
{
	int seen[SCORE_DIMS] = { 0 };

	for (size_t i = 0; i < p->n; i++) {
		if (strcmp(p->row[i].kind, "cut") == 0 &&
		    load_cut(c, &p->row[i], seen, error) != 0)
			return -1;
	}
	for (int d = 0; d < SCORE_DIMS; d++) {
		if (seen[d] && seen[d] == seen[SCORE_R])
			continue;
		snprintf(error, 200, "%d cuts of recency_days, %d of frequency, %d of monetary",
			 seen[SCORE_R], seen[SCORE_F], seen[SCORE_M]);
		return -1;
	}
	c->n = seen[SCORE_R] + 1;
	return 0;
}
