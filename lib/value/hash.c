/* SPDX-License-Identifier: MIT */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "value/hash.h"

uint64_t hash_64(const void *p, size_t n)
{
	return XXH3_64bits(p, n);
}

struct hash_128 hash_128(const void *p, size_t n)
{
	XXH128_hash_t h = XXH3_128bits(p, n);
	return (struct hash_128){ h.low64, h.high64 };
}
