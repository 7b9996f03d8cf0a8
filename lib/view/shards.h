/* SPDX-License-Identifier: MIT */
#ifndef VIEW_SHARDS_H
#define VIEW_SHARDS_H

#include "view/reading.h"

/*
 * A logistic fit over shards, a Newton step at a time: each shard's sums at
 * the coefficients of a model go to a part, parts to the next model.
 */

/*
 * Reads the rows and writes their part at the coefficients of the model in
 * file `at` (NULL: the first round, at 0) to standard output.
 */
void shards_part(struct tsv_in *in, const struct reading *how, const char *at,
		 const struct tsv_create *create);

/*
 * Adds up the parts in these files, takes the step, writes the model to
 * standard output.  Whether it is the last: the fit has come to its end.
 */
bool shards_merge(char *const *path, size_t n_paths, bool covariance,
		  const struct tsv_create *create);

#endif
