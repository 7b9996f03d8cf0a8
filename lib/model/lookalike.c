/* SPDX-License-Identifier: MIT */
#include "model/lookalike.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "math/quantile.h"
#include "model/nearest.h"

int lookalike_init(struct lookalike *l, const struct assign *a, const double *centre, size_t n_top)
{
	*l = (struct lookalike){ .a = a, .centre = centre, .n_top = n_top };
	l->largest = calloc(a->model.n_columns + 1, sizeof *l->largest);
	return l->largest ? 0 : -1;
}

static int compare(const void *a, const void *b)
{
	const struct lookalike_row *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	if (span_compare(x->id, y->id) != 0)
		return span_compare(x->id, y->id);
	return span_compare((struct span){ x->text, x->n_text }, (struct span){ y->text, y->n_text });
}

static void sift_up(struct lookalike_row *row, size_t i)
{
	for (size_t up; i > 0 && compare(&row[i], &row[up = (i - 1) / 2]) > 0; i = up) {
		struct lookalike_row r = row[i];
		row[i] = row[up];
		row[up] = r;
	}
}

static void sift_down(struct lookalike_row *row, size_t n)
{
	for (size_t i = 0, down; (down = 2 * i + 1) < n; i = down) {
		struct lookalike_row r = row[i];
		if (down + 1 < n && compare(&row[down + 1], &row[down]) > 0)
			down++;
		if (compare(&row[i], &row[down]) >= 0)
			break;
		row[i] = row[down];
		row[down] = r;
	}
}

/* With the heads that malloc puts before its blocks. */
static size_t row_bytes(const struct lookalike *l, size_t n_text)
{
	return n_text + l->a->model.n_columns * sizeof(double) + sizeof(struct lookalike_row) + 64;
}

static int add_member(struct lookalike *l, double distance)
{
	if (l->n_members == l->capacity) {
		size_t capacity = l->capacity ? 2 * l->capacity : 1024;
		double *grown = realloc(l->member, capacity * sizeof *grown);
		if (!grown)
			return -1;
		l->n_bytes += (capacity - l->capacity) * sizeof *grown;
		l->member = grown;
		l->capacity = capacity;
	}
	l->member[l->n_members++] = distance;
	return 0;
}

/* A place for one more row: a new one, or that of the farthest. */
static struct lookalike_row *make_place(struct lookalike *l)
{
	size_t n = l->n;

	if (n == l->n_top) {
		l->n_bytes -= row_bytes(l, l->row[0].n_text);
		free(l->row[0].text);
		free(l->row[0].x);
		l->row[0] = l->row[n - 1];
		sift_down(l->row, n - 1);
		l->n--;
	} else if ((n & (n - 1)) == 0) {
		struct lookalike_row *grown = realloc(l->row, (n ? 2 * n : 1) * sizeof *grown);
		if (!grown)
			return NULL;
		l->row = grown;
	}
	return &l->row[l->n];
}

static int keep(struct lookalike *l, const struct lookalike_row *row, const double *x)
{
	size_t d = l->a->model.n_columns;
	struct lookalike_row *to = make_place(l);
	char *copy = malloc(row->n_text + 1);
	double *features = malloc((d + 1) * sizeof *features);

	if (!to || !copy || !features) {
		free(copy);
		free(features);
		return -1;
	}
	memcpy(copy, row->text, row->n_text);
	memcpy(features, x, d * sizeof *x);
	*to = *row;
	to->id.s = copy + (row->id.s - row->text);
	to->text = copy;
	to->x = features;
	sift_up(l->row, l->n++);
	l->n_bytes += row_bytes(l, row->n_text);
	return 0;
}

int lookalike_add(struct lookalike *l, const double *x, const struct lookalike_row *row,
		  bool member)
{
	size_t d = l->a->model.n_columns;
	struct lookalike_row r = *row;

	r.distance = sqrt(nearest_squared(x, l->centre, d));
	for (size_t j = 0; j < d; j++)
		l->largest[j] = fmax(l->largest[j], fabs(x[j] - l->centre[j]));
	if (member)
		return add_member(l, r.distance);
	if (l->n == l->n_top && compare(&r, &l->row[0]) >= 0)
		return 0;
	return keep(l, &r, x);
}

void lookalike_finish(struct lookalike *l)
{
	if (l->n)
		qsort(l->row, l->n, sizeof *l->row, compare);
	if (l->n_members)
		quantile_sort(l->member, l->n_members);
}

static double percentile(const struct lookalike *l, double distance)
{
	size_t lo = 0, hi = l->n_members;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (l->member[mid] < distance)
			lo = mid + 1;
		else
			hi = mid;
	}
	return 100 * ((double)(l->n_members - lo) / (double)l->n_members);
}

static double cosine(const double *x, const double *c, size_t d)
{
	double xx = 0, cc = 0, xc = 0;

	for (size_t j = 0; j < d; j++) {
		xx += x[j] * x[j];
		cc += c[j] * c[j];
		xc += x[j] * c[j];
	}
	return xx > 0 && cc > 0 ? xc / (sqrt(xx) * sqrt(cc)) : (double)NAN;
}

double lookalike_score(const struct lookalike *l, const struct lookalike_row *r,
		       enum lookalike_kind kind)
{
	if (kind == LOOKALIKE_INVERSE)
		return 100 / (1 + r->distance);
	if (kind == LOOKALIKE_COSINE)
		return 100 * cosine(r->x, l->centre, l->a->model.n_columns);
	return percentile(l, r->distance);
}

double lookalike_match(const struct lookalike *l, const struct lookalike_row *r, size_t j)
{
	double c = l->centre[j];

	return l->largest[j] > 0 ? 100 * (1 - fabs(r->x[j] - c) / l->largest[j]) : 100;
}

void lookalike_put_names(const struct lookalike *l, struct header *h, struct tsv_out *out)
{
	header_put(h, out, span_of("lookalike_distance"));
	header_put(h, out, span_of("lookalike_score"));
	for (size_t j = 0; j < l->a->model.n_columns; j++) {
		char *name = mem_printf("match_%s", l->a->model.column[j].raw);
		header_put(h, out, span_of(name));
		free(name);
	}
}

void lookalike_put(const struct lookalike *l, const struct lookalike_row *r,
		   enum lookalike_kind kind, struct tsv_out *out)
{
	tsv_put_real(out, r->distance);
	tsv_put_real(out, lookalike_score(l, r, kind));
	for (size_t j = 0; j < l->a->model.n_columns; j++)
		tsv_put_real(out, lookalike_match(l, r, j));
}

void lookalike_free(struct lookalike *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->row[i].text);
		free(l->row[i].x);
	}
	free(l->row);
	free(l->member);
	free(l->largest);
	*l = (struct lookalike){ 0 };
}
