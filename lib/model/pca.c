/* SPDX-License-Identifier: MIT */
#include "model/pca.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "math/fixed.h"
#include "math/linalg.h"
#include "math/moments.h"
#include "table/dict.h"
#include "table/param.h"
#include "value/num.h"

#define KEY_MAX 24 /* "pc123" */

/* Rows wait until they fill so many bytes, which stay in the caches. */
#define WAIT_BYTES ((size_t)512 << 10)
#define WAIT_ROWS 64
/* Products below which a thread is not worth waking. */
#define FEW_PRODUCTS ((size_t)1 << 17)

static size_t rows_waiting(size_t n_in)
{
	size_t n = WAIT_BYTES / sizeof(int64_t) / (n_in + 1);

	return n > WAIT_ROWS ? n : WAIT_ROWS;
}

uint64_t pca_bytes(size_t n_in)
{
	uint64_t d = n_in, triangle = d * (d + 1) / 2 * sizeof(dec_wide);
	uint64_t matrices = 3 * d * d * sizeof(double); /* covariance, eigenvectors, loadings */

	return triangle + matrices + d * rows_waiting(n_in) * sizeof(int64_t) +
	       d * (sizeof(struct exact) + 256);
}

int pca_sums_init(struct pca_sums *s, size_t n_in, int threads)
{
	*s = (struct pca_sums){ .n_in = n_in, .threads = threads, .n_room = rows_waiting(n_in) };
	s->least = calloc(n_in + 1, sizeof *s->least);
	s->most = calloc(n_in + 1, sizeof *s->most);
	s->mean = calloc(n_in + 1, sizeof *s->mean);
	s->unit = calloc(n_in + 1, sizeof *s->unit);
	s->exact = calloc(n_in + 1, sizeof *s->exact);
	s->sum = calloc(n_in + 1, sizeof *s->sum);
	s->product = calloc(n_in * (n_in + 1) / 2 + 1, sizeof *s->product);
	s->row = calloc(n_in * s->n_room + 1, sizeof *s->row);
	if (s->least && s->most && s->mean && s->unit && s->exact && s->sum && s->product && s->row)
		return 0;
	pca_sums_free(s);
	return -1;
}

void pca_sums_see(struct pca_sums *s, const double *x)
{
	for (size_t i = 0; i < s->n_in; i++) {
		exact_add(&s->exact[i], x[i]);
		if (s->n_seen == 0 || x[i] < s->least[i])
			s->least[i] = x[i];
		if (s->n_seen == 0 || x[i] > s->most[i])
			s->most[i] = x[i];
	}
	s->n_seen++;
}

/* The means and units.  A product has 102 bits, so 2^24 of them leave one. */
static void end_first_pass(struct pca_sums *s)
{
	int wider = 0;

	while (s->n_seen >> (24 + 2 * wider))
		wider++;
	for (size_t i = 0; i < s->n_in; i++) {
		s->mean[i] = moments_ratio(&s->exact[i], s->n_seen);
		s->unit[i] = ldexp(fixed_unit(fmax(s->most[i] - s->mean[i],
						   s->mean[i] - s->least[i])), wider);
	}
}

/* Row i of the triangle, for the rows that wait. */
static void add_products(void *ctx, size_t i)
{
	struct pca_sums *s = ctx;
	dec_wide *product = s->product + i * (i + 1) / 2, sum = 0;
	const int64_t *x = s->row + i * s->n_room;

	for (size_t j = 0; j <= i; j++) {
		const int64_t *y = s->row + j * s->n_room;
		sum = 0;
		for (size_t r = 0; r < s->n_wait; r++)
			sum += (dec_wide)x[r] * y[r];
		product[j] += sum;
	}
	sum = 0;
	for (size_t r = 0; r < s->n_wait; r++)
		sum += x[r];
	s->sum[i] += sum;
}

static void flush(struct pca_sums *s)
{
	bool few = s->n_in * s->n_in / 2 * s->n_wait < FEW_PRODUCTS;

	par_for(few ? 1 : s->threads, s->n_in, add_products, s);
	s->n_wait = 0;
}

void pca_sums_add(struct pca_sums *s, const double *x)
{
	if (s->n++ == 0)
		end_first_pass(s);
	for (size_t i = 0; i < s->n_in; i++)
		s->row[i * s->n_room + s->n_wait] =
			fixed_from(x[i] - s->mean[i], 1 / s->unit[i]);
	if (++s->n_wait == s->n_room)
		flush(s);
}

void pca_sums_free(struct pca_sums *s)
{
	free(s->least);
	free(s->most);
	free(s->mean);
	free(s->unit);
	free(s->exact);
	free(s->sum);
	free(s->product);
	free(s->row);
	*s = (struct pca_sums){ 0 };
}

static int allocate(struct pca *p, size_t n_in, size_t n_out)
{
	*p = (struct pca){ .n_in = n_in, .n_out = n_out };
	p->input = calloc(n_in + 1, sizeof *p->input);
	p->mean = calloc(n_in + 1, sizeof *p->mean);
	p->loading = calloc(n_in * n_out + 1, sizeof *p->loading);
	p->variance = calloc(n_out + 1, sizeof *p->variance);
	if (p->input && p->mean && p->loading && p->variance)
		return 0;
	pca_free(p);
	return -1;
}

/* Deviations are taken from the rounded means, so what is left of their sums
 * is far below the products. */
static void covariance(const struct pca_sums *s, double *a)
{
	const dec_wide *product = s->product;
	double n = (double)s->n;

	for (size_t i = 0; i < s->n_in; i++)
		for (size_t j = 0; j <= i; j++) {
			double c = (double)*product++ - (double)s->sum[i] * (double)s->sum[j] / n;
			a[i * s->n_in + j] = a[j * s->n_in + i] =
				c / (n - 1) * s->unit[i] * s->unit[j];
		}
}

/* How many components; value[] ascends. */
static size_t count_components(const double *value, size_t n, double total, double want)
{
	double reached = 0;
	size_t k = 0;

	if (want >= 1)
		return want < (double)n ? (size_t)want : n;
	while (k < n && reached < want * total)
		reached += fmax(0, value[n - 1 - k++]);
	return k;
}

static int take(struct pca *p, const struct pca_sums *s, char *const *input, const double *value,
		const double *vector, double want)
{
	size_t d = s->n_in, k;
	double total = 0;

	for (size_t i = 0; i < d; i++)
		total += fmax(0, value[i]);
	k = count_components(value, d, total, want);
	if (allocate(p, d, k) != 0)
		return -1;
	p->total = total;
	for (size_t c = 0; c < k; c++) {
		p->variance[c] = fmax(0, value[d - 1 - c]);
		memcpy(p->loading + c * d, vector + (d - 1 - c) * d, d * sizeof *vector);
	}
	for (size_t i = 0; i < d; i++) {
		p->mean[i] = s->mean[i];
		p->input[i] = strdup(input[i]);
		if (!p->input[i]) {
			pca_free(p);
			return -1;
		}
	}
	return 0;
}

int pca_fit(struct pca *p, struct pca_sums *s, char *const *input, double want,
	    char error[200])
{
	size_t d = s->n_in;
	double *a = calloc(d * d + 1, sizeof *a), *vector = calloc(d * d + 1, sizeof *vector);
	double *value = calloc(d + 1, sizeof *value), trace = 0;
	int status = -1;

	*p = (struct pca){ 0 };
	snprintf(error, 200, "the components: no memory, or no eigenvalues");
	if (s->n < 2)
		snprintf(error, 200, "components need 2 rows at least");
	if (s->n < 2 || !a || !vector || !value)
		goto done;
	flush(s);
	covariance(s, a);
	for (size_t i = 0; i < d; i++)
		trace += a[i * d + i];
	if (trace == 0)
		snprintf(error, 200, "components need a column that is not constant");
	else if (linalg_eigen(d, a, value, vector) == 0)
		status = take(p, s, input, value, vector, want);
done:
	free(a);
	free(vector);
	free(value);
	return status;
}

double pca_share(const struct pca *p)
{
	double sum = 0;

	for (size_t c = 0; c < p->n_out; c++)
		sum += p->variance[c];
	return sum / p->total;
}

void pca_apply(const struct pca *p, const double *x, double *z)
{
	for (size_t c = 0; c < p->n_out; c++) {
		const double *l = p->loading + c * p->n_in;
		z[c] = 0;
		for (size_t i = 0; i < p->n_in; i++)
			z[c] += l[i] * (x[i] - p->mean[i]);
	}
}

void pca_invert(const struct pca *p, const double *z, double *x)
{
	for (size_t i = 0; i < p->n_in; i++) {
		x[i] = 0;
		for (size_t c = 0; c < p->n_out; c++)
			x[i] += p->loading[c * p->n_in + i] * z[c];
		x[i] += p->mean[i];
	}
}

static const char *component(char to[KEY_MAX], size_t c)
{
	snprintf(to, KEY_MAX, "pc%zu", c + 1);
	return to;
}

void pca_store(const struct pca *p, struct param_list *list)
{
	char key[KEY_MAX];

	for (size_t c = 0; c < p->n_out; c++) {
		component(key, c);
		param_add_real(list, "component", key, "variance", p->variance[c]);
		param_add_real(list, "component", key, "share", p->variance[c] / p->total);
	}
	for (size_t i = 0; i < p->n_in && p->n_out; i++) {
		param_add_real(list, "pca", p->input[i], "mean", p->mean[i]);
		for (size_t c = 0; c < p->n_out; c++)
			param_add_real(list, "pca", p->input[i], component(key, c),
				       p->loading[c * p->n_in + i]);
	}
}

/* The inputs, by their rows of the key mean, and the number of components. */
static void count(const struct param_list *list, struct dict *inputs, size_t *n_out)
{
	*n_out = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct param *r = &list->row[i];
		*n_out += strcmp(r->kind, "component") == 0 && strcmp(r->key, "variance") == 0;
		if (strcmp(r->kind, "pca") == 0 && strcmp(r->key, "mean") == 0)
			dict_add(inputs, span_of(r->name), NULL);
	}
}

/* The number of the component pcN, from 0; n_out if it is none of these. */
static size_t component_at(const char *name, size_t n_out)
{
	int64_t c = 0;

	if (strncmp(name, "pc", 2) != 0 || !num_parse_int(name + 2, strlen(name + 2), &c) || c < 1)
		return n_out;
	return (uint64_t)c <= n_out ? (size_t)c - 1 : n_out;
}

/* Where the value of a row goes, or NULL when it is of no use here. */
static double *place_of(const struct pca *p, const struct dict *inputs, const struct param *r,
			double *share)
{
	ptrdiff_t i;
	size_t c;

	if (strcmp(r->kind, "component") == 0) {
		c = component_at(r->name, p->n_out);
		if (c < p->n_out && strcmp(r->key, "variance") == 0)
			return &p->variance[c];
		return c == 0 && strcmp(r->key, "share") == 0 ? share : NULL;
	}
	if (strcmp(r->kind, "pca") != 0 || (i = dict_find(inputs, span_of(r->name))) < 0)
		return NULL;
	if (strcmp(r->key, "mean") == 0)
		return &p->mean[i];
	c = component_at(r->key, p->n_out);
	return c < p->n_out ? &p->loading[c * p->n_in + (size_t)i] : NULL;
}

/* Every number must have come. */
static int check_whole(const struct pca *p, double share, char error[200])
{
	char key[KEY_MAX];

	for (size_t i = 0; i < p->n_in; i++)
		for (size_t c = 0; c < p->n_out; c++)
			if (isnan(p->loading[c * p->n_in + i])) {
				snprintf(error, 200, "no number in row pca %.60s %s", p->input[i],
					 component(key, c));
				return -1;
			}
	for (size_t i = 0; i < p->n_in; i++)
		if (isnan(p->mean[i])) {
			snprintf(error, 200, "no number in row pca %.60s mean", p->input[i]);
			return -1;
		}
	for (size_t c = 0; c < p->n_out; c++)
		if (isnan(p->variance[c])) {
			snprintf(error, 200, "no number in row component %s variance",
				 component(key, c));
			return -1;
		}
	if (isnan(share)) {
		snprintf(error, 200, "no number in row component pc1 share");
		return -1;
	}
	return 0;
}

static int take_rows(struct pca *p, const struct dict *inputs, const struct param_list *list,
		     char error[200])
{
	double share = (double)NAN;

	for (size_t i = 0; i < p->n_in; i++) {
		p->mean[i] = (double)NAN;
		p->input[i] = strdup(inputs->text[i].s);
		if (!p->input[i])
			return -1;
	}
	for (size_t i = 0; i < p->n_in * p->n_out; i++)
		p->loading[i] = (double)NAN;
	for (size_t c = 0; c < p->n_out; c++)
		p->variance[c] = (double)NAN;
	for (size_t i = 0; i < list->n; i++) {
		double *to = place_of(p, inputs, &list->row[i], &share);
		if (to && !num_parse(list->row[i].value, strlen(list->row[i].value), to))
			*to = (double)NAN;
	}
	p->total = p->variance[0] / share;
	return check_whole(p, share, error);
}

int pca_load(struct pca *p, const struct param_list *list, char error[200])
{
	struct dict inputs = { 0 };
	size_t n_out;
	int status = -1;

	*p = (struct pca){ 0 };
	count(list, &inputs, &n_out);
	snprintf(error, 200, "out of memory");
	if (n_out == 0)
		status = 0;
	else if (allocate(p, inputs.n, n_out) == 0)
		status = take_rows(p, &inputs, list, error);
	if (status != 0)
		pca_free(p);
	dict_free(&inputs);
	return status;
}

void pca_free(struct pca *p)
{
	for (size_t i = 0; p->input && i < p->n_in; i++)
		free(p->input[i]);
	free(p->input);
	free(p->mean);
	free(p->loading);
	free(p->variance);
	*p = (struct pca){ 0 };
}
