/* SPDX-License-Identifier: MIT */
#include "value/pow5.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/tap.h"

/*
 * The table is checked by multiplication alone: a power g of 5^q that is to be
 * floor(2^s / 5^-q) holds when g * 5^-q <= 2^s < (g + 1) * 5^-q, and one that
 * is to be floor(5^q / 2^s) when g * 2^s <= 5^q < (g + 1) * 2^s.
 */
#define N_LIMBS 40

struct big {
	uint32_t limb[N_LIMBS]; /* lowest first; 1,280 bits */
};

static struct big times(struct big a, uint32_t factor)
{
	uint64_t carry = 0;
	for (int i = 0; i < N_LIMBS; i++) {
		carry += (uint64_t)a.limb[i] * factor;
		a.limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry)
		abort();
	return a;
}

static struct big pow5(int n)
{
	struct big a = { { 1 } };
	while (n-- > 0)
		a = times(a, 5);
	return a;
}

static struct big pow2(int n)
{
	struct big a = { { 0 } };
	a.limb[n / 32] = UINT32_C(1) << (n % 32);
	return a;
}

static int bit_length(const struct big *a)
{
	int n = 32 * N_LIMBS;
	while (n > 0 && !(a->limb[(n - 1) / 32] >> ((n - 1) % 32) & 1))
		n--;
	return n;
}

static struct big product(const struct big *a, const uint64_t g[2], uint32_t add)
{
	struct big sum = { { 0 } };
	uint32_t part[4] = { (uint32_t)g[1], (uint32_t)(g[1] >> 32), (uint32_t)g[0],
			     (uint32_t)(g[0] >> 32) };
	for (int k = 0; k < 5; k++) {
		uint64_t carry = 0;
		uint32_t factor = k < 4 ? part[k] : add;
		int shift = k < 4 ? k : 0;
		for (int i = 0; i + shift < N_LIMBS; i++) {
			carry += (uint64_t)a->limb[i] * factor + sum.limb[i + shift];
			sum.limb[i + shift] = (uint32_t)carry;
			carry >>= 32;
		}
		if (carry)
			abort();
	}
	return sum;
}

static int compare(const struct big *a, const struct big *b)
{
	for (int i = N_LIMBS; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

static bool holds(int q)
{
	uint64_t g[2] = { pow5_table[q - POW5_MIN][0], pow5_table[q - POW5_MIN][1] };
	bool ceiled = q < 0 && q >= POW5_CEILED;
	if (!(g[0] >> 63) || g[1] == UINT64_MAX)
		return false;
	if (ceiled) {
		g[0] -= g[1] == 0;
		g[1]--;
	}
	struct big power = pow5(abs(q));
	if (q < 0) {
		struct big two = pow2(bit_length(&power) + 127);
		struct big low = product(&power, g, 0), high = product(&power, g, 1);
		return compare(&low, &two) <= 0 && compare(&two, &high) < 0;
	}
	int shift = bit_length(&power) - 128;
	struct big unit = pow2(shift > 0 ? shift : 0);
	for (; shift < 0; shift++)
		power = times(power, 2);
	struct big low = product(&unit, g, 0), high = product(&unit, g, 1);
	int c = compare(&low, &power);
	return (q <= POW5_EXACT ? c == 0 : c < 0) && compare(&power, &high) < 0;
}

int main(void)
{
	int n_bad = 0;
	for (int q = POW5_MIN; q <= POW5_MAX; q++)
		if (!holds(q) && n_bad++ == 0)
			tap_ok(false, "5^%d", q);
	tap_ok(n_bad == 0, "5^q for q from %d to %d", POW5_MIN, POW5_MAX);
	return tap_done();
}
