/* SPDX-License-Identifier: MIT */
/*
 * Customers who do what BG/NBD says, played through day by day: among those of
 * like histories as many are still alive, and buy as often, as the formulas
 * say, within 4.5 standard errors; and of Gamma-Gamma's customers the values
 * to come.
 */
#include <math.h>

#include "model/bgnbd.h"
#include "model/gamma_gamma.h"
#include "tests/draw.h"
#include "tests/unit/tap.h"

enum { N = 200000, T = 4000, HORIZON = 2000, N_COUNTS = 5, N_GROUPS = 2 * N_COUNTS };

/* Rates so low that whole days do not matter. */
static const struct bgnbd truth = { 0.8, 800, 0.9, 2.5 };
static const struct gamma_gamma worth = { 6, 4, 15 };

struct group {
	double n, alive, alive_square, bought, bought_square;
};

struct life {
	uint32_t x, t_x, later;
	bool alive;
};

static struct life play(struct source *s)
{
	double rate = draw_gamma(s, truth.r) / truth.alpha, leaves = draw_beta(s, truth.a, truth.b);
	struct life l = { 0, 0, 0, true };

	for (double day = draw_exponential(s) / rate; day <= T + HORIZON;
	     day += draw_exponential(s) / rate) {
		bool last = draw_unit(s) < leaves;
		if (day <= T) {
			l.x++;
			l.t_x = (uint32_t)(day + 0.5);
			l.alive = !last;
		} else {
			l.later++;
		}
		if (last)
			break;
	}
	return l;
}

static void add(struct group *g, double alive_error, double bought_error)
{
	g->n++;
	g->alive += alive_error;
	g->alive_square += alive_error * alive_error;
	g->bought += bought_error;
	g->bought_square += bought_error * bought_error;
}

static double z_score(double sum, double square)
{
	return square > 0 ? sum / sqrt(square) : 0;
}

static void lives(void)
{
	struct group group[N_GROUPS] = { 0 };

	for (uint64_t i = 0; i < N; i++) {
		struct source s = { 7, RNG_TEST, i, 0 };
		struct life l = play(&s);
		uint32_t k = 2 * (l.x < N_COUNTS ? l.x : N_COUNTS - 1) + (l.t_x > T / 2);
		add(&group[k], l.alive - bgnbd_alive(&truth, l.x, l.t_x, T),
		    l.later - bgnbd_expected(&truth, l.x, l.t_x, T, HORIZON));
	}
	for (int k = 0; k < N_GROUPS; k++) {
		const struct group *g = &group[k];
		if (k == 1)
			continue;
		double alive = z_score(g->alive, g->alive_square);
		double bought = z_score(g->bought, g->bought_square);
		tap_ok(g->n > 1000 && fabs(alive) < 4.5 && fabs(bought) < 4.5,
		       "x %s%d, %s: %.0f customers, alive %+.1f, buy %+.1f standard errors",
		       k / 2 == N_COUNTS - 1 ? ">= " : "", k / 2, k % 2 ? "lately" : "long ago",
		       g->n, alive, bought);
	}
}

static void values(void)
{
	for (uint32_t x = 0; x < 4; x++) {
		double error = 0, square = 0;
		for (uint64_t i = 0; i < N / 4; i++) {
			struct source s = { 8, RNG_TEST, i, 0 };
			double rate = draw_gamma(&s, worth.q) / worth.gamma, sum = 0;
			for (uint32_t k = 0; k < x; k++)
				sum += draw_gamma(&s, worth.p) / rate;
			double e = draw_gamma(&s, worth.p) / rate -
				   gamma_gamma_expected(&worth, x, sum);
			error += e;
			square += e * e;
		}
		double z = z_score(error, square);
		tap_ok(fabs(z) < 4.5, "after %u purchases the next: %+.1f standard errors", x, z);
	}
}

int main(void)
{
	lives();
	values();
	return tap_done();
}
