/* SPDX-License-Identifier: MIT */
#ifndef VIEW_PENALTIES_H
#define VIEW_PENALTIES_H

#include "model/logit_path.h"
#include "stream/tsv.h"

/*
 * A path of penalties as a side output:
 *
 *	l1 l2 terms deviance log_loss std_error chosen
 *
 * chosen: min, 1se, "min 1se", or missing.
 */
void penalties_write(const char *file, const struct tsv_create *how, const struct logit_path *path,
		     const struct logit_options *options);

#endif
