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

/* Bins of equal width between the least and the largest value. */
#define BINS 8192

struct bins {
	const double *x;
	size_t n;
	double low, per_width;
	size_t count[BINS], before[BINS]; /* values of the bin, and gathered before it */
	bool wanted[BINS];
};

/* Never less for a larger value. */
static inline size_t bin_of(const struct bins *b, double x)
{
	size_t i = (size_t)((x - b->low) * b->per_width);
	return i < BINS ? i : BINS - 1;
}

/* The value of rank k among the sorted values of the wanted bins. */
static double ranked(const struct bins *b, const double *sorted, size_t k)
{
	size_t i = 0, below = 0;
	while (below + b->count[i] <= k)
		below += b->count[i++];
	return sorted[b->before[i] + k - below];
}

static void want(struct bins *b, size_t k)
{
	size_t i = 0, below = 0;
	while (below + b->count[i] <= k)
		below += b->count[i++];
	b->wanted[i] = true;
}

/* Counts the bins and marks those that hold a rank asked for; how many values they have. */
static size_t find_bins(struct bins *b, const double *p, size_t n_p)
{
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		b->count[bin_of(b, b->x[i])]++;
	for (size_t i = 0; i < n_p; i++) {
		double fraction;
		size_t k = rank_of(b->n, p[i], &fraction);
		want(b, k);
		want(b, k + (k + 1 < b->n));
	}
	for (size_t i = 0; i < BINS; i++) {
		b->before[i] = n;
		n += b->wanted[i] ? b->count[i] : 0;
	}
	return n;
}

static size_t count_at_most(const double *x, size_t n, double v)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += x[i] <= v;
	return count;
}

/* How many values are at most v, a quantile asked for: its bin is wanted or, between
 * two that are, empty, unless v was rounded beyond its neighbour. */
static size_t rank_above(const struct bins *b, const double *sorted, double v)
{
	size_t at = bin_of(b, v), below = 0;
	if (!b->wanted[at] && b->count[at])
		return count_at_most(b->x, b->n, v);
	for (size_t i = 0; i < at; i++)
		below += b->count[i];
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
	double low = x[0], high = x[0], *near = NULL;
	size_t m = n;
	for (size_t i = 1; i < n; i++) {
		low = x[i] < low ? x[i] : low;
		high = x[i] > high ? x[i] : high;
	}
	if (b && high > low && isfinite(BINS / (high - low)) && isfinite(high - low)) {
		b->x = x, b->n = n, b->low = low, b->per_width = BINS / (high - low);
		m = find_bins(b, p, n_p);
		near = m < n / 4 ? malloc(m * sizeof *near) : NULL;
	}
	if (!near) {
		free(b);
		int status = select_copy(x, n, p, n_p, q);
		for (size_t i = 0; !status && at_most && i < n_p; i++)
			at_most[i] = count_at_most(x, n, q[i]);
		return status;
	}
	m = 0;
	for (size_t i = 0; i < n; i++)
		if (b->wanted[bin_of(b, x[i])])
			near[m++] = x[i];
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
