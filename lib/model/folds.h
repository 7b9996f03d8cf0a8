/* SPDX-License-Identifier: MIT */
#ifndef MODEL_FOLDS_H
#define MODEL_FOLDS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Stratified random parts of rows by their class, y[i] < n_classes.  Rows of each class
 * are ranked by random bits of (seed, row), so a row's part depends on the
 * seed, its number and its rank alone.
 */

/* held[i] = 1 for the share of each class, rounded, that is held out, else 0.
 * Returns 0, or -1: no memory. */
int folds_holdout(uint32_t *held, const uint8_t *y, size_t n, size_t n_classes, double share,
		  uint64_t seed);

/*
 * fold[i] in 0..k-1, in turn by rank, so that sizes differ by at most one in
 * each class and in all; rows with skip[i] (may be NULL) get k.  0, or -1: no memory.
 */
int folds_assign(uint32_t *fold, const uint8_t *y, const uint32_t *skip, size_t n,
		 size_t n_classes, uint32_t k, uint64_t seed);

#endif
