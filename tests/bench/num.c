/* SPDX-License-Identifier: MIT */
/*
 * Speed of num_parse, num_print and dec_parse_micro on one core, in turns with
 * glibc where it has a peer:  build/tests/bench/num
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "value/dec.h"
#include "value/num.h"
#include "value/rng.h"

#define N 500000
#define ROUNDS 5

struct texts {
	char *s; /* N texts, each followed by a NUL */
	uint32_t at[N + 1];
};

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static size_t parse(const struct texts *t)
{
	double sum = 0, x = 0;
	for (size_t i = 0; i < N; i++) {
		num_parse(t->s + t->at[i], t->at[i + 1] - t->at[i] - 1, &x);
		sum += x;
	}
	return t->at[N] - N + (sum == 12345);
}

static size_t parse_glibc(const struct texts *t)
{
	double sum = 0;
	for (size_t i = 0; i < N; i++)
		sum += strtod(t->s + t->at[i], NULL);
	return t->at[N] - N + (sum == 12345);
}

static size_t parse_micro(const struct texts *t)
{
	int64_t sum = 0, v = 0;
	for (size_t i = 0; i < N; i++) {
		dec_parse_micro(t->s + t->at[i], t->at[i + 1] - t->at[i] - 1, &v);
		sum ^= v;
	}
	return t->at[N] - N + (sum == 12345);
}

static size_t print(const double *x)
{
	char to[NUM_MAX];
	size_t n = 0;
	for (size_t i = 0; i < N; i++)
		n += num_print(to, x[i]);
	return n;
}

static size_t print_glibc(const double *x)
{
	char to[NUM_MAX];
	size_t n = 0;
	for (size_t i = 0; i < N; i++)
		n += (size_t)snprintf(to, sizeof to, "%.17g", x[i]);
	return n;
}

static void show(const char *what, const char *kind, size_t n_bytes, double best)
{
	printf("%-16s %-10s %7.0f MB/s  %5.1f ns\n", what, kind, (double)n_bytes / best / 1e6,
	       best / N * 1e9);
}

static void run_texts(const char *what, const char *kind, size_t (*fn)(const struct texts *),
		      const struct texts *t)
{
	double best = 1e9;
	size_t n = 0;
	for (int i = 0; i < ROUNDS; i++) {
		double begin = seconds();
		n = fn(t);
		double took = seconds() - begin;
		best = took < best ? took : best;
	}
	show(what, kind, n, best);
}

static void run_doubles(const char *what, const char *kind, size_t (*fn)(const double *),
			const double *x)
{
	double best = 1e9;
	size_t n = 0;
	for (int i = 0; i < ROUNDS; i++) {
		double begin = seconds();
		n = fn(x);
		double took = seconds() - begin;
		best = took < best ? took : best;
	}
	show(what, kind, n, best);
}

/* The kinds of columns: z-scores, uniform in 0..1, any finite double, prices, counts. */
static double value(int kind, uint64_t i)
{
	double u = rng_unit(1, RNG_TEST, i, 0), v = rng_unit(1, RNG_TEST, i, 1);
	if (kind == 0)
		return u + v + rng_unit(1, RNG_TEST, i, 2) + rng_unit(1, RNG_TEST, i, 3) - 2;
	if (kind == 1)
		return u;
	if (kind == 2) {
		uint64_t bits = rng_bits(1, RNG_TEST, i, 0) & ~(UINT64_C(1) << 62);
		double x;
		memcpy(&x, &bits, sizeof x);
		return x;
	}
	if (kind == 3)
		return (double)(int64_t)(u * u * 100000) / 100;
	return (double)(int64_t)(u * u * 10000);
}

int main(void)
{
	static const char *const kinds[] = { "z-score", "unit", "any", "price", "count" };
	static struct texts t;
	static double x[N];
	t.s = malloc((size_t)N * (NUM_MAX + 1));
	if (!t.s)
		return 1;
	for (int kind = 0; kind < 5; kind++) {
		uint32_t at = 0;
		for (size_t i = 0; i < N; i++) {
			x[i] = value(kind, i);
			t.at[i] = at;
			at += (uint32_t)num_print(t.s + at, x[i]);
			t.s[at++] = '\0';
		}
		t.at[N] = at;
		run_texts("num_parse", kinds[kind], parse, &t);
		run_texts("strtod", kinds[kind], parse_glibc, &t);
		run_doubles("num_print", kinds[kind], print, x);
		run_doubles("printf %.17g", kinds[kind], print_glibc, x);
		if (kind >= 3)
			run_texts("dec_parse_micro", kinds[kind], parse_micro, &t);
	}
	free(t.s);
	return 0;
}
