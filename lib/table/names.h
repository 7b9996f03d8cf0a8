/* SPDX-License-Identifier: MIT */
#ifndef TABLE_NAMES_H
#define TABLE_NAMES_H

#include <stddef.h>

#include "base/opt.h"
#include "stream/tsv.h"

/*
 * The columns of a result, raw names in order.  names_add copies and appends;
 * dies (status 1) on a name that is there already:
 *
 *	seg-rfm: two columns of the result would be named quantity
 */
void names_add(struct opt_list *to, const char *const *name, size_t n);
void names_add_list(struct opt_list *to, const struct opt_list *from);

/* Puts them as the header. */
void names_put(const struct opt_list *names, struct tsv_out *out);

#endif
