/* SPDX-License-Identifier: MIT */
#include "model/rfm_parts.h"

#include "model/rfm_state.h"

static const char *add_control(void *ctx, struct span text)
{
	struct rfm_parts *p = ctx;
	const char *wrong = rfm_control_merge(p->control, text, p->invoices);

	p->rfm->count_returns = p->control->count_returns;
	return wrong;
}

static const char *add_state(void *ctx, struct span key, const struct span *field, size_t *column)
{
	struct rfm_parts *p = ctx;
	const char *wrong = rfm_state_merge(p->rfm, key, field, column);

	if (!p->spill->in_order)
		spill_check(p->spill);
	return wrong;
}

static void end_key(void *ctx)
{
	struct rfm_parts *p = ctx;
	rfm_part_share(p->writer);
}

void rfm_parts_open(struct rfm_parts *p, char **paths, size_t n_paths, const struct tsv_open *how,
		    const struct opt_list *bare, struct opt_list *key, struct opt_list *carried)
{
	p->part = (struct part){ .program = "seg-rfm", .state_name = rfm_state_name,
				 .n_state = RFM_STATE_FIELDS, .bare = bare, .ctx = p,
				 .state = add_state, .control = add_control,
				 .key_end = p->writer ? end_key : NULL };
	part_open(&p->part, paths, n_paths, how);
	part_columns(&p->part, key, carried);
	p->spill->in_order = p->part.in_order;
	p->rfm->has_pivot = p->rfm->has_months = p->rfm->has_moves = p->rfm->has_first = true;
}
