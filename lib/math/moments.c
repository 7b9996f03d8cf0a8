/* SPDX-License-Identifier: MIT */
#include "math/moments.h"

#include <math.h>
#include <string.h>

/*
 * Integers of fixed width, lowest limb first.  LIMBS holds n * Sxy * 2^1074
 * and Sx * Sy, 2 * 68 + 2 limbs, and GUARD limbs below for the quotient.
 */
#define GUARD 6
#define LIMBS (2 * EXACT_LIMBS + 2 + GUARD)
#define LIMB_BITS 32
#define SUM_EXPONENT (-1074)

__extension__ typedef unsigned __int128 wide;

struct integer {
	uint32_t limb[LIMBS];
	bool negative;
};

/* Significant limbs of limb[0..n). */
static size_t length(const uint32_t *limb, size_t n)
{
	while (n && !limb[n - 1])
		n--;
	return n;
}

/* to += a[0..n_a) * b[0..n_b) * 2^(32 at), which fits. */
static void add_product(uint32_t *to, const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b)
{
	for (size_t i = 0; i < n_a; i++) {
		uint64_t carry = 0;
		size_t j = 0;
		for (; j < n_b; j++) {
			carry += to[i + j] + (uint64_t)a[i] * b[j];
			to[i + j] = (uint32_t)carry;
			carry >>= LIMB_BITS;
		}
		for (; carry; j++) {
			carry += to[i + j];
			to[i + j] = (uint32_t)carry;
			carry >>= LIMB_BITS;
		}
	}
}

static int compare(const struct integer *a, const struct integer *b)
{
	for (size_t i = LIMBS; i-- > 0;)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

/* |a| - |b| for |a| >= |b|, in place. */
static void subtract(struct integer *a, const struct integer *b)
{
	int64_t borrow = 0;
	for (size_t i = 0; i < LIMBS; i++) {
		borrow += (int64_t)a->limb[i] - b->limb[i];
		a->limb[i] = (uint32_t)borrow;
		borrow >>= LIMB_BITS;
	}
}

/* a - b. */
static struct integer difference(const struct integer *a, const struct integer *b)
{
	struct integer d = *a;
	if (a->negative != b->negative) {
		uint64_t carry = 0;
		for (size_t i = 0; i < LIMBS; i++) {
			carry += (uint64_t)a->limb[i] + b->limb[i];
			d.limb[i] = (uint32_t)carry;
			carry >>= LIMB_BITS;
		}
	} else if (compare(a, b) >= 0) {
		subtract(&d, b);
	} else {
		d = *b;
		subtract(&d, a);
		d.negative = !a->negative;
	}
	return d;
}

/* |a| / n in place, rounded towards 0; whether anything was left. */
static bool divide(struct integer *a, uint64_t n)
{
	wide rest = 0;
	for (size_t i = length(a->limb, LIMBS); i-- > 0;) {
		rest = rest << LIMB_BITS | a->limb[i];
		a->limb[i] = (uint32_t)(rest / n);
		rest %= n;
	}
	return rest != 0;
}

/* a * 2^exponent / (n m), rounded once; the lowest GUARD limbs of a are 0. */
static double quotient(struct integer *a, int exponent, uint64_t n, uint64_t m)
{
	bool rest = divide(a, n);
	rest |= divide(a, m);
	/* n m < 2^128 leaves at least two guard limbs of quotient, so the
	 * lowest bit can stand for the rest. */
	a->limb[0] |= rest;
	double x = exact_limbs_round(a->limb, LIMBS, exponent);
	return a->negative && x != 0 ? -x : x;
}

double moments_ratio(const struct exact *sum, uint64_t n)
{
	if (sum->special != 0)
		return sum->special;
	struct integer a = {0};
	a.negative = exact_magnitude(sum, a.limb + GUARD);
	return quotient(&a, SUM_EXPONENT - GUARD * LIMB_BITS, n, 1);
}

double moments_covariance(uint64_t n, const struct exact *sum_x, const struct exact *sum_y,
	const struct exact *sum_xy, unsigned ddof)
{
	double special = sum_x->special + sum_y->special + sum_xy->special;
	if (n <= ddof || special != 0)
		return NAN;
	uint32_t x[EXACT_LIMBS], y[EXACT_LIMBS], xy[EXACT_LIMBS];
	bool x_negative = exact_magnitude(sum_x, x);
	bool y_negative = exact_magnitude(sum_y, y);
	struct integer a = {0}, b = {0};
	a.negative = exact_magnitude(sum_xy, xy);
	b.negative = x_negative != y_negative;

	/* Sxy counts 2^-1074, Sx Sy counts 2^-2148: n 2^1074 brings both to one. */
	const int shift = -SUM_EXPONENT % LIMB_BITS;
	const size_t at = -SUM_EXPONENT / LIMB_BITS;
	wide scaled = (wide)n << shift;
	uint32_t factor[3];
	for (size_t i = 0; i < 3; i++)
		factor[i] = (uint32_t)(scaled >> i * LIMB_BITS);
	add_product(a.limb + GUARD + at, xy, length(xy, EXACT_LIMBS), factor, 3);
	add_product(b.limb + GUARD, x, length(x, EXACT_LIMBS), y, length(y, EXACT_LIMBS));
	struct integer d = difference(&a, &b);
	return quotient(&d, 2 * SUM_EXPONENT - GUARD * LIMB_BITS, n, n - ddof);
}

void moments_add(struct moments *m, double x)
{
	if (!m->n || x < m->min)
		m->min = x;
	if (!m->n || x > m->max)
		m->max = x;
	m->n++;
	exact_add(&m->sum, x);
	exact_add_product(&m->sum_sq, x, x);
}

void moments_merge(struct moments *m, const struct moments *other)
{
	if (!other->n)
		return;
	if (!m->n || other->min < m->min)
		m->min = other->min;
	if (!m->n || other->max > m->max)
		m->max = other->max;
	m->n += other->n;
	exact_merge(&m->sum, &other->sum);
	exact_merge(&m->sum_sq, &other->sum_sq);
}

double moments_mean(const struct moments *m)
{
	return m->n ? moments_ratio(&m->sum, m->n) : NAN;
}

double moments_variance(const struct moments *m, unsigned ddof)
{
	if (m->n > ddof && m->min == m->max)
		return 0; /* also where the squares are out of range */
	return moments_covariance(m->n, &m->sum, &m->sum, &m->sum_sq, ddof);
}

double moments_deviation(const struct moments *m, unsigned ddof)
{
	return sqrt(moments_variance(m, ddof));
}
