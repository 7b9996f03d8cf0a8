/* SPDX-License-Identifier: MIT */
#ifndef TABLE_PARAM_H
#define TABLE_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "stream/tsv.h"

/*
 * Parameter files, seg-model(5): an ordinary stream with the columns
 * `kind name key value`, one parameter a row.  In memory all four are plain
 * (unescaped) NUL-ended text; numbers are at round-trip precision.
 */
struct param {
	const char *kind, *name, *key, *value;
};

struct param_list {
	struct param *row;
	size_t n, capacity;
	struct mem_arena text;
	const char *file;  /* where it was read from, for messages; NULL when made here */
};

void param_add(struct param_list *p, const char *kind, const char *name, const char *key,
	       const char *value);
void param_add_real(struct param_list *p, const char *kind, const char *name, const char *key,
		    double value); /* NaN: empty value */
void param_add_int(struct param_list *p, const char *kind, const char *name, const char *key,
		   int64_t value);

/* The value, or NULL. O(n). */
const char *param_get(const struct param_list *p, const char *kind, const char *name,
		      const char *key);

/* The value as a number; dies with file, kind, name and key when it is not
 * there or not a number. */
double param_real(const struct param_list *p, const char *kind, const char *name, const char *key);
int64_t param_int(const struct param_list *p, const char *kind, const char *name, const char *key);

/* Reads a parameter file whole; dies unless its columns are the four, and
 * unless its first row is (`model`, `program`, `version`, a version that is
 * known).  program NULL: any. */
void param_read(struct param_list *p, const char *path, const char *program);

/* The header and all rows to an output that has none yet. */
void param_write(const struct param_list *p, struct tsv_out *out);
void param_free(struct param_list *p);

#endif
