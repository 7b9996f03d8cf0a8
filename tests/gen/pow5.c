/* SPDX-License-Identifier: MIT */
/* Writes lib/value/pow5.c:  build/tests/gen/pow5 >lib/value/pow5.c */
#include "value/pow5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_LIMBS 40

struct big {
	uint32_t limb[N_LIMBS]; /* lowest first; 1,280 bits */
};

static void multiply(struct big *a, uint32_t factor)
{
	uint64_t carry = 0;
	for (int i = 0; i < N_LIMBS; i++) {
		carry += (uint64_t)a->limb[i] * factor;
		a->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/* a -= b if that is not negative; returns whether it was done. */
static int subtract(struct big *a, const struct big *b)
{
	struct big left;
	int64_t borrow = 0;
	for (int i = 0; i < N_LIMBS; i++) {
		borrow += (int64_t)a->limb[i] - b->limb[i];
		left.limb[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	if (borrow < 0)
		return 0;
	*a = left;
	return 1;
}

static int bit(const struct big *a, int i)
{
	return i < 0 ? 0 : (int)(a->limb[i / 32] >> (i % 32) & 1);
}

static int bit_length(const struct big *a)
{
	int n = 32 * N_LIMBS;
	while (n > 0 && !bit(a, n - 1))
		n--;
	return n;
}

/* The first 128 bits of a, zeros appended. */
static void leading(const struct big *a, uint64_t g[2])
{
	int n = bit_length(a);
	for (int i = 0; i < 128; i++)
		g[i / 64] = g[i / 64] << 1 | (uint64_t)bit(a, n - 1 - i);
}

/* The first 128 bits of 1 / a by long division, rounded down. */
static void reciprocal(const struct big *a, uint64_t g[2])
{
	struct big rest = { { 0 } };
	int n = bit_length(a);
	rest.limb[n / 32] = UINT32_C(1) << (n % 32);
	for (int i = 0; i < 128; i++) {
		g[i / 64] = g[i / 64] << 1 | (uint64_t)subtract(&rest, a);
		multiply(&rest, 2);
	}
}

int main(void)
{
	puts("/* SPDX-License-Identifier: MIT */\n/* Written by tests/gen/pow5.c. */\n"
	     "#include \"value/pow5.h\"\n\nconst uint64_t pow5_table[POW5_MAX - POW5_MIN + 1][2] = "
	     "{");
	for (int q = POW5_MIN; q <= POW5_MAX; q++) {
		struct big power = { { 1 } };
		uint64_t g[2] = { 0, 0 };
		for (int i = 0; i < abs(q); i++)
			multiply(&power, 5);
		if (q < 0)
			reciprocal(&power, g);
		else
			leading(&power, g);
		if (q < 0 && q >= POW5_CEILED) {
			g[1]++;
			g[0] += g[1] == 0;
		}
		printf("\t{ 0x%016llX, 0x%016llX }, /* %d */\n", (unsigned long long)g[0],
		       (unsigned long long)g[1], q);
	}
	puts("};");
	return 0;
}
