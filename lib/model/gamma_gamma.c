/* SPDX-License-Identifier: MIT */
#include "model/gamma_gamma.h"

#include <math.h>
#include <stdlib.h>

#include "math/dist.h"
#include "math/fn.h"
#include "math/polygamma.h"

enum { P, Q, GAMMA, N };

/* Customers of one x. */
struct block {
	uint32_t x;
	size_t first, n;
	long double log_sums; /* sum of log(sum) */
};

struct data {
	const struct gamma_gamma_customer *customer;
	size_t n;
	struct block *block;
	size_t n_blocks;
};

/* Sums over a block at a value of gamma: of the logarithms of g = gamma /
 * (gamma + sum) and of 1 - g, of g, of g (1 - g). */
struct by_gamma {
	long double log_g, log_rest, g, gg;
};

/* So many logarithms at once, two a customer. */
#define CHUNK 512

static void add_chunk(struct by_gamma *s, const struct gamma_gamma_customer *c, size_t n,
		      double gamma)
{
	double log_g[2 * CHUNK], *log_rest = log_g + n;

	for (size_t i = 0; i < n; i++) {
		log_g[i] = c[i].sum / gamma;
		log_rest[i] = gamma / c[i].sum;
	}
	fn_log1p_many(log_g, log_g, 2 * n);
	for (size_t i = 0; i < n; i++) {
		long double sum = c[i].sum, all = gamma + sum;
		s->log_g -= log_g[i];
		s->log_rest -= log_rest[i];
		s->g += gamma / all;
		s->gg += gamma / all * (sum / all);
	}
}

static struct by_gamma add_customers(const struct data *d, const struct block *b, double gamma)
{
	struct by_gamma s = { 0 };

	for (size_t i = 0; i < b->n; i += CHUNK)
		add_chunk(&s, d->customer + b->first + i, b->n - i < CHUNK ? b->n - i : CHUNK,
			  gamma);
	return s;
}

struct sums {
	long double value, g[N], h[N][N];
};

/* With S = sum: log Gamma(px + q) - log Gamma(px) - log Gamma(q) + q log(gamma /
 * (gamma + S)) + px log(S / (gamma + S)) - log(S / x), in log parameters. */
static void add_block(struct sums *s, const struct gamma_gamma *m, const struct block *b,
		      const struct by_gamma *c)
{
	double px = m->p * b->x, all = px + m->q;
	long double n = (long double)b->n, p = m->p, q = m->q;
	long double g_p = px * (n * (polygamma_digamma(all) - polygamma_digamma(px)) +
				c->log_rest);
	long double g_q = q * (n * (polygamma_digamma(all) - polygamma_digamma(m->q)) +
			       c->log_g);

	s->value += n * (dist_log_gamma(all) - dist_log_gamma(px) - dist_log_gamma(m->q)) +
		    q * c->log_g + px * c->log_rest - b->log_sums + n * fn_log(b->x);
	s->g[P] += g_p;
	s->g[Q] += g_q;
	s->g[GAMMA] += n * q - all * c->g;
	s->h[P][P] += g_p + px * px * n * (polygamma_trigamma(all) - polygamma_trigamma(px));
	s->h[P][Q] += px * q * n * polygamma_trigamma(all);
	s->h[P][GAMMA] -= p * b->x * c->g;
	s->h[Q][Q] += g_q + q * q * n * (polygamma_trigamma(all) - polygamma_trigamma(m->q));
	s->h[Q][GAMMA] += q * (n - c->g);
	s->h[GAMMA][GAMMA] -= all * c->gg;
}

static double value(void *ctx, const double *x, double *g, double *h)
{
	const struct data *d = ctx;
	const struct gamma_gamma m = { fn_exp(x[P]), fn_exp(x[Q]), fn_exp(x[GAMMA]) };
	struct sums s = { 0 };

	for (size_t i = 0; i < d->n_blocks; i++) {
		struct by_gamma c = add_customers(d, &d->block[i], m.gamma);
		add_block(&s, &m, &d->block[i], &c);
	}
	for (int i = 0; i < N; i++) {
		g[i] = (double)(s.g[i] / (long double)d->n);
		for (int j = i; j < N; j++)
			h[i * N + j] = h[j * N + i] = (double)(s.h[i][j] / (long double)d->n);
	}
	return (double)(s.value / (long double)d->n);
}

double gamma_gamma_log_likelihood(const struct gamma_gamma *m, uint32_t x, double sum)
{
	const struct gamma_gamma_customer one = { sum, x };
	struct block b = { x, 0, 1, fn_log(sum) };
	const struct data d = { &one, 1, &b, 1 };
	struct by_gamma c = add_customers(&d, &b, m->gamma);
	struct sums s = { 0 };

	add_block(&s, m, &b, &c);
	return (double)s.value;
}

/* False when there is no memory. */
static bool make_blocks(struct data *d)
{
	const struct gamma_gamma_customer *c = d->customer;
	size_t n_blocks = 0;

	for (size_t i = 0; i < d->n; i++)
		n_blocks += i == 0 || c[i].x != c[i - 1].x;
	d->block = malloc((n_blocks + 1) * sizeof *d->block);
	for (size_t i = 0; i < d->n && d->block; i++) {
		if (i == 0 || c[i].x != c[i - 1].x)
			d->block[d->n_blocks++] = (struct block){ c[i].x, i, 0, 0 };
		struct block *b = &d->block[d->n_blocks - 1];
		b->n++;
		b->log_sums += fn_log(c[i].sum);
	}
	return d->block != NULL;
}

/*
 * Starts at the mean value, with values within and between customers more or
 * less alike.  Limits: p grows without end when a customer's values do not
 * differ, q and gamma when those of customers do not.
 */
static bool fit_customers(struct mlfit *fit, const void *items, size_t n, int steps_max)
{
	const struct gamma_gamma_customer *customer = items;
	struct data d = { .customer = customer, .n = n };
	long double total = 0, transactions = 0;

	if (!make_blocks(&d))
		return false;
	for (size_t i = 0; i < n; i++) {
		total += customer[i].sum;
		transactions += customer[i].x;
	}
	double mean = fn_log((double)(total / transactions));
	const double start[][NEWTON_MAX] = {
		{ 0.7, 1.1, mean, 0 }, { 2.3, 1.1, mean - 1.6, 0 }, { 0, 2.3, mean + 2.2, 0 },
	};
	const struct newton_function f = {
		.value = value, .ctx = &d, .n = N, .n_observations = (double)n,
		.steps_max = steps_max,
		.low = { -12, -12, mean - 25 }, .high = { 14, 14, mean + 25 },
	};
	struct newton m;
	mlfit_search(&m, &f, start, sizeof start / sizeof *start,
		     &(struct mlfit_items){ customer, n, sizeof *customer, fit_customers });
	free(d.block);
	*fit = (struct mlfit){ .n = N, .name = { "p", "q", "gamma" }, .n_customers = n };
	mlfit_take(fit, &m, &f);
	return true;
}

bool gamma_gamma_fit(struct mlfit *fit, const struct gamma_gamma_customer *customer, size_t n)
{
	return fit_customers(fit, customer, n, 0);
}

struct gamma_gamma gamma_gamma_of(const struct mlfit *fit)
{
	return (struct gamma_gamma){ fit->estimate[P], fit->estimate[Q], fit->estimate[GAMMA] };
}

double gamma_gamma_expected(const struct gamma_gamma *m, uint32_t x, double sum)
{
	return m->p * (m->gamma + sum) / (m->p * x + (m->q - 1));
}
