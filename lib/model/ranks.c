/* SPDX-License-Identifier: MIT */
#include "model/ranks.h"

#include <math.h>
#include <string.h>

#include "value/dec.h"

/* 8 bits: 256 places to write to, each a page, are what the second TLB holds twice;
 * six passes of 11 bits took as long or longer. */
#define BITS 8
#define BUCKETS ((size_t)1 << BITS)
#define PASSES 8

/* The bits of a double as a whole number of the same order. */
static uint64_t key_of(double x)
{
	uint64_t u;
	x += 0.0; /* -0 */
	memcpy(&u, &x, sizeof u);
	return u >> 63 ? ~u : u | (uint64_t)1 << 63;
}

static size_t digit(uint64_t key, int pass)
{
	return (size_t)(key >> pass * BITS) & (BUCKETS - 1);
}

static void move(const double *x, const uint32_t *group, double *to_x, uint32_t *to_group, size_t n,
		 int pass, size_t *next)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = next[digit(key_of(x[i]), pass)]++;
		to_x[at] = x[i];
		to_group[at] = group[i];
	}
}

/* The digits of all passes counted while the values are read once. */
static void count_digits(const double *x, size_t n, uint32_t count[PASSES][BUCKETS])
{
	memset(count, 0, PASSES * sizeof *count);
	for (size_t i = 0; i < n; i++) {
		uint64_t key = key_of(x[i]);
		for (int pass = 0; pass < PASSES; pass++)
			count[pass][digit(key, pass)]++;
	}
}

void ranks_sort(double *x, uint32_t *group, double *spare_x, uint32_t *spare_group, size_t n)
{
	double *from = x, *to = spare_x;
	uint32_t *from_group = group, *to_group = spare_group, count[PASSES][BUCKETS];
	count_digits(x, n, count);
	for (int pass = 0; pass < PASSES; pass++) {
		size_t next[BUCKETS], sum = 0, most = 0;
		for (size_t b = 0; b < BUCKETS; b++) {
			most = count[pass][b] > most ? count[pass][b] : most;
			next[b] = sum;
			sum += count[pass][b];
		}
		if (most == n)
			continue;
		move(from, from_group, to, to_group, n, pass, next);
		double *swap = from;
		uint32_t *swap_group = from_group;
		from = to, to = swap;
		from_group = to_group, to_group = swap_group;
	}
	if (from == x)
		return;
	memcpy(x, from, n * sizeof *x);
	memcpy(group, from_group, n * sizeof *group);
}

/* Twice the rank, less its mean n + 1: whole numbers that add up to 0. */
double ranks_kruskal(const double *x, const uint32_t *group, size_t n, const uint64_t *count,
		     size_t n_groups, double *rank_sum)
{
	dec_wide squares = 0;
	double between = 0;
	size_t n_some = 0;
	memset(rank_sum, 0, n_groups * sizeof *rank_sum);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && x[j] == x[i];)
			j++;
		int64_t twice = (int64_t)(i + 1 + j) - (int64_t)(n + 1);
		squares += (dec_wide)twice * twice * (dec_wide)(j - i);
		for (size_t k = i; k < j; k++)
			rank_sum[group[k]] += (double)twice; /* exact below 2^53: n < 9 * 10^7 */
	}
	for (size_t g = 0; g < n_groups; g++) {
		if (count[g] == 0)
			continue;
		n_some++;
		between += rank_sum[g] / (double)count[g] * rank_sum[g];
		rank_sum[g] = (rank_sum[g] + (double)count[g] * (double)(n + 1)) / 2;
	}
	if (n_some < 2 || squares == 0)
		return NAN;
	return (double)(n - 1) * between / (double)squares;
}
