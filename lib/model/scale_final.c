/* SPDX-License-Identifier: MIT */
#include "model/scale_final.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/quantile.h"
#include "value/text.h"

struct scale_final_column {
	char *name; /* raw */
	struct scale_entry head;
	double *value;       /* [n], of a number; */
	struct span *level;  /* [n], of a category; */
	uint64_t *rows;      /* [n] */
	size_t n, capacity;
	uint64_t n_rows; /* their sum */
};

static bool parse_value(struct span text, double *x)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t u = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char *digit = memchr(digits, text.s[i], 16);
		if (!digit)
			return false;
		u = u << 4 | (uint64_t)(digit - digits);
	}
	*x = quantile_of_key(u);
	return text.n == 16 && isfinite(*x);
}

/* Room for one more value or level. */
static void grow(struct scale_final *f, struct scale_final_column *c)
{
	size_t old = c->capacity;

	if (c->n < c->capacity)
		return;
	c->capacity = old ? old + old / 2 : 64;
	c->rows = mem_resize(c->rows, c->capacity, sizeof *c->rows);
	if (c->head.kind == SCALE_NUMBER)
		c->value = mem_resize(c->value, c->capacity, sizeof *c->value);
	else
		c->level = mem_resize(c->level, c->capacity, sizeof *c->level);
	f->n_bytes += 16 * (c->capacity - old);
	if (f->mem && f->n_bytes > f->mem)
		snprintf(f->error, sizeof f->error, "the distinct values need more than --mem allows; "
			 "%zu so far of column %.100s", c->n, c->name);
}

static bool take_member(struct scale_final *f, struct span value, const struct scale_entry *e)
{
	struct scale_final_column *c = &f->column[f->n - 1];

	if ((c->head.kind == SCALE_NUMBER) != (e->kind == SCALE_VALUE))
		return false;
	grow(f, c);
	c->rows[c->n] = e->sums.n;
	c->n_rows += e->sums.n;
	if (e->kind == SCALE_LEVEL)
		c->level[c->n] = (struct span){ mem_copy(value.s, value.n), value.n };
	else if (!parse_value(value, &c->value[c->n]))
		return false;
	c->n++;
	return true;
}

void scale_final_take(void *ctx, struct span key, const struct scale_entry *e)
{
	struct scale_final *f = ctx;
	char *raw, *tab;

	if (f->error[0])
		return;
	raw = mem_alloc(key.n + 1);
	size_t n = text_unescape(raw, key.s, key.n);
	raw[n] = '\0';
	tab = memchr(raw, '\t', n);
	bool good = tab != NULL;
	if (tab)
		*tab++ = '\0';
	if (good && (e->kind == SCALE_NUMBER || e->kind == SCALE_CATEGORY)) {
		f->column = mem_grow(f->column, f->n, &f->capacity, sizeof *f->column);
		f->column[f->n++] = (struct scale_final_column){
			.name = mem_copy(raw, strlen(raw)), .head = *e,
		};
		good = !*tab;
	} else if (good) {
		struct span value = { tab, n - (size_t)(tab - raw) };
		good = f->n && strcmp(raw, f->column[f->n - 1].name) == 0 &&
		       take_member(f, value, e);
	}
	if (!good && !f->error[0])
		snprintf(f->error, sizeof f->error, "a record of column %.120s out of place", raw);
	free(raw);
}

static struct scale_final_column *find(const struct scale_final *f, const char *name,
				       enum scale_kind kind)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->column[i].head.kind == kind && strcmp(f->column[i].name, name) == 0)
			return &f->column[i];
	return NULL;
}

/* Every row is in the sums of every column, and in its values where these are
 * wanted. */
static bool is_whole(struct scale_final *f, const struct scale_final_column *c, const char *name,
		     bool members, uint64_t n_rows)
{
	const char *lost = NULL;

	if (!c || c->head.sums.n + c->head.sums.n_missing != n_rows)
		lost = "";
	else if (members && c->n_rows != c->head.sums.n)
		lost = "the values of ";
	if (lost)
		snprintf(f->error, sizeof f->error, "the parts hold %llu rows, but not in %scolumn %.100s",
			 (unsigned long long)n_rows, lost, name);
	return !lost;
}

static enum scale_status fit_values(struct scale_column *c, const struct scale_final_column *from,
				    const struct scale_how *how, struct transform_column *found)
{
	size_t n = from->head.sums.n + from->head.sums.n_missing, at = 0;
	double *x = malloc((n + 1) * sizeof *x);
	enum scale_status status;

	if (!x)
		return SCALE_NO_MEMORY;
	for (size_t i = 0; i < from->n; i++)
		for (uint64_t r = 0; r < from->rows[i]; r++)
			x[at++] = from->value[i];
	while (at < n)
		x[at++] = (double)NAN;
	status = scale_fit(c, x, n, how, &found->bad);
	if (status == SCALE_NO_IMAGE)
		found->bad_value = isnan(x[found->bad]) ? c->fill : x[found->bad];
	free(x);
	return status;
}

static bool fit_number(struct scale_final *f, struct scale_column *c, uint64_t n_rows,
		       const struct scale_how *how, struct transform_column *found)
{
	const struct scale_final_column *from = find(f, c->name, SCALE_NUMBER);
	bool by_values = scale_fit_needs_values(c, how);

	if (!is_whole(f, from, c->name, by_values, n_rows))
		return false;
	*found = (struct transform_column){ .name = c->name,
					    .n_missing = from->head.sums.n_missing };
	if (by_values && f->mem && f->n_bytes + 2 * sizeof(double) * n_rows > f->mem) {
		snprintf(f->error, sizeof f->error, "the values of column %.100s need more than --mem "
			 "allows: %llu rows", c->name, (unsigned long long)n_rows);
		return false;
	}
	if (by_values)
		found->status = fit_values(c, from, how, found);
	else
		found->status = scale_fit_sums(c, &from->head.sums, how);
	if (!by_values && found->status == SCALE_NO_IMAGE)
		found->bad_value = c->fill;
	return true;
}

static bool fit_columns(struct scale_final *f, uint64_t n_rows, const struct scale_how *how,
			struct transform *t, struct transform_column *found)
{
	for (size_t i = 0; i < t->scale.n; i++)
		if (!fit_number(f, &t->scale.column[i], n_rows, how, &found[i]))
			return false;
	for (size_t i = 0, j = t->scale.n; i < t->encode.n; i++) {
		struct encode_column *c = &t->encode.column[i];
		if (c->kind != ENCODE_ONEHOT)
			continue;
		const struct scale_final_column *from = find(f, c->name, SCALE_CATEGORY);
		if (!is_whole(f, from, c->name, true, n_rows))
			return false;
		found[j] = (struct transform_column){ .name = c->name,
						      .n_missing = from->head.sums.n_missing };
		found[j++].levels = encode_fit_counts(c, from->level, from->rows, from->n,
						      how->impute != SCALE_KEEP_MISSING);
	}
	return true;
}

int scale_final_fit(struct scale_final *f, const struct scale_control *control,
		    struct scale_how *how, struct transform *t, struct transform_column **found)
{
	if (!f->error[0] && !scale_spec_decode(how, t, control->spec))
		snprintf(f->error, sizeof f->error, "the control record tells of no transformation");
	*found = mem_zero(t->scale.n + t->n_onehot, sizeof **found);
	bool fitted = !f->error[0] && fit_columns(f, control->n_rows, how, t, *found);
	for (size_t i = 0; i < f->n; i++) {
		struct scale_final_column *c = &f->column[i];
		for (size_t l = 0; c->level && l < c->n; l++)
			free((char *)(uintptr_t)c->level[l].s);
		free(c->name);
		free(c->value);
		free(c->level);
		free(c->rows);
	}
	free(f->column);
	return fitted ? transform_ready(t) : -1;
}
