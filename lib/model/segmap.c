/* SPDX-License-Identifier: MIT */
#include "model/segmap.h"

#include <stdio.h>
#include <string.h>

const struct box segmap_default[] = {
	{ "Champions", { 5, 4, 1 }, { 5, 5, 5 } },
	{ "Loyal Customers", { 3, 4, 1 }, { 4, 5, 5 } },
	{ "Potential Loyalists", { 4, 2, 1 }, { 5, 3, 5 } },
	{ "New Customers", { 5, 1, 1 }, { 5, 1, 5 } },
	{ "Promising", { 4, 1, 1 }, { 4, 1, 5 } },
	{ "Need Attention", { 3, 3, 1 }, { 3, 3, 5 } },
	{ "About to Sleep", { 3, 1, 1 }, { 3, 2, 5 } },
	{ "Can't Lose", { 1, 5, 1 }, { 2, 5, 5 } },
	{ "At Risk", { 1, 3, 1 }, { 2, 4, 5 } },
	{ "Hibernating", { 1, 1, 1 }, { 2, 2, 5 } },
};
const size_t segmap_n_default = sizeof segmap_default / sizeof *segmap_default;

static uint16_t *cell_of(struct segmap *m, int r, int f, int mon)
{
	return &m->cell[((r - 1) * m->n + f - 1) * m->n + mon - 1];
}

/* Marks the rule's cells; returns -1 on one that is taken. */
static int place_rule(struct segmap *m, size_t i, char error[200])
{
	const struct box *rule = &m->rule[i];

	for (int r = rule->lo[SCORE_R]; r <= rule->hi[SCORE_R]; r++) {
		for (int f = rule->lo[SCORE_F]; f <= rule->hi[SCORE_F]; f++) {
			for (int mon = rule->lo[SCORE_M]; mon <= rule->hi[SCORE_M]; mon++) {
				uint16_t *cell = cell_of(m, r, f, mon);
				if (*cell) {
					snprintf(error, 200,
						 "R%d F%d M%d is in both %.60s and %.60s", r, f,
						 mon, m->rule[*cell - 1].name, rule->name);
					return -1;
				}
				*cell = (uint16_t)(i + 1);
			}
		}
	}
	return 0;
}

int segmap_build(struct segmap *m, int n, const struct box *rule, size_t n_rules,
		 char error[200])
{
	static const char dim[] = "RFM";

	*m = (struct segmap){ .n = n, .rule = rule };
	for (size_t i = 0; i < n_rules; i++) {
		for (int d = 0; d < SCORE_DIMS; d++) {
			int lo = rule[i].lo[d], hi = rule[i].hi[d];
			if (lo >= 1 && lo <= hi && hi <= n)
				continue;
			snprintf(error, 200, "segment %.60s: %c%d-%d is not within 1..%d",
				 rule[i].name, dim[d], lo, hi, n);
			return -1;
		}
		/* More rules than cells must overlap, so the number fits. */
		if (place_rule(m, i, error) != 0)
			return -1;
	}
	for (int i = 0; i < n * n * n; i++) {
		if (m->cell[i])
			continue;
		snprintf(error, 200, "no segment covers R%d F%d M%d", i / (n * n) + 1,
			 i / n % n + 1, i % n + 1);
		return -1;
	}
	return 0;
}

const char *segmap_name(const struct segmap *m, const int score[SCORE_DIMS])
{
	int i = ((score[SCORE_R] - 1) * m->n + score[SCORE_F] - 1) * m->n + score[SCORE_M] - 1;
	return m->rule[m->cell[i] - 1].name;
}
