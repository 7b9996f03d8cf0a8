/* SPDX-License-Identifier: MIT */
#include "view/choice.h"

#include <stdlib.h>

#include "base/msg.h"
#include "model/multinomial.h"
#include "table/param.h"

static void check(enum logit_status status, const struct tsv_in *in)
{
	if (status == LOGIT_NO_MEMORY)
		msg_die(MSG_FAILED, "out of memory");
	if (status == LOGIT_RANGE)
		msg_die(MSG_FAILED, "%s: a term's values span more than 1e301", in->file);
}

static void report(const struct multinomial_fit *fit, const struct logit_rows *r,
		   const struct reading *how)
{
	char text[LOGIT_PROBLEM_MAX];

	for (size_t i = 0; multinomial_problem(fit, &r->design, how->outcome, how->outcomes->raw, i,
					       text); i++)
		msg_warn("%s", text);
	msg_note("%zu rows, %zu outcomes, %zu terms each; deviance %.10g, null %.10g; %d iterations",
		 fit->n_rows, fit->n_outcomes, fit->rank, fit->deviance, fit->null_deviance,
		 fit->iterations);
}

static void write_model(const struct multinomial_fit *fit, const struct logit_rows *r,
			const struct reading *how, const struct logit_options *options,
			const struct tsv_create *create)
{
	const struct logit_about about = { .outcome = how->outcome, .weights = how->weights };
	struct param_list model = { 0 };
	struct tsv_out *out;

	if (multinomial_model_store(&model, fit, &r->design, how->outcomes->raw, options, &about) != 0)
		msg_die(MSG_FAILED, "out of memory");
	out = tsv_create(create);
	param_write(&model, out);
	tsv_finish(out);
	param_free(&model);
}

bool choice_run(struct tsv_in *in, const struct reading *how, const struct logit_options *options,
		const struct tsv_create *create)
{
	struct reading_outcomes *o = how->outcomes;
	struct logit_rows r = { .n = 0 };
	struct multinomial_fit fit;
	struct pages pages = { 0 };
	bool converged;

	reading_rows(&r, &pages, in, how);
	if (r.n == 0)
		msg_die(MSG_FAILED, "%s: no rows to fit", in->file);
	if (o->n == 1)
		msg_die(MSG_FAILED, "%s: the outcome %s is \"%s\" in all %zu rows", in->file,
			how->outcome, o->raw[0], r.n);
	const struct multinomial_data data = { &r.design, r.y, r.weight, o->n };
	check(multinomial_fit(&fit, &data, options), in);
	report(&fit, &r, how);
	converged = multinomial_converged(&fit);
	write_model(&fit, &r, how, options, create);
	multinomial_free(&fit);
	for (size_t i = 0; i < o->n; i++)
		free(o->raw[i]);
	free(o->raw);
	logit_rows_free(&r);
	pages_free(&pages);
	return converged;
}
