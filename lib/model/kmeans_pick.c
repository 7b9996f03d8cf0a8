/* SPDX-License-Identifier: MIT */
#include "model/kmeans_pick.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/elbow.h"

/* Labels of six fits at once, or of more if they are few. */
#define FITS 6
#define LABEL_BYTES ((size_t)8 << 20)

const char *kmeans_rule_name(enum kmeans_rule rule)
{
	static const char *const name[] = { "elbow", "silhouette", "gap", "ch", "db" };

	return name[rule];
}

static ptrdiff_t elbow(const struct kmeans_fit *fit, size_t n)
{
	double *k = malloc(2 * n * sizeof *k);
	ptrdiff_t at = -1;

	for (size_t i = 0; k && i < n; i++) {
		k[i] = (double)fit[i].k;
		k[n + i] = fit[i].inertia;
	}
	if (k)
		at = elbow_find(k, k + n, n);
	free(k);
	return at;
}

static ptrdiff_t gap(const struct quality *q, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (q[i].gap >= q[i + 1].gap - q[i + 1].gap_se)
			return (ptrdiff_t)i;
	return -1;
}

static double merit(enum kmeans_rule rule, const struct quality *q)
{
	switch (rule) {
	case KMEANS_SILHOUETTE:
		return q->silhouette;
	case KMEANS_CH:
		return q->calinski_harabasz;
	default:
		return -q->davies_bouldin;
	}
}

ptrdiff_t kmeans_pick(enum kmeans_rule rule, const struct kmeans_fit *fit,
		      const struct quality *quality, size_t n)
{
	ptrdiff_t best = -1;

	if (rule == KMEANS_ELBOW)
		return elbow(fit, n);
	if (rule == KMEANS_GAP)
		return gap(quality, n);
	for (size_t i = 0; i < n; i++) {
		double value = merit(rule, &quality[i]);
		if (!isnan(value) && (best < 0 || value > merit(rule, &quality[best])))
			best = (ptrdiff_t)i;
	}
	return best;
}

size_t kmeans_choose_fit(enum kmeans_rule asked, const struct kmeans_fit *fit,
			 const struct quality *quality, size_t n, const char **by,
			 char text[KMEANS_VERDICT])
{
	ptrdiff_t pick[KMEANS_RULES];
	enum kmeans_rule used = asked;
	size_t picked, length;
	bool first = true;

	for (int r = 0; r < KMEANS_RULES; r++)
		pick[r] = kmeans_pick((enum kmeans_rule)r, fit, quality, n);
	if (pick[used] < 0)
		used = KMEANS_SILHOUETTE;
	if (pick[used] < 0)
		used = KMEANS_CH;
	picked = pick[used] < 0 ? 0 : (size_t)pick[used];
	*by = pick[used] < 0 ? "none" : kmeans_rule_name(used);
	if (used == asked)
		snprintf(text, KMEANS_VERDICT, "k = %zu picked by %s on %zu..%zu", fit[picked].k,
			 *by, fit[0].k, fit[n - 1].k);
	else
		snprintf(text, KMEANS_VERDICT, "%s on %zu..%zu: none; k = %zu picked by %s",
			 kmeans_rule_name(asked), fit[0].k, fit[n - 1].k, fit[picked].k, *by);
	for (int r = 0; r < KMEANS_RULES; r++) {
		if (r == (int)used || pick[r] < 0)
			continue;
		length = strlen(text);
		snprintf(text + length, KMEANS_VERDICT - length, "%s %s%s %zu", first ? ";" : ",",
			 kmeans_rule_name((enum kmeans_rule)r), first ? " would pick" : "",
			 fit[pick[r]].k);
		first = false;
	}
	return picked;
}

struct judging {
	const struct kmeans_rows *rows;
	const struct kmeans_fit *fit;
	size_t n, n_workers;
	enum quality_kind kind;
	uint64_t seed;
	int threads; /* of each worker */
	struct quality *quality;
	int failed;
};

static void judge_worker(void *ctx, size_t worker)
{
	struct judging *g = ctx;
	uint32_t *label = malloc(g->rows->n * sizeof *label);

	for (size_t i = worker; label && i < g->n; i += g->n_workers) {
		kmeans_label(g->rows, g->fit[i].centre, g->fit[i].k, g->threads, label);
		if (quality_of(g->rows, label, g->fit[i].k, g->kind, g->seed, g->threads,
			       &g->quality[i]))
			__atomic_store_n(&g->failed, 1, __ATOMIC_RELAXED);
	}
	if (!label)
		__atomic_store_n(&g->failed, 1, __ATOMIC_RELAXED);
	free(label);
}

int kmeans_judge(const struct kmeans_rows *rows, const struct kmeans_fit *fit, size_t n,
		 enum quality_kind kind, uint64_t seed, int threads, struct quality *quality)
{
	size_t room = LABEL_BYTES / (rows->n * sizeof(uint32_t));
	struct judging g = { rows, fit, n, (size_t)threads, kind, seed, 1, quality, 0 };

	g.n_workers = g.n_workers < n ? g.n_workers : n;
	room = room > FITS ? room : FITS;
	g.n_workers = g.n_workers < room ? g.n_workers : room;
	g.threads = threads / (int)g.n_workers;
	par_for((int)g.n_workers, g.n_workers, judge_worker, &g);
	return g.failed ? -1 : 0;
}
