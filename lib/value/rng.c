/* SPDX-License-Identifier: MIT */
#include "value/rng.h"

__extension__ typedef unsigned __int128 rng_wide;

struct block {
	uint32_t w[4];
};

/* Salmon et al. 2011, section 4.3: Philox-4x32 with ten rounds. */
static struct block philox(struct block c, uint64_t seed)
{
	uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
	for (int round = 0; round < 10; round++) {
		uint64_t p0 = (uint64_t)0xD2511F53u * c.w[0];
		uint64_t p1 = (uint64_t)0xCD9E8D57u * c.w[2];
		c = (struct block){ { (uint32_t)(p1 >> 32) ^ c.w[1] ^ key0, (uint32_t)p1,
				      (uint32_t)(p0 >> 32) ^ c.w[3] ^ key1, (uint32_t)p0 } };
		key0 += 0x9E3779B9u; /* golden ratio */
		key1 += 0xBB67AE85u; /* sqrt(3) - 1 */
	}
	return c;
}

static struct block first_block(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw)
{
	struct block c = { { (uint32_t)index, (uint32_t)(index >> 32), purpose, draw } };
	return philox(c, seed);
}

static uint64_t half(struct block b, int i)
{
	return (uint64_t)b.w[2 * i + 1] << 32 | b.w[2 * i];
}

uint64_t rng_bits(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw)
{
	return half(first_block(seed, purpose, index, draw), 0);
}

double rng_unit(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw)
{
	return (double)(rng_bits(seed, purpose, index, draw) >> 11) * 0x1p-53;
}

uint64_t rng_below(uint64_t n, uint64_t seed, uint32_t purpose, uint64_t index, uint32_t draw)
{
	struct block b = first_block(seed, purpose, index, draw);
	rng_wide m = (rng_wide)half(b, 0) * n;
	if ((uint64_t)m >= n)
		return (uint64_t)(m >> 64);
	/* Lemire 2019, algorithm 5: of 2^64 values, 2^64 mod n are one too many. */
	uint64_t threshold = (0 - n) % n;
	for (int i = 1; (uint64_t)m < threshold; i ^= 1) {
		if (i == 0)
			b = philox(b, seed);
		m = (rng_wide)half(b, i) * n;
	}
	return (uint64_t)(m >> 64);
}
