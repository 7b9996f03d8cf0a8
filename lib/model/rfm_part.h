/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_PART_H
#define MODEL_RFM_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/rfm.h"
#include "model/rfm_control.h"
#include "table/names.h"
#include "table/runs.h"
#include "table/spill.h"
#include "value/span.h"

/*
 * Parts: the customers' states (model/rfm_state.h) in byte order of their
 * keys, then the control record.  The key is one field: the key's raw fields
 * with TABs between them, escaped once more.
 */
struct rfm_part {
	/* set by the caller */
	struct rfm *rfm;
	const struct rfm_control *control;
	const struct spill *spill;
	void *ctx;
	void (*row)(void *ctx, const char *s, size_t n, uint64_t n_rows); /* whole lines */

	bool overflow; /* result: a sum passed 128 bits, and the part is not right */

	/* private */
	struct runs runs;
	struct buf line, key;
};

/* Appends the names of a part's columns, raw; that of the key is one, from
 * those of the key's columns. */
void rfm_part_names(struct opt_list *names, const struct opt_list *key,
		    const struct opt_list *carried);

/* As rfm_result_share and rfm_result_finish.  Without a shard there is no
 * control record. */
void rfm_part_share(void *part);
void rfm_part_finish(struct rfm_part *p);

#endif
