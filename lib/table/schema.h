/* SPDX-License-Identifier: MIT */
#ifndef TABLE_SCHEMA_H
#define TABLE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/opt.h"

/*
 * A schema of columns: a stream of seg-tsv(5) with the column `name` and any
 * of source, type, required, min, max and levels.
 */
struct schema_column {
	char *name, *source, *type, *min, *max; /* NULL: not given; type: text, id, int, ..., category */
	bool required;
	struct opt_list levels;                 /* comma-separated in the file; \, is a comma */
	uint64_t line;
};

struct schema {
	struct schema_column *column;
	size_t n, capacity;
};

/* Reads the file; dies (status 1) on whatever it cannot understand. */
void schema_read(struct schema *s, const char *path);

/* The same as items "name", "name=source", either with ":type"; to the end of `items`. */
void schema_items(const struct schema *s, struct opt_list *items);
void schema_free(struct schema *s);

#endif
