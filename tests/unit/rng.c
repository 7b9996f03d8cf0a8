/* SPDX-License-Identifier: MIT */
#include "value/rng.h"

#include <string.h>

#include "tests/unit/tap.h"

/* Philox4x32-10 spelled out from Salmon et al. 2011, to check what rng.c builds on it. */
static void philox(uint32_t c[4], const uint32_t key[2])
{
	uint32_t k0 = key[0], k1 = key[1];
	for (int round = 0; round < 10; round++) {
		uint64_t a = (uint64_t)c[0] * 3528531795u, b = (uint64_t)c[2] * 3449720151u;
		uint32_t next[4] = { (uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b,
				     (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a };
		memcpy(c, next, sizeof next);
		k0 += 2654435769u;
		k1 += 3144134277u;
	}
}

/* kat_vectors of Random123: counter, key, result. */
static const uint32_t known[][10] = {
	{ 0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 },
	{ 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
	  0x41c83b0e, 0xa20bc7c6, 0x6d5451fd },
	{ 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
	  0x94fdcceb, 0x5001e420, 0x24126ea1 },
};

static void test_known(void)
{
	for (int i = 0; i < 3; i++) {
		const uint32_t *v = known[i];
		uint32_t c[4] = { v[0], v[1], v[2], v[3] };
		uint64_t bits = rng_bits((uint64_t)v[5] << 32 | v[4], v[2],
					 (uint64_t)v[1] << 32 | v[0], v[3]);
		tap_ok(bits == ((uint64_t)v[7] << 32 | v[6]), "known answer %d of Random123",
		       i + 1);
		philox(c, v + 4);
		tap_ok(memcmp(c, v + 6, 16) == 0, "known answer %d by the second implementation",
		       i + 1);
	}
}

static void test_unit(void)
{
	const int n = 100000;
	double sum = 0, squares = 0, low = 1, high = 0;
	bool exact = true;
	for (int i = 0; i < n; i++) {
		double u = rng_unit(5, RNG_TEST, (uint64_t)i, 0);
		exact = exact && u == (double)(rng_bits(5, RNG_TEST, (uint64_t)i, 0) >> 11) /
						 9007199254740992.0;
		sum += u;
		squares += u * u;
		low = u < low ? u : low;
		high = u > high ? u : high;
	}
	tap_ok(exact, "rng_unit is the upper 53 bits");
	tap_ok(low >= 0 && high < 1, "rng_unit stays in [0, 1)");
	/* Five standard errors: sqrt(1/12/n) and sqrt(4/45/n). */
	tap_ok(sum / n > 0.5 - 0.0046 && sum / n < 0.5 + 0.0046, "mean 1/2: %.5f", sum / n);
	tap_ok(squares / n > 1. / 3 - 0.0047 && squares / n < 1. / 3 + 0.0047,
	       "second moment 1/3: %.5f", squares / n);
}

/* Lemire's rule over the same stream of bits: both halves of a block, then the block enciphered. */
static uint64_t below(uint64_t n, uint64_t seed, uint64_t index)
{
	__extension__ typedef unsigned __int128 wide;
	uint32_t key[2] = { (uint32_t)seed, (uint32_t)(seed >> 32) };
	uint32_t c[4] = { (uint32_t)index, (uint32_t)(index >> 32), RNG_TEST, 3 };
	uint64_t excess = (UINT64_MAX % n + 1) % n; /* 2^64 mod n */
	for (;;) {
		philox(c, key);
		for (int i = 0; i < 4; i += 2) {
			wide m = (wide)((uint64_t)c[i + 1] << 32 | c[i]) * n;
			if ((uint64_t)m >= excess)
				return (uint64_t)(m >> 64);
		}
	}
}

static void test_below(void)
{
	static const uint64_t limits[] = {
		1, 2, 3, 10, 1000003, UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1,
		UINT64_C(3) << 62, UINT64_MAX,
	};
	for (size_t j = 0; j < sizeof limits / sizeof *limits; j++) {
		uint64_t n = limits[j];
		bool inside = true, same = true;
		for (uint64_t i = 0; i < 2000; i++) {
			uint64_t v = rng_below(n, 99, RNG_TEST, i, 3);
			inside = inside && v < n;
			same = same && v == below(n, 99, i);
		}
		tap_ok(inside, "rng_below(%llu) stays below", (unsigned long long)n);
		tap_ok(same, "rng_below(%llu) rejects as Lemire does", (unsigned long long)n);
	}
	double chi2 = 0;
	int count[7] = { 0 };
	for (uint64_t i = 0; i < 70000; i++)
		count[rng_below(7, 1, RNG_TEST, i, 0)]++;
	for (int i = 0; i < 7; i++)
		chi2 += (count[i] - 10000.) * (count[i] - 10000.) / 10000;
	tap_ok(chi2 < 27.86,
	       "seven values are equally likely: chi-square %.2f below 27.86 (p = 0.0001)", chi2);
}

int main(void)
{
	test_known();
	test_unit();
	test_below();
	uint64_t x = rng_bits(1, RNG_TEST, 2, 3);
	tap_ok(x != rng_bits(2, RNG_TEST, 2, 3) && x != rng_bits(1, RNG_GAP, 2, 3) &&
		       x != rng_bits(1, RNG_TEST, 3, 3) && x != rng_bits(1, RNG_TEST, 2, 4),
	       "seed, purpose, index and draw each change the bits");
	return tap_done();
}
