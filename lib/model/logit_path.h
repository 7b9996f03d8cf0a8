/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_PATH_H
#define MODEL_LOGIT_PATH_H

#include "model/logit_rows.h"

/*
 * A path of penalties (Friedman, Hastie & Tibshirani 2010): l1 and l2 times a
 * scale that falls in equal ratios from where every coefficient is 0 to 1.
 */
struct logit_point {
	double scale;      /* of the l1 and l2 given */
	size_t n_terms;    /* that are not 0, without the intercept */
	double deviance;   /* of all rows in use */
	double log_loss;   /* mean over the folds */
	double std_error;  /* of it, over the folds */
};

struct logit_path {
	struct logit_point *point; /* [n], owned, the largest penalty first */
	size_t n;
	size_t min;     /* the smallest log_loss; of equal ones the first */
	size_t one_se;  /* the first within one standard error of it */
};

/*
 * Fits the path of path->n >= 2 points to the rows whose fold is not k, and
 * without each fold; options->l1 > 0.  O(n_rows) doubles of memory.  To be freed with free(path->point).
 */
enum logit_status logit_path(struct logit_path *path, const struct logit_rows *r,
			     const uint32_t *fold, uint32_t k, const struct logit_options *options);

#endif
