/* SPDX-License-Identifier: MIT */
#include "model/bgnbd.h"

#include <math.h>
#include <stdlib.h>

#include "math/fn.h"

enum { R, ALPHA, A, B, N };

/*
 * What the likelihood knows of x alone: logarithms of rising factorials and
 * their derivatives in log parameters.  As sums over 0..x-1 they do not
 * cancel, as differences of log Gamma would for large parameters.
 */
struct by_count {
	long double value; /* log of (r)_x (b)_x / (a + b)_x */
	long double r, rr, a, b, aa, ab, bb;
};

/* From the entry of x to that of x + 1. */
static void extend(struct by_count *c, const struct bgnbd *m, uint32_t x)
{
	long double r = m->r / ((long double)m->r + x), b = m->b / ((long double)m->b + x);
	long double sum = (long double)m->a + m->b + x, a = m->a / sum, b_sum = m->b / sum;

	c->value += fn_log(m->r + x) - fn_log1p(m->a / (m->b + x));
	c->r += r;
	c->rr += r * (1 - r);
	c->a -= a;
	c->b += b - b_sum;
	c->aa -= a * (1 - a);
	c->ab += a * b_sum;
	c->bb += b * (1 - b) - b_sum * (1 - b_sum);
}

/* What it knows of t_x and T; fractions of alpha in alpha + time. */
struct by_time {
	double log_alpha; /* of the parameters alone */
	uint32_t T, t_x;
	double log_T; /* log((alpha + T) / alpha) */
	double log_gap; /* log((alpha + T) / (alpha + t_x)) */
	double in_T, in_x;
};

static void set_time(struct by_time *t, const struct bgnbd *m, uint32_t t_x, uint32_t T)
{
	t->T = T;
	t->t_x = t_x;
	t->log_T = fn_log1p(T / m->alpha);
	t->log_gap = fn_log1p((T - t_x) / (m->alpha + t_x));
	t->in_T = m->alpha / (m->alpha + T);
	t->in_x = m->alpha / (m->alpha + t_x);
}

/*
 * log of the odds that the purchase at t_x was the last against that it was
 * not: a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x), x > 0.
 */
static double log_odds(const struct bgnbd *m, uint32_t x, const struct by_time *t)
{
	return fn_log(m->a / (m->b + (x - 1))) + (m->r + x) * t->log_gap;
}

/* log(1 + e^u), and 1 / (1 + e^-u) in *gone. */
static double soft_plus(double u, double *gone)
{
	double e = fn_exp(-fabs(u));

	*gone = (u < 0 ? e : 1) / (1 + e);
	return fmax(u, 0) + fn_log1p(e);
}

struct sums {
	long double value, g[N], h[N][N];
};

/* The part of the likelihood of living customers. */
static void add_alive(struct sums *s, const struct bgnbd *m, const struct bgnbd_cell *cell,
		      const struct by_time *t, const struct by_count *c)
{
	long double n = (long double)cell->n, x = cell->x, r = m->r;

	s->value += n * (c->value - r * t->log_T - x * (t->log_alpha + t->log_T));
	s->g[R] += n * (c->r - r * t->log_T);
	s->g[ALPHA] += n * (r - (r + x) * t->in_T);
	s->g[A] += n * c->a;
	s->g[B] += n * c->b;
	s->h[R][R] += n * (c->rr - r * t->log_T);
	s->h[R][ALPHA] += n * r * (1 - t->in_T);
	s->h[ALPHA][ALPHA] -= n * (r + x) * t->in_T * (1 - t->in_T);
	s->h[A][A] += n * c->aa;
	s->h[A][B] += n * c->ab;
	s->h[B][B] += n * c->bb;
}

/* The factor 1 + odds, for x > 0. */
static void add_gone(struct sums *s, const struct bgnbd *m, const struct bgnbd_cell *cell,
		     const struct by_time *t)
{
	long double n = (long double)cell->n, all = (long double)m->r + cell->x;
	long double share = (long double)m->b / ((long double)m->b + (cell->x - 1));
	const long double u[N] = { m->r * t->log_gap, all * (t->in_T - t->in_x), 1, -share };
	double gone;

	s->value += n * soft_plus(log_odds(m, cell->x, t), &gone);
	for (int i = 0; i < N; i++) {
		s->g[i] += n * gone * u[i];
		for (int j = i; j < N; j++)
			s->h[i][j] += n * gone * (1 - gone) * u[i] * u[j];
	}
	s->h[R][R] += n * gone * u[R];
	s->h[R][ALPHA] += n * gone * m->r * (t->in_T - t->in_x);
	s->h[ALPHA][ALPHA] += n * gone * all *
			      (t->in_T * (1 - t->in_T) - t->in_x * (1 - t->in_x));
	s->h[B][B] -= n * gone * share * (1 - share);
}

struct data {
	const struct bgnbd_cell *cells;
	size_t n_cells;
	uint32_t x_max;
	double n_customers;
	struct by_count *count; /* [x_max + 1] */
};

static struct bgnbd from_logs(const double *x)
{
	return (struct bgnbd){ fn_exp(x[R]), fn_exp(x[ALPHA]), fn_exp(x[A]), fn_exp(x[B]) };
}

static double value(void *ctx, const double *x, double *g, double *h)
{
	struct data *d = ctx;
	struct bgnbd m = from_logs(x);
	struct by_time t = { .log_alpha = fn_log(m.alpha) };
	struct sums s = { 0 };

	for (uint32_t i = 0; i < d->x_max; i++) {
		d->count[i + 1] = d->count[i];
		extend(&d->count[i + 1], &m, i);
	}
	for (size_t i = 0; i < d->n_cells; i++) {
		const struct bgnbd_cell *c = &d->cells[i];
		if (i == 0 || c->T != t.T || c->t_x != t.t_x)
			set_time(&t, &m, c->t_x, c->T);
		add_alive(&s, &m, c, &t, &d->count[c->x]);
		if (c->x)
			add_gone(&s, &m, c, &t);
	}
	for (int i = 0; i < N; i++) {
		g[i] = (double)(s.g[i] / d->n_customers);
		for (int j = i; j < N; j++)
			h[i * N + j] = h[j * N + i] = (double)(s.h[i][j] / d->n_customers);
	}
	return (double)(s.value / d->n_customers);
}

double bgnbd_log_likelihood(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T)
{
	const struct bgnbd_cell cell = { T, t_x, x, 1 };
	struct by_count c = { 0 };
	struct by_time t = { .log_alpha = fn_log(m->alpha) };
	struct sums s = { 0 };

	for (uint32_t i = 0; i < x; i++)
		extend(&c, m, i);
	set_time(&t, m, t_x, T);
	add_alive(&s, m, &cell, &t, &c);
	if (x)
		add_gone(&s, m, &cell, &t);
	return (double)s.value;
}

/*
 * Starts: the mean rate, as a rate of customers alike or unlike, with few or
 * many purchases before the last.  Limits: r and alpha grow without end when
 * customers' rates do not differ more than chance makes them, a and b when
 * their dropout probabilities do not; a vanishes when nobody leaves.
 */
static bool fit_cells(struct mlfit *fit, const void *items, size_t n_cells, int steps_max)
{
	const struct bgnbd_cell *cells = items;
	struct data d = { .cells = cells, .n_cells = n_cells };
	double purchases = 0, days = 0;

	for (size_t i = 0; i < n_cells; i++) {
		d.n_customers += (double)cells[i].n;
		purchases += (double)cells[i].n * cells[i].x;
		days += (double)cells[i].n * (cells[i].x ? cells[i].t_x : cells[i].T);
		d.x_max = cells[i].x > d.x_max ? cells[i].x : d.x_max;
	}
	d.count = calloc((size_t)d.x_max + 1, sizeof *d.count);
	if (!d.count)
		return false;
	double log_rate = fn_log((purchases + 1) / (days + 1));
	const double start[][NEWTON_MAX] = {
		{ 0, -log_rate, 0, 0.7 },
		{ -1.5, -1.5 - log_rate, -1, 0.7 },
		{ 0.7, 0.7 - log_rate, 0, 3 },
	};
	const struct newton_function f = {
		.value = value, .ctx = &d, .n = N, .n_observations = d.n_customers,
		.steps_max = steps_max,
		.low = { -12, -7, -14, -12 }, .high = { 12, 23, 12, 14 },
	};
	struct newton m;
	mlfit_search(&m, &f, start, sizeof start / sizeof *start,
		     &(struct mlfit_items){ cells, n_cells, sizeof *cells, fit_cells });
	free(d.count);
	*fit = (struct mlfit){ .n = N, .name = { "r", "alpha", "a", "b" },
			       .n_customers = (uint64_t)d.n_customers, .n_cells = n_cells };
	mlfit_take(fit, &m, &f);
	return true;
}

bool bgnbd_fit(struct mlfit *fit, const struct bgnbd_cell *cells, size_t n_cells)
{
	return fit_cells(fit, cells, n_cells, 0);
}

struct bgnbd bgnbd_of(const struct mlfit *fit)
{
	return (struct bgnbd){ fit->estimate[R], fit->estimate[ALPHA], fit->estimate[A],
			       fit->estimate[B] };
}

double bgnbd_alive(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T)
{
	struct by_time t;
	double gone;

	if (!x)
		return 1;
	set_time(&t, m, t_x, T);
	soft_plus(-log_odds(m, x, &t), &gone);
	return gone;
}

/*
 * Given that he is alive at T, his rate is gamma distributed with s = r + x and
 * alpha + T, his dropout probability beta distributed with a and b + x.  Were
 * it 0 he would buy K times, K negative binomial: P(K = k) is in proportion to
 * w_k = (s)_k / k! z^k, z = days / (alpha + T + days).  He comes to purchase
 * j + 1 when he survives the j before it, which has the probability
 * m_j = (b + x)_j / (a + b + x)_j.  So the expectation is
 *
 *	sum_k w_k M_k / sum_k w_k,  M_k = m_0 + ... + m_(k-1),
 *
 * all terms positive, without the pole at a = 1 that cancels in the paper's
 * equation, and without any function but + * /.
 *
 * It ends where the terms that follow are below 2^-60 of either sum: w_k's
 * ratio is at most q = max(z, its present one) from there on, and M_(k+i) <= M_k +
 * i m_k, which makes them at most w_k M_k q / (1 - q) + w_k m_k q / (1 - q)^2.
 * As that costs as much as some terms, it is asked once for LOOK of them.
 */
enum { LOOK = 8 };

static long double purchases_alive(const struct bgnbd *p, uint32_t x, uint32_t T, double days)
{
	const long double s = (long double)p->r + x, c = (long double)p->a + p->b + x;
	const long double z = days / ((long double)p->alpha + T + days);
	long double w = 1, m = 1, M = 0, sum = 0, weights = 0;

	for (uint64_t k = 0;; k++) {
		weights += w;
		sum += w * M;
		long double ratio = z * (s + k) / (k + 1), q = fmaxl(z, ratio);
		if (k % LOOK == LOOK - 1 && q < 1) {
			long double rest = w * q / (1 - q);
			if (rest < 0x1p-60L * weights &&
			    rest * (M + m / (1 - q)) <= 0x1p-60L * sum)
				break;
		}
		w *= ratio;
		M += m;
		m *= ((long double)p->b + x + k) / (c + k);
		if (w > 0x1p4000L) { /* a power of two: no rounding */
			w *= 0x1p-8000L;
			sum *= 0x1p-8000L;
			weights *= 0x1p-8000L;
		}
	}
	return sum / weights;
}

double bgnbd_expected(const struct bgnbd *m, uint32_t x, uint32_t t_x, uint32_t T, double days)
{
	if (!(days > 0))
		return 0;
	return (double)(bgnbd_alive(m, x, t_x, T) * purchases_alive(m, x, T, days));
}
