/* SPDX-License-Identifier: MIT */
#include "view/clean.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "value/text.h"

static void header(struct tsv_out *t, const char *const *name, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tsv_put_text(t, name[i]);
	tsv_end_row(t);
}

void clean_rejects_header(struct tsv_out *t)
{
	static const char *const name[] = { "line", "reason", "record", "detail", "file" };
	header(t, name, sizeof name / sizeof *name);
}

void clean_rejects_put(struct tsv_out *t, const struct clean_plan *p, const struct clean_left *left,
		       uint64_t base_line, const char *file, size_t n_columns)
{
	struct span record = left->record;
	char *utf8 = mem_alloc(3 * record.n + 1), *raw = mem_alloc(6 * record.n + 1);
	char detail[64] = "";
	if (text_utf8_prefix(record.s, record.n) != record.n) {
		record.n = text_from_1252(utf8, record.s, record.n);
		record.s = utf8;
	}
	if (left->why == CLEAN_TOO_FEW || left->why == CLEAN_TOO_MANY)
		snprintf(detail, sizeof detail, "%zu fields, not %zu", left->n_fields, n_columns);
	tsv_put_int(t, (int64_t)(base_line + left->line));
	tsv_put_text(t, clean_reason_name(left->why));
	tsv_put(t, raw, text_escape(raw, record.s, record.n));
	tsv_put_text(t, left->column >= 0 ? p->column[left->column].name : detail);
	tsv_put_text(t, file);
	tsv_end_row(t);
	free(utf8);
	free(raw);
}

static void put_sum(struct tsv_out *t, const char *name, const struct clean_sum *s, uint64_t rows,
		    const struct clean_plan *p)
{
	tsv_put_text(t, name);
	tsv_put_int(t, (int64_t)rows);
	if (p->transactions && p->by_role[CLEAN_QUANTITY] >= 0)
		tsv_put_pico(t, s->quantity_micro * 1000000);
	else
		tsv_put_missing(t);
	if (p->transactions)
		tsv_put_pico(t, s->amount_pico);
	else
		tsv_put_missing(t);
	tsv_put_int(t, (int64_t)s->unparsable);
	tsv_end_row(t);
}

void clean_ledger_put(struct tsv_out *t, const struct clean_plan *p, const struct clean_ledger *l,
		      uint64_t n_records, uint64_t n_lines)
{
	static const char *const name[] = { "reason", "rows", "quantity", "amount", "unparsable" };
	header(t, name, sizeof name / sizeof *name);
	put_sum(t, "in", &l->in, n_records, p);
	put_sum(t, "out", &l->out, n_lines, p);
	for (int i = 1; i < CLEAN_REASONS; i++)
		if (l->left[i].rows > 0)
			put_sum(t, clean_reason_name((enum clean_reason)i), &l->left[i], l->left[i].rows, p);
	tsv_finish(t);
}

static void note_date(const struct clean_column *c)
{
	if (!c->proved || c->skipped)
		return;
	if (c->decided.line > 0)
		msg_note("column %s: %s, decided by \"%s\" at %s:%llu", c->name, c->proved, c->decided.value,
			 c->decided.file, (unsigned long long)c->decided.line);
	else
		msg_note("column %s: %s; all readings agree", c->name, c->proved);
}

static void note_repair(const struct clean_plan *p, const struct clean_ledger *l, enum clean_repair kind)
{
	const struct clean_place *at = &l->repair_at[kind];
	char *value = kind == CLEAN_AS_TEXT ?
		mem_printf(", column %s: \"%s\"", p->column[l->as_text_column].name, at->value) : mem_copy("", 0);
	msg_note("repaired: %s: %llu (first at %s:%llu%s)", clean_repair_text(kind), (unsigned long long)l->repair[kind],
		 at->file, (unsigned long long)at->line, value);
	free(value);
}

static void note_decimal(const struct clean_plan *p, const struct clean_marks *marks, size_t column)
{
	const struct clean_column *c = &p->column[column];
	if (c->skipped || c->decimal_given || c->decimal != ',')
		return;
	if (c->decimal_open && marks[column].n_open > 0)
		msg_note("column %s: decimal comma, as column %s", c->name, p->column[c->decimal_as].name);
	else if (!c->decimal_open)
		msg_note("column %s: decimal comma, decided by \"%s\" at %s:%llu", c->name, c->decimal_by.value,
			 c->decimal_by.file, (unsigned long long)c->decimal_by.line);
}

void clean_summary(const struct clean_plan *p, const struct clean_ledger *l, const struct clean_marks *marks,
		   uint64_t n_records, uint64_t n_lines)
{
	msg_note("%llu rows in, %llu out, %llu left out", (unsigned long long)n_records,
		 (unsigned long long)n_lines, (unsigned long long)(n_records - n_lines));
	if (p->lacks)
		msg_note("a table: no column is known as %s; --columns %s=NAME,* makes it transactions, --table is silent",
			 p->lacks, p->lacks);
	for (size_t i = 0; i < p->n_columns; i++) {
		note_date(&p->column[i]);
		note_decimal(p, marks, i);
	}
	for (int i = 1; i < CLEAN_REASONS; i++) {
		const struct clean_place *at = &l->left_at[i];
		bool shown = at->value[0] != '\0';
		if (l->left[i].rows > 0)
			msg_note("left out: %s %llu (first at %s:%llu%s%s%s)", clean_reason_name((enum clean_reason)i),
				 (unsigned long long)l->left[i].rows, at->file, (unsigned long long)at->line,
				 shown ? ": \"" : "", at->value, shown ? "\"" : "");
	}
	for (int i = 0; i < CLEAN_REPAIRS; i++)
		if (l->repair[i] > 0)
			note_repair(p, l, (enum clean_repair)i);
	for (size_t i = 0; i < p->n_columns; i++) {
		char text[CLEAN_ERROR];
		if (clean_marks_undecided(p, marks, i, text))
			msg_warn("%s", text);
	}
}
