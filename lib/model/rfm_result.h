/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_RESULT_H
#define MODEL_RFM_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/clv.h"
#include "model/naming.h"
#include "model/rfm.h"
#include "model/rfm_cohort.h"
#include "model/rfm_control.h"
#include "model/rfm_match.h"
#include "model/rfm_pivot.h"
#include "table/names.h"
#include "table/runs.h"
#include "table/spill.h"

/*
 * From the table of customers to rows in byte order of the keys.  The scores
 * need the cut points of all customers: a table in memory is gone through
 * twice, the second time by rfm->threads threads; of spilled shares the rows
 * wait in sorted runs.
 */
enum rfm_verdict { RFM_WRITTEN, RFM_NO_SALE, RFM_LABEL_ONLY, RFM_BELOW, RFM_N_VERDICTS };

struct rfm_result {
	/* set by the caller */
	struct rfm *rfm;
	const struct rfm_control *control;
	const struct spill *spill;
	struct naming *naming;
	struct rfm_rule rule;
	bool fit_cuts;            /* else naming->cuts are there already */
	bool has_min_monetary;
	dec_wide min_monetary_pico;
	struct rfm_pivot *pivot;     /* or NULL; the caller frees it */
	struct rfm_cohorts *cohorts; /* or NULL; likewise */
	struct clv *clv;             /* or NULL; likewise */
	void *ctx;
	/* The cut points, the pivot's columns, the cohorts and the fits of clv are there. */
	void (*cuts_ready)(void *ctx); /* before the first row */
	/* Whole lines with their LFs, in order; one call at a time, from any thread. */
	void (*row)(void *ctx, const char *s, size_t n, uint64_t n_rows);

	/* results */
	uint64_t n_verdict[RFM_N_VERDICTS];
	uint64_t n_lines;         /* of all customers */
	struct rfm_matched matched; /* with control->match */
	size_t n_values;          /* customers that the cut points were taken from */
	const char *error;        /* or NULL; then no row is right */

	/* private */
	double *value[SCORE_DIMS];
	size_t capacity;
	struct runs runs;
	uint32_t *order; /* of the customers in the table, and which is the next */
	size_t at;
};

/* Appends the names of the result's columns; those of the pivot are known from
 * cuts_ready on. */
void rfm_result_names(struct opt_list *names, const struct rfm_result *r,
		      const struct opt_list *key, const struct opt_list *carried);

/* Takes the customers in the table, which are all or a share, and empties it:
 * emit() of the spill, with the result as emit_ctx. */
void rfm_result_share(void *result);

/* After the last share: the rows that waited. */
void rfm_result_finish(struct rfm_result *r);

#endif
