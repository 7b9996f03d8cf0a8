/* SPDX-License-Identifier: MIT */
#ifndef MODEL_NAMING_H
#define MODEL_NAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/score.h"
#include "model/segmap.h"

/*
 * The scores and the named segment of each customer as fields of a row:
 * r_score f_score m_score rfm_score, then rfm_segment when there is a map.
 */
struct naming {
	bool has_scores, has_map;
	struct score_cuts cuts;
	struct segmap map;
	uint64_t n_ties; /* customers whose segment - without a map, scores - would be
			  * another under the opposite tie rule */
};

extern const char *const naming_field[5];

/*
 * From the options: n_scores 0: none; `cuts` a parameter file of cut points, or
 * NULL, whose number holds unless the scores are `given`; `map` a file, "none",
 * or NULL: the default names if there are 5 scores.  Returns 0, or -1 with a
 * message in error[400]; files that are no streams die.
 */
int naming_open(struct naming *n, int n_scores, bool given, const char *cuts, const char *map,
		char error[400]);

/* Appends the fields, each with a TAB before it; x NULL: missing.  Counts in
 * *n_ties, so that several threads may share the naming. */
void naming_put(struct buf *to, const struct naming *n, const double x[SCORE_DIMS],
		uint64_t *n_ties);

#endif
