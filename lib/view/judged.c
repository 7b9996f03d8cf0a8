/* SPDX-License-Identifier: MIT */
#include "view/judged.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "math/exact.h"
#include "math/fn.h"
#include "model/metrics.h"
#include "model/proportions.h"

static struct tsv_out *open_table(const char *path, const char *const *names,
				  const struct tsv_create *how)
{
	struct tsv_out *out;

	if (!path)
		return NULL;
	out = tsv_create_file(path, how);
	for (; *names; names++)
		tsv_put_text(out, *names);
	tsv_end_row(out);
	return out;
}

void judged_open(struct judged *t, const char *metrics, const char *lift, const char *calibration,
		 const struct tsv_create *how)
{
	static const char *const of_metrics[] = { "set", "metric", "value", "std_error", "ci_low",
						  "ci_high", NULL };
	static const char *const of_lift[] = { "set", "share", "rows", "events", "gains", "lift",
					       "threshold", NULL };
	static const char *const of_calibration[] = { "set", "bin", "rows", "mean_probability",
						      "observed", "observed_low", "observed_high",
						      "lowest_probability",
						      "highest_probability", NULL };

	t->metrics = open_table(metrics, of_metrics, how);
	t->lift = open_table(lift, of_lift, how);
	t->calibration = open_table(calibration, of_calibration, how);
}

static void put_row(struct tsv_out *out, const char *set, const char *name, double value)
{
	tsv_put_text(out, set);
	tsv_put_text(out, name);
	tsv_put_real(out, value);
	for (int i = 0; i < 3; i++)
		tsv_put_missing(out);
	tsv_end_row(out);
}

/* The threshold that pays most, and what it decides. */
static void put_decision(struct tsv_out *out, const char *set, const struct metrics_decision *d)
{
	put_row(out, set, "threshold", isinf(d->threshold) ? (double)NAN : d->threshold);
	put_row(out, set, "profit", d->profit);
	put_row(out, set, "true_positives", d->tp);
	put_row(out, set, "false_positives", d->fp);
	put_row(out, set, "false_negatives", d->fn);
	put_row(out, set, "true_negatives", d->tn);
}

static void put_metrics(struct tsv_out *out, const char *set, const struct metrics *m)
{
	const struct {
		const char *name;
		double value, error, low, high;
	} rows[] = {
		{ "n", (double)m->n, NAN, NAN, NAN },
		{ "n_events", (double)m->n_events, NAN, NAN, NAN },
		{ "auc", m->auc, m->auc_se, m->auc_low, m->auc_high },
		{ "average_precision", m->average_precision, NAN, NAN, NAN },
		{ "log_loss", m->log_loss, NAN, NAN, NAN },
		{ "brier", m->brier, NAN, NAN, NAN },
		{ "calibration_intercept", m->calibration_intercept, m->calibration_intercept_se,
		  NAN, NAN },
		{ "calibration_slope", m->calibration_slope, m->calibration_slope_se, NAN, NAN },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		tsv_put_text(out, set);
		tsv_put_text(out, rows[i].name);
		tsv_put_real(out, rows[i].value);
		tsv_put_real(out, rows[i].error);
		tsv_put_real(out, rows[i].low);
		tsv_put_real(out, rows[i].high);
		tsv_end_row(out);
	}
}

/* Per cent steps: the deciles are among them, and the curve is drawn from it. */
static void put_lift(struct tsv_out *out, const char *set, const struct metrics_ranking *r)
{
	for (int percent = 1; percent <= 100; percent++) {
		double q = percent / 100.0, threshold, gains = metrics_gains(r, q, &threshold);
		tsv_put_text(out, set);
		tsv_put_real(out, q);
		tsv_put_real(out, q * r->weight);
		tsv_put_real(out, gains * r->events);
		tsv_put_real(out, gains);
		tsv_put_real(out, gains / q);
		tsv_put_real(out, threshold);
		tsv_end_row(out);
	}
}

static void put_calibration(struct tsv_out *out, const char *set, const struct metrics *m)
{
	for (size_t i = 0; i < METRICS_BINS; i++) {
		const struct metrics_bin *b = &m->bin[i];
		const struct proportion share =
			proportions_one(b->weight > 0 ? b->observed * b->weight : 0, b->weight);
		tsv_put_text(out, set);
		tsv_put_int(out, (int64_t)i + 1);
		tsv_put_real(out, b->weight);
		tsv_put_real(out, b->mean);
		tsv_put_real(out, b->observed);
		tsv_put_real(out, share.low);
		tsv_put_real(out, share.high);
		tsv_put_real(out, b->low);
		tsv_put_real(out, b->high);
		tsv_end_row(out);
	}
}

void judged_add(const struct judged *t, const char *set, const struct judged_rows *rows,
		const uint32_t *part, uint32_t wanted)
{
	const double *weight = rows->weight;
	struct metrics_ranking ranking;
	struct metrics m;
	double *w = NULL;

	if (part) {
		w = mem_array(rows->n + 1, sizeof *w);
		for (size_t i = 0; i < rows->n; i++)
			w[i] = part[i] != wanted ? 0 : weight ? weight[i] : 1;
		weight = w;
	}
	if (metrics_compute(&m, &ranking, rows->p, rows->y, weight, rows->n, rows->threads) != 0)
		msg_die(MSG_FAILED, "out of memory");
	if (t->metrics)
		put_metrics(t->metrics, set, &m);
	if (t->metrics && t->value) {
		struct metrics_decision d = metrics_decide(&ranking, t->value);
		put_decision(t->metrics, set, &d);
	}
	if (t->lift && m.n_events > 0)
		put_lift(t->lift, set, &ranking);
	if (t->calibration)
		put_calibration(t->calibration, set, &m);
	msg_note("%s: %zu rows, %zu events, auc %.6g, log-loss %.6g, brier %.6g", set, m.n,
		 m.n_events, m.auc, m.log_loss, m.brier);
	free(ranking.group);
	free(w);
}

/* Of all outcomes together. */
static void judge_choice(const struct judged *t, const char *set, const struct judged_outcomes *rows,
			 const uint32_t *part, uint32_t wanted)
{
	struct exact loss = { 0 }, right = { 0 }, all = { 0 };
	double log_loss, accuracy;
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		double w = rows->weight ? rows->weight[i] : 1;
		size_t best = 0;
		if (part && part[i] != wanted)
			continue;
		for (size_t o = 1; o < rows->n_outcomes; o++)
			best = rows->p[o][i] > rows->p[best][i] ? o : best;
		exact_add(&all, w);
		if (best == rows->y[i])
			exact_add(&right, w);
		exact_add(&loss, -w * fn_log(fmax(rows->p[rows->y[i]][i], 0x1p-52)));
		n++;
	}
	log_loss = exact_round(&loss) / exact_round(&all);
	accuracy = exact_round(&right) / exact_round(&all);
	if (t->metrics) {
		put_row(t->metrics, set, "n", (double)n);
		put_row(t->metrics, set, "log_loss", log_loss);
		put_row(t->metrics, set, "accuracy", accuracy);
	}
	msg_note("%s: %zu rows, log-loss %.6g, accuracy %.6g", set, n, log_loss, accuracy);
}

void judged_add_outcomes(const struct judged *t, const char *set,
			 const struct judged_outcomes *rows, const uint32_t *part, uint32_t wanted)
{
	uint8_t *y = mem_array(rows->n + 1, sizeof *y);

	judge_choice(t, set, rows, part, wanted);
	for (size_t k = 0; k < rows->n_outcomes; k++) {
		size_t o = k + 1 < rows->n_outcomes ? k + 1 : 0;
		const struct judged_rows one = { rows->p[o], y, rows->weight, rows->n, rows->threads };
		char *name = mem_printf("%s=%s", set, rows->name[o]);
		for (size_t i = 0; i < rows->n; i++)
			y[i] = rows->y[i] == o;
		judged_add(t, name, &one, part, wanted);
		free(name);
	}
	free(y);
}

bool judged_check_folds(const bool *settled, size_t k)
{
	size_t first = k, n = 0;

	for (size_t f = k; f-- > 0;)
		if (!settled[f]) {
			first = f;
			n++;
		}
	if (n)
		msg_warn("fold%zu: the fit without it does not converge or is separated (%zu of %zu "
			 "folds): its metrics say little", first + 1, n, k);
	return n == 0;
}

void judged_close(struct judged *t)
{
	struct tsv_out *all[] = { t->metrics, t->lift, t->calibration };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i])
			tsv_finish(all[i]);
}
