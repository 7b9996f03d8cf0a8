/* SPDX-License-Identifier: MIT */
#ifndef VIEW_STEPS_H
#define VIEW_STEPS_H

#include <stddef.h>
#include <stdint.h>

#include "model/kmeans_step.h"
#include "stream/tsv.h"

/*
 * Steps of k-means over shards as streams of parameters.  All die with status 1
 * and a message that names the file.
 */

/* A finished step. */
void steps_open(struct kmeans_step *s, const char *path);

/* The parts of all n operands, merged; expect_rows < 0: any number. */
void steps_merge(struct kmeans_step *s, char *const *path, size_t n, int64_t expect_rows);

/* What is wrong with the rows' ranges: of KMEANS_RANGE or KMEANS_TINY; static. */
const char *steps_range_message(enum kmeans_status status);

/* Concludes, says how it went, and takes initial centres from a stream (NULL: none). */
void steps_finish(struct kmeans_step *s, const char *centres);

/* To standard output, complete. */
void steps_write(const struct kmeans_step *s, const struct tsv_create *how);

#endif
