/* SPDX-License-Identifier: MIT */
#include "view/sweep.h"

static void put_header(struct tsv_out *out, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tsv_put_text(out, name[i]);
	tsv_end_row(out);
}

void sweep_write(struct tsv_out *out, const struct kmeans_fit *fit, const struct quality *quality,
		 size_t n, size_t picked, const char *picked_by)
{
	static const char *const name[] = { "k", "inertia", "silhouette", "silhouette_kind",
					    "calinski_harabasz", "davies_bouldin", "gap", "gap_se",
					    "picked_by", "silhouette_se", "iterations", "stopped",
					    "stability" };

	put_header(out, name, sizeof name / sizeof *name);
	for (size_t i = 0; i < n; i++) {
		const struct quality *q = &quality[i];
		tsv_put_int(out, (int64_t)fit[i].k);
		tsv_put_real(out, fit[i].inertia);
		tsv_put_real(out, q->silhouette);
		tsv_put_text(out, quality_kind_name(q->kind));
		tsv_put_real(out, q->calinski_harabasz);
		tsv_put_real(out, q->davies_bouldin);
		tsv_put_real(out, q->gap);
		tsv_put_real(out, q->gap_se);
		tsv_put_text(out, i == picked ? picked_by : "");
		tsv_put_real(out, q->silhouette_se);
		tsv_put_int(out, fit[i].iterations);
		tsv_put_text(out, kmeans_stop_name(fit[i].stopped));
		tsv_put_real(out, q->stability);
		tsv_end_row(out);
	}
}

void sweep_write_history(struct tsv_out *out, const struct kmeans_fit *fit, size_t n)
{
	static const char *const name[] = { "k", "restart", "iteration", "inertia",
					    "largest_shift" };

	put_header(out, name, sizeof name / sizeof *name);
	for (size_t i = 0; i < n; i++)
		for (size_t t = 0; t < fit[i].n_trace; t++) {
			const struct kmeans_trace *r = &fit[i].trace[t];
			tsv_put_int(out, (int64_t)fit[i].k);
			tsv_put_int(out, (int64_t)r->restart);
			tsv_put_int(out, r->iteration);
			tsv_put_real(out, r->inertia);
			tsv_put_real(out, r->largest_shift);
			tsv_end_row(out);
		}
}

void sweep_write_sides(const char *sweep, const char *history, const struct tsv_create *how,
		       const struct kmeans_fit *fit, const struct quality *quality, size_t n,
		       size_t picked, const char *picked_by)
{
	struct tsv_out *out;

	if (sweep) {
		out = tsv_create_file(sweep, how);
		sweep_write(out, fit, quality, n, picked, picked_by);
		tsv_finish(out);
	}
	if (history) {
		out = tsv_create_file(history, how);
		sweep_write_history(out, fit, n);
		tsv_finish(out);
	}
}
