/* SPDX-License-Identifier: MIT */
#ifndef VALUE_HASH_H
#define VALUE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* XXH3 (Collet), seed 0: the same on every machine. */
uint64_t hash_64(const void *p, size_t n);

struct hash_128 {
	uint64_t lo, hi;
};
struct hash_128 hash_128(const void *p, size_t n);

#endif
