/* SPDX-License-Identifier: MIT */
#ifndef TABLE_COLUMNS_H
#define TABLE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/opt.h"
#include "stream/tsv.h"

/*
 * Chooses columns by the user's words.  An item is a name, a range
 * `first..last` in the order of the stream, or a glob with * or ?.  What
 * matches nothing dies (status 1) and names the nearest column:
 *
 *	seg-scale: -: no column "monetry"; did you mean monetary?
 */
struct columns {
	size_t *index; /* into the stream's columns, in the order chosen, no repeats */
	size_t n;
};

void columns_choose(struct columns *c, const struct tsv_in *in, const struct opt_list *items);

/*
 * The features when -c was not given: every *_scaled column, else
 * recency_days, frequency, monetary when all three are there, else dies and
 * asks for -c.
 */
void columns_features(struct columns *c, const struct tsv_in *in, const struct opt_list *items);

/* Whether columns_features finds features without -c. */
bool columns_has_features(const struct tsv_in *in);

/* One column by name; dies when it is not there. */
size_t columns_one(const struct tsv_in *in, const char *name);

/*
 * The key: `name` if not NULL, else customer_id if there is one, else -1, or
 * dies when `required`.
 */
ptrdiff_t columns_key(const struct tsv_in *in, const char *name, bool required);

/* Takes this column of the stream out, if it is there; -1: none. */
void columns_remove(struct columns *c, ptrdiff_t index);
void columns_append(struct columns *c, size_t index);

void columns_free(struct columns *c);

#endif
