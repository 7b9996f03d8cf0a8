/* SPDX-License-Identifier: MIT */
#ifndef MODEL_KMEANS_PICK_H
#define MODEL_KMEANS_PICK_H

#include <stddef.h>

#include "model/kmeans.h"
#include "model/quality.h"

/*
 * The quality of each of n fits, in parallel.  Returns 0, or -1 without memory.
 * Memory: 24 bytes a row at most, or 8 MiB.
 */
int kmeans_judge(const struct kmeans_rows *rows, const struct kmeans_fit *fit, size_t n,
		 enum quality_kind kind, uint64_t seed, int threads, struct quality *quality);

/* Rules that choose one k of several. */
enum kmeans_rule { KMEANS_ELBOW, KMEANS_SILHOUETTE, KMEANS_GAP, KMEANS_CH, KMEANS_DB, KMEANS_RULES };

/* "elbow", "silhouette", "gap", "ch", "db". */
const char *kmeans_rule_name(enum kmeans_rule rule);

/*
 * The index of the fit that the rule picks among n fits of ascending k, or -1
 * when the rule has no answer: Kneedle's elbow of the inertias; the smallest k
 * with Gap(k) >= Gap(k + 1) - se(k + 1) (Tibshirani et al. 2001); the largest
 * silhouette or Calinski-Harabasz, the smallest Davies-Bouldin; the smallest k
 * of equals.
 */
ptrdiff_t kmeans_pick(enum kmeans_rule rule, const struct kmeans_fit *fit,
		      const struct quality *quality, size_t n);

/*
 * The index of the fit to take: by the rule asked for, or where that has no
 * answer by the best silhouette, or by ch, or else the first.  *by is the name
 * of the rule used, or "none"; text says what was picked, by which rule on
 * which range, and what the other rules would have picked.
 */
#define KMEANS_VERDICT 200
size_t kmeans_choose_fit(enum kmeans_rule asked, const struct kmeans_fit *fit,
			 const struct quality *quality, size_t n, const char **by,
			 char text[KMEANS_VERDICT]);

#endif
