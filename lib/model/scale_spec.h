/* SPDX-License-Identifier: MIT */
#ifndef MODEL_SCALE_SPEC_H
#define MODEL_SCALE_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/scale_fit.h"
#include "model/transform.h"
#include "value/span.h"

/*
 * What parts of one whole have in common, and how much of it they are: the
 * control record of seg-scale's parts.
 */
struct scale_control {
	char *spec; /* scale_spec_encode's text, NULL: none yet; owned */
	uint64_t n_shards, n_rows;
};

/*
 * All that --partial was told: the method, then the columns with their
 * encodings and shapes, raw, with TABs between them.
 */
void scale_spec_encode(const struct scale_how *how, bool drop_first, const struct transform *t,
		       struct buf *to);

/* And back, into a zeroed t, which is ready then; false when it is no such text. */
bool scale_spec_decode(struct scale_how *how, struct transform *t, const char *spec);

/* The control record, not yet escaped for a stream. */
void scale_control_encode(const struct scale_control *c, struct buf *to);

/* Adds the control record of a further part, escaped as it stands in the
 * stream.  Returns NULL or what is wrong. */
const char *scale_control_merge(struct scale_control *c, struct span text);

/*
 * Whether rows and shards are as many as expected, -1: any number; else false
 * and a message in error[200].
 */
bool scale_control_is_expected(const struct scale_control *c, int64_t n_rows, int64_t n_shards,
			       char error[200]);

#endif
