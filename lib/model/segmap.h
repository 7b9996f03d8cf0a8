/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SEGMAP_H
#define MODEL_SEGMAP_H

#include <stddef.h>
#include <stdint.h>

#include "model/score.h"
#include "table/boxes.h"

/*
 * Names for the cells of scores.  The rules are boxes of cells, R, F, M; together
 * they cover every cell exactly once.
 */
struct segmap {
	int n; /* scores, at most SCORE_MAX */
	const struct box *rule; /* kept, not copied */
	uint16_t cell[SCORE_MAX * SCORE_MAX * SCORE_MAX]; /* rule number + 1 */
};

/* The default: ten segments on recency and frequency, scores 1..5. */
extern const struct box segmap_default[];
extern const size_t segmap_n_default;

/*
 * Returns 0, or -1 with a message in error[200]: a range that is not within
 * 1..n, or the first cell that no rule or two rules cover:
 *
 *	no segment covers R5 F2 M1
 *	R5 F2 M1 is in both Champions and Loyal Customers
 */
int segmap_build(struct segmap *m, int n, const struct box *rule, size_t n_rules,
		 char error[200]) __attribute__((warn_unused_result));

const char *segmap_name(const struct segmap *m, const int score[SCORE_DIMS]);

#endif
