/* SPDX-License-Identifier: MIT */
#ifndef MODEL_RFM_PARTS_H
#define MODEL_RFM_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/rfm.h"
#include "model/rfm_control.h"
#include "model/rfm_part.h"
#include "stream/tsv.h"
#include "table/names.h"
#include "table/part.h"
#include "table/spill.h"

/*
 * Reading parts: their states go into the table of customers, their control
 * records together into one.
 */
struct rfm_parts {
	/* set by the caller */
	struct rfm *rfm;
	struct rfm_control *control;
	struct spill *spill;
	struct rfm_part *writer; /* of a part, which each key goes to, or NULL */
	bool invoices;           /* an invoice column is needed */

	struct part part; /* after rfm_parts_open */
};

/*
 * Opens the operands, bare ones with the columns of key and carried, and
 * appends the raw names of the key's and the carried columns.  Dies where they
 * are no parts.  Then part_read(&p->part).
 */
void rfm_parts_open(struct rfm_parts *p, char **paths, size_t n_paths, const struct tsv_open *how,
		    const struct opt_list *bare, struct opt_list *key, struct opt_list *carried);

#endif
