/* SPDX-License-Identifier: MIT */
#include "table/record.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"

void record_add(struct record *r, size_t column, bool is_text)
{
	size_t n = r->n + 1;

	r->column = mem_resize(r->column, n, sizeof *r->column);
	r->is_text = mem_resize(r->is_text, n, sizeof *r->is_text);
	r->number = mem_resize(r->number, n, sizeof *r->number);
	r->text = mem_resize(r->text, n, sizeof *r->text);
	r->n_missing = mem_resize(r->n_missing, n, sizeof *r->n_missing);
	r->column[r->n] = column;
	r->is_text[r->n] = is_text;
	r->n_missing[r->n] = 0;
	r->n_numbers += !is_text;
	r->n_texts += is_text;
	r->n = n;
}

bool record_take(struct record *r, const struct tsv_in *in)
{
	double *number = r->number;
	struct span *text = r->text;
	bool complete = true;

	for (size_t i = 0; i < r->n; i++) {
		size_t c = r->column[i];
		if (in->field[c].n == 0) {
			r->n_missing[i]++;
			complete = false;
		}
		if (r->is_text[i])
			*text++ = in->field[c];
		else
			*number++ = tsv_real(in, c);
	}
	r->n_incomplete += !complete;
	return complete;
}

ptrdiff_t record_missing(const struct record *r, const struct tsv_in *in)
{
	for (size_t i = 0; i < r->n; i++)
		if (in->field[r->column[i]].n == 0)
			return (ptrdiff_t)r->column[i];
	return -1;
}

void record_refuse_missing(const struct record *r, const struct tsv_in *in, const char *remedy)
{
	char *list = mem_printf("%s", "");

	if (r->n_incomplete == 0) {
		free(list);
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		char *longer;
		if (r->n_missing[i] == 0)
			continue;
		longer = mem_printf("%s%s %s %zu", list, *list ? "," : "", in->text[r->column[i]],
				    r->n_missing[i]);
		free(list);
		list = longer;
	}
	msg_die(MSG_FAILED, "%s: missing values:%s; %s leaves %zu rows out", in->file, list, remedy,
		r->n_incomplete);
}

int record_binary(const struct tsv_in *in, size_t column)
{
	char quoted[MSG_QUOTE_MAX];
	struct span s = in->field[column];
	double x;

	if (s.n == 0)
		return -1;
	if (s.n == 1 && (s.s[0] == '0' || s.s[0] == '1'))
		return s.s[0] == '1';
	x = tsv_real(in, column);
	if (x != 0 && x != 1)
		tsv_die(in, (ptrdiff_t)column, "not 0 or 1: %s", msg_quote(quoted, s.s, s.n));
	return x == 1;
}

void record_free(struct record *r)
{
	free(r->column);
	free(r->is_text);
	free(r->number);
	free(r->text);
	free(r->n_missing);
	*r = (struct record){ 0 };
}
