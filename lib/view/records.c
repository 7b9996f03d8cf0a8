/* SPDX-License-Identifier: MIT */
#include "view/records.h"

#include <stdlib.h>

#include "base/mem.h"

static void put_cell(struct tsv_out *out, const struct doc_cell *c)
{
	switch (c->kind) {
	case DOC_NONE:
		tsv_put_missing(out);
		break;
	case DOC_TEXT:
		if (c->data)
			tsv_put_span(out, c->raw);
		else
			tsv_put_text(out, c->text);
		break;
	case DOC_INT:
		tsv_put_int(out, c->integer);
		break;
	case DOC_MONEY:
		tsv_put_pico(out, c->pico);
		break;
	case DOC_REAL:
	case DOC_SHARE:
	case DOC_P:
		tsv_put_real(out, c->real);
		break;
	}
}

void records_put(struct tsv_out *out, const struct doc_table *t)
{
	for (size_t c = 0; c < t->n_columns; c++)
		tsv_put_text(out, t->column[c].name);
	tsv_end_row(out);
	struct doc_cell *filled = t->fill ? mem_zero(t->n_columns, sizeof *filled) : NULL;
	for (size_t r = 0; r + t->n_foot < t->n_rows; r++) {
		const struct doc_cell *row = filled ? filled : t->cell + r * t->n_columns;
		if (filled)
			t->fill(t->ctx, r, filled);
		for (size_t c = 0; c < t->n_columns; c++)
			put_cell(out, &row[c]);
		tsv_end_row(out);
	}
	free(filled);
}
