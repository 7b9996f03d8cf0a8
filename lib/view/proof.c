/* SPDX-License-Identifier: MIT */
#include "view/proof.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "math/dist.h"
#include "math/fn.h"
#include "view/extra.h"

#define TOL_REL 1e-4 /* a table may have gone through a program that rounds */

struct proof {
	const struct report_extra *x;
	uint64_t n;
};

static double at(const struct proof *p, size_t row, const char *column)
{
	return extra_real(p->x, row, extra_find(p->x, column));
}

/* `got` of a row is `want` by what else the file says. */
static void same(struct proof *p, size_t row, const char *what, double got, double want)
{
	if (isnan(got) || isnan(want))
		return;
	p->n++;
	if (fabs(got - want) > TOL_REL * fmax(1, fabs(want)))
		msg_die(MSG_FAILED, "self-check: %s, row %zu: %s is %.10g, but the rest of the file makes it "
			"%.10g", p->x->file, row + 1, what, got, want);
}

static void within(struct proof *p, size_t row, const char *what, double got, double low, double high)
{
	double slack = TOL_REL * fmax(1, fabs(got));

	if (isnan(got) || isnan(low) || isnan(high))
		return;
	p->n++;
	if (got < low - slack || got > high + slack)
		msg_die(MSG_FAILED, "self-check: %s, row %zu: %s is %.10g, which is not in %.10g to %.10g",
			p->x->file, row + 1, what, got, low, high);
}

/* Whether two rows agree in a column, such as the set judged. */
static bool together(const struct proof *p, size_t a, size_t b, const char *column)
{
	size_t c = extra_find(p->x, column);

	return span_equal(extra_at(p->x, a, c), extra_at(p->x, b, c));
}

/* Of a lift table: shares rise to 1, where all events are reached. */
static void prove_lift(struct proof *p)
{
	for (size_t r = 0, last = 0; r < p->x->n_rows; r++) {
		double share = at(p, r, "share"), gains = at(p, r, "gains");
		bool first = r == 0 || !together(p, r, r - 1, "set");
		for (last = first ? r : last; last + 1 < p->x->n_rows && together(p, r, last + 1, "set");)
			last++;
		within(p, r, "share", share, first ? 0 : at(p, r - 1, "share"), 1);
		within(p, r, "gains", gains, first ? 0 : at(p, r - 1, "gains"), 1);
		same(p, r, "lift", at(p, r, "lift"), gains / share);
		if (at(p, last, "share") == 1) {
			same(p, r, "gains", gains, at(p, r, "events") / at(p, last, "events"));
			same(p, r, "rows", at(p, r, "rows"), share * at(p, last, "rows"));
		}
	}
}

static void prove_calibration(struct proof *p)
{
	for (size_t r = 0; r < p->x->n_rows; r++) {
		within(p, r, "mean_probability", at(p, r, "mean_probability"),
		       at(p, r, "lowest_probability"), at(p, r, "highest_probability"));
		within(p, r, "observed", at(p, r, "observed"), at(p, r, "observed_low"),
		       at(p, r, "observed_high"));
	}
}

static void prove_migration(struct proof *p)
{
	size_t old = extra_find(p->x, "old");
	double *sum = mem_zero(p->x->n_rows + 1, sizeof *sum);

	for (size_t r = 0; r < p->x->n_rows; r++)
		for (size_t s = 0; s < p->x->n_rows; s++)
			sum[r] += together(p, r, s, "old") ? at(p, s, "rows") : 0;
	for (size_t r = 0; r < p->x->n_rows; r++)
		if (extra_at(p->x, r, old).n)
			same(p, r, "share", at(p, r, "share"), at(p, r, "rows") / sum[r]);
	free(sum);
}

static void prove_sweep(struct proof *p)
{
	for (size_t r = 0; r < p->x->n_rows; r++) {
		within(p, r, "k", at(p, r, "k"), r ? at(p, r - 1, "k") + 1 : 1, INFINITY);
		within(p, r, "inertia", at(p, r, "inertia"), 0, INFINITY);
		within(p, r, "silhouette", at(p, r, "silhouette"), -1, 1);
	}
}

static void prove_lookalike(struct proof *p)
{
	for (size_t r = 0; r < p->x->n_rows; r++) {
		within(p, r, "lookalike_distance", at(p, r, "lookalike_distance"),
		       r ? at(p, r - 1, "lookalike_distance") : 0, INFINITY);
		within(p, r, "lookalike_score", at(p, r, "lookalike_score"), -100, 100);
		for (size_t c = 0; c < p->x->n_columns; c++)
			if (span_starts(p->x->name[c], "match_"))
				within(p, r, p->x->name[c].s, extra_real(p->x, r, c), 0, 100);
	}
}

/* The rows of a term of a model lie together: row of its key, n_rows without. */
static size_t key_row(const struct proof *p, size_t first, const char *key)
{
	const struct report_extra *x = p->x;

	for (size_t r = first; r < x->n_rows && span_equal(extra_at(x, r, 1), extra_at(x, first, 1)); r++)
		if (span_is(extra_at(x, r, 2), key))
			return r;
	return x->n_rows;
}

static double key_value(const struct proof *p, size_t first, const char *key)
{
	size_t r = key_row(p, first, key);

	return r < p->x->n_rows ? extra_real(p->x, r, 3) : (double)NAN;
}

static void prove_term(struct proof *p, size_t first, bool wald)
{
	static const char *const odds[][2] = { { "odds_ratio", "estimate" }, { "odds_ratio_low", "ci_low" },
					       { "odds_ratio_high", "ci_high" } };
	double estimate = key_value(p, first, "estimate"), error = key_value(p, first, "std_error");

	same(p, key_row(p, first, "z"), "z", key_value(p, first, "z"), estimate / error);
	for (size_t i = 0; i < sizeof odds / sizeof *odds; i++) {
		double want = fn_exp(key_value(p, first, odds[i][1]));
		if (isfinite(want))
			same(p, key_row(p, first, odds[i][0]), odds[i][0],
			     key_value(p, first, odds[i][0]) / want, 1);
	}
	if (!wald)
		return;
	same(p, key_row(p, first, "ci_low"), "ci_low", key_value(p, first, "ci_low"),
	     estimate - DIST_NORMAL_975 * error);
	same(p, key_row(p, first, "ci_high"), "ci_high", key_value(p, first, "ci_high"),
	     estimate + DIST_NORMAL_975 * error);
}

static void prove_logit(struct proof *p)
{
	const struct report_extra *x = p->x;
	bool wald = true; /* Firth's intervals are those of the profile */

	for (size_t r = 0; r < x->n_rows; r++)
		if (span_is(extra_at(x, r, 0), "model") && span_is(extra_at(x, r, 2), "firth"))
			wald = extra_real(x, r, 3) == 0;
	for (size_t r = 0; r < x->n_rows; r++)
		if (span_is(extra_at(x, r, 0), "term") && span_is(extra_at(x, r, 2), "estimate"))
			prove_term(p, r, wald);
}

void proof_files(struct report *r)
{
	const struct {
		const struct report_extra *x;
		void (*prove)(struct proof *p);
	} all[] = {
		{ r->sweep, prove_sweep }, { r->lift, prove_lift }, { r->calibration, prove_calibration },
		{ r->migration, prove_migration }, { r->logit, prove_logit },
		{ r->lookalike, prove_lookalike },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct proof p = { all[i].x, 0 };
		if (p.x)
			all[i].prove(&p);
		r->n_checked += p.n;
	}
}
