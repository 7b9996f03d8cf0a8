/* SPDX-License-Identifier: MIT */
#ifndef VIEW_EXTRA_H
#define VIEW_EXTRA_H

#include "view/report.h"

/* Reading the small tables of other filters, and putting them as they are. */

/* Index of a column by name, or n_columns. */
size_t extra_find(const struct report_extra *x, const char *name);

/* A cell, empty for column n_columns; as a number, or NaN. */
struct span extra_at(const struct report_extra *x, size_t row, size_t column);
double extra_real(const struct report_extra *x, size_t row, size_t column);

/* Whether a column holds numbers and nothing else. */
bool extra_numeric(const struct report_extra *x, size_t column);

/*
 * The table as it came: for records all of it, for people the columns that
 * hold something and the rows that `shown` picks (NULL: all).
 */
void extra_put(struct doc *d, struct doc_section *sec, const struct report_extra *x, const char *id,
	       const char *caption, unsigned use,
	       bool (*shown)(const struct report_extra *, size_t row));

#endif
