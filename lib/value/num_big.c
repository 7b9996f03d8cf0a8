/* SPDX-License-Identifier: MIT */
#include "value/num_big.h"

#include <stdbool.h>
#include <string.h>

/*
 * A point halfway between two doubles has at most 767 significant digits, so
 * beyond these only matters whether anything but zeros follows.
 */
#define DIGITS_KEPT 768

/*
 * The largest numbers compared: 769 digits (2,555 bits), or 54 bits times
 * 5^(350 + 768) (2,596 bits), shifted by at most 970 + 350 + 768 bits.
 */
#define N_LIMBS 160

struct big {
	uint32_t n; /* limbs in use; the highest is not 0 */
	uint32_t limb[N_LIMBS];
};

/* a = a * factor + add */
static void multiply(struct big *a, uint32_t factor, uint32_t add)
{
	uint64_t carry = add;
	for (uint32_t i = 0; i < a->n; i++) {
		carry += (uint64_t)a->limb[i] * factor;
		a->limb[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry)
		a->limb[a->n++] = (uint32_t)carry;
}

static void multiply_pow5(struct big *a, int64_t q)
{
	for (; q >= 13; q -= 13)
		multiply(a, 1220703125, 0);
	uint32_t rest = 1;
	for (; q > 0; q--)
		rest *= 5;
	multiply(a, rest, 0);
}

static void shift_left(struct big *a, int64_t bits)
{
	uint32_t whole = (uint32_t)(bits / 32);
	multiply(a, UINT32_C(1) << (bits % 32), 0);
	memmove(a->limb + whole, a->limb, a->n * sizeof a->limb[0]);
	memset(a->limb, 0, whole * sizeof a->limb[0]);
	a->n += whole;
}

static int compare(const struct big *a, const struct big *b)
{
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	for (uint32_t i = a->n; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

/* The digits as an integer; returns the power of ten that it is to be multiplied by. */
static int64_t read_digits(struct big *a, struct num_digits d)
{
	const char *p = d.s;
	int64_t n = 0;
	bool rest = false;
	*a = (struct big){ 0 };
	while (p < d.end && (*p == '0' || *p == '.'))
		p++;
	for (; p < d.end; p++) {
		if (*p == '.')
			continue;
		if (n == DIGITS_KEPT) {
			rest |= *p != '0';
			continue;
		}
		multiply(a, 10, (uint32_t)(*p - '0'));
		n++;
	}
	if (rest) {
		multiply(a, 10, 1);
		n++;
	}
	return d.exponent - (n - 1);
}

/* digits * 10^q compared with the point halfway between the doubles `bits` and `bits` + 1. */
static int against_half(const struct big *digits, int64_t q, uint64_t bits)
{
	int64_t biased = (int64_t)(bits >> 52);
	uint64_t m = bits & ((UINT64_C(1) << 52) - 1);
	if (biased > 0)
		m |= UINT64_C(1) << 52;
	m = 2 * m + 1;
	int64_t exponent = (biased > 0 ? biased : 1) - 1076;
	struct big a = *digits, half = { .n = 2, .limb = { (uint32_t)m, (uint32_t)(m >> 32) } };
	if (half.limb[1] == 0)
		half.n = 1;
	multiply_pow5(q > 0 ? &a : &half, q > 0 ? q : -q);
	if (q >= exponent)
		shift_left(&a, q - exponent);
	else
		shift_left(&half, exponent - q);
	return compare(&a, &half);
}

uint64_t num_big_nearest(struct num_digits d, uint64_t bits)
{
	const uint64_t infinity = UINT64_C(0x7FF) << 52;
	struct big a;
	int64_t q = read_digits(&a, d);
	if (bits >= infinity)
		bits = infinity - 1;
	uint64_t start = bits;
	while (bits < infinity) {
		int c = against_half(&a, q, bits);
		if (c < 0 || (c == 0 && bits % 2 == 0))
			break;
		bits++;
	}
	if (bits > start)
		return bits;
	while (bits > 0) {
		int c = against_half(&a, q, bits - 1);
		if (c > 0 || (c == 0 && bits % 2 == 0))
			break;
		bits--;
	}
	return bits;
}
