/* SPDX-License-Identifier: MIT */
#ifndef TABLE_DISTINCT_H
#define TABLE_DISTINCT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/span.h"

/*
 * Whether all values seen so far differ, by 64-bit hashes: of n = 10^8 equal
 * hashes of different values turn up once in 3,700 inputs, so use it for
 * wording, not for figures.  8 to 32 bytes a value until the first repeat,
 * then nothing.  Zeroed struct = nothing seen.
 */
struct distinct {
	uint64_t *slot;
	size_t n, n_slots;
	bool repeated;
};

void distinct_add(struct distinct *d, struct span value);

/* The most bytes held while one more value is added. */
uint64_t distinct_bytes(const struct distinct *d);
void distinct_free(struct distinct *d);

#endif
