/* SPDX-License-Identifier: MIT */
#include "model/clv.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "value/num.h"

const char *const clv_field[CLV_FIELDS] = {
	"p_alive", "expected_purchases", "expected_value", "clv",
};

bool clv_history(struct clv_history *h, const struct rfm *t, uint32_t i,
		 const struct rfm_figures *f, bool gross)
{
	const struct rfm_first *first = rfm_first(t, i);
	dec_wide repeat = f->gross_pico;

	if (first->day != rfm_day_member(f->first_day) || !dec_add(&repeat, -first->gross_pico))
		return false;
	*h = (struct clv_history){ (uint32_t)f->n_days - 1, (uint32_t)(f->last_day - f->first_day),
				   (uint32_t)f->tenure_days, 0 };
	if (h->x == 0 || repeat <= 0)
		return true;
	h->sum = dec_to_double(repeat);
	if (!gross)
		h->sum *= fmax(dec_ratio(f->monetary_pico, f->gross_pico), 0);
	return true;
}

/* A cell's key sorts, as bytes, by T, t_x, x. */
struct key {
	uint32_t T_be, t_x_be, x_be;
};

void clv_add(struct clv *c, const struct clv_history *h)
{
	const struct key key = { __builtin_bswap32(h->T), __builtin_bswap32(h->t_x),
				 __builtin_bswap32(h->x) };

	c->cells.width = sizeof(uint64_t);
	uint32_t cell = group_id(&c->cells, (struct span){ (const char *)&key, sizeof key });
	++*(uint64_t *)group_value(&c->cells, cell);
	if (!h->x)
		return;
	c->n_repeat++;
	c->n_worthless += !(h->sum > 0);
	if (!(h->sum > 0))
		return;
	c->spend = mem_grow(c->spend, c->n_spend, &c->capacity, sizeof *c->spend);
	c->spend[c->n_spend++] = (struct gamma_gamma_customer){ h->sum, h->x };
}

size_t clv_memory(const struct clv *c)
{
	/* the cells are sorted into an array, by numbers that are sorted too */
	return group_memory(&c->cells) + c->cells.n * (sizeof(struct bgnbd_cell) + 32) +
	       c->capacity * sizeof *c->spend;
}

static int by_count(const void *a, const void *b)
{
	const struct gamma_gamma_customer *x = a, *y = b;
	return x->x != y->x ? (x->x > y->x) - (x->x < y->x) : (x->sum > y->sum) - (x->sum < y->sum);
}

static double correlate(const struct gamma_gamma_customer *c, size_t n)
{
	long double x = 0, y = 0, xx = 0, xy = 0, yy = 0;

	for (size_t i = 0; i < n; i++) {
		x += c[i].x;
		y += c[i].sum / c[i].x;
	}
	x /= (long double)n;
	y /= (long double)n;
	for (size_t i = 0; i < n; i++) {
		long double dx = c[i].x - x, dy = c[i].sum / c[i].x - y;
		xx += dx * dx;
		xy += dx * dy;
		yy += dy * dy;
	}
	return xx > 0 && yy > 0 ? (double)(xy / sqrtl(xx * yy)) : NAN;
}

static bool fit_purchases(struct clv *c)
{
	size_t n = c->cells.n;
	struct bgnbd_cell *cells = calloc(n, sizeof *cells);
	uint32_t *order = group_sorted(&c->cells);
	char room[GROUP_SHORT];
	struct key key;

	for (size_t i = 0; i < n && cells; i++) {
		memcpy(&key, group_bytes(&c->cells, order[i], room).s, sizeof key);
		cells[i] = (struct bgnbd_cell){
			__builtin_bswap32(key.T_be), __builtin_bswap32(key.t_x_be),
			__builtin_bswap32(key.x_be), *(uint64_t *)group_value(&c->cells, order[i]),
		};
	}
	free(order);
	group_free(&c->cells);
	bool fits = cells && bgnbd_fit(&c->purchases, cells, n);
	if (fits)
		c->bgnbd = bgnbd_of(&c->purchases);
	free(cells);
	return fits;
}

/* All sums run over sorted cells and customers: neither the order of the lines
 * nor how they were split matters. */
bool clv_fit(struct clv *c)
{
	if (c->n_repeat < CLV_REPEAT_MIN) {
		snprintf(c->error, sizeof c->error, "--clv needs %d customers who bought on a "
			 "second day, and there are %llu", CLV_REPEAT_MIN,
			 (unsigned long long)c->n_repeat);
		return false;
	}
	if (c->n_spend < CLV_REPEAT_MIN) {
		snprintf(c->error, sizeof c->error, "--clv needs %d customers whose purchases "
			 "after the first day are worth more than 0, and there are %zu",
			 CLV_REPEAT_MIN, c->n_spend);
		return false;
	}
	bool fits = fit_purchases(c);
	qsort(c->spend, c->n_spend, sizeof *c->spend, by_count);
	c->correlation = correlate(c->spend, c->n_spend);
	if (!fits || !gamma_gamma_fit(&c->spending, c->spend, c->n_spend)) {
		snprintf(c->error, sizeof c->error, "out of memory");
		return false;
	}
	c->gamma_gamma = gamma_gamma_of(&c->spending);
	if (!(c->gamma_gamma.q > 1)) {
		snprintf(c->error, sizeof c->error, "--clv: customers' values differ so much that "
			 "Gamma-Gamma has no mean: q = %.6g, not above 1 (p %.6g, gamma %.6g)",
			 c->gamma_gamma.q, c->gamma_gamma.p, c->gamma_gamma.gamma);
		return false;
	}
	return true;
}

bool clv_converged(const struct clv *c)
{
	return c->purchases.stop == NEWTON_CONVERGED && c->spending.stop == NEWTON_CONVERGED;
}

void clv_put(struct buf *to, const struct clv *c, const struct clv_history *h)
{
	if (!h) {
		buf_put(to, "\t\t\t\t", CLV_FIELDS);
		return;
	}
	double purchases = bgnbd_expected(&c->bgnbd, h->x, h->t_x, h->T, (double)c->days);
	double value = gamma_gamma_expected(&c->gamma_gamma, h->x, h->sum);
	const double field[CLV_FIELDS] = {
		bgnbd_alive(&c->bgnbd, h->x, h->t_x, h->T), purchases, value, purchases * value,
	};
	for (int i = 0; i < CLV_FIELDS; i++) {
		buf_char(to, '\t');
		to->n += num_print(buf_room(to, NUM_MAX), field[i]);
	}
}

__attribute__((format(printf, 2, 3))) static void put(struct buf *to, const char *format, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	buf_put(to, text, strlen(text));
}

static void put_fit(struct buf *to, const char *model, const struct mlfit *f)
{
	put(to, "%s:", model);
	for (size_t i = 0; i < f->n; i++)
		put(to, " %s %.6g", f->name[i], f->estimate[i]);
	put(to, ", log-likelihood %.6f of %llu customers", f->log_likelihood,
	    (unsigned long long)f->n_customers);
	if (f->n_cells)
		put(to, " in %zu cells", f->n_cells);
	put(to, ", gradient %.2g after %d steps\n", f->gradient, f->n_steps);
}

void clv_summary(const struct clv *c, struct buf *to)
{
	put_fit(to, "BG/NBD", &c->purchases);
	put_fit(to, "Gamma-Gamma", &c->spending);
	if (c->n_worthless)
		put(to, "%llu customers whose later purchases are worth nothing, net, are not in "
		    "Gamma-Gamma's fit\n", (unsigned long long)c->n_worthless);
	if (!isnan(c->correlation))
		put(to, "correlation of repeat purchases and their mean value: %.3f\n",
		    c->correlation);
}

static void put_doubt(struct buf *to, const char *model, const struct mlfit *f)
{
	switch (f->stop) {
	case NEWTON_CONVERGED:
		break;
	case NEWTON_OUTSIDE:
		put(to, "%s has no maximum: %s goes to %s without end, stopped at %.3g\n", model,
		    f->name[f->outside], f->outside_up ? "infinity" : "0",
		    f->estimate[f->outside]);
		break;
	case NEWTON_STEPS:
	case NEWTON_STUCK:
		put(to, "%s: not converged after %d steps, gradient %.2g\n", model, f->n_steps,
		    f->gradient);
	}
}

char *clv_doubts(const struct clv *c)
{
	struct buf text = { 0 };

	put_doubt(&text, "BG/NBD", &c->purchases);
	put_doubt(&text, "Gamma-Gamma", &c->spending);
	if (fabs(c->correlation) > CLV_CORRELATION)
		put(&text, "repeat purchases and their mean value have the correlation %.3f; "
		    "Gamma-Gamma takes them as independent\n", c->correlation);
	buf_char(&text, '\0');
	return text.s;
}

static void store_fit(struct param_list *p, const char *model, const struct mlfit *f)
{
	param_add_int(p, "fit", model, "customers", (int64_t)f->n_customers);
	if (f->n_cells)
		param_add_int(p, "fit", model, "cells", (int64_t)f->n_cells);
	param_add_real(p, "fit", model, "log_likelihood", f->log_likelihood);
	param_add_real(p, "fit", model, "gradient", f->gradient);
	param_add_int(p, "fit", model, "steps", f->n_steps);
	param_add_int(p, "fit", model, "converged", f->stop == NEWTON_CONVERGED);
	for (size_t i = 0; i < f->n; i++) {
		param_add_real(p, model, f->name[i], "estimate", f->estimate[i]);
		param_add_real(p, model, f->name[i], "std_error", f->std_error[i]);
		param_add_real(p, model, f->name[i], "ci_low", f->ci_low[i]);
		param_add_real(p, model, f->name[i], "ci_high", f->ci_high[i]);
	}
}

void clv_store(const struct clv *c, struct param_list *p)
{
	param_add_int(p, "model", "seg-rfm", "clv_days", c->days);
	store_fit(p, "bgnbd", &c->purchases);
	store_fit(p, "gamma_gamma", &c->spending);
	param_add_int(p, "fit", "gamma_gamma", "without_value", (int64_t)c->n_worthless);
	param_add_real(p, "fit", "gamma_gamma", "correlation", c->correlation);
}

void clv_free(struct clv *c)
{
	group_free(&c->cells);
	free(c->spend);
	*c = (struct clv){ .days = c->days };
}
