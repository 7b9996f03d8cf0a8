/* SPDX-License-Identifier: MIT */
#include "model/pca.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/linalg.h"
#include "math/moments.h"
#include "table/param.h"
#include "value/num.h"

#define KEY_MAX 24 /* "pc123" */

int pca_sums_init(struct pca_sums *s, size_t n_in)
{
	*s = (struct pca_sums){ .n_in = n_in };
	s->sum = calloc(n_in + 1, sizeof *s->sum);
	s->product = calloc(n_in * (n_in + 1) / 2 + 1, sizeof *s->product);
	if (s->sum && s->product)
		return 0;
	pca_sums_free(s);
	return -1;
}

void pca_sums_add(struct pca_sums *s, const double *x)
{
	struct exact *product = s->product;

	s->n++;
	for (size_t i = 0; i < s->n_in; i++) {
		exact_add(&s->sum[i], x[i]);
		for (size_t j = 0; j <= i; j++)
			exact_add_product(product++, x[i], x[j]);
	}
}

void pca_sums_free(struct pca_sums *s)
{
	free(s->sum);
	free(s->product);
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

static void covariance(const struct pca_sums *s, double *a)
{
	const struct exact *product = s->product;

	for (size_t i = 0; i < s->n_in; i++)
		for (size_t j = 0; j <= i; j++)
			a[i * s->n_in + j] = a[j * s->n_in + i] = moments_covariance(
				s->n, &s->sum[i], &s->sum[j], product++, 1);
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
		p->mean[i] = moments_ratio(&s->sum[i], s->n);
		p->input[i] = strdup(input[i]);
		if (!p->input[i]) {
			pca_free(p);
			return -1;
		}
	}
	return 0;
}

int pca_fit(struct pca *p, const struct pca_sums *s, char *const *input, double want,
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

/* Counts the components and the inputs. */
static void count(const struct param_list *list, size_t *n_in, size_t *n_out)
{
	*n_in = *n_out = 0;
	for (size_t i = 0; i < list->n; i++) {
		const struct param *r = &list->row[i];
		*n_out += strcmp(r->kind, "component") == 0 && strcmp(r->key, "variance") == 0;
		*n_in += strcmp(r->kind, "pca") == 0 && strcmp(r->key, "mean") == 0;
	}
}

static int number(const struct param_list *list, const char *kind, const char *name,
		  const char *key, double *x, char error[200])
{
	const char *value = param_get(list, kind, name, key);

	if (value && num_parse(value, strlen(value), x))
		return 0;
	snprintf(error, 200, "no number in row %.40s %.60s %.40s", kind, name, key);
	return -1;
}

static int load_input(struct pca *p, size_t i, const char *name, const struct param_list *list,
		      char error[200])
{
	char key[KEY_MAX];

	if (number(list, "pca", name, "mean", &p->mean[i], error) != 0)
		return -1;
	for (size_t c = 0; c < p->n_out; c++)
		if (number(list, "pca", name, component(key, c), &p->loading[c * p->n_in + i],
			   error) != 0)
			return -1;
	p->input[i] = strdup(name);
	return p->input[i] ? 0 : -1;
}

int pca_load(struct pca *p, const struct param_list *list, char error[200])
{
	size_t n_in, n_out, at = 0;
	double share;
	char key[KEY_MAX];

	*p = (struct pca){ 0 };
	count(list, &n_in, &n_out);
	if (n_out == 0)
		return 0;
	snprintf(error, 200, "out of memory");
	if (allocate(p, n_in, n_out) != 0)
		return -1;
	for (size_t i = 0; i < list->n; i++) {
		const struct param *r = &list->row[i];
		if (strcmp(r->kind, "pca") == 0 && strcmp(r->key, "mean") == 0 &&
		    load_input(p, at++, r->name, list, error) != 0)
			goto failed;
	}
	for (size_t c = 0; c < n_out; c++)
		if (number(list, "component", component(key, c), "variance", &p->variance[c],
			   error) != 0)
			goto failed;
	if (number(list, "component", "pc1", "share", &share, error) != 0)
		goto failed;
	p->total = p->variance[0] / share;
	return 0;
failed:
	pca_free(p);
	return -1;
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
