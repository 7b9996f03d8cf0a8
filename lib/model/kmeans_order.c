/* SPDX-License-Identifier: MIT */
#include "model/kmeans_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/par.h"

/* Cells: enough to share among threads, with enough rows for a tree of their own,
 * and no more than the places that a second-level cache can hold one line for. */
#define CELL_ROWS 1024
#define CELLS_MAX 4096

/* Rows that a thread takes at a time. */
#define CHUNK_ROWS ((size_t)1 << 16)

/* The grid spans what all but one in a hundred rows of a sample span: cells at its
 * edge hold what is beyond, and far rows do not make all others share a cell. */
#define SAMPLE_ROWS 4096
#define TAIL 100

struct axis {
	double low, width;   /* of the grid */
	double per_cell;     /* cells in a unit of the column */
	size_t cells, stride;
};

struct ordering {
	struct kmeans_rows *rows;
	struct axis *axis;            /* [d] */
	size_t n_cells, n_chunks;
	uint16_t *cell;               /* [n] of each row */
	uint32_t (*place)[CELLS_MAX]; /* [chunks] rows in a cell, then where its first row goes */
	const double *from;
	double *to;
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void span(const double *x, size_t n, double *sample, struct axis *a)
{
	size_t step = n / SAMPLE_ROWS + 1, m = 0;

	for (size_t i = 0; i < n; i += step)
		sample[m++] = x[i];
	qsort(sample, m, sizeof *sample, by_value);
	*a = (struct axis){ .low = sample[m / TAIL], .cells = 1 };
	a->width = sample[m - 1 - m / TAIL] - a->low;
}

/* The axis with the widest cells is halved, until the cells are many or small. */
static int choose_grid(struct ordering *g)
{
	const struct kmeans_rows *r = g->rows;
	double *sample = malloc(SAMPLE_ROWS * sizeof *sample);

	if (!sample)
		return -1;
	for (size_t j = 0; j < r->d; j++)
		span(r->column[j], r->n, sample, &g->axis[j]);
	free(sample);
	g->n_cells = 1;
	while (2 * g->n_cells <= CELLS_MAX && 2 * g->n_cells * CELL_ROWS <= r->n) {
		struct axis *widest = g->axis;
		for (size_t j = 1; j < r->d; j++)
			if (g->axis[j].width / (double)g->axis[j].cells >
			    widest->width / (double)widest->cells)
				widest = &g->axis[j];
		if (!(widest->width > 0))
			break;
		widest->cells *= 2;
		g->n_cells *= 2;
	}
	for (size_t j = 0, stride = 1; j < r->d; stride *= g->axis[j++].cells) {
		struct axis *a = &g->axis[j];
		a->stride = stride;
		a->per_cell = a->cells > 1 ? (double)a->cells / a->width : 0;
	}
	return 0;
}

static size_t chunk_end(const struct ordering *g, size_t first)
{
	return g->rows->n - first < CHUNK_ROWS ? g->rows->n : first + CHUNK_ROWS;
}

/* The cells of a chunk's rows, and how many each has of them. */
static void find_cells(void *ctx, size_t chunk)
{
	struct ordering *g = ctx;
	size_t first = chunk * CHUNK_ROWS, n = chunk_end(g, first) - first;
	uint16_t *cell = g->cell + first;

	memset(cell, 0, n * sizeof *cell);
	for (size_t j = 0; j < g->rows->d; j++) {
		const struct axis a = g->axis[j];
		const double *x = g->rows->column[j] + first, last = (double)(a.cells - 1);
		if (a.cells == 1)
			continue;
		for (size_t i = 0; i < n; i++) {
			double at = (x[i] - a.low) * a.per_cell;
			at = at > 0 ? at : 0;
			at = at < last ? at : last;
			cell[i] = (uint16_t)(cell[i] + (int)at * (int)a.stride);
		}
	}
	memset(g->place[chunk], 0, sizeof g->place[chunk]);
	for (size_t i = 0; i < n; i++)
		g->place[chunk][cell[i]]++;
}

/* Counts become places: cell by cell, in it chunk by chunk. */
static void set_places(const struct ordering *g, size_t *first)
{
	size_t at = 0;

	for (size_t c = 0; c < g->n_cells; c++) {
		first[c] = at;
		for (size_t i = 0; i < g->n_chunks; i++) {
			uint32_t n = g->place[i][c];
			g->place[i][c] = (uint32_t)at;
			at += n;
		}
	}
	first[g->n_cells] = at;
}

static void number_rows(void *ctx, size_t chunk)
{
	const struct ordering *g = ctx;
	size_t first = chunk * CHUNK_ROWS, end = chunk_end(g, first);
	uint32_t next[CELLS_MAX];

	memcpy(next, g->place[chunk], g->n_cells * sizeof *next);
	for (size_t i = first; i < end; i++)
		g->rows->row[next[g->cell[i]]++] = (uint32_t)i;
}

static void move_column(void *ctx, size_t chunk)
{
	const struct ordering *g = ctx;
	size_t first = chunk * CHUNK_ROWS, end = chunk_end(g, first);
	uint32_t next[CELLS_MAX];

	memcpy(next, g->place[chunk], g->n_cells * sizeof *next);
	for (size_t i = first; i < end; i++)
		g->to[next[g->cell[i]]++] = g->from[i];
}

static void restore_column(void *ctx, size_t chunk)
{
	const struct ordering *g = ctx;
	size_t first = chunk * CHUNK_ROWS, end = chunk_end(g, first);

	for (size_t i = first; i < end; i++)
		g->to[g->rows->row[i]] = g->from[i];
}

static void copy_column(void *ctx, size_t chunk)
{
	const struct ordering *g = ctx;
	size_t first = chunk * CHUNK_ROWS, end = chunk_end(g, first);

	memcpy(g->to + first, g->from + first, (end - first) * sizeof *g->to);
}

/* Every column, and the weights, by `move`, which puts g->from into g->to. */
static int move_all(struct ordering *g, void (*move)(void *ctx, size_t chunk), bool exchange,
		    int threads)
{
	struct kmeans_rows *r = g->rows;
	double *room = malloc(r->n * sizeof *room);

	for (size_t j = 0; room && j <= r->d; j++) {
		double *x = j < r->d ? r->column[j] : r->weight;
		if (!x)
			continue;
		g->from = x;
		g->to = room;
		par_for(threads, g->n_chunks, move, g);
		if (exchange && j < r->d) {
			r->column[j] = room;
			room = x;
			continue;
		}
		g->from = room;
		g->to = x;
		par_for(threads, g->n_chunks, copy_column, g);
	}
	free(room);
	return room ? 0 : -1;
}

static int order(struct kmeans_order *o, struct ordering *g, bool numbers, bool exchange,
		 int threads)
{
	struct kmeans_rows *r = g->rows;

	if (choose_grid(g))
		return -1;
	o->n_cells = g->n_cells;
	o->first = malloc((g->n_cells + 1) * sizeof *o->first);
	g->cell = malloc(r->n * sizeof *g->cell);
	g->place = malloc(g->n_chunks * sizeof *g->place);
	if (!o->first || !g->cell || !g->place)
		return -1;
	par_for(threads, g->n_chunks, find_cells, g);
	set_places(g, o->first);
	if (numbers) {
		r->row = malloc(r->n * sizeof *r->row);
		if (!r->row)
			return -1;
		par_for(threads, g->n_chunks, number_rows, g);
	}
	return move_all(g, move_column, exchange, threads);
}

int kmeans_order(struct kmeans_order *o, struct kmeans_rows *rows, bool numbers, bool exchange,
		 int threads)
{
	struct ordering g = { .rows = rows, .axis = malloc(rows->d * sizeof *g.axis),
			      .n_chunks = (rows->n + CHUNK_ROWS - 1) / CHUNK_ROWS };
	int status;

	*o = (struct kmeans_order){ 0 };
	status = g.axis ? order(o, &g, numbers, exchange, threads) : -1;
	free(g.axis);
	free(g.cell);
	free(g.place);
	return status;
}

int kmeans_order_undo(struct kmeans_rows *rows, int threads)
{
	struct ordering g = { .rows = rows, .n_chunks = (rows->n + CHUNK_ROWS - 1) / CHUNK_ROWS };

	if (move_all(&g, restore_column, false, threads))
		return -1;
	free(rows->row);
	rows->row = NULL;
	return 0;
}

void kmeans_order_free(struct kmeans_order *o)
{
	free(o->first);
	*o = (struct kmeans_order){ 0 };
}
