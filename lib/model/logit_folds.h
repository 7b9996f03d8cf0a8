/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_FOLDS_H
#define MODEL_LOGIT_FOLDS_H

#include "model/logit_path.h"

/* Cross-validation: rows of fold f < k are judged by a fit without them. */
struct logit_folds {
	const uint32_t *fold; /* [n] rows of fold k take no part */
	uint32_t k;
	size_t path;          /* 0, or the points of a path of penalties, k >= 3: then the
	                       * penalty too is chosen without the fold, by the other
	                       * folds in turn (nested, Varma & Simon 2006) */
	bool one_se;          /* of the path: by one standard error, not the minimum */
};

/*
 * Out-of-fold probabilities into p[n], 0 for rows that take no part.  settled[f]
 * is whether the fit without fold f is an answer.  k fits, or about k^2 paths.
 */
enum logit_status logit_cross_validate(const struct logit_rows *r, const struct logit_folds *folds,
				       const struct logit_options *options, double *p, bool *settled);

#endif
