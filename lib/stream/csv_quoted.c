/* SPDX-License-Identifier: MIT */
#include "stream/csv_quoted.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"

struct csv_quoted {
	struct csv_parser parser;
	char *text;
	size_t n_text, room_text;
	struct span *field;
	size_t n_fields, room_fields, n_rows;
};

static int no_space(unsigned char c)
{
	(void)c;
	return 0;
}

struct csv_quoted *csv_quoted_new(const struct csv_dialect *d)
{
	struct csv_quoted *q = mem_zero(1, sizeof *q);
	csv_init(&q->parser, 0);
	csv_set_space_func(&q->parser, no_space);
	csv_set_delim(&q->parser, (unsigned char)d->delimiter);
	csv_set_quote(&q->parser, (unsigned char)d->quote);
	csv_set_blk_size(&q->parser, 4096);
	return q;
}

static void on_field(void *text, size_t n, void *arg)
{
	struct csv_quoted *q = arg;
	if (q->n_fields == q->room_fields)
		q->field = mem_grow(q->field, q->n_fields, &q->room_fields, sizeof *q->field);
	if (n > 0)
		memcpy(q->text + q->n_text, text, n);
	q->field[q->n_fields++] = (struct span){ q->text + q->n_text, n };
	q->n_text += n;
}

static void on_row(int end, void *arg)
{
	(void)end;
	((struct csv_quoted *)arg)->n_rows++;
}

const struct span *csv_quoted_split(struct csv_quoted *q, const char *s, size_t n, size_t *n_fields)
{
	/* the fields together are never longer than the record */
	if (n + CSV_SLACK > q->room_text) {
		q->room_text = 2 * (n + CSV_SLACK);
		q->text = mem_resize(q->text, q->room_text, 1);
	}
	q->n_text = q->n_fields = q->n_rows = 0;
	if (csv_parse(&q->parser, s, n, on_field, on_row, q) != n ||
	    csv_fini(&q->parser, on_field, on_row, q) != 0)
		msg_die(MSG_FAILED, "out of memory");
	if (q->n_rows != 1)
		msg_die(MSG_FAILED, "a quoted record was split into %zu: please report this", q->n_rows);
	*n_fields = q->n_fields;
	return q->field;
}

void csv_quoted_free(struct csv_quoted *q)
{
	if (!q)
		return;
	csv_free(&q->parser);
	free(q->text);
	free(q->field);
	free(q);
}
