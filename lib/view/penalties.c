/* SPDX-License-Identifier: MIT */
#include "view/penalties.h"

void penalties_write(const char *file, const struct tsv_create *how, const struct logit_path *path,
		     const struct logit_options *options)
{
	static const char *const names[] = { "l1", "l2", "terms", "deviance", "log_loss", "std_error",
					     "chosen" };
	struct tsv_out *out = tsv_create_file(file, how);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		tsv_put_text(out, names[i]);
	tsv_end_row(out);
	for (size_t i = 0; i < path->n; i++) {
		const struct logit_point *at = &path->point[i];
		tsv_put_real(out, options->l1 * at->scale);
		tsv_put_real(out, options->l2 * at->scale);
		tsv_put_int(out, (int64_t)at->n_terms);
		tsv_put_real(out, at->deviance);
		tsv_put_real(out, at->log_loss);
		tsv_put_real(out, at->std_error);
		if (i == path->min)
			tsv_put_text(out, i == path->one_se ? "min 1se" : "min");
		else
			tsv_put_text(out, i == path->one_se ? "1se" : "");
		tsv_end_row(out);
	}
	tsv_finish(out);
}
