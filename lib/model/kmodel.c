/* SPDX-License-Identifier: MIT */
#include "model/kmodel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/nearest.h"
#include "table/param.h"

#define TEXT_NUMBER 24 /* a segment or bin number as text */

int kmodel_init(struct kmodel *m, size_t k, size_t n_columns)
{
	m->k = k;
	m->n_columns = n_columns;
	m->column = calloc(n_columns, sizeof *m->column);
	m->segment = calloc(k, sizeof *m->segment);
	if (!m->column || !m->segment)
		goto fail;
	for (size_t s = 0; s < k; s++) {
		struct kmodel_segment *g = &m->segment[s];
		g->stability = (double)NAN;
		g->centre = malloc(n_columns * sizeof(double));
		g->centre_raw = malloc(n_columns * sizeof(double));
		g->mean_raw = malloc(n_columns * sizeof(double));
		if (!g->centre || !g->centre_raw || !g->mean_raw)
			goto fail;
		for (size_t j = 0; j < n_columns; j++)
			g->centre[j] = g->centre_raw[j] = g->mean_raw[j] = (double)NAN;
	}
	return 0;
fail:
	kmodel_free(m);
	return -1;
}

void kmodel_free(struct kmodel *m)
{
	for (size_t j = 0; m->column && j < m->n_columns; j++) {
		free(m->column[j].name);
		free(m->column[j].raw);
		free(m->column[j].cut);
		free(m->column[j].count);
	}
	for (size_t s = 0; m->segment && s < m->k; s++) {
		free(m->segment[s].centre);
		free(m->segment[s].centre_raw);
		free(m->segment[s].mean_raw);
		free(m->segment[s].name);
	}
	free(m->column);
	free(m->segment);
	scale_free(&m->scale);
	free(m->algorithm);
	free(m->init);
	free(m->stopped);
	free(m->silhouette_kind);
	free(m->picked_by);
	free(m->order_by);
	free(m->weights);
	*m = (struct kmodel){ 0 };
}

const struct scale_column *kmodel_scale(const struct kmodel *m, size_t column)
{
	return m->scale.n ? scale_find(&m->scale, m->column[column].raw) : NULL;
}

void kmodel_invert(struct kmodel *m)
{
	for (size_t j = 0; j < m->n_columns; j++) {
		const struct scale_column *c = kmodel_scale(m, j);
		for (size_t s = 0; s < m->k; s++) {
			struct kmodel_segment *g = &m->segment[s];
			g->centre_raw[j] = c ? scale_invert(c, g->centre[j]) : g->centre[j];
		}
	}
}

void kmodel_distances(const struct kmodel *m, double *squared)
{
	for (size_t a = 0; a < m->k; a++)
		for (size_t b = 0; b < m->k; b++)
			squared[a * m->k + b] = nearest_squared(
				m->segment[a].centre, m->segment[b].centre, m->n_columns);
}

static void store_text(struct param_list *p, const char *key, const char *value)
{
	if (value)
		param_add(p, "model", KMODEL_PROGRAM, key, value);
}

static void store_int(struct param_list *p, const char *key, int64_t value)
{
	param_add_int(p, "model", KMODEL_PROGRAM, key, value);
}

static void store_real(struct param_list *p, const char *key, double value)
{
	param_add_real(p, "model", KMODEL_PROGRAM, key, value);
}

static void store_fit(const struct kmodel *m, struct param_list *p)
{
	store_int(p, "version", KMODEL_VERSION);
	store_int(p, "k", (int64_t)m->k);
	store_int(p, "rows", (int64_t)m->n_rows);
	store_real(p, "inertia", m->inertia);
	store_real(p, "silhouette", m->silhouette);
	store_text(p, "silhouette_kind", m->silhouette_kind);
	store_real(p, "silhouette_se", m->silhouette_se);
	store_text(p, "picked_by", m->picked_by);
	store_text(p, "order_by", m->order_by);
	store_text(p, "weights", m->weights);
	store_int(p, "seed", (int64_t)m->seed);
	store_text(p, "algorithm", m->algorithm);
	store_text(p, "init", m->init);
	store_int(p, "restarts", m->restarts);
	store_int(p, "swaps", m->swaps);
	store_real(p, "tol", m->tol);
	store_int(p, "max_iterations", m->max_iterations);
	store_int(p, "iterations", m->iterations);
	store_text(p, "stopped", m->stopped);
	store_int(p, "converged", m->converged);
}

static const char *number(char to[TEXT_NUMBER], size_t i)
{
	snprintf(to, TEXT_NUMBER, "%zu", i + 1);
	return to;
}

static void store_column(const struct kmodel_column *c, struct param_list *p)
{
	char bin[TEXT_NUMBER];

	param_add(p, "column", c->name, "raw", c->raw);
	for (size_t i = 0; i < c->n_cuts; i++)
		param_add_real(p, "cut", c->name, number(bin, i), c->cut[i]);
	for (size_t i = 0; c->n_cuts && i <= c->n_cuts; i++)
		param_add_int(p, "count", c->name, number(bin, i), (int64_t)c->count[i]);
}

static void store_segment(const struct kmodel *m, size_t s, struct param_list *p)
{
	const struct kmodel_segment *g = &m->segment[s];
	char segment[TEXT_NUMBER];

	number(segment, s);
	param_add_int(p, "segment", segment, "size", (int64_t)g->size);
	param_add_real(p, "segment", segment, "share", g->share);
	param_add_real(p, "segment", segment, "inertia", g->inertia);
	if (!isnan(g->stability))
		param_add_real(p, "segment", segment, "stability", g->stability);
	if (g->name)
		param_add(p, "segment", segment, "name", g->name);
	for (size_t j = 0; j < m->n_columns; j++)
		param_add_real(p, "centre", segment, m->column[j].name, g->centre[j]);
	for (size_t j = 0; j < m->n_columns; j++)
		param_add_real(p, "centre_raw", segment, m->column[j].raw, g->centre_raw[j]);
	for (size_t j = 0; j < m->n_columns; j++)
		param_add_real(p, "mean_raw", segment, m->column[j].raw, g->mean_raw[j]);
}

static void store_distances(const struct kmodel *m, struct param_list *p)
{
	char from[TEXT_NUMBER], to[TEXT_NUMBER];

	for (size_t a = 0; a < m->k; a++)
		for (size_t b = a + 1; b < m->k; b++) {
			double squared = nearest_squared(m->segment[a].centre,
							 m->segment[b].centre, m->n_columns);
			param_add_real(p, "distance", number(from, a), number(to, b),
				       sqrt(squared));
		}
}

void kmodel_store(const struct kmodel *m, struct param_list *p)
{
	store_fit(m, p);
	for (size_t j = 0; j < m->n_columns; j++)
		store_column(&m->column[j], p);
	scale_store(&m->scale, p);
	for (size_t s = 0; s < m->k; s++)
		store_segment(m, s, p);
	store_distances(m, p);
}
