/* SPDX-License-Identifier: MIT */
#ifndef VIEW_CHOICE_H
#define VIEW_CHOICE_H

#include "model/logit_model.h"
#include "view/judged.h"
#include "view/reading.h"

/*
 * A multinomial fit of a stream's rows: reads them (reading->outcomes is set),
 * fits, says what the user has to know, judges, and writes the model to
 * standard output.
 */
struct choice {
	const struct reading *reading;
	const struct logit_options *options;
	bool judging;   /* the rows of the fit at least */
	double holdout; /* share of each outcome that is held out and judged; 0: none */
	uint32_t cv;    /* folds; 0: none */
	int64_t seed;   /* of both */
};

/* Completes the tables.  Whether the fit, and that of every fold, is an answer. */
bool choice_run(struct tsv_in *in, const struct choice *how, struct judged *tables,
		const struct tsv_create *create);

#endif
