/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_CONTROL_H
#define MODEL_RFM_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/rfm.h"
#include "value/span.h"

/*
 * What became of every line, and how far the data reach.  Mergeable, as the
 * customers' sums are.
 */
struct rfm_tally {
	uint64_t n_shards;         /* --partial runs */
	uint64_t n_rows;           /* as the reader counts them */
	uint64_t fate[RFM_N_FATES];
	int64_t last_day;          /* of all lines; INT64_MIN: none */
	int64_t last_window_day;   /* of the lines within the window */
};

void rfm_tally_init(struct rfm_tally *t);

/* Whether every row has one fate. */
bool rfm_tally_is_whole(const struct rfm_tally *t);

/*
 * Whether the rows and shards are as many as expected, -1: any number; else
 * false and a message in error[200].
 */
bool rfm_tally_is_expected(const struct rfm_tally *t, int64_t n_rows, int64_t n_shards,
			   char error[200]);

void rfm_tally_merge(struct rfm_tally *t, const struct rfm_tally *from);

/*
 * The control record of a part: what must be the same in all parts of one
 * whole, and the tally.
 */
struct rfm_control {
	bool count_returns;
	bool has_invoice, has_product, has_quantity;
	bool match;    /* returns are matched: states have moves */
	char *pivot;   /* raw name of the pivoted column, or NULL */
	struct rfm_period period;
	struct rfm_tally tally;

	/* of the line before */
	uint64_t stretch;
	int sign;
	enum rfm_fate fate;
};

/* What becomes of a line, counted: lines of one stretch and sign fare alike. */
void rfm_control_look(struct rfm_control *c, const struct trade_line *line);
static inline enum rfm_fate rfm_control_line(struct rfm_control *c, const struct trade_line *line)
{
	if (!line->stretch || line->stretch != c->stretch || line->sign != c->sign)
		rfm_control_look(c, line);
	c->tally.fate[c->fate]++;
	return c->fate;
}

/*
 * "seg-rfm 1 all=0 ... shards=1 rows=20 ...", days since 1970-01-01, at the
 * end pivot=NAME if there is one, and back; false when it is no such text.  The
 * pivot of a decoded one is to be freed.  rfm_control_same: all but the tally.
 */
void rfm_control_encode(const struct rfm_control *c, struct buf *to);
bool rfm_control_decode(struct rfm_control *c, struct span text);
bool rfm_control_same(const struct rfm_control *a, const struct rfm_control *b);

/*
 * Adds the control record of a further part; `invoices`: an invoice column is
 * needed.  Returns NULL or what is wrong.
 */
const char *rfm_control_merge(struct rfm_control *c, struct span text, bool invoices);

/*
 * The as-of day once all lines are known, from *day, which is the user's own
 * or RFM_OPEN_DAY, then `plus_days` behind the last day.  False and a message
 * in error[200] when that contradicts what was read, or when the data end
 * before the horizon does and `allow_censored` is not set.
 */
bool rfm_control_as_of(const struct rfm_control *c, int64_t plus_days, bool allow_censored,
		       int64_t *day, char error[200]);

#endif
