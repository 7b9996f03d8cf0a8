/* SPDX-License-Identifier: MIT */
#ifndef VIEW_CHOICE_H
#define VIEW_CHOICE_H

#include "model/logit_model.h"
#include "view/reading.h"

/*
 * A multinomial fit of a stream's rows: reads them (how->outcomes is set),
 * fits, says what the user has to know, and writes the model to standard
 * output.  Whether the fit is an answer.
 */
bool choice_run(struct tsv_in *in, const struct reading *how, const struct logit_options *options,
		const struct tsv_create *create);

#endif
