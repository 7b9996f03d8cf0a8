/* SPDX-License-Identifier: MIT */
#include "view/steps.h"

#include <stdlib.h>

#include "base/msg.h"
#include "table/param.h"
#include "table/points.h"

#define PROGRAM "seg-kmeans-step"

static void read_step(struct kmeans_step *s, const char *path)
{
	struct param_list p = { 0 };
	const char *error;

	param_read(&p, path, PROGRAM);
	error = kmeans_step_load(s, &p);
	if (error)
		msg_die(MSG_FAILED, "%s: %s", path, error);
	param_free(&p);
}

void steps_open(struct kmeans_step *s, const char *path)
{
	read_step(s, path);
	if (!s->finished)
		msg_die(MSG_FAILED, "%s: a part of a step: --final finishes it", path);
}

void steps_merge(struct kmeans_step *s, char *const *path, size_t n, int64_t expect_rows)
{
	for (size_t i = 0; i < n; i++) {
		struct kmeans_step one;
		read_step(i ? &one : s, path[i]);
		if ((i ? &one : s)->finished)
			msg_die(MSG_FAILED, "%s: a finished step, not a part of one", path[i]);
		if (i == 0)
			continue;
		if (kmeans_step_merge(s, &one))
			msg_die(MSG_FAILED, "%s: not of the same step as %s", path[i], path[0]);
		kmeans_step_free(&one);
	}
	if (expect_rows >= 0 && s->n_rows != expect_rows)
		msg_die(MSG_FAILED, "%s: %lld rows in %lld shards, not %lld", path[0],
			(long long)s->n_rows, (long long)s->n_shards, (long long)expect_rows);
}

static void take_centres(struct kmeans_step *s, const char *path)
{
	size_t k;
	double *centre;

	if (s->stage != KMEANS_RANGES)
		msg_die(MSG_FAILED, "%s: the step has its centres already", path);
	centre = points_read(path, s->name, s->d, &k);
	if (k == 0)
		msg_die(MSG_FAILED, "%s: no centres", path);
	if (kmeans_step_centres(s, centre, k))
		msg_die(MSG_FAILED, "out of memory");
	free(centre);
}

const char *steps_range_message(enum kmeans_status status)
{
	return status == KMEANS_TINY ? "values too small: their squared distances underflow"
				     : "values too large: their squared distances overflow";
}

static void check_ranges(const struct kmeans_step *s)
{
	enum kmeans_status status = kmeans_check_ranges(s->low, s->high, s->d, (size_t)s->n_rows,
							s->largest_weight);

	if (status != KMEANS_OK)
		msg_die(MSG_FAILED, "%s", steps_range_message(status));
}

void steps_finish(struct kmeans_step *s, const char *centres)
{
	check_ranges(s);
	if (centres)
		take_centres(s, centres);
	if (kmeans_step_finish(s))
		msg_die(MSG_FAILED, "out of memory");
	if (s->stage == KMEANS_SUMS)
		msg_note("iteration %lld: %lld rows in %lld shards, inertia %.6g, largest shift %.3g",
			 (long long)s->iterations, (long long)s->n_rows, (long long)s->n_shards,
			 s->inertia, s->shift);
	if (s->stage == KMEANS_SUMS && s->n_empty)
		msg_warn("%zu centres have no rows and stay where they are", s->n_empty);
	if (s->stage == KMEANS_SILHOUETTES)
		msg_note("silhouette (sq) of %lld rows in %lld shards: %.6g", (long long)s->n_rows,
			 (long long)s->n_shards, s->silhouette);
}

void steps_write(const struct kmeans_step *s, const struct tsv_create *how)
{
	struct tsv_out *out = tsv_create(how);
	struct param_list p = { 0 };

	kmeans_step_store(s, &p);
	param_write(&p, out);
	tsv_finish(out);
	param_free(&p);
}
