/* SPDX-License-Identifier: MIT */
#ifndef MODEL_ENCODE_H
#define MODEL_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "value/span.h"

struct param_list;

/*
 * Categories to numbers.  One-hot: a 0/1 column `column=level` for each level,
 * the levels sorted as bytes.  Ordinal: the position 0, 1, ... of a level in a
 * stated order; the column is then scaled like any other.  Levels are compared
 * raw, as they stand in the stream.
 */
enum encode_kind { ENCODE_ONEHOT, ENCODE_ORDINAL };

struct encode_column {
	char *name;
	enum encode_kind kind;
	struct span *level;  /* [n_levels]; one-hot: ascending in byte order */
	size_t n_levels;
	bool drop_first;     /* one-hot: no column for the first level */
	struct span fill;    /* the level of a missing value; s NULL: none */
};

struct encode {
	struct encode_column *column;
	size_t n;
};

/* The column of this name and kind, or NULL. O(n). */
struct encode_column *encode_find(const struct encode *e, enum encode_kind kind, const char *name);

/* Appends a column without levels, its name copied; NULL without memory. */
struct encode_column *encode_add(struct encode *e, enum encode_kind kind, const char *name);

/* Appends a level, copied; 0, or -1 without memory or when it is there
 * already.  O(n_levels). */
int encode_add_level(struct encode_column *c, struct span level);

/*
 * The levels of a one-hot column and, with `fill`, the most frequent one (the
 * first in byte order of equals) for missing values.  *n_missing gets the
 * number of empty fields.  A column of more levels than ENCODE_LEVELS_MAX is
 * taken for a key: one column for each row would be quadratic.
 */
#define ENCODE_LEVELS_MAX 4096
enum encode_status { ENCODE_OK, ENCODE_NO_VALUES, ENCODE_TOO_MANY, ENCODE_NO_MEMORY };
enum encode_status encode_fit(struct encode_column *c, const struct span *field, size_t n,
			      bool fill, size_t *n_missing);

/* The same from n levels, ascending in byte order, and the rows of each. */
enum encode_status encode_fit_counts(struct encode_column *c, const struct span *level,
				     const uint64_t *count, size_t n, bool fill);

/*
 * An ordinal column from "COL=a<b<c".  NULL when the text is not of this form,
 * has an empty level or the same one twice, or without memory.
 */
struct encode_column *encode_add_ordinal(struct encode *e, const char *text);

/* The position of a level, or -1.  A missing (empty) value is the fill, if
 * there is one.  O(log n_levels) for one-hot, O(n_levels) for ordinal. */
ptrdiff_t encode_level(const struct encode_column *c, struct span value);

/* Number of columns a one-hot column becomes. */
size_t encode_width(const struct encode_column *c);

/* Fills y[0..encode_width): zeros, and a 1 at the level; returns false when
 * the value is no level (all zeros). */
bool encode_onehot(const struct encode_column *c, struct span value, double *y);

/* "column=level" of output i of a one-hot column; to be freed, NULL without
 * memory. */
char *encode_output_name(const struct encode_column *c, size_t i);

/*
 * Parameter rows and back: kind `onehot` or `ordinal`, name = the column, key
 * = 1, 2, ... with the level as value; keys `fill` (a level) and `drop`
 * (value `first`).  encode_load returns 0, or -1 with a message.
 */
void encode_store(const struct encode *e, struct param_list *p);
int encode_load(struct encode *e, const struct param_list *p, char error[200]);
void encode_free(struct encode *e);

#endif
