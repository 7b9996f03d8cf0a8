/* SPDX-License-Identifier: MIT */
#ifndef TABLE_POINTS_H
#define TABLE_POINTS_H

#include <stddef.h>

/*
 * The rows of a stream that has a column for each of the d raw names: [*n][d],
 * owned by the caller.  Dies (status 1) where a column or a value is missing.
 */
double *points_read(const char *path, char *const *name, size_t d, size_t *n);

#endif
