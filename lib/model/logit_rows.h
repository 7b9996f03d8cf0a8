/* SPDX-License-Identifier: MIT */
#ifndef MODEL_LOGIT_ROWS_H
#define MODEL_LOGIT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/logit.h"

/*
 * The rows of a regression as they are read: outcome and case weights beside
 * a design.  Zeroed struct = none.
 */
struct logit_rows {
	struct design design;
	uint8_t *y;
	double *weight; /* NULL: all 1 */
	size_t n, y_capacity, weight_capacity;
};

/*
 * One more row, for design_add; y is 0 or 1, weight > 0, read only when
 * `weighted`, which is the same for all rows.  0, or -1: no memory.
 */
int logit_rows_add(struct logit_rows *r, const double *number, const struct span *category, int y,
		   bool weighted, double weight);

/* n rows at once, for design_add_many; weight is NULL for all rows or for none. */
int logit_rows_add_many(struct logit_rows *r, size_t n, const double *number,
			const struct span *category, size_t stride, const uint8_t *y,
			const double *weight);

uint64_t logit_rows_bytes(const struct logit_rows *r);

/*
 * The case weights of the rows, 0 where part[i] (may be NULL) is `skip` or
 * `also`; of two classes balanced so that each class has half of their sum, when asked for
 * (King & Zeng 2001; scikit-learn's class_weight).  To be freed; NULL: no
 * memory.
 */
double *logit_rows_weights(const struct logit_rows *r, const uint32_t *part, uint32_t skip,
			   uint32_t also, bool balanced);

void logit_rows_free(struct logit_rows *r);

#endif
