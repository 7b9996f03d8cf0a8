/* SPDX-License-Identifier: MIT */
#ifndef MODEL_CLV_H
#define MODEL_CLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/bgnbd.h"
#include "model/gamma_gamma.h"
#include "model/mlfit.h"
#include "model/rfm.h"
#include "table/group.h"
#include "table/param.h"

/*
 * Customer lifetime value: BG/NBD says how often a customer will buy,
 * Gamma-Gamma what a purchase will be worth.  A purchase is a day of sale, as
 * several invoices of one day are not independent of each other; the first one
 * only starts the clock, and its value is left out, as the papers do.
 *
 * Zeroed struct, with `days` set = no customer.  Memory: 40 bytes for each
 * distinct (x, t_x, T), 16 a customer who bought on a second day.
 */
struct clv_history {
	uint32_t x, t_x, T; /* days of sale after the first, days to the last, to the as-of date */
	double sum;         /* what they are worth together, >= 0 */
};

/* Fewer customers with x > 0 are refused: five for each parameter of BG/NBD. */
#define CLV_REPEAT_MIN 20
/* Beyond this correlation of x and sum / x Gamma-Gamma is in doubt. */
#define CLV_CORRELATION 0.3

struct clv {
	int64_t days; /* from the as-of date: what expected_purchases and clv are of */

	/* after clv_fit */
	struct mlfit purchases, spending; /* BG/NBD, Gamma-Gamma */
	uint64_t n_repeat;                /* customers with x > 0 */
	uint64_t n_worthless;             /* of them with sum 0: not in Gamma-Gamma's fit */
	double correlation;               /* of x and sum / x of the others; NaN: none, as one
					   * of them is constant */
	char error[200];

	/* private */
	struct group cells; /* of x, t_x, T: customers */
	struct gamma_gamma_customer *spend;
	size_t n_spend, capacity;
	struct bgnbd bgnbd;
	struct gamma_gamma gamma_gamma;
};

/*
 * The history of a customer who has a sale, from a table with has_first; f its
 * figures.  The sum is of the sales after the first day; unless `gross` they
 * are lessened by the customer's own return rate, as it is not known which
 * day's sale a return belongs to, and 0 where more was returned than sold.
 * False when the table's first day is not that of the figures.
 */
bool clv_history(struct clv_history *h, const struct rfm *t, uint32_t customer,
		 const struct rfm_figures *f, bool gross) __attribute__((warn_unused_result));

void clv_add(struct clv *c, const struct clv_history *h);
size_t clv_memory(const struct clv *c);

/*
 * Once all customers are added, in whatever order.  False, and c->error says
 * why, where there are too few of them or Gamma-Gamma has no finite mean (q <= 1).
 */
bool clv_fit(struct clv *c) __attribute__((warn_unused_result));

/* Whether both likelihoods are at their maximum. */
bool clv_converged(const struct clv *c);

/* Appends the fields, each with a TAB before it; NULL: missing. */
#define CLV_FIELDS 4
extern const char *const clv_field[CLV_FIELDS];
void clv_put(struct buf *to, const struct clv *c, const struct clv_history *h);

/* Appends lines, ended by LF: parameters, gradients. */
void clv_summary(const struct clv *c, struct buf *to);

/* What not to trust: lines ended by LF, or none.  To be freed. */
char *clv_doubts(const struct clv *c);

/* Appends all of it as parameters, seg-model(5). */
void clv_store(const struct clv *c, struct param_list *p);

void clv_free(struct clv *c);

#endif
