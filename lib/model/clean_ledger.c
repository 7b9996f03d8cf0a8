/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "model/clean.h"

static void add(struct clean_sum *a, const struct clean_sum *b, bool *overflow)
{
	a->rows += b->rows;
	a->unparsable += b->unparsable;
	*overflow |= !dec_add(&a->quantity_micro, b->quantity_micro);
	*overflow |= !dec_add(&a->amount_pico, b->amount_pico);
}

static void keep_first(struct clean_place *a, const struct clean_place *b, uint64_t base_line,
		       const char *file)
{
	if (a->line > 0 || b->line == 0)
		return;
	*a = *b;
	a->line = base_line + b->line - 1;
	a->file = file;
}

void clean_ledger_merge(struct clean_ledger *a, const struct clean_ledger *b, uint64_t base_line,
			const char *file)
{
	a->overflow |= b->overflow;
	add(&a->in, &b->in, &a->overflow);
	add(&a->out, &b->out, &a->overflow);
	for (int i = 0; i < CLEAN_REASONS; i++) {
		add(&a->left[i], &b->left[i], &a->overflow);
		keep_first(&a->left_at[i], &b->left_at[i], base_line, file);
	}
	if (a->against.line == 0)
		a->against_column = b->against_column;
	if (a->repair_at[CLEAN_AS_TEXT].line == 0)
		a->as_text_column = b->as_text_column;
	keep_first(&a->against, &b->against, base_line, file);
	for (int i = 0; i < CLEAN_REPAIRS; i++) {
		a->repair[i] += b->repair[i];
		keep_first(&a->repair_at[i], &b->repair_at[i], base_line, file);
	}
}

void clean_ledger_move(struct clean_ledger *l, enum clean_reason why, const struct clean_sum *row)
{
	add(&l->left[why], row, &l->overflow);
	l->out.rows -= row->rows;
	l->out.unparsable -= row->unparsable;
	l->out.quantity_micro -= row->quantity_micro;
	l->out.amount_pico -= row->amount_pico;
}

static bool unbalanced(const char *what, dec_wide in_pico, dec_wide out_pico, char error[CLEAN_ERROR])
{
	char in[DEC_MAX + 1], out[DEC_MAX + 1];
	in[dec_print_pico(in, in_pico)] = '\0';
	out[dec_print_pico(out, out_pico)] = '\0';
	snprintf(error, CLEAN_ERROR, "%s: %s in, %s out or left out", what, in, out);
	return false;
}

bool clean_ledger_balances(const struct clean_ledger *l, uint64_t n_records, uint64_t n_lines,
			   char error[CLEAN_ERROR])
{
	const dec_wide micro = 1000000, unit = micro * micro;
	struct clean_sum sum = l->out;
	bool overflow = l->overflow;
	for (int i = 0; i < CLEAN_REASONS; i++)
		add(&sum, &l->left[i], &overflow);
	sum.rows += n_lines - l->out.rows;
	if (overflow) {
		snprintf(error, CLEAN_ERROR, "a sum does not fit 128 bits");
		return false;
	}
	if (sum.rows != n_records || l->in.rows != n_records)
		return unbalanced("rows", (dec_wide)n_records * unit, (dec_wide)sum.rows * unit, error);
	if (sum.quantity_micro != l->in.quantity_micro)
		return unbalanced("quantity", l->in.quantity_micro * micro, sum.quantity_micro * micro,
				  error);
	if (sum.amount_pico != l->in.amount_pico)
		return unbalanced("amount", l->in.amount_pico, sum.amount_pico, error);
	return true;
}

const char *clean_ledger_fault(const struct clean_ledger *l, struct clean_place *at)
{
	const char *what = NULL;
	at->line = 0;
	for (int i = 0; i < CLEAN_REASONS; i++)
		if (clean_reason_is_fault((enum clean_reason)i) && l->left[i].rows > 0 &&
		    (!at->line || l->left_at[i].line < at->line)) {
			*at = l->left_at[i];
			what = clean_reason_name((enum clean_reason)i);
		}
	for (int i = 0; i < CLEAN_REPAIRS; i++)
		if (clean_repair_is_fault((enum clean_repair)i) && l->repair[i] > 0 && (!at->line || l->repair_at[i].line < at->line)) {
			*at = l->repair_at[i];
			what = clean_repair_text((enum clean_repair)i);
		}
	return what;
}

bool clean_ledger_all_faults(const struct clean_ledger *l, uint64_t n_records, char error[CLEAN_ERROR])
{
	uint64_t n_faults = 0;
	int most = 0;
	for (int i = 1; i < CLEAN_REASONS; i++)
		if (clean_reason_is_fault((enum clean_reason)i)) {
			n_faults += l->left[i].rows;
			most = l->left[i].rows > l->left[most].rows ? i : most;
		}
	if (n_records == 0 || n_faults < n_records)
		return false;
	const struct clean_place *at = &l->left_at[most];
	snprintf(error, CLEAN_ERROR, "no record of %llu is left, %llu for %s: first at %.200s:%llu%s%s%s",
		 (unsigned long long)n_records, (unsigned long long)l->left[most].rows,
		 clean_reason_name((enum clean_reason)most), at->file, (unsigned long long)at->line,
		 at->value[0] ? ": \"" : "", at->value, at->value[0] ? "\"" : "");
	return true;
}
