/* SPDX-License-Identifier: MIT */
#include "math/quantile.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * 11 bits a pass: six passes cover 64 bits, and the 2048 write positions stay
 * in the first-level cache.
 */
#define DIGIT_BITS 11
#define BUCKETS (1u << DIGIT_BITS)
#define PASSES 6
#define SMALL 48        /* insertion sort is faster below */
#define RADIX_LEAST 1500 /* the radix sort's tables pay from here on */

static void swap(double *a, double *b)
{
	double t = *a;
	*a = *b;
	*b = t;
}

static void insertion_sort(double *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double v = x[i];
		size_t j = i;
		for (; j && x[j - 1] > v; j--)
			x[j] = x[j - 1];
		x[j] = v;
	}
}

static void sift_down(double *x, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && x[child + 1] > x[child])
			child++;
		if (x[root] >= x[child])
			return;
		swap(x + root, x + child);
	}
}

static void heap_sort(double *x, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(x, i, n);
	for (size_t i = n; i-- > 1;) {
		swap(x, x + i);
		sift_down(x, 0, i);
	}
}

/* Hoare's partition of x[0..n), n >= 3, about a median of three: returns j
 * with x[0..j] <= x[j+1..n), both parts not empty. */
static size_t partition(double *x, size_t n)
{
	double *mid = x + (n - 1) / 2, *last = x + n - 1;
	if (*mid < *x)
		swap(mid, x);
	if (*last < *x)
		swap(last, x);
	if (*last < *mid)
		swap(last, mid);
	double pivot = *mid;
	size_t i = 0, j = n - 1;
	for (;;) {
		while (x[i] < pivot)
			i++;
		while (x[j] > pivot)
			j--;
		if (i >= j)
			return j < n - 1 ? j : n - 2;
		swap(x + i++, x + j--);
	}
}

static unsigned depth_limit(size_t n)
{
	unsigned depth = 8;
	for (; n; n >>= 1)
		depth += 2;
	return depth;
}

/* Introsort (Musser 1997): O(n log n) whatever the order. */
static void intro_sort(double *x, size_t n, unsigned depth)
{
	while (n > SMALL) {
		if (!depth--) {
			heap_sort(x, n);
			return;
		}
		size_t left = partition(x, n) + 1;
		if (left < n - left) {
			intro_sort(x, left, depth);
			x += left;
			n -= left;
		} else {
			intro_sort(x + left, n - left, depth);
			n = left;
		}
	}
	insertion_sort(x, n);
}

static void count_digits(const double *x, size_t n, size_t count[PASSES][BUCKETS])
{
	memset(count, 0, PASSES * sizeof *count);
	for (size_t i = 0; i < n; i++) {
		uint64_t u = quantile_key(x[i]);
		for (unsigned p = 0; p < PASSES; p++)
			count[p][u >> p * DIGIT_BITS & (BUCKETS - 1)]++;
	}
}

/* Least significant digit first; passes whose digit is the same in all values
 * are left out.  room holds n values and the tables. */
static void radix_sort(double *x, size_t n, double *room, size_t count[PASSES][BUCKETS])
{
	count_digits(x, n, count);
	double *from = x, *to = room;
	for (unsigned p = 0; p < PASSES; p++) {
		unsigned shift = p * DIGIT_BITS;
		size_t *at = count[p], sum = 0;
		if (at[quantile_key(from[0]) >> shift & (BUCKETS - 1)] == n)
			continue;
		for (size_t b = 0; b < BUCKETS; b++) {
			size_t c = at[b];
			at[b] = sum;
			sum += c;
		}
		for (size_t i = 0; i < n; i++) {
			uint64_t u = quantile_key(from[i]);
			to[at[u >> shift & (BUCKETS - 1)]++] = quantile_of_key(u);
		}
		double *t = from;
		from = to;
		to = t;
	}
	if (from != x)
		memcpy(x, from, n * sizeof *x);
}

void quantile_sort(double *x, size_t n)
{
	size_t(*count)[BUCKETS] = NULL;
	double *room = NULL;
	if (n >= RADIX_LEAST) {
		count = malloc(PASSES * sizeof *count);
		room = malloc(n * sizeof *room);
	}
	for (size_t i = 0; i < n; i++)
		x[i] += 0.0; /* -0 becomes 0 */
	if (count && room)
		radix_sort(x, n, room, count);
	else
		intro_sort(x, n, depth_limit(n));
	free(count);
	free(room);
}

/* The rank h = (n - 1) p as its whole part and the fraction. */
static size_t rank_of(size_t n, double p, double *fraction)
{
	double h = (double)(n - 1) * p;
	double whole = rint(h);
	*fraction = 0;
	if (fabs(h - whole) > 4 * DBL_EPSILON * h) {
		whole = floor(h);
		*fraction = h - whole;
	}
	return whole < (double)(n - 1) ? (size_t)whole : n - 1;
}

static double between(double low, double high, double fraction)
{
	if (fraction == 0 || low == high)
		return low + 0.0;
	if (isinf(high - low))
		return low + 2 * fraction * (high / 2 - low / 2);
	return low + fraction * (high - low);
}

double quantile_sorted(const double *x, size_t n, double p)
{
	double fraction;
	size_t k = rank_of(n, p, &fraction);
	return between(x[k], x[k + (k + 1 < n)], fraction);
}

/* Puts the value of rank k at x[k], none larger before it, none smaller
 * behind: Hoare 1961 with introselect's bound. */
static void select_rank(double *x, size_t n, size_t k)
{
	unsigned depth = depth_limit(n);
	while (n > SMALL) {
		if (!depth--) {
			heap_sort(x, n);
			return;
		}
		size_t left = partition(x, n) + 1;
		if (k < left) {
			n = left;
		} else {
			x += left;
			n -= left;
			k -= left;
		}
	}
	insertion_sort(x, n);
}

static double least(const double *x, size_t n)
{
	double m = x[0];
	for (size_t i = 1; i < n; i++)
		m = x[i] < m ? x[i] : m;
	return m;
}

void quantile_select(double *x, size_t n, const double *p, size_t n_p, double *q)
{
	size_t first = 0; /* the ranks below are in their places */
	for (size_t i = 0; i < n_p; i++) {
		double fraction;
		size_t k = rank_of(n, p[i], &fraction);
		if (k < first)
			first = 0;
		select_rank(x + first, n - first, k - first);
		first = k;
		double high = fraction > 0 && k + 1 < n ? least(x + k + 1, n - k - 1) : x[k];
		q[i] = between(x[k], high, fraction);
	}
}

/* Bins of equal width over the middle of the values; the first and the last take what
 * lies beyond.  As many as a first-level cache holds. */
#define BINS 4096

/* Values that tell where the middle is: all but a hundredth at either end.  Only the
 * time depends on them. */
#define SAMPLE 1000

struct bins {
	const double *x;
	size_t n;
	double low, per_width;
	size_t count[BINS], before[BINS]; /* values of the bin, and gathered before it */
	bool wanted[BINS];   /* to be gathered */
	bool known[BINS];    /* not, as all its values are the same */
	double value[BINS];  /* which */
};

typedef double pair __attribute__((vector_size(16)));
typedef int64_t mask __attribute__((vector_size(16)));

/*
 * Never less for a larger value: rounded, as 2^52 is added to it.  In vectors because
 * they are clamped without a branch, which many equal values at an end would make costly.
 */
static inline size_t bin_of(const struct bins *b, double x)
{
	const double shifter = 0x1p52;
	const pair last = { BINS - 1, BINS - 1 };
	pair at = { (x - b->low) * b->per_width, 0 };
	mask less, origin = (mask)(pair){ shifter, shifter };

	at = (pair)((mask)at & (at > 0));
	less = at < last;
	at = (pair)(((mask)at & less) | ((mask)last & ~less));
	return (size_t)((mask)(at + shifter) - origin)[0];
}

/* False: most values are the same, or they are too far apart. */
static bool place_bins(struct bins *b)
{
	double sample[SAMPLE], high;
	size_t n = b->n < SAMPLE ? b->n : SAMPLE;

	for (size_t i = 0; i < n; i++)
		sample[i] = b->x[b->n / n * i];
	quantile_sort(sample, n);
	b->low = sample[n / 100];
	high = sample[n - 1 - n / 100];
	b->per_width = BINS / (high - b->low);
	return high > b->low && isfinite(b->per_width) && isfinite(high - b->low);
}

/* The value of rank k among the sorted values of the wanted bins. */
static double ranked(const struct bins *b, const double *sorted, size_t k)
{
	size_t i = 0, below = 0;
	while (below + b->count[i] <= k)
		below += b->count[i++];
	return b->known[i] ? b->value[i] : sorted[b->before[i] + k - below];
}

static void want(struct bins *b, size_t k)
{
	size_t i = 0, below = 0;
	while (below + b->count[i] <= k)
		below += b->count[i++];
	b->wanted[i] = true;
}

/* Where the wanted bins' values go; how many there are. */
static size_t place_values(struct bins *b)
{
	size_t n = 0;
	for (size_t i = 0; i < BINS; i++) {
		b->before[i] = n;
		n += b->wanted[i] ? b->count[i] : 0;
	}
	return n;
}

/* Counts the bins and marks those that hold a rank asked for; how many values they have. */
static size_t find_bins(struct bins *b, const double *p, size_t n_p)
{
	for (size_t i = 0; i < b->n; i++)
		b->count[bin_of(b, b->x[i])]++;
	for (size_t i = 0; i < n_p; i++) {
		double fraction;
		size_t k = rank_of(b->n, p[i], &fraction);
		want(b, k);
		want(b, k + (k + 1 < b->n));
	}
	return place_values(b);
}

/* Finds the wanted bins whose values are all the same; how many values the others have. */
static size_t find_known(struct bins *b)
{
	memcpy(b->known, b->wanted, sizeof b->known);
	for (size_t i = 0; i < b->n; i++)
		b->value[bin_of(b, b->x[i])] = b->x[i];
	for (size_t i = 0; i < b->n; i++) {
		size_t at = bin_of(b, b->x[i]);
		b->known[at] &= b->x[i] == b->value[at];
	}
	for (size_t i = 0; i < BINS; i++)
		b->wanted[i] &= !b->known[i];
	return place_values(b);
}

static size_t count_at_most(const double *x, size_t n, double v)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += x[i] <= v;
	return count;
}

/* How many values are at most v, a quantile asked for: its bin is wanted or known or,
 * between two that are, empty, unless v was rounded beyond its neighbour. */
static size_t rank_above(const struct bins *b, const double *sorted, double v)
{
	size_t at = bin_of(b, v), below = 0;
	if (!b->wanted[at] && !b->known[at] && b->count[at])
		return count_at_most(b->x, b->n, v);
	for (size_t i = 0; i < at; i++)
		below += b->count[i];
	if (b->known[at])
		return v < b->value[at] ? below : below + b->count[at];
	return b->wanted[at] ? below + count_at_most(sorted + b->before[at], b->count[at], v)
			     : below;
}

static int select_copy(const double *x, size_t n, const double *p, size_t n_p, double *q)
{
	double *copy = malloc(n * sizeof *copy);
	if (!copy)
		return -1;
	memcpy(copy, x, n * sizeof *copy);
	quantile_select(copy, n, p, n_p, q);
	free(copy);
	return 0;
}

int quantile_of(const double *x, size_t n, const double *p, size_t n_p, double *q,
		size_t *at_most)
{
	struct bins *b = calloc(1, sizeof *b);
	double *near = NULL;
	size_t m;
	if (b)
		b->x = x, b->n = n;
	if (b && place_bins(b)) {
		m = find_bins(b, p, n_p);
		m = m < n / 4 ? m : find_known(b);
		near = m < n / 4 ? malloc((m + 1) * sizeof *near) : NULL;
	}
	if (!near) {
		free(b);
		int status = select_copy(x, n, p, n_p, q);
		for (size_t i = 0; !status && at_most && i < n_p; i++)
			at_most[i] = count_at_most(x, n, q[i]);
		return status;
	}
	m = 0;
	for (size_t i = 0; i < n; i++) { /* without a branch; the last may be written in vain */
		near[m] = x[i];
		m += b->wanted[bin_of(b, x[i])];
	}
	quantile_sort(near, m);
	for (size_t i = 0; i < n_p; i++) {
		double fraction;
		size_t k = rank_of(n, p[i], &fraction);
		q[i] = between(ranked(b, near, k), ranked(b, near, k + (k + 1 < n)), fraction);
		if (at_most)
			at_most[i] = rank_above(b, near, q[i]);
	}
	free(near);
	free(b);
	return 0;
}
