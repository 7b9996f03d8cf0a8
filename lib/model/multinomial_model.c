/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/logit_model.h"
#include "model/multinomial.h"
#include "table/param.h"

static int store_outcome(struct param_list *p, const char *raw, size_t place, double weight)
{
	char *level = logit_plain(raw, strlen(raw));

	if (!level)
		return -1;
	param_add_int(p, "outcome", level, "place", (int64_t)place);
	param_add_real(p, "outcome", level, "weight", weight);
	free(level);
	return 0;
}

/* The terms of the outcome at `place`. */
static int store_terms(struct param_list *p, const struct multinomial_fit *fit,
		       const struct design *d, const char *raw, size_t place, const char *outcome)
{
	char *level = logit_plain(raw, strlen(raw));
	int status = level ? 0 : -1;

	for (size_t t = 0; t < fit->n_terms && status == 0; t++) {
		char *term = logit_plain(d->term[t].name, strlen(d->term[t].name)), *name = NULL;
		size_t room = term ? strlen(outcome) + strlen(level) + strlen(term) + 3 : 0;
		if (term && (name = malloc(room))) {
			snprintf(name, room, "%s=%s:%s", outcome, level, term);
			status = logit_store_term(p, &fit->term[(place - 1) * fit->n_terms + t], d, t,
						  name, level);
		}
		status = name ? status : -1;
		free(term);
		free(name);
	}
	free(level);
	return status;
}

int multinomial_model_store(struct param_list *p, const struct multinomial_fit *fit,
			    const struct design *d, char *const *level,
			    const struct logit_options *options, const struct logit_about *about)
{
	const struct logit_summary summary = {
		.family = "multinomial", .n_rows = fit->n_rows, .df = fit->df, .df_null = fit->df_null,
		.lr_df = fit->lr_df, .iterations = fit->iterations,
		.converged = multinomial_converged(fit), .separated = fit->separated,
		.stop = fit->stop, .sum_weights = fit->sum_weights, .deviance = fit->deviance,
		.null_deviance = fit->null_deviance, .aic = fit->aic, .lr = fit->lr, .lr_p = fit->lr_p,
	};
	int status = 0;

	logit_store_fit(p, &summary, options, about);
	for (size_t i = 0; i < fit->n_outcomes && status == 0; i++)
		status = store_outcome(p, level[i], i, fit->weight_of[i]);
	for (size_t i = 0; i < d->n_sources && status == 0; i++)
		status = logit_store_column(p, d, i, 0);
	for (size_t i = 1; i < fit->n_outcomes && status == 0; i++)
		status = store_terms(p, fit, d, level[i], i, about->outcome);
	return status;
}
