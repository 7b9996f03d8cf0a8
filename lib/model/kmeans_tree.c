/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/par.h"
#include "model/kmeans_order.h"
#include "model/kmeans_tree.h"

/*
 * A split at the middle of the box makes cubes, which prune best (Kanungo
 * 2002, section 4), but with far outliers it peels off a row at a time: when
 * one side gets less than 1/16 of the rows, the median is taken instead.
 */
#define LOPSIDED 16

struct build {
	const struct kmeans_space *s;
	struct kmeans_rows *rows;
	struct kmeans_tree *tree;
	int failed;
};

static void swap_rows(struct kmeans_rows *r, size_t a, size_t b)
{
	for (size_t j = 0; j < r->d; j++) {
		double x = r->column[j][a];
		r->column[j][a] = r->column[j][b];
		r->column[j][b] = x;
	}
	if (r->weight) {
		double w = r->weight[a];
		r->weight[a] = r->weight[b];
		r->weight[b] = w;
	}
	if (r->row) {
		uint32_t row = r->row[a];
		r->row[a] = r->row[b];
		r->row[b] = row;
	}
}

/* Rows with column j at most `at` come first; returns how many. */
static size_t partition(struct kmeans_rows *r, size_t first, size_t n, size_t j, double at)
{
	const double *x = r->column[j];
	size_t low = first, high = first + n;

	for (;;) {
		while (low < high && x[low] <= at)
			low++;
		while (low < high && x[high - 1] > at)
			high--;
		if (low >= high)
			return low - first;
		swap_rows(r, low++, --high);
	}
}

/* The middle one of three. */
static double middle(double a, double b, double c)
{
	return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

/*
 * Splits about the median of column j, which is not constant: by halves of
 * quickselect (Hoare 1961) until at least a quarter is on each side, or one
 * value fills the middle.
 */
static size_t split_median(struct kmeans_rows *r, size_t first, size_t n, size_t j)
{
	const double *x = r->column[j];
	size_t low = 0, high = n;

	while (high - low > 1) {
		double at = middle(x[first + low], x[first + low + (high - low) / 2],
				   x[first + high - 1]);
		size_t cut = low + partition(r, first + low, high - low, j, at), below;
		if (cut >= n / 4 && cut <= n - n / 4)
			return cut;
		if (cut < n / 4) {
			low = cut;
			continue;
		}
		/* Values equal to the pivot are all below the cut: part them off. */
		below = low;
		for (size_t i = low; i < cut; i++)
			if (x[first + i] < at)
				swap_rows(r, first + i, first + below++);
		if (below <= n / 4)
			return cut < n ? cut : below;
		if (below <= n - n / 4)
			return below;
		high = below;
	}
	return high < n && high > 0 ? high : low;
}

static void bound(const struct kmeans_rows *r, size_t first, size_t n, double *box)
{
	for (size_t j = 0; j < r->d; j++)
		kmeans_range(r->column[j] + first, n, &box[j], &box[r->d + j]);
}

/* How many of the rows go left, or 0 when they are all the same. */
static size_t split(struct kmeans_rows *r, size_t first, size_t n, const double *box)
{
	size_t widest = 0, left;
	double width = -1, at;

	for (size_t j = 0; j < r->d; j++)
		if (box[r->d + j] - box[j] > width) {
			width = box[r->d + j] - box[j];
			widest = j;
		}
	if (!(width > 0))
		return 0;
	at = box[widest] + width / 2;
	if (at >= box[r->d + widest])
		at = box[widest];
	left = partition(r, first, n, widest, at);
	if (left < n / LOPSIDED || n - left < n / LOPSIDED)
		left = split_median(r, first, n, widest);
	return left;
}

/* Room for one more node, its number in *at. */
static int grow(struct kmeans_part *p, size_t d, size_t *at)
{
	if (p->n_nodes == p->capacity) {
		size_t capacity = p->capacity ? 2 * p->capacity : 2 * p->n / KMEANS_LEAF + 16;
		struct kmeans_node *node = realloc(p->node, capacity * sizeof *node);
		double *box;
		dec_wide *sum;
		if (node)
			p->node = node;
		box = realloc(p->box, capacity * 2 * d * sizeof *box);
		if (box)
			p->box = box;
		sum = realloc(p->sum, capacity * (d + 1) * sizeof *sum);
		if (sum)
			p->sum = sum;
		if (!node || !box || !sum)
			return -1;
		p->capacity = capacity;
	}
	*at = p->n_nodes++;
	return 0;
}

static void sum_leaf(const struct kmeans_space *s, size_t first, size_t n, dec_wide *sum)
{
	const struct kmeans_rows *r = s->rows;
	const double *w = r->weight ? r->weight + first : NULL;

	for (size_t j = 0; j < r->d; j++)
		sum[j] = kmeans_units_of(&s->unit[j], r->column[j] + first, w, n);
	sum[r->d] = w ? kmeans_units_of(&s->unit[r->d], w, NULL, n) : (dec_wide)n;
}

static int build_node(struct build *b, struct kmeans_part *p, size_t first, size_t n, size_t depth)
{
	size_t d = b->rows->d, at, left = 0, right;

	if (grow(p, d, &at))
		return -1;
	p->depth = depth > p->depth ? depth : p->depth;
	p->node[at] = (struct kmeans_node){ (uint32_t)first, (uint32_t)n, 0 };
	bound(b->rows, first, n, p->box + at * 2 * d);
	if (n > b->tree->leaf)
		left = split(b->rows, first, n, p->box + at * 2 * d);
	if (left == 0) {
		sum_leaf(b->s, first, n, p->sum + at * (d + 1));
		return 0;
	}
	if (build_node(b, p, first, left, depth + 1))
		return -1;
	right = p->n_nodes;
	p->node[at].right = (uint32_t)right;
	if (build_node(b, p, first + left, n - left, depth + 1))
		return -1;
	for (size_t j = 0; j <= d; j++)
		p->sum[at * (d + 1) + j] = p->sum[(at + 1) * (d + 1) + j] +
					   p->sum[right * (d + 1) + j];
	return 0;
}

static void build_part(void *ctx, size_t i)
{
	struct build *b = ctx;
	struct kmeans_part *p = &b->tree->part[i];

	if (build_node(b, p, p->first, p->n, 1))
		__atomic_store_n(&b->failed, 1, __ATOMIC_RELAXED);
}

static size_t choose_parts(struct kmeans_tree *t, const struct kmeans_order *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_cells; i++)
		if (o->first[i] < o->first[i + 1])
			t->part[n++] = (struct kmeans_part){ .first = o->first[i],
							     .n = o->first[i + 1] - o->first[i] };
	return n;
}

struct kmeans_tree *kmeans_tree_build(const struct kmeans_space *s, struct kmeans_rows *rows,
				      const struct kmeans_order *o, bool many_passes,
				      int threads)
{
	struct kmeans_tree *t = calloc(1, sizeof *t);
	struct build b = { s, rows, t, 0 };

	if (t)
		t->part = calloc(o->n_cells, sizeof *t->part);
	if (!t || !t->part) {
		kmeans_tree_free(t);
		return NULL;
	}
	t->d = rows->d;
	t->leaf = many_passes ? KMEANS_LEAF : KMEANS_LEAF_FEW;
	t->n_parts = choose_parts(t, o);
	par_for(threads, t->n_parts, build_part, &b);
	for (size_t i = 0; i < t->n_parts; i++)
		t->depth = t->part[i].depth > t->depth ? t->part[i].depth : t->depth;
	if (!b.failed)
		return t;
	kmeans_tree_free(t);
	return NULL;
}

void kmeans_tree_free(struct kmeans_tree *t)
{
	for (size_t i = 0; t && i < t->n_parts; i++) {
		free(t->part[i].node);
		free(t->part[i].box);
		free(t->part[i].sum);
	}
	if (t)
		free(t->part);
	free(t);
}
