/* SPDX-License-Identifier: MIT */
#ifndef VALUE_RNG_H
#define VALUE_RNG_H

#include <stdint.h>

/*
 * Counter-based random numbers: a pure function of (seed, purpose, index,
 * draw), so that no result depends on order, threads or split.  Philox4x32-10
 * (Salmon, Moraes, Dror & Shaw 2011), key = seed, counter = the other three.
 */

/* What the numbers are for; never renumber. */
enum rng_purpose {
	RNG_KMEANS_SEED = 1,
	RNG_KMEANS_SWAP = 2,
	RNG_SILHOUETTE = 3,
	RNG_GAP = 4,
	RNG_BOOTSTRAP = 5,
	RNG_HOLDOUT = 6,
	RNG_FOLD = 7,
	RNG_GENERATE = 8,
	RNG_REPORT = 9,
	RNG_TEST = 10,
	RNG_KMEANS_PARALLEL = 11,
};

/* 64 random bits. */
uint64_t rng_bits(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw);

/* Uniform in [0, 1): the upper 53 bits. */
double rng_unit(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw);

/* Uniform in 0..n-1, n >= 1, without bias (Lemire 2019; rejected draws take
 * bits derived from the first). */
uint64_t rng_below(uint64_t n, uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw);

#endif
