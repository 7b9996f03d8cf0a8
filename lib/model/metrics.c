/* SPDX-License-Identifier: MIT */
#include "model/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/dist.h"
#include "math/exact.h"
#include "math/fn.h"
#include "model/logit.h"

#define EDGE 0x1p-52

struct scored {
	double p, w;
	uint8_t y;
};

static int descending(const void *a, const void *b)
{
	double x = ((const struct scored *)a)->p, y = ((const struct scored *)b)->p;

	return (x < y) - (x > y);
}

static double clipped(double p)
{
	return p < EDGE ? EDGE : p > 1 - EDGE ? 1 - EDGE : p;
}

/* Rows first..end-1 have one probability; their weights' sums are exact,
 * whatever their order. */
static struct metrics_group sum_group(const struct scored *row, size_t first, size_t end)
{
	struct exact weight = { 0 }, events = { 0 };

	for (size_t i = first; i < end; i++) {
		exact_add(&weight, row[i].w);
		if (row[i].y)
			exact_add(&events, row[i].w);
	}
	return (struct metrics_group){ row[first].p, exact_round(&weight), exact_round(&events) };
}

static int make_groups(struct metrics_ranking *r, const struct scored *row, size_t n)
{
	r->group = malloc((n + 1) * sizeof *r->group);
	if (!r->group)
		return -1;
	for (size_t i = 0, first = 0; i < n; first = i) {
		while (i < n && row[i].p == row[first].p)
			i++;
		r->group[r->n++] = i - first > 1 ? sum_group(row, first, i) :
			(struct metrics_group){ row[first].p, row[first].w,
						row[first].y ? row[first].w : 0 };
	}
	return 0;
}

static void total(struct metrics *m, const struct scored *row, size_t n)
{
	struct exact weight = { 0 }, events = { 0 }, loss = { 0 }, brier = { 0 };

	for (size_t i = 0; i < n; i++) {
		double p = clipped(row[i].p), miss = row[i].y ? 1 - row[i].p : row[i].p;
		m->n_events += row[i].y;
		exact_add(&weight, row[i].w);
		if (row[i].y)
			exact_add(&events, row[i].w);
		exact_add(&loss, -row[i].w * (row[i].y ? fn_log(p) : fn_log1p(-p)));
		exact_add(&brier, row[i].w * (miss * miss));
	}
	m->n = n;
	m->weight = exact_round(&weight);
	m->weight_events = exact_round(&events);
	m->log_loss = exact_round(&loss) / m->weight;
	m->brier = exact_round(&brier) / m->weight;
}

/*
 * DeLong's variance from the placement values, which mid-ranks give group by
 * group (Sun & Xu 2014): of an event, the share of the others ranked below it;
 * of another, the share of the events above it.
 */
static void rank_measures(struct metrics *m, const struct metrics_ranking *r)
{
	double events = r->events, others = r->weight - r->events;
	double above_e = 0, above_o = 0, s_e = 0, s_o = 0, area = 0, precision = 0;

	for (size_t i = 0; i < r->n; i++) {
		double e = r->group[i].events, o = r->group[i].weight - e;
		area += e * ((others - above_o - o) + o / 2);
		above_e += e;
		above_o += o;
		if (e > 0)
			precision += e * (above_e / (above_e + above_o));
	}
	m->auc = area / events / others;
	m->average_precision = precision / events;
	above_e = above_o = 0;
	for (size_t i = 0; i < r->n; i++) {
		double e = r->group[i].events, o = r->group[i].weight - e;
		double v_e = (others - above_o - o / 2) / others - m->auc;
		double v_o = (above_e + e / 2) / events - m->auc;
		s_e += e * v_e * v_e;
		s_o += o * v_o * v_o;
		above_e += e;
		above_o += o;
	}
	m->auc_se = sqrt(s_e / (events - 1) / events + s_o / (others - 1) / others);
	m->auc_low = fmax(0, m->auc - DIST_NORMAL_975 * m->auc_se);
	m->auc_high = fmin(1, m->auc + DIST_NORMAL_975 * m->auc_se);
}

static void fill_bins(struct metrics *m, const struct metrics_ranking *r)
{
	double below = r->weight;
	struct metrics_bin *bin = m->bin;

	for (size_t i = 0; i < METRICS_BINS; i++)
		bin[i] = (struct metrics_bin){ .low = NAN, .high = NAN, .mean = 0, .observed = 0 };
	for (size_t i = 0; i < r->n; i++) {
		const struct metrics_group *g = &r->group[i];
		size_t at;
		below -= g->weight;
		at = (size_t)(METRICS_BINS * ((below + g->weight / 2) / r->weight));
		at = at < METRICS_BINS ? at : METRICS_BINS - 1;
		if (!(bin[at].weight > 0))
			bin[at].high = g->probability;
		bin[at].low = g->probability;
		bin[at].weight += g->weight;
		bin[at].mean += g->weight * g->probability;
		bin[at].observed += g->events;
	}
	for (size_t i = 0; i < METRICS_BINS; i++) {
		bin[i].mean /= bin[i].weight;
		bin[i].observed /= bin[i].weight;
	}
}

/* The logit of the outcome on the logit of the probability, Cox (1958). */
static int calibrate(struct metrics *m, const struct scored *row, size_t n, int threads)
{
	struct design d = { 0 };
	uint8_t *y = malloc(n + 1);
	double *w = malloc((n + 1) * sizeof *w);
	struct logit_fit fit = { 0 };
	int result = -1;

	if (!y || !w || design_source(&d, "logit", false) != 0)
		goto done;
	for (size_t i = 0; i < n; i++) {
		double p = clipped(row[i].p), x = fn_log(p) - fn_log1p(-p);
		y[i] = row[i].y;
		w[i] = row[i].w;
		if (design_add(&d, &x, NULL) != 0)
			goto done;
	}
	if (design_finish(&d) != 0)
		goto done;
	const struct logit_data data = { &d, y, w };
	const struct logit_options options = { .max_iter = 25, .tol = 1e-8, .threads = threads };
	enum logit_status status = logit_fit(&fit, &data, &options);
	if (status == LOGIT_NO_MEMORY)
		goto done;
	if (status == LOGIT_OK && fit.stop == LOGIT_DEVIANCE && !fit.separated) {
		m->calibration_intercept = fit.term[0].estimate;
		m->calibration_slope = fit.term[1].estimate;
		m->calibration_intercept_se = fit.term[0].std_error;
		m->calibration_slope_se = fit.term[1].std_error;
	}
	result = 0;
done:
	logit_free(&fit);
	design_free(&d);
	free(y);
	free(w);
	return result;
}

int metrics_compute(struct metrics *m, struct metrics_ranking *ranking, const double *p,
		    const uint8_t *y, const double *weight, size_t n, int threads)
{
	struct scored *row = malloc((n + 1) * sizeof *row);
	size_t kept = 0;
	int result = -1;

	*m = (struct metrics){ .auc = NAN, .auc_se = NAN, .auc_low = NAN, .auc_high = NAN,
			       .average_precision = NAN, .calibration_intercept = NAN,
			       .calibration_slope = NAN, .calibration_intercept_se = NAN,
			       .calibration_slope_se = NAN };
	*ranking = (struct metrics_ranking){ 0 };
	if (!row)
		return -1;
	for (size_t i = 0; i < n; i++) {
		double w = weight ? weight[i] : 1;
		if (w > 0)
			row[kept++] = (struct scored){ p[i], w, y[i] };
	}
	qsort(row, kept, sizeof *row, descending);
	if (make_groups(ranking, row, kept) == 0) {
		total(m, row, kept);
		ranking->weight = m->weight;
		ranking->events = m->weight_events;
		fill_bins(m, ranking);
		result = 0;
		if (m->n_events > 0 && m->n_events < m->n) {
			rank_measures(m, ranking);
			result = calibrate(m, row, kept, threads);
		}
	}
	free(row);
	return result;
}

double metrics_gains(const struct metrics_ranking *r, double q, double *threshold)
{
	double rows = 0, events = 0, wanted = q * r->weight;

	*threshold = r->n ? r->group[0].probability : (double)NAN;
	for (size_t i = 0; i < r->n && rows < wanted; i++) {
		const struct metrics_group *g = &r->group[i];
		double share = rows + g->weight <= wanted ? 1 : (wanted - rows) / g->weight;
		*threshold = g->probability;
		rows += g->weight;
		events += share * g->events;
	}
	return events / r->events;
}

struct metrics_decision metrics_decide(const struct metrics_ranking *r,
				       const struct metrics_value *value)
{
	struct metrics_decision best = { .threshold = INFINITY, .profit = -INFINITY };
	double tp = 0, fp = 0;

	/* The first i groups are positives, none to begin with. */
	for (size_t i = 0; i <= r->n; i++) {
		double fn = r->events - tp, tn = r->weight - r->events - fp;
		double profit = (value->tp * tp + value->fp * fp + value->fn * fn + value->tn * tn) /
				r->weight;
		if (profit > best.profit)
			best = (struct metrics_decision){
				i ? r->group[i - 1].probability : INFINITY, tp, fp, fn, tn, profit,
			};
		if (i < r->n) {
			tp += r->group[i].events;
			fp += r->group[i].weight - r->group[i].events;
		}
	}
	return best;
}
