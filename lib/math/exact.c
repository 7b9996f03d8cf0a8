/* SPDX-License-Identifier: MIT */
#include "math/exact.h"

#include <math.h>
#include <string.h>

/*
 * R. M. Neal (2015), "Fast exact summation using small and large
 * superaccumulators", arXiv:1505.05571, the small one.  An addition puts up to
 * 53 bits into a chunk that carries 32, so a chunk holds the carry of 2^10
 * additions: 2^10 * 2^53 = 2^63.
 */
#define CHUNK_BITS 32
#define CHUNK_MASK 0xffffffffu
#define ADDS_MAX 1000
#define MANTISSA_BITS 52
#define MANTISSA_MASK ((UINT64_C(1) << MANTISSA_BITS) - 1)
#define EXPONENT_MASK 0x7ff
#define LOWEST_EXPONENT 1074 /* the lowest bit counts 2^-1074 */

__extension__ typedef unsigned __int128 wide;

static inline uint64_t bits_of(double x)
{
	uint64_t u;
	memcpy(&u, &x, sizeof u);
	return u;
}

/* Brings all chunks but the last into 0..2^32-1: the canonical state. */
static void propagate(struct exact *a)
{
	int64_t carry = 0;
	for (size_t i = 0; i < EXACT_CHUNKS - 1; i++) {
		int64_t c = a->chunk[i] + carry;
		a->chunk[i] = c & CHUNK_MASK;
		carry = c >> CHUNK_BITS;
	}
	a->chunk[EXACT_CHUNKS - 1] += carry;
	a->n_adds = 0;
}

/*
 * x = mantissa * 2^(*exponent - 1074), |mantissa| < 2^53; *exponent counts
 * from the lowest subnormal.  x is finite.
 */
static inline uint64_t split(uint64_t u, unsigned *exponent)
{
	unsigned e = (unsigned)(u >> MANTISSA_BITS) & EXPONENT_MASK;
	*exponent = e ? e - 1 : 0;
	return (u & MANTISSA_MASK) | (uint64_t)(e != 0) << MANTISSA_BITS;
}

static inline void add_one(struct exact *a, double x)
{
	uint64_t u = bits_of(x);
	if ((u >> MANTISSA_BITS & EXPONENT_MASK) == EXPONENT_MASK) {
		a->special += x;
		return;
	}
	unsigned e;
	uint64_t m = split(u, &e);
	unsigned shift = e % CHUNK_BITS;
	int64_t *c = a->chunk + e / CHUNK_BITS;
	int64_t sign = (int64_t)u >> 63;
	int64_t low = (int64_t)(m << shift & CHUNK_MASK);
	int64_t high = (int64_t)(m >> (CHUNK_BITS - shift));
	c[0] += (low ^ sign) - sign;
	c[1] += (high ^ sign) - sign;
}

void exact_add(struct exact *a, double x)
{
	if (a->n_adds >= ADDS_MAX)
		propagate(a);
	a->n_adds++;
	add_one(a, x);
}

static void add_singly(struct exact *a, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		exact_add(a, x[i]);
}

/* a += v * 2^(exponent - 1074); counts as one addition. */
static void add_whole(struct exact *a, int64_t v, unsigned exponent)
{
	int64_t *c = a->chunk + exponent / CHUNK_BITS;
	wide w = (wide)v << exponent % CHUNK_BITS; /* sign and all, modulo 2^128 */

	if (a->n_adds >= ADDS_MAX)
		propagate(a);
	a->n_adds++;
	c[0] += (int64_t)((uint64_t)w & CHUNK_MASK);
	c[1] += (int64_t)((uint64_t)(w >> 32) & CHUNK_MASK);
	c[2] += (int64_t)(w >> 64);
}

/*
 * Several additions in a few operations each: two constants cut a value into
 * whole multiples of 2^low and of 2^(low + 52), without an error, where the
 * largest of the values is below 2^(low + 103).  The multiples are whole numbers
 * in the low bits of x + magic and add up as such.  What a value much smaller than
 * the largest has below 2^low is left, and added by itself.  (Rump, Ogita & Oishi
 * 2008, "Accurate floating-point summation, part I", section 3, for the cuts.)
 */
struct cut {
	double high, low;  /* the magic numbers */
	unsigned exponent; /* of the lower multiples, from 2^-1074 */
};

#define BELOW 103 /* bits from the lowest multiple to above the largest value */
#define CUT_MAX 1000

typedef double pair __attribute__((vector_size(16)));
typedef uint64_t whole __attribute__((vector_size(16)));
typedef int32_t halves __attribute__((vector_size(16)));

/* The larger in each lane. */
static inline halves larger(halves a, halves b)
{
	halves mask = a > b;

	return (a & mask) | (b & ~mask);
}

/* The biased exponent of the largest |x|, from the upper halves of the values. */
static int largest_exponent(const double *x, size_t n)
{
	const halves no_sign = { -1, INT32_MAX, -1, INT32_MAX };
	halves most = { 0 }, other = { 0 };
	int32_t upper;

	for (size_t i = 0; i + 4 <= n; i += 4) {
		halves v, w;
		memcpy(&v, x + i, sizeof v);
		memcpy(&w, x + i + 2, sizeof w);
		most = larger(most, v & no_sign);
		other = larger(other, w & no_sign);
	}
	most = larger(most, other);
	upper = most[1] > most[3] ? most[1] : most[3];
	for (size_t i = n / 4 * 4; i < n; i++) {
		int32_t v = (int32_t)(bits_of(x[i]) << 1 >> 33);
		upper = v > upper ? v : upper;
	}
	return upper >> (MANTISSA_BITS - 32);
}

/* False: the values are too large, too small, or not finite. */
static bool find_cut(struct cut *c, const double *x, size_t n)
{
	int exponent = largest_exponent(x, n), low = exponent - 1022 - BELOW;

	if (exponent > 2000 || low < -1000)
		return false;
	*c = (struct cut){ ldexp(1.5, low + 2 * MANTISSA_BITS), ldexp(1.5, low + MANTISSA_BITS),
			   (unsigned)(low + LOWEST_EXPONENT) };
	return true;
}

/* The bits of x + magic, and what is left of x. */
static inline pair cut_off(pair *x, pair magic)
{
	pair sum = *x + magic;

	*x -= sum - magic;
	return sum;
}

/* n <= ADDS_MAX values, by the cut. */
static void add_cut(struct exact *a, const double *x, size_t n, const struct cut *c)
{
	const pair high = { c->high, c->high }, low = { c->low, c->low };
	whole upper = { 0, 0 }, lower = { 0, 0 }, rest = { 0, 0 };
	size_t even = n / 2 * 2;

	for (size_t i = 0; i < even; i += 2) {
		pair v;
		memcpy(&v, x + i, sizeof v);
		upper += (whole)cut_off(&v, high);
		lower += (whole)cut_off(&v, low);
		rest |= (whole)v;
	}
	add_whole(a, (int64_t)(upper[0] + upper[1] - even * bits_of(c->high)), c->exponent + MANTISSA_BITS);
	add_whole(a, (int64_t)(lower[0] + lower[1] - even * bits_of(c->low)), c->exponent);
	for (size_t i = 0; (rest[0] | rest[1]) << 1 && i < even; i += 2) {
		pair v;
		memcpy(&v, x + i, sizeof v);
		cut_off(&v, high);
		cut_off(&v, low);
		add_singly(a, (double *)&v, 2);
	}
	add_singly(a, x + even, n - even);
}

void exact_add_many(struct exact *a, const double *x, size_t n)
{
	struct cut c;

	for (size_t m; n; x += m, n -= m) {
		m = n < ADDS_MAX ? n : ADDS_MAX;
		if (m >= 16 && find_cut(&c, x, m))
			add_cut(a, x, m, &c);
		else
			add_singly(a, x, m);
	}
}

static bool is_one_label(const uint32_t *label, size_t n)
{
	uint32_t differ = 0;

	for (size_t i = 0; i < n; i++)
		differ |= label[i] ^ label[0];
	return differ == 0;
}

static void add_each(struct exact *a, const uint32_t *label, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct exact *to = &a[label[i]];
		if (to->n_adds >= ADDS_MAX)
			propagate(to);
		add_one(to, x[i]);
		to->n_adds++;
	}
}

/* Values of the same label that are worth adding up together. */
#define ALIKE 256

void exact_add_each(struct exact *a, const uint32_t *label, const double *x, size_t n)
{
	for (size_t m; n; label += m, x += m, n -= m) {
		m = n < ALIKE ? n : ALIKE;
		if (is_one_label(label, m))
			exact_add_many(&a[label[0]], x, m);
		else
			add_each(a, label, x, m);
	}
}

void exact_add_product(struct exact *a, double x, double y)
{
	uint64_t u = bits_of(x), v = bits_of(y);
	double xy = x * y;
	unsigned ex, ey;
	uint64_t mx = split(u, &ex), my = split(v, &ey);
	/* Beyond the range of the chunks the rounded product has to do. */
	if (!isfinite(xy) || ex + ey < LOWEST_EXPONENT) {
		exact_add(a, xy);
		return;
	}
	if (a->n_adds >= ADDS_MAX)
		propagate(a);
	a->n_adds++;
	unsigned e = ex + ey - LOWEST_EXPONENT;
	unsigned shift = e % CHUNK_BITS;
	int64_t *c = a->chunk + e / CHUNK_BITS;
	int64_t sign = (int64_t)(u ^ v) >> 63;
	wide product = (wide)mx * my;
	wide upper = product >> (CHUNK_BITS - shift);
	c[0] += ((int64_t)((uint64_t)product << shift & CHUNK_MASK) ^ sign) - sign;
	c[1] += ((int64_t)(upper & CHUNK_MASK) ^ sign) - sign;
	c[2] += ((int64_t)(upper >> 32 & CHUNK_MASK) ^ sign) - sign;
	c[3] += ((int64_t)(upper >> 64) ^ sign) - sign;
}

void exact_merge(struct exact *a, const struct exact *b)
{
	struct exact other = *b;
	propagate(&other);
	propagate(a);
	for (size_t i = 0; i < EXACT_CHUNKS; i++)
		a->chunk[i] += other.chunk[i];
	a->n_adds = 1;
	a->special += b->special;
}

bool exact_magnitude(const struct exact *a, uint32_t limb[EXACT_LIMBS])
{
	struct exact s = *a;
	propagate(&s);
	bool negative = s.chunk[EXACT_CHUNKS - 1] < 0;
	if (negative) {
		for (size_t i = 0; i < EXACT_CHUNKS; i++)
			s.chunk[i] = -s.chunk[i];
		propagate(&s);
	}
	for (size_t i = 0; i < EXACT_CHUNKS; i++)
		limb[i] = (uint32_t)s.chunk[i];
	limb[EXACT_CHUNKS] = (uint32_t)(s.chunk[EXACT_CHUNKS - 1] >> CHUNK_BITS);
	return negative;
}

double exact_limbs_round(const uint32_t *limb, size_t n, int exponent)
{
	while (n && !limb[n - 1])
		n--;
	if (!n)
		return 0;
	/* The upper 64 bits, the leading one first, and whether any is left. */
	wide top = 0;
	for (size_t i = 0; i < 3; i++)
		top = top << CHUNK_BITS | (i < n ? limb[n - 1 - i] : 0);
	int spare = __builtin_clz(limb[n - 1]);
	uint64_t m = (uint64_t)(top >> (CHUNK_BITS - spare));
	bool sticky = (uint32_t)((uint64_t)top << spare) != 0;
	for (size_t i = 3; i < n && !sticky; i++)
		sticky = limb[n - 1 - i] != 0;
	int lowest = exponent + CHUNK_BITS * (int)n - spare - 64; /* m counts 2^lowest */
	int drop = 64 - 53;
	if (lowest + drop < -LOWEST_EXPONENT)
		drop = -LOWEST_EXPONENT - lowest; /* subnormal */
	if (drop > 64)
		return 0;
	uint64_t kept = drop == 64 ? 0 : m >> drop;
	uint64_t half = UINT64_C(1) << (drop - 1);
	uint64_t rest = drop == 64 ? m : m & (2 * half - 1);
	if (rest > half || (rest == half && (sticky || kept & 1)))
		kept++;
	return ldexp((double)kept, lowest + drop);
}

double exact_round(const struct exact *a)
{
	if (a->special != 0) /* an infinity or a NaN */
		return a->special;
	uint32_t limb[EXACT_LIMBS];
	bool negative = exact_magnitude(a, limb);
	double x = exact_limbs_round(limb, EXACT_LIMBS, -LOWEST_EXPONENT);
	return negative ? -x : x;
}
