/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kmodel.h"
#include "table/param.h"
#include "value/num.h"

struct load {
	struct kmodel *m;
	const struct param_list *p;
	char *error;
};

__attribute__((format(printf, 2, 3))) static int fail(const struct load *l, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(l->error, KMODEL_ERROR, format, ap);
	va_end(ap);
	return -1;
}

static int bad_value(const struct load *l, const struct param *r)
{
	return fail(l, "row %s %s %s: not a valid value: \"%s\"", r->kind, r->name, r->key,
		    r->value);
}

static int real_of(const struct load *l, const struct param *r, double *x)
{
	return num_parse(r->value, strlen(r->value), x) ? 0 : bad_value(l, r);
}

static int count_of(const struct load *l, const struct param *r, uint64_t *v)
{
	int64_t signed_value;

	if (!num_parse_int(r->value, strlen(r->value), &signed_value) || signed_value < 0)
		return bad_value(l, r);
	*v = (uint64_t)signed_value;
	return 0;
}

/* Segment and bin numbers count from 1; anything outside 1..n is SIZE_MAX. */
static size_t index_of(const char *text, size_t n)
{
	int64_t v;

	if (!num_parse_int(text, strlen(text), &v) || v < 1 || (uint64_t)v > n)
		return SIZE_MAX;
	return (size_t)v - 1;
}

static size_t column_of(const struct kmodel *m, const char *name, bool raw)
{
	for (size_t j = 0; j < m->n_columns; j++)
		if (strcmp(raw ? m->column[j].raw : m->column[j].name, name) == 0)
			return j;
	return SIZE_MAX;
}

static const char *setting(const struct load *l, const char *key)
{
	return param_get(l->p, "model", KMODEL_PROGRAM, key);
}

static int load_int(const struct load *l, const char *key, int64_t *v)
{
	const char *s = setting(l, key);

	if (!s)
		return fail(l, "no row model " KMODEL_PROGRAM " %s", key);
	if (!num_parse_int(s, strlen(s), v) || *v < 0)
		return fail(l, "row model " KMODEL_PROGRAM " %s: not a valid value: \"%s\"", key, s);
	return 0;
}

static int load_real(const struct load *l, const char *key, double *x)
{
	const char *s = setting(l, key);

	*x = (double)NAN;
	if (s && *s && !num_parse(s, strlen(s), x))
		return fail(l, "row model " KMODEL_PROGRAM " %s: not a valid value: \"%s\"", key, s);
	return 0;
}

static int load_text(const struct load *l, const char *key, char **to)
{
	const char *s = setting(l, key);

	*to = s ? strdup(s) : NULL;
	return s && !*to ? fail(l, "out of memory") : 0;
}

static int load_fit(const struct load *l)
{
	struct kmodel *m = l->m;
	int64_t rows, seed, converged;

	if (load_int(l, "rows", &rows) || load_int(l, "converged", &converged) ||
	    load_int(l, "seed", &seed) ||
	    load_int(l, "restarts", &m->restarts) || load_int(l, "swaps", &m->swaps) ||
	    load_int(l, "max_iterations", &m->max_iterations) ||
	    load_int(l, "iterations", &m->iterations))
		return -1;
	m->n_rows = (uint64_t)rows;
	m->seed = (uint64_t)seed;
	m->converged = converged != 0;
	if (load_real(l, "inertia", &m->inertia) || load_real(l, "silhouette", &m->silhouette) ||
	    load_real(l, "silhouette_se", &m->silhouette_se) || load_real(l, "tol", &m->tol))
		return -1;
	if (load_text(l, "silhouette_kind", &m->silhouette_kind) ||
	    load_text(l, "picked_by", &m->picked_by) || load_text(l, "order_by", &m->order_by) ||
	    load_text(l, "weights", &m->weights) || load_text(l, "algorithm", &m->algorithm) ||
	    load_text(l, "init", &m->init) || load_text(l, "stopped", &m->stopped))
		return -1;
	return 0;
}

/* k and the columns come first: everything else is stored by their numbers. */
static int load_shape(const struct load *l)
{
	int64_t k;
	size_t n_columns = 0;

	if (load_int(l, "k", &k))
		return -1;
	for (size_t i = 0; i < l->p->n; i++)
		n_columns += strcmp(l->p->row[i].kind, "column") == 0;
	if (k < 1 || (uint64_t)k > l->p->n || n_columns == 0)
		return fail(l, "no centres in this model");
	if (kmodel_init(l->m, (size_t)k, n_columns))
		return fail(l, "out of memory");
	n_columns = 0;
	for (size_t i = 0; i < l->p->n; i++) {
		const struct param *r = &l->p->row[i];
		struct kmodel_column *c;
		if (strcmp(r->kind, "column") != 0)
			continue;
		c = &l->m->column[n_columns++];
		c->name = strdup(r->name);
		c->raw = strdup(r->value);
		if (!c->name || !c->raw)
			return fail(l, "out of memory");
	}
	return 0;
}

static int load_cut(const struct load *l, const struct param *r)
{
	size_t j = column_of(l->m, r->name, false);
	struct kmodel_column *c;
	double *cut;

	if (j == SIZE_MAX)
		return fail(l, "row cut %s: no such column", r->name);
	c = &l->m->column[j];
	cut = realloc(c->cut, (c->n_cuts + 1) * sizeof *cut);
	if (!cut)
		return fail(l, "out of memory");
	c->cut = cut;
	if (index_of(r->key, c->n_cuts + 1) != c->n_cuts)
		return fail(l, "row cut %s %s: cut %zu should come here", r->name, r->key,
			    c->n_cuts + 1);
	if (real_of(l, r, &cut[c->n_cuts]) != 0)
		return -1;
	if (c->n_cuts && !(cut[c->n_cuts] > cut[c->n_cuts - 1]))
		return fail(l, "row cut %s %s: not above the cut before it", r->name, r->key);
	c->n_cuts++;
	return 0;
}

static int load_count(const struct load *l, const struct param *r)
{
	size_t j = column_of(l->m, r->name, false), bin;
	struct kmodel_column *c;

	if (j == SIZE_MAX)
		return fail(l, "row count %s: no such column", r->name);
	c = &l->m->column[j];
	bin = index_of(r->key, c->n_cuts + 1);
	if (bin == SIZE_MAX)
		return fail(l, "row count %s %s: no such bin", r->name, r->key);
	if (!c->count)
		c->count = calloc(c->n_cuts + 1, sizeof *c->count);
	return c->count ? count_of(l, r, &c->count[bin]) : fail(l, "out of memory");
}

static int load_segment(const struct load *l, const struct param *r, struct kmodel_segment *g)
{
	if (strcmp(r->key, "size") == 0)
		return count_of(l, r, &g->size);
	if (strcmp(r->key, "share") == 0)
		return real_of(l, r, &g->share);
	if (strcmp(r->key, "inertia") == 0)
		return real_of(l, r, &g->inertia);
	if (strcmp(r->key, "stability") == 0)
		return real_of(l, r, &g->stability);
	if (strcmp(r->key, "name") == 0 && !g->name) {
		g->name = strdup(r->value);
		return g->name ? 0 : fail(l, "out of memory");
	}
	return 0;
}

static int load_coordinate(const struct load *l, const struct param *r, double *vector, bool raw)
{
	size_t j = column_of(l->m, r->key, raw);

	if (j == SIZE_MAX)
		return fail(l, "row %s %s %s: no such column", r->kind, r->name, r->key);
	return *r->value ? real_of(l, r, &vector[j]) : 0;
}

static int load_row(const struct load *l, const struct param *r)
{
	bool segment = strcmp(r->kind, "segment") == 0, centre = strcmp(r->kind, "centre") == 0;
	bool centre_raw = strcmp(r->kind, "centre_raw") == 0;
	bool mean_raw = strcmp(r->kind, "mean_raw") == 0;
	struct kmodel_segment *g;
	size_t s;

	if (strcmp(r->kind, "cut") == 0)
		return load_cut(l, r);
	if (strcmp(r->kind, "count") == 0)
		return load_count(l, r);
	if (!segment && !centre && !centre_raw && !mean_raw)
		return 0;
	s = index_of(r->name, l->m->k);
	if (s == SIZE_MAX)
		return fail(l, "row %s %s %s: no such segment", r->kind, r->name, r->key);
	g = &l->m->segment[s];
	if (segment)
		return load_segment(l, r, g);
	return load_coordinate(l, r, centre ? g->centre : centre_raw ? g->centre_raw : g->mean_raw,
			       !centre);
}

static int check_sum(const struct load *l, const char *what, uint64_t n)
{
	if (n == l->m->n_rows)
		return 0;
	return fail(l, "rows %s make up %llu rows, not the %llu of the fit", what,
		    (unsigned long long)n, (unsigned long long)l->m->n_rows);
}

/* Segments and bins both divide the rows of the fit: one that is missing or
 * edited shows. */
static int check_sums(const struct load *l)
{
	const struct kmodel *m = l->m;
	char what[KMODEL_ERROR];
	uint64_t n = 0;

	for (size_t s = 0; s < m->k; s++)
		n += m->segment[s].size;
	if (check_sum(l, "segment S size", n) != 0)
		return -1;
	for (size_t j = 0; j < m->n_columns; j++) {
		const struct kmodel_column *c = &m->column[j];
		n = 0;
		for (size_t i = 0; i <= c->n_cuts && c->n_cuts; i++)
			n += c->count[i];
		snprintf(what, sizeof what, "count %.60s", c->name);
		if (c->n_cuts && check_sum(l, what, n) != 0)
			return -1;
	}
	return 0;
}

/* The centres must all be there; where bins are kept, their counts too. */
static int check(const struct load *l)
{
	const struct kmodel *m = l->m;

	for (size_t j = 0; j < m->n_columns; j++) {
		const struct kmodel_column *c = &m->column[j];
		if (m->scale.n && strcmp(c->name, c->raw) != 0 && !scale_find(&m->scale, c->raw))
			return fail(l, "no rows scale %s", c->raw);
		if (c->n_cuts && !c->count)
			return fail(l, "no rows count %s", c->name);
		for (size_t s = 0; s < m->k; s++)
			if (isnan(m->segment[s].centre[j]))
				return fail(l, "no row centre %zu %s", s + 1, c->name);
	}
	return check_sums(l);
}

int kmodel_load(struct kmodel *m, const struct param_list *p, char error[KMODEL_ERROR])
{
	struct load l = { m, p, error };

	*m = (struct kmodel){ 0 };
	if (load_shape(&l) || load_fit(&l) || scale_load(&m->scale, p, error))
		goto fail;
	for (size_t i = 0; i < p->n; i++)
		if (load_row(&l, &p->row[i]))
			goto fail;
	if (check(&l))
		goto fail;
	return 0;
fail:
	kmodel_free(m);
	return -1;
}
